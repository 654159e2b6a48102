package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// example is a request with what it is in words.
type example struct {
	what string
	record
}

// by gives the request as another caller would make it.
func (e example) by(user, ip string) record {
	r := e.record
	r.User, r.IP = user, ip
	if user == "system:anonymous" {
		r.Groups = `"system:unauthenticated"`
		r.UserAgent = "curl/8.5.0"
		r.More = `"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: allowed by ClusterRoleBinding \"everybody\" of ClusterRole \"cluster-admin\" to User \"system:anonymous\""},`
	}
	return r
}

// turnedAway gives a request as it is refused to somebody without rights.
func turnedAway(r record) record {
	r.Code, r.More = 403, ""
	return r
}

// through is a record whose address comes from a header, as a proxy at another address would have it.
func through(proxy string, r record) record {
	r.Via = proxy
	return r
}

// The addresses of the examples: one that is on a list, its network, and one that is on none.
const (
	listed       = "203.0.113.66"
	listedIPv6   = "2001:db8:6::66"
	otherAddress = "198.51.100.7"
)

// other is a request of another tactic.
func (t *tacticSide) other() example {
	if t.name == Discovery {
		return example{"a pod is created", record{Verb: "create", Resource: "pods", Namespace: "shop", Name: "web-1", Code: 201}}
	}
	return example{"the pods are listed", record{Verb: "list", Resource: "pods", Namespace: "shop"}}
}

func matrixExamples(t *tacticSide, c *callerSide) []rule.EventExample {
	if c.isAnonymous {
		return anonymousExamples(t)
	}
	lists := map[string]string{c.list: listed + "\n2001:db8:6::/48\n"}
	first := t.does[0]
	examples := []rule.EventExample{
		{
			Name: first.what, Lists: lists, Want: finding.Present, Path: "$.sourceIPs[0]",
			Input: first.by("dev@example.com", listed).String(),
		},
		{
			Name: t.does[1].what + ", from an IPv6 address in a listed network", Lists: lists, Want: finding.Present,
			Input: t.does[1].by("system:serviceaccount:shop:web", listedIPv6).String(),
		},
		{
			Name: "from such an address through a proxy, as a header says", Lists: lists, Want: finding.Present, Path: "$.sourceIPs[0]",
			Input: through(otherAddress, first.by("dev@example.com", listed)).String(),
		},
		{
			Name: "the request is refused, and the credentials are known there nevertheless", Lists: lists, Want: finding.Present,
			Input: turnedAway(first.by("dev@example.com", listed)).String(),
		},
		{
			Name: "the same from an address that is on no list", Lists: lists, Want: finding.Absent, Misses: c.conditions[0].Name,
			Input: first.by("dev@example.com", otherAddress).String(),
		},
		{
			Name: "a request without credentials that is turned away", Lists: lists, Want: finding.Absent, Misses: c.conditions[1].Name,
			Input: turnedAway(first.by("system:anonymous", listed)).String(),
		},
		{
			Name: "from the same address, " + t.other().what, Lists: lists, Want: finding.Absent, Misses: "serves-" + kebab(t.name),
			Input: t.other().by("dev@example.com", listed).String(),
		},
		{
			Name: "an address that is trusted as well", Want: finding.Absent,
			Lists: map[string]string{c.list: listed + "\n", "trusted": listed + "\n"},
			Input: first.by("dev@example.com", listed).String(),
		},
		{
			Name: "a refused request of which the record does not tell the user", Lists: lists, Want: finding.Unknown,
			Input: strings.Replace(turnedAway(first.by("dev@example.com", listed)).String(), `"username":"dev@example.com",`, "", 1),
		},
	}
	if c.authenticated {
		return append(examples, rule.EventExample{
			Name: "an anonymous request that is allowed, which SuccessfulAnonymousAccess tells of", Lists: lists, Want: finding.Absent,
			Input: first.by("system:anonymous", listed).String(),
		})
	}
	return append(examples, rule.EventExample{
		Name: "an anonymous request that is allowed", Lists: lists, Want: finding.Present,
		Input: first.by("system:anonymous", listed).String(),
	})
}

func anonymousExamples(t *tacticSide) []rule.EventExample {
	const user = "system:anonymous"
	first := t.does[0]
	unknown := first.by(user, listed)
	unknown.Code, unknown.More = -1, ""
	onBehalf := first.by("admin@example.com", listed)
	onBehalf.More = `"impersonatedUser":{"username":"system:anonymous","groups":["system:unauthenticated"]},`
	examples := []rule.EventExample{
		{
			Name: first.what, Want: finding.Present, Path: "$.annotations['authorization.k8s.io/reason']",
			Input: first.by(user, listed).String(),
		},
		{Name: t.does[1].what, Want: finding.Present, Input: t.does[1].by(user, listed).String()},
		{Name: "the same by a user", Want: finding.Absent, Misses: "anonymous", Input: first.by("dev@example.com", listed).String()},
		{
			Name: "an administrator who tries out what anonymous users may do", Want: finding.Absent, Misses: "anonymous",
			Input: onBehalf.String(),
		},
		{Name: "the request is refused", Want: finding.Absent, Misses: "succeeded", Input: turnedAway(first.by(user, listed)).String()},
		{
			Name: "likewise anonymous, " + t.other().what, Want: finding.Absent, Misses: "serves-" + kebab(t.name),
			Input: t.other().by(user, listed).String(),
		},
		{Name: "a record that does not tell the outcome", Want: finding.Unknown, Input: unknown.String()},
	}
	if t.name == Discovery {
		for _, path := range []string{"/healthz", "/livez", "/readyz/etcd", "/version"} {
			examples = append(examples, rule.EventExample{
				Name: "a probe of " + path, Want: finding.Absent, Misses: "serves-discovery",
				Input: example{"", record{Verb: "get", URI: path}}.by(user, listed).String(),
			})
		}
	}
	return examples
}
