package rule

import (
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

// Detection is one rule over the audit stream, whole: the stream's counterpart of [Rule]. It takes one [Action] at a
// time; what it must remember between them it declares (Count, First, Unusual), and the engine remembers it.
type Detection struct {
	// Type is the finding type, permanent: "Execution:Kubernetes/ExecInKubeSystemPod". Its first word is the tactic.
	Type   string
	Origin Origin
	// Severity is that of every occurrence, unless Grade says otherwise for one.
	Severity   finding.Severity
	Grade      func(a *Action) finding.Severity
	References []Reference

	// Title says what happened, Why what an attacker gains by it, and Fix what to do and to run: its first line stands
	// alone as the title of the remediation.
	Title, Why, Fix lang.Text

	// On lists which requests the rule looks at: those that one of the selectors fits.
	On []Selector
	// Where lists the conditions; an action that does not meet one is not looked at further.
	Where []EventCondition

	// About lists what makes two occurrences one finding, beside the type and the cluster.
	About []EventField
	// First, where set, lets an action through only where one of its values is the first of its kind, in each cluster.
	First *EventValues
	// Count, where set, holds occurrences back until there are enough of them.
	Count *Counting
	// Unusual, where set, lets only those through that are unusual.
	Unusual *Unusual
	// Joins, where set, makes the rule one over the detections of others; On and Where are empty then.
	Joins *Joining

	Examples []EventExample
}

// Tactic is the first word of the type: "Discovery".
func (d *Detection) Tactic() string {
	tactic, _, _ := strings.Cut(d.Type, ":")
	return tactic
}

// Match says whether an action meets every condition. It is unknown where the record does not show it, and then says
// what the record lacks. It does not look at On, nor at what was before.
func (d *Detection) Match(a *Action) Truth {
	all := Truth{State: finding.Present}
	for i := range d.Where {
		switch t := d.Where[i].Holds(a); {
		case t.State == finding.Absent:
			return t
		case t.State == finding.Unknown && all.State == finding.Present:
			all = t
		}
	}
	return all
}

// Without gives the rule with one condition taken away. The facts of its selectors go too, as they only say a condition
// again, and so does First, which may look only at what the condition holds for.
func (d *Detection) Without(condition string) *Detection {
	other := *d
	other.Where = slices.DeleteFunc(slices.Clone(d.Where), func(c EventCondition) bool { return c.Name == condition })
	other.First = nil
	other.On = slices.Clone(d.On)
	for i := range other.On {
		other.On[i].Facts = 0
	}
	return &other
}

// Origin says whose finding type it is.
type Origin uint8

// The origins.
const (
	// GuardDuty is a type that GuardDuty makes findings of today
	// (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-eks-audit-logs.html).
	GuardDuty Origin = iota
	// Retired is a type that GuardDuty once had
	// (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-retired.html).
	Retired
	// Ours is a type that only Merlon has.
	Ours
)

// Selector says by cheap facts which requests a rule looks at, so that an event meets only the rules that can apply.
type Selector struct {
	// Verbs lists the request's verbs; none for any.
	Verbs []string
	// Resources lists what is asked for, as RESOURCE[.GROUP][/SUBRESOURCE]: "pods/exec", "deployments.apps"; none for any,
	// and for requests of no resource. A resource alone does not select its subresources.
	Resources []string
	// Facts must all hold.
	Facts Facts
}

// EventCondition is one named part of a detection.
type EventCondition struct {
	Name  string
	Holds func(a *Action) Truth
	// Show gives the fields of the record that meet it; nil where the request itself says enough.
	Show func(a *Action) []finding.RecordField
}

// Counting holds occurrences back until Least of them came within a time.
type Counting struct {
	// By lists what they must have in common, beside the cluster.
	By []EventField
	// Distinct, where set, counts different values of it only.
	Distinct *EventField
	Least    int
	Within   time.Duration
}

// Unusual compares an action with what was usual before it, for its user and in its cluster. Package detect says what makes
// an action unusual.
type Unusual struct {
	// Deed lists the profiles of what was done, and Sides those of how: where, with what, from where.
	Deed, Sides []Profile
	// Least is how many sides must be unusual beside the deed; 0 for one.
	Least int
}

// Joining makes one story of several detections that have their actor, their address or their target in common.
type Joining struct {
	// Parts lists the rules whose detections are signals.
	Parts func() []*Detection
	// Within is the time over which signals are joined.
	Within time.Duration
	// Types is how many different finding types, and Tactics how many different tactics, make a story.
	Types, Tactics int
	// Grave is the severity that at least one signal must have.
	Grave finding.Severity
	// Hostile reports whether a signal tells of an attacker, and not only of somebody careless: one signal must.
	Hostile func(signal *finding.Signal) bool
}

// EventExample is one piece of an audit log and what the rule says of it. It goes through the real decoder and the real
// engine, and is shown in the rule's documentation.
type EventExample struct {
	// Name says in words what happens.
	Name string
	// Input is audit records, one a line.
	Input string
	// Learned is what the baselines have learned from before, for a rule that compares: records, one a line, each of them
	// seen often enough to be usual.
	Learned string
	// Lists holds lists of addresses by their kind ("threat", "custom", "tor", "trusted"), one address a line.
	Lists map[string]string
	// Allow holds lists of what is allowed by their kind ("users", "namespaces", "images"), one entry a line.
	Allow map[string]string
	// Want is whether a detection of the type comes out; unknown where the records do not show it.
	Want finding.State
	// Severity, where it is not the rule's, is that of the detection.
	Severity *finding.Severity
	// Path, where set, is a field that the detection must name as evidence.
	Path string
	// Misses names the one condition that a near miss does not meet.
	Misses string
}
