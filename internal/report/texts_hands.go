package report

import (
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// handed is what an exposure hands over, as it is worded: the places in [handedWords], the least grave first.
type handed uint8

const (
	handsRole handed = iota
	handsNode
	handsInstance
	handsCluster
	handsAccount
)

// handed gives the wording for what an exposure hands over, which is not nothing.
func (it *item) handed() handed {
	switch it.hands {
	case role:
		return handsRole
	case cluster:
		return handsCluster
	case account:
		return handsAccount
	}
	if aws.IsType(it.Resource.Type) {
		return handsInstance
	}
	return handsNode
}

// handedWord is how one thing that is handed over is said: in the headline after "hands", and of one exposure.
type handedWord struct {
	head            plural
	surely, perhaps lang.Text
}

func handedWords() []handedWord {
	same := func(t lang.Text) plural { return plural{t, t} }
	return []handedWord{
		{
			same(lang.Text{EN: "credentials of another IAM role", ES: "credenciales de otro rol de IAM", PT: "credenciais de outro perfil do IAM"}),
			lang.Text{EN: "hands over another IAM role", ES: "entrega otro rol de IAM", PT: "entrega outro perfil do IAM"},
			lang.Text{EN: "may hand over another IAM role", ES: "podría entregar otro rol de IAM", PT: "pode entregar outro perfil do IAM"},
		},
		{
			plural{lang.Text{EN: "its node", ES: "su nodo", PT: "seu nó"}, lang.Text{EN: "their nodes", ES: "sus nodos", PT: "seus nós"}},
			itemNode, itemMayNode,
		},
		{
			plural{
				lang.Text{EN: "its container instance", ES: "su instancia de contenedor", PT: "sua instância de contêiner"},
				lang.Text{EN: "their container instances", ES: "sus instancias de contenedor", PT: "suas instâncias de contêiner"},
			},
			lang.Text{EN: "hands over its container instance", ES: "entrega su instancia de contenedor", PT: "entrega sua instância de contêiner"},
			lang.Text{EN: "may hand over its container instance", ES: "podría entregar su instancia de contenedor", PT: "pode entregar sua instância de contêiner"},
		},
		{
			same(lang.Text{EN: "the whole cluster", ES: "todo el clúster", PT: "o cluster inteiro"}),
			itemCluster, itemMayCluster,
		},
		{
			same(lang.Text{EN: "the AWS account", ES: "la cuenta de AWS", PT: "a conta da AWS"}),
			lang.Text{EN: "hands over the AWS account", ES: "entrega la cuenta de AWS", PT: "entrega a conta da AWS"},
			lang.Text{EN: "may hand over the AWS account", ES: "podría entregar la cuenta de AWS", PT: "pode entregar a conta da AWS"},
		},
	}
}

// The headline. The first argument is who, counted; the second is what they hand over.
var (
	headHands = plural{lang.Text{
		EN: "%s hands %s to whoever gets inside.",
		ES: "%s entrega %s a quien logre entrar.",
		PT: "%s entrega %s a quem conseguir entrar.",
	}, lang.Text{
		EN: "%s hand %s to whoever gets inside.",
		ES: "%s entregan %s a quien logre entrar.",
		PT: "%s entregam %s a quem conseguir entrar.",
	}}
	headMay = plural{lang.Text{
		EN: "%s may hand %s to whoever gets inside: what was read does not settle it.",
		ES: "%s podría entregar %s a quien logre entrar: lo que se leyó no basta para saberlo.",
		PT: "%s pode entregar %s a quem conseguir entrar: o que foi lido não basta para saber.",
	}, lang.Text{
		EN: "%s may hand %s to whoever gets inside: what was read does not settle it.",
		ES: "%s podrían entregar %s a quien logre entrar: lo que se leyó no basta para saberlo.",
		PT: "%s podem entregar %s a quem conseguir entrar: o que foi lido não basta para saber.",
	}}
	headMore = plural{lang.Text{
		EN: "%s more may do the same: what was read does not settle it.",
		ES: "%s más podría hacer lo mismo: lo que se leyó no basta para saberlo.",
		PT: "Mais %s pode fazer o mesmo: o que foi lido não basta para saber.",
	}, lang.Text{
		EN: "%s more may do the same: what was read does not settle it.",
		ES: "%s más podrían hacer lo mismo: lo que se leyó no basta para saberlo.",
		PT: "Mais %s podem fazer o mesmo: o que foi lido não basta para saber.",
	}}
	headNone = lang.Text{
		EN: "As far as is known, nothing hands over its node or the cluster.",
		ES: "Hasta donde se sabe, nada entrega su nodo ni el clúster.",
		PT: "Até onde se sabe, nada entrega seu nó nem o cluster.",
	}
	headNoneAWS = lang.Text{
		EN: "As far as is known, nothing hands over the machine it runs on, the cluster or the AWS account.",
		ES: "Hasta donde se sabe, nada entrega la máquina en la que se ejecuta, el clúster ni la cuenta de AWS.",
		PT: "Até onde se sabe, nada entrega a máquina em que é executado, o cluster nem a conta da AWS.",
	}
	joinOr  = lang.Text{EN: "%s or %s", ES: "%s o %s", PT: "%s ou %s"}
	joinAnd = lang.Text{EN: "%s and %s", ES: "%s y %s", PT: "%s e %s"}
)

// What an exposure of a whole cluster says of the exposures in it.
var beneathHeading = lang.Text{EN: "Exposed in this cluster", ES: "Expuesto en este clúster", PT: "Exposto neste cluster"}

var itemInside = plural{
	lang.Text{EN: "%s exposure in it: %s", ES: "%s exposición en él: %s", PT: "%s exposição nele: %s"},
	lang.Text{EN: "%s exposures in it: %s", ES: "%s exposiciones en él: %s", PT: "%s exposições nele: %s"},
}
