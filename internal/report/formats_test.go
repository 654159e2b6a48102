package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// forPrograms are the formats that this file tests.
func forPrograms() []string { return []string{"github", "junit", "markdown", "ocsf", "sarif"} }

func TestFormatsGolden(t *testing.T) {
	for _, tt := range []struct {
		name, format string
		scan         *finding.Scan
		o            Options
	}{
		{"github-shop-en.golden", "github", shop(), Options{}},
		{"github-shop-es.golden", "github", shop(), Options{Lang: lang.ES}},
		{"junit-shop-en.golden", "junit", shop(), Options{}},
		{"junit-shop-pt.golden", "junit", shop(), Options{Lang: lang.PT}},
		{"junit-empty.golden", "junit", &finding.Scan{}, Options{}},
		{"markdown-shop-en.golden", "markdown", shop(), Options{}},
		{"markdown-shop-es.golden", "markdown", shop(), Options{Lang: lang.ES}},
		{"markdown-shop-pt.golden", "markdown", shop(), Options{Lang: lang.PT}},
		{"markdown-clean.golden", "markdown", spotless(), Options{}},
		{"markdown-baseline.golden", "markdown", sinceLast(), Options{}},
		{"ocsf-shop-en.golden", "ocsf", shop(), Options{MinSeverity: finding.SeverityHigh}},
		{"ocsf-shop-es.golden", "ocsf", shop(), Options{MinSeverity: finding.SeverityCritical, Lang: lang.ES}},
		{"sarif-shop-en.golden", "sarif", shop(), Options{}},
		{"sarif-shop-pt.golden", "sarif", shop(), Options{MinSeverity: finding.SeverityCritical, Lang: lang.PT}},
		{"sarif-empty.golden", "sarif", &finding.Scan{}, Options{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Rules = rules
			out := render(t, tt.format, tt.scan, tt.o)
			checkFormat(t, tt.format, out)
			golden(t, tt.name, out)
		})
	}
}

// checkFormat holds an output to the rules of its format that need no other program.
func checkFormat(t testing.TB, format string, out []byte) {
	t.Helper()
	if !utf8.Valid(out) || bytes.ContainsFunc(out, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
		t.Errorf("%s is not UTF-8, or has a control character", format)
	}
	switch format {
	case "sarif":
		if !json.Valid(out) {
			t.Error("the SARIF is not JSON")
		}
	case "ocsf":
		for line := range bytes.Lines(out) {
			if !json.Valid(line) {
				t.Errorf("a line is not JSON: %s", line)
			}
		}
	case "junit":
		checkXML(t, out)
	case "github":
		checkCommands(t, string(out))
	case "markdown":
		checkMarkdown(t, string(out))
	}
}

// checkXML parses the XML, and counts what it counts.
func checkXML(t testing.TB, out []byte) {
	t.Helper()
	var all junitSuites
	if err := xml.Unmarshal(out, &all); err != nil {
		t.Fatalf("parse XML: %v", err)
	}
	var sum junitCounts
	for _, s := range all.Suites {
		var n junitCounts
		for _, c := range s.Cases {
			n.Tests++
			if c.Failure != nil {
				n.Failures++
			}
			if c.Skipped != nil {
				n.Skipped++
			}
		}
		if n != s.junitCounts {
			t.Errorf("suite %q says %+v and has %+v", s.Name, s.junitCounts, n)
		}
		sum = junitCounts{sum.Tests + n.Tests, sum.Failures + n.Failures, 0, sum.Skipped + n.Skipped}
	}
	if sum != all.junitCounts || sum.Tests == 0 {
		t.Errorf("the whole says %+v and has %+v", all.junitCounts, sum)
	}
	for dec := xml.NewDecoder(bytes.NewReader(out)); ; {
		if _, err := dec.RawToken(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("the XML is not well formed: %v", err)
		}
	}
}

var (
	command = regexp.MustCompile(`^::(error|warning|notice) (file=[^:,\r\n]+(,line=\d+,endLine=\d+)?,)?title=[^:,\r\n]*::[^\r\n]*$`)
	closing = regexp.MustCompile(`^Merlon: [^:\r\n]*(: --all[^:]*|; --all[^:]*)?$`)
)

