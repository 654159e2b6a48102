package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
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
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(canonical(s, h.o)); err != nil {
		return fmt.Errorf("encode scan: %w", err)
	}
	if _, err := h.w.Write(escapeControls(b.Bytes())); err != nil {
		return fmt.Errorf("write scan: %w", err)
	}
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
