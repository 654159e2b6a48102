package main

import (
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/report"
	"github.com/merlonsec/merlon/internal/rule"
)

func newSuppress(p *process) *cobra.Command {
	c := &cobra.Command{
		Use:   "suppress",
		Short: "Look at the exceptions in " + app.SuppressionFile,
		Long: `Exceptions are findings that somebody decided to live with, until a date. They stand in one file,
` + app.SuppressionFile + `:

  - id: node-agent-host-pid
    match: {trait: host-pid, resource: "k8s://*/apps/DaemonSet/monitoring/*"}
    reason: the agent reads the processes of its node
    owner: platform team
    expires: 2027-06-30`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return c.Help()
		},
	}
	c.AddCommand(newSuppressList(p), newSuppressTest(p))
	return c
}

// knownBy is what exceptions may name where these are the rules.
func knownBy(rules []*rule.Rule) finding.Known {
	known := finding.Known{Traits: []string{}, Types: detectionTypes()}
	for _, r := range rules {
		known.Traits = append(known.Traits, r.ID)
	}
	return known
}

func newSuppressList(p *process) *cobra.Command {
	var file string
	var own ruleFlags
	c := &cobra.Command{
		Use:   "list",
		Short: "List the exceptions and when they end",
		Args:  exactly(0, ""),
		RunE: func(*cobra.Command, []string) error {
			rules, err := own.rules()
			if err != nil {
				return err
			}
			exceptions, err := app.LoadSuppressions(file, knownBy(rules))
			if err != nil {
				return err
			}
			if len(exceptions) == 0 {
				_, err := fmt.Fprintln(p.stdout, "No exceptions.")
				return err
			}
			return listExceptions(p, exceptions)
		},
	}
	own.register(c)
	c.Flags().StringVar(&file, "suppressions", "", "`file` with exceptions (default "+app.SuppressionFile+")")
	return c
}

func listExceptions(p *process, exceptions []finding.Suppression) error {
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tENDS\tOWNER\tREASON")
	for _, s := range exceptions {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", report.Clean(s.ID), ends(s, p.now()), report.Clean(s.Owner), report.Clean(s.Reason))
	}
	return w.Flush()
}

func ends(s finding.Suppression, now time.Time) string {
	switch {
	case s.Expires.IsZero():
		return "never"
	case s.Expired(now):
		return "expired " + s.Expires.Format(time.DateOnly)
	}
	return s.Expires.Format(time.DateOnly)
}

func newSuppressTest(p *process) *cobra.Command {
	var in assessFlags
	c := &cobra.Command{
		Use:     "test [PATH]...",
		Short:   "Say what each exception takes out of a scan",
		Example: "  merlon suppress test ./manifests",
		RunE: func(c *cobra.Command, args []string) error {
			scan, err := in.scan(c.Context(), p, args)
			if err != nil {
				return err
			}
			for _, use := range scan.Exceptions {
				fmt.Fprintf(p.stdout, "%s: %s\n", report.Clean(use.ID), fate(use))
				for _, s := range scan.Suppressed {
					if s.Exception == use.ID {
						fmt.Fprintf(p.stdout, "  %s on %s\n", s.Trait, report.Clean(string(s.Resource)))
					}
				}
			}
			if len(scan.Exceptions) == 0 {
				fmt.Fprintln(p.stdout, "No exceptions.")
			}
			return in.checkSources(scan.Sources)
		},
	}
	in.register(c)
	return c
}

func fate(use finding.ExceptionUse) string {
	switch use.Status {
	case finding.ExceptionExpired:
		return fmt.Sprintf("expired on %s; it would match %d", use.Expires.Format(time.DateOnly), use.Matched)
	case finding.ExceptionUnused:
		return "matches nothing"
	case finding.ExceptionElsewhere:
		return "is for detections"
	}
	return fmt.Sprintf("matches %d", use.Matched)
}
