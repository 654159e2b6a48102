package audit

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync/atomic"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// reading is a file that is open, or a stream.
type reading struct {
	io.Reader // without compression
	file      *os.File
	info      fs.FileInfo
	packed    bool
	unpack    func() // gives back what the decompressor holds
}

func (r *reading) close() {
	if r.unpack != nil {
		r.unpack()
	}
	if r.file != nil {
		r.file.Close()
	}
}

// ready tells of a stream whether it would give something at once; of a file it says so always.
func (r *reading) Ready() bool {
	live, ok := r.Reader.(liveReader)
	return !ok || live.Ready()
}

// openFile opens a regular file; count is given how many of its bytes are read.
func openFile(path string, count *atomic.Int64) (*reading, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	r := &reading{file: f}
	if r.info, err = f.Stat(); err == nil && !r.info.Mode().IsRegular() {
		err = errNotRegular
	}
	var magic [4]byte
	if err == nil {
		var n int
		if n, err = f.ReadAt(magic[:], 0); errors.Is(err, io.EOF) {
			err = nil
		}
		if err == nil {
			err = r.decompress(&countReader{f, count}, magic[:n])
		}
	}
	if err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// decompress reads from what starts with magic, through a decompressor if it is compressed.
func (r *reading) decompress(from io.Reader, magic []byte) error {
	const buffer = 128 << 10
	switch {
	case bytes.HasPrefix(magic, []byte("\x1f\x8b")):
		r.packed = true
		r.Reader = &gzipReader{from: bufio.NewReaderSize(from, buffer)}
	case bytes.HasPrefix(magic, []byte("\x28\xb5\x2f\xfd")):
		// zstd --long, as people use it for logs, makes windows of 128 MiB (https://github.com/facebook/zstd).
		const window = 128 << 20
		z, err := zstd.NewReader(from, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(window))
		if err != nil {
			return err
		}
		r.packed, r.Reader, r.unpack = true, z, z.Close
	default:
		if name := otherPacking(magic); name != "" {
			return packingError(name)
		}
		r.Reader = from
	}
	return nil
}

// gzipReader opens its decompressor at the first read, so that a damaged head is an error of reading like others.
type gzipReader struct {
	from *bufio.Reader
	z    *gzip.Reader
	err  error
}

// Read implements io.Reader.
func (g *gzipReader) Read(p []byte) (int, error) {
	if g.z == nil && g.err == nil {
		if g.z, g.err = gzip.NewReader(g.from); errors.Is(g.err, io.EOF) {
			g.err = io.ErrUnexpectedEOF
		}
	}
	if g.err != nil {
		return 0, g.err
	}
	return g.z.Read(p)
}

// otherPacking names the compressions that are not read, by the first bytes.
func otherPacking(magic []byte) string {
	switch {
	case bytes.HasPrefix(magic, []byte("PK\x03\x04")):
		return "zip"
	case bytes.HasPrefix(magic, []byte("\xfd7zX")):
		return "xz"
	case bytes.HasPrefix(magic, []byte("BZh")):
		return "bzip2"
	case bytes.HasPrefix(magic, []byte("\x04\x22\x4d\x18")):
		return "lz4"
	}
	return ""
}

// packingError says that a file is compressed in a way that is not read.
type packingError string

// Error says what to do.
func (e packingError) Error() string {
	return "it is compressed with " + string(e) + ", which is not read; decompress it first"
}

var (
	errNotRegular = errors.New("it is not a regular file and was not opened; give it as a path of its own, or pipe its content into merlon and give -")
	errTar        = errors.New("it is a tar archive; unpack it first, with tar -xf, and give the logs that were in it")
	errBinary     = errors.New("this is not a text file, so it is no audit log")
	errUTF16      = errors.New("it is written in UTF-16; convert it first: iconv -f UTF-16 -t UTF-8")
)

// isOtherFile reports whether an error says that a file is of a kind that holds no records to read.
func isOtherFile(err error) bool {
	return errors.Is(err, errUTF16) || errors.Is(err, errTar) || errors.Is(err, errBinary)
}

// isTar reports whether a file starts as a tar archive does: with the mark of POSIX behind the first name and its mode.
func isTar(head []byte) bool {
	const mark, at = "ustar", 257
	return len(head) >= at+len(mark) && string(head[at:at+len(mark)]) == mark && bytes.IndexByte(head[:at], 0) >= 0
}

// isProgram reports whether a file starts as no text does, not even one of which the first lines are damaged.
func isProgram(head []byte) bool {
	control := bytes.ContainsFunc(head, func(c rune) bool { return c < ' ' && c != 0 && c != '\t' && c != '\n' && c != '\r' && c != '\x1b' })
	cut := bytes.TrimRightFunc(head, func(c rune) bool { return c == utf8.RuneError }) // a character that the head ends in
	return control && !utf8.Valid(cut) && !bytes.Contains(head, []byte(`{"`))
}

// isUTF16 reports whether a text starts as one in UTF-16 does, with a byte order mark or with a bracket.
func isUTF16(head []byte) bool {
	for _, start := range []string{"\xff\xfe", "\xfe\xff", "{\x00", "[\x00", "\x00{\x00", "\x00[\x00"} {
		if bytes.HasPrefix(head, []byte(start)) {
			return true
		}
	}
	return false
}

// skipTo goes to an offset of the text.
func (r *reading) skipTo(offset int64) error {
	if offset == 0 {
		return nil
	}
	if !r.packed && r.file != nil {
		_, err := r.file.Seek(offset, io.SeekStart)
		return err
	}
	n, err := io.CopyN(io.Discard, r.Reader, offset)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("it has %d bytes and is to be read from byte %d on: %w", n, offset, io.ErrUnexpectedEOF)
	}
	return err
}

// countReader counts what is read.
type countReader struct {
	r io.Reader
	n *atomic.Int64
}

// Read implements io.Reader.
func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// reason says why something could not be read, and what to do.
func reason(err error) string {
	var path *fs.PathError
	var packing packingError
	switch {
	case errors.As(err, &packing), isOtherFile(err), errors.Is(err, errNotRegular):
		return err.Error()
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file or folder; check the path"
	case errors.Is(err, fs.ErrPermission):
		return "it may not be read; run Merlon as a user who may, or give that user the permission"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the file ends before it is complete: what stands before counts; copy or download it again"
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return "its compression is damaged here: what stands before counts; copy or download it again"
	case errors.As(err, &path):
		return "it cannot be read: " + path.Err.Error()
	}
	return "it cannot be read: " + err.Error()
}

// printOf is the hash of a file's head.
func printOf(head []byte) string {
	sum := sha256.Sum256(head)
	const enough = 16
	return hex.EncodeToString(sum[:enough])
}
