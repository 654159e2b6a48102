package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/report"
	"github.com/merlonsec/merlon/internal/rule"
)

// inputFlags are those of every command that reads.
type inputFlags struct {
	files   []string
	cluster string
	partial bool
}

func (f *inputFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVarP(&f.files, "file", "f", nil, "`path` of a file, folder, archive or snapshot to read; - is stdin (repeatable)")
	c.Flags().StringVar(&f.cluster, "cluster-name", "files", "`name` of the cluster in UIDs")
	c.Flags().BoolVar(&f.partial, "allow-partial", false, "exit 0 though a source could only be read in part")
}

// read collects what the flags and arguments name.
func (f *inputFlags) read(ctx context.Context, p *process, args []string) (*inventory.View, error) {
	paths := append(append([]string{}, f.files...), args...)
	if len(paths) == 0 {
		return nil, errors.New("nothing to read: name a file, a folder or a snapshot, or - for stdin")
	}
	progress := newProgress(p)
	defer progress.stop()
	v, err := app.Read(ctx, app.Input{Options: manifest.Options{
		Paths: paths, Stdin: p.stdin, Cluster: f.cluster, Progress: progress.show,
	}})
	progress.stop()
	if v != nil && err != nil {
		return v, fmt.Errorf("%w: %s", err, reasons(v.Sources()))
	}
	return v, err
}

// reasons says, source by source, why nothing could be read.
func reasons(sources []inventory.Source) string {
	var all []string
	for _, s := range sources {
		if len(s.NotAssessed) == 0 {
			all = append(all, s.Name+": no Kubernetes object in it")
		}
		for _, n := range s.NotAssessed {
			all = append(all, n.What+": "+n.Why)
		}
	}
	return strings.Join(all, "\n  ")
}

// checkSources turns a source that failed or was read in part into an exit code.
func (f *inputFlags) checkSources(sources []inventory.Source) error {
	for _, s := range sources {
		if s.Status != inventory.StatusComplete && !f.partial {
			return &exitError{code: exitPartial}
		}
	}
	return nil
}

// assessFlags are those of every command that evaluates rules.
type assessFlags struct {
	inputFlags
	suppressions string
	registries   []string
}

func (f *assessFlags) register(c *cobra.Command) {
	f.inputFlags.register(c)
	c.Flags().StringVar(&f.suppressions, "suppressions", "", "`file` with exceptions (default "+app.SuppressionFile+", where it exists)")
	c.Flags().StringSliceVar(&f.registries, "trusted-registry", nil, "`registry`, or path in one, that images may come from (repeatable)")
}

// scan reads and evaluates.
func (f *assessFlags) scan(ctx context.Context, p *process, args []string) (*finding.Scan, error) {
	rules := catalog.All()
	exceptions, err := app.LoadSuppressions(f.suppressions, rules)
	if err != nil {
		return nil, err
	}
	v, err := f.read(ctx, p, args)
	if err != nil {
		return nil, err
	}
	return app.Assess(v, app.Assessment{
		Rules: rules, Settings: rule.Settings{TrustedRegistries: f.registries},
		Suppressions: exceptions, Version: version(), Now: p.now(),
	}), nil
}

// outputFlags are those of every command that prints for people.
type outputFlags struct {
	language string
	color    oneOf
}

func (f *outputFlags) register(c *cobra.Command) {
	f.color = oneOf{what: "when", value: "auto", allowed: []string{"auto", "always", "never"}}
	c.Flags().StringVar(&f.language, "lang", "", "`language`: en, es or pt (default: the locale's; English for machine formats)")
	c.Flags().Var(&f.color, "color", "colour the output: auto, always or never")
}

// lang decides the language of a format for people, or of one for machines.
func (f *outputFlags) lang(p *process, forPeople bool) (lang.Lang, error) {
	switch {
	case f.language != "":
		return lang.Parse(f.language)
	case forPeople:
		return lang.FromLocale(p.getenv), nil
	}
	return lang.EN, nil
}

// options decides how to print on the process's standard output.
func (f *outputFlags) options(p *process, forPeople bool) (report.Options, error) {
	l, err := f.lang(p, forPeople)
	if err != nil {
		return report.Options{}, err
	}
	columns, isTerminal := terminal(p.stdout)
	if !isTerminal {
		columns = defaultColumns
	}
	color := isTerminal && p.getenv("NO_COLOR") == "" && p.getenv("TERM") != "dumb"
	if f.color.value != "auto" {
		color = f.color.value == "always"
	}
	return report.Options{Lang: l, Color: color, Width: columns, Rules: ruleTexts}, nil
}

// ruleTexts gives the texts of the rules we ship.
func ruleTexts(id string) (report.RuleTexts, bool) {
	r := catalog.Find(id)
	if r == nil {
		return report.RuleTexts{}, false
	}
	return report.RuleTexts{Title: r.Title, Why: r.Why, Fix: r.Fix}, true
}
