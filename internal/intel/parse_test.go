package intel

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// readsAs says what a list is to be read as.
type readsAs struct {
	list     string
	format   string
	entries  int
	holds    string // addresses, by spaces
	lacks    string
	refused  []string // "line: text: why", of why the beginning
	noted    []string
	apart    []string // what no request from the internet comes from
	foreign  int
	inactive int
}

func (want readsAs) check(t *testing.T, kind Kind, now time.Time) {
	t.Helper()
	l, report := Parse("list", kind, strings.NewReader(want.list), now)
	if l.Len() != want.entries || report.Format != want.format || report.Foreign != want.foreign || report.Inactive != want.inactive {
		t.Errorf("%d entries, format %q, %d foreign, %d inactive; want %d, %q, %d, %d",
			l.Len(), report.Format, report.Foreign, report.Inactive, want.entries, want.format, want.foreign, want.inactive)
	}
	for a := range strings.FieldsSeq(want.holds) {
		if !l.Contains(netip.MustParseAddr(a)) {
			t.Errorf("the list lacks %s", a)
		}
	}
	for a := range strings.FieldsSeq(want.lacks) {
		if l.Contains(netip.MustParseAddr(a)) {
			t.Errorf("the list holds %s", a)
		}
	}
	checkProblems(t, "refused", report.Refused, want.refused)
	checkProblems(t, "noted", report.Noted, want.noted)
	checkProblems(t, "unreachable", report.Unreachable, want.apart)
}

func checkProblems(t *testing.T, what string, got Problems, want []string) {
	t.Helper()
	var lines []string
	for i, p := range got.First {
		line := fmt.Sprintf("%d: %s: %s", p.Line, p.Text, p.Why)
		if i < len(want) && strings.HasPrefix(line, want[i]) {
			line = want[i]
		}
		lines = append(lines, line)
	}
	if diff := cmp.Diff(want, lines); diff != "" || got.Total != len(want) {
		t.Errorf("%s (%d): -want +got\n%s", what, got.Total, diff)
	}
}

