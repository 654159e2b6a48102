// Package report shows what a scan found. It takes a finished [finding.Scan] and writes it to a writer in
// one of several formats: a table for people, in English, Spanish or Portuguese, and JSON for programs,
// which it also reads back. It decides nothing about findings: it counts, sorts, folds and words what
// others concluded. Names and values come from files that nobody vouches for, so that no control
// character of theirs ever reaches a terminal.
package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// Handler is the protocol of every output. A run makes one Handler and calls Scan once with the whole
// result; the Handler writes all of its output during that call and keeps nothing. Its error is that of
// the writer: a scan that is empty, or partly unknown, is a result like any other and is shown as such.
type Handler interface {
	Scan(s *finding.Scan) error
}

// Options are the settings of every output. The zero value is English, plain text, 80 columns, and every
// severity.
type Options struct {
	// Lang is the language of every text; English where it is empty.
	Lang lang.Lang
	// Color lets the outputs for people use the sixteen colours of a terminal.
	Color bool
	// Width is the number of columns of the terminal; 80 where it is 0. Less than 40 counts as 40, and
	// more than 120 as 120, because longer lines are hard to read.
	Width int
	// MinSeverity leaves out the exposures below it, in every format. Counts and headlines of the table
	// are about all of them.
	MinSeverity finding.Severity
	// All shows each exposure by itself, where the table would fold those that are alike and stop at some
	// point.
	All bool
	// Baseline is an earlier scan, where there is one: SARIF then says of each result whether it is new, and
	// OCSF of each finding. It leaves nothing out; [finding.Baseline.Since] does.
	Baseline *finding.Baseline
	// Tell takes what whoever runs the command should know besides the output, such as how much a limit of the
	// format left out; it may be nil.
	Tell func(line string)
	// Rules gives the texts of a rule by its ID; it may be nil.
	Rules Rules
	// Program is how the commands that are proposed call this one; "merlon" where it is empty.
	Program string
	// Here is the name of the working folder, which HTML gives in the place of ".".
	Here string
	// Again are the arguments, quoted for a shell, with which a command reads and judges what the scan did. Where it
	// is empty, as for a scan that was saved, the names of the sources stand in.
	Again string
	// Live is set for a run over audit events that goes on as they come: outputs then tell at once.
	Live *Live
}

// Rules gives the texts of a rule by its ID; ok is false for a rule that is not known.
type Rules func(id string) (t RuleTexts, ok bool)

// RuleTexts are what a rule says of itself.
type RuleTexts struct {
	// Title names the weakness, Why says what an attacker does with it, and Fix what to do and to run; the
	// first line of Fix stands alone. A line that is indented by four spaces is code.
	Title, Why, Fix lang.Text
	// References are what others say of it: benchmarks, standards, techniques of attackers.
	References []rule.Reference
}

// maker is one format and what makes its Handler.
type maker struct {
	format string
	handle func(w io.Writer, o Options) Handler
}

func makers() []maker {
	return []maker{
		{"github", func(w io.Writer, o Options) Handler { return &githubHandler{w: w, o: o} }},
		{"html", func(w io.Writer, o Options) Handler { return &htmlHandler{w: w, o: o} }},
		{"json", func(w io.Writer, o Options) Handler { return &jsonHandler{w: w, o: o} }},
		{"junit", func(w io.Writer, o Options) Handler { return &junitHandler{w: w, o: o} }},
		{"markdown", func(w io.Writer, o Options) Handler { return &markdownHandler{w: w, o: o} }},
		{"ocsf", func(w io.Writer, o Options) Handler { return &ocsfHandler{w: w, o: o} }},
		{"sarif", func(w io.Writer, o Options) Handler { return &sarifHandler{w: w, o: o} }},
		{"table", func(w io.Writer, o Options) Handler { return &tableHandler{w: w, o: o} }},
	}
}

// Formats lists the names of the formats, sorted.
func Formats() []string {
	var names []string
	for _, m := range makers() {
		names = append(names, m.format)
	}
	return names
}

// New makes the Handler of a format. The error for a format that does not exist lists those that do, and
// names the one that was most likely meant.
func New(format string, w io.Writer, o Options) (Handler, error) {
	all := makers()
	if i := slices.IndexFunc(all, func(m maker) bool { return m.format == format }); i >= 0 {
		return all[i].handle(w, o), nil
	}
	hint := ""
	if near := lang.Nearest(format, Formats()); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	return nil, fmt.Errorf("format %q is not one of %s%s", format, strings.Join(Formats(), ", "), hint)
}

// atLeast reports whether an exposure is urgent enough to be shown.
func (o Options) atLeast(e *finding.Exposure) bool { return e.Severity >= o.MinSeverity }

// program gives the name of the command.
func (o Options) program() string { return clean(cmp.Or(o.Program, "merlon")) }

// texts gives what a rule says of itself; nothing where that is not known.
func (o Options) texts(id string) RuleTexts {
	if o.Rules == nil {
		return RuleTexts{}
	}
	t, _ := o.Rules(id)
	return t
}

// in gives a text of a scan in the language of the output. A scan that was saved holds one language only;
// where the rule is known, its own text is then the better one.
func (o Options) in(t, rule lang.Text) string {
	if len(t.Missing()) > 0 && len(rule.Missing()) == 0 || t == (lang.Text{}) {
		t = rule
	}
	return t.In(o.Lang)
}
