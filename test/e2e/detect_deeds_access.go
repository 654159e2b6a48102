//go:build e2e

package e2e

import "net/http"

// attackSequence is the type of the finding that joins others.
const attackSequence = "AttackSequence:EKS/CompromisedCluster"

// anonymousDeeds let callers without credentials in, and use that.
func anonymousDeeds() []deed {
	const binding = "clusterrolebinding anonymous-admin"
	open := func(c *Cluster) {
		c.Kubectl("create", "clusterrolebinding", "anonymous-admin", "--clusterrole=cluster-admin", "--user=system:anonymous")
	}
	asks := func(calls ...call) func(*actor) {
		return func(a *actor) {
			a.t.Helper()
			for _, r := range calls {
				a.send(r)
			}
		}
	}
	const pods = "/api/v1/namespaces/shop/pods"
	return []deed{
		{
			name: "anonymous-refused", as: anonymous,
			do:     asks(call{method: http.MethodGet, path: pods, code: http.StatusForbidden}, call{method: http.MethodGet, path: "/api", code: http.StatusForbidden}),
			leaves: []trace{{"list", "shop/pods", 403, request}, {"get", "/api", 403, named}},
		},
		{
			// A cluster lets everybody ask this: system:public-info-viewer.
			name: "anonymous-health", as: anonymous,
			do: asks(call{method: http.MethodGet, path: "/version", code: http.StatusOK}, call{method: http.MethodGet, path: "/healthz", code: http.StatusOK},
				call{method: http.MethodGet, path: "/livez", code: http.StatusOK}, call{method: http.MethodGet, path: "/readyz", code: http.StatusOK}),
			leaves: []trace{{"get", "/version", 200, none}, {"get", "/healthz", 200, none}, {"get", "/livez", 200, named}, {"get", "/readyz", 200, named}},
		},
		{
			name: "anonymous-access-granted", as: creator,
			do:     kubectl("create clusterrolebinding anonymous-admin --clusterrole=view --user=system:anonymous"),
			undo:   remove(binding),
			finds:  []string{"Policy:Kubernetes/AnonymousAccessGranted"},
			leaves: []trace{{"create", "/clusterrolebindings/anonymous-admin", 201, full}},
		},
		{
			name: "anonymous-group-granted", as: creator,
			do:     kubectl("create rolebinding everybody -n shop --clusterrole=view --group=system:unauthenticated"),
			undo:   remove("rolebinding -n shop everybody"),
			finds:  []string{"Policy:Kubernetes/AnonymousAccessGranted"},
			leaves: []trace{{"create", "shop/rolebindings/everybody", 201, full}},
		},
		{
			// The patch says only the subjects.
			name: "anonymous-group-granted-by-patch", as: creator, undo: remove("clusterrolebinding readers"),
			prep: func(c *Cluster) {
				c.Kubectl("create", "clusterrolebinding", "readers", "--clusterrole=view", "--group=readers")
			},
			do: func(a *actor) {
				a.run("", nil, "patch", "clusterrolebinding", "readers", "-p",
					`{"subjects":[{"kind":"Group","name":"system:unauthenticated","apiGroup":"rbac.authorization.k8s.io"}]}`)
			},
			finds:  []string{"Policy:Kubernetes/AnonymousAccessGranted"},
			leaves: []trace{{"patch", "/clusterrolebindings/readers", 200, full}},
		},
		{
			name: "anonymous-lists-pods", as: anonymous, prep: open, undo: remove(binding),
			do:     asks(call{method: http.MethodGet, path: pods, code: http.StatusOK}),
			finds:  []string{"Discovery:Kubernetes/SuccessfulAnonymousAccess"},
			leaves: []trace{{"list", "shop/pods", 200, request}},
		},
		{
			name: "anonymous-reads-secrets", as: anonymous, prep: open, undo: remove(binding),
			do:     asks(call{method: http.MethodGet, path: "/api/v1/namespaces/shop/secrets", code: http.StatusOK}),
			finds:  []string{"CredentialAccess:Kubernetes/SuccessfulAnonymousAccess"},
			leaves: []trace{{"list", "shop/secrets", 200, named}},
		},
		{
			name: "anonymous-binds-role", as: anonymous, prep: open, undo: remove(binding + " backdoor"),
			do: asks(call{
				method: http.MethodPost, path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", code: http.StatusCreated,
				body: `{"metadata":{"name":"backdoor"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},` +
					`"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"guest"}]}`,
			}),
			finds:  []string{"Persistence:Kubernetes/SuccessfulAnonymousAccess", "PrivilegeEscalation:Kubernetes/AdminBindingCreated"},
			leaves: []trace{{"create", "/clusterrolebindings/backdoor", 201, full}},
		},
		{
			name: "anonymous-creates-pod", as: anonymous, prep: open,
			undo: func(c *Cluster) { remove(binding)(c); remove("pod -n ops miner")(c) },
			do: asks(call{
				method: http.MethodPost, path: "/api/v1/namespaces/ops/pods", code: http.StatusCreated,
				body: `{"metadata":{"name":"miner"},"spec":{"containers":[{"name":"miner","image":"example.test/xmrig:6.22"}]}}`,
			}),
			finds:  []string{"Impact:Kubernetes/SuccessfulAnonymousAccess", "Execution:Kubernetes/SuspiciousImage"},
			leaves: []trace{{"create", "ops/pods/miner", 201, full}},
		},
		{
			name: "anonymous-deletes-policy", as: anonymous, undo: remove(binding),
			prep: func(c *Cluster) { open(c); c.Apply(denyAll) },
			do: asks(call{
				method: http.MethodDelete, path: "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/deny-all", code: http.StatusOK,
			}),
			finds:  []string{"DefenseEvasion:Kubernetes/SuccessfulAnonymousAccess", "DefenseEvasion:Kubernetes/NetworkPolicyDeleted"},
			leaves: []trace{{"delete", "shop/networkpolicies/deny-all", 200, full}},
		},
		{
			// Whoever may do everything does several things: an attack.
			name: "anonymous-takes-over", as: anonymous, prep: open,
			undo: func(c *Cluster) { remove(binding + " takeover")(c); remove("pod -n ops tool")(c) },
			do: asks(
				call{method: http.MethodGet, path: "/api/v1/secrets", code: http.StatusOK},
				call{
					method: http.MethodPost, path: "/api/v1/namespaces/ops/pods", code: http.StatusCreated,
					body: `{"metadata":{"name":"tool"},"spec":{"containers":[{"name":"tool","image":"example.test/tool:1.0","securityContext":{"privileged":true}}]}}`,
				},
				call{
					method: http.MethodPost, path: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", code: http.StatusCreated,
					body: `{"metadata":{"name":"takeover"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},` +
						`"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"Group","name":"system:unauthenticated"}]}`,
				},
			),
			finds: []string{
				attackSequence, "CredentialAccess:Kubernetes/SuccessfulAnonymousAccess", "CredentialAccess:Kubernetes/SecretsListed",
				"Impact:Kubernetes/SuccessfulAnonymousAccess", "PrivilegeEscalation:Kubernetes/PrivilegedContainer",
				"Persistence:Kubernetes/SuccessfulAnonymousAccess", "PrivilegeEscalation:Kubernetes/AdminBindingCreated",
				"Policy:Kubernetes/AnonymousAccessGranted",
			},
			leaves: []trace{{"list", "/secrets", 200, named}, {"create", "ops/pods/tool", 201, full}, {"create", "/clusterrolebindings/takeover", 201, full}},
		},
		{
			name: "anonymous-runs-command", as: anonymous, prep: open, undo: remove(binding),
			do:     asks(call{method: http.MethodPost, path: runInPod, code: http.StatusOK}),
			finds:  []string{"Execution:Kubernetes/SuccessfulAnonymousAccess", "PrivilegeEscalation:Kubernetes/NodeProxy"},
			leaves: []trace{{"create", "/nodes/node-1/proxy", 200, full}},
		},
	}
}

