package k8s

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// Publicity says who reaches an object from outside its cluster, as far as the object itself tells.
type Publicity uint8

// The three answers. MaybePublic is that of an object whose controller, cloud or network decides.
const (
	NotPublic Publicity = iota
	MaybePublic
	Public
)

// Basis is the field that an answer rests on.
type Basis struct {
	// Path is the field's JSONPath, and Value what it says; both are "" where nothing says it.
	Path, Value string
}

// Publicity judges a Service. A NodePort is open on every node's address, and an external IP wherever it
// is routed: whether the internet reaches those the object does not say. A load balancer that lets in some
// addresses only may or may not let an attacker in.
func (s *ServiceSpec) Publicity() Publicity {
	if s.Type == "LoadBalancer" {
		switch faces, _ := s.LoadBalancerPublicity(); {
		case faces == Public && s.Restricted():
			return MaybePublic
		case faces != NotPublic:
			return faces
		}
	}
	if s.Unsettled || s.Type == "NodePort" || len(s.ExternalIPs) > 0 && s.Proxied() {
		return MaybePublic
	}
	return NotPublic
}

// Proxied reports whether nodes send on what arrives for the Service: for one without an address of its
// own, be it headless or an alias, they do not
// (https://kubernetes.io/docs/concepts/services-networking/service/#headless-services).
func (s *ServiceSpec) Proxied() bool { return s.Type != "ExternalName" && !s.Headless }

// LoadBalancerPublicity says whether the load balancer that the Service asks for has a public address, and
// what tells so. Whether it lets everybody in is another question ([ServiceSpec.Restricted]).
//
// An annotation comes first, then the controller's default. A Service belongs to the AWS Load Balancer
// Controller by its class or by the type external or nlb-ip; that one makes internal load balancers since
// its version 2.2 (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/nlb/).
// The type nlb is that of the controller in the tree of Kubernetes, which makes public ones
// (https://cloud-provider-aws.sigs.k8s.io/service_controller/). On a Service that says nothing, the cluster
// decides which controller takes it, so nothing is known.
func (s *ServiceSpec) LoadBalancerPublicity() (Publicity, Basis) {
	if faces, basis := loadBalancerAnnotation(s.Annotations); faces != MaybePublic {
		return faces, basis
	}
	if faces, ok := loadBalancerClasses()[s.LoadBalancerClass]; ok {
		return faces, Basis{"$.spec.loadBalancerClass", s.LoadBalancerClass}
	}
	kind, _ := s.Annotations.Get(awsType)
	switch basis := annotation(awsType, kind); {
	case s.LoadBalancerClass != "":
	case kind == "external" || kind == "nlb-ip":
		return NotPublic, basis
	case kind == "nlb":
		return Public, basis
	}
	return MaybePublic, Basis{}
}

// Annotations of the AWS Load Balancer Controller
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/ and
// …/guide/ingress/annotations/), of the controller in the tree, which knows the second and the third, and
// of GKE (https://cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters).
const (
	awsScheme     = "service.beta.kubernetes.io/aws-load-balancer-scheme"
	awsInternal   = "service.beta.kubernetes.io/aws-load-balancer-internal"
	awsType       = "service.beta.kubernetes.io/aws-load-balancer-type"
	albScheme     = "alb.ingress.kubernetes.io/scheme"
	gkeType       = "networking.gke.io/load-balancer-type"
	gkeLegacyType = "cloud.google.com/load-balancer-type"
	gceInternal   = "gce-internal"
)

// loadBalancerClasses lists the classes whose controller has one default, or makes one sort only:
//
//   - the AWS Load Balancer Controller, and EKS Auto Mode, internal by default
//     (https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-nlb.html);
//   - GKE (https://cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer);
//   - Tailscale, whose addresses are those of a private network
//     (https://tailscale.com/kb/1439/kubernetes-operator-cluster-ingress).
func loadBalancerClasses() map[string]Publicity {
	return map[string]Publicity{
		"service.k8s.aws/nlb":                    NotPublic,
		"eks.amazonaws.com/nlb":                  NotPublic,
		"networking.gke.io/l4-regional-external": Public,
		"networking.gke.io/l4-regional-internal": NotPublic,
		"tailscale":                              NotPublic,
	}
}

// schemeAnnotations lists what an annotation of a cloud says in words. Those of the other clouds are from
// https://kubernetes.io/docs/concepts/services-networking/service/#internal-load-balancer.
func schemeAnnotations() []struct{ key, public, internal string } {
	return []struct{ key, public, internal string }{
		{awsScheme, "internet-facing", "internal"},
		{awsInternal, "false", "true"},
		{gkeType, "External", "Internal"},
		{gkeLegacyType, "External", "Internal"},
		{"service.beta.kubernetes.io/azure-load-balancer-internal", "false", "true"},
		{"service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type", "public", "private"},
		{"service.beta.kubernetes.io/openstack-internal-load-balancer", "false", "true"},
		{"service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", "internet", "intranet"},
		{"service.beta.kubernetes.io/oci-load-balancer-internal", "false", "true"},
		{"oci-network-load-balancer.oraclecloud.com/internal", "false", "true"},
		{"service.beta.kubernetes.io/cce-load-balancer-internal-vpc", "false", "true"},
	}
}

