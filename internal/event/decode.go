package event

import (
	"errors"
	"strings"
)

// ErrNotAudit says that a record is well formed, but no audit record: another program's line in the same log, such as
// those of the authenticator in an EKS log group, or a text.
var ErrNotAudit = errors.New("not an audit record")

// errCloudAudit is for the audit logs of GKE, which hold much the same in another form.
var errCloudAudit = errors.New("a LogEntry of Google Cloud's audit logs, whose schema is not that of Kubernetes")

// Decoder turns text into events. The zero value is ready; it is for one goroutine at a time.
type Decoder struct {
	scan scanner
	env  envelope
	// inflated is how many bytes this call of Append has unpacked.
	inflated int
}

// Append decodes one record, a line or a whole JSON document, and appends the events that it holds to dst: one for an
// audit record, any number for an EventList or a wrapper, or for several that follow one another. The texts of the events
// are parts of record. Where one of the records in a wrapper is broken, the others are appended and the error joins what
// is wrong with each, which [Problems] takes apart. A record without content holds no event. Errors quote nothing of the
// record. Its grammar is that of RFC 8259, its meaning that of encoding/json, but that the case of names counts: the last
// of equal names wins, and invalid UTF-8 becomes U+FFFD.
func (d *Decoder) Append(dst []Event, record string) ([]Event, error) {
	d.inflated = 0
	return d.any(dst, record, origin{})
}

// Problems takes an error of [Decoder.Append] apart: how many records were no audit records, and what is wrong with the
// others.
func Problems(err error) (notAudit int, broken []error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			n, more := Problems(one)
			notAudit, broken = notAudit+n, append(broken, more...)
		}
		return notAudit, broken
	}
	switch {
	case err == nil:
		return 0, nil
	case errors.Is(err, ErrNotAudit):
		return 1, nil
	}
	return 0, []error{err}
}

// any decodes what a record or a member of a wrapper holds, be it JSON or another text.
func (d *Decoder) any(dst []Event, record string, from origin) ([]Event, error) {
	d.scan.reset(record)
	i := d.scan.space(0)
	if i == len(record) {
		return dst, nil
	}
	switch record[i] {
	case '{':
		return d.objects(dst, i, from)
	case '[', '"', 't', 'f', 'n', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		if end := d.scan.value(i); end > 0 && d.scan.space(end) == len(record) {
			if record[i] == '[' {
				return d.list(dst, Raw(record[i:end]), from)
			}
			return dst, ErrNotAudit
		} else if record[i] == '[' || record[i] == '"' {
			if end > 0 {
				d.scan.fail(d.scan.space(end), trailing)
			}
			return dst, d.scan.err()
		}
	}
	return d.line(dst, strings.TrimSpace(record), from)
}

const trailing = "something behind the end of the record"

// objects decodes an object, and those that follow it: Firehose and Kinesis put records together with nothing between.
func (d *Decoder) objects(dst []Event, i int, from origin) ([]Event, error) {
	text := d.scan.text
	var errs []error
	for {
		dst = append(dst, Event{})
		e := &dst[len(dst)-1]
		end := d.record(i, e)
		if end < 0 {
			return drop(dst), errors.Join(append(errs, d.scan.err())...)
		}
		var err error
		if d.env.isEvent() {
			if e.Cluster, err = from.cluster, d.env.mistake; err != nil {
				dst = drop(dst)
			}
		} else {
			env := d.env
			dst, err = d.unwrap(drop(dst), env.wrapper, from)
			d.scan.reset(text)
		}
		if err != nil {
			errs = append(errs, err)
		}
		if i = d.scan.space(end); i == len(text) {
			break
		}
		if text[i] != '{' {
			d.scan.fail(i, trailing)
			errs = append(errs, d.scan.err())
			break
		}
	}
	if len(errs) == 1 {
		return dst, errs[0]
	}
	return dst, errors.Join(errs...)
}

// drop takes the last event off, and leaves nothing of it in the memory behind dst.
func drop(dst []Event) []Event {
	dst[len(dst)-1] = Event{}
	return dst[:len(dst)-1]
}
