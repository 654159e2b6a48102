package cidr_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/reach/cidr"
)

func parse(t testing.TB, blocks ...string) cidr.Set {
	t.Helper()
	s, err := cidr.Parse(blocks...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSetsAsBlocks(t *testing.T) {
	all, none := parse(t, "0.0.0.0/0", "::/0"), cidr.Set{}
	for _, c := range []struct {
		name string
		set  cidr.Set
		want string
	}{
		{"two halves are the whole", parse(t, "128.0.0.0/1", "0.0.0.0/1"), "0.0.0.0/0"},
		{"two halves of IPv6 are the whole", parse(t, "8000::/1", "::/1"), "::/0"},
		{"the end of IPv4 does not meet the start of IPv6", all, "0.0.0.0/0, ::/0"},
		{"bits after the length do not count", parse(t, "10.1.2.3/8"), "10.0.0.0/8"},
		{"a single address", parse(t, "10.0.0.1", "2001:db8::1"), "10.0.0.1/32, 2001:db8::1/128"},
		{"a block within another", parse(t, "10.1.0.0/16", "10.0.0.0/8"), "10.0.0.0/8"},
		{"neighbours that are no block together", parse(t, "10.0.1.0/24", "10.0.2.0/24"), "10.0.1.0/24, 10.0.2.0/24"},
		{"what is left beside a hole", parse(t, "10.0.0.0/30").Minus(parse(t, "10.0.0.1")), "10.0.0.0/32, 10.0.0.2/31"},
		{"nothing is left of the whole", all.Minus(all), ""},
		{"all but the last address", parse(t, "255.255.255.248/29").Minus(parse(t, "255.255.255.255")), "255.255.255.248/30, 255.255.255.252/31, 255.255.255.254/32"},
		{"both of two", parse(t, "10.0.0.0/8", "2001:db8::/32").Intersect(parse(t, "10.128.0.0/9", "2001:db8:1::/48", "11.0.0.0/8")), "10.128.0.0/9, 2001:db8:1::/48"},
		{"both of all and nothing", all.Intersect(none), ""},
		{"nothing and something", none.Union(parse(t, "10.0.0.0/8")), "10.0.0.0/8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.set.String(); got != c.want {
				t.Errorf("it is %q, want %q", got, c.want)
			}
		})
	}
}

func TestParseRefusesWhatIsNoBlock(t *testing.T) {
	for _, text := range []string{"", "sg-1", "10.0.0.0/33", "10.0.0/8", "fe80::1%eth0", "fe80::%eth0/64"} {
		if s, err := cidr.Parse("10.0.0.0/8", text); err == nil {
			t.Errorf("%q was read as %s", text, s)
		}
	}
}

func TestInternet(t *testing.T) {
	for _, c := range []struct {
		address string
		public  bool
	}{
		{"8.8.8.8", true},
		{"1.1.1.1", true},
		{"172.32.0.1", true},
		{"100.63.255.255", true},
		{"192.0.1.1", true},
		{"223.255.255.255", true},
		{"2600:1f18::1", true},
		{"2a00::1", true},
		{"2001:4860:4860::8888", true},
		{"0.1.2.3", false},
		{"10.1.2.3", false},
		{"100.64.0.1", false},
		{"127.0.0.1", false},
		{"169.254.169.254", false},
		{"172.16.0.1", false},
		{"172.31.255.255", false},
		{"192.168.1.1", false},
		{"192.0.2.1", false},
		{"198.18.0.1", false},
		{"198.51.100.7", false},
		{"203.0.113.9", false},
		{"224.0.0.1", false},
		{"255.255.255.255", false},
		{"::1", false},
		{"fd00::1", false},
		{"fe80::1", false},
		{"ff02::1", false},
		{"2001:db8::1", false},
		{"3fff::1", false},
		{"64:ff9b::808:808", false},
		{"4000::1", false},
	} {
		a := netip.MustParseAddr(c.address)
		if got := cidr.Internet4().Contains(a) || cidr.Internet6().Contains(a); got != c.public {
			t.Errorf("%s: public %v, want %v", c.address, got, c.public)
		}
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		name   string
		blocks []string
		of     cidr.Set
		lo, hi float64
	}{
		{"everything", []string{"0.0.0.0/0"}, cidr.Internet4(), 1, 1},
		{"the two halves", []string{"0.0.0.0/1", "128.0.0.0/1"}, cidr.Internet4(), 1, 1},
		{"one half", []string{"0.0.0.0/1"}, cidr.Internet4(), 0.5, 0.6},
		{"a private network", []string{"10.0.0.0/8"}, cidr.Internet4(), 0, 0},
		{"everything of IPv6", []string{"::/0"}, cidr.Internet6(), 1, 1},
		{"one network of IPv6", []string{"2a00:1::/32"}, cidr.Internet6(), 0, 1e-6},
		{"nothing", []string{"0.0.0.0/0"}, cidr.Set{}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := parse(t, c.blocks...).Share(c.of); got < c.lo || got > c.hi {
				t.Errorf("share %v, want between %v and %v", got, c.lo, c.hi)
			}
		})
	}
}

