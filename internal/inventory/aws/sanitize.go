package aws

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/redact/sanitize"
	"github.com/merlonsec/merlon/internal/tree"
)

// Sanitize takes the values of secrets out of an object of a type, in place: what is left may be kept, written to
// a snapshot and shown. Gone are the values of environment variables, user data, the configuration of add-ons, and the
// options of log drivers that hold credentials; of a finding of GuardDuty, which quotes command lines, all but what the
// projection reads; a credential anywhere else becomes a mark that says what kind it was (see package
// redact). Policy documents stay as they are. The log of what happened to an ECS service goes too: it says nothing of
// how the service is, and differs from one answer to the next.
func Sanitize(t inventory.Type, object tree.Node) {
	switch t {
	case ECSService:
		object.Get("events").Drop()
	case GuardDutyFinding:
		keep(object, threatFields())
	}
	sanitize.Unmark(object)
	members(t, object)
}

// fields lists what stays of a map: nil for a field that stays whole.
type fields map[string]fields

// threatFields lists what stays of a finding of GuardDuty.
func threatFields() fields {
	return fields{
		"AccountId": nil, "Arn": nil, "Id": nil, "Partition": nil, "Region": nil, "Severity": nil, "Title": nil, "Type": nil,
		"Service": {"Archived": nil},
		"Resource": {
			"ResourceType":      nil,
			"EksClusterDetails": {"Arn": nil, "Name": nil},
			"EcsClusterDetails": {"Arn": nil, "Name": nil, "TaskDetails": {"Arn": nil}},
			"InstanceDetails":   {"InstanceId": nil},
		},
	}
}

// keep drops all but some fields of a map. What stays whole must be no map or list, and what stays in part a map.
func keep(object tree.Node, allowed fields) {
	for child := range object.All() {
		below, ok := allowed[child.Key()]
		isParent := child.Kind() == tree.Map || child.Kind() == tree.List
		switch {
		case !ok || isParent && (below == nil || child.Kind() == tree.List) || !isParent && below != nil:
			child.Drop()
		case below != nil:
			keep(child, below)
		}
	}
}

func members(t inventory.Type, n tree.Node) {
	name, value := pairOf(n)
	for child := range n.All() {
		if value != "" && child.Key() == value {
			scalar(name, child)
			continue
		}
		member(t, child)
	}
}

// pairOf gives the name that a map names a value by, and the field of the value: of a tag, a property or an
// attribute, in the spellings of all services; "" for a map that names none.
func pairOf(n tree.Node) (name, value string) {
	if n.Kind() != tree.Map {
		return "", ""
	}
	for _, field := range []string{"Value", "value"} {
		if sanitize.IsScalar(n.Get(field)) {
			value = field
		}
	}
	for _, field := range []string{"Key", "key", "Name", "name"} {
		if named := n.Get(field); value != "" && named.Kind() == tree.String {
			return named.Text(), value
		}
	}
	return "", ""
}

// member sanitises a member of an object, or an element of a list.
func member(t inventory.Type, n tree.Node) {
	switch key := n.Key(); {
	case isDocument(t, key):
	case (key == "tags" || key == "Tags") && n.Kind() == tree.Map:
		pairs(n)
	case key == "environment" || key == "Environment":
		environment(n)
	case key == "UserData" || key == "userData" || key == "activationCode" || key == "configurationValues":
		n.SetText(redact.Plain)
	case (key == "command" || key == "entryPoint") && n.Kind() == tree.List:
		sanitize.Arguments(n)
	case (key == "secrets" || key == "secretOptions") && n.Kind() == tree.List:
		references(n)
	case (key == "dockerSecurityOptions" || key == "credentialSpecs") && n.Kind() == tree.List:
		specifications(n)
	case n.Kind() == tree.Map || n.Kind() == tree.List:
		members(t, n)
	case sanitize.IsScalar(n):
		scalar(key, n)
	}
}

// pairs sanitises a map of names and values, whatever the names are; what stands in place of a value is none.
func pairs(m tree.Node) {
	for child := range m.All() {
		switch {
		case sanitize.IsScalar(child):
			scalar(child.Key(), child)
		case child.Kind() == tree.Map || child.Kind() == tree.List:
			child.SetText(redact.Plain)
		}
	}
}

// references keeps what a list of secrets is for: the names of variables, and where their values are. A value in
// the place of either goes.
func references(list tree.Node) {
	for secret := range list.All() {
		if secret.Kind() != tree.Map {
			secret.SetText(redact.Plain)
			continue
		}
		for field := range secret.All() {
			switch key := field.Key(); {
			case key == "name" && sanitize.IsScalar(field):
				sanitize.Text(field)
			case key == "valueFrom" && !isReference(field.Text()):
				field.SetText(redact.Plain)
			case key != "valueFrom":
				field.Drop()
			}
		}
	}
}

// isReference reports whether a text names a secret: an ARN, or a parameter of Systems Manager. A parameter may have
// nearly any name, as a password may be nearly any text; one counts that is a path, or words with something between
// (https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-su-create.html). A place that
// a plan leaves open is a reference too.
func isReference(text string) bool {
	if _, ok := inventory.ParseARN(text); ok || IsPlanned(text) || IsBlank(text) && strings.HasPrefix(text, "${") {
		return true
	}
	if _, found := redact.Mask(text); len(found) > 0 || strings.Trim(text, parameterLetters+"0123456789_.-/") != "" {
		return false
	}
	isWords := strings.ContainsAny(text, "_.-/") && strings.Trim(text, parameterLetters+"_.-/") == "" && !strings.ContainsAny(text, "0123456789")
	return isWords || strings.HasPrefix(text, "/")
}

const parameterLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// specifications hides the credential specifications of Windows containers that a list holds in place of the ARN
// of one.
func specifications(list tree.Node) {
	for option := range list.All() {
		kind, where, ok := strings.Cut(option.Text(), ":")
		_, isARN := inventory.ParseARN(where)
		if ok && !isARN && strings.HasPrefix(strings.ToLower(kind), "credentialspec") {
			option.SetText(kind + ":" + redact.Plain)
			continue
		}
		if sanitize.IsScalar(option) {
			sanitize.Text(option)
		} else {
			option.SetText(redact.Plain)
		}
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

// scalar masks a value by the name that it has, or the credentials in it.
func scalar(key string, n tree.Node) {
	if kind, ok := redact.Pair(key, n.Text()); ok {
		n.SetText(redact.Mark(kind))
		return
	}
	if n.Kind() == tree.String {
		sanitize.Text(n)
	}
}
