package inventory

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"github.com/merlonsec/merlon/internal/tree"
)

// Limits on what a snapshot may ask for when it is read.
const (
	maxRecord   = 64 << 20  // bytes of one line
	maxSnapshot = 4 << 30   // bytes of the whole stream, decompressed
	freeBytes   = 256 << 20 // bytes that any snapshot may decompress to
	maxRatio    = 500       // bytes for each compressed byte beyond that: real ones stay below 150
	maxWindow   = 128 << 20 // memory of the decompressor
)

// ErrNotSnapshot says that a file is something else.
var ErrNotSnapshot = errors.New("not a Merlon snapshot")

// IsSnapshot reports whether a file that begins with these bytes may be a snapshot: zstd's magic number
// (RFC 8878). Four bytes are enough.
func IsSnapshot(start []byte) bool {
	return bytes.HasPrefix(start, []byte{0x28, 0xB5, 0x2F, 0xFD})
}

// Project fills in what follows from a resource's sanitised source object: its labels, relations and
// typed projection.
type Project func(r *Resource, object tree.Node)

// ReadSnapshot reads a snapshot whole. A newer, truncated or damaged file is an error that says so, and
// never yields a part of its resources. Projection runs in parallel.
func ReadSnapshot(in io.Reader, project Project) (Header, []*Resource, error) {
	compressed := &counter{r: in}
	decompressed, err := zstd.NewReader(compressed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return Header{}, nil, fmt.Errorf("read snapshot: %w", err)
	}
	defer decompressed.Close()
	l := &loader{in: bufio.NewReaderSize(decompressed, 1<<18), compressed: compressed, project: project}
	h, resources, err := l.load()
	if err != nil {
		return Header{}, nil, fmt.Errorf("read snapshot: %w", err)
	}
	return h, resources, nil
}

type loader struct {
	in         *bufio.Reader
	compressed *counter
	read       int64 // bytes of lines so far
	project    Project
}

// counter counts the bytes that it passes on.
type counter struct {
	r io.Reader
	n int64
}

// Read implements [io.Reader].
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// allowed is how much the stream may decompress to, given what was read of the file.
func (l *loader) allowed() int64 { return min(maxSnapshot, freeBytes+maxRatio*l.compressed.n) }

// batchBytes is how much of the stream one worker decodes at a time: enough to make handing it over
// cheap, little enough to keep every worker busy.
const batchBytes = 256 << 10

func (l *loader) load() (Header, []*Resource, error) {
	sum := sha256.New()
	first, err := l.line()
	if err != nil {
		return Header{}, nil, fmt.Errorf("%w (%w)", ErrNotSnapshot, err)
	}
	h, err := parseHeader(first)
	if err != nil {
		return Header{}, nil, err
	}
	sum.Write(first)

	var workers errgroup.Group
	workers.SetLimit(runtime.GOMAXPROCS(0))
	var batches []*batch
	current := &batch{}
	var end []byte
	for end == nil {
		line, err := l.line()
		if err != nil {
			_ = workers.Wait()
			return Header{}, nil, cutShort(err)
		}
		if bytes.HasPrefix(line, []byte(`{"trailer":`)) {
			end = line
		} else {
			sum.Write(line)
			current.lines = append(current.lines, line)
			current.size += len(line)
		}
		if current.size >= batchBytes || end != nil {
			b := current
			batches = append(batches, b)
			workers.Go(func() error { return b.decode(l.project) })
			current = &batch{}
		}
	}
	if err := workers.Wait(); err != nil {
		return Header{}, nil, err
	}
	var resources []*Resource
	for _, b := range batches {
		resources = append(resources, b.resources...)
	}
	if err := checkTrailer(end, hex.EncodeToString(sum.Sum(nil)), resources); err != nil {
		return Header{}, nil, err
	}
	if _, err := l.line(); !errors.Is(err, io.EOF) {
		return Header{}, nil, errors.New("damaged: there is more after the trailer; take the snapshot again")
	}
	return h, resources, nil
}

// line reads one line with its newline. io.EOF means that nothing was left at all.
func (l *loader) line() ([]byte, error) {
	var line []byte
	for {
		part, err := l.in.ReadSlice('\n')
		line = append(line, part...)
		l.read += int64(len(part))
		if l.read > l.allowed() {
			return nil, fmt.Errorf("it decompresses to more than %s", tree.Size(l.allowed()))
		}
		switch {
		case err == nil:
			return line, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			if errors.Is(err, io.EOF) && len(line) > 0 {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		case len(line) > maxRecord:
			return nil, fmt.Errorf("a line is longer than %d MiB", maxRecord>>20)
		}
	}
}

func parseHeader(line []byte) (Header, error) {
	var h Header
	if err := json.Unmarshal(line, &h); err != nil || !strings.HasPrefix(h.Schema, schemaPrefix) {
		return Header{}, ErrNotSnapshot
	}
	if h.Schema != SnapshotSchema {
		return Header{}, fmt.Errorf("it has the schema %s, written by Merlon %s; this Merlon reads %s: use one at least as new as the writer",
			h.Schema, cmp.Or(h.Tool.Version, "(version not given)"), SnapshotSchema)
	}
	return h, nil
}

func cutShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("cut short: the file ends before its trailer; take the snapshot again (%w)", io.ErrUnexpectedEOF)
	}
	return fmt.Errorf("damaged: %w; take the snapshot again", err)
}

func checkTrailer(line []byte, sum string, resources []*Resource) error {
	var t trailer
	if err := json.Unmarshal(line, &t); err != nil || t.Trailer == nil {
		return errors.New("damaged: the trailer cannot be read; take the snapshot again")
	}
	counts := map[Type]int{}
	for _, r := range resources {
		counts[r.Type]++
	}
	if t.Trailer.SHA256 != sum || !maps.Equal(counts, t.Trailer.Counts) {
		return errors.New("damaged: its content does not match the sum in its trailer; take the snapshot again")
	}
	return nil
}

// batch is a run of resource lines that one worker decodes.
type batch struct {
	lines     [][]byte
	size      int
	resources []*Resource
}

func (b *batch) decode(project Project) error {
	var t tree.Tree
	b.resources = make([]*Resource, 0, len(b.lines))
	for _, line := range b.lines {
		r, err := decodeRecord(&t, line, project)
		if err != nil {
			return err
		}
		b.resources = append(b.resources, r)
	}
	b.lines = nil
	return nil
}

func decodeRecord(t *tree.Tree, line []byte, project Project) (*Resource, error) {
	head, object, ok := bytes.Cut(line, []byte(objectMember))
	object, closed := bytes.CutSuffix(object, []byte("}\n"))
	if !ok || !closed || !bytes.HasPrefix(object, []byte("{")) {
		return nil, errors.New("damaged: a resource without its object")
	}
	var m meta
	if err := json.Unmarshal(append(slices.Clip(head), '}'), &m); err != nil {
		return nil, fmt.Errorf("damaged: a resource cannot be read: %w", err)
	}
	r := &Resource{
		UID: m.UID, Type: m.Type, Name: m.Name, Namespace: m.Namespace, Cluster: m.Cluster,
		Account: m.Account, Region: m.Region, Origin: m.Origin, Made: m.Made,
	}
	if err := tree.DecodeJSON(t, object, 1, tree.Limits{}); err != nil {
		return nil, fmt.Errorf("damaged: %s: %w", m.UID, err)
	}
	r.SetObject(object, m.Lines)
	project(r, t.Root())
	return r, nil
}
