package vpc

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// Service says whether the internet reaches the ports that the containers of an ECS service listen on. It is
// empty for any other resource, and for a service that was deleted. The answer is worked out once, and may not be
// changed.
//
// A service may run several task definitions in several networks, while it is deployed; each definition is judged
// in each network.
func (m *Model) Service(r *inventory.Resource) Reach {
	s, ok := r.Spec.(*aws.ServiceSpec)
	if !ok {
		return Reach{}
	}
	f := m.facts()
	return f.answers.get(r.UID, func() Reach { return f.reach(r, s) })
}

func (f *facts) reach(r *inventory.Resource, s *aws.ServiceSpec) Reach {
	var reach Reach
	if tooLarge(s) {
		g := f.doubtful(Placement, evidence(r, "$.serviceArn", string(r.UID)), tooMany(r.UID.Short()))
		reach.Paths = []Path{f.start().through(g).path(Direct), f.start().through(g).path(Balanced)}
		return reach
	}
	runs := f.runs(r, s)
	for i := range runs {
		reach.Paths = append(reach.Paths, f.direct(&runs[i])...)
	}
	reach.Paths = append(reach.Paths, f.balanced(r, s, runs)...)
	slices.SortStableFunc(reach.Paths, func(a, b Path) int {
		return cmp.Or(cmp.Compare(b.State, a.State), cmp.Compare(a.Kind, b.Kind))
	})
	return reach
}

// maxParts is how many subnets, load balancers and task definitions of a service the model looks at: more than the
// 16, 5 and few that AWS allows (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html).
const maxParts = 200

// tooLarge reports whether a service has more parts than AWS allows, so that a file may not make the model work for
// hours.
func tooLarge(s *aws.ServiceSpec) bool {
	subnets := 0
	for _, n := range s.Networks {
		subnets += len(n.Subnets)
	}
	return subnets > maxParts || len(s.Networks) > maxParts || len(s.LoadBalancers) > maxParts || len(s.TaskDefinitions) > maxParts
}

// run is where the tasks of one task definition listen.
type run struct {
	landings []landing
	// spread is set where tasks may be at any of the landings, and nobody knows at which.
	spread bool
	// doubt is a gate to where nothing is known of; nil where everything is.
	doubt *gate
}

// landing is an address where containers listen, and what stands before it.
type landing struct {
	subnet  place
	groups  groups
	address gate
	sockets []socket
	// instance is the ID of the instance that has the address; "" for a task that has its own.
	instance string
	// addresses are the private ones, as far as they were read.
	addresses []string
}

// socket is what a container listens on.
type socket struct {
	// ports are those of the landing that lead to the container, and first and last those of the container.
	ports       ports
	container   string
	first, last int32
	gate        gate
}

// is reports whether two sockets are the same port of the same container.
func (s *socket) is(other *socket) bool {
	return s.container == other.container && s.first == other.first && s.last == other.last && s.ports.protocol == other.ports.protocol
}

// runs gives where the tasks of a service listen.
func (f *facts) runs(r *inventory.Resource, s *aws.ServiceSpec) []run {
	return f.running.get(r.UID, func() []run { return f.runsOf(r, s) })
}

func (f *facts) runsOf(r *inventory.Resource, s *aws.ServiceSpec) []run {
	if s.Status == "INACTIVE" {
		return nil
	}
	definitions := s.TaskDefinitions
	if len(definitions) == 0 {
		definitions = []aws.Reference{{Path: "$.taskDefinition"}}
	}
	var all []run
	for _, d := range definitions {
		t := task{service: r, spec: s, reference: d}
		if known := f.view.Get(d.UID); known != nil {
			t.resource = known
			t.definition, _ = known.Spec.(*aws.TaskDefinitionSpec)
		}
		for _, running := range f.tasks[ofService{s.Cluster, r.Name}] {
			if running.Spec.(*aws.TaskSpec).TaskDefinition == d.UID {
				t.running = append(t.running, running)
			}
		}
		all = append(all, f.runOf(&t))
	}
	return all
}

