package inventory

import "strings"

// ARN is an Amazon Resource Name taken apart
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html). Region and Account are empty where
// the service has none, and where a source does not say them.
type ARN struct {
	// Partition is aws, aws-cn, aws-us-gov or that of an isolated Region.
	Partition, Service, Region, Account string
	// Resource is all that follows the account: "role/path/name", "cluster/name", "name".
	Resource string
}

// ParseARN takes an ARN apart; ok is false for any other text.
func ParseARN(s string) (a ARN, ok bool) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return ARN{}, false
	}
	return ARN{Partition: parts[1], Service: parts[2], Region: parts[3], Account: parts[4], Resource: parts[5]}, true
}

// String writes the ARN.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}

// UID is the ARN as the name of a resource.
func (a ARN) UID() UID { return UID(a.String()) }

// Kind is what stands before the first slash or colon of the resource: user, role, cluster; "" where there is
// nothing before one.
func (a ARN) Kind() string {
	if i := strings.IndexAny(a.Resource, "/:"); i >= 0 {
		return a.Resource[:i]
	}
	return ""
}

// Name is what follows the last slash of the resource: the name of a role without its path, the family and
// revision of a task definition.
func (a ARN) Name() string { return a.Resource[strings.LastIndexByte(a.Resource, '/')+1:] }

// ARN takes the UID of an AWS resource apart; ok is false for every other form.
func (u UID) ARN() (a ARN, ok bool) { return ParseARN(string(u)) }
