package audit

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/merlonsec/merlon/internal/event"
)

// segment is one file of a log, as it was found.
type segment struct {
	path   string
	kin    kin
	info   fs.FileInfo // of the file itself where path is a link
	packed bool
	head   []byte // its first bytes, without compression
	first  int64  // when the first of its events was, as far as that was looked for
	other  bool   // it is of a kind that holds no records to read
	audit  bool   // there is an audit event at its start
	why    string // why not
}

// probe looks at the start of a file: as much as tells it from others, or, with deep set, whether it is an audit log.
func (r *run) probe(path string, deep bool) (*segment, error) {
	s := &segment{path: path, kin: r.rotations.kin(filepath.Base(path))}
	in, err := openFile(path, &r.probed)
	if err != nil {
		return s, err
	}
	defer in.close()
	s.info, s.packed = in.info, in.packed
	size := headSize
	if deep {
		size = shapeSize
	}
	text := make([]byte, size)
	n, err := io.ReadFull(in, text)
	text = text[:n]
	whole := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	s.head = bytes.Clone(text[:min(n, headSize)])
	if isUTF16(s.head) {
		return s, errUTF16
	}
	if isTar(s.head) {
		return s, errTar
	}
	if isProgram(s.head) {
		return s, errBinary
	}
	if deep {
		r.recognise(s, string(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))), whole)
	}
	if n == 0 && err != nil && !errors.Is(err, io.EOF) {
		return s, err
	}
	return s, nil
}

// recognise tells whether there is an audit event in the text that a file starts with, and when the first one was.
func (r *run) recognise(s *segment, text string, whole bool) {
	const enough = 20
	decode := r.decoder()
	var events []event.Event
	rest := text
	for i := 0; i < enough && rest != ""; i++ {
		line, after, complete := strings.Cut(rest, "\n")
		if !complete && !whole {
			break
		}
		rest = after
		if line = strings.Trim(line, " \t\r\x00"); line == "" {
			i--
			continue
		}
		if events, _ = decode(events[:0], line); len(events) > 0 {
			s.audit, s.first = true, events[0].At
			return
		}
	}
	text = strings.TrimLeft(text, " \t\r\n\x00")
	switch {
	case text == "":
		s.why = "it is empty"
	case strings.Contains(text, "auditID") || strings.Contains(text, "audit.k8s.io/"): // in a document, or a long line
		s.audit = true
	case text[0] == '{' || text[0] == '[':
		s.why = "it looks like JSON, but no audit event stands at its start"
	default:
		s.why = "no audit event stands at its start"
	}
}