// small is the plain model that sets are compared with: which of the 16 addresses of 10.0.0.0/28, and of 16 at the
// end of IPv6, are in.
type small [32]bool

func smallAddr(i int) netip.Addr {
	if i < 16 {
		return netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
	}
	a := netip.MustParseAddr("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff0").As16()
	a[15] |= byte(i - 16)
	return netip.AddrFrom16(a)
}

// draw gives some blocks and the same as a model.
func draw(rng *rand.Rand) (blocks []netip.Prefix, model small) {
	for range rng.IntN(5) {
		a := smallAddr(rng.IntN(32))
		p := netip.PrefixFrom(a, a.BitLen()-rng.IntN(5))
		blocks = append(blocks, p)
		for i := range model {
			model[i] = model[i] || p.Masked().Contains(smallAddr(i))
		}
	}
	return blocks, model
}

func (m small) of(s cidr.Set) string {
	for i := range m {
		if s.Contains(smallAddr(i)) != m[i] {
			return fmt.Sprintf("%s: %v, want %v", smallAddr(i), !m[i], m[i])
		}
	}
	return ""
}

func join(a, b small, f func(x, y bool) bool) (m small) {
	for i := range m {
		m[i] = f(a[i], b[i])
	}
	return m
}

func TestAlgebraAgreesWithCounting(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		blocksA, modelA := draw(rng)
		blocksB, modelB := draw(rng)
		a, b := cidr.Of(blocksA...), cidr.Of(blocksB...)
		and, or, minus := join(modelA, modelB, func(x, y bool) bool { return x && y }), join(modelA, modelB, func(x, y bool) bool { return x || y }), join(modelA, modelB, func(x, y bool) bool { return x && !y })
		for _, c := range []struct {
			name  string
			set   cidr.Set
			model small
		}{{"A", a, modelA}, {"A and B", a.Intersect(b), and}, {"A or B", a.Union(b), or}, {"A and B joined", cidr.Join([]cidr.Set{a, b}), or}, {"A without B", a.Minus(b), minus}, {"the blocks of A", cidr.Of(a.Prefixes()...), modelA}} {
			if problem := c.model.of(c.set); problem != "" {
				t.Fatalf("A %v, B %v: %s: %s", blocksA, blocksB, c.name, problem)
			}
			if empty := c.model == (small{}); c.set.IsEmpty() != empty {
				t.Fatalf("A %v, B %v: %s: empty %v, want %v", blocksA, blocksB, c.name, !empty, empty)
			}
		}
		if got, want := a.Covers(b), and == modelB; got != want {
			t.Fatalf("%v covers %v: %v, want %v", blocksA, blocksB, got, want)
		}
		if got, want := a.Overlaps(b), and != (small{}); got != want {
			t.Fatalf("%v overlaps %v: %v, want %v", blocksA, blocksB, got, want)
		}
		if got, want := a.Equal(b), modelA == modelB; got != want {
			t.Fatalf("%v equals %v: %v, want %v", blocksA, blocksB, got, want)
		}
		if shortest := fewest(modelA); len(a.Prefixes()) != shortest {
			t.Fatalf("%v is written as %v; %d blocks are enough", blocksA, a.Prefixes(), shortest)
		}
	}
}

// fewest counts the blocks that a model needs: the aligned runs that are full and not part of a wider one.
func fewest(m small) int {
	count := 0
	var walk func(from, size int)
	walk = func(from, size int) {
		run := m[from : from+size]
		switch {
		case !slices.Contains(run, true):
		case !slices.Contains(run, false):
			count++
		default:
			walk(from, size/2)
			walk(from+size/2, size/2)
		}
	}
	walk(0, 16)
	walk(16, 16)
	return count
}

func TestEverythingCoversEverythingElse(t *testing.T) {
	all := parse(t, "0.0.0.0/0", "::/0")
	nearly := []cidr.Set{
		parse(t, "0.0.0.0/0"), parse(t, "::/0"), all.Minus(parse(t, "0.0.0.0")), all.Minus(parse(t, "255.255.255.255")), all.Minus(parse(t, "::")),
		all.Minus(parse(t, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")), all.Minus(parse(t, "10.0.0.1")),
		{},
	}
	for _, s := range nearly {
		if !all.Covers(s) || s.Covers(all) || !all.Intersect(s).Equal(s) || !s.Union(all).Equal(all) {
			t.Errorf("everything and %s: covers %v, covered %v", s, all.Covers(s), s.Covers(all))
		}
	}
	if !all.Covers(all) {
		t.Error("everything does not cover itself")
	}
}

func TestSetsDoNotChange(t *testing.T) {
	a, b := parse(t, "10.0.0.0/8", "12.0.0.0/8"), parse(t, "11.0.0.0/8", "10.0.0.0/9")
	before := []string{a.String(), b.String()}
	a.Union(b)
	a.Intersect(b)
	a.Minus(b)
	if diff := cmp.Diff(before, []string{a.String(), b.String()}); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
}
