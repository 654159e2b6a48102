package vpc

import (
	"strconv"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/tree"
)

// element gives the JSONPath of an element of a list.
func element(path string, i int) string { return tree.PathIndex(path, i) }

// rangeText writes a range of ports as AWS does.
func rangeText(first, last int32) string {
	return strconv.Itoa(int(first)) + "-" + strconv.Itoa(int(last))
}

// text says what a hop of a kind does to clients: lets them through, or not.
func (k HopKind) text(open bool) lang.Text {
	t := hopTexts()[k]
	if open {
		return t.open
	}
	return t.shut
}

type hopText struct{ open, shut lang.Text }

func hopTexts() map[HopKind]hopText {
	return map[HopKind]hopText{
		PublicAddress: {
			lang.Text{EN: "it has a public address", ES: "tiene una dirección pública", PT: "tem um endereço público"},
			lang.Text{EN: "it has no public address", ES: "no tiene ninguna dirección pública", PT: "não tem nenhum endereço público"},
		},
		InternetRoute: {
			lang.Text{EN: "its subnet has a route to an internet gateway", ES: "su subred tiene una ruta a una puerta de enlace de internet", PT: "a sua sub-rede tem uma rota para um gateway da internet"},
			lang.Text{
				EN: "no route of its subnet leads these clients to an internet gateway", ES: "ninguna ruta de su subred lleva a estos clientes a una puerta de enlace de internet",
				PT: "nenhuma rota da sua sub-rede leva esses clientes a um gateway da internet",
			},
		},
		BlockPublicAccess: {
			lang.Text{EN: "VPC Block Public Access lets it through", ES: "VPC Block Public Access lo deja pasar", PT: "o VPC Block Public Access deixa passar"},
			lang.Text{
				EN: "VPC Block Public Access keeps the internet out of its subnet", ES: "VPC Block Public Access mantiene a internet fuera de su subred",
				PT: "o VPC Block Public Access mantém a internet fora da sua sub-rede",
			},
		},
		NetworkACLIn: {
			lang.Text{EN: "the network ACL of its subnet lets the traffic in", ES: "la ACL de red de su subred deja entrar el tráfico", PT: "a ACL de rede da sua sub-rede deixa o tráfego entrar"},
			lang.Text{EN: "the network ACL of its subnet keeps the traffic out", ES: "la ACL de red de su subred no deja entrar el tráfico", PT: "a ACL de rede da sua sub-rede não deixa o tráfego entrar"},
		},
		NetworkACLOut: {
			lang.Text{EN: "the network ACL of its subnet lets the answers out", ES: "la ACL de red de su subred deja salir las respuestas", PT: "a ACL de rede da sua sub-rede deixa as respostas saírem"},
			lang.Text{EN: "the network ACL of its subnet keeps the answers in", ES: "la ACL de red de su subred no deja salir las respuestas", PT: "a ACL de rede da sua sub-rede não deixa as respostas saírem"},
		},
		SecurityGroup: {
			lang.Text{EN: "a security group lets the traffic in", ES: "un grupo de seguridad deja entrar el tráfico", PT: "um grupo de segurança deixa o tráfego entrar"},
			lang.Text{EN: "no security group lets the traffic in", ES: "ningún grupo de seguridad deja entrar el tráfico", PT: "nenhum grupo de segurança deixa o tráfego entrar"},
		},
		LoadBalancer: {
			lang.Text{EN: "the load balancer faces the internet", ES: "el balanceador de carga está expuesto a internet", PT: "o balanceador de carga está voltado para a internet"},
			lang.Text{EN: "no load balancer faces the internet here", ES: "aquí ningún balanceador de carga está expuesto a internet", PT: "aqui nenhum balanceador de carga está voltado para a internet"},
		},
		Listener: {
			lang.Text{EN: "a listener of the load balancer takes the traffic", ES: "un agente de escucha del balanceador de carga recibe el tráfico", PT: "um listener do balanceador de carga recebe o tráfego"},
			lang.Text{
				EN: "no listener of the load balancer sends traffic to this port", ES: "ningún agente de escucha del balanceador de carga envía tráfico a este puerto",
				PT: "nenhum listener do balanceador de carga envia tráfego para esta porta",
			},
		},
		TargetGroup: {
			lang.Text{EN: "the load balancer has it among its targets", ES: "el balanceador de carga lo tiene entre sus destinos", PT: "o balanceador de carga o tem entre os seus destinos"},
			lang.Text{EN: "the target group does not exist", ES: "el grupo de destino no existe", PT: "o grupo de destino não existe"},
		},
		TargetEgress: {
			lang.Text{
				EN: "the security groups of the load balancer let its traffic out to the target", ES: "los grupos de seguridad del balanceador de carga dejan salir su tráfico hacia el destino",
				PT: "os grupos de segurança do balanceador de carga deixam o tráfego dele sair para o destino",
			},
			lang.Text{
				EN: "no security group of the load balancer lets its traffic out to the target", ES: "ningún grupo de seguridad del balanceador de carga deja salir su tráfico hacia el destino",
				PT: "nenhum grupo de segurança do balanceador de carga deixa o tráfego dele sair para o destino",
			},
		},
		TargetACL: {
			lang.Text{
				EN: "the network ACLs between the load balancer and the target let the traffic through", ES: "las ACL de red entre el balanceador de carga y el destino dejan pasar el tráfico",
				PT: "as ACLs de rede entre o balanceador de carga e o destino deixam o tráfego passar",
			},
			lang.Text{
				EN: "a network ACL between the load balancer and the target stops the traffic", ES: "una ACL de red entre el balanceador de carga y el destino detiene el tráfico",
				PT: "uma ACL de rede entre o balanceador de carga e o destino detém o tráfego",
			},
		},
		Placement: {
			lang.Text{EN: "a task runs there", ES: "una tarea se ejecuta allí", PT: "uma tarefa é executada ali"},
			lang.Text{EN: "no task runs there", ES: "allí no se ejecuta ninguna tarea", PT: "nenhuma tarefa é executada ali"},
		},
		ContainerPort: {
			lang.Text{EN: "a container listens on the port", ES: "un contenedor escucha en el puerto", PT: "um contêiner escuta na porta"},
			lang.Text{EN: "no container listens on the port", ES: "ningún contenedor escucha en el puerto", PT: "nenhum contêiner escuta na porta"},
		},
	}
}

