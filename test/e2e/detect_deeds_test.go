//go:build e2e

package e2e

import (
	"flag"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// recordInto is where the events of the deeds are written, for the authors of rules.
var recordInto = flag.String("deeds", "", "write the audit events of each deed into this folder")

// TestDeeds does every deed on a cluster that audits as EKS does and on one that
// audits everything. It holds what the log then has against what the table expects, and
// what the built merlon says of it.
func TestDeeds(t *testing.T) {
	for name, policy := range map[string]string{"eks": eksAuditPolicy, "all": auditEverything} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := startStage(t, policy)
			p := &play{c: c, office: c.reachedFrom(t, office, deskInside), policy: name}
			p.start = logSize(t, c)
			if *recordInto != "" {
				recordStart(t, filepath.Join(*recordInto, name, "system-start.jsonl"), eventsFrom(t, c, 0))
			}
			follower := p.follow(t)
			for _, d := range deeds() {
				t.Run(d.name, func(t *testing.T) { p.do(t, d) })
				follower.disturb(t)
			}
			checkStages(t, eventsFrom(t, c, 0), name)
			t.Run("each is found", p.testEach)
			t.Run("all are found together", p.testTogether)
			t.Run("what is unusual is found", p.testLearned)
			t.Run("what is followed is found once", func(t *testing.T) { p.testFollowed(t, follower) })
			t.Run("what is wrapped is found", p.testWrapped)
		})
	}
}

// A play is the deeds as they are done to one cluster.
type play struct {
	c      *Cluster
	office *Cluster // The same, as the office reaches it.
	policy string   // "eks" or "all".
	start  int      // The part of the log that the cluster wrote before any of them.
	acts   []act
}

// An act is a deed that was done, and what the log has of it: the events from before it
// was prepared until after it was taken back, without those of who did that.
type act struct {
	deed
	events []auditEvent
}

// TestDeedsAreSaidWell holds the table against its own rules, without a cluster.
func TestDeedsAreSaidWell(t *testing.T) {
	kind := regexp.MustCompile(`^[A-Z][A-Za-z]+:(Kubernetes|EKS)/[A-Z][A-Za-z.!]+$`)
	seen := map[string]bool{}
	for _, d := range deeds() {
		if seen[d.name] {
			t.Errorf("two deeds are called %s", d.name)
		}
		seen[d.name] = true
		for _, name := range slices.Concat(d.finds, d.learned) {
			if !kind.MatchString(name) {
				t.Errorf("%s: %q is no type of finding", d.name, name)
			}
		}
		for _, name := range d.hidden {
			if !slices.Contains(d.finds, name) {
				t.Errorf("%s: %s is hidden but not found", d.name, name)
			}
		}
		for _, one := range slices.Concat(d.lists, d.allows) {
			if kind, entry, ok := strings.Cut(one, "="); !ok || kind == "" || entry == "" {
				t.Errorf("%s: %q is no entry of a list", d.name, one)
			}
		}
		if len(d.leaves) == 0 {
			t.Errorf("%s leaves nothing", d.name)
		}
	}
}

// do does one deed and looks for its traces.
func (p *play) do(t *testing.T, d deed) {
	c := p.c.within(t)
	before := logSize(t, c)
	if d.prep != nil {
		d.prep(c)
	}
	start := logSize(t, c)
	stage := c
	if d.from == office {
		stage = p.office.within(t)
	}
	d.do(newActor(t, stage, d.as))
	var missing []string
	var events []auditEvent
	// The server may answer before it has written the event.
	for deadline := time.Now().Add(readyWait / 3); ; time.Sleep(100 * time.Millisecond) {
		events = eventsFrom(t, c, start)
		if missing = missingTraces(d, events, p.policy); len(missing) == 0 || time.Now().After(deadline) {
			break
		}
	}
	if len(missing) > 0 {
		t.Errorf("the log lacks\n%s\nit has\n%s", strings.Join(missing, "\n"), describe(events, d.as))
	}
	if *recordInto != "" {
		record(t, filepath.Join(*recordInto, p.policy, d.name+".jsonl"), events, d)
	}
	if d.undo != nil {
		d.undo(c)
	}
	done := act{deed: d}
	for _, e := range eventsFrom(t, c, before) {
		// A request of an earlier deed may be said to be complete only now.
		if e.User.Username != stagehand && !p.isEarlier(e.AuditID) {
			done.events = append(done.events, e)
		}
	}
	p.acts = append(p.acts, done)
}

// isEarlier says whether a request belongs to a deed that was done before.
func (p *play) isEarlier(auditID string) bool {
	return slices.ContainsFunc(p.acts, func(a act) bool {
		return slices.ContainsFunc(a.events, func(e auditEvent) bool { return e.AuditID == auditID })
	})
}

// missingTraces returns the traces of a deed that are not among the events, those
// that should not be there, and those with another level.
func missingTraces(d deed, events []auditEvent, policy string) []string {
	var missing []string
	for _, want := range d.leaves {
		level := full
		if policy == "eks" {
			level = want.level
		}
		found := slices.ContainsFunc(events, func(e auditEvent) bool {
			return e.User.Username == d.as && e.Verb == want.verb && matches(want.on, e.on()) && e.ResponseStatus.Code == want.code &&
				(e.Level == level || level == none)
		})
		if found == (level == none) {
			missing = append(missing, fmt.Sprintf("%s %s %d at %s", want.verb, want.on, want.code, level))
		}
	}
	return missing
}

// matches says whether what an event is about is what a trace names.
func matches(pattern, on string) bool {
	ok, err := path.Match(pattern, on)
	return ok && err == nil
}

// checkStages holds the stages that each request of a deed was recorded at against
// what stagesOf says.
func checkStages(t *testing.T, events []auditEvent, policy string) {
	t.Helper()
	stages := map[string][]string{}
	first := map[string]*auditEvent{}
	for i := range events {
		e := &events[i]
		if slices.Contains([]string{creator, owner, developer, guest, anonymous}, e.User.Username) {
			stages[e.AuditID] = append(stages[e.AuditID], e.Stage)
			if first[e.AuditID] == nil {
				first[e.AuditID] = e
			}
		}
	}
	for id, got := range stages {
		if e := first[id]; !slices.Equal(got, stagesOf(e, policy)) {
			t.Errorf("%s %s was recorded at %v, want %v", e.Verb, e.RequestURI, got, stagesOf(e, policy))
		}
	}
}

// stagesOf returns the stages that a request is recorded at: when it has been
// answered; for one that lasts, also when the answer begins, even where that is a
// refusal; for a token under EKS's policy, also when it is received.
func stagesOf(e *auditEvent, policy string) []string {
	switch sub := e.ObjectRef.Subresource; {
	case sub == "token" && policy == "eks":
		return []string{"RequestReceived", "ResponseComplete"}
	case e.Verb == "watch" || slices.Contains([]string{"exec", "attach", "portforward", "proxy", "log"}, sub):
		return []string{"ResponseStarted", "ResponseComplete"}
	}
	return []string{"ResponseComplete"}
}

// describe lists the events of a user.
func describe(events []auditEvent, user string) string {
	var b strings.Builder
	for i := range events {
		if e := &events[i]; e.User.Username == user {
			fmt.Fprintf(&b, "%s %s %d at %s (%s)\n", e.Verb, e.on(), e.ResponseStatus.Code, e.Level, e.Stage)
		}
	}
	return b.String()
}
