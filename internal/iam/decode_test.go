package iam

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/inventory"
)

func TestDocumentForms(t *testing.T) {
	const plain = `{"Version":"2012-10-17","Id":"x","Statement":{"Sid":"One","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`
	for _, c := range []struct{ name, document string }{
		{"a statement alone", plain},
		{"a list of statements", `{"Version":"2012-10-17","Statement":[{"Sid":"One","Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}]}`},
		{"URL-encoded, as the IAM API returns it", url.PathEscape(plain)},
		{"URL-encoded with lower-case digits", strings.ToLower(url.PathEscape(`{`)) + url.PathEscape(plain[1:])},
		{"with space around", "\n\t " + plain + "\n"},
	} {
		p := role(t, []byte(c.document))
		d := p.Can(Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a"})
		if d.Verdict != Allowed || d.Because[0].Sid != "One" || d.Because[0].Holder != roleARN {
			t.Errorf("%s: %+v", c.name, d)
		}
	}
	if d := role(t, []byte(plain)).Can(Request{Action: "s3:GetObject"}); d.Because[0].Path != "$.Statement" {
		t.Errorf("the path of a statement alone is %q", d.Because[0].Path)
	}
	plus := `{"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::a+b"}}`
	if d := role(t, []byte(url.PathEscape(plus))).Can(Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a+b"}); d.Verdict != Allowed {
		t.Errorf("a plus sign in a URL-encoded document is not kept: %+v", d)
	}
}

// statements writes a document of statements that are JSON themselves.
func statements(all ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(all, ",") + `]}`
}

func TestBrokenDocuments(t *testing.T) {
	const good = `{"Effect":"Allow","Action":"ec2:*","Resource":"*"}`
	for _, c := range []struct {
		name, document, problem string
		// What is said of s3:GetObject, which a broken part may be about, and of ec2:RunInstances, which another
		// statement allows.
		read, run Verdict
	}{
		{"no JSON", `{"Statement":[`, `policy "p" of "` + roleARN + `": this is not JSON, line 1: unexpected end of JSON input`, Unknown, Unknown},
		{"a list", `[]`, `the document is a list, not a map`, Unknown, Unknown},
		{"two documents", `{} {}`, `this is not JSON, line 1: invalid character '{' after top-level value`, Unknown, Unknown},
		{"a broken URL-encoding", `%7B%zz`, `decode the URL-encoding: invalid URL escape "%zz"`, Unknown, Unknown},
		{"more than any service accepts", `{"Statement":[` + strings.Repeat(good+",", 20_000) + good + `]}`, `the document is larger than 256 KiB`, Unknown, Unknown},
		{"deep nesting", statements(good, `{"Effect":"Allow","Action":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+`}`), `nested more than 16 deep`, Unknown, Unknown},
		{"very deep nesting", strings.Repeat("[", 200_000), `this is not JSON`, Unknown, Unknown},
		{"no statements", `{"Version":"2012-10-17"}`, `: Statement: is missing`, Unknown, Unknown},
		{"statements of another type", `{"Statement":"Allow"}`, `: Statement: is a string, not a map or a list of maps`, Unknown, Unknown},
		{"a statement that is no map", statements(good, `"Allow"`), `: Statement[1]: is a string, not a map`, Unknown, Unknown},
		{"an unknown version", `{"Version":"2020-01-01","Statement":[` + good + `]}`, `: Version: is "2020-01-01", not 2012-10-17 or 2008-10-17`, Denied, Unknown},
		{"an unknown key of the document", `{"Statements":[],"Statement":[` + good + `]}`, `: Statements: is not an element of IAM policies; known here are Version, Id, Statement`, Denied, Unknown},
		{
			"an unknown key of a statement", statements(good, `{"Sid":"S","Effect":"Allow","Action":"s3:*","Resource":"*","Resources":"*"}`),
			`: Statement[1] (S): Resources: is not an element of IAM policies`, Unknown, Allowed,
		},
		{"the wrong case of a key", statements(good, `{"effect":"Allow","Effect":"Allow","Action":"s3:*","Resource":"*"}`), `Statement[1]: effect: is not an element`, Unknown, Allowed},
		{"a key twice", statements(good, `{"Effect":"Allow","Action":"s3:*","Action":"sns:*","Resource":"*"}`), `Statement[1]: Action: is there more than once`, Unknown, Allowed},
		{"an effect twice", statements(good, `{"Effect":"Allow","Effect":"Deny","Action":"s3:*","Resource":"*"}`), `Statement[1]: Effect: is there more than once`, Unknown, Allowed},
		{"no effect", statements(good, `{"Action":"s3:*","Resource":"*"}`), `Statement[1]: Effect: is missing`, Unknown, Allowed},
		{"an effect in another case", statements(good, `{"Effect":"allow","Action":"s3:*","Resource":"*"}`), `Effect: is "allow", not Allow or Deny (case counts)`, Unknown, Allowed},
		{"an effect of another type", statements(good, `{"Effect":true,"Action":"s3:*","Resource":"*"}`), `Effect: is a boolean, not a string`, Unknown, Allowed},
		{"no action", statements(good, `{"Effect":"Allow","Resource":"*"}`), `Action: is missing`, Unknown, Allowed},
		{"an action that is a number", statements(good, `{"Effect":"Allow","Action":["a:b",7],"Resource":"*"}`), `Action[1]: is a number, not a string`, Unknown, Allowed},
		{"no actions in the list", statements(good, `{"Effect":"Allow","Action":[],"Resource":"*"}`), `Action: is an empty list`, Unknown, Allowed},
		{"both actions", statements(good, `{"Effect":"Allow","Action":"s3:*","NotAction":"s3:*","Resource":"*"}`), `Action: is there together with NotAction`, Unknown, Allowed},
		{"an endless action", statements(good, `{"Effect":"Allow","Action":"`+strings.Repeat("*a", 2000)+`","Resource":"*"}`), `Action[0]: is longer than 2048 bytes`, Unknown, Allowed},
		{"no resource", statements(good, `{"Effect":"Allow","Action":"s3:*"}`), `Resource: is missing`, Unknown, Allowed},
		{"a null resource", statements(good, `{"Effect":"Allow","Action":"s3:*","Resource":null}`), `Resource: is null, not a string or a list of strings`, Unknown, Allowed},
		{"what is broken about another service", statements(good, `{"Effect":"Allow","Action":"sns:*","Resource":7}`), `Resource: is a number`, Denied, Allowed},
		{"a broken deny", statements(good, `{"Effect":"Deny","Action":"ec2:Run*","Resource":{}}`), `Resource: is a map`, Denied, Unknown},
		{"a principal", statements(good, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":"*"}`), `Principal: has no place in an identity policy`, Unknown, Allowed},
		{"a condition of another type", statements(good, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":[]}`), `Condition: is a list, not a map of operators`, Unknown, Allowed},
		{"an operator of another type", statements(good, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":"true"}}`), `Condition.Bool: is a string, not a map of condition keys`, Unknown, Allowed},
		{"an operator twice", statements(good, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"k":"true"},"Bool":{"l":"true"}}}`), `Condition.Bool: is there more than once`, Unknown, Allowed},
		{"a key of a condition twice", statements(good, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"Bool":{"k":"true","k":"false"}}}`), `Condition.Bool.k: is there more than once`, Unknown, Allowed},
		{"a value of another type", statements(good, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"StringEquals":{"k":["a",{}]}}}`), `Condition.StringEquals.k: is or holds a map`, Unknown, Allowed},
		{"a value that cannot be compared", statements(good, `{"Effect":"Allow","Action":"s3:*","Resource":"*","Condition":{"DateLessThan":{"k":"soon"}}}`), `Condition.DateLessThan.k: "soon" is not a value that DateLessThan can compare`, Unknown, Allowed},
		{"a Sid of another type, which changes nothing", statements(good, `{"Sid":7,"Effect":"Allow","Action":"s3:*","Resource":"*"}`), `Sid: is a number, not a string`, Allowed, Allowed},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := Compile(Input{Principals: []Source{{ARN: roleARN, Inline: []Policy{{Name: "p", Document: []byte(c.document)}}}}})
			p, _ := m.Principal(roleARN)
			problems := m.Problems()
			if len(problems) == 0 || !strings.Contains(problems[0].Error(), c.problem) || !strings.HasPrefix(problems[0].Error(), `policy "p" of "`+roleARN) {
				t.Errorf("problems: %v\nwant %s", problems, c.problem)
			}
			if d := p.Can(Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a"}); d.Verdict != c.read {
				t.Errorf("s3:GetObject is %v (%+v), want %v", d.Verdict, d.Why, c.read)
			}
			if d := p.Can(Request{Action: "ec2:RunInstances", Resource: "*"}); d.Verdict != c.run {
				t.Errorf("ec2:RunInstances is %v (%+v), want %v", d.Verdict, d.Why, c.run)
			}
		})
	}
}

