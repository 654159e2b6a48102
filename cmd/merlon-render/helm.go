package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	chartutil "helm.sh/helm/v4/pkg/chart/v2/util"
	"helm.sh/helm/v4/pkg/engine"
	"helm.sh/helm/v4/pkg/ignore"
)

// renderChart renders a chart: a folder, or an archive as helm package makes it. Functions that ask a cluster or a name
// server give what they give in helm template: nothing, and that is said.
func renderChart(root string, o options, emit func(record) error) error {
	values, err := o.chartValues()
	if err != nil {
		return err
	}
	c, links, err := loadChart(root)
	if err != nil {
		return err
	}
	if err := emitProblems(links, emit); err != nil {
		return err
	}
	if c.Metadata.Type == "library" {
		return nil // it renders nothing by itself
	}
	templates := map[string]string{}
	sources(c, c.Name(), templates)
	all, err := o.renderValues(c, values)
	if err != nil {
		return err
	}
	if err := emitProblems(schemaProblems(c, all), emit); err != nil {
		return err
	}
	missing := missingDependencies(c)
	asked := asking{}
	functions := newStable().functions()
	maps.Copy(functions, asked.functions())
	rendered, err := engine.Engine{CustomTemplateFuncs: functions}.RenderWithContext(context.Background(), c, all)
	if err != nil {
		p := templateProblem(err, c.Name())
		if len(missing) > 0 {
			p.Why += " (" + strings.Join(missing, ", ") + " of its dependencies is not in charts/: run helm dependency build, then scan again)"
		}
		return p
	}
	var problems []*problem
	for _, name := range missing {
		why := "the dependency " + name + " is not in charts/, and was not rendered: run helm dependency build, then scan again"
		problems = append(problems, &problem{File: "Chart.yaml", Why: why})
	}
	if err := emitProblems(problems, emit); err != nil {
		return err
	}
	if note := asked.note(); note != nil {
		if err := emit(record{Note: note}); err != nil {
			return err
		}
	}
	return emitChart(c, rendered, templates, emit)
}

func emitProblems(problems []*problem, emit func(record) error) error {
	for _, p := range problems {
		if err := emit(record{Problem: p}); err != nil {
			return err
		}
	}
	return nil
}

// renderValues gives everything that templates see, and takes the dependencies out of the chart that the values switch
// off.
func (o options) renderValues(c *chart.Chart, values map[string]any) (common.Values, error) {
	known := common.DefaultCapabilities.Copy()
	known.APIVersions = append(slices.Clone(known.APIVersions), o.apiVersions...)
	ofWhom := "the latest that this merlon-render knows; name your cluster's release with --kubernetes-version"
	if o.kubernetes != "" {
		version, err := common.ParseKubeVersion(o.kubernetes)
		if err != nil {
			return nil, &problem{Request: true, Why: "--kubernetes-version: " + oneLine(err.Error())}
		}
		known.KubeVersion, ofWhom = *version, "the release that --kubernetes-version names"
	}
	if wanted := c.Metadata.KubeVersion; wanted != "" && !chartutil.IsCompatibleRange(wanted, known.KubeVersion.String()) {
		why := fmt.Sprintf("the chart is for Kubernetes %s, so Helm would not install it on %s (%s)", oneLine(wanted), known.KubeVersion.String(), ofWhom)
		return nil, &problem{File: "Chart.yaml", Why: why}
	}
	if err := chartutil.ProcessDependencies(c, values); err != nil {
		return nil, &problem{File: "Chart.yaml", Why: oneLine("its dependencies cannot be resolved: " + err.Error())}
	}
	release := common.ReleaseOptions{Name: o.release, Namespace: o.namespace, Revision: 1, IsInstall: true}
	if release.Name == "" {
		release.Name = c.Name()
	}
	skipSchema := true // see schemaProblems
	all, err := util.ToRenderValuesWithSchemaValidation(c, values, release, known, skipSchema)
	if err != nil {
		return nil, &problem{File: "values.yaml", Why: oneLine(withoutQuotes(err.Error()))}
	}
	return all, nil
}

func emitChart(c *chart.Chart, rendered, templates map[string]string, emit func(record) error) error {
	for _, crd := range c.CRDObjects() {
		if crd.File == nil {
			continue
		}
		text := string(crd.File.Data)
		if err := emit(record{File: inChart(crd.Filename, c.Name()), Text: text, Lines: align(text, text)}); err != nil {
			return err
		}
	}
	names := make([]string, 0, len(rendered))
	for name := range rendered {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		text := rendered[name]
		if strings.HasPrefix(path.Base(name), "_") || path.Base(name) == "NOTES.txt" || strings.TrimSpace(text) == "" {
			continue
		}
		if err := emit(record{File: inChart(name, c.Name()), Text: text, Lines: align(text, templates[name])}); err != nil {
			return err
		}
	}
	return nil
}

