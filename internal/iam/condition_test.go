package iam

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// element compiles a Condition element that is written as JSON.
func element(t *testing.T, text string) func(Context) truth {
	t.Helper()
	d := parse(doc(`Allow; *; *; "Condition":`+text), identityPolicy, "p")
	for _, p := range d.problems {
		t.Errorf("%v", p.Error())
	}
	return func(c Context) truth {
		holds, _ := d.statements[0].holds(facts{asked: c})
		return holds
	}
}

func TestConditions(t *testing.T) {
	for _, c := range []struct {
		name, text string
		context    Context
		want       truth
	}{
		{"a text is equal", `{"StringEquals":{"k":"a"}}`, Context{Is("k", "a")}, yes},
		{"one of several", `{"StringEquals":{"k":["a","b"]}}`, Context{Is("k", "b")}, yes},
		{"case counts", `{"StringEquals":{"k":"a"}}`, Context{Is("k", "A")}, no},
		{"case does not count where it says so", `{"StringEqualsIgnoreCase":{"k":"aB"}}`, Context{Is("k", "Ab")}, yes},
		{"a star is a letter to Equals", `{"StringEquals":{"k":"a*"}}`, Context{Is("k", "ab")}, no},
		{"a star is a wildcard to Like", `{"StringLike":{"k":"a*"}}`, Context{Is("k", "ab")}, yes},
		{"negated: none of several", `{"StringNotEquals":{"k":["a","b"]}}`, Context{Is("k", "b")}, no},
		{"negated: another", `{"StringNotEquals":{"k":["a","b"]}}`, Context{Is("k", "c")}, yes},
		{"not like", `{"StringNotLike":{"k":"a*"}}`, Context{Is("k", "ab")}, no},
		{"the case of keys does not count", `{"StringEquals":{"AWS:SourceVpc":"a"}}`, Context{Is("aws:sourcevpc", "a")}, yes},
		{"the case of operators does not count", `{"stringEQUALS":{"k":"a"}}`, Context{Is("k", "a")}, yes},
		{"all conditions must be met", `{"StringEquals":{"k":"a","l":"b"},"Bool":{"m":"true"}}`, Context{Is("k", "a"), Is("l", "b"), Is("m", "false")}, no},
		{"one that is not met decides, others open or not", `{"StringEquals":{"k":"a","l":"b"}}`, Context{Is("l", "c")}, no},

		{"without the key, a positive operator is not met", `{"StringEquals":{"k":"a"}}`, Context{Is("k")}, no},
		{"without the key, a negated operator is met", `{"StringNotEquals":{"k":"a"}}`, Context{Is("k")}, yes},
		{"without the key, IfExists is met", `{"StringEqualsIfExists":{"k":"a"}}`, Context{Is("k")}, yes},
		{"with the key, IfExists compares", `{"StringEqualsIfExists":{"k":"a"}}`, Context{Is("k", "b")}, no},
		{"Null true asks for no key", `{"Null":{"k":"true"}}`, Context{Is("k")}, yes},
		{"Null true is not met with the key", `{"Null":{"k":true}}`, Context{Is("k", "a")}, no},
		{"Null false asks for the key", `{"Null":{"k":false}}`, Context{Is("k", "a")}, yes},
		{"Null knows a key without its value", `{"Null":{"k":"false"}}`, Context{IsLike("k", "*")}, yes},

		{"a key that is not known leaves it open", `{"StringEquals":{"k":"a"}}`, nil, maybe},
		{"negated too", `{"StringNotEquals":{"k":"a"}}`, nil, maybe},
		{"Null too", `{"Null":{"k":"true"}}`, nil, maybe},
		{"IfExists with a star is met in every case", `{"StringLikeIfExists":{"k":"*"}}`, nil, yes},
		{"ForAllValues with a star is met in every case", `{"ForAllValues:StringLike":{"k":"*"}}`, nil, yes},
		{"a star alone asks for the key", `{"StringLike":{"k":"*"}}`, nil, maybe},
		{"no values are never met", `{"StringEquals":{"k":[]}}`, nil, no},

		{"a value of which a pattern is known matches a wider one", `{"StringLike":{"k":"arn:aws:ecs:*"}}`, Context{IsLike("k", "arn:aws:ecs:eu-west-1:1:*")}, yes},
		{"not one that it cannot match", `{"StringLike":{"k":"arn:aws:ecs:us-*"}}`, Context{IsLike("k", "arn:aws:ecs:eu-west-1:1:*")}, no},
		{"and perhaps one that it can", `{"StringLike":{"k":"*:1:cluster/x"}}`, Context{IsLike("k", "arn:aws:ecs:eu-west-1:1:*")}, maybe},

		{"each value must match", `{"ForAllValues:StringEquals":{"k":["a","b"]}}`, Context{Is("k", "a", "b")}, yes},
		{"each value, not one", `{"ForAllValues:StringEquals":{"k":["a","b"]}}`, Context{Is("k", "a", "c")}, no},
		{"one value must match", `{"ForAnyValue:StringEquals":{"k":["a","b"]}}`, Context{Is("k", "c", "b")}, yes},
		{"none does", `{"ForAnyValue:StringEquals":{"k":["a","b"]}}`, Context{Is("k", "c", "d")}, no},
		{"ForAllValues without the key", `{"ForAllValues:StringEquals":{"k":"a"}}`, Context{Is("k")}, yes},
		{"ForAnyValue without the key", `{"ForAnyValue:StringEquals":{"k":"a"}}`, Context{Is("k")}, no},
		{"ForAnyValue negated, without the key", `{"ForAnyValue:StringNotEquals":{"k":"a"}}`, Context{Is("k")}, no},
		{"ForAnyValue negated needs one other value", `{"ForAnyValue:StringNotEquals":{"k":"a"}}`, Context{Is("k", "a", "b")}, yes},
		{"ForAllValues negated needs only others", `{"ForAllValues:StringNotEquals":{"k":"a"}}`, Context{Is("k", "a", "b")}, no},
		{"empty texts are no values to set operators", `{"ForAnyValue:StringEquals":{"k":""}}`, Context{Is("k", "")}, no},
		{"several values without a set operator are not defined", `{"StringEquals":{"k":"a"}}`, Context{Is("k", "a", "b")}, maybe},
		{"unless they say the same", `{"StringLike":{"k":"*"}}`, Context{Is("k", "a", "b")}, yes},

		{"numbers are compared as numbers", `{"NumericLessThan":{"k":"10"}}`, Context{Is("k", "9")}, yes},
		{"less than is not equal", `{"NumericLessThan":{"k":10}}`, Context{Is("k", "10.0")}, no},
		{"less than or equal", `{"NumericLessThanEquals":{"k":10}}`, Context{Is("k", "10.0")}, yes},
		{"greater", `{"NumericGreaterThan":{"k":-1.5}}`, Context{Is("k", "-1")}, yes},
		{"greater or equal", `{"NumericGreaterThanEquals":{"k":"3"}}`, Context{Is("k", "2")}, no},
		{"equal numbers", `{"NumericEquals":{"k":"1e3"}}`, Context{Is("k", "1000")}, yes},
		{"unequal numbers", `{"NumericNotEquals":{"k":"7"}}`, Context{Is("k", "7")}, no},
		{"a text is no number", `{"NumericEquals":{"k":"7"}}`, Context{Is("k", "seven")}, no},
		{"a date before", `{"DateLessThan":{"aws:CurrentTime":"2026-07-01T00:00:00Z"}}`, Context{Is("aws:CurrentTime", "2026-06-30T23:59:59Z")}, yes},
		{"a date in another zone", `{"DateGreaterThanEquals":{"k":"2026-07-01T00:00:00+02:00"}}`, Context{Is("k", "2026-06-30T22:00:00Z")}, yes},
		{"a date in seconds", `{"DateEquals":{"k":"2020-04-01T00:00:00Z"}}`, Context{Is("k", "1585699200")}, yes},
		{"a day", `{"DateGreaterThan":{"k":"2026-01-01"}}`, Context{Is("k", "2025-12-31")}, no},
		{"a boolean", `{"Bool":{"k":"True"}}`, Context{Is("k", "true")}, yes},
		{"a boolean that is not", `{"Bool":{"k":true}}`, Context{Is("k", "false")}, no},
		{"BoolIfExists without the key", `{"BoolIfExists":{"k":"true"}}`, Context{Is("k")}, yes},
		{"an address in a block", `{"IpAddress":{"k":["10.0.0.0/8","2001:db8::/32"]}}`, Context{Is("k", "2001:db8::1")}, yes},
		{"an address alone", `{"IpAddress":{"k":"203.0.113.7"}}`, Context{Is("k", "203.0.113.7")}, yes},
		{"an address outside", `{"NotIpAddress":{"k":"10.0.0.0/8"}}`, Context{Is("k", "11.0.0.1")}, yes},
		{"an address inside, negated", `{"NotIpAddress":{"k":"10.0.0.0/8"}}`, Context{Is("k", "10.9.9.9")}, no},

		{"an ARN", `{"ArnLike":{"k":"arn:aws:sns:*:111122223333:t*"}}`, Context{Is("k", "arn:aws:sns:eu-west-1:111122223333:topic")}, yes},
		{"ArnEquals has wildcards too", `{"ArnEquals":{"k":"arn:aws:sns:*:*:t?pic"}}`, Context{Is("k", "arn:aws:sns:eu-west-1:1:topic")}, yes},
		{
			"a star does not span the parts of an ARN", `{"ArnLike":{"k":"arn:aws:x:*:111122223333:finance/*"}}`,
			Context{Is("k", "arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/doc")},
			no,
		},
		{
			"as it does in a text", `{"StringLike":{"k":"arn:aws:x:*:111122223333:finance/*"}}`,
			Context{Is("k", "arn:aws:x:us-east-2:999999999999:store/abc:111122223333:finance/doc")},
			yes,
		},
		{"the last part may have colons", `{"ArnLike":{"k":"arn:aws:logs:*:*:log-group:*"}}`, Context{Is("k", "arn:aws:logs:eu-west-1:1:log-group:a:b")}, yes},
		{"no ARN is like none", `{"ArnNotLike":{"k":"arn:aws:logs:*:*:*"}}`, Context{Is("k", "logs")}, yes},
		{
			"an ARN of which a pattern is known", `{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:*"}}`,
			Context{IsLike("aws:SourceArn", "arn:aws:ecs:us-west-2:111122223333:*")},
			yes,
		},
		{
			"and of another region", `{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-east-1:111122223333:*"}}`,
			Context{IsLike("aws:SourceArn", "arn:aws:ecs:us-west-2:111122223333:*")},
			no,
		},
		{
			"and of one cluster", `{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:cluster/a"}}`,
			Context{IsLike("aws:SourceArn", "arn:aws:ecs:us-west-2:111122223333:*")},
			maybe,
		},

		{"a variable in a value", `{"StringEquals":{"k":"x-${aws:PrincipalTag/t}"}}`, Context{Is("k", "x-a"), Is("aws:PrincipalTag/t", "a")}, yes},
		{"a variable that is not known", `{"StringEquals":{"k":"x-${aws:PrincipalTag/t}"}}`, Context{Is("k", "x-a")}, maybe},
		{"which cannot match", `{"StringEquals":{"k":"x-${aws:PrincipalTag/t}"}}`, Context{Is("k", "y")}, no},
		{"a variable in an ARN", `{"ArnEquals":{"k":"arn:aws:iam::${aws:PrincipalAccount}:role/a"}}`, Context{Is("k", "arn:aws:iam::1:role/a"), Is("aws:PrincipalAccount", "1")}, yes},

		{"an operator that does not exist", `{"StringEqualsMaybe":{"k":"a"}}`, Context{Is("k", "a")}, maybe},
		{"Null has no IfExists", `{"NullIfExists":{"k":"true"}}`, Context{Is("k")}, maybe},
		{"an unknown set operator", `{"ForEachValue:StringEquals":{"k":"a"}}`, Context{Is("k", "a")}, maybe},
		{"a family of keys that is not there", `{"StringEquals":{"other:sub":"a"}}`, Context{Is("mine:sub", "a"), Is("*:sub")}, no},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := element(t, c.text)(c.context); got != c.want {
				t.Errorf("%s with %+v: %v, want %v", c.text, c.context, got, c.want)
			}
		})
	}
}

