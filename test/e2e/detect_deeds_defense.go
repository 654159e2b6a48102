//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
)

// denyAll is a network policy that somebody may want to be rid of.
const denyAll = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny-all, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
`

// admissionDeeds change what is admitted, and by whom.
func admissionDeeds() []deed {
	// It is for a resource that does not exist, so that it stands in nobody's way.
	webhook := func(kind string) string {
		return fmt.Sprintf(`apiVersion: admissionregistration.k8s.io/v1
kind: %s
metadata: {name: hook}
webhooks:
- name: hook.example.test
  clientConfig: {url: "https://hook.example.test/"}
  rules: [{apiGroups: [example.test], apiVersions: ["*"], operations: [CREATE], resources: [things]}]
  failurePolicy: Ignore
  sideEffects: None
  admissionReviewVersions: [v1]
`, kind)
	}
	const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: guard}
spec:
  matchConstraints: {resourceRules: [{apiGroups: [example.test], apiVersions: ["*"], operations: [CREATE], resources: [things]}]}
  validations: [{expression: "false"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: guard}
spec: {policyName: guard, validationActions: [Deny]}
`
	const (
		changed = "Persistence:Kubernetes/AdmissionWebhookChanged"
		removed = "DefenseEvasion:Kubernetes/AdmissionControlRemoved"
	)
	return []deed{
		{
			name: "mutating-webhook-created", as: creator, undo: remove("mutatingwebhookconfiguration hook"),
			do:     apply(webhook("MutatingWebhookConfiguration")),
			finds:  []string{changed},
			leaves: []trace{{"create", "/mutatingwebhookconfigurations/hook", 201, full}},
		},
		{
			name: "validating-webhook-created", as: creator, undo: remove("validatingwebhookconfiguration hook"),
			do:     apply(webhook("ValidatingWebhookConfiguration")),
			finds:  []string{changed},
			leaves: []trace{{"create", "/validatingwebhookconfigurations/hook", 201, full}},
		},
		{
			name: "mutating-webhook-patched", as: creator,
			prep: prepare(webhook("MutatingWebhookConfiguration")), undo: remove("mutatingwebhookconfiguration hook"),
			do: func(a *actor) {
				a.run("", nil, "patch", "mutatingwebhookconfiguration", "hook", "--type=json", "-p",
					`[{"op":"replace","path":"/webhooks/0/clientConfig/url","value":"https://other.example.test/"}]`)
			},
			finds:  []string{changed},
			leaves: []trace{{"patch", "/mutatingwebhookconfigurations/hook", 200, full}},
		},
		{
			name: "mutating-webhook-deleted", as: creator, prep: prepare(webhook("MutatingWebhookConfiguration")),
			do:     kubectl("delete mutatingwebhookconfiguration hook"),
			finds:  []string{removed},
			leaves: []trace{{"delete", "/mutatingwebhookconfigurations/hook", 200, full}},
		},
		{
			name: "validating-webhook-deleted", as: creator, prep: prepare(webhook("ValidatingWebhookConfiguration")),
			do:     kubectl("delete validatingwebhookconfiguration hook"),
			finds:  []string{removed},
			leaves: []trace{{"delete", "/validatingwebhookconfigurations/hook", 200, full}},
		},
		{
			name: "admission-policy-deleted", as: creator, prep: prepare(policy),
			do:    kubectl("delete validatingadmissionpolicybinding guard", "delete validatingadmissionpolicy guard"),
			finds: []string{removed},
			leaves: []trace{
				{"delete", "/validatingadmissionpolicybindings/guard", 200, full},
				{"delete", "/validatingadmissionpolicies/guard", 200, full},
			},
		},
		{
			name: "pod-security-lowered", as: creator,
			do: kubectl("label namespace shop pod-security.kubernetes.io/enforce=privileged --overwrite"),
			undo: func(c *Cluster) {
				c.Kubectl("label", "namespace", "shop", "pod-security.kubernetes.io/enforce=baseline", "--overwrite")
			},
			finds:  []string{"DefenseEvasion:Kubernetes/PodSecurityLowered"},
			leaves: []trace{{"patch", "/namespaces/shop", 200, full}},
		},
		{
			name: "pod-security-removed", as: creator,
			do: kubectl("label namespace shop pod-security.kubernetes.io/enforce-"),
			undo: func(c *Cluster) {
				c.Kubectl("label", "namespace", "shop", "pod-security.kubernetes.io/enforce=baseline")
			},
			finds:  []string{"DefenseEvasion:Kubernetes/PodSecurityLowered"},
			leaves: []trace{{"patch", "/namespaces/shop", 200, full}},
		},
	}
}

