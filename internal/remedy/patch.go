package remedy

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// ObjectPatch is the patch of one object.
type ObjectPatch struct {
	UID             inventory.UID
	Type            inventory.Type
	Name, Namespace string
	// Made says what made the object, and Original which name it has in the file from which kustomize made it;
	// it is empty where that is not known.
	Made     inventory.Made
	Original string
	// File is the file that the diff is about; where it is empty, NoFile says why there is none.
	File   string
	NoFile lang.Text
	// StrategicMerge is the patch as YAML for kubectl patch --type strategic; empty for a kind for which the
	// API server knows no such patch, and for a list that only a JSON patch can change.
	StrategicMerge string
	// JSONPatch is the patch as RFC 6902 has it: of the Kubernetes object, of the template of CloudFormation that makes
	// the resource, or of what the API of AWS describes.
	JSONPatch []Operation
	// Terraform says what to change in the configuration of a resource of AWS that no template makes; empty for any other.
	Terraform string
}

// Operation is one operation of a JSON patch.
type Operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value,omitempty"`
}

// patched makes changes in a value; ok is false where one of them has no place in it.
func patched(v any, changes []rule.Change) (_ any, ok bool) {
	for _, c := range changes {
		path, err := parsePath(c.Path)
		if err != nil {
			return nil, false
		}
		switch {
		case c.Remove:
			v, ok = removeIn(v, pruned(v, path))
		case c.Append:
			v, ok = appendIn(v, path, plainValue(c.Value))
		default:
			v, ok = setIn(v, path, plainValue(c.Value))
		}
		if !ok {
			return nil, false
		}
	}
	return v, true
}

// operations collects what makes one value of another.
type operations struct {
	tests, changes []Operation
	hidden         bool // a value would have to be written that was taken out
}

// jsonPatch gives the operations that make one object of the other; none where a value is not known. It first
// tests what tells the list items on the way apart, as an index may mean another one by the time that the
// patch is applied.
func jsonPatch(before, after any) []Operation {
	var all operations
	all.differ(nil, before, after)
	if all.hidden {
		return nil
	}
	return append(all.tests, all.changes...)
}

func (o *operations) set(op string, path []step, v any) {
	o.hidden = o.hidden || hides(v)
	o.changes = append(o.changes, Operation{op, pointer(path), rawJSON(written(v))})
}

func (o *operations) differ(path []step, a, b any) {
	if reflect.DeepEqual(a, b) {
		return
	}
	x, xIsMap := a.(map[string]any)
	y, yIsMap := b.(map[string]any)
	if xIsMap && yIsMap {
		for _, key := range unionOf(x, y) {
			below := slices.Concat(path, []step{{key, -1}})
			was, had := x[key]
			is, has := y[key]
			switch {
			case !has:
				o.changes = append(o.changes, Operation{Op: "remove", Path: pointer(below)})
			case !had:
				o.set("add", below, is)
			default:
				o.differ(below, was, is)
			}
		}
		return
	}
	l, lIsList := a.([]any)
	m, mIsList := b.([]any)
	if lIsList && mIsList && o.list(path, l, m) {
		return
	}
	o.set("replace", path, b)
}

// list compares two lists item by item; ok is false where the second has what is not in the first, but at its end.
func (o *operations) list(path []step, a, b []any) (ok bool) {
	kept, ok := aligned(a, b)
	if !ok && len(a) < len(b) && reflect.DeepEqual(a, b[:len(a)]) {
		for _, item := range b[len(a):] {
			o.set("add", append(path[:len(path):len(path)], step{"-", -1}), item)
		}
		return true
	}
	if !ok || len(b) == 0 && len(a) > 0 {
		return false
	}
	for i, j := range kept {
		below := slices.Concat(path, []step{{"", i}})
		if j < 0 || !reflect.DeepEqual(a[i], b[j]) {
			o.test(below, a[i])
		}
		if j >= 0 {
			o.differ(below, a[i], b[j])
		}
	}
	for i, j := range slices.Backward(kept) {
		if j < 0 {
			o.changes = append(o.changes, Operation{Op: "remove", Path: pointer(append(path[:len(path):len(path)], step{"", i}))})
		}
	}
	return true
}

