package finding

import (
	"regexp"
	"time"
)

// Exceptions judges detections by the exceptions that are about them. It counts what each takes out.
type Exceptions struct {
	all      []Suppression
	matchers []*threatMatcher // nil for an exception that is about traits
	uses     []ExceptionUse
	now      time.Time
	identity GuardDutyIdentity
}

// NewExceptions prepares exceptions. They end at the given time, or at that of an event which is later, so that a run
// that goes on for months sees them end. The identity is what criteria find in fields such as accountId.
func NewExceptions(all []Suppression, now time.Time, identity GuardDutyIdentity) *Exceptions {
	e := &Exceptions{all: all, now: now, identity: identity, matchers: make([]*threatMatcher, len(all)), uses: make([]ExceptionUse, len(all))}
	for i := range all {
		s := &all[i]
		e.uses[i] = ExceptionUse{ID: s.ID, Status: ExceptionUnused, Expires: s.Expires}
		switch {
		case s.Match.Type == "":
			e.uses[i].Status = ExceptionForTraits
			continue
		case s.Expired(now):
			e.uses[i].Status = ExceptionExpired
		}
		e.matchers[i] = newThreatMatcher(&s.Match)
	}
	return e
}

// Uses says how each exception fared so far, in their order.
func (e *Exceptions) Uses() []ExceptionUse { return append([]ExceptionUse(nil), e.uses...) }

// judge gives the ID of the first exception in force that an occurrence meets, "" for none. The finding is as it is with
// that occurrence in it.
func (e *Exceptions) judge(t *Threat) string {
	now := e.now
	if t.At.After(now) {
		now = t.At
	}
	taken := ""
	var form *GuardDutyFinding // made when a matcher first asks
	for i, m := range e.matchers {
		if m == nil || !m.typeAndResource(t) {
			continue
		}
		if form == nil && len(m.fields) > 0 {
			form = t.GuardDuty(e.identity)
		}
		if !m.meets(form) {
			continue
		}
		if e.all[i].Expired(now) {
			e.uses[i].Matched++
			if e.uses[i].Status == ExceptionUnused {
				e.uses[i].Status = ExceptionExpired
			}
			continue
		}
		if taken == "" {
			taken = e.all[i].ID
			e.uses[i].Matched++
			e.uses[i].Status = ExceptionUsed
		}
	}
	return taken
}

// threatMatcher is an exception for detections with its globs compiled.
type threatMatcher struct {
	kind, resource *regexp.Regexp
	fields         []compiledField
	broken         bool // a criterion that names no field matches nothing
}

func newThreatMatcher(m *Match) *threatMatcher {
	t := &threatMatcher{kind: wildcards(m.Type)}
	if m.Resource != "" {
		t.resource = glob(m.Resource)
	}
	for _, c := range m.Fields {
		f, ok := compileField(c)
		t.fields = append(t.fields, f)
		t.broken = t.broken || !ok
	}
	t.broken = t.broken || len(m.Criteria) > 0 // Those are about traits.
	return t
}

func (m *threatMatcher) typeAndResource(t *Threat) bool {
	return !m.broken && m.kind.MatchString(t.Type) && (m.resource == nil || m.resource.MatchString(string(t.Resource.UID)))
}

func (m *threatMatcher) meets(g *GuardDutyFinding) bool {
	for i := range m.fields {
		if !m.fields[i].meets(g) {
			return false
		}
	}
	return true
}
