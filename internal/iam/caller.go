package iam

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// Caller is who asks to assume a role. One of Service, Provider and Principal is set.
type Caller struct {
	// Service is a service principal: ecs-tasks.amazonaws.com.
	Service string
	// Provider is the ARN of the identity provider (OIDC or SAML) that vouches for the caller, or the name of one that
	// needs none (accounts.google.com).
	Provider string
	// Principal is the ARN of an AWS principal: a user, a role, the session of a role, or the root of an account. The
	// answer is about the role's trust policy only: a caller that the policy does not name itself but by its account,
	// or that is of another account, needs an identity policy too.
	Principal string
	// Actions lists what the caller asks of STS; all of them must be allowed. Empty means sts:AssumeRole.
	Actions []string
	// Context is what is known of the request.
	Context Context
}

// The callers of containers.
const (
	tasksService   = "ecs-tasks.amazonaws.com"
	serverService  = "ec2.amazonaws.com"
	podsService    = "pods.eks.amazonaws.com"
	assumeRole     = "sts:AssumeRole"
	tagSession     = "sts:TagSession"
	assumeWithWeb  = "sts:AssumeRoleWithWebIdentity"
	assumeWithSAML = "sts:AssumeRoleWithSAML"
)

// ECSTask is Amazon ECS on behalf of a task, or of its execution role, in a region of an account. The values of
// aws:SourceArn and aws:SourceAccount are those of the trust policy that the Amazon ECS Developer Guide asks for ("Amazon
// ECS task IAM role"); it does not say which ARN of the region and account it is.
func ECSTask(partition, region, account string) Caller {
	return Caller{Service: tasksService, Context: Context{
		Is("aws:SourceAccount", account),
		IsLike("aws:SourceArn", inventory.ARN{Partition: partition, Service: "ecs", Region: region, Account: account, Resource: "*"}.String()),
	}}
}

// EC2Instance is Amazon EC2 on behalf of an instance with an instance profile.
func EC2Instance() Caller { return Caller{Service: serverService} }

// ServiceAccount is a Kubernetes service account.
type ServiceAccount struct {
	Namespace, Name string
}

// Pod is EKS Pod Identity on behalf of a pod. It tags the session with the cluster and the service account, which takes
// sts:TagSession too; trust policies may ask for the tags. An association can switch the tags off, in which case only
// sts:AssumeRole is needed: clear Context, and leave one action.
// Source: Amazon EKS User Guide, "Create IAM role with trust policy required by EKS Pod Identity" and "Grant Pods access
// to AWS resources based on tags".
func Pod(cluster inventory.ARN, account ServiceAccount) Caller {
	return Caller{Service: podsService, Actions: []string{assumeRole, tagSession}, Context: Context{
		Is("aws:RequestTag/eks-cluster-arn", cluster.String()),
		Is("aws:RequestTag/eks-cluster-name", cluster.Name()),
		Is("aws:RequestTag/kubernetes-namespace", account.Namespace),
		Is("aws:RequestTag/kubernetes-service-account", account.Name),
	}}
}

// stsAudience is the audience of the tokens that EKS mounts into pods for IAM roles for service accounts, unless the
// service account's annotation says otherwise.
const stsAudience = "sts.amazonaws.com"

// WebIdentity is the holder of a service account's token, which the cluster's OIDC provider vouches for (IAM roles for
// service accounts). provider is the ARN of the provider in IAM.
// Source: Amazon EKS User Guide, "Assign IAM roles to Kubernetes service accounts".
func WebIdentity(provider inventory.ARN, account ServiceAccount) Caller {
	return Subject(provider, "system:serviceaccount:"+account.Namespace+":"+account.Name, stsAudience)
}

// Subject is the holder of a token of an OIDC provider with a subject and an audience. The keys that the token's claims
// have in conditions begin with the provider's name; keys of other providers are not in the request.
func Subject(provider inventory.ARN, subject, audience string) Caller {
	name := strings.TrimPrefix(provider.Resource, "oidc-provider/")
	return Caller{Provider: provider.String(), Actions: []string{assumeWithWeb}, Context: Context{
		Is(name+":sub", subject), Is(name+":aud", audience), Is("*:sub"), Is("*:aud"),
	}}
}

