package k8s

import "github.com/merlonsec/merlon/internal/inventory"

// NamespaceSpec is the projection of a Namespace: its labels are those of the resource.
type NamespaceSpec struct{}

// NodeSpec is the projection of a Node.
type NodeSpec struct {
	// ProviderID names the machine at its cloud provider: "aws:///us-east-1a/i-0123456789abcdef0".
	ProviderID string
	// KubeletVersion is status.nodeInfo.kubeletVersion, as the kubelet writes it: "v1.35.2-eks-3025e55".
	KubeletVersion string
}

// ServiceSpec is the projection of a Service.
type ServiceSpec struct {
	// Type is ClusterIP, NodePort, LoadBalancer or ExternalName.
	Type              string
	Selector          inventory.Labels
	Annotations       inventory.Labels
	LoadBalancerClass string
	// Headless is a clusterIP of None.
	Headless    bool
	ExternalIPs []string
	// SourceRanges lists the CIDR blocks that the load balancer is to let in; none is everybody.
	SourceRanges []string
	Ports        []ServicePort
	// Unsettled says that a plan does not know yet who reaches the Service.
	Unsettled bool
}

// ServicePort is one port of a Service.
type ServicePort struct {
	Name           string
	Port, NodePort int32 // NodePort is 0 where none is asked for
	Protocol       string
	// Target is the number or name of the container's port; "" where it is the same as Port.
	Target string
}

// IngressSpec is the projection of an Ingress.
type IngressSpec struct {
	Class       string
	Annotations inventory.Labels
	// Hosts are those of the rules, in order, once each; "" is the rule for every host.
	Hosts []string
	// TLSHosts are those that a tls entry covers. TLSAny is set by an entry without hosts, which covers
	// what its controller makes of it.
	TLSHosts map[string]bool // in lower case
	TLSAny   bool
}

// ServiceAccountSpec is the projection of a ServiceAccount.
type ServiceAccountSpec struct {
	AutomountToken *bool
	// RoleARN is the IAM role that an annotation gives its pods on Amazon EKS
	// (https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html).
	RoleARN string
}

// ConfigMapSpec is the projection of a ConfigMap: the credentials that stood in its data.
type ConfigMapSpec struct {
	Credentials []Credential
}

// BindingSpec is the projection of a RoleBinding or ClusterRoleBinding; its subjects and role are
// relations.
type BindingSpec struct {
	// RoleKind is Role or ClusterRole.
	RoleKind, RoleName string
}

// NetworkPolicySpec is the projection of a NetworkPolicy: which pods it isolates, in which direction.
type NetworkPolicySpec struct {
	Selector        Selector
	Ingress, Egress bool
}

// WebhookSpec is the projection of a ValidatingWebhookConfiguration or MutatingWebhookConfiguration.
type WebhookSpec struct {
	Webhooks []Webhook
}

// Webhook is one webhook of a configuration.
type Webhook struct {
	// Path is the webhook's JSONPath.
	Path, Name string
	// FailurePolicy is Fail, which is the default, or Ignore.
	FailurePolicy string
	// Namespaces selects the namespaces whose objects it sees.
	Namespaces Selector
	// Service is the "namespace/name" of the Service that answers; "" where a URL does.
	Service string
	// Resources lists the resources that its rules name, as "group/resource".
	Resources []string
}

// UnknownPods stands for an object of a kind that is not known, and that holds containers: something makes
// pods of it, in a way that is not known either.
type UnknownPods struct {
	// Path is the JSONPath of the containers.
	Path string
}
