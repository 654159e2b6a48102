package docs

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

// note is what the page about the attack graph says of a kind of edge besides its meaning: the kinds of
// resource at its two ends, and when it is possible but not certain. Package graph decides both.
type note struct {
	ends, possible lang.Text
}

func edgeNote(kind finding.EdgeKind) note {
	switch kind {
	case finding.EdgeExposes:
		return note{
			lang.Text{
				EN: "internet → Service or Ingress",
				ES: "internet → Service o Ingress",
				PT: "internet → Service ou Ingress",
			},
			lang.Text{
				EN: "the object does not say that its load balancer faces the internet: its controller decides, or it is a NodePort or an external IP",
				ES: "el objeto no indica que su balanceador de carga esté expuesto a internet: lo decide su controlador, o se trata de un NodePort o de una IP externa",
				PT: "o objeto não informa que seu balanceador de carga está voltado para a internet: quem decide é o controlador, ou trata-se de um NodePort ou de um IP externo",
			},
		}
	case finding.EdgeRoutes:
		return note{
			lang.Text{EN: "Ingress → Service", ES: "Ingress → Service", PT: "Ingress → Service"},
			stated(),
		}
	case finding.EdgeSelects:
		return note{
			lang.Text{EN: "Service → workload", ES: "Service → carga de trabajo", PT: "Service → carga de trabalho"},
			lang.Text{
				EN: "a NetworkPolicy isolates the pods: what it still lets through is not evaluated",
				ES: "una NetworkPolicy aísla los pods: no se evalúa lo que aun así deja pasar",
				PT: "uma NetworkPolicy isola os pods: o que ela ainda deixa passar não é avaliado",
			},
		}
	case finding.EdgeServiceAccount:
		return note{
			lang.Text{
				EN: "workload → ServiceAccount",
				ES: "carga de trabajo → ServiceAccount",
				PT: "carga de trabalho → ServiceAccount",
			},
			lang.Text{
				EN: "the pod does not say whether the token is mounted, and its ServiceAccount was not read",
				ES: "el pod no indica si el token se monta, y no se leyó su ServiceAccount",
				PT: "o pod não informa se o token é montado, e sua ServiceAccount não foi lida",
			},
		}
	case finding.EdgeClusterAdmin:
		return note{
			lang.Text{EN: "ServiceAccount → cluster", ES: "ServiceAccount → clúster", PT: "ServiceAccount → cluster"},
			stated(),
		}
	case finding.EdgeEscapePrivileged, finding.EdgeEscapeHostPath, finding.EdgeEscapeSocket, finding.EdgeEscapeCapability,
		finding.EdgeShareHostPID, finding.EdgeShareHostIPC, finding.EdgeShareHostNetwork:
		return note{
			lang.Text{EN: "workload → node, ECS service → container instances", ES: "carga de trabajo → nodo, servicio de ECS → instancias de contenedor", PT: "carga de trabalho → nó, serviço do ECS → instâncias de contêiner"},
			byTrait(),
		}
	}
	return awsEdgeNote(kind)
}

// awsEdgeNote is [edgeNote] for the edges between resources of AWS.
func awsEdgeNote(kind finding.EdgeKind) note {
	switch kind {
	case finding.EdgeBalances:
		return note{
			lang.Text{EN: "load balancer → ECS service", ES: "balanceador de carga → servicio de ECS", PT: "balanceador de carga → serviço do ECS"},
			lang.Text{
				EN: "a subnet, route, security group or network ACL on the way was not read",
				ES: "no se leyó alguna subred, ruta, grupo de seguridad o ACL de red del camino",
				PT: "alguma sub-rede, rota, grupo de segurança ou ACL de rede do caminho não foi lida",
			},
		}
	case finding.EdgeTaskRole:
		return note{
			lang.Text{EN: "ECS service → IAM role", ES: "servicio de ECS → rol de IAM", PT: "serviço do ECS → perfil do IAM"},
			stated(),
		}
	case finding.EdgeInstanceRole:
		return note{
			lang.Text{EN: "container instances → IAM role", ES: "instancias de contenedor → rol de IAM", PT: "instâncias de contêiner → perfil do IAM"},
			stated(),
		}
	case finding.EdgeOtherTaskRole:
		return note{
			lang.Text{EN: "container instances → IAM role", ES: "instancias de contenedor → rol de IAM", PT: "instâncias de contêiner → perfil do IAM"},
			lang.Text{
				EN: "which services share an instance was not read",
				ES: "no se leyó qué servicios comparten una instancia",
				PT: "não foi lido quais serviços compartilham uma instância",
			},
		}
	case finding.EdgeReadIMDS:
		return note{
			lang.Text{EN: "ECS service → IAM role", ES: "servicio de ECS → rol de IAM", PT: "serviço do ECS → perfil do IAM"},
			byTrait(),
		}
	case finding.EdgePodRole:
		return note{
			lang.Text{EN: "workload → IAM role", ES: "carga de trabajo → rol de IAM", PT: "carga de trabalho → perfil do IAM"},
			stated(),
		}
	case finding.EdgeAdministrator:
		return note{
			lang.Text{EN: "IAM role → AWS account", ES: "rol de IAM → cuenta de AWS", PT: "perfil do IAM → conta da AWS"},
			lang.Text{
				EN: "a policy or boundary of the role was not read, or has a condition that is not evaluated",
				ES: "no se leyó alguna política o límite de permisos del rol, o tiene una condición que no se evalúa",
				PT: "alguma política ou limite de permissões do perfil não foi lida, ou tem uma condição que não é avaliada",
			},
		}
	}
	return note{}
}

// stated is the note of an edge that is never only possible.
func stated() lang.Text {
	return lang.Text{
		EN: "never: the object states it",
		ES: "nunca: el objeto lo declara",
		PT: "nunca: o objeto declara isso",
	}
}

// byTrait is the note of an edge that a trait opens.
func byTrait() lang.Text {
	return lang.Text{
		EN: "the rule that opens it could not be assessed for the resource",
		ES: "no se pudo evaluar, para el recurso, la regla que la abre",
		PT: "não foi possível avaliar, para o recurso, a regra que a abre",
	}
}
