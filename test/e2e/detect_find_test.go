//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/finding"
)

// merlonDetect runs the built merlon over a log that it reads from standard input, unless
// args name another, and gives what it printed. No event at all is nothing found.
func merlonDetect(t testing.TB, log []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), Tool(t, "merlon"), append([]string{"detect"}, args...)...)
	cmd.Dir = t.TempDir()
	if log != nil {
		cmd.Args = append(cmd.Args, "-")
		cmd.Stdin = bytes.NewReader(log)
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && !strings.Contains(stderr.String(), "no audit event") {
		t.Fatalf("merlon detect: %v\n%s", err, &stderr)
	}
	return out
}

// detected is what the built merlon finds in a log.
func detected(t testing.TB, log []byte, args ...string) []finding.Detection {
	t.Helper()
	return decodeDetections(t, merlonDetect(t, log, append([]string{"-o", "json"}, args...)...))
}

func decodeDetections(t testing.TB, out []byte) []finding.Detection {
	t.Helper()
	var all []finding.Detection
	for line := range bytes.Lines(out) {
		var d finding.Detection
		if err := json.Unmarshal(line, &d); err != nil {
			t.Fatalf("decode %s: %v", line, err)
		}
		all = append(all, d)
	}
	return all
}

// listFlags writes what detectors are given beside the log, and gives the flags for it.
func listFlags(t testing.TB, lists, allows []string) []string {
	t.Helper()
	var flags []string
	for flag, entries := range map[string][]string{"--list": lists, "--allow": allows} {
		for _, one := range entries {
			kind, entry, _ := strings.Cut(one, "=")
			file := filepath.Join(t.TempDir(), kind)
			if err := os.WriteFile(file, []byte(entry+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			flags = append(flags, flag, kind+"="+file)
		}
	}
	return flags
}

// testEach looks for what each deed must give in what it alone left.
func (p *play) testEach(t *testing.T) {
	p.testStart(t)
	for _, a := range p.acts {
		t.Run(a.name, func(t *testing.T) {
			log := textOf(a.events, func(*auditEvent) bool { return true })
			flags := listFlags(t, a.lists, a.allows)
			p.checkAct(t, &a, detected(t, log, flags...))
			if p.policy == "eks" && len(a.hidden) > 0 {
				checkUntold(t, &a, merlonDetect(t, log, append(flags, "--all", "--lang", "en")...))
			}
		})
	}
}

// testStart looks at what a cluster writes by itself when it starts.
func (p *play) testStart(t *testing.T) {
	events := decodeEvents(t, auditText(t, p.c)[:p.start])
	log := textOf(events, func(e *auditEvent) bool { return e.User.Username != stagehand })
	for _, d := range detected(t, log) {
		if d.Severity > finding.SeverityLow {
			t.Errorf("the start of the cluster gives %s by %s", d.Type, d.Actor.Username)
		}
	}
}

// checkAct holds what was found in the log of a deed against its table.
func (p *play) checkAct(t *testing.T, a *act, found []finding.Detection) {
	t.Helper()
	for _, kind := range a.finds {
		isHidden := p.policy == "eks" && slices.Contains(a.hidden, kind)
		if at := slices.IndexFunc(found, func(d finding.Detection) bool { return d.Type == kind }); (at >= 0) == isHidden {
			t.Errorf("%s: found %v, want %v", kind, at >= 0, !isHidden)
		}
	}
	for i := range found {
		d := &found[i]
		if d.Severity > finding.SeverityLow && !slices.Contains(a.finds, d.Type) {
			t.Errorf("it gives %s (%s), which its table does not have", d.Type, d.Severity)
		}
		// A controller may act before the record of what it carries out is written: the finding's latest occurrence counts.
		isLatest := !slices.ContainsFunc(found[i+1:], func(later finding.Detection) bool { return later.FindingID == d.FindingID })
		if d.Severity > finding.SeverityInformational && isLatest && d.Actor.Username != a.as {
			t.Errorf("%s names %s as who did it, and it was %s", d.Type, d.Actor.Username, a.as)
		}
	}
}

// checkUntold looks for what a deed hides from a detector in what the table says was not
// observable: each type of which there is an event, though without what the rule looks at.
func checkUntold(t *testing.T, a *act, table []byte) {
	t.Helper()
	if !slices.ContainsFunc(a.leaves, func(l trace) bool { return l.level != none }) {
		return
	}
	for _, kind := range a.hidden {
		if !bytes.Contains(table, []byte(kind)) {
			t.Errorf("that %s was not observable is not said:\n%s", kind, table)
		}
	}
}

// allLists are the lists of all deeds.
func (p *play) allLists() []string {
	var all []string
	for _, a := range p.acts {
		all = append(all, a.lists...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// testTogether looks at the whole log at once, which the server rotated: what each deed
// gives alone it gives among the others too, and those who did several are told of.
func (p *play) testTogether(t *testing.T) {
	if len(auditFiles(t, p.c)) == 1 && p.policy == "all" {
		t.Error("the log was never rotated")
	}
	found := detected(t, nil, append(listFlags(t, p.allLists(), nil), filepath.Dir(p.c.AuditLog))...)
	byEvent := map[string][]*finding.Detection{}
	for i := range found {
		byEvent[found[i].AuditID] = append(byEvent[found[i].AuditID], &found[i])
	}
	for _, a := range p.acts {
		p.checkAmongOthers(t, &a, byEvent)
	}
	for i := range found {
		checkEvidence(t, &found[i])
	}
	attackers := []string{}
	for i := range found {
		if s := found[i].Sequence; s != nil && s.Around == "actor" && !slices.Contains(attackers, s.Subject) {
			attackers = append(attackers, s.Subject)
		}
	}
	for user, want := range map[string]bool{anonymous: true, creator: true, developer: true, owner: false} {
		if slices.Contains(attackers, user) != want {
			t.Errorf("an attack by %s: %v, want %v (there are those of %v)", user, !want, want, attackers)
		}
	}
}

// checkAmongOthers holds what a deed gives among others against its table. What is told
// of once in a while or counted over time may have been told of before, and the attack
// that a deed is part of comes on top.
func (p *play) checkAmongOthers(t *testing.T, a *act, byEvent map[string][]*finding.Detection) {
	t.Helper()
	got := map[string]bool{}
	for i := range a.events {
		for _, d := range byEvent[a.events[i].AuditID] {
			got[d.Type] = true
			if d.Severity > finding.SeverityLow && !slices.Contains(a.finds, d.Type) && standsAlone(d.Type) {
				t.Errorf("%s gives %s (%s) among others, which its table does not have", a.name, d.Type, d.Severity)
			}
		}
	}
	for _, kind := range a.finds {
		isHidden := p.policy == "eks" && slices.Contains(a.hidden, kind)
		if standsAlone(kind) && a.allows == nil && got[kind] == isHidden {
			t.Errorf("%s: %s: found %v among others, want %v", a.name, kind, got[kind], !isHidden)
		}
	}
	if strings.HasPrefix(a.name, "ordinary-") && got[attackSequence] {
		t.Errorf("%s is told of as an attack", a.name)
	}
}

// standsAlone says whether a type depends on one request, whatever came before.
func standsAlone(kind string) bool {
	r := catalog.FindDetection(kind)
	return r != nil && r.First == nil && r.Count == nil && r.Joins == nil
}
