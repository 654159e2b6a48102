package report

import (
	"bytes"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// sgr matches the only escape sequences that an output may have.
var sgr = regexp.MustCompile("\x1b\\[[0-9;]+m")

// checkLines holds an output to its width, and to what a terminal shows as it is.
func checkLines(t testing.TB, out []byte, width int) {
	t.Helper()
	if width == 0 {
		width = usualWidth
	}
	width = min(max(width, narrowest), widest)
	if !utf8.Valid(out) {
		t.Error("the output is not UTF-8")
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		line = sgr.ReplaceAllString(line, "")
		if n := columns(line); n > width {
			t.Errorf("line %d has %d columns, more than %d: %q", i+1, n, width, line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("line %d ends in a space: %q", i+1, line)
		}
		if j := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }); j >= 0 {
			t.Errorf("line %d has a character that is not printable: %q", i+1, line)
		}
	}
}

// hostile lists what a file may have for a name or value.
func hostile() []string {
	return []string{
		"\x1b[2J\x1b[H", "\x1b]0;title\x07", "\u009b31m", "a\rb", "line\nbreak", "\x00", "\x7f", "\u202egnp.exe", "\u2028", "\u2066x",
		"\xff\xfe", "e\u0301\u0301\u0301\u0301\u0301", "\u0301", "日本語の名前", "👩‍👩‍👧", "❤\ufe0f", "🇪🇸", "\u3000", "\u00a0", "\u200b", "\ufeff",
		"", " ", "  x  ", "\t", strings.Repeat("x", 300), strings.Repeat("結", 200), strings.Repeat("a ", 150), "%s%d%!", "`", "\U000e0041", "\ue000",
	}
}

func TestHostileNamesAreHarmless(t *testing.T) {
	for _, bad := range hostile() {
		s := shop()
		poison(s, func(string) string { return bad })
		for _, width := range []int{0, 40, 61, 120} {
			for _, l := range lang.All() {
				checkLines(t, render(t, "table", s, Options{Width: width, Lang: l, Color: true}), width)
				checkLines(t, explain(t, s, &s.Exposures[0], Options{Width: width, Lang: l, Rules: poisonedRules(bad)}), width)
			}
		}
		if out := render(t, "json", s, Options{}); bytes.ContainsFunc(out, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
			t.Errorf("the JSON has a control character for %q", bad)
		}
	}
}

func poisonedRules(bad string) Rules {
	return func(string) (RuleTexts, bool) {
		t := lang.Text{EN: bad + "\n\n    kubectl " + bad + "\n- " + bad, ES: bad, PT: bad}
		return RuleTexts{Title: t, Why: t, Fix: t, References: []rule.Reference{
			{Source: bad, ID: bad, Name: bad, URL: bad}, {Source: "ATT&CK", ID: bad, Name: bad, URL: "https://example.test/" + bad},
		}}, true
	}
}

func TestHostileRulesAreHarmless(t *testing.T) {
	for _, bad := range hostile() {
		texts, _ := poisonedRules(bad)("")
		r := &rule.Rule{
			ID: bad, Title: texts.Title, Why: texts.Why, Fix: texts.Fix, Check: rule.Each[int]{Where: []rule.Condition[int]{{Name: bad}}},
			References: []rule.Reference{{Source: bad, ID: bad, URL: bad}}, Examples: []rule.Example{{Name: bad, Input: bad}},
		}
		var b bytes.Buffer
		if err := ExplainRule(&b, r, Options{}); err != nil {
			t.Fatal(err)
		}
		checkLines(t, b.Bytes(), 0)
	}
}

// poison changes every text of a scan that may come from outside.
func poison(s *finding.Scan, f func(string) string) {
	all := func(t lang.Text) lang.Text { return lang.Text{EN: f(t.EN), ES: f(t.ES), PT: f(t.PT)} }
	s.Tool.Version = f(s.Tool.Version)
	for i := range s.Sources {
		s.Sources[i].Name = f(s.Sources[i].Name)
		for j := range s.Sources[i].NotAssessed {
			n := &s.Sources[i].NotAssessed[j]
			n.What, n.Why = f(n.What), f(n.Why)
		}
	}
	for i := range s.Exposures {
		e := &s.Exposures[i]
		e.Title, e.UID = all(e.Title), f(e.UID)
		r := &e.Resource
		r.Name, r.Namespace, r.Cluster, r.Account, r.Region = f(r.Name), f(r.Namespace), f(r.Cluster), f(r.Account), f(r.Region)
		r.UID, r.Type, r.Origin.File = inventory.UID(f(string(r.UID))), inventory.Type(f(string(r.Type))), f(r.Origin.File)
		for j := range e.Traits {
			tr := &e.Traits[j]
			tr.ID, tr.Title, tr.Origin.File = f(tr.ID), all(tr.Title), f(tr.Origin.File)
			for k := range tr.Evidence {
				tr.Evidence[k] = finding.Evidence{Resource: inventory.UID(f("uid")), Path: f(tr.Evidence[k].Path), Value: f(tr.Evidence[k].Text())}
			}
		}
		for j := range e.Remediations {
			e.Remediations[j].ID, e.Remediations[j].Title = f(e.Remediations[j].ID), all(e.Remediations[j].Title)
		}
		for _, p := range e.AttackPaths {
			for k := range p.Edges {
				edge := &p.Edges[k]
				edge.From, edge.To = inventory.UID(f(string(edge.From))), inventory.UID(f(string(edge.To)))
				edge.Kind, edge.Why, edge.Cause = finding.EdgeKind(f(string(edge.Kind))), all(edge.Why), f(edge.Cause)
			}
		}
	}
	for i := range s.NotAssessed {
		n := &s.NotAssessed[i]
		n.Rule, n.Missing, n.Why = f(n.Rule), f(n.Missing), all(n.Why)
	}
	for i := range s.Exceptions {
		s.Exceptions[i].ID = f(s.Exceptions[i].ID)
	}
	for i := range s.FewestFixes {
		s.FewestFixes[i].ID, s.FewestFixes[i].Title = f(s.FewestFixes[i].ID), all(s.FewestFixes[i].Title)
	}
}

