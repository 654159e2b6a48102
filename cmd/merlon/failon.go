package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// criticalPath is the condition of --fail-on that a proven attack path leads from the internet to a node
// or a cluster.
const criticalPath = "critical-path"

// failOn is the flag --fail-on: conditions, any of which is enough for exit code 1.
type failOn struct {
	severity finding.Severity // informational for none
	byLevel  bool
	traits   []string
	path     bool
	shared   bool // with detect
}

// share implements [sharedValue].
func (f *failOn) share() { f.shared = true }

// String implements [pflag.Value].
func (f *failOn) String() string {
	all := slices.Clone(f.traits)
	if f.byLevel {
		all = append(all, f.severity.String())
	}
	if f.path {
		all = append(all, criticalPath)
	}
	return strings.Join(all, ",")
}

// Type implements [pflag.Value].
func (f *failOn) Type() string { return "condition" }

// Set implements [pflag.Value]: each call, and each part between commas, adds a condition. What is no severity
// is taken for a trait; [failOn.check] finds out.
func (f *failOn) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		var s finding.Severity
		switch {
		case word == "": // Nothing, which sets aside what the configuration says.
		case s.UnmarshalText([]byte(word)) == nil:
			if !f.byLevel || s < f.severity {
				f.severity = s
			}
			f.byLevel = true
		case word == criticalPath:
			f.path = true
		default:
			f.traits = append(f.traits, word)
		}
	}
	return nil
}

// check finds the conditions that are neither a severity nor a trait of these rules. It is asked once the
// rules are there: those of the user come with another flag.
func (f *failOn) check(rules []*rule.Rule) error {
	names := append(severities(), criticalPath)
	for _, r := range rules {
		names = append(names, r.ID)
	}
	for _, word := range f.traits {
		if slices.Contains(names, word) || f.shared && isDetectionType(word) {
			continue
		}
		takes := fmt.Sprintf("it takes a severity (%s), a trait that \"merlon rule list\" lists, or %s; traits of your own rules need --%s",
			strings.Join(severities(), ", "), criticalPath, rulesFlag)
		if near := lang.Nearest(word, names); near != "" {
			return fmt.Errorf("--fail-on: there is no %q; did you mean %q? Besides, %s", word, near, takes)
		}
		return fmt.Errorf("--fail-on: there is no %q: %s", word, takes)
	}
	return nil
}

// reasons says which conditions the shown exposures meet, and whether one of all has a critical path that
// the baseline does not know; none where all is well. Components of the platform do not count.
func (f *failOn) reasons(shown, all []finding.Exposure, baseline *finding.Baseline) []string {
	var met []string
	level, traits, paths := 0, map[string]int{}, 0
	for i := range shown {
		e := &shown[i]
		if e.Platform {
			continue
		}
		if f.byLevel && e.Severity >= f.severity {
			level++
		}
		for _, id := range f.traits {
			if hasNew(e, id, baseline) {
				traits[id]++
			}
		}
	}
	for i := range all {
		if e := &all[i]; f.path && !e.Platform && hasCriticalPath(e) && !hadCriticalPath(baseline, e) {
			paths++
		}
	}
	if level > 0 {
		met = append(met, fmt.Sprintf("%d of severity %s or more", level, f.severity))
	}
	for _, id := range f.traits {
		if n := traits[id]; n > 0 {
			met = append(met, fmt.Sprintf("%d with %s", n, id))
		}
	}
	if paths > 0 {
		met = append(met, fmt.Sprintf("%d with a proven path from the internet to a node or the cluster", paths))
	}
	return met
}

// hasNew reports whether an exposure has a trait, and not only where the baseline has it too.
func hasNew(e *finding.Exposure, trait string, baseline *finding.Baseline) bool {
	return slices.ContainsFunc(e.Traits, func(t finding.ExposureTrait) bool {
		return t.ID == trait && (baseline == nil || !baseline.Knew(t.ID, t.Resource, t.Evidence))
	})
}

// hasCriticalPath reports whether a proven path leads from the internet through the exposure's resource to
// control of a node or a cluster.
func hasCriticalPath(e *finding.Exposure) bool {
	return slices.ContainsFunc(e.AttackPaths, func(p finding.AttackPath) bool {
		if p.Entry != inventory.Internet || p.Possible() || len(p.Edges) == 0 {
			return false
		}
		last, known := p.Edges[len(p.Edges)-1].Kind.Meaning()
		return known && last.Controls && last.Yields == finding.ImpactHigh
	})
}

func hadCriticalPath(baseline *finding.Baseline, now *finding.Exposure) bool {
	if baseline == nil {
		return false
	}
	before := baseline.Exposure(now.UID)
	return before != nil && hasCriticalPath(before)
}
