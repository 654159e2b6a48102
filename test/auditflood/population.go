package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/merlonsec/merlon/internal/event"
)

// flood makes the events of a cluster, in the order of their times.
type flood struct {
	s    settings
	rng  *rand.Rand
	made int
	day  int // the day that was prepared last, from 0

	namespaces []string // those of applications; more come every day
	nodes      []machine
	system     []account
	accounts   []account
	busy       int // how many accounts, of the first, make most of the requests
	people     []person
	sessions   []session
	attacks    []attack
	left       int // how many users have gone

	images int // how many repositories of images there are
}

// machine is a node.
type machine struct {
	user   string
	source event.Raw
}

// account is a service account, or a component of the control plane.
type account struct {
	user, agent string
	source      event.Raw
	habits      []call
	namespaces  []string // where it works; nil for everywhere
}

// call is one kind of request.
type call struct {
	verb, resource, sub, group string
	scope                      scope
}

// scope is where a kind of request goes.
type scope uint8

const (
	inNamespace scope = iota
	everywhere        // about all namespaces at once
	clusterWide       // about an object of no namespace
)

// start is a Monday.
func start() time.Time { return time.Date(2026, time.March, 2, 0, 0, 0, 0, time.UTC) }

func newFlood(s settings) *flood {
	f := &flood{s: s, rng: rand.New(rand.NewPCG(s.seed, 2)), day: -1, images: 900}
	for i := range 600 {
		f.namespaces = append(f.namespaces, fmt.Sprintf("team-%d-app-%d", i/5, i))
	}
	for range s.principals / 10 {
		f.nodes = append(f.nodes, f.newNode())
	}
	f.system = controlPlane()
	for range s.principals / 5 {
		f.people = append(f.people, f.newPerson())
	}
	for i := range s.principals - len(f.nodes) - len(f.people) - len(f.system) {
		f.accounts = append(f.accounts, f.newAccount(i))
	}
	f.busy = len(f.accounts) / 50
	f.planAttacks()
	return f
}

// users is how many there were in all.
func (f *flood) users() int {
	return len(f.nodes) + len(f.system) + len(f.accounts) + len(f.people) + f.left
}

func raw(address string) event.Raw { return event.Raw(`["` + address + `"]`) }

// inside is an address of a node or a pod: those of the cluster's VPC.
func (f *flood) inside() string {
	return fmt.Sprintf("10.20.%d.%d", f.rng.IntN(256), 1+f.rng.IntN(254))
}

func (f *flood) newNode() machine {
	address := f.inside()
	return machine{fmt.Sprintf("system:node:ip-%s-%d.ec2.internal", address, f.rng.IntN(1e6)), raw(address)}
}

// controlPlane lists what makes most of the requests of any cluster.
func controlPlane() []account {
	component := func(user, agent string, habits ...call) account {
		return account{user: user, agent: agent + "/v1.35.0 (linux/amd64) kubernetes/abcdef0", source: raw("10.20.0.10"), habits: habits}
	}
	lease := call{"update", "leases", "", "coordination.k8s.io", inNamespace}
	all := []account{
		component("system:kube-controller-manager", "kube-controller-manager", lease, call{"get", "serviceaccounts", "", "", inNamespace}),
		component("system:kube-scheduler", "kube-scheduler", lease, call{"create", "pods", "binding", "", inNamespace}, call{"patch", "pods", "status", "", inNamespace}),
		component("system:apiserver", "kube-apiserver", call{"get", "services", "", "", inNamespace}, call{"list", "secrets", "", "", everywhere}),
	}
	for _, name := range []string{"deployment", "replicaset", "endpoint", "endpointslice", "job", "cronjob", "daemon-set", "statefulset", "namespace", "node", "resourcequota", "generic-garbage-collector", "horizontal-pod-autoscaler"} {
		all = append(all, component("system:serviceaccount:kube-system:"+name+"-controller", "kube-controller-manager",
			call{"get", "deployments", "", "apps", inNamespace}, call{"update", "replicasets", "status", "apps", inNamespace},
			call{"list", "pods", "", "", everywhere}, call{"patch", "events", "", "", inNamespace}, call{"get", "nodes", "", "", clusterWide}))
	}
	return all
}

