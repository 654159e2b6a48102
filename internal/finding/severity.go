package finding

import "fmt"

// Severity is how urgent an exposure is, as AWS Security Hub names it.
type Severity uint8

// The severities, least first.
const (
	SeverityInformational Severity = iota
	SeverityLow
	SeverityMedium
	SeverityHigh
	SeverityCritical
)

// Likelihood is how likely it is that a weakness is used. The zero value stands for "not given".
type Likelihood uint8

// The likelihoods, least first.
const (
	_ Likelihood = iota
	LikelihoodLow
	LikelihoodModerate
	LikelihoodHigh
	LikelihoodVeryHigh
)

// Impact is the harm that follows when a weakness is used. The zero value, ImpactNone, is that of a
// trait that says nothing about impact.
type Impact uint8

// The impacts, least first. ImpactUnknown is an exposure's whose sources of impact were not all
// assessed; it stands between low and medium so that knowing more never makes it smaller by accident,
// and counts as medium.
const (
	ImpactNone Impact = iota
	ImpactLow
	ImpactUnknown
	ImpactMedium
	ImpactHigh
)

// Matrix gives the severity of each likelihood (rows, low first) at low, medium and high impact: the
// risk matrix that AWS documents for Security Hub exposures
// (https://docs.aws.amazon.com/securityhub/latest/userguide/exposure-findings-severity.html).
func Matrix() [4][3]Severity {
	return [4][3]Severity{
		{SeverityLow, SeverityLow, SeverityMedium},
		{SeverityLow, SeverityMedium, SeverityHigh},
		{SeverityMedium, SeverityHigh, SeverityCritical},
		{SeverityHigh, SeverityCritical, SeverityCritical},
	}
}

// Rate looks a severity up in the [Matrix]. Unknown impact counts as medium, no likelihood is
// informational, and no impact counts as low.
func Rate(l Likelihood, i Impact) Severity {
	if l == 0 {
		return SeverityInformational
	}
	column := 0
	switch i {
	case ImpactUnknown, ImpactMedium:
		column = 1
	case ImpactHigh:
		column = 2
	}
	return Matrix()[min(l, LikelihoodVeryHigh)-1][column]
}

// Raise returns the likelihood some steps up or down, kept within low and very high.
func (l Likelihood) Raise(steps int) Likelihood {
	moved := int(l) + steps
	return Likelihood(max(int(LikelihoodLow), min(int(LikelihoodVeryHigh), moved)))
}

func severityNames() []string {
	return []string{"informational", "low", "medium", "high", "critical"}
}
func likelihoodNames() []string { return []string{"", "low", "moderate", "high", "veryHigh"} }
func impactNames() []string     { return []string{"", "low", "unknown", "medium", "high"} }

// String gives the name used in JSON and on the command line.
func (s Severity) String() string { return nameOf(severityNames(), int(s)) }

// String gives the name used in JSON.
func (l Likelihood) String() string { return nameOf(likelihoodNames(), int(l)) }

// String gives the name used in JSON.
func (i Impact) String() string { return nameOf(impactNames(), int(i)) }

// MarshalText writes the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalText writes the name.
func (l Likelihood) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// MarshalText writes the name.
func (i Impact) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads a name; an error names the accepted ones.
func (s *Severity) UnmarshalText(text []byte) error {
	n, err := parseName("severity", severityNames(), string(text))
	*s = Severity(n)
	return err
}

// UnmarshalText reads a name; an error names the accepted ones.
func (l *Likelihood) UnmarshalText(text []byte) error {
	n, err := parseName("likelihood", likelihoodNames(), string(text))
	*l = Likelihood(n)
	return err
}

// UnmarshalText reads a name; an error names the accepted ones.
func (i *Impact) UnmarshalText(text []byte) error {
	n, err := parseName("impact", impactNames(), string(text))
	*i = Impact(n)
	return err
}

// Severities lists every severity, most urgent first.
func Severities() []Severity {
	return []Severity{SeverityCritical, SeverityHigh, SeverityMedium, SeverityLow, SeverityInformational}
}

func nameOf(names []string, i int) string {
	if i < 0 || i >= len(names) {
		return fmt.Sprintf("invalid(%d)", i)
	}
	return names[i]
}

func parseName(what string, names []string, text string) (int, error) {
	for i, n := range names {
		if n == text {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%s %q is not one of %q", what, text, names)
}
