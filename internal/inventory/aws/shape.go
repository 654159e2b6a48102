package aws

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// Unread is a field of an object that says nothing: it is of the wrong kind, or nothing has filled it in.
type Unread struct {
	// Path is the JSONPath of the field.
	Path string
	Line int
	// Got and Want are the kinds of the value, where they differ; Want is Missing where a part "${…}" of the
	// value is still to be filled in.
	Got, Want tree.Kind
}

// fieldShape is the kind of value that a field must have; "[]" stands for the elements of a list.
type fieldShape struct {
	path string
	kind tree.Kind
}

// shapes lists, for each type, the fields that decide and the kind of value that the API gives them.
func shapes(t inventory.Type) []fieldShape {
	switch t {
	case ECSTaskDefinition:
		return taskShapes()
	case ECSService:
		return []fieldShape{
			{"enableExecuteCommand", tree.Bool},
			{"networkConfiguration", tree.Map},
			{"networkConfiguration.awsvpcConfiguration", tree.Map},
			{"networkConfiguration.awsvpcConfiguration.subnets", tree.List},
			{"networkConfiguration.awsvpcConfiguration.securityGroups", tree.List},
			{"networkConfiguration.awsvpcConfiguration.assignPublicIp", tree.String},
			{"taskDefinition", tree.String},
			{"launchType", tree.String},
			{"loadBalancers", tree.List},
			{"deployments", tree.List},
			{"taskSets", tree.List},
		}
	case EKSCluster:
		return []fieldShape{
			{"version", tree.String},
			{"resourcesVpcConfig", tree.Map},
			{"resourcesVpcConfig.endpointPublicAccess", tree.Bool},
			{"resourcesVpcConfig.publicAccessCidrs", tree.List},
			{"encryptionConfig", tree.List},
			{"logging.clusterLogging", tree.List},
			{"accessConfig.authenticationMode", tree.String},
		}
	case SecurityGroup:
		return []fieldShape{
			{"IpPermissions", tree.List},
			{"IpPermissions[]", tree.Map},
			{"IpPermissions[].IpRanges", tree.List},
			{"IpPermissions[].Ipv6Ranges", tree.List},
			{"IpPermissions[].FromPort", tree.Number},
			{"IpPermissions[].ToPort", tree.Number},
			{"IpPermissions[].IpProtocol", tree.String},
			{"IpPermissionsEgress", tree.List},
		}
	case RouteTable:
		return []fieldShape{{"Routes", tree.List}, {"Associations", tree.List}}
	case NetworkACL:
		return []fieldShape{{"Entries", tree.List}, {"Associations", tree.List}}
	case LoadBalancer:
		return []fieldShape{{"Scheme", tree.String}, {"SecurityGroups", tree.List}, {"AvailabilityZones", tree.List}}
	case IAMRole, IAMUser, IAMGroup:
		kind := t.Kind()
		return []fieldShape{{kind + "PolicyList", tree.List}, {"AttachedManagedPolicies", tree.List}}
	}
	return nil
}

// taskShapes lists those of a task definition.
func taskShapes() []fieldShape {
	return []fieldShape{
		{"containerDefinitions", tree.List},
		{"containerDefinitions[]", tree.Map},
		{"containerDefinitions[].privileged", tree.Bool},
		{"containerDefinitions[].readonlyRootFilesystem", tree.Bool},
		{"containerDefinitions[].user", tree.String},
		{"containerDefinitions[].image", tree.String},
		{"containerDefinitions[].environment", tree.List},
		{"containerDefinitions[].environment[]", tree.Map},
		{"containerDefinitions[].command", tree.List},
		{"containerDefinitions[].entryPoint", tree.List},
		{"containerDefinitions[].linuxParameters", tree.Map},
		{"containerDefinitions[].linuxParameters.capabilities", tree.Map},
		{"containerDefinitions[].linuxParameters.capabilities.add", tree.List},
		{"containerDefinitions[].mountPoints", tree.List},
		{"containerDefinitions[].mountPoints[]", tree.Map},
		{"containerDefinitions[].mountPoints[].readOnly", tree.Bool},
		{"containerDefinitions[].portMappings", tree.List},
		{"containerDefinitions[].portMappings[]", tree.Map},
		{"containerDefinitions[].portMappings[].containerPort", tree.Number},
		{"containerDefinitions[].portMappings[].hostPort", tree.Number},
		{"volumes", tree.List},
		{"volumes[]", tree.Map},
		{"volumes[].host", tree.Map},
		{"volumes[].host.sourcePath", tree.String},
		{"networkMode", tree.String},
		{"pidMode", tree.String},
		{"ipcMode", tree.String},
		{"requiresCompatibilities", tree.List},
		{"taskRoleArn", tree.String},
		{"executionRoleArn", tree.String},
	}
}

// CheckShape lists the fields of an object that say nothing. What stands in place of a value that is still to be
// filled in is taken out of the object.
func CheckShape(t inventory.Type, object tree.Node) []Unread {
	c := shapeCheck{}
	for _, s := range shapes(t) {
		c.want = s.kind
		c.at(object, s.path, "$")
	}
	if t == ECSTaskDefinition {
		c.blanks(object, "$", true)
	}
	return c.found
}

type shapeCheck struct {
	want  tree.Kind
	found []Unread
}

// at follows a path of a shape.
func (c *shapeCheck) at(n tree.Node, rest, path string) {
	step, rest, more := strings.Cut(rest, ".")
	name, isList := strings.CutSuffix(step, "[]")
	n, path = n.Get(name), tree.Path(path, name)
	if !isList {
		if more {
			c.at(n, rest, path)
			return
		}
		c.check(n, path)
		return
	}
	if n.Kind() != tree.List {
		return
	}
	i := 0
	for child := range n.All() {
		at := tree.PathIndex(path, i)
		if more {
			c.at(child, rest, at)
		} else {
			c.check(child, at)
		}
		i++
	}
}

func (c *shapeCheck) check(n tree.Node, path string) {
	got := n.Kind()
	scalar := got == tree.Number || got == tree.Bool
	switch {
	case got == c.want || got == tree.Missing || got == tree.Null || c.want == tree.String && scalar:
	case got == tree.String && IsBlank(n.Text()): // that is said below
	default:
		c.found = append(c.found, Unread{path, n.Line(), got, c.want})
	}
}

// blanks takes out the values of a task definition with a part that is still to be filled in. A command may use
// variables of a shell, and what is said about logs or labels decides nothing.
func (c *shapeCheck) blanks(n tree.Node, path string, top bool) {
	i := 0
	for child := range n.All() {
		at := tree.Path(path, child.Key())
		if n.Kind() == tree.List {
			at = tree.PathIndex(path, i)
		}
		i++
		switch child.Key() {
		case "command", "entryPoint", "healthCheck", "dockerLabels", "options", "tags", "firelensConfiguration":
			continue
		case "family", "taskDefinitionArn":
			if top {
				continue
			}
		}
		if child.Kind() == tree.String && IsBlank(child.Text()) {
			if n.Kind() == tree.List { // whoever counts elements sees no gap
				at = path
			}
			c.found = append(c.found, Unread{Path: at, Line: child.Line(), Got: tree.String})
			child.Drop()
			continue
		}
		c.blanks(child, at, false)
	}
}

// IsBlank reports whether a text has a part "${…}" that nothing has filled in.
func IsBlank(text string) bool {
	_, rest, found := strings.Cut(text, "${")
	return found && strings.Contains(rest, "}")
}
