// Package aws knows the resources of Amazon Web Services as the AWS API describes them. One decoded answer
// of a describe, list or get call comes in, in the JSON form that the AWS CLI prints; out come its resources,
// each with an ARN, the values of secrets taken out, and the typed projection that rules and models read. It
// does not matter who asked: Merlon's own collector, the CLI (files), or a Terraform plan that was put into
// this form. The package reads no file, calls no API, and decides nothing about security.
//
// # Open world
//
// An answer says nothing of what it leaves out. References lead to resources that may not have been read.
//
// # Identity
//
// The UID of a resource is its ARN. Some answers do not say the account or Region of what they describe (a
// route table): the collector knows both and says them in a [Scope]; of a file they stay empty. So resources of
// Amazon EC2 are looked up by their ID, which is unique by itself, see [Index].
package aws
