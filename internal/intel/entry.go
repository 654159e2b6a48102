package intel

import (
	"bytes"
	"math"
	"net/netip"
	"strconv"
	"strings"
)

// entry is what one place in a list names: all addresses from first to last, of one version.
type entry struct {
	is6         bool
	first, last addr6 // of IPv4 the address is the lower half of lo
	note        string
}

// Why a text is no entry. The texts are for the list's author.
const (
	whyNone     = "this is no IP address, CIDR block or range"
	whyZone     = "an address with a zone (%eth0) is one of this machine only"
	whyZeros    = "a number in the address has a leading zero, which some programs read as octal"
	whyLength   = "the length of the prefix is no number that fits the address"
	whyOrder    = "the range ends before it begins"
	whyMixed    = "the range is from one version of IP to the other"
	whyPort     = "what follows the address is no port"
	noteHostBit = "the address has bits beyond the length of its prefix; the whole block is in the list"
)

// readEntry reads what stands alone in a line or a cell: 192.0.2.1, 192.0.2.0/24, 2001:db8::/32, 192.0.2.1-192.0.2.9,
// 192.0.2.1:443, [2001:db8::1]:443, and addresses with dots in brackets, as reports write them (192[.]0[.]2[.]1). The port
// does not count. Where why is not empty, the text is none of these.
func readEntry(text []byte) (e entry, why string) {
	if a, rest, ok := readAddr4(text); ok {
		if len(rest) == 0 {
			return entry4(a, a), ""
		}
		if rest[0] == '/' {
			return readBlock4(a, rest[1:])
		}
	}
	const longest = 128 // of a range of two addresses that are written in full, with room for brackets
	if len(text) > longest || len(text) < len("::") {
		return entry{}, whyNone
	}
	return readSlowly(strings.ReplaceAll(string(text), "[.]", "."))
}

// readAddr4 reads an IPv4 address at the start of a text. It is the inner loop of a list of millions.
func readAddr4(text []byte) (a uint32, rest []byte, ok bool) {
	i := 0
	for part := range 4 {
		if part > 0 {
			if i >= len(text) || text[i] != '.' {
				return 0, nil, false
			}
			i++
		}
		begin, n := i, uint32(0)
		for i < len(text) && i-begin < 3 && text[i]-'0' <= 9 {
			n = n*10 + uint32(text[i]-'0')
			i++
		}
		if i == begin || n > 255 || text[begin] == '0' && i > begin+1 {
			return 0, nil, false
		}
		a = a<<8 | n
	}
	if i < len(text) && (text[i]-'0' <= 9 || text[i] == '.') {
		return 0, nil, false
	}
	return a, text[i:], true
}

func readBlock4(a uint32, length []byte) (entry, string) {
	n, ok := prefixLength(length, 32)
	if !ok {
		return entry{}, whyLength
	}
	host := uint32(math.MaxUint32 >> n) // shifted as a 64-bit number, so that /32 gives 0
	e := entry4(a&^host, a|host)
	if a&host != 0 {
		e.note = noteHostBit
	}
	return e, ""
}

