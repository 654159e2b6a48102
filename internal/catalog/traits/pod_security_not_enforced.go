package traits

import (
	"iter"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

const enforceLabel = "pod-security.kubernetes.io/enforce"

// PodSecurityNotEnforced finds workloads in namespaces where nothing refuses an unsafe pod.
//
// Restricted fields, of the workload's Namespace:
//
//	metadata.labels['pod-security.kubernetes.io/enforce']
//
// Allowed values: baseline, restricted. The level privileged enforces nothing. A level that does not exist
// enforces nothing either: where Pod Security admission runs, the API server refuses such a label.
//
// Without the label the answer is in the cluster's own defaults and in other admission policies, so it is
// unknown unless the namespaces and the policies of the cluster were listed and there are none. A policy
// of Kyverno, of Gatekeeper or a ValidatingAdmissionPolicy may enforce the same; whether it does is not
// assessed.
var PodSecurityNotEnforced = rule.Rule{
	ID:         "pod-security-not-enforced",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		cis("5.2.1"), nsa("Kubernetes Pod security"),
		kubernetesDocs("Pod Security Admission", "concepts/security/pod-security-admission/"),
	},
	Title: lang.Text{
		EN: "Pod Security Standards not enforced",
		ES: "Estándares de seguridad de pods no aplicados",
		PT: "Padrões de segurança de pods não aplicados",
	},
	Why: lang.Text{
		EN: "Nothing in this namespace refuses an unsafe pod. An attacker who may create or change a workload here, be it with a stolen token or through a pipeline, adds a privileged container and is root on a node.",
		ES: "Nada en este espacio de nombres rechaza un pod inseguro. Un atacante que pueda crear o modificar aquí una carga de trabajo, sea con un token robado o a través de un pipeline, añade un contenedor privilegiado y pasa a ser root en un nodo.",
		PT: "Nada neste namespace recusa um pod inseguro. Um invasor que possa criar ou alterar aqui uma carga de trabalho, seja com um token roubado ou por meio de um pipeline, adiciona um contêiner privilegiado e passa a ser root em um nó.",
	},
	Fix: steps(lang.Text{
		EN: "Enforce the baseline or the restricted level in the namespace\n\nTry it first: the dry run lists the pods that break the level, and the labels warn and audit show it for a while without refusing anything. Then set enforce.",
		ES: "Exija el nivel baseline o restricted en el espacio de nombres\n\nPruébelo primero: la ejecución de prueba enumera los pods que incumplen el nivel, y las etiquetas warn y audit lo muestran durante un tiempo sin rechazar nada. Después, defina la etiqueta enforce.",
		PT: "Exija o nível baseline ou restricted no namespace\n\nTeste antes: a simulação lista os pods que violam o nível, e os labels warn e audit mostram isso por um tempo sem recusar nada. Depois, defina o label enforce.",
	}, `
kubectl label --dry-run=server --overwrite namespace NAME pod-security.kubernetes.io/enforce=baseline
kubectl label --overwrite namespace NAME pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/warn=restricted
`),
	On: k8s.Workloads(),
	Check: rule.Each[admission]{
		In:    admissions,
		Where: []rule.Condition[admission]{{Name: "not-enforced", Holds: notEnforced}},
		Show:  admission.evidence,
	},
	Patch: rule.Patch{
		Changes: enforceBaseline,
		Ask: lang.Text{
			EN: "Do all pods of the namespace meet the baseline level? New ones that do not are refused. Try the label first: kubectl label --dry-run=server --overwrite ns NAME pod-security.kubernetes.io/enforce=baseline",
			ES: "¿Cumplen todos los pods del espacio de nombres el nivel baseline? Los nuevos que no lo cumplan se rechazan. Pruebe antes la etiqueta: kubectl label --dry-run=server --overwrite ns NAME pod-security.kubernetes.io/enforce=baseline",
			PT: "Todos os pods do namespace cumprem o nível baseline? Os novos que não cumprirem são recusados. Teste antes o label: kubectl label --dry-run=server --overwrite ns NAME pod-security.kubernetes.io/enforce=baseline",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a namespace that enforces the level privileged",
			Input: documents(namespace("privileged"), deployment("containers:\n- name: app\n  image: registry.example/app:1.4\n")),
			Want:  finding.Present,
			Path:  "$.metadata.labels['pod-security.kubernetes.io/enforce']",
		},
		{
			Name:  "a level that does not exist",
			Input: documents(namespace("Baseline"), pod("containers:\n- name: app\n  image: registry.example/app:1.4\n")),
			Want:  finding.Present,
		},
		{
			Name:   "a namespace that enforces the level baseline",
			Input:  documents(namespace("baseline"), deployment("containers:\n- name: app\n  image: registry.example/app:1.4\n")),
			Want:   finding.Absent,
			Misses: "not-enforced",
		},
		{
			Name:  "a namespace without the label, in files that need not be all there is",
			Input: documents(namespace(""), deployment("containers:\n- name: app\n  image: registry.example/app:1.4\n")),
			Want:  finding.Unknown,
		},
		{
			Name:  "a namespace that was not read",
			Input: cronJob("restartPolicy: Never\ncontainers:\n- name: report\n  image: registry.example/report:7\n"),
			Want:  finding.Unknown,
		},
		{
			Name: "the level privileged, beside a policy of Kyverno",
			Input: documents(namespace("privileged"), `apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata:
  name: pod-security
spec:
  rules: []
`, deployment("containers:\n- name: app\n  image: registry.example/app:1.4\n")),
			Want: finding.Unknown,
		},
	},
}

