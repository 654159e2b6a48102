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
			EN: "a credential stands in clear text",
			ES: "hay una credencial en texto no cifrado",
			PT: "há uma credencial em texto não criptografado",
		}
	case "Weak Isolation":
		return lang.Text{EN: "none of the above", ES: "ninguno de los anteriores", PT: "nenhum dos anteriores"}
	}
	return lang.Text{}
}
