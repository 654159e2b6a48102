package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/render"
	"github.com/merlonsec/merlon/internal/rule"
)

// chartFlags say what charts and kustomizations are rendered with. They are named as those of helm template.
type chartFlags struct {
	namespace              string
	release                string
	values, set, setString []string
	apiVersions            []string
	noRender               bool
}

func (f *chartFlags) register(c *cobra.Command) {
	c.Flags().StringVar(&f.namespace, "namespace", "", "`name` of the namespace of charts, and of every object that names none (default \"default\")")
	c.Flags().StringVar(&f.release, "release", "", "`name` of the release of every chart (default: the chart's name)")
	c.Flags().StringArrayVar(&f.values, "values", nil, "values `file` for the Helm charts that are read (repeatable; the last one counts)")
	c.Flags().StringArrayVar(&f.set, "set", nil, "`values` for the charts in Helm's syntax: image.tag=v2,debug=true (repeatable; counts before --values)")
	c.Flags().StringArrayVar(&f.setString, "set-string", nil, "`values` as with --set, all taken as text")
	c.Flags().StringSliceVar(&f.apiVersions, "api-versions", nil, "API `version` that charts find in the cluster, such as monitoring.coreos.com/v1 (repeatable)")
	c.Flags().BoolVar(&f.noRender, "no-render", false, "read the files of Helm charts and kustomizations as they stand")
}

// render says how charts and kustomizations become manifests.
func (f *chartFlags) render(p *process, version rule.Version, o *manifest.Options) error {
	for _, name := range f.values {
		info, err := os.Stat(name)
		if err != nil {
			return fmt.Errorf("--values: %w", app.NoSuchFile(name, err))
		}
		if info.IsDir() {
			return fmt.Errorf("--values: %s is a folder, and must be a file", name)
		}
	}
	if f.noRender {
		return nil
	}
	executable, _ := os.Executable() // without it there is still PATH
	binary := render.Find(executable, p.getenv("PATH"))
	if binary == "" {
		if f.hasValues() {
			return errors.New("--values and --set need " + render.Program + ", which is neither beside merlon nor on PATH; " + getRenderer)
		}
		o.RenderHint = ". Or let Merlon do it: it needs " + render.Program + " beside merlon or on PATH; " + getRenderer
		return nil
	}
	renderer := &render.Renderer{Binary: binary, Release: render.Release{
		Name: f.release, Namespace: f.namespace, Values: f.values, Set: f.set, SetString: f.setString, APIVersions: f.apiVersions,
	}}
	if version != (rule.Version{}) {
		renderer.Kubernetes = version.String() + ".0"
	}
	o.Render = renderer.Render
	return nil
}

// hasValues reports whether values for charts were given.
func (f *chartFlags) hasValues() bool { return len(f.values)+len(f.set)+len(f.setString) > 0 }

// getRenderer says how to get the program that renders.
const getRenderer = "it comes with Merlon's releases, and make build makes it"
