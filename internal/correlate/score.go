package correlate

import (
	"github.com/merlonsec/merlon/internal/finding"
)

// Reachability says whether an attacker outside gets to a resource.
type Reachability uint8

// The values of reachability. The zero value is that nothing is known.
const (
	ReachabilityUnknown Reachability = iota
	Unreachable
	Reachable
)

// Factors is all that the severity of one exposure follows from. Order and names do not matter.
type Factors struct {
	// Traits are the weights of the contributing traits.
	Traits []finding.Weight
	// Reachability of the resource from an entry point.
	Reachability Reachability
	// Reach is the highest impact of what the resource's identities and position reach.
	Reach finding.Impact
	// ImpactAssessed is set when every source of impact was assessed: only then is an impact low.
	ImpactAssessed bool
}

// Score is a severity and the two levels that it was looked up by.
type Score struct {
	Likelihood finding.Likelihood
	Impact     finding.Impact
	Severity   finding.Severity
}

// Rate scores an exposure. Without a contributing trait there is none: its severity is informational.
//
// Likelihood is the highest among the traits, one step up when the resource is proven to be reachable,
// one down when it is proven not to be. Impact is the highest among the traits and what is reached; it is
// low only when all of its sources were assessed, and otherwise unknown, which counts as medium.
func Rate(f Factors) Score {
	var s Score
	for _, t := range f.Traits {
		s.Likelihood = max(s.Likelihood, t.Likelihood)
		s.Impact = max(s.Impact, t.Impact)
	}
	if s.Likelihood == 0 {
		return Score{}
	}
	switch f.Reachability {
	case Reachable:
		s.Likelihood = s.Likelihood.Raise(1)
	case Unreachable:
		s.Likelihood = s.Likelihood.Raise(-1)
	}
	s.Impact = max(s.Impact, f.Reach)
	if s.Impact < finding.ImpactUnknown {
		s.Impact = finding.ImpactLow
		if !f.ImpactAssessed {
			s.Impact = finding.ImpactUnknown
		}
	}
	s.Severity = finding.Rate(s.Likelihood, s.Impact)
	return s
}

// Ceiling scores an exposure as if every unknown were the worst: each unknown trait there, an unknown
// reachability proven, and an impact that was not assessed in full high.
func Ceiling(f Factors, unknown []finding.Weight) Score {
	if len(f.Traits) == 0 {
		return Score{}
	}
	worst := Factors{Reachability: f.Reachability, Reach: f.Reach, ImpactAssessed: f.ImpactAssessed}
	worst.Traits = append(append(worst.Traits, f.Traits...), unknown...)
	if worst.Reachability == ReachabilityUnknown {
		worst.Reachability = Reachable
	}
	if !worst.ImpactAssessed {
		worst.Reach = finding.ImpactHigh
	}
	return Rate(worst)
}
