package detections

import (
	"net/netip"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// onList holds for a request of which an address is on a list of some kind. Any of the addresses counts, as the first ones
// are what the client says of itself.
func onList(name string, kind rule.Facts) rule.EventCondition {
	return rule.EventCondition{
		Name:  name,
		Holds: func(a *rule.Action) rule.Truth { return rule.Is(a.Facts&kind != 0) },
		Show: func(a *rule.Action) []finding.RecordField {
			i, address := findListed(a, kind)
			return field(tree.PathIndex("$.sourceIPs", i), address)
		},
	}
}

// listedAddress is the address of a request that is on a list of some kind.
func listedAddress(kind rule.Facts) rule.EventField {
	return rule.EventField{Name: "sourceIPs", Of: func(a *rule.Action) string {
		_, address := findListed(a, kind)
		return address
	}}
}

func findListed(a *rule.Action, kind rule.Facts) (index int, address string) {
	i := 0
	for raw := range a.SourceIPs.All() {
		text := raw.Text()
		if parsed, err := netip.ParseAddr(text); err == nil && a.Around.Lists != nil && a.Around.Lists.Facts(parsed.Unmap().WithZone(""))&kind != 0 {
			return i, text
		}
		i++
	}
	return 0, a.SourceIPs.First().Text()
}

// anonymous holds for a request without credentials, whoever lets it in. To impersonate system:anonymous takes credentials.
func anonymous() rule.EventCondition {
	return rule.EventCondition{
		Name:  "anonymous",
		Holds: func(a *rule.Action) rule.Truth { return rule.Is(isAnonymous(a)) },
		Show: func(a *rule.Action) []finding.RecordField {
			fields := showUser(a)
			// The authorizer names the binding that let the request in.
			const reason = "authorization.k8s.io/reason"
			if text := a.Annotations.Get(reason).Text(); text != "" {
				fields = append(fields, finding.RecordField{Path: tree.Path("$.annotations", reason), Value: text})
			}
			return fields
		},
	}
}

// authenticated holds for a request with valid credentials.
func authenticated() rule.EventCondition {
	return rule.EventCondition{Name: "authenticated", Holds: isAuthenticated, Show: showUser}
}

// authenticatedOrLetIn holds for a request with valid credentials, and for one that needed none.
func authenticatedOrLetIn() rule.EventCondition {
	return rule.EventCondition{
		Name: "authenticated-or-let-in",
		Holds: func(a *rule.Action) rule.Truth {
			known := isAuthenticated(a)
			switch {
			case known.State == finding.Present || a.Outcome() == event.Succeeded:
				return rule.Is(true)
			case known.State == finding.Absent && a.Outcome() == event.OutcomeUnknown:
				return hasSucceeded(a)
			}
			return known
		},
		Show: func(a *rule.Action) []finding.RecordField {
			if isAuthenticated(a).State == finding.Present {
				return showUser(a)
			}
			return showOutcome(a)
		},
	}
}

// isAuthenticated tells whether credentials were accepted. A request whose credentials were refused has no user and the
// status 401; one that had none is of system:anonymous.
func isAuthenticated(a *rule.Action) rule.Truth {
	const unauthorized = 401
	switch {
	case isAnonymous(a) || a.Code == unauthorized:
		return rule.Is(false)
	case a.User.Name == "":
		return rule.Unknown(lang.Text{
			EN: "the record does not tell which user made the request",
			ES: "el registro no indica qué usuario hizo la solicitud",
			PT: "o registro não indica qual usuário fez a solicitação",
		})
	}
	return rule.Is(true)
}

func showUser(a *rule.Action) []finding.RecordField { return field("$.user.username", a.User.Name) }

// serves holds for a request of a tactic, after the table of tactics.
func serves(tactic string) rule.EventCondition {
	return rule.EventCondition{
		Name:  "serves-" + kebab(tactic),
		Holds: func(a *rule.Action) rule.Truth { return rule.Is(TacticOf(a) == tactic) },
		Show: func(a *rule.Action) []finding.RecordField {
			var fields []finding.RecordField
			if a.Verb != "" {
				fields = field("$.verb", a.Verb)
			}
			if a.Object.Resource == "" {
				return append(fields, finding.RecordField{Path: "$.requestURI", Value: a.RequestURI()})
			}
			fields = append(fields, finding.RecordField{Path: "$.objectRef.resource", Value: a.Object.Resource})
			if a.Object.Subresource != "" {
				fields = append(fields, finding.RecordField{Path: "$.objectRef.subresource", Value: a.Object.Subresource})
			}
			return fields
		},
	}
}

// kebab writes a tactic as names of conditions are: credential-access.
func kebab(tactic string) string {
	var name []byte
	for i := range len(tactic) {
		c := tactic[i]
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				name = append(name, '-')
			}
			c += 'a' - 'A'
		}
		name = append(name, c)
	}
	return string(name)
}
