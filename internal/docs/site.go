package docs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// site is what all pages share.
type site struct {
	rules      []*rule.Rule      // by ID
	detections []*rule.Detection // by type
	components []correlate.Component
	openers    map[finding.EdgeKind][]*rule.Rule
}

func newSite(in Input) *site {
	s := &site{rules: slices.Clone(in.Rules), detections: slices.Clone(in.Detections), components: in.Components, openers: map[finding.EdgeKind][]*rule.Rule{}}
	slices.SortFunc(s.rules, func(a, b *rule.Rule) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.detections, func(a, b *rule.Detection) int { return cmp.Compare(a.Type, b.Type) })
	for _, r := range s.rules {
		for _, kind := range r.Opens {
			s.openers[kind] = append(s.openers[kind], r)
		}
	}
	return s
}

// rulePath, indexPath and topPath are the paths of the pages below docs/.
func rulePath(l lang.Lang, id string) string { return "rules/" + string(l) + "/" + id + ".md" }

func indexPath(l lang.Lang) string { return "rules/" + string(l) + "/README.md" }

func topPath(name string, l lang.Lang) string {
	if l == lang.EN {
		return name + ".md"
	}
	return name + "." + string(l) + ".md"
}

// languages is the line that leads from one page to the same page in the other languages.
func languages(here lang.Lang, to func(lang.Lang) string) string {
	names := map[lang.Lang]string{lang.EN: "English", lang.ES: "Español", lang.PT: "Português"}
	items := make([]string, 0, len(names))
	for _, l := range lang.All() {
		name := names[l]
		if l != here {
			name = link(name, to(l))
		}
		items = append(items, name)
	}
	return strings.Join(items, " · ")
}

// ruleLinks lists rules as links from a page of docs/ itself.
func ruleLinks(l lang.Lang, rules []*rule.Rule) string {
	links := make([]string, len(rules))
	for i, r := range rules {
		links[i] = link(code(r.ID), rulePath(l, r.ID))
	}
	return strings.Join(links, ", ")
}

// anchor is the name of an edge in the page about the attack graph.
func anchor(kind finding.EdgeKind) string { return "edge-" + string(kind) }

// impactName names the impact that a rule declares.
func impactName(i finding.Impact) lang.Text {
	if i == finding.ImpactNone {
		return lang.Text{EN: "none of its own", ES: "ninguno propio", PT: "nenhum próprio"}
	}
	return i.Text()
}