func checkCommands(t testing.TB, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if !command.MatchString(line) && !closing.MatchString(line) {
			t.Errorf("not a command and not the closing line: %q", line)
		}
		for escape := range strings.SplitSeq(line, "%") {
			if escape != line && len(escape) >= 2 && !strings.HasPrefix(line, escape) && !slices.Contains([]string{"25", "0D", "0A", "3A", "2C"}, escape[:2]) {
				t.Errorf("a percent sign is not escaped: %q", line)
			}
		}
	}
}

var (
	// fence, span and ours match what Markdown reads as code, and the tags and links that we write.
	fence = regexp.MustCompile("(?s)\n`{3,}\n.*?\n`{3,}\n")
	ours  = regexp.MustCompile(`<details>|</details>|<summary><b>[^<]*</b> <code>[^<]*</code>[^<]*</summary>|<sub>|</sub>|\]\(https://github\.com/merlonsec/merlon[^)\s]*\)|&#8203;`)
	risky = regexp.MustCompile(`[^\\](<|&|\]\(|\]\[|@\w|#\d)|://|www\.`)
)

// checkMarkdown takes away code and what we write ourselves; what is left must hold nothing that Markdown,
// or GitHub after it, makes something of.
func checkMarkdown(t testing.TB, out string) {
	t.Helper()
	out = withoutSpans(fence.ReplaceAllString(ours.ReplaceAllString(out, " "), "\n"))
	out = strings.ReplaceAll(out, `\\`, "")
	for line := range strings.Lines(out) {
		if hit := risky.FindString(" " + line); hit != "" {
			t.Errorf("Markdown makes something of %q in %q", hit, line)
		}
	}
}

// withoutSpans removes spans of code: from a run of backticks that no backslash is before to the next run
// of the same length in the same line.
func withoutSpans(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		for i := 0; i < len(line); {
			n := 0
			for i+n < len(line) && line[i+n] == '`' {
				n++
			}
			if n == 0 {
				if line[i] == '\\' && i+1 < len(line) {
					b.WriteByte(line[i])
					i++
				}
				b.WriteByte(line[i])
				i++
				continue
			}
			end := closingRun(line[i+n:], n)
			if end < 0 {
				b.WriteString(line[i : i+n])
				i += n
				continue
			}
			i += n + end + n
		}
	}
	return b.String()
}

func closingRun(s string, n int) int {
	for i := 0; i < len(s); {
		run := 0
		for i+run < len(s) && s[i+run] == '`' {
			run++
		}
		if run == n {
			return i
		}
		i += max(run, 1)
	}
	return -1
}

// hostileToFormats adds what the formats of this file give a meaning to.
func hostileToFormats() []string {
	return append(hostile(), "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[x](javascript:alert(1))", "](http://evil.example)",
		"a|b", `a\|b`, `a\\|b`, "``x`", "@org/team", "#1", "http://evil.example", "www.evil.example", "::error::x", "%0A::error::x", "a,line=1::x",
		"]]>", "&lt;b&gt;", "--><b>", "\ufffe", "##[error]x", "</summary></details>", "# heading", "- item", "1. item", "====", "> quote", "***", "![x](y)",
		`"quoted" 'quoted'`, "a:b", `C:\x\y.yaml`, "/abs/x.yaml", "../up.yaml", "<!--", "~~~", "$x$", "\\")
}

func TestHostileNamesAreHarmlessInFormats(t *testing.T) {
	for _, bad := range hostileToFormats() {
		s := shop()
		poison(s, func(string) string { return bad })
		s.Suppressed[0] = finding.SuppressedTrait{Trait: bad, Resource: inventory.UID(bad), Exception: bad}
		for _, format := range forPrograms() {
			for _, o := range []Options{{}, {Rules: poisonedRules(bad), All: true}} {
				checkFormat(t, format, render(t, format, s, o))
			}
			if t.Failed() {
				t.Fatalf("%s: %q", format, bad)
			}
		}
	}
}

