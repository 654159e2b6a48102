package report

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

var (
	styleElement  = regexp.MustCompile(`(?s)<style>(.*?)</style>`)
	scriptElement = regexp.MustCompile(`(?s)<script>(.*?)</script>`)
	indexElement  = regexp.MustCompile(`(?s)<script type="application/json" id="index">(.*?)</script>`)
	chunkElement  = regexp.MustCompile(`(?s)<script type="text/plain" id="chunk-(\d+)">(.*?)</script>`)
	policy        = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="(.*?)">`)
)

// skeleton is a page without its style sheet, its script and their hashes, which change for the eye alone.
func skeleton(page []byte) []byte {
	page = styleElement.ReplaceAll(page, []byte("<style></style>"))
	page = scriptElement.ReplaceAll(page, []byte("<script></script>"))
	return policy.ReplaceAll(page, []byte("<!-- policy -->"))
}

func TestHTMLGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		scan *finding.Scan
		o    Options
	}{
		{"html-shop-en.golden", shop(), Options{}},
		{"html-shop-es.golden", shop(), Options{Lang: lang.ES}},
		{"html-shop-pt.golden", shop(), Options{Lang: lang.PT}},
		{"html-clean.golden", spotless(), Options{}},
		{"html-platform-only-high.golden", platformOnly(), Options{MinSeverity: finding.SeverityHigh}},
		{"html-baseline.golden", sinceLast(), Options{Lang: lang.ES}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Rules = rules
			golden(t, tt.name, skeleton(render(t, "html", tt.scan, tt.o)))
		})
	}
}

func TestHTMLIsTheSameEveryTime(t *testing.T) {
	for _, s := range []*finding.Scan{shop(), many(600)} {
		first := render(t, "html", s, Options{Rules: rules})
		for range 2 {
			if !bytes.Equal(first, render(t, "html", s, Options{Rules: rules})) {
				t.Fatal("the page differs between two runs")
			}
		}
	}
}

func TestHTMLAllowsItsOwnStyleAndScriptOnly(t *testing.T) {
	page := render(t, "html", shop(), Options{})
	m := policy.FindSubmatch(page)
	if m == nil {
		t.Fatal("there is no policy")
	}
	got := html.UnescapeString(string(m[1]))
	source := func(element *regexp.Regexp) string {
		sum := sha256.Sum256(element.FindSubmatch(page)[1])
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	want := "default-src 'none'; style-src " + source(styleElement) + "; script-src " + source(scriptElement) + "; img-src data:; base-uri 'none'; form-action 'none'"
	if got != want {
		t.Errorf("the policy is\n%s\nwant\n%s", got, want)
	}
	if i := bytes.Index(page, []byte("style=\"")); i >= 0 {
		t.Errorf("an element has a style of its own, which the policy forbids: %s", page[i-60:i+60])
	}
}

// attacks are names that would run something if they were taken for markup.
func attacks() []string {
	return append(hostile(), `<script>document.title='pwned'</script>`, `"><img src=x onerror=document.title='pwned'>`, `' onmouseover='x`,
		`</script><script>document.title='pwned'</script>`, `javascript:alert(1)`, `</style><svg onload=alert(1)>`, `<!--<script>`, `-->`, `]]>`,
		`{{.}}{{template "page"}}`, `</details></section></main><h1>x`, `&lt;b&gt;&#x3c;`, "`${alert(1)}`", `\u003cscript>`, `"`, `'`, `a=b&c="d`, `exp-00/../#x`)
}

func TestHostileNamesAreInertInHTML(t *testing.T) {
	elements := outline(t, render(t, "html", shop(), Options{Rules: rules}))
	for _, bad := range attacks() {
		for _, o := range []Options{{Rules: poisonedRules(bad)}, {Lang: lang.ES, All: true}} {
			s := shop()
			poison(s, func(string) string { return bad })
			for _, one := range outline(t, render(t, "html", s, o)) {
				if !slices.Contains(elements, one) && !slices.Contains([]string{"p class", "div class", "span class", "ul", "ol", "li"}, one) {
					t.Errorf("%q made an element that the page does not have otherwise: %s", bad, one)
				}
			}
		}
	}
}

