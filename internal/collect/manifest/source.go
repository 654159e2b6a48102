package manifest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// The kinds of inventory.Source that this package gives.
const (
	filesKind    = "files"
	snapshotKind = "snapshot"
)

// stdinName is what origins and messages call standard input.
const stdinName = "stdin"

// source is one of Options.Paths while it is read.
type source struct {
	name     string
	kind     string // "" is filesKind
	folder   bool
	limits   Limits
	parts    []*part
	passed   int      // files passed over in silence
	named    []string // files passed over that look as if they held manifests; the first few names
	unnamed  int      // how many more
	snapshot *inventory.Header
	empty    []string // roots that rendered to nothing
	notes    []inventory.NotRead
	modules  []string // folders with Terraform configuration; the first few
	todo     string   // what makes Merlon render by itself
}

const maxNames = 5

// unread notes a file that is not read because of its name, and that a user may miss.
func (s *source) unread(name string) {
	if len(s.named) < maxNames {
		s.named = append(s.named, name)
		return
	}
	s.unnamed++
}

// passOver notes a file that is not read because of its name, in silence but for configuration of Terraform.
func (s *source) passOver(f *file) {
	s.passed++
	if strings.HasSuffix(f.base, ".tf") && len(s.modules) < maxNames && !slices.Contains(s.modules, f.dir) {
		s.modules = append(s.modules, f.dir)
	}
}

// outcome adds up what the parts of a source say.
type outcome struct {
	what      string // the path, as messages call it
	objects   int
	lists     int
	problems  int
	unlisted  int // problems beyond maxProblems
	entries   []inventory.NotRead
	charts    charts
	templates []*file // of each file once
	reasons   map[*file]problem
	kustomize []string
	terraform bool // a plan or state was read
	pages     map[string]pages
	others    int
	version   string
	otherIn   []string // the first few places
	otherMore int
}

// report gives what the user is told of a source; cluster is the name of the cluster that files are about.
func (s *source) report(cluster string) inventory.Source {
	out := inventory.Source{Kind: filesKind, Name: s.name, NotAssessed: []inventory.NotRead{}}
	if s.kind != "" {
		out.Kind = s.kind
	}
	o := outcome{what: s.name, reasons: map[*file]problem{}, pages: map[string]pages{}}
	if s.name == "-" {
		o.what = stdinName
	}
	o.add(s.parts)
	if o.version != "" {
		out.KubernetesVersions = map[string]string{cluster: o.version}
	}
	o.nameTemplates(s.todo)
	o.unfinished()
	o.rendered(s)
	o.hint(s)
	if o.unlisted > 0 {
		o.entry(o.what, fmt.Sprintf("%d more problems are not listed; correct those that are and scan again", o.unlisted))
	}
	if s.snapshot != nil {
		s.addSnapshot(&out, &o)
	}
	out.NotAssessed = append(out.NotAssessed, o.entries...)
	switch {
	case o.problems == 0 && out.Status == "":
		out.Status = inventory.StatusComplete
	case o.problems > 0 && o.objects == 0:
		out.Status = inventory.StatusFailed
	case o.problems > 0:
		out.Status = inventory.StatusPartial
	}
	return out
}

func (o *outcome) entry(what, why string) {
	o.entries = append(o.entries, inventory.NotRead{What: what, Why: why})
}

// add takes the parts in input order.
func (o *outcome) add(parts []*part) {
	var last *file // whose documents that are no objects were named
	for _, p := range parts {
		o.objects += len(p.resources)
		o.lists += p.lists
		if p.version != "" {
			o.version = p.version // the last one counts, as for objects
		}
		for _, bad := range p.problems {
			if o.problems++; len(o.entries) < maxProblems {
				o.entry(place(p.file, bad.line), bad.why)
			} else {
				o.unlisted++
			}
		}
		o.problems += p.unlisted
		o.unlisted += p.unlisted
		if p.template != nil {
			if _, ok := o.reasons[p.file]; !ok {
				o.reasons[p.file] = *p.template
				o.templates = append(o.templates, p.file)
			}
		}
		for member, n := range p.pages {
			all := o.pages[member]
			if all.goOn, all.end = all.goOn+n.goOn, all.end+n.end; n.goOn > 0 {
				all.file, all.line = n.file, n.line
			}
			o.pages[member] = all
		}
		o.others += p.others
		o.terraform = o.terraform || p.terraform
		switch kustomization := isKustomization(p.file.base) && p.others > 0; {
		case p.kustomize || kustomization:
			o.kustomize = append(o.kustomize, p.file.dir)
			if kustomization {
				o.others--
			}
		case p.others > 0 && p.file != last:
			if last = p.file; len(o.otherIn) < maxNames {
				o.otherIn = append(o.otherIn, place(p.file, p.otherLine))
			} else {
				o.otherMore++
			}
		}
	}
}

