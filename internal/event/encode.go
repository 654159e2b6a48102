package event

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/redact/sanitize"
	"github.com/merlonsec/merlon/internal/tree"
)

// AppendJSON appends the event as an audit.k8s.io/v1 record in one line, redacted: the data of Secrets and ConfigMaps,
// environment values, tokens and last-applied annotations are gone; a command is its program's name and hash (an annotation)
// unless keepCommands is set. A body that [Body] cannot parse is left out, and the record says that it is truncated. A
// [Decoder] reads the record back, without Cluster, Account, File and Line.
func (e *Event) AppendJSON(dst []byte, keepCommands bool) []byte {
	var w Encoder
	return w.Append(dst, e, keepCommands)
}

// Encoder is [Event.AppendJSON] for many events: it keeps the memory in which it parses bodies. The zero value is ready; it
// is for one goroutine at a time.
type Encoder struct {
	dst  []byte
	tree tree.Tree
	// truncated says that a body was left out.
	truncated bool
}

// Append appends an event as [Event.AppendJSON] does.
func (w *Encoder) Append(dst []byte, e *Event, keepCommands bool) []byte {
	dst = append(dst, `{"kind":"Event","apiVersion":"audit.k8s.io/v1"`...)
	w.dst, w.truncated = dst, false
	w.text("level", e.Level.String())
	w.text("auditID", mask(e.AuditID)) // A client may choose it.
	w.text("stage", e.Stage.String())
	uri := e.redactedURI(keepCommands)
	w.text("requestURI", uri)
	w.text("verb", e.Verb)
	w.user("user", &e.User)
	w.user("impersonatedUser", &e.Impersonated)
	w.texts("sourceIPs", e.SourceIPs)
	w.text("userAgent", mask(e.UserAgent))
	w.reference(&e.Object)
	w.status(e)
	w.body("requestObject", e.Request, e.RequestBody)
	w.body("responseObject", e.Response, e.ResponseBody)
	w.time("requestReceivedTimestamp", e.Received)
	w.time("stageTimestamp", e.At)
	w.annotations(e, uri)
	w.dst = append(w.dst, '}')
	dst, w.dst = w.dst, nil
	return dst
}

func (w *Encoder) name(name string) {
	if last := w.dst[len(w.dst)-1]; last != '{' {
		w.dst = append(w.dst, ',')
	}
	w.dst = append(appendText(w.dst, name), ':')
}

func (w *Encoder) text(name, value string) {
	if value != "" {
		w.name(name)
		w.dst = appendText(w.dst, value)
	}
}

// value appends a JSON value, if there is one.
func (w *Encoder) value(name string, value tree.Node) {
	if value.Exists() {
		w.name(name)
		w.dst = value.AppendJSON(w.dst)
	}
}

// texts appends a list of texts.
func (w *Encoder) texts(name string, list Raw) {
	if list == "" {
		return
	}
	w.name(name)
	w.dst = append(w.dst, '[')
	for text := range list.All() {
		if w.dst[len(w.dst)-1] != '[' {
			w.dst = append(w.dst, ',')
		}
		w.dst = appendText(w.dst, mask(text.Text()))
	}
	w.dst = append(w.dst, ']')
}

// masked gives a value without the credentials in its texts.
func (w *Encoder) masked(value Raw) tree.Node {
	root := parse(&w.tree, value)
	k8s.Sanitize(root)
	return root
}

// body appends a body as a function redacts it.
func (w *Encoder) body(name string, body Raw, redacted func(*tree.Tree) tree.Node) {
	root := redacted(&w.tree)
	w.value(name, root)
	w.truncated = w.truncated || body != "" && !root.Exists()
}

// status appends the status, or one that holds the code alone.
func (w *Encoder) status(e *Event) {
	root := w.masked(e.Status)
	if w.value("responseStatus", root); !root.Exists() && e.Code != 0 {
		w.name("responseStatus")
		w.dst = append(strconv.AppendInt(append(w.dst, `{"code":`...), int64(e.Code), 10), '}')
	}
}

func (w *Encoder) user(name string, u *User) {
	if *u == (User{}) {
		return
	}
	w.name(name)
	w.dst = append(w.dst, '{')
	w.text("username", mask(u.Name))
	w.text("uid", mask(u.UID))
	w.texts("groups", u.Groups)
	if root := parse(&w.tree, u.Extra); root.Exists() {
		for member := range root.All() {
			maskExtra(member)
		}
		w.value("extra", root)
	}
	w.dst = append(w.dst, '}')
}

// maskExtra masks what an authenticator tells about a user. By these names it tells what identifies a credential and is
// none: who has to revoke the key, or to find out where a token came from, needs it.
func maskExtra(member tree.Node) {
	if member.Kind() != tree.List {
		hideText(member)
		return
	}
	masked := maskValue
	switch member.Key() {
	case "accessKeyId", "authentication.kubernetes.io/credential-id", "authentication.kubernetes.io/issued-credential-id":
		masked = maskIdentifier
	}
	for value := range member.All() {
		if sanitize.IsScalar(value) {
			value.SetText(masked(member.Key(), value.Text()))
		} else {
			hideText(value)
		}
	}
}

// maskIdentifier leaves what may be an AWS access key ID or a token's ID ("JTI=" and a UUID).
func maskIdentifier(_, value string) string {
	const longest = 64
	for _, c := range []byte(value) {
		if len(value) > longest || !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'z') && c != '-' && c != '=' {
			return redact.Plain
		}
	}
	return value
}

func (w *Encoder) reference(r *Reference) {
	if *r == (Reference{}) {
		return
	}
	w.name("objectRef")
	w.dst = append(w.dst, '{')
	w.text("resource", r.Resource)
	w.text("namespace", r.Namespace)
	w.text("name", mask(r.Name))
	w.text("uid", r.UID)
	w.text("apiGroup", r.Group)
	w.text("apiVersion", r.Version)
	w.text("subresource", r.Subresource)
	w.dst = append(w.dst, '}')
}

func (w *Encoder) time(name string, t int64) {
	if t != 0 {
		w.text(name, time.Unix(0, t).UTC().Format(time.RFC3339Nano))
	}
}

// annotations appends those of the event, and the hash of a command that does not stand in the URI as it was.
func (w *Encoder) annotations(e *Event, uri string) {
	own := ""
	if uri != e.uri {
		c, _ := e.Command()
		own = c.Hash
	}
	if e.Annotations == "" && own == "" && !w.truncated {
		return
	}
	w.name("annotations")
	w.dst = append(w.dst, '{')
	for name, value := range e.Annotations.Members() {
		if name != hashAnnotation || own == "" {
			w.name(name)
			w.dst = appendText(w.dst, maskAnnotation(name, value.Text()))
		}
	}
	w.text(hashAnnotation, own)
	if w.truncated {
		w.text(truncated, "true")
	}
	w.dst = append(w.dst, '}')
}

// maskAnnotation masks the value of an annotation. Those of Kubernetes are named after tokens and tell about them, but hold
// none; what a webhook patched into an object may hold anything.
func maskAnnotation(name, value string) string {
	domain, _, _ := strings.Cut(name, "/")
	switch {
	case strings.HasSuffix(domain, "patch.webhook.admission.k8s.io"):
		return redact.Plain
	case strings.HasSuffix(domain, ".k8s.io"), strings.HasSuffix(domain, ".kubernetes.io"):
		return mask(value)
	}
	return maskValue(name, value)
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
