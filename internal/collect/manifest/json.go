package manifest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/merlonsec/merlon/internal/tree"
)

// looksJSON reports whether a file that starts with head is JSON. YAML may start with a brace too: where head is the
// whole file and its name does not say JSON, the first value must be valid JSON.
func looksJSON(head []byte, whole bool, base string) bool {
	start := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(start) == 0 || start[0] != '{' && start[0] != '[' {
		return false
	}
	if strings.EqualFold(extension(base), ".json") {
		return !bytes.HasPrefix(start, []byte("{{"))
	}
	next := bytes.TrimLeft(start[1:], " \t\r\n")
	if len(next) == 0 || bytes.IndexByte([]byte(`"{}[]`), next[0]) < 0 || start[0] == '{' && next[0] == '{' {
		return false
	}
	if !whole {
		return true
	}
	return jsontext.NewDecoder(bytes.NewBuffer(start), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)).SkipValue() == nil
}

func extension(base string) string {
	if i := strings.LastIndexByte(base, '.'); i >= 0 {
		return base[i:]
	}
	return ""
}

// maxRestarts is how many broken values of one JSON stream are passed over before the rest is given up.
const maxRestarts = 20

// json cuts a JSON stream into values and list items. After a broken value it goes on at the next line that starts with
// a brace, as the next value of NDJSON and of concatenated objects does.
func (r *run) json(out *batcher, in *bufio.Reader) error {
	kept := &replay{r: in, line: 1}
	for restarts, noted := 0, 0; ; restarts++ {
		s := jsonStream{run: r, out: out, kept: kept, before: kept.line - 1}
		line, err := s.read()
		if err == nil || r.ctx.Err() != nil || errors.Is(err, errDocuments) {
			return err
		}
		if err := out.flush(); err != nil {
			return err
		}
		template := bytes.Contains(kept.kept, []byte("{{"))
		why := reason(err)
		if bytes.Contains(kept.kept, []byte("${")) && strings.Contains(why, "'$'") {
			why += "; it holds a ${…} that nothing has filled in: fill in the template first"
		}
		var syntax *tree.SyntaxError
		var limit *tree.LimitError
		again := (errors.As(err, &syntax) || errors.As(err, &limit)) && restarts < maxRestarts && kept.restart(s.end)
		switch {
		case line > 0 && line == noted: // the value that was broken, again
		case template:
			r.src.parts = append(r.src.parts, &part{file: out.file, own: true, template: &problem{line, why}})
		case again:
			r.problem(out.file, line, why)
		default:
			r.problem(out.file, line, why+"; the rest of the file was not read")
		}
		if noted = line; !again {
			return nil
		}
	}
}

// jsonStream is a JSON stream up to its first error.
type jsonStream struct {
	run    *run
	out    *batcher
	kept   *replay
	before int // lines of the file before the stream
	end    int // line of the file where the last value ended
	items  *tree.JSONReader
	listed bool // the last item was one of a list
}

// read adds the values of the stream, and returns the line of the error that ended it; nil at its end.
func (s *jsonStream) read() (line int, err error) {
	s.items = tree.NewJSONReader(s.kept, tree.Limits{Bytes: s.run.o.Limits.Answer})
	s.end = s.before + 1
	for {
		item, err := s.items.Next()
		if err != nil {
			line, err = s.fail(err)
			return line, err
		}
		inList := strings.HasPrefix(item.Path, "$.items[")
		if inList && item.Path == "$.items[0]" || inList != s.listed {
			if err := s.startList(inList, item); err != nil {
				return 0, err
			}
		}
		s.listed = inList
		if err := s.out.add(item.Raw, s.before+item.FirstLine, jsonValue); err != nil {
			return 0, err
		}
		if s.out.held > s.run.o.Limits.List {
			s.run.problem(s.out.file, 0, "the list says only after its items of which kind they are, and is too long to wait for that; write kind before items, or make it with kubectl get -o json")
			s.out.waiting, s.out.held, s.out.now, s.out.lost = nil, 0, nil, true
		}
		if s.end = s.before + item.FirstLine + bytes.Count(item.Raw, []byte("\n")); s.kept.due() {
			s.kept.forget(s.end)
		}
	}
}

