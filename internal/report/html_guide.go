package report

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
)

// htmlGuide is what a rule says of itself: why its weakness matters, and what to do.
type htmlGuide struct {
	Title, ID, Anchor, Count string
	Why, Fix                 []htmlBlock
	References               []htmlReference
}

// htmlReference links to what others say. A link loads nothing until somebody follows it.
type htmlReference struct{ Name, URL string }

// htmlBlock is a paragraph, a list or some lines of code of a rule's text.
type htmlBlock struct {
	// Kind is "title", "text", "bullets", "steps" or "code".
	Kind  string
	Code  string
	Items [][]htmlSpan
}

// guides gives the texts of every rule that the page speaks of, those of most exposures first. They are in
// the page once, however many exposures they are about.
func (b *htmlBuilder) guides() []htmlGuide {
	counts, found := b.alone(), b.alone()
	fixes := map[string]string{}
	for _, it := range slices.Concat(b.main, b.platform) {
		for _, id := range traitIDs(it.Exposure) {
			found[id]++
		}
		for i := range it.Traits {
			if t := &it.Traits[i]; t.Role != finding.Contextual {
				counts[t.ID] += 1 << 32 // What makes exposures comes before what is only context.
			} else {
				counts[t.ID]++
			}
		}
		for _, r := range it.Remediations {
			fixes[r.ID] = b.firstLine(r.Title, r.ID)
		}
	}
	var all []htmlGuide
	for _, id := range mostFirst(counts) {
		g := htmlGuide{Title: b.titleOf(id), ID: clean(id), Anchor: b.anchor("rule-", id), Count: b.count(nResources, found[id])}
		texts := b.o.texts(id)
		if why := texts.Why.In(b.o.Lang); why != "" {
			g.Why = blocksOf(why, false)
		}
		if fix := texts.Fix.In(b.o.Lang); fix != "" {
			g.Fix = blocksOf(fix, true)
		} else if fix := fixes[id]; fix != "" {
			g.Fix = blocksOf(fix, true)
		}
		for _, r := range texts.References {
			if strings.HasPrefix(r.URL, "https://") {
				g.References = append(g.References, htmlReference{called(r), r.URL})
			}
		}
		all = append(all, g)
	}
	return all
}

// traitIDs lists the traits of an exposure, each once.
func traitIDs(e *finding.Exposure) []string {
	var ids []string
	for i := range e.Traits {
		if id := e.Traits[i].ID; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// blocksOf reads a rule's text, as [explanation.block] does: an empty line parts paragraphs, a line that is
// indented by four spaces is code, and one that begins with "- " or "1. " is an item of a list. The first
// line may be a title.
func blocksOf(body string, titled bool) (blocks []htmlBlock) {
	apart := true // The line before was empty.
	for i, line := range cleanLines(body) {
		code, isCode := strings.CutPrefix(line, "    ")
		trimmed := strings.TrimLeft(line, " ")
		mark := listMark(trimmed)
		block := htmlBlock{Kind: "text", Items: [][]htmlSpan{inline(trimmed[len(mark):])}}
		switch {
		case line == "":
			if n := len(blocks); n > 0 && blocks[n-1].Kind == "code" {
				blocks[n-1].Code += "\n"
			}
			apart = true
			continue
		case i == 0 && titled:
			block.Kind = "title"
		case isCode:
			block = htmlBlock{Kind: "code", Code: code + "\n"}
		case mark == "- " || mark == "* ":
			block.Kind = "bullets"
		case mark != "":
			block.Kind = "steps"
		}
		blocks = join(blocks, block, apart)
		apart = false
	}
	for i := range blocks {
		blocks[i].Code = strings.TrimRight(blocks[i].Code, "\n")
	}
	return blocks
}

// join adds a line to the block before it, where it belongs there.
func join(blocks []htmlBlock, next htmlBlock, apart bool) []htmlBlock {
	if len(blocks) == 0 || next.Kind == "title" {
		return append(blocks, next)
	}
	last := &blocks[len(blocks)-1]
	switch {
	case last.Kind == "code" && next.Kind == "code":
		last.Code += next.Code
	case last.Kind != next.Kind:
		if isList := last.Kind == "bullets" || last.Kind == "steps"; isList && next.Kind == "text" && !apart {
			item := &last.Items[len(last.Items)-1] // A list item that goes on in the next line.
			*item = append(append(*item, htmlSpan{Text: " "}), next.Items[0]...)
			break
		}
		return append(blocks, next)
	case next.Kind == "text" && !apart:
		last.Items[0] = append(append(last.Items[0], htmlSpan{Text: " "}), next.Items[0]...)
	case next.Kind == "text":
		return append(blocks, next)
	default:
		last.Items = append(last.Items, next.Items...)
	}
	return blocks
}

// inline sets apart what stands in backticks.
func inline(line string) (spans []htmlSpan) {
	for i, part := range strings.Split(line, "`") {
		if part == "" {
			continue
		}
		class := ""
		if i%2 == 1 {
			class = "tt"
		}
		spans = append(spans, htmlSpan{class, part})
	}
	return spans
}
