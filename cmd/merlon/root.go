package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/merlonsec/merlon/internal/lang"
)

// Exit codes; see the command's documentation.
const (
	exitDone     = 0
	exitFindings = 1
	exitWrong    = 2
	exitPartial  = 3
	// exitInterrupted is that of a shell for a command that Ctrl-C ended.
	exitInterrupted = 130
)

// exitError is an outcome with its code. An err of nil is an outcome that was already told.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit code %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

// run runs one command and gives its exit code.
func run(ctx context.Context, p *process) int {
	root := newRoot(p)
	root.SetArgs(p.args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var outcome *exitError
	if !errors.As(err, &outcome) {
		outcome = &exitError{exitWrong, err}
	}
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	if outcome.err != nil {
		for line := range strings.SplitSeq(strings.TrimSpace(outcome.err.Error()), "\n") {
			p.tell("%s", line)
		}
	}
	return outcome.code
}

// newRoot builds the command tree.
func newRoot(p *process) *cobra.Command {
	root := &cobra.Command{
		Use:   "merlon",
		Short: "Find, explain and close the exposures of container platforms",
		Long: `Merlon reads Kubernetes manifests, dumps and snapshots; of Amazon ECS and EKS
live accounts, what the AWS CLI printed, Terraform plans and states and
CloudFormation templates. It finds what an attacker would use, correlates it
into one exposure for each workload, service and cluster, and says what to fix
first. It works offline with files, and never shows or keeps the value of a
secret.`,
		Example: `  merlon demo
  merlon scan ./manifests
  merlon scan --aws --region eu-west-1
  terraform show -json plan | merlon scan -
  kubectl get all,cm,sa,ns,ing,netpol,rolebindings,clusterrolebindings \
    -A -o json | merlon scan -`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(c, args[0])
			}
			return c.Help()
		},
	}
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	root.SetVersionTemplate("merlon {{.Version}}\n")
	root.SetFlagErrorFunc(explainFlag)
	root.SetUsageFunc(func(c *cobra.Command) error { return usage(c, p) })
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(
		newScan(p), newDetect(p), newCollect(p), newExplain(p), newFix(p), newReport(p), newRule(p), newSuppress(p), newDoctor(p), newDemo(p), newVersion(p), newCompletion(p),
	)
	root.SetHelpCommand(&cobra.Command{Use: "help [COMMAND]", Short: "Help for a command", RunE: func(c *cobra.Command, args []string) error {
		target, rest, err := root.Find(args)
		if err != nil || len(rest) > 0 {
			return unknownCommand(root, strings.Join(args, " "))
		}
		return target.Help()
	}})
	completeValues(root)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return configure(c, p) }
	return root
}

// unknownCommand names the command that was most likely meant.
func unknownCommand(c *cobra.Command, name string) error {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	slices.Sort(names)
	if near := lang.Nearest(name, names); near != "" {
		return fmt.Errorf("there is no command %q; did you mean %q?", name, c.CommandPath()+" "+near)
	}
	return fmt.Errorf("there is no command %q; the commands are %s", name, strings.Join(names, ", "))
}

// explainFlag names the flag that was most likely meant.
func explainFlag(c *cobra.Command, err error) error {
	var missing *pflag.NotExistError
	if !errors.As(err, &missing) {
		var invalid *pflag.InvalidValueError
		if errors.As(err, &invalid) && invalid.GetFlag().Value.Type() == "bool" {
			return fmt.Errorf("--%s takes true or false, or nothing for true", invalid.GetFlag().Name)
		}
		return fmt.Errorf("%w; see %q", err, c.CommandPath()+" --help")
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := missing.GetSpecifiedName()
	if near := lang.Nearest(name, names); near != "" && len(name) > 1 {
		return fmt.Errorf("there is no flag --%s; did you mean --%s?", name, near)
	}
	return fmt.Errorf("there is no flag %q; see %q", dashed(name), c.CommandPath()+" --help")
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// oneOf is a flag whose value is one of a few words; what is what the help calls it.
type oneOf struct {
	what    string
	value   string
	allowed []string
}

// String implements [pflag.Value].
func (o *oneOf) String() string { return o.value }

// Type implements [pflag.Value].
func (o *oneOf) Type() string { return o.what }

// Set implements [pflag.Value]; its error names the word that was most likely meant.
func (o *oneOf) Set(s string) error {
	s = strings.ToLower(s)
	if slices.Contains(o.allowed, s) {
		o.value = s
		return nil
	}
	if near := lang.Nearest(s, o.allowed); near != "" {
		return fmt.Errorf("did you mean %q? It takes one of %s", near, strings.Join(o.allowed, ", "))
	}
	return fmt.Errorf("it takes one of %s", strings.Join(o.allowed, ", "))
}