// startList takes what a list says of its items, or that the items of one are over. What is not known yet is waited for
// if the first item needs it.
func (s *jsonStream) startList(inList bool, first tree.Item) error {
	if err := s.endList(); err != nil || !inList {
		return err
	}
	r := s.run
	head, known := s.head()
	if !known {
		ownKind := false
		if tree.DecodeJSON(&r.scratch, first.Raw, 1, tree.Limits{}) == nil {
			ownKind = r.scratch.Root().Get("kind").Kind() == tree.String
		}
		if !ownKind {
			if err := s.out.flush(); err != nil {
				return err
			}
			s.out.hold = true
			return nil
		}
	}
	return s.out.setHead(head)
}

// endList gives the items that wait for it what their list said.
func (s *jsonStream) endList() error {
	if !s.out.hold {
		return s.out.setHead(listHead{})
	}
	head, _ := s.head()
	return s.out.release(head)
}

// head reads what was said so far by the list whose items are being read.
func (s *jsonStream) head() (listHead, bool) {
	said := s.items.List()
	if said == nil || tree.DecodeJSON(&s.run.scratch, said, 1, tree.Limits{}) != nil {
		return listHead{}, false
	}
	return headOf(s.run.scratch.Root())
}

// fail ends the stream: err is nil where its end was all that happened.
func (s *jsonStream) fail(err error) (line int, _ error) {
	if flushErr := s.endList(); flushErr != nil {
		return 0, flushErr
	}
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		if s.items.List() != nil && !s.listed {
			s.emptyList()
		}
		return 0, s.out.flush()
	}
	var syntax *tree.SyntaxError
	var limit *tree.LimitError
	switch {
	case errors.As(err, &syntax):
		line = s.before + syntax.Line
	case errors.As(err, &limit):
		line = s.before + limit.Line
	}
	return line, err
}

// emptyList notes a list without items, of which the reader gives nothing.
func (s *jsonStream) emptyList() {
	s.run.src.parts = append(s.run.src.parts, &part{file: s.out.file, own: true, lists: 1})
}

// replay keeps what was read since the last value, to start again behind a broken one.
type replay struct {
	r    io.Reader
	kept []byte
	next int // of kept, what Read gives next
	line int // on which kept starts
}

// Read implements io.Reader.
func (k *replay) Read(p []byte) (int, error) {
	if k.next < len(k.kept) {
		n := copy(p, k.kept[k.next:])
		k.next += n
		return n, nil
	}
	n, err := k.r.Read(p)
	k.kept = append(k.kept, p[:n]...)
	k.next = len(k.kept)
	return n, err
}

// due reports whether it is time to forget what is not needed any more.
func (k *replay) due() bool { return k.next > 4*batchBytes }

// forget drops what stands before a line.
func (k *replay) forget(line int) {
	at := 0
	for k.line < line {
		i := bytes.IndexByte(k.kept[at:k.next], '\n')
		if i < 0 {
			break
		}
		at += i + 1
		k.line++
	}
	k.kept = k.kept[:copy(k.kept, k.kept[at:])]
	k.next -= at
}

// restart moves to the next line after the given one that starts with a brace; ok is false where there is none.
func (k *replay) restart(after int) (ok bool) {
	k.next = 0
	for {
		if len(k.kept) == 0 && !k.more() {
			return false
		}
		if k.line > after && len(k.kept) > 0 && k.kept[0] == '{' {
			return true
		}
		i := bytes.IndexByte(k.kept, '\n')
		for ; i < 0; i = bytes.IndexByte(k.kept, '\n') {
			if k.kept = k.kept[:0]; !k.more() {
				return false
			}
		}
		k.kept = k.kept[i+1:]
		k.line++
	}
}

// more reads on; false at the end.
func (k *replay) more() bool {
	const piece = 32 << 10
	at := len(k.kept)
	k.kept = append(k.kept, make([]byte, piece)...)
	n, err := k.r.Read(k.kept[at:])
	k.kept = k.kept[:at+n]
	return n > 0 || err == nil
}
