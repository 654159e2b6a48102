package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/report"
)

func newExplain(p *process) *cobra.Command {
	var in assessFlags
	var out outputFlags
	c := &cobra.Command{
		Use:   "explain UID [PATH]...",
		Short: "Say why an exposure has its severity, and what each fix does",
		Long: `Explains one exposure. UID is the exposure's (exp- and eight or more
characters) or the UID of its resource, as scan prints them; NAMESPACE/KIND/NAME
and a name alone do too, where only one exposure has it.`,
		Example: "  merlon explain exp-3f2a91c4 ./manifests",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name the exposure: merlon explain UID; \"merlon scan\" lists them")
			}
			if err := in.onlyPath("explain", args); err != nil {
				return err
			}
			options, err := out.options(p, true)
			if err != nil {
				return err
			}
			options.Again = in.again(c, args[1:])
			scan, err := in.scan(c.Context(), p, args[1:])
			if err != nil {
				return err
			}
			e, err := findExposure(scan, args[0])
			if err != nil {
				return err
			}
			if err := report.Explain(p.stdout, scan, e, options); err != nil {
				return fmt.Errorf("write explanation: %w", err)
			}
			tellSources(p, scan.Sources, restInJSON)
			return in.checkSources(scan.Sources)
		},
	}
	in.register(c)
	out.register(c)
	return c
}

// onlyPath refuses the arguments of a command about one exposure that name a path alone.
func (f *inputFlags) onlyPath(command string, args []string) error {
	if len(args) != 1 || len(f.files) > 0 || f.aws.enabled {
		return nil
	}
	if !exists(args[0]) {
		return nil // it is the name of an exposure
	}
	path, all := shellWord(args[0]), ""
	if command == "fix" {
		all = fmt.Sprintf("; \"merlon fix --all %s\" is about all of them", path)
	}
	return fmt.Errorf("%s is a path, and the name of the exposure is missing: merlon %s UID %s; \"merlon scan %s\" lists them%s",
		args[0], command, path, path, all)
}

// short lists the names of exposures.
func short(found []*finding.Exposure) []string {
	names := make([]string, len(found))
	for i, e := range found {
		names[i] = string(e.Resource.UID)
	}
	return names
}

// findExposure looks up one exposure; an error names what is near or says what the name is short of.
func findExposure(scan *finding.Scan, name string) (*finding.Exposure, error) {
	found := finding.Find(scan.Exposures, name)
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return nil, fmt.Errorf("%d exposures go by %q: %s; give the UID of one", len(found), name, strings.Join(short(found), ", "))
	}
	var names []string
	for _, e := range scan.Exposures {
		names = append(names, string(e.Resource.UID), e.Resource.UID.Short(), e.Resource.Name, e.UID[:len("exp-")+8])
	}
	if near := lang.Nearest(name, names); near != "" {
		return nil, fmt.Errorf("there is no exposure %q; did you mean %q?", name, near)
	}
	if digest, isUID := strings.CutPrefix(name, "exp-"); isUID && len(digest) < 8 {
		return nil, fmt.Errorf("%q is too short; give eight or more characters after exp-", name)
	}
	return nil, fmt.Errorf("there is no exposure %q among %d; \"merlon scan\" lists them with their UIDs", name, len(scan.Exposures))
}

// exists reports whether there is something at a path.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
