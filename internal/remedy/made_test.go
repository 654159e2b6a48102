package remedy_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/remedy"
	"github.com/merlonsec/merlon/internal/rule"
)

// sessionOfMade starts a run over what something made of a file.
func sessionOfMade(t testing.TB, made inventory.Made, file, content, from string) *remedy.Session {
	t.Helper()
	all := decode(t, file, []byte(content)).Resources
	for _, r := range all {
		r.Made = made
	}
	return remedy.New(remedy.Job{
		View: schema.NewView(nil, all), Rules: catalog.All(), Settings: rule.Settings{},
		Open: func(name string) ([]byte, error) {
			if name != file || from == "" {
				return nil, errNoFile
			}
			return []byte(from), nil
		},
		Decode: func(name string, content []byte) (remedy.Decoded, error) { return decode(t, name, content), nil },
	})
}

// What a chart, a kustomization or a plan makes is changed there: the patch is proved, no file is changed, and
// the text says where.
func TestObjectsThatSomethingMade(t *testing.T) {
	rendered := strings.Replace(deploymentOfPods, "name: web", "name: x-web", 1)
	for _, c := range []struct {
		name, file, from string
		made             inventory.Made
		want             []string
	}{
		{
			"a chart", "shop/templates/web.yaml", "{{ x }}",
			inventory.Made{By: inventory.MadeByHelm, From: "shop"},
			[]string{"the Helm chart shop makes it: change shop/templates/web.yaml", "kubectl patch deployment x-web --namespace shop --type strategic"},
		},
		{
			"a packaged chart", "shop.tgz!templates/web.yaml", "",
			inventory.Made{By: inventory.MadeByHelm, From: "shop.tgz"},
			[]string{"the Helm chart shop.tgz makes it: change templates/web.yaml"},
		},
		{
			"a kustomization", "base/web.yaml", deploymentOfPods,
			inventory.Made{By: inventory.MadeByKustomize, From: "prod"},
			[]string{"the kustomization prod makes it of base/web.yaml", "patches: [{path: FILE, target: {group: apps, kind: Deployment, name: web}}]"},
		},
		{
			"a kustomization of a file that is not at hand", "base/web.yaml", "",
			inventory.Made{By: inventory.MadeByKustomize, From: "prod"},
			[]string{"target: {group: apps, kind: Deployment, name: x-web}"},
		},
		{
			"a plan", "plan.json!kubernetes_deployment.web", "",
			inventory.Made{By: inventory.MadeByTerraform, From: "plan.json"},
			[]string{"the Terraform plan plan.json makes it: change the resource kubernetes_deployment.web"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := sessionOfMade(t, c.made, c.file, rendered, c.from)
			if fixes := s.All(remedy.Wanted{Only: []string{"privileged-container"}, InFiles: true}); len(fixes) != 1 || fixes[0].Proved() || len(s.Patches()) > 0 {
				t.Errorf("with files alone: %+v, %+v", fixes, s.Patches())
			}
			fixes := s.All(only("privileged-container"))
			if len(fixes) != 1 || !fixes[0].Proved() || len(s.Files()) > 0 || len(s.Patches()) != 1 {
				t.Fatalf("%+v", fixes)
			}
			for _, format := range []string{remedy.FormatDiff, remedy.FormatPatch} {
				var out strings.Builder
				if err := remedy.Print(&out, fixes, remedy.Style{Format: format, Lang: lang.EN}); err != nil {
					t.Fatal(err)
				}
				for _, want := range append(c.want, "privileged: false") {
					if !strings.Contains(out.String(), want) {
						t.Errorf("-o %s does not say %q but\n%s", format, want, out.String())
					}
				}
			}
		})
	}
}

// The patch of an object that no file holds is that of all fixes together.
func TestPatchesAreWhatAllFixesDo(t *testing.T) {
	s := sessionOfMade(t, inventory.Made{By: inventory.MadeByHelm, From: "shop"}, "shop/templates/web.yaml",
		strings.Replace(deploymentOfPods, "    spec:\n", "    spec:\n      hostPID: true\n", 1), "")
	s.All(remedy.Wanted{Only: []string{"privileged-container", "host-pid", "seccomp-not-set"}})
	want := `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  template:
    spec:
      containers:
      - name: app
        securityContext:
          privileged: false
      hostPID: null
      securityContext:
        seccompProfile:
          type: RuntimeDefault
`
	var out strings.Builder
	if err := remedy.PrintAll(&out, remedy.Together{Files: s.Files(), Objects: s.Patches()}, remedy.Style{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "# "+strings.ReplaceAll(strings.TrimSuffix(want, "\n"), "\n", "\n# ")) {
		t.Errorf("it prints\n%s", out.String())
	}
	if got := s.Patches()[0].StrategicMerge; got != want {
		t.Errorf("the patch is\n%s", got)
	}
}

// What stands on a terminal is no command to it, and every line of a sentence is a comment.
func TestTerminal(t *testing.T) {
	input := strings.Replace(privilegedPod("web", ""), "    image", "    # \u202ered\n    image", 1)
	s := session(t, rule.Settings{}, map[string]string{"x\x1b[31m.yaml": input})
	fixes := s.Exposure(s.Exposures()[0], only("privileged-container"))
	for _, color := range []bool{false, true} {
		var out strings.Builder
		if err := remedy.Print(&out, fixes, remedy.Style{Format: remedy.FormatDiff, Width: 40, Terminal: true, Color: color}); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		if !strings.Contains(text, "red") || strings.Contains(text, "\u202e") || strings.Contains(text, "x\x1b[31m.yaml") || strings.Contains(text, "\x1b") != color {
			t.Errorf("with colours %v it prints\n%q", color, out.String())
		}
	}
}

// Kubernetes changes little of a Pod that runs: the command that would fail is not shown.
func TestPodsAreMadeAnew(t *testing.T) {
	s := session(t, rule.Settings{}, map[string]string{"x.yaml": privilegedPod("web", "")})
	fixes := s.All(only("privileged-container"))
	var out strings.Builder
	if err := remedy.Print(&out, fixes, remedy.Style{Format: remedy.FormatPatch}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "kubectl patch") || !strings.Contains(out.String(), "of a Pod that is there: delete it") {
		t.Errorf("it prints\n%s", out.String())
	}
}
