package detections

import (
	"fmt"
	"strconv"
	"strings"
)

// record is one audit record of an example, written by [record.String]. Fields that are not set get what most records
// have: a developer's kubectl, from a private address, at a time of their own.
type record struct {
	User, Groups, UserAgent, IP string
	Via                         string // the address that connects for IP, which only a header names then
	Extra                       string // JSON object
	Verb, URI                   string
	Resource                    string // RESOURCE[.GROUP][/SUBRESOURCE], as in a selector
	Namespace, Name             string
	Level                       string // RequestResponse where there is a response, else Request or Metadata
	Code                        int    // 200 where it is not set; none for -1
	Request, Response           string // JSON
	At                          int    // seconds after the example's beginning
	More                        string // further members, each ending in a comma
}

// String writes the record in one line.
func (r record) String() string {
	resource, sub, _ := strings.Cut(r.Resource, "/")
	resource, group, _ := strings.Cut(resource, ".")
	or := func(value, otherwise string) string {
		if value == "" {
			return otherwise
		}
		return value
	}
	var b strings.Builder
	at := fmt.Sprintf("2026-01-01T%02d:%02d:%02d.000000Z", r.At/3600, r.At/60%60, r.At%60)
	fmt.Fprintf(&b, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":%q,"auditID":"%08x-0000-4000-8000-%012x","stage":"ResponseComplete",`,
		or(r.Level, r.level()), len(r.URI)+len(r.Request), r.At)
	fmt.Fprintf(&b, `"requestURI":%q,"verb":%q,"user":{"username":%q,"groups":[%s]`, or(r.URI, r.uri(resource, group, sub)), or(r.Verb, "get"),
		or(r.User, "dev@example.com"), or(r.Groups, `"devs","system:authenticated"`))
	if r.Extra != "" {
		fmt.Fprintf(&b, `,"extra":%s`, r.Extra)
	}
	from := "10.0.3.7"
	if r.User == "system:apiserver" {
		from = "::1" // It calls itself.
	}
	addresses := strconv.Quote(or(r.IP, from))
	if r.Via != "" {
		addresses += "," + strconv.Quote(r.Via)
	}
	fmt.Fprintf(&b, `},"sourceIPs":[%s],"userAgent":%q,`, addresses, or(r.UserAgent, "kubectl/v1.35.0 (linux/amd64) kubernetes/0000000"))
	if resource != "" {
		fmt.Fprintf(&b, `"objectRef":{"resource":%q,"namespace":%q,"name":%q,"apiGroup":%q,"apiVersion":"v1","subresource":%q},`,
			resource, r.Namespace, r.Name, group, sub)
	}
	if r.Code >= 0 {
		code := r.Code
		if code == 0 {
			code = 200
		}
		fmt.Fprintf(&b, `"responseStatus":{"metadata":{},"code":%d},`, code)
	}
	if r.Request != "" {
		fmt.Fprintf(&b, `"requestObject":%s,`, r.Request)
	}
	if r.Response != "" {
		fmt.Fprintf(&b, `"responseObject":%s,`, r.Response)
	}
	fmt.Fprintf(&b, `%s"requestReceivedTimestamp":%q,"stageTimestamp":%q}`, r.More, at, at)
	return b.String() + "\n"
}

func (r record) level() string {
	switch {
	case r.Response != "":
		return "RequestResponse"
	case r.Request != "":
		return "Request"
	}
	return "Metadata"
}

// uri is the path that the API serves the object under.
func (r record) uri(resource, group, sub string) string {
	path := "/api/v1"
	if group != "" {
		path = "/apis/" + group + "/v1"
	}
	if r.Namespace != "" {
		path += "/namespaces/" + r.Namespace
	}
	for _, part := range []string{resource, r.Name, sub} {
		if part != "" {
			path += "/" + part
		}
	}
	return path
}

// binding writes a binding of a role to subjects, in JSON.
func binding(kind, role, subjects string) string {
	return fmt.Sprintf(`{"kind":%q,"apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"helper"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":%q},"subjects":[%s]}`,
		kind, role, subjects)
}

// bindingChanged is a request about a ClusterRoleBinding; what it sends is seen, and its result where there is one.
func bindingChanged(verb, request, response string) record {
	r := record{Verb: verb, Resource: "clusterrolebindings.rbac.authorization.k8s.io", Name: "helper", Request: request, Response: response}
	if verb == "create" {
		r.Code = 201
	}
	return r
}

// serviceChanged is a request about a Service with a body: what it sends, and its result where there is one.
func serviceChanged(verb, namespace, name, request, response string) record {
	r := record{Verb: verb, Resource: "services", Namespace: namespace, Name: name, Request: request, Response: response}
	if verb == "create" {
		r.Code = 201
	}
	return r
}

// serviceObject writes a Service, with further members of its metadata and of its spec, each beginning with a comma.
func serviceObject(name, kind, metadata, spec string) string {
	return fmt.Sprintf(`{"kind":"Service","apiVersion":"v1","metadata":{"name":%q%s},"spec":{"type":%q,"ports":[{"port":443,"targetPort":8443}]%s}}`,
		name, metadata, kind, spec)
}

// exec is a command run in a pod; a code of 0 stands for a record without one.
func exec(verb, namespace, pod string, code int) string {
	if code == 0 {
		code = -1
	}
	return record{
		Verb: verb, Resource: "pods/exec", Namespace: namespace, Name: pod, Code: code,
		URI: "/api/v1/namespaces/" + namespace + "/pods/" + pod + "/exec?command=sh&stdin=true&stdout=true&tty=true",
	}.String()
}
