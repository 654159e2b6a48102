package rule

import (
	"cmp"
	"regexp"
	"strings"
	"sync"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// newestImages holds the newest image of each line that the inventory runs.
type newestImages struct {
	once   sync.Once
	byLine map[imageLine]versionedImage
}

// imageLine is what two tags must have in common to be versions of the same thing: the repository, all of
// the tag that is no number ("v1.29-alpine3.20" is "v#.#-alpine#.#"), and the major version. Projects keep
// several majors side by side (PostgreSQL 15 and 16), so a higher one is another line. A first number of
// four digits or more is none: it is a date or a build.
type imageLine struct{ registry, repository, shape, major string }

type versionedImage struct {
	Image
	numbers []string
}

// NewerImage gives the newest image of the same line that the inventory runs, where it is newer than this
// one.
func (w *World) NewerImage(than Image) (newer Image, ok bool) {
	line, numbers, ok := versionOf(than.Ref)
	if !ok {
		return Image{}, false
	}
	w.newest.once.Do(func() { w.newest.byLine = newestByLine(w) })
	newest, ok := w.newest.byLine[line]
	if !ok || compareNumbers(newest.numbers, numbers) <= 0 {
		return Image{}, false
	}
	return newest.Image, true
}

func newestByLine(w *World) map[imageLine]versionedImage {
	byLine := map[imageLine]versionedImage{}
	for r := range w.Inventory.OfType(k8s.Workloads()...) {
		if IsStamped(w, r) {
			continue
		}
		for i := range Images(w, r) {
			line, numbers, ok := versionOf(i.Ref)
			if !ok {
				continue
			}
			if best, known := byLine[line]; !known || compareNumbers(best.numbers, numbers) < 0 {
				byLine[line] = versionedImage{i, numbers}
			}
		}
	}
	return byLine
}

// IsStamped reports whether a workload is one that another workload in the inventory made. It may be from
// before a change: an old ReplicaSet of a Deployment runs what the Deployment ran then.
func IsStamped(w *World, r *inventory.Resource) bool {
	spec, ok := r.Spec.(*k8s.Workload)
	if !ok || spec.Controller == "" {
		return false
	}
	owner := w.Inventory.Get(spec.Controller)
	return owner != nil && k8s.IsWorkload(owner.Type)
}

var (
	digits = regexp.MustCompile(`[0-9]+`)
	// commit is what may be the hash of a commit, with the "g" that git describe puts before it, where it has
	// one of the letters below.
	commit = regexp.MustCompile(`(^|[._-])g?[0-9a-f]{7,}($|[._-])`)
	letter = regexp.MustCompile(`[a-f]`)
)

// versionOf reads the version in a reference's tag; ok is false for a tag that has none, such as "stable" or
// the hash of a commit.
func versionOf(ref ImageRef) (line imageLine, numbers []string, ok bool) {
	for _, c := range commit.FindAllString(ref.Tag, -1) {
		if letter.MatchString(c) {
			return imageLine{}, nil, false
		}
	}
	numbers = digits.FindAllString(ref.Tag, -1)
	if len(numbers) == 0 {
		return imageLine{}, nil, false
	}
	for i, n := range numbers {
		numbers[i] = strings.TrimLeft(n, "0")
	}
	line = imageLine{registry: ref.Registry, repository: ref.Repository, shape: digits.ReplaceAllString(ref.Tag, "#")}
	if len(numbers[0]) < 4 {
		line.major = "v" + numbers[0]
	}
	return line, numbers, true
}

// compareNumbers compares two versions of one line number by number, each of any length.
func compareNumbers(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if c := cmp.Or(cmp.Compare(len(a[i]), len(b[i])), cmp.Compare(a[i], b[i])); c != 0 {
			return c
		}
	}
	return 0
}
