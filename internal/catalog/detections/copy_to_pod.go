package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/rule"
)

// CopyToPod finds files that were copied into a container: kubectl cp has tar in the container read them from the
// connection.
var CopyToPod = rule.Detection{
	Type:       "CommandAndControl:Kubernetes/CopyToPod",
	Origin:     rule.Ours,
	Severity:   finding.SeverityLow,
	References: []rule.Reference{attack("T1105"), attack("T1609"), threatMatrix("MS-TA9006", "Exec%20into%20container")},
	Title: lang.Text{
		EN: "Files copied into a container",
		ES: "Archivos copiados dentro de un contenedor",
		PT: "Arquivos copiados para dentro de um contêiner",
	},
	Why: lang.Text{
		EN: "What is copied into a running container was scanned by nobody: attackers bring their tools this way, as images seldom hold any.",
		ES: "Nadie ha analizado lo que se copia en un contenedor en ejecución: los atacantes introducen así sus herramientas, que las imágenes rara vez incluyen.",
		PT: "Ninguém analisou o que se copia para um contêiner em execução: invasores introduzem assim suas ferramentas, que as imagens raramente incluem.",
	},
	Fix: fix(lang.Text{
		EN: "Find out what was copied into the container\n\nCompare its files with its image. A read-only root file system keeps copied programs out.",
		ES: "Averigüe qué se copió en el contenedor\n\nCompare sus archivos con los de su imagen. Un sistema de archivos raíz de solo lectura impide copiar programas.",
		PT: "Descubra o que foi copiado para o contêiner\n\nCompare seus arquivos com os da sua imagem. Um sistema de arquivos raiz somente leitura impede copiar programas.",
	}, `
kubectl -n NAMESPACE exec POD -c CONTAINER -- find / -xdev -mmin -120 -type f
`, ifStolen(), isolatePod()),
	On:    []rule.Selector{{Verbs: []string{"get", "create"}, Resources: []string{"pods/exec", "nodes/proxy"}}},
	Where: []rule.EventCondition{succeeded(), runsCommand("tar-reads-stream", unpacks)},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "kubectl cp into a pod",
			Input: execOf("get", 101, "tar", "-xmf", "-", "-C", "/tmp"),
			Want:  finding.Present,
			Path:  "$.requestURI",
		},
		{
			Name:   "kubectl cp from a pod",
			Input:  execOf("get", 101, "tar", "cf", "-", "/var/lib/app"),
			Want:   finding.Absent,
			Misses: "tar-reads-stream",
		},
		{
			Name:   "a request that was not allowed",
			Input:  execOf("get", 403, "tar", "-xmf", "-", "-C", "/tmp"),
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
