package intel

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/merlonsec/merlon/internal/reach/cidr"
)

func TestScopeOf(t *testing.T) {
	for address, want := range map[string]string{
		"8.8.8.8": "public", "1.0.0.0": "public", "223.255.255.255": "public", "2620:fe::fe": "public", "::ffff:8.8.8.8": "public",
		"10.0.0.0": "private", "10.255.255.255": "private", "9.255.255.255": "public", "11.0.0.0": "public",
		"172.16.0.0": "private", "172.31.255.255": "private", "172.15.255.255": "public", "172.32.0.0": "public",
		"192.168.0.0": "private", "192.168.255.255": "private", "192.169.0.0": "public", "::ffff:192.168.1.1": "private",
		"fc00::": "private", "fdff::1": "private", "fd00:ec2::254": "private",
		"100.64.0.0": "shared", "100.127.255.255": "shared", "100.63.255.255": "public", "100.128.0.0": "public",
		"127.0.0.1": "loopback", "127.255.255.255": "loopback", "128.0.0.0": "public", "::1": "loopback", "::ffff:127.0.0.1": "loopback",
		"169.254.169.254": "link-local", "169.253.255.255": "public", "fe80::1": "link-local", "fe80::1%eth0": "link-local", "febf::": "link-local", "fec0::": "reserved",
		"224.0.0.1": "multicast", "239.255.255.255": "multicast", "ff02::1": "multicast",
		"0.0.0.0": "unspecified", "::": "unspecified", "0.0.0.1": "reserved",
		"192.0.0.8": "reserved", "192.0.2.1": "reserved", "198.18.0.1": "reserved", "198.19.255.255": "reserved", "198.20.0.0": "public",
		"198.51.100.7": "reserved", "203.0.113.7": "reserved", "240.0.0.1": "reserved", "255.255.255.255": "reserved",
		"2001:db8::1": "reserved", "2001::1": "reserved", "2001:200::1": "public", "3fff::1": "reserved", "4000::": "reserved", "64:ff9b::808:808": "reserved", "::2": "reserved",
	} {
		if got := ScopeOf(netip.MustParseAddr(address)).String(); got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
	if got := ScopeOf(netip.Addr{}); got != NoScope || got.String() != "none" || Scope(99).String() != "none" {
		t.Errorf("the zero Addr is %s", got)
	}
}

// TestPublicIsTheInternetOfReachability holds that the two places that know the public internet agree.
func TestPublicIsTheInternetOfReachability(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	internet := cidr.Internet4().Union(cidr.Internet6())
	check := func(a netip.Addr) {
		if got, want := ScopeOf(a) == Public, internet.Contains(a); got != want {
			t.Fatalf("%v is public: %v, want %v", a, got, want)
		}
	}
	for _, p := range internet.Prefixes() {
		for _, a := range []netip.Addr{p.Addr(), p.Addr().Prev(), lastOf(p), lastOf(p).Next()} {
			if a.IsValid() {
				check(a)
			}
		}
	}
	for range 100_000 {
		n := r.Uint32()
		check(netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}))
	}
}

func TestNetwork(t *testing.T) {
	for address, want := range map[string]string{
		"8.8.8.8": "8.8.8.0/24", "::ffff:8.8.8.8": "8.8.8.0/24", "2620:fe:1:2::fe": "2620:fe:1::/48", "fe80::1%eth0": "fe80::/48",
	} {
		if got := Network(netip.MustParseAddr(address)).String(); got != want {
			t.Errorf("%s is of %s, want %s", address, got, want)
		}
	}
	if got := Network(netip.Addr{}); got != (netip.Prefix{}) {
		t.Errorf("the zero Addr is of %v", got)
	}
}
