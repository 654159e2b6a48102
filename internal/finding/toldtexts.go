package finding

import "github.com/merlonsec/merlon/internal/lang"

// deed is what can be done to an object, as it is told of the past, and after "tried to".
type deed struct {
	did, tried lang.Text
	// takes is set when the object's name goes into the text.
	takes bool
}

// noun is what a resource is called: before a name, and many of them.
type noun struct{ one, many lang.Text }

// The frames of sentences.
var (
	toldFrom       = lang.Text{EN: "%s from %s", ES: "%s desde %s", PT: "%s a partir de %s"}
	toldAs         = lang.Text{EN: "%s, as %s,", ES: "%s, como %s,", PT: "%s, como %s,"}
	toldTried      = lang.Text{EN: "tried to %s", ES: "intentó %s", PT: "tentou %s"}
	toldMore       = lang.Text{EN: "%s and %d more", ES: "%s y %d más", PT: "%s e mais %d"}
	toldIn         = lang.Text{EN: "%s in the namespace %s", ES: "%s en el espacio de nombres %s", PT: "%s no namespace %s"}
	toldEverywhere = lang.Text{EN: "%s in all namespaces", ES: "%s en todos los espacios de nombres", PT: "%s em todos os namespaces"}
	toldBinding    = lang.Text{EN: "%s (%s %s)", ES: "%s (%s %s)", PT: "%s (%s %s)"}
	toldKind       = lang.Text{EN: "the %s", ES: "el %s", PT: "o %s"}
	toldActor      = lang.Text{
		EN: "%s is behind %d findings that together look like an attack: %s",
		ES: "%s está detrás de %d hallazgos que juntos parecen un ataque: %s",
		PT: "%s está por trás de %d descobertas que juntas parecem um ataque: %s",
	}
	// toldUpdate takes whom or what a sequence is about, the finding types that came to it, and how many findings it has.
	toldUpdate = lang.Text{EN: "%s: + %s, now %d findings", ES: "%s: + %s, ahora %d hallazgos", PT: "%s: + %s, agora %d descobertas"}
	// toldShared takes the actor, how many findings are its own and how many those of others, and the tactics.
	toldShared = lang.Text{
		EN: "%s is behind %d findings that look like an attack together with %d by others: %s",
		ES: "%s está detrás de %d hallazgos que parecen un ataque junto con %d de otros usuarios: %s",
		PT: "%s está por trás de %d descobertas que parecem um ataque junto com %d de outros usuários: %s",
	}
	toldFor = lang.Text{
		EN: "What others did for %s adds up to %d findings that together look like an attack: %s",
		ES: "Lo que otros hicieron a favor de %s suma %d hallazgos que juntos parecen un ataque: %s",
		PT: "O que outros fizeram em favor de %s soma %d descobertas que juntas parecem um ataque: %s",
	}
	toldAddress = lang.Text{
		EN: "The address %s is behind %d findings that together look like an attack: %s",
		ES: "La dirección %s está detrás de %d hallazgos que juntos parecen un ataque: %s",
		PT: "O endereço %s está por trás de %d descobertas que juntas parecem um ataque: %s",
	}
	toldTarget = lang.Text{
		EN: "%s is the target of %d findings that together look like an attack: %s",
		ES: "%s es el objetivo de %d hallazgos que juntos parecen un ataque: %s",
		PT: "%s é o alvo de %d descobertas que juntas parecem um ataque: %s",
	}
)

// Who acts.
var (
	calledAccount   = lang.Text{EN: "The service account %s", ES: "La cuenta de servicio %s", PT: "A conta de serviço %s"}
	calledNode      = lang.Text{EN: "The node %s", ES: "El nodo %s", PT: "O nó %s"}
	calledNobody    = lang.Text{EN: "Someone", ES: "Alguien", PT: "Alguém"}
	calledAnonymous = lang.Text{EN: "Someone without credentials", ES: "Alguien sin credenciales", PT: "Alguém sem credenciais"}
)

// To whom something is granted.
var (
	toUser    = lang.Text{EN: "to the user %s", ES: "al usuario %s", PT: "ao usuário %s"}
	toGroup   = lang.Text{EN: "to the group %s", ES: "al grupo %s", PT: "ao grupo %s"}
	toAccount = lang.Text{EN: "to the service account %s", ES: "a la cuenta de servicio %s", PT: "à conta de serviço %s"}
	toOther   = lang.Text{EN: "to %s", ES: "a %s", PT: "a %s"}
)