// newAccount makes a service account of one of the sorts that there are.
func (f *flood) newAccount(i int) account {
	namespace := f.namespaces[f.rng.IntN(len(f.namespaces))]
	a := account{
		user: fmt.Sprintf("system:serviceaccount:%s:app-%d", namespace, i), agent: fmt.Sprintf("app-%d/v1.%d.0 (linux/amd64) kubernetes/$Format", i%400, f.rng.IntN(9)),
		source: raw(f.inside()), namespaces: []string{namespace},
		habits: []call{{"list", "pods", "", "", inNamespace}, {"get", "configmaps", "", "", inNamespace}, {"update", "leases", "", "coordination.k8s.io", inNamespace}},
	}
	switch sort := f.rng.IntN(100); {
	case i < 30: // A deployer: images, namespaces, secrets and bindings, new ones every day.
		a.namespaces, a.agent = nil, "argocd-application-controller/v0.0.0 (linux/amd64) kubernetes/$Format"
		a.habits = []call{
			{"patch", "deployments", "", "apps", inNamespace},
			{"create", "deployments", "", "apps", inNamespace},
			{"get", "secrets", "", "", inNamespace},
			{"create", "secrets", "", "", inNamespace},
			{"list", "deployments", "", "apps", everywhere},
			{"create", "namespaces", "", "", clusterWide},
			{"create", "rolebindings", "", "rbac.authorization.k8s.io", inNamespace},
			{"create", "selfsubjectaccessreviews", "", "authorization.k8s.io", clusterWide},
		}
	case i < 130: // An operator of something in all namespaces.
		a.namespaces = nil
		a.habits = append(a.habits, call{"get", "secrets", "", "", inNamespace}, call{"list", "secrets", "", "", everywhere}, call{"update", "widgets", "status", "example.com", inNamespace})
	case sort < 25: // A program that reads its own secrets.
		a.habits = append(a.habits, call{"get", "secrets", "", "", inNamespace})
	case sort < 30: // A monitor.
		a.habits = append(a.habits, call{"list", "nodes", "", "", clusterWide}, call{"list", "pods", "", "", everywhere})
	case sort < 32: // A runner of jobs.
		a.habits = append(a.habits, call{"create", "jobs", "", "batch", inNamespace}, call{"delete", "jobs", "", "batch", inNamespace})
	}
	return a
}

// prepare makes what is new on a day.
func (f *flood) prepare(day int) {
	f.day = day
	for range 8 {
		f.namespaces = append(f.namespaces, fmt.Sprintf("team-%d-app-%d", f.rng.IntN(120), len(f.namespaces)))
	}
	f.images += 10
	for i := range f.nodes {
		if f.rng.IntN(15) == 0 { // Nodes live for two weeks or so.
			f.nodes[i] = f.newNode()
			f.left++
		}
	}
	for i := range f.accounts {
		a := &f.accounts[i]
		switch f.rng.IntN(3000) {
		default:
			if f.rng.IntN(4) == 0 { // The pod was started again somewhere.
				a.source = raw(f.inside())
			}
		case 0, 1: // A release that does something more.
			more := []call{{"get", "secrets", "", "", inNamespace}, {"list", "services", "", "", inNamespace}, {"create", "events", "", "", inNamespace}, {"list", "pods", "", "", everywhere}}
			a.habits = append(a.habits[:len(a.habits):len(a.habits)], more[f.rng.IntN(len(more))])
		case 2: // A release built with another library, which calls itself otherwise.
			a.agent = fmt.Sprintf("client-%d/v2.0.0 (linux/amd64)", f.rng.IntN(40))
		case 3: // A new program in the place of an old one.
			*a = f.newAccount(1000 + len(f.accounts)*(day+1) + i)
			f.left++
		}
	}
	for i := range f.people {
		f.tomorrow(&f.people[i])
	}
}

