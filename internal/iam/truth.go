package iam

// Verdict is the answer to a question about permissions.
type Verdict uint8

// The verdicts. The zero value is Denied, which is what IAM says where nothing speaks.
const (
	Denied  Verdict = iota // No statement allows it, or one denies it.
	Unknown                // What was read does not decide it.
	Allowed                // A statement of each layer allows it, and none denies it.
)

// String names the verdict as the command line and the JSON output do.
func (v Verdict) String() string {
	switch v {
	case Denied:
		return "denied"
	case Allowed:
		return "allowed"
	default:
		return "unknown"
	}
}

// MarshalText writes the verdict as [Verdict.String] names it.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// truth is whether something holds. The order is that of certainty for it, so that the truth of "and" is the smaller,
// that of "or" the larger.
type truth uint8

const (
	no truth = iota
	maybe
	yes
)

func is(holds bool) truth {
	if holds {
		return yes
	}
	return no
}

// opposite is the truth of "not".
func (t truth) opposite() truth { return yes - t }

// verdict says the same of a permission.
func (t truth) verdict() Verdict { return Verdict(t) }
