package remedy

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// The formats of [Print].
const (
	FormatDiff      = "diff"
	FormatPatch     = "patch"
	FormatJSONPatch = "json-patch"
)

// Formats lists the formats, the default first.
func Formats() []string { return []string{FormatDiff, FormatPatch, FormatJSONPatch} }

// Print writes fixes: as diffs or as strategic-merge patches with what there is to say in comments, or as
// JSON. Its error is that of the writer.
func Print(w io.Writer, format string, fixes []Fix, l lang.Lang) error {
	if format == FormatJSONPatch {
		return printJSON(w, fixes)
	}
	var b strings.Builder
	for i := range fixes {
		f := &fixes[i]
		if i > 0 {
			b.WriteString("\n")
		}
		if format == FormatPatch && f.Proved() {
			b.WriteString("---\n")
		}
		head(&b, f, l)
		if format == FormatPatch {
			patches(&b, f)
			continue
		}
		diffs(&b, f, l)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Comment writes a text as comment lines, which patch and YAML pass over. What comes from files cannot
// leave its line.
func Comment(b *strings.Builder, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.Map(func(r rune) rune {
			if r < ' ' || r == 0x7f || 0x80 <= r && r < 0xa0 || r == '\u2028' || r == '\u2029' {
				return ' '
			}
			return r
		}, line)
		b.WriteString(strings.TrimRight("# "+line, " ") + "\n")
	}
}

// head says of a fix what it is, what was proved, and what to do first.
func head(b *strings.Builder, f *Fix, l lang.Lang) {
	Comment(b, f.Trait+": "+f.Title.In(l)+" ("+f.Resource.Short()+")")
	switch {
	case !f.Proved():
		Comment(b, say(l, refusedText, f.Refused.In(l)))
	case f.Gone:
		Comment(b, say(l, provedText, Level(f.Before, l), Level(f.After, l), f.Trait))
	default:
		Comment(b, say(l, weakerText, Level(f.Before, l), Level(f.After, l), f.Trait))
	}
	if f.Ask.EN != "" {
		Comment(b, say(l, findOutText, f.Ask.In(l)))
	}
	for _, command := range f.Prepare {
		Comment(b, say(l, prepareText, command))
	}
	for _, o := range f.Objects {
		if o.File == "" && o.NoFile.EN != "" {
			Comment(b, o.NoFile.In(l))
		}
	}
}

// Level names a severity; what is informational has no exposure left.
func Level(s finding.Severity, l lang.Lang) string {
	if s == finding.SeverityInformational {
		return closedText.In(l)
	}
	return s.Text().In(l)
}

func say(l lang.Lang, text lang.Text, args ...any) string { return fmt.Sprintf(text.In(l), args...) }

func diffs(b *strings.Builder, f *Fix, l lang.Lang) {
	for _, change := range f.Files {
		WriteDiff(b, change, l)
	}
	for _, o := range f.Objects {
		if o.File == "" {
			var text strings.Builder
			patchOf(&text, o)
			Comment(b, "  "+strings.ReplaceAll(strings.TrimRight(text.String(), "\n"), "\n", "\n  "))
		}
	}
}

// WriteDiff writes the diff of a file, and in comments what of it is for reading only.
func WriteDiff(b *strings.Builder, change FileChange, l lang.Lang) {
	text, hidden := Diff(change.Name, change.Before, change.After)
	if hidden != "" {
		Comment(b, hiddenText.In(l))
		Comment(b, strings.TrimRight(hidden, "\n"))
	}
	b.WriteString(text)
}

func patches(b *strings.Builder, f *Fix) {
	for i, o := range f.Objects {
		if i > 0 {
			b.WriteString("---\n")
		}
		patchOf(b, o)
	}
}

// patchOf writes the patch of an object with the command that applies it.
func patchOf(b *strings.Builder, o ObjectPatch) {
	form := "strategic"
	if o.StrategicMerge == "" {
		form = "json"
	}
	Comment(b, "kubectl patch "+resourceArgument(o)+" --type "+form+" --patch-file FILE")
	if form == "strategic" {
		b.WriteString(o.StrategicMerge)
		return
	}
	var operations []string
	for _, op := range o.JSONPatch {
		text := `{"op": ` + quote(op.Op) + `, "path": ` + quote(op.Path)
		if len(op.Value) > 0 {
			text += `, "value": ` + string(op.Value)
		}
		operations = append(operations, text+"}")
	}
	b.WriteString("[" + strings.Join(operations, ",\n ") + "]\n")
}

func resourceArgument(o ObjectPatch) string {
	kind := strings.ToLower(o.Type.Kind())
	group := strings.TrimPrefix(strings.TrimSuffix(string(o.Type), "/"+o.Type.Kind()), "k8s/")
	if strings.Contains(group, ".") {
		kind += "." + group
	}
	if o.Namespace == "" {
		return shellWord(kind) + " " + shellWord(o.Name)
	}
	return shellWord(kind) + " " + shellWord(o.Name) + " --namespace " + shellWord(o.Namespace)
}

// shellWord quotes what a shell would not take as it is: names come from files that nobody vouches for.
func shellWord(s string) string {
	if safeWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// fixRecord is the JSON form of a fix for one object.
type fixRecord struct {
	Trait     string            `json:"trait"`
	Exposure  inventory.UID     `json:"exposure"`
	Proved    bool              `json:"proved"`
	Gone      bool              `json:"gone,omitempty"`
	Before    *finding.Severity `json:"before,omitempty"`
	After     *finding.Severity `json:"after,omitempty"`
	Why       string            `json:"why,omitempty"`
	FindOut   string            `json:"findOut,omitempty"`
	Prepare   []string          `json:"prepare,omitempty"`
	Resource  inventory.UID     `json:"resource,omitempty"`
	File      string            `json:"file,omitempty"`
	JSONPatch []Operation       `json:"patch,omitempty"`
}

func printJSON(w io.Writer, fixes []Fix) error {
	records := []fixRecord{}
	for _, f := range fixes {
		record := fixRecord{
			Trait: f.Trait, Exposure: f.Resource, Proved: f.Proved(), Gone: f.Gone,
			Why: f.Refused.EN, FindOut: f.Ask.EN, Prepare: f.Prepare,
		}
		if f.Proved() {
			record.Before, record.After = &f.Before, &f.After
		}
		for _, o := range f.Objects {
			record.Resource, record.File, record.JSONPatch = o.UID, o.File, o.JSONPatch
			records = append(records, record)
		}
		if len(f.Objects) == 0 {
			records = append(records, record)
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(records)
}

// Summary says what the fixes do together, and what is left.
func (s *Session) Summary(fixes []Fix, before []finding.Exposure, l lang.Lang) string {
	var lines []string
	proved := 0
	type refusal struct{ trait, why string }
	counts := map[refusal]int{}
	var order []refusal
	for i := range fixes {
		if fixes[i].Proved() {
			proved++
			continue
		}
		r := refusal{fixes[i].Trait, fixes[i].Refused.In(l)}
		if counts[r] == 0 {
			order = append(order, r)
		}
		counts[r]++
	}
	lines = append(lines, say(l, summaryText, proved, len(fixes)))
	for _, r := range order {
		lines = append(lines, say(l, notFixedText, r.trait, counts[r], r.why))
	}
	was, is := bySeverity(before), bySeverity(s.now.exposures)
	for _, level := range finding.Severities() {
		if was[level]+is[level] > 0 {
			lines = append(lines, say(l, countText, level.Text().In(l), was[level], is[level]))
		}
	}
	return strings.Join(lines, "\n")
}

// bySeverity counts the exposures outside the platform.
func bySeverity(exposures []finding.Exposure) map[finding.Severity]int {
	counts := map[finding.Severity]int{}
	for i := range exposures {
		if !exposures[i].Platform {
			counts[exposures[i].Severity]++
		}
	}
	return counts
}
