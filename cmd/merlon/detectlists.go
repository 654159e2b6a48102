package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/intel"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// kindFile is one value of a flag that takes KIND=FILE.
type kindFile struct{ kind, file string }

// addressLists is the flag --list, and allowLists the flag --allow.
type (
	addressLists []kindFile
	allowLists   []kindFile
)

func addressKinds() []string {
	var names []string
	for _, k := range intel.Kinds() {
		names = append(names, string(k))
	}
	return names
}

func allowKinds() []string { return []string{"users", "namespaces", "images"} }

// String implements [pflag.Value].
func (l *addressLists) String() string { return joinKinds(*l) }

// Type implements [pflag.Value].
func (l *addressLists) Type() string { return "kind=file" }

// Set implements [pflag.Value].
func (l *addressLists) Set(text string) error {
	one, err := parseKind(text, addressKinds())
	*l = append(*l, one)
	return err
}

// String implements [pflag.Value].
func (l *allowLists) String() string { return joinKinds(*l) }

// Type implements [pflag.Value].
func (l *allowLists) Type() string { return "kind=file" }

// Set implements [pflag.Value].
func (l *allowLists) Set(text string) error {
	one, err := parseKind(text, allowKinds())
	*l = append(*l, one)
	return err
}

func joinKinds(all []kindFile) string {
	parts := make([]string, len(all))
	for i, one := range all {
		parts[i] = one.kind + "=" + one.file
	}
	return strings.Join(parts, ",")
}

func parseKind(text string, kinds []string) (kindFile, error) {
	kind, file, ok := strings.Cut(text, "=")
	switch {
	case !ok || file == "":
		return kindFile{}, fmt.Errorf("it takes KIND=FILE, where KIND is one of %s", strings.Join(kinds, ", "))
	case !slices.Contains(kinds, kind):
		hint := ""
		if near := lang.Nearest(kind, kinds); near != "" {
			hint = fmt.Sprintf("; did you mean %q?", near)
		}
		return kindFile{}, fmt.Errorf("%q is not one of %s%s", kind, strings.Join(kinds, ", "), hint)
	}
	return kindFile{kind, file}, nil
}

// surroundings reads the lists that the flags name. Lines that cannot be used are told.
func (f *detectFlags) surroundings(p *process) (rule.Surroundings, error) {
	around := rule.Surroundings{Cluster: f.cluster}
	var lists []*intel.List
	for _, one := range f.lists {
		list, told, err := app.LoadList(intel.Kind(one.kind), one.file, p.now())
		if err != nil {
			return around, err
		}
		for _, n := range told {
			p.tell("%s: %s", n.What, n.Why)
		}
		lists = append(lists, list)
	}
	around.Lists = detect.NewAddresses(lists...)
	entries := map[string][]string{}
	for _, one := range f.allow {
		allowed, err := app.LoadAllowList(one.file)
		if err != nil {
			return around, err
		}
		entries[one.kind] = append(entries[one.kind], allowed...)
	}
	around.Users, around.Namespaces, around.Images = allowList(entries["users"]), allowList(entries["namespaces"]), allowList(entries["images"])
	return around, nil
}

func allowList(entries []string) *rule.AllowList {
	if entries == nil {
		return nil
	}
	return rule.NewAllowList(entries)
}

// detectFailOn is the flag --fail-on of detect: severities and finding types, any of which is enough for exit code 1.
type detectFailOn struct {
	words    []string
	severity finding.Severity
	byLevel  bool
	types    []string
	hits     map[string]int
	stories  map[string]bool // the attack sequences that were counted, by finding ID
	shared   bool            // with scan
}

// share implements [sharedValue].
func (f *detectFailOn) share() { f.shared = true }

// String implements [pflag.Value].
func (f *detectFailOn) String() string { return strings.Join(f.words, ",") }

// Type implements [pflag.Value].
func (f *detectFailOn) Type() string { return "condition" }

// Set implements [pflag.Value].
func (f *detectFailOn) Set(text string) error {
	for word := range strings.SplitSeq(text, ",") {
		if word = strings.TrimSpace(word); word == "" {
			continue
		}
		f.words = append(f.words, word)
		var s finding.Severity
		switch {
		case s.UnmarshalText([]byte(strings.ToLower(word))) == nil:
			if !f.byLevel || s < f.severity {
				f.severity = s
			}
			f.byLevel = true
		default:
			f.types = append(f.types, word)
		}
	}
	return nil
}

// check finds the words that are neither a severity nor a finding type.
func (f *detectFailOn) check() error {
	for i, word := range f.types {
		switch near := detectionsNamed(word); len(near) {
		case 0:
		case 1:
			f.types[i] = near[0].Type
			continue
		default:
			return fmt.Errorf("--fail-on: %w", severalDetections(word, near))
		}
		if f.shared && (slices.Contains(ruleIDs(), word) || word == criticalPath) {
			continue
		}
		takes := fmt.Sprintf("it takes a severity (%s) or a finding type that \"merlon detect types\" lists", strings.Join(severities(), ", "))
		if near := lang.Nearest(word, append(severities(), detectionTypes()...)); near != "" {
			return fmt.Errorf("--fail-on: there is no %q; did you mean %q? Besides, %s", word, near, takes)
		}
		return fmt.Errorf("--fail-on: there is no %q: %s", word, takes)
	}
	return nil
}

// take counts a detection that meets a condition and no exception; an attack sequence once, however often it is told.
func (f *detectFailOn) take(d *finding.Detection) {
	if d.Exception != "" || f.stories[d.FindingID] {
		return
	}
	if f.hits == nil {
		f.hits, f.stories = map[string]int{}, map[string]bool{}
	}
	if d.Sequence != nil {
		f.stories[d.FindingID] = true
	}
	if f.byLevel && d.Severity >= f.severity {
		f.hits["of severity "+f.severity.String()+" or more"]++
	}
	if slices.Contains(f.types, d.Type) {
		f.hits["of type "+d.Type]++
	}
}

// met gives the outcome where a condition is met.
func (f *detectFailOn) met() error {
	var met []string
	for what, n := range f.hits {
		met = append(met, fmt.Sprintf("%d %s", n, what))
	}
	if met == nil {
		return nil
	}
	slices.Sort(met)
	return &exitError{exitFindings, errors.New("--fail-on: there are detections, " + strings.Join(met, ", "))}
}

// isDetectionType reports whether a word is a finding type, whatever its case.
func isDetectionType(word string) bool {
	return slices.ContainsFunc(detectionTypes(), func(t string) bool { return strings.EqualFold(t, word) })
}

func detectionTypes() []string {
	var types []string
	for _, r := range catalog.Detections() {
		types = append(types, r.Type)
	}
	return types
}