// FuzzFormats makes scans of random shape with names out of the input.
func FuzzFormats(f *testing.F) {
	for i, bad := range hostileToFormats() {
		f.Add(uint64(i), bad)
	}
	f.Fuzz(func(t *testing.T, seed uint64, name string) {
		if len(name) > 2000 {
			t.Skip()
		}
		r := rand.New(rand.NewPCG(seed, 1))
		s := randomScan(r, name)
		o := Options{Lang: lang.All()[r.IntN(3)], All: r.IntN(2) == 0, MinSeverity: finding.Severity(r.IntN(5))}
		if r.IntN(2) == 0 {
			o.Rules = poisonedRules(name)
		}
		for _, format := range forPrograms() {
			checkFormat(t, format, render(t, format, s, o))
		}
	})
}

func TestSavedScanGivesTheSameFormats(t *testing.T) {
	o := Options{Rules: rules}
	s, err := Read(bytes.NewReader(render(t, "json", shop(), o)))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range forPrograms() {
		if d := cmp.Diff(string(render(t, format, shop(), o)), string(render(t, format, s, o))); d != "" {
			t.Errorf("%s: %s", format, d)
		}
	}
}

// maxComment is how many characters GitHub takes in a comment.
const maxComment = 65_536

func TestFormatsOfManyExposures(t *testing.T) {
	const enough = 9_000 // More than three results each: more than GitHub takes.
	var told []string
	o := Options{Rules: rules, Tell: func(line string) { told = append(told, line) }}
	s := many(enough)
	s.Suppressed = nil
	for i := range s.Exposures {
		e := &s.Exposures[i]
		for _, id := range []string{"ingress-without-tls", "host-network"} {
			e.Traits = append(e.Traits, finding.ExposureTrait{ID: id, Role: finding.Contextual, Resource: e.Resource.UID})
		}
	}
	if out := render(t, "markdown", s, o); len(out) > maxComment {
		t.Errorf("the Markdown has %d bytes", len(out))
	}
	if lines := bytes.Count(render(t, "github", s, o), []byte("\n")); lines > 3*maxAnnotations+2 {
		t.Errorf("%d annotations", lines)
	}
	results := func(o Options) (n, context int) {
		for _, r := range sarifOf(t, s, o).Results {
			if n++; r.Properties.Role == string(finding.Contextual) {
				context++
			}
		}
		return n, context
	}
	all, context := results(Options{All: true})
	if n, left := results(o); n != maxSARIFResults || left != context-(all-n) {
		t.Errorf("%d results of %d, %d of %d only context: that is what goes first", n, all, left, context)
	}
	if want := fmt.Sprintf("%s results of lesser severity are left out", number(lang.EN, all-maxSARIFResults)); len(told) != 1 || !strings.HasPrefix(told[0], want) {
		t.Errorf("told %q, want %q", told, want)
	}
	if out := render(t, "markdown", longNames(), Options{Rules: rules}); len(out) > maxComment {
		t.Errorf("the Markdown of long names has %d bytes", len(out))
	}
}

// sarifOf decodes what SARIF says of a scan.
func sarifOf(t *testing.T, s *finding.Scan, o Options) sarifRun {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal(render(t, "sarif", s, o), &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0]
}

func TestFingerprintsStandLineChanges(t *testing.T) {
	prints := func(s *finding.Scan) (all []string) {
		for _, r := range sarifOf(t, s, Options{}).Results {
			all = append(all, r.Prints.Merlon)
		}
		return all
	}
	moved := shop()
	for i := range moved.Exposures {
		for j := range moved.Exposures[i].Traits {
			tr := &moved.Exposures[i].Traits[j]
			tr.Origin.Line += 7
			slices.Reverse(tr.Evidence)
		}
	}
	before := prints(shop())
	if d := cmp.Diff(before, prints(moved)); d != "" {
		t.Error(d)
	}
	if slices.Sort(before); len(slices.Compact(slices.Clone(before))) != len(before) {
		t.Error("two results have the same fingerprint")
	}
}

