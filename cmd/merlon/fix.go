package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/remedy"
	"github.com/merlonsec/merlon/internal/rule"
)

type fixFlags struct {
	assessFlags
	outputFlags
	format  oneOf
	only    []string
	context bool

	all, write, force bool
	// These are as they were typed, whatever the environment and the configuration file say.
	byAll, byWriting, byForce bool
}

func newFix(p *process) *cobra.Command {
	var f fixFlags
	c := &cobra.Command{
		Use:   "fix UID [PATH]...",
		Short: "Print the proved patches of an exposure, or apply those of a folder",
		Long: `Prints for one exposure the smallest patch of each trait that has one, and what to
find out where that depends on the application. A patch is offered only if it
proves: the patched copy is evaluated, the trait is gone and nothing is new. The
patches build on each other, in the order in which they are printed. For what
AWS runs, the commands that make the change come last, and the change in
Terraform before them.

With --all it is about every trait below the paths. Nothing is written without
--write, which changes files of a git work tree that have no changes of their
own. --all leaves out patches for which something must be found out first, but
for the traits that --only names.`,
		Example: "  merlon fix exp-3f2a91c4 ./manifests\n  merlon fix shop/Deployment/web ./manifests | git apply\n  merlon fix --all --write ./manifests",
		Args: func(_ *cobra.Command, _ []string) error { // before settings are filled in: these three must be typed
			f.byAll, f.byWriting, f.byForce = f.all, f.write, f.force
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return runFix(c, p, &f, args) },
	}
	f.assessFlags.register(c)
	f.outputFlags.register(c)
	f.format = oneOf{what: "form", value: remedy.FormatDiff, allowed: remedy.Formats()}
	c.Flags().VarP(&f.format, "output", "o", strings.Join(remedy.Formats(), ", "))
	c.Flags().StringSliceVar(&f.only, "only", nil, "`trait` to fix, whatever its role (repeatable)")
	c.Flags().BoolVar(&f.context, "context", false, "fix the traits too that only add to the picture")
	c.Flags().BoolVar(&f.all, "all", false, "fix everything below the paths, not one exposure")
	c.Flags().BoolVar(&f.write, "write", false, "change the files")
	c.Flags().BoolVar(&f.force, "force", false, "change files that git does not know, or that have changes")
	return c
}

func runFix(c *cobra.Command, p *process, f *fixFlags, args []string) error {
	if !f.byAll && len(args) == 0 {
		return errors.New("name the exposure: merlon fix UID [PATH]...; \"merlon scan\" lists them; or --all for all of them")
	}
	if !f.byAll {
		if err := f.onlyPath("fix", args); err != nil {
			return err
		}
	}
	rules, err := f.rules()
	if err != nil {
		return err
	}
	if err := checkTraits(f.only, rules); err != nil {
		return err
	}
	paths := args
	if !f.byAll {
		paths = args[1:]
	}
	session, sources, err := f.session(c.Context(), p, rules, paths)
	if err != nil {
		return err
	}
	want := remedy.Wanted{Only: f.only, Context: f.context, Sure: f.byAll || f.byWriting, InFiles: f.byWriting}
	done := remedy.Outcome{Before: session.Exposures()}
	if f.byAll {
		done.Fixes = session.All(want)
	} else {
		e, err := findExposure(&finding.Scan{Exposures: done.Before}, args[0])
		if err != nil {
			return err
		}
		done.Fixes = session.Exposure(*e, want)
	}
	done.After = session.Exposures()
	if f.byWriting {
		if err := writeFixed(c.Context(), session.Files(), f.byForce); err != nil {
			return err
		}
	}
	if err := f.print(c.Context(), p, session, done); err != nil {
		return err
	}
	tellSources(p, sources, restInJSON)
	return f.checkSources(sources)
}

// checkTraits refuses the name of a trait that no rule has.
func checkTraits(names []string, rules []*rule.Rule) error {
	var ids []string
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	for _, name := range names {
		if slices.Contains(ids, name) {
			continue
		}
		if near := lang.Nearest(name, ids); near != "" {
			return fmt.Errorf("--only: there is no trait %q; did you mean %q?", name, near)
		}
		return fmt.Errorf("--only: there is no trait %q; \"merlon rule list\" lists them", name)
	}
	return nil
}

