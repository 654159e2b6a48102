package event

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/tree"
)

// AppendJSON appends the event as an audit.k8s.io/v1 record in one line, redacted: the data of Secrets and ConfigMaps,
// environment values, tokens and last-applied annotations are gone; a command is its program's name and hash unless keep
// is set. A [Decoder] reads it back.
func (e *Event) AppendJSON(dst []byte, keepCommands bool) []byte {
	w := writer{dst: append(dst, `{"kind":"Event","apiVersion":"audit.k8s.io/v1"`...)}
	w.text("level", e.Level.String())
	w.text("auditID", e.AuditID)
	w.text("stage", e.Stage.String())
	w.text("requestURI", e.redactedURI(keepCommands))
	w.text("verb", e.Verb)
	w.user("user", &e.User)
	w.user("impersonatedUser", &e.Impersonated)
	w.raw("sourceIPs", e.SourceIPs, w.masked)
	w.text("userAgent", maskValue("", e.UserAgent))
	w.reference(&e.Object)
	w.raw("responseStatus", e.status(), w.masked)
	w.raw("requestObject", e.Request, e.body)
	w.raw("responseObject", e.Response, e.body)
	w.time("requestReceivedTimestamp", e.Received)
	w.time("stageTimestamp", e.At)
	w.annotations(e, keepCommands)
	return append(w.dst, '}')
}

// status gives the status, or one that holds the code alone.
func (e *Event) status() Raw {
	if e.Status == "" && e.Code != 0 {
		return Raw(`{"code":` + strconv.Itoa(e.Code) + `}`)
	}
	return e.Status
}

// body redacts a body, knowing which object the request is about.
func (e *Event) body(t *tree.Tree, body Raw) tree.Node {
	root := Body(t, body)
	switch e.Object.Resource {
	case "secrets", "configmaps":
		if kind := root.Get("kind").Text(); e.IsPatch() && kind == "" || kind == "Status" {
			return root
		}
	}
	return root
}

// writer appends the members of an object.
type writer struct {
	dst  []byte
	tree tree.Tree
}

func (w *writer) name(name string) {
	if last := w.dst[len(w.dst)-1]; last != '{' {
		w.dst = append(w.dst, ',')
	}
	w.dst = append(appendText(w.dst, name), ':')
}

func (w *writer) text(name, value string) {
	if value != "" {
		w.name(name)
		w.dst = appendText(w.dst, value)
	}
}

// raw appends a JSON value as a function redacts it.
func (w *writer) raw(name string, value Raw, redacted func(*tree.Tree, Raw) tree.Node) {
	if value == "" {
		return
	}
	if root := redacted(&w.tree, value); root.Exists() {
		w.name(name)
		w.dst = root.AppendJSON(w.dst)
	}
}

// masked gives a value without the credentials in its texts.
func (w *writer) masked(t *tree.Tree, value Raw) tree.Node { return Body(t, value) }

func (w *writer) user(name string, u *User) {
	if *u == (User{}) {
		return
	}
	w.name(name)
	w.dst = append(w.dst, '{')
	w.text("username", maskValue("", u.Name))
	w.text("uid", maskValue("", u.UID))
	w.raw("groups", u.Groups, w.masked)
	w.raw("extra", u.Extra, w.masked)
	w.dst = append(w.dst, '}')
}

func (w *writer) reference(r *Reference) {
	if *r == (Reference{}) {
		return
	}
	w.name("objectRef")
	w.dst = append(w.dst, '{')
	w.text("resource", r.Resource)
	w.text("namespace", r.Namespace)
	w.text("name", maskValue("", r.Name))
	w.text("uid", r.UID)
	w.text("apiGroup", r.Group)
	w.text("apiVersion", r.Version)
	w.text("subresource", r.Subresource)
	w.dst = append(w.dst, '}')
}

func (w *writer) time(name string, t int64) {
	if t != 0 {
		w.text(name, time.Unix(0, t).UTC().Format(time.RFC3339Nano))
	}
}

// annotations appends those of the event, and the hash of a command that does not stand in the URI as it was.
func (w *writer) annotations(e *Event, keepCommands bool) {
	hash := ""
	if c, ok := e.Command(); ok && c.Hash != "" && e.redactedURI(keepCommands) != e.uri {
		hash = c.Hash
	}
	if e.Annotations == "" && hash == "" {
		return
	}
	w.name("annotations")
	w.dst = append(w.dst, '{')
	for name, value := range e.Annotations.Members() {
		switch {
		case name == hashAnnotation && hash != "":
		case strings.HasPrefix(name, "patch.webhook.admission.k8s.io/"):
			w.text(name, redact.Plain) // A webhook's patch may hold environment values.
		default:
			w.text(name, maskValue(name, value.Text()))
		}
	}
	w.text(hashAnnotation, hash)
	w.dst = append(w.dst, '}')
}

// String is the level as a record has it; "" for one that is not known.
func (l Level) String() string {
	return [...]string{"", "None", "Metadata", "Request", "RequestResponse"}[min(l, LevelRequestResponse)]
}

// String is the stage as a record has it; "" for one that is not known.
func (s Stage) String() string {
	return [...]string{"", "RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"}[min(s, StagePanic)]
}

// appendText appends a JSON string.
func appendText(dst []byte, text string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
			i++
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			i++
		case c < utf8.RuneSelf:
			dst = append(dst, c)
			i++
		default:
			r, size := utf8.DecodeRuneInString(text[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
		}
	}
	return append(dst, '"')
}
