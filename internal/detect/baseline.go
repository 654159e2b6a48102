package detect

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/rule"
)

// baselines is what is usual for each user and in each cluster: a memory of habits for every one of them.
//
// An observation is an hour in which a value was seen. A thousand requests within an hour teach no more than one, so a
// baseline cannot be trained in a hurry, and to learn a thing twice in an hour changes nothing. Only requests that
// succeeded are learned. Where one of them was an anomaly, what it shows for the first time in an hour counts for a
// quarter of an observation.
//
// Much of a request is the caller's to invent, and a memory that is full can no longer tell what is new. So a user who is
// known takes up no more than an eighth of each profile in a day; what nobody's memory holds fills no more than half of the
// cluster's; and programs and networks are not learned from requests that anybody may make: those without credentials, and
// those for health, versions and discovery.
//
// The memory is bounded: valuesOfUser and valuesOfCluster say how many values of each profile are held. A user with the
// habits of most service accounts takes about 360 bytes, a person about 1.1 KB, and nobody more than 4.2 KB
// (BenchmarkBaselineBytes), so that usersLimit users take 23 MB, 72 MB and at most 275 MB; a cluster takes at most 512 KiB
// and the texts of its values. Of more users, those that were seen longest ago are forgotten, and begin anew when they come
// back.
//
// The nodes of a cluster are one user: they do the same, and come and go.
type baselines struct {
	period   time.Duration
	clusters map[string]*clusterHabits
	users    map[uint64]*habits // by hash of cluster and user

	// hour is that of the clock, and turn how often it changed: what was taken in within a turn is not forgotten in it.
	hour uint32
	turn uint64
	// crowded is the turn in which no user could be forgotten for a new one.
	crowded uint64

	// known holds hashes of requests that have been learned, each in the turn that it is hashed with, so that they need
	// not be looked at more closely. It saves time, and changes nothing: it is not part of a checkpoint.
	known []uint64
	seed  maphash.Seed

	// read says that values are those of the current action; text holds what they were made of.
	read   bool
	values []value
	text   []byte
}

// value is one value of an action in a profile.
type value struct {
	profile rule.Profile
	key     uint64
	text    []byte
}

// clusterHabits is the memory of a cluster. It holds the texts of its values, for all its users.
type clusterHabits struct {
	habits
	since int64 // when it began, in nanoseconds since 1970
	days  habit // on how many days a request was learned; the key is nothing
	texts map[uint64]string
}

// The limits of memory.
const (
	clustersLimit = 256
	usersLimit    = 1 << 16
	knownSize     = 1 << 16 // a power of two
)

// An observation has a weight of full, or of slow where the request was an anomaly.
const (
	full = 128
	slow = full / 4
)

func newBaselines(period time.Duration) *baselines {
	return &baselines{period: period, clusters: map[string]*clusterHabits{}, users: map[uint64]*habits{}, turn: 1}
}

// begin forgets the values of the action before.
func (b *baselines) begin() { b.read = false }

// learn takes an action into the baselines; anomalous says that it was found not to be usual.
func (b *baselines) learn(a *rule.Action, now int64, anomalous bool) {
	if a.Facts&rule.DidSucceed == 0 || now <= 0 {
		return
	}
	if hour := hourOf(now); hour != b.hour {
		b.hour = hour
		b.turn++
	}
	sum := b.sum(a)
	slot := &b.known[sum%knownSize]
	if *slot == sum {
		return
	}
	c := b.cluster(a.ClusterName(), now)
	if c == nil {
		return
	}
	weight := uint16(full)
	if anomalous {
		weight = slow
	}
	b.observe(a)
	u := b.user(a)
	limits := valuesOfUser()
	byAnybody := isByAnybody(a)
	for i := range b.values {
		v := &b.values[i]
		if byAnybody && (v.profile == rule.ProfileUserAgent || v.profile == rule.ProfileNetwork) {
			continue
		}
		how := dropped
		if u != nil {
			if how = u.take(v.key, b.hour, weight, limits[v.profile]); how == again {
				continue // The cluster took it in when the user did.
			}
			u.note(totalOf(v.profile), b.hour, full, 0)
		}
		c.learn(v, b.hour, weight, how != dropped)
	}
	if !hasBody(a) {
		*slot = sum
	}
}

// isByAnybody reports whether a request is one that anybody may make: without credentials, or for what every user may read
// (https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles).
func isByAnybody(a *rule.Action) bool {
	if a.Facts&rule.IsAnonymous != 0 {
		return true
	}
	if a.Object.Resource != "" {
		return false
	}
	first, _, _ := strings.Cut(strings.TrimLeft(a.Path(), "/"), "/")
	switch first {
	case "api", "apis", "openapi", "version", "healthz", "livez", "readyz", ".well-known", "openid":
		return true
	}
	return false
}

// hasBody reports whether values of an action stand in a body that is not in its sum.
func hasBody(a *rule.Action) bool {
	if a.DeploysWorkload() {
		return true
	}
	switch a.Object.Resource {
	case "rolebindings", "clusterrolebindings":
		return true
	}
	return false
}

