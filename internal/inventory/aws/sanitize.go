package aws

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/redact/sanitize"
	"github.com/merlonsec/merlon/internal/tree"
)

// Sanitize takes the values of secrets out of an object of a type, in place: what is left may be kept, written to
// a snapshot and shown. Gone are the values of environment variables, user data, and the options of log drivers
// that hold credentials; a credential anywhere else becomes a mark that says what kind it was (see package
// redact). Policy documents stay as they are. The log of what happened to an ECS service goes too: it says nothing of
// how the service is, and differs from one answer to the next.
func Sanitize(t inventory.Type, object tree.Node) {
	if t == ECSService {
		object.Get("events").Drop()
	}
	sanitize.Unmark(object)
	members(t, object)
}

func members(t inventory.Type, n tree.Node) {
	for child := range n.All() {
		member(t, child)
	}
}

// member sanitises a member of an object, or an element of a list.
func member(t inventory.Type, n tree.Node) {
	switch key := n.Key(); {
	case isDocument(t, key):
	case key == "environment" || key == "Environment":
		environment(n)
	case key == "UserData" || key == "userData":
		n.SetText(redact.Plain)
	case (key == "command" || key == "entryPoint") && n.Kind() == tree.List:
		sanitize.Arguments(n)
	case key == "secrets" || key == "secretOptions": // names and ARNs of secrets: references, not values
	case n.Kind() == tree.Map || n.Kind() == tree.List:
		members(t, n)
	case sanitize.IsScalar(n):
		scalar(key, n)
	}
}

// isDocument reports whether a field holds a policy document, whose words look like credentials to nobody, and
// whose every character counts.
func isDocument(t inventory.Type, key string) bool {
	switch t {
	case IAMRole, IAMUser, IAMGroup, IAMPolicy:
		return key == "Document" || key == "PolicyDocument" || key == "AssumeRolePolicyDocument"
	case ECRRepositoryPolicy:
		return key == "policyText"
	}
	return false
}

// environment hides the values of variables: a list of names and values, or a map.
func environment(n tree.Node) {
	if n.Kind() != tree.List {
		sanitize.Hide(n)
		return
	}
	for variable := range n.All() {
		if variable.Kind() != tree.Map {
			variable.SetText(redact.Plain)
			continue
		}
		name := variable.Get("name").Text()
		for field := range variable.All() {
			switch field.Key() {
			case "name":
				sanitize.Text(field)
			case "value":
				sanitize.Value(name, field)
			default:
				field.SetText(redact.Plain)
			}
		}
	}
}

func scalar(key string, n tree.Node) {
	if kind, ok := redact.Pair(key, n.Text()); ok {
		n.SetText(redact.Mark(kind))
		return
	}
	if n.Kind() == tree.String {
		sanitize.Text(n)
	}
}
