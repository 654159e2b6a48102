package event

import "errors"

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
		d.env.mistake = errors.New(what)
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
