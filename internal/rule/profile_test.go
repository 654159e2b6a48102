package rule

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/event"
)

func TestProfileValues(t *testing.T) {
	object := func(verb, resource, sub, group, namespace, name string) event.Event {
		return event.Event{Verb: verb, Object: event.Reference{Resource: resource, Subresource: sub, Group: group, Namespace: namespace, Name: name}}
	}
	with := func(e event.Event, change func(e *event.Event)) event.Event {
		change(&e)
		return e
	}
	deploy := object("create", "deployments", "", "apps", "shop", "web")
	deploy.Response = `{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web"},"spec":{"template":{"spec":{
		"containers":[{"name":"a","image":"nginx:1.29"},{"name":"b","image":"ghcr.io/x/y@sha256:0000","securityContext":{"privileged":true}}],
		"volumes":[{"name":"v","hostPath":{"path":"/etc"}}]}}}}`
	ask := func(attributes string) event.Event {
		e := object("create", "selfsubjectaccessreviews", "", "authorization.k8s.io", "", "")
		e.Request = event.Raw(`{"kind":"SelfSubjectAccessReview","spec":{` + attributes + `}}`)
		return e
	}
	from := func(ip string) event.Event { return event.Event{SourceIPs: event.Raw(`["10.0.0.1","` + ip + `"]`)} }
	for name, c := range map[string]struct {
		profile Profile
		event   event.Event
		want    string
	}{
		"a verb and a resource":                {ProfileAPI, object("get", "deployments", "", "apps", "shop", "web"), "get deployments.apps"},
		"a patch is an update":                 {ProfileAPI, object("patch", "pods", "status", "", "shop", "web"), "update pods/status"},
		"a watch is a list":                    {ProfileAPI, object("watch", "pods", "", "", "shop", ""), "list pods"},
		"exec by WebSocket":                    {ProfileAPI, object("get", "pods", "exec", "", "shop", "web"), "connect pods/exec"},
		"exec by SPDY":                         {ProfileAPI, object("create", "pods", "exec", "", "shop", "web"), "connect pods/exec"},
		"a namespace":                          {ProfileNamespace, object("get", "pods", "", "", "shop", "web"), "shop"},
		"all namespaces at once":               {ProfileNamespace, object("list", "secrets", "", "", "", ""), "*"},
		"objects of the cluster":               {ProfileNamespace, object("list", "nodes", "", "", "", ""), ""},
		"an object of the cluster":             {ProfileNamespace, object("get", "nodes", "", "", "", "n"), ""},
		"a program":                            {ProfileUserAgent, event.Event{UserAgent: "kubectl/v1.35.0 (linux/amd64)"}, "kubectl"},
		"a program without version":            {ProfileUserAgent, event.Event{UserAgent: "node-fetch"}, "node-fetch"},
		"a program with a byte of zero":        {ProfileUserAgent, event.Event{UserAgent: "a\x00b"}, "a b"},
		"a long program of two bytes a letter": {ProfileUserAgent, event.Event{UserAgent: "x" + strings.Repeat("é", 100)}, "x" + strings.Repeat("é", 63)},
		"no program":                           {ProfileUserAgent, event.Event{}, ""},
		"a public network":                     {ProfileNetwork, from("203.0.113.20"), "203.0.113.0/24"},
		"a private network":                    {ProfileNetwork, from("10.20.30.40"), "10.20.0.0/16"},
		"a network of IPv6":                    {ProfileNetwork, from("2001:db8:1:2::3"), "2001:db8:1::/48"},
		"an IPv4 address written as IPv6":      {ProfileNetwork, from("::ffff:203.0.113.20"), "203.0.113.0/24"},
		"an address that is none":              {ProfileNetwork, from("unknown"), ""},
		"the images of a workload":             {ProfileImage, deploy, "docker.io/library/nginx|ghcr.io/x/y"},
		"what a workload gets of a node":       {ProfileNode, deploy, "privileged|hostPath"},
		"images that a controller runs": {ProfileImage, with(deploy, func(e *event.Event) {
			e.User.Name = "system:serviceaccount:kube-system:deployment-controller"
		}), ""},
		"the role of a binding": {ProfileRole, with(object("create", "rolebindings", "", "rbac.authorization.k8s.io", "shop", "b"), func(e *event.Event) {
			e.Request = `{"kind":"RoleBinding","roleRef":{"kind":"ClusterRole","name":"edit"}}`
		}), "ClusterRole edit"},
		"a permission":              {ProfilePermission, ask(`"resourceAttributes":{"verb":"create","resource":"pods","subresource":"exec"}`), "create pods/exec"},
		"a permission on a path":    {ProfilePermission, ask(`"nonResourceAttributes":{"verb":"get","path":"/metrics"}`), "get /metrics"},
		"all permissions":           {ProfilePermission, object("create", "selfsubjectrulesreviews", "", "authorization.k8s.io", "", ""), "everything"},
		"a permission that is none": {ProfilePermission, ask(``), ""},
	} {
		t.Run(name, func(t *testing.T) {
			var a Action
			a.Reset(&c.event, &Surroundings{})
			got := strings.ReplaceAll(strings.TrimSuffix(string(c.profile.Append(nil, &a)), "\x00"), "\x00", "|")
			if got != c.want {
				t.Errorf("it is %q, want %q", got, c.want)
			}
		})
	}
	long := event.Event{UserAgent: strings.Repeat("x", 1000)}
	var a Action
	a.Reset(&long, &Surroundings{})
	if got := ProfileUserAgent.Append(nil, &a); len(got) != valueLimit+1 {
		t.Errorf("a long value takes %d bytes", len(got))
	}
}
