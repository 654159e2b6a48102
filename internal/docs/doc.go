// Package docs renders the documentation that follows from the code: a page for each rule, of either kind, the index of
// the rules, how a severity comes about and what the attack graph is made of, in English, Spanish and
// Portuguese. Rules and tables come in; Markdown goes out, by path. It reads and writes no file: the
// command gen beside it does.
package docs

import (
	"maps"

	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

//go:generate go run ./gen

// Input is what the pages are made from, besides the tables that finding and correlate export.
type Input struct {
	// Rules are those to document, in any order.
	Rules []*rule.Rule
	// Detections are the rules over the audit stream to document, in any order.
	Detections []*rule.Detection
	// Components are those of the platform group, in the order in which they are documented.
	Components []correlate.Component
}

// Pages renders every page. The keys are slash paths below the folder docs/; the same input gives the
// same pages.
func Pages(in Input) map[string]string {
	s := newSite(in)
	pages := map[string]string{}
	for _, l := range lang.All() {
		maps.Copy(pages, s.rulePages(l))
		maps.Copy(pages, s.detectionPages(l))
		pages[indexPath(l)] = s.indexPage(l)
		pages[topPath("severity", l)] = s.severityPage(l)
		pages[topPath("attack-graph", l)] = s.graphPage(l)
	}
	return pages
}
