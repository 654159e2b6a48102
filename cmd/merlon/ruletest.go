package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/prove"
	"github.com/merlonsec/merlon/internal/report"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/rule/celrule"
)

func newRuleTest(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "test FILE...",
		Short: "Compile your own rules and prove their examples",
		Long: `Reads rules from YAML files, or from folders of them, compiles their conditions
and runs their examples, as scan does before it uses a rule. It says for each
example whether it holds, and which condition decided.

docs/user-rules.md says how to write a rule. Exit codes: 0 every rule holds; 2
one does not.`,
		Example: "  merlon rule test rules/",
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name the files with rules, as in \"merlon rule test rules/\"")
			}
			proved, loading := app.ProveRules(args, catalog.All())
			failed := 0
			for i := range proved {
				if len(proved[i].Problems) > 0 {
					failed++
				}
				tellRule(p, &proved[i])
			}
			return conclude(p.stdout, len(proved), failed, loading)
		},
	}
}

// conclude sums up in one line, and fails where something did.
func conclude(w io.Writer, rules, failed int, loading error) error {
	if failed > 0 {
		loading = errors.Join(loading, fmt.Errorf("%d of %d rules do not hold", failed, rules))
	}
	if loading != nil {
		return &exitError{exitWrong, loading}
	}
	all := fmt.Sprintf("All %d rules hold.", rules)
	if rules == 1 {
		all = "The rule holds."
	}
	_, err := fmt.Fprintln(w, all)
	return err
}

// tellRule prints what a rule's examples show.
func tellRule(p *process, r *app.Proved) {
	fmt.Fprintf(p.stdout, "%s  %s:%d\n", report.Clean(r.ID), report.Clean(r.File), r.Line)
	for _, e := range r.Examples {
		problems := ofExample(r.Problems, e.Name)
		word := "ok  "
		if len(problems) > 0 {
			word = "FAIL"
		}
		said := decided(p, r.Rule, e)
		if len(problems) > 0 && said == undecided {
			said = "" // The problems say why.
		}
		fmt.Fprintf(p.stdout, "  %s  %-7s  %s%s\n", word, e.Want, report.Clean(e.Name), said)
		for _, problem := range problems {
			tellProblem(p, "        ", "  ", report.Clean(problem.What))
		}
	}
	for _, problem := range ofExample(r.Problems, "") {
		tellProblem(p, "  FAIL  ", "        ", report.Clean(problem.What)+nearMiss(p, r.Rule, problem.Condition))
	}
	if len(r.Problems) > 0 {
		r.Cost = nil // It is of interest once the rule holds.
	}
	for _, c := range r.Cost {
		fmt.Fprintf(p.stdout, "  cost  %s: %s\n", report.Clean(c.Condition), cost(c.Least, c.Most))
	}
	fmt.Fprintln(p.stdout)
}

// tellProblem writes a sentence; on a terminal in lines that fit, of which each further one is indented by more.
func tellProblem(p *process, lead, more, text string) {
	const least = 32
	width := 0
	if columns, isTerminal := terminal(p.stdout); isTerminal {
		width = max(columns-len(lead)-len(more), least)
	}
	if strings.TrimSpace(lead) == "" {
		more = lead + more
	}
	fmt.Fprintln(p.stdout, lead+strings.Join(lang.Fold(text, width), "\n"+more))
}

func ofExample(problems []prove.Problem, name string) []prove.Problem {
	var found []prove.Problem
	for _, problem := range problems {
		if problem.Example == name {
			found = append(found, problem)
		}
	}
	return found
}

// nearMiss names an example that is a near miss of a condition without saying so.
func nearMiss(p *process, r *rule.Rule, condition string) string {
	for _, e := range r.Examples {
		if condition == "" || e.Misses != "" || e.Want != finding.Absent {
			continue
		}
		if names := app.Deciding(r, e, p.now()); len(names) == 1 && names[0] == condition {
			return fmt.Sprintf("; %q is one: give it \"misses: %s\"", report.Clean(e.Name), condition)
		}
	}
	return ""
}

// undecided is what is said where no one condition decided.
const undecided = " (more than one condition, or nothing to look at)"

// decided says what an example's verdict came from.
func decided(p *process, r *rule.Rule, e rule.Example) string {
	state, why, err := app.Verdict(r, e, p.now())
	switch {
	case err != nil:
		return ""
	case state == finding.Unknown:
		return " (" + report.Clean(why.EN) + ")"
	case state == finding.Absent:
		switch names := app.Deciding(r, e, p.now()); len(names) {
		case 0:
			return undecided
		default:
			return " (decided by " + strings.Join(names, ", ") + ")"
		}
	}
	return ""
}

// cost writes what a condition costs.
func cost(least, most uint64) string {
	if most > celrule.CostLimit { // An evaluation that gets there is stopped.
		return fmt.Sprintf("at least %d, more with the size of the object", least)
	}
	if least == most {
		return strconv.FormatUint(least, 10)
	}
	return fmt.Sprintf("%d to %d", least, most)
}