func TestTextLists(t *testing.T) {
	for name, want := range map[string]readsAs{
		"one address": {list: "8.8.8.8", format: "text", entries: 1, holds: "8.8.8.8 ::ffff:8.8.8.8", lacks: "8.8.8.7 8.8.8.9 ::8.8.8.8"},
		"addresses, blocks and ranges of both versions": {
			list:   "8.8.8.8\n9.9.9.0/24\n1.1.1.1-1.1.2.4\n2606:4700::/32\n2620:fe::fe\n2a00:1450::1-2a00:1450::ff\n",
			format: "text", entries: 6,
			holds: "9.9.9.0 9.9.9.255 1.1.1.1 1.1.1.255 1.1.2.4 2606:4700:ffff::1 2620:fe::fe 2a00:1450::1 2a00:1450::80 2a00:1450::ff",
			lacks: "9.9.8.255 9.9.10.0 1.1.1.0 1.1.2.5 2606:4701:: 2620:fe::ff 2a00:1450:: 2a00:1450::100",
		},
		"comments, blank lines, Windows line ends and a byte order mark": {
			list:   "\ufeff# a list\r\n\r\n; of addresses\r\n// and comments\r\n 8.8.8.8\t# a resolver\r\n8.8.4.4;another\r\n9.9.9.0/24 ; SBL1\r\n1.1.1.1 seen 3 times\r\n",
			format: "text", entries: 4, holds: "8.8.8.8 8.8.4.4 9.9.9.9 1.1.1.1",
		},
		"ranges with spaces": {list: "8.8.8.1 - 8.8.8.3\n9.9.9.1 - 9.9.9.3 , 000 , comment\n", format: "text", entries: 2, holds: "8.8.8.2 9.9.9.3", lacks: "8.8.8.4"},
		"ports":              {list: "8.8.8.8:53\n[2620:fe::fe]:853\n[2620:fe::9]\n", format: "text", entries: 3, holds: "8.8.8.8 2620:fe::fe 2620:fe::9"},
		"a list that begins with a bracket of an address": {list: "[2620:fe::fe]:853\n", format: "text", entries: 1, holds: "2620:fe::fe"},
		"dots in brackets":           {list: "8[.]8[.]8[.]8\n1.1.1[.]0/24\n", format: "text", entries: 2, holds: "8.8.8.8 1.1.1.9"},
		"IPv4 written as IPv6":       {list: "::ffff:8.8.8.8\n::ffff:9.9.9.0/120\n::ffff:1.1.1.1-::ffff:1.1.1.3\n", format: "text", entries: 3, holds: "8.8.8.8 9.9.9.7 1.1.1.2", lacks: "9.9.8.255 9.9.10.0"},
		"the same address again":     {list: "8.8.8.8\n8.8.8.8\n8.8.8.0/24\n", format: "text", entries: 3, holds: "8.8.8.8 8.8.8.1"},
		"AlienVault's reputation":    {list: "8.8.8.8#4#2#Malicious Host#US##0.0,0.0#3\n9.9.9.9#4#2#Scanning Host;Spamming#DE#Berlin#52.5,13.4#3;12\n", format: "text", entries: 2, holds: "8.8.8.8 9.9.9.9"},
		"nothing":                    {list: "", format: "text"},
		"nothing but comments":       {list: "# none today\n", format: "text"},
		"a line of spaces, then one": {list: "   \n8.8.8.8", format: "text", entries: 1, holds: "8.8.8.8"},
		"domains and others between addresses": {
			list:   "8.8.8.8\nexample.com\nhttps://example.com/x\nd41d8cd98f00b204e9800998ecf8427e\nmallory@example.com\nevil[.]example\n",
			format: "text", entries: 1, foreign: 5,
		},
		"lines with errors, and good ones between": {
			list:   "8.8.8.8\n8.8.8\n8.8.8.256\n8.8.8.08\n8.8.8.0/33\n8.8.8.0/\n8.8.8.9-8.8.8.1\n8.8.8.1-2620::\nfe80::1%eth0\n8.8.8.8:x\nhello world\n1.2.3.4.5\n2620::/129\n9.9.9.9\n[2620::1\n",
			format: "text", entries: 2, holds: "8.8.8.8 9.9.9.9",
			refused: []string{
				"2: 8.8.8: " + whyNone, "3: 8.8.8.256: " + whyNone, "4: 8.8.8.08: " + whyZeros, "5: 8.8.8.0/33: " + whyLength,
				"6: 8.8.8.0/: " + whyLength, "7: 8.8.8.9-8.8.8.1: " + whyOrder, "8: 8.8.8.1-2620::: " + whyMixed, "9: fe80::1%eth0: " + whyZone,
				"10: 8.8.8.8:x: " + whyPort, "11: hello: " + whyNone, "12: 1.2.3.4.5: " + whyNone, "13: 2620::/129: " + whyLength, "15: [2620::1: " + whyNone,
			},
		},
		"everything, in four ways": {
			list: "8.8.8.8\n0.0.0.0/0\n::/0\n0.0.0.0-255.255.255.255\n::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\n", format: "text", entries: 1, holds: "8.8.8.8", lacks: "9.9.9.9 2620::1",
			refused: []string{"2: 0.0.0.0/0: this is every address", "3: ::/0: this is every address", "4: 0.0.0.0-255.255.255.255: this is", "5: ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff: this is"},
		},
		"wide blocks": {
			list: "8.0.0.0/7\n11.0.0.0/8\n2600::/15\n2600::/16\n", format: "text", entries: 4, holds: "8.1.1.1 9.255.255.255 2601:ffff::",
			noted: []string{"1: 8.0.0.0/7: this is more than a /8", "3: 2600::/15: this is more than a /16"},
		},
		"addresses that are not public": {
			list: "10.1.2.3\n100.64.0.0/10\nfd00::1\n127.0.0.1\n::1\n0.0.0.0\n8.8.8.8\n", format: "text", entries: 4, holds: "10.1.2.3 100.64.1.1 fd00::1 8.8.8.8",
			refused: []string{"4: 127.0.0.1: this is the machine itself", "5: ::1: this is the machine", "6: 0.0.0.0: this stands for no address"},
			apart:   []string{"1: 10.1.2.3: this is not an address of the internet (private)", "2: 100.64.0.0/10: this is not an address of the internet (shared)", "3: fd00::1: this is not"},
		},
		"addresses of examples and of tests": {
			list: "203.0.113.9\n192.0.2.0/24\n2001:db8::1\n198.18.0.1\n224.0.0.1\n169.254.1.1\n", format: "text", entries: 6,
			apart: []string{
				"1: 203.0.113.9: this is not an address of the internet (documentation): it is for examples", "2: 192.0.2.0/24: this is not an address of the internet (documentation)",
				"3: 2001:db8::1: this is not an address of the internet (documentation)", "4: 198.18.0.1: this is not an address of the internet (reserved): no request",
				"5: 224.0.0.1: this is not an address of the internet (multicast)", "6: 169.254.1.1: this is not an address of the internet (link-local): only a neighbour",
			},
		},
		"a block with bits beyond its length": {list: "8.8.8.8/24\n2620:fe::fe/48", format: "text", entries: 2, holds: "8.8.8.1 2620:fe::1", noted: []string{"1: 8.8.8.8/24: " + noteHostBit, "2: 2620:fe::fe/48: " + noteHostBit}},
		"two addresses in a line":             {list: "8.8.8.8 9.9.9.9\n", format: "text", entries: 1, holds: "8.8.8.8", lacks: "9.9.9.9", noted: []string{"1: 8.8.8.8 9.9.9.9: there is more than one"}},
		"control characters in a bad line":    {list: "8.8.8.8\n\x1b[31mred\xff\n", format: "text", entries: 1, refused: []string{"2: \ufffd[31mred\ufffd: " + whyNone}},
		"a line that is too long":             {list: "8.8.8.8\n" + strings.Repeat("x", 200_000) + "\n9.9.9.9\n", format: "text", entries: 2, holds: "9.9.9.9", refused: []string{"2: : this line is longer"}},
	} {
		t.Run(name, func(t *testing.T) { want.check(t, Threat, time.Time{}) })
	}
}

