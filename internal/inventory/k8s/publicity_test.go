package k8s_test

import (
	"testing"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

const awsPrefix = "service.beta.kubernetes.io/aws-load-balancer-"

func TestPublicityOfALoadBalancer(t *testing.T) {
	for _, c := range []struct {
		name, class, annotation, value string
		want                           k8s.Publicity
	}{
		{name: "nothing said", want: k8s.MaybePublic},
		{name: "scheme internet-facing", annotation: awsPrefix + "scheme", value: "internet-facing", want: k8s.Public},
		{name: "scheme internal", annotation: awsPrefix + "scheme", value: "internal", want: k8s.NotPublic},
		{name: "a scheme that is none", annotation: awsPrefix + "scheme", value: "external", want: k8s.MaybePublic},
		{name: "the scheme counts before the class", class: "service.k8s.aws/nlb", annotation: awsPrefix + "scheme", value: "internet-facing", want: k8s.Public},
		{name: "the controller of AWS by class", class: "service.k8s.aws/nlb", want: k8s.NotPublic},
		{name: "EKS Auto Mode", class: "eks.amazonaws.com/nlb", want: k8s.NotPublic},
		{name: "the controller of AWS by type", annotation: awsPrefix + "type", value: "external", want: k8s.NotPublic},
		{name: "its older type", annotation: awsPrefix + "type", value: "nlb-ip", want: k8s.NotPublic},
		{name: "the controller in the tree", annotation: awsPrefix + "type", value: "nlb", want: k8s.Public},
		{name: "the class counts before the type", class: "service.k8s.aws/nlb", annotation: awsPrefix + "type", value: "nlb", want: k8s.NotPublic},
		{name: "a type under a class that is not known", class: "lb.example/x", annotation: awsPrefix + "type", value: "nlb", want: k8s.MaybePublic},
		{name: "internal, as in the tree", annotation: awsPrefix + "internal", value: "0.0.0.0/0", want: k8s.NotPublic},
		{name: "not internal", annotation: awsPrefix + "internal", value: "false", want: k8s.Public},
		{name: "internal, and empty", annotation: awsPrefix + "internal", value: "", want: k8s.MaybePublic},
		{name: "GKE internal", annotation: "networking.gke.io/load-balancer-type", value: "internal", want: k8s.NotPublic},
		{name: "GKE by class", class: "networking.gke.io/l4-regional-external", want: k8s.Public},
		{name: "Azure internal", annotation: "service.beta.kubernetes.io/azure-load-balancer-internal", value: "true", want: k8s.NotPublic},
		{name: "Alibaba internet", annotation: "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type", value: "internet", want: k8s.Public},
		{name: "Tailscale", class: "tailscale", want: k8s.NotPublic},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &k8s.ServiceSpec{Type: "LoadBalancer", LoadBalancerClass: c.class}
			if c.annotation != "" {
				s.Annotations = inventory.Labels{{Key: c.annotation, Value: c.value}}
			}
			got, basis := s.LoadBalancerPublicity()
			if got != c.want {
				t.Errorf("publicity %v, want %v", got, c.want)
			}
			if (basis.Path == "") != (got == k8s.MaybePublic) {
				t.Errorf("publicity %v rests on %q", got, basis.Path)
			}
			if whole := s.Publicity(); whole != c.want {
				t.Errorf("the Service's publicity %v, want %v", whole, c.want)
			}
		})
	}
}

func TestPublicityOfAService(t *testing.T) {
	public := inventory.Labels{{Key: awsPrefix + "scheme", Value: "internet-facing"}}
	internal := inventory.Labels{{Key: awsPrefix + "scheme", Value: "internal"}}
	for _, c := range []struct {
		name    string
		service k8s.ServiceSpec
		want    k8s.Publicity
	}{
		{"inside the cluster", k8s.ServiceSpec{Type: "ClusterIP", Annotations: public}, k8s.NotPublic},
		{"a port of every node", k8s.ServiceSpec{Type: "NodePort"}, k8s.MaybePublic},
		{"an external IP", k8s.ServiceSpec{Type: "ClusterIP", ExternalIPs: []string{"198.51.100.7"}}, k8s.MaybePublic},
		{"an external IP that nobody serves", k8s.ServiceSpec{Type: "ClusterIP", Headless: true, ExternalIPs: []string{"198.51.100.7"}}, k8s.NotPublic},
		{"an internal load balancer with an external IP", k8s.ServiceSpec{Type: "LoadBalancer", Annotations: internal, ExternalIPs: []string{"198.51.100.7"}}, k8s.MaybePublic},
		{"a public load balancer for one network", k8s.ServiceSpec{Type: "LoadBalancer", Annotations: public, SourceRanges: []string{"203.0.113.0/24"}}, k8s.MaybePublic},
		{"a public load balancer for everybody", k8s.ServiceSpec{Type: "LoadBalancer", Annotations: public, SourceRanges: []string{"10.0.0.0/8", "0.0.0.0/0"}}, k8s.Public},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.service.Publicity(); got != c.want {
				t.Errorf("publicity %v, want %v", got, c.want)
			}
		})
	}
}

func TestBlocksThatCoverEverything(t *testing.T) {
	for _, c := range []struct {
		name   string
		blocks []string
		want   bool
	}{
		{"none", nil, false},
		{"no block", []string{"everybody", ""}, false},
		{"all of IPv4", []string{"0.0.0.0/0"}, true},
		{"all of IPv4, written from any address", []string{" 1.2.3.4/0"}, true},
		{"all of IPv6", []string{"::/0"}, true},
		{"two halves", []string{"128.0.0.0/1", "0.0.0.0/1"}, true},
		{"one half of each", []string{"0.0.0.0/1", "8000::/1"}, false},
		{"a half and two quarters", []string{"0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/2"}, true},
		{"all but one quarter", []string{"0.0.0.0/1", "128.0.0.0/2"}, false},
		{"private networks", []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"}, false},
		{"one address", []string{"203.0.113.7/32"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := k8s.CoverEverything(c.blocks); got != c.want {
				t.Errorf("%v cover everything: %v", c.blocks, got)
			}
		})
	}
}

func TestPublicityOfAGateway(t *testing.T) {
	for _, c := range []struct {
		name    string
		gateway k8s.GatewaySpec
		want    k8s.Publicity
	}{
		{"nothing said", k8s.GatewaySpec{Class: "istio"}, k8s.MaybePublic},
		{"a public class of GKE", k8s.GatewaySpec{Class: "gke-l7-global-external-managed-mc"}, k8s.Public},
		{"an internal class of GKE", k8s.GatewaySpec{Class: "gke-l7-rilb"}, k8s.NotPublic},
		{"an annotation for its load balancer", k8s.GatewaySpec{Infrastructure: inventory.Labels{{Key: awsPrefix + "scheme", Value: "internal"}}}, k8s.NotPublic},
		{"Istio without a load balancer", k8s.GatewaySpec{Annotations: inventory.Labels{{Key: "networking.istio.io/service-type", Value: "ClusterIP"}}}, k8s.NotPublic},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.gateway.Publicity(); got != c.want {
				t.Errorf("publicity %v, want %v", got, c.want)
			}
		})
	}
}
