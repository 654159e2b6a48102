package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// IngressWithoutTLS finds hosts of an Ingress that are served over plain HTTP only.
//
// Restricted fields:
//
//	spec.rules[*].host
//	spec.tls[*].hosts
//	metadata.annotations, where the controller takes the certificate from there
//
// Allowed values: every host of a rule is in a tls entry, by name or by a wildcard, which covers one label.
// A tls entry without hosts covers what its controller makes of it, and is taken to cover all. A rule for
// every host is covered by such an entry only. The annotations that count are those of [controllerTLS].
//
// What a controller does by itself does not show in the object: a default certificate, or TLS that ends
// before the cluster. The trait is contextual for that reason too.
var IngressWithoutTLS = rule.Rule{
	ID:         "ingress-without-tls",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		nsa("Network separation and hardening"), attack("T1040"), attack("T1557"),
		kubernetesDocs("Ingress TLS", "concepts/services-networking/ingress/#tls"),
	},
	Title: lang.Text{
		EN: "Ingress without TLS",
		ES: "Ingress sin TLS",
		PT: "Ingress sem TLS",
	},
	Why: lang.Text{
		EN: "Requests to this host travel in cleartext. An attacker on the way, in the same Wi-Fi, at a provider or in the cluster's network, reads passwords and session cookies and changes what comes back.",
		ES: "Las solicitudes a este host viajan sin cifrar. Un atacante en el camino, en la misma red wifi, en un proveedor o en la red del clúster, lee contraseñas y cookies de sesión y altera lo que se responde.",
		PT: "As requisições a este host trafegam sem criptografia. Um invasor no caminho, na mesma rede Wi-Fi, em um provedor ou na rede do cluster, lê senhas e cookies de sessão e altera o que é respondido.",
	},
	Fix: steps(lang.Text{
		EN: "Serve every host of the Ingress over TLS\n\nAdd a tls entry for the host with the Secret of its certificate, which cert-manager can keep current, or name the certificate in the annotation of your controller. Then redirect HTTP to HTTPS.",
		ES: "Sirva por TLS todos los hosts del Ingress\n\nAñada una entrada tls para el host con el Secret de su certificado, que cert-manager puede mantener vigente, o indique el certificado en la anotación de su controlador. Después, redirija HTTP a HTTPS.",
		PT: "Sirva por TLS todos os hosts do Ingress\n\nAdicione uma entrada tls para o host com o Secret do certificado dele, que o cert-manager pode manter atualizado, ou indique o certificado na anotação do seu controlador. Depois, redirecione HTTP para HTTPS.",
	}, `
spec:
  tls:
  - hosts: ["shop.example.com"]
    secretName: shop-tls
`),
	On: []inventory.Type{k8s.Ingress},
	Check: rule.Each[rule.IngressHost]{
		In: rule.IngressHosts,
		Where: []rule.Condition[rule.IngressHost]{
			rule.If("no-tls-entry", func(h rule.IngressHost) bool { return !coversHost(h) }),
			rule.If("no-controller-tls", func(h rule.IngressHost) bool { return !controllerTLS(h.Annotations) }),
		},
		Show: rule.IngressHost.Evidence,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which Secret holds, or which issuer makes, the certificate for the host?",
			ES: "¿Qué Secret tiene el certificado del host, o qué emisor lo crea?",
			PT: "Qual Secret tem o certificado do host, ou qual emissor o cria?",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a host that no tls entry covers, beside one that is covered",
			Input: ingress("", `
tls:
- hosts: ["shop.example.com"]
  secretName: shop-tls
rules:
- host: shop.example.com
- host: admin.example.com
`),
			Want: finding.Present,
			Path: "$.spec.rules[1].host",
		},
		{
			Name: "a host two labels below the wildcard",
			Input: ingress("", `
tls:
- hosts: ["*.example.com"]
  secretName: wildcard-tls
rules:
- host: api.shop.example.com
`),
			Want: finding.Present,
			Path: "$.spec.rules[0].host",
		},
		{
			Name: "a default backend and no rules",
			Input: ingress("", `
defaultBackend:
  service:
    name: shop
    port:
      number: 80
`),
			Want: finding.Present,
			Path: "$.spec.defaultBackend",
		},
		{
			Name: "a load balancer of AWS that listens on HTTP only, whatever its certificate",
			Input: ingress(`
alb.ingress.kubernetes.io/certificate-arn: arn:aws:acm:us-east-1:111122223333:certificate/example
alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}]'
`, "ingressClassName: alb\nrules:\n- host: shop.example.com\n"),
			Want: finding.Present,
			Path: "$.spec.rules[0].host",
		},
		{
			Name: "a host that a wildcard covers",
			Input: ingress("", `
tls:
- hosts: ["*.example.com"]
  secretName: wildcard-tls
rules:
- host: shop.example.com
`),
			Want:   finding.Absent,
			Misses: "no-tls-entry",
		},
		{
			Name: "a tls entry without hosts",
			Input: ingress("", `
tls:
- secretName: shop-tls
rules:
- host: shop.example.com
`),
			Want:   finding.Absent,
			Misses: "no-tls-entry",
		},
		{
			Name: "a load balancer of AWS that listens on HTTPS",
			Input: ingress(`
alb.ingress.kubernetes.io/listen-ports: '[{"HTTP": 80}, {"HTTPS": 443}]'
`, "ingressClassName: alb\nrules:\n- host: shop.example.com\n"),
			Want:   finding.Absent,
			Misses: "no-controller-tls",
		},
		{
			Name: "a certificate that Google manages",
			Input: ingress(`
networking.gke.io/managed-certificates: shop
`, "rules:\n- host: shop.example.com\n"),
			Want:   finding.Absent,
			Misses: "no-controller-tls",
		},
	},
}

