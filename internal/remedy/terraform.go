package remedy

import (
	"reflect"
	"regexp"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// terraformOf says what to change in the Terraform configuration of a resource of AWS, by the names of the provider
// hashicorp/aws: lines that go, lines that come, and as much around them as tells where. "" where there is nothing
// that it has a name for.
func terraformOf(r *inventory.Resource, before, after any) string {
	kind, was := terraformBody(r.Type, before)
	_, is := terraformBody(r.Type, after)
	var h hcl
	for i := range was {
		h.argument(was[i], is[i])
	}
	if len(h.lines) == 0 {
		return ""
	}
	return "  resource " + quote(kind) + " " + quote(terraformLabel(r)) + " {\n" + strings.Join(h.lines, "\n") + "\n  }\n"
}

// terraformLabel is the name of a resource in Terraform: that of its address, or one made of its name in AWS.
func terraformLabel(r *inventory.Resource) string {
	name := r.Name
	if r.Type == aws.ECSTaskDefinition {
		name = familyOf(r)
	}
	if made := madeOf(r); made.By == inventory.MadeByTerraform {
		address, _, _ := strings.Cut(r.Origin.File[len(made.From)+1:], "[")
		name = address[strings.LastIndexByte(address, '.')+1:]
	}
	return noIdentifier.ReplaceAllString(name, "_")
}

var (
	noIdentifier = regexp.MustCompile(`[^A-Za-z0-9_-]+|^[^A-Za-z_]`)
	identifier   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
)

// argument is an argument of a resource in Terraform; nil where it is not set.
type argument struct {
	name  string
	value any
	form  argumentForm
}

type argumentForm uint8

const (
	plainArgument argumentForm = iota
	block                      // of a map one block, of a list of maps one for each
	encoded                    // as JSON, under the names of the API
)

// terraformBody gives the kind of a resource in Terraform, and those of its arguments that patches change
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs).
func terraformBody(t inventory.Type, object any) (kind string, body []argument) {
	get := func(keys ...string) any {
		path := make([]step, len(keys))
		for i, key := range keys {
			path[i] = step{key, -1}
		}
		return at(object, path)
	}
	switch t {
	case aws.ECSTaskDefinition:
		return "aws_ecs_task_definition", []argument{
			{"network_mode", get("networkMode"), plainArgument},
			{"pid_mode", get("pidMode"), plainArgument},
			{"ipc_mode", get("ipcMode"), plainArgument},
			{"container_definitions", get("containerDefinitions"), encoded},
			{"volume", terraformVolumes(get("volumes")), block},
		}
	case aws.ECSService:
		network := map[string]any{}
		if public, ok := get("networkConfiguration", "awsvpcConfiguration", "assignPublicIp").(scalar); ok {
			network["assign_public_ip"] = plainValue(public.text == "ENABLED")
		}
		return "aws_ecs_service", []argument{
			{"enable_execute_command", get("enableExecuteCommand"), plainArgument}, {"network_configuration", network, block},
		}
	case aws.EKSCluster:
		return "aws_eks_cluster", []argument{
			{"enabled_cluster_log_types", enabledLogs(get("logging", "clusterLogging")), plainArgument},
			{"vpc_config", withoutNil(map[string]any{
				"endpoint_private_access": get("resourcesVpcConfig", "endpointPrivateAccess"),
				"endpoint_public_access":  get("resourcesVpcConfig", "endpointPublicAccess"),
			}), block},
			{"access_config", withoutNil(map[string]any{"authentication_mode": get("accessConfig", "authenticationMode")}), block},
		}
	}
	return "", nil
}

func withoutNil(m map[string]any) map[string]any {
	for key, v := range m {
		if v == nil {
			delete(m, key)
		}
	}
	return m
}

func terraformVolumes(v any) any {
	list, _ := v.([]any)
	var all []any
	for _, item := range list {
		all = append(all, withoutNil(map[string]any{
			"name": at(item, []step{{"name", -1}}), "host_path": at(item, []step{{"host", -1}, {"sourcePath", -1}}),
		}))
	}
	return all
}

