package iam

import "slices"

// Ref names one statement.
type Ref struct {
	// Policy is the ARN of a managed policy, the name of an inline one, or TrustPolicy.
	Policy string
	// Holder is the ARN of the user, role or group that an inline policy belongs to; "" for a managed one.
	Holder string
	// Path is the JSONPath of the statement in its document ($.Statement[2]); "" for a policy that was not read.
	Path string
	// Sid is the statement's own name, which may be empty.
	Sid string
}

// TrustPolicy is what [Ref.Policy] is for the policy that says who may assume a role.
const TrustPolicy = "AssumeRolePolicyDocument"

// Decision is the answer about one request.
type Decision struct {
	Verdict Verdict
	// Because lists the statements that decide: of Allowed, one that allows it in each layer; of Denied, one that denies
	// it, or none where nothing allows it; of Unknown, those that may.
	Because []Ref
	// Why says what is missing where the verdict is Unknown, and what stands against it where it is Denied.
	Why Reason
}

// A held document is one that somebody has, under a name.
type held struct {
	document *document
	policy   string
	holder   string
}

func (h held) ref(s *statement) Ref {
	return Ref{Policy: h.policy, Holder: h.holder, Path: s.path, Sid: s.sid}
}

// A layer is a set of policies one of which must allow a request, and none of which may deny it.
type layer struct {
	held []held
	// lacks is why a request is denied that none of the policies allows.
	lacks ReasonKind
}

// weighed is the statement that counts most for one side, and how certainly it applies.
type weighed struct {
	truth truth
	ref   Ref
	why   Reason
}

// decide answers a question over layers.
func decide(layers []layer, q *question) Decision {
	var denies weighed
	var room [4]weighed
	allows := room[:0]
	for _, l := range layers {
		allow := weighed{why: Reason{Kind: l.lacks}}
		for _, h := range l.held {
			for i := range h.document.statements {
				s := &h.document.statements[i]
				side := &allow
				if s.deny {
					side = &denies
				}
				if side.truth == yes {
					continue
				}
				if applies, why := s.applies(q); applies > side.truth {
					*side = weighed{applies, h.ref(s), why}
				}
			}
		}
		allows = append(allows, allow)
	}
	return weigh(allows, denies)
}

// weigh makes a decision of what each layer allows and of what is denied.
func weigh(allows []weighed, denies weighed) Decision {
	if denies.truth == yes {
		return Decision{Verdict: Denied, Because: []Ref{denies.ref}, Why: Reason{Kind: DeniedByStatement}}
	}
	allowed := yes
	for i := range allows {
		if allows[i].truth == no {
			return Decision{Verdict: Denied, Why: allows[i].why}
		}
		allowed = min(allowed, allows[i].truth)
	}
	d := Decision{Verdict: min(allowed, denies.truth.opposite()).verdict(), Because: make([]Ref, 0, len(allows)+1)}
	sides := [...][]weighed{allows, {denies}}
	for _, side := range sides {
		for i := range side {
			open := side[i].truth == maybe
			if open && d.Why.Kind == NoReason {
				d.Why = side[i].why
			}
			counts := open || d.Verdict == Allowed && side[i].truth == yes
			if counts && !slices.Contains(d.Because, side[i].ref) { // A policy that was not read may allow and deny.
				d.Because = append(d.Because, side[i].ref)
			}
		}
	}
	return d
}