// test makes sure that an item is the one that is meant: by its name, or by its value where it is a scalar
// that nobody hid.
func (o *operations) test(path []step, item any) {
	if m, isMap := item.(map[string]any); isMap {
		path, item = append(path[:len(path):len(path)], step{"name", -1}), m["name"]
	}
	if s, isScalar := item.(scalar); isScalar && s.kind != tree.Null && !hides(s) {
		o.tests = append(o.tests, Operation{"test", pointer(path), rawJSON(written(s))})
	}
}

// hides reports whether a value holds a mark in the place of something that was taken out.
func hides(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(v)), hides)
	case []any:
		return slices.ContainsFunc(v, hides)
	case scalar:
		_, marked := redact.MarkedIn(v.text)
		return marked || strings.Contains(v.text, redact.Plain)
	}
	return false
}

// aligned finds for each item of a list its place in a later state of it; -1 for one that was taken away. ok
// is false where items came in, or changed their order.
func aligned(a, b []any) (places []int, ok bool) {
	j := 0
	for i := range a {
		switch {
		case j < len(b) && isSameItem(a[i], b[j]), j < len(b) && len(a)-i == len(b)-j:
			places = append(places, j)
			j++
		default:
			places = append(places, -1)
		}
	}
	return places, j == len(b)
}

// isSameItem reports whether two items are states of one: by their names, or because nothing changed.
func isSameItem(a, b any) bool {
	x, xIsMap := a.(map[string]any)
	y, yIsMap := b.(map[string]any)
	if xIsMap && yIsMap && x["name"] != nil {
		return reflect.DeepEqual(x["name"], y["name"])
	}
	return reflect.DeepEqual(a, b)
}

func unionOf(a, b map[string]any) []string {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return sortedKeys(both)
}

func pointer(path []step) string {
	var b strings.Builder
	for _, st := range path {
		if st.isIndex() {
			b.WriteString("/" + strconv.Itoa(st.index))
			continue
		}
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(st.key))
	}
	return b.String()
}

func rawJSON(v any) json.RawMessage { return json.RawMessage(writeFlow(v, true)) }

// mergeKeys gives the fields that tell the items of a list apart in a strategic merge patch, by the list
// (patchMergeKey in https://pkg.go.dev/k8s.io/api/core/v1): of ports those of containers and of Services. A
// list that is not here is replaced as a whole.
func mergeKeys() map[string][]string {
	return map[string][]string{
		"containers": {"name"}, "initContainers": {"name"}, "ephemeralContainers": {"name"}, "env": {"name"},
		"volumes": {"name"}, "volumeMounts": {"mountPath"}, "ports": {"containerPort", "port"}, "webhooks": {"name"},
	}
}

// strategicMerge gives a strategic merge patch that makes one object of the other; "" where there is none.
func strategicMerge(r *inventory.Resource, before, after any) string {
	if !builtIn(r.Type) {
		return ""
	}
	x, _ := before.(map[string]any)
	y, _ := after.(map[string]any)
	changes, ok := mergeMaps(x, y)
	if !ok || len(changes) == 0 {
		return ""
	}
	patch := rule.Fields{{Key: "apiVersion", Value: written(x["apiVersion"])}, {Key: "kind", Value: r.Type.Kind()}}
	metadata := metadataOf(r)
	for _, f := range changes {
		if below, isMap := f.Value.(rule.Fields); isMap && f.Key == "metadata" {
			metadata = append(metadata, below...)
		}
	}
	patch = append(patch, rule.Field{Key: "metadata", Value: metadata})
	patch = append(patch, slices.DeleteFunc(changes, func(f rule.Field) bool { return f.Key == "metadata" })...)
	return layout{eol: "\n", step: "  "}.block(patch, "") + "\n"
}

