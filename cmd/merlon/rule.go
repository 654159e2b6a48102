package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/docs"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/report"
	"github.com/merlonsec/merlon/internal/rule"
)

func newRule(p *process) *cobra.Command {
	c := &cobra.Command{
		Use:   "rule",
		Short: "List, explain and write rules",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return c.Help()
		},
	}
	c.AddCommand(newRuleList(p), newRuleExplain(p), newRuleNew(p), newRuleTest(p))
	return c
}

func newRuleList(p *process) *cobra.Command {
	var out outputFlags
	var own ruleFlags
	c := &cobra.Command{
		Use:   "list",
		Short: "List the rules",
		Args:  exactly(0, ""),
		RunE: func(*cobra.Command, []string) error {
			l, err := out.lang(p, true)
			if err != nil {
				return err
			}
			rules, err := own.rules()
			if err != nil {
				return err
			}
			// Those of the user's own are what the list was asked for, where there are any.
			shipped := len(rules) - len(own.paths.loaded)
			return listRules(p, slices.Concat(rules[shipped:], rules[:shipped]), l)
		},
	}
	own.register(c)
	out.register(c)
	return c
}

// listRules writes a line for each rule.
func listRules(p *process, rules []*rule.Rule, l lang.Lang) error {
	rows := make([][3]string, len(rules))
	for i, r := range rules {
		rows[i] = [3]string{report.Clean(r.ID), levelsOf(r, l), report.Clean(r.Title.In(l))}
	}
	return writeRows(p, rows)
}

// writeRows writes rows of a name, a level and a title. On a terminal a title goes on below itself where it is too long.
func writeRows(p *process, rows [][3]string) error {
	const gap, least = 2, 16
	var widths [2]int
	for _, row := range rows {
		for column := range widths {
			widths[column] = max(widths[column], lang.Columns(row[column]))
		}
	}
	lead := widths[0] + gap + widths[1] + gap
	width := 0
	if columns, isTerminal := terminal(p.stdout); isTerminal {
		width = max(columns-lead, least)
	}
	var b strings.Builder
	for _, row := range rows {
		for column := range widths {
			b.WriteString(row[column] + strings.Repeat(" ", widths[column]-lang.Columns(row[column])+gap))
		}
		b.WriteString(strings.Join(lang.Fold(row[2], width), "\n"+strings.Repeat(" ", lead)) + "\n")
	}
	_, err := io.WriteString(p.stdout, b.String())
	return err
}

// levelsOf writes what a rule weighs.
func levelsOf(r *rule.Rule, l lang.Lang) string {
	weight := r.Weight()
	switch {
	case weight.Role == finding.Contextual:
		return contextOnly.In(l)
	case weight.Impact > finding.ImpactNone:
		return weight.Likelihood.Text().In(l) + " × " + weight.Impact.Text().In(l)
	}
	return weight.Likelihood.Text().In(l)
}

// contextOnly stands for the levels of a rule that makes no exposure by itself.
var contextOnly = lang.Text{EN: "context", ES: "contexto", PT: "contexto"}

func newRuleExplain(p *process) *cobra.Command {
	var out outputFlags
	var own ruleFlags
	format := oneOf{what: "form", value: "table", allowed: []string{"table", "markdown"}}
	c := &cobra.Command{
		Use:   "explain ID",
		Short: "Print a rule's page: why it matters, how to fix it, examples",
		Example: "  merlon rule explain privileged-container\n" +
			"  merlon rule explain my-rule --rules rules/ -o markdown > docs/my-rule.md",
		Args: exactly(1, "the rule"),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleIDs(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			options, err := out.options(p, true)
			if err != nil {
				return err
			}
			rules, err := own.rules()
			if err != nil {
				return err
			}
			r, err := findRule(args[0], rules)
			if err != nil {
				return err
			}
			if format.value == "markdown" {
				_, err := io.WriteString(p.stdout, docs.RulePage(options.Lang, r))
				return err
			}
			return report.ExplainRule(p.stdout, r, options)
		},
	}
	c.Flags().VarP(&format, "output", "o", "table for a terminal, or markdown for a page")
	own.register(c)
	out.register(c)
	return c
}

func findRule(id string, rules []*rule.Rule) (*rule.Rule, error) {
	var ids []string
	for _, r := range rules {
		if r.ID == id {
			return r, nil
		}
		ids = append(ids, r.ID)
	}
	if near := lang.Nearest(id, ids); near != "" {
		return nil, fmt.Errorf("there is no rule %q; did you mean %q?", id, near)
	}
	return nil, fmt.Errorf("there is no rule %q; \"merlon rule list\" lists them", id)
}

func ruleIDs() []string {
	var ids []string
	for _, r := range catalog.All() {
		ids = append(ids, r.ID)
	}
	return ids
}

func newRuleNew(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "new ID",
		Short: "Write the skeleton of a rule into a checkout of Merlon",
		Long: `Writes internal/catalog/traits/ID.go, with everything a rule has and examples
that fail until the rule is written, and says which line to add to
internal/catalog/catalog.go.`,
		Example: "  merlon rule new share-process-namespace",
		Args:    exactly(1, "the rule"),
		RunE: func(_ *cobra.Command, args []string) error {
			id := args[0]
			if catalog.Find(id) != nil {
				return fmt.Errorf("the rule %q exists; \"merlon rule explain %s\" shows it", id, id)
			}
			path, name, err := writeSkeleton(id)
			if errors.Is(err, errNoCheckout) {
				return fmt.Errorf("%w: run it in the top folder of a checkout of Merlon", err)
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(p.stdout, "Wrote %s.\n\nNext:\n  1. Fill it in: every TO%s in the file.\n  2. Add traits.%s to All in internal/catalog/catalog.go.\n  3. go test ./internal/catalog && make gen\n",
				path, "DO", name)
			return nil
		},
	}
}

// goName turns a rule's ID into the name of its Go variable: host-pid is HostPID.
func goName(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		switch word {
		case "pid", "ipc", "tls", "iam", "ecs", "eks", "id", "ip", "os", "rbac", "api", "ecr", "imds":
			b.WriteString(strings.ToUpper(word))
		case "":
		default:
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return b.String()
}
