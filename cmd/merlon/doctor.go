package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/collect/aws"
)

type doctorFlags struct {
	awsFlags
	ruleFlags
	outputFlags
	format oneOf
	policy bool
}

func newDoctor(p *process) *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor --aws",
		Short: "Say what the credentials may read, and which rules the rest leaves unassessed",
		Long: `Tries every action that reading an AWS account takes, once in each region, and says
which are denied, what is not complete without them, and which rules look at
that. A request that needs a name asks for something that does not exist, so
that a policy which allows an action on some resources only looks as if it
denied it.

--print-iam prints the smallest IAM policy that allows everything, and asks
nobody.

Exit codes: 0 everything is allowed; 2 nothing could be checked; 3 something is
denied, or does not work.`,
		Example: "  merlon doctor --aws --region eu-west-1\n  merlon doctor --aws --profile audit --region all -o json\n  merlon doctor --print-iam > merlon-policy.json",
		Args:    exactly(0, ""),
		RunE:    func(c *cobra.Command, _ []string) error { return runDoctor(c, p, &f) },
	}
	f.awsFlags.register(c)
	f.ruleFlags.register(c)
	f.outputFlags.register(c)
	f.format = oneOf{what: "format", value: "table", allowed: []string{"table", "json"}}
	c.Flags().VarP(&f.format, "output", "o", "table or json")
	c.Flags().BoolVar(&f.policy, "print-iam", false, "print the IAM policy that reading an AWS account takes")
	return c
}

func runDoctor(c *cobra.Command, p *process, f *doctorFlags) error {
	if f.policy {
		policy, err := aws.Policy()
		if err != nil {
			return err
		}
		_, err = p.stdout.Write(policy)
		return err
	}
	if !f.enabled {
		return errors.New("name what to check: --aws; or print the IAM policy with --print-iam")
	}
	options, err := f.outputFlags.options(p, true)
	if err != nil {
		return err
	}
	rules, err := f.rules()
	if err != nil {
		return err
	}
	progress := newProgress(p)
	defer progress.stop()
	d, err := app.Doctor(c.Context(), *f.awsFlags.options(func(requests, _ int) { progress.show("AWS: " + count(requests, "request")) }), rules)
	progress.stop()
	if d == nil {
		return err
	}
	write := func() error { return d.Write(p.stdout, options) }
	if f.format.value == "json" {
		write = func() error { return d.WriteJSON(p.stdout) }
	}
	if wrong := write(); wrong != nil {
		return fmt.Errorf("write %s: %w", f.format.value, wrong)
	}
	switch {
	case err != nil:
		return err
	case !d.AllAllowed():
		return &exitError{code: exitPartial}
	}
	return nil
}
