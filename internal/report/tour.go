package report

import (
	"io"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

// Tour is a story in two scans: an environment with mistakes, and the same one after the first fixes.
type Tour struct {
	Before, After *finding.Scan
	// Attack is what an audit log of the environment tells; nil for none. Types gives the texts of its finding types.
	Attack *Detections
	Types  Rules
	// Intro says whose environment it is.
	Intro lang.Text
	// Folder is where the manifests can be looked at; "" where they were not written.
	Folder string
}

// Write tells the story: what an attacker sees, what to fix first, what that changes, and how an attack looks in the audit
// log. Its error is that of the writer.
func (s Tour) Write(w io.Writer, o Options) error {
	t := &table{page: newPage(w, o), o: o, scan: s.Before, short: shortUIDs(s.Before.Exposures)}
	for _, it := range items(s.Before.Exposures) {
		if it.Platform {
			t.platform = append(t.platform, it)
		} else {
			t.main = append(t.main, it)
		}
	}
	t.para(nil, text(s.Intro.In(o.Lang)))
	t.blank()
	t.headline()
	t.severities()
	t.attack()
	t.blank()
	t.chapter(2, tourFix)
	t.steps(s.Before.FewestFixes)
	t.contrast(s.After)
	last := 4
	if s.Attack != nil && len(s.Attack.Threats) > 0 {
		s.night(t, last)
		last++
	}
	t.blank()
	t.chapter(last, tourNext)
	t.commands(s.Folder)
	return t.close()
}

// attack draws the attack path of the gravest exposure, and names the others.
func (t *table) attack() {
	t.blank()
	t.chapter(1, tourAttack)
	if len(t.main) == 0 {
		return
	}
	worst := t.main[0]
	t.blank()
	t.para(indent(3), text(t.say(tourWorst, nameOf(&worst.Resource, t.o.Lang), strings.ToUpper(t.say(worst.Severity.Text())))))
	t.blank()
	x := &explanation{table: t, item: worst}
	if all := chains(worst.AttackPaths); len(all) > 0 {
		x.chain(all[0])
	}
	if len(t.main) > 1 {
		t.blank()
		t.para(indent(3), text(t.say(tourOthers)))
	}
	for _, it := range t.main[1:] {
		t.para([]span{text("     "), styled(styleOf(it.Severity), "● ")},
			text(nameOf(&it.Resource, t.o.Lang)+": "), text(strings.Join(t.titles(it), ", ")))
		if it.hands != nothing {
			t.para(indent(7), t.standing(it)...)
		}
	}
}

// night tells the gravest finding of the audit log.
func (s Tour) night(t *table, n int) {
	t.blank()
	t.chapter(n, tourNight)
	worst := &s.Attack.Threats[0]
	t.blank()
	t.para(indent(3), text(t.say(tourLog)))
	t.blank()
	log := *t
	log.o.Rules = s.Types
	story := &detectionTable{table: &log, run: s.Attack}
	t.para(indent(3), styled(styleOf(worst.Severity), strings.ToUpper(t.say(worst.Severity.Text()))), text(gap+clean(log.o.title(&worst.Detection))))
	t.para(indent(3), text(clean(worst.Told().In(t.o.Lang))))
	if worst.Sequence != nil {
		story.timeline(worst.Sequence)
	}
}

// chapter starts a part of the story.
func (t *table) chapter(n int, title lang.Text) {
	t.para([]span{styled(bold, number(t.o.Lang, n)+"  ")}, styled(bold, t.say(title)))
}

// titles gives the titles of the traits that make an exposure.
func (t *table) titles(it *item) []string {
	var all []string
	for _, tr := range it.contributing {
		all = append(all, t.title(tr))
	}
	return all
}

// contrast sets the counts of both scans against each other, and says what is left.
func (t *table) contrast(after *finding.Scan) {
	count := func(s *finding.Scan) []span {
		n := map[finding.Severity]int{}
		for i := range s.Exposures {
			if e := &s.Exposures[i]; !e.Platform {
				n[e.Severity]++
			}
		}
		if line := t.severityCounts(n); len(line) > 0 {
			return line
		}
		return []span{styled(good, t.say(tourNone))}
	}
	t.blank()
	t.chapter(3, tourChange)
	t.blank()
	t.para(indent(3), text(t.say(tourAgain)))
	t.blank()
	t.para([]span{text("     "), styled(dim, t.say(tourBefore)+"  ")}, count(t.scan)...)
	t.para([]span{text("     "), styled(dim, t.say(tourAfter)+"  ")}, count(after)...)
	for _, it := range items(after.Exposures) {
		if !it.Platform {
			t.blank()
			t.para(indent(3), text(t.say(tourLeft, nameOf(&it.Resource, t.o.Lang), strings.Join(t.titles(it), ", "))))
			if len(it.Remediations) > 0 {
				t.para([]span{text("   → ")}, text(t.firstLine(it.Remediations[0].Title, it.Remediations[0].ID)))
			}
		}
	}
}

// commands says how to go on.
func (t *table) commands(folder string) {
	type next struct {
		command string
		why     lang.Text
	}
	all := []next{{t.o.program() + " scan ./manifests", tourYours}, {t.o.program() + " detect /var/log/kubernetes", tourDetect}, {"kubectl get all,cm,sa,ns,ing,netpol,rolebindings,clusterrolebindings -A -o json | " + t.o.program() + " scan -", tourLive}}
	if folder == "" {
		all = append([]next{{t.o.program() + " demo --write ./quetzal", tourWrite}}, all...)
	} else if len(t.main) > 0 {
		uid := t.short[t.main[0].UID]
		all = append([]next{{t.o.program() + " explain " + uid + " " + folder + "/shop", tourExplain}}, all...)
	}
	for _, n := range all {
		t.para(indent(3), styled(bold, n.command))
		t.para(indent(5), styled(dim, t.say(n.why)))
	}
}
