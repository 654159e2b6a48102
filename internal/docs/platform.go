package docs

import (
	"maps"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/lang"
)

// platform explains the group of platform components and lists them.
func (s *site) platform(p *page) {
	p.heading(lang.Text{EN: "Platform components", ES: "Componentes de la plataforma", PT: "Componentes da plataforma"})
	p.prose(lang.Text{
		EN: "Some parts of a cluster need what would be a weakness anywhere else: a network plugin needs the node's network. Their exposures keep their severity and go into a group of their own, out of the main count. A workload belongs to it when its kind, name and namespace, the repository of every image and every contributing trait fit one row of this table. One change in its spec, and it is a workload like any other. The values of a trait are the only ones that it may have; a path without “read-only” may be written too.",
		ES: "Algunas partes de un clúster necesitan lo que en cualquier otro sitio sería una debilidad: un plugin de red necesita la red del nodo. Sus exposiciones conservan la gravedad y van a un grupo propio, fuera del recuento principal. Una carga de trabajo pertenece a ese grupo cuando su tipo, nombre y espacio de nombres, el repositorio de cada imagen y cada característica determinante coinciden con una fila de esta tabla. Basta un cambio en su especificación para que sea una carga de trabajo como cualquier otra. Los valores de una característica son los únicos que puede tener; en una ruta sin «solo lectura» también se puede escribir.",
		PT: "Algumas partes de um cluster precisam do que em qualquer outro lugar seria uma fraqueza: um plugin de rede precisa da rede do nó. Suas exposições mantêm a gravidade e vão para um grupo próprio, fora da contagem principal. Uma carga de trabalho pertence a esse grupo quando seu tipo, nome e namespace, o repositório de cada imagem e cada característica determinante correspondem a uma linha desta tabela. Basta uma mudança na sua especificação para que ela seja uma carga de trabalho como qualquer outra. Os valores de uma característica são os únicos que ela pode ter; em um caminho sem “somente leitura” também se pode escrever.",
	})
	var rows [][]string
	for i := range s.components {
		c := &s.components[i]
		rows = append(rows, []string{
			link(escape(c.Name), c.Source), placeOf(c), images(p.lang, c.Images), needs(p.lang, c.Needs),
		})
	}
	p.table([]lang.Text{
		{EN: "Component and source", ES: "Componente y fuente", PT: "Componente e fonte"},
		{EN: "Workload", ES: "Carga de trabajo", PT: "Carga de trabalho"},
		{EN: "Images", ES: "Imágenes", PT: "Imagens"},
		{EN: "May have", ES: "Puede tener", PT: "Pode ter"},
	}, rows)
}

const lineBreak = "<br>"

// placeOf lists the kinds of a component with its names, by namespace.
func placeOf(c *correlate.Component) string {
	var all []string
	for _, t := range c.Types {
		for _, namespace := range c.Namespaces {
			for _, name := range c.Names {
				all = append(all, code(t.Kind()+" "+namespace+"/"+name))
			}
		}
	}
	return strings.Join(all, lineBreak)
}

// images lists repositories. Those that AWS publishes in a registry for each of many accounts come last,
// together, with the number of registries.
func images(l lang.Lang, patterns []string) string {
	var public, private []string
	registries := map[string]int{}
	for _, image := range patterns {
		name, ok := inPrivateECR(image)
		switch {
		case !ok:
			public = append(public, code(image))
		case registries[name] == 0:
			private = append(private, name)
			registries[name]++
		default:
			registries[name]++
		}
	}
	byNumber := map[int][]string{}
	for _, name := range private {
		byNumber[registries[name]] = append(byNumber[registries[name]], code(name))
	}
	for _, n := range slices.Sorted(maps.Keys(byNumber)) {
		public = append(public, lang.Text{
			EN: "Amazon ECR (registries: %d): %s",
			ES: "Amazon ECR (registros: %d): %s",
			PT: "Amazon ECR (registros: %d): %s",
		}.Format(n, strings.Join(byNumber[n], ", ")).In(l))
	}
	return strings.Join(public, lineBreak)
}

// inPrivateECR gives the repository of an image in a registry that belongs to one AWS account.
func inPrivateECR(image string) (repository string, ok bool) {
	host, repository, _ := strings.Cut(image, "/")
	return repository, strings.Contains(host, ".dkr.ecr.")
}

// needs lists the traits that a component may have, those with the same values together.
func needs(l lang.Lang, all map[string][]string) string {
	if len(all) == 0 {
		return lang.Text{EN: "no contributing trait", ES: "ninguna característica determinante", PT: "nenhuma característica determinante"}.In(l)
	}
	byValues := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		values := strings.Join(all[id], "\n")
		if values == "true" {
			values = ""
		}
		byValues[values] = append(byValues[values], id)
	}
	var lines []string
	for values, ids := range byValues {
		line := lang.Text{EN: "paths of the node", ES: "rutas del nodo", PT: "caminhos do nó"}.In(l)
		if !slices.Contains(ids, "host-path") {
			for i, id := range ids {
				ids[i] = code(id)
			}
			line = strings.Join(ids, ", ")
		}
		if values != "" {
			line += ": " + valueList(l, strings.Split(values, "\n"))
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, lineBreak)
}

func valueList(l lang.Lang, values []string) string {
	var all []string
	for _, v := range values {
		place, readOnly := strings.CutSuffix(v, ":ro")
		item := code(place)
		if readOnly {
			item += " " + lang.Text{EN: "(read-only)", ES: "(solo lectura)", PT: "(somente leitura)"}.In(l)
		}
		all = append(all, item)
	}
	return strings.Join(all, ", ")
}
