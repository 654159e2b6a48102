package audit

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// place is a path that was given, of which there is something to say beside its logs.
type place struct {
	name    string
	folder  bool
	missing bool // it is not there yet, and is waited for
	again   bool // it was looked at before, and only new logs matter
	logs    int
	failed  []inventory.NotRead
	skipped []inventory.NotRead
	empty   []string // files of no log
	more    int      // skipped files that are not listed
}

func (p *place) fail(what, why string) {
	p.failed = append(p.failed, inventory.NotRead{What: what, Why: why})
}

func (p *place) skip(what, why string) {
	if len(p.skipped) >= maxProblems {
		p.more++
		return
	}
	p.skipped = append(p.skipped, inventory.NotRead{What: what, Why: why})
}

// logName is the name of the log that a file belongs to.
func logName(path string, k kin) string { return filepath.Join(filepath.Dir(path), k.base) }

// discover finds the logs of every path.
func (r *run) discover(ctx context.Context) {
	for _, path := range r.o.Paths {
		if ctx.Err() != nil {
			return // delivering will tell
		}
		p := &place{name: path}
		r.places = append(r.places, p)
		if path == "-" {
			r.stream("-", p)
			continue
		}
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist) && r.o.Follow:
			p.missing = true
			r.explicit(path, p)
		case err != nil:
			p.fail(path, reason(err))
		case info.IsDir():
			p.folder = true
			r.folder(ctx, path, p)
		case !info.Mode().IsRegular():
			r.stream(path, p)
		case r.again(path):
			p.logs++
		default:
			r.explicit(path, p)
		}
	}
}

// again reports whether a file was met before, and notes it.
func (r *run) again(path string) bool {
	full := fullPath(path)
	met := r.met[full]
	r.met[full] = true
	return met
}

// forget makes a file one that was not met.
func (r *run) forget(path string) { delete(r.met, fullPath(path)) }

// fullPath gives the path of a file without links; where there is none, opening it will tell.
func fullPath(path string) string {
	full, err := filepath.EvalSymlinks(path)
	if err == nil {
		full, err = filepath.Abs(full)
	}
	if err != nil {
		return path
	}
	return full
}

// log gives the log of a name, which is made where there is none.
func (r *run) log(name string, p *place) *log {
	p.logs++
	if l, ok := r.byName[name]; ok {
		return l
	}
	l := &log{run: r, name: name, order: len(r.logs), known: map[string]*state{}}
	r.byName[name] = l
	r.logs = append(r.logs, l)
	return l
}

// stream adds a log that is not a regular file.
func (r *run) stream(path string, p *place) {
	if _, again := r.byName[path]; again {
		p.logs++
		return
	}
	r.log(path, p).stream = true
}

// explicit adds a file that was given, or, with Follow, that will be there.
func (r *run) explicit(path string, p *place) {
	path = filepath.Clean(path)
	s, err := r.probe(path, true)
	l := r.log(logName(path, s.kin), p)
	l.dir, l.base, l.given = filepath.Dir(path), s.kin.base, append(l.given, path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.problem(path, 0, reason(err))
		return
	}
	if err == nil {
		l.add(s)
	}
}

// following says what there is to follow.
func (r *run) following() Following {
	var f Following
	for _, l := range r.logs {
		if l.stream || len(l.segments) > 0 {
			f.Logs++
		}
	}
	for _, p := range r.places {
		switch {
		case p.missing:
			f.Missing = append(f.Missing, p.name)
		case p.folder && p.logs == 0:
			f.Empty = append(f.Empty, p.name)
		}
	}
	return f
}

// awaitsLogs reports whether a log may come that is not there yet.
func (r *run) awaitsLogs() bool {
	return r.o.Follow && slices.ContainsFunc(r.places, func(p *place) bool { return p.folder })
}

// rediscover finds the logs that have come into the folders that are followed.
func (r *run) rediscover(ctx context.Context) (found []*log) {
	before := len(r.logs)
	for _, p := range r.places {
		if p.folder {
			r.folder(ctx, p.name, &place{name: p.name, again: true})
		}
	}
	return r.logs[before:]
}

