package alive

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// with is a run in which a mutant is alive.
func with(n int) run { return run{number: n} }

func TestBooleans(t *testing.T) {
	for _, b := range []bool{true, false} {
		if got := with(0).truth(7, b); got != b {
			t.Errorf("without a mutant %v is %v", b, got)
		}
		if !with(7).truth(7, b) || with(8).truth(7, b) {
			t.Errorf("%v is not made true by the first mutant and false by the second", b)
		}
		if with(9).truth(7, b) != b {
			t.Errorf("another mutant changes %v", b)
		}
	}
}

func TestSteps(t *testing.T) {
	if up, down, none := with(7).step(7), with(8).step(7), with(9).step(7); up != 1 || down != -1 || none != 0 {
		t.Errorf("got %d, %d and %d", up, down, none)
	}
}

func TestLists(t *testing.T) {
	all := []string{"a", "b", "c"}
	for n, want := range map[int][]string{0: {"a", "b", "c"}, 6: {"a", "b", "c"}, 7: {"b", "c"}, 8: {"a", "c"}, 9: {"a", "b"}, 10: {"a", "b", "c"}} {
		if got := without(with(n), 7, all); !slices.Equal(got, want) {
			t.Errorf("with mutant %d it is %v, want %v", n, got, want)
		}
	}
	if !slices.Equal(all, []string{"a", "b", "c"}) {
		t.Errorf("the list itself is changed: %v", all)
	}
}

func TestTruths(t *testing.T) {
	unknown := rule.Unknown(lang.Text{EN: "nobody knows"})
	for n, want := range map[int]finding.State{0: finding.Unknown, 7: finding.Absent, 8: finding.Present} {
		if got := with(n).known(7, unknown).State; got != want {
			t.Errorf("with mutant %d it is %s, want %s", n, got, want)
		}
	}
}

func TestConditions(t *testing.T) {
	all := []rule.Condition[finding.State]{
		{Name: "first", Holds: func(_ *rule.World, s finding.State) rule.Truth { return rule.Truth{State: s} }},
		{Name: "second", Holds: func(_ *rule.World, s finding.State) rule.Truth { return rule.Truth{State: s} }},
	}
	for _, c := range []struct {
		name   string
		number int
		want   [3]finding.State // For absent, unknown and present.
	}{
		{"none", 0, [3]finding.State{finding.Absent, finding.Unknown, finding.Present}},
		{"the first dropped", 7, [3]finding.State{finding.Absent, finding.Unknown, finding.Present}},
		{"the second dropped", 9, [3]finding.State{finding.Present, finding.Present, finding.Present}},
		{"the second negated", 10, [3]finding.State{finding.Present, finding.Unknown, finding.Absent}},
	} {
		second := conditions(with(c.number), 7, all)[1]
		for i, s := range []finding.State{finding.Absent, finding.Unknown, finding.Present} {
			if got := second.Holds(nil, s).State; got != c.want[i] {
				t.Errorf("%s: a second condition that is %s is %s, want %s", c.name, s, got, c.want[i])
			}
		}
		if second.Name != "second" {
			t.Errorf("%s: it is called %s", c.name, second.Name)
		}
	}
}

// In this process no mutant is alive, so everything is as it would be without this package.
func TestWithoutAMutant(t *testing.T) {
	for i, ok := range []bool{
		!On(1), Bool(1, true), !Bool(1, false), True(1, true), !True(1, false), False(1, true), !False(1, false),
		Less(1, 2, 3), !Less(1, 3, 3), LessOrEqual(1, 3, 3), !LessOrEqual(1, 4, 3), Greater(1, 3, 2), !Greater(1, 3, 3), GreaterOrEqual(1, 3, 3),
		!GreaterOrEqual(1, 2, 3), Text(1, "a") == "a", Step(1) == 0, len(Without(1, []int{1, 2})) == 2, Truth(1, rule.Is(true)).State == finding.Present,
	} {
		if !ok {
			t.Errorf("number %d of the list", i)
		}
	}
}

func TestWhatARunComesPast(t *testing.T) {
	path := filepath.Join(t.TempDir(), "numbers")
	r := started("3", path)
	r.truth(7, true)
	r.step(3)
	r.truth(7, false)
	got, err := os.ReadFile(path)
	if want := "7\n8\n3\n4\n"; err != nil || string(got) != want {
		t.Errorf("it wrote %q (%v), want %q", got, err, want)
	}
	if !r.is(3) || r.is(4) {
		t.Error("it forgot which mutant is alive")
	}
}

func TestABrokenEnvironment(t *testing.T) {
	for _, env := range [][2]string{{"seven", ""}, {"-1", ""}, {"1", filepath.Join(t.TempDir(), "no", "folder")}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%q is accepted", env)
				}
			}()
			started(env[0], env[1])
		}()
	}
}
