package iam

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// A plain policy is one as encoding/json reads it, and allows what AWS's documentation says, word by word: a second
// evaluator that shares no code with the first. It knows all of a request.
type plainPolicy struct {
	Statement []plainStatement
}

type plainStatement struct {
	Effect                                   string
	Action, NotAction, Resource, NotResource []string
	Condition                                map[string]map[string][]string
}

func anyMatches(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return naiveMatch(p, text) })
}

func (s *plainStatement) applies(action, resource string, request map[string][]string) bool {
	lowered := func(list []string) []string { return strings.Split(asciiLower(strings.Join(list, "\n")), "\n") }
	if s.Action != nil && !anyMatches(lowered(s.Action), asciiLower(action)) || s.NotAction != nil && anyMatches(lowered(s.NotAction), asciiLower(action)) {
		return false
	}
	if s.Resource != nil && !anyMatches(s.Resource, resource) || s.NotResource != nil && anyMatches(s.NotResource, resource) {
		return false
	}
	for operator, keys := range s.Condition {
		for key, want := range keys {
			have, present := request[key]
			if holds, _ := reference(operator, want, have, present); !holds {
				return false
			}
		}
	}
	return true
}

// allows applies "Determining whether a request is allowed or denied within an account".
func allows(policies []plainPolicy, boundary *plainPolicy, action, resource string, request map[string][]string) bool {
	says := func(p plainPolicy, effect string) bool {
		return slices.ContainsFunc(p.Statement, func(s plainStatement) bool { return s.Effect == effect && s.applies(action, resource, request) })
	}
	everyone := policies
	if boundary != nil {
		everyone = append(slices.Clone(policies), *boundary)
	}
	for _, p := range everyone {
		if says(p, "Deny") {
			return false
		}
	}
	return slices.ContainsFunc(policies, func(p plainPolicy) bool { return says(p, "Allow") }) && (boundary == nil || says(*boundary, "Allow"))
}

// randomPolicies makes policies out of a few words, so that statements meet.
type randomPolicies struct{ *rand.Rand }

func (r randomPolicies) pick(from ...string) string { return from[r.IntN(len(from))] }

func (r randomPolicies) list(from ...string) []string {
	all := make([]string, 1+r.IntN(3))
	for i := range all {
		all[i] = r.pick(from...)
	}
	return all
}

func (r randomPolicies) statement() plainStatement {
	s := plainStatement{Effect: r.pick("Allow", "Allow", "Allow", "Deny")}
	actions := r.list("*", "s3:*", "s3:Get*", "S3:GetObject", "iam:*", "iam:Pass?ole", "*:List*", "ec2:*")
	resources := r.list("*", "arn:aws:s3:::*", "arn:aws:s3:::logs/*", "arn:aws:iam::1:role/?", "arn:aws:*", "arn:aws:s3:::logs")
	if r.IntN(4) > 0 {
		s.Action = actions
	} else {
		s.NotAction = actions
	}
	if r.IntN(4) > 0 {
		s.Resource = resources
	} else {
		s.NotResource = resources
	}
	if r.IntN(3) == 0 {
		operator := r.pick("", "ForAllValues:", "ForAnyValue:") + r.pick("StringEquals", "StringNotEquals", "StringLike", "StringNotLike") + r.pick("", "IfExists")
		s.Condition = map[string]map[string][]string{operator: {r.pick("k", "l"): r.list("a", "b", "a*")}}
	}
	return s
}

func (r randomPolicies) policy() plainPolicy {
	p := plainPolicy{Statement: make([]plainStatement, 1+r.IntN(3))}
	for i := range p.Statement {
		p.Statement[i] = r.statement()
	}
	return p
}

