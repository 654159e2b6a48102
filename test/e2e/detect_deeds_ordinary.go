//go:build e2e

package e2e

// ordinaryDeeds are what people do all day: nothing above low may come of them.
func ordinaryDeeds() []deed {
	return []deed{
		{
			name: "ordinary-administration", as: creator, from: office,
			do:     kubectl("get nodes", "get namespaces", "get pods -A", "describe deployments -n ops"),
			leaves: []trace{{"list", "/nodes", 200, request}, {"list", "/namespaces", 200, request}, {"list", "/pods", 200, request}},
		},
		{
			name: "ordinary-question", as: guest, from: office,
			do:     func(a *actor) { a.fails("auth can-i list pods -n shop") },
			leaves: []trace{{"create", "/selfsubjectaccessreviews", 201, full}},
		},
		{
			name: "ordinary-reads", as: developer, from: office,
			do: kubectl("get pods -n shop", "get deployments -n shop -o wide", "describe pod web -n shop", "logs -n shop web"),
			leaves: []trace{
				{"list", "shop/pods", 200, request},
				{"list", "shop/deployments", 200, request},
				{"get", "shop/pods/web", 200, request},
				{"get", "shop/pods/web/log", 200, request},
			},
		},
		{
			name: "ordinary-denied", as: guest, from: office,
			do:     func(a *actor) { a.fails("get nodes") },
			leaves: []trace{{"list", "/nodes", 403, request}},
		},
		{
			name: "ordinary-secret", as: developer, from: office,
			prep:   prepare("apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: shop}\nstringData: {password: not-a-real-one}\n"),
			do:     kubectl("get secret -n shop a"),
			leaves: []trace{{"get", "shop/secrets/a", 200, named}},
		},
		{
			// The ReplicaSet and the Pod are the controllers' doing.
			name: "ordinary-deployment", as: developer, from: office, undo: remove("deployment -n shop front"),
			do: func(a *actor) {
				a.apply(deployment("front"))
				a.c.awaitPod("shop", "front")
			},
			leaves: []trace{{"create", "shop/deployments/front", 201, full}},
		},
		{
			name: "ordinary-rollout", as: developer, from: office, prep: deployed("back"), undo: remove("deployment -n shop back"),
			do:     kubectl("rollout restart -n shop deployment/back", "scale -n shop deployment/back --replicas=2"),
			leaves: []trace{{"patch", "shop/deployments/back", 200, full}, {"patch", "shop/deployments/back/scale", 200, full}},
		},
		{
			name: "ordinary-service", as: developer, from: office, undo: remove("service -n shop inside"),
			do:     kubectl("create service clusterip inside -n shop --tcp=80:8080"),
			leaves: []trace{{"create", "shop/services/inside", 201, full}},
		},
	}
}