// Deeds that need more than a verb and an object.
var (
	deedPath = deed{
		did:   lang.Text{EN: "requested %s", ES: "solicitó %s", PT: "solicitou %s"},
		tried: lang.Text{EN: "request %s", ES: "solicitar %s", PT: "solicitar %s"},
	}
	deedBind = deed{
		did:   lang.Text{EN: "granted the %s %s", ES: "otorgó el %s %s", PT: "concedeu o %s %s"},
		tried: lang.Text{EN: "grant the %s %s", ES: "otorgar el %s %s", PT: "conceder o %s %s"},
	}
	deedCheck = deed{
		did:   lang.Text{EN: "asked about a permission (%s)", ES: "consultó un permiso (%s)", PT: "consultou uma permissão (%s)"},
		tried: lang.Text{EN: "ask about a permission (%s)", ES: "consultar un permiso (%s)", PT: "consultar uma permissão (%s)"},
	}
	deedUnknown = deed{
		did:   lang.Text{EN: "made a request", ES: "hizo una solicitud", PT: "fez uma solicitação"},
		tried: lang.Text{EN: "make a request", ES: "hacer una solicitud", PT: "fazer uma solicitação"},
	}
	deedOther = deed{
		did:   lang.Text{EN: "used the verb %s on %s", ES: "usó el verbo %s en %s", PT: "usou o verbo %s em %s"},
		tried: lang.Text{EN: "use the verb %s on %s", ES: "usar el verbo %s en %s", PT: "usar o verbo %s em %s"},
	}
)

// verbDeed gives what a verb of the API does to an object.
func verbDeed(verb string) (d deed, ok bool) {
	switch verb {
	case "get":
		return deed{did: lang.Text{EN: "read %s", ES: "leyó %s", PT: "leu %s"}, tried: lang.Text{EN: "read %s", ES: "leer %s", PT: "ler %s"}}, true
	case "list":
		return deed{did: lang.Text{EN: "listed %s", ES: "listó %s", PT: "listou %s"}, tried: lang.Text{EN: "list %s", ES: "listar %s", PT: "listar %s"}}, true
	case "watch":
		return deed{did: lang.Text{EN: "watched %s", ES: "observó %s", PT: "observou %s"}, tried: lang.Text{EN: "watch %s", ES: "observar %s", PT: "observar %s"}}, true
	case "create":
		return deed{did: lang.Text{EN: "created %s", ES: "creó %s", PT: "criou %s"}, tried: lang.Text{EN: "create %s", ES: "crear %s", PT: "criar %s"}}, true
	case "update":
		return deed{did: lang.Text{EN: "replaced %s", ES: "reemplazó %s", PT: "substituiu %s"}, tried: lang.Text{EN: "replace %s", ES: "reemplazar %s", PT: "substituir %s"}}, true
	case "patch":
		return deed{did: lang.Text{EN: "changed %s", ES: "modificó %s", PT: "alterou %s"}, tried: lang.Text{EN: "change %s", ES: "modificar %s", PT: "alterar %s"}}, true
	case "delete":
		return deed{did: lang.Text{EN: "deleted %s", ES: "eliminó %s", PT: "excluiu %s"}, tried: lang.Text{EN: "delete %s", ES: "eliminar %s", PT: "excluir %s"}}, true
	case "deletecollection":
		return deed{
			did:   lang.Text{EN: "bulk-deleted %s", ES: "eliminó en bloque %s", PT: "excluiu em massa %s"},
			tried: lang.Text{EN: "bulk-delete %s", ES: "eliminar en bloque %s", PT: "excluir em massa %s"},
		}, true
	}
	return deed{}, false
}