// outline lists the kinds of elements of a page with their attributes, and checks where its links lead.
func outline(t *testing.T, page []byte) (kinds []string) {
	t.Helper()
	for _, m := range indexElement.FindAllSubmatch(page, -1) {
		if !json.Valid(m[1]) || bytes.ContainsAny(m[1], "<>") {
			t.Errorf("the index is not plain JSON: %.200s", m[1])
		}
	}
	page = indexElement.ReplaceAll(skeleton(page), nil)
	page = bytes.ReplaceAll(page, []byte("<!DOCTYPE html>"), nil)
	d := xml.NewDecoder(bytes.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, slices.Concat(xml.HTMLAutoClose, []string{"wbr"}), xml.HTMLEntity
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return kinds
		}
		if err != nil {
			t.Fatalf("the page cannot be parsed: %v", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		kind := start.Name.Local
		for _, a := range start.Attr {
			kind += " " + a.Name.Local
			isReference := kind == "a href" && strings.HasPrefix(a.Value, "https://") // To be followed, not loaded.
			if leadsOut := !strings.HasPrefix(a.Value, "#") && a.Value != "data:," && !isReference; a.Name.Local == "href" && leadsOut || a.Name.Local == "src" {
				t.Errorf("a link leads out of the page: %q", a.Value)
			}
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
}

func TestHTMLKeepsManyExposuresForLater(t *testing.T) {
	const n = 1234
	for _, all := range []bool{false, true} {
		s := many(n)
		s.Exposures[700].Resource.Name = "</script>"
		page := render(t, "html", s, Options{Rules: rules, All: all})
		var ix htmlIndex
		if err := json.Unmarshal(indexElement.FindSubmatch(page)[1], &ix); err != nil {
			t.Fatal(err)
		}
		if plain := bytes.Count(page, []byte(`<details class="exposure`)); plain != firstAsHTML || ix.Static != plain {
			t.Errorf("%d exposures are plain HTML and the index says %d, want %d", plain, ix.Static, firstAsHTML)
		}
		if len(ix.Names) != n || len(ix.UIDs) != n || len(ix.Places) != n || len(ix.Spaces) != n || len(ix.Sets) != n {
			t.Fatalf("the index does not hold all: %d names", len(ix.Names))
		}
		rest := unpacked(t, page)
		if len(rest) != n-ix.Static {
			t.Fatalf("%d exposures are kept for later, want %d", len(rest), n-ix.Static)
		}
		for i, l := range rest {
			if want := fmt.Sprintf(`id=%q data-index="%d"`, ix.UIDs[ix.Static+i], ix.Static+i); !strings.Contains(l.Item, want) {
				t.Fatalf("exposure %d is not where the index says: %.300s", i, l.Item)
			}
		}
		groups, heads := 0, 0
		for i, first := 0, 0; i < len(ix.Units); i += 2 {
			if ix.Units[i+1] > 1 && first >= ix.Static {
				groups++
				if !strings.HasPrefix(rest[first-ix.Static].Head, `<details class="group`) {
					t.Errorf("group %d has no head", i/2)
				}
			}
			first += ix.Units[i+1]
		}
		for _, l := range rest {
			if l.Head != "" {
				heads++
			}
		}
		if groups != heads || all && groups > 0 {
			t.Errorf("%d groups, %d heads, each by itself %v", groups, heads, all)
		}
	}
}

// unpacked reads the exposures that a page keeps compressed.
func unpacked(t *testing.T, page []byte) (rest []late) {
	t.Helper()
	for i, m := range chunkElement.FindAllSubmatch(page, -1) {
		if string(m[1]) != fmt.Sprint(i) {
			t.Errorf("chunk %s is in the place of %d", m[1], i)
		}
		z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(m[2])))
		if err != nil {
			t.Fatal(err)
		}
		var some []late
		if err := json.NewDecoder(z).Decode(&some); err != nil {
			t.Fatal(err)
		}
		rest = append(rest, some...)
	}
	return rest
}

func TestHTMLSaysAllThatTheTableSays(t *testing.T) {
	for _, l := range lang.All() {
		s := shop()
		o := Options{Lang: l, Rules: rules}
		page := html.UnescapeString(string(render(t, "html", s, o)))
		if want := fmt.Sprintf("<html lang=%q>", htmlLang(l)); !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
		tb := newTable(io.Discard, s, o)
		want := append(tb.headlines(), tb.leftOut()...)
		for _, step := range s.FewestFixes {
			want = append(want, tb.firstLine(step.Title, step.ID))
		}
		for i := range s.Exposures {
			it := look(&s.Exposures[i])
			want = append(want, tb.short[it.UID], place(it.where()))
			for _, tr := range append(it.contributing, it.contextual...) {
				at := place(tr.Origin)
				if tr.Origin.File == it.where().File {
					_, at = lastPart(at)
				}
				want = append(want, tb.title(tr), at)
				for _, e := range tr.Evidence {
					want = append(want, e.Path, e.Text())
				}
			}
			for _, p := range it.AttackPaths {
				for _, e := range p.Edges {
					want = append(want, e.Why.In(l))
				}
			}
		}
		for _, r := range byReason(s.NotAssessed, o) {
			want = append(want, r.why, tb.ruleCounts(r))
		}
		want = append(want, "k8s/legacy.yaml", "line 14: mapping values", "old-backup-job", "edge-proxy", "0.1.0", "2026-11-21 22:04:05 UTC", "./shop")
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("%s: the page does not say %q", l, w)
			}
		}
		for _, trace := range []string{"%!", "%s", "%d", "\x00", "ZgotmplZ", "<nil>"} {
			if strings.Contains(page, trace) {
				t.Errorf("%s: the page has %q", l, trace)
			}
		}
	}
}

