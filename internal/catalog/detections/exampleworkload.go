package detections

import "fmt"

// createdWorkload is a request that creates a workload of the namespace shop, with the object as it is stored.
func createdWorkload(resource, name, response string) record {
	return record{Verb: "create", Resource: resource, Namespace: "shop", Name: name, Code: 201, Response: response}
}

// later gives a record a minute's distance.
func later(r record) record {
	r.At += 60
	return r
}

// deploymentBody writes a Deployment with one container, and further members of the container and of the pod, each
// beginning with a comma.
func deploymentBody(image, container, pod string) string {
	return fmt.Sprintf(`{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"tool","namespace":"shop"},"spec":{"selector":{"matchLabels":{"app":"tool"}},"template":{"metadata":{"labels":{"app":"tool"}},"spec":{"containers":[{"name":"app","image":%q%s}]%s}}}}`,
		image, container, pod)
}

// podBody writes a Pod with containers.
func podBody(containers string) string {
	return `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"tool","namespace":"shop"},"spec":{"containers":[` + containers + `]}}`
}

// privileged is the member of a container that makes it privileged.
const privileged = `,"securityContext":{"privileged":true}`

func privilegedContainer(name, image string) string {
	return fmt.Sprintf(`{"name":%q,"image":%q%s}`, name, image, privileged)
}

// hostVolume is the member of a pod that gives it a path of the node, and hostMount that of a container that mounts it.
func hostVolume(path string) string {
	return fmt.Sprintf(`,"volumes":[{"name":"host","hostPath":{"path":%q}}]`, path)
}

func hostMount(more string) string {
	return `,"volumeMounts":[{"name":"host","mountPath":"/host"` + more + `}]`
}
