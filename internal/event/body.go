package event

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/redact/sanitize"
	"github.com/merlonsec/merlon/internal/tree"
)

// Body parses a body of an event into t, with its secret values taken out as [k8s.Sanitize] does, and gives the object.
// It is missing where the record holds no body, and where the body is larger than the limits of package tree: a rule cannot
// tell then what stood in it.
// A patch is not an object: see [Event.IsPatch]. [Event.RequestBody] and [Event.ResponseBody] also know what the request
// was about, which the patch of a Secret does not tell.
func Body(t *tree.Tree, body Raw) tree.Node {
	root := parse(t, body)
	hideBody(root)
	return root
}

// RequestBody is [Body] of the request.
func (e *Event) RequestBody(t *tree.Tree) tree.Node { return e.body(t, e.Request) }

// ResponseBody is [Body] of the response.
func (e *Event) ResponseBody(t *tree.Tree) tree.Node { return e.body(t, e.Response) }

// IsPatch reports whether the request's body is a patch: a JSON patch, which is a list, a merge patch, a strategic merge
// patch or what server-side apply takes. The whole object is then only in the response.
func (e *Event) IsPatch() bool { return e.Verb == "patch" || e.Verb == "apply" }

func (e *Event) body(t *tree.Tree, body Raw) tree.Node {
	root := parse(t, body)
	if resource := e.Object.Resource; resource == "secrets" || resource == "configmaps" {
		hideStore(root, resource == "secrets")
	}
	hideBody(root)
	return root
}

func parse(t *tree.Tree, body Raw) tree.Node {
	t.Reset()
	if body == "" || tree.DecodeJSON(t, withoutManagedFields(body), 1, tree.Limits{Depth: tree.MaxDepth}) != nil {
		return tree.Node{}
	}
	return t.Root()
}

// withoutManagedFields gives a body without the value of metadata.managedFields, which is up to half of what a server
// answers and would be dropped anyway (see hideCopies).
func withoutManagedFields(body Raw) []byte {
	for object := body.walk('{'); object.next(); {
		if object.name != "metadata" {
			continue
		}
		start := object.at - len(object.value)
		for metadata := object.value.walk('{'); metadata.next(); {
			if metadata.name == "managedFields" {
				from, to := start+metadata.at-len(metadata.value), start+metadata.at
				return slices.Concat([]byte(body[:from]), []byte("null"), []byte(body[to:]))
			}
		}
		break
	}
	return []byte(body)
}

// hideStore hides what stands in the body of a request about a Secret or a ConfigMap and does not say so, as patches and
// the objects in the server's lists do not.
func hideStore(body tree.Node, secret bool) {
	if body.Kind() == tree.List {
		for operation := range body.All() {
			hideText(operation.Get("value"))
		}
		return
	}
	if kind := body.Get("kind").Text(); kind != "" && kind != "Secret" && kind != "ConfigMap" {
		return
	}
	for field := range body.All() {
		switch field.Key() {
		case "kind", "apiVersion", "type", "immutable":
		case "metadata":
			if secret {
				sanitize.Hide(field.Get("annotations")) // Tools keep copies of the whole object there.
			}
		default:
			sanitize.Hide(field)
		}
	}
}

// hideBody takes the values of secrets out of the body of a request or response.
func hideBody(body tree.Node) {
	if body.Kind() == tree.List {
		for operation := range body.All() {
			hideOperation(operation)
		}
	}
	switch kind := body.Get("kind").Text(); kind {
	case "":
		// A patch need not say of what it is one: that of a Secret may look like this.
		hideData(body)
	case "PodExecOptions", "PodAttachOptions":
		hideArguments(body.Get("command"))
	case "SecretList", "ConfigMapList":
		for item := range body.Get("items").All() {
			if item.Get("kind").Text() == "" {
				hideStore(item, kind == "SecretList")
			}
		}
	}
	// TokenRequest, TokenReview; whoever else names a field so means the same.
	hideText(body.Get("spec", "token"))
	hideText(body.Get("status", "token"))
	hideCopies(body)
	k8s.Sanitize(body)
}

func hideData(n tree.Node) {
	for _, name := range []string{"data", "stringData", "binaryData"} {
		sanitize.Hide(n.Get(name))
	}
}

// hideText replaces a value whole.
func hideText(n tree.Node) {
	if n.Exists() && n.Kind() != tree.Null {
		n.SetText(redact.Plain)
	}
}

// hideArguments keeps of a command what it runs.
func hideArguments(command tree.Node) {
	if command.Kind() != tree.List {
		hideText(command)
		return
	}
	shown := program
	for argument := range command.All() {
		argument.SetText(shown(argument.Text()))
		shown = func(string) string { return redact.Plain }
	}
}

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// hideCopies drops, at any depth, what repeats an object and its values: the last-applied annotation and managedFields.
// Lists and patches have them further down than [k8s.Sanitize] looks.
func hideCopies(n tree.Node) {
	for child := range n.All() {
		switch {
		case n.Kind() == tree.Map && (child.Key() == lastApplied || child.Key() == "managedFields"):
			child.Drop()
		case child.Kind() == tree.Map || child.Kind() == tree.List:
			hideCopies(child)
		}
	}
}

// hideOperation takes the value out of an operation of a JSON patch (RFC 6902) where it stands, by its path, where secrets
// do.
func hideOperation(operation tree.Node) {
	path, value := operation.Get("path").Text(), operation.Get("value")
	name := path[strings.LastIndexByte(path, '/')+1:]
	kind, isCredential := redact.Pair(name, value.Text())
	_, holds := redact.Holds(name)
	switch {
	case path == "":
		hideBody(value) // The whole object.
	case isCredential:
		value.SetText(redact.Mark(kind))
	case hidesPath(path), holds:
		hideText(value)
	case value.Kind() == tree.Map:
		hideData(value)
	case name == "args" || name == "command":
		sanitize.Arguments(value)
	}
}

// hidesPath reports whether a path leads into what holds secrets.
func hidesPath(path string) bool {
	if strings.HasSuffix(path, "/kubectl.kubernetes.io~1last-applied-configuration") {
		return true
	}
	parent := ""
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "data", "stringData", "binaryData", "env", "managedFields", "token":
			return true
		}
		if parent == "args" || parent == "command" {
			return true // One argument: the flag before it, which may say what it is, is not in the patch.
		}
		parent = segment
	}
	return false
}