func metadataOf(r *inventory.Resource) rule.Fields {
	metadata := rule.Fields{{Key: "name", Value: r.Name}}
	if r.Namespace != "" {
		metadata = append(metadata, rule.Field{Key: "namespace", Value: r.Namespace})
	}
	return metadata
}

// builtIn reports whether the API server knows the fields of a type: custom resources take no strategic
// merge patch (https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/).
func builtIn(t inventory.Type) bool {
	group := groupOf(t)
	return !strings.Contains(group, ".") || group == "networking.k8s.io" || group == "rbac.authorization.k8s.io" || group == "admissionregistration.k8s.io"
}

func groupOf(t inventory.Type) string {
	return strings.TrimPrefix(strings.TrimSuffix(string(t), "/"+t.Kind()), "k8s/")
}

// mergeMaps writes the members in which two maps differ; a value of nil is one that is taken away.
func mergeMaps(a, b map[string]any) (patch rule.Fields, ok bool) {
	for _, key := range unionOf(a, b) {
		was, had := a[key]
		is, has := b[key]
		x, xIsMap := was.(map[string]any)
		y, yIsMap := is.(map[string]any)
		l, lIsList := was.([]any)
		m, mIsList := is.([]any)
		var value any
		switch {
		case had && reflect.DeepEqual(was, is):
			continue
		case !has:
		case hides(is) && !(xIsMap && yIsMap) && !(lIsList && mIsList && mergeKeys()[key] != nil):
			return nil, false // what was taken out would be written as the mark in its place
		case xIsMap && yIsMap:
			value, ok = mergeMaps(x, y)
		case lIsList && mIsList && mergeKeys()[key] != nil:
			value, ok = mergeLists(mergeKeys()[key], l, m)
		default:
			value, ok = written(is), true
		}
		if has && !ok {
			return nil, false
		}
		patch = append(patch, rule.Field{Key: key, Value: value})
	}
	return patch, true
}

// mergeLists writes the items in which two lists differ, which the first of the keys that they have tells
// apart.
func mergeLists(keys []string, a, b []any) (patch []any, ok bool) {
	for _, key := range keys {
		x, xOK := byKey(key, a)
		y, yOK := byKey(key, b)
		if !xOK || !yOK {
			continue
		}
		for _, item := range a {
			was := item.(map[string]any)
			id := written(was[key])
			is, kept := y[id]
			if !kept {
				patch = append(patch, rule.Fields{{Key: key, Value: id}, {Key: "$patch", Value: "delete"}})
				continue
			}
			changes, ok := mergeMaps(was, is)
			if !ok {
				return nil, false
			}
			if len(changes) > 0 {
				patch = append(patch, append(rule.Fields{{Key: key, Value: id}}, changes...))
			}
		}
		return patch, len(y) <= len(x) && len(patch) > 0
	}
	return nil, false
}

// byKey indexes items by one of their members; ok is false where one has none, or two have the same.
func byKey(key string, items []any) (index map[any]map[string]any, ok bool) {
	index = make(map[any]map[string]any, len(items))
	for _, item := range items {
		m, isMap := item.(map[string]any)
		id, isScalar := m[key].(scalar)
		if !isMap || !isScalar || id.kind == tree.Null || index[written(id)] != nil {
			return nil, false
		}
		index[written(id)] = m
	}
	return index, true
}

// written turns a value into what is written in a patch.
func written(v any) any {
	switch v := v.(type) {
	case map[string]any:
		var f rule.Fields
		for _, key := range sortedKeys(v) {
			f = append(f, rule.Field{Key: key, Value: written(v[key])})
		}
		return f
	case []any:
		l := make([]any, 0, len(v))
		for _, x := range v {
			l = append(l, written(x))
		}
		return l
	case scalar:
		switch v.kind {
		case tree.Bool:
			return v.text == "true"
		case tree.Number:
			return json.Number(v.text)
		case tree.String:
			return v.text
		}
	}
	return nil
}
