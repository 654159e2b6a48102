package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
)

func newCollect(p *process) *cobra.Command {
	var in inputFlags
	var out string
	c := &cobra.Command{
		Use:   "collect -o FILE [PATH]...",
		Short: "Take a snapshot",
		Long: `Reads the same as scan and writes one snapshot file, which every command that
reads takes with -f. The snapshot holds no value of a Secret, ConfigMap or
environment variable.`,
		Example: "  merlon collect -o shop.snapshot ./manifests\n  merlon collect -o account.snapshot --aws --region eu-west-1,us-east-1\n  merlon scan -f shop.snapshot",
		RunE: func(c *cobra.Command, args []string) error {
			if out == "" {
				return errors.New("name the file to write with -o FILE")
			}
			v, err := in.read(c.Context(), p, args)
			if err != nil {
				return err
			}
			if out == "-" {
				err = app.WriteSnapshotTo(p.stdout, v, version(), p.now())
			} else {
				err = app.WriteSnapshot(out, v, version(), p.now())
			}
			if err != nil {
				return err
			}
			p.tell("%s of %s in %s", count(v.Len(), "resource"), count(len(v.CountByType()), "type"), out)
			tellSources(p, v.Sources(), restInJSON)
			return in.checkSources(v.Sources())
		},
	}
	in.register(c)
	c.Flags().StringVarP(&out, "output", "o", "", "`file` to write; - is stdout")
	return c
}
