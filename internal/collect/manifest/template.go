package manifest

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// chartFile is the file that makes a folder a Helm chart (https://helm.sh/docs/topics/charts/).
const chartFile = "Chart.yaml"

// unrendered reports whether an object that is YAML as it stands is a Helm template all the same: its text uses what only
// Helm defines. Text that an object carries for others (a ConfigMap with dashboards, alerts with {{ $labels }}) does not
// make it one.
func unrendered(text []byte, n tree.Node, t inventory.Type) bool {
	if !bytes.Contains(text, []byte("{{")) {
		return false
	}
	if strings.Contains(n.Get("metadata", "name").Text(), "{{") {
		return true
	}
	if t == k8s.ConfigMap || t == k8s.Secret || t.Kind() == "CustomResourceDefinition" {
		return false
	}
	for {
		i := bytes.Index(text, []byte("{{"))
		if i < 0 {
			return false
		}
		text = text[i+2:]
		action := text
		if end := bytes.Index(text, []byte("}}")); end >= 0 {
			action = text[:end]
		}
		for _, helm := range []string{".Values.", ".Release.", ".Chart.", ".Capabilities.", `include "`} {
			if bytes.Contains(action, []byte(helm)) {
				return true
			}
		}
		text = text[len(action):]
	}
}

// isKustomization reports whether a file name is one that kustomize looks for
// (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/).
func isKustomization(base string) bool {
	return base == "kustomization.yaml" || base == "kustomization.yml" || base == "Kustomization"
}

// isKustomizeConfig reports whether a document is a kustomization, whatever its file is called.
func isKustomizeConfig(n tree.Node) bool {
	return strings.HasPrefix(n.Get("apiVersion").Text(), "kustomize.config.k8s.io/")
}

// chart is a Helm chart that was met unrendered.
type chart struct {
	path string // of its folder, or of the archive that is the chart
	name string
	// templates is how many of its files were not read.
	templates int
}

// charts groups templates by chart, in the order met.
type charts struct {
	all    []*chart
	byPath map[string]*chart
	byDir  map[string]*chart // nil where there is none above
}

// add counts a template for the chart that it is of; false where no Chart.yaml is above it.
func (c *charts) add(f *file) bool {
	key := f.dir
	if f.archive != nil {
		key = f.archive.name + "!" + f.dir
	}
	found, ok := c.byDir[key]
	if !ok {
		if f.archive != nil {
			found = c.inArchive(f)
		} else {
			found = c.onDisk(f)
		}
		if c.byDir == nil {
			c.byDir = map[string]*chart{}
		}
		c.byDir[key] = found
	}
	if found == nil {
		return false
	}
	found.templates++
	return true
}

func (c *charts) at(path, name string) *chart {
	if found, ok := c.byPath[path]; ok {
		return found
	}
	if c.byPath == nil {
		c.byPath = map[string]*chart{}
	}
	found := &chart{path: path, name: name}
	c.byPath[path] = found
	c.all = append(c.all, found)
	return found
}

// inArchive finds the chart of an entry: an archive with one chart at its top is what `helm package` makes, and what
// helm takes as it is.
func (c *charts) inArchive(f *file) *chart {
	for dir := f.dir; ; dir = path.Dir(dir) {
		if f.archive.charts[dir] {
			if dir == "." || !strings.Contains(dir, "/") {
				return c.at(f.archive.name, releaseName(path.Base(dir), f.archive.name))
			}
			return c.at(f.archive.name+"!"+dir, releaseName(path.Base(dir), ""))
		}
		if dir == "." || dir == "/" {
			return nil
		}
	}
}

// onDisk finds the chart of a file: the nearest folder above it that has a Chart.yaml.
func (c *charts) onDisk(f *file) *chart {
	abs, err := filepath.Abs(f.dir)
	if err != nil || f.dir == "" {
		return nil
	}
	shown := filepath.Clean(f.dir)
	for {
		at := filepath.Join(abs, chartFile)
		if info, err := os.Lstat(at); err == nil && info.Mode().IsRegular() {
			return c.at(shown, releaseName(chartName(at), abs))
		}
		parent := filepath.Dir(abs)
		if parent == abs {
			return nil
		}
		if next := filepath.Dir(shown); shown == "." || filepath.Base(shown) == ".." {
			shown = filepath.Join(shown, "..")
		} else {
			shown = next
		}
		abs = parent
	}
}

// chartName reads a chart's name; "" where it does not say it in so many words.
func chartName(at string) string {
	f, err := os.OpenFile(at, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return ""
	}
	defer f.Close()
	const enough = 64 << 10
	lines := bufio.NewScanner(io.LimitReader(f, enough))
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), "name:"); ok {
			return strings.Trim(strings.TrimSpace(value), `"'`)
		}
	}
	return ""
}

// releaseName gives a name that helm takes for a release: the chart's, else that of its folder or archive.
func releaseName(name, path string) string {
	for _, candidate := range []string{name, strings.TrimSuffix(strings.TrimSuffix(filepath.Base(path), ".tgz"), ".tar.gz")} {
		if candidate != "" && candidate != "." && strings.Trim(candidate, "abcdefghijklmnopqrstuvwxyz0123456789-") == "" {
			return candidate
		}
	}
	return "release"
}

// shellQuote writes a path as a word of a POSIX shell.
func shellQuote(p string) string {
	if strings.HasPrefix(p, "-") {
		p = "./" + p
	}
	plain := func(c rune) bool {
		return c == '/' || c == '.' || c == '-' || c == '_' || c == '+' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
	}
	if p != "" && strings.IndexFunc(p, func(c rune) bool { return !plain(c) }) < 0 {
		return p
	}
	return "'" + strings.ReplaceAll(p, "'", `'\''`) + "'"
}

// appendString appends a JSON string.
func appendString(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // its error says that invalid UTF-8 was replaced
	return dst
}
