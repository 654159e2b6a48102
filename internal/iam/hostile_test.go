package iam

import (
	"fmt"
	"strings"
	"testing"
)

// repeat makes a list in the short form of [doc].
func repeat(n int, item func(i int) string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = item(i)
	}
	return strings.Join(all, "|")
}

// TestHostilePolicies asks about policies of the largest size that were made to cost much. What takes more than a question
// is worth is left open; what does not, is answered.
func TestHostilePolicies(t *testing.T) {
	stars := func(letter string) func(int) string {
		return func(i int) string { return "*" + strings.Repeat(letter+strings.Repeat("?", i%50)+"*", 10) }
	}
	crossed := []string{"Allow; *:*; !arn:*", "Allow; !*:*; *"}
	for i := range 1500 {
		crossed = append(crossed, fmt.Sprintf("Allow; *a%d*; *b%d*", i, i))
	}
	services := func(i int) string { return fmt.Sprintf("s%d:*", i) }
	for _, c := range []struct {
		name     string
		document []byte
		admin    Verdict
		s3       Verdict
		full     int // How many services are listed, some of them with wildcards.
	}{
		{"as many services as there are in AWS", doc("Allow; " + repeat(400, services) + "; *"), Denied, Allowed, 400},
		{"15,000 services", doc("Allow; " + repeat(15_000, services) + "; *"), Denied, Allowed, 15_000},
		{"everything but 15,000 services", doc("Allow; *; *", "Deny; "+repeat(15_000, services)+"; *"), Allowed, Denied, 14_932},
		{"actions full of stars", doc("Allow; " + repeat(800, stars("a")) + "; *"), Denied, Denied, 50},
		{"resources full of stars, and all but them", doc("Allow; s3:*; !"+repeat(100, stars("a")), "Allow; s3:*; "+repeat(100, stars("b"))), Denied, Denied, 0},
		{"1,500 statements that cross", doc(crossed...), Denied, Denied, 105},
		{
			"a condition full of stars", doc(`Allow; *; *; "Condition":{"StringLike":{"k":["` + strings.ReplaceAll(repeat(800, stars("a")), "|", `","`) + `"]}}`),
			Unknown, Unknown, 1,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, context := role(t, c.document), Context{IsLike("k", "*a*b*")}
			if a := p.Administrator(context); a.Verdict != c.admin {
				t.Errorf("an administrator: %v, %+v", a.Verdict, a.Why)
			}
			if s := p.FullAccess("s3", context); s.Verdict != c.s3 {
				t.Errorf("s3 in full: %v, %+v", s.Verdict, s.Why)
			}
			if full := p.FullServices(context); len(full) != c.full {
				t.Errorf("%d services in full", len(full))
			}
			p.Can(Request{Action: "s3:" + strings.Repeat("a", 100), Resource: "arn:aws:s3:::" + strings.Repeat("a", 500)})
		})
	}
}
