package report

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// tally counts what the headline is about.
type tally struct {
	// surely and maybe are the exposures that hand something over, by how sure that is.
	surely, maybe []*item
	reached       [certain + 1]int // those that surely do, by whether the internet reaches them
}

func (t *table) tally() tally {
	var n tally
	for _, it := range t.main {
		switch {
		case it.hands == nothing:
		case it.sure < certain:
			n.maybe = append(n.maybe, it)
		default:
			n.surely = append(n.surely, it)
			n.reached[it.reached]++
		}
	}
	return n
}

func (t *table) headline() {
	for i, line := range t.headlines() {
		st := plain
		if i == 0 {
			st = bold
		}
		t.para(nil, styled(st, line))
	}
}

// headlines says what the scan comes down to, the main sentence first.
func (t *table) headlines() []string {
	n := t.tally()
	lines := []string{t.gravest(n)}
	if len(n.surely) == 0 {
		return lines
	}
	lines = append(lines, t.reach(n))
	if len(n.maybe) > 0 {
		lines = append(lines, t.count(headMore, len(n.maybe)))
	}
	return lines
}

// gravest says how many hand over what.
func (t *table) gravest(n tally) string {
	switch {
	case len(n.surely) > 0:
		return t.handOver(headHands, n.surely)
	case len(n.maybe) > 0:
		return t.handOver(headMay, n.maybe)
	case t.knowsAWS():
		return t.say(headNoneAWS)
	}
	return t.say(headNone)
}

// handOver says of some exposures how many they are and what they hand over.
func (t *table) handOver(p plural, all []*item) string {
	var uids []inventory.UID
	hands := map[handed]bool{}
	for _, it := range all {
		uids = append(uids, it.Resource.UID)
		hands[it.handed()] = true
	}
	var what []string
	for i, w := range handedWords() {
		if hands[handed(i)] {
			what = append(what, t.say(w.head.form(t.o.Lang, len(all))))
		}
	}
	return t.say(p.form(t.o.Lang, len(all)), t.counted(uids), t.join(what, joinOr))
}

// knowsAWS reports whether an exposure is about a resource of AWS.
func (t *table) knowsAWS() bool {
	for _, it := range t.main {
		if aws.IsType(it.Resource.Type) {
			return true
		}
	}
	return false
}

// reach says how many of the gravest exposures the internet reaches.
func (t *table) reach(n tally) string {
	if n.reached[certain]+n.reached[possible] == 0 {
		return t.say(headReachUnknown)
	}
	parts := []string{t.say(reachedProven, number(t.o.Lang, n.reached[certain]))}
	if n.reached[possible] > 0 {
		parts = append(parts, t.say(reachedMaybe, number(t.o.Lang, n.reached[possible])))
	}
	if n.reached[notKnown] > 0 {
		parts = append(parts, t.say(reachedUnknown, number(t.o.Lang, n.reached[notKnown])))
	}
	return t.say(headReach, strings.Join(parts, ", "))
}
