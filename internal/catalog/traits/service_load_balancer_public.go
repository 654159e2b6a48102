package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ServiceLoadBalancerPublic finds Services whose load balancer has an address on the internet.
//
// Restricted fields:
//
//	spec.type, spec.loadBalancerClass, spec.loadBalancerSourceRanges
//	metadata.annotations, where they say which load balancer is made
//
// Allowed values: any type but LoadBalancer; an annotation that asks for an internal one; a class, or the
// types external and nlb-ip, of a controller that makes internal ones by default. The annotations and
// classes are those of [k8s.ServiceSpec.LoadBalancerPublicity]. A Service that says nothing is unknown: on
// AWS alone, the controller in the tree makes a public load balancer of it and the AWS Load Balancer
// Controller an internal one. What status.loadBalancer holds is no answer: a name does not tell the scheme.
//
// Source ranges that are not everybody make the trait contextual: the address is public, but only the
// networks that the user chose get through.
var ServiceLoadBalancerPublic = rule.Rule{
	ID:         "service-load-balancer-public",
	Category:   finding.Reachability,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		nsa("Network separation and hardening"), attack("T1190"), attack("T1133"),
		kubernetesDocs("Internal load balancer", "concepts/services-networking/service/#internal-load-balancer"),
		{
			Source: "AWS", ID: "Route TCP and UDP traffic with Network Load Balancers",
			URL: "https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html",
		},
	},
	Title: lang.Text{
		EN: "Service behind a public load balancer",
		ES: "Service detrás de un balanceador de carga público",
		PT: "Service atrás de um balanceador de carga público",
	},
	Why: lang.Text{
		EN: "The Service asks for a load balancer with an address on the internet. Scanners find such an address within minutes, and whoever finds a weakness in what answers there is in the pod, with all that the pod may do.",
		ES: "El Service pide un balanceador de carga con una dirección en internet. Los escáneres encuentran una dirección así en minutos, y quien halle una debilidad en lo que responde ahí está en el pod, con todo lo que el pod puede hacer.",
		PT: "O Service pede um balanceador de carga com um endereço na internet. Scanners encontram um endereço assim em minutos, e quem achar uma fraqueza no que responde ali está no pod, com tudo o que o pod pode fazer.",
	},
	Fix: steps(lang.Text{
		EN: "Make the load balancer internal, or name who may use it\n\nIf only your own networks use it, ask for an internal load balancer with the annotation of your cloud; most clouds want the Service to be made anew for that. If it has to be public, put it behind an Ingress or Gateway with TLS and sign-in, or limit the addresses that it lets in.",
		ES: "Haga interno el balanceador de carga o indique quién puede usarlo\n\nSi solo lo usan sus propias redes, pida un balanceador de carga interno con la anotación de su nube; para eso la mayoría de las nubes exige volver a crear el Service. Si tiene que ser público, póngalo detrás de un Ingress o Gateway con TLS e inicio de sesión, o limite las direcciones que deja entrar.",
		PT: "Torne interno o balanceador de carga ou indique quem pode usá-lo\n\nSe só as suas próprias redes o usam, peça um balanceador de carga interno com a anotação da sua nuvem; para isso, a maioria das nuvens exige recriar o Service. Se ele precisa ser público, coloque-o atrás de um Ingress ou Gateway com TLS e login, ou limite os endereços que ele deixa entrar.",
	}, `
metadata:
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-scheme: internal
spec:
  loadBalancerSourceRanges: ["203.0.113.0/24"]
`),
	On: []inventory.Type{k8s.Service},
	Check: rule.Each[rule.ServiceField]{
		In: rule.Services,
		Where: []rule.Condition[rule.ServiceField]{
			rule.If("load-balancer", func(s rule.ServiceField) bool { return s.Type == "LoadBalancer" }),
			{Name: "public", Holds: facesInternet},
		},
		Show: func(s rule.ServiceField) finding.Evidence {
			_, basis := s.LoadBalancerPublicity()
			return finding.Evidence{Resource: s.Resource.UID, Path: basis.Path, Value: basis.Value}
		},
		Also: func(s rule.ServiceField) []finding.Evidence {
			if !s.Restricted() {
				return nil
			}
			return []finding.Evidence{s.Evidence("loadBalancerSourceRanges", strings.Join(s.SourceRanges, ", "))}
		},
		Grade: func(s rule.ServiceField) finding.Weight {
			weight := finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodLow}
			if s.Restricted() {
				weight.Role = finding.Contextual
			}
			return weight
		},
	},
	Patch: rule.Patch{
		Changes: internalScheme,
		Ask: lang.Text{
			EN: "Who has to reach it: everybody, a few networks (loadBalancerSourceRanges), or only your own (an internal load balancer)?",
			ES: "¿Quién tiene que llegar a él: todo el mundo, unas pocas redes (loadBalancerSourceRanges) o solo las propias (un balanceador de carga interno)?",
			PT: "Quem precisa alcançá-lo: todos, algumas redes (loadBalancerSourceRanges) ou apenas as suas (um balanceador de carga interno)?",
		},
	},
	Examples: serviceLoadBalancerPublicExamples,
}

