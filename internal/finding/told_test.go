package finding

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/lang"
)

func TestTold(t *testing.T) {
	call := func(verb, resource, namespace, name string, code int) Detection {
		resource, sub, _ := strings.Cut(resource, "/")
		return Detection{
			Actor: Actor{Username: "alice"},
			Call:  APICall{Verb: verb, Resource: resource, Subresource: sub, Namespace: namespace, Name: name, StatusCode: code, SourceIPs: []string{"203.0.113.7"}},
		}
	}
	as := func(d Detection, change func(*Detection)) Detection { change(&d); return d }
	for _, c := range []struct {
		d          Detection
		en, es, pt string
	}{
		{call("get", "secrets", "shop", "db", 200), "alice read the secret shop/db from 203.0.113.7", "alice leyó el secreto shop/db desde 203.0.113.7", "alice leu o segredo shop/db a partir de 203.0.113.7"},
		{call("get", "secrets", "shop", "db", 403), "alice tried to read the secret shop/db from 203.0.113.7", "alice intentó leer el secreto shop/db desde 203.0.113.7", "alice tentou ler o segredo shop/db a partir de 203.0.113.7"},
		{call("list", "secrets", "", "", 200), "alice listed secrets in all namespaces from 203.0.113.7", "alice listó secretos en todos los espacios de nombres desde 203.0.113.7", "alice listou segredos em todos os namespaces a partir de 203.0.113.7"},
		{call("list", "pods", "shop", "", 200), "alice listed pods in the namespace shop from 203.0.113.7", "alice listó pods en el espacio de nombres shop desde 203.0.113.7", "alice listou pods no namespace shop a partir de 203.0.113.7"},
		{call("list", "nodes", "", "", 200), "alice listed nodes from 203.0.113.7", "alice listó nodos desde 203.0.113.7", "alice listou nós a partir de 203.0.113.7"},
		{call("delete", "namespaces", "shop", "shop", 200), "alice deleted the namespace shop from 203.0.113.7", "alice eliminó el espacio de nombres shop desde 203.0.113.7", "alice excluiu o namespace shop a partir de 203.0.113.7"},
		{call("patch", "deployments", "shop", "web", 200), "alice changed the Deployment shop/web from 203.0.113.7", "alice modificó el Deployment shop/web desde 203.0.113.7", "alice alterou o Deployment shop/web a partir de 203.0.113.7"},
		{call("create", "pods/exec", "shop", "web-0", 101), "alice ran a command in the pod shop/web-0 from 203.0.113.7", "alice ejecutó un comando en el pod shop/web-0 desde 203.0.113.7", "alice executou um comando no pod shop/web-0 a partir de 203.0.113.7"},
		{call("update", "widgets/status", "shop", "w", 200), "alice replaced widgets/status shop/w from 203.0.113.7", "alice reemplazó widgets/status shop/w desde 203.0.113.7", "alice substituiu widgets/status shop/w a partir de 203.0.113.7"},
		{
			as(call("create", "clusterrolebindings", "", "eve", 201), func(d *Detection) {
				d.Binding = &BindingDetails{RoleKind: "ClusterRole", RoleName: "cluster-admin", Subjects: []string{"User:a", "Group:b", "ServiceAccount:c/d", "User:e"}}
				d.Actor.Username = "system:serviceaccount:shop:web"
			}),
			"The service account shop/web granted the ClusterRole cluster-admin to the user a, to the group b, to the service account c/d and 1 more from 203.0.113.7",
			"La cuenta de servicio shop/web otorgó el ClusterRole cluster-admin al usuario a, al grupo b, a la cuenta de servicio c/d y 1 más desde 203.0.113.7",
			"A conta de serviço shop/web concedeu o ClusterRole cluster-admin ao usuário a, ao grupo b, à conta de serviço c/d e mais 1 a partir de 203.0.113.7",
		},
		{
			as(call("get", "", "", "", 200), func(d *Detection) {
				d.Actor, d.Call.RequestURI, d.Call.SourceIPs = Actor{Username: "system:anonymous"}, "/api?timeout=32s", nil
			}),
			"Someone without credentials requested /api", "Alguien sin credenciales solicitó /api", "Alguém sem credenciais solicitou /api",
		},
		{
			as(call("create", "selfsubjectaccessreviews", "", "", 201), func(d *Detection) {
				d.Permission = &PermissionDetails{Verb: "get", Resource: "secrets"}
				d.Actor.Impersonated = &Actor{Username: "bob"}
			}),
			"alice, as bob, asked about a permission (get secrets) from 203.0.113.7", "alice, como bob, consultó un permiso (get secrets) desde 203.0.113.7", "alice, como bob, consultou uma permissão (get secrets) a partir de 203.0.113.7",
		},
		{
			Detection{Sequence: &Sequence{Around: "actor", Subject: "eve", Signals: make([]Signal, 3), Tactics: []string{"Discovery", "Impact"}}},
			"eve is behind 3 findings that together look like an attack: Discovery, Impact", "eve está detrás de 3 hallazgos que juntos parecen un ataque: Discovery, Impact", "eve está por trás de 3 descobertas que juntas parecem um ataque: Discovery, Impact",
		},
		{
			Detection{Sequence: &Sequence{Around: "actor", Subject: "eve", Signals: []Signal{{Actor: "eve"}, {Actor: "mallory"}, {}}, Tactics: []string{"Impact"}}},
			"eve is behind 2 findings that look like an attack together with 1 of others about the same user: Impact",
			"eve está detrás de 2 hallazgos que parecen un ataque junto con 1 de otros sobre el mismo usuario: Impact",
			"eve está por trás de 2 descobertas que parecem um ataque junto com 1 de outros sobre o mesmo usuário: Impact",
		},
		{
			Detection{Sequence: &Sequence{Around: "actor", Subject: "eve", Signals: []Signal{{Actor: "mallory"}, {Actor: "mallory"}}, Tactics: []string{"Impact"}}},
			"What others did for eve adds up to 2 findings that together look like an attack: Impact",
			"Lo que otros hicieron a favor de eve suma 2 hallazgos que juntos parecen un ataque: Impact",
			"O que outros fizeram em favor de eve soma 2 descobertas que juntas parecem um ataque: Impact",
		},
		{
			Detection{Sequence: &Sequence{Around: "address", Subject: "203.0.113.7", Signals: make([]Signal, 2), Tactics: []string{"Impact"}}},
			"The address 203.0.113.7 is behind 2 findings that together look like an attack: Impact",
			"La dirección 203.0.113.7 está detrás de 2 hallazgos que juntos parecen un ataque: Impact",
			"O endereço 203.0.113.7 está por trás de 2 descobertas que juntas parecem um ataque: Impact",
		},
	} {
		if got := c.d.Told(); got != (lang.Text{EN: c.en, ES: c.es, PT: c.pt}) {
			t.Errorf("%q\n%q\n%q", got.EN, got.ES, got.PT)
		}
	}
}

