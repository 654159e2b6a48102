package report

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

//go:embed html/page.tmpl html/map.tmpl html/style.css html/app.js
var htmlFiles embed.FS

// htmlHandler writes a scan as one HTML file that needs nothing else: no network, no other file, and no
// JavaScript for reading it. Its content security policy allows the one style sheet and the one script
// that are in it, by their hashes, so that nothing that a name smuggles in could run.
//
// Its size is bounded by what a browser lays out at once: the first exposures are plain HTML, and those
// after them are kept compressed in the file until a search or a reader asks for them.
type htmlHandler struct {
	w io.Writer
	o Options
}

// Scan implements [Handler].
func (h *htmlHandler) Scan(s *finding.Scan) error {
	b, err := newHTMLBuilder(s, h.o)
	if err != nil {
		return err
	}
	p, err := b.page()
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(h.w, 1<<16)
	if err := b.tmpl.ExecuteTemplate(out, "page", p); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write page: %w", err)
	}
	return nil
}

// htmlBuilder turns a scan into the values that the template shows.
type htmlBuilder struct {
	*table
	tmpl *template.Template
	// fold puts exposures that are alike together.
	fold bool
	// budget is how many exposures are plain HTML.
	budget int
}

// A page holds up to allAsHTML exposures as plain HTML, which is what a phone lays out in a moment. Where
// there are more, it holds the first firstAsHTML, so that a large page opens no slower than a small one.
const (
	allAsHTML   = 400
	firstAsHTML = 100
)

func newHTMLBuilder(s *finding.Scan, o Options) (*htmlBuilder, error) {
	fold := !o.All
	o.All, o.Color = true, false // Nothing is cut short here; what is long is folded by the browser.
	b := &htmlBuilder{table: newTable(io.Discard, s, o), fold: fold}
	b.brief = true // All of them are at the end of the page.
	if b.budget = len(s.Exposures); b.budget > allAsHTML {
		b.budget = firstAsHTML
	}
	words := htmlWords()
	var err error
	b.tmpl, err = template.New("html").Option("missingkey=error").Funcs(template.FuncMap{
		"t": func(key string) (string, error) {
			if text, ok := words[key]; ok {
				return text.In(o.Lang), nil
			}
			return "", fmt.Errorf("there is no text %q", key)
		},
	}).ParseFS(htmlFiles, "html/page.tmpl", "html/map.tmpl")
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	return b, nil
}

// htmlAssets are the style sheet and the script, whole elements, and the policy that allows just them.
type htmlAssets struct {
	Style, Script template.HTML
	Policy        string
}

func newHTMLAssets() (a htmlAssets, err error) {
	read := func(name string) (content, source string) {
		data, readErr := htmlFiles.ReadFile("html/" + name)
		if readErr != nil {
			err = fmt.Errorf("read asset: %w", readErr)
		}
		sum := sha256.Sum256(data)
		return string(data), "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	style, styleSource := read("style.css")
	script, scriptSource := read("app.js")
	a.Style = template.HTML("<style>" + style + "</style>")
	a.Script = template.HTML("<script>" + script + "</script>")
	a.Policy = strings.Join([]string{
		"default-src 'none'", "style-src " + styleSource, "script-src " + scriptSource, "img-src data:",
		"base-uri 'none'", "form-action 'none'",
	}, "; ")
	return a, err
}

// htmlLang gives a language as the attribute lang names it: the Portuguese is that of Brazil.
func htmlLang(l lang.Lang) string {
	switch l {
	case lang.ES:
		return "es"
	case lang.PT:
		return "pt-BR"
	}
	return "en"
}

// htmlSpan is a piece of text with the class that carries its style.
type htmlSpan struct{ Class, Text string }

// spansOf turns the spans of the table into those of the page.
func spansOf(spans []span) []htmlSpan {
	all := make([]htmlSpan, len(spans))
	for i, s := range spans {
		all[i] = htmlSpan{s.style.class(), s.text}
	}
	return all
}

// class names a style in the style sheet.
func (s style) class() string {
	return [...]string{plain: "", bold: "strong", dim: "dim", critical: "critical", high: "high", medium: "medium", low: "low", good: "good"}[s]
}

// classOf is the class of a severity.
func classOf(s finding.Severity) string { return s.String() }

// anchor gives the name of a place in the page for something with an ID. What is no plain word is hashed,
// so that no ID from outside becomes part of a link.
func (b *htmlBuilder) anchor(prefix, id string) string {
	if isMadeOf(id, "abcdefghijklmnopqrstuvwxyz0123456789-") {
		return prefix + id
	}
	sum := sha256.Sum256([]byte(id))
	return prefix + "_" + hex.EncodeToString(sum[:8])
}
