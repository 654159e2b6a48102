package intel

import (
	"errors"
	"io"
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/tree"
)

// readJSON reads a list that is one JSON value or many: STIX objects in a bundle, an envelope of TAXII or a list, texts in
// a list, objects with a member that holds an address.
func (b *builder) readJSON(in io.Reader) {
	b.report.Format = formatJSON
	values := tree.NewJSONReader(in, tree.Limits{})
	values.ItemsIn("objects")
	var t tree.Tree
	line := 1
	for {
		item, err := values.Next()
		line = max(line, item.FirstLine)
		if err == nil {
			err = tree.DecodeJSON(&t, item.Raw, item.FirstLine, tree.Limits{})
		}
		switch {
		case errors.Is(err, io.EOF):
			return
		case err != nil:
			b.failJSON(line, err)
			if item.Raw == nil {
				return
			}
		case t.Root().Kind() == tree.String:
			b.add(t.Root().Line(), []byte(t.Root().Text()))
		case t.Root().Kind() == tree.Map:
			b.addObject(t.Root())
		default:
			b.report.Refused.add(item.FirstLine, item.Raw, "neither an object nor a text, which a list could hold")
		}
	}
}

// failJSON reports a value that cannot be read, at its line, or that the list ends at a line or after it.
func (b *builder) failJSON(line int, err error) {
	var syntax *tree.SyntaxError
	var limit *tree.LimitError
	switch {
	case errors.As(err, &syntax):
		b.report.Refused.add(syntax.Line, nil, "the JSON is broken: "+syntax.Msg)
	case errors.As(err, &limit):
		bare := *limit
		bare.Line = 0
		b.report.Refused.add(limit.Line, nil, bare.Error())
	default:
		b.fail(line, err)
	}
}

// addObject reads a STIX object, or one that is none.
func (b *builder) addObject(o tree.Node) {
	kind := o.Get("type").Text()
	id := o.Get("id").Text()
	if stix := len(id) > len(kind)+2 && id[:len(kind)] == kind && id[len(kind):len(kind)+2] == "--"; !stix {
		b.addMembers(o)
		return
	}
	b.report.Format = formatSTIX2
	switch kind {
	case "indicator":
		b.addIndicator(o)
	case "ipv4-addr", "ipv6-addr":
		value := o.Get("value")
		b.add(value.Line(), []byte(value.Text()))
	case "domain-name", "email-addr", "file", "mac-addr", "url":
		b.report.Foreign++
	}
}

// addIndicator reads an indicator (STIX 2.1, section 4.7): its pattern, if it is valid now.
func (b *builder) addIndicator(o tree.Node) {
	pattern := o.Get("pattern")
	line, text := pattern.Line(), []byte(pattern.Text())
	if language := o.Get("pattern_type"); language.Exists() && language.Text() != "stix" {
		b.report.Foreign++
		return
	}
	if pattern.Kind() != tree.String {
		b.report.Refused.add(o.Line(), []byte(o.Get("id").Text()), "the indicator has no pattern")
		return
	}
	if !b.isActive(o) {
		b.report.Inactive++
		return
	}
	found, why, err := parsePattern(pattern.Text())
	switch {
	case err != nil:
		b.report.Refused.add(line, text, err.Error())
	case why != "":
		b.report.Refused.add(line, text, why)
	case len(found) == 0:
		b.report.Foreign++
	}
	if err != nil {
		return
	}
	for _, value := range found {
		b.add(line, []byte(value))
	}
}

// isActive reports whether an indicator is valid now. A time that cannot be read does not count.
func (b *builder) isActive(o tree.Node) bool {
	if revoked, _ := o.Get("revoked").Bool(); revoked {
		return false
	}
	if b.now.IsZero() {
		return true
	}
	until, hasUntil := b.timeOf(o.Get("valid_until"))
	from, hasFrom := b.timeOf(o.Get("valid_from"))
	return (!hasUntil || b.now.Before(until)) && (!hasFrom || !b.now.Before(from))
}

func (b *builder) timeOf(n tree.Node) (time.Time, bool) {
	if !n.Exists() {
		return time.Time{}, false
	}
	t, err := time.Parse(time.RFC3339Nano, n.Text())
	if err != nil {
		b.report.Noted.add(n.Line(), []byte(n.Text()), n.Key()+" is no time as in 2026-01-31T00:00:00Z; the indicator is taken for valid")
	}
	return t, err == nil
}

// addMembers reads an object that is not STIX: the members that are named as a column of addresses would be.
func (b *builder) addMembers(o tree.Node) {
	var named []tree.Node
	best := 0
	for n := range o.All() {
		rank := addressName(n.Key())
		if rank == 0 || n.Kind() != tree.String || best > 0 && rank > best {
			continue
		}
		if rank < best {
			named = named[:0]
		}
		best, named = rank, append(named, n)
	}
	named = slices.DeleteFunc(named, func(n tree.Node) bool { return n.Text() == "" })
	if len(named) == 0 {
		b.report.Foreign++
		return
	}
	for _, n := range named {
		b.add(n.Line(), []byte(n.Text()))
	}
}
