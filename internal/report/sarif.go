package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// maxSARIFResults is how many results GitHub takes in one run; see [Options.All].
const maxSARIFResults = 25_000

// sourceRoot is the base of relative paths: the folder that the scan ran in, which is the root of the
// repository in CI.
const sourceRoot = "%SRCROOT%"

// sarifHandler writes a scan as SARIF 2.1.0: one run, with one result for each trait of each exposure.
// GitHub knows no severity of a result but that of its rule, so a rule has the highest of the exposures
// that it makes in this scan; each result has that of its own exposure as level, rank and property.
type sarifHandler struct {
	w io.Writer
	o Options
}

// Scan implements [Handler].
func (h *sarifHandler) Scan(s *finding.Scan) error {
	b := &sarifBuilder{digest: newDigest(s, h.o), ruleAt: map[string]int{}, graphAt: map[string]int{}, worst: map[string]finding.Severity{}}
	for _, it := range b.shown {
		b.add(it, it.contributing)
	}
	for _, it := range b.shown {
		b.add(it, it.contextual)
	}
	b.suppressed()
	if b.left > 0 && h.o.Tell != nil {
		h.o.Tell(b.count(sarifLeft, b.left))
	}
	return b.write(h.w)
}

// sarifBuilder collects results, and the rules and graphs that they refer to.
type sarifBuilder struct {
	*digest
	results []sarifResult
	left    int // results that the limit leaves out
	rules   []sarifRule
	ruleAt  map[string]int
	// worst is the highest severity that each rule contributes to.
	worst   map[string]finding.Severity
	graphs  []sarifGraph
	graphAt map[string]int // by the UID of the exposure
}

// write writes the head indented, to be read, and each graph and each result on a line, to be small.
func (b *sarifBuilder) write(w io.Writer) error {
	out := bufio.NewWriter(w)
	head, err := encodeJSON(b.log(), " ")
	if err != nil {
		return fmt.Errorf("encode SARIF: %w", err)
	}
	end := strings.LastIndex(head, "\n  }\n ]\n}") // Of the only run.
	fmt.Fprint(out, head[:end])
	lists := []struct {
		name  string
		items iter.Seq[any]
		count int
	}{
		{"graphs", untyped(b.graphs), len(b.graphs)},
		{"results", untyped(b.results), len(b.results)},
	}
	for _, l := range lists {
		separator := ",\n   " + strconv.Quote(l.name) + ": [\n"
		for item := range l.items {
			line, err := encodeJSON(item, "")
			if err != nil {
				return fmt.Errorf("encode SARIF: %w", err)
			}
			fmt.Fprint(out, separator+"    "+line)
			separator = ",\n"
		}
		switch {
		case l.count > 0:
			fmt.Fprint(out, "\n   ]")
		case l.name == "results":
			fmt.Fprint(out, ",\n   \"results\": []")
		}
	}
	fmt.Fprint(out, head[end:]+"\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write SARIF: %w", err)
	}
	return nil
}

// untyped gives the elements of a slice to an encoder.
func untyped[T any](all []T) iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range all {
			if !yield(&all[i]) {
				return
			}
		}
	}
}

// encodeJSON gives JSON without a line at its end, without control characters.
func encodeJSON(v any, indent string) (string, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(escapeControls(out.Bytes())), "\n"), nil
}

// log puts everything together but for the graphs and results.
func (b *sarifBuilder) log() sarifLog {
	order := b.sortRules()
	for i := range b.results {
		b.results[i].RuleIndex = order[b.results[i].RuleID]
	}
	run := sarifRun{
		Tool: sarifTool{Driver: sarifDriver{
			Name: vendor, Version: numeric(clean(b.scan.Tool.Version)), InformationURI: projectURL,
			Rules: b.descriptors(), Notifications: b.notificationKinds(),
		}},
		Invocations: []sarifInvocation{{Successful: b.readSomething(), EndTime: timestamp(b.scan.ScannedAt), Notifications: b.notifications()}},
		Language:    b.language(),
		ColumnKind:  "utf16CodeUnits",
	}
	if slices.ContainsFunc(b.results, usesRoot) {
		run.BaseIDs = map[string]sarifBaseURI{sourceRoot: {Description: sarifText{Text: b.say(sarifRoot)}}}
	}
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
}

// numeric takes the letter off a version such as v1.2.0: a SARIF version starts with a number.
func numeric(version string) string {
	if rest, found := strings.CutPrefix(version, "v"); found && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return rest
	}
	return version
}

func usesRoot(r sarifResult) bool {
	return r.Locations[0].Physical != nil && r.Locations[0].Physical.Artifact.BaseID != ""
}

func (d *digest) language() string {
	if l := d.o.Lang; slices.Contains(lang.All(), l) {
		return string(l)
	}
	return string(lang.EN)
}

// timestamp writes a time as RFC 3339 in UTC; empty for none.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// add adds the results of some traits of an exposure. Those that make exposures come before all that are only
// context, so that the limit leaves out what matters least.
func (b *sarifBuilder) add(it *item, traits []*finding.ExposureTrait) {
	for _, tr := range traits {
		if !b.room() {
			continue
		}
		b.rule(tr.ID, tr.Title, tr.Category)
		if tr.Role != finding.Contextual && !it.Platform {
			b.worst[tr.ID] = max(b.worst[tr.ID], it.Severity)
		}
		b.results = append(b.results, b.result(it, tr))
	}
}