func TestBrokenTrustPolicies(t *testing.T) {
	for _, c := range []struct{ name, statement, problem string }{
		{"no principal", `{"Effect":"Allow","Action":"sts:AssumeRole"}`, "Principal: is missing"},
		{"a text", `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"ecs-tasks.amazonaws.com"}`, `Principal: is "ecs-tasks.amazonaws.com", not "*" or a map`},
		{"an empty map", `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{}}`, "Principal: is an empty map"},
		{"an unknown kind", `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"service":"x"}}`, "Principal.service: is not one of AWS, Service, Federated and CanonicalUser"},
		{"a kind twice", `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"a","Service":"b"}}`, "Principal.Service: is there more than once"},
		{"no values", `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":[]}}`, "Principal.AWS: is an empty list"},
		{"both", `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*","NotPrincipal":"*"}`, "Principal: is there together with NotPrincipal"},
		{"a resource", `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Resource":"*"}`, "Resource: has no place in a trust policy"},
	} {
		m := Compile(Input{Principals: []Source{{ARN: roleARN, Trust: []byte(statements(c.statement))}}})
		p, _ := m.Principal(roleARN)
		if problems := m.Problems(); len(problems) == 0 || !strings.Contains(problems[0].Error(), c.problem) {
			t.Errorf("%s: %v, want %s", c.name, problems, c.problem)
		}
		if d := p.Trusts(Caller{Service: tasksService}); d.Verdict != Unknown || d.Why.Kind != PolicyBroken {
			t.Errorf("%s: %+v", c.name, d)
		}
	}
}

