package intel

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"time"
)

// maxLine is the longest line that is read: a row of a report with its whole text fits.
const maxLine = 64 << 10

// The formats of lists, as Report.Format names them.
const (
	formatText  = "text"
	formatCSV   = "CSV"
	formatTor   = "Tor exits"
	formatJSON  = "JSON"
	formatSTIX2 = "STIX 2"
	formatSTIX1 = "STIX 1"
)

// Parse reads a list to its end, in whatever format it is:
//
//   - text: an address, a CIDR block or a range in each line, and comments after # or ;. So are the blocklists of AlienVault
//     (address#reliability#…), and Tor's torbulkexitlist;
//   - CSV, separated by commas, semicolons, tabs or bars: the columns that hold addresses are found by their names or, where
//     there are none, in the first row that has an address. So are the exports of OTX, Proofpoint, FireEye and abuse.ch;
//   - STIX 2: indicators and addresses, in a bundle, a list or one by line; STIX 1 in XML, the addresses only;
//   - JSON: a list of texts, or objects with a member that is named as such a column would be, as Spamhaus writes them;
//   - Tor's exit-addresses.
//
// Entries that are right are in the list, whatever is wrong with others; the report says what is. Indicators that are
// revoked, or not valid at the time now, are left out; the zero time makes every time right. Where data fails, what was
// read before counts and the failure is the last problem.
func Parse(name string, kind Kind, data io.Reader, now time.Time) (*List, Report) {
	b := &builder{kind: kind, now: now}
	in := bufio.NewReaderSize(&stickyReader{r: data}, maxLine)
	head, _ := in.Peek(maxLine) // an error comes again with the last bytes
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3) // cannot fail: the bytes were peeked
		head = head[3:]
	}
	if why := unreadable(head); why != "" {
		b.report.Refused.add(1, nil, why)
		return &List{Name: name, Kind: kind}, b.report
	}
	switch first := bytes.TrimLeft(head, " \t\r\n"); {
	case startsJSON(first):
		b.readJSON(in)
	case bytes.HasPrefix(first, []byte("<")):
		b.readXML(in)
	default:
		b.readLines(in, head)
	}
	return b.list(name), b.report
}

// stickyReader gives the error that ended its reader for ever, so that a look ahead does not take it away.
type stickyReader struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (s *stickyReader) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	s.err = err
	return n, err
}

// unreadable says why bytes that are no text cannot be a list.
func unreadable(head []byte) string {
	for _, m := range []struct{ magic, what string }{
		{"\x1f\x8b", "gzip"}, {"\x28\xb5\x2f\xfd", "zstd"}, {"PK\x03\x04", "zip"}, {"BZh", "bzip2"}, {"\xfd7zXZ", "xz"},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return "the list is compressed with " + m.what + "; give what is in it"
		}
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "the list is UTF-16 text; save it as UTF-8"
	case bytes.IndexByte(head[:min(len(head), 512)], 0) >= 0:
		return "the list is not text"
	}
	return ""
}

// startsJSON reports whether a text begins as JSON does. A bracket may be that of an address: [2001:db8::1]:443.
func startsJSON(text []byte) bool {
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	inside := bytes.TrimLeft(text[1:], " \t\r\n")
	if text[0] == '{' {
		return len(inside) == 0 || inside[0] == '"' || inside[0] == '}'
	}
	return len(inside) == 0 || bytes.IndexByte([]byte(`{["]`), inside[0]) >= 0
}

// builder gathers what becomes a list.
type builder struct {
	kind    Kind
	now     time.Time
	report  Report
	entries int
	spans   []span4
	blocks  []block6
}

func (b *builder) list(name string) *List {
	return &List{Name: name, Kind: b.kind, entries: b.entries, v4: newSet4(b.spans), v6: newSet6(b.blocks)}
}

// fail says that the list ends too early.
func (b *builder) fail(line int, err error) {
	b.report.Refused.add(line, nil, "the list cannot be read further: "+printable([]byte(err.Error())))
}

