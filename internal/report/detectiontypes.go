package report

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ListDetections lists finding types for people, by tactic: the last part of each type, its severity, whose it is, and
// what happened. Its error is that of the writer.
func ListDetections(w io.Writer, rules []*rule.Detection, o Options) error {
	t := &table{page: newPage(w, o), o: o}
	byTactic := map[string][]*rule.Detection{}
	for _, r := range rules {
		byTactic[r.Tactic()] = append(byTactic[r.Tactic()], r)
	}
	for i, tactic := range slices.Sorted(maps.Keys(byTactic)) {
		if i > 0 {
			t.blank()
		}
		t.rule(clean(tactic), number(o.Lang, len(byTactic[tactic])), bold)
		for _, r := range byTactic[tactic] {
			t.detectionType(r)
		}
	}
	return t.close()
}

// detectionType writes one finding type: in one line where there is room for columns, and else with its title below.
func (t *table) detectionType(r *rule.Detection) {
	const nameColumn, severityColumn, ownerColumn = 46, 13, 11
	name := clean(r.Type[strings.LastIndexByte(r.Type, '/')+1:])
	severity, owner, title := t.say(r.Severity.Text()), whoseType(r.Origin), clean(r.Title.In(t.o.Lang))
	if t.width < widest {
		t.sides(indent(2), []span{text(name)}, []span{styled(styleOf(r.Severity), severity), styled(dim, glued(dot+owner))})
		t.para(indent(4), styled(dim, title))
		return
	}
	if columns(name) > nameColumn {
		t.para(indent(2), text(name))
		name = ""
	}
	pad := func(s string, to int) string { return s + strings.Repeat(" ", max(0, to-columns(s))) }
	t.para([]span{
		text("  " + pad(name, nameColumn)), styled(styleOf(r.Severity), pad(severity, severityColumn)), styled(dim, pad(owner, ownerColumn)),
	}, text(title))
}

// whoseType says whose finding type it is.
func whoseType(o rule.Origin) string {
	if o == rule.Ours {
		return "Merlon"
	}
	return "GuardDuty"
}

// detectionListed is a finding type as programs read it.
type detectionListed struct {
	Type     string           `json:"type"`
	Tactic   string           `json:"tactic"`
	Severity finding.Severity `json:"severity"`
	Origin   string           `json:"origin"`
	Retired  bool             `json:"retired,omitempty"`
	Title    string           `json:"title"`
}

// ListDetectionsJSON lists finding types for programs, sorted by type: an object on each line.
func ListDetectionsJSON(w io.Writer, rules []*rule.Detection, l lang.Lang) error {
	sorted := slices.Clone(rules)
	slices.SortFunc(sorted, func(a, b *rule.Detection) int { return strings.Compare(a.Type, b.Type) })
	for _, r := range sorted {
		line, err := json.Marshal(detectionListed{r.Type, r.Tactic(), r.Severity, whoseType(r.Origin), r.Origin == rule.Retired, r.Title.In(l)})
		if err != nil {
			return fmt.Errorf("encode finding type: %w", err)
		}
		if _, err := w.Write(append(escapeControls(line), '\n')); err != nil {
			return fmt.Errorf("write finding types: %w", err)
		}
	}
	return nil
}
