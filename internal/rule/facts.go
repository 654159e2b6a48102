package rule

import "github.com/merlonsec/merlon/internal/event"

// Facts are what is cheap to know of an action, as a set.
type Facts uint16

// The facts.
const (
	// IsAnonymous is a request that nobody authenticated: of the user system:anonymous.
	IsAnonymous Facts = 1 << iota
	// OnThreatList, OnCustomList and OnTorList say that one of the caller's addresses is on a list of that kind.
	OnThreatList
	OnCustomList
	OnTorList
	// IsTrusted says that the caller's address is on a trusted list: no detection is made.
	IsTrusted
	// Impersonates is a request on another's behalf.
	Impersonates
	// DidSucceed and WasDenied tell the outcome; neither is set where it failed or is not known.
	DidSucceed
	WasDenied
	// UserNotAllowed says that there is a list of allowed users, and that it does not hold the user.
	UserNotAllowed
)

// anonymous is the user of requests without credentials
// (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#anonymous-requests).
const anonymous = "system:anonymous"

// factsOf works out what the event alone tells.
func factsOf(e *event.Event) Facts {
	var f Facts
	if e.User.Name == anonymous {
		f |= IsAnonymous
	}
	if e.Impersonated.Name != "" {
		f |= Impersonates
	}
	switch e.Outcome() {
	case event.Succeeded:
		f |= DidSucceed
	case event.Denied:
		f |= WasDenied
	}
	return f
}