// namespace gives the manifest of the Namespace of all examples, with a level or without the label.
func namespace(level string) string {
	labels := ""
	if level != "" {
		labels = "  labels:\n    " + enforceLabel + ": " + level + "\n"
	}
	return "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n" + labels
}

// admission is what decides about a workload's pods: its namespace.
type admission struct {
	uid inventory.UID
	// namespace is nil where it was not read.
	namespace *inventory.Resource
}

func admissions(w *rule.World, r *inventory.Resource) iter.Seq[admission] {
	return func(yield func(admission) bool) {
		for range rule.Pods(w, r) {
			uid := inventory.KubernetesUID(r.Cluster, "", "Namespace", "", r.Namespace)
			yield(admission{uid, w.Inventory.Get(uid)})
		}
	}
}

// level gives the value of the label; labelled is false where there is none.
func (a admission) level() (value string, labelled bool) {
	if a.namespace == nil {
		return "", false
	}
	return a.namespace.Labels.Get(enforceLabel)
}

func (a admission) evidence() finding.Evidence {
	e := finding.Evidence{Resource: a.uid, Path: "$.metadata.labels['" + enforceLabel + "']"}
	if level, ok := a.level(); ok {
		e.Value = level
	}
	return e
}

func notEnforced(w *rule.World, a admission) rule.Truth {
	level, labelled := a.level()
	switch {
	case level == "baseline" || level == "restricted":
		return rule.Is(false)
	case a.namespace == nil:
		return rule.Unknown(lang.Text{
			EN: "the workload's namespace was not read, so what it enforces is not known",
			ES: "no se leyó el espacio de nombres de la carga de trabajo, así que no se sabe qué exige",
			PT: "o namespace da carga de trabalho não foi lido, então não se sabe o que ele exige",
		})
	case hasOtherPolicies(w.Inventory, a.namespace.Cluster):
		return rule.Unknown(lang.Text{
			EN: "the cluster has other admission policies, and whether they enforce the same is not assessed",
			ES: "el clúster tiene otras políticas de admisión, y no se evalúa si exigen lo mismo",
			PT: "o cluster tem outras políticas de admissão, e não se avalia se elas exigem o mesmo",
		})
	case !labelled && !(w.Inventory.Closed(a.namespace.Cluster, k8s.Namespace) && w.Inventory.Closed(a.namespace.Cluster, validatingAdmissionPolicy)):
		return rule.Unknown(lang.Text{
			EN: "the namespace has no label, and files do not tell the cluster's defaults and admission policies",
			ES: "el espacio de nombres no tiene la etiqueta, y los archivos no indican los valores predeterminados ni las políticas de admisión del clúster",
			PT: "o namespace não tem o label, e os arquivos não informam os valores padrão nem as políticas de admissão do cluster",
		})
	}
	return rule.Is(true)
}

const validatingAdmissionPolicy inventory.Type = "k8s/admissionregistration.k8s.io/ValidatingAdmissionPolicy"

// hasOtherPolicies reports whether the inventory has an object of a kind that can refuse pods. Gatekeeper
// makes a kind of its own for each constraint, all in one group.
func hasOtherPolicies(v *inventory.View, cluster string) bool {
	for t := range v.Types() {
		group, kind := strings.TrimSuffix(string(t), "/"+t.Kind()), t.Kind()
		other := t == validatingAdmissionPolicy || group == "k8s/constraints.gatekeeper.sh" || group == "k8s/policies.kyverno.io" ||
			group == "k8s/kyverno.io" && (kind == "Policy" || kind == "ClusterPolicy")
		if !other {
			continue
		}
		for policy := range v.OfType(t) {
			if policy.Cluster == cluster {
				return true
			}
		}
	}
	return false
}
