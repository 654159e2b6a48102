package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// GatewayWithoutTLS finds listeners of a Gateway that take requests over plain HTTP.
//
// Restricted fields:
//
//	spec.listeners[*].protocol
//	spec.rules of the HTTPRoutes that attach to the listener
//
// Allowed values: HTTPS and TLS; HTTP where every route that attaches does nothing but redirect clients to
// https. Of files it is not known whether other routes attach, so that such a listener is unknown there; one
// without any route takes plain requests as it stands, and is found. What runs over TCP, UDP and the
// protocols of an implementation may be encrypted by the two ends, so these are unknown.
var GatewayWithoutTLS = rule.Rule{
	ID:         "gateway-without-tls",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		nsa("Network separation and hardening"), attack("T1040"), attack("T1557"),
		{Source: "Gateway API", ID: "TLS configuration", URL: "https://gateway-api.sigs.k8s.io/guides/tls/"},
		{Source: "Gateway API", ID: "HTTP redirects", URL: "https://gateway-api.sigs.k8s.io/guides/http-redirect-rewrite/"},
	},
	Title: lang.Text{
		EN: "Gateway listener without TLS",
		ES: "Listener de un Gateway sin TLS",
		PT: "Listener de um Gateway sem TLS",
	},
	Why: lang.Text{
		EN: "Requests to this listener travel in cleartext. An attacker on the way, in the same Wi-Fi, at a provider or in the cluster's network, reads passwords and session cookies and changes what comes back.",
		ES: "Las solicitudes a este listener viajan sin cifrar. Un atacante en el camino, en la misma wifi, en un proveedor o en la red del clúster, lee contraseñas y cookies de sesión y altera lo que se responde.",
		PT: "As requisições a este listener trafegam sem criptografia. Um invasor no caminho, no mesmo Wi-Fi, em um provedor ou na rede do cluster, lê senhas e cookies de sessão e altera o que é respondido.",
	},
	Fix: steps(lang.Text{
		EN: "Serve the routes over an HTTPS listener\n\nAdd a listener with the certificate's Secret, which cert-manager can keep current, and attach the routes to it by sectionName. To the HTTP listener attach one route that only redirects.",
		ES: "Sirva las rutas con un listener HTTPS\n\nAñada un listener con el Secret del certificado, que cert-manager puede mantener vigente, y asocie las rutas a él con sectionName. Al listener HTTP asocie una sola ruta que únicamente redirija.",
		PT: "Sirva as rotas por um listener HTTPS\n\nAdicione um listener com o Secret do certificado, que o cert-manager pode manter em dia, e associe as rotas a ele com sectionName. Ao listener HTTP associe uma só rota que apenas redirecione.",
	}, `
spec:
  listeners:
  - name: https
    port: 443
    protocol: HTTPS
    tls:
      certificateRefs: [{name: shop-tls}]
`),
	On: []inventory.Type{k8s.Gateway},
	Check: rule.Each[rule.GatewayListener]{
		In:    rule.GatewayListeners,
		Where: []rule.Condition[rule.GatewayListener]{{Name: "plain", Holds: takesPlainRequests}},
		Show:  func(l rule.GatewayListener) finding.Evidence { return l.Evidence("protocol", l.Protocol) },
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which Secret holds, or which issuer makes, the certificate for the listener's host?",
			ES: "¿Qué Secret tiene el certificado del host del listener, o qué emisor lo crea?",
			PT: "Qual Secret tem o certificado do host do listener, ou qual emissor o cria?",
		},
	},
	Examples: gatewayWithoutTLSExamples,
}

func takesPlainRequests(w *rule.World, l rule.GatewayListener) rule.Truth {
	switch {
	case l.TLS || l.Protocol == "HTTPS" || l.Protocol == "TLS":
		return rule.Is(false)
	case l.Protocol != "HTTP":
		return rule.Unknown(lang.Text{
			EN: "the listener passes on another protocol than HTTP, and whether its two ends encrypt does not show",
			ES: "el listener transmite un protocolo que no es HTTP, y no se ve si sus dos extremos cifran",
			PT: "o listener transmite um protocolo que não é HTTP, e não se vê se as duas pontas criptografam",
		})
	}
	attached := false
	for route := range l.Routes(w) {
		if !route.RedirectsOnly {
			return rule.Is(true)
		}
		attached = true
	}
	if attached && !w.Inventory.Closed(l.Resource.Cluster, k8s.HTTPRoute) {
		return rule.Unknown(lang.Text{
			EN: "the routes that were read only redirect to https, and others may attach to the listener",
			ES: "las rutas que se leyeron solo redirigen a https, y puede haber otras asociadas al listener",
			PT: "as rotas lidas só redirecionam para https, e pode haver outras associadas ao listener",
		})
	}
	return rule.Is(!attached)
}

// gateway gives the manifest of a Gateway with these listeners.
func gateway(listeners string) string {
	return object("gateway.networking.k8s.io/v1", "Gateway", "  gatewayClassName: example\n  listeners:\n"+indent(listeners, 2))
}

// httpRoute gives the manifest of an HTTPRoute of the Gateway with this rule.
func httpRoute(section, rules string) string {
	return object("gateway.networking.k8s.io/v1", "HTTPRoute", "  parentRefs:\n  - {name: example, sectionName: "+section+"}\n  rules:\n"+indent(rules, 2))
}

const redirect = `
- filters:
  - type: RequestRedirect
    requestRedirect: {scheme: https, statusCode: 301}
`

var gatewayWithoutTLSExamples = []rule.Example{
	{
		Name:  "a listener for HTTP",
		Input: gateway("- {name: web, port: 80, protocol: HTTP}\n"),
		Want:  finding.Present,
		Path:  "$.spec.listeners[0].protocol",
	},
	{
		Name: "a route that serves over HTTP, beside one that redirects",
		Input: documents(
			gateway("- {name: web, port: 80, protocol: HTTP}\n"),
			httpRoute("web", redirect+"- backendRefs:\n  - {name: example, port: 80}\n"),
			service("", "type: ClusterIP\n"), deployment(calm),
		),
		Want: finding.Present,
		Path: "$.spec.listeners[0].protocol",
	},
	{
		Name: "a listener for HTTPS",
		Input: gateway(`
- name: web
  port: 443
  protocol: HTTPS
  tls:
    certificateRefs: [{name: shop-tls}]
`),
		Want:   finding.Absent,
		Misses: "plain",
	},
	{
		Name:  "a listener for HTTP whose only known route redirects",
		Input: documents(gateway("- {name: web, port: 80, protocol: HTTP}\n"), httpRoute("web", redirect)),
		Want:  finding.Unknown,
	},
	{
		Name:  "a listener for TCP",
		Input: gateway("- {name: db, port: 5432, protocol: TCP}\n"),
		Want:  finding.Unknown,
	},
}
