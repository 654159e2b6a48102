package rule

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
)

// listed is a set of addresses by what lists say of them.
type listed map[string]Facts

func (l listed) Facts(a netip.Addr) Facts               { return l[a.String()] }
func (l listed) Matches(netip.Addr) []finding.ListMatch { return nil }

func TestACallerIsTrustedOnlyIfEveryAddressIs(t *testing.T) {
	lists := listed{"192.0.2.1": IsTrusted, "10.0.0.9": IsTrusted, "203.0.113.7": OnThreatList, "198.51.100.3": OnTorList}
	for name, test := range map[string]struct {
		addresses string
		want      Facts
	}{
		"a trusted address":                         {`["192.0.2.1"]`, IsTrusted},
		"a trusted address through a trusted proxy": {`["192.0.2.1","10.0.0.9"]`, IsTrusted},
		"a header that claims a trusted address":    {`["192.0.2.1","203.0.113.9"]`, 0},
		"such a header from inside":                 {`["192.0.2.1","10.0.0.5"]`, 0},
		"a listed address behind a header":          {`["192.0.2.1","203.0.113.7"]`, OnThreatList},
		"a listed address that a proxy reports":     {`["203.0.113.7","10.0.0.9"]`, OnThreatList},
		"addresses on several lists":                {`["203.0.113.7","198.51.100.3"]`, OnThreatList | OnTorList},
		"an address that is mapped into IPv6":       {`["::ffff:203.0.113.7"]`, OnThreatList},
		"no address":                                {`[]`, 0},
		"what is no address":                        {`["localhost"]`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var a Action
			a.Reset(&event.Event{SourceIPs: event.Raw(test.addresses)}, &Surroundings{Lists: lists})
			if a.Facts != test.want {
				t.Errorf("facts %b, want %b", a.Facts, test.want)
			}
		})
	}
}

// The API server writes down what request headers say, and behind that who connected.
func TestThePeerIsTheLastAddress(t *testing.T) {
	for name, test := range map[string]struct{ addresses, want, text string }{
		"one address":                      {`["203.0.113.7"]`, "203.0.113.7", "203.0.113.7"},
		"a header before it":               {`["198.51.100.1","10.0.0.5","203.0.113.7"]`, "203.0.113.7", "203.0.113.7"},
		"one that is mapped into IPv6":     {`["::ffff:203.0.113.7"]`, "203.0.113.7", "::ffff:203.0.113.7"},
		"one with a zone":                  {`["fe80::1%eth0"]`, "fe80::1", "fe80::1%eth0"},
		"what is no address behind one":    {`["203.0.113.7","localhost"]`, "invalid IP", "localhost"},
		"no address":                       {`[]`, "invalid IP", ""},
		"a record that does not tell them": {``, "invalid IP", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var a Action
			a.Reset(&event.Event{SourceIPs: event.Raw(test.addresses)}, &Surroundings{})
			if got, text := a.Peer().String(), FieldSourceIP.Of(&a); got != test.want || text != test.text {
				t.Errorf("%s and %q, want %s and %q", got, text, test.want, test.text)
			}
		})
	}
}

func TestTheBodyOfASecretIsHiddenWhateverItLooksLike(t *testing.T) {
	const canary = "c4nary-v4lue"
	var a Action
	a.Reset(&event.Event{
		Verb: "patch", Object: event.Reference{Resource: "secrets", Namespace: "shop", Name: "db", Version: "v1"},
		Request: `{"metadata":{"annotations":{"copy":"` + canary + `"}},"data":{"password":"` + canary + `"}}`,
	}, &Surroundings{})
	n, _ := a.Made()
	if text := string(n.AppendJSON(nil)); strings.Contains(text, canary) {
		t.Errorf("it shows %s", text)
	}
}
