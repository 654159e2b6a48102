package remedy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/remedy"
	"github.com/merlonsec/merlon/internal/rule"
)

const canary = "C4naryValue-99rT-x7Gq"

func privilegedPod(name, owner string) string {
	return "apiVersion: v1\nkind: Pod\nmetadata:\n  name: " + name + "\n  namespace: shop\n" + owner +
		"spec:\n  containers:\n  - name: app\n    image: registry.example/app:1.4\n    securityContext: {privileged: true}\n"
}

const deploymentOfPods = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: app, image: "registry.example/app:1.4", securityContext: {privileged: true}}
`

const ownedByWeb = "  ownerReferences:\n  - {apiVersion: apps/v1, kind: Deployment, name: web, uid: u, controller: true}\n"

func only(traits ...string) remedy.Wanted { return remedy.Wanted{Only: traits} }

// The pods that a controller made are made anew from its template, so that nothing changes in them.
func TestPodsFollowTheirController(t *testing.T) {
	input := deploymentOfPods + "---\n" + privilegedPod("web-1", ownedByWeb)
	s := session(t, rule.Settings{}, map[string]string{"dump.yaml": input})
	fixes := s.All(only("privileged-container"))
	if len(fixes) != 1 || !fixes[0].Proved() || fixes[0].After != finding.SeverityInformational {
		t.Fatalf("%+v", fixes)
	}
	after := string(s.Files()[0].After)
	if strings.Count(after, "privileged: false") != 1 || !strings.HasSuffix(after, "{privileged: true}\n") {
		t.Errorf("the file is\n%s", after)
	}
	for _, f := range s.All(only("capabilities-not-dropped")) {
		if !f.Proved() {
			t.Errorf("a later fix sees the pods of old: %s", f.Refused.EN)
		}
	}
}

func TestControllerThatWasNotRead(t *testing.T) {
	s := session(t, rule.Settings{}, map[string]string{"pod.yaml": privilegedPod("web-1", ownedByWeb)})
	fixes := s.All(only("privileged-container"))
	if len(fixes) != 1 || !strings.Contains(fixes[0].Refused.EN, "Deployment/web makes these pods") {
		t.Errorf("%+v", fixes)
	}
}

// Many objects in one file, in documents and lists, change in one pass; what cannot is left alone.
func TestManyInOneFile(t *testing.T) {
	var b strings.Builder
	b.WriteString("apiVersion: v1\nkind: PodList\nitems:\n")
	for _, name := range []string{"a", "b", "c"} {
		b.WriteString("- metadata: {name: " + name + ", namespace: shop}\n  spec:\n    hostPID: true # " + name + "\n    containers:\n    - {name: app, image: i}\n")
	}
	b.WriteString("---\nx: &pod\n  hostPID: true\n  containers: [{name: app, image: i}]\napiVersion: v1\nkind: Pod\nmetadata: {name: d, namespace: shop}\nspec: *pod\n")
	s := session(t, rule.Settings{}, map[string]string{"all.yaml": b.String()})
	fixes := s.All(only("host-pid"))
	proved := 0
	for _, f := range fixes {
		if f.Proved() {
			proved++
		} else if !strings.Contains(f.Refused.EN, "anchor") {
			t.Errorf("%s: %s", f.Resource, f.Refused.EN)
		}
	}
	if after := string(s.Files()[0].After); proved != 3 || len(fixes) != 4 || strings.Count(after, "hostPID") != 1 {
		t.Errorf("%d of %d are proved:\n%s", proved, len(fixes), after)
	}
}

func TestFileThatChangedSince(t *testing.T) {
	s := session(t, rule.Settings{}, map[string]string{"web.yaml": deploymentOfPods})
	stale := remedy.New(s.Job(func(string) ([]byte, error) {
		return []byte(strings.ReplaceAll(deploymentOfPods, "app:1.4", "app:1.5")), nil
	}))
	fixes := stale.All(only("privileged-container"))
	if len(fixes) != 1 || len(fixes[0].Objects) != 1 || len(stale.Files()) != 0 {
		t.Fatalf("%+v", fixes)
	}
	if why := fixes[0].Objects[0].NoFile.EN; !strings.Contains(why, "differs in shop/Deployment/web $.spec.template.spec.containers[0].image") {
		t.Error(why)
	}
}

// No value gets out, in any format, whatever stands beside the change and in comments.
func TestNoValueGetsOut(t *testing.T) {
	input := "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: shop}\nspec:\n  containers:\n  - name: app\n    image: i\n    env:\n" +
		"    - name: LEVEL\n      value: " + canary + "1\n    - {name: DB_PASSWORD, value: " + canary + "2}\n    - name: TEXT\n      value: |\n        first\n        " + canary + "3\n" +
		"    - name: PLAIN\n      value: first\n        " + canary + "4\n    securityContext: {privileged: true}\n    args: [\"--password=" + canary + "5\"]\n" +
		"---\napiVersion: v1\nkind: Secret\nmetadata: {name: s, namespace: shop}\nstringData:\n  a: " + canary + "6\n"
	for _, format := range remedy.Formats() {
		s := session(t, rule.Settings{}, map[string]string{"x.yaml": input})
		var fixes []remedy.Fix
		for _, e := range s.Exposures() {
			fixes = append(fixes, s.Exposure(e, remedy.Wanted{Context: true})...)
		}
		var out strings.Builder
		style := remedy.Style{Format: format, Lang: lang.EN}
		err := errors.Join(remedy.Print(&out, fixes, style), remedy.PrintAll(&out, remedy.Together{Files: s.Files(), Objects: s.Patches()}, style))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), canary) {
			t.Errorf("%s shows a value:\n%s", format, out.String())
		}
	}
}

// Every patch of every example of every rule at once: files still parse, nothing comes up, and a second run
// finds nothing more to do.
func TestAllPatchesOfAllExamples(t *testing.T) {
	for _, r := range catalog.All() {
		for _, e := range r.Examples {
			s := session(t, e.Settings, map[string]string{"x.yaml": commented(e.Input)})
			s.All(remedy.Wanted{Context: true})
			s.All(remedy.Wanted{Context: true}) // what proves only after the others
			for _, f := range s.Files() {
				again := session(t, e.Settings, map[string]string{"x.yaml": string(f.After)})
				again.All(remedy.Wanted{Context: true})
				if len(again.Files()) != 0 {
					text, _ := remedy.Diff("x.yaml", f.After, again.Files()[0].After)
					t.Errorf("%s, %q: a second run changes\n%s", r.ID, e.Name, text)
				}
			}
		}
	}
}

// Flow style, carriage returns and JSON give the same fixes.
func TestStyles(t *testing.T) {
	block := privilegedPod("web", "")
	for name, input := range map[string]string{
		"carriage returns":  strings.ReplaceAll(block, "\n", "\r\n"),
		"JSON":              `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[{"name":"app","image":"registry.example/app:1.4","securityContext":{"privileged":true}}]}}`,
		"a byte order mark": "\ufeff" + block,
		"two JSON values": `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"other","namespace":"shop"},"spec":{"containers":[{"name":"a","image":"i"}]}}` + "\n" +
			`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web","namespace":"shop"},"spec":{"containers":[{"name":"app","image":"i","securityContext":{"privileged":true}}]}}` + "\n",
		"a directive and comments": "# top\n%YAML 1.1\n---\n" + block + "...\n# end\n",
	} {
		t.Run(name, func(t *testing.T) {
			fixes, after := fixAll(t, rule.Settings{}, input, "privileged-container")
			if len(fixes) != 1 || !fixes[0].Proved() {
				t.Fatalf("%+v", fixes)
			}
			want := strings.Replace(strings.Replace(input, "privileged: true", "privileged: false", 1), `"privileged":true`, `"privileged":false`, 1)
			if after != want {
				t.Errorf("the file is\n%q", after)
			}
		})
	}
}
