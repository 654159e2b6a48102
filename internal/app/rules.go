package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/prove"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/rule/celrule"
)

// maxRuleFiles is how many files of rules one run reads.
const maxRuleFiles = 1000

// LoadRules reads the rules of users from files and folders, proves their examples, and gives them in the
// order of their files. A folder is searched, with all below it, for *.yaml and *.yml. IDs may not clash with
// those of the rules that are there. A run that was asked for rules and cannot have them all would look
// better than it is, so that any mistake is an error, which tells all of them.
func LoadRules(paths []string, existing []*rule.Rule) ([]*rule.Rule, error) {
	proved, err := ProveRules(paths, existing)
	problems := []error{err}
	var rules []*rule.Rule
	for _, p := range proved {
		for _, what := range p.Problems {
			problems = append(problems, p.Problem("the rule %q is not loaded: %s", p.ID, short(what)))
		}
		rules = append(rules, p.Rule)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return rules, nil
}

// short writes a problem without the rule that it is about.
func short(p prove.Problem) string {
	if p.Example == "" {
		return p.What
	}
	return fmt.Sprintf("example %q: %s", p.Example, p.What)
}

// Proved is one rule of a user, and what is wrong with it.
type Proved struct {
	celrule.Loaded
	// Problems lists what its examples show; empty for a rule that holds.
	Problems []prove.Problem
}

// ProveRules reads rules as [LoadRules] does, and says of each what its examples show. The error is about
// what could not be compiled, or clashes.
func ProveRules(paths []string, existing []*rule.Rule) ([]Proved, error) {
	files, err := ruleFiles(paths)
	if err != nil {
		return nil, err
	}
	owner := map[string]string{}
	for _, r := range existing {
		owner[r.ID] = "a rule of Merlon"
	}
	var loader celrule.Loader
	var all []Proved
	var problems []error
	for _, file := range files {
		loaded, err := loadFile(&loader, file)
		problems = append(problems, err)
		for _, one := range loaded {
			place := fmt.Sprintf("%s:%d", one.File, one.Line)
			if taken := owner[one.ID]; taken != "" {
				problems = append(problems, one.Problem("the id %q is taken by %s", one.ID, taken))
				continue
			}
			owner[one.ID] = "the rule at " + place
			all = append(all, Proved{Loaded: one, Problems: prove.Examples(one.Rule)})
		}
	}
	return all, errors.Join(problems...)
}

func loadFile(loader *celrule.Loader, file string) ([]celrule.Loaded, error) {
	data, err := ReadSmall(file)
	if err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return loader.Load(filepath.ToSlash(file), data)
}

// ruleFiles lists the files that paths name, once each: those of a folder in the order of their names.
func ruleFiles(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, fmt.Errorf("read rules: %w", NoSuchFile(path, err))
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		before := len(files)
		err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && isYAML(name) {
				files = append(files, name)
			}
			if len(files) > maxRuleFiles {
				return fmt.Errorf("there are more than %d files", maxRuleFiles)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read rules: %w", err)
		}
		if len(files) == before {
			return nil, fmt.Errorf("read rules: there is no *.yaml or *.yml in %s", path)
		}
	}
	var once []string
	for _, file := range files {
		if file = filepath.Clean(file); !slices.Contains(once, file) {
			once = append(once, file)
		}
	}
	return once, nil
}

func isYAML(name string) bool {
	extension := strings.ToLower(filepath.Ext(name))
	return extension == ".yaml" || extension == ".yml"
}

// Verdict says what a rule says of an example: the worst of its resources, and why where it is unknown.
func Verdict(r *rule.Rule, e rule.Example, now time.Time) (finding.State, lang.Text, error) {
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(e.Input), Workers: 1})
	if err != nil {
		return finding.Absent, lang.Text{}, err
	}
	world := &rule.World{Inventory: schema.NewView(read.Sources, read.Resources), Settings: e.Settings, Now: now}
	state, why := finding.Absent, lang.Text{}
	for _, t := range evaluate.Traits(world, []*rule.Rule{r}).Traits {
		if t.State > state {
			state, why = t.State, t.Why
		}
	}
	return state, why, nil
}

// Deciding names the conditions each of which alone makes an example absent: without that one the rule would
// be present. It is empty where several are missed together, or nothing is there to look at.
func Deciding(r *rule.Rule, e rule.Example, now time.Time) []string {
	var names []string
	for _, name := range r.Check.Conditions() {
		without := *r
		without.Check = r.Check.Without(name)
		if state, _, err := Verdict(&without, e, now); err == nil && state == finding.Present {
			names = append(names, name)
		}
	}
	return names
}
