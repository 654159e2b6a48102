// Package iac reads the AWS resources that infrastructure code describes: Terraform plans and states, and
// CloudFormation templates. A decoded document comes in; out come its resources as the AWS API would describe
// them once they are made, in the JSON form of the AWS CLI, so that everything behind reads one form only.
//
// # Allow-list
//
// Tables say which attributes of which types are read, and what becomes of each. What no table names is never
// looked at: a state file holds the passwords of databases, generated keys and whatever else a provider keeps.
//
// # What is not known yet
//
// A resource that has neither ARN nor ID goes by a planned UID, "tf://ADDRESS" or "cfn://TEMPLATE/LOGICALID",
// and whoever refers to it names it so. A value that nothing in the document says is left out, and its path is
// listed in the object's [aws.UnknownField]. Nothing is guessed.
//
// Resources that only add to another one (rules, routes, attachments) are joined into it. The package opens no
// file, calls nothing, and evaluates no Terraform expression: a plan says which names an expression uses, and
// that is enough to follow references. It never repeats a value in a message.
package iac
