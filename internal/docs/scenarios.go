package docs

import (
	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/lang"
)

// scenarios lists what an attacker may make of an exposure.
func scenarios(p *page) {
	p.heading(lang.Text{EN: "Scenarios", ES: "Escenarios", PT: "Cenários"})
	p.prose(lang.Text{
		EN: "The type and the title of an exposure say the gravest thing that the certain part of the attack graph supports. From the gravest down:",
		ES: "El tipo y el título de una exposición indican lo más grave que permite la parte confirmada del grafo de ataque. De mayor a menor gravedad:",
		PT: "O tipo e o título de uma exposição indicam o que há de mais grave na parte confirmada do grafo de ataque. Da maior para a menor gravidade:",
	})
	var rows [][]string
	for _, s := range correlate.Scenarios() {
		rows = append(rows, []string{escape(s.Name.In(p.lang)), code(s.Type), scenarioNote(s.Type).In(p.lang)})
	}
	p.table([]lang.Text{
		{EN: "Scenario", ES: "Escenario", PT: "Cenário"},
		{EN: "Type", ES: "Tipo", PT: "Tipo"},
		{EN: "When", ES: "Cuándo", PT: "Quando"},
	}, rows)
}

// scenarioNote says when package correlate picks a scenario.
func scenarioNote(kind string) lang.Text {
	switch kind {
	case "Account Takeover":
		return lang.Text{
			EN: "a path ends with a role that may do everything in the AWS account",
			ES: "una ruta termina en un rol que puede hacer cualquier cosa en la cuenta de AWS",
			PT: "um caminho termina em um perfil que pode fazer qualquer coisa na conta da AWS",
		}
	case "Cluster Takeover":
		return lang.Text{
			EN: "a path ends with the rights of cluster-admin",
			ES: "una ruta termina con los permisos de cluster-admin",
			PT: "um caminho termina com as permissões de cluster-admin",
		}
	case "Node Takeover":
		return lang.Text{
			EN: "a path ends in control of a node",
			ES: "una ruta termina en el control de un nodo",
			PT: "um caminho termina no controle de um nó",
		}
	case "Node Access":
		return lang.Text{
			EN: "a path touches a node: its processes, memory or network",
			ES: "una ruta toca un nodo: sus procesos, su memoria o su red",
			PT: "um caminho toca um nó: seus processos, sua memória ou sua rede",
		}
	case "Credential Stealing":
		return lang.Text{
			EN: "a credential stands in clear text, or credentials of an IAM role are within reach",
			ES: "hay una credencial en texto no cifrado, o las credenciales de un rol de IAM están al alcance",
			PT: "há uma credencial em texto não criptografado, ou as credenciais de um perfil do IAM estão ao alcance",
		}
	case "Resource Hijacking":
		return lang.Text{
			EN: "the software that runs has a known vulnerability",
			ES: "el software que se ejecuta tiene una vulnerabilidad conocida",
			PT: "o software em execução tem uma vulnerabilidade conhecida",
		}
	case "Unauthorized Access":
		return lang.Text{
			EN: "a cluster or service of AWS is open wider than it has to be",
			ES: "un clúster o servicio de AWS está más abierto de lo necesario",
			PT: "um cluster ou serviço da AWS está mais aberto do que o necessário",
		}
	case "Weak Isolation":
		return lang.Text{EN: "none of the above", ES: "ninguno de los anteriores", PT: "nenhum dos anteriores"}
	}
	return lang.Text{}
}
