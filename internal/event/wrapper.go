package event

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// maxWrappers is how many wrappers may stand around an audit record.
	maxWrappers = 4
	// maxInflated is how much one record may unpack to, in bytes.
	maxInflated = 64 << 20
	// maxUnpacked is how many events one record may unpack to: one of a few bytes takes hundreds in memory.
	maxUnpacked = 100_000
)

var (
	errTooDeep = fmt.Errorf("more than %d wrappers inside one another", maxWrappers)
	errTooMany = fmt.Errorf("more than %d events in a packed record", maxUnpacked)
)

// origin is what the wrappers around a record tell.
type origin struct {
	cluster  string
	account  string
	wrappers int
	// packed says that the text was compressed.
	packed bool
}

// wrapper holds the members of an object that is no audit record, but may hold some.
type wrapper struct {
	// items is of an EventList.
	items Raw
	// messageType, owner, logGroup and logEvents are of a subscription to CloudWatch Logs, and awslogs of the form in which a
	// Lambda function gets it. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
	messageType, owner, logGroup, logEvents, awslogs Raw
	// events is of the output of aws logs filter-log-events and get-log-events.
	events Raw
	// records, properties and resourceID are of Azure's diagnostic logs: {"records":[{"resourceId", "properties":{"log"}}]}.
	records, properties, resourceID Raw
	// text is the member log of Docker and Fluent Bit, and message that of Fluent Bit and Vector.
	text, message Raw
	// payload is of Google Cloud's LogEntry.
	payload Raw
	exported
}

// wrapperMember keeps a member that may belong to a wrapper, and walks over any other.
func (d *Decoder) wrapperMember(name string, i int) int {
	end := d.scan.value(i)
	if end < 0 {
		return failed
	}
	w := &d.env.wrapper
	var to *Raw
	switch name {
	case "items":
		to = &w.items
	case "messageType":
		to = &w.messageType
	case "owner":
		to = &w.owner
	case "logGroup":
		to = &w.logGroup
	case "logEvents":
		to = &w.logEvents
	case "awslogs":
		to = &w.awslogs
	case "events":
		to = &w.events
	case "records":
		to = &w.records
	case "properties":
		to = &w.properties
	case "resourceId":
		to = &w.resourceID
	case "log":
		to = &w.text
	case "message":
		to = &w.message
	case "protoPayload":
		to = &w.payload
	default:
		if to = w.exported.member(name); to == nil {
			return end
		}
	}
	*to, d.env.wrapped = Raw(d.scan.text[i:end]), true
	return end
}

// unwrap decodes the records in a wrapper. An object that is none is [ErrNotAudit].
func (d *Decoder) unwrap(dst []Event, w wrapper, from origin) ([]Event, error) {
	if from.wrappers++; from.wrappers > maxWrappers && w != (wrapper{}) {
		return dst, errTooDeep
	}
	if name := clusterOfGroup(w.logGroup.Text()); name != "" {
		from.cluster = name
	} else if name := clusterOfResource(w.resourceID.Text()); name != "" {
		from.cluster = name
	}
	switch {
	case w.messageType.Text() == "CONTROL_MESSAGE":
		return dst, nil
	case w.logEvents.first() == '[':
		if owner := w.owner.Text(); isAccount(owner) {
			from.account = owner
		}
		return d.each(dst, "logEvents", w.logEvents, from)
	case w.awslogs.Get("data") != "":
		return within("awslogs.data")(d.packed(dst, w.awslogs.Get("data").Text(), from))
	case w.items.first() == '[':
		return d.each(dst, "items", w.items, from)
	case w.records.first() == '[':
		return d.each(dst, "records", w.records, from)
	case w.events.first() == '[':
		return d.each(dst, "events", w.events, from)
	case w.log() != "":
		return within("properties.log")(d.inner(dst, w.log(), from))
	case isWrapped(w.text):
		return within("log")(d.inner(dst, w.text, from))
	case isWrapped(w.message):
		return within("message")(d.inner(dst, w.message, from))
	case strings.HasSuffix(w.payload.Get("@type").Text(), "google.cloud.audit.AuditLog"):
		return dst, errCloudAudit
	}
	return d.unwrapExported(dst, &w.exported, from)
}

// log is what Azure's properties hold, which some exports write as a text.
func (w *wrapper) log() Raw {
	if w.properties.first() == '"' {
		return Raw(strings.TrimSpace(w.properties.Text())).Get("log")
	}
	return w.properties.Get("log")
}

func isWrapped(member Raw) bool { return member.first() == '"' || member.first() == '{' }

// each decodes the elements of a list in a wrapper.
func (d *Decoder) each(dst []Event, name string, list Raw, from origin) ([]Event, error) {
	var problems Problems
	i := 0
	for element := range list.All() {
		var err error
		if dst, err = d.inner(dst, element, from); err != nil {
			problems.add(name+"["+strconv.Itoa(i)+"]", err)
		}
		i++
	}
	return dst, problems.err()
}

