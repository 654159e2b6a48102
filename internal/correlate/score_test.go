package correlate_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/finding"
)

func TestRateFollowsTheDocumentedMatrix(t *testing.T) {
	for _, c := range []struct {
		likelihood finding.Likelihood
		impact     finding.Impact
		want       finding.Severity
	}{
		{finding.LikelihoodVeryHigh, finding.ImpactLow, finding.SeverityHigh},
		{finding.LikelihoodVeryHigh, finding.ImpactMedium, finding.SeverityCritical},
		{finding.LikelihoodVeryHigh, finding.ImpactHigh, finding.SeverityCritical},
		{finding.LikelihoodHigh, finding.ImpactLow, finding.SeverityMedium},
		{finding.LikelihoodHigh, finding.ImpactMedium, finding.SeverityHigh},
		{finding.LikelihoodHigh, finding.ImpactHigh, finding.SeverityCritical},
		{finding.LikelihoodModerate, finding.ImpactLow, finding.SeverityLow},
		{finding.LikelihoodModerate, finding.ImpactMedium, finding.SeverityMedium},
		{finding.LikelihoodModerate, finding.ImpactHigh, finding.SeverityHigh},
		{finding.LikelihoodLow, finding.ImpactLow, finding.SeverityLow},
		{finding.LikelihoodLow, finding.ImpactMedium, finding.SeverityLow},
		{finding.LikelihoodLow, finding.ImpactHigh, finding.SeverityMedium},
		{finding.LikelihoodModerate, finding.ImpactUnknown, finding.SeverityMedium},
	} {
		if got := finding.Rate(c.likelihood, c.impact); got != c.want {
			t.Errorf("%v x %v = %v, want %v", c.likelihood, c.impact, got, c.want)
		}
	}
}

func weight(l finding.Likelihood, i finding.Impact) finding.Weight {
	return finding.Weight{Role: finding.Contributing, Likelihood: l, Impact: i}
}

func TestRateInWords(t *testing.T) {
	moderateHigh := []finding.Weight{weight(finding.LikelihoodModerate, finding.ImpactHigh)}
	lowNone := []finding.Weight{weight(finding.LikelihoodLow, finding.ImpactNone)}
	for _, c := range []struct {
		name string
		f    correlate.Factors
		want correlate.Score
	}{
		{"no trait, no exposure", correlate.Factors{Reach: finding.ImpactHigh, Reachability: correlate.Reachable}, correlate.Score{}},
		{
			"moderate and high",
			correlate.Factors{Traits: moderateHigh},
			correlate.Score{Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactHigh, Severity: finding.SeverityHigh},
		},
		{
			"proven reachable is one step up",
			correlate.Factors{Traits: moderateHigh, Reachability: correlate.Reachable},
			correlate.Score{Likelihood: finding.LikelihoodHigh, Impact: finding.ImpactHigh, Severity: finding.SeverityCritical},
		},
		{
			"proven unreachable is one step down",
			correlate.Factors{Traits: moderateHigh, Reachability: correlate.Unreachable},
			correlate.Score{Likelihood: finding.LikelihoodLow, Impact: finding.ImpactHigh, Severity: finding.SeverityMedium},
		},
		{
			"impact that was not assessed is unknown",
			correlate.Factors{Traits: lowNone},
			correlate.Score{Likelihood: finding.LikelihoodLow, Impact: finding.ImpactUnknown, Severity: finding.SeverityLow},
		},
		{
			"impact that was assessed in full is low",
			correlate.Factors{Traits: lowNone, ImpactAssessed: true},
			correlate.Score{Likelihood: finding.LikelihoodLow, Impact: finding.ImpactLow, Severity: finding.SeverityLow},
		},
		{
			"what is reached counts",
			correlate.Factors{Traits: lowNone, Reach: finding.ImpactHigh},
			correlate.Score{Likelihood: finding.LikelihoodLow, Impact: finding.ImpactHigh, Severity: finding.SeverityMedium},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := correlate.Rate(c.f); got != c.want {
				t.Errorf("got %v %v %v, want %v %v %v", got.Likelihood, got.Impact, got.Severity, c.want.Likelihood, c.want.Impact, c.want.Severity)
			}
		})
	}
}

