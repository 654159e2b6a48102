package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/event"
)

// attack is one of those that are planted between the events.
type attack struct {
	kind  attackKind
	at    time.Time
	steps int
	event event.Event // what every step repeats
}

// attackKind is how an attack goes: whose credentials, from where and with what, and what for.
type attackKind struct {
	name string
	make func(f *flood) event.Event
}

// elsewhere stands for an address of the attacker's, another one for each attack.
const elsewhere = "elsewhere"

func attackKinds() []attackKind {
	secrets := call{"list", "secrets", "", "", inNamespace}
	allSecrets := call{"list", "secrets", "", "", everywhere}
	exec := call{"get", "pods", "exec", "", inNamespace}
	deploy := call{"create", "deployments", "", "apps", inNamespace}
	bind := call{"create", "clusterrolebindings", "", "rbac.authorization.k8s.io", clusterWide}
	role := call{"create", "clusterroles", "", "rbac.authorization.k8s.io", clusterWide}
	ask := call{"create", "selfsubjectaccessreviews", "", "authorization.k8s.io", clusterWide}
	const kubectl, python = "kubectl/v1.34.1 (linux/amd64) kubernetes/abcdef0", "python-requests/2.32.3"
	return []attackKind{
		{"a pod's token reads secrets, with kubectl in the pod", func(f *flood) event.Event { return f.asAccount(secrets, kubectl, "", "") }},
		{"a pod's token runs commands, from elsewhere", func(f *flood) event.Event { return f.asAccount(exec, kubectl, elsewhere, "") }},
		{"a pod's token binds cluster-admin", func(f *flood) event.Event { return f.asAccount(bind, "curl/8.14.1", "", "") }},
		{"a pod's token asks what it may do", func(f *flood) event.Event { return f.asAccount(ask, kubectl, "", "") }},
		{"a pod's token mounts the node's files", func(f *flood) event.Event { return f.asAccount(deploy, "curl/8.14.1", "", hostPath) }},
		{"a person's credentials read all secrets, from elsewhere", func(f *flood) event.Event { return f.asPerson(allSecrets, python, elsewhere, "") }},
		{"a person's credentials run commands elsewhere, with kubectl", func(f *flood) event.Event { return f.asPerson(exec, "", elsewhere, "") }},
		{"a person's credentials deploy a privileged pod, with kubectl", func(f *flood) event.Event { return f.asPerson(deploy, "", elsewhere, privileged) }},
		{"a person's credentials deploy a miner", func(f *flood) event.Event { return f.asPerson(deploy, python, elsewhere, miner) }},
		{"a person's credentials make a role that may do everything", func(f *flood) event.Event { return f.asPerson(role, python, elsewhere, "") }},
		{"a person reads another team's secrets, as usual otherwise", func(f *flood) event.Event { return f.asPerson(secrets, "", "", "") }},
		{"a node's credentials read all secrets, from elsewhere", func(f *flood) event.Event { return f.asNode(allSecrets, kubectl, elsewhere) }},
	}
}

// planAttacks spreads the attacks over the time after learning, in the order of their times.
func (f *flood) planAttacks() {
	const learning = 9 * 24 * time.Hour
	rest := time.Duration(f.s.days)*24*time.Hour - learning
	for _, kind := range attackKinds() {
		for range f.s.attacks {
			at := start().Add(learning + time.Duration(f.rng.Int64N(int64(rest))))
			f.attacks = append(f.attacks, attack{kind: kind, at: at, steps: 3})
		}
	}
	slices.SortFunc(f.attacks, func(a, b attack) int { return a.at.Compare(b.at) })
}

// strike gives a step of an attack whose time has come.
func (f *flood) strike(at time.Time) (event.Event, bool) {
	for i := range f.attacks {
		a := &f.attacks[i]
		if a.at.After(at) {
			break
		}
		if a.steps > 0 {
			if a.event.Verb == "" {
				a.event = a.kind.make(f)
			}
			a.steps--
			e := a.event
			e.AuditID = fmt.Sprintf("%s%d-%d", attackPrefix, i, a.steps)
			a.at = a.at.Add(time.Minute)
			return e, true
		}
	}
	return event.Event{}, false
}

// asAccount is a request with the token of a service account that was not there for this.
func (f *flood) asAccount(c call, agent, from, image string) event.Event {
	does := func(h call) bool { return h.resource == c.resource && h.sub == c.sub }
	a := &f.accounts[130+f.rng.IntN(len(f.accounts)-130)]
	for slices.ContainsFunc(a.habits, does) || len(a.namespaces) == 0 {
		a = &f.accounts[130+f.rng.IntN(len(f.accounts)-130)]
	}
	e := event.Event{User: event.User{Name: a.user}, UserAgent: agent, SourceIPs: a.source}
	f.hostile(&e, c, a.namespaces[0], from, image)
	return e
}

