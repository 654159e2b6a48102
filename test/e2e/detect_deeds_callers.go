//go:build e2e

package e2e

import (
	"net/http"
	"strings"
)

// callerDeeds come from addresses that lists hold: one for each tactic and kind of list.
// The server writes X-Forwarded-For down: sourceIPs are what the caller says and then where
// it connects from, and lists are asked about both.
func callerDeeds() []deed {
	callers := []struct{ kind, address, finding string }{
		{"threat", "198.51.100.66", "MaliciousIPCaller"},
		{"custom", "198.51.100.67", "MaliciousIPCaller.Custom"},
		{"tor", "198.51.100.68", "TorIPCaller"},
	}
	var all []deed
	for _, tactic := range callerTactics() {
		for _, c := range callers {
			all = append(all, deed{
				name: c.kind + "-address-" + strings.ToLower(tactic.name), as: tactic.as, prep: tactic.prep, undo: tactic.undo,
				do: func(a *actor) {
					a.t.Helper()
					r := tactic.call
					r.from = c.address
					a.send(r)
				},
				lists:  []string{c.kind + "=" + c.address},
				finds:  append([]string{tactic.name + ":Kubernetes/" + c.finding}, tactic.beside...),
				leaves: []trace{tactic.leaves},
			})
		}
	}
	return all
}

// callerTactic is a request of one tactic.
type callerTactic struct {
	name, as   string
	call       call
	prep, undo func(*Cluster)
	beside     []string // Types that it gives wherever it comes from.
	leaves     trace
}

func callerTactics() []callerTactic {
	return []callerTactic{
		{
			name: "CredentialAccess", as: developer,
			call:   call{method: http.MethodGet, path: "/api/v1/namespaces/shop/secrets", code: http.StatusOK},
			leaves: trace{"list", "shop/secrets", 200, named},
		},
		{
			name: "DefenseEvasion", as: creator, prep: prepare(denyAll),
			call:   call{method: http.MethodDelete, path: "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/deny-all", code: http.StatusOK},
			beside: []string{"DefenseEvasion:Kubernetes/NetworkPolicyDeleted"},
			leaves: trace{"delete", "shop/networkpolicies/deny-all", 200, full},
		},
		{
			name: "Discovery", as: developer,
			call:   call{method: http.MethodGet, path: "/api", code: http.StatusOK},
			leaves: trace{"get", "/api", 200, named},
		},
		{
			name: "Execution", as: creator,
			call:   call{method: http.MethodPost, path: runInPod, code: http.StatusOK},
			beside: []string{"PrivilegeEscalation:Kubernetes/NodeProxy"},
			leaves: trace{"create", "/nodes/node-1/proxy", 200, full},
		},
		{
			name: "Impact", as: creator, undo: remove("serviceaccount -n ops helper"),
			call: call{
				method: http.MethodPost, path: "/api/v1/namespaces/ops/serviceaccounts", code: http.StatusCreated, body: `{"metadata":{"name":"helper"}}`,
			},
			leaves: trace{"create", "ops/serviceaccounts/helper", 201, full},
		},
		{
			name: "Persistence", as: creator, undo: remove("role -n ops reader"),
			call: call{
				method: http.MethodPost, path: "/apis/rbac.authorization.k8s.io/v1/namespaces/ops/roles", code: http.StatusCreated,
				body: `{"metadata":{"name":"reader"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}`,
			},
			leaves: trace{"create", "ops/roles/reader", 201, full},
		},
	}
}
