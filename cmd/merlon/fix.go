package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
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
patches build on each other, in the order in which they are printed.

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
	l, err := f.lang(p, true)
	if err != nil {
		return err
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
	want := remedy.Wanted{Only: f.only, Context: f.context, Sure: f.byAll || f.byWriting}
	before := session.Exposures()
	var fixes []remedy.Fix
	if f.byAll {
		fixes = session.All(want)
	} else {
		e, err := findExposure(&finding.Scan{Exposures: before}, args[0])
		if err != nil {
			return err
		}
		fixes = session.Exposure(*e, want)
	}
	if f.byWriting {
		if err := writeFixed(c.Context(), session.Files(), f.byForce); err != nil {
			return err
		}
	}
	text, err := f.text(session, fixes, session.Summary(fixes, before, l), l)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(p.stdout, text); err != nil {
		return fmt.Errorf("write fixes: %w", err)
	}
	tellSources(p, sources)
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
	exceptions, err := app.LoadSuppressions(f.suppressions, rules)
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
		View: v, Rules: rules, Now: p.now(),
		Settings: rule.Settings{
			TrustedRegistries: f.registries, KubernetesVersion: f.version.Version, MaxImageAge: f.imageAge,
		},
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
	o.Paths, o.Stdin = []string{"-"}, bytes.NewReader(content)
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

// text gives what is printed: of files that were written their names, otherwise the patches.
func (f *fixFlags) text(s *remedy.Session, fixes []remedy.Fix, summary string, l lang.Lang) (string, error) {
	var b strings.Builder
	switch {
	case f.byWriting:
		for _, file := range s.Files() {
			fmt.Fprintf(&b, "%s: %s\n", remedy.ChangedText().In(l), file.Name)
		}
	case f.byAll && f.format.value == remedy.FormatDiff:
		for _, file := range s.Files() {
			remedy.WriteDiff(&b, file, l)
		}
	default:
		if err := remedy.Print(&b, f.format.value, fixes, l); err != nil {
			return "", err
		}
	}
	if f.byWriting || f.format.value != remedy.FormatJSONPatch && (f.byAll || len(fixes) != 1) {
		b.WriteString("\n")
		remedy.Comment(&b, summary)
	}
	return b.String(), nil
}

// writeFixed writes every file, after it has made sure of all of them that git can bring them back.
func writeFixed(ctx context.Context, files []remedy.FileChange, force bool) error {
	for _, file := range files {
		if force {
			continue
		}
		if err := checkGit(ctx, file.Name); err != nil {
			return fmt.Errorf("%w; nothing was written (--force writes all the same)", err)
		}
	}
	for _, file := range files {
		if err := replaceFile(file); err != nil {
			return err
		}
	}
	return nil
}

// checkGit makes sure that git holds a file as it is.
func checkGit(ctx context.Context, name string) error {
	git := func(args ...string) (string, error) {
		// A work tree's own settings could name programs to run.
		base := []string{"-C", filepath.Dir(name), "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"}
		out, err := exec.CommandContext(ctx, "git", append(base, args...)...).Output()
		return strings.TrimSpace(string(out)), err
	}
	if inside, err := git("rev-parse", "--is-inside-work-tree"); err != nil || inside != "true" {
		return fmt.Errorf("%s is not in a git work tree", name)
	}
	if _, err := git("ls-files", "--error-unmatch", "--", filepath.Base(name)); err != nil {
		return fmt.Errorf("git does not track %s", name)
	}
	if changes, err := git("status", "--porcelain", "--", filepath.Base(name)); err != nil || changes != "" {
		return fmt.Errorf("%s has changes that are not committed", name)
	}
	return nil
}

// replaceFile puts the new content in the place of a file: whole, with the file's mode, or not at all. A file
// that changed since it was read stays as it is.
func replaceFile(file remedy.FileChange) (err error) {
	now, err := openToEdit(file.Name)
	if err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	if !bytes.Equal(now, file.Before) {
		return fmt.Errorf("write %s: it changed while it was being fixed; run it again", file.Name)
	}
	info, err := os.Lstat(file.Name)
	if err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(file.Name), "."+filepath.Base(file.Name)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary.Name())
		}
	}()
	_, err = temporary.Write(file.After)
	if err := errors.Join(err, temporary.Chmod(info.Mode().Perm()), temporary.Close()); err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	if err := os.Rename(temporary.Name(), file.Name); err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	return nil
}
