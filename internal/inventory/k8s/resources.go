package k8s

import "github.com/merlonsec/merlon/internal/inventory"

// TypeOf gives the type of the objects that the API serves under a resource: "pods" of the core group is k8s/core/Pod. It
// knows what Kubernetes itself serves and audit rules look at; ok is false for anything else. An empty group stands for
// any, since old audit records leave it out, but a group must fit.
func TypeOf(group, resource string) (t inventory.Type, ok bool) {
	for _, r := range servedKinds(resource) {
		if group == r.group || group == "" {
			return inventory.KubernetesType(r.group, r.kind), true
		}
	}
	return "", false
}

type served struct{ group, kind string }

// servedKinds lists the groups that serve a resource, with their kinds
// (https://kubernetes.io/docs/reference/kubernetes-api/).
func servedKinds(resource string) []served {
	switch resource {
	case "pods":
		return []served{{"", "Pod"}}
	case "replicationcontrollers":
		return []served{{"", "ReplicationController"}}
	case "podtemplates":
		return []served{{"", "PodTemplate"}}
	case "deployments":
		return []served{{"apps", "Deployment"}, {"extensions", "Deployment"}}
	case "daemonsets":
		return []served{{"apps", "DaemonSet"}, {"extensions", "DaemonSet"}}
	case "replicasets":
		return []served{{"apps", "ReplicaSet"}, {"extensions", "ReplicaSet"}}
	case "statefulsets":
		return []served{{"apps", "StatefulSet"}}
	case "jobs":
		return []served{{"batch", "Job"}}
	case "cronjobs":
		return []served{{"batch", "CronJob"}}
	}
	return otherKinds(resource)
}

// otherKinds is servedKinds for what runs no pods.
func otherKinds(resource string) []served {
	switch resource {
	case "namespaces":
		return []served{{"", "Namespace"}}
	case "nodes":
		return []served{{"", "Node"}}
	case "services":
		return []served{{"", "Service"}}
	case "serviceaccounts":
		return []served{{"", "ServiceAccount"}}
	case "secrets":
		return []served{{"", "Secret"}}
	case "configmaps":
		return []served{{"", "ConfigMap"}}
	case "persistentvolumes":
		return []served{{"", "PersistentVolume"}}
	case "persistentvolumeclaims":
		return []served{{"", "PersistentVolumeClaim"}}
	case "endpoints":
		return []served{{"", "Endpoints"}}
	case "events":
		return []served{{"", "Event"}, {"events.k8s.io", "Event"}}
	case "roles":
		return []served{{rbacGroup, "Role"}}
	case "clusterroles":
		return []served{{rbacGroup, "ClusterRole"}}
	case "rolebindings":
		return []served{{rbacGroup, "RoleBinding"}}
	case "clusterrolebindings":
		return []served{{rbacGroup, "ClusterRoleBinding"}}
	case "networkpolicies":
		return []served{{"networking.k8s.io", "NetworkPolicy"}, {"extensions", "NetworkPolicy"}}
	case "ingresses":
		return []served{{"networking.k8s.io", "Ingress"}, {"extensions", "Ingress"}}
	case "certificatesigningrequests":
		return []served{{"certificates.k8s.io", "CertificateSigningRequest"}}
	case "apiservices":
		return []served{{"apiregistration.k8s.io", "APIService"}}
	case "customresourcedefinitions":
		return []served{{"apiextensions.k8s.io", "CustomResourceDefinition"}}
	}
	return admissionKinds(resource)
}

func admissionKinds(resource string) []served {
	const admission = "admissionregistration.k8s.io"
	switch resource {
	case "validatingwebhookconfigurations":
		return []served{{admission, "ValidatingWebhookConfiguration"}}
	case "mutatingwebhookconfigurations":
		return []served{{admission, "MutatingWebhookConfiguration"}}
	case "validatingadmissionpolicies":
		return []served{{admission, "ValidatingAdmissionPolicy"}}
	case "validatingadmissionpolicybindings":
		return []served{{admission, "ValidatingAdmissionPolicyBinding"}}
	case "mutatingadmissionpolicies":
		return []served{{admission, "MutatingAdmissionPolicy"}}
	case "mutatingadmissionpolicybindings":
		return []served{{admission, "MutatingAdmissionPolicyBinding"}}
	}
	return nil
}