func TestATrustedListMayHoldWhatNoThreatIs(t *testing.T) {
	readsAs{
		list: "127.0.0.0/8\n10.0.0.0/8\n::1\n0.0.0.0/0\n", format: "text", entries: 3, holds: "127.0.0.1 10.1.1.1 ::1", lacks: "8.8.8.8",
		refused: []string{"4: 0.0.0.0/0: this is every address: no list would say anything any more"},
	}.check(t, Trusted, time.Time{})
}

func TestTorLists(t *testing.T) {
	for name, want := range map[string]readsAs{
		"exit-addresses": {
			list:   "ExitNode 0011BD2485AD45D984EC4159C88FC066E5E3300E\nPublished 2026-11-28 02:11:03\nLastStatus 2026-11-28 05:00:00\nExitAddress 8.8.8.8 2026-11-28 05:01:33\nExitNode 00\nExitAddress 2620:fe::fe 2026-11-28 05:01:33\nExitAddress 8.8.8 x\nnoise\n",
			format: "Tor exits", entries: 2, holds: "8.8.8.8 2620:fe::fe",
			refused: []string{"7: 8.8.8: " + whyNone, "8: noise: this is no line of Tor's"},
		},
		"exit-addresses of CollecTor": {list: "@type tordnsel 1.0\nDownloaded 2026-11-28 06:02:00\nExitNode 00\nExitAddress 8.8.8.8 2026-11-28 05:01:33\n", format: "Tor exits", entries: 1, holds: "8.8.8.8"},
		"torbulkexitlist":             {list: "8.8.8.8\n9.9.9.9\n", format: "text", entries: 2, holds: "8.8.8.8 9.9.9.9"},
	} {
		t.Run(name, func(t *testing.T) { want.check(t, Tor, time.Time{}) })
	}
}

