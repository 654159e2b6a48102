package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// renderKustomization builds a kustomization as kustomize does by default: files come from below their own kustomization,
// other kustomizations from anywhere on the disk. There are no remote bases, no plugins, no functions, no Helm charts.
func renderKustomization(root string, emit func(record) error) error {
	k, err := newKustomization(root)
	if err != nil {
		return err
	}
	if err := k.checkRemote(k.root, map[string]bool{}); err != nil {
		return err
	}
	built, err := k.build(k.withOrigins())
	if err != nil {
		return k.problem(err)
	}
	return k.emit(built, emit)
}

// kustomization is one that is built.
type kustomization struct {
	root string // without links
	file string // its kustomization.yaml
}

func newKustomization(root string) (*kustomization, error) {
	full, err := filepath.Abs(root)
	if err == nil {
		full, err = filepath.EvalSymlinks(full)
	}
	if err != nil {
		return nil, &problem{Why: "it cannot be read: " + reason(err)}
	}
	file := kustomizationFile(full)
	if file == "" {
		return nil, &problem{Why: "there is no kustomization.yaml in it"}
	}
	return &kustomization{root: full, file: file}, nil
}

func kustomizationFile(dir string) string {
	for _, name := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err == nil && info.Mode().IsRegular() {
			return filepath.Join(dir, name)
		}
	}
	return ""
}

// relative names a file as seen from the root.
func (k *kustomization) relative(name string) string {
	if rel, err := filepath.Rel(k.root, name); err == nil {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(name)
}

// build runs kustomize over the disk, with one text in place of the kustomization's own.
func (k *kustomization) build(text []byte) (resmap.ResMap, error) {
	options := krusty.MakeDefaultOptions()
	options.LoadRestrictions = types.LoadRestrictionsRootOnly
	options.PluginConfig = types.DisabledPluginConfig()
	return krusty.MakeKustomizer(options).Run(overlay{filesys.MakeFsOnDisk(), k.file, text}, k.root)
}

// overlay is a file system with another text in one file.
type overlay struct {
	filesys.FileSystem
	file string
	text []byte
}

// ReadFile implements [filesys.FileSystem].
func (o overlay) ReadFile(name string) ([]byte, error) {
	if o.text != nil && name == o.file {
		return o.text, nil
	}
	return o.FileSystem.ReadFile(name)
}

// withOrigins gives the kustomization's text with the option that makes kustomize say which file a resource is from.
func (k *kustomization) withOrigins() []byte {
	return k.edited(func(top *yaml.Node) bool {
		if field(top, "buildMetadata") != nil || field(top, "kind") != nil && field(top, "kind").Value == "Component" {
			return false
		}
		top.Content = append(top.Content,
			&yaml.Node{Kind: yaml.ScalarNode, Value: "buildMetadata"},
			&yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: types.OriginAnnotations}}})
		return true
	})
}

// edited gives the kustomization's text with a change; nil where it cannot be changed.
func (k *kustomization) edited(change func(*yaml.Node) bool) []byte {
	top := readMap(k.file)
	if top == nil || !change(top) {
		return nil
	}
	text, err := yaml.Marshal(top)
	if err != nil {
		return nil
	}
	return text
}

// readMap reads a YAML file that is a map; nil where it is none.
func readMap(name string) *yaml.Node {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil
	}
	return doc.Content[0]
}

// field gives a member of a map; nil where there is none.
func field(m *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == key {
			return m.Content[i+1]
		}
	}
	return nil
}

// lists are the fields of a kustomization whose entries are files or folders.
func lists() []string {
	return []string{
		"resources", "bases", "components", "crds", "generators", "transformers", "validators", "configurations",
		"patchesStrategicMerge",
	}
}

// checkRemote looks for what would have to be fetched or run, in the kustomization of a folder and in those that it names.
func (k *kustomization) checkRemote(dir string, seen map[string]bool) error {
	const most = 1000
	file := kustomizationFile(dir)
	if file == "" || seen[file] || len(seen) > most {
		return nil
	}
	seen[file] = true
	top := readMap(file)
	if top == nil {
		return nil // kustomize says why
	}
	for _, charts := range []string{"helmCharts", "helmChartInflationGenerator"} {
		if n := field(top, charts); n != nil && len(n.Content) > 0 {
			return &problem{File: k.relative(file), Line: n.Line, Why: charts + " fetches charts and runs helm, which Merlon does not do" + renderYourself("kustomize build --enable-helm")}
		}
	}
	for _, list := range lists() {
		n := field(top, list)
		if n == nil || n.Kind != yaml.SequenceNode {
			continue
		}
		for _, entry := range n.Content {
			if err := k.checkEntry(dir, file, entry, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *kustomization) checkEntry(dir, file string, entry *yaml.Node, seen map[string]bool) error {
	if entry.Kind != yaml.ScalarNode || strings.Contains(entry.Value, "\n") {
		return nil
	}
	local := filepath.Join(dir, filepath.FromSlash(entry.Value))
	if info, err := os.Stat(local); err == nil {
		if full, err := filepath.EvalSymlinks(local); err == nil && info.IsDir() {
			return k.checkRemote(full, seen)
		}
		return nil
	}
	if remote.MatchString(entry.Value) {
		return &problem{File: k.relative(file), Line: entry.Line, Why: "it names a base on the network, which Merlon does not fetch" + renderYourself("kustomize build")}
	}
	return nil
}

// remote tells what kustomize would clone or download
// (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/resource/).
var remote = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*://|^git@|^git::|^[^/]*[a-z]:[^/]|\?(ref|version|timeout|submodules)=|^(www\.)?(github\.com|gitlab\.com|bitbucket\.org)[/:]|\.git(/|$)|_git/`)

// emit gives the resources, each under the file that it is from.
func (k *kustomization) emit(built resmap.ResMap, emit func(record) error) error {
	keep := k.withOrigins() == nil // the user asked for the annotation
	texts := map[string]string{}
	for _, r := range built.Resources() {
		name := k.relative(k.file)
		if origin, err := r.GetOrigin(); err == nil && origin != nil {
			name = originFile(origin, name)
		}
		if !keep {
			if err := r.SetOrigin(nil); err != nil {
				return err
			}
		}
		text, err := r.AsYAML()
		if err != nil {
			return err
		}
		source, ok := texts[name]
		if !ok {
			data, err := os.ReadFile(filepath.Join(k.root, filepath.FromSlash(name)))
			if err == nil {
				source = string(data)
			}
			texts[name] = source
		}
		if err := emit(record{File: name, Text: string(text), Lines: alignKeys(string(text), source)}); err != nil {
			return err
		}
	}
	return nil
}

func originFile(o *resource.Origin, otherwise string) string {
	switch {
	case o.Path != "":
		return filepath.ToSlash(filepath.Clean(o.Path))
	case o.ConfiguredIn != "":
		return filepath.ToSlash(filepath.Clean(o.ConfiguredIn))
	}
	return otherwise
}
