package iam

// Input is what was read of an account's IAM, or of several accounts'. A caller fills it from the inventory: from
// GetAccountAuthorizationDetails, which has all of it, or from files, which have part of it.
type Input struct {
	// Principals are the users and roles that questions are about.
	Principals []Source
	// Groups are the groups of users.
	Groups []Group
	// Policies are the managed policies, of the account and of AWS. One that is attached and not among them was not
	// read; the few of AWS that are known by their name alone need not be here.
	Policies []Policy
}

// Policy is a policy document with its name.
type Policy struct {
	// Name is the ARN of a managed policy, the name of an inline one.
	Name string
	// Document is JSON, or URL-encoded JSON as the IAM API returns it. Empty means that it was not read.
	Document []byte
}

// Source is one user or role as its source describes it.
type Source struct {
	// ARN names it. Where the ARN is not known, as in files, it may be any name that is unique; then what follows from
	// an ARN (the account, the kind, aws:username) is not known.
	ARN string
	// Inline are its own inline policies.
	Inline []Policy
	// Attached are the ARNs of the managed policies that are attached to it.
	Attached []string
	// Groups are the ARNs of the groups that a user is in.
	Groups []string
	// Boundary is the ARN of the managed policy that is its permissions boundary; "" for none.
	Boundary string
	// Trust is the document of a role that says who may assume it; nil where it was not read, and for users.
	Trust []byte
	// NotListed names what could not be listed of it ("inline policies"): there may be more of those. An entry
	// leaves every answer open that a further policy could change.
	NotListed []string
	// BoundaryNotRead is set where it is not known whether it has a permissions boundary.
	BoundaryNotRead bool
}

// Group is a group of users with its policies; the fields are those of [Source].
type Group struct {
	ARN       string
	Inline    []Policy
	Attached  []string
	NotListed []string
}