func TestHTMLOfOddScans(t *testing.T) {
	odd := shop()
	odd.Exposures = append(odd.Exposures, finding.Exposure{AttackPaths: []finding.AttackPath{{}}, Traits: []finding.ExposureTrait{{}}})
	for name, s := range map[string]*finding.Scan{"empty": {}, "unknown": unknown(), "long names": longNames(), "odd": odd, "platform": platformOnly(), "since": sinceLast()} {
		for _, o := range []Options{{}, {MinSeverity: finding.SeverityCritical}, {All: true}} {
			if page := render(t, "html", s, o); !bytes.HasSuffix(page, []byte("</html>\n")) {
				t.Errorf("%s: the page is not whole", name)
			}
		}
	}
}

func TestBlocksOf(t *testing.T) {
	got := blocksOf("Do `this`\n\nOne\ntwo.\n\n    a: 1\n\n      b\n\n- x\n- y\n  goes on\n1. first\n2. second", true)
	var out []string
	for _, b := range got {
		line := b.Kind + ":" + b.Code
		for _, item := range b.Items {
			for _, s := range item {
				line += "[" + s.Class + s.Text + "]"
			}
			line += ";"
		}
		out = append(out, line)
	}
	want := []string{
		"title:[Do ][ttthis];", "text:[One][ ][two.];", "code:a: 1\n\n  b", "bullets:[x];[y][ ][goes on];", "steps:[first];[second];",
	}
	for i := range out {
		if i < len(got) && got[i].Kind == "code" {
			out[i] = "code:" + got[i].Code
		}
	}
	if !slices.Equal(out, want) {
		t.Errorf("got\n%q\nwant\n%q", out, want)
	}
}