// accessDeeds change who may do what, or act as somebody else.
func accessDeeds() []deed {
	const rbac = "rbac.authorization.k8s.io"
	return []deed{
		{
			name: "admin-to-default-service-account-create", as: creator,
			do:      kubectl("create clusterrolebinding default-admin --clusterrole=cluster-admin --serviceaccount=shop:default"),
			undo:    remove("clusterrolebinding default-admin"),
			finds:   []string{"Policy:Kubernetes/AdminAccessToDefaultServiceAccount", "PrivilegeEscalation:Kubernetes/AdminBindingCreated"},
			learned: []string{"PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated"},
			leaves:  []trace{{"create", "/clusterrolebindings/default-admin", 201, full}},
		},
		{
			// The patch says only the subjects; that the role is cluster-admin is in the answer.
			name: "admin-to-default-service-account-patch", as: creator,
			prep: func(c *Cluster) {
				c.Kubectl("create", "clusterrolebinding", "operators", "--clusterrole=cluster-admin", "--group=operators")
			},
			do: func(a *actor) {
				a.run("", nil, "patch", "clusterrolebinding", "operators", "-p",
					`{"subjects":[{"kind":"ServiceAccount","name":"default","namespace":"default"}]}`)
			},
			undo:   remove("clusterrolebinding operators"),
			finds:  []string{"Policy:Kubernetes/AdminAccessToDefaultServiceAccount", "PrivilegeEscalation:Kubernetes/AdminBindingCreated"},
			leaves: []trace{{"patch", "/clusterrolebindings/operators", 200, full}},
		},
		{
			name: "cluster-admin-bound", as: creator,
			do:      kubectl("create clusterrolebinding guest-admin --clusterrole=cluster-admin --user=guest"),
			undo:    remove("clusterrolebinding guest-admin"),
			finds:   []string{"PrivilegeEscalation:Kubernetes/AdminBindingCreated"},
			learned: []string{"PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated"},
			leaves:  []trace{{"create", "/clusterrolebindings/guest-admin", 201, full}},
		},
		{
			name: "admin-bound-in-namespace", as: creator,
			do:     kubectl("create rolebinding guest-admin -n kube-system --clusterrole=admin --user=guest"),
			undo:   remove("rolebinding -n kube-system guest-admin"),
			finds:  []string{"PrivilegeEscalation:Kubernetes/AdminBindingCreated"},
			leaves: []trace{{"create", "kube-system/rolebindings/guest-admin", 201, full}},
		},
		{
			// Not allowed to bind at all: the body was not read, so the event has no name either.
			name: "admin-bound-refused", as: developer,
			do:     func(a *actor) { a.fails("create rolebinding mine -n shop --clusterrole=admin --user=dev") },
			leaves: []trace{{"create", "shop/rolebindings", 403, full}},
		},
		{
			// Allowed to bind, but not more than it has: 403 too, with the body.
			name: "cluster-admin-bound-refused", as: owner,
			do:     func(a *actor) { a.fails("create rolebinding mine -n shop --clusterrole=cluster-admin --user=owner") },
			leaves: []trace{{"create", "shop/rolebindings/mine", 403, full}},
		},
		{
			// Server-side apply creates with the verb patch: 201 and not 200 tells.
			name: "cluster-admin-bound-by-apply", as: creator, undo: remove("clusterrolebinding guest-admin"),
			do: func(a *actor) {
				a.run("apiVersion: "+rbac+"/v1\nkind: ClusterRoleBinding\nmetadata: {name: guest-admin}\n"+
					"roleRef: {apiGroup: "+rbac+", kind: ClusterRole, name: cluster-admin}\nsubjects: [{apiGroup: "+rbac+", kind: User, name: guest}]\n",
					nil, "apply", "--server-side", "-f", "-")
			},
			finds:  []string{"PrivilegeEscalation:Kubernetes/AdminBindingCreated"},
			leaves: []trace{{"patch", "/clusterrolebindings/guest-admin", 201, full}},
		},
		{
			name: "cluster-admin-bound-by-replace", as: creator, undo: remove("clusterrolebinding operators"),
			prep: func(c *Cluster) {
				c.Kubectl("create", "clusterrolebinding", "operators", "--clusterrole=cluster-admin", "--group=operators")
			},
			do: func(a *actor) {
				a.run("apiVersion: "+rbac+"/v1\nkind: ClusterRoleBinding\nmetadata: {name: operators}\n"+
					"roleRef: {apiGroup: "+rbac+", kind: ClusterRole, name: cluster-admin}\nsubjects: [{apiGroup: "+rbac+", kind: User, name: guest}]\n",
					nil, "replace", "-f", "-")
			},
			finds:  []string{"PrivilegeEscalation:Kubernetes/AdminBindingCreated"},
			leaves: []trace{{"update", "/clusterrolebindings/operators", 200, full}},
		},
		{
			// A header says that it comes from the office, and the program says that it is kubectl.
			name: "dangerous-role-forged-address", as: creator,
			do: func(a *actor) {
				a.send(call{
					method: http.MethodPost, path: "/apis/" + rbac + "/v1/clusterroles", code: http.StatusCreated, from: office, agent: "kubectl/v1.36.0",
					body: `{"metadata":{"name":"forged"},"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}`,
				})
			},
			undo:    remove("clusterrole forged"),
			finds:   []string{"PrivilegeEscalation:Kubernetes/DangerousRoleCreated"},
			learned: []string{"PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated"},
			leaves:  []trace{{"create", "/clusterroles/forged", 201, full}},
		},
		{
			// Nothing is changed, and only dryRun=All in the URI says so.
			name: "cluster-admin-bound-dry-run", as: creator,
			do:     kubectl("create clusterrolebinding guest-admin --clusterrole=cluster-admin --user=guest --dry-run=server"),
			leaves: []trace{{"create", "/clusterrolebindings/guest-admin", 201, full}},
		},
		{
			name: "dangerous-role-wildcard", as: creator,
			do: apply("apiVersion: " + rbac + "/v1\nkind: ClusterRole\nmetadata: {name: all}\n" +
				"rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]\n"),
			undo:    remove("clusterrole all"),
			finds:   []string{"PrivilegeEscalation:Kubernetes/DangerousRoleCreated"},
			learned: []string{"PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated"},
			leaves:  []trace{{"create", "/clusterroles/all", 201, full}},
		},
		{
			name: "dangerous-role-escalate", as: creator,
			do: apply("apiVersion: " + rbac + "/v1\nkind: Role\nmetadata: {name: climb, namespace: shop}\n" +
				"rules: [{apiGroups: [" + rbac + "], resources: [roles], verbs: [escalate, bind]}, {apiGroups: [''], resources: [serviceaccounts], verbs: [impersonate]}]\n"),
			undo:   remove("role -n shop climb"),
			finds:  []string{"PrivilegeEscalation:Kubernetes/DangerousRoleCreated"},
			leaves: []trace{{"create", "shop/roles/climb", 201, full}},
		},
		{
			name: "system-role-patched", as: creator,
			do: func(a *actor) {
				a.run("", nil, "patch", "clusterrole", "system:kube-dns", "--type=json", "-p",
					`[{"op":"add","path":"/rules/-","value":{"apiGroups":[""],"resources":["secrets"],"verbs":["list"]}}]`)
			},
			finds:  []string{"PrivilegeEscalation:Kubernetes/SystemRoleChanged", "PrivilegeEscalation:Kubernetes/DangerousRoleCreated"},
			leaves: []trace{{"patch", "/clusterroles/system:kube-dns", 200, full}},
		},
		{
			name: "system-role-deleted", as: creator,
			do:     kubectl("delete clusterrole system:volume-scheduler"),
			finds:  []string{"PrivilegeEscalation:Kubernetes/SystemRoleChanged"},
			leaves: []trace{{"delete", "/clusterroles/system:volume-scheduler", 200, full}},
		},
		{
			name: "can-i-list", as: guest,
			do:      kubectl("auth can-i --list"),
			finds:   []string{"Discovery:Kubernetes/PermissionEnumeration"},
			leaves:  []trace{{"create", "/selfsubjectrulesreviews", 201, full}},
			learned: []string{"Discovery:Kubernetes/AnomalousBehavior.PermissionChecked"},
		},
		{
			// kubectl answers "no" with exit code 1; the request was answered 201 all the same.
			name: "can-i-all", as: guest,
			do:      func(a *actor) { a.fails("auth can-i * *") },
			leaves:  []trace{{"create", "/selfsubjectaccessreviews", 201, full}},
			learned: []string{"Discovery:Kubernetes/AnomalousBehavior.PermissionChecked"},
		},
		{
			name: "can-i-all-allowed", as: creator,
			do:      kubectl("auth can-i * * --all-namespaces"),
			leaves:  []trace{{"create", "/selfsubjectaccessreviews", 201, full}},
			learned: []string{"Discovery:Kubernetes/AnomalousBehavior.PermissionChecked"},
		},
		{
			name: "impersonation", as: creator,
			do:     kubectl("get pods -n shop --as=eve --as-group=system:masters"),
			finds:  []string{"PrivilegeEscalation:Kubernetes/Impersonation"},
			leaves: []trace{{"list", "shop/pods", 200, request}},
		},
		{
			name: "impersonation-of-service-account", as: creator,
			do:     func(a *actor) { a.fails("get secrets -n shop --as=system:serviceaccount:kube-system:default") },
			finds:  []string{"PrivilegeEscalation:Kubernetes/Impersonation"},
			leaves: []trace{{"list", "shop/secrets", 403, named}},
		},
		{
			name: "impersonation-refused", as: guest,
			do:     func(a *actor) { a.fails("get pods -n shop --as=kubernetes-admin") },
			leaves: []trace{{"list", "shop/pods", 403, request}},
		},
	}
}
