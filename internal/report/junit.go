package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// junitHandler writes the XML that CI systems read as the results of tests: a suite for each namespace, in
// which each exposure is a case that failed; suites for the sources and for what was not assessed, whose
// cases are skipped with the reason. All text goes through [clean], so that it holds no character that XML
// 1.0 does not have.
type junitHandler struct {
	w io.Writer
	o Options
}

type junitSuites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Suites []*junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Timestamp string      `xml:"timestamp,attr,omitempty"`
	Cases     []junitCase `xml:"testcase"`
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitOutcome `xml:"failure"`
	Skipped *junitOutcome `xml:"skipped"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	// Text is escaped already: encoding/xml would write each new line as a number.
	Text string `xml:",innerxml"`
}

// Scan implements [Handler].
func (h *junitHandler) Scan(s *finding.Scan) error {
	j := &junit{digest: newDigest(s, h.o), at: map[string]*junitSuite{}}
	j.sources()
	for _, it := range j.shown {
		j.exposure(it)
	}
	j.unknown()
	data, err := xml.MarshalIndent(j.all(), "", "  ")
	if err != nil {
		return fmt.Errorf("encode JUnit: %w", err)
	}
	if _, err := h.w.Write(append([]byte(xml.Header), append(data, '\n')...)); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	return nil
}

// junit collects cases by suite.
type junit struct {
	*digest
	at map[string]*junitSuite
	// first and last are the suites around those of the namespaces.
	first, last []*junitSuite
}

// all sorts the suites and counts their cases.
func (j *junit) all() *junitSuites {
	named := make([]*junitSuite, 0, len(j.at))
	for _, s := range j.at {
		named = append(named, s)
	}
	slices.SortFunc(named, func(a, b *junitSuite) int { return cmp.Compare(a.Name, b.Name) })
	all := &junitSuites{Name: vendor, Suites: slices.Concat(j.first, named, j.last)}
	for _, s := range all.Suites {
		s.Timestamp = strings.TrimSuffix(timestamp(j.scan.ScannedAt), "Z") // The schema has no time zone.
		for _, c := range s.Cases {
			s.Tests++
			if c.Failure != nil {
				s.Failures++
			}
			if c.Skipped != nil {
				s.Skipped++
			}
		}
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Skipped += s.Skipped
	}
	return all
}

// sources gives a case for each source, which passes where all of it was read, and one for each thing that
// was not. A scan has at least one, so that no CI system takes a clean result for a lost one.
func (j *junit) sources() {
	s := &junitSuite{Name: j.say(junitSources)}
	for _, src := range j.scan.Sources {
		c := junitCase{Name: sourceName(src), Class: vendor}
		how := sourcePartial
		if src.Status == inventory.StatusFailed {
			how = sourceFailed
		}
		if src.Status != inventory.StatusComplete {
			c.Skipped = &junitOutcome{Message: j.say(how)}
		}
		s.Cases = append(s.Cases, c)
		for _, n := range src.NotAssessed {
			s.Cases = append(s.Cases, junitCase{Name: clean(n.What), Class: vendor, Skipped: &junitOutcome{Message: clean(n.Why)}})
		}
	}
	if len(s.Cases) == 0 {
		s.Cases = []junitCase{{Name: "-", Class: vendor, Skipped: &junitOutcome{Message: j.say(emptyNothingRead)}}}
	}
	j.first = append(j.first, s)
}

// suite gives the suite of the namespace of a resource.
func (j *junit) suite(r *finding.ExposedResource) *junitSuite {
	name := j.space(r)
	if name == "" {
		name = j.say(junitNoNamespace)
	}
	if around := j.around(r); around != "" {
		name = around + "/" + name
	}
	if j.at[name] == nil {
		j.at[name] = &junitSuite{Name: name}
	}
	return j.at[name]
}

func (j *junit) exposure(it *item) {
	s := j.suite(&it.Resource)
	where := it.where()
	c := junitCase{Name: j.name(it), Class: vendor + "." + s.Name, File: slashed(clean(where.File)), Line: max(0, where.Line)}
	if it.Platform {
		c.Skipped = &junitOutcome{Message: j.say(explainPlatform)}
	} else {
		c.Failure = &junitOutcome{
			Message: j.say(it.Severity.Text()) + bracketed(j.changed(it)) + ": " + strings.Join(j.titles(it), ", "), Type: it.Severity.String(), Text: j.text(it),
		}
	}
	s.Cases = append(s.Cases, c)
}

// text says what a person who looks at the failure needs.
func (j *junit) text(it *item) string {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, "") + "\n") }
	b.WriteByte('\n')
	line(j.say(explainSeverity), ": ", j.say(it.Severity.Text()), " (", j.say(explainMatrix, it.Likelihood.Text(), it.Impact.Text()), ")")
	if it.Ceiling > it.Severity {
		line(j.say(explainWorst, it.Ceiling.Text()))
	}
	line(j.state(it))
	for _, tr := range it.contributing {
		line()
		line(j.title(tr), " (", clean(tr.ID), ")")
		if at := place(tr.Origin); at != "" {
			line("  ", j.say(whereLabel), ": ", at)
		}
		for _, e := range tr.Evidence {
			line("  ", clean(e.Path), " = ", clean(e.Text()))
		}
		if fix := j.fixOf(it, tr.ID); fix != "" {
			line("  ", j.say(fixLabel), ": ", fix)
		}
	}
	line()
	line(clean(it.UID))
	return xmlText(b.String())
}

// xmlText escapes a text of several lines.
func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

// unknown gives a case for each rule that could not be assessed, and why.
func (j *junit) unknown() {
	s := &junitSuite{Name: j.say(unknownHeading)}
	for _, n := range j.notAssessed() {
		s.Cases = append(s.Cases, junitCase{Name: clean(n.Rule), Class: vendor + "." + s.Name, Skipped: &junitOutcome{
			Message: j.because(n) + " (" + j.count(nResources, n.Count) + ")",
		}})
	}
	if len(s.Cases) > 0 {
		j.last = append(j.last, s)
	}
}
