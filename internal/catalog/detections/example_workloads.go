package detections

// workloadBody is the body of a workload with a pod template, or of a pod, with one container.
func workloadBody(kind, container, pod string) string {
	spec := `{"containers":[` + container + `]` + pod + `}`
	switch kind {
	case "Pod":
		return `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop"},"spec":` + spec + `}`
	case "CronJob":
		return `{"kind":"CronJob","apiVersion":"batch/v1","metadata":{"name":"web","namespace":"shop"},"spec":{"schedule":"@daily","jobTemplate":{"spec":{"template":{"spec":` + spec + `}}}}}`
	}
	return `{"kind":"` + kind + `","apiVersion":"apps/v1","metadata":{"name":"web","namespace":"shop"},"spec":{"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":` + spec + `}}}`
}

// deploys is a request that makes a workload.
func deploys(r record, kind, container, pod string) string {
	resource := map[string]string{"Pod": "pods", "CronJob": "cronjobs.batch", "Deployment": "deployments.apps", "DaemonSet": "daemonsets.apps"}[kind]
	r.Resource, r.Name, r.Request = resource, "web", workloadBody(kind, container, pod)
	if r.Verb == "" {
		r.Verb = "create"
	}
	if r.Namespace == "" {
		r.Namespace = "shop"
	}
	if r.Code == 0 {
		r.Code = 201
	}
	return r.String()
}

// derivedPod is a pod that the controller of ReplicaSets makes for a Deployment.
func derivedPod(r record, deployment, container string) string {
	r.User, r.UserAgent = "system:serviceaccount:kube-system:replicaset-controller", agentControllers
	r.Verb, r.Resource, r.Code = "create", "pods", 201
	r.Request = `{"kind":"Pod","apiVersion":"v1","metadata":{"generateName":"` + deployment + `-5d78c9869d-","namespace":"` + r.Namespace + `","labels":{"pod-template-hash":"5d78c9869d"},` +
		`"ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"` + deployment + `-5d78c9869d","uid":"1","controller":true}]},"spec":{"containers":[` + container + `]}}`
	return r.String()
}

// plainContainer is a container that does nothing unusual.
const plainContainer = `{"name":"main","image":"registry.example/web:1.0"}`
