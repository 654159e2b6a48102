package iam

import (
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/lang"
)

func TestGroupsGiveTheirPolicies(t *testing.T) {
	const group, gone = "arn:aws:iam::111122223333:group/dev", "arn:aws:iam::111122223333:group/gone"
	managed := Policy{Name: "arn:aws:iam::111122223333:policy/read", Document: doc("Allow; s3:Get*; *")}
	in := Input{
		Principals: []Source{{ARN: userARN, Groups: []string{group}}, {ARN: userARN + "2", Groups: []string{gone}}},
		Groups:     []Group{{ARN: group, Inline: inline(doc("Deny; s3:GetObject; arn:aws:s3:::secret/*")), Attached: []string{managed.Name}}},
		Policies:   []Policy{managed},
	}
	m := Compile(in)
	p, _ := m.Principal(userARN)
	if d := p.Can(Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a"}); d.Verdict != Allowed || d.Because[0].Policy != managed.Name || d.Because[0].Holder != "" {
		t.Errorf("%+v", d)
	}
	if d := p.Can(Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::secret/x"}); d.Verdict != Denied || d.Because[0] != (Ref{Policy: "p0", Holder: group, Path: "$.Statement[0]"}) {
		t.Errorf("%+v", d)
	}
	other, _ := m.Principal(userARN + "2")
	if d := other.Can(Request{Action: "s3:GetObject"}); d.Verdict != Unknown || d.Why != (Reason{PolicyNotRead, gone}) {
		t.Errorf("in a group that was not read: %+v", d)
	}
}

func TestModelListsPrincipalsAndProblems(t *testing.T) {
	broken := []byte(`{"Statement":[{"Effect":"Allow","Action":"s3:*"}]}`)
	m := Compile(Input{
		Principals: []Source{
			{ARN: "b", Inline: []Policy{{"x", broken}, {"y", broken}, {"z", nil}}, Attached: []string{"arn:aws:iam::1:policy/p"}},
			{ARN: "a", Attached: []string{"arn:aws:iam::1:policy/p"}},
			{ARN: "a", Attached: []string{administratorAccess}},
		},
		Policies: []Policy{{"arn:aws:iam::1:policy/p", broken}},
	})
	var names []string
	for _, p := range m.Principals() {
		names = append(names, p.Name())
	}
	if !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("principals %v", names)
	}
	if p, _ := m.Principal("a"); p.Administrator(nil).Verdict != Allowed {
		t.Error("of two principals with one name the last does not count")
	}
	if _, ok := m.Principal("c"); ok {
		t.Error("there is a principal that nobody named")
	}
	var where []string
	for _, p := range m.Problems() {
		where = append(where, p.Policy+" of "+p.Holder+": "+p.Statement)
	}
	want := []string{"arn:aws:iam::1:policy/p of : Statement[0]", "x of b: Statement[0]", "y of b: Statement[0]"}
	if !slices.Equal(where, want) {
		t.Errorf("problems %q, want %q", where, want)
	}
}

func TestKnownPoliciesOfAWS(t *testing.T) {
	for name, document := range knownPolicies() {
		if d := parse([]byte(document), identityPolicy, name); len(d.problems) > 0 {
			t.Errorf("%s: %v", name, d.problems)
		}
		if slices.Contains(denyingPolicies(), name) || slices.Contains(narrowPolicies(), name) {
			t.Errorf("%s is known, and in another list too", name)
		}
	}
	for _, list := range [][]string{denyingPolicies(), narrowPolicies()} {
		if !slices.IsSorted(list) || len(slices.Compact(slices.Clone(list))) != len(list) {
			t.Errorf("the list is not sorted, or says something twice: %v", list)
		}
	}
	if p := principal(t, Source{ARN: roleARN, Attached: []string{"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"}}); p.Can(Request{Action: "s3:ListBucket"}).Verdict != Unknown {
		t.Error("a policy that was not read is taken to say nothing about single actions")
	}
	read := principal(t, Source{ARN: roleARN, Attached: []string{administratorAccess}}, Policy{Name: administratorAccess, Document: doc("Allow; s3:Get*; *")})
	if a := read.Administrator(nil); a.Verdict != Denied {
		t.Errorf("what is known by the name wins over what was read: %+v", a)
	}
}

func TestReasonsAreSaid(t *testing.T) {
	seen := map[string]bool{}
	for k := DeniedByStatement; k <= TooComplex; k++ {
		text := Reason{Kind: k, Detail: "DETAIL"}.Text()
		if missing := text.Missing(); len(missing) > 0 || seen[text.EN] {
			t.Errorf("reason %d: %+v", k, text)
		}
		seen[text.EN] = true
		if detailed := k >= OpenCondition && k <= NotListed; detailed != strings.Contains(text.PT, "DETAIL") {
			t.Errorf("reason %d says its detail: %v", k, text.PT)
		}
	}
	if text := (Reason{}).Text(); text != (lang.Text{}) {
		t.Errorf("no reason is said: %+v", text)
	}
}

func TestBrokenPartsAreNamedInTheReason(t *testing.T) {
	m := Compile(Input{Principals: []Source{{ARN: roleARN, Inline: []Policy{{"p", []byte(`{"Statement":[{"Sid":"S","Effect":"Allow","Action":7,"Resource":"*"}]}`)}}}}})
	p, _ := m.Principal(roleARN)
	if d := p.Can(Request{Action: "s3:GetObject"}); d.Why != (Reason{PolicyBroken, "p: Statement[0] (S): Action"}) {
		t.Errorf("%+v", d.Why)
	}
	m = Compile(Input{Principals: []Source{{ARN: roleARN, Inline: inline(doc(`Allow; *; *; "Condition":{"NumericLessThan":{"k":"few"}}`))}}})
	p, _ = m.Principal(roleARN)
	if d := p.Can(Request{Action: "s3:GetObject", Context: Context{Is("k", "1")}}); d.Why != (Reason{PolicyBroken, "p0: Statement[0]: Condition.NumericLessThan.k"}) {
		t.Errorf("%+v", d.Why)
	}
}
