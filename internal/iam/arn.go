package iam

import (
	"errors"
	"fmt"
	"strings"
)

// ARN is an Amazon Resource Name, cut into its parts. Partition is aws, aws-cn, aws-us-gov or one of the isolated ones
// (aws-iso, aws-iso-b, …); Region and Account are empty for resources that have none.
// Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names (ARNs)".
type ARN struct {
	Partition, Service, Region, Account, Resource string
}

// ParseARN cuts an ARN into its parts. The error says what is missing.
func ParseARN(s string) (ARN, error) {
	p := strings.SplitN(s, ":", arnParts)
	if p[0] != "arn" || len(p) < arnParts {
		return ARN{}, fmt.Errorf("parse ARN %q: it is not of the form arn:partition:service:region:account:resource", shorten(s))
	}
	a := ARN{Partition: p[1], Service: p[2], Region: p[3], Account: p[4], Resource: p[5]}
	if a.Partition == "" || a.Service == "" || a.Resource == "" {
		return ARN{}, fmt.Errorf("parse ARN %q: %w", shorten(s), errNoPart)
	}
	return a, nil
}

var errNoPart = errors.New("the partition, the service or the resource is missing")

// String writes the ARN.
func (a ARN) String() string {
	return strings.Join([]string{"arn", a.Partition, a.Service, a.Region, a.Account, a.Resource}, ":")
}

// Kind is what stands before the first slash or colon of the resource: user, role, cluster; "" where there is nothing
// before one.
func (a ARN) Kind() string {
	if i := strings.IndexAny(a.Resource, "/:"); i >= 0 {
		return a.Resource[:i]
	}
	return ""
}

// Name is what stands after the last slash of the resource: the friendly name of an IAM user, role, group or policy,
// without its path.
func (a ARN) Name() string { return a.Resource[strings.LastIndexByte(a.Resource, '/')+1:] }

// shorten keeps an error message readable whatever the document holds.
func shorten(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