// The texts of what is not known. Each names what is missing.

// told fills in a text.
func told(t lang.Text, args ...any) *lang.Text {
	t = t.Format(args...)
	return &t
}

func notRead(id string) *lang.Text {
	return told(lang.Text{EN: "%s was not read", ES: "no se leyó %s", PT: "%s não foi lido"}, id)
}

func tooMany(id string) *lang.Text {
	return told(lang.Text{
		EN: "%s has more parts than AWS allows, so they were not looked at", ES: "%s tiene más partes de las que AWS permite, por lo que no se examinaron",
		PT: "%s tem mais partes do que a AWS permite, por isso elas não foram examinadas",
	}, id)
}

func openField(uid inventory.UID, path string) *lang.Text {
	return told(lang.Text{
		EN: "the value of %s in %s is not known", ES: "no se conoce el valor de %s en %s", PT: "não se conhece o valor de %s em %s",
	}, path, uid.Short())
}

func noTable(subnet string) *lang.Text {
	return told(lang.Text{EN: "the route table of %s was not read", ES: "no se leyó la tabla de rutas de %s", PT: "a tabela de rotas de %s não foi lida"}, subnet)
}

func maybeMainTable(subnet string) *lang.Text {
	return told(lang.Text{
		EN: "no route table that was read names %s, and the main one of the VPC counts only where none does",
		ES: "ninguna de las tablas de rutas leídas nombra %s, y la principal de la VPC solo vale si ninguna lo hace",
		PT: "nenhuma das tabelas de rotas lidas nomeia %s, e a principal da VPC só vale se nenhuma o fizer",
	}, subnet)
}

func noACL(subnet string) *lang.Text {
	return told(lang.Text{EN: "the network ACL of %s was not read", ES: "no se leyó la ACL de red de %s", PT: "a ACL de rede de %s não foi lida"}, subnet)
}

func noDefaultGroup(g groups) *lang.Text {
	if g.subnet == "" {
		return openField(g.at.UID, g.path)
	}
	return told(lang.Text{
		EN: "the default security group of the VPC of %s was not read", ES: "no se leyó el grupo de seguridad predeterminado de la VPC de %s",
		PT: "o grupo de segurança padrão da VPC de %s não foi lido",
	}, g.subnet)
}

func hiddenList(id string) *lang.Text {
	return told(lang.Text{
		EN: "the entries of the prefix list %s were not read", ES: "no se leyeron las entradas de la lista de prefijos %s", PT: "as entradas da lista de prefixos %s não foram lidas",
	}, id)
}

func appliance(id string) *lang.Text {
	return told(lang.Text{
		EN: "the traffic goes through %s, and what that lets through is not known", ES: "el tráfico pasa por %s, y no se sabe qué deja pasar", PT: "o tráfego passa por %s, e não se sabe o que é deixado passar ali",
	}, id)
}

func somePorts(to ports) *lang.Text {
	return told(lang.Text{
		EN: "only some of the ports %s are open, and which of them the container has is not known",
		ES: "solo algunos de los puertos %s están abiertos, y no se sabe cuál tiene el contenedor",
		PT: "só algumas das portas %s estão abertas, e não se sabe qual delas o contêiner tem",
	}, rangeText(to.first, to.last))
}

func onlyLowPorts(acl inventory.UID) *lang.Text {
	return told(lang.Text{
		EN: "%s lets answers out only to ports below 1024, from which a client connects only on purpose",
		ES: "%s solo deja salir respuestas a puertos inferiores a 1024, desde los que un cliente solo se conecta a propósito",
		PT: "%s só deixa sair respostas para portas abaixo de 1024, das quais um cliente só se conecta de propósito",
	}, acl.Short())
}