// loadBalancerAnnotation reads the annotations that decide; MaybePublic where there is none.
func loadBalancerAnnotation(a inventory.Labels) (Publicity, Basis) {
	for _, s := range schemeAnnotations() {
		switch value, ok := a.Get(s.key); {
		case !ok || value == "":
		case strings.EqualFold(value, s.public):
			return Public, annotation(s.key, value)
		case strings.EqualFold(value, s.internal), s.key == awsInternal: // in the tree any other value counts, 0.0.0.0/0 of old too
			return NotPublic, annotation(s.key, value)
		}
	}
	return MaybePublic, Basis{}
}

// InternalInstead gives the value with which an annotation asks for an internal load balancer, by the path of a
// [Basis]; ok is false for a path that is no such annotation's.
func InternalInstead(path string) (value string, ok bool) {
	for _, s := range schemeAnnotations() {
		if annotation(s.key, "").Path == path {
			return s.internal, true
		}
	}
	return "", false
}

func annotation(key, value string) Basis {
	return Basis{"$.metadata.annotations['" + key + "']", value}
}

// Restricted reports whether the load balancer is asked to let in some addresses only: source ranges that
// together do not cover all of IPv4 or all of IPv6
// (https://kubernetes.io/docs/reference/kubernetes-api/service-resources/service-v1/#ServiceSpec).
func (s *ServiceSpec) Restricted() bool {
	return len(s.SourceRanges) > 0 && !CoverEverything(s.SourceRanges)
}

// CoverEverything reports whether CIDR blocks together hold every address of IPv4 or of IPv6. What is no
// block holds none.
func CoverEverything(blocks []string) bool {
	var v4, v6 []netip.Prefix
	for _, b := range blocks {
		p, err := netip.ParsePrefix(strings.TrimSpace(b))
		switch {
		case err != nil:
		case p.Addr().Is4():
			v4 = append(v4, p.Masked())
		default:
			v6 = append(v6, p.Masked())
		}
	}
	return covers(v4, netip.MustParsePrefix("0.0.0.0/0")) || covers(v6, netip.MustParsePrefix("::/0"))
}

// covers reports whether blocks hold all of another one: as one of them does, or as they do its two halves.
func covers(blocks []netip.Prefix, all netip.Prefix) bool {
	inside := slices.DeleteFunc(slices.Clone(blocks), func(p netip.Prefix) bool { return !p.Overlaps(all) })
	if len(inside) == 0 {
		return false
	}
	if slices.ContainsFunc(inside, func(p netip.Prefix) bool { return p.Bits() <= all.Bits() }) {
		return true
	}
	bits := all.Bits()
	upper := all.Addr().AsSlice()
	upper[bits/8] |= 0x80 >> (bits % 8)
	start, _ := netip.AddrFromSlice(upper)
	return covers(inside, netip.PrefixFrom(all.Addr(), bits+1)) && covers(inside, netip.PrefixFrom(start, bits+1))
}

// Publicity judges an Ingress: by the scheme that an Application Load Balancer is given, or by the class
// of GKE for internal ones (https://cloud.google.com/kubernetes-engine/docs/concepts/ingress).
func (in *IngressSpec) Publicity() Publicity {
	switch scheme, _ := in.Annotations.Get(albScheme); {
	case scheme == "internet-facing":
		return Public
	case scheme == "internal" || in.Class == gceInternal:
		return NotPublic
	}
	return MaybePublic
}

// Publicity judges a Gateway: by the annotations that it hands to its load balancer
// (https://gateway-api.sigs.k8s.io/reference/spec/#gatewayinfrastructure), by the kind of Service that
// Istio is told to make (https://istio.io/latest/docs/tasks/traffic-management/ingress/gateway-api/), or by
// a class of GKE (https://cloud.google.com/kubernetes-engine/docs/how-to/gatewayclass-capabilities).
func (g *GatewaySpec) Publicity() Publicity {
	if faces, _ := loadBalancerAnnotation(g.Infrastructure); faces != MaybePublic {
		return faces
	}
	if kind, _ := g.Annotations.Get("networking.istio.io/service-type"); kind == "ClusterIP" {
		return NotPublic
	}
	switch class := strings.TrimSuffix(g.Class, "-mc"); class {
	case "gke-l7-global-external-managed", "gke-l7-regional-external-managed", "gke-l7-gxlb":
		return Public
	case "gke-l7-rilb", "gke-l7-cross-regional-internal-managed":
		return NotPublic
	}
	return MaybePublic
}
