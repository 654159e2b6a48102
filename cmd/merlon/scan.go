package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

type scanFlags struct {
	assessFlags
	resultFlags
}

func newScan(p *process) *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "scan [PATH]...",
		Short: "Evaluate and print exposures",
		Long: `Reads manifests, kubectl dumps, archives and snapshots, what the AWS CLI
printed, Terraform plans and states, CloudFormation templates and, with --aws,
live AWS accounts. Prints one exposure for each workload, ECS service and
cluster that has a weakness: how severe it is, who reaches it, and what to fix
first.

Exit codes: 0 done; 1 an exposure meets --fail-on (components of the platform
do not count); 2 the command was wrong or nothing could be assessed; 3 a source
could not be read, or only in part.

Every flag may also be set by a variable (MERLON_FAIL_ON=high) or in merlon.yaml
in the current folder (failOn: high).`,
		Example: "  merlon scan ./manifests\n  helm template shop ./chart | merlon scan -\n  terraform show -json plan | merlon scan -\n  merlon scan --aws --profile audit --region all\n  merlon scan -o json --fail-on high . > merlon.json",
		RunE:    func(c *cobra.Command, args []string) error { return runScan(c, p, &f, args) },
	}
	f.assessFlags.register(c)
	f.resultFlags.register(c)
	return c
}

// runScan scans, prints and decides the exit code: findings win over a source that was read in part.
func runScan(c *cobra.Command, p *process, f *scanFlags, args []string) error {
	rules, err := f.rules()
	if err != nil {
		return err
	}
	result, err := f.prepare(p, rules)
	if err != nil {
		return err
	}
	result.options.Again = f.again(c, args)
	if here, err := os.Getwd(); err == nil {
		result.options.Here = filepath.Base(here)
	}
	scan, err := f.scan(c.Context(), p, args)
	if err != nil {
		return err
	}
	failed := result.write(p, scan)
	if f.format.value != "table" { // The table says it itself.
		tellSources(p, scan.Sources, restInJSON)
		tellExceptions(p, scan.Exceptions)
	}
	if failed != nil {
		return failed
	}
	if scan.Resources.Unjudged() {
		return fmt.Errorf("%w: no rule looks at a resource of any kind that was read (%s)", app.ErrNothing, kinds(scan.Resources.ByType))
	}
	return f.checkSources(scan.Sources)
}

// kinds counts resources by kind, the most numerous first.
func kinds(byType map[inventory.Type]int) string {
	const few = 10
	types := slices.SortedFunc(maps.Keys(byType), func(a, b inventory.Type) int {
		return cmp.Or(cmp.Compare(byType[b], byType[a]), cmp.Compare(a, b))
	})
	var parts []string
	for i, t := range types {
		if i == few {
			parts = append(parts, fmt.Sprintf("%d kinds more", len(types)-few))
			break
		}
		parts = append(parts, fmt.Sprintf("%d %s", byType[t], t.Kind()))
	}
	return strings.Join(parts, ", ")
}

// maxTold is how many problems of the sources are told on stderr.
const maxTold = 20

// restInJSON says where all problems of a scan are listed.
const restInJSON = "; -o json lists all"

// tellSources says on stderr what could not be read. Where the rest of a long list stands depends on the command.
func tellSources(p *process, sources []inventory.Source, rest string) {
	var all []string
	for _, s := range sources {
		for _, n := range s.NotAssessed {
			all = append(all, fmt.Sprintf("%s: %s", n.What, n.Why))
		}
	}
	for i, line := range all {
		if i == maxTold {
			p.tell("%d more were not read%s", len(all)-maxTold, rest)
			return
		}
		p.tell("%s", line)
	}
}

// tellExceptions says on stderr which exceptions no longer do anything.
func tellExceptions(p *process, uses []finding.ExceptionUse) {
	for _, u := range uses {
		switch u.Status {
		case finding.ExceptionUnused:
			p.tell("exception %q matched nothing; remove it, or check its globs with \"merlon suppress test\"", u.ID)
		case finding.ExceptionExpired:
			p.tell("exception %q expired on %s and hides nothing any more", u.ID, u.Expires.Format("2006-01-02"))
		}
	}
}
