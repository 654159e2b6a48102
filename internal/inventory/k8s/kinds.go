// Package k8s knows Kubernetes objects: it takes one decoded object, takes the values of secrets out of
// it, and gives the typed projection that rules and models read, with the relations that the object
// states or that follow from selectors. It reads no file and asks no API, and decides nothing about
// security.
package k8s

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// The types that Merlon projects.
const (
	Pod                   inventory.Type = "k8s/core/Pod"
	ReplicationController inventory.Type = "k8s/core/ReplicationController"
	Deployment            inventory.Type = "k8s/apps/Deployment"
	StatefulSet           inventory.Type = "k8s/apps/StatefulSet"
	DaemonSet             inventory.Type = "k8s/apps/DaemonSet"
	ReplicaSet            inventory.Type = "k8s/apps/ReplicaSet"
	Job                   inventory.Type = "k8s/batch/Job"
	CronJob               inventory.Type = "k8s/batch/CronJob"

	Cluster            inventory.Type = "k8s/core/Cluster"
	Namespace          inventory.Type = "k8s/core/Namespace"
	Node               inventory.Type = "k8s/core/Node"
	ServiceAccount     inventory.Type = "k8s/core/ServiceAccount"
	Service            inventory.Type = "k8s/core/Service"
	ConfigMap          inventory.Type = "k8s/core/ConfigMap"
	Secret             inventory.Type = "k8s/core/Secret"
	Ingress            inventory.Type = "k8s/networking.k8s.io/Ingress"
	NetworkPolicy      inventory.Type = "k8s/networking.k8s.io/NetworkPolicy"
	Gateway            inventory.Type = "k8s/gateway.networking.k8s.io/Gateway"
	RoleBinding        inventory.Type = "k8s/rbac.authorization.k8s.io/RoleBinding"
	ClusterRoleBinding inventory.Type = "k8s/rbac.authorization.k8s.io/ClusterRoleBinding"

	ValidatingWebhookConfiguration inventory.Type = "k8s/admissionregistration.k8s.io/ValidatingWebhookConfiguration"
	MutatingWebhookConfiguration   inventory.Type = "k8s/admissionregistration.k8s.io/MutatingWebhookConfiguration"
)

const rbacGroup = "rbac.authorization.k8s.io"

// Workloads lists the kinds that run pods.
func Workloads() []inventory.Type {
	return []inventory.Type{Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob}
}

// IsWorkload reports whether a type runs pods.
func IsWorkload(t inventory.Type) bool {
	_, ok := podSpecField(t)
	return ok
}

// podSpecField gives the fields that lead from a workload to its pod's metadata and spec; none for a
// Pod itself.
func podSpecField(t inventory.Type) ([]string, bool) {
	switch t {
	case Pod:
		return nil, true
	case Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job:
		return []string{"spec", "template"}, true
	case CronJob:
		return []string{"spec", "jobTemplate", "spec", "template"}, true
	}
	return nil, false
}

// Group takes the API group from an apiVersion: "apps/v1" is in "apps", "v1" in the core group "". The
// groups that workloads and ingresses left before Kubernetes 1.16 and 1.22 are read as today's.
func Group(apiVersion, kind string) string {
	group, _, ok := strings.Cut(apiVersion, "/")
	if !ok {
		return ""
	}
	if group != "extensions" {
		return group
	}
	switch kind {
	case "Deployment", "DaemonSet", "ReplicaSet":
		return "apps"
	case "Ingress", "NetworkPolicy":
		return "networking.k8s.io"
	case "PodSecurityPolicy":
		return "policy"
	}
	return group
}

// ClusterScoped reports whether a kind that Kubernetes itself serves has no namespace. Of a custom kind
// nothing is known: known is false.
func ClusterScoped(group, kind string) (scoped, known bool) {
	switch group {
	case "":
		switch kind {
		case "Namespace", "Node", "PersistentVolume", "ComponentStatus":
			return true, true
		}
		return false, true
	case "apps", "batch", "autoscaling", "policy":
		return kind == "PodSecurityPolicy", true
	case "events.k8s.io", "discovery.k8s.io", "coordination.k8s.io":
		return false, true
	case rbacGroup:
		return strings.HasPrefix(kind, "ClusterRole"), true
	case "networking.k8s.io":
		return kind == "IngressClass" || kind == "IPAddress" || kind == "ServiceCIDR", true
	case "storage.k8s.io":
		return kind != "CSIStorageCapacity", true
	case "resource.k8s.io":
		return kind == "DeviceClass" || kind == "ResourceSlice", true
	case "apiextensions.k8s.io", "apiregistration.k8s.io", "admissionregistration.k8s.io", "scheduling.k8s.io",
		"node.k8s.io", "certificates.k8s.io", "flowcontrol.apiserver.k8s.io":
		return true, true
	}
	return false, false
}