func TestTables(t *testing.T) {
	for name, want := range map[string]readsAs{
		"OTX": {
			list:   "Indicator type, Indicator, Description\nCIDR, 8.8.8.0/24, \"a net, with comma\"\nIPv4, 9.9.9.9, example\nIPv6, 2620:fe::fe,\ndomain, example.com,\nFileHash-MD5,d41d8cd98f00b204e9800998ecf8427e,\n",
			format: "CSV", entries: 3, holds: "8.8.8.7 9.9.9.9 2620:fe::fe", foreign: 2,
		},
		"Proofpoint": {list: "ip, category, score, first_seen, last_seen, ports (|)\n8.8.8.8, 1, 100, 2000-01-01, 2000-01-01, \n9.9.9.9, 1, 100, 2000-01-01, 2000-01-01, 80|443\n", format: "CSV", entries: 2, holds: "8.8.8.8 9.9.9.9"},
		"FireEye": {
			list:   "reportId, title, sourceIp, asn, cidr, domain, networkIdentifier, ip, port\n01, Example, , , 8.8.8.0/24, , Related, , \n02, Example, 1.1.1.1, , , , Related, 9.9.9.9, \n",
			format: "CSV", entries: 2, holds: "8.8.8.8 9.9.9.9", lacks: "1.1.1.1",
		},
		"abuse.ch, with its header in a comment": {
			list:   "# \"first_seen_utc\",\"dst_ip\",\"dst_port\"\n\"2026-01-01 00:00:00\",\"8.8.8.8\",\"443\"\n\"2026-01-01 00:00:00\",\"9.9.9.9\",\"443\"\n# END (2 entries)\n",
			format: "CSV", entries: 2, holds: "8.8.8.8 9.9.9.9",
		},
		"addresses with ports in a column": {list: "ioc_value,ioc_type\n8.8.8.8:443,ip:port\nexample.com,domain\n", format: "CSV", entries: 1, holds: "8.8.8.8", foreign: 1},
		"no header":                        {list: "mallory,8.8.8.8,3\neve,9.9.9.9,4\n", format: "CSV", entries: 2, holds: "8.8.8.8 9.9.9.9"},
		"addresses first, no header":       {list: "8.8.8.8,\"a, b\"\n9.9.9.9;4\n", format: "text", entries: 2, holds: "8.8.8.8 9.9.9.9"},
		"a header without known names":     {list: "who,where\nmallory,8.8.8.8\n", format: "CSV", entries: 1, holds: "8.8.8.8", refused: []string{"1: where: " + whyNone}},
		"semicolons":                       {list: "name;ip;note\nmallory;8.8.8.8;x\n;9.9.9.9;\n ;1.1.1.1\n", format: "CSV", entries: 3, holds: "8.8.8.8 9.9.9.9 1.1.1.1"},
		"tabs":                             {list: "name\tip_address\nmallory\t8.8.8.8\n", format: "CSV", entries: 1, holds: "8.8.8.8"},
		"bars":                             {list: "AS1 | 8.8.8.8 | x\n", format: "CSV", entries: 1, holds: "8.8.8.8"},
		"one column with its name":         {list: "ip\n8.8.8.8\n9.9.9.9 # x\n", format: "text", entries: 2, holds: "8.8.8.8 9.9.9.9"},
		"one column in quotes":             {list: "\"IP Address\"\n\"8.8.8.8\"\n\"9.9.9.9\"\n", format: "CSV", entries: 2, holds: "8.8.8.8 9.9.9.9"},
		"quotes and no header":             {list: "\"8.8.8.8\"\n\"9.9.9.9\"\n", format: "CSV", entries: 2, holds: "8.8.8.8 9.9.9.9"},
		"two columns of addresses, no header": {
			list: "x,8.8.8.8,9.9.9.9\n", format: "CSV", entries: 1, holds: "8.8.8.8", lacks: "9.9.9.9",
			noted: []string{"1: : more than one column"},
		},
		"rows with errors": {
			list: "ip,note\n8.8.8.8,a\n8.8.8,b\n,c\n\n9.9.9.9\n0.0.0.0/0,all\n", format: "CSV", entries: 2, holds: "8.8.8.8 9.9.9.9",
			refused: []string{"3: 8.8.8: " + whyNone, "4: ,c: there is no address", "7: 0.0.0.0/0: this is every"},
		},
		"a cell of several lines": {list: "ip,note\n8.8.8.8,\"first\nsecond \"\"quoted\"\"\nthird\"\n9.9.9.9,x\n", format: "CSV", entries: 2, holds: "8.8.8.8 9.9.9.9"},
		"a quote that is never closed": {
			list: "ip,note\n8.8.8.8,\"first\n9.9.9.9,x\n1.1.1.1,\"y\n", format: "CSV", entries: 3, holds: "8.8.8.8 9.9.9.9 1.1.1.1",
			noted: []string{"2: : a quote that opens", "4: : a quote that opens"},
		},
	} {
		t.Run(name, func(t *testing.T) { want.check(t, Custom, time.Time{}) })
	}
}