// specialDeed gives what a request of a subresource does, or of a resource that is a question.
func specialDeed(kind string) (d deed, ok bool) {
	named := func(did, tried lang.Text) (deed, bool) { return deed{did, tried, true}, true }
	switch kind {
	case "pods/exec":
		return named(lang.Text{EN: "ran a command in the pod %s", ES: "ejecutó un comando en el pod %s", PT: "executou um comando no pod %s"},
			lang.Text{EN: "run a command in the pod %s", ES: "ejecutar un comando en el pod %s", PT: "executar um comando no pod %s"})
	case "pods/attach":
		return named(lang.Text{EN: "attached to the pod %s", ES: "se conectó al pod %s", PT: "conectou-se ao pod %s"},
			lang.Text{EN: "attach to the pod %s", ES: "conectarse al pod %s", PT: "conectar-se ao pod %s"})
	case "pods/portforward":
		return named(lang.Text{EN: "forwarded a port of the pod %s", ES: "redirigió un puerto del pod %s", PT: "redirecionou uma porta do pod %s"},
			lang.Text{EN: "forward a port of the pod %s", ES: "redirigir un puerto del pod %s", PT: "redirecionar uma porta do pod %s"})
	case "pods/ephemeralcontainers":
		return named(lang.Text{EN: "added an ephemeral container to the pod %s", ES: "añadió un contenedor efímero al pod %s", PT: "adicionou um contêiner efêmero ao pod %s"},
			lang.Text{EN: "add an ephemeral container to the pod %s", ES: "añadir un contenedor efímero al pod %s", PT: "adicionar um contêiner efêmero ao pod %s"})
	case "pods/log":
		return named(lang.Text{EN: "read the logs of the pod %s", ES: "leyó los logs del pod %s", PT: "leu os logs do pod %s"},
			lang.Text{EN: "read the logs of the pod %s", ES: "leer los logs del pod %s", PT: "ler os logs do pod %s"})
	case "pods/eviction":
		return named(lang.Text{EN: "evicted the pod %s", ES: "desalojó el pod %s", PT: "removeu do nó o pod %s"},
			lang.Text{EN: "evict the pod %s", ES: "desalojar el pod %s", PT: "remover do nó o pod %s"})
	case "pods/proxy":
		return named(lang.Text{EN: "reached the pod %s through the API server", ES: "accedió al pod %s a través del servidor de la API", PT: "acessou o pod %s por meio do servidor da API"},
			lang.Text{EN: "reach the pod %s through the API server", ES: "acceder al pod %s a través del servidor de la API", PT: "acessar o pod %s por meio do servidor da API"})
	case "services/proxy":
		return named(lang.Text{EN: "reached the Service %s through the API server", ES: "accedió al Service %s a través del servidor de la API", PT: "acessou o Service %s por meio do servidor da API"},
			lang.Text{EN: "reach the Service %s through the API server", ES: "acceder al Service %s a través del servidor de la API", PT: "acessar o Service %s por meio do servidor da API"})
	case "nodes/proxy":
		return named(lang.Text{EN: "called the kubelet of the node %s", ES: "llamó al kubelet del nodo %s", PT: "chamou o kubelet do nó %s"},
			lang.Text{EN: "call the kubelet of the node %s", ES: "llamar al kubelet del nodo %s", PT: "chamar o kubelet do nó %s"})
	case "serviceaccounts/token":
		return named(lang.Text{EN: "obtained a token of the service account %s", ES: "obtuvo un token de la cuenta de servicio %s", PT: "obteve um token da conta de serviço %s"},
			lang.Text{EN: "obtain a token of the service account %s", ES: "obtener un token de la cuenta de servicio %s", PT: "obter um token da conta de serviço %s"})
	case "certificatesigningrequests/approval":
		return named(lang.Text{EN: "decided on the certificate request %s", ES: "resolvió la solicitud de certificado %s", PT: "decidiu sobre a solicitação de certificado %s"},
			lang.Text{EN: "decide on the certificate request %s", ES: "resolver la solicitud de certificado %s", PT: "decidir sobre a solicitação de certificado %s"})
	case "selfsubjectaccessreviews", "selfsubjectrulesreviews", "subjectaccessreviews", "localsubjectaccessreviews":
		return deed{
			did:   lang.Text{EN: "asked what is permitted", ES: "consultó qué está permitido", PT: "consultou o que é permitido"},
			tried: lang.Text{EN: "ask what is permitted", ES: "consultar qué está permitido", PT: "consultar o que é permitido"},
		}, true
	}
	return deed{}, false
}

// commonNoun gives the word for a resource that has one beside its kind.
func commonNoun(resource string) (n noun, ok bool) {
	switch resource {
	case "secrets":
		return noun{lang.Text{EN: "the secret", ES: "el secreto", PT: "o segredo"}, lang.Text{EN: "secrets", ES: "secretos", PT: "segredos"}}, true
	case "pods":
		return noun{lang.Text{EN: "the pod", ES: "el pod", PT: "o pod"}, lang.Text{EN: "pods", ES: "pods", PT: "pods"}}, true
	case "nodes":
		return noun{lang.Text{EN: "the node", ES: "el nodo", PT: "o nó"}, lang.Text{EN: "nodes", ES: "nodos", PT: "nós"}}, true
	case "namespaces":
		return noun{lang.Text{EN: "the namespace", ES: "el espacio de nombres", PT: "o namespace"}, lang.Text{EN: "namespaces", ES: "espacios de nombres", PT: "namespaces"}}, true
	case "serviceaccounts":
		return noun{
			lang.Text{EN: "the service account", ES: "la cuenta de servicio", PT: "a conta de serviço"},
			lang.Text{EN: "service accounts", ES: "cuentas de servicio", PT: "contas de serviço"},
		}, true
	case "networkpolicies":
		return noun{
			lang.Text{EN: "the network policy", ES: "la política de red", PT: "a política de rede"},
			lang.Text{EN: "network policies", ES: "políticas de red", PT: "políticas de rede"},
		}, true
	case "certificatesigningrequests":
		return noun{
			lang.Text{EN: "the certificate request", ES: "la solicitud de certificado", PT: "a solicitação de certificado"},
			lang.Text{EN: "certificate requests", ES: "solicitudes de certificado", PT: "solicitações de certificado"},
		}, true
	case "events":
		return noun{lang.Text{EN: "the event", ES: "el evento", PT: "o evento"}, lang.Text{EN: "events", ES: "eventos", PT: "eventos"}}, true
	}
	return noun{}, false
}

// clusterWide lists the resources that are in no namespace
// (https://kubernetes.io/docs/reference/kubernetes-api/).
func clusterWide() []string {
	return []string{
		"apiservices", "certificatesigningrequests", "clusterrolebindings", "clusterroles", "customresourcedefinitions", "mutatingwebhookconfigurations",
		"namespaces", "nodes", "persistentvolumes", "priorityclasses", "storageclasses", "validatingadmissionpolicies",
		"validatingadmissionpolicybindings", "validatingwebhookconfigurations",
	}
}