// task is a task definition as a service runs it.
type task struct {
	service   *inventory.Resource
	spec      *aws.ServiceSpec
	reference aws.Reference
	// resource and definition are nil where the definition was not read.
	resource   *inventory.Resource
	definition *aws.TaskDefinitionSpec
	running    []*inventory.Resource
}

// mode is the network mode of the tasks. A service gives networks to tasks of the mode awsvpc, and only to them; a
// definition that says none gets that of its platform
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking.html).
func (t *task) mode() string {
	switch {
	case t.definition != nil && t.definition.NetworkMode != "":
		return t.definition.NetworkMode
	case len(t.spec.Networks) > 0 || t.spec.LaunchType == "FARGATE" || slices.ContainsFunc(t.spec.Capacity, isFargate):
		return "awsvpc"
	case t.definition == nil || t.definition.Unknown.Touches("$.networkMode"):
		return ""
	}
	return "bridge"
}

func isFargate(provider string) bool { return strings.HasPrefix(provider, "FARGATE") }

func (f *facts) runOf(t *task) run {
	if t.spec.LaunchType == "EXTERNAL" {
		return f.nowhere(Placement, evidence(t.service, "$.launchType", "EXTERNAL"), outsideAWS())
	}
	switch t.mode() {
	case "none":
		return run{}
	case "awsvpc":
		return f.inNetworks(t)
	case "":
		why := notRead(string(t.reference.UID))
		if t.definition != nil {
			why = openField(t.resource.UID, "$.networkMode")
		}
		return f.nowhere(ContainerPort, evidence(t.service, t.reference.Path, string(t.reference.UID)), why)
	}
	return f.onInstances(t)
}

// nowhere is a run of which it is not known where its tasks listen.
func (f *facts) nowhere(kind HopKind, e finding.Evidence, why *lang.Text) run {
	g := f.doubtful(kind, e, why)
	return run{doubt: &g}
}

// inNetworks gives the landings of tasks with network interfaces of their own.
func (f *facts) inNetworks(t *task) run {
	r, s := t.service, t.spec
	var all run
	sockets := f.sockets(t)
	for _, n := range s.Networks {
		g := networkGroups(r, s, &n)
		for i, id := range n.Subnets {
			subnet := place{id, r, element(n.Path+".subnets", i)}
			l := landing{subnet: subnet, groups: g, address: f.taskAddress(t, &n, subnet), sockets: sockets}
			for _, running := range t.running {
				if task := running.Spec.(*aws.TaskSpec); task.Subnet == id {
					l.addresses = append(l.addresses, task.PrivateIPs...)
				}
			}
			all.landings = append(all.landings, l)
		}
		if s.Unknown.Touches(n.Path + ".subnets") {
			g := f.leftOpen(InternetRoute, r, n.Path+".subnets")
			all.doubt = &g
		}
	}
	if len(s.Networks) == 0 {
		return f.nowhere(InternetRoute, evidence(r, "$.networkConfiguration", nil), noSubnets(r.UID))
	}
	return all
}

// sockets lists the ports of tasks with network interfaces of their own: the task definition's. Where it maps
// none or was not read, whatever listens might be reached.
func (f *facts) sockets(t *task) []socket {
	var all []socket
	for c, p := range t.mappings() {
		all = append(all, socket{
			ports: anyOf(p.Protocol, p.Container, p.Last), container: c.Name, first: p.Container, last: p.Last, gate: f.opened(ContainerPort, mapped(t.resource, p)),
		})
	}
	if len(all) == 0 || t.portsOpen() {
		all = append(all, f.anySocket(t)...)
	}
	return all
}

// mappings yields the ports that the task definition maps, as far as they are known.
func (t *task) mappings() iter.Seq2[*aws.ContainerDefinition, *aws.PortMapping] {
	return func(yield func(*aws.ContainerDefinition, *aws.PortMapping) bool) {
		if t.definition == nil {
			return
		}
		n := 0
		for i := range t.definition.Containers {
			c := &t.definition.Containers[i]
			for j := range c.Ports {
				if n++; n > maxRules || c.Ports[j].Container != 0 && !yield(c, &c.Ports[j]) {
					return
				}
			}
		}
	}
}

