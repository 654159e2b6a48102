package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// openIn gives the condition that nothing isolates a pod in a direction. A NetworkPolicy isolates the pods
// of its namespace that it selects, and only the directions that it is for; what it lets through then is
// another question (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
//
// A pod in its node's network is open whatever selects it: what policies do to such a pod is not defined,
// and nearly every network plugin leaves it alone (…/network-policies/#networkpolicy-and-hostnetwork-pods).
// Where the policies are those of another engine, or where some may not have been read, nothing is known.
func openIn(directed func(*k8s.NetworkPolicySpec) bool) rule.Condition[rule.PodField] {
	return rule.Condition[rule.PodField]{Name: "not-isolated", Holds: func(w *rule.World, p rule.PodField) rule.Truth {
		switch {
		case p.Pod.HostNet:
			return rule.Is(true)
		case selectedByPolicy(w.Inventory, p.Resource, directed):
			return rule.Is(false)
		case hasOtherEngine(w.Inventory, p.Resource):
			return rule.Unknown(lang.Text{
				EN: "the namespace or the cluster has policies of another network engine, and those are not evaluated",
				ES: "el espacio de nombres o el clúster tiene políticas de otro motor de red, y esas no se evalúan",
				PT: "o namespace ou o cluster tem políticas de outro mecanismo de rede, e essas não são avaliadas",
			})
		case !w.Inventory.Closed(p.Resource.Cluster, k8s.NetworkPolicy):
			return rule.Unknown(lang.Text{
				EN: "no network policy that was read selects these pods, and the cluster may have others",
				ES: "ninguna política de red de las que se leyeron selecciona estos pods, y el clúster puede tener otras",
				PT: "nenhuma política de rede entre as lidas seleciona estes pods, e o cluster pode ter outras",
			})
		}
		return rule.Is(true)
	}}
}

// openEvidence names the workload that is open: by what takes it out of the reach of policies, or by the
// namespace where none selects it.
func openEvidence(p rule.PodField) finding.Evidence {
	if p.Pod.HostNet {
		return p.Evidence("hostNetwork", true)
	}
	return finding.Evidence{Resource: p.Resource.UID, Path: "$.metadata.namespace", Value: p.Resource.Namespace}
}

// openWeight makes the trait contextual for a pod in its node's network: that network is what weighs, and
// another rule is about it.
func openWeight(p rule.PodField) finding.Weight {
	if p.Pod.HostNet {
		return finding.Weight{Role: finding.Contextual, Likelihood: finding.LikelihoodLow}
	}
	return finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodLow}
}

func selectedByPolicy(v *inventory.View, pods *inventory.Resource, directed func(*k8s.NetworkPolicySpec) bool) bool {
	for _, policy := range k8s.PoliciesOf(v, pods) {
		if directed(policy) {
			return true
		}
	}
	return false
}

// hasOtherEngine reports whether a policy of another engine may select a workload: one of its namespace, or
// one of the whole cluster.
func hasOtherEngine(v *inventory.View, of *inventory.Resource) bool {
	for p := range v.OfType(otherEngines()...) {
		if p.Cluster == of.Cluster && (p.Namespace == "" || p.Namespace == of.Namespace) {
			return true
		}
	}
	return false
}

// otherEngines lists the kinds of policy that isolate pods beside the NetworkPolicy of Kubernetes:
//
//	https://network-policy-api.sigs.k8s.io/api-overview/
//	https://docs.cilium.io/en/stable/security/policy/
//	https://docs.tigera.io/calico/latest/reference/resources/
//	https://antrea.io/docs/main/docs/antrea-network-policy/
//	https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html
//	https://ovn-kubernetes.io/features/network-security-controls/egress-firewall/
func otherEngines() []inventory.Type {
	return []inventory.Type{
		"k8s/policy.networking.k8s.io/AdminNetworkPolicy",
		"k8s/policy.networking.k8s.io/BaselineAdminNetworkPolicy",
		"k8s/policy.networking.k8s.io/ClusterNetworkPolicy",
		"k8s/cilium.io/CiliumClusterwideNetworkPolicy",
		"k8s/cilium.io/CiliumNetworkPolicy",
		"k8s/projectcalico.org/GlobalNetworkPolicy",
		"k8s/projectcalico.org/NetworkPolicy",
		"k8s/crd.projectcalico.org/GlobalNetworkPolicy",
		"k8s/crd.projectcalico.org/NetworkPolicy",
		"k8s/crd.antrea.io/ClusterNetworkPolicy",
		"k8s/crd.antrea.io/NetworkPolicy",
		"k8s/networking.k8s.aws/ApplicationNetworkPolicy",
		"k8s/networking.k8s.aws/ClusterNetworkPolicy",
		"k8s/k8s.ovn.org/EgressFirewall",
	}
}

// networkPolicy gives the manifest of a NetworkPolicy.
func networkPolicy(spec string) string {
	return object("networking.k8s.io/v1", "NetworkPolicy", indent(spec, 2))
}

// calm is the spec of a pod that no other rule is about.
const calm = "containers:\n- name: app\n  image: registry.example/app:1.4\n"

// isolationExamples are those of a rule about a direction: Ingress or Egress, and the other one.
func isolationExamples(direction, other string) []rule.Example {
	return []rule.Example{
		{
			Name:  "a pod in its node's network, which policies do not reach: the trait is contextual",
			Input: documents(daemonSet("hostNetwork: true\n"+calm), networkPolicy("podSelector: {}\npolicyTypes: [Ingress, Egress]\n")),
			Want:  finding.Present,
			Path:  "$.spec.template.spec.hostNetwork",
		},
		{
			Name:   "a policy with an empty selector in the namespace",
			Input:  documents(deployment(calm), networkPolicy("podSelector: {}\npolicyTypes: ["+direction+"]\n")),
			Want:   finding.Absent,
			Misses: "not-isolated",
		},
		{
			Name: "a policy that selects the pods by an expression",
			Input: documents(deployment(calm), networkPolicy(`podSelector:
  matchExpressions:
  - {key: app, operator: In, values: [example, other]}
policyTypes: [Ingress, Egress]
`)),
			Want:   finding.Absent,
			Misses: "not-isolated",
		},
		{
			Name:  "no policy in the files: the cluster may have one",
			Input: deployment(calm),
			Want:  finding.Unknown,
		},
		{
			Name:  "a policy for the other direction only",
			Input: documents(deployment(calm), networkPolicy("podSelector: {}\npolicyTypes: ["+other+"]\n")),
			Want:  finding.Unknown,
		},
		{
			Name:  "a policy for other pods",
			Input: documents(cronJob("restartPolicy: Never\n"+calm), networkPolicy("podSelector: {matchLabels: {app: example}}\npolicyTypes: ["+direction+"]\n")),
			Want:  finding.Unknown,
		},
		{
			Name: "a policy with an empty selector in another namespace",
			Input: documents(deployment(calm), `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: example
  namespace: elsewhere
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
`),
			Want: finding.Unknown,
		},
	}
}
