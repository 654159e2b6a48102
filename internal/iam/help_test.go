package iam

import (
	"fmt"
	"strings"
	"testing"
)

const (
	roleARN = "arn:aws:iam::111122223333:role/app"
	userARN = "arn:aws:iam::111122223333:user/dev/alice"
)

// doc makes a policy of statements that are written in short: {Allow; s3:*; *} for Action and Resource, and any other
// member as JSON after a further semicolon. "!" before a list makes it NotAction or NotResource; a list has bars.
func doc(statements ...string) []byte {
	all := make([]string, len(statements))
	for i, s := range statements {
		all[i] = statement1(s)
	}
	return []byte(`{"Version":"2012-10-17","Statement":[` + strings.Join(all, ",") + `]}`)
}

func statement1(s string) string {
	fields := strings.SplitN(s, ";", 4)
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	text := fmt.Sprintf(`{"Effect":%q`, fields[0])
	for i, name := range []string{"Action", "Resource"} {
		list, not := strings.CutPrefix(fields[i+1], "!")
		if not {
			name = "Not" + name
		}
		text += fmt.Sprintf(`,%q:[`, name) + `"` + strings.ReplaceAll(list, "|", `","`) + `"]`
	}
	if len(fields) == 4 {
		text += "," + fields[3]
	}
	return text + "}"
}

// role compiles a role with one inline policy per document.
func role(t testing.TB, documents ...[]byte) *Principal {
	t.Helper()
	return principal(t, Source{ARN: roleARN, Inline: inline(documents...)})
}

func inline(documents ...[]byte) []Policy {
	var all []Policy
	for i, d := range documents {
		all = append(all, Policy{Name: fmt.Sprintf("p%d", i), Document: d})
	}
	return all
}

// principal compiles one principal with some managed policies, and fails on any problem.
func principal(t testing.TB, s Source, managed ...Policy) *Principal {
	t.Helper()
	m := Compile(Input{Principals: []Source{s}, Policies: managed})
	for _, p := range m.Problems() {
		t.Errorf("%v", p.Error())
	}
	p, ok := m.Principal(s.ARN)
	if !ok {
		t.Fatalf("the model has no %s", s.ARN)
	}
	return p
}

// paths writes statements as "policy path".
func paths(refs []Ref) string {
	all := make([]string, len(refs))
	for i, r := range refs {
		all[i] = strings.TrimSpace(r.Policy[strings.LastIndexByte(r.Policy, '/')+1:] + " " + strings.TrimPrefix(r.Path, "$.Statement"))
	}
	return strings.Join(all, ", ")
}
