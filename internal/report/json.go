package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/finding"
)

// jsonHandler writes a scan as one JSON object, indented by two spaces so that a saved result can be read
// and compared line by line.
type jsonHandler struct {
	w io.Writer
	o Options
}

// Scan implements [Handler].
func (h *jsonHandler) Scan(s *finding.Scan) error {
	c := canonical(s, h.o)
	frame, err := encodeJSON(c.frame, "  ")
	if err != nil {
		return fmt.Errorf("encode scan: %w", err)
	}
	out := bufio.NewWriterSize(h.w, 1<<16)
	before, rest, _ := strings.Cut(frame, emptyTraits) // Only the fields of the scan itself are indented by two spaces.
	between, after, _ := strings.Cut(rest, emptyExposures)
	fmt.Fprint(out, before)
	if err := writeList(out, emptyTraits, c.traits); err != nil {
		return err
	}
	fmt.Fprint(out, between)
	if err := writeList(out, emptyExposures, c.exposures); err != nil {
		return err
	}
	fmt.Fprint(out, after+"\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write scan: %w", err)
	}
	return nil
}

// The two lists that may be long, as a scan without them has them.
const (
	emptyTraits    = "\n  \"traits\": []"
	emptyExposures = "\n  \"exposures\": []"
)

// writeList writes a list of the scan element by element, so that no more than one of them is in memory twice.
func writeList[T any](out io.Writer, empty string, all iter.Seq[*T]) error {
	begin, end, _ := strings.Cut(empty, "[")
	separator := begin + "["
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	enc.SetIndent("    ", "  ")
	for element := range all {
		line.Reset()
		if err := enc.Encode(element); err != nil {
			return fmt.Errorf("encode scan: %w", err)
		}
		if _, err := fmt.Fprintf(out, "%s\n    %s", separator, escapeControls(bytes.TrimSuffix(line.Bytes(), []byte("\n")))); err != nil {
			return fmt.Errorf("write scan: %w", err)
		}
		separator, end = ",", "\n  ]"
	}
	if separator != "," {
		fmt.Fprint(out, separator)
	}
	fmt.Fprint(out, end)
	return nil
}

// escapeControls writes the characters that encoding/json leaves as they are, and that a terminal which
// shows the JSON may obey, as \uXXXX: control characters and those that change the direction of writing or are
// invisible. In valid JSON they stand inside strings only.
func escapeControls(data []byte) []byte {
	plain := func(r rune) bool { return r < 0x7f || r > 0x9f && !unicode.Is(unicode.Cf, r) }
	if bytes.IndexFunc(data, func(r rune) bool { return !plain(r) }) < 0 {
		return data
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case plain(r):
			out = append(out, data[i:i+size]...)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}
