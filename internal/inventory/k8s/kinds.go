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
	PodTemplate           inventory.Type = "k8s/core/PodTemplate"
	DeploymentConfig      inventory.Type = "k8s/apps.openshift.io/DeploymentConfig"

	Cluster            inventory.Type = "k8s/core/Cluster"
	Namespace          inventory.Type = "k8s/core/Namespace"
	Node               inventory.Type = "k8s/core/Node"
	ServiceAccount     inventory.Type = "k8s/core/ServiceAccount"
	PersistentVolume   inventory.Type = "k8s/core/PersistentVolume"
	PersistentClaim    inventory.Type = "k8s/core/PersistentVolumeClaim"
	Service            inventory.Type = "k8s/core/Service"
	ConfigMap          inventory.Type = "k8s/core/ConfigMap"
	Secret             inventory.Type = "k8s/core/Secret"
	Ingress            inventory.Type = "k8s/networking.k8s.io/Ingress"
	NetworkPolicy      inventory.Type = "k8s/networking.k8s.io/NetworkPolicy"
	Gateway            inventory.Type = "k8s/gateway.networking.k8s.io/Gateway"
	HTTPRoute          inventory.Type = "k8s/gateway.networking.k8s.io/HTTPRoute"
	GRPCRoute          inventory.Type = "k8s/gateway.networking.k8s.io/GRPCRoute"
	TLSRoute           inventory.Type = "k8s/gateway.networking.k8s.io/TLSRoute"
	TCPRoute           inventory.Type = "k8s/gateway.networking.k8s.io/TCPRoute"
	UDPRoute           inventory.Type = "k8s/gateway.networking.k8s.io/UDPRoute"
	RoleBinding        inventory.Type = "k8s/rbac.authorization.k8s.io/RoleBinding"
	ClusterRoleBinding inventory.Type = "k8s/rbac.authorization.k8s.io/ClusterRoleBinding"

	CustomResourceDefinition       inventory.Type = "k8s/apiextensions.k8s.io/CustomResourceDefinition"
	ValidatingWebhookConfiguration inventory.Type = "k8s/admissionregistration.k8s.io/ValidatingWebhookConfiguration"
	MutatingWebhookConfiguration   inventory.Type = "k8s/admissionregistration.k8s.io/MutatingWebhookConfiguration"
)

const rbacGroup = "rbac.authorization.k8s.io"

// Workloads lists the kinds that run pods: Kubernetes' own, then the custom ones that Merlon knows.
func Workloads() []inventory.Type {
	own := []inventory.Type{Pod, Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, CronJob, PodTemplate, DeploymentConfig}
	return append(own, customWorkloads()...)
}

// Routes lists the kinds that attach to a Gateway.
func Routes() []inventory.Type {
	return []inventory.Type{HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute}
}

// IsWorkload reports whether a type runs pods.
func IsWorkload(t inventory.Type) bool {
	_, ok := podSpecField(t)
	return ok
}

// podSpecField gives the fields that lead from a workload to its pod's metadata and spec: none for a Pod
// itself, nor for a custom kind, of which customKindOf tells.
func podSpecField(t inventory.Type) ([]string, bool) {
	switch t {
	case Pod:
		return nil, true
	case PodTemplate:
		return []string{"template"}, true
	case Deployment, StatefulSet, DaemonSet, ReplicaSet, ReplicationController, Job, DeploymentConfig:
		return []string{"spec", "template"}, true
	case CronJob:
		return []string{"spec", "jobTemplate", "spec", "template"}, true
	}
	return nil, IsCustomWorkload(t)
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

// ClusterScoped reports whether a kind that Kubernetes itself, or the Gateway API, serves has no namespace.
// Of a custom kind nothing is known: known is false.
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
	case gatewayGroup:
		return kind == "GatewayClass", true
	case "storage.k8s.io":
		return kind != "CSIStorageCapacity", true
	case "resource.k8s.io":
		return kind == "DeviceClass" || kind == "ResourceSlice", true
	case "apiextensions.k8s.io", "apiregistration.k8s.io", "admissionregistration.k8s.io", "scheduling.k8s.io",
		"node.k8s.io", "certificates.k8s.io", "flowcontrol.apiserver.k8s.io":
		return true, true
	}
	return customScope(group, kind)
}