// Every sentence keeps to the glossary, whatever verb and resource.
func TestTheTextsOfSentencesKeepToTheGlossary(t *testing.T) {
	var all []lang.Text
	for _, verb := range []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"} {
		d, ok := verbDeed(verb)
		if !ok {
			t.Errorf("%s says nothing", verb)
		}
		all = append(all, d.did, d.tried)
	}
	for _, kind := range []string{
		"pods/exec", "pods/attach", "pods/portforward", "pods/ephemeralcontainers", "pods/log", "pods/eviction", "pods/proxy", "services/proxy", "nodes/proxy",
		"serviceaccounts/token", "certificatesigningrequests/approval", "selfsubjectaccessreviews",
	} {
		d, ok := specialDeed(kind)
		if !ok {
			t.Errorf("%s says nothing", kind)
		}
		all = append(all, d.did, d.tried)
	}
	for _, resource := range []string{"secrets", "pods", "nodes", "namespaces", "serviceaccounts", "networkpolicies", "certificatesigningrequests", "events"} {
		n, ok := commonNoun(resource)
		if !ok {
			t.Errorf("%s has no noun", resource)
		}
		all = append(all, n.one, n.many)
	}
	for _, d := range []deed{deedPath, deedUnknown, deedBind, deedCheck, deedOther} {
		all = append(all, d.did, d.tried)
	}
	all = append(all, toldFrom, toldAs, toldTried, toldMore, toldIn, toldEverywhere, toldKind, toldActor, toldTarget, toldShared, toldFor, toldAddress, toUser, toGroup, toAccount, toOther, calledAccount, calledNode, calledNobody, calledAnonymous)
	for _, text := range all {
		for _, problem := range lang.Check(text) {
			t.Errorf("%s: %q", problem, text.EN)
		}
	}
}