// FuzzParse looks for input that panics, or that is answered with more certainty than it has.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`,
		string(doc(`Deny; !iam:*; !arn:aws:s3:::${aws:username, 'x'}/*; "Condition":{"ForAllValues:StringLikeIfExists":{"k":["a*",1,true]}}`)),
		`{"Statement":[{"Effect":"Allow","Principal":{"AWS":["*","111122223333"],"Federated":"x"},"Action":"sts:AssumeRole","Condition":{"Null":{"k":"true"}}}]}`,
		`{"Statement":[{"Effect":"Allow","Action":"s3:*","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"k":"::ffff:1.2.3.4/99"},"NumericLessThan":{"k":"1e999"}}}]}`,
		`%7B%22Statement%22%3A%5B%5D%7D`, `[[[`, `{"Statement":[null,7,{"Effect":"allow"}]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || len(data) > 1<<14 {
			t.Skip()
		}
		m := Compile(Input{Principals: []Source{{ARN: roleARN, Inline: []Policy{{Name: "p", Document: data}}, Trust: data}}})
		p, _ := m.Principal(roleARN)
		context := Context{Is("k", "a", "b"), IsLike("aws:SourceArn", "arn:aws:ecs:*:*:*")}
		request := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/b"}
		without := p.Can(request)
		request.Context = context
		with := p.Can(request)
		if without.Verdict != Unknown && with.Verdict != without.Verdict {
			t.Fatalf("%v, and with more knowledge %v", without.Verdict, with.Verdict)
		}
		a := p.Administrator(nil)
		if d := p.Can(Request{Action: "zz:Anything", Resource: "arn:aws:zz:::x"}); a.Basis == EveryAction && a.Verdict == Allowed && d.Verdict != Allowed && len(a.Except) == 0 {
			t.Fatalf("an administrator of everything may not do something: %+v", d)
		}
		for _, s := range p.FullServices(context) {
			if s.Verdict == Denied {
				t.Fatalf("a service is listed that is denied: %+v", s)
			}
		}
		p.Trusts(WebIdentity(inventory.ARN{Partition: "aws", Service: "iam", Account: "111122223333", Resource: "oidc-provider/x"}, ServiceAccount{"a", "b"}))
		var whole any
		if err := json.Unmarshal(data, &whole); err != nil && len(m.Problems()) == 0 && data[0] != '%' && data[0] > ' ' {
			t.Fatalf("%q is not JSON (%v) and has no problem", data, err)
		}
		for _, problem := range m.Problems() {
			if problem.What == "" || problem.Policy == "" {
				t.Fatalf("%+v says nothing", problem)
			}
		}
	})
}