// add takes what should be an entry.
func (b *builder) add(line int, text []byte) {
	e, why := readEntry(text)
	if why != "" {
		b.reject(line, text, why)
		return
	}
	b.take(line, text, e)
}

// reject counts a text that is no entry.
func (b *builder) reject(line int, text []byte, why string) {
	if why == whyNone && isForeign(text) {
		b.report.Foreign++
		return
	}
	b.report.Refused.add(line, text, why)
}

// take adds an entry to the list, if it is one that a list can mean.
func (b *builder) take(line int, text []byte, e entry) {
	if why := b.absurd(e); why != "" {
		b.report.Refused.add(line, text, why)
		return
	}
	if note := b.note(e); note != "" {
		b.report.Noted.add(line, text, note)
	} else if why := b.unreachable(e); why != "" {
		b.report.Unreachable.add(line, text, why)
	}
	b.entries++
	if e.is6 {
		b.blocks = appendBlocks(b.blocks, e.first, e.last)
		return
	}
	b.spans = append(b.spans, newSpan4(uint32(e.first.lo), uint32(e.last.lo)))
}

// absurd says why no list can mean an entry that can be read.
func (b *builder) absurd(e entry) string {
	if e.first == (addr6{}) && (e.is6 && e.last == (addr6{math.MaxUint64, math.MaxUint64}) || !e.is6 && e.last.lo == math.MaxUint32) {
		if b.kind == Trusted {
			return "this is every address: no list would say anything any more"
		}
		return "this is every address: every request would be a threat"
	}
	if b.kind == Trusted {
		return ""
	}
	first, last := e.scopes()
	switch {
	case first == Unspecified && e.first == e.last:
		return "this stands for no address: no request comes from it"
	case first == Loopback && last == Loopback:
		return "this is the machine itself: an API server sends requests to itself all the time"
	}
	return ""
}

// note says what may be a mistake about an entry.
func (b *builder) note(e entry) string {
	switch {
	case e.note != "":
		return e.note
	case !e.is6 && e.last.lo-e.first.lo >= 1<<24:
		return "this is more than a /8: more than one in 256 of all IPv4 addresses"
	case e.is6 && e.last.hi-e.first.hi >= 1<<48:
		return "this is more than a /16: more than any network has"
	}
	return ""
}

// unreachable says why no request from the internet comes from an entry.
func (b *builder) unreachable(e entry) string {
	if b.kind == Trusted {
		return ""
	}
	scope, last := e.scopes()
	if scope == Public {
		scope = last
	}
	switch scope {
	case NoScope, Public:
		return ""
	case Private:
		return "this is not an address of the internet (private): what has it is inside your network"
	case Shared:
		return "this is not an address of the internet (shared): a carrier's customers have it, and pods of EKS"
	case LinkLocal:
		return "this is not an address of the internet (link-local): only a neighbour on the same link has it"
	case Reserved:
		if e.isDocumentation() {
			return "this is not an address of the internet (documentation): it is for examples, and no request comes from it"
		}
	}
	return "this is not an address of the internet (" + scope.String() + "): no request comes from it"
}

// isDocumentation reports whether an entry starts in a block for examples (RFC 5737, RFC 3849).
func (e entry) isDocumentation() bool {
	if e.is6 {
		return e.first.hi>>32 == 0x20010db8
	}
	switch e.first.lo >> 8 {
	case 192<<16 | 2, 198<<16 | 51<<8 | 100, 203<<16 | 113:
		return true
	}
	return false
}

// scopes gives the scopes of an entry's first and last address.
func (e entry) scopes() (first, last Scope) {
	if e.is6 {
		return scope6(e.first), scope6(e.last)
	}
	first = scope4(uint32(e.first.lo))
	if e.first == e.last {
		return first, first
	}
	return first, scope4(uint32(e.last.lo))
}
