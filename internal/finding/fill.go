package finding

import (
	"regexp"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// variable is a variable of a command: $CLUSTER.
var variable = regexp.MustCompile(`\$[A-Z][A-Z_]*\b`)

// Fill puts the names of an exposure's resource, and of the objects that a trait's evidence names, in the place of
// variables in the text of a fix, so that its commands run as they stand. A variable whose value is not known
// stays. The variables are $REGION, $ACCOUNT, $CLUSTER, $SERVICE, $TASK_DEFINITION (with its revision), $FAMILY
// (without), $ROLE, $ROLE_ARN, $SECURITY_GROUP, $INSTANCE, $REPOSITORY and $NODEGROUP.
func (e *Exposure) Fill(text, trait string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	values := map[string]string{"REGION": e.Resource.Region, "ACCOUNT": e.Resource.Account}
	name(values, e.Resource.UID)
	for _, t := range e.Traits {
		if t.ID != trait {
			continue
		}
		for _, ev := range t.Evidence {
			name(values, ev.Resource)
			if id, ok := ev.Value.(string); ok {
				name(values, inventory.UID(id))
			}
		}
	}
	return variable.ReplaceAllStringFunc(text, func(v string) string {
		if value := values[v[1:]]; value != "" && isWord(value) {
			return value
		}
		return v
	})
}

// isWord reports whether a value is one word to a shell, and no option to a command: names of AWS resources are.
func isWord(value string) bool {
	return !strings.HasPrefix(value, "-") && strings.Trim(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@+=,") == ""
}

// name adds what an ARN names. What is known stays: the resource counts before what evidence names.
func name(values map[string]string, uid inventory.UID) {
	a, ok := uid.ARN()
	if !ok {
		return
	}
	set := func(variable, value string) {
		if values[variable] == "" {
			values[variable] = value
		}
	}
	kind, rest, _ := strings.Cut(a.Resource, "/")
	switch a.Service + ":" + kind {
	case "eks:cluster", "ecs:cluster":
		set("CLUSTER", rest)
	case "eks:nodegroup":
		cluster, group, _ := strings.Cut(rest, "/")
		set("CLUSTER", cluster)
		set("NODEGROUP", strings.SplitN(group, "/", 2)[0])
	case "ecs:service":
		if cluster, service, long := strings.Cut(rest, "/"); long { // the ARNs of before 2018 name no cluster
			set("CLUSTER", cluster)
			rest = service
		}
		set("SERVICE", rest)
	case "ecs:task-definition":
		set("TASK_DEFINITION", rest)
		set("FAMILY", strings.SplitN(rest, ":", 2)[0])
	case "iam:role":
		set("ROLE", a.Name())
		set("ROLE_ARN", a.String())
	case "ec2:security-group":
		set("SECURITY_GROUP", rest)
	case "ec2:instance":
		set("INSTANCE", rest)
	case "ecr:repository", "ecr:repository-policy":
		set("REPOSITORY", rest)
	}
}
