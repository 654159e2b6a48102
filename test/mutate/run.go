package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// outcome is what became of a mutant.
type outcome struct {
	*mutant
	// suite is the one that noticed it, and test the test; both empty for a survivor.
	suite, test string
	// reached says that a test came past it.
	reached bool
	// why says why a survivor is all right, in the words of the list of equivalents.
	why string
}

func (o outcome) killed() bool { return o.suite != "" }

// judge runs every mutant against the tests that come past it, until one fails.
func judge(ctx context.Context, on *machine, suites []*suite, mutants []*mutant) ([]outcome, error) {
	outcomes := make([]outcome, len(mutants))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(on.workers)
	for i, m := range mutants {
		group.Go(func() (err error) {
			outcomes[i], err = one(ctx, on, suites, m)
			return err
		})
	}
	return outcomes, group.Wait()
}

func one(ctx context.Context, on *machine, suites []*suite, m *mutant) (outcome, error) {
	o := outcome{mutant: m}
	for _, s := range suites {
		for _, tests := range s.rounds(m) {
			o.reached = true
			failed, err := s.notices(ctx, on, m.number, tests)
			if err != nil || failed != "" {
				o.suite, o.test = s.name, failed
				return o, err
			}
		}
	}
	return o, nil
}

// long is from when on a test is run by itself, after the others.
const long = time.Second / 2

// rounds lists the suite's tests that come past a mutant: first those of the rule whose code it is, which are
// the most likely to notice, then the others, and in the end what takes long, the shortest first.
func (s *suite) rounds(m *mutant) [][]test {
	var own, others, slow []test
	for _, t := range s.tests {
		switch {
		case !t.reaches[m.number]:
		case t.took > long:
			slow = append(slow, t)
		case slices.Contains(m.rules, t.group):
			own = append(own, t)
		default:
			others = append(others, t)
		}
	}
	var rounds [][]test
	for _, tests := range [][]test{own, others} {
		if tests != nil {
			rounds = append(rounds, tests)
		}
	}
	slices.SortFunc(slow, func(a, b test) int { return cmp.Compare(a.took, b.took) })
	for _, t := range slow {
		rounds = append(rounds, []test{t})
	}
	return rounds
}
