package vpc

import (
	"sync"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/reach/cidr"
)

// Model answers questions about the networks of a view. It is safe for concurrent use: it indexes the view with
// the first question, and remembers what route tables, network ACLs, security groups and load balancers let
// through.
type Model struct {
	facts func() *facts
}

// New makes the model of a view.
func New(v *inventory.View) *Model {
	return &Model{facts: sync.OnceValue(func() *facts { return newFacts(v) })}
}

// facts is the view as the model looks things up in it.
type facts struct {
	view *inventory.View
	ids  *aws.Index

	// all is every address, and internet those of the public internet.
	all, all4, all6, internet, internet4, internet6 cidr.Set

	tables, acls   map[string]*inventory.Resource // by the subnets that they name
	mainTables     map[string]*inventory.Resource // by VPC
	defaultACLs    map[string]*inventory.Resource // by VPC
	defaultGroups  map[string]*inventory.Resource // by VPC
	gatewayTables  map[string][]*inventory.Resource
	listeners      map[inventory.UID][]*inventory.Resource // by load balancer
	naming         map[inventory.UID][]inventory.UID       // load balancers by the target groups of their listeners' default actions
	targets        map[string][]target                     // by the ID or address of a target
	classics       map[string][]*inventory.Resource        // by name
	classicsOf     map[string][]*inventory.Resource        // by instance
	tasks          map[ofService][]*inventory.Resource
	taskInterfaces map[string]bool
	hosts          map[inventory.UID][]*inventory.Resource // container instances by cluster
	templates      map[string][]*inventory.Resource        // launch template versions by template

	worlds    memo[typeIn, bool]
	six       memo[inventory.UID, gate]
	routesOut memo[routeKey, gate]
	crossings memo[aclKey, gate]
	rulesIn   memo[ruleKey, []rule]
	rules     memo[groupKey, groupRules]
	unions    memo[unionKey, groupRules]
	running   memo[inventory.UID, []run]
	answers   memo[inventory.UID, Reach]
	entries   memo[inventory.UID, []inlet]
}

// ofService names a service as its tasks do.
type ofService struct {
	cluster inventory.UID
	name    string
}

// target is a target of a target group.
type target struct {
	group  *inventory.Resource
	health *inventory.Resource
	aws.Target
}

func newFacts(v *inventory.View) *facts {
	f := &facts{
		view: v, ids: aws.NewIndex(v), all4: cidr.All4(), all6: cidr.All6(), internet4: cidr.Internet4(), internet6: cidr.Internet6(),
		tables: map[string]*inventory.Resource{}, acls: map[string]*inventory.Resource{},
		mainTables: map[string]*inventory.Resource{}, defaultACLs: map[string]*inventory.Resource{}, defaultGroups: map[string]*inventory.Resource{},
		gatewayTables: map[string][]*inventory.Resource{}, listeners: map[inventory.UID][]*inventory.Resource{}, naming: map[inventory.UID][]inventory.UID{},
		targets: map[string][]target{}, classics: map[string][]*inventory.Resource{}, classicsOf: map[string][]*inventory.Resource{},
		tasks: map[ofService][]*inventory.Resource{}, taskInterfaces: map[string]bool{},
		hosts: map[inventory.UID][]*inventory.Resource{}, templates: map[string][]*inventory.Resource{},
	}
	f.all, f.internet = f.all4.Union(f.all6), f.internet4.Union(f.internet6)
	f.indexNetwork()
	f.indexBalancing()
	f.indexCompute()
	return f
}

func (f *facts) indexNetwork() {
	for r := range f.view.OfType(aws.RouteTable) {
		s := r.Spec.(*aws.RouteTableSpec)
		for _, subnet := range s.Subnets {
			f.tables[subnet] = r
		}
		for _, gateway := range s.Gateways {
			f.gatewayTables[gateway] = append(f.gatewayTables[gateway], r)
		}
		if s.Main {
			f.mainTables[s.VPC] = r
		}
	}
	for r := range f.view.OfType(aws.NetworkACL) {
		s := r.Spec.(*aws.NetworkACLSpec)
		for _, subnet := range s.Subnets {
			f.acls[subnet] = r
		}
		if s.Default {
			f.defaultACLs[s.VPC] = r
		}
	}
	for r := range f.view.OfType(aws.SecurityGroup) {
		if s := r.Spec.(*aws.SecurityGroupSpec); s.Name == "default" {
			f.defaultGroups[s.VPC] = r
		}
	}
}

