package event

import (
	"net/url"
	"path"
	"strings"
)

// KubeletCall is a request to the kubelet's own API, which the API server hands on for nodes/proxy
// (https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/).
type KubeletCall struct {
	// Does is the first part of the kubelet's path: "run", "exec", "attach", "pods", "metrics".
	Does string
	// Namespace, Pod and Container tell where it runs something: /run/NAMESPACE/POD/CONTAINER, or with the pod's UID
	// before the container. They are "" for requests of other kinds.
	Namespace, Pod, Container string
}

// Runs reports whether the kubelet is asked to run something in a container, or to join what runs there.
func (k KubeletCall) Runs() bool { return k.Does == "exec" || k.Does == "run" || k.Does == "attach" }

// Kubelet gives what a request asks of a kubelet; ok is false where it asks none for anything.
//
// The path is read as the API server does: it unescapes the path once, takes it apart at its slashes, and cleans what it
// hands on of "..", "." and doubled slashes. Otherwise /proxy//run and /proxy/%72un would run commands unseen.
func (e *Event) Kubelet() (k KubeletCall, ok bool) {
	if e.Object.Resource != "nodes" || e.Object.Subresource != "proxy" {
		return KubeletCall{}, false
	}
	parts := strings.Split(strings.Trim(e.plainPath(), "/"), "/")
	const until = 5 // The parts before the kubelet's own: api/v1/nodes/NAME/proxy.
	if len(parts) <= until || parts[until-1] != "proxy" {
		return KubeletCall{}, false
	}
	own := strings.Split(strings.TrimPrefix(path.Clean("/"+strings.Join(parts[until:], "/")), "/"), "/")
	k.Does = own[0]
	if k.Runs() {
		at := func(i int) string {
			if i < len(own) {
				return own[i]
			}
			return ""
		}
		k.Namespace, k.Pod, k.Container = at(1), at(2), at(max(len(own)-1, 3))
	}
	return k, k.Does != ""
}

// plainPath is the path of the request, unescaped. What is escaped wrongly, which the API server refuses, stays as it is.
func (e *Event) plainPath() string {
	written := e.Path()
	if !strings.Contains(written, "%") {
		return written
	}
	if plain, err := url.PathUnescape(written); err == nil {
		return plain
	}
	return written
}