// portsOpen reports whether a plan leaves ports open, or there are more than the model looks at.
func (t *task) portsOpen() bool {
	if t.definition == nil {
		return false
	}
	n := 0
	for i := range t.definition.Containers {
		n += len(t.definition.Containers[i].Ports)
	}
	return n > maxRules || t.definition.Unknown.Touches("$.containerDefinitions.portMappings")
}

// mapped shows a port mapping.
func mapped(definition *inventory.Resource, p *aws.PortMapping) finding.Evidence {
	if p.Last != p.Container {
		return evidence(definition, p.Path+".containerPortRange", rangeText(p.Container, p.Last))
	}
	return evidence(definition, p.Path+".containerPort", int(p.Container))
}

// anySocket is whatever listens.
func (f *facts) anySocket(t *task) []socket {
	e, why := evidence(t.service, t.reference.Path, string(t.reference.UID)), notRead(string(t.reference.UID))
	switch {
	case t.reference.UID == "":
		why = openField(t.service.UID, t.reference.Path)
	case t.portsOpen():
		e, why = evidence(t.resource, "$.containerDefinitions", nil), openField(t.resource.UID, "$.containerDefinitions")
	case t.definition != nil:
		e, why = evidence(t.resource, "$.containerDefinitions", nil), noMapping()
	}
	g := f.doubtful(ContainerPort, e, why)
	return []socket{{ports: anyOf("tcp", 1, lastPort), last: lastPort, gate: g}, {ports: anyOf("udp", 1, lastPort), last: lastPort, gate: g}}
}

// direct gives the paths to the addresses where tasks listen, one for each port of a container.
func (f *facts) direct(r *run) []Path {
	var paths []Path
	var seen []*socket
	for i := range r.landings {
		for j := range r.landings[i].sockets {
			s := &r.landings[i].sockets[j]
			if !slices.ContainsFunc(seen, s.is) {
				seen = append(seen, s)
			}
		}
	}
	for _, s := range seen {
		w := f.arriveAt(r, s, f.start(), func(l *landing, at *socket) walk {
			return f.start().through(l.address, f.route(l.subnet), f.aclIn(l.subnet, at.ports), f.aclOut(l.subnet, at.ports.protocol), f.securityGroups(l.groups, at.ports), at.gate)
		})
		p := w.path(Direct)
		p.Protocol, p.Container, p.From, p.To = s.ports.protocol, s.container, s.first, s.last
		paths = append(paths, p)
	}
	if len(seen) == 0 && r.doubt != nil {
		paths = append(paths, f.start().through(*r.doubt).path(Direct))
	}
	return paths
}

// arriveAt joins the walks that walkTo gives to the landings of a socket, and goes on from where they begin to what
// is not known of the landings.
func (f *facts) arriveAt(r *run, s *socket, from walk, walkTo func(*landing, *socket) walk) walk {
	var walks []walk
	var joined walk
	for i := range r.landings {
		l := &r.landings[i]
		come := from.clients
		if from.depth == 0 {
			come = l.address.clients
		}
		if !r.spread && joined.state == finding.Present && joined.sure.Covers(come.sure) && joined.maybe.Covers(come.maybe) {
			continue // the same clients, at another landing
		}
		for j := range l.sockets {
			if at := &l.sockets[j]; at.is(s) {
				w := walkTo(l, at)
				if joined = joined.or(w); r.spread {
					walks = append(walks, w)
				}
			}
		}
	}
	switch {
	case r.spread && joined.state == finding.Present && r.doubt != nil:
		return joined.through(*r.doubt)
	case r.doubt != nil && joined.state == finding.Absent:
		return from.through(*r.doubt)
	case r.spread:
		return oneOfThese(walks, f.doubtful(Placement, placed(joined), someInstances()))
	}
	return joined
}

// placed shows the address that a walk leads to.
func placed(w walk) finding.Evidence {
	for s := w.last; s != nil; s = s.before {
		if s.hop.Kind == PublicAddress || s.hop.Kind == TargetGroup {
			return s.hop.Evidence
		}
	}
	return finding.Evidence{}
}