// list decodes a list of records, or what Fluent Bit makes of one: [time, record], [[time, metadata], record].
func (d *Decoder) list(dst []Event, list Raw, from origin) ([]Event, error) {
	if from.wrappers++; from.wrappers > maxWrappers {
		return dst, errTooDeep
	}
	var problems Problems
	objects := 0
	for element := range list.All() {
		if element.first() != '{' {
			continue
		}
		objects++
		var err error
		if dst, err = d.any(dst, string(element), from); err != nil {
			problems.add("object "+strconv.Itoa(objects), err)
		}
	}
	if objects == 0 {
		return dst, ErrNotAudit
	}
	return dst, problems.err()
}

// inner decodes a record that stands in a wrapper, as an object or as the text of one.
func (d *Decoder) inner(dst []Event, record Raw, from origin) ([]Event, error) {
	switch record.first() {
	case '{':
		return d.any(dst, string(record), from)
	case '"':
		text := record.Text()
		if strings.TrimSpace(text) == "" {
			return dst, ErrNotAudit
		}
		return d.any(dst, text, from)
	}
	return dst, ErrNotAudit
}

// line decodes a line that is not JSON as a whole: JSON with something before it, packed JSON, or another program's text.
func (d *Decoder) line(dst []Event, line string, from origin) ([]Event, error) {
	if strings.HasPrefix(line, gzipInBase64) {
		return d.packed(dst, line, from)
	}
	rest, partial := afterTime(strings.TrimLeft(line, junk))
	rest = afterStream(rest)
	switch {
	case !strings.HasPrefix(rest, "{"):
		if isTail(line) {
			return dst, errors.New("the text starts in the middle of a JSON value")
		}
		return dst, ErrNotAudit
	case partial:
		return dst, errors.New("a part of a line that the container runtime cut")
	}
	return d.any(dst, rest, from)
}

// junk is what may stand at the start of a file: the mark of UTF-8, and the hole that a truncated file has up to where its
// writer was.
const junk = "\ufeff\x00"

// isTail reports whether a text is the end of an object: it closes more than it opens.
func isTail(text string) bool {
	return strings.HasSuffix(text, "}") && strings.Contains(text, `"`) && strings.Count(text, "}") > strings.Count(text, "{")
}

// afterTime takes a time off the start of a line, as exports of CloudWatch Logs have it ("2026-01-02T03:04:05.678Z "), and
// what a container runtime writes behind it ("stdout F "); partial says that the line goes on in the next one ("stdout P ").
func afterTime(line string) (rest string, partial bool) {
	stamp, rest, ok := strings.Cut(line, " ")
	if _, isTime := parseTime(stamp); !ok || !isTime {
		return line, false
	}
	for _, stream := range []string{"stdout ", "stderr "} {
		after, ok := strings.CutPrefix(rest, stream)
		if !ok {
			continue
		}
		tag, after, _ := strings.Cut(after, " ")
		return after, tag == "P" || strings.HasPrefix(tag, "P:")
	}
	return strings.TrimLeft(rest, " "), false
}

// gzipInBase64 is how base64 of a gzip stream starts (RFC 1952: 1f 8b 08).
const gzipInBase64 = "H4sI"

// packed decodes base64 of gzip of a record.
func (d *Decoder) packed(dst []Event, text string, from origin) ([]Event, error) {
	compressed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return dst, errors.New("base64 that is cut or broken")
	}
	zr, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		return dst, fmt.Errorf("unpack the record: %w", err)
	}
	if from.wrappers++; from.wrappers > maxWrappers {
		return dst, errTooDeep
	}
	var plain strings.Builder
	n, err := io.Copy(&plain, io.LimitReader(zr, int64(maxInflated-d.inflated)+1))
	d.inflated += int(n)
	switch {
	case err != nil:
		return dst, fmt.Errorf("unpack the record: %w", err)
	case d.inflated > maxInflated:
		d.inflated = maxInflated
		return dst, fmt.Errorf("a record that unpacks to more than %d MiB", maxInflated>>20)
	}
	from.packed = true
	return d.any(dst, plain.String(), from)
}

// isAccount reports whether a text is the ID of an AWS account: twelve digits.
func isAccount(text string) bool { return len(text) == 12 && strings.Trim(text, "0123456789") == "" }

// clusterOfGroup takes the name of an EKS cluster out of that of its log group: /aws/eks/NAME/cluster.
func clusterOfGroup(group string) string {
	name, ok := strings.CutPrefix(group, "/aws/eks/")
	if !ok {
		return ""
	}
	name, ok = strings.CutSuffix(name, "/cluster")
	if !ok {
		return ""
	}
	return name
}

// clusterOfResource takes the name of an AKS cluster out of its resource ID:
// /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ContainerService/managedClusters/NAME, in any case.
func clusterOfResource(id string) string {
	const marker = "/managedclusters/"
	i := strings.LastIndex(strings.ToLower(id), marker)
	if i < 0 || i+len(marker) > len(id) {
		return ""
	}
	name, _, _ := strings.Cut(id[i+len(marker):], "/")
	return name
}
