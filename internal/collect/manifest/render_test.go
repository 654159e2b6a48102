package manifest_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
)

// renderer gives a small pod for each root, and notes which roots it was asked for.
type renderer struct {
	asked []string
}

func (r *renderer) Render(_ context.Context, kind manifest.RenderKind, path string) (manifest.Rendering, error) {
	name := filepath.Base(path)
	r.asked = append(r.asked, string(kind)+" "+name)
	if name == "broken" {
		return manifest.Rendering{Problems: []manifest.RenderProblem{{File: "templates/x.yaml", Line: 7, Why: "it does not parse"}, {File: "Chart.yaml", Why: "it is old: password=Xq7canaryT0p9secretZz"}}}, nil
	}
	if name == "nothing" {
		return manifest.Rendering{}, nil
	}
	text := fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n  hostPID: true\n  containers: [{name: c, image: \"{{ x }}\"}]\n", strings.TrimSuffix(name, ".tgz"))
	made := manifest.Rendering{Files: []manifest.RenderedFile{{Name: "templates/x.yaml", Text: []byte(text), Lines: []int{0, 3, 4, 5, 9, 0}}}}
	if name == "asking" {
		made.Notes = []manifest.RenderProblem{{Why: "it asks"}}
	}
	return made, nil
}

func TestRootsAreRendered(t *testing.T) {
	chart := "apiVersion: v2\nname: a\nversion: 1.0.0\n"
	files := map[string]string{
		"d/plain.yaml":                     "apiVersion: v1\nkind: Pod\nmetadata: {name: plain}\nspec: {containers: []}\n",
		"d/shop/Chart.yaml":                chart,
		"d/shop/templates/x.yaml":          "{{ x }}",
		"d/shop/charts/db/Chart.yaml":      chart,
		"d/broken/Chart.yaml":              chart,
		"d/nothing/Chart.yaml":             chart,
		"d/k/base/kustomization.yaml":      "resources: [a.yaml]\n",
		"d/k/base/a.yaml":                  "apiVersion: v1\nkind: Pod\nmetadata: {name: unread}\n",
		"d/k/base/parts/b.yaml":            "apiVersion: v1\nkind: Pod\nmetadata: {name: unread}\n",
		"d/k/base/prod/kustomization.yaml": "resources: [..]\n",
		"d/k/dev/kustomization.yaml":       "resources:\n- ../base/\n",
		"shop.tgz":                         string(targz(t, map[string]string{"shop/Chart.yaml": chart, "shop/templates/x.yaml": "{{ x }}"})),
		"other.tgz":                        string(targz(t, map[string]string{"a/b/Chart.yaml": chart})),
	}
	for _, c := range []struct {
		path          string
		asked, notes  []string
		names, places []string
	}{
		{
			"d",
			[]string{"helm broken", "kustomize prod", "kustomize dev", "helm nothing", "helm shop"},
			[]string{
				"d/broken/templates/x.yaml:7: it does not parse", "d/broken/Chart.yaml: it is old: password=[redacted: password]",
				"d/nothing: it was rendered, and no manifest came out of it with these values",
			},
			[]string{"prod", "dev", "plain", "shop"},
			[]string{"d/k/base/prod/templates/x.yaml:3 :9 kustomize d/k/base/prod", "d/k/dev/templates/x.yaml:3 :9 kustomize d/k/dev", "d/plain.yaml:1 :4", "d/shop/templates/x.yaml:3 :9 helm d/shop"},
		},
		{"d/k/base", []string{"kustomize base"}, nil, []string{"base"}, []string{"d/k/base/templates/x.yaml:3 :9 kustomize d/k/base"}},
		{"d/shop", []string{"helm shop"}, nil, []string{"shop"}, []string{"d/shop/templates/x.yaml:3 :9 helm d/shop"}},
		{"shop.tgz", []string{"helm shop.tgz"}, nil, []string{"shop"}, []string{"shop.tgz!templates/x.yaml:3 :9 helm shop.tgz"}},
	} {
		t.Run(c.path, func(t *testing.T) {
			folder(t, files)
			var r renderer
			res := read(t, manifest.Options{Paths: []string{c.path}, Render: r.Render})
			v := inventory.NewView(res.Sources, res.Resources)
			var names, places []string
			for _, x := range res.Resources {
				names = append(names, x.Name)
				places = append(places, strings.TrimSpace(fmt.Sprintf("%s:%d :%d %s %s",
					x.Origin.File, x.Origin.Line, v.Locate(x.UID, "$.spec.hostPID").Line, x.Made.By, x.Made.From)))
			}
			if diff := cmp.Diff(c.asked, r.asked); diff != "" {
				t.Errorf("rendered (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([][]string{c.names, c.places}, [][]string{names, places}); diff != "" {
				t.Errorf("objects and places (-want +got):\n%s", diff)
			}
			for _, note := range notes(res.Sources[0]) {
				if !slices.Contains(c.notes, note) && !strings.Contains(note, "containers is not there") {
					t.Errorf("note %s", note)
				}
			}
			if got := len(notes(res.Sources[0])); got < len(c.notes) {
				t.Errorf("%d notes, want %d", got, len(c.notes))
			}
		})
	}
}

func TestANoteIsNoFailure(t *testing.T) {
	folder(t, map[string]string{"asking/Chart.yaml": "name: asking\n"})
	var r renderer
	res := read(t, manifest.Options{Paths: []string{"asking"}, Render: r.Render})
	if got := notes(res.Sources[0]); !slices.Equal(got, []string{"asking: it asks"}) || res.Sources[0].Status != inventory.StatusComplete {
		t.Errorf("%s, %v", res.Sources[0].Status, got)
	}
}

func TestWhatNamesNoNamespaceIsInThatOfTheRelease(t *testing.T) {
	folder(t, map[string]string{"shop/Chart.yaml": "name: shop\n", "a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: own}\nspec: {containers: []}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"})
	var r renderer
	res := read(t, manifest.Options{Paths: []string{"shop", "a.yaml"}, Render: r.Render, Namespace: "prod"})
	var got []string
	for _, x := range res.Resources {
		got = append(got, x.UID.Short())
	}
	if want := []string{"prod/Pod/shop", "own/Pod/a", "Namespace/shop"}; !slices.Equal(got, want) {
		t.Errorf("the objects are %v, want %v", got, want)
	}
}

func TestAnArchiveThatIsNoChartIsRead(t *testing.T) {
	folder(t, map[string]string{"a.tgz": string(targz(t, map[string]string{"a/p.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: []}\n"}))})
	var r renderer
	res := read(t, manifest.Options{Paths: []string{"a.tgz"}, Render: r.Render})
	if len(r.asked) > 0 || len(res.Resources) != 1 {
		t.Errorf("asked %v, %d resources", r.asked, len(res.Resources))
	}
}

func TestWithoutARendererTheHintSaysWhatToDo(t *testing.T) {
	folder(t, map[string]string{"c/Chart.yaml": "name: c\n", "c/templates/x.yaml": "a: {{ x }}\n", "k/kustomization.yaml": "resources: [a.yaml]\n", "k/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"})
	res := read(t, manifest.Options{Paths: []string{"c", "k"}, RenderHint: ". Or install it"})
	for _, s := range res.Sources {
		if !strings.Contains(strings.Join(notes(s), "\n"), "| merlon scan -. Or install it") {
			t.Errorf("the notes are %v", notes(s))
		}
	}
}

func TestARenderingThatIsCancelledEndsTheRead(t *testing.T) {
	folder(t, map[string]string{"c/Chart.yaml": "name: c\n"})
	stopped := errors.New("stopped")
	_, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"c"}, Render: func(context.Context, manifest.RenderKind, string) (manifest.Rendering, error) {
		return manifest.Rendering{}, stopped
	}})
	if !errors.Is(err, stopped) {
		t.Errorf("the error is %v", err)
	}
}
