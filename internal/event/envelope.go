package event

import (
	"fmt"
	"strings"
)

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

// string decodes a text.
func (d *Decoder) string(i int, field string, to *string) int {
	s := &d.scan
	if i >= len(s.text) || s.text[i] != '"' {
		return d.other(i, field, "a string")
	}
	end, plain := s.str(i + 1)
	if end < 0 {
		return failed
	}
	if text := s.text[i+1 : end]; plain {
		*to = text
	} else {
		*to = unquote(text)
	}
	return end + 1
}

// other walks over a value of another type than wanted, which is a mistake if it is not null.
func (d *Decoder) other(i int, field, wanted string) int {
	end := d.scan.value(i)
	if end > 0 && d.scan.text[i] != 'n' {
		d.mistake(field + " is " + typeOf(d.scan.text[i]) + ", not " + wanted)
	}
	return end
}

func (d *Decoder) mistake(what string) {
	if d.env.mistake == nil {
		d.env.mistake = fmt.Errorf("%s", what)
	}
}

// typeOf names the type of the value that starts with a byte.
func typeOf(first byte) string {
	switch first {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "a list"
	case 't', 'f':
		return "a boolean"
	case 'n':
		return "null"
	}
	return "a number"
}

// raw keeps a value as it is written. Where a type is wanted, any other is a mistake; null is no value.
func (d *Decoder) raw(i int, field, wanted string, to *Raw) int {
	end := d.scan.value(i)
	if end < 0 {
		return failed
	}
	switch first := d.scan.text[i]; {
	case first == 'n':
		*to = ""
	case wanted == "" || typeOf(first) == wanted:
		*to = Raw(d.scan.text[i:end])
	default:
		d.mistake(field + " is " + typeOf(first) + ", not " + wanted)
	}
	return end
}

// object decodes the members of an object by a function.
func (d *Decoder) object(i int, field string, member func(name string, i int) int) int {
	s := &d.scan
	if i >= len(s.text) || s.text[i] != '{' {
		return d.other(i, field, "an object")
	}
	s.depth++
	i, more := s.begin(i)
	for more {
		var name string
		if name, i = s.name(i); i < 0 {
			return failed
		}
		i, more = s.more(member(name, i))
	}
	s.depth--
	return i
}

func (d *Decoder) user(i int, field string, u *User) int {
	return d.object(i, field, func(name string, i int) int {
		switch name {
		case "username":
			return d.string(i, "username", &u.Name)
		case "uid":
			return d.string(i, "uid of the user", &u.UID)
		case "groups":
			return d.raw(i, "groups", "a list", &u.Groups)
		case "extra":
			return d.raw(i, "extra", "an object", &u.Extra)
		}
		return d.scan.value(i)
	})
}

func (d *Decoder) reference(i int, r *Reference) int {
	return d.object(i, "objectRef", func(name string, i int) int {
		switch name {
		case "resource":
			return d.string(i, name, &r.Resource)
		case "namespace":
			return d.string(i, name, &r.Namespace)
		case "name":
			return d.string(i, "name", &r.Name)
		case "uid":
			return d.string(i, "uid of the objectRef", &r.UID)
		case "apiGroup":
			return d.string(i, name, &r.Group)
		case "apiVersion":
			return d.string(i, "apiVersion of the objectRef", &r.Version)
		case "subresource":
			return d.string(i, name, &r.Subresource)
		}
		return d.scan.value(i)
	})
}

// status keeps the status of the response and reads its code.
func (d *Decoder) status(i int, e *Event) int {
	e.Code = 0
	end := d.object(i, "responseStatus", func(name string, i int) int {
		if name == "code" {
			return d.code(i, &e.Code)
		}
		return d.scan.value(i)
	})
	if end > 0 {
		e.Status = ""
		if d.scan.text[i] == '{' {
			e.Status = Raw(d.scan.text[i:end])
		}
	}
	return end
}

// code decodes a whole number of up to nine digits.
func (d *Decoder) code(i int, to *int) int {
	text := d.scan.text
	if i >= len(text) || text[i] != '-' && !isDigit(text[i]) {
		return d.other(i, "code", "a number")
	}
	end := d.scan.number(i)
	if end < 0 {
		return failed
	}
	code, ok := 0, end-i <= 9
	for _, c := range []byte(text[i:end]) {
		ok = ok && isDigit(c)
		code = code*10 + int(c-'0')
	}
	if !ok {
		d.mistake("code is not a whole number of up to nine digits")
		return end
	}
	*to = code
	return end
}

// metadata takes the time from it that stood there before requests had times of their own.
func (d *Decoder) metadata(i int) int {
	return d.object(i, "metadata", func(name string, i int) int {
		if name == "creationTimestamp" {
			return d.time(i, "creationTimestamp of the metadata", &d.env.created)
		}
		return d.scan.value(i)
	})
}

// time decodes a time, in nanoseconds since 1970.
func (d *Decoder) time(i int, field string, to *int64) int {
	var text string
	end := d.string(i, field, &text)
	if end < 0 || d.scan.text[i] != '"' {
		return end
	}
	t, ok := parseTime(text)
	if !ok {
		d.mistake(field + " is not a time as in RFC 3339")
		return end
	}
	*to = t
	return end
}

func (d *Decoder) level(i int, to *Level) int {
	var text string
	end := d.string(i, "level", &text)
	if end > 0 && d.scan.text[i] == '"' {
		*to = levelOf(text)
	}
	return end
}

func levelOf(text string) Level {
	switch text {
	case "None":
		return LevelNone
	case "Metadata":
		return LevelMetadata
	case "Request":
		return LevelRequest
	case "RequestResponse":
		return LevelRequestResponse
	}
	return LevelUnknown
}

func (d *Decoder) stage(i int, to *Stage) int {
	var text string
	end := d.string(i, "stage", &text)
	if end > 0 && d.scan.text[i] == '"' {
		*to = stageOf(text)
	}
	return end
}

func stageOf(text string) Stage {
	switch text {
	case "RequestReceived":
		return StageRequestReceived
	case "ResponseStarted":
		return StageResponseStarted
	case "ResponseComplete":
		return StageResponseComplete
	case "Panic":
		return StagePanic
	}
	return StageUnknown
}
