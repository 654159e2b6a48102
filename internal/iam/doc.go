// Package iam evaluates AWS IAM policies: what a user or role may do, whether it is an administrator, which services it
// has in full, and who may assume it.
//
// In: policy documents as their source gives them (JSON, or URL-encoded JSON as the IAM API returns it), and which user
// or role has which of them ([Input]). Out: a [Model], compiled once and asked from any number of goroutines, whose
// answers have three values and name the statements they rest on.
//
// An answer is Unknown where what was read does not decide it: a policy that was not read or is broken, a condition on a
// value that the question does not give, an operator or a variable that is not modelled. A wrong certainty is never
// traded for it. Adding knowledge (a document, a [Fact]) turns Unknown into one of the others, and never one of the
// others into something else. One thing is taken for granted: that policies of AWS which were not read deny nothing,
// those apart that are known to.
//
// A request is allowed when every layer that applies has an Allow statement for it and no statement of any layer denies
// it. The layers of today are the identity policies (the principal's own and its groups') and the permissions boundary;
// the policy that says who may assume a role is evaluated alone. Service control policies and session policies are
// further layers of the same kind. Resource policies are not: within an account they add to what the identity policies
// allow. What such policies would change is not part of an answer.
//
// The rules are those of the IAM User Guide: "Policy evaluation logic", "Grammar of the IAM JSON policy language", and
// the "IAM JSON policy elements" pages (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html).
//
// The package reads no file, asks no API, has no clock: a condition on the time is answered where the question gives the
// time. Documents are hostile input: size and depth are limited, and none makes it panic.
package iam
