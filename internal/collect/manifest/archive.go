package manifest

import (
	"archive/tar"
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode"

	"github.com/merlonsec/merlon/internal/inventory"
)

// archive is one archive and the Helm charts in it.
type archive struct {
	name   string
	charts map[string]bool // folders that hold a Chart.yaml
}

// isTar reports whether a file starts as a tar archive does: POSIX and GNU tar write "ustar" into the header; older ones
// are told by the file's name.
func isTar(f *file, head []byte) bool {
	const magic = 257
	if len(head) >= magic+5 && string(head[magic:magic+5]) == "ustar" {
		return true
	}
	name := strings.ToLower(f.base)
	return len(head) > 0 && (strings.HasSuffix(name, ".tar") || strings.HasSuffix(name, ".tar.gz") || strings.HasSuffix(name, ".tgz"))
}

// tar reads the manifests in an archive. Nothing is unpacked to disk: an entry's name is a label, never a path that is
// opened.
func (r *run) tar(f *file, in io.Reader, over error) error {
	l := r.o.Limits
	if over == nil {
		over = &sizeError{what: "archive", limit: l.Expansion, todo: "unpack it and give the folder"}
		in = &cappedReader{in, l.Expansion, over}
	}
	a := &archive{name: f.name, charts: map[string]bool{}}
	entries := tar.NewReader(in)
	holes := &cappedReader{entries, l.Expansion, over} // a sparse entry gives more than its archive holds
	one := &input{Reader: bufio.NewReaderSize(nil, inputBuffer)}
	for n := 0; ; n++ {
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return r.readError(f, 0, archiveError(err))
		}
		if n >= l.Files {
			r.problem(f, 0, fmt.Sprintf("the archive has more than %d names; the rest was not read: unpack it and give its folders one by one", l.Files))
			return nil
		}
		one.capped = cappedReader{r: holes, left: l.File, over: fileTooLarge(l.File)}
		one.Reset(&one.capped)
		if err := r.entry(a, h, one); err != nil {
			return err
		}
	}
}

// entry reads one entry of an archive.
func (r *run) entry(a *archive, h *tar.Header, in *input) error {
	inner := strings.TrimPrefix(path.Clean("/"+printable(h.Name)), "/")
	if h.Typeflag == tar.TypeDir || h.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	f := &file{name: a.name + "!" + inner, base: path.Base(inner), inner: inner, dir: path.Dir(inner), archive: a}
	if f.base == chartFile {
		a.charts[f.dir] = true
	}
	switch use := useOf(f.base); {
	case hiddenPath(inner) || use == passOver:
		r.src.passed++
		return nil
	case use == nameOnly:
		r.src.unread(f.name)
		return nil
	case h.Typeflag == tar.TypeSymlink || h.Typeflag == tar.TypeLink:
		r.src.passed++ // what it points at is read where it stands, if it is in the archive
		return nil
	case h.Typeflag != tar.TypeReg && h.Typeflag != tar.TypeGNUSparse:
		r.problem(f, 0, "it is not a regular file, and holds nothing to read")
		return nil
	}
	return r.manifest(f, in)
}

// archiveError says of a damaged archive that it is one.
func archiveError(err error) error {
	var size *sizeError
	if errors.As(err, &size) || errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return fmt.Errorf("the archive is damaged, and the rest was not read: make or download it again (%w)", err)
}

// printable replaces what a terminal would not print.
func printable(name string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, name)
}

func hiddenPath(p string) bool {
	for part := range strings.SplitSeq(p, "/") {
		if strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

// snapshot reads a Merlon snapshot, whose resources keep their cluster and origin.
func (r *run) snapshot(f *file, in *input) error {
	r.files++
	r.src.kind = snapshotKind
	h, resources, err := inventory.ReadSnapshot(in, r.o.Project)
	if err != nil {
		if ctxErr := r.ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		why := withoutQuotes(err.Error())
		if errors.Is(err, inventory.ErrNotSnapshot) {
			why = "it is compressed with zstd and is not a Merlon snapshot, or one that was cut short; decompress it first (zstd -d), or take the snapshot again"
		}
		r.problem(f, 0, why)
		return nil
	}
	r.src.snapshot = &h
	r.src.parts = append(r.src.parts, &part{file: f, own: true, resources: resources})
	r.objects.Add(int64(len(resources)))
	r.progress()
	return nil
}
