package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/report"
)

type scanFlags struct {
	assessFlags
	outputFlags
	format      oneOf
	minSeverity oneOf
	failOn      failOn
	baseline    string
	all         bool
}

func newScan(p *process) *cobra.Command {
	var f scanFlags
	c := &cobra.Command{
		Use:   "scan [PATH]...",
		Short: "Evaluate and print exposures",
		Long: `Reads manifests, kubectl dumps, archives, snapshots and, with --aws, live AWS
accounts, and prints one exposure for each workload that has a weakness: how
severe it is, who reaches it, and what to fix first.

Exit codes: 0 done; 1 an exposure meets --fail-on (components of the platform
do not count); 2 the command was wrong or nothing could be assessed; 3 a source
could not be read, or only in part.

Every flag may also be set by a variable (MERLON_FAIL_ON=high) or in merlon.yaml
in the current folder (failOn: high).`,
		Example: "  merlon scan ./manifests\n  helm template shop ./chart | merlon scan -\n  merlon scan --aws --profile audit --region all\n  merlon scan -o json --fail-on high . > merlon.json",
		RunE:    func(c *cobra.Command, args []string) error { return runScan(c, p, &f, args) },
	}
	f.assessFlags.register(c)
	f.outputFlags.register(c)
	f.format = oneOf{what: "format", value: "table", allowed: report.Formats()}
	f.minSeverity = oneOf{what: "severity", value: finding.SeverityLow.String(), allowed: severities()}
	c.Flags().VarP(&f.format, "output", "o", strings.Join(report.Formats(), ", "))
	c.Flags().Var(&f.minSeverity, "min-severity", "show exposures from this severity on: critical, high, medium, low or informational")
	c.Flags().Var(&f.failOn, "fail-on", "exit 1 for an exposure of this severity or more, with this trait, or (critical-path) with a proven path from the internet to a node or the cluster (repeatable)")
	c.Flags().StringVar(&f.baseline, "baseline", "", "`file` with a saved -o json: show and fail on only what is new since then")
	c.Flags().BoolVar(&f.all, "all", false, "list each of many exposures that are alike")
	return c
}

// runScan scans, prints and decides the exit code: findings win over a source that was read in part.
func runScan(c *cobra.Command, p *process, f *scanFlags, args []string) error {
	options, err := f.options(p, isForPeople(f.format.value))
	if err != nil {
		return err
	}
	options.All = f.all
	baseline, err := readBaseline(f.baseline)
	if err != nil {
		return err
	}
	scan, err := f.scan(c.Context(), p, args)
	if err != nil {
		return err
	}
	all := scan.Exposures
	if baseline != nil {
		scan.Exposures = finding.SinceBaseline(baseline, scan.Exposures)
		options.SinceBaseline, options.Baseline = true, baseline
		scan.FewestFixes = nil // It is about all of them.
	}
	if err := options.MinSeverity.UnmarshalText([]byte(f.minSeverity.value)); err != nil {
		return err
	}
	handler, err := report.New(f.format.value, p.stdout, options)
	if err != nil {
		return err
	}
	if err := handler.Scan(scan); err != nil {
		return fmt.Errorf("write %s: %w", f.format.value, err)
	}
	if f.format.value != "table" { // The table says it itself.
		tellSources(p, scan.Sources)
		tellExceptions(p, scan.Exceptions)
	}
	if met := f.failOn.reasons(scan.Exposures, all, baseline); len(met) > 0 {
		return &exitError{exitFindings, fmt.Errorf("--fail-on: there are exposures, %s", strings.Join(met, ", "))}
	}
	return f.checkSources(scan.Sources)
}

// maxTold is how many problems of the sources are told on stderr; the JSON has them all.
const maxTold = 20

// tellSources says on stderr what could not be read.
func tellSources(p *process, sources []inventory.Source) {
	var all []string
	for _, s := range sources {
		for _, n := range s.NotAssessed {
			all = append(all, fmt.Sprintf("%s: %s", n.What, n.Why))
		}
	}
	for i, line := range all {
		if i == maxTold {
			p.tell("%d more were not read; -o json lists all", len(all)-maxTold)
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

func readBaseline(path string) (*finding.Scan, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read baseline: %w", err)
	}
	scan, err := report.Read(file)
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("read baseline %s: %w; make one with \"merlon scan -o json\"", path, err)
	}
	return scan, nil
}

// severities lists the names that a flag takes, the most urgent first.
func severities() []string {
	var names []string
	for _, s := range finding.Severities() {
		names = append(names, s.String())
	}
	return names
}
