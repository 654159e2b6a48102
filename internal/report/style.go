package report

import "github.com/merlonsec/merlon/internal/finding"

// style is how a piece of text looks. The colours are those of the sixteen that can be read on a dark and
// on a light background, and never the only carrier of a meaning.
type style uint8

const (
	plain style = iota
	bold
	dim
	critical
	high
	medium
	low
	good
)

// sgr gives the parameters of the escape sequence "Select Graphic Rendition" (ECMA-48, 8.3.117).
func (s style) sgr() string {
	return [...]string{plain: "", bold: "1", dim: "2", critical: "1;31", high: "31", medium: "33", low: "36", good: "32"}[s]
}

// of gives the style of a severity.
func styleOf(s finding.Severity) style {
	switch s {
	case finding.SeverityCritical:
		return critical
	case finding.SeverityHigh:
		return high
	case finding.SeverityMedium:
		return medium
	case finding.SeverityLow:
		return low
	}
	return dim
}

// span is a piece of text in one style.
type span struct {
	text  string
	style style
}

func text(s string) span             { return span{s, plain} }
func styled(st style, s string) span { return span{s, st} }

func widthOf(spans []span) int {
	n := 0
	for _, s := range spans {
		n += columns(s.text)
	}
	return n
}
