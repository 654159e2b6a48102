package iac

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

func targetGroups() []inventory.Type { return []inventory.Type{aws.TargetGroup} }

// listenerRule is a rule of a listener, which sends some requests to other target groups.
type listenerRule struct {
	listener value
	actions  []value
}

// actionNames says what a document calls the parts of an action.
type actionNames struct {
	group          string // the one target group
	groups, group2 string // the list of several, and its member
}

// targetsOf lists the target groups that actions send to; whole is false where there may be others.
func (s *assembly) targetsOf(actions []value, n actionNames) (names []string, whole bool) {
	whole = true
	add := func(v value) {
		if v.isEmpty() {
			return
		}
		if name, ok := s.reference(v, targetGroups()); ok {
			names = append(names, name)
		} else {
			whole = false
		}
	}
	for _, action := range actions {
		whole = whole && !action.open
		add(action.get(n.group))
		groups := action.get(n.groups)
		whole = whole && !groups.open
		for _, g := range groups.list() {
			add(g.get(n.group2))
		}
	}
	return names, whole
}

// addRuleTargets keeps which target groups the rules of a listener send to, until all listeners are read.
func (s *assembly) addRuleTargets(r listenerRule, n actionNames) {
	listener := s.find(r.listener, []inventory.Type{aws.Listener})
	names, whole := s.targetsOf(r.actions, n)
	if listener != nil {
		s.balance(listener.object.textOf("LoadBalancerArn"), names)
	}
	s.openGroups = s.openGroups || listener == nil || !whole
}

// balance says of target groups that a load balancer sends traffic to them.
func (s *assembly) balance(balancer string, groups []string) {
	for _, name := range groups {
		group := s.find(textValue(name, 0), targetGroups())
		if group == nil || balancer == "" {
			continue
		}
		list := group.object.list("LoadBalancerArns", group.line)
		if group.once("balanced") { // those that a state knows itself
			for _, known := range list.kids {
				group.once("balanced by " + known.text)
			}
		}
		if group.once("balanced by " + balancer) {
			list.add(newText(balancer, group.line))
		}
	}
}

// finishBalancing says of each target group which load balancers send traffic to it, as the API does: those of
// the listeners that name it.
func (s *assembly) finishBalancing() {
	for _, listener := range s.all(aws.Listener) {
		var names []string
		if actions := listener.object.get("DefaultActions"); actions != nil {
			for _, action := range actions.kids {
				names = append(names, action.textOf("TargetGroupArn"))
				if groups := action.get("ForwardConfig.TargetGroups"); groups != nil {
					for _, g := range groups.kids {
						names = append(names, g.textOf("TargetGroupArn"))
					}
				}
			}
		}
		s.balance(listener.object.textOf("LoadBalancerArn"), names)
	}
	for _, group := range s.all(aws.TargetGroup) {
		if s.openGroups && group.arn == "" {
			group.leaveOpen("LoadBalancerArns")
		}
	}
}

// putScheme writes who reaches a load balancer: the API says internet-facing where nobody says anything.
func (a *answer) putScheme(internal value) {
	switch {
	case internal.open && !internal.unset:
		a.leaveOpen("Scheme")
	case internal.isTrue():
		a.object.set("Scheme", newText("internal", internal.line))
	default:
		a.object.set("Scheme", newText("internet-facing", max(internal.line, a.line)))
	}
}

// addTarget adds a target to what the API answers about the health of those of a target group.
func (s *assembly) addTarget(group, target value, label string, fields []field) {
	g := s.find(group, targetGroups())
	if g == nil {
		s.notJoined(label, "target group", target.line)
		return
	}
	health := s.healths[g.ref()]
	if health == nil {
		health = newAnswer(kind{typ: aws.TargetHealth}, g.label, g.line)
		health.beside = "targets"
		health.uid = inventory.UID(g.ref() + "#target-health")
		health.object.set("TargetGroupArn", newText(g.ref(), g.line))
		s.answers = append(s.answers, health)
		s.healths[g.ref()] = health
	}
	s.addTo(health, "TargetHealthDescriptions", target, fields)
	if target.kind == tree.Map {
		list := health.object.list("TargetHealthDescriptions", health.line)
		health.root().below("TargetHealthDescriptions", len(list.kids)-1, nil).leaveOpen("TargetHealth.State")
	}
}
