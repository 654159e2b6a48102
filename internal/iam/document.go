package iam

// A document is a policy document, compiled. It does not know who has it: many may.
type document struct {
	statements []statement
	problems   []Problem
}

// A statement is one statement, compiled. A statement whose effect is not known is two: one for each effect.
type statement struct {
	deny       bool
	actions    list
	resources  list
	caller     *callers // Of a trust policy; nil: whoever has the policy.
	conditions []condition
	// services are those that the actions name; whole those that they may mean in full.
	services, whole []string
	// doubt, where set, is why the statement may say something else than the rest of the fields: part of it could not
	// be read. It then counts for what it may say at most.
	doubt Reason
	// extent is what is known of a statement that was not read.
	extent extent
	sid    string
	path   string // JSONPath in its document; "" for one that stands for a document that was not read.
}

// extent is how much a statement may be about that was not read.
type extent uint8

const (
	anyExtent           extent = iota
	neverAdministrative        // Not everything, nor all of IAM.
	neverWhole                 // No service in full.
)

// unread is a document that was not read, or could not be: it may allow and deny anything.
func unread(why Reason) *document {
	return &document{statements: []statement{standIn(false, why), standIn(true, why)}}
}

// standIn is a statement that may be there.
func standIn(deny bool, why Reason) statement {
	return statement{deny: deny, actions: anything(), resources: anything(), doubt: why}
}

// A question is one request, with what is known of it.
type question struct {
	action, resource string
	caller           *Caller
	known            facts
}

// applies says whether the statement is about the request, and if that is not certain, why.
func (s *statement) applies(q *question) (truth, Reason) {
	all, _ := s.actions.match(q.action, q.known) // Actions have no variables.
	if all == no {
		return no, Reason{}
	}
	var why Reason
	if s.caller != nil {
		asks, reason := s.caller.match(q.caller)
		all, why = asks, reason
	}
	if all == no {
		return no, Reason{}
	}
	if on, variable := s.resources.match(q.resource, q.known); on < all {
		all, why = on, Reason{Kind: OpenVariable, Detail: variable}
	}
	if all == no {
		return no, Reason{}
	}
	if holds, reason := s.holds(q.known); holds < all {
		all, why = holds, reason
	}
	if all == yes {
		return yes, Reason{}
	}
	return all, why
}

// holds says whether what does not depend on action, resource and caller lets the statement apply.
func (s *statement) holds(known facts) (truth, Reason) {
	all, why := yes, Reason{}
	if s.doubt.Kind != NoReason {
		all, why = maybe, s.doubt
	}
	for i := range s.conditions {
		met := s.conditions[i].met(known)
		if met == no {
			return no, Reason{}
		}
		if met < all {
			all, why = met, s.conditions[i].reason()
		}
	}
	return all, why
}