// room reports whether one more result may be given, and counts it where not.
func (b *sarifBuilder) room() bool {
	if len(b.results) < maxSARIFResults || b.o.All {
		return true
	}
	b.left++
	return false
}

func (b *sarifBuilder) result(it *item, tr *finding.ExposureTrait) sarifResult {
	id := fingerprint(tr.ID, it.Resource.UID, tr.Evidence)
	r := sarifResult{
		RuleID: tr.ID, Level: levelOf(it, tr), Rank: rankOf(it, tr), Baseline: b.baselineState(it, tr),
		Message:   sarifText{Text: b.message(it, tr)},
		Locations: []sarifLocation{b.sarifPlace(&it.Resource, tr.Origin)},
		Prints:    sarifPrints{id, id},
		Properties: sarifResultBag{
			Resource: string(it.Resource.UID), Exposure: it.UID, Role: string(tr.Role),
			Severity: it.Severity.String(), Ceiling: it.Ceiling.String(), Likelihood: it.Likelihood.String(), Impact: it.Impact.String(),
			Platform: it.Platform, Without: string(tr.Without), Fix: b.fixOf(it, tr.ID),
		},
	}
	if remedy := it.remedy(tr.ID); remedy != nil {
		r.Properties.Projected = remedy.ProjectedSeverity.String()
	}
	for _, e := range tr.Evidence {
		r.Properties.Evidence = append(r.Properties.Evidence, sarifEvidence{string(e.Resource), e.Path, e.Value})
	}
	if len(b.scan.Suppressed) > 0 {
		r.Suppressions = []sarifSuppression{}
	}
	if p := pathOpenedBy(it, tr); p != nil {
		b.way(&r, p)
		r.Traversals = []sarifTraversal{b.traversal(it, p)}
	}
	return r
}

// levelOf gives what only adds to the picture, and what the platform needs, as a note.
func levelOf(it *item, tr *finding.ExposureTrait) string {
	switch {
	case tr.Role == finding.Contextual || it.Platform:
		return "note"
	default:
		return levelOfSeverity(it.Severity)
	}
}

func levelOfSeverity(s finding.Severity) string {
	switch s {
	case finding.SeverityCritical, finding.SeverityHigh:
		return "error"
	case finding.SeverityMedium:
		return "warning"
	}
	return "note"
}

func rankOf(it *item, tr *finding.ExposureTrait) float64 {
	if tr.Role == finding.Contextual || it.Platform {
		return scoreOf(finding.SeverityInformational) * 10
	}
	return scoreOf(it.Severity) * 10
}

// scoreOf is a severity as GitHub reads it: critical above 9, high from 7, medium from 4, low below.
func scoreOf(s finding.Severity) float64 {
	return [...]float64{1, 3, 5.5, 8, 9.5}[min(s, finding.SeverityCritical)]
}

// message says what is wrong, what it makes, and how to fix it. In the plain text of SARIF a bracket begins
// a link (3.11.6); [sarifBuilder.way] adds some.
func (b *sarifBuilder) message(it *item, tr *finding.ExposureTrait) string {
	parts := []string{b.say(sarifWhat, b.title(tr), b.name(it))}
	switch severity := it.Severity.Text(); {
	case it.Platform:
		parts = append(parts, b.say(explainPlatform))
	case tr.Role == finding.Contextual:
		parts = append(parts, b.say(sarifContext, severity))
	default:
		parts = append(parts, b.say(sarifPart, severity, b.state(it)))
	}
	if fix := b.fixOf(it, tr.ID); fix != "" {
		parts = append(parts, b.say(fixLabel)+": "+strings.TrimSuffix(fix, ".")+".")
	}
	return sarifPlain(strings.Join(parts, " "))
}

// sarifPlain keeps a text from being read as a link.
func sarifPlain(s string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(s)
}

// sarifPlace says where a trait stands: in a file, and in a resource.
func (b *sarifBuilder) sarifPlace(r *finding.ExposedResource, o inventory.Origin) sarifLocation {
	return sarifLocation{
		Physical: sarifFile(o),
		Logical:  []sarifLogical{{Name: nameOf(r, b.o.Lang), QualifiedName: string(r.UID), Kind: "resource"}},
	}
}

func sarifFile(o inventory.Origin) *sarifPhysical {
	if o.File == "" {
		return nil
	}
	uri, relative := uriOf(o.File)
	p := &sarifPhysical{Artifact: sarifArtifact{URI: uri}}
	if relative {
		p.Artifact.BaseID = sourceRoot
	}
	if o.Line > 0 {
		p.Region = &sarifRegion{o.Line}
	}
	return p
}

// baselineState compares a result with the earlier scan; empty where there is none.
func (b *sarifBuilder) baselineState(it *item, tr *finding.ExposureTrait) string {
	if b.o.Baseline == nil {
		return ""
	}
	before := b.o.Baseline.Exposure(it.UID)
	switch {
	case !b.o.Baseline.Knew(tr.ID, it.Resource.UID, tr.Evidence):
		return "new"
	case before == nil || before.Severity != it.Severity:
		return "updated"
	}
	return "unchanged"
}