func (f *facts) indexBalancing() {
	for r := range f.view.OfType(aws.Listener) {
		s := r.Spec.(*aws.ListenerSpec)
		f.listeners[s.LoadBalancer] = append(f.listeners[s.LoadBalancer], r)
		for _, group := range s.TargetGroups {
			f.naming[group] = append(f.naming[group], s.LoadBalancer)
		}
	}
	for r := range f.view.OfType(aws.TargetHealth) {
		s := r.Spec.(*aws.TargetHealthSpec)
		for _, t := range s.Targets {
			f.targets[t.ID] = append(f.targets[t.ID], target{group: f.view.Get(s.TargetGroup), health: r, Target: t})
		}
	}
	for r := range f.view.OfType(aws.ClassicLoadBalancer) {
		s := r.Spec.(*aws.LoadBalancerSpec)
		f.classics[s.Name] = append(f.classics[s.Name], r)
		for _, id := range s.Instances {
			f.classicsOf[id] = append(f.classicsOf[id], r)
		}
	}
}

func (f *facts) indexCompute() {
	for r := range f.view.OfType(aws.ECSTask) {
		s := r.Spec.(*aws.TaskSpec)
		for _, id := range s.Interfaces {
			f.taskInterfaces[id] = true
		}
		if s.Service != "" && s.Status != "STOPPED" && s.Status != "DEPROVISIONING" {
			key := ofService{s.Cluster, s.Service}
			f.tasks[key] = append(f.tasks[key], r)
		}
	}
	for r := range f.view.OfType(aws.ECSContainerInstance) {
		for cluster := range f.view.Out(r.UID, inventory.InCluster) {
			f.hosts[cluster.UID] = append(f.hosts[cluster.UID], r)
		}
	}
	for r := range f.view.OfType(aws.LaunchTemplateVersion) {
		id := r.Spec.(*aws.TemplateVersionSpec).Template
		f.templates[id] = append(f.templates[id], r)
	}
}

// world is an account and Region: what is closed in one may be open in another.
type world struct{ account, region string }

func worldOf(r *inventory.Resource) world { return world{r.Account, r.Region} }

// closed reports whether every resource of a type in the account and Region of a resource was read.
func (f *facts) closed(at *inventory.Resource, t inventory.Type) bool {
	return f.worlds.get(typeIn{worldOf(at), t}, func() bool { return f.view.Closed(at.Account+"/"+at.Region, t) })
}

type typeIn struct {
	world
	of inventory.Type
}

// place is something that a resource names by an ID.
type place struct {
	id string
	// at names it, with the field at path.
	at   *inventory.Resource
	path string
}

func (p place) evidence() finding.Evidence { return evidence(p.at, p.path, p.id) }

// absent is the gate of something that was not read: doubtful, or shut where it cannot exist.
func (f *facts) absent(kind HopKind, p place, t inventory.Type) gate {
	if f.closed(p.at, t) {
		return shut(kind, p.evidence())
	}
	return f.doubtful(kind, p.evidence(), notRead(p.id))
}

// leftOpen is the gate of a field that a plan leaves open.
func (f *facts) leftOpen(kind HopKind, r *inventory.Resource, path string) gate {
	return f.doubtful(kind, evidence(r, path, nil), openField(r.UID, path))
}

// address is the version of IP addresses that a target group uses.
func (f *facts) version(addressType string) cidr.Set {
	if addressType == "ipv6" {
		return f.all6
	}
	return f.all4
}

// partly gives the doubt where what is sure is less than what may be.
func partly(c clients, why *lang.Text) *lang.Text {
	if c.certain() {
		return nil
	}
	return why
}