func TestBaselineStates(t *testing.T) {
	before := shop()
	before.Traits = nil
	for _, e := range before.Exposures[1:] {
		for _, tr := range e.Traits {
			before.Traits = append(before.Traits, finding.TraitRecord{ID: tr.ID, Resource: e.Resource.UID, Evidence: tr.Evidence})
		}
	}
	before.Exposures = before.Exposures[1:]
	before.Exposures[0].Severity = finding.SeverityLow
	states := map[string]string{}
	for _, r := range sarifOf(t, shop(), Options{Baseline: finding.NewBaseline(before)}).Results {
		states[r.Properties.Resource] = r.Baseline
	}
	want := map[string]string{"payments": "unchanged", "storefront": "updated", "ledger": "unchanged"} // payments: only its suppressed trait, at the end
	for name, state := range want {
		if got := states["k8s://files/apps/Deployment/shop/"+name]; name != "ledger" && got != state {
			t.Errorf("%s: %q, want %q", name, got, state)
		}
	}
	if r := sarifOf(t, shop(), Options{Baseline: finding.NewBaseline(before)}).Results[0]; r.Baseline != "new" {
		t.Errorf("the first result is %q", r.Baseline)
	}
	if r := sarifOf(t, shop(), Options{}).Results[0]; r.Baseline != "" {
		t.Errorf("without a baseline the state is %q", r.Baseline)
	}
	for line := range bytes.Lines(render(t, "ocsf", shop(), Options{Baseline: finding.NewBaseline(before)})) {
		var f ocsfFinding
		if err := json.Unmarshal(line, &f); err != nil {
			t.Fatal(err)
		}
		if isNew := strings.HasSuffix(f.Resources[0].UID, "/payments"); isNew != (f.ActivityID == 1) || f.TypeUID != 200400+f.ActivityID {
			t.Errorf("%s has activity %d and type %d", f.Resources[0].UID, f.ActivityID, f.TypeUID)
		}
	}
}

func TestPlacesAreURIs(t *testing.T) {
	for file, want := range map[string]string{
		"k8s/a b.yaml": "k8s/a%20b.yaml", `k8s\a.yaml`: "k8s/a.yaml", "./a.yaml": "a.yaml", "/tmp/a.yaml": "file:///tmp/a.yaml",
		`C:\k8s\a.yaml`: "file:///C:/k8s/a.yaml", "../a.yaml": "../a.yaml", "a:b.yaml": "./a:b.yaml", "x.tar!k8s/a.yaml": "x.tar%21k8s/a.yaml", "100%.yaml": "100%25.yaml",
	} {
		if uri, _ := uriOf(file); uri != want && uri != strings.ReplaceAll(want, "%21", "!") {
			t.Errorf("%s: %s, want %s", file, uri, want)
		}
	}
	s := shop()
	s.Exposures[0].Traits[0].Origin = inventory.Origin{File: "a.yaml"}
	s.Exposures[0].Traits[1].Origin = inventory.Origin{}
	results := sarifOf(t, s, Options{}).Results
	if p := results[0].Locations[0].Physical; p == nil || p.Region != nil || p.Artifact.URI != "a.yaml" {
		t.Errorf("without a line: %+v", p)
	}
	if l := results[1].Locations[0]; l.Physical != nil || l.Logical[0].QualifiedName != string(s.Exposures[0].Resource.UID) {
		t.Errorf("without a file: %+v", l)
	}
}

func TestRuleSeverityIsTheHighestItMakes(t *testing.T) {
	for _, d := range sarifOf(t, shop(), Options{Rules: rules}).Tool.Driver.Rules {
		want := map[string]string{"privileged-container": "9.5", "host-pid": "8.0", "cleartext-credentials": "5.5", "host-network": "1.0", "ingress-without-tls": "1.0"}[d.ID]
		if want != "" && d.Properties.Severity != want {
			t.Errorf("%s has security-severity %s, want %s", d.ID, d.Properties.Severity, want)
		}
		if n, err := strconv.ParseFloat(d.Properties.Severity, 64); err != nil || n <= 0 || n > 10 {
			t.Errorf("%s: %q is not a number that GitHub reads", d.ID, d.Properties.Severity)
		}
	}
}

func BenchmarkFormats(b *testing.B) {
	s := many(50_000)
	for _, format := range Formats() {
		b.Run(format, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				b.SetBytes(int64(len(render(b, format, s, Options{Rules: rules}))))
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	saved := render(b, "json", many(10_000), Options{})
	b.SetBytes(int64(len(saved)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Read(bytes.NewReader(saved)); err != nil {
			b.Fatal(err)
		}
	}
}
