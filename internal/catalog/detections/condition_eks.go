package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/rule"
)

// The parts of Amazon EKS that AWS runs, each at its own work. The names are those that AWS gives its users
// (https://docs.aws.amazon.com/eks/latest/userguide/default-roles-users.html) and that Falco lists
// (https://github.com/falcosecurity/plugins/blob/main/plugins/k8saudit/rules/k8s_audit_rules.yaml). A name that only begins
// like theirs is nobody's: access entries refuse eks:, but aws-auth and client certificates let anybody have it.

// eksAddOns installs and updates add-ons; the first ones come with the cluster, by a user with AWS's own kubectl.
func eksAddOns(a *rule.Action) bool {
	return isEKS(a, "addon-manager") ||
		a.User.Name == "eks:cluster-bootstrap" && a.User.Extra.Get("arn") == "" && isInside(a) && (isTrimmed(a) || strings.HasPrefix(a.UserAgent, "kubectl/"))
}

// eksRoles is EKS as it makes the roles of its add-ons, none of which gives control.
func eksRoles(a *rule.Action) bool {
	role, _ := a.Made()
	return eksAddOns(a) && !givesControl(role)
}

// eksGrants is EKS as it gives its own users a role that administers.
func eksGrants(a *rule.Action) bool {
	binding, _ := a.Made()
	for subject := range binding.Get("subjects").All() {
		if subject.Get("kind").Text() != "User" || !strings.HasPrefix(subject.Get("name").Text(), "eks:") {
			return false
		}
	}
	return eksAddOns(a)
}

// eksNodes lets the nodes of a node group and of Fargate join.
func eksNodes(a *rule.Action) bool { return isEKS(a, "node-manager", "fargate-manager") }

// eksNodesGone takes nodes out of the cluster whose machines are gone.
func eksNodesGone(a *rule.Action) bool {
	return a.Object.Resource == "nodes" && isEKS(a, "node-manager", "nodewatcher", "cloud-controller-manager")
}

// eksCertificates approves and signs the certificates of nodes.
func eksCertificates(a *rule.Action) bool { return isEKS(a, "certificate-controller") }

// eksPart is any part of EKS, for rules about requests that every one of them makes, and that change nothing. The people of
// AWS's support, eks:support-engineer, are none: what they do is told.
func eksPart(a *rule.Action) bool {
	return isEKS(
		a, "addon-manager", "authenticator", "az-poller", "certificate-controller", "cloud-controller-manager", "cluster-event-watcher",
		"coredns-autoscaler", "fargate-manager", "fargate-scheduler", "k8s-metrics", "kms-storage-migrator", "network-policy-controller",
		"node-manager", "nodewatcher", "pod-identity-mutating-webhook", "service-operations", "vpc-resource-controller",
	) || eksAddOns(a)
}

// isEKS reports whether a request came from one of some parts of EKS: by its name, with none of the tools of people, and,
// where EKS tells whose IAM role signed the token, with one of AWS's own; where it does not, from no public address.
func isEKS(a *rule.Action, parts ...string) bool {
	part, ok := strings.CutPrefix(a.User.Name, "eks:")
	if !ok || !isOneOf(parts...)(part) {
		return false
	}
	switch arn := a.User.Extra.Get("arn").First().Text(); {
	case arn == "" && !isInside(a), arn != "" && !isRoleOfEKS(arn):
		return false
	}
	return isTrimmed(a) || a.UserAgent != "" && !isTool(a.UserAgent)
}

// isRoleOfEKS reports whether an ARN is that of a session of a role by which EKS enters clusters: a role in an account of
// AWS's, or the service-linked one (https://docs.aws.amazon.com/eks/latest/userguide/using-service-linked-roles-eks.html).
// Roles are told by their names. Whoever may write aws-auth can have an account with a role of the same name let in; that
// is told of when aws-auth changes.
func isRoleOfEKS(arn string) bool {
	_, resource, _ := strings.Cut(arn, ":assumed-role/")
	role, _, _ := strings.Cut(resource, "/")
	return strings.HasPrefix(role, "AWSWesleyClusterManagerLambda") || role == "AWSServiceRoleForAmazonEKS"
}