// nameTemplates says of templates how to render them: once for a chart.
func (o *outcome) nameTemplates(hint string) {
	for _, f := range o.templates {
		if o.charts.add(f) {
			continue
		}
		if o.problems++; len(o.entries) >= maxProblems {
			o.unlisted++
			continue
		}
		bad := o.reasons[f]
		o.entry(place(f, bad.line), "it looks like a template ({{ … }}) that was not rendered, and was not read ("+bad.why+
			"); render it first: helm template NAME CHART | merlon scan -")
	}
	for _, c := range o.charts.all {
		o.problems++
		files := "1 template of it was"
		if c.templates > 1 {
			files = fmt.Sprintf("%d templates of it were", c.templates)
		}
		todo := "helm template " + c.name + " " + shellQuote(c.path) + " | merlon scan -"
		if archive, dir, ok := strings.Cut(c.path, "!"); ok {
			todo = "unpack " + archive + ", then helm template " + c.name + " " + shellQuote(dir) + " | merlon scan -"
		}
		o.entry(c.path, "it looks like a Helm chart that was not rendered; "+files+" not read. Render it: "+todo+hint)
	}
}

// hint adds what is no failure.
func (o *outcome) hint(s *source) {
	if n := len(o.kustomize); n > 0 {
		what := strings.Join(o.kustomize[:min(n, maxNames)], ", ")
		if n > maxNames {
			what += fmt.Sprintf(" and %d more", n-maxNames)
		}
		o.entry(what, "there is a kustomization, which was not applied: the files were read as they stand. To see what it makes: kustomize build "+
			shellQuote(o.kustomize[0])+" | merlon scan -"+s.todo)
	}
	if len(s.modules) > 0 && !o.terraform {
		o.entry(strings.Join(s.modules, ", "), "there is Terraform configuration, which is not read as it stands. To see what it makes: terraform plan -out plan && terraform show -json plan | merlon scan -")
	}
	if n := len(s.named) + s.unnamed; n > 0 {
		o.entry(list(s.named, s.unnamed), "not read because of the name; if there are Kubernetes objects or AWS resources in it, give it as a path of its own (unpacked or rendered where it needs that)")
	}
	if s.snapshot != nil {
		return
	}
	if o.objects == 0 && o.problems == 0 && o.others == 0 && len(s.empty) > 0 { // that was said
		return
	}
	const nothing = "there is no Kubernetes object and no AWS resource in it"
	switch {
	case o.objects == 0 && o.problems == 0 && o.lists > 0:
		o.entry(o.what, nothing+": its list is empty")
	case o.objects == 0 && o.problems == 0 && o.others > 0:
		o.entry(o.what, nothing+": "+documents(o.others))
	case o.objects == 0 && o.problems == 0 && o.version != "":
		o.entry(o.what, nothing+", only the version of an API server: read it together with what runs there")
	case o.objects == 0 && o.problems == 0 && s.folder:
		o.entry(o.what, nothing+": no .yaml, .yml, .json or .tfstate file that holds one")
	case o.objects == 0 && o.problems == 0:
		o.entry(o.what, nothing+": it is empty")
	case o.others > 0:
		o.entry(list(o.otherIn, o.otherMore), "passed over: "+documents(o.others))
	}
}

// addSnapshot says of a snapshot what was said when it was taken.
func (s *source) addSnapshot(out *inventory.Source, o *outcome) {
	failed, complete := 0, 0
	for _, from := range s.snapshot.Sources {
		switch from.Status {
		case inventory.StatusComplete:
			complete++
		case inventory.StatusFailed:
			failed++
		}
		for _, n := range from.NotAssessed {
			o.entry(from.Name+": "+n.What, n.Why)
		}
		out.Hold(from)
		for name, version := range from.KubernetesVersions {
			if out.KubernetesVersions == nil {
				out.KubernetesVersions = map[string]string{}
			}
			out.KubernetesVersions[name] = version
		}
	}
	switch n := len(s.snapshot.Sources); {
	case complete == n:
	case failed == n:
		out.Status = inventory.StatusFailed
	default:
		out.Status = inventory.StatusPartial
	}
}

func documents(n int) string {
	if n == 1 {
		return "1 document is neither a Kubernetes object (no apiVersion, kind and metadata.name) nor an AWS resource"
	}
	return fmt.Sprintf("%d documents are neither Kubernetes objects (no apiVersion, kind and metadata.name) nor AWS resources", n)
}

// place names a line of a file.
func place(f *file, line int) string {
	if line = f.lineAt(line); line <= 0 {
		return f.name
	}
	return fmt.Sprintf("%s:%d", f.name, line)
}

func list(names []string, more int) string {
	text := strings.Join(names, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
