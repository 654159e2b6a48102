package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usage writes how a command is called, in lines that fit the terminal.
func usage(c *cobra.Command, p *process) error {
	columns, isTerminal := terminal(p.stdout)
	if !isTerminal {
		columns = defaultColumns
	}
	w := c.OutOrStderr()
	fmt.Fprintf(w, "Usage:\n  %s\n", c.UseLine())
	if c.HasExample() {
		fmt.Fprintf(w, "\nExamples:\n%s\n", c.Example)
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprint(w, "\nCommands:\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				fmt.Fprintf(w, "  %-*s  %s\n", c.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	if c.HasAvailableLocalFlags() {
		fmt.Fprintf(w, "\nFlags:\n%s", c.LocalFlags().FlagUsagesWrapped(min(columns, maxUsage)))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n\"%s COMMAND --help\" says more about one.\n", c.CommandPath())
	}
	return nil
}

// maxUsage is how wide help gets on a wide terminal, in columns.
const maxUsage = 100

// completeValues lets a shell complete the values of flags that take one of a few words.
func completeValues(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		var words []string
		switch v := f.Value.(type) {
		case *oneOf:
			words = v.allowed
		case *failOn:
			words = append(append(severities(), criticalPath), ruleIDs()...)
		}
		if f.Name == "lang" {
			words = []string{"en", "es", "pt"}
		}
		if len(words) > 0 {
			_ = c.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)) // It fails only for a flag that is not there.
		}
	})
	for _, sub := range c.Commands() {
		completeValues(sub)
	}
}

// exactly asks for a number of arguments, and says what they are.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < n:
			return fmt.Errorf("name %s: %s", what, c.UseLine())
		case len(args) > n:
			return fmt.Errorf("%q is too much: %s", strings.Join(args[n:], " "), c.UseLine())
		}
		return nil
	}
}
