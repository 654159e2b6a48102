package main

import (
	"fmt"
	"time"

	"github.com/merlonsec/merlon/internal/event"
)

// person is somebody who works with the cluster.
type person struct {
	user       string
	zone       int // hours that their day begins after midnight UTC
	namespaces []string
	agents     []string
	office     string // network of three bytes
	home       string
	// homeChanges is the number of days after which the provider gives another address, 0 for hardly ever; atHome is the
	// chance of working there, in percent.
	homeChanges, atHome int
	works               bool // today
	source              event.Raw
	// What they do beside looking.
	execs, reads, deploys, asks, administers bool
}

// session is a while in which a person works at one thing.
type session struct {
	person    int
	left      int
	namespace string
	agent     string
	source    event.Raw
}

func (f *flood) newPerson() person {
	n := len(f.people) + f.left
	p := person{
		user: fmt.Sprintf("person-%d@example.com", n), zone: []int{7, 8, 13}[f.rng.IntN(3)],
		office: fmt.Sprintf("203.0.%d", f.rng.IntN(6)), home: f.provider(), atHome: 10 + f.rng.IntN(60),
		homeChanges: []int{0, 0, 0, 0, 14, 7, 1}[f.rng.IntN(7)],
		agents:      []string{f.kubectl()},
		execs:       f.rng.IntN(10) < 3, reads: f.rng.IntN(10) < 2, deploys: f.rng.IntN(10) < 2, asks: f.rng.IntN(20) == 0, administers: n < 50,
	}
	if f.rng.IntN(4) == 0 {
		p.agents = append(p.agents, f.tool())
	}
	team := f.rng.IntN(120)
	for i := range 1 + f.rng.IntN(5) {
		p.namespaces = append(p.namespaces, f.namespaces[team*5+i])
	}
	return p
}

// provider is a network of one of those that people have at home.
func (f *flood) provider() string {
	return fmt.Sprintf("%d.%d.%d", 80+f.rng.IntN(12), f.rng.IntN(256), f.rng.IntN(256))
}

func (f *flood) kubectl() string {
	return fmt.Sprintf("kubectl/v1.%d.%d (darwin/arm64) kubernetes/abcdef0", 31+f.rng.IntN(5), f.rng.IntN(9))
}

func (f *flood) tool() string {
	tools := []string{"k9s/0.50.6 (linux/amd64)", "Lens/2026.2.0", "Helm/3.19.0", "Terraform/1.13.0 Provider/2.38.0", "stern/1.33.0", "node-fetch", "kubectx/0.9.5", "Headlamp/0.35.0"}
	return tools[f.rng.IntN(len(tools))]
}

// tomorrow makes the day of a person: whether and where they work, and what is new.
func (f *flood) tomorrow(p *person) {
	weekday := (f.day + 1) % 7 // 1 is a Monday
	p.works = weekday != 6 && weekday != 0 && f.rng.IntN(12) != 0
	if p.homeChanges > 0 && f.rng.IntN(p.homeChanges) == 0 {
		p.home = p.home[:len(p.home)-1] + fmt.Sprint(f.rng.IntN(10))
	}
	network := p.office
	switch {
	case f.rng.IntN(250) == 0: // Travelling.
		network = f.provider()
	case f.rng.IntN(100) < p.atHome:
		network = p.home
	}
	p.source = raw(fmt.Sprintf("%s.%d", network, 1+f.rng.IntN(254)))
	switch f.rng.IntN(400) {
	case 0, 1, 2: // Another kubectl.
		p.agents[0] = f.kubectl()
	case 3, 4:
		p.agents = append(p.agents[:len(p.agents):len(p.agents)], f.tool())
	case 5, 6, 7, 8, 9, 10: // Something to do in another namespace.
		p.namespaces = append(p.namespaces[:len(p.namespaces):len(p.namespaces)], f.namespaces[f.rng.IntN(len(f.namespaces))])
	case 11: // Something new to do, in a new place: another team.
		p.namespaces = []string{f.namespaces[f.rng.IntN(len(f.namespaces))]}
		p.execs, p.reads, p.deploys = f.rng.IntN(2) == 0, f.rng.IntN(3) == 0, f.rng.IntN(3) == 0
	case 12: // They learn something.
		p.execs = true
	case 13:
		p.reads = true
	case 14:
		p.deploys = true
	case 15: // Somebody leaves, and somebody comes.
		f.left++
		*p = f.newPerson()
	}
}

// humans is the share of people's requests at a time.
func (f *flood) humans(at time.Time) float64 {
	switch {
	case at.Weekday() == time.Saturday || at.Weekday() == time.Sunday:
		return 0.001
	case at.Hour() < 7 || at.Hour() > 21:
		return 0.004
	}
	return 0.09
}

// work is the next request of one of those who work.
func (f *flood) work(at time.Time) event.Event {
	const atOnce = 150
	if len(f.sessions) < atOnce {
		f.sessions = append(f.sessions, f.newSession(at))
	}
	i := f.rng.IntN(len(f.sessions))
	s := &f.sessions[i]
	if s.left--; s.left <= 0 {
		*s = f.newSession(at)
	}
	return f.act(s)
}

func (f *flood) newSession(at time.Time) session {
	i := 0
	for range 50 { // At night and at weekends, whoever is up.
		i = f.rng.IntN(len(f.people))
		if hour := at.Hour() - f.people[i].zone; f.people[i].works && hour >= 0 && hour < 10 {
			break
		}
	}
	p := &f.people[i]
	if p.source == "" {
		p.source = raw(p.home + ".9")
	}
	return session{i, 5 + f.rng.IntN(25), p.namespaces[f.rng.IntN(len(p.namespaces))], p.agents[f.rng.IntN(len(p.agents))], p.source}
}

// act is one request of a session: mostly a look at something.
func (f *flood) act(s *session) event.Event {
	p := &f.people[s.person]
	e := event.Event{User: event.User{Name: p.user}, UserAgent: s.agent, SourceIPs: s.source, Code: 200}
	c := call{"list", "pods", "", "", inNamespace}
	switch of := f.rng.IntN(200); {
	case of < 40:
		c = call{"get", "pods", "log", "", inNamespace}
	case of < 60:
		c = call{"get", "deployments", "", "apps", inNamespace}
	case of < 70:
		c = call{"list", "services", "", "", inNamespace}
	case of < 75:
		c = call{"list", "nodes", "", "", clusterWide}
	case of < 80:
		c = call{"list", "events", "", "", inNamespace}
	case of < 90 && p.execs:
		c, e.Code = call{"get", "pods", "exec", "", inNamespace}, 101
	case of < 100 && p.reads:
		c = call{"get", "secrets", "", "", inNamespace}
	case of < 104 && p.reads:
		c = call{"list", "secrets", "", "", inNamespace}
	case of < 114 && p.deploys:
		c = call{"patch", "deployments", "", "apps", inNamespace}
	case of < 116 && p.deploys:
		c = call{"create", "deployments", "", "apps", inNamespace}
	case of < 120 && p.asks:
		c = call{"create", "selfsubjectaccessreviews", "", "authorization.k8s.io", clusterWide}
	case of < 124 && p.administers:
		c = call{"create", "rolebindings", "", "rbac.authorization.k8s.io", inNamespace}
	case of < 126 && p.administers:
		c = call{"create", "clusterroles", "", "rbac.authorization.k8s.io", clusterWide}
	}
	namespace := s.namespace
	if p.administers && f.rng.IntN(10) == 0 {
		namespace = f.namespaces[f.rng.IntN(len(f.namespaces))]
	}
	set(&e, c, namespace)
	f.body(&e, c, namespace)
	return e
}
