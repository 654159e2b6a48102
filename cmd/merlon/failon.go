package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
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
}

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

// Set implements [pflag.Value]: each call, and each part between commas, adds a condition.
func (f *failOn) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		var s finding.Severity
		switch {
		case s.UnmarshalText([]byte(word)) == nil:
			if !f.byLevel || s < f.severity {
				f.severity = s
			}
			f.byLevel = true
		case word == criticalPath:
			f.path = true
		case catalog.Find(word) != nil:
			f.traits = append(f.traits, word)
		default:
			names := append(append(severities(), criticalPath), ruleIDs()...)
			if near := lang.Nearest(word, names); near != "" {
				return fmt.Errorf("did you mean %q? It takes a severity (%s), a trait, or %s", near, strings.Join(severities(), ", "), criticalPath)
			}
			return fmt.Errorf("it takes a severity (%s), a trait that \"merlon rule list\" lists, or %s", strings.Join(severities(), ", "), criticalPath)
		}
	}
	return nil
}

// reasons says which conditions the shown exposures meet, and whether one of all has a critical path that
// the baseline does not know; none where all is well. Components of the platform do not count.
func (f *failOn) reasons(shown, all []finding.Exposure, baseline *finding.Scan) []string {
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
		for _, t := range e.Traits {
			if slices.Contains(f.traits, t.ID) {
				traits[t.ID]++
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

func hadCriticalPath(before *finding.Scan, now *finding.Exposure) bool {
	if before == nil {
		return false
	}
	i := slices.IndexFunc(before.Exposures, func(e finding.Exposure) bool { return e.UID == now.UID })
	return i >= 0 && hasCriticalPath(&before.Exposures[i])
}