// reference is what the documentation says of string operators, written down without any of the package's code, for
// requests of which all is known. ok is false for what the documentation does not say.
func reference(operator string, want, have []string, present bool) (holds, ok bool) {
	set, name, found := strings.Cut(operator, ":")
	if !found {
		set, name = "", operator
	}
	if name == "Null" {
		return slices.Contains(want, fmt.Sprint(!present)), true
	}
	name, ifExists := strings.CutSuffix(name, "IfExists")
	negated := strings.Contains(name, "Not")
	matches := func(v string) bool {
		for _, w := range want {
			if name == "StringEquals" || name == "StringNotEquals" {
				if v == w {
					return !negated
				}
			} else if naiveMatch(w, v) {
				return !negated
			}
		}
		return negated
	}
	switch {
	case !present && ifExists:
		return true, true
	case !present && set == "ForAllValues":
		return true, true
	case !present && set == "ForAnyValue":
		return false, true
	case !present:
		return negated, true
	case set == "ForAllValues":
		return !slices.ContainsFunc(have, func(v string) bool { return !matches(v) }), true
	case set == "ForAnyValue":
		return slices.ContainsFunc(have, matches), true
	default:
		return matches(have[0]), len(have) == 1
	}
}

// TestConditionsAgainstReference compares random conditions with the reference, and checks that what is said with less
// knowledge is never contradicted with more.
func TestConditionsAgainstReference(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	// All that a request can have under a key, in the letters of the patterns and one more.
	worlds := [][]string{nil, {"a"}, {"b"}, {"z"}, {"ab"}, {"a", "b"}, {"a", "z"}, {"z", "y"}}
	seen := map[truth]int{}
	for range 10_000 {
		operator := pick("", "", "ForAllValues:", "ForAnyValue:") + pick("StringEquals", "StringNotEquals", "StringLike", "StringNotLike") + pick("", "IfExists")
		var want []string
		for range random.IntN(3) {
			want = append(want, pick("a", "b", "*", "a*", "?", "??", "ab", "*b"))
		}
		if random.IntN(8) == 0 {
			operator, want = "Null", []string{pick("true", "false")}
		}
		values, err := json.Marshal(append([]string{}, want...))
		if err != nil {
			t.Fatal(err)
		}
		text := fmt.Sprintf(`{%q:{"k":%s}}`, operator, values)
		met := element(t, text)
		before, like := met(nil), met(Context{IsLike("k", "a*")})
		seen[before]++
		for _, world := range worlds {
			got := met(Context{Is("k", world...)})
			if holds, ok := reference(operator, want, world, world != nil); ok && got != is(holds) {
				t.Fatalf("%s with %q: %v, the documentation says %v", text, world, got, holds)
			}
			if got == maybe && len(world) < 2 {
				t.Fatalf("%s with %q is open", text, world)
			}
			if before != maybe && got != before {
				t.Fatalf("%s is %v whatever the request, and %v with %q", text, before, got, world)
			}
			if like != maybe && len(world) == 1 && strings.HasPrefix(world[0], "a") && got != like {
				t.Fatalf("%s is %v with a*, and %v with %q", text, like, got, world)
			}
		}
	}
	if seen[yes] < 100 || seen[no] < 100 || seen[maybe] < 1000 {
		t.Errorf("the test is one-sided: %v", seen)
	}
}