// session reads and evaluates.
func (f *fixFlags) session(ctx context.Context, p *process, rules []*rule.Rule, paths []string) (*remedy.Session, []inventory.Source, error) {
	exceptions, err := app.LoadSuppressions(f.suppressions, knownBy(rules))
	if err != nil {
		return nil, nil, err
	}
	v, err := f.read(ctx, p, paths)
	if err != nil {
		return nil, nil, err
	}
	clusters := map[string]string{}
	for _, r := range v.All() {
		clusters[r.Origin.File] = r.Cluster
	}
	return remedy.New(remedy.Job{
		View: v, Rules: rules, Now: p.now(), Settings: f.settings(),
		Suppress: func(traits []finding.Trait) []finding.Trait {
			kept, _, _ := finding.Suppress(traits, exceptions, p.now())
			return kept
		},
		Open: openToEdit,
		Decode: func(name string, content []byte) (remedy.Decoded, error) {
			return decodeFile(ctx, name, manifest.Options{Cluster: clusters[name], Namespace: f.namespace}, content)
		},
	}), v.Sources(), nil
}

// maxEdited is how large a file may be to be edited, in bytes.
const maxEdited = 64 << 20

// openToEdit reads a file that an origin names, as far as it is one.
func openToEdit(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular() || info.Size() > maxEdited:
		return nil, fmt.Errorf("%s is not a file that is edited", name)
	}
	return os.ReadFile(name)
}

// decodeFile gives what the collector reads in the bytes of a file.
func decodeFile(ctx context.Context, name string, o manifest.Options, content []byte) (remedy.Decoded, error) {
	o.Paths, o.Stdin, o.StdinName = []string{"-"}, bytes.NewReader(content), name
	read, err := manifest.Read(ctx, o)
	if err != nil {
		return remedy.Decoded{}, err
	}
	decoded := remedy.Decoded{Resources: read.Resources}
	for _, r := range read.Resources {
		r.Origin.File = name
	}
	for _, s := range read.Sources {
		decoded.Problems += len(s.NotAssessed)
	}
	return decoded, nil
}

// print writes what the fixes change: of files that were written their names, otherwise the patches.
func (f *fixFlags) print(ctx context.Context, p *process, s *remedy.Session, o remedy.Outcome) error {
	style, err := f.style(p)
	if err != nil {
		return err
	}
	names := newShown(ctx, s.Files())
	var text bytes.Buffer
	if !f.byWriting && style.Format == remedy.FormatDiff && names.atTop {
		p.tell("the paths are those from the top of the repository; apply the diff there: git -C %s apply", shellWord(names.top))
	}
	switch {
	case f.byWriting:
		o.Written = names.in(s.Files())
	case f.byAll && style.Format == remedy.FormatDiff:
		err = remedy.PrintAll(&text, remedy.Together{Files: names.in(s.Files()), Objects: s.Patches(), Commands: s.Commands()}, style)
	default:
		for i := range o.Fixes {
			o.Fixes[i].Files = names.in(o.Fixes[i].Files)
		}
		err, o.Told = remedy.Print(&text, o.Fixes, style), true
	}
	if f.byWriting || style.Format != remedy.FormatJSONPatch && (f.byAll || len(o.Fixes) != 1) {
		if text.Len() > 0 {
			text.WriteByte('\n')
		}
		err = errors.Join(err, remedy.PrintSummary(&text, o, style))
	}
	if err == nil {
		_, err = text.WriteTo(p.stdout)
	}
	if err != nil {
		return fmt.Errorf("write fixes: %w", err)
	}
	return nil
}

// style says how fixes are printed on the process's standard output.
func (f *fixFlags) style(p *process) (remedy.Style, error) {
	o, err := f.options(p, true)
	_, isTerminal := terminal(p.stdout)
	return remedy.Style{Format: f.format.value, Lang: o.Lang, Width: min(o.Width, 100), Terminal: isTerminal, Color: o.Color}, err
}
