package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/docs"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/report"
	"github.com/merlonsec/merlon/internal/rule"
)

func newDetectReplay(p *process) *cobra.Command {
	var f detectFlags
	format := oneOf{what: "form", value: "table", allowed: []string{"table", "json"}}
	back := days(30 * 24 * time.Hour)
	c := &cobra.Command{
		Use:   "replay [PATH]...",
		Short: "Say what today's rules would have found in old logs",
		Long: `Runs today's rules and exceptions over old logs, and says for each finding type
how often it would have fired, about how many things, how much of that an
exception takes out, and on which days. What was before the time that is looked
at is read all the same: baselines learn from it.`,
		Example: "  merlon detect replay /var/log/kubernetes\n  merlon detect replay --days 90d -o json audit.log.gz",
		RunE: func(c *cobra.Command, args []string) error {
			options, err := f.options(p, format.value == "table")
			if err != nil {
				return err
			}
			d, err := f.detection(p, args)
			if err != nil {
				return err
			}
			replay, detected, err := f.replay(c, p, d, time.Duration(back))
			if err != nil {
				return err
			}
			if format.value == "json" {
				err = report.WriteReplayJSON(p.stdout, replay)
			} else {
				err = report.WriteReplay(p.stdout, replay, options)
			}
			if err != nil {
				return err
			}
			tellLogs(p, detected)
			tellExceptions(p, detected.Exceptions)
			return f.checkLogs(detected.Sources)
		},
	}
	f.register(c)
	c.Flags().VarP(&format, "output", "o", "table or json")
	c.Flags().Var(&back, "days", "`time` before the end of the logs that is looked at, unless --since says otherwise")
	return c
}

// replay counts what is found in the last part of the logs. Where that begins is known at their end only, so detections of
// each day are counted, and those of earlier days are left out then.
func (f *detectFlags) replay(c *cobra.Command, p *process, d app.Detection, back time.Duration) (*finding.Replay, *app.Detected, error) {
	var counts finding.Replayer
	d.Found = func(one *finding.Detection, _ *finding.Threat) error {
		counts.Take(one)
		return nil
	}
	detected, err := f.run(c, p, d)
	if err != nil {
		return nil, nil, err
	}
	from, to := detected.Stats.First, detected.Stats.Last
	if earliest := to.Add(-back); d.Since.IsZero() && from.Before(earliest) {
		from = earliest
	}
	if !d.Since.IsZero() && from.Before(d.Since) {
		from = d.Since
	}
	return counts.Replay(from, to), detected, nil
}

func newDetectExplain(p *process) *cobra.Command {
	var out outputFlags
	format := oneOf{what: "form", value: "table", allowed: []string{"table", "markdown"}}
	c := &cobra.Command{
		Use:     "explain TYPE",
		Short:   "Print why a finding type matters and what to do",
		Example: "  merlon detect explain Execution:Kubernetes/ExecInKubeSystemPod\n  merlon detect explain SuccessfulAnonymousAccess",
		Args:    exactly(1, "the finding type"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return detectionTypes(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			options, err := out.options(p, true)
			if err != nil {
				return err
			}
			r, err := findDetection(args[0])
			if err != nil {
				return err
			}
			if format.value == "markdown" {
				_, err := io.WriteString(p.stdout, docs.DetectionPage(options.Lang, r))
				return err
			}
			return report.ExplainDetection(p.stdout, r, options)
		},
	}
	c.Flags().VarP(&format, "output", "o", "table for a terminal, or markdown for a page")
	out.register(c)
	return c
}

// findDetection finds a rule by its type, whatever the case, or by the part of it that says what happened where only one
// has that.
func findDetection(name string) (*rule.Detection, error) {
	near := detectionsNamed(name)
	switch len(near) {
	case 0:
		if word := nearDetection(name); word != "" {
			return nil, fmt.Errorf("there is no finding type %q; did you mean %q?", name, word)
		}
		return nil, fmt.Errorf("there is no finding type %q; \"merlon detect types\" lists them", name)
	case 1:
		return near[0], nil
	}
	return nil, severalDetections(name, near)
}

// detectionsNamed gives the rule of a finding type, or those whose type has a name as the part that says what happened.
func detectionsNamed(name string) (near []*rule.Detection) {
	for _, r := range catalog.Detections() {
		if strings.EqualFold(r.Type, name) {
			return []*rule.Detection{r}
		}
		if _, what, _ := strings.Cut(r.Type, "/"); strings.EqualFold(what, name) {
			near = append(near, r)
		}
	}
	return near
}

// severalDetections is the error for a name that several finding types have.
func severalDetections(name string, near []*rule.Detection) error {
	types := make([]string, len(near))
	for i, r := range near {
		types[i] = r.Type
	}
	return fmt.Errorf("%q is part of several finding types: %s", name, strings.Join(types, ", "))
}

// nearDetection gives the finding type that was most likely meant by a name, of the whole or of the part that says what
// happened; "" for none.
func nearDetection(name string) string {
	if word := lang.Nearest(name, detectionTypes()); word != "" {
		return word
	}
	whole := map[string]string{}
	for _, kind := range detectionTypes() {
		if _, what, _ := strings.Cut(kind, "/"); whole[what] == "" {
			whole[what] = kind
		}
	}
	return whole[lang.Nearest(name, slices.Sorted(maps.Keys(whole)))]
}

func newDetectTypes(p *process) *cobra.Command {
	var out outputFlags
	format := oneOf{what: "form", value: "table", allowed: []string{"table", "json"}}
	c := &cobra.Command{
		Use:   "types",
		Short: "List the finding types",
		Long: `Lists the finding types by tactic, each with its severity and whose it is:
GuardDuty's, under its name, or Merlon's own. With -o json, each is an object on
a line of its own, with its full name.`,
		Args: exactly(0, ""),
		RunE: func(*cobra.Command, []string) error {
			options, err := out.options(p, format.value == "table")
			if err != nil {
				return err
			}
			if format.value == "json" {
				return report.ListDetectionsJSON(p.stdout, catalog.Detections(), options.Lang)
			}
			return report.ListDetections(p.stdout, catalog.Detections(), options)
		},
	}
	out.register(c)
	c.Flags().VarP(&format, "output", "o", "table or json")
	return c
}