func TestDataThatIsNoList(t *testing.T) {
	for name, want := range map[string]readsAs{
		"gzip":           {list: "\x1f\x8b\x08\x00", refused: []string{"1: : the list is compressed with gzip"}},
		"zstd":           {list: "\x28\xb5\x2f\xfd\x04", refused: []string{"1: : the list is compressed with zstd"}},
		"UTF-16":         {list: "\xff\xfe8\x00.\x00", refused: []string{"1: : the list is UTF-16"}},
		"a program":      {list: "\x7fELF\x02\x00\x00", refused: []string{"1: : the list is not text"}},
		"a web page":     {list: "<!DOCTYPE html>\n<html><body>Not found<br></body></html>", refused: []string{"1: : " + whyWebPage}},
		"an empty array": {list: "[]", format: "JSON"},
	} {
		t.Run(name, func(t *testing.T) { want.check(t, Threat, time.Time{}) })
	}
}

func TestWhatWasReadBeforeAFailureCounts(t *testing.T) {
	broken := errors.New("the disk is gone")
	for name, c := range map[string]struct {
		data string
		line int
	}{
		"text": {"8.8.8.8\n9.9.9.9\n", 3},
		"STIX": {`[{"type":"ipv4-addr","id":"ipv4-addr--1","value":"8.8.8.8"},` + "\n" + `{"type":"ipv4-addr","id":"ipv4-addr--2","value":"9.9.9.9"},`, 2},
		"XML":  {"<STIX_Package><Address_Value>8.8.8.8</Address_Value>\n<Address_Value>9.9.9.9</Address_Value>", 2},
	} {
		t.Run(name, func(t *testing.T) {
			for _, data := range []io.Reader{
				io.MultiReader(strings.NewReader(c.data), iotest.ErrReader(broken)),
				iotest.DataErrReader(io.MultiReader(strings.NewReader(c.data), iotest.ErrReader(broken))),
			} {
				l, report := Parse("x", Threat, data, time.Time{})
				if l.Len() != 2 || !l.Contains(netip.MustParseAddr("9.9.9.9")) {
					t.Errorf("%d entries", l.Len())
				}
				if p := report.Refused; p.Total != 1 || p.First[0].Line != c.line || !strings.Contains(p.First[0].Why, broken.Error()) {
					t.Errorf("refused: %v", p)
				}
			}
		})
	}
}

func TestProblemsAreCountedBeyondThoseThatAreKept(t *testing.T) {
	_, report := Parse("x", Threat, strings.NewReader("8.8.8.8\n"+strings.Repeat("8.8.8\n10.0.0.1\n", 5000)), time.Time{})
	for _, p := range []Problems{report.Refused, report.Unreachable} {
		if p.Total != 5000 || len(p.First) != MaxProblems || p.First[0].Line < 2 || p.First[0].Line > 3 {
			t.Errorf("%d of %d problems", len(p.First), p.Total)
		}
	}
}

func TestTextsOfProblemsAreShort(t *testing.T) {
	_, report := Parse("x", Threat, strings.NewReader(strings.Repeat("ñ", 10_000)), time.Time{})
	if got := report.Refused.First[0].Text; got != strings.Repeat("ñ", 80)+"…" {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsForeign(t *testing.T) {
	for text, want := range map[string]bool{
		"example.com": true, "*.example.co.uk": true, "xn--e1afmkfd.xn--p1ai": true, "evil[.]example": true, "https://8.8.8.8/x": true, "a@b.example": true,
		"d41d8cd98f00b204e9800998ecf8427e": true, "1.2.3": false, "1.2.3.x": false, "1.2.3.4.5": false, "a..b": false, "hello": false, ".": false, "a b.com": false,
		"d41d8cd98f00b204e9800998ecf8427g": false, strings.Repeat("a.", 200) + "com": false,
	} {
		if got := isForeign([]byte(text)); got != want {
			t.Errorf("%q is foreign: %v", text, got)
		}
	}
}

func TestManyWideBlocksTakeLittleTimeAndMemory(t *testing.T) {
	var list bytes.Buffer
	for i := range 300_000 {
		fmt.Fprintf(&list, "%d.0.0.0/2\n%d.%d.0.0/9\n", i%4*64, i%100+1, i%2*128)
	}
	l, _ := Parse("x", Threat, &list, time.Time{})
	if l.Len() != 600_000 || l.Bytes() > 8<<20 {
		t.Errorf("%d entries take %d bytes", l.Len(), l.Bytes())
	}
	if !l.Contains(netip.MustParseAddr("255.1.1.1")) {
		t.Error("not the union")
	}
}
