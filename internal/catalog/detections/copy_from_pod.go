package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/rule"
)

// CopyFromPod finds files that were copied out of a container: kubectl cp has tar in the container write them to the
// connection.
var CopyFromPod = rule.Detection{
	Type:     "Exfiltration:Kubernetes/CopyFromPod",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	References: []rule.Reference{
		attack("T1005"), attack("T1609"), threatMatrix("MS-TA9041", "Collecting%20Data%20from%20Pod"),
	},
	Title: lang.Text{
		EN: "Files copied out of a container",
		ES: "Archivos copiados desde un contenedor",
		PT: "Arquivos copiados para fora de um contêiner",
	},
	Why: lang.Text{
		EN: "The files of a container hold its data, its keys and the token of its service account. Copied out they are beyond any control of the cluster.",
		ES: "Los archivos de un contenedor guardan sus datos, sus claves y el token de su cuenta de servicio. Una vez copiados fuera, escapan a todo control del clúster.",
		PT: "Os arquivos de um contêiner guardam seus dados, suas chaves e o token da sua conta de serviço. Copiados para fora, escapam a qualquer controle do cluster.",
	},
	Fix: fix(lang.Text{
		EN: "Find out what was copied, and why\n\nRun merlon detect with --keep-commands on the log to see the paths. If they hold keys or tokens, change them.",
		ES: "Averigüe qué se copió y por qué\n\nEjecute merlon detect con --keep-commands sobre el registro para ver las rutas. Si contienen claves o tokens, cámbielos.",
		PT: "Descubra o que foi copiado e por quê\n\nExecute merlon detect com --keep-commands sobre o registro para ver os caminhos. Se contêm chaves ou tokens, troque-os.",
	}, `
merlon detect --keep-commands AUDIT.log
kubectl auth can-i create pods/exec -A --as USER --as-group GROUP
`, shutOut()),
	On:    []rule.Selector{{Verbs: []string{"get", "create"}, Resources: []string{"pods/exec", "nodes/proxy"}}},
	Where: []rule.EventCondition{succeeded(), runsCommand("tar-writes-stream", packs)},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl cp from a pod",
			Input: execOf("get", 101, "tar", "cf", "-", "/var/lib/app"),
			Want:  finding.Present,
			Path:  "$.requestURI",
		},
		{
			Name:  "kubectl cp that goes on after a broken transfer",
			Input: execOf("create", 101, "sh", "-c", "tar cf - /var/lib/app | tail -c+1025"),
			Want:  finding.Present,
		},
		{
			Name:   "kubectl cp into a pod, which has a finding type of its own",
			Input:  execOf("get", 101, "tar", "-xmf", "-", "-C", "/tmp"),
			Want:   finding.Absent,
			Misses: "tar-writes-stream",
		},
		{
			Name:   "a request that was not allowed",
			Input:  execOf("get", 403, "tar", "cf", "-", "/var/lib/app"),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
		{
			Name:  "a record without the arguments",
			Input: execOf("get", 101, "tar", redact.Plain, redact.Plain),
			Want:  finding.Unknown,
		},
	},
}