// inChart takes the name of the chart off the name of a template, as Helm gives it.
func inChart(name, of string) string { return strings.TrimPrefix(name, of+"/") }

// sources lists the templates of a chart and its dependencies under the names that Helm gives them.
func sources(c *chart.Chart, under string, into map[string]string) {
	for _, t := range c.Templates {
		into[path.Join(under, t.Name)] = string(t.Data)
	}
	for _, d := range c.Dependencies() {
		sources(d, path.Join(under, "charts", d.Name()), into)
	}
}

// missingDependencies lists those that a chart whose dependencies were resolved wants, under the names that they have in
// it, and that charts/ does not hold.
func missingDependencies(c *chart.Chart) []string {
	var missing []string
	for _, d := range c.Metadata.Dependencies {
		if !slices.ContainsFunc(c.Dependencies(), func(has *chart.Chart) bool { return has.Name() == d.Name }) {
			missing = append(missing, oneLine(d.Name))
		}
	}
	for _, sub := range c.Dependencies() {
		missing = append(missing, missingDependencies(sub)...)
	}
	return missing
}

// maxFiles is how many files a chart may have.
const maxFiles = 20_000

// loadChart reads a chart. A symbolic link that leads out of its folder is not followed, and named.
func loadChart(root string) (*chart.Chart, []*problem, error) {
	info, err := os.Stat(root)
	if err != nil {
		return nil, nil, &problem{Why: "it cannot be read: " + reason(err)}
	}
	if !info.IsDir() {
		f, err := os.Open(root)
		if err != nil {
			return nil, nil, &problem{Why: "it cannot be read: " + reason(err)}
		}
		defer f.Close()
		c, err := loader.LoadArchive(f)
		if err != nil {
			return nil, nil, loadProblem(err)
		}
		return c, nil, nil
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, nil, &problem{Why: "it cannot be read: " + reason(err)}
	}
	defer dir.Close()
	f := folder{root: dir, left: archive.MaxDecompressedChartSize, rules: ignore.Empty()}
	if text, err := dir.ReadFile(ignore.HelmIgnore); err == nil {
		if f.rules, err = ignore.Parse(bytes.NewReader(text)); err != nil {
			return nil, nil, &problem{File: ignore.HelmIgnore, Why: oneLine(err.Error())}
		}
	}
	f.rules.AddDefaults()
	if err := f.walk(".", 0); err != nil {
		return nil, nil, err
	}
	c, err := loader.LoadFiles(f.files)
	if err != nil {
		return nil, nil, loadProblem(err)
	}
	return c, f.problems, nil
}

// folder is a chart's folder while it is read.
type folder struct {
	root     *os.Root
	rules    *ignore.Rules
	left     int64
	files    []*archive.BufferedFile
	problems []*problem
}

