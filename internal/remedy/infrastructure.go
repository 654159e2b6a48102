package remedy

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
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
	i := strings.LastIndexByte(r.Origin.File, '!')
	if r.Made.By != "" || !aws.IsType(r.Type) || i < 0 || !terraformAddress.MatchString(r.Origin.File[i+1:]) {
		return r.Made
	}
	from := r.Origin.File[:i]
	for _, archive := range []string{".tar", ".gz", ".tgz"} {
		if strings.HasSuffix(from, archive) {
			return r.Made
		}
	}
	return inventory.Made{By: inventory.MadeByTerraform, From: from}
}

// logicalID gives what a template of CloudFormation calls the resource of a UID; ok is false for any other.
func logicalID(uid inventory.UID) (id string, ok bool) {
	rest, isTemplate := strings.CutPrefix(string(uid), "cfn://")
	_, escaped, found := strings.Cut(rest, "/")
	id, err := url.PathUnescape(escaped)
	if !isTemplate || !found || err != nil {
		return "", false
	}
	return id, true
}

// inTemplate gives the place of the properties of a resource in a template of CloudFormation.
func inTemplate(root tree.Node, id string) (base []step, ok bool) {
	return []step{{"Resources", -1}, {id, -1}, {"Properties", -1}}, root.Get("Resources", id, "Properties").Exists()
}

// ofTemplate writes a change of what the API describes as one of the properties of its resource in a template, which go
// by the same names with a capital (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/); ok is
// false where a template says nothing of the kind: which logs a cluster does not send.
func ofTemplate(c rule.Change) (_ rule.Change, ok bool) {
	if strings.HasPrefix(c.Path, "$.logging.clusterLogging") {
		var all []any
		for _, kind := range logTypes(c.Value) {
			all = append(all, rule.Fields{{Key: "Type", Value: kind}})
		}
		return rule.Change{Path: "$.Logging.ClusterLogging.EnabledTypes", Value: all, Append: true}, c.Append
	}
	steps, err := parsePath(c.Path)
	if err != nil {
		return c, false
	}
	path := "$"
	for _, st := range steps {
		if st.isIndex() {
			path = tree.PathIndex(path, st.index)
		} else {
			path = tree.Path(path, capital(st.key))
		}
	}
	return rule.Change{Path: path, Value: capitals(c.Value), Remove: c.Remove, Append: c.Append}, true
}

// logTypes gives the names of logs that are added, by themselves or in a setup of their own.
func logTypes(v any) (names []string) {
	items, _ := v.([]any)
	for _, item := range items {
		switch item := item.(type) {
		case string:
			names = append(names, item)
		case rule.Fields:
			for _, f := range item {
				names = append(names, logTypes(f.Value)...)
			}
		}
	}
	return names
}

// templatePatch writes a JSON patch of what the API describes as one of the template that makes it; after is what the
// API would describe then.
func templatePatch(id string, patch []Operation, after any) []Operation {
	root := pointer([]step{{"Resources", -1}, {id, -1}, {"Properties", -1}})
	var all []Operation
	logs := false
	for _, op := range patch {
		if strings.HasPrefix(op.Path, "/logging") {
			logs = true
			continue
		}
		segments := strings.Split(op.Path, "/")
		for i := range segments {
			segments[i] = capital(segments[i])
		}
		op.Path = root + strings.Join(segments, "/")
		if _, err := strconv.Atoi(segments[len(segments)-1]); err != nil && op.Op == "replace" {
			op.Op = "add" // which replaces too, and a template may leave to its default what the API says
		}
		var value tree.Tree
		if len(op.Value) > 0 && tree.DecodeJSON(&value, slices.Concat([]byte(`{"v":`), op.Value, []byte("}")), 1, tree.Limits{}) == nil {
			op.Value = rawJSON(capitals(written(plain(value.Root().Get("v")))))
		}
		all = append(all, op)
	}
	if logs {
		types, _ := enabledLogs(at(after, []step{{"logging", -1}, {"clusterLogging", -1}})).([]any)
		var enabled []any
		for _, kind := range types {
			enabled = append(enabled, rule.Fields{{Key: "Type", Value: written(kind)}})
		}
		value := rule.Fields{{Key: "ClusterLogging", Value: rule.Fields{{Key: "EnabledTypes", Value: enabled}}}}
		all = append(all, Operation{"add", root + "/Logging", rawJSON(value)})
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
