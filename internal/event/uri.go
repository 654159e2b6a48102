package event

import (
	"net/url"
	"strings"

	"github.com/merlonsec/merlon/internal/redact"
)

// RequestURI is the URI of the request without what may be secret in it: the arguments of a command, credentials.
func (e *Event) RequestURI() string { return e.redactedURI(false) }

// Path is the path of the request as it was written, without its query: to be matched. [Event.RequestURI] is to be shown.
func (e *Event) Path() string {
	path, _, _ := strings.Cut(e.uri, "?")
	return path
}

// Query gives the first value of a parameter in the request's query, unescaped; "" where there is none. It is to be
// matched, not shown, as it may be a credential.
func (e *Event) Query(name string) string {
	for p := e.parameters(); p.next(); {
		if p.name == name {
			return p.value()
		}
	}
	return ""
}

// QueryBool reads a parameter of the query as the API server reads a truth value: it is false where it is missing, "0" or
// "false", and true for all else, an empty value too
// (Convert_Slice_string_To_bool in https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apimachinery/pkg/runtime/conversion.go).
func (e *Event) QueryBool(name string) bool {
	for p := e.parameters(); p.next(); {
		if p.name == name {
			value := p.value()
			return value != "0" && !strings.EqualFold(value, "false")
		}
	}
	return false
}

// parameters walks over those of a query, in their order. What is escaped wrongly stays as it is written.
type parameters struct {
	rest string
	// written is the parameter at hand as it stands there, escaped its value, and name its unescaped name.
	written, name, escaped string
}

func (e *Event) parameters() parameters {
	_, query, _ := strings.Cut(e.uri, "?")
	return parameters{rest: query}
}

// next goes to the next parameter, and reports whether there is one.
func (p *parameters) next() bool {
	for p.rest != "" {
		p.written, p.rest, _ = strings.Cut(p.rest, "&")
		if p.written != "" {
			p.name, p.escaped, _ = strings.Cut(p.written, "=")
			p.name = unescapeQuery(p.name)
			return true
		}
	}
	return false
}

// value is that of the parameter at hand.
func (p *parameters) value() string { return unescapeQuery(p.escaped) }

func unescapeQuery(text string) string {
	if !strings.ContainsAny(text, "%+") {
		return text
	}
	if plain, err := url.QueryUnescape(text); err == nil {
		return plain
	}
	return text
}

// redactedURI writes the URI without its secrets, and the arguments of a command, where they are kept, without theirs.
func (e *Event) redactedURI(keepCommands bool) string {
	var b strings.Builder
	b.WriteString(mask(e.Path()))
	if !strings.Contains(e.uri, "?") {
		return b.String()
	}
	commands, n := e.shownCommands(keepCommands), 0
	separator := byte('?')
	for p := e.parameters(); p.next(); {
		b.WriteByte(separator)
		separator = '&'
		shown := maskValue(p.name, p.value())
		if isCommand(p.name) {
			shown = commands[n]
			n++
		}
		if shown == p.value() && mask(p.name) == p.name {
			b.WriteString(p.written)
			continue
		}
		b.WriteString(url.QueryEscape(mask(p.name)))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(shown))
	}
	return b.String()
}

// maskValue takes what is secret out of a named value. A name that says so is enough: unlike the fields of objects, those of
// requests refer to nothing.
func maskValue(name, value string) string {
	if kind, ok := redact.Name(name); ok && value != "" && value != redact.Mark(kind) {
		return redact.Mark(kind)
	}
	if kind, ok := redact.Pair(name, value); ok {
		return redact.Mark(kind)
	}
	return mask(value)
}

// mask takes what is secret out of a text.
func mask(text string) string {
	masked, _ := redact.Mask(text)
	return masked
}