func facesInternet(_ *rule.World, s rule.ServiceField) rule.Truth {
	faces, _ := s.LoadBalancerPublicity()
	if faces == k8s.MaybePublic {
		return rule.Unknown(lang.Text{
			EN: "the Service does not say whether its load balancer is public or internal, and its controller decides",
			ES: "el Service no dice si su balanceador de carga es público o interno, y lo decide su controlador",
			PT: "o Service não diz se o seu balanceador de carga é público ou interno, e quem decide é o seu controlador",
		})
	}
	return rule.Is(faces == k8s.Public)
}

// service gives the manifest of a Service for the pods of the other examples, with a port of its own.
func service(annotations, spec string) string {
	manifest := "apiVersion: v1\nkind: Service\nmetadata:\n  name: example\n  namespace: shop\n"
	if annotations != "" {
		manifest += "  annotations:\n" + indent(annotations, 4)
	}
	return manifest + "spec:\n" + indent(spec, 2) + "  selector: {app: example}\n  ports:\n  - {port: 80, targetPort: 8080}\n"
}

var serviceLoadBalancerPublicExamples = []rule.Example{
	{
		Name:  "an annotation that asks AWS for a public one",
		Input: service("service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n", "type: LoadBalancer\nloadBalancerClass: service.k8s.aws/nlb\n"),
		Want:  finding.Present,
		Path:  "$.metadata.annotations['service.beta.kubernetes.io/aws-load-balancer-scheme']",
	},
	{
		Name:  "the controller in the tree, which makes public ones",
		Input: service("service.beta.kubernetes.io/aws-load-balancer-type: nlb\n", "type: LoadBalancer\n"),
		Want:  finding.Present,
		Path:  "$.metadata.annotations['service.beta.kubernetes.io/aws-load-balancer-type']",
	},
	{
		Name:  "a class of GKE that is always public",
		Input: service("", "type: LoadBalancer\nloadBalancerClass: networking.gke.io/l4-regional-external\n"),
		Want:  finding.Present,
		Path:  "$.spec.loadBalancerClass",
	},
	{
		Name:  "a public one that lets in one network: the trait is contextual",
		Input: service("service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n", "type: LoadBalancer\nloadBalancerSourceRanges: [203.0.113.0/24]\n"),
		Want:  finding.Present,
		Path:  "$.spec.loadBalancerSourceRanges",
	},
	{
		Name:   "an annotation that a Service of another type keeps",
		Input:  service("service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n", "type: ClusterIP\n"),
		Want:   finding.Absent,
		Misses: "load-balancer",
	},
	{
		Name:  "an annotation that asks for an internal one",
		Input: service("networking.gke.io/load-balancer-type: Internal\n", "type: LoadBalancer\n"),
		Want:  finding.Absent,
	},
	{
		Name:  "the AWS Load Balancer Controller by its class, internal by default",
		Input: service("", "type: LoadBalancer\nloadBalancerClass: service.k8s.aws/nlb\n"),
		Want:  finding.Absent,
	},
	{
		Name:   "the AWS Load Balancer Controller by its type, internal by default",
		Input:  service("service.beta.kubernetes.io/aws-load-balancer-type: external\nservice.beta.kubernetes.io/aws-load-balancer-nlb-target-type: ip\n", "type: LoadBalancer\n"),
		Want:   finding.Absent,
		Misses: "public",
	},
	{
		Name:  "a load balancer of which nothing is said",
		Input: service("", "type: LoadBalancer\n"),
		Want:  finding.Unknown,
	},
	{
		Name:  "a class that is not known",
		Input: service("", "type: LoadBalancer\nloadBalancerClass: metallb.example/pool\n"),
		Want:  finding.Unknown,
	},
}
