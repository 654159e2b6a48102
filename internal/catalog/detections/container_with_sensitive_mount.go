package detections

import (
	"iter"
	"slices"

	"github.com/merlonsec/merlon/internal/catalog/traits"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ContainerWithSensitiveMount finds containers that mount a sensitive path of the node so that they can write there, as
// the retired type of GuardDuty did. Which paths are sensitive is what the trait sensitive-host-path says.
var ContainerWithSensitiveMount = rule.Detection{
	Type:     "Persistence:Kubernetes/ContainerWithSensitiveMount",
	Origin:   rule.Retired,
	Severity: finding.SeverityMedium,
	Grade:    func(a *rule.Action) finding.Severity { return unlessAgent(a, finding.SeverityMedium) },
	References: []rule.Reference{
		retired("persistence-kubernetes-containerwithsensitivemount"), attack("T1610"), attack("T1611"),
		threatMatrix("MS-TA9013", "Writable%20hostPath%20mount"),
	},
	Title: lang.Text{
		EN: "Container that may write to a sensitive host path",
		ES: "Contenedor con escritura en una ruta sensible del host",
		PT: "Contêiner com escrita em um caminho sensível do host",
	},
	Why: lang.Text{
		EN: "Who can write to such a path of the node leaves a static pod, a cron job or an SSH key there, and is root on the node, even after the pod is gone.",
		ES: "Quien puede escribir en una ruta así del nodo deja allí un pod estático, una tarea de cron o una clave SSH, y es root en el nodo, incluso cuando el pod ya no existe.",
		PT: "Quem pode escrever em um caminho assim do nó deixa ali um pod estático, uma tarefa do cron ou uma chave SSH, e é root no nó, mesmo depois que o pod deixa de existir.",
	},
	Fix: remedy(
		lang.Text{
			EN: "Ask who needs the mount; if nobody does, remove it",
			ES: "Pregunte quién necesita el montaje; si nadie, quítelo",
			PT: "Pergunte quem precisa da montagem; se ninguém, remova-a",
		},
		lang.Text{
			EN: "For a program that must see a file of the node, mount that file alone, and read-only.",
			ES: "Si un programa tiene que ver un archivo del nodo, monte solo ese archivo y en solo lectura.",
			PT: "Se um programa precisa ver um arquivo do nó, monte só esse arquivo e como somente leitura.",
		},
		askFirst(), isolatePod(), isolateNode(), stopImage(), revokeUser(), undoChanges(),
	),
	On: workloadChange(),
	Where: []rule.EventCondition{
		tookEffect(),
		hasTrait("writable-sensitive-mount", &writableHostPath, func(e finding.Evidence) bool { return e.Value != true }),
	},
	About: []rule.EventField{rule.FieldWorkload},
	Examples: []rule.EventExample{
		{
			Name:  "a Deployment that mounts /etc",
			Input: createdWorkload("deployments.apps", "tool", deploymentBody("registry.example/tool:1.0", hostMount(""), hostVolume("/etc"))).String(),
			Want:  finding.Present,
			Path:  "$.responseObject.spec.template.spec.volumes[0].hostPath.path",
		},
		{
			Name: "a patch that adds the root folder of the node, with no result in the record",
			Input: record{
				Verb: "patch", Resource: "daemonsets.apps", Namespace: "shop", Name: "agent",
				Request: `{"spec":{"template":{"spec":{"containers":[{"name":"app",` + hostMount("")[1:] + `}]` + hostVolume("/") + `}}}}`,
			}.String(),
			Want: finding.Present,
			Path: "$.requestObject.spec.template.spec.volumes[0].hostPath.path",
		},
		{
			Name: "the same by JSON patch",
			Input: record{
				Verb: "patch", Resource: "daemonsets.apps", Namespace: "shop", Name: "agent",
				Request: `[{"op":"add","path":"/spec/template/spec/volumes","value":[{"name":"host","hostPath":{"path":"/"}}]},{"op":"add","path":"/spec/template/spec/containers/0/volumeMounts","value":[{"name":"host","mountPath":"/host"}]}]`,
			}.String(),
			Want: finding.Present,
			Path: "$.requestObject[0].value[0].hostPath.path",
		},
		{
			Name:     "the network of EKS",
			Input:    installsNetwork("aws-node", "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.18", "/etc/cni/net.d", ""),
			Want:     finding.Present,
			Severity: graded(finding.SeverityInformational),
		},
		{
			Name:  "the network of EKS, with a path that it does not need",
			Input: installsNetwork("aws-node", "602401143452.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.18", "/", ""),
			Want:  finding.Present,
		},
		{
			Name:   "the path is mounted read-only",
			Input:  createdWorkload("deployments.apps", "tool", deploymentBody("registry.example/tool:1.0", hostMount(`,"readOnly":true`), hostVolume("/etc"))).String(),
			Want:   finding.Absent,
			Misses: "writable-sensitive-mount",
		},
		{
			Name:   "a path that nothing rests on",
			Input:  createdWorkload("deployments.apps", "tool", deploymentBody("registry.example/tool:1.0", hostMount(""), hostVolume("/data/cache"))).String(),
			Want:   finding.Absent,
			Misses: "writable-sensitive-mount",
		},
		{
			Name: "a pod that was not admitted",
			Input: turnedAway(record{
				Verb: "create", Resource: "pods", Namespace: "shop", Name: "tool",
				Request: `{"kind":"Pod","metadata":{"name":"tool"},"spec":{"containers":[{"name":"app"` + hostMount("") + `}]` + hostVolume("/etc") + `}}`,
			}).String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without bodies",
			Input: record{Verb: "create", Resource: "daemonsets.apps", Namespace: "shop", Name: "agent", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

// writableHostPath is the trait sensitive-host-path for what a pod's own volumes let it write.
var writableHostPath = func() rule.Rule {
	trait := traits.SensitiveHostPath
	check := trait.Check.(rule.Each[rule.Volume])
	check.In = ownHostPaths
	check.Where = append(slices.Clone(check.Where), rule.If("writable", isWritable))
	trait.Check = check
	return trait
}()

// ownHostPaths gives the hostPath volumes of a workload; what a claim leads to, an audit record does not show.
func ownHostPaths(w *rule.World, r *inventory.Resource) iter.Seq[rule.Volume] {
	return func(yield func(rule.Volume) bool) {
		for v := range rule.Volumes(w, r) {
			if v.HostPath != "" && !yield(v) {
				return
			}
		}
	}
}

func isWritable(v rule.Volume) bool {
	for m := range v.Mounts() {
		if !m.ReadOnly {
			return true
		}
	}
	return false
}
