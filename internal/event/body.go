package event

import "github.com/merlonsec/merlon/internal/tree"

// Body parses a body of an event into t, with its secret values taken out as [k8s.Sanitize] does, and gives the object.
// It is missing where the record holds no body or one that cannot be parsed. A patch is not an object: see
// [Event.IsPatch].
func Body(t *tree.Tree, body Raw) tree.Node { panic("TODO") }

// Command is what an exec or attach request asked a container to run.
type Command struct {
	// Program is the base name of what was run: "sh".
	Program string
	// Hash is the first 16 hexadecimal digits of the SHA-256 of the arguments, joined by NUL: equal commands have equal hashes.
	Hash string
	// Args is the command with its arguments, credentials marked; it is to be shown only where the user asked for that.
	Args []string
	// Container is where it ran; "" for the default one. TTY and Stdin say how it was attached.
	Container  string
	TTY, Stdin bool
}

// Command gives what the request asked to run; ok is false where it is not an exec.
func (e *Event) Command() (c Command, ok bool) { panic("TODO") }

// RequestURI is the URI of the request without what may be secret in it: the arguments of a command, credentials.
func (e *Event) RequestURI() string { panic("TODO") }

// Path is the path of the request, without its query.
func (e *Event) Path() string { panic("TODO") }

// Query gives the first value of a parameter in the request's query, unescaped; "" where there is none.
func (e *Event) Query(name string) string { panic("TODO") }

// AppendJSON appends the event as an audit.k8s.io/v1 record in one line, redacted: the data of Secrets and ConfigMaps,
// environment values, tokens and last-applied annotations are gone; a command is its program's name and hash unless keep
// is set.
func (e *Event) AppendJSON(dst []byte, keepCommands bool) []byte { panic("TODO") }
