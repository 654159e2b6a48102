package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/report"
	"github.com/merlonsec/merlon/internal/rule"
)

// resultFlags are those of every command that writes a scan: how it is written, and when it fails.
type resultFlags struct {
	outputFlags
	format      oneOf
	minSeverity oneOf
	failOn      failOn
	baseline    string
	all         bool
}

func (f *resultFlags) register(c *cobra.Command) {
	f.outputFlags.register(c)
	f.format = oneOf{what: "format", value: "table", allowed: report.Formats()}
	f.minSeverity = oneOf{what: "severity", value: finding.SeverityLow.String(), allowed: severities()}
	c.Flags().VarP(&f.format, "output", "o", strings.Join(report.Formats(), ", "))
	c.Flags().Var(&f.minSeverity, "min-severity", "show exposures from this severity on: critical, high, medium, low or informational")
	c.Flags().Var(&f.failOn, "fail-on", "exit 1 for an exposure of this severity or more, with this trait, or (critical-path) with a proven path from the internet to a node or the cluster (repeatable)")
	c.Flags().StringVar(&f.baseline, "baseline", "", "`file` with a saved -o json: show and fail on only what is new since then")
	c.Flags().BoolVar(&f.all, "all", false, "leave nothing out: each of the exposures that are alike, and more than the readers of a format take")
}

// result is how a scan is written, decided before the work begins so that a mistake in it is told first.
type result struct {
	*resultFlags
	options report.Options
}

// prepare reads what the flags name. The rules are those whose IDs --fail-on takes.
func (f *resultFlags) prepare(p *process, rules []*rule.Rule) (*result, error) {
	options, err := f.options(p, isForPeople(f.format.value))
	if err != nil {
		return nil, err
	}
	options.All = f.all
	options.Tell = func(line string) { p.tell("%s", line) }
	if err := options.MinSeverity.UnmarshalText([]byte(f.minSeverity.value)); err != nil {
		return nil, err
	}
	if err := f.failOn.check(rules); err != nil {
		return nil, err
	}
	earlier, err := readBaseline(f.baseline)
	if err != nil {
		return nil, err
	}
	options.Baseline = finding.NewBaseline(earlier)
	return &result{f, options}, nil
}

// write prints a scan, or what of it is new, and fails where the flags say so.
func (r *result) write(p *process, scan *finding.Scan) error {
	all := scan.Exposures
	if r.options.Baseline != nil {
		scan = r.options.Baseline.Since(scan)
	}
	handler, err := report.New(r.format.value, p.stdout, r.options)
	if err != nil {
		return err
	}
	if err := handler.Scan(scan); err != nil {
		return fmt.Errorf("write %s: %w", r.format.value, err)
	}
	if met := r.failOn.reasons(scan.Exposures, all, r.options.Baseline); len(met) > 0 {
		return &exitError{exitFindings, fmt.Errorf("--fail-on: there are exposures, %s", strings.Join(met, ", "))}
	}
	return nil
}

func readBaseline(path string) (*finding.Scan, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read baseline: %w", app.NoSuchFile(path, err))
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
