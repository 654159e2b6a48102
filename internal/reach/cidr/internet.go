package cidr

import (
	"net/netip"
	"sync"
)

// All4 gives every IPv4 address.
func All4() Set { return Of(netip.PrefixFrom(netip.IPv4Unspecified(), 0)) }

// All6 gives every IPv6 address.
func All6() Set { return Of(netip.PrefixFrom(netip.IPv6Unspecified(), 0)) }

// Internet4 gives the IPv4 addresses of the public internet: all but those that no router of it forwards, which
// are private, shared, local, for documentation and benchmarks, for protocols, multicast and reserved
// (https://www.iana.org/assignments/iana-ipv4-special-registry).
func Internet4() Set { return internet4() }

var internet4 = sync.OnceValue(func() Set {
	return All4().Minus(written(
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	))
})

// Internet6 gives the IPv6 addresses of the public internet: the global unicast addresses but those for protocols
// and for documentation (https://www.iana.org/assignments/iana-ipv6-special-registry).
func Internet6() Set { return internet6() }

var internet6 = sync.OnceValue(func() Set {
	return written("2000::/3").Minus(written("2001::/23", "2001:db8::/32", "3fff::/20"))
})

// written reads blocks that are part of the program.
func written(blocks ...string) Set {
	prefixes := make([]netip.Prefix, len(blocks))
	for i, b := range blocks {
		prefixes[i] = netip.MustParsePrefix(b)
	}
	return Of(prefixes...)
}
