package detections

import (
	"github.com/merlonsec/merlon/internal/catalog/traits"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EphemeralContainerAdded finds containers that were added to running pods: kubectl debug.
var EphemeralContainerAdded = rule.Detection{
	Type:     "Execution:Kubernetes/EphemeralContainerAdded",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if a.HasTrait(&traits.PrivilegedContainer).State == finding.Present {
			return finding.SeverityHigh
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{attack("T1609"), attack("T1610"), threatMatrix("MS-TA9011", "Sidecar%20Injection")},
	Title: lang.Text{
		EN: "Container added to a running pod",
		ES: "Contenedor añadido a un pod en ejecución",
		PT: "Contêiner adicionado a um pod em execução",
	},
	Why: lang.Text{
		EN: "An ephemeral container runs any image inside a running pod: it shares the pod's network and volumes, and may look into the processes of its containers. It stands in no manifest, and cannot be removed while the pod lives.",
		ES: "Un contenedor efímero ejecuta cualquier imagen dentro de un pod en ejecución: comparte su red y sus volúmenes, y puede ver los procesos de sus contenedores. No figura en ningún manifiesto y no se puede quitar mientras viva el pod.",
		PT: "Um contêiner efêmero executa qualquer imagem dentro de um pod em execução: compartilha sua rede e seus volumes, e pode ver os processos dos seus contêineres. Não está em nenhum manifesto e não pode ser removido enquanto o pod existir.",
	},
	Fix: fix(lang.Text{
		EN: "Find out who debugs the pod, and replace it afterwards\n\nSee which image was added, and whether the user may add one everywhere. A pod that was debugged is replaced when the work is done.",
		ES: "Averigüe quién depura el pod y sustitúyalo después\n\nVea qué imagen se añadió y si el usuario puede hacerlo en todo el clúster. Un pod depurado se sustituye al terminar el trabajo.",
		PT: "Descubra quem depura o pod e substitua-o depois\n\nVeja qual imagem foi adicionada e se o usuário pode fazer isso no cluster inteiro. Um pod depurado é substituído quando o trabalho termina.",
	}, `
kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.ephemeralContainers}'
kubectl auth can-i patch pods/ephemeralcontainers -A --as USER --as-group GROUP
`, shutOut(), isolatePod()),
	On:    []rule.Selector{{Verbs: []string{"update", "patch"}, Resources: []string{"pods/ephemeralcontainers"}}},
	Where: []rule.EventCondition{tookEffect()},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name: "kubectl debug",
			Input: record{
				Verb: "patch", Resource: "pods/ephemeralcontainers", Namespace: "shop", Name: "web-0",
				Request: `{"spec":{"ephemeralContainers":[{"image":"registry.example/debug:1.0","name":"debugger-wlgrx","targetContainerName":"main"}]}}`,
			}.String(),
			Want: finding.Present,
			Path: "$.responseStatus.code",
		},
		{
			Name: "kubectl debug with a privileged profile",
			Input: record{
				Verb: "patch", Resource: "pods/ephemeralcontainers", Namespace: "shop", Name: "web-0",
				Response: `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-0","namespace":"shop"},"spec":{"containers":[{"name":"main","image":"registry.example/web:1.0"}],` +
					`"ephemeralContainers":[{"image":"registry.example/debug:1.0","name":"debugger-wlgrx","securityContext":{"privileged":true}}]}}`,
			}.String(),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "patch", Resource: "pods/ephemeralcontainers", Namespace: "shop", Name: "web-0", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}
