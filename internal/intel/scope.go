package intel

import "net/netip"

// Scope is how far an address reaches.
type Scope uint8

// The scopes of addresses, after the registries of special-purpose addresses
// (https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry).
const (
	// NoScope is the scope of the zero Addr.
	NoScope Scope = iota
	// Public addresses are forwarded by the routers of the internet.
	Public
	// Private addresses are those of RFC 1918, and the unique local addresses of IPv6.
	Private
	// Shared addresses stand between a carrier's NAT and its customers (100.64.0.0/10); EKS also gives them to pods.
	Shared
	// Loopback addresses are the machine itself, as the requests of an API server to itself.
	Loopback
	// LinkLocal addresses reach one link; 169.254.169.254 is the metadata service.
	LinkLocal
	// Multicast addresses are groups, which send nothing.
	Multicast
	// Unspecified is 0.0.0.0 and ::, which stand for no address or for any.
	Unspecified
	// Reserved addresses are for documentation, benchmarks, protocols and the future.
	Reserved
)

// String gives the scope in lower case: "link-local".
func (s Scope) String() string {
	names := [...]string{"none", "public", "private", "shared", "loopback", "link-local", "multicast", "unspecified", "reserved"}
	if int(s) < len(names) {
		return names[s]
	}
	return names[NoScope]
}

// ScopeOf gives the scope of an address. An IPv4 address that is written as IPv6 has the scope of the IPv4 address.
func ScopeOf(a netip.Addr) Scope {
	switch {
	case a.Is4() || a.Is4In6():
		return scope4(number4(a))
	case a.Is6():
		return scope6(number6(a))
	}
	return NoScope
}

func scope4(a uint32) Scope {
	switch first := a >> 24; first {
	case 0:
		if a == 0 {
			return Unspecified
		}
		return Reserved
	case 10:
		return Private
	case 127:
		return Loopback
	case 100, 169, 172, 192, 198, 203:
		return mixed4(a)
	default:
		switch {
		case first >= 240:
			return Reserved
		case first >= 224:
			return Multicast
		}
		return Public
	}
}

// mixed4 gives the scope of an address whose first byte does not tell it.
func mixed4(a uint32) Scope {
	switch {
	case a>>22 == 100<<2|64>>6: // 100.64.0.0/10
		return Shared
	case a>>16 == 169<<8|254:
		return LinkLocal
	case a>>20 == 172<<4|16>>4, a>>16 == 192<<8|168: // 172.16.0.0/12, 192.168.0.0/16
		return Private
	case a>>8 == 192<<16, a>>8 == 192<<16|2, a>>17 == 198<<7|18>>1, // 192.0.0.0/24, 192.0.2.0/24, 198.18.0.0/15
		a>>8 == 198<<16|51<<8|100, a>>8 == 203<<16|113: // 198.51.100.0/24, 203.0.113.0/24
		return Reserved
	}
	return Public
}

func scope6(a addr6) Scope {
	switch {
	case a == addr6{}:
		return Unspecified
	case a == addr6{lo: 1}:
		return Loopback
	case a.hi>>57 == 0xfc>>1: // fc00::/7
		return Private
	case a.hi>>54 == 0xfe80>>6: // fe80::/10
		return LinkLocal
	case a.hi>>56 == 0xff:
		return Multicast
	case a.hi>>61 != 1, // global unicast is 2000::/3
		a.hi>>41 == 0x20010000>>9, // 2001::/23
		a.hi>>32 == 0x20010db8,
		a.hi>>44 == 0x3fff0: // 3fff::/20
		return Reserved
	}
	return Public
}

// Network gives the network that stands for an address where addresses are learned: the /24 of an IPv4 address and the
// /48 of an IPv6 address, the smallest that are routed on their own. It is the zero Prefix for the zero Addr.
func Network(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	length := 48
	if a.Is4() {
		length = 24
	}
	p, err := a.Prefix(length)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}