// fill appends events until dst is full; done says that there are no more.
func (f *flood) fill(dst []event.Event) (events []event.Event, done bool) {
	step := time.Duration(f.s.days) * 24 * time.Hour / time.Duration(f.s.events)
	for len(dst) < cap(dst) {
		if f.made == f.s.events {
			return dst, true
		}
		at := start().Add(step * time.Duration(f.made))
		if day := int(at.Sub(start()) / (24 * time.Hour)); day != f.day {
			f.prepare(day)
		}
		e, isAttack := f.strike(at)
		if !isAttack {
			e = f.next(at)
			e.AuditID = "00000000-0000-4000-8000-000000000000"
		}
		e.Stage, e.Level = event.StageResponseComplete, event.LevelRequestResponse
		e.Received, e.At = at.UnixNano(), at.UnixNano()
		dst = append(dst, e)
		f.made++
	}
	return dst, false
}

// next makes one ordinary event. Most are of the control plane and the busiest accounts, as in real clusters.
func (f *flood) next(at time.Time) event.Event {
	if f.rng.Float64() < f.humans(at) {
		return f.work(at)
	}
	switch of := f.rng.IntN(100); {
	case of < 50:
		return f.routine(&f.system[f.rng.IntN(len(f.system))])
	case of < 70:
		return f.kubelet(&f.nodes[f.rng.IntN(len(f.nodes))])
	case of < 85:
		return f.routine(&f.accounts[f.rng.IntN(f.busy)])
	}
	return f.routine(&f.accounts[f.rng.IntN(len(f.accounts))])
}

func (f *flood) kubelet(n *machine) event.Event {
	e := event.Event{User: event.User{Name: n.user}, UserAgent: "kubelet/v1.35.0 (linux/amd64) kubernetes/abcdef0", SourceIPs: n.source, Code: 200}
	namespace := f.namespaces[f.rng.IntN(len(f.namespaces))]
	switch f.rng.IntN(12) {
	case 0:
		set(&e, call{"list", "secrets", "", "", inNamespace}, namespace)
	case 1:
		set(&e, call{"create", "serviceaccounts", "token", "", inNamespace}, namespace)
	case 2, 3, 4:
		set(&e, call{"patch", "pods", "status", "", inNamespace}, namespace)
	case 5, 6:
		set(&e, call{"create", "events", "", "", inNamespace}, namespace)
	case 7, 8:
		set(&e, call{"update", "leases", "", "coordination.k8s.io", inNamespace}, "kube-node-lease")
	default:
		set(&e, call{"patch", "nodes", "status", "", clusterWide}, "")
	}
	return e
}

// routine is one of the things that an account always does.
func (f *flood) routine(a *account) event.Event {
	e := event.Event{User: event.User{Name: a.user}, UserAgent: a.agent, SourceIPs: a.source, Code: 200}
	namespaces := a.namespaces
	if namespaces == nil {
		namespaces = f.namespaces
	}
	c := a.habits[f.rng.IntN(len(a.habits))]
	namespace := namespaces[f.rng.IntN(len(namespaces))]
	set(&e, c, namespace)
	f.body(&e, c, namespace)
	return e
}

// set makes an event one of a kind of request.
func set(e *event.Event, c call, namespace string) {
	e.Verb = c.verb
	e.Object = event.Reference{Resource: c.resource, Subresource: c.sub, Group: c.group, Version: "v1"}
	if c.scope == inNamespace {
		e.Object.Namespace = namespace
	}
	if c.scope != everywhere && c.verb != "list" && c.verb != "create" {
		e.Object.Name = "object"
	}
}
