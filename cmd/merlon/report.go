package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/report"
)

type reportFlags struct {
	outputFlags
	format      oneOf
	minSeverity oneOf
	baseline    string
	all         bool
}

func newReport(p *process) *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:   "report FILE",
		Short: "Write a saved scan in another format",
		Long: `Reads what "merlon scan -o json" wrote, and writes it in any format that scan has. Nothing is scanned again,
so that one scan in CI gives its table, its SARIF file and its comment. FILE may be - for stdin.

A saved scan holds its texts in one language. With --lang, titles and fixes of Merlon's own rules are in
the language that is asked for; the rest stays as it was saved.`,
		Example: "  merlon scan -o json . > merlon.json\n  merlon report merlon.json -o sarif > merlon.sarif\n  merlon report merlon.json -o markdown --baseline main.json",
		RunE:    func(_ *cobra.Command, args []string) error { return runReport(p, &f, args) },
	}
	f.outputFlags.register(c)
	f.format = oneOf{what: "format", value: "table", allowed: report.Formats()}
	f.minSeverity = oneOf{what: "severity", value: finding.SeverityLow.String(), allowed: severities()}
	c.Flags().VarP(&f.format, "output", "o", strings.Join(report.Formats(), ", "))
	c.Flags().Var(&f.minSeverity, "min-severity", "show exposures from this severity on")
	c.Flags().StringVar(&f.baseline, "baseline", "", "an earlier saved scan: show only what is new since then")
	c.Flags().BoolVar(&f.all, "all", false, "leave nothing out, where a format stops at what its readers take")
	return c
}

// runReport reads a scan and prints it.
func runReport(p *process, f *reportFlags, args []string) error {
	if len(args) != 1 {
		return errors.New("name one saved scan: merlon report FILE; make one with \"merlon scan -o json\"")
	}
	options, err := f.options(p, isForPeople(f.format.value))
	if err != nil {
		return err
	}
	options.All = f.all
	if err := options.MinSeverity.UnmarshalText([]byte(f.minSeverity.value)); err != nil {
		return err
	}
	if options.Baseline, err = readBaseline(f.baseline); err != nil {
		return err
	}
	scan, err := readScan(p, args[0])
	if err != nil {
		return err
	}
	if options.Baseline != nil {
		scan.Exposures = finding.SinceBaseline(options.Baseline, scan.Exposures)
		options.SinceBaseline = true
	}
	handler, err := report.New(f.format.value, p.stdout, options)
	if err != nil {
		return err
	}
	if err := handler.Scan(scan); err != nil {
		return fmt.Errorf("write %s: %w", f.format.value, err)
	}
	return nil
}

// readScan reads a saved scan from a file, or from standard input.
func readScan(p *process, path string) (*finding.Scan, error) {
	in := p.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read scan: %w", err)
		}
		defer file.Close()
		in = file
	}
	scan, err := report.Read(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w; make one with \"merlon scan -o json\"", path, err)
	}
	return scan, nil
}