// asPerson is a request with the credentials of a person, in a namespace that they do not work in.
func (f *flood) asPerson(c call, agent, from, image string) event.Event {
	p := &f.people[50+f.rng.IntN(len(f.people)-50)]
	for p.source == "" || p.reads && c.resource == "secrets" {
		p = &f.people[50+f.rng.IntN(len(f.people)-50)]
	}
	if agent == "" {
		agent = p.agents[0]
	}
	e := event.Event{User: event.User{Name: p.user}, UserAgent: agent, SourceIPs: p.source}
	f.hostile(&e, c, f.namespaces[f.rng.IntN(600)], from, image)
	return e
}

func (f *flood) asNode(c call, agent, from string) event.Event {
	n := &f.nodes[f.rng.IntN(len(f.nodes))]
	e := event.Event{User: event.User{Name: n.user}, UserAgent: agent, SourceIPs: n.source}
	f.hostile(&e, c, "", from, "")
	return e
}

func (f *flood) hostile(e *event.Event, c call, namespace, from, image string) {
	e.Code = 201
	if c.sub == "exec" {
		e.Code = 101
	}
	if from == elsewhere {
		e.SourceIPs = raw(fmt.Sprintf("185.%d.%d.7", f.rng.IntN(256), f.rng.IntN(256)))
	}
	set(e, c, namespace)
	switch c.resource {
	case "deployments":
		e.Response = deployment(namespace, image)
	case "clusterrolebindings":
		e.Response = binding("cluster-admin", "")
	case "clusterroles":
		e.Response = role("*")
	case "selfsubjectaccessreviews":
		e.Request = review("*", "*")
	}
}

// The workloads of attacks, each as the fields of its pod.
const (
	hostPath   = `"containers":[{"name":"a","image":"alpine:3.22","volumeMounts":[{"name":"h","mountPath":"/h"}]}],"volumes":[{"name":"h","hostPath":{"path":"/"}}]`
	privileged = `"containers":[{"name":"a","image":"alpine:3.22","securityContext":{"privileged":true}}]`
	miner      = `"containers":[{"name":"a","image":"docker.io/evil/xmrig:6"}]`
)

// body gives an ordinary event the body that its kind of request has.
func (f *flood) body(e *event.Event, c call, namespace string) {
	switch c.resource {
	case "deployments":
		if c.verb == "create" || c.verb == "patch" {
			// Images belong to namespaces; a new one comes now and then.
			image := hash(namespace) % 900
			if f.rng.IntN(50) == 0 {
				image = f.rng.IntN(f.images)
			}
			e.Code = 201
			e.Response = deployment(namespace, fmt.Sprintf(`"containers":[{"name":"main","image":"registry.example.com/app-%d:1.%d"}]`, image, f.day))
		}
	case "rolebindings":
		e.Code, e.Response = 201, binding([]string{"view", "edit", "edit", "admin"}[f.rng.IntN(4)], namespace)
	case "clusterroles":
		e.Code, e.Response = 201, role([]string{"get", "get", "*"}[f.rng.IntN(3)])
	case "selfsubjectaccessreviews":
		verbs, resources := []string{"get", "list", "create", "patch"}, []string{"pods", "deployments", "secrets", "services"}
		e.Code, e.Request = 201, review(verbs[f.rng.IntN(4)], resources[f.rng.IntN(4)])
	}
}

func hash(s string) int {
	h := 0
	for _, c := range []byte(s) {
		h = (h*31 + int(c)) & 0xffffff
	}
	return h
}

func deployment(namespace, pod string) event.Raw {
	return event.Raw(strings.Join([]string{
		`{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"main","namespace":"`, namespace,
		`"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"main"}},"template":{"metadata":{"labels":{"app":"main"}},"spec":{`, pod, `}}}}`,
	}, ""))
}

func binding(role, namespace string) event.Raw {
	kind := "RoleBinding"
	if namespace == "" {
		kind = "ClusterRoleBinding"
	}
	return event.Raw(`{"kind":"` + kind + `","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"b","namespace":"` + namespace +
		`"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"` + role + `"},"subjects":[{"kind":"Group","name":"team"}]}`)
}

func role(verb string) event.Raw {
	return event.Raw(`{"kind":"ClusterRole","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["` + verb + `"]}]}`)
}

func review(verb, resource string) event.Raw {
	return event.Raw(`{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"verb":"` + verb + `","resource":"` + resource + `"}}}`)
}