// document writes the policy without the elements that it does not have.
func (p plainPolicy) document(t *testing.T) []byte {
	t.Helper()
	var all []map[string]any
	for _, s := range p.Statement {
		m := map[string]any{"Effect": s.Effect}
		for name, list := range map[string][]string{"Action": s.Action, "NotAction": s.NotAction, "Resource": s.Resource, "NotResource": s.NotResource} {
			if list != nil {
				m[name] = list
			}
		}
		if s.Condition != nil {
			m["Condition"] = s.Condition
		}
		all = append(all, m)
	}
	data, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": all})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestAgainstReference compares decisions about random policies with the second evaluator's, and checks that a decision
// with less knowledge holds with more.
func TestAgainstReference(t *testing.T) {
	r := randomPolicies{rand.New(rand.NewPCG(7, 8))}
	values := [][]string{nil, {"a"}, {"b"}, {"ax"}, {"z"}}
	seen := map[Verdict]int{}
	for range 4_000 {
		policies := make([]plainPolicy, 1+r.IntN(3))
		s := Source{ARN: roleARN}
		for i := range policies {
			policies[i] = r.policy()
			s.Inline = append(s.Inline, Policy{Name: fmt.Sprint(i), Document: policies[i].document(t)})
		}
		var boundary *plainPolicy
		var managed []Policy
		if r.IntN(3) == 0 {
			b := r.policy()
			boundary, s.Boundary, managed = &b, boundaryARN, []Policy{{Name: boundaryARN, Document: b.document(t)}}
		}
		p := principal(t, s, managed...)
		action := r.pick("s3:GetObject", "s3:getobject", "s3:ListBuckets", "iam:PassRole", "ec2:RunInstances")
		resource := r.pick("*", "arn:aws:s3:::logs", "arn:aws:s3:::logs/a:b/c", "arn:aws:iam::1:role/x", "arn:aws:iam::1:role/xy")
		before := p.Can(Request{Action: action, Resource: resource}).Verdict
		for _, k := range values {
			for _, l := range values {
				request := map[string][]string{}
				if k != nil {
					request["k"] = k
				}
				if l != nil {
					request["l"] = l
				}
				got := p.Can(Request{Action: action, Resource: resource, Context: Context{Is("k", k...), Is("l", l...)}})
				want := Denied
				if allows(policies, boundary, action, resource, request) {
					want = Allowed
				}
				if got.Verdict != want {
					t.Fatalf("%s on %s with %v: %v, the reference says %v\n%s", action, resource, request, got.Verdict, want, s.Inline)
				}
				if before != Unknown && before != want {
					t.Fatalf("%s on %s is %v with less knowledge, and %v with %v\n%s", action, resource, before, want, request, s.Inline)
				}
			}
		}
		seen[before]++
	}
	if seen[Denied] < 500 || seen[Unknown] < 300 || seen[Allowed] < 500 {
		t.Errorf("the test is one-sided: %v", seen)
	}
}

// TestVariablesAreOpenUntilTheyAreKnown checks that a decision holds whatever values variables turn out to have, or none.
func TestVariablesAreOpenUntilTheyAreKnown(t *testing.T) {
	r := randomPolicies{rand.New(rand.NewPCG(15, 16))}
	values := [][]string{nil, {"a"}, {"b"}, {"a", "b"}}
	seen := map[Verdict]int{}
	for range 5_000 {
		var all []string
		for range 1 + r.IntN(2) {
			s := r.pick("Allow", "Allow", "Deny") + "; s3:*; " + r.pick("", "", "!") + strings.Join(r.list("r/${k}", "r/${l}/x", "r/*", "r/a", "${k}${l}", "r/${k, 'b'}"), "|")
			if r.IntN(2) == 0 {
				s += fmt.Sprintf(`; "Condition":{%q:{"m":[%q,"c"]}}`, r.pick("StringEquals", "StringNotEquals", "StringLike", "StringNotLikeIfExists"), r.pick("${k}", "${l}*", "a${k}"))
			}
			all = append(all, s)
		}
		p := role(t, doc(all...))
		q := Request{Action: "s3:GetObject", Resource: r.pick("r/a", "r/b", "r/a/x", "q", "aa", "ab")}
		m := Is("m", r.pick("a", "b", "c", "aa"))
		before := map[string]Verdict{}
		for name, c := range map[string]Context{"nothing": nil, "m": {m}, "m and a pattern of k": {m, IsLike("k", "a*")}} {
			q.Context = c
			before[name] = p.Can(q).Verdict
			seen[before[name]]++
		}
		for _, k := range values {
			for _, l := range values {
				q.Context = Context{m, Is("k", k...), Is("l", l...)}
				after := p.Can(q).Verdict
				for name, b := range before {
					if name == "m and a pattern of k" && !slices.Equal(k, []string{"a"}) {
						continue
					}
					if b != Unknown && b != after {
						t.Fatalf("%s is %v with %s, and %v with k %q and l %q and %v\n%s", q.Resource, b, name, after, k, l, m, all)
					}
				}
			}
		}
	}
	if seen[Denied] < 500 || seen[Unknown] < 500 || seen[Allowed] < 300 {
		t.Errorf("the test is one-sided: %v", seen)
	}
}

// TestLessKnowledgeIsNeverMoreCertain takes a policy away: unread, it may be what it was.
func TestLessKnowledgeIsNeverMoreCertain(t *testing.T) {
	r := randomPolicies{rand.New(rand.NewPCG(9, 10))}
	const arn = "arn:aws:iam::111122223333:policy/p"
	requests := []Request{
		{Action: "s3:GetObject", Resource: "arn:aws:s3:::logs/a"}, {Action: "iam:PassRole", Resource: "arn:aws:iam::1:role/x"}, {Action: "ec2:RunInstances"},
	}
	for range 2_000 {
		known := Policy{Name: "known", Document: r.policy().document(t)}
		taken := Policy{Name: arn, Document: r.policy().document(t)}
		s := Source{ARN: roleARN, Inline: []Policy{known}, Attached: []string{arn}}
		whole, part := principal(t, s, taken), principal(t, s)
		for _, q := range requests {
			q.Context = Context{Is("k", "a"), Is("l", "b")}
			if w, p := whole.Can(q).Verdict, part.Can(q).Verdict; p != Unknown && p != w {
				t.Fatalf("%s is %v, and %v without %s", q.Action, w, p, taken.Document)
			}
		}
		if w, p := whole.Administrator(nil), part.Administrator(nil); p.Verdict != Unknown && p.Verdict != w.Verdict {
			t.Fatalf("an administrator: %v, and %v without %s\n%s", w.Verdict, p.Verdict, taken.Document, known.Document)
		}
		for _, service := range []string{"s3", "iam", "ec2", "sqs"} {
			if w, p := whole.FullAccess(service, nil), part.FullAccess(service, nil); p.Verdict != Unknown && p.Verdict != w.Verdict {
				t.Fatalf("%s in full: %v, and %v without %s\n%s", service, w.Verdict, p.Verdict, taken.Document, known.Document)
			}
		}
	}
}

// TestStandingsHoldForEachRequest asks for requests one by one what was said of all.
func TestStandingsHoldForEachRequest(t *testing.T) {
	r := randomPolicies{rand.New(rand.NewPCG(11, 12))}
	resources := []string{
		"arn:aws:s3:::logs", "arn:aws:s3:::logs/a", "arn:aws:s3:::other", "arn:aws:iam::111122223333:role/x", "arn:aws:iam::1:role/x", "arn:aws:iam::1:role/xy",
		"arn:aws:" + string(fresh) + ":::x",
	}
	seen := map[Verdict]int{}
	for range 4_000 {
		first, second := r.policy().document(t), r.policy().document(t)
		p := role(t, first, second)
		context := Context{Is("k", "a"), Is("l", "b")}
		s := p.FullAccess("s3", context)
		seen[s.Verdict]++
		missing := 0
		for _, action := range []string{"s3:GetObject", "s3:GetX", "s3:ListX", "s3:get:list", "s3:" + string(fresh)} {
			for _, resource := range resources[:3] {
				if p.Can(Request{Action: action, Resource: resource, Context: context}).Verdict != Allowed {
					missing++
				}
			}
		}
		if missing > 0 != (s.Verdict != Allowed || len(s.Except) > 0) {
			t.Fatalf("s3 in full: %+v, and %d requests are not allowed\n%s\n%s", s, missing, first, second)
		}
		if a := p.Administrator(context); a.Verdict == Allowed && a.Basis == EveryAction && len(a.Except) == 0 {
			for _, resource := range resources {
				if d := p.Can(Request{Action: string(fresh) + ":X", Resource: resource, Context: context}); d.Verdict != Allowed {
					t.Fatalf("an administrator of everything may not do something on %s: %+v", resource, d)
				}
			}
		}
	}
	if seen[Denied] < 500 || seen[Allowed] < 100 || seen[Unknown] > 0 {
		t.Errorf("the test is one-sided: %v", seen)
	}
}
