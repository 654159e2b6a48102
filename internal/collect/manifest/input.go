package manifest

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/merlonsec/merlon/internal/collect/pump"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// errDocuments stops a Read that has taken as many documents as Limits allow.
var errDocuments = errors.New("too many documents")

// path reads one of Options.Paths. The error is one that ends the Read.
func (r *run) path(name string) error {
	r.src = &source{name: name, limits: r.o.Limits, todo: r.o.RenderHint}
	r.sources = append(r.sources, r.src)
	err := r.ctx.Err()
	switch {
	case err != nil:
	case name == "-":
		name = cmp.Or(r.o.StdinName, stdinName)
		err = r.stream(&file{name: name, base: filepath.Base(name)}, r.o.Stdin)
	default:
		err = r.named(name)
	}
	if errors.Is(err, errDocuments) {
		r.problem(&file{name: name}, 0, fmt.Sprintf("more than %d documents were given; the rest was not read: scan the paths one by one", r.o.Limits.Documents))
		return nil
	}
	return err
}

// named reads the file or folder of a name.
func (r *run) named(name string) error {
	f := &file{name: name, base: filepath.Base(name), dir: filepath.Dir(name)}
	info, err := os.Stat(name)
	switch {
	case err != nil:
		r.problem(f, 0, reason(err))
		return nil
	case info.IsDir():
		return r.folder(name)
	case isDescriptor(name): // what a shell passes as <(command)
		in, err := os.Open(name)
		if err != nil {
			r.problem(f, 0, reason(err))
			return nil
		}
		defer in.Close()
		return r.stream(f, in)
	case !info.Mode().IsRegular():
		r.problem(f, 0, irregular(info.Mode()))
		return nil
	}
	if done, err := r.rendersArchive(name); done || err != nil {
		return err
	}
	in, err := os.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		r.problem(f, 0, reason(err))
		return nil
	}
	return r.regular(f, in, r.any)
}

// isDescriptor reports whether a name stands for a file that this process has open already.
func isDescriptor(name string) bool {
	return name == "/dev/stdin" || strings.HasPrefix(name, "/dev/fd/") || strings.HasPrefix(name, "/proc/self/fd/")
}

// regular reads an open file with a function, and closes it.
func (r *run) regular(f *file, from *os.File, read func(*file, *input) error) error {
	defer from.Close()
	info, err := from.Stat()
	if err != nil {
		r.problem(f, 0, reason(err))
		return nil
	}
	if !info.Mode().IsRegular() {
		r.problem(f, 0, irregular(info.Mode()))
		return nil
	}
	return r.buffered(f, from, read)
}

// stream reads what has no end that is known and may wait.
func (r *run) stream(f *file, from io.Reader) error {
	if from == nil {
		from = strings.NewReader("")
	}
	ctx, cancel := context.WithCancel(r.ctx)
	defer cancel()
	return r.buffered(f, pump.New(ctx, func() (io.ReadCloser, error) { return io.NopCloser(from), nil }), r.any)
}

// input is a file that is being read, with a buffer as large as the readers of package tree want, so that they add none
// of their own.
type input struct {
	*bufio.Reader
	capped cappedReader
}

const inputBuffer = 64 << 10

// buffered reads a file through one of the run's buffers, up to the limit for a file.
func (r *run) buffered(f *file, from io.Reader, read func(*file, *input) error) error {
	in := r.inputs.Get().(*input)
	limit := r.o.Limits.File
	in.capped = cappedReader{r: &contextReader{r.ctx, from}, left: limit, over: fileTooLarge(limit)}
	in.Reset(&in.capped)
	err := read(f, in)
	in.capped = cappedReader{}
	r.inputs.Put(in)
	return err
}

// any reads a file whose first bytes say what it is.
func (r *run) any(f *file, in *input) error {
	const tarHeader, noLimit = 512, math.MaxInt64 / 2
	head, err := in.Peek(tarHeader)
	switch {
	case len(head) == 0 && err != nil && !errors.Is(err, io.EOF):
		return r.readError(f, 0, err)
	case inventory.IsSnapshot(head): // this and archives have limits of their own
		in.capped.left = noLimit
		return r.snapshot(f, in)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		in.capped.left = noLimit
		return r.gzip(f, in)
	case isTar(f, head):
		in.capped.left = noLimit
		return r.tar(f, in, nil)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		r.files++
		r.problem(f, 0, "this is a zip archive, which is not read; unpack it and give the folder. A plan file of Terraform is one too: terraform show -json PLAN | merlon scan -")
		return nil
	}
	return r.manifest(f, in)
}

// gzip reads a compressed archive, or a compressed file.
func (r *run) gzip(f *file, compressed *input) error {
	unzipped, err := gzip.NewReader(compressed)
	if err != nil {
		r.files++
		return r.readError(f, 0, err)
	}
	limit := r.o.Limits.Expansion
	over := &sizeError{what: "archive, unpacked,", limit: limit, todo: "unpack it and give the folder"}
	in := &input{capped: cappedReader{unzipped, limit, over}}
	in.Reader = bufio.NewReaderSize(&in.capped, inputBuffer)
	const tarHeader = 512
	head, _ := in.Peek(tarHeader) // an error comes again with the first bytes
	if isTar(f, head) {
		return r.tar(f, in, over)
	}
	in.capped.left = min(in.capped.left, r.o.Limits.File)
	return r.manifest(f, in)
}

// manifest reads a stream of YAML documents or JSON values.
func (r *run) manifest(f *file, in *input) error {
	r.files++
	head, err := in.Peek(inputBuffer)
	if len(head) == 0 && err != nil && !errors.Is(err, io.EOF) {
		return r.readError(f, 0, err)
	}
	out := &batcher{run: r, file: f}
	if looksJSON(head, errors.Is(err, io.EOF), f.base) {
		return r.json(out, in.Reader)
	}
	return r.yaml(out, in.Reader)
}

// readError notes an error of the system, of a decompressor or of a limit. Its own error is one that ends the Read.
func (r *run) readError(f *file, line int, err error) error {
	if ctxErr := r.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	r.problem(f, line, reason(err))
	return nil
}

// reason says why something could not be read, and what to do. It holds nothing of what was read.
func reason(err error) string {
	var size *sizeError
	var syntax *tree.SyntaxError
	var limit *tree.LimitError
	var path *fs.PathError
	switch {
	case errors.As(err, &size):
		return size.Error()
	case errors.As(err, &limit):
		return (&tree.LimitError{What: limit.What, Limit: limit.Limit}).Error()
	case errors.As(err, &syntax):
		return withoutQuotes(syntax.Msg)
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file or folder; check the path"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied; run Merlon as a user who may read it"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return "the compressed data is damaged; the rest was not read: make or download the file again"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the file ends before it is complete; make or download it again"
	case errors.As(err, &path):
		return "it cannot be read: " + path.Err.Error()
	}
	return "it cannot be read: " + withoutQuotes(err.Error())
}

// withoutQuotes takes out of a message what it quotes, which may be a value from the input.
func withoutQuotes(msg string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(msg, `"`)
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString(`"…"`)
		end := len(rest)
		for i := 0; i < len(rest); i++ {
			if rest[i] == '\\' {
				i++
			} else if rest[i] == '"' {
				end = i + 1
				break
			}
		}
		msg = rest[end:]
	}
}

func irregular(m fs.FileMode) string {
	what := "not a regular file"
	switch {
	case m&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	case m&fs.ModeSocket != 0:
		what = "a socket"
	case m&fs.ModeDevice != 0:
		what = "a device"
	}
	return "it is " + what + ", which is not opened; give a file, or pipe its content into merlon and give -"
}