func prefixLength(text []byte, most int) (int, bool) {
	n := 0
	for _, c := range text {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, len(text) > 0 && len(text) <= 3 && n <= most && (text[0] != '0' || len(text) == 1)
}

func entry4(first, last uint32) entry {
	return entry{first: addr6{lo: uint64(first)}, last: addr6{lo: uint64(last)}}
}

func readSlowly(text string) (entry, string) {
	if first, last, ok := strings.Cut(text, "-"); ok {
		return readRange(strings.TrimSpace(first), strings.TrimSpace(last))
	}
	addr, length, block := strings.Cut(text, "/")
	if !block {
		var why string
		if addr, why = cutPort(addr); why != "" {
			return entry{}, why
		}
	}
	a, why := readAddr(addr)
	if why != "" {
		return entry{}, why
	}
	if !block {
		return entryOf(a, a)
	}
	return readBlock(a, length)
}

// readAddr reads an address of either version. One that is mapped into IPv6 stays so.
func readAddr(text string) (netip.Addr, string) {
	a, err := netip.ParseAddr(text)
	switch {
	case err == nil && a.Zone() == "":
		return a, ""
	case err == nil, strings.Contains(text, "%") && strings.Contains(text, ":"):
		return netip.Addr{}, whyZone
	case hasLeadingZero(text):
		return netip.Addr{}, whyZeros
	}
	return netip.Addr{}, whyNone
}

// hasLeadingZero reports whether a text is an IPv4 address but for the zeros before its numbers.
func hasLeadingZero(text string) bool {
	parts := strings.Split(text, ".")
	zeros := false
	for _, part := range parts {
		if _, err := strconv.ParseUint(part, 10, 8); err != nil {
			return false
		}
		zeros = zeros || len(part) > 1 && part[0] == '0'
	}
	return zeros && len(parts) == 4
}

// cutPort takes a port off an address, and the brackets of an IPv6 address.
func cutPort(text string) (addr, why string) {
	var port string
	switch {
	case strings.HasPrefix(text, "["):
		inside, after, closed := strings.Cut(text[1:], "]")
		if !closed {
			return "", whyNone
		}
		if after == "" {
			return inside, ""
		}
		var colon bool
		if port, colon = strings.CutPrefix(after, ":"); !colon {
			return "", whyPort
		}
		addr = inside
	case strings.Count(text, ":") == 1:
		addr, port, _ = strings.Cut(text, ":")
	default:
		return text, ""
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		if _, err := netip.ParseAddr(addr); err != nil {
			return "", whyNone
		}
		return "", whyPort
	}
	return addr, ""
}

func readBlock(a netip.Addr, length string) (entry, string) {
	n, ok := prefixLength([]byte(length), a.BitLen())
	if !ok {
		return entry{}, whyLength
	}
	if a.Is4() {
		return readBlock4(number4(a), []byte(length))
	}
	masked := netip.PrefixFrom(a, n).Masked()
	first := number6(masked.Addr())
	e := between6(first, first.last(128-n))
	if number6(a) != first {
		e.note = noteHostBit
	}
	return e, ""
}

func readRange(from, to string) (entry, string) {
	first, why := readAddr(from)
	if why != "" {
		return entry{}, why
	}
	last, why := readAddr(to)
	if why != "" {
		return entry{}, why
	}
	return entryOf(first, last)
}

func entryOf(first, last netip.Addr) (entry, string) {
	first, last = first.Unmap(), last.Unmap()
	switch {
	case first.Is4() != last.Is4():
		return entry{}, whyMixed
	case last.Less(first):
		return entry{}, whyOrder
	case first.Is4():
		return entry4(number4(first), number4(last)), ""
	}
	return between6(number6(first), number6(last)), ""
}

// between6 makes an entry of a range of IPv6 addresses, or of IPv4 addresses where all are mapped ones.
func between6(first, last addr6) entry {
	mapped := func(a addr6) bool { return a.hi == 0 && a.lo>>32 == 0xffff }
	if mapped(first) && mapped(last) {
		return entry4(uint32(first.lo), uint32(last.lo))
	}
	return entry{is6: true, first: first, last: last}
}

// isForeign reports whether a text names something that lists hold beside addresses: a domain, a URL, an e-mail address
// or the hash of a file.
func isForeign(text []byte) bool {
	switch {
	case bytes.Contains(text, []byte("://")), bytes.IndexByte(text, '@') > 0:
		return true
	case bytes.IndexByte(text, '.') >= 0:
		return isDomain(string(text))
	}
	switch len(text) {
	case 32, 40, 64, 96, 128: // MD5, SHA-1, SHA-256, SHA-384, SHA-512
		return !bytes.ContainsFunc(text, func(r rune) bool { return r > 'f' || !isHex(byte(r)) })
	}
	return false
}

func isHex(c byte) bool { return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'f' }

func isDomain(text string) bool {
	text = strings.TrimPrefix(strings.ReplaceAll(text, "[.]", "."), "*.")
	if len(text) > 253 {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool {
			return r < 0x80 && r != '-' && r != '_' && (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z')
		}) {
			return false
		}
	}
	top := text[strings.LastIndexByte(text, '.')+1:]
	return len(top) >= 2 && (top[0] > '9')
}
