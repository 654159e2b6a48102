package rule

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// ServiceField is a Service as a candidate.
type ServiceField struct {
	Resource *inventory.Resource
	*k8s.ServiceSpec
}

// ServicePort is one port of a Service as a candidate.
type ServicePort struct {
	ServiceField
	*k8s.ServicePort
	index int
}

// ExternalIP is one external IP of a Service as a candidate.
type ExternalIP struct {
	ServiceField
	Address string
	index   int
}

// Services gives the one Service that a resource is.
func Services(_ *World, r *inventory.Resource) iter.Seq[ServiceField] {
	return func(yield func(ServiceField) bool) {
		if s, ok := r.Spec.(*k8s.ServiceSpec); ok {
			yield(ServiceField{r, s})
		}
	}
}

// ServicePorts gives the ports of a Service.
func ServicePorts(_ *World, r *inventory.Resource) iter.Seq[ServicePort] {
	return func(yield func(ServicePort) bool) {
		s, ok := r.Spec.(*k8s.ServiceSpec)
		if !ok {
			return
		}
		for i := range s.Ports {
			if !yield(ServicePort{ServiceField{r, s}, &s.Ports[i], i}) {
				return
			}
		}
	}
}

// ExternalIPs gives the external IPs of a Service.
func ExternalIPs(_ *World, r *inventory.Resource) iter.Seq[ExternalIP] {
	return func(yield func(ExternalIP) bool) {
		s, ok := r.Spec.(*k8s.ServiceSpec)
		if !ok {
			return
		}
		for i, ip := range s.ExternalIPs {
			if !yield(ExternalIP{ServiceField{r, s}, ip, i}) {
				return
			}
		}
	}
}

// Evidence names a field of the Service's spec ("type").
func (s ServiceField) Evidence(field string, value any) finding.Evidence {
	return finding.Evidence{Resource: s.Resource.UID, Path: "$.spec." + field, Value: value}
}

// Evidence names a field of the port ("nodePort").
func (p ServicePort) Evidence(field string, value any) finding.Evidence {
	return p.ServiceField.Evidence(tree.PathIndex("ports", p.index)+"."+field, value)
}

// Evidence names the address in its Service's list.
func (ip ExternalIP) Evidence() finding.Evidence {
	return ip.ServiceField.Evidence(tree.PathIndex("externalIPs", ip.index), ip.Address)
}
