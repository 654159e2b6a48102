// Command mutate checks the tests of the rules that Merlon ships: it changes what a rule decides with, one
// small change at a time, and sees whether a test notices. A change that none notices (a survivor) is either a
// case that no test covers, code that decides nothing, or a change that makes no difference.
//
// What is changed, in internal/catalog and internal/catalog/traits: the fields On, Needs, Check and Patch of
// each rule, and all that these need.
//
//   - A named condition is dropped, and negated.
//   - A boolean expression is made true, and false. Of one with && or || each operand is dropped, and the whole
//     is made false (&&) or true (||). true and false are exchanged.
//   - < and <=, > and >= are exchanged.
//   - An item is dropped from a list, and a value from a case of a switch over texts.
//   - A number that a function is given, as that of a Kubernetes version, is one more, and one less.
//   - rule.Unknown is made absent, and present.
//   - An assignment or a call for its effect is skipped.
//
// Texts, claims about severity, and what only examples need stay as they are. So do the files on disk: all
// mutants are compiled into one program per package of tests, through an overlay, and the environment says
// which one is alive. Each runs only against the tests that come past it: first the examples of its rule, then
// the other tests of the catalogue, of the patches, and those that hold the rules to Pod Security Admission.
//
// equivalent.txt beside this file explains survivors. The command fails where a survivor is not explained, and
// where an explanation has no survivor.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/catalog"
)

// The module whose code is changed, and the package that changed code calls.
const (
	module    = "github.com/merlonsec/merlon"
	alivePath = module + "/test/mutate/alive"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// subject is what is checked.
type subject struct {
	root     string   // The folder of the module.
	packages []string // Whose code is changed, as the go command names them.
	suites   []*suite
	// conditions holds the names of the conditions of each rule, by its ID.
	conditions map[string][]string
}

// patience is how long one run may take. Seconds are usual, but a machine may have much else to do; a mutant
// that never ends is rare.
const patience = 5 * time.Minute

func shipped(root string) subject {
	s := subject{
		root:     root,
		packages: []string{"./internal/catalog", "./internal/catalog/traits"},
		suites: []*suite{
			{name: "the examples of the rules", dir: "internal/catalog", timeout: patience},
			{name: "the tests beside the rules", dir: "internal/catalog/traits", timeout: patience},
			{name: "the tests of the patches", dir: "internal/remedy", timeout: patience},
			{name: "Pod Security Admission's fixtures and pods made up", dir: "test/psa", timeout: patience},
		},
		conditions: map[string][]string{},
	}
	for _, r := range catalog.All() {
		s.conditions[r.ID] = r.Check.Conditions()
	}
	return s
}

// settings are the flags.
type settings struct {
	only    string
	all     bool
	workers int
	list    string
}

func parseFlags(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("mutate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.only, "only", "", "check one `rule` or shared file, as the table names it")
	flags.BoolVar(&s.all, "all", false, "list every mutant with the test that noticed it")
	flags.IntVar(&s.workers, "parallel", runtime.NumCPU(), "how many `runs` go on at once")
	flags.StringVar(&s.list, "equivalents", "test/mutate/equivalent.txt", "the `file` that explains survivors")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if flags.NArg() > 0 || s.workers < 1 {
		return s, errors.New("it takes no arguments, and -parallel is at least 1")
	}
	return s, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	mod, err := output(ctx, ".", nil, "go", "env", "GOMOD")
	if err != nil {
		return err
	}
	root := filepath.Dir(strings.TrimSpace(string(mod)))
	text, err := os.ReadFile(filepath.Join(root, s.list))
	if err != nil {
		return err
	}
	known, err := readEquivalents(s.list, string(text))
	if err != nil {
		return err
	}
	outcomes, err := check(ctx, shipped(root), s, stderr)
	if err != nil {
		return err
	}
	wrong := known.explain(outcomes)
	if s.only != "" {
		wrong = slices.DeleteFunc(wrong, func(w string) bool { return strings.HasSuffix(w, noSuchMutant) })
	}
	if s.all {
		details(stdout, outcomes)
	}
	if err := report(stdout, outcomes, shipped(root).suites); err != nil {
		return err
	}
	return verdict(s.list, outcomes, wrong)
}

// verdict is the error of a run that found something to do.
func verdict(list string, outcomes []outcome, wrong []string) error {
	var problems []error
	for _, w := range wrong {
		problems = append(problems, fmt.Errorf("take out of %s: %s", list, w))
	}
	open := 0
	for _, o := range outcomes {
		if !o.killed() && o.why == "" {
			open++
		}
	}
	if open > 0 {
		problems = append(problems, fmt.Errorf("%d survivors: add an example that tells each from the rule, take code away that decides nothing, or say in %s why none can", open, list))
	}
	return errors.Join(problems...)
}

// check makes the mutants of a subject and judges them.
func check(ctx context.Context, of subject, s settings, progress io.Writer) ([]outcome, error) {
	sources, err := load(ctx, of.root, of.packages...)
	if err != nil {
		return nil, err
	}
	var parts []part
	for _, source := range sources {
		parts = append(parts, scope(source)...)
	}
	found := find(parts, of.conditions)
	mutants := found.mutants
	if s.only != "" {
		mutants = slices.DeleteFunc(slices.Clone(mutants), func(m *mutant) bool { return m.owner() != s.only })
		if len(mutants) == 0 {
			return nil, fmt.Errorf("-only: nothing of %q is changed", s.only)
		}
	}
	temp, err := os.MkdirTemp("", "mutate-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp) //nolint:errcheck // It is a folder for temporary files.
	replaced, err := overlay(found, sources, temp)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	on := &machine{root: of.root, temp: temp, workers: s.workers}
	for _, suite := range of.suites {
		fmt.Fprintf(progress, "building %s\n", suite.name)
		if err := suite.prepare(ctx, on, replaced); err != nil {
			return nil, fmt.Errorf("%s: %w", suite.dir, err)
		}
	}
	fmt.Fprintf(progress, "running %d mutants\n", len(mutants))
	outcomes, err := judge(ctx, on, of.suites, mutants)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(progress, "%d runs in %d s, with %d s of processor time\n",
		on.runs.Load(), int(time.Since(start).Seconds()), int(time.Duration(on.spent.Load()).Seconds()))
	slices.SortStableFunc(outcomes, func(a, b outcome) int {
		return cmp.Or(cmp.Compare(a.file.name, b.file.name), cmp.Compare(a.line, b.line))
	})
	return outcomes, nil
}
