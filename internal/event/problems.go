package event

import (
	"errors"
	"fmt"
	"strconv"
)

// ErrNotAudit says that a record is well formed, but no audit record: another program's line in the same log, such as
// those of the authenticator in an EKS log group, or a text.
var ErrNotAudit = errors.New("not an audit record")

// errCloudAudit is for the audit logs of GKE, which hold much the same in another form.
var errCloudAudit = errors.New("a LogEntry of Google Cloud's audit logs, whose schema is not that of Kubernetes")

// Problems is the error of a record that holds several, where more than one of them is no audit record or broken. It is
// [ErrNotAudit] to errors.Is where none is broken.
type Problems struct {
	// NotAudit counts the records that are well formed but no audit records, Broken those that are not.
	NotAudit, Broken int
	// Errs tells what is wrong with the first of the broken ones.
	Errs []error
}

// maxErrs is how many errors a record tells: what is wrong with more of them is the same.
const maxErrs = 100

// ProblemsOf counts what an error of [Decoder.Append] tells.
func ProblemsOf(err error) Problems {
	var p Problems
	p.add("", err)
	return p
}

// Error names the first problems and how many there are.
func (p *Problems) Error() string {
	switch {
	case p.Broken == 0:
		return strconv.Itoa(p.NotAudit) + " records are no audit records"
	case p.Broken == 1:
		return p.Errs[0].Error()
	}
	return fmt.Sprintf("%d broken records, the first of them: %v", p.Broken, p.Errs[0])
}

// Unwrap gives the errors of the broken records.
func (p *Problems) Unwrap() []error {
	if p.Broken == 0 {
		return []error{ErrNotAudit}
	}
	return p.Errs
}

// add takes an error in, which came from a place in the record; "" for the record itself.
func (p *Problems) add(place string, err error) {
	if err == nil {
		return
	}
	if several, ok := err.(*Problems); ok { //nolint:errorlint // Nothing wraps it.
		p.NotAudit += several.NotAudit
		p.Broken += several.Broken
		for _, one := range several.Errs {
			p.keep(place, one)
		}
		return
	}
	if errors.Is(err, ErrNotAudit) {
		p.NotAudit++
		return
	}
	p.Broken++
	p.keep(place, err)
}

func (p *Problems) keep(place string, err error) {
	switch {
	case len(p.Errs) >= maxErrs:
	case place == "":
		p.Errs = append(p.Errs, err)
	default:
		p.Errs = append(p.Errs, fmt.Errorf("%s: %w", place, err))
	}
}

// err is what there is to tell; a single problem as itself.
func (p *Problems) err() error {
	switch {
	case p.NotAudit+p.Broken == 0:
		return nil
	case p.NotAudit+p.Broken > 1:
		several := *p // So that p itself need not be on the heap: most records have no problem.
		return &several
	case p.Broken == 1:
		return p.Errs[0]
	}
	return ErrNotAudit
}

// within says in the error of a member where it happened.
func within(place string) func([]Event, error) ([]Event, error) {
	return func(dst []Event, err error) ([]Event, error) {
		var p Problems
		p.add(place, err)
		return dst, p.err()
	}
}
