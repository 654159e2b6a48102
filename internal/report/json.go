package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

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

// escapeControls writes the control characters that encoding/json leaves as they are (U+007F to U+009F)
// as \u00XX: a terminal that shows the JSON may obey them. In valid JSON they stand inside strings only.
func escapeControls(data []byte) []byte {
	const del, lead, first, last = 0x7f, 0xc2, 0x80, 0x9f
	if !bytes.ContainsAny(data, "\x7f") && bytes.IndexByte(data, lead) < 0 {
		return data
	}
	out := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == del:
			out = append(out, `\u007f`...)
		case c == lead && i+1 < len(data) && data[i+1] >= first && data[i+1] <= last:
			out = fmt.Appendf(out, `\u%04x`, data[i+1])
			i++
		default:
			out = append(out, c)
		}
	}
	return out
}
