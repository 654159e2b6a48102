package remedy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os/exec"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/remedy"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// applyPatch applies a JSON patch to a JSON value, as RFC 6902 says it.
func applyPatch(v any, patch []remedy.Operation) (any, error) {
	for _, op := range patch {
		var value any
		if op.Op != "remove" {
			if err := json.Unmarshal(op.Value, &value); err != nil {
				return nil, err
			}
		}
		var err error
		if v, err = applyAt(v, strings.Split(op.Path, "/")[1:], op.Op, value); err != nil {
			return nil, errors.Join(err, errors.New(op.Op+" "+op.Path))
		}
	}
	return v, nil
}

func applyAt(v any, path []string, op string, value any) (any, error) {
	missing := errors.New("there is nothing")
	key := strings.NewReplacer("~1", "/", "~0", "~").Replace(path[0])
	switch v := v.(type) {
	case map[string]any:
		below, has := v[key]
		switch {
		case !has && (len(path) > 1 || op != "add"):
			return nil, missing
		case len(path) > 1:
			below, err := applyAt(below, path[1:], op, value)
			v[key] = below
			return v, err
		case op == "remove":
			delete(v, key)
		case op == "test":
			if !reflect.DeepEqual(below, value) {
				return nil, errors.New("it is another")
			}
		default:
			v[key] = value
		}
		return v, nil
	case []any:
		if key == "-" && op == "add" && len(path) == 1 {
			return append(v, value), nil
		}
		i, err := strconv.Atoi(key)
		switch {
		case err != nil || i >= len(v):
			return nil, missing
		case len(path) > 1:
			v[i], err = applyAt(v[i], path[1:], op, value)
			return v, err
		case op == "remove":
			return append(v[:i:i], v[i+1:]...), nil
		case op == "test":
			if !reflect.DeepEqual(v[i], value) {
				return nil, errors.New("it is another")
			}
			return v, nil
		}
		v[i] = value
		return v, nil
	}
	return nil, missing
}

// applied gives a resource as a JSON patch makes it.
func applied(t testing.TB, v *inventory.View, o remedy.ObjectPatch) *inventory.Resource {
	t.Helper()
	was := v.Get(o.UID)
	after, err := applyPatch(rawOf(t, v, o.UID), o.JSONPatch)
	if err != nil {
		t.Fatalf("the JSON patch cannot be applied: %v", err)
	}
	object, err := json.Marshal(after)
	if err != nil {
		t.Fatal(err)
	}
	var n tree.Tree
	if err := tree.DecodeJSON(&n, object, 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	r := &inventory.Resource{UID: was.UID, Type: was.Type, Name: was.Name, Account: was.Account, Region: was.Region}
	r.SetObject(object, nil)
	schema.Project(r, n.Root())
	return r
}

func rawOf(t testing.TB, v *inventory.View, uid inventory.UID) any {
	t.Helper()
	object, err := v.Raw(uid)
	if err != nil {
		t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(object.Root().AppendJSON(nil), &value); err != nil {
		t.Fatal(err)
	}
	return value
}

// checkCloudFixes applies the JSON patches of a rule's example by themselves, and asks the rule again.
func checkCloudFixes(t *testing.T, r *rule.Rule, e rule.Example, fixes []remedy.Fix) {
	v := schema.NewView(nil, decode(t, "x.yaml", []byte(e.Input)).Resources)
	var all []*inventory.Resource
	all = append(all, v.All()...)
	for _, f := range fixes {
		if len(f.Commands) == 0 {
			t.Error("there are no commands")
		}
		for _, o := range f.Objects {
			if o.Terraform == "" {
				t.Errorf("nothing is said of %s in Terraform", o.UID)
			}
			for i := range all {
				if all[i].UID == o.UID {
					all[i] = applied(t, v, o)
				}
			}
			checkJQ(t, v, o)
		}
	}
	after := evaluate.Traits(&rule.World{Inventory: schema.NewView(nil, all), Settings: e.Settings}, []*rule.Rule{r})
	for _, trait := range after.Traits {
		if trait.State != finding.Absent && !r.Patch.Weakens {
			t.Errorf("it is still there: %+v", trait.Evidence)
		}
	}
}

// checkJQ compares what the program of jq makes of an object with what the JSON patch makes of it, where there is jq.
func checkJQ(t *testing.T, v *inventory.View, o remedy.ObjectPatch) {
	t.Helper()
	jq, err := exec.LookPath("jq")
	if err != nil {
		return
	}
	object, err := v.Raw(o.UID)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(jq, strings.Join(remedy.JQSteps(o.JSONPatch), " | ")) //nolint:gosec // the program is what is tested
	c.Stdin = bytes.NewReader(object.Root().AppendJSON(nil))
	out, err := c.Output()
	if err != nil {
		t.Fatalf("jq: %v", err)
	}
	var got any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	want, err := applyPatch(rawOf(t, v, o.UID), o.JSONPatch)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("jq does something else, -patch +jq:\n%s", diff)
	}
}
