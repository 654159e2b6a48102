package event

import "strings"

// What a record holds that only audit records have, or few others: see envelope.isEvent.
const (
	hasKind = 1 << iota
	hasAPI
	hasAuditID
	hasURI
	hasVerb
	hasUser
	hasObject
)

// envelope is what the members of an object tell beside the fields of the event.
type envelope struct {
	seen uint8
	// kind and api are the object's kind and apiVersion.
	kind, api string
	// mistake is the first member of an event with a wrong type.
	mistake error
	// timestamp and created stand in older versions for the times of v1.
	timestamp, created int64
	// wrapper holds the members of what may be a wrapper; wrapped says that there is one.
	wrapped bool
	wrapper wrapper
}

// isEvent reports whether an object is an audit record, be it a partial one. A verb alone does not make one: the API
// server's own request log has verbs too.
func (v *envelope) isEvent() bool {
	if v.seen&(hasKind|hasAPI) != 0 {
		if v.kind != "" && v.kind != "Event" || v.api != "" && !strings.HasPrefix(v.api, "audit.k8s.io/") {
			return false
		}
		if v.kind != "" && v.api != "" {
			return true
		}
	}
	return v.seen&(hasAuditID|hasURI) != 0 || v.seen&hasVerb != 0 && v.seen&(hasUser|hasObject) != 0
}

// record decodes the members of an object into an event, and what is not an event's into the envelope. It keeps to
// encoding/json: a member that comes twice has its last value, null changes nothing in a text or a number and empties a
// [Raw], the members of two users or object references are joined, and a wrong type is an error only after the whole
// object was read. Names differ by case.
func (d *Decoder) record(i int, e *Event) int {
	s := &d.scan
	d.env.reset()
	s.depth = 1
	i, more := s.begin(i)
	for more {
		var name string
		if name, i = s.name(i); i < 0 {
			return failed
		}
		if i = d.member(name, i, e); i < 0 {
			return failed
		}
		i, more = s.more(i)
	}
	s.depth = 0
	if i > 0 {
		d.finish(e)
	}
	return i
}

func (v *envelope) reset() {
	if v.wrapped {
		v.wrapper = wrapper{}
	}
	v.seen, v.kind, v.api, v.mistake, v.timestamp, v.created, v.wrapped = 0, "", "", nil, 0, 0, false
}

// member decodes one member of an audit record.
func (d *Decoder) member(name string, i int, e *Event) int {
	v := &d.env
	switch name {
	case "kind":
		v.seen |= hasKind
		return d.string(i, name, &v.kind)
	case "apiVersion":
		v.seen |= hasAPI
		return d.string(i, name, &v.api)
	case "level":
		return d.level(i, &e.Level)
	case "auditID":
		v.seen |= hasAuditID
		return d.string(i, name, &e.AuditID)
	case "stage":
		return d.stage(i, &e.Stage)
	case "requestURI":
		v.seen |= hasURI
		return d.string(i, name, &e.uri)
	case "verb":
		v.seen |= hasVerb
		return d.string(i, name, &e.Verb)
	case "user":
		v.seen |= hasUser
		return d.user(i, name, &e.User)
	case "impersonatedUser":
		return d.user(i, name, &e.Impersonated)
	case "sourceIPs":
		return d.raw(i, name, "a list", &e.SourceIPs)
	case "userAgent":
		return d.string(i, name, &e.UserAgent)
	case "objectRef":
		v.seen |= hasObject
		return d.reference(i, &e.Object)
	case "responseStatus":
		return d.status(i, e)
	case "requestObject":
		return d.raw(i, name, "", &e.Request)
	case "responseObject":
		return d.raw(i, name, "", &e.Response)
	case "requestReceivedTimestamp":
		return d.time(i, name, &e.Received)
	case "stageTimestamp":
		return d.time(i, name, &e.At)
	case "timestamp":
		return d.time(i, name, &v.timestamp)
	case "metadata":
		return d.metadata(i)
	case "annotations":
		return d.raw(i, name, "an object", &e.Annotations)
	}
	return d.wrapperMember(name, i)
}

// finish fills in what follows from other members.
func (d *Decoder) finish(e *Event) {
	if old := d.env.timestamp; old != 0 && e.At == 0 {
		e.At = old
	}
	if e.At == 0 && e.Received == 0 {
		e.At = d.env.created
	}
	if e.At == 0 {
		e.At = e.Received
	}
	if e.Received == 0 {
		e.Received = e.At
	}
	e.Verb = strings.ToLower(e.Verb)
	// In v1alpha1, the version of an object reference holds the group too.
	if group, version, ok := strings.Cut(e.Object.Version, "/"); ok && e.Object.Group == "" {
		e.Object.Group, e.Object.Version = group, version
	}
}

// begin goes into an object and gives the index of its first name; more is false where it is empty, or broken.
func (s *scanner) begin(i int) (next int, more bool) {
	i = s.space(i + 1)
	if i < len(s.text) && s.text[i] == '}' {
		return i + 1, false
	}
	return i, true
}

// more goes on behind the value of a member, to the next name or out of the object.
func (s *scanner) more(i int) (next int, more bool) {
	if i < 0 {
		return failed, false
	}
	if i < len(s.text) && isSpace(s.text[i]) {
		i = s.space(i)
	}
	if i >= len(s.text) {
		return s.fail(i, ""), false
	}
	switch s.text[i] {
	case ',':
		return s.space(i + 1), true
	case '}':
		return i + 1, false
	}
	return s.fail(i, "something other than a comma or the end of the object"), false
}

// name reads a member's name and goes to its value.
func (s *scanner) name(i int) (name string, next int) {
	if i >= len(s.text) || s.text[i] != '"' {
		return "", s.fail(i, "something other than a member's name")
	}
	end, plain := s.str(i + 1)
	if end < 0 {
		return "", failed
	}
	name = s.text[i+1 : end]
	if !plain {
		name = unquote(name)
	}
	if end+2 < len(s.text) && s.text[end+1] == ':' && s.text[end+2] > ' ' {
		return name, end + 2
	}
	return name, s.colon(end + 1)
}
