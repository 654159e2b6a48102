package iam

import (
	"iter"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// A place is the partition and account that a principal is in, or may be in.
type place struct {
	partition, account string
	// guessed is set on an account that the principal's policies name, where its own is not known.
	guessed bool
}

// places lists where the principal may be: where its ARN says, or without one in the partition that its policies name, in
// an account that is any, or one of those that they name. Nothing reaches from one partition into another.
func (p *Principal) places() []place {
	if p.arn.Account != "" {
		return []place{{partition: p.arn.Partition, account: p.arn.Account}}
	}
	at := place{partition: "aws", account: "*"}
	var all []place
	for a := range p.names() {
		if at.partition == "aws" && strings.HasPrefix(a.Partition, "aws-") {
			at.partition = a.Partition
		}
		guess := place{account: accountOf(a.Account), guessed: true}
		if guess.account != "" && len(all) < maxGuesses && !slices.Contains(all, guess) {
			all = append(all, guess)
		}
	}
	for i := range all {
		all[i].partition = at.partition
	}
	return append([]place{at}, all...)
}

// maxGuesses is how many accounts are tried.
const maxGuesses = 8

// names yields the ARNs that the principal's policies have, and those that they name, with wildcards in them.
func (p *Principal) names() iter.Seq[inventory.ARN] {
	return func(yield func(inventory.ARN) bool) {
		for _, l := range p.layers {
			for _, h := range l.held {
				if a, ok := inventory.ParseARN(h.policy); ok && !yield(a) {
					return
				}
				for i := range h.document.statements {
					for j := range h.document.statements[i].resources.patterns {
						a, ok := inventory.ParseARN(h.document.statements[i].resources.patterns[j].widest.String())
						if ok && !yield(a) {
							return
						}
					}
				}
			}
		}
	}
}

// weaken leaves open what holds only if a guess is right.
func (at place) weaken(s *Standing, name string) {
	if at.guessed && s.Verdict == Allowed {
		s.Verdict, s.Why = Unknown, Reason{Kind: OpenARN, Detail: name}
	}
}

// arn is the ARN of a resource at the place; of services whose ARNs have no region.
func (at place) arn(service, resource string) inventory.ARN {
	return inventory.ARN{Partition: at.partition, Service: service, Account: at.account, Resource: resource}
}

// everyResource is the pattern of all resources of the partition that have an ARN.
func (at place) everyResource() string { return "arn:" + at.partition + ":*:*:*:*" }

// everything is the region of all requests in the partition.
func (at place) everything(e *effort) region {
	r := newRegion("*:*", at.everyResource(), e)
	r.administrative = true
	return r
}
