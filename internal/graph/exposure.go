package graph

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// exposes gives the edge from the internet to a Service or Ingress: certain where the object says that
// its load balancer faces the internet, possible where its controller decides, none where it says that
// the load balancer is internal or where nothing leads in from outside.
func exposes(r *inventory.Resource) (finding.Edge, bool) {
	var faces publicity
	switch spec := r.Spec.(type) {
	case *k8s.ServiceSpec:
		faces = servicePublicity(spec)
	case *k8s.IngressSpec:
		faces = ingressPublicity(spec)
	}
	e := edge(inventory.Internet, r.UID, finding.EdgeExposes)
	e.Possible = faces == maybePublic
	return e, faces != notPublic
}

type publicity uint8

const (
	notPublic publicity = iota
	maybePublic
	public
)

// awsScheme, awsInternal and the following are annotations of the AWS Load Balancer Controller
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/), the
// in-tree AWS controller, GKE (https://cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters)
// and AKS (https://learn.microsoft.com/azure/aks/internal-lb).
const (
	awsScheme     = "service.beta.kubernetes.io/aws-load-balancer-scheme"
	awsInternal   = "service.beta.kubernetes.io/aws-load-balancer-internal"
	albScheme     = "alb.ingress.kubernetes.io/scheme"
	gkeType       = "networking.gke.io/load-balancer-type"
	gkeLegacyType = "cloud.google.com/load-balancer-type"
	aksInternal   = "service.beta.kubernetes.io/azure-load-balancer-internal"
	gceInternal   = "gce-internal"
)

// servicePublicity judges a Service. A NodePort is open on every node's address, and an external IP
// wherever it is routed: whether the internet reaches those the object does not say.
func servicePublicity(s *k8s.ServiceSpec) publicity {
	if s.Type != "LoadBalancer" {
		if s.Type == "NodePort" || len(s.ExternalIPs) > 0 {
			return maybePublic
		}
		return notPublic
	}
	scheme, _ := s.Annotations.Get(awsScheme)
	internal, hasInternal := s.Annotations.Get(awsInternal)
	azure, _ := s.Annotations.Get(aksInternal)
	gke, _ := s.Annotations.Get(gkeType)
	if gke == "" {
		gke, _ = s.Annotations.Get(gkeLegacyType)
	}
	switch {
	case scheme == "internet-facing" || strings.EqualFold(gke, "External"):
		return public
	case scheme == "internal" || strings.EqualFold(gke, "Internal") || azure == "true" || hasInternal && internal != "false":
		return notPublic
	}
	return maybePublic
}

func ingressPublicity(in *k8s.IngressSpec) publicity {
	switch scheme, _ := in.Annotations.Get(albScheme); {
	case scheme == "internet-facing":
		return public
	case scheme == "internal" || in.Class == gceInternal:
		return notPublic
	}
	return maybePublic
}