// folder adds the logs of a folder and of those below it.
func (r *run) folder(ctx context.Context, path string, p *place) {
	groups := map[string][]*segment{}
	moved := map[string]bool{} // logs of which a file was renamed at the same time
	var names []string
	for _, file := range r.files(path, p) {
		if ctx.Err() != nil {
			return
		}
		name := logName(file, r.rotations.kin(filepath.Base(file)))
		if _, ok := r.byName[name]; ok && p.again {
			continue // who reads it finds its files
		}
		s, err := r.probe(file, true)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			moved[name] = true
			continue
		case err != nil:
			s.why, s.other = reason(err), isOtherFile(err)
		case s.info.Size() == 0 && r.o.Follow:
			r.forget(file)
		}
		if _, ok := groups[name]; !ok {
			names = append(names, name)
		}
		groups[name] = append(groups[name], s)
	}
	for _, name := range names {
		group := groups[name]
		if !slices.ContainsFunc(group, func(s *segment) bool { return s.audit }) {
			for _, s := range group {
				if s.info != nil && s.info.Size() == 0 {
					p.empty = append(p.empty, s.path) // A rotation leaves such files: there is nothing to say about them.
					continue
				}
				if s.other {
					p.skip(s.path, s.why)
					continue
				}
				p.skip(s.path, s.why+"; if it is a log of Kubernetes all the same, give it as a path of its own")
			}
			continue
		}
		l := r.log(name, p)
		l.dir, l.base, l.siblings = filepath.Dir(group[0].path), group[0].kin.base, true
		for _, s := range group {
			if s.info == nil || s.other {
				l.problem(s.path, 0, s.why)
				continue
			}
			l.add(s)
		}
		if moved[name] {
			l.segments = l.list()
		}
	}
}

// files lists the files in a folder and below it that were not met yet, in the order of their names.
func (r *run) files(folder string, p *place) []string {
	var files []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			p.fail(path, reason(err))
			return nil // it is said, and the rest of the folder is read
		}
		mode := d.Type()
		if mode&fs.ModeSymlink != 0 && path != folder {
			info, err := os.Stat(path)
			if err != nil {
				p.skip(path, "it is a symbolic link that leads nowhere or in a circle; remove it or correct it")
				return nil //nolint:nilerr // It is said, and the rest of the folder is read.
			}
			if mode = info.Mode().Type(); mode.IsDir() {
				p.skip(path, "it is a symbolic link to a folder, which is not followed; give its target as a path of its own")
			}
		}
		switch {
		case mode.IsDir() || mode&fs.ModeSymlink != 0:
		case !mode.IsRegular():
			p.skip(path, errNotRegular.Error())
		case !r.again(path):
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		p.fail(folder, reason(err))
	}
	return files
}

// add puts a file in its place among those of its log.
func (l *log) add(s *segment) {
	l.size += s.info.Size()
	at, _ := slices.BinarySearchFunc(l.segments, s, bySegment)
	l.segments = slices.Insert(l.segments, at, s)
}

// bySegment orders the files of a log, the oldest first. Of two with one place, the compressed one comes first.
func bySegment(a, b *segment) int {
	packed := func(s *segment) int {
		if s.packed {
			return 0
		}
		return 1
	}
	return cmp.Or(a.kin.older(b.kin), cmp.Compare(packed(a), packed(b)), strings.Compare(a.path, b.path))
}

// list looks for the files of the log in its folder again. A rotation may rename them at the same time, so that one is
// met twice or not at all: only what is the same when it is looked at once more counts.
func (l *log) list() []*segment {
	const tries = 100
	var all []*segment
	for range tries {
		names := l.names()
		all = all[:0]
		missed := false
		for _, path := range names {
			s, err := l.run.probe(path, false)
			switch {
			case err == nil:
				all = append(all, s)
			case errors.Is(err, fs.ErrNotExist):
				missed = true
			}
		}
		moved := func(s *segment) bool { return !isAt(s.info, s.path) }
		if !missed && !slices.ContainsFunc(all, moved) && slices.Equal(names, l.names()) {
			break
		}
	}
	slices.SortFunc(all, bySegment)
	return withoutCopies(all)
}

// names lists the paths of the log's files.
func (l *log) names() []string {
	entries, err := os.ReadDir(l.dir)
	if err != nil {
		return nil // it may come back
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && l.run.rotations.kin(e.Name()).base == l.base {
			names = append(names, filepath.Join(l.dir, e.Name()))
		}
	}
	return names
}

// withoutCopies leaves out of the files of a log those that hold the start of another one: a file that is being
// compressed, and one that was copied to be cut.
func withoutCopies(all []*segment) []*segment {
	kept := all[:0]
	for _, s := range all {
		if n := len(kept); n > 0 && copies(kept[n-1], s) {
			if keepsMore(s, kept[n-1]) {
				kept[n-1] = s
			}
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// copies reports whether two files start with the same text. What tells events apart stands in the first line; of two
// files with one place in the log, less is enough: one is what became of the other so far.
func copies(a, b *segment) bool {
	n := min(len(a.head), len(b.head))
	enough := n == headSize || bytes.IndexByte(a.head[:n], '\n') >= 0 || a.kin.older(b.kin) == 0
	return enough && bytes.Equal(a.head[:n], b.head[:n])
}

// keepsMore reports whether a file holds at least what its copy does: one that is compressed may not be complete.
func keepsMore(s, other *segment) bool {
	if s.packed != other.packed {
		return other.packed
	}
	return s.info.Size() >= other.info.Size()
}
