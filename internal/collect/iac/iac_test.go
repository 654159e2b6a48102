package iac_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/iac"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// block is one resource of a plan: what its parts say is JSON, and may be left out.
type block struct {
	address, values, unknown, expressions string
	sensitive                             string
}

// parts takes an address apart: "module.a[0].aws_vpc.b[1]".
func (b block) parts() (module, kind, name string) {
	rest := b.address
	if i := strings.LastIndex(rest, ".aws_"); i >= 0 {
		module, rest = rest[:i], rest[i+1:]
	}
	kind, name, _ = strings.Cut(rest, ".")
	name, _, _ = strings.Cut(name, "[")
	return module, kind, name
}

func orEmpty(s string) string {
	if s == "" {
		return "{}"
	}
	return s
}

func (b block) planned() string {
	_, kind, name := b.parts()
	return fmt.Sprintf(`{"address":%q,"mode":"managed","type":%q,"name":%q,"values":%s,"sensitive_values":%s}`, b.address, kind, name, orEmpty(b.values), orEmpty(b.sensitive))
}

// plan writes what terraform show -json prints of a plan. calls is the configuration of the root module beside its
// resources, with that of the modules that it calls.
func plan(calls string, blocks ...block) string {
	var root, changes, configuration []string
	modules := map[string][]string{}
	var order []string
	for _, b := range blocks {
		module, kind, name := b.parts()
		changes = append(changes, fmt.Sprintf(`{"address":%q,"mode":"managed","type":%q,"change":{"actions":["create"],"after_unknown":%s}}`, b.address, kind, orEmpty(b.unknown)))
		if module != "" {
			if modules[module] == nil {
				order = append(order, module)
			}
			modules[module] = append(modules[module], b.planned())
			continue
		}
		root = append(root, b.planned())
		configuration = append(configuration, fmt.Sprintf(`{"address":%q,"mode":"managed","type":%q,"name":%q,"expressions":%s}`, kind+"."+name, kind, name, orEmpty(b.expressions)))
	}
	var children []string
	for _, m := range order {
		children = append(children, fmt.Sprintf(`{"address":%q,"resources":[%s]}`, m, strings.Join(modules[m], ",")))
	}
	if calls != "" {
		calls = "," + calls
	}
	return `{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{"resources":[` + strings.Join(root, ",") +
		`],"child_modules":[` + strings.Join(children, ",") + `]}},"resource_changes":[` + strings.Join(changes, ",") +
		`],"configuration":{"root_module":{"resources":[` + strings.Join(configuration, ",") + `]` + calls + `}}}`
}

// state writes what terraform show -json prints of a state.
func state(blocks ...block) string {
	var all []string
	for _, b := range blocks {
		all = append(all, b.planned())
	}
	return `{"format_version":"1.0","terraform_version":"1.9.0","values":{"root_module":{"resources":[` + strings.Join(all, ",") + `]}}}`
}

// stateFile writes a state as Terraform keeps it.
func stateFile(blocks ...block) string {
	var all []string
	for _, b := range blocks {
		module, kind, name := b.parts()
		index := ""
		if _, key, ok := strings.Cut(strings.TrimPrefix(b.address, module), "["); ok {
			index = `"index_key":` + strings.TrimSuffix(key, "]") + `,`
		}
		all = append(all, fmt.Sprintf(`{"module":%q,"mode":"managed","type":%q,"name":%q,"instances":[{%s"attributes":%s,"sensitive_attributes":[]}]}`,
			module, kind, name, index, orEmpty(b.values)))
	}
	return `{"version":4,"terraform_version":"1.9.0","serial":3,"lineage":"d0b1","outputs":{},"resources":[` + strings.Join(all, ",") + `],"check_results":null}`
}

// made is a result with each object under the UID that its resource gets.
type made struct {
	objects  map[inventory.UID]string
	order    []inventory.UID
	problems []string
}

// terraform reads a plan or state.
func terraform(t *testing.T, text string) made {
	t.Helper()
	var doc tree.Tree
	if err := tree.DecodeJSON(&doc, []byte(text), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	if !iac.IsTerraform(doc.Root()) {
		t.Fatal("it is not taken for Terraform")
	}
	p, err := iac.OpenTerraform(doc.Root())
	if err != nil {
		t.Fatal(err)
	}
	return collect(t, p.AWS())
}

// template reads a CloudFormation template.
func template(t *testing.T, text string) made {
	t.Helper()
	var doc tree.Tree
	if err := tree.Decode(&doc, []byte(text), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	if !iac.IsTemplate(doc.Root()) {
		t.Fatal("it is not taken for a template")
	}
	return collect(t, iac.Template(doc.Root(), "t"))
}

func collect(t *testing.T, r iac.Result) made {
	t.Helper()
	m := made{objects: map[inventory.UID]string{}}
	for _, p := range r.Problems {
		m.problems = append(m.problems, p.Why)
	}
	for _, one := range r.Made {
		var object tree.Tree
		if err := tree.DecodeJSON(&object, one.Object, 1, tree.Limits{}); err != nil {
			t.Fatalf("%s: %v", one.Address, err)
		}
		if err := object.SetLines(one.Lines); err != nil {
			t.Fatalf("%s: %v", one.Address, err)
		}
		item := aws.Identify(one.Type, one.Scope, object.Root(), one.UID)
		if item.Problem != "" {
			t.Fatalf("%s: %s", one.Address, item.Problem)
		}
		if _, twice := m.objects[item.Resource.UID]; twice {
			t.Errorf("%s is made twice", item.Resource.UID)
		}
		m.objects[item.Resource.UID] = string(one.Object)
		m.order = append(m.order, item.Resource.UID)
	}
	return m
}

// same compares an object with what it should be, whatever the order of members.
func (m made) same(t *testing.T, uid inventory.UID, want string) {
	t.Helper()
	got, ok := m.objects[uid]
	if !ok {
		t.Errorf("%s was not made; there are %v", uid, m.order)
		return
	}
	if diff := cmp.Diff(parse(t, want), parse(t, got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", uid, diff)
	}
}

func parse(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// open lists what an object leaves open.
func (m made) open(t *testing.T, uid inventory.UID) []string {
	t.Helper()
	var paths []string
	object, _ := parse(t, m.objects[uid]).(map[string]any)
	list, _ := object[aws.UnknownField].([]any)
	for _, p := range list {
		paths = append(paths, p.(string))
	}
	return paths
}

func isTemplate(t *testing.T, text string) bool {
	t.Helper()
	var doc tree.Tree
	if err := tree.DecodeJSON(&doc, []byte(text), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	return iac.IsTemplate(doc.Root())
}