// ingress gives the manifest of an Ingress.
func ingress(annotations, spec string) string {
	manifest := "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: example\n  namespace: shop\n"
	if annotations != "" {
		manifest += "  annotations:\n" + indent(annotations, 4)
	}
	return manifest + "spec:\n" + indent(spec, 2)
}

// coversHost reports whether a tls entry covers a host: one with the same name, or with a wildcard for its
// first label (https://kubernetes.io/docs/concepts/services-networking/ingress/#hostname-wildcards).
func coversHost(h rule.IngressHost) bool {
	host := strings.ToLower(h.Host)
	_, parent, hasParent := strings.Cut(host, ".")
	return h.TLSAny || host != "" && (h.TLSHosts[host] || hasParent && h.TLSHosts["*."+parent])
}

// controllerTLS reports whether an annotation of a known controller gives the Ingress a certificate, or
// passes TLS through to the pods:
//
//	https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#tls
//	https://docs.cloud.google.com/kubernetes-engine/docs/concepts/ingress-xlb
//	https://azure.github.io/application-gateway-kubernetes-ingress/annotations/
//	https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#ssl-passthrough
//	https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/
func controllerTLS(annotations inventory.Labels) bool {
	if ports, ok := annotations.Get("alb.ingress.kubernetes.io/listen-ports"); ok {
		return strings.Contains(ports, `"HTTPS"`)
	}
	for _, certificate := range []string{
		"alb.ingress.kubernetes.io/certificate-arn",
		"ingress.gcp.kubernetes.io/pre-shared-cert", "networking.gke.io/managed-certificates",
		"appgw.ingress.kubernetes.io/appgw-ssl-certificate",
	} {
		if value, _ := annotations.Get(certificate); value != "" {
			return true
		}
	}
	for _, option := range []string{
		"nginx.ingress.kubernetes.io/ssl-passthrough", "traefik.ingress.kubernetes.io/router.tls",
	} {
		if value, _ := annotations.Get(option); strings.EqualFold(value, "true") {
			return true
		}
	}
	return false
}
