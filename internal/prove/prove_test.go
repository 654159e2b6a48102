package prove_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/prove"
	"github.com/merlonsec/merlon/internal/rule"
)

const (
	privileged = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: web:1
    env:
    - name: GREETING
      value: good morning
    securityContext:
      privileged: true
`
	unprivileged = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
  - name: web
    image: web:1
`
	windows = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  os:
    name: windows
  containers:
  - name: web
    image: web:1
    securityContext:
      privileged: true
`
	// both misses two conditions at once.
	both = `apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  os:
    name: windows
  containers:
  - name: web
    image: web:1
`
)

// sound is a rule without a problem; each test breaks it in one way.
func sound() *rule.Rule {
	return &rule.Rule{
		ID:         "test-rule",
		Category:   finding.Misconfiguration,
		Likelihood: finding.LikelihoodModerate,
		Impact:     finding.ImpactHigh,
		References: []rule.Reference{{Source: "PSS", ID: "privileged", URL: "https://kubernetes.io/docs/"}},
		Title:      lang.Text{EN: "Title", ES: "Título", PT: "Título"},
		Why:        lang.Text{EN: "Why.", ES: "Por qué.", PT: "Por quê."},
		Fix:        lang.Text{EN: "Do it\n\nSo.", ES: "Hágalo\n\nAsí.", PT: "Faça\n\nAssim."},
		On:         []inventory.Type{k8s.Pod},
		Check:      check(),
		Opens:      []finding.EdgeKind{finding.EdgeEscapePrivileged},
		Examples: []rule.Example{
			{Name: "positive", Input: privileged, Want: finding.Present, Path: "$.spec.containers[0].securityContext.privileged"},
			{Name: "not privileged", Input: unprivileged, Want: finding.Absent, Misses: "privileged"},
			{Name: "windows", Input: windows, Want: finding.Absent, Misses: "linux"},
		},
	}
}

func check() rule.Each[rule.Container] {
	return rule.Each[rule.Container]{
		In: rule.Containers,
		Where: []rule.Condition[rule.Container]{
			rule.If("privileged", func(c rule.Container) bool { return c.Privileged }),
			rule.If("linux", rule.Container.OnLinux),
		},
		Show: func(c rule.Container) finding.Evidence { return c.Evidence("securityContext.privileged", true) },
	}
}

func TestASoundRuleHasNoProblems(t *testing.T) {
	for _, p := range prove.Rule(sound()) {
		t.Error(p)
	}
}

func TestBrokenDeclarations(t *testing.T) {
	tests := []struct {
		name   string
		damage func(r *rule.Rule)
		want   string
	}{
		{"an ID in camel case", func(r *rule.Rule) { r.ID = "testRule" }, "its ID is not kebab-case"},
		{"an ID with a dash at its end", func(r *rule.Rule) { r.ID = "test-" }, "its ID is not kebab-case"},
		{"no category", func(r *rule.Rule) { r.Category = "" }, `category "" is none`},
		{"a role that is none", func(r *rule.Rule) { r.Role = "main" }, `role "main" is none`},
		{"no likelihood", func(r *rule.Rule) { r.Likelihood = 0 }, "it declares no likelihood"},
		{"no type of resource", func(r *rule.Rule) { r.On = nil }, "it looks at no type of resource"},
		{"an edge that is not documented", func(r *rule.Rule) { r.Opens = []finding.EdgeKind{"teleport"} }, `it opens the edge "teleport"`},
		{"no reference", func(r *rule.Rule) { r.References = nil }, "it has no reference"},
		{"a reference without a URL", func(r *rule.Rule) { r.References[0].URL = "" }, "no https URL"},
		{"a language that is missing", func(r *rule.Rule) { r.Why.PT = "" }, "its why is missing in pt"},
		{"a title that is too long", func(r *rule.Rule) { r.Title.ES = strings.Repeat("á", 61) }, "its title in es has 61 characters"},
		{"a title with a full stop", func(r *rule.Rule) { r.Title.EN = "Title." }, "its title in en is not one line without a full stop"},
		{"a fix that is a title only", func(r *rule.Rule) { r.Fix.EN = "Do it" }, "its fix in en is not a title, an empty line, and what to do"},
		{"a fix without the empty line", func(r *rule.Rule) { r.Fix.EN = "Do it\nSo." }, "its fix in en is not a title, an empty line, and what to do"},
		{"no check", func(r *rule.Rule) { r.Check = nil }, "it has no check"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { wantProblem(t, test.damage, test.want) })
	}
}

func TestBrokenExamples(t *testing.T) {
	tests := []struct {
		name   string
		damage func(r *rule.Rule)
		want   string
	}{
		{"no positive", func(r *rule.Rule) { r.Examples = r.Examples[1:] }, "no example where it is present"},
		{"a condition without a near miss", func(r *rule.Rule) { r.Examples = r.Examples[:2] }, `condition "linux" has no near miss`},
		{"two examples of one name", func(r *rule.Rule) { r.Examples[1].Name = "positive" }, "another example has the same name"},
		{"a condition that does not exist", func(r *rule.Rule) { r.Examples[1].Misses = "root" }, `it misses "root", which is no condition`},
		{"a near miss that wants to be present", func(r *rule.Rule) { r.Examples[1].Want = finding.Present }, "but wants the verdict present"},
		{
			"a near miss that misses two conditions", func(r *rule.Rule) { r.Examples[1].Input = both },
			`without condition "privileged" the verdict is absent`,
		},
		{"a verdict that is another one", func(r *rule.Rule) { r.Examples[0].Input = unprivileged }, "the verdict is absent, not present"},
		{"an input without an object", func(r *rule.Rule) { r.Examples[0].Input = "replicas: 3\n" }, "its input cannot be read"},
		{"an input that is not YAML", func(r *rule.Rule) { r.Examples[0].Input = "a: [\n" }, "its input cannot be read"},
		{"a path that no evidence names", func(r *rule.Rule) { r.Examples[0].Path = "$.spec.hostPID" }, "no evidence names $.spec.hostPID"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { wantProblem(t, test.damage, test.want) })
	}
}

func TestBrokenChecks(t *testing.T) {
	show := func(path string, value any) func(c rule.Container) finding.Evidence {
		return func(c rule.Container) finding.Evidence {
			return finding.Evidence{Resource: c.Resource.UID, Path: path, Value: value}
		}
	}
	tests := []struct {
		name   string
		damage func(e *rule.Each[rule.Container])
		want   string
	}{
		{
			"evidence that is nowhere", func(e *rule.Each[rule.Container]) { e.Show = show("$.spec.nothing.here", true) },
			"neither it nor the field above it is in the object",
		},
		{
			"evidence that says the contrary of the object", func(e *rule.Each[rule.Container]) {
				e.Show = show("$.spec.containers[0].securityContext.privileged", false)
			},
			"says $.spec.containers[0].securityContext.privileged = false, and the object says true",
		},
		{
			"evidence that misses what the object says", func(e *rule.Each[rule.Container]) { e.Show = show("$.spec.containers[0].image", nil) },
			"says $.spec.containers[0].image = <nil>, and the object says web:1",
		},
		{"evidence of a resource that was not read", func(e *rule.Each[rule.Container]) {
			e.Show = func(c rule.Container) finding.Evidence {
				return finding.Evidence{Resource: "k8s://files/core/Pod/default/other", Path: "$.spec"}
			}
		}, "names a resource without an object"},
		{"evidence with the value of an environment variable", func(e *rule.Each[rule.Container]) {
			e.Show = show("$.spec.containers[0].env[0].value", "it says good morning")
		}, "repeats a value of an environment variable"},
		{"a verdict that weighs more than the rule", func(e *rule.Each[rule.Container]) {
			e.Grade = func(rule.Container) finding.Weight {
				return finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodVeryHigh}
			}
		}, "weighs more than the rule declares"},
		{"a verdict that opens an edge the rule does not declare", func(e *rule.Each[rule.Container]) {
			e.Grade = func(rule.Container) finding.Weight {
				return finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodLow, Opens: []finding.EdgeKind{finding.EdgeEscapeSocket}}
			}
		}, "weighs more than the rule declares"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantProblem(t, func(r *rule.Rule) {
				e := check()
				test.damage(&e)
				r.Check = e
			}, test.want)
		})
	}
}

func TestVerdictsThatAreNotStable(t *testing.T) {
	t.Run("from one run to the next", func(t *testing.T) {
		calls := 0
		wantProblem(t, replaceFirst(func(w *rule.World, c rule.Container) bool {
			calls++
			return c.Privileged && calls == 1
		}), "the second run gives another verdict")
	})
	t.Run("from one order of the documents to the other", func(t *testing.T) {
		named := strings.ReplaceAll(unprivileged, "name: web", "name: api")
		wantProblem(t, func(r *rule.Rule) {
			replaceFirst(func(w *rule.World, c rule.Container) bool { return c.Privileged && c.Resource.Origin.Line <= 1 })(r)
			r.Examples[0].Input = privileged + "---\n" + named
		}, "the verdict depends on the order of the documents")
	})
	t.Run("from before a snapshot to after it", func(t *testing.T) {
		var live []*inventory.Resource
		wantProblem(t, replaceFirst(func(w *rule.World, c rule.Container) bool {
			live = append(live, c.Resource)
			return c.Privileged && len(live) <= 3
		}), "the verdict is another one after a snapshot")
	})
}

// replaceFirst replaces the rule's first condition.
func replaceFirst(holds func(w *rule.World, c rule.Container) bool) func(r *rule.Rule) {
	return func(r *rule.Rule) {
		e := check()
		e.Where[0] = rule.Condition[rule.Container]{Name: "privileged", Holds: func(w *rule.World, c rule.Container) rule.Truth {
			return rule.Is(holds(w, c))
		}}
		r.Check = e
	}
}

func TestUnknownNeedsAReason(t *testing.T) {
	unknown := rule.Each[rule.PodField]{
		In: rule.Pods,
		Where: []rule.Condition[rule.PodField]{{Name: "told", Holds: func(*rule.World, rule.PodField) rule.Truth {
			return rule.Unknown(lang.Text{})
		}}},
	}
	wantProblem(t, func(r *rule.Rule) {
		r.Check = unknown
		r.Examples = []rule.Example{{Name: "unknown", Input: unprivileged, Want: finding.Unknown}}
	}, "it does not say why the verdict is unknown")
}

func TestProblemsNameTheirRuleAndExample(t *testing.T) {
	r := sound()
	r.Examples[0].Input = unprivileged
	problems := prove.Rule(r)
	if len(problems) != 1 {
		t.Fatalf("got %d problems, want 1: %v", len(problems), problems)
	}
	if got, want := problems[0].String(), "test-rule: example “positive”: the verdict is absent, not present"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// wantProblem breaks a sound rule and looks for the problem.
func wantProblem(t *testing.T, breakIt func(r *rule.Rule), want string) {
	t.Helper()
	r := sound()
	breakIt(r)
	problems := prove.Rule(r)
	for _, p := range problems {
		if strings.Contains(p.What, want) {
			return
		}
	}
	t.Errorf("no problem says %q, but %v", want, problems)
}
