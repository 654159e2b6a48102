package remedy_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/remedy"
	"github.com/merlonsec/merlon/internal/rule"
)

var errNoFile = errors.New("no such file")

// decode reads bytes through the real collector, as a file of a name.
func decode(t testing.TB, name string, content []byte) remedy.Decoded {
	t.Helper()
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: bytes.NewReader(content)})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range read.Resources {
		r.Origin.File = name
	}
	d := remedy.Decoded{Resources: read.Resources}
	for _, s := range read.Sources {
		d.Problems += len(s.NotAssessed)
	}
	return d
}

// session starts a run over files by name.
func session(t testing.TB, settings rule.Settings, files map[string]string) *remedy.Session {
	t.Helper()
	var all []*inventory.Resource
	for name, content := range files {
		all = append(all, decode(t, name, []byte(content)).Resources...)
	}
	return remedy.New(remedy.Job{
		View: inventory.NewView(nil, all, k8s.Relate), Rules: catalog.All(), Settings: settings,
		Now: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC),
		Open: func(name string) ([]byte, error) {
			content, ok := files[name]
			if !ok {
				return nil, errNoFile
			}
			return []byte(content), nil
		},
		Decode: func(name string, content []byte) (remedy.Decoded, error) { return decode(t, name, content), nil },
	})
}

// fixAll fixes one trait of every exposure and gives the fixes and the file that comes out.
func fixAll(t testing.TB, settings rule.Settings, input, trait string) ([]remedy.Fix, string) {
	t.Helper()
	s := session(t, settings, map[string]string{"x.yaml": input})
	fixes := s.All(remedy.Wanted{Only: []string{trait}})
	for _, f := range s.Files() {
		return fixes, string(f.After)
	}
	return fixes, input
}

// exempt lists examples whose patch is refused, and why.
func exempt() map[string]string {
	const cannotLower, args = "read-only access to it is as bad", "the program's settings have to change"
	const class, selector = "no field says that it is public", "which namespaces are let out is a policy"
	return map[string]string{
		"sensitive-host-path/the whole file system of the node, writable":                            cannotLower,
		"sensitive-host-path/a sensitive folder that a subPath leads to, written with spare slashes": cannotLower,
		"sensitive-host-path/a CronJob whose init container mounts the kubelet's folder read-only":   "it is read-only already",
		"sensitive-host-path/a claim for a persistent volume that is the node's file system":         cannotLower,
		"sensitive-host-path/the folders of the users of a Windows node":                             cannotLower,
		"host-path/a file of the node that the init container of a CronJob reads":                    "it is read-only already",
		"cleartext-credentials/a token among the arguments of a CronJob's init container":            args,
		"cleartext-credentials/a password in a ConfigMap":                                            args,
		"service-load-balancer-public/the controller in the tree, which makes public ones":           class,
		"service-load-balancer-public/a class of GKE that is always public":                          class,
		"webhook-fail-open/a selector that any label takes a namespace out of":                       selector,
		"webhook-fail-open/the label of Gatekeeper, without the webhook that guards it":              selector,
		"webhook-fail-open/a selector for namespaces that ask for it":                                selector,
		"token-automounted/a CronJob that mounts the token itself":                                   "a volume of its own asks for the token",
	}
}

// TestEveryRuleWithAPatch applies the patch of each rule to its own positive examples.
func TestEveryRuleWithAPatch(t *testing.T) {
	for _, r := range catalog.All() {
		if r.Patch.Changes == nil {
			if r.Patch.Ask.EN == "" {
				t.Errorf("%s has neither a patch nor says what to find out", r.ID)
			}
			continue
		}
		for _, e := range r.Examples {
			if e.Want != finding.Present {
				continue
			}
			t.Run(r.ID+"/"+e.Name, func(t *testing.T) { checkExample(t, r, e) })
		}
	}
}

func checkExample(t *testing.T, r *rule.Rule, e rule.Example) {
	input := commented(e.Input)
	fixes, after := fixAll(t, e.Settings, input, r.ID)
	if why, ok := exempt()[r.ID+"/"+e.Name]; ok {
		if len(fixes) > 0 && fixes[0].Proved() {
			t.Errorf("it is proved, though %s", why)
		}
		return
	}
	if len(fixes) == 0 {
		t.Fatal("no exposure has the trait")
	}
	for _, f := range fixes {
		if !f.Proved() {
			t.Fatalf("not proved: %s\n%s", f.Refused.EN, after)
		}
		for _, o := range f.Objects {
			if len(o.JSONPatch) == 0 {
				t.Errorf("no JSON patch for %s", o.UID)
			}
		}
	}
	if again, twice := fixAll(t, e.Settings, after, r.ID); twice != after && !r.Patch.Weakens {
		t.Errorf("a second run changes it again (%d fixes)", len(again))
	}
	text, hidden := remedy.Diff("x.yaml", []byte(input), []byte(after))
	text += hidden
	added, gone := 0, 0
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"):
		case line[0] == '+':
			added++
		case line[0] == '-':
			gone++
		}
	}
	if got, want := strings.Count(after, "# about"), strings.Count(input, "# about"); got < want-gone {
		t.Errorf("%d of %d comments are left, and %d lines went:\n%s", got, want, gone, text)
	}
	changed := added + gone
	if most := 6 * len(fixes[0].Objects[0].JSONPatch); changed == 0 || changed > most {
		t.Errorf("%d lines change, at most %d should:\n%s", changed, most, text)
	}
	if testing.Verbose() {
		t.Log("\n" + text + fixes[0].Objects[0].StrategicMerge)
	}
}

// commented adds a comment to every line of a manifest that can have one.
func commented(input string) string {
	var b strings.Builder
	inBlock := false
	for line := range strings.Lines(input) {
		text := strings.TrimRight(line, "\n")
		if strings.HasSuffix(text, "|") {
			inBlock = true
		}
		if inBlock || text == "---" || text == "" {
			b.WriteString(line)
			continue
		}
		b.WriteString(text + " # about this\n")
	}
	return b.String()
}
