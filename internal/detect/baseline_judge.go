package detect

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// A cluster has learned once its period has passed since its first request, and requests were observed in an eighth of the
// period's hours and on three days of seven, old ones counting less: what counts is what was seen, and not how long the log
// says that there was nothing. So a cluster learns anew after a long gap. Of a period longer than a half-life, a half-life's
// hours and days are asked for, since more of them could never be had.
//
// A value is usual to a memory that observed it in two hours or more, old observations counting less (1.5 is enough), of
// which the first was on an earlier day than today; else it is unusual. A memory does not tell of a profile that it observed
// in fewer than eight hours, nor of a value that it may have forgotten within two half-lives, nor, if it is a user's, of an unusual value in a profile that is restless: one in which
// the user took up two values or more within a half-life, from the third day on; what was an anomaly does not make it so,
// and a day that brought as much as it may counts as one value.
//
// A user is known to a cluster who was first seen five days ago or earlier, and in sixteen hours or more.
//
// Once the cluster has learned, an action is an anomaly in four cases:
//
//   - out of character: its user is known, a profile of the deed is unusual to the user, and so are as many sides as the
//     rule asks for, or one more where the user is known to do the deed once in a while;
//   - in other hands: its user is known, and one side more than the rule asks for is unusual to the user, one of them
//     to the whole cluster, whatever the deed;
//   - unheard of: its user is not known, and both a profile of the deed and as many sides as the rule asks for are unusual
//     to the whole cluster, but for what a service account does in its own namespace on the first two days of that;
//   - by a stranger: its user is not known, and both the program and the network are unusual to the whole cluster, whatever
//     the deed.
const (
	usualCount    = full + full/2
	restlessSince = halfLife
	restlessCount = 2
	settledAfter  = 2
	knownAfter    = 5
	knownCount    = 16 * full
	toldCount     = 8 * full
)

// fit is how a memory knows a value.
type fit uint8

const (
	untold fit = iota
	usual
	unusual
)

// judgement is how one profile of an action fits the memories of its user and of its cluster.
type judgement struct {
	user, cluster fit
	// value is the index of the value that fits worst; of none, -1.
	value int
}

// judge says what is unusual about an action; nil where nothing is, or not enough was learned to tell.
func (b *baselines) judge(a *rule.Action, u *rule.Unusual, now int64) *finding.Anomaly {
	c := b.clusters[a.ClusterName()]
	if c == nil || !c.hasLearned(b.period, now) {
		return nil
	}
	b.observe(a)
	hour := hourOf(now)
	user := b.users[userKey(a)]
	if user != nil && !user.isKnown(hour) {
		user = nil
	}
	var all [rule.Profiles]judgement
	deed := b.judgeProfiles(u.Deed, &all, c, user, hour)
	sides := b.judgeProfiles(u.Sides, &all, c, user, hour)
	least := max(u.Least, 1)
	outOfCharacter := deed.user > 0 && sides.user >= least && (deed.fresh > 0 || sides.user > least)
	inOtherHands := sides.user > least && sides.both > 0
	unheardOf := user == nil && deed.cluster > 0 && sides.cluster >= least && !c.isInstalled(a, hour)
	byStranger := user == nil && all[rule.ProfileUserAgent].cluster == unusual && all[rule.ProfileNetwork].cluster == unusual
	if !outOfCharacter && !inOtherHands && !unheardOf && !byStranger {
		return nil
	}
	return b.explain(slices.Concat(u.Deed, u.Sides), &all, c, user, hour)
}

// hasLearned reports whether enough of a cluster was observed, for a period over which to learn.
func (c *clusterHabits) hasLearned(period time.Duration, now int64) bool {
	hour := hourOf(now)
	total := c.find(totalOf(rule.ProfileAPI))
	if total == nil || now-c.since < int64(period) {
		return false
	}
	asked := int64(min(period, halfLife*24*time.Hour))
	hours, days := asked/8*full/int64(time.Hour), asked/7*3*full/int64(24*time.Hour)
	return int64(total.at(hour)) >= hours && int64(c.days.at(hour)) >= days
}

// isInstalled reports whether a service account acts in its own namespace, which was first seen today or yesterday. So it
// looks when software is installed: its first acts are new by nature, and there is nothing of anybody else's to take.
func (c *clusterHabits) isInstalled(a *rule.Action, hour uint32) bool {
	namespace, _, ok := rule.ServiceAccount(a.User.Name)
	if !ok || namespace != a.Object.Namespace {
		return false
	}
	key := keyOf(rule.ProfileNamespace, []byte(namespace))
	if s := c.find(key); s != nil {
		return s.first+1 >= dayOf(hour)
	}
	return c.fit(key, hour) == unusual // It was not forgotten.
}

// isKnown reports whether enough of a user was seen to tell their character.
func (h *habits) isKnown(hour uint32) bool {
	s := h.find(totalOf(rule.ProfileAPI))
	return s != nil && int(dayOf(hour))-int(s.first) >= knownAfter && s.at(hour) >= knownCount
}

// unusualCount is how many profiles are unusual to the user, to the cluster, and to both, and of how many the user is not
// known to have shown the value before today.
type unusualCount struct{ user, cluster, both, fresh int }