func (f *folder) walk(at string, depth int) error {
	const deepest = 40
	if depth > deepest {
		return &problem{File: at, Why: "folders are nested too deep here"}
	}
	entries, err := fs.ReadDir(f.root.FS(), at)
	if err != nil {
		return &problem{File: at, Why: "it cannot be read: " + reason(err)}
	}
	for _, e := range entries {
		name := path.Join(at, e.Name())
		info, err := f.root.Stat(name)
		if err != nil {
			if e.Type()&fs.ModeSymlink != 0 {
				f.problems = append(f.problems, &problem{File: name, Why: "it is a symbolic link that leads nowhere, or out of the chart, and was not followed; put what it points at into the chart"})
				continue
			}
			return &problem{File: name, Why: "it cannot be read: " + reason(err)}
		}
		if f.rules.Ignore(name, info) {
			continue
		}
		switch {
		case info.IsDir():
			err = f.walk(name, depth+1)
		case info.Mode().IsRegular():
			err = f.add(name, info)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (f *folder) add(name string, info fs.FileInfo) error {
	if f.left -= info.Size(); f.left < 0 || len(f.files) >= maxFiles {
		return &problem{Why: fmt.Sprintf("the chart is larger than %d MiB or %d files; it was not rendered", archive.MaxDecompressedChartSize>>20, maxFiles)}
	}
	in, err := f.root.Open(name)
	if err != nil {
		return &problem{File: name, Why: "it cannot be read: " + reason(err)}
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, info.Size()))
	if err != nil {
		return &problem{File: name, Why: "it cannot be read: " + reason(err)}
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	f.files = append(f.files, &archive.BufferedFile{Name: name, ModTime: info.ModTime(), Data: text})
	return nil
}

// reason is an error of the system without the path in it.
func reason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return oneLine(err.Error())
}

var (
	// inTemplate finds the place in "parse error at (shop/templates/web.yaml:7): …" and "template: shop/templates/web.yaml:7:10: …".
	inTemplate = regexp.MustCompile(`([^\s()"<>]+/(?:templates|charts)/[^\s()"<>:]+):(\d+)(?::\d+)?`)
	noTemplate = regexp.MustCompile(`\bno template ("[^"\\]*") associated with template`)
	// notIterable ends in the value.
	notIterable = regexp.MustCompile(`(range can't iterate over ).*`)
	executing   = regexp.MustCompile(`executing "(?:[^"\\]|\\.)*" `)
	subchart    = regexp.MustCompile(`error unpacking subchart (\S+) in`)
	notYAML     = regexp.MustCompile(`error converting YAML to JSON: yaml: (?:line \d+: )?(.*)`)
	lineOf      = regexp.MustCompile(`\bline (\d+)\b`)
	loading     = regexp.MustCompile(`cannot load ([A-Za-z.]+\.(?:yaml|lock))`)
)

// templateProblem finds the file and line in an error of the engine, which names every template on the way to it: the
// last one is where it happened. Text in quotes may be a value, and is left out unless the template does not parse.
func templateProblem(err error, of string) *problem {
	msg := strings.Join(strings.Fields(err.Error()), " ")
	p := &problem{Why: msg}
	if all := inTemplate.FindAllStringSubmatch(msg, -1); len(all) > 0 {
		last := all[len(all)-1]
		p.File = inChart(last[1], of)
		p.Line, _ = strconv.Atoi(last[2])
		if strings.Contains(msg, "parse error") {
			last = all[0] // the message may end in the place where something began that does not end
		}
		p.Why = strings.TrimLeft(msg[strings.LastIndex(msg, last[0])+len(last[0]):], "): ")
	}
	const endless = "its named templates call each other without end"
	switch none := noTemplate.FindStringSubmatch(p.Why); {
	case none != nil:
		p.Why = "there is no template called " + none[1]
	case strings.Contains(msg, "nested reference name"), strings.Contains(msg, "exceeded maximum template depth"):
		p.Why = endless
	case !strings.Contains(msg, "parse error"):
		p.Why = withoutQuotes(executing.ReplaceAllString(notIterable.ReplaceAllString(p.Why, "${1}it"), ""))
	}
	p.Why = "the template cannot be rendered: " + oneLine(p.Why)
	return p
}

// loadProblem finds the file and line in an error of the loader.
func loadProblem(err error) *problem {
	msg := err.Error()
	p := &problem{Line: yamlLine(err), Why: "the chart cannot be loaded: " + oneLine(withoutQuotes(msg))}
	if m := loading.FindStringSubmatch(msg); m != nil {
		p.File = m[1]
	}
	if m := subchart.FindStringSubmatch(msg); m != nil {
		p.File, p.Line = "charts/"+m[1], 0
	}
	_, invalid, isInvalid := strings.Cut(msg, "validation: ")
	switch m := notYAML.FindStringSubmatch(msg); {
	case m != nil:
		p.Why = "it is not valid YAML: " + oneLine(withoutQuotes(m[1]))
	case strings.Contains(msg, "into Go value of type map"):
		p.Why = "it must be a map of names to values"
	case isInvalid && p.File == "":
		p.File, p.Why = "Chart.yaml", "Helm would refuse the chart: "+oneLine(invalid)
	case strings.Contains(msg, "larger than the maximum size"):
		p.Why = fmt.Sprintf("it unpacks to more than %d MiB, the most that Helm takes, so the chart was not rendered", archive.MaxDecompressedChartSize>>20)
	}
	return p
}

func yamlLine(err error) int {
	if m := lineOf.FindStringSubmatch(err.Error()); m != nil {
		line, _ := strconv.Atoi(m[1])
		return line
	}
	return 0
}

var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// withoutQuotes takes out of a message what it quotes, which may be a value.
func withoutQuotes(msg string) string { return quoted.ReplaceAllString(msg, `"…"`) }