// samples gives many factors, the same in every run.
func samples(n int) []correlate.Factors {
	r := rand.New(rand.NewPCG(1, 2))
	all := make([]correlate.Factors, n)
	for i := range all {
		f := correlate.Factors{
			Reachability:   correlate.Reachability(r.IntN(3)),
			Reach:          []finding.Impact{finding.ImpactNone, finding.ImpactMedium, finding.ImpactHigh}[r.IntN(3)],
			ImpactAssessed: r.IntN(2) == 0,
		}
		for range r.IntN(5) {
			f.Traits = append(f.Traits, anyWeight(r))
		}
		all[i] = f
	}
	return all
}

func anyWeight(r *rand.Rand) finding.Weight {
	impacts := []finding.Impact{finding.ImpactNone, finding.ImpactLow, finding.ImpactMedium, finding.ImpactHigh}
	return weight(finding.Likelihood(1+r.IntN(4)), impacts[r.IntN(len(impacts))])
}

func TestAddingATraitNeverLowersASeverityAndRemovingOneNeverRaisesIt(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, f := range samples(5000) {
		more := f
		more.Traits = append(slices.Clone(f.Traits), anyWeight(r))
		less, raised := correlate.Rate(f).Severity, correlate.Rate(more).Severity
		if raised < less {
			t.Fatalf("%+v is %v, and %v with one trait more", f, less, raised)
		}
		if correlate.Ceiling(more, nil).Severity < correlate.Ceiling(f, nil).Severity {
			t.Fatalf("%+v: the ceiling falls with one trait more", f)
		}
	}
}

func TestOrderDoesNotMatter(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, f := range samples(2000) {
		shuffled := f
		shuffled.Traits = slices.Clone(f.Traits)
		r.Shuffle(len(shuffled.Traits), func(i, j int) {
			shuffled.Traits[i], shuffled.Traits[j] = shuffled.Traits[j], shuffled.Traits[i]
		})
		if correlate.Rate(f) != correlate.Rate(shuffled) {
			t.Fatalf("%+v scores otherwise in another order", f)
		}
	}
}

func TestCeilingIsNeverBelowTheSeverity(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, f := range samples(5000) {
		unknown := []finding.Weight{anyWeight(r)}
		if correlate.Ceiling(f, unknown).Severity < correlate.Rate(f).Severity {
			t.Fatalf("%+v: the ceiling is below the severity", f)
		}
	}
}

// Losing a permission makes a trait unknown that was known to be there or not, or leaves reachability or
// impact unknown. None of these lowers a ceiling, as long as the exposure has a trait left.
func TestLosingAPermissionNeverLowersACeiling(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, f := range samples(5000) {
		if len(f.Traits) < 2 {
			continue
		}
		unknown := []finding.Weight{anyWeight(r)}
		before := correlate.Ceiling(f, unknown).Severity
		losses := map[string]func() correlate.Score{
			"a trait": func() correlate.Score {
				lost := f
				lost.Traits = f.Traits[1:]
				return correlate.Ceiling(lost, append(slices.Clone(unknown), f.Traits[0]))
			},
			"the proof that a trait is not there": func() correlate.Score {
				return correlate.Ceiling(f, append(slices.Clone(unknown), anyWeight(r)))
			},
			"reachability": func() correlate.Score {
				lost := f
				lost.Reachability = correlate.ReachabilityUnknown
				return correlate.Ceiling(lost, unknown)
			},
			"a source of impact": func() correlate.Score {
				lost := f
				lost.ImpactAssessed, lost.Reach = false, finding.ImpactNone
				return correlate.Ceiling(lost, unknown)
			},
		}
		for what, lose := range losses {
			if after := lose().Severity; after < before {
				t.Fatalf("%+v: losing %s lowers the ceiling from %v to %v", f, what, before, after)
			}
		}
	}
}

func ExampleRate() {
	s := correlate.Rate(correlate.Factors{
		Traits:       []finding.Weight{{Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactHigh}},
		Reachability: correlate.Reachable,
	})
	fmt.Println(s.Likelihood, s.Impact, s.Severity)
	// Output: high high critical
}
