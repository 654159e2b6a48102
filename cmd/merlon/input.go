package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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
	version kubernetesVersion
	chartFlags
	aws awsFlags
	// except are files and folders that hold no manifests.
	except []string
}

func (f *inputFlags) register(c *cobra.Command) {
	c.Flags().StringArrayVarP(&f.files, "file", "f", nil, "`path` of a file, folder, archive or snapshot to read; - is stdin (repeatable)")
	c.Flags().StringVar(&f.cluster, "cluster-name", "files", "`name` of the cluster in UIDs")
	c.Flags().Var(&f.version, "kubernetes-version", "release by whose rules the resources are judged and charts rendered, such as 1.35 or latest (default: the cluster's, where it is told)")
	f.chartFlags.register(c)
	c.Flags().BoolVar(&f.partial, "allow-partial", false, "exit 0 though a source could only be read in part")
	f.aws.register(c)
}

// read collects what the flags and arguments name.
func (f *inputFlags) read(ctx context.Context, p *process, args []string) (*inventory.View, error) {
	paths := append(append([]string{}, f.files...), args...)
	if err := f.aws.check(p); err != nil {
		return nil, err
	}
	if len(paths) == 0 && !f.aws.enabled {
		return nil, errors.New("nothing to read: name a file, a folder or a snapshot, - for stdin, or a live account with --aws")
	}
	options := manifest.Options{Paths: paths, Stdin: p.stdin, Cluster: f.cluster, Namespace: f.namespace, Except: f.except}
	if err := f.render(p, f.version.Version, &options); err != nil {
		return nil, err
	}
	progress := newProgress(p)
	defer progress.stop()
	options.Progress = progress.files
	v, err := app.Read(ctx, app.Input{Options: options, AWS: f.aws.options(progress.requests)})
	progress.stop()
	if v != nil && err != nil {
		return v, fmt.Errorf("%w: %s", err, reasons(v.Sources()))
	}
	if err == nil && f.hasValues() && !slices.ContainsFunc(v.All(), func(r *inventory.Resource) bool { return r.Made.By == inventory.MadeByHelm }) {
		p.tell("--values, --set and --set-string had no effect: they are for Helm charts, and none was rendered")
	}
	return v, err
}

