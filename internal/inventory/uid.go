package inventory

import (
	"net/url"
	"strings"
)

// UID names a resource for good, in one of these forms:
//
//	arn:aws:…                               an AWS resource
//	k8s://CLUSTER/GROUP/KIND/NAMESPACE/NAME a Kubernetes object; "core" is the empty group, "_" no namespace
//	k8s://CLUSTER                           a Kubernetes cluster whose ARN is not known
//	tf://ADDRESS                            a resource of a Terraform plan that has no ARN yet, percent-encoded
//	cfn://TEMPLATE/LOGICALID                a resource of a CloudFormation template, each part percent-encoded
//	image://sha256:… or image://REF         a container image
//	internet                                everybody outside
//
// Every segment of a Kubernetes UID is percent-encoded, so a literal "*" as the last segment stands for
// "any object of this kind" and clashes with no name.
type UID string

// Internet is the UID of everybody outside the network of the cluster or account.
const Internet UID = "internet"

// KubernetesUID names one Kubernetes object. An empty group is the core group; an empty namespace is
// that of a cluster-scoped object.
func KubernetesUID(cluster, group, kind, namespace, name string) UID {
	if group == "" {
		group = "core"
	}
	if namespace == "" {
		namespace = "_"
	} else {
		namespace = escape(namespace)
	}
	return UID("k8s://" + escape(cluster) + "/" + escape(group) + "/" + escape(kind) + "/" + namespace + "/" + escape(name))
}

// ClusterUID names a cluster whose ARN is not known.
func ClusterUID(cluster string) UID { return UID("k8s://" + escape(cluster)) }

// AnyNodeUID stands for whichever node of a cluster a workload is scheduled to.
func AnyNodeUID(cluster string) UID { return UID("k8s://" + escape(cluster) + "/core/Node/_/*") }

// ImageUID names a container image by its digest where the reference has one, otherwise by reference.
func ImageUID(ref string) UID {
	if _, digest, ok := strings.Cut(ref, "@"); ok {
		ref = digest
	}
	return UID("image://" + ref)
}

// KubernetesName is what a Kubernetes UID says.
type KubernetesName struct {
	// Group is "" for the core group, and Namespace "" for none.
	Cluster, Group, Kind, Namespace, Name string
}

// Kubernetes takes a Kubernetes UID apart; ok is false for every other form, a cluster's included.
func (u UID) Kubernetes() (n KubernetesName, ok bool) {
	rest, isK8s := strings.CutPrefix(string(u), "k8s://")
	parts := strings.Split(rest, "/")
	if !isK8s || len(parts) != 5 {
		return KubernetesName{}, false
	}
	for i, p := range parts {
		decoded, err := url.PathUnescape(p)
		if err != nil {
			return KubernetesName{}, false
		}
		if p == "_" && i == 3 || p == "core" && i == 1 {
			decoded = ""
		}
		parts[i] = decoded
	}
	return KubernetesName{parts[0], parts[1], parts[2], parts[3], parts[4]}, true
}

// Cluster gives the name of the cluster that a UID of the form k8s://CLUSTER stands for.
func (u UID) Cluster() (name string, ok bool) {
	rest, isK8s := strings.CutPrefix(string(u), "k8s://")
	name, err := url.PathUnescape(rest)
	return name, isK8s && err == nil && !strings.Contains(rest, "/")
}

// Short is how a person would call the resource: "ns/Kind/name" for a Kubernetes object, what follows the
// account in an ARN ("service/prod/web", "role/app"), the UID itself for everything else.
func (u UID) Short() string {
	if a, ok := u.ARN(); ok {
		return a.Resource
	}
	n, ok := u.Kubernetes()
	switch {
	case !ok:
		return string(u)
	case n.Namespace == "":
		return n.Kind + "/" + n.Name
	}
	return n.Namespace + "/" + n.Kind + "/" + n.Name
}

// escape percent-encodes one segment. Names in Kubernetes rarely need it, so the common case is quick.
func escape(segment string) string {
	for i := range len(segment) {
		c := segment[i]
		plain := c == '-' || c == '.' || c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !plain {
			return url.PathEscape(segment)
		}
	}
	if segment == "_" {
		return "%5F"
	}
	return segment
}
