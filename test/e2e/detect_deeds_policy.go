//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"strings"
)

// policyDeeds do what lists of what is allowed leave out, and what is poor practice or
// comes in masses.
func policyDeeds() []deed {
	pod := func(namespace, name, spec string) func(*actor) {
		return apply("apiVersion: v1\nkind: Pod\nmetadata: {name: " + name + ", namespace: " + namespace + "}\nspec: " + spec + "\n")
	}
	return []deed{
		{
			name: "user-not-listed", as: guest,
			do:     func(a *actor) { a.send(call{method: http.MethodGet, path: "/api", code: http.StatusOK}) },
			allows: []string{"users=" + developer},
			finds:  []string{"Policy:Kubernetes/UserNotAllowed"},
			leaves: []trace{{"get", "/api", 200, named}},
		},
		{
			name: "namespace-not-listed", as: creator, undo: remove("namespace side-door"),
			do:     kubectl("create namespace side-door"),
			allows: []string{"namespaces=team-*"},
			finds:  []string{"Policy:Kubernetes/NamespaceNotAllowed"},
			leaves: []trace{{"create", "/namespaces/side-door", 201, full}},
		},
		{
			name: "image-not-listed", as: creator, undo: remove("pod -n ops stranger"),
			do:     pod("ops", "stranger", podSpec("")),
			allows: []string{"images=registry.example.test/*"},
			finds:  []string{"Policy:Kubernetes/ImageNotAllowed"},
			leaves: []trace{{"create", "ops/pods/stranger", 201, full}},
		},
		{
			name: "image-of-stranger", as: developer, undo: remove("deployment -n shop stranger"),
			do: func(a *actor) {
				a.send(call{
					method: http.MethodPost, path: "/apis/apps/v1/namespaces/shop/deployments", code: http.StatusCreated,
					body: `{"metadata":{"name":"stranger"},"spec":{"selector":{"matchLabels":{"app":"stranger"}},"template":{"metadata":{"labels":{"app":"stranger"}},` +
						`"spec":{"containers":[{"name":"main","image":"stranger.example.test/tool:1.0"}]}}}}`,
				})
				a.c.awaitPod("shop", "stranger")
			},
			learned: []string{"Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed"},
			leaves:  []trace{{"create", "shop/deployments/stranger", 201, full}},
		},
		{
			name: "dangerous-capability", as: creator, undo: remove("pod -n ops capable"),
			do:     pod("ops", "capable", podSpec(", securityContext: {capabilities: {add: [SYS_ADMIN]}}")),
			finds:  []string{"PrivilegeEscalation:Kubernetes/DangerousCapability"},
			leaves: []trace{{"create", "ops/pods/capable", 201, full}},
		},
		{
			name: "pod-in-kube-system", as: creator, undo: remove("pod -n kube-system helper"),
			do:     pod("kube-system", "helper", podSpec("")),
			finds:  []string{"Execution:Kubernetes/PodInSystemNamespace"},
			leaves: []trace{{"create", "kube-system/pods/helper", 201, full}},
		},
		{
			name: "service-account-in-kube-system", as: creator, undo: remove("serviceaccount -n kube-system helper"),
			do:     kubectl("create serviceaccount helper -n kube-system"),
			finds:  []string{"Persistence:Kubernetes/ServiceAccountInSystemNamespace"},
			leaves: []trace{{"create", "kube-system/serviceaccounts/helper", 201, full}},
		},
		{
			name: "persistent-volume-of-node", as: creator, undo: remove("persistentvolume etc"),
			do: apply("apiVersion: v1\nkind: PersistentVolume\nmetadata: {name: etc}\n" +
				"spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], hostPath: {path: /etc}}\n"),
			finds:  []string{"Persistence:Kubernetes/PrivilegedPersistentVolume"},
			leaves: []trace{{"create", "/persistentvolumes/etc", 201, full}},
		},
		{
			name: "credentials-in-config-map", as: developer, undo: remove("configmap -n shop settings"),
			do: apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\n" +
				"data: {app.properties: \"aws_access_key_id = not-a-real-one\\naws_secret_access_key = not-a-real-one\\n\"}\n"),
			finds:  []string{"CredentialAccess:Kubernetes/CredentialsInConfigMap"},
			hidden: []string{"CredentialAccess:Kubernetes/CredentialsInConfigMap"},
			leaves: []trace{{"create", "shop/configmaps/settings", 201, named}},
		},
		{
			name: "mass-deletion", as: creator, prep: func(c *Cluster) { c.Apply(deploymentsOf(20)) },
			do:     kubectl("delete deployments -n ops -l many=yes --wait=false"),
			finds:  []string{"Impact:Kubernetes/MassDeletion"},
			leaves: []trace{{"delete", "ops/deployments/many-0", 200, full}, {"delete", "ops/deployments/many-19", 200, full}},
		},
		{
			name: "many-questions", as: guest,
			do: func(a *actor) {
				for _, resource := range []string{"pods", "services", "secrets", "configmaps", "nodes"} {
					for _, verb := range []string{"get", "list", "create", "delete"} {
						a.send(call{
							method: http.MethodPost, path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", code: http.StatusCreated,
							body: fmt.Sprintf(`{"spec":{"resourceAttributes":{"verb":%q,"resource":%q}}}`, verb, resource),
						})
					}
				}
			},
			finds:  []string{"Discovery:Kubernetes/AccessReviewBurst"},
			leaves: []trace{{"create", "/selfsubjectaccessreviews", 201, full}},
		},
	}
}

// deploymentsOf is the manifest of Deployments without Pods.
func deploymentsOf(n int) string {
	var b strings.Builder
	for i := range n {
		name := fmt.Sprintf("many-%d", i)
		fmt.Fprintf(&b, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s, namespace: ops, labels: {many: 'yes'}}\n"+
			"spec: {replicas: 0, selector: {matchLabels: {app: %s}}, template: {metadata: {labels: {app: %s}}, spec: %s}}\n---\n", name, name, name, podSpec(""))
	}
	return b.String()
}
