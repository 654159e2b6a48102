package intel

import (
	"strings"
	"unicode"
)

// Problem is something about one place in a list that its author should know.
type Problem struct {
	// Line is where it is, from 1.
	Line int
	// Text is what stands there, shortened and printable; "" where it is about the line, or the rest of the list.
	Text string
	// Why is a sentence in English without its full stop.
	Why string
}

// Problems is any number of problems: the first of them, and how many there are.
type Problems struct {
	First []Problem // in the order of the list, at most MaxProblems
	Total int
}

// MaxProblems is how many problems of a sort are kept. A list of another format than we think has as many as it has lines.
const MaxProblems = 100

func (p *Problems) add(line int, text []byte, why string) {
	p.Total++
	if len(p.First) < MaxProblems {
		p.First = append(p.First, Problem{line, printable(text), why})
	}
}

// Report says what a list was read as, and what is not in it.
type Report struct {
	// Format is what the list was taken for: "text", "CSV", "Tor exits", "JSON", "STIX 2", "STIX 1"; "" where it cannot be
	// read at all, as one that is compressed.
	Format string
	// Refused are the entries that the list does not hold, because they cannot be read or would match everything.
	Refused Problems
	// Noted are entries that the list holds, but perhaps by mistake, as a very wide block.
	Noted Problems
	// Unreachable are entries that the list holds, and that no request from the internet comes from: those of private
	// networks, of documentation and the like.
	Unreachable Problems
	// Foreign is the number of entries about something else than addresses: domains, files, a STIX pattern over them.
	Foreign int
	// Inactive is the number of indicators that were revoked, are no longer or not yet valid.
	Inactive int
}

// printable gives a text without what a terminal would obey, shortened.
func printable(text []byte) string {
	const most = 80
	s := string(text[:min(len(text), 4*most)])
	shown := strings.Builder{}
	n := 0
	for _, r := range strings.TrimSpace(s) {
		if n++; n > most {
			shown.WriteString("…")
			break
		}
		if !unicode.IsPrint(r) {
			r = unicode.ReplacementChar
		}
		shown.WriteRune(r)
	}
	return shown.String()
}
