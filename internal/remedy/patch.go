package remedy

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// ObjectPatch is the patch of one object.
type ObjectPatch struct {
	UID             inventory.UID
	Type            inventory.Type
	Name, Namespace string
	// File is the file that the diff is about; where it is empty, NoFile says why there is none.
	File   string
	NoFile lang.Text
	// StrategicMerge is the patch as YAML for kubectl patch --type strategic; empty for a kind for which the
	// API server knows no such patch, and for a list that only a JSON patch can change.
	StrategicMerge string
	// JSONPatch is the patch as RFC 6902 has it.
	JSONPatch []Operation
}

// Operation is one operation of a JSON patch.
type Operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value,omitempty"`
}

// jsonPatch writes changes as operations. It first tests the names of the list items on the way, as an
// index may mean another one by the time that the patch is applied.
func jsonPatch(object tree.Node, changes []rule.Change) []Operation {
	var tests, all []Operation
	now := plain(object)
	for _, c := range changes {
		path, err := parsePath(c.Path)
		if err != nil {
			return nil
		}
		for i, st := range path {
			name, ok := at(now, append(path[:i+1:i+1], step{"name", -1})).(scalar)
			if st.isIndex() && ok {
				test := Operation{"test", pointer(path[:i+1]) + "/name", rawJSON(name.text)}
				if !slices.ContainsFunc(tests, func(o Operation) bool { return o.Path == test.Path }) {
					tests = append(tests, test)
				}
			}
		}
		if c.Remove {
			path = pruned(now, path)
			all = append(all, Operation{Op: "remove", Path: pointer(path)})
			now, _ = removeIn(now, path)
			continue
		}
		all = append(all, setOperation(now, path, c.Value))
		now, _ = setIn(now, path, plainValue(c.Value))
	}
	return append(tests, all...)
}

// setOperation replaces what is there, or adds it with the maps above it that are missing.
func setOperation(now any, path []step, v any) Operation {
	for i := range path {
		parent := at(now, path[:i])
		if m, isMap := parent.(map[string]any); isMap && !path[i].isIndex() {
			if below, has := m[path[i].key]; !has || i < len(path)-1 && below == any(scalar{kind: tree.Null}) {
				return Operation{"add", pointer(path[:i+1]), rawJSON(wrap(path[i+1:], v))}
			}
		}
	}
	return Operation{"replace", pointer(path), rawJSON(v)}
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

// mergeKeys gives the field that tells the items of a list apart in a strategic merge patch, by the list
// (patchMergeKey in https://pkg.go.dev/k8s.io/api/core/v1). A list that is not here is replaced as a whole.
func mergeKeys() map[string]string {
	return map[string]string{
		"containers": "name", "initContainers": "name", "ephemeralContainers": "name", "env": "name",
		"volumes": "name", "volumeMounts": "mountPath", "ports": "containerPort",
	}
}

// strategicMerge writes changes as a strategic merge patch.
func strategicMerge(r *inventory.Resource, object tree.Node, changes []rule.Change) string {
	if !builtIn(r.Type) {
		return ""
	}
	before, after := plain(object), plain(object)
	type target struct{ path, full []step }
	var targets []target
	for _, c := range changes {
		path, err := parsePath(c.Path)
		if err != nil {
			return ""
		}
		if c.Remove {
			path = pruned(after, path)
			after, _ = removeIn(after, path)
		} else {
			after, _ = setIn(after, path, plainValue(c.Value))
		}
		targets = append(targets, target{shortest(before, path), path})
	}
	patch := rule.Fields{
		{Key: "apiVersion", Value: object.Get("apiVersion").Text()}, {Key: "kind", Value: r.Type.Kind()}, {Key: "metadata", Value: metadataOf(r)},
	}
	for _, t := range targets {
		var ok bool
		if patch, ok = addTo(patch, t.path, before, at(after, t.path)); !ok {
			return ""
		}
	}
	return layout{eol: "\n", step: 2}.block(patch, 0) + "\n"
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
	group := strings.TrimPrefix(strings.TrimSuffix(string(t), "/"+t.Kind()), "k8s/")
	return !strings.Contains(group, ".") || group == "networking.k8s.io" || group == "rbac.authorization.k8s.io" || group == "admissionregistration.k8s.io"
}

// shortest cuts a path at the first list whose items nothing tells apart.
func shortest(v any, path []step) []step {
	for i, st := range path {
		if st.isIndex() && (i == 0 || !hasMergeKey(at(v, path[:i+1]), path[i-1].key)) {
			return path[:i]
		}
	}
	return path
}

func hasMergeKey(item any, list string) bool {
	m, isMap := item.(map[string]any)
	return isMap && mergeKeys()[list] != "" && m[mergeKeys()[list]] != nil
}

// addTo adds a field to a patch; a value of nil is one that is taken away.
func addTo(patch rule.Fields, path []step, before, v any) (rule.Fields, bool) {
	if len(path) == 0 || path[0].isIndex() {
		return nil, false
	}
	i := slices.IndexFunc(patch, func(f rule.Field) bool { return f.Key == path[0].key })
	if i < 0 {
		patch = append(patch, rule.Field{Key: path[0].key})
		i = len(patch) - 1
	}
	was := at(before, path[:1])
	switch {
	case len(path) == 1:
		patch[i].Value = written(v)
		return patch, true
	case !path[1].isIndex():
		below, _ := patch[i].Value.(rule.Fields)
		below, ok := addTo(below, path[1:], was, v)
		patch[i].Value = below
		return patch, ok
	}
	key := mergeKeys()[path[0].key]
	item, _ := at(was, path[1:2]).(map[string]any)
	id := written(item[key])
	items, _ := patch[i].Value.([]any)
	j := slices.IndexFunc(items, func(x any) bool { f, ok := x.(rule.Fields); return ok && f[0].Value == id })
	if j < 0 {
		items = append(items, rule.Fields{{Key: key, Value: id}})
		j = len(items) - 1
	}
	if len(path) == 2 {
		items[j] = rule.Fields{{Key: key, Value: id}, {Key: "$patch", Value: "delete"}}
		patch[i].Value = items
		return patch, v == nil
	}
	below, ok := addTo(items[j].(rule.Fields), path[2:], any(item), v)
	items[j] = below
	patch[i].Value = items
	return patch, ok
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