func partOfSubnet() *lang.Text {
	return &lang.Text{
		EN: "only some addresses of the subnet are let through, and which one counts is not known",
		ES: "solo se dejan pasar algunas direcciones de la subred, y no se sabe cuál es la que cuenta",
		PT: "só alguns endereços da sub-rede são deixados passar, e não se sabe qual deles conta",
	}
}

func noMapping() *lang.Text {
	return &lang.Text{
		EN: "the task definition maps no port, and in this network mode whatever listens can be reached",
		ES: "la definición de tarea no asigna ningún puerto, y en este modo de red se puede alcanzar todo lo que escuche",
		PT: "a definição de tarefa não mapeia nenhuma porta, e neste modo de rede tudo o que escutar pode ser alcançado",
	}
}

func ipv6Setting(subnet string) *lang.Text {
	return told(lang.Text{
		EN: "whether tasks in %s get an IPv6 address is up to the account setting dualStackIPv6, which was not read",
		ES: "que las tareas en %s reciban una dirección IPv6 depende de la opción dualStackIPv6 de la cuenta, que no se leyó",
		PT: "se as tarefas em %s recebem um endereço IPv6 depende da configuração dualStackIPv6 da conta, que não foi lida",
	}, subnet)
}

func outsideAWS() *lang.Text {
	return &lang.Text{EN: "the tasks run outside AWS", ES: "las tareas se ejecutan fuera de AWS", PT: "as tarefas são executadas fora da AWS"}
}

func noSubnets(service inventory.UID) *lang.Text {
	return told(lang.Text{EN: "%s does not say the subnets of its tasks", ES: "%s no dice las subredes de sus tareas", PT: "%s não diz as sub-redes das suas tarefas"}, service.Short())
}

func noInstances(cluster inventory.UID) *lang.Text {
	return told(lang.Text{
		EN: "whether all container instances of %s were read is not known", ES: "no se sabe si se leyeron todas las instancias de contenedor de %s",
		PT: "não se sabe se todas as instâncias de contêiner de %s foram lidas",
	}, cluster.Short())
}

func otherTasks(service inventory.UID) *lang.Text {
	return told(lang.Text{
		EN: "whether all tasks of %s were read is not known", ES: "no se sabe si se leyeron todas las tareas de %s", PT: "não se sabe se todas as tarefas de %s foram lidas",
	}, service.Short())
}

func someInstances() *lang.Text {
	return &lang.Text{
		EN: "not every container instance of the cluster can be reached, and on which of them the tasks run is not known",
		ES: "no todas las instancias de contenedor del clúster se pueden alcanzar, y no se sabe en cuáles se ejecutan las tareas",
		PT: "nem todas as instâncias de contêiner do cluster podem ser alcançadas, e não se sabe em quais as tarefas são executadas",
	}
}

func someSubnets() *lang.Text {
	return &lang.Text{
		EN: "nodes get a public address in some of the subnets only, and in which of them they start is not known",
		ES: "los nodos solo reciben una dirección pública en algunas de las subredes, y no se sabe en cuáles se inician",
		PT: "os nós só recebem um endereço público em algumas das sub-redes, e não se sabe em quais eles são iniciados",
	}
}

func otherNodes(cluster inventory.UID) *lang.Text {
	return told(lang.Text{
		EN: "whether all nodes of %s were read is not known", ES: "no se sabe si se leyeron todos los nodos de %s", PT: "não se sabe se todos os nós de %s foram lidos",
	}, cluster.Short())
}

func noListeners(balancer inventory.UID) *lang.Text {
	return told(lang.Text{
		EN: "whether all listeners of %s were read is not known", ES: "no se sabe si se leyeron todos los agentes de escucha de %s", PT: "não se sabe se todos os listeners de %s foram lidos",
	}, balancer.Short())
}

func rulesNotRead(balancer inventory.UID) *lang.Text {
	return told(lang.Text{
		EN: "which listener of %s has a rule that sends traffic to the target group is not known",
		ES: "no se sabe qué agente de escucha de %s tiene una regla que envía tráfico al grupo de destino",
		PT: "não se sabe qual listener de %s tem uma regra que envia tráfego para o grupo de destino",
	}, balancer.Short())
}

func otherVPC(vpc string) *lang.Text {
	return told(lang.Text{
		EN: "the target is outside the VPC %s of the load balancer, and the way between them was not examined",
		ES: "el destino está fuera de la VPC %s del balanceador de carga, y no se examinó el camino entre ambos",
		PT: "o destino está fora da VPC %s do balanceador de carga, e o caminho entre os dois não foi examinado",
	}, vpc)
}

func clientAddresses(group inventory.UID) *lang.Text {
	return told(lang.Text{
		EN: "whether %s keeps the addresses of clients was not read", ES: "no se leyó si %s conserva las direcciones de los clientes", PT: "não se leu se %s preserva os endereços dos clientes",
	}, group.Short())
}
