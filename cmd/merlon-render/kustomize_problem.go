package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

var (
	config   = regexp.MustCompile("(?s)`[^`]*`") // of a transformer, with what it patches in
	yamlAt   = regexp.MustCompile(`yaml: line (\d+)`)
	noTarget = regexp.MustCompile(`no matches for Id ([A-Za-z0-9]+)\.[^/ ]*/([^. ]+)`)
)

// problem says where and why a kustomization cannot be built.
func (k *kustomization) problem(err error) *problem {
	msg := strings.ReplaceAll(err.Error(), k.root+string(filepath.Separator), "")
	msg = strings.ReplaceAll(msg, k.root, ".")
	for dir, up := filepath.Dir(k.root), ".."; dir != filepath.Dir(dir); dir, up = filepath.Dir(dir), up+"/.." {
		msg = strings.ReplaceAll(msg, "'"+dir+string(filepath.Separator), "'"+up+"/")
	}
	p := &problem{File: k.relative(k.file), Line: yamlLine(err), Why: "the kustomization cannot be built: " + oneLine(withoutQuotes(config.ReplaceAllString(msg, "`…`")))}
	if m := yamlAt.FindStringSubmatch(msg); m == nil {
		p.Line = k.entryLine(config.FindString(msg))
	}
	switch {
	case strings.Contains(msg, errNetwork.Error()):
		p.Line = k.lineOf(func(text string) bool { return remote.MatchString(text) })
		p.Why = "it names something on the network, which Merlon does not fetch" + renderYourself("kustomize build")
	case strings.Contains(msg, "--enable-helm"):
		p.Why = "a generator in it fetches charts and runs helm, which Merlon does not do" + renderYourself("kustomize build --enable-helm")
	case strings.Contains(msg, "plugins disabled"), strings.Contains(msg, "external plugin"):
		p.Why += "; Merlon runs no plugin" + renderYourself("kustomize build --enable-alpha-plugins")
	}
	if m := noTarget.FindStringSubmatch(err.Error()); m != nil {
		p.Line = k.patchLine(m[2])
		p.Why = "a patch is for " + m[1] + " " + m[2] + ", which is not there" + k.insteadOf(m[1]) + "; correct the patch's target"
	}
	return p
}

// renderYourself ends a problem with what to do.
func renderYourself(command string) string {
	return "; render it yourself: " + command + ", and give the output to merlon scan -"
}

// lineOf finds the line of the first text in the kustomization that is such a one; 0 where none is.
func (k *kustomization) lineOf(such func(string) bool) int {
	var visit func(*yaml.Node) int
	visit = func(n *yaml.Node) int {
		if n.Kind == yaml.ScalarNode && such(n.Value) {
			return n.Line
		}
		for _, child := range n.Content {
			if line := visit(child); line > 0 {
				return line
			}
		}
		return 0
	}
	if top := readMap(k.file); top != nil {
		return visit(top)
	}
	return 0
}

// entryLine finds the line of the one entry of patches that the configuration of a transformer was made of; 0 where that
// is not certain.
func (k *kustomization) entryLine(made string) int {
	top := readMap(k.file)
	if top == nil || made == "" {
		return 0
	}
	patches := field(top, "patches")
	if patches == nil {
		return 0
	}
	line, matches := 0, 0
	for _, entry := range patches.Content {
		for _, key := range []string{"path", "patch"} {
			if n := field(entry, key); n != nil {
				first, _, _ := strings.Cut(strings.TrimSpace(n.Value), "\n")
				if first != "" && strings.Contains(made, first) {
					line = entry.Line
					matches++
				}
			}
		}
	}
	if matches != 1 {
		return 0
	}
	return line
}

// insteadOf says which objects of a kind there are without the patches.
func (k *kustomization) insteadOf(kind string) string {
	text := k.edited(func(top *yaml.Node) bool {
		for _, patches := range []string{"patches", "patchesStrategicMerge", "patchesJson6902"} {
			if n := field(top, patches); n != nil {
				n.Kind, n.Tag, n.Content = yaml.SequenceNode, "!!seq", nil
			}
		}
		return true
	})
	built, err := k.build(text)
	if text == nil || err != nil {
		return ""
	}
	var names []string
	for _, r := range built.Resources() {
		if r.GetKind() == kind {
			names = append(names, r.GetName())
		}
	}
	if len(names) == 0 {
		return ": there is no " + kind + " at all"
	}
	const few = 5
	slices.Sort(names)
	more := ""
	if len(names) > few {
		names, more = names[:few], ", …"
	}
	return ": there is " + strings.Join(names, ", ") + more
}

// patchLine finds the line of the kustomization that names the patch for an object of this name; 0 where that is not
// certain.
func (k *kustomization) patchLine(name string) int {
	top := readMap(k.file)
	if top == nil {
		return 0
	}
	for _, patches := range []string{"patches", "patchesStrategicMerge", "patchesJson6902"} {
		n := field(top, patches)
		if n == nil {
			continue
		}
		for _, entry := range n.Content {
			if k.patches(entry, name) {
				return entry.Line
			}
		}
	}
	return 0
}

// patches reports whether an entry of a list of patches is for an object of this name.
func (k *kustomization) patches(entry *yaml.Node, name string) bool {
	text := entry.Value
	if entry.Kind == yaml.MappingNode {
		if target := field(entry, "target"); target != nil {
			n := field(target, "name")
			return n != nil && n.Value == name
		}
		if inline := field(entry, "patch"); inline != nil {
			text = inline.Value
		} else if file := field(entry, "path"); file != nil {
			text = file.Value
		}
	}
	if !strings.Contains(text, "\n") {
		data, err := os.ReadFile(filepath.Join(k.root, filepath.FromSlash(text)))
		if err != nil || !filepath.IsLocal(text) {
			return false
		}
		text = string(data)
	}
	var doc struct {
		Metadata struct{ Name string }
	}
	return yaml.Unmarshal([]byte(text), &doc) == nil && doc.Metadata.Name == name
}
