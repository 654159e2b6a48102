package intel

import (
	"bytes"
	"strings"
)

// table reads the rows of a CSV file.
type table struct {
	comma   byte
	columns []int // those that hold addresses, from 0

	cells  [][]byte // of the row at hand
	quoted int      // line of a cell whose closing quote is in a line to come; 0 where there is none
}

// telling is what a row tells of its table.
type telling uint8

const (
	untold    telling = iota // nothing
	named                    // the row has the names of columns
	shown                    // one of its cells is an address
	ambiguous                // more than one are
)

const whyColumns = "more than one column holds addresses, and no header names them; only the first is in the list"

// recogniseTable tells from a row how a table is to be read.
func recogniseTable(row []byte) (table, telling) {
	for _, comma := range []byte(",\t;|") {
		t := table{comma: comma}
		t.split(row)
		if t.columns = namedColumns(t.cells); len(t.columns) > 0 {
			return t, named
		}
		for i, cell := range t.cells {
			if _, why := readEntry(cell); why == "" {
				t.columns = append(t.columns, i)
			}
		}
		switch len(t.columns) {
		case 0:
		case 1:
			return t, shown
		default:
			t.columns = t.columns[:1]
			return t, ambiguous
		}
	}
	return table{}, untold
}

// namedColumns finds the columns whose names say that they hold addresses.
func namedColumns(header [][]byte) []int {
	var columns []int
	best := 0
	for i, cell := range header {
		rank := addressName(string(cell[:min(len(cell), 64)]))
		if rank == 0 || best > 0 && rank > best {
			continue
		}
		if rank < best {
			columns = columns[:0]
		}
		best, columns = rank, append(columns, i)
	}
	return columns
}

// addressName says how surely a column or a member with this name holds the addresses that a list is about: 1 most, then
// 2 and 3; 0 not at all. Of several, the surest count, all of them: a feed may have a column for addresses and another for
// blocks.
func addressName(name string) int {
	name = strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(name))
	switch name {
	case "ip", "ips", "ipaddress", "ipaddresses", "ipaddr", "address", "addr", "ipv4", "ipv6", "ipv4address", "ipv6address",
		"cidr", "cidrs", "cidrblock", "network", "netblock", "subnet", "prefix", "ipprefix", "ipv4prefix", "ipv6prefix", "iprange", "range", "ipcidr":
		return 1
	case "indicator", "indicators", "indicatorvalue", "ioc", "iocvalue", "observable", "value", "entity", "host":
		return 2
	case "dstip", "dstaddr", "destinationip", "destip", "srcip", "srcaddr", "sourceip", "sourceaddress", "remoteip", "clientip", "attackerip", "maliciousip":
		return 3
	}
	return 0
}

// add reads one row.
func (t *table) add(b *builder, line int, row []byte) {
	if isBlank(row) && (t.comma != ';' || !bytes.HasPrefix(bytes.TrimLeft(row, " \t"), []byte(";"))) {
		return
	}
	if t.quoted > 0 && !t.closes(b, row) {
		return
	}
	if open := t.split(row); open {
		t.quoted = line
	}
	var wrong []byte
	why, used := "", false
	for _, column := range t.columns {
		if column >= len(t.cells) || len(t.cells[column]) == 0 {
			continue
		}
		cell := t.cells[column]
		e, problem := readEntry(cell)
		if problem == "" {
			b.take(line, cell, e)
			used = true
		} else if why == "" {
			wrong, why = cell, problem
		}
	}
	switch {
	case used:
	case why != "":
		b.reject(line, wrong, why)
	default:
		b.report.Refused.add(line, row, "there is no address in this row")
	}
}

// closes deals with a line while a quote is open. It returns true where the line is a row of its own: it has an address
// where one belongs, so that the quote was never closed. No entry is lost to a missing quote.
func (t *table) closes(b *builder, row []byte) bool {
	t.split(row)
	for _, column := range t.columns {
		if column >= len(t.cells) {
			continue
		}
		if _, why := readEntry(t.cells[column]); why == "" {
			t.finish(b)
			return true
		}
	}
	if bytes.Count(row, []byte{'"'})%2 == 1 {
		t.quoted = 0
	}
	return false
}

// finish reports a quote that is still open.
func (t *table) finish(b *builder) {
	if t.quoted > 0 {
		b.report.Noted.add(t.quoted, nil, "a quote that opens in this row is not closed")
		t.quoted = 0
	}
}

// split cuts a row into cells, without the quotes and white space around them. open is true where the last cell's quote is
// not closed in this line. Quotes within a cell stay doubled: no address has any.
func (t *table) split(row []byte) (open bool) {
	t.cells = t.cells[:0]
	blanks := " \t"
	if t.comma == '\t' {
		blanks = " "
	}
	for {
		row = bytes.TrimLeft(row, blanks)
		if len(row) > 0 && row[0] == '"' {
			end := closingQuote(row)
			if end < 0 {
				t.cells = append(t.cells, bytes.TrimSpace(row[1:]))
				return true
			}
			t.cells = append(t.cells, bytes.TrimSpace(row[1:end]))
			row = row[end+1:]
			next := bytes.IndexByte(row, t.comma)
			if next < 0 {
				return false
			}
			row = row[next+1:]
			continue
		}
		next := bytes.IndexByte(row, t.comma)
		if next < 0 {
			t.cells = append(t.cells, bytes.TrimSpace(row))
			return false
		}
		t.cells = append(t.cells, bytes.TrimSpace(row[:next]))
		row = row[next+1:]
	}
}

// closingQuote finds the quote that closes the one with which a text begins; -1 where there is none.
func closingQuote(text []byte) int {
	for i := 1; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if i+1 < len(text) && text[i+1] == '"' {
			i++
			continue
		}
		return i
	}
	return -1
}
