package remedy

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// The formats of [Print].
const (
	FormatDiff      = "diff"
	FormatPatch     = "patch"
	FormatJSONPatch = "json-patch"
)

// Formats lists the formats, the default first.
func Formats() []string { return []string{FormatDiff, FormatPatch, FormatJSONPatch} }

// Style is how fixes are printed. The zero value is that of diffs in English, without colours.
type Style struct {
	// Format is one of [Formats].
	Format string
	Lang   lang.Lang
	// Width is how many columns of a terminal a sentence may take; 0 for any number.
	Width int
	// Terminal leaves out of files' lines what would be a command to a terminal, and Color adds its colours.
	Terminal, Color bool
}

// Print writes fixes: as diffs or as strategic-merge patches with what there is to say in comments, or as
// JSON. Its error is that of the writer.
func Print(w io.Writer, fixes []Fix, style Style) error {
	if style.Format == FormatJSONPatch {
		return printJSON(w, fixes)
	}
	s := &sheet{Style: style}
	for i := range fixes {
		f := &fixes[i]
		if i > 0 {
			s.line(none, "")
		}
		if s.Format == FormatPatch && f.Proved() {
			s.line(none, "---")
		}
		s.head(f)
		if s.Format == FormatPatch {
			s.patches(f.Objects)
			continue
		}
		for _, change := range f.Files {
			s.diff(change, f.writing())
		}
		s.homeless(f.Objects)
	}
	if s.Format == FormatDiff {
		s.script(fixes)
	}
	_, err := io.WriteString(w, s.String())
	return err
}

// PrintAll writes what many fixes do together: the diff of each file, the patches of the objects that no file
// holds, and the commands for those that AWS has. They are what [Session.Files], [Session.Patches] and
// [Session.Commands] give. Its error is that of the writer.
func PrintAll(w io.Writer, o Together, style Style) error {
	s := &sheet{Style: style}
	for _, change := range o.Files {
		s.diff(change, flagWrite)
	}
	for i, object := range o.Objects {
		if i > 0 || len(o.Files) > 0 {
			s.line(none, "")
		}
		s.headline(bold, object.UID.Short())
		s.homeless([]ObjectPatch{object})
	}
	s.run(runText, o.Commands, s.shell)
	_, err := io.WriteString(w, s.String())
	return err
}

// Together is what many fixes change.
type Together struct {
	Files    []FileChange
	Objects  []ObjectPatch
	Commands []Command
}

