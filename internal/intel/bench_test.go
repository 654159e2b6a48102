package intel

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"slices"
	"testing"
	"time"
)

const benchEntries = 5_000_000

// benchList gives a text list of distinct random addresses, and addresses to ask for, half of which it holds.
func benchList(n int, addr func(*rand.Rand) netip.Addr) (text []byte, all, ask []netip.Addr) {
	r := rand.New(rand.NewPCG(1, 10))
	var b bytes.Buffer
	all = make([]netip.Addr, n)
	for i := range all {
		all[i] = addr(r)
		b.WriteString(all[i].String())
		b.WriteByte('\n')
	}
	ask = make([]netip.Addr, 1<<16)
	for i := range ask {
		ask[i] = addr(r)
		if i%2 == 0 {
			ask[i] = all[r.IntN(n)]
		}
	}
	return b.Bytes(), all, ask
}

// heap gives the bytes that are reachable.
func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkLookup asks a list of 5 million addresses, and beside it a map and a sorted slice of prefixes, for random
// addresses, half of which are in it.
func BenchmarkLookup(b *testing.B) {
	for _, version := range []struct {
		name string
		addr func(*rand.Rand) netip.Addr
	}{{"IPv4", public4}, {"IPv6", public6}} {
		text, all, ask := benchList(benchEntries, version.addr)
		run := func(name string, build func() (contains func(netip.Addr) bool)) {
			b.Run(version.name+"/"+name, func(b *testing.B) {
				before := heap()
				contains := build()
				perEntry := float64(heap()-before) / benchEntries
				b.ReportAllocs()
				found, i := 0, 0
				for b.Loop() {
					if contains(ask[i&(len(ask)-1)]) {
						found++
					}
					i++
				}
				b.ReportMetric(perEntry, "B/entry")
				b.ReportMetric(float64(found)/float64(i), "found/op")
			})
		}
		run("list", func() func(netip.Addr) bool {
			l, _ := Parse("x", Threat, bytes.NewReader(text), time.Time{})
			return l.Contains
		})
		run("lists", func() func(netip.Addr) bool {
			l, _ := Parse("x", Threat, bytes.NewReader(text), time.Time{})
			trusted, _ := Parse("y", Trusted, bytes.NewReader([]byte("8.8.8.8\n")), time.Time{})
			lists, dst := NewLists(l, trusted), make([]*List, 0, 2)
			return func(a netip.Addr) bool { return len(lists.Lookup(dst[:0], a)) > 0 }
		})
		run("map", func() func(netip.Addr) bool {
			m := make(map[netip.Addr]struct{}, len(all))
			for _, a := range all {
				m[a] = struct{}{}
			}
			return func(a netip.Addr) bool { _, ok := m[a]; return ok }
		})
		run("sorted", func() func(netip.Addr) bool {
			type span struct{ from, to netip.Addr }
			spans := make([]span, len(all))
			for i, a := range all {
				spans[i] = span{a, a}
			}
			slices.SortFunc(spans, func(a, b span) int { return a.from.Compare(b.from) })
			return func(a netip.Addr) bool {
				i, ok := slices.BinarySearchFunc(spans, a, func(s span, a netip.Addr) int { return s.from.Compare(a) })
				return ok || i > 0 && a.Compare(spans[i-1].to) <= 0
			}
		})
	}
}

// BenchmarkParse reads a million lines, and beside it only cuts them, and cuts and parses them with the standard library.
func BenchmarkParse(b *testing.B) {
	const lines = 1_000_000
	ipv4, _, _ := benchList(lines, public4)
	ipv6, _, _ := benchList(lines, public6)
	var csv, stix bytes.Buffer
	csv.WriteString("indicator_type,indicator,description\n")
	for line := range bytes.Lines(ipv4) {
		fmt.Fprintf(&csv, "IPv4,%s,\"seen, often\"\n", bytes.TrimSpace(line))
	}
	n := 0
	for line := range bytes.Lines(ipv4) {
		if n++; n > lines/10 {
			break
		}
		fmt.Fprintln(&stix, indicator(fmt.Sprintf("[ipv4-addr:value = '%s']", bytes.TrimSpace(line)), ""))
	}
	for _, c := range []struct {
		name string
		data []byte
	}{{"IPv4", ipv4}, {"IPv6", ipv6}, {"CSV", csv.Bytes()}, {"STIX", stix.Bytes()}} {
		entries := bytes.Count(c.data, []byte{'\n'})
		run := func(name string, read func()) {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(c.data)))
				for b.Loop() {
					read()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*entries), "ns/entry")
			})
		}
		run("list", func() { Parse("x", Threat, bytes.NewReader(c.data), time.Time{}) })
		run("scan", func() {
			for s := bufio.NewScanner(bytes.NewReader(c.data)); s.Scan(); {
				_ = s.Bytes()
			}
		})
		if c.name == "IPv4" || c.name == "IPv6" {
			run("scan+netip", func() {
				for s := bufio.NewScanner(bytes.NewReader(c.data)); s.Scan(); {
					_, _ = netip.ParseAddr(s.Text())
				}
			})
		}
	}
}