// callers is a Principal or NotPrincipal element.
type callers struct {
	except  bool
	entries []entry
}

// An entry of a Principal element. everyone is "*" outside of a map.
type entry struct {
	kind  entryKind
	value string
}

type entryKind string

const (
	everyone  entryKind = "*"
	byAWS     entryKind = "AWS"
	byService entryKind = "Service"
	byToken   entryKind = "Federated"
	byS3      entryKind = "CanonicalUser"
)

// match says whether the element means a caller.
//
// Source: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal". What it leaves open, stays open:
// whether "*" under AWS means services and federated callers too, and what a NotPrincipal does to a caller whose account
// it does not list.
func (c *callers) match(who *Caller) (truth, Reason) {
	met := no
	var by entry
	for _, e := range c.entries {
		if m := e.match(who); m > met {
			met, by = m, e
		}
	}
	if c.except {
		if met == yes && who.Principal != "" && !c.listsAccount(who.Principal) {
			met = maybe
		}
		met = met.opposite()
	}
	if met == maybe {
		return met, Reason{Kind: OpenPrincipal, Detail: by.value}
	}
	return met, Reason{}
}

// match says whether the entry means a caller.
func (e entry) match(who *Caller) truth {
	switch e.kind {
	case everyone:
		// Services are among everyone: policies that deny everyone have to exempt them with aws:PrincipalIsAWSService.
		if who.Provider != "" {
			return maybe
		}
		return yes
	case byAWS:
		return e.matchAWS(who)
	case byService:
		if who.Service == "" {
			return no
		}
		return max(is(serviceName(e.value) == serviceName(who.Service)), min(maybe, is(e.value == "*")))
	case byToken:
		if who.Provider == "" {
			return no
		}
		return max(is(e.value == who.Provider), min(maybe, is(e.value == "*")))
	default:
		return no
	}
}

// serviceName gives a service principal without the suffix that some have in the China partition.
func serviceName(s string) string { return strings.TrimSuffix(s, ".cn") }

// matchAWS compares an entry under AWS with a caller.
func (e entry) matchAWS(who *Caller) truth {
	if who.Principal == "" {
		return min(maybe, is(e.value == "*"))
	}
	if e.value == "*" || e.value == who.Principal {
		return yes
	}
	if uniqueID(e.value) {
		return maybe // IAM shows the ID of a principal that is gone; in a file it may be anybody's.
	}
	caller, ok := inventory.ParseARN(who.Principal)
	if !ok {
		return no
	}
	if accountOf(e.value) == caller.Account && caller.Account != "" {
		return yes
	}
	return isSessionOf(caller, e.value)
}

// listsAccount reports whether the account of a principal is an entry.
func (c *callers) listsAccount(principal string) bool {
	caller, ok := inventory.ParseARN(principal)
	return ok && slices.ContainsFunc(c.entries, func(e entry) bool {
		return e.kind == byAWS && accountOf(e.value) == caller.Account
	})
}

// accountOf gives the account that an entry stands for as a whole; "" where it does not.
func accountOf(entry string) string {
	if len(entry) == len("123456789012") && strings.Trim(entry, "0123456789") == "" {
		return entry
	}
	if a, ok := inventory.ParseARN(entry); ok && a.Service == "iam" && a.Resource == "root" {
		return a.Account
	}
	return ""
}

// isSessionOf says whether a caller is a session of the role that an entry names. The ARN of a session does not hold
// the role's path.
func isSessionOf(session inventory.ARN, entry string) truth {
	rest, assumed := strings.CutPrefix(session.Resource, "assumed-role/")
	role, ok := inventory.ParseARN(entry)
	if !assumed || session.Service != "sts" || !ok || role.Service != "iam" || role.Kind() != "role" {
		return no
	}
	name, _, _ := strings.Cut(rest, "/")
	switch {
	case role.Account != session.Account || role.Partition != session.Partition || role.Name() != name:
		return no
	case role.Resource == "role/"+name:
		return yes
	default:
		return maybe
	}
}

// uniqueID reports whether an entry is the unique ID of a user or role, as IAM writes it (AIDA…, AROA…).
func uniqueID(s string) bool {
	return (strings.HasPrefix(s, "AIDA") || strings.HasPrefix(s, "AROA")) && !strings.Contains(s, ":")
}
