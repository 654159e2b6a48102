package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/collect/aws"
)

// awsFlags say which live accounts to read.
type awsFlags struct {
	enabled  bool
	profile  string
	regions  []string
	roles    []string
	endpoint string
	timeout  time.Duration
}

func (f *awsFlags) register(c *cobra.Command) {
	c.Flags().BoolVar(&f.enabled, "aws", false, "read a live AWS account, with the credentials that the AWS CLI would use")
	c.Flags().StringVar(&f.profile, "profile", "", "`profile` of the AWS configuration (default AWS_PROFILE)")
	c.Flags().StringSliceVar(&f.regions, "region", nil, "`region` of AWS to read, or all that are enabled with \"all\" (repeatable; default that of the profile)")
	c.Flags().StringArrayVar(&f.roles, "role-arn", nil, "`ARN` of a role to assume, whose account is read in place of that of the credentials (repeatable)")
	c.Flags().StringVar(&f.endpoint, "endpoint-url", "", "`URL` that takes the place of those of AWS (default AWS_ENDPOINT_URL)")
	c.Flags().DurationVar(&f.timeout, "timeout", 0, "`time` that reading AWS may take, such as 10m; what was not read by then is said; 0 is any")
}

// only lists the flags that mean nothing without --aws.
func (*awsFlags) only() []string {
	return []string{"--profile", "--region", "--role-arn", "--endpoint-url", "--timeout"}
}

// check refuses a flag about AWS that was typed without --aws: whoever types it wants the account to be read. Settings
// may have it all the same.
func (f *awsFlags) check(p *process) error {
	if f.enabled {
		return nil
	}
	for _, arg := range p.args {
		name, _, _ := strings.Cut(arg, "=")
		if slices.Contains(f.only(), name) {
			return fmt.Errorf("%s is about a live AWS account; add --aws to read one", name)
		}
	}
	return nil
}

// options gives what to read; nil without --aws.
func (f *awsFlags) options(progress func(requests, resources int)) *aws.Options {
	if !f.enabled {
		return nil
	}
	return &aws.Options{
		Profile: f.profile, Regions: f.regions, Roles: f.roles, Endpoint: f.endpoint, Timeout: f.timeout, Progress: progress,
	}
}
