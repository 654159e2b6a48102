package event

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/redact/sanitize"
	"github.com/merlonsec/merlon/internal/tree"
)

// Body parses a body of an event into t, with its secret values taken out as [k8s.Sanitize] does, and gives the object.
// It is missing where the record holds no body or one that cannot be parsed. A patch is not an object: see
// [Event.IsPatch].
func Body(t *tree.Tree, body Raw) tree.Node {
	t.Reset()
	if body == "" {
		return t.Root()
	}
	if err := tree.DecodeJSON(t, []byte(body), 1, tree.Limits{}); err != nil {
		return tree.Node{}
	}
	hideBody(t.Root())
	return t.Root()
}

// IsPatch reports whether the request's body is a patch: a JSON patch, which is a list, a merge patch, a strategic merge
// patch or what server-side apply takes. The whole object is then only in the response.
func (e *Event) IsPatch() bool { return e.Verb == "patch" || e.Verb == "apply" }

// hideBody takes the values of secrets out of the body of a request or response.
func hideBody(body tree.Node) {
	kind := body.Get("kind").Text()
	switch {
	case body.Kind() == tree.List:
		hidePatch(body)
		return
	case kind == "":
		// A patch need not say of what it is one: that of a Secret looks like this.
		for _, name := range []string{"data", "stringData", "binaryData"} {
			sanitize.Hide(body.Get(name))
		}
	case strings.HasPrefix(kind, "Token"): // TokenRequest, TokenReview.
		hideText(body.Get("spec", "token"))
		hideText(body.Get("status", "token"))
	case kind == "PodExecOptions" || kind == "PodAttachOptions":
		hideArguments(body.Get("command"))
	case kind == "SecretList" || kind == "ConfigMapList":
		// The objects in the server's lists do not say their kind.
		for item := range body.Get("items").All() {
			for field := range item.All() {
				if field.Key() != "metadata" {
					sanitize.Hide(field)
				}
			}
			if kind == "SecretList" {
				sanitize.Hide(item.Get("metadata", "annotations"))
			}
		}
	}
	hideCopies(body)
	k8s.Sanitize(body)
}

func hideText(n tree.Node) {
	if n.Exists() && n.Kind() != tree.Null {
		n.SetText(redact.Plain)
	}
}

// hideArguments keeps what a command runs.
func hideArguments(command tree.Node) {
	if command.Kind() != tree.List {
		hideText(command)
		return
	}
	first := true
	for argument := range command.All() {
		if first {
			argument.SetText(program(argument.Text()))
		} else {
			argument.SetText(redact.Plain)
		}
		first = false
	}
}

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

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

// hidePatch takes the values out of a JSON patch (RFC 6902) that stand, by their path, where secrets do, or cannot be told
// to stand elsewhere.
func hidePatch(patch tree.Node) {
	for operation := range patch.All() {
		value, path := operation.Get("value"), operation.Get("path").Text()
		if hidesPath(path) {
			hideText(value)
		}
	}
	hideCopies(patch)
	for operation := range patch.All() {
		path := operation.Get("path").Text()
		value := operation.Get("value")
		name := path[strings.LastIndexByte(path, '/')+1:]
		if kind, ok := redact.Pair(name, value.Text()); ok {
			value.SetText(redact.Mark(kind))
		}
		k8s.Sanitize(operation)
		if value := operation.Get("value"); value.Kind() == tree.Map {
			for _, field := range []string{"data", "stringData", "binaryData"} {
				sanitize.Hide(value.Get(field))
			}
		}
	}
}

// hidesPath reports whether a path leads into what holds secrets.
func hidesPath(path string) bool {
	switch path {
	case "", "/": // The whole object.
		return true
	}
	for segment := range strings.SplitSeq(path, "/") {
		switch segment {
		case "data", "stringData", "binaryData", "env", "args", "command", "managedFields", "annotations", "token":
			return true
		}
		if strings.HasPrefix(segment, "kubectl.kubernetes.io~1") {
			return true
		}
	}
	return false
}
