package detections

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
)

// intoPod is a request that leads into a pod: by exec, attach or port-forward, and with what query.
func intoPod(verb, namespace, pod, sub string, code int) string {
	sub, query, _ := strings.Cut(sub, "?")
	uri := "/api/v1/namespaces/" + namespace + "/pods/" + pod + "/" + sub
	if query != "" {
		uri += "?" + query
	}
	return record{Verb: verb, Resource: "pods/" + sub, Namespace: namespace, Name: pod, Code: code, URI: uri}.String()
}

// execOf is one command run in a pod.
func execOf(verb string, code int, command ...string) string {
	query := "container=main&stdin=true&stdout=true"
	for _, c := range command {
		query += "&command=" + url.QueryEscape(c)
	}
	return intoPod(verb, "shop", "web-0", "exec?"+query, code)
}

// graded is the severity of an example where it is not that of its rule.
func graded(s finding.Severity) *finding.Severity { return &s }

// admin is a cluster administrator of EKS, as the creator of a cluster is called.
const admin = "kubernetes-admin"

// The user agents of parts of Kubernetes.
const (
	agentKubelet     = "kubelet/v1.35.0 (linux/amd64) kubernetes/0000000"
	agentControllers = "kube-controller-manager/v1.35.0 (linux/amd64) kubernetes/0000000"
	agentAPIServer   = "kube-apiserver/v1.35.0 (linux/amd64) kubernetes/0000000"
)

func itoa(n int) string { return strconv.Itoa(n) }

// repeated is several records, ten seconds apart.
func repeated(n int, each func(i int) record) string {
	var b strings.Builder
	for i := range n {
		r := each(i)
		r.At = 10 * i
		b.WriteString(r.String())
	}
	return b.String()
}
