package audit

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

// kin is what the name of a file says of its place in a log.
type kin struct {
	base string // the name of the log's newest file; "" for one of the numbered parts of an export
	rank rank
	// dated by is a time as digits; numbered is how often the file was rotated, or its number in an export.
	dated    string
	numbered int
}

// rank orders the files of a log by the way in which their names were made, the oldest first.
type rank uint8

const (
	dated    rank = iota // audit-2026-11-28T12-00-00.000.log, audit.log-20261128
	numbered             // audit.log.3: the higher, the older
	part                 // 000000: the higher, the newer
	newest               // audit.log
)

// rotations are the names of rotated files, each with the two parts of the newest file's name around the time or number:
// that of lumberjack (https://pkg.go.dev/gopkg.in/natefinch/lumberjack.v2), which kube-apiserver uses, and those of
// logrotate's settings dateext, extension and none (https://man7.org/linux/man-pages/man8/logrotate.8.html).
type rotations struct{ lumberjack, datedLast, datedFirst, numbered, part *regexp.Regexp }

func newRotations() *rotations {
	return &rotations{
		lumberjack: regexp.MustCompile(`^(.+)-(\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3})(\.[^.]*)?$`),
		datedLast:  regexp.MustCompile(`^(.+)[-.](\d{4}-?\d\d-?\d\d(?:[-T.]?\d{2,10})?)$`),
		datedFirst: regexp.MustCompile(`^(.+)-(\d{8}(?:-?\d{2,10})?)(\.[^.\d]+)$`),
		numbered:   regexp.MustCompile(`^(.+)\.(\d{1,6})$`),
		part:       regexp.MustCompile(`^\d{6}$`),
	}
}

// kin reads the name of a file, without its folder.
func (r *rotations) kin(name string) kin {
	for _, suffix := range []string{".gz", ".zst", ".zstd"} {
		name = strings.TrimSuffix(name, suffix)
	}
	if r.part.MatchString(name) {
		n, _ := strconv.Atoi(name) // six digits
		return kin{rank: part, numbered: n}
	}
	if m := r.lumberjack.FindStringSubmatch(name); m != nil {
		return kin{base: m[1] + m[3], rank: dated, dated: digits(m[2])}
	}
	if m := r.datedLast.FindStringSubmatch(name); m != nil {
		return kin{base: m[1], rank: dated, dated: digits(m[2])}
	}
	if m := r.datedFirst.FindStringSubmatch(name); m != nil {
		return kin{base: m[1] + m[3], rank: dated, dated: digits(m[2])}
	}
	if m := r.numbered.FindStringSubmatch(name); m != nil {
		n, _ := strconv.Atoi(m[2]) // at most six digits
		return kin{base: m[1], rank: numbered, numbered: n}
	}
	return kin{base: name, rank: newest}
}

// older orders two files of one log.
func (k kin) older(other kin) int {
	if c := cmp.Compare(k.rank, other.rank); c != 0 {
		return c
	}
	switch k.rank {
	case numbered:
		return cmp.Compare(other.numbered, k.numbered)
	case part:
		return cmp.Compare(k.numbered, other.numbered)
	default:
		return cmp.Compare(k.dated, other.dated)
	}
}

func digits(s string) string {
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, s)
}
