package evaluate

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// EveryRule stands for all rules where something was assessed by none.
const EveryRule = "*"

// unknownPods sums up the objects that hold containers and that no rule looks at, because what makes pods of
// them is not known.
func unknownPods(v *inventory.View) []finding.NotAssessed {
	n := finding.NotAssessed{Rule: EveryRule, Why: lang.Text{
		EN: "the object holds containers, and what makes pods of its kind is not known to Merlon",
		ES: "el objeto contiene contenedores, y Merlon no sabe qué crea pods a partir de los de su tipo",
		PT: "o objeto contém contêineres, e o Merlon não sabe o que cria pods a partir dos do seu tipo",
	}}
	for _, r := range v.All() {
		if _, unknown := r.Spec.(*k8s.UnknownPods); !unknown {
			continue
		}
		n.Count++
		if len(n.Resources) < maxListed {
			n.Resources = append(n.Resources, r.UID)
		}
	}
	if n.Count == 0 {
		return nil
	}
	return []finding.NotAssessed{n}
}

// unreadDefinitions gives what the rules about task definitions cannot say of the services that run one which was
// not read.
func unreadDefinitions(v *inventory.View, rules []*rule.Rule) []finding.Trait {
	why := lang.Text{
		EN: "the task definition that the service runs was not read",
		ES: "no se leyó la definición de tarea que ejecuta el servicio",
		PT: "a definição de tarefa que o serviço executa não foi lida",
	}
	var unknown []finding.Trait
	for service := range v.OfType(aws.ECSService) {
		isUnread := false
		for definition := range v.Out(service.UID, inventory.RunsTaskDefinition) {
			isUnread = isUnread || v.Get(definition.UID) == nil
		}
		if !isUnread {
			continue
		}
		for _, r := range rules {
			unknown = append(unknown, finding.Trait{
				ID: r.ID, Category: r.Category, State: finding.Unknown, Resource: service.UID, Weight: r.Weight(), Why: why,
			})
		}
	}
	return unknown
}
