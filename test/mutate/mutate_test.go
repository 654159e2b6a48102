package main

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/catalog"
)

func root(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// fixture is the package testdata/fixture as a subject: two rules (rules.go) whose tests (rules_test.go) have
// known gaps.
func fixture(t *testing.T) subject {
	t.Helper()
	return subject{
		root:       root(t),
		packages:   []string{"./test/mutate/testdata/fixture"},
		suites:     []*suite{{name: "its tests", dir: "test/mutate/testdata/fixture", timeout: time.Minute}},
		conditions: map[string][]string{"tested": {"risky", "known"}, "gaps": {"risky", "version"}},
	}
}

func TestGapsInTestsAreFound(t *testing.T) {
	before := digest(t)
	outcomes, err := check(t.Context(), fixture(t), settings{workers: 2}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range outcomes {
		if !o.killed() {
			got = append(got, o.owner()+": "+o.within+": "+o.what)
		}
	}
	want := []string{
		"gaps: Gaps: `k8s.Pod` dropped from the list", // The test does not ask which types it looks at.
		"gaps: Gaps: `c.Privileged` dropped from a ||",
		"gaps: Gaps: condition version dropped",      // 1.9 is the only version that is tried,
		"gaps: Gaps: 5 increased by 1 in `since(5)`", // which is far from 1.5.
		"gaps: Gaps: 5 decreased by 1 in `since(5)`",
		"rules.go: isRisky: `len(name) > 0` dropped from a &&", // Nothing starts with nothing.
		"gaps: since: `w.Settings.KubernetesVersion.AtLeast(1, minor)` made true",
		"gaps: since: 1 decreased by 1 in `w.Settings.KubernetesVersion.AtLeast(1, minor)`",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(before, digest(t)); diff != "" {
		t.Errorf("files on disk are changed:\n%s", diff)
	}
}

// digest reads the files of the fixture.
func digest(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	folder := os.DirFS("testdata/fixture")
	names, err := fs.Glob(folder, "*")
	if err != nil || len(names) == 0 {
		t.Fatalf("no files: %v", err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(folder, name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(content)
	}
	return all
}

func TestTestsThatCannotBeBuilt(t *testing.T) {
	s := fixture(t)
	s.suites[0].dir = "test/mutate/alive/testdata"
	if _, err := check(t.Context(), s, settings{workers: 2}, io.Discard); err == nil || !strings.Contains(err.Error(), "test/mutate/alive/testdata") {
		t.Errorf("a package that is not there: %v", err)
	}
}

// Each condition of each rule is dropped and negated, and nothing else is taken for a condition.
func TestEveryConditionOfTheCatalogueIsChanged(t *testing.T) {
	s := shipped(root(t))
	sources, err := load(t.Context(), s.root, s.packages...)
	if err != nil {
		t.Fatal(err)
	}
	var parts []part
	for _, source := range sources {
		parts = append(parts, scope(source)...)
	}
	got := map[string][]string{}
	for _, m := range find(parts, s.conditions).mutants {
		if m.condition {
			got[m.owner()] = append(got[m.owner()], m.what)
		}
	}
	want := map[string][]string{}
	for _, r := range catalog.All() {
		for _, name := range r.Check.Conditions() {
			want[r.ID] = append(want[r.ID], "condition "+name+" dropped", "condition "+name+" negated")
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestTestsArePicked(t *testing.T) {
	tests := []test{{name: "TestA", group: "x"}, {name: "TestB"}, {name: "TestA", group: "y.z"}}
	if got, want := pattern(tests), `^TestA$/^(x|y\.z)$|^TestB$`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTestsAreListed(t *testing.T) {
	const out = `=== RUN   TestB
--- PASS: TestB (0.00s)
    --- PASS: TestB/rule/one (0.00s)
    --- PASS: TestB/rule/two (0.00s)
        --- PASS: TestB/rule/two/three (0.00s)
    --- SKIP: TestB/other (0.00s)
--- PASS: TestPaths (0.00s)
    --- PASS: TestPaths/C:/k (0.00s)
    --- PASS: TestPaths//etc/shadow (0.00s)
--- PASS: TestA (0.00s)
PASS
`
	var got []string
	for _, t := range testsIn(out) {
		got = append(got, t.name+" "+t.group)
	}
	if diff := cmp.Diff([]string{"TestA ", "TestB other", "TestB rule", "TestPaths "}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestWhyARunFailed(t *testing.T) {
	for out, want := range map[string]string{
		"--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/x (0.00s)\n        a_test.go:1: b\nFAIL\n":  "TestA/x",
		"panic: test timed out after 1m0s\n\trunning tests:\n\t\tTestA (1m0s)\n--- FAIL: TestA\n": "timeout",
		"panic: at the start\n\ngoroutine 1":                                                      "panic: at the start",
		"":                                                                                        "no result",
	} {
		if got := reason(out); got != want {
			t.Errorf("%q is %q, want %q", out, got, want)
		}
	}
}

func TestRoundsBeginWithTheRuleItself(t *testing.T) {
	here, elsewhere := map[int]bool{7: true}, map[int]bool{8: true}
	s := suite{tests: []test{{name: "A", group: "other", reaches: here}, {name: "A", group: "own", reaches: here}, {name: "B", reaches: elsewhere}, {name: "C", reaches: here}, {name: "D", reaches: here, took: 2 * time.Second}, {name: "E", group: "own", reaches: here, took: time.Second}}}
	var got []string
	for _, tests := range s.rounds(&mutant{number: 7, rules: []string{"own"}}) {
		got = append(got, pattern(tests))
	}
	if diff := cmp.Diff([]string{"^A$/^(own)$", "^A$/^(other)$|^C$", "^E$/^(own)$", "^D$"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// judged makes up outcomes: of a mutant of each owner, killed or not.
func judged() []outcome {
	f := &file{name: "p/shared.go"}
	return []outcome{
		{mutant: &mutant{file: f, line: 3, within: "F", what: "a", rules: []string{"one"}, condition: true}, suite: "the tests", test: "TestA"},
		{mutant: &mutant{file: f, line: 4, within: "F", what: "b", rules: []string{"one"}}, reached: true},
		{mutant: &mutant{file: f, line: 5, within: "F", what: "c", rules: []string{"one", "two"}}},
		{mutant: &mutant{file: f, line: 6, within: "F", what: "d", rules: []string{"one", "two"}}, suite: "the tests", test: "TestB"},
	}
}

func TestReport(t *testing.T) {
	outcomes := judged()
	outcomes[1].why = "it is the same"
	var out bytes.Buffer
	if err := report(&out, outcomes, []*suite{{name: "the tests"}}); err != nil {
		t.Fatal(err)
	}
	want := `RULE OR SHARED FILE  CONDITIONS  CODE  KILLED  EXPLAINED
one                  1/1         0/1   50.0 %  1
shared.go            -           1/2   50.0 %  0

survivors without an explanation:
p/shared.go:5: F: c (no test comes past it)

survivors with an explanation:
p/shared.go:4: F: b
	it is the same

2 killed by the tests
named conditions: 1/1 killed (100.0 %)
code: 1/3 killed (33.3 %)
all: 2/4 killed (50.0 %); of the others 1 are explained and 1 are not
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestExplanations(t *testing.T) {
	known, err := readEquivalents("list", "# about the list\n\np/shared.go F: b\n\tit is the same\np/shared.go F: d\n\tnobody can tell\np/shared.go F: e\n\tit was\n")
	if err != nil {
		t.Fatal(err)
	}
	outcomes := judged()
	wrong := known.explain(outcomes)
	if diff := cmp.Diff([]string{"p/shared.go F: d: the tests: TestB notices it", "p/shared.go F: e: there is no such mutant"}, wrong); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if outcomes[1].why != "it is the same" || outcomes[3].why != "" {
		t.Errorf("reasons %q and %q", outcomes[1].why, outcomes[3].why)
	}
	err = verdict("list", outcomes, wrong)
	for _, part := range []string{"take out of list: p/shared.go F: d", "take out of list: p/shared.go F: e", "1 survivors"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
	outcomes[2].why = "it is explained too"
	if err := verdict("list", outcomes, nil); err != nil {
		t.Errorf("nothing is left to do, and it says %v", err)
	}
}

func TestBrokenLists(t *testing.T) {
	for text, want := range map[string]string{
		"\tbecause\n":                "list:1: a reason without",
		"a: b\nc: d\n\tbecause\n":    "list:2: the mutant above has no reason",
		"a: b\n":                     "list:1: the last mutant has no reason",
		"a: b\n\tx\n\na: b\n\ty\n":   "list:4: this mutant is there twice",
		"a: b\n\tx\n\tand so on\n":   "list:3: a reason without",
		"# a\na: b\n  # c\n\n\tx\nd": "list:6: the last mutant has no reason",
	} {
		if _, err := readEquivalents("list", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// The list beside the tool is read by every run; here it is only held to its form.
func TestTheListIsInForm(t *testing.T) {
	text, err := os.ReadFile("equivalent.txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readEquivalents("equivalent.txt", string(text)); err != nil {
		t.Error(err)
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{"rule"}, {"-parallel", "0"}, {"-nothing"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
	if err := run(t.Context(), []string{"-only", "no-such-rule"}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "no-such-rule") {
		t.Errorf("a rule that is not there: %v", err)
	}
}