// reasons says, source by source, why nothing could be read.
func reasons(sources []inventory.Source) string {
	var all []string
	for _, s := range sources {
		if len(s.NotAssessed) == 0 {
			all = append(all, s.Name+": no Kubernetes object and no AWS resource in it")
		}
		for _, n := range s.NotAssessed {
			all = append(all, n.What+": "+n.Why)
		}
	}
	if more := len(all) - maxTold; more > 0 {
		all = append(all[:maxTold], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, "\n")
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
	ruleFlags
	suppressions string
	registries   []string
	imageAge     time.Duration
	awsStrict    bool
}

// kubernetesVersion is a flag that takes a release of Kubernetes.
type kubernetesVersion struct {
	rule.Version
	set bool
}

// String implements [pflag.Value].
func (v *kubernetesVersion) String() string {
	if !v.set {
		return ""
	}
	return v.Version.String()
}

// Set implements [pflag.Value].
func (v *kubernetesVersion) Set(text string) (err error) {
	v.Version, err = rule.ParseVersion(text)
	v.set = err == nil
	return err
}

// Type implements [pflag.Value].
func (v *kubernetesVersion) Type() string { return "version" }

func (f *assessFlags) register(c *cobra.Command) {
	f.inputFlags.register(c)
	f.ruleFlags.register(c)
	c.Flags().StringVar(&f.suppressions, "suppressions", "", "`file` with exceptions (default "+app.SuppressionFile+", where it exists)")
	c.Flags().StringSliceVar(&f.registries, "trusted-registry", nil, "`registry`, or path in one, that images may come from (repeatable)")
	c.Flags().BoolVar(&f.awsStrict, "aws-strict", false, "report what AWS Security Hub reports where Merlon grades it lower")
	c.Flags().DurationVar(&f.imageAge, "max-image-age", 0, "`age` from which an image is outdated, such as 2160h; 0 is any")
}

// scan reads and evaluates.
func (f *assessFlags) scan(ctx context.Context, p *process, args []string) (*finding.Scan, error) {
	rules, err := f.rules()
	if err != nil {
		return nil, err
	}
	exceptions, err := app.LoadSuppressions(f.suppressions, knownBy(rules))
	if err != nil {
		return nil, err
	}
	v, err := f.read(ctx, p, args)
	if err != nil {
		return nil, err
	}
	return app.Assess(v, app.Assessment{
		Rules: rules, Settings: f.settings(), Suppressions: exceptions, Version: version(), Now: p.now(),
	}), nil
}

// read collects what the flags and arguments name, but for the rules of the user's that lie among it.
func (f *assessFlags) read(ctx context.Context, p *process, args []string) (*inventory.View, error) {
	f.except = f.paths.from
	return f.inputFlags.read(ctx, p, args)
}

// settings are what the flags tell of the environment.
func (f *assessFlags) settings() rule.Settings {
	return rule.Settings{
		TrustedRegistries: f.registries, MaxImageAge: f.imageAge, AWSStrict: f.awsStrict,
		KubernetesVersion: f.version.Version, LatestKubernetes: f.version.set && f.version.Version == rule.Version{},
	}
}

// ruleFlags are those of every command that looks at rules.
type ruleFlags struct {
	paths ruleSet
}

func (f *ruleFlags) register(c *cobra.Command) {
	c.Flags().Var(&f.paths, rulesFlag, "`folder`, or file, with rules of your own beside those of Merlon (repeatable)")
}

// rulesFlag is the name of the flag that adds rules.
const rulesFlag = "rules"

// rules gives those of Merlon, and after them the user's, which it reads the first time.
func (f *ruleFlags) rules() ([]*rule.Rule, error) {
	rules := catalog.All()
	if len(f.paths.from) == 0 {
		return rules, nil
	}
	if f.paths.loaded == nil {
		own, err := app.LoadRules(f.paths.from, rules)
		if err != nil {
			return nil, err
		}
		f.paths.loaded = own
	}
	return append(rules, f.paths.loaded...), nil
}

// ruleSet is the flag --rules: where rules come from and, once they are read, the rules.
type ruleSet struct {
	from   []string
	loaded []*rule.Rule
}

// String implements [pflag.Value].
func (s *ruleSet) String() string { return strings.Join(s.from, ",") }

// Type implements [pflag.Value].
func (s *ruleSet) Type() string { return "path" }

// Set implements [pflag.Value].
func (s *ruleSet) Set(path string) error {
	s.from = append(s.from, path)
	return nil
}

// Append implements [pflag.SliceValue].
func (s *ruleSet) Append(path string) error { return s.Set(path) }

// Replace implements [pflag.SliceValue].
func (s *ruleSet) Replace(paths []string) error { //nolint:unparam // the interface has the error
	s.from, s.loaded = paths, nil
	return nil
}

// GetSlice implements [pflag.SliceValue].
func (s *ruleSet) GetSlice() []string { return s.from }

// find gives a rule of the user; nil where there is none of that ID.
func (s *ruleSet) find(id string) *rule.Rule {
	for _, r := range s.loaded {
		if r.ID == id {
			return r
		}
	}
	return nil
}

// outputFlags are those of every command that prints for people.
type outputFlags struct {
	language string
	color    oneOf
	command  *cobra.Command
}

func (f *outputFlags) register(c *cobra.Command) {
	f.command = c
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
	return report.Options{Lang: l, Color: color, Width: columns, Rules: f.ruleTexts, Program: calledAs(p.program)}, nil
}

// ruleTexts gives the texts of a rule: one that we ship, or one that --rules of the same command added.
func (f *outputFlags) ruleTexts(id string) (report.RuleTexts, bool) {
	r := catalog.Find(id)
	if flag := f.command.Flags().Lookup(rulesFlag); r == nil && flag != nil {
		if own, ok := flag.Value.(*ruleSet); ok {
			r = own.find(id)
		}
	}
	if r == nil {
		return report.RuleTexts{}, false
	}
	return report.RuleTexts{Title: r.Title, Why: r.Why, Fix: r.Fix, References: r.References}, true
}

// isForPeople reports whether a format follows the locale: one that a person opens, not a program.
func isForPeople(format string) bool { return format == "table" || format == "html" }