// sum hashes what an action's values follow from, and the turn; of bodies, only that of a question about a permission.
func (b *baselines) sum(a *rule.Action) uint64 {
	if b.known == nil {
		b.known, b.seed = make([]uint64, knownSize), maphash.MakeSeed()
	}
	sum := b.turn
	for _, text := range [...]string{
		a.ClusterName(), a.User.Name, a.Verb, a.Object.Resource, a.Object.Subresource, a.Object.Group, a.Object.Namespace,
		a.UserAgent, string(a.SourceIPs),
	} {
		sum = mix(sum, maphash.String(b.seed, text))
	}
	switch a.Object.Resource {
	case "":
		sum = mix(sum, maphash.String(b.seed, a.Path()))
	case "selfsubjectaccessreviews":
		sum = mix(sum, maphash.String(b.seed, string(a.Request)))
	}
	if a.Object.Name == "" {
		sum = mix(sum, 1)
	}
	return sum
}

// observe works out the values of the action, unless that is done.
func (b *baselines) observe(a *rule.Action) {
	if b.read {
		return
	}
	b.read = true
	b.values, b.text = b.values[:0], b.text[:0]
	var ends [rule.Profiles]int
	for p := range rule.Profiles {
		b.text = p.Append(b.text, a)
		ends[p] = len(b.text)
	}
	from, p := 0, rule.Profile(0)
	for i, c := range b.text {
		if c != 0 {
			continue
		}
		for i >= ends[p] {
			p++
		}
		text := b.text[from:i]
		b.values = append(b.values, value{p, keyOf(p, text), text})
		from = i + 1
	}
}

// cluster gives the memory of a cluster, which begins now if there is none; nil where there are too many clusters.
func (b *baselines) cluster(name string, now int64) *clusterHabits {
	c := b.clusters[name]
	if c == nil && len(b.clusters) < clustersLimit {
		c = &clusterHabits{since: now, texts: map[uint64]string{}}
		b.clusters[strings.Clone(name)] = c
	}
	return c
}

// learn takes a value into the memory of a cluster, with its text; held says that the memory of its user holds it. One that
// is not held is no new value where half of the profile is taken: there is no end of those.
func (c *clusterHabits) learn(v *value, hour uint32, weight uint16, held bool) {
	limit := valuesOfCluster()[v.profile]
	if !held && int(c.sizes[v.profile]) >= limit/2 && c.find(v.key) == nil {
		return
	}
	how, forgotten := c.note(v.key, hour, weight, limit)
	for _, key := range forgotten {
		delete(c.texts, key)
	}
	if how == added {
		c.texts[v.key] = strings.Clone(cut(masked(string(v.text)), valueLimit))
	}
	if how != again {
		c.note(totalOf(v.profile), hour, full, 0)
		c.beActive(hour)
	}
}

// beActive notes that a request was learned in an hour, once a day.
func (c *clusterHabits) beActive(hour uint32) {
	switch d := &c.days; {
	case d.count == 0:
		*d = habit{last: hour, first: dayOf(hour), count: full}
	case dayOf(hour) > dayOf(d.last):
		d.count, d.last = uint16(min(uint32(d.at(hour))+full, 1<<16-1)), hour
	}
}

// userKey is the hash by which a user of a cluster is known.
func userKey(a *rule.Action) uint64 {
	name := a.User.Name
	if rule.IsNode(name) {
		name = "system:node:*"
	}
	return hashText(hashText(0, a.ClusterName()), name)
}

// user gives the memory of the action's user, an empty one for a new user; nil where there are too many users in one hour,
// and for requests without credentials, whose user is everybody.
func (b *baselines) user(a *rule.Action) *habits {
	if a.Facts&rule.IsAnonymous != 0 {
		return nil
	}
	key := userKey(a)
	u := b.users[key]
	if u == nil {
		if len(b.users) >= usersLimit && !b.forgetUsers() {
			return nil
		}
		u = &habits{}
		b.users[key] = u
	}
	return u
}

// forgetUsers drops an eighth of the users, those that were seen longest ago, but none of this hour; it reports whether
// there is room now.
func (b *baselines) forgetUsers() bool {
	if b.crowded == b.turn {
		return false
	}
	type idle struct {
		key  uint64
		last uint32
	}
	var all []idle
	for key, u := range b.users {
		if last := u.lastHour(); last < b.hour {
			all = append(all, idle{key, last})
		}
	}
	slices.SortFunc(all, func(x, y idle) int { return cmp.Or(cmp.Compare(x.last, y.last), cmp.Compare(x.key, y.key)) })
	for _, u := range all[:min(len(all), usersLimit/8)] {
		delete(b.users, u.key)
	}
	if len(all) == 0 {
		b.crowded = b.turn
	}
	return len(all) > 0
}

// userBytes is how much memory the users take: for each its table, the struct before it, and a place in the map, which is
// two words and a byte, with three quarters of the places in use.
func (b *baselines) userBytes() int64 {
	const tableEntry, header, place = 16, 64, 23
	total := int64(0)
	for _, u := range b.users {
		total += int64(len(u.slots))*tableEntry + header + place
	}
	return total
}