// FuzzLines makes scans of random shape with names out of the input.
func FuzzLines(f *testing.F) {
	for i, bad := range hostile() {
		f.Add(uint64(i), bad, 40+i*5)
	}
	f.Fuzz(func(t *testing.T, seed uint64, name string, width int) {
		if len(name) > 2000 {
			t.Skip()
		}
		r := rand.New(rand.NewPCG(seed, 1))
		s := randomScan(r, name)
		o := Options{Width: width, Lang: lang.All()[r.IntN(3)], Color: r.IntN(2) == 0, All: r.IntN(2) == 0, MinSeverity: finding.Severity(r.IntN(5))}
		checkLines(t, render(t, "table", s, o), max(width, 0))
		for i := range s.Exposures {
			checkLines(t, explain(t, s, &s.Exposures[i], o), max(width, 0))
		}
		if _, err := Read(bytes.NewReader(render(t, "json", s, o))); err != nil {
			t.Errorf("read what was written: %v", err)
		}
	})
}

// randomScan takes the shop apart and leaves, doubles and renames pieces of it.
func randomScan(r *rand.Rand, name string) *finding.Scan {
	s := shop()
	poison(s, func(old string) string {
		switch r.IntN(4) {
		case 0:
			return name
		case 1:
			return old + name
		}
		return old
	})
	r.Shuffle(len(s.Exposures), func(i, j int) { s.Exposures[i], s.Exposures[j] = s.Exposures[j], s.Exposures[i] })
	s.Exposures = s.Exposures[:r.IntN(len(s.Exposures)+1)]
	for i := range s.Exposures {
		e := &s.Exposures[i]
		e.Severity, e.Ceiling = finding.Severity(r.IntN(6)), finding.Severity(r.IntN(6))
		e.Likelihood, e.Impact = finding.Likelihood(r.IntN(5)), finding.Impact(r.IntN(5))
		e.Platform = r.IntN(4) == 0
		e.Traits = e.Traits[:r.IntN(len(e.Traits)+1)]
		e.Remediations = e.Remediations[:r.IntN(len(e.Remediations)+1)]
		e.AttackPaths = e.AttackPaths[:r.IntN(len(e.AttackPaths)+1)]
		if e.Severity > finding.SeverityCritical {
			e.Severity = finding.SeverityCritical
		}
		e.Ceiling = min(e.Ceiling, finding.SeverityCritical)
	}
	if r.IntN(3) == 0 {
		s.FewestFixes, s.ScannedAt = nil, time.Time{}
	}
	s.Resources.Total = r.IntN(3) * r.IntN(1_000_000)
	return s
}

func TestSameScanSameBytes(t *testing.T) {
	for _, format := range Formats() {
		first := render(t, format, many(200), Options{})
		for seed := range uint64(5) {
			s := many(200)
			r := rand.New(rand.NewPCG(seed, 2))
			r.Shuffle(len(s.Exposures), func(i, j int) { s.Exposures[i], s.Exposures[j] = s.Exposures[j], s.Exposures[i] })
			if !bytes.Equal(render(t, format, s, Options{}), first) {
				t.Fatalf("%s depends on the order of the exposures or on a map", format)
			}
		}
	}
}

func TestManyExposuresAreFoldedAndQuick(t *testing.T) {
	s := many(10_000)
	start := time.Now()
	out := render(t, "table", s, Options{})
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	if n := bytes.Count(out, []byte("\n")); n > 200 {
		t.Errorf("the table has %d lines; those that are alike should be one entry", n)
	}
	all := render(t, "table", s, Options{All: true})
	if n := bytes.Count(all, []byte("exp-")); n < 10_000 {
		t.Errorf("--all shows %d exposures of 10000", n)
	}
}

// The first screen of a terminal has to hold the headline and the whole plan.
func TestFirstScreen(t *testing.T) {
	for _, l := range lang.All() {
		lines := strings.Split(string(render(t, "table", shop(), Options{Lang: l, Rules: rules})), "\n")
		if first := strings.Join(lines[:22], "\n"); !strings.Contains(first, "--all") {
			t.Errorf("%s: the plan is not on the first screen:\n%s", l, first)
		}
	}
}

func BenchmarkTable(b *testing.B) {
	s := many(10_000)
	for b.Loop() {
		render(b, "table", s, Options{})
	}
}