// defenseDeeds remove traces and fences, or run into them.
func defenseDeeds() []deed {
	event := func(c *Cluster) {
		for _, name := range []string{"first", "second"} {
			c.Apply("apiVersion: v1\nkind: Event\nmetadata: {name: " + name + ", namespace: kube-public}\ntype: Warning\nreason: Seen\n" +
				"involvedObject: {kind: Pod, name: web, namespace: kube-public}\n")
		}
	}
	const deleted = "DefenseEvasion:Kubernetes/EventsDeleted"
	return []deed{
		{
			// kubectl lists and then deletes each; other clients delete the collection.
			name: "events-deleted", as: creator, prep: event,
			do:    kubectl("delete events -n kube-public --all"),
			finds: []string{deleted}, hidden: []string{deleted},
			leaves: []trace{{"delete", "kube-public/events/first", 200, none}, {"delete", "kube-public/events/second", 200, none}},
		},
		{
			name: "events-collection-deleted", as: creator, prep: event,
			do: func(a *actor) {
				a.send(call{method: http.MethodDelete, path: "/api/v1/namespaces/kube-public/events", code: http.StatusOK})
			},
			finds: []string{deleted}, hidden: []string{deleted},
			leaves: []trace{{"deletecollection", "kube-public/events", 200, none}},
		},
		{
			// The same Events through the group that EKS's policy does not leave out.
			name: "events-deleted-in-new-group", as: creator, prep: event,
			do: func(a *actor) {
				a.send(call{method: http.MethodDelete, path: "/apis/events.k8s.io/v1/namespaces/kube-public/events", code: http.StatusOK})
			},
			finds:  []string{deleted},
			leaves: []trace{{"deletecollection", "kube-public/events", 200, named}},
		},
		{
			name: "network-policies-deleted", as: creator, prep: prepare(denyAll),
			do:     kubectl("delete networkpolicy -n shop deny-all"),
			finds:  []string{"DefenseEvasion:Kubernetes/NetworkPolicyDeleted"},
			leaves: []trace{{"delete", "shop/networkpolicies/deny-all", 200, full}},
		},
		{
			name: "network-policy-collection-deleted", as: creator, prep: prepare(denyAll),
			do: func(a *actor) {
				a.send(call{method: http.MethodDelete, path: "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies", code: http.StatusOK})
			},
			finds:  []string{"DefenseEvasion:Kubernetes/NetworkPolicyDeleted"},
			leaves: []trace{{"deletecollection", "shop/networkpolicies", 200, full}},
		},
		{
			name: "denied-burst", as: guest,
			do: func(a *actor) {
				for _, resource := range []string{"pods", "services", "secrets", "configmaps", "serviceaccounts", "endpoints", "events", "replicationcontrollers"} {
					for _, namespace := range []string{"default", "kube-system", "shop", "ops"} {
						a.send(call{method: http.MethodGet, path: "/api/v1/namespaces/" + namespace + "/" + resource, code: http.StatusForbidden})
					}
				}
			},
			finds:  []string{"Discovery:Kubernetes/DeniedBurst", "CredentialAccess:Kubernetes/SecretAccessDenied"},
			leaves: []trace{{"list", "default/pods", 403, request}, {"list", "ops/secrets", 403, named}, {"list", "ops/replicationcontrollers", 403, request}},
		},
	}
}
