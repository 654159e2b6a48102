package rule

import (
	"net/netip"
	"regexp"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
)

// Surroundings are what the user tells of the environment in which actions happen.
type Surroundings struct {
	// Cluster names the cluster of records that do not tell theirs.
	Cluster string
	// Lists says what is known of addresses; nil for nothing.
	Lists Addresses
	// Users, Namespaces and Images list what is allowed; nil for anything.
	Users, Namespaces, Images *AllowList
}

// Addresses says what lists tell of an address.
type Addresses interface {
	// Facts gives those of OnThreatList, OnCustomList, OnTorList and IsTrusted that hold for an address.
	Facts(a netip.Addr) Facts
	// Matches names the lists that hold it, but for trusted ones.
	Matches(a netip.Addr) []finding.ListMatch
}

// AllowList is a set of names and globs: * stands for any characters, ? for one.
type AllowList struct {
	names map[string]bool
	globs []*regexp.Regexp
}

// NewAllowList makes a list of its entries.
func NewAllowList(entries []string) *AllowList {
	l := &AllowList{names: map[string]bool{}}
	for _, entry := range entries {
		if !strings.ContainsAny(entry, "*?") {
			l.names[entry] = true
			continue
		}
		pattern := strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(entry))
		l.globs = append(l.globs, regexp.MustCompile(`(?s)\A`+pattern+`\z`))
	}
	return l
}

// Allows reports whether a name is on the list. No list allows everything.
func (l *AllowList) Allows(name string) bool {
	if l == nil || l.names[name] {
		return true
	}
	for _, g := range l.globs {
		if g.MatchString(name) {
			return true
		}
	}
	return false
}
