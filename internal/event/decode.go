package event

import "strings"

// Decoder turns text into events. The zero value is ready; it is for one goroutine at a time.
type Decoder struct {
	scan scanner
	env  envelope
	// inflated is how many bytes this call of Append has unpacked, and unpacked how many events it found there.
	inflated, unpacked int
}

// Append decodes one record, a line or a whole JSON document, and appends the events that it holds to dst: one for an
// audit record, any number for an EventList or a wrapper, or for several that follow one another. The texts of the events
// are parts of record. Where one of the records in a wrapper is broken, the others are appended and the error is a [Problems],
// or that of the one. A record without content holds no event. Errors quote nothing of the
// record. Its grammar is that of RFC 8259, its meaning that of encoding/json, but that the case of names counts: the last
// of equal names wins, and invalid UTF-8 becomes U+FFFD.
func (d *Decoder) Append(dst []Event, record string) ([]Event, error) {
	d.inflated, d.unpacked = 0, 0
	return d.any(dst, record, origin{})
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
				d.scan.fail(d.scan.space(end), "something behind the end of the record")
			}
			return dst, d.scan.err()
		}
	}
	return d.line(dst, strings.TrimSpace(record), from)
}

// objects decodes an object, and those that follow it: Firehose and Kinesis put records together with nothing between.
func (d *Decoder) objects(dst []Event, i int, from origin) ([]Event, error) {
	text := d.scan.text
	var problems Problems
	for {
		dst = append(dst, Event{})
		e := &dst[len(dst)-1]
		end := d.record(i, e)
		if end < 0 {
			problems.add("", d.scan.err())
			return drop(dst), problems.err()
		}
		if d.env.isEvent() {
			e.Cluster, e.Account = from.cluster, from.account
			if err := d.admit(from); err != nil {
				problems.add("", err)
				dst = drop(dst)
			}
		} else {
			var err error
			dst, err = d.unwrap(drop(dst), d.env.wrapper, from)
			problems.add("", err)
			d.scan.reset(text)
		}
		switch i = d.scan.space(end); {
		case i == len(text):
			return dst, problems.err()
		case text[i] != '{':
			d.scan.fail(i, "something behind the end of the record")
			problems.add("", d.scan.err())
			return dst, problems.err()
		}
	}
}

// admit tells why an event is not to be given out.
func (d *Decoder) admit(from origin) error {
	if from.packed {
		if d.unpacked++; d.unpacked > maxUnpacked {
			return errTooMany
		}
	}
	return d.env.mistake
}

// drop takes the last event off, and leaves nothing of it in the memory behind dst.
func drop(dst []Event) []Event {
	dst[len(dst)-1] = Event{}
	return dst[:len(dst)-1]
}