// judgeProfiles judges some profiles of the action, and counts those that are unusual.
func (b *baselines) judgeProfiles(
	profiles []rule.Profile, all *[rule.Profiles]judgement, c *clusterHabits, user *habits, hour uint32,
) (n unusualCount) {
	for _, p := range profiles {
		j := judgement{value: -1}
		for i := range b.values {
			if b.values[i].profile == p {
				j = worse(j, judgement{user.fit(b.values[i].key, hour), c.fit(b.values[i].key, hour), i})
			}
		}
		if j.user == unusual && user.isRestless(p, hour) {
			j.user = untold
		}
		all[p] = j
		if j.user == unusual {
			n.user++
			if user.isFresh(b.values[j.value].key, hour) {
				n.fresh++
			}
		}
		if j.cluster == unusual {
			n.cluster++
		}
		if j.user == unusual && j.cluster == unusual {
			n.both++
		}
	}
	return n
}

// worse gives of two judgements the one that is more unusual; the first where they are alike.
func worse(x, y judgement) judgement {
	weigh := func(j judgement) int { return 4*int(j.user) + int(j.cluster) }
	if x.value < 0 || weigh(y) > weigh(x) {
		return y
	}
	return x
}

// fit tells how a value is known. Of no memory, nothing is told.
func (h *habits) fit(key uint64, hour uint32) fit {
	if h == nil {
		return untold
	}
	today := dayOf(hour)
	s, total := h.find(key), h.find(h.baseOf(profileOf(key)))
	switch {
	case total == nil || total.at(hour) < toldCount:
		return untold
	case s != nil && s.first < today && s.at(hour) >= usualCount:
		return usual
	case s == nil && h.lost[profileOf(key)] != 0 && int(today)-int(h.lost[profileOf(key)]) < 2*halfLife:
		return untold
	}
	return unusual
}

// baseOf is the key of the total among which a profile's values are told: its own, but for what workloads are given of their
// node, which most are not: of that, the hours in which there were workloads. Who never made a workload is told so among all
// hours.
func (h *habits) baseOf(p rule.Profile) uint64 {
	if p == rule.ProfileNode {
		p = rule.ProfileImage
	}
	if p == rule.ProfileImage && h.find(totalOf(p)) == nil {
		p = rule.ProfileAPI
	}
	return totalOf(p)
}

// isFresh reports whether a value was not seen before today, or so long ago that nothing of it is left.
func (h *habits) isFresh(key uint64, hour uint32) bool {
	s := h.find(key)
	return s == nil || s.first == dayOf(hour) || s.at(hour) < full/4
}

// isRestless reports whether a user takes up new values of a profile all the time, so that one more says nothing.
func (h *habits) isRestless(p rule.Profile, hour uint32) bool {
	total := h.find(totalOf(rule.ProfileAPI))
	if total == nil {
		return false
	}
	today := dayOf(hour)
	since := max(int(total.first)+settledAfter+1, int(today)-restlessSince)
	var days [restlessSince + 1]int
	for i := range h.slots {
		s := &h.slots[i]
		if s.key != 0 && profileOf(s.key) == p && s.key != totalOf(p) && int(s.first) >= since && s.first < today && s.at(hour) >= full/2 {
			days[today-s.first]++
		}
	}
	n := 0
	for _, taken := range days {
		if taken >= mostInADay(valuesOfUser()[p]) {
			taken = 1 // Nobody's work, but a flood.
		}
		n += taken
	}
	return n >= restlessCount
}

// explain tells how the profiles of an anomaly fit, each to its user where the user is known, and to the cluster.
func (b *baselines) explain(
	profiles []rule.Profile, all *[rule.Profiles]judgement, c *clusterHabits, user *habits, hour uint32,
) *finding.Anomaly {
	anomaly := &finding.Anomaly{Since: time.Unix(0, c.since).UTC()}
	add := func(scope string, h *habits, f fit, v *value) {
		told := finding.ProfileFit{
			Profile: v.profile.String(), Scope: scope, Value: string(v.text),
			Seen: h.observed(v.key, hour), Total: h.observed(h.baseOf(v.profile), hour),
		}
		switch f {
		case unusual:
			told.Frequent = c.frequent(h, v.profile, hour)
			anomaly.Unusual = append(anomaly.Unusual, told)
		case usual:
			anomaly.Usual = append(anomaly.Usual, told)
		}
	}
	for _, p := range profiles {
		j := all[p]
		if j.value < 0 {
			continue
		}
		if user != nil {
			add("user", user, j.user, &b.values[j.value])
		}
		add("cluster", &c.habits, j.cluster, &b.values[j.value])
	}
	return anomaly
}

// observed is how often a value was observed, old observations counting less, to two decimal places.
func (h *habits) observed(key uint64, hour uint32) float64 {
	s := h.find(key)
	if s == nil {
		return 0
	}
	return math.Round(float64(s.at(hour))/full*100) / 100
}

// frequent gives the texts of the values of a profile that a memory saw most often, three of those that the cluster still
// knows.
func (c *clusterHabits) frequent(h *habits, p rule.Profile, hour uint32) []string {
	const shown = 3
	var most []habit
	for i := range h.slots {
		s := h.slots[i]
		if s.key == 0 || profileOf(s.key) != p || s.key == totalOf(p) || c.texts[s.key] == "" {
			continue
		}
		s.count = s.at(hour)
		most = append(most, s)
	}
	slices.SortFunc(most, func(x, y habit) int { return cmp.Or(cmp.Compare(y.count, x.count), cmp.Compare(x.key, y.key)) })
	var texts []string
	for _, s := range most[:min(shown, len(most))] {
		texts = append(texts, c.texts[s.key])
	}
	return texts
}
