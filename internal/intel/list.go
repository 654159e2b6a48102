package intel

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
)

// Kind is what it means that a list holds an address.
type Kind string

// The kinds of list, in the order in which [Lists] names them.
const (
	// Trusted addresses are the user's own: no list of another kind says anything about them.
	Trusted Kind = "trusted"
	// Threat addresses were seen in attacks, says someone who watches many networks (MaliciousIPCaller).
	Threat Kind = "threat"
	// Tor addresses are those where traffic leaves the Tor network (TorIPCaller).
	Tor Kind = "tor"
	// Custom addresses are what the user holds for a threat (MaliciousIPCaller.Custom).
	Custom Kind = "custom"
)

// Kinds gives every kind, in order.
func Kinds() []Kind { return []Kind{Trusted, Threat, Tor, Custom} }

// List is a set of IP addresses with a name. It does not change, and any number of goroutines may ask it. The zero List
// is empty.
type List struct {
	// Name is how findings call the list.
	Name string
	Kind Kind

	entries int
	v4      set4
	v6      set6
}

// Len gives the number of entries that the list was made of. An entry is an address, a block or a range; one that repeats
// or overlaps another counts too.
func (l *List) Len() int { return l.entries }

// Bytes gives the memory that the addresses take.
func (l *List) Bytes() int { return l.v4.bytes() + l.v6.bytes() }

// Contains reports whether the list holds an address. An IPv4 address that is written as IPv6 (::ffff:192.0.2.1) is the
// IPv4 address, and a zone does not count. No list holds the zero Addr.
func (l *List) Contains(a netip.Addr) bool {
	switch {
	case a.Is4() || a.Is4In6():
		return l.v4.contains(number4(a))
	case a.Is6():
		return l.v6.contains(number6(a))
	}
	return false
}

// number4 gives an IPv4 address, mapped into IPv6 or not, as a number.
func number4(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

// Lists is any number of lists that are asked together. The zero Lists holds nothing.
type Lists struct {
	lists []*List // by kind, in the order of Kinds, then by name
}

// NewLists puts lists together. Their order does not matter, unless two have the same kind and name.
func NewLists(lists ...*List) Lists {
	kinds := Kinds()
	rank := func(l *List) uint { return uint(slices.Index(kinds, l.Kind)) } // a kind that is none comes last
	sorted := slices.Clone(lists)
	slices.SortStableFunc(sorted, func(a, b *List) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a.Name, b.Name))
	})
	return Lists{sorted}
}

// All gives the lists, by kind and name. The slice is the caller's.
func (l Lists) All() []*List { return slices.Clone(l.lists) }

// Lookup appends the lists that hold an address to dst, by kind and name. Where a trusted list holds it, only trusted
// lists are appended: the address is the user's, whatever others say of it. Lookup allocates nothing where dst has room.
func (l Lists) Lookup(dst []*List, a netip.Addr) []*List {
	before := len(dst)
	for _, list := range l.lists {
		if list.Kind != Trusted && len(dst) > before && dst[before].Kind == Trusted {
			break
		}
		if list.Contains(a) {
			dst = append(dst, list)
		}
	}
	return dst
}