func enabledLogs(v any) any {
	list, _ := v.([]any)
	var all []any
	for _, setup := range list {
		if on, _ := at(setup, []step{{"enabled", -1}}).(scalar); on.text == "true" {
			types, _ := at(setup, []step{{"types", -1}}).([]any)
			all = append(all, types...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// hcl is what of two states of a resource differs, line by line.
type hcl struct {
	lines []string
	depth int
}

// line writes a line that stays ("  "), goes ("- ") or comes ("+ ").
func (h *hcl) line(mark, text string) {
	h.lines = append(h.lines, mark+strings.Repeat("  ", h.depth+1)+text)
}

func (h *hcl) argument(was, is argument) {
	a, b := was.value, is.value
	switch {
	case reflect.DeepEqual(a, b):
	case was.form == encoded:
		h.differ(was.name+" = jsonencode(", a, b, ")")
	case was.form == block:
		x, isList := a.([]any)
		y, _ := b.([]any)
		if !isList {
			h.differ(was.name+" ", a, b, "")
			return
		}
		kept, _ := aligned(x, y)
		for i, j := range kept {
			if j < 0 {
				h.gone(was.name, x[i])
			} else {
				h.differ(was.name+" ", x[i], y[j], "")
			}
		}
	default:
		h.differ(was.name+" = ", a, b, "")
	}
}

// gone writes a block that goes.
func (h *hcl) gone(name string, v any) {
	m, _ := v.(map[string]any)
	h.line("- ", name+" {")
	h.depth++
	for _, key := range sortedKeys(m) {
		h.all("- ", hclKey(key)+" = ", m[key], "")
	}
	h.depth--
	h.line("- ", "}")
}

// differ writes what is not the same in two states of a value, which is nil where it is not there.
func (h *hcl) differ(lead string, a, b any, end string) {
	if reflect.DeepEqual(a, b) {
		return
	}
	x, xIsMap := a.(map[string]any)
	y, yIsMap := b.(map[string]any)
	l, lIsList := a.([]any)
	m, mIsList := b.([]any)
	switch {
	case xIsMap && yIsMap:
		h.line("  ", lead+"{")
		h.depth++
		h.context(x, y)
		for _, key := range unionOf(x, y) {
			h.differ(hclKey(key)+" = ", x[key], y[key], "")
		}
		h.depth--
		h.line("  ", "}"+end)
	case lIsList && mIsList && ofMaps(l):
		kept, ok := aligned(l, m)
		if !ok {
			kept, _ = aligned(l, m[:min(len(l), len(m))])
		}
		h.line("  ", lead+"[")
		h.depth++
		for i, j := range kept {
			if j < 0 {
				h.all("- ", "", l[i], ",")
			} else {
				h.differ("", l[i], m[j], ",")
			}
		}
		for i := len(l); i < len(m); i++ {
			h.all("+ ", "", m[i], ",")
		}
		h.depth--
		h.line("  ", "]"+end)
	default:
		if a != nil {
			h.all("- ", lead, a, end)
		}
		if b != nil {
			h.all("+ ", lead, b, end)
		}
	}
}

// context writes the members that tell which of several maps it is.
func (h *hcl) context(x, y map[string]any) {
	for _, key := range []string{"name", "sourceVolume", "containerPath"} {
		if v := x[key]; v != nil && reflect.DeepEqual(v, y[key]) {
			h.line("  ", key+" = "+hclValue(v))
		}
	}
}

// all writes a value that goes or comes as a whole.
func (h *hcl) all(mark, lead string, v any, end string) { h.line(mark, lead+hclValue(v)+end) }

func ofMaps(list []any) bool {
	if len(list) == 0 {
		return false
	}
	_, isMap := list[0].(map[string]any)
	return isMap
}

func hclKey(key string) string {
	if identifier.MatchString(key) {
		return key
	}
	return quote(key)
}

// hclValue writes a value on one line.
func hclValue(v any) string {
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			parts = append(parts, hclKey(key)+" = "+hclValue(v[key]))
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	case []any:
		for _, x := range v {
			parts = append(parts, hclValue(x))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case scalar:
		if v.kind == tree.String {
			return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(quote(v.text))
		}
		if v.kind != tree.Null {
			return v.text
		}
	}
	return "null"
}
