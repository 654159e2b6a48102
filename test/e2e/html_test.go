//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The pages are looked at as a desk and as a phone show them.
var (
	desk  = view{Width: 1280, Height: 900, Theme: "light"}
	phone = view{Width: 390, Height: 844, Theme: "dark"}
)

// htmlOf scans manifests with the built merlon and gives the page as a file.
func htmlOf(t *testing.T, input string, args ...string) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(Tool(t, "merlon"), append([]string{"scan", "-o", "html", "--allow-partial"}, args...)...)
	cmd.Stdin, cmd.Stdout = strings.NewReader(input), out
	if err := cmd.Run(); err != nil {
		t.Fatalf("merlon scan -o html: %v", err)
	}
	return out.Name()
}

const demo = "../../cmd/merlon/demo/shop"

// openAll opens some of everything that can be opened, so that it is looked at too.
const openAll = `(async () => {
  for (const kind of [".group", ".exposure", ".exposure[open] .inline-guide", ".rule"])
    [...document.querySelectorAll(kind)].slice(0, 8).forEach((d) => { d.open = true; });
  await new Promise((r) => setTimeout(r, 300));
})()`

func TestHTMLIsAccessible(t *testing.T) {
	b, script := startBrowser(t), axe(t)
	views := []view{
		desk, phone, {Width: desk.Width, Height: desk.Height, Theme: phone.Theme}, {Width: phone.Width, Height: phone.Height, Theme: desk.Theme},
	}
	for _, l := range []string{"en", "es", "pt"} {
		page := htmlOf(t, "", demo, "--lang", l)
		for _, v := range views {
			t.Run(fmt.Sprintf("%s %s %d", l, v.Theme, v.Width), func(t *testing.T) {
				p := b.open(page, "", v)
				p.eval(openAll, nil)
				p.eval(script, nil)
				var found []struct {
					ID, Impact, Help string
					Nodes            []struct{ HTML, FailureSummary string }
				}
				p.eval(`axe.run(document, {resultTypes: ["violations"]}).then((r) => r.violations)`, &found)
				for _, f := range found {
					say := t.Logf
					if f.Impact == "serious" || f.Impact == "critical" {
						say = t.Errorf
					}
					say("%s (%s): %s, %d times, first in %.300s\n%s", f.ID, f.Impact, f.Help, len(f.Nodes), f.Nodes[0].HTML, f.Nodes[0].FailureSummary)
				}
				var wide int
				if p.eval("document.documentElement.scrollWidth", &wide); wide > v.Width {
					t.Errorf("the page is %d pixels wide on a screen of %d", wide, v.Width)
				}
				if problems := p.problems(); len(problems) > 0 {
					t.Errorf("the console or the network show: %s", strings.Join(problems, "\n"))
				}
			})
		}
	}
}

// listedNames gives the names of the exposures that are seen.
const listedNames = `[...document.querySelectorAll(".exposure")].filter((e) => e.offsetParent).map((e) => e.querySelector(".name").textContent)`

func TestHTMLIsSearchable(t *testing.T) {
	b := startBrowser(t)
	page := htmlOf(t, "", demo)
	for _, tt := range []struct{ name, hash, have, lack string }{
		{"by name", "q=checkout", "shop/Deployment/checkout", "tools/Deployment/ci-runner"},
		{"by file and trait", "q=tools.yaml+host-pid", "tools/Deployment/debug-shell", "shop/Deployment/checkout"},
		{"by namespace", "namespace=tools", "tools/Deployment/ci-runner", "shop/Deployment/checkout"},
		{"by severity", "severity=critical", "shop/Deployment/image-resizer", "tools/Deployment/ci-runner"},
		{"by trait", "trait=container-runtime-socket", "tools/Deployment/ci-runner", "shop/Deployment/checkout"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := b.open(page, tt.hash, desk)
			var names []string
			p.await("the search", func() bool { p.eval(listedNames, &names); return !slices.Contains(names, tt.lack) })
			if !slices.Contains(names, tt.have) {
				t.Errorf("%q lists %q", tt.hash, names)
			}
		})
	}
	p := b.open(page, "", desk)
	p.eval(`(() => { const q = document.getElementById("q"); q.focus(); q.value = "no such thing"; q.dispatchEvent(new Event("input", {bubbles: true})); })()`, nil)
	var text string
	p.await("the search for what is not there", func() bool {
		p.eval(`document.getElementById("none").hidden ? "" : document.getElementById("count").textContent`, &text)
		return text != ""
	})
	var after struct {
		Hash, Theme string
		Names       int
	}
	p.eval(`(async () => { document.getElementById("clear").click(); document.getElementById("theme").click(); await new Promise((r) => setTimeout(r, 300));
		return {hash: location.hash, theme: document.documentElement.dataset.theme, names: `+listedNames+`.length}; })()`, &after)
	if after.Hash != "#" && after.Hash != "" || after.Theme != "dark" || after.Names < 5 {
		t.Errorf("after clearing and changing the theme: %+v", after)
	}
}

func TestHTMLNeedsNoScript(t *testing.T) {
	b := startBrowser(t)
	v := phone
	v.NoScript = true
	p := b.open(htmlOf(t, "", demo), "", v)
	var got struct {
		Forms, Exposures, Paths int
		Buttons                 int
	}
	p.eval(`({forms: [...document.querySelectorAll("form")].filter((e) => e.offsetParent).length, buttons: [...document.querySelectorAll("button")].filter((e) => e.offsetParent).length,
		exposures: document.querySelectorAll(".exposure").length, paths: document.querySelectorAll(".chain .target").length})`, &got)
	if got.Forms != 0 || got.Buttons != 0 || got.Exposures < 5 || got.Paths == 0 {
		t.Errorf("without JavaScript: %+v; nothing that does not work may be seen, and all else must be there", got)
	}
}

func TestHostileNamesRunNothing(t *testing.T) {
	b := startBrowser(t)
	const attack = `</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>`
	var input strings.Builder
	for i := range 500 { // Enough that some are kept for later.
		fmt.Fprintf(&input, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %q, namespace: %q}\nspec: {template: {spec: {hostPID: true, containers: [{name: a, image: %q, securityContext: {privileged: true}}]}}}\n---\n",
			attack+fmt.Sprint(i), `"><svg onload=window.pwned=1>`, attack)
	}
	for _, args := range [][]string{{"-"}, {"-", "--all"}} {
		p := b.open(htmlOf(t, input.String(), args...), "q=pwned%3D1%3E499", desk)
		var names []string
		p.await("the exposure", func() bool { p.eval(listedNames, &names); return len(names) == 1 })
		p.eval(openAll, nil)
		var pwned bool
		if p.eval("Boolean(window.pwned)", &pwned); pwned {
			t.Error("a name ran as a script")
		}
		if problems := p.problems(); len(problems) > 0 {
			t.Errorf("the console or the network show: %s", strings.Join(problems, "\n"))
		}
	}
}

// A page that is printed shows what was closed.
func TestHTMLPrintsWhole(t *testing.T) {
	b := startBrowser(t)
	p := b.open(htmlOf(t, "", demo), "", desk)
	p.call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
	var hidden int
	p.eval(`[...document.querySelectorAll(".body, .rule .guide")].filter((e) => e.getBoundingClientRect().height === 0).length`, &hidden)
	if hidden != 0 {
		t.Errorf("%d details are not on the paper", hidden)
	}
	var pdf struct{ Data json.RawMessage }
	if p.call("Page.printToPDF", map[string]any{"printBackground": true}, &pdf); len(pdf.Data) < 10_000 {
		t.Errorf("the print has only %d bytes", len(pdf.Data))
	}
}
