package detect

import (
	"net/netip"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/intel"
	"github.com/merlonsec/merlon/internal/rule"
)

// addresses is what lists of addresses tell rules. It is for one goroutine at a time.
type addresses struct {
	lists intel.Lists
	found []*intel.List // scratch
}

// NewAddresses makes what rules ask about addresses of lists; nil where there are none.
func NewAddresses(lists ...*intel.List) rule.Addresses {
	if len(lists) == 0 {
		return nil
	}
	return &addresses{lists: intel.NewLists(lists...)}
}

// Facts implements [rule.Addresses].
func (x *addresses) Facts(a netip.Addr) rule.Facts {
	var f rule.Facts
	x.found = x.lists.Lookup(x.found[:0], a)
	for _, list := range x.found {
		switch list.Kind {
		case intel.Trusted:
			f |= rule.IsTrusted
		case intel.Threat:
			f |= rule.OnThreatList
		case intel.Tor:
			f |= rule.OnTorList
		case intel.Custom:
			f |= rule.OnCustomList
		}
	}
	return f
}

// Matches implements [rule.Addresses].
func (x *addresses) Matches(a netip.Addr) []finding.ListMatch {
	var all []finding.ListMatch
	for _, list := range x.lists.Lookup(nil, a) {
		if list.Kind != intel.Trusted {
			all = append(all, finding.ListMatch{Name: list.Name, Kind: string(list.Kind), Address: a.String()})
		}
	}
	return all
}