// head says of a fix what it is, what was proved, and what to do first.
func (s *sheet) head(f *Fix) {
	l := s.Lang
	s.headline(bold, f.Trait+": "+f.Title.In(l)+" ("+f.Resource.Short()+")")
	switch {
	case !f.Proved():
		s.say(yellow, say(l, refusedText, f.Refused.In(l)))
	case f.Gone:
		s.headline(green, say(l, provedText, Level(f.Before, l), Level(f.After, l), f.Trait))
	default:
		s.headline(green, say(l, weakerText, Level(f.Before, l), Level(f.After, l), f.Trait))
	}
	if f.Ask.EN != "" {
		s.say(none, say(l, findOutText, f.Ask.In(l)))
	}
	if s.Format != FormatDiff || len(f.Commands) == 0 { // which begin with them
		for _, command := range f.Prepare {
			s.say(none, prepareText.In(l))
			s.verbatim("  " + command)
		}
	}
	if len(f.Steps) > 0 {
		s.say(none, stepsText.In(l))
		s.verbatim("  " + strings.Join(f.Steps, "\n  "))
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

// flagWrite is the flag that changes files.
const flagWrite = "--write"

// writing gives the flags that make a fix in its files.
func (f *Fix) writing() string {
	if f.Ask.EN == "" {
		return flagWrite
	}
	return flagWrite + " --only " + f.Trait
}

// diff writes the diff of a file, and in comments what of it is for reading only, which some flags make.
func (s *sheet) diff(change FileChange, flags string) {
	text, hidden := Diff(change.Name, change.Before, change.After)
	if hidden != "" {
		s.say(yellow, say(s.Lang, hiddenText, flags))
		s.verbatim(hidden)
	}
	s.diffLines(text)
}

// homeless writes the patches of objects that no file holds, in comments: what stands between two diffs is
// passed over where they are applied.
func (s *sheet) homeless(objects []ObjectPatch) {
	for _, o := range objects {
		switch {
		case o.File != "":
			continue
		case aws.IsType(o.Type):
			s.cloud(o)
			continue
		}
		s.say(none, o.NoFile.In(s.Lang))
		s.instead(o)
		s.verbatim(o.patch())
	}
}

// patches writes patches as documents of a YAML stream.
func (s *sheet) patches(objects []ObjectPatch) {
	for i, o := range objects {
		if i > 0 {
			s.line(none, "---")
		}
		if o.File == "" && o.NoFile != reportText {
			s.say(none, o.NoFile.In(s.Lang))
		}
		if aws.IsType(o.Type) {
			s.headline(none, say(s.Lang, jsonPatchText, o.UID.Short()))
		} else {
			s.instead(o)
		}
		for line := range strings.Lines(o.patch()) {
			s.line(none, strings.TrimSuffix(line, "\n"))
		}
	}
}

// instead says how the patch of an object is applied.
func (s *sheet) instead(o ObjectPatch) {
	if o.Made.By == inventory.MadeByKustomize {
		s.say(none, kustomizeText.Format(o.Made.From).In(s.Lang))
		s.verbatim("  patches: [{path: FILE, target: " + writeFlow(o.target(), false) + "}]")
		return
	}
	if o.Type.Kind() == "Pod" || o.Type.Kind() == "Job" {
		s.say(none, immutableText.Format(o.Type.Kind()).In(s.Lang))
		return
	}
	s.verbatim("kubectl patch " + resourceArgument(o) + " --type " + o.form() + " --patch-file FILE")
}

func (o *ObjectPatch) form() string {
	if o.StrategicMerge == "" {
		return "json"
	}
	return "strategic"
}

// target says for kustomize which object the patch is about.
func (o *ObjectPatch) target() rule.Fields {
	var f rule.Fields
	if group := groupOf(o.Type); group != "core" {
		f = append(f, rule.Field{Key: "group", Value: group})
	}
	return append(f, rule.Field{Key: "kind", Value: o.Type.Kind()}, rule.Field{Key: "name", Value: cmp.Or(o.Original, o.Name)})
}

// patch writes the patch of an object: as YAML, or as a JSON patch where there is no other.
func (o *ObjectPatch) patch() string {
	if o.StrategicMerge != "" {
		return o.StrategicMerge
	}
	var operations []string
	for _, op := range o.JSONPatch {
		text := `{"op": ` + quote(op.Op) + `, "path": ` + quote(op.Path)
		if len(op.Value) > 0 {
			text += `, "value": ` + string(op.Value)
		}
		operations = append(operations, text+"}")
	}
	return "[" + strings.Join(operations, ",\n ") + "]\n"
}

func resourceArgument(o ObjectPatch) string {
	kind := strings.ToLower(o.Type.Kind())
	if group := groupOf(o.Type); strings.Contains(group, ".") {
		kind += "." + group
	}
	if o.Namespace == "" {
		return shellWord(kind) + " " + shellWord(o.Name)
	}
	return shellWord(kind) + " " + shellWord(o.Name) + " --namespace " + shellWord(o.Namespace)
}

// shellSafe is a text that a shell takes for one word, and no program for a flag.
var shellSafe = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_./:@+,-]*$`)

// shellWord quotes what a shell would not take as it is: names come from files that nobody vouches for.
func shellWord(s string) string {
	if shellSafe.MatchString(s) {
		return s
	}
	return shellQuote(s)
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

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
	Steps     []string          `json:"steps,omitempty"`
	Resource  inventory.UID     `json:"resource,omitempty"`
	File      string            `json:"file,omitempty"`
	JSONPatch []Operation       `json:"patch,omitempty"`
	// StrategicMerge is the same as a strategic merge patch, in YAML.
	StrategicMerge string `json:"strategicMerge,omitempty"`
	// Terraform and Commands are for resources of AWS.
	Terraform string   `json:"terraform,omitempty"`
	Commands  []string `json:"commands,omitempty"`
}

func printJSON(w io.Writer, fixes []Fix) error {
	records := []fixRecord{}
	for _, f := range fixes {
		record := fixRecord{
			Trait: f.Trait, Exposure: f.Resource, Proved: f.Proved(), Gone: f.Gone,
			Why: f.Refused.EN, FindOut: f.Ask.EN, Prepare: f.Prepare, Steps: f.Steps, Commands: shellLines(f.Commands),
		}
		if f.Proved() {
			record.Before, record.After = &f.Before, &f.After
		}
		for _, o := range f.Objects {
			record.Resource, record.File, record.JSONPatch, record.StrategicMerge = o.UID, o.File, o.JSONPatch, o.StrategicMerge
			record.Terraform = o.Terraform
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
