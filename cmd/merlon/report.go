package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/report"
)

type reportFlags struct {
	resultFlags
	ruleFlags
}

func newReport(p *process) *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:   "report FILE",
		Short: "Write a saved scan in another format",
		Long: `Reads what "merlon scan -o json" wrote, and writes it in any format that scan has. Nothing is scanned again,
so that one scan in CI gives its table, its SARIF file, its comment and its verdict. FILE may be - for stdin.

A saved scan holds its texts in one language. With --lang, titles and fixes of Merlon's own rules are in
the language that is asked for; the rest stays as it was saved. --rules gives the texts of the rules of your own.

Exit codes: 0 done; 1 an exposure meets --fail-on; 2 the command was wrong.`,
		Example: "  merlon scan -o json . > merlon.json\n  merlon report merlon.json -o sarif > merlon.sarif\n  merlon report merlon.json -o markdown --baseline main.json",
		RunE:    func(_ *cobra.Command, args []string) error { return runReport(p, &f, args) },
	}
	f.resultFlags.register(c)
	f.ruleFlags.register(c)
	return c
}

// runReport reads a scan and prints it.
func runReport(p *process, f *reportFlags, args []string) error {
	if len(args) != 1 {
		return errors.New("name one saved scan: merlon report FILE; make one with \"merlon scan -o json\"")
	}
	scan, err := readScan(p, args[0])
	if err != nil {
		return err
	}
	rules, err := f.rules()
	if err != nil {
		return err
	}
	result, err := f.prepare(p, rules)
	if err != nil {
		return err
	}
	return result.write(p, scan)
}

// readScan reads a saved scan from a file, or from standard input.
func readScan(p *process, path string) (*finding.Scan, error) {
	in := p.stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("read scan: %w", app.NoSuchFile(path, err))
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
