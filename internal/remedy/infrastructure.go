package remedy

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// terraformAddress is the address of a resource of AWS in Terraform.
var terraformAddress = regexp.MustCompile(`^(module\.[^.]+\.)*aws_[a-z0-9_]+\.`)

// madeOf says what makes an object that its origin does not hold as it is. A plan or state of Terraform makes the
// resources of AWS whose origin is an address in it.
func madeOf(r *inventory.Resource) inventory.Made {
	if r.Made.By == "" && aws.IsType(r.Type) {
		if i := strings.LastIndexByte(r.Origin.File, '!'); i > 0 && terraformAddress.MatchString(r.Origin.File[i+1:]) {
			return inventory.Made{By: inventory.MadeByTerraform, From: r.Origin.File[:i]}
		}
	}
	return r.Made
}

// logicalID gives what a template of CloudFormation calls the resource of a UID; ok is false for any other.
func logicalID(uid inventory.UID) (id string, ok bool) {
	rest, ok := strings.CutPrefix(string(uid), "cfn://")
	_, escaped, found := strings.Cut(rest, "/")
	id, err := url.PathUnescape(escaped)
	return id, ok && found && err == nil
}

// inTemplate gives the place of the properties of a resource in a template of CloudFormation.
func inTemplate(root tree.Node, id string) (base []step, ok bool) {
	return []step{{"Resources", -1}, {id, -1}, {"Properties", -1}}, root.Get("Resources", id, "Properties").Exists()
}

// ofTemplate writes a change of what the API describes as one of the properties of its resource in a template, which go
// by the same names with a capital (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/).
func ofTemplate(c rule.Change) rule.Change {
	if setups, ok := c.Value.([]any); ok && c.Path == "$.logging.clusterLogging" {
		return rule.Change{Path: "$.Logging.ClusterLogging.EnabledTypes", Value: enabledTypes(setups)}
	}
	steps, err := parsePath(c.Path)
	if err != nil {
		return c
	}
	path := "$"
	for _, st := range steps {
		if st.isIndex() {
			path = tree.PathIndex(path, st.index)
		} else {
			path = tree.Path(path, capital(st.key))
		}
	}
	return rule.Change{Path: path, Value: capitals(c.Value), Remove: c.Remove}
}

// enabledTypes gives the logs that a cluster sends, as a template lists them.
func enabledTypes(setups []any) []any {
	var all []any
	for _, setup := range setups {
		fields, _ := setup.(rule.Fields)
		var types []any
		enabled := false
		for _, f := range fields {
			switch v := f.Value.(type) {
			case []any:
				types = v
			case bool:
				enabled = v
			}
		}
		for _, t := range types {
			if enabled {
				all = append(all, rule.Fields{{Key: "Type", Value: t}})
			}
		}
	}
	return all
}

func capitals(v any) any {
	switch v := v.(type) {
	case rule.Fields:
		var fields rule.Fields
		for _, f := range v {
			fields = append(fields, rule.Field{Key: capital(f.Key), Value: capitals(f.Value)})
		}
		return fields
	case []any:
		var list []any
		for _, x := range v {
			list = append(list, capitals(x))
		}
		return list
	}
	return v
}

func capital(key string) string {
	if key == "" {
		return key
	}
	return strings.ToUpper(key[:1]) + key[1:]
}
