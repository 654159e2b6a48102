package docs

import (
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

const (
	root   = "../.."
	folder = root + "/docs"
)

func TestCommittedPagesAreCurrent(t *testing.T) {
	pages := Pages(Input{Rules: catalog.All(), Detections: catalog.Detections(), Components: correlate.Components()})
	stale, err := Compare(os.DirFS(folder), pages)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range stale {
		t.Errorf("docs/%s: %s; run go generate ./internal/docs", s.Path, s.Why)
	}
}

func TestFixedPointsOfTheCatalogue(t *testing.T) {
	want := []correlate.Score{
		{Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactHigh, Severity: finding.SeverityHigh},
		{Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactHigh, Severity: finding.SeverityHigh},
		{Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactMedium, Severity: finding.SeverityMedium},
		{Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactMedium, Severity: finding.SeverityMedium},
		{Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactMedium, Severity: finding.SeverityMedium},
		{Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactMedium, Severity: finding.SeverityMedium},
	}
	for i, f := range fixedPoints() {
		e, ok := rate(catalog.All(), f.pod)
		if got := (correlate.Score{Likelihood: e.Likelihood, Impact: e.Impact, Severity: e.Severity}); !ok || got != want[i] {
			t.Errorf("%s: got %+v, want %+v", f.name.EN, got, want[i])
		}
	}
}

func TestSoundPodHasNoWeakness(t *testing.T) {
	f := fixedPoints()[0].pod
	f.Containers[0].Privileged = false
	if e, ok := rate(catalog.All(), f); ok {
		t.Errorf("the pod that the fixed points start from has %s", e.Title.EN)
	}
}

var (
	fences    = regexp.MustCompile("(?s)\n`{3,}[a-z]*\n.*?\n`{3,}\n")
	codeSpans = regexp.MustCompile("`[^`\n]*`")
	links     = regexp.MustCompile(`\]\(([^()\s]+)\)`)
	anchors   = regexp.MustCompile(`<a id="([^"]+)"></a>`)
	headings  = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notInSlug = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// TestLinksResolve follows every relative link of every page, written by hand or not.
func TestLinksResolve(t *testing.T) {
	repo := os.DirFS(root)
	followed := 0
	err := fs.WalkDir(repo, "docs", func(name string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".md" {
			return err
		}
		for _, m := range links.FindAllStringSubmatch(proseOf(t, repo, name), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			followed++
			if problem := follow(t, repo, name, m[1]); problem != "" {
				t.Errorf("%s links to %s: %s", name, m[1], problem)
			}
		}
		return nil
	})
	if err != nil || followed < 20 {
		t.Fatalf("followed %d links: %v", followed, err)
	}
}

// follow says what is wrong with a relative link.
func follow(t *testing.T, repo fs.FS, from, target string) string {
	t.Helper()
	file, anchor, _ := strings.Cut(target, "#")
	to := from
	if file != "" {
		to = path.Join(path.Dir(from), file)
	}
	if _, err := fs.Stat(repo, to); err != nil {
		return err.Error()
	}
	if anchor == "" {
		return ""
	}
	text := proseOf(t, repo, to)
	for _, m := range anchors.FindAllStringSubmatch(text, -1) {
		if m[1] == anchor {
			return ""
		}
	}
	for _, m := range headings.FindAllStringSubmatch(text, -1) {
		slug := strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-")
		if slug == anchor {
			return ""
		}
	}
	return "no heading or anchor of that name in " + to
}

// proseOf reads a page without its code.
func proseOf(t *testing.T, repo fs.FS, name string) string {
	t.Helper()
	data, err := fs.ReadFile(repo, name)
	if err != nil {
		t.Fatal(err)
	}
	return codeSpans.ReplaceAllString(fences.ReplaceAllString(string(data), ""), "code")
}

func TestFollowNoticesBrokenLinks(t *testing.T) {
	repo := os.DirFS(root)
	for target, want := range map[string]bool{
		"severity.md": true, "attack-graph.md#edge-exposes": true, "attack-graph.md#certain-and-possible": true,
		"none.md": false, "attack-graph.md#edge-none": false, "#edge-exposes": false,
	} {
		if problem := follow(t, repo, "docs/severity.md", target); (problem == "") != want {
			t.Errorf("%s: %q", target, problem)
		}
	}
}

// TestRulesAreInThreeLanguages keeps English out of the other languages' pages.
func TestRulesAreInThreeLanguages(t *testing.T) {
	for _, r := range catalog.All() {
		for name, text := range map[string]lang.Text{"title": r.Title, "why": r.Why, "fix": r.Fix} {
			if missing := text.Missing(); len(missing) > 0 {
				t.Errorf("%s: its %s is missing in %v", r.ID, name, missing)
			}
		}
	}
}
