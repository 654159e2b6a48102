// Package alive is what the source calls that `test/mutate` rewrote. Every mutant of the program is compiled
// in and has a number; a process takes the number of the one that is alive from its environment when it
// starts, and 0 is no mutant: then each function here gives back what it was given. It also writes down which
// mutants a process came past, so that only the tests that can notice one are run. It decides nothing.
package alive

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// The variables of the environment that a process reads.
const (
	// Number is the variable that holds the number of the mutant.
	Number = "MERLON_MUTANT"
	// Reached is the variable that names a file, to which the numbers of the mutants are added that the process
	// comes past, one a line, each once.
	Reached = "MERLON_MUTANTS_REACHED"
)

// process is that of this process.
var process = started(os.Getenv(Number), os.Getenv(Reached))

// run is one process with at most one mutant that is alive.
type run struct {
	number int
	seen   *record // nil where nobody asked
}

// record is where the mutants are written down that a run comes past.
type record struct {
	sync.Mutex
	file *os.File
	once map[int]bool
}

// started reads the environment. It panics on one that is broken: a run that nobody can trust must not look
// like one that passed.
func started(number, reached string) run {
	var r run
	if number != "" {
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 {
			panic(fmt.Sprintf("%s is %q, which is no number of a mutant", Number, number))
		}
		r.number = n
	}
	if reached != "" {
		file, err := os.OpenFile(reached, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", Reached, err))
		}
		r.seen = &record{file: file, once: map[int]bool{}}
	}
	return r
}

func (r run) is(n int) bool {
	if r.seen != nil {
		r.seen.add(n)
	}
	return r.number == n
}

func (s *record) add(n int) {
	s.Lock()
	defer s.Unlock()
	if s.once[n] {
		return
	}
	s.once[n] = true
	if _, err := fmt.Fprintln(s.file, n); err != nil {
		panic(err)
	}
}

// On reports whether mutant n is alive.
func On(n int) bool { return process.is(n) }

// Bool gives b; true where mutant n is alive, and false where n+1 is.
func Bool(n int, b bool) bool { return process.truth(n, b) }

func (r run) truth(n int, b bool) bool {
	always, never := r.is(n), r.is(n+1)
	return (b || always) && !never
}

// False gives b; false where mutant n is alive.
func False(n int, b bool) bool { return !On(n) && b }

// True gives b; true where mutant n is alive.
func True(n int, b bool) bool { return On(n) || b }

// Less gives a < b; a <= b where mutant n is alive.
func Less[T cmp.Ordered](n int, a, b T) bool { return a < b || a == b && On(n) }

// LessOrEqual gives a <= b; a < b where mutant n is alive.
func LessOrEqual[T cmp.Ordered](n int, a, b T) bool { return a < b || a == b && !On(n) }

// Greater gives a > b; a >= b where mutant n is alive.
func Greater[T cmp.Ordered](n int, a, b T) bool { return Less(n, b, a) }

// GreaterOrEqual gives a >= b; a > b where mutant n is alive.
func GreaterOrEqual[T cmp.Ordered](n int, a, b T) bool { return LessOrEqual(n, b, a) }

// Text gives a value of a switch; one that no text equals where mutant n is alive.
func Text(n int, value string) string {
	if On(n) {
		return "\xff" + value
	}
	return value
}

// Step gives what is added to a number: 1 where mutant n is alive, -1 where n+1 is.
func Step(n int) int { return process.step(n) }

func (r run) step(n int) int {
	up, down := r.is(n), r.is(n+1)
	switch {
	case up:
		return 1
	case down:
		return -1
	}
	return 0
}

// Without gives a list; without its item i where mutant n+i is alive.
func Without[S ~[]E, E any](n int, all S) S { return without(process, n, all) }

func without[S ~[]E, E any](r run, n int, all S) S {
	for i := range all {
		if r.is(n + i) {
			all = slices.Delete(slices.Clone(all), i, i+1)
		}
	}
	return all
}

// Truth gives a truth that may be unknown; absent where mutant n is alive, and present where n+1 is.
func Truth(n int, t rule.Truth) rule.Truth { return process.known(n, t) }

func (r run) known(n int, t rule.Truth) rule.Truth {
	absent, present := r.is(n), r.is(n+1)
	if absent || present {
		return rule.Is(present)
	}
	return t
}

// Conditions gives the named conditions of a check. Where mutant n+2i is alive, condition i is met by every
// candidate, which is as if it were not there; where n+2i+1 is, it is the other way round.
func Conditions[C any](n int, all []rule.Condition[C]) []rule.Condition[C] {
	return conditions(process, n, all)
}

func conditions[C any](r run, n int, all []rule.Condition[C]) []rule.Condition[C] {
	changed := make([]rule.Condition[C], len(all))
	for i, c := range all {
		dropped, negated := n+2*i, n+2*i+1
		changed[i] = rule.Condition[C]{Name: c.Name, Holds: func(w *rule.World, candidate C) rule.Truth {
			drop, negate := r.is(dropped), r.is(negated)
			truth := c.Holds(w, candidate)
			switch {
			case drop:
				return rule.Is(true)
			case negate && truth.State != finding.Unknown:
				return rule.Is(truth.State == finding.Absent)
			}
			return truth
		}}
	}
	return changed
}
