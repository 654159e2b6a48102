package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// maxAnnotations is how many annotations of one kind GitHub shows for a step
// (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands); see [Options.All].
const maxAnnotations = 10

// githubHandler writes workflow commands of GitHub Actions: an annotation for each exposure, in the line
// whose fix lowers it most, then a line that says how many there are.
type githubHandler struct {
	w io.Writer
	o Options
}

// Scan implements [Handler].
func (h *githubHandler) Scan(s *finding.Scan) error {
	g := &annotations{digest: newDigest(s, h.o), w: bufio.NewWriter(h.w), given: map[string]int{}}
	g.unread()
	g.unknown()
	for _, it := range g.shown {
		g.exposure(it)
	}
	g.closing()
	if err := g.w.Flush(); err != nil {
		return fmt.Errorf("write annotations: %w", err)
	}
	return nil
}

type annotations struct {
	*digest
	w *bufio.Writer
	// given counts the annotations by command.
	given map[string]int
	left  int
}

// annotate writes one command, unless there are enough of its kind; full tells.
func (g *annotations) annotate(command string, at inventory.Origin, title, message string) (full bool) {
	if g.given[command] >= maxAnnotations && !g.o.All {
		return true
	}
	g.given[command]++
	var properties []string
	if file := slashed(clean(at.File)); file != "" {
		properties = append(properties, "file="+commandProperty(file))
		if at.Line > 0 {
			line := strconv.Itoa(at.Line)
			properties = append(properties, "line="+line, "endLine="+line)
		}
	}
	properties = append(properties, "title="+commandProperty(title))
	fmt.Fprintf(g.w, "::%s %s::%s\n", command, strings.Join(properties, ","), commandData(message))
	return false
}

// exposure says what an exposure is and how to close it, in the place of its best fix.
func (g *annotations) exposure(it *item) {
	severity := g.say(it.Severity.Text())
	command := map[string]string{"error": "error", "warning": "warning", "note": "notice"}[levelOfSeverity(it.Severity)]
	lines := []string{ended(strings.Join(g.titles(it), ", "))}
	if it.Platform {
		command = "notice"
		lines = append(lines, g.say(explainPlatform))
	} else {
		lines = append(lines, ended(upper(g.state(it))))
	}
	if fix, ok := it.bestFix(); ok {
		after := g.say(fix.ProjectedSeverity.Text())
		if fix.ProjectedSeverity == finding.SeverityInformational {
			after = g.say(itemClosed)
		}
		lines = append(lines, fmt.Sprintf("%s (%s → %s): %s.", g.say(fixLabel), severity, after, strings.TrimSuffix(g.firstLine(fix.Title, fix.ID), ".")))
		if link := g.ruleURL(fix.ID); link != "" {
			lines = append(lines, link)
		}
	} else if all := g.fixes(it); len(all) > 0 {
		lines = append(lines, fmt.Sprintf("%s (%s): %s.", g.say(fixLabel), g.say(itemNoFix), strings.Join(all, "; ")))
	}
	if g.annotate(command, it.where(), severity+bracketed(g.changed(it))+": "+g.name(it), strings.Join(lines, "\n")) {
		g.left++
	}
}

// unread warns of what was not read: one annotation, however much it is.
func (g *annotations) unread() {
	var all []string
	for _, s := range g.scan.Sources {
		for _, n := range s.NotAssessed {
			all = append(all, clean(n.What)+": "+clean(n.Why))
		}
		if len(s.NotAssessed) == 0 && s.Status != inventory.StatusComplete {
			all = append(all, sourceName(s))
		}
	}
	g.several("warning", sourcesHeading, all)
}

// unknown says what could not be assessed.
func (g *annotations) unknown() {
	var all []string
	for _, n := range g.notAssessed() {
		all = append(all, clean(n.Rule)+" ("+g.count(nResources, n.Count)+"): "+g.because(n))
	}
	g.several("notice", unknownHeading, all)
}

// several puts some lines into one annotation.
func (g *annotations) several(command string, title lang.Text, all []string) {
	if len(all) == 0 {
		return
	}
	if more := len(all) - maxAnnotations; more > 0 && !g.o.All {
		all = append(all[:maxAnnotations:maxAnnotations], g.say(andMore, number(g.o.Lang, more)))
	}
	g.annotate(command, inventory.Origin{}, vendor+": "+g.say(title), strings.Join(all, "\n"))
}

// closing counts what there is; it is no command.
func (g *annotations) closing() {
	var main []*item
	for _, it := range g.shown {
		if !it.Platform {
			main = append(main, it)
		}
	}
	line := g.say(tourNone)
	if len(main) > 0 {
		line = g.severityLine(main)
	}
	fmt.Fprintf(g.w, "%s: %s\n", vendor, line)
	if g.left > 0 {
		fmt.Fprintf(g.w, "%s: %s\n", vendor, g.count(githubLeft, g.left))
	}
}

// commandData escapes the message of a command, and commandProperty a value before it, as the toolkit of
// GitHub Actions does (https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts).
func commandData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func commandProperty(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}
