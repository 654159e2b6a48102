package detect

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// town is a cluster in which a test plays what happens, day by day, and asks how usual it is.
type town struct {
	b   *baselines
	now time.Time
	a   rule.Action
}

func newTown() *town {
	return &town{b: newBaselines(DefaultLearn), now: time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)}
}

// deed is a request: what is not set is as alice does it.
type deed struct {
	user, verb, resource, namespace, agent, ip string
	path                                       string // of a request for no resource
	code                                       int
}

func (d deed) by(user string) deed {
	d.user = user
	return d
}

func (w *town) load(d deed) {
	or := func(value, otherwise string) string {
		if value == "" {
			return otherwise
		}
		return value
	}
	e := event.Event{
		Verb: or(d.verb, "get"), User: event.User{Name: or(d.user, "alice")}, UserAgent: or(d.agent, "kubectl/v1.35.0"),
		SourceIPs: event.Raw(`["` + or(d.ip, "203.0.113.20") + `"]`), Code: max(d.code, 200), At: w.now.UnixNano(), Received: w.now.UnixNano(),
		Object: event.Reference{Resource: or(d.resource, "pods"), Namespace: or(d.namespace, "shop"), Name: "x"},
	}
	if d.path != "" {
		var decoder event.Decoder
		records, err := decoder.Append(nil, `{"kind":"Event","requestURI":"`+d.path+`","verb":"get"}`)
		if err != nil || len(records) != 1 {
			panic(err)
		}
		records[0].User, records[0].UserAgent, records[0].SourceIPs, records[0].Code = e.User, e.UserAgent, e.SourceIPs, e.Code
		e = records[0]
	}
	w.a.Reset(&e, &rule.Surroundings{Cluster: "prod"})
	w.b.begin()
}

// does has deeds happen.
func (w *town) does(deeds ...deed) {
	for _, d := range deeds {
		w.load(d)
		w.b.learn(&w.a, w.now.UnixNano(), false)
	}
}

// every has deeds happen in each of four hours on a number of days.
func (w *town) every(days int, deeds ...deed) {
	w.daily(days, 4, deeds...)
}

// hourly has deeds happen in each of a number of hours.
func (w *town) hourly(hours int, deeds ...deed) {
	for range hours {
		w.does(deeds...)
		w.now = w.now.Add(time.Hour)
	}
}

// daily has deeds happen in a number of hours on each of a number of days.
func (w *town) daily(days, hours int, deeds ...deed) {
	for range days {
		w.hourly(hours, deeds...)
		w.now = w.now.Add(time.Duration(24-hours) * time.Hour)
	}
}

// judges is what the baselines say of a deed that a rule with least looks at.
func (w *town) judges(d deed, least int) *finding.Anomaly {
	w.load(d)
	return w.b.judge(&w.a, &rule.Unusual{
		Deed: []rule.Profile{rule.ProfileAPI}, Sides: []rule.Profile{rule.ProfileNamespace, rule.ProfileUserAgent, rule.ProfileNetwork}, Least: least,
	}, w.now.UnixNano())
}

const (
	abroad = "198.51.100.7"
	python = "python-requests/2.32.3"
)

func TestWhatIsUnusual(t *testing.T) {
	usually := deed{}
	secrets := deed{resource: "secrets"}
	stolen := deed{resource: "secrets", ip: abroad, agent: python}
	for name, c := range map[string]struct {
		before func(w *town)
		deed   deed
		least  int
		want   bool
	}{
		"nothing while the cluster learns":                    {func(w *town) { w.every(6, usually) }, stolen, 1, false},
		"a deed that is new, and from elsewhere":              {func(w *town) { w.every(8, usually) }, stolen, 1, true},
		"a deed that is new, with all else as usual":          {func(w *town) { w.every(8, usually) }, secrets, 1, false},
		"a deed that is new, in another namespace":            {func(w *town) { w.every(8, usually) }, deed{resource: "secrets", namespace: "payments"}, 1, true},
		"a deed that is new, in another namespace, of two":    {func(w *town) { w.every(8, usually) }, deed{resource: "secrets", namespace: "payments"}, 2, false},
		"a deed that is new, from elsewhere, by another tool": {func(w *town) { w.every(8, usually) }, stolen, 2, true},
		"what is usual":                                         {func(w *town) { w.every(8, usually) }, usually, 1, false},
		"what is usual, from elsewhere":                         {func(w *town) { w.every(8, usually) }, deed{ip: abroad}, 1, false},
		"what is usual, in other hands":                         {func(w *town) { w.every(8, usually) }, deed{ip: abroad, agent: python}, 1, true},
		"what is usual, in other hands, of two":                 {func(w *town) { w.every(8, usually) }, deed{ip: abroad, agent: python}, 2, false},
		"what is usual, as a colleague does it":                 {func(w *town) { w.every(8, usually, deed{user: "bob", ip: abroad, agent: python}) }, deed{ip: abroad, agent: python}, 1, false},
		"another version of the program":                        {func(w *town) { w.every(8, usually) }, deed{resource: "secrets", agent: "kubectl/v1.36.0"}, 1, false},
		"another address of the network":                        {func(w *town) { w.every(8, usually) }, deed{resource: "secrets", ip: "203.0.113.99"}, 1, false},
		"a pod that moved to another node":                      {func(w *town) { w.every(8, deed{ip: "10.20.1.1"}) }, deed{resource: "secrets", ip: "10.20.77.3"}, 1, false},
		"somebody new does what others do, from elsewhere":      {func(w *town) { w.every(8, usually, secrets) }, deed{user: "mallory", resource: "secrets", ip: abroad}, 1, false},
		"a stranger does what others do":                        {func(w *town) { w.every(8, usually, secrets) }, stolen.by("mallory"), 1, true},
		"a stranger does what others do, as a colleague would":  {func(w *town) { w.every(8, usually, stolen.by("bob")) }, stolen.by("mallory"), 1, false},
		"somebody new does what nobody does, as nobody does it": {func(w *town) { w.every(8, usually) }, deed{user: "mallory", resource: "secrets", ip: abroad}, 1, true},
		"somebody new does what nobody does, as others would":   {func(w *town) { w.every(8, usually) }, deed{user: "mallory", resource: "secrets"}, 1, false},
		"somebody who came yesterday":                           {func(w *town) { w.every(8, usually, secrets); w.every(1, deed{user: "mallory"}) }, deed{user: "mallory", resource: "secrets", ip: abroad}, 1, false},
		"a deed of this morning is not usual yet": {func(w *town) {
			w.every(8, usually)
			for range 6 {
				w.does(secrets)
				w.now = w.now.Add(time.Hour)
			}
		}, stolen, 1, true},
		"a hundred deeds in an hour of yesterday are one": {func(w *town) {
			w.every(8, usually)
			for range 100 {
				w.does(secrets)
				w.now = w.now.Add(time.Second)
			}
			w.now = w.now.Add(24 * time.Hour)
		}, deed{resource: "secrets", ip: abroad, agent: python}, 1, true},
		"a deed that is seldom needs one side more": {
			func(w *town) { w.every(8, usually); w.does(secrets); w.now = w.now.Add(24 * time.Hour) },
			deed{resource: "secrets", namespace: "payments"},
			1, false,
		},
		"a deed of two hours of yesterday is usual": {func(w *town) {
			w.every(8, usually)
			w.does(secrets)
			w.now = w.now.Add(time.Hour)
			w.does(secrets)
			w.now = w.now.Add(24 * time.Hour)
		}, deed{resource: "secrets", namespace: "payments"}, 1, false},
		"what was usual two months ago": {func(w *town) {
			w.every(2, secrets)
			w.every(60, usually)
		}, stolen, 1, true},
		"a request that was denied teaches nothing": {func(w *town) {
			w.every(8, usually)
			w.every(3, deed{resource: "secrets", ip: abroad, agent: python, code: 403})
		}, stolen, 1, true},
		"one more namespace of a user who takes up others all the time": {func(w *town) {
			for i := range 12 {
				w.every(1, usually, deed{namespace: fmt.Sprint("app-", i)})
			}
		}, deed{resource: "secrets", namespace: "payments"}, 1, false},
		"software that was just installed reads secrets of its own": {
			func(w *town) {
				w.every(8, usually)
				w.does(deed{user: "system:serviceaccount:operator:controller", namespace: "operator"})
			},
			deed{user: "system:serviceaccount:operator:controller", resource: "secrets", namespace: "operator", agent: "controller"},
			1, false,
		},
		"software that was just installed reads secrets of others": {
			func(w *town) {
				w.every(8, usually)
				w.does(deed{user: "system:serviceaccount:operator:controller", namespace: "operator"})
			},
			deed{user: "system:serviceaccount:operator:controller", resource: "secrets", agent: "controller"},
			1, true,
		},
		"the token of software that was just installed, elsewhere": {
			func(w *town) {
				w.every(8, usually)
				w.does(deed{user: "system:serviceaccount:operator:controller", namespace: "operator"})
			},
			deed{user: "system:serviceaccount:operator:controller", resource: "secrets", namespace: "operator", agent: python, ip: abroad},
			1, true,
		},
		"a new account of an old namespace reads secrets there": {
			func(w *town) { w.every(8, usually) },
			deed{user: "system:serviceaccount:shop:controller", resource: "secrets", agent: "controller"},
			1, true,
		},
		"a new node does what nodes do": {func(w *town) {
			w.every(8, deed{user: "system:node:a", agent: "kubelet/v1.35.0", ip: "10.20.1.1"})
		}, deed{user: "system:node:b", agent: "kubelet/v1.35.0", ip: "10.20.9.1"}, 1, false},
		"a new node does what nodes never do": {func(w *town) {
			w.every(8, deed{user: "system:node:a", agent: "kubelet/v1.35.0", ip: "10.20.1.1"})
		}, deed{user: "system:node:b", resource: "secrets", ip: abroad}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown()
			c.before(w)
			if got := w.judges(c.deed, c.least); (got != nil) != c.want {
				t.Errorf("unusual is %v, want %v: %+v", got != nil, c.want, got)
			}
		})
	}
}

// flood has one request made again and again within a few minutes, with another program, network and namespace each time.
func (w *town) flood(n int, d deed) {
	for i := range n {
		d.agent, d.ip, d.namespace = fmt.Sprint("made-up-", i), fmt.Sprintf("%d.%d.7.9", 20+i/250, i%250), fmt.Sprint("made-up-", i)
		w.does(d)
		w.now = w.now.Add(10 * time.Millisecond)
	}
}

// Whoever wants to go unnoticed fills the memories first, so that nothing more is told to be new.
func TestAFloodOfMadeUpValuesHidesNothing(t *testing.T) {
	stolen := deed{resource: "secrets", ip: abroad, agent: python}
	for name, c := range map[string]struct {
		flood deed
		then  int // Days on which life goes on.
		deed  deed
	}{
		"by a user, then at once":                         {deed{}, 0, stolen},
		"by a user, then the next day":                    {deed{}, 1, stolen},
		"by a user, then a week later":                    {deed{}, 7, stolen},
		"by a user, then what they always do":             {deed{}, 1, deed{ip: abroad, agent: python}},
		"by a user, for the version":                      {deed{path: "/version"}, 1, stolen},
		"by a user, then a stranger":                      {deed{}, 1, stolen.by("mallory")},
		"by a stranger, for the version":                  {deed{user: "mallory", path: "/version"}, 1, stolen.by("mallory")},
		"without credentials, for the health":             {deed{user: "system:anonymous", path: "/livez"}, 0, stolen.by("mallory")},
		"without credentials, then a user":                {deed{user: "system:anonymous", path: "/livez"}, 0, stolen},
		"without credentials, for what was opened to all": {deed{user: "system:anonymous"}, 0, stolen.by("mallory")},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown()
			w.every(8, deed{}, deed{user: "bob"})
			w.flood(9000, c.flood)
			w.every(c.then, deed{}, deed{user: "bob"})
			if w.judges(c.deed, 1) == nil {
				t.Error("nothing is unusual")
			}
			held := w.b.clusters["prod"]
			for p, size := range held.sizes {
				if limit := valuesOfCluster()[p]; int(size) > limit/2+mostInADay(limit) || held.lost[p] != 0 {
					t.Errorf("the cluster holds %d values of %s, of %d, and lost some on day %d", size, rule.Profile(p), limit, held.lost[p])
				}
			}
		})
	}
}

func TestWhatAnybodyMayAskForTeachesNoProgramsAndNetworks(t *testing.T) {
	for name, c := range map[string]struct {
		asks deed
		want bool // Whether it teaches them.
	}{
		"a health check":           {deed{path: "/readyz?verbose"}, false},
		"one part of it":           {deed{path: "/livez/ping"}, false},
		"discovery":                {deed{path: "/apis/apps/v1?timeout=32s"}, false},
		"the keys of tokens":       {deed{path: "/openid/v1/jwks"}, false},
		"metrics":                  {deed{path: "/metrics"}, true},
		"a resource":               {deed{}, true},
		"one without credentials":  {deed{user: "system:anonymous"}, false},
		"what only begins as such": {deed{path: "/apish"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown()
			w.does(c.asks)
			sizes := w.b.clusters["prod"].sizes
			if (sizes[rule.ProfileUserAgent] > 0) != c.want || (sizes[rule.ProfileNetwork] > 0) != c.want || sizes[rule.ProfileAPI] != 1 {
				t.Errorf("it teaches %v", sizes)
			}
		})
	}
}

// A day on which somebody does much that is new does not make them one who always does.
func TestOneBusyDayMakesNobodyRestless(t *testing.T) {
	w := newTown()
	w.every(8, deed{})
	day := []deed{{}}
	for i := range 12 {
		day = append(day, deed{namespace: fmt.Sprint("app-", i)})
	}
	w.every(1, day...)
	elsewhere := deed{resource: "secrets", namespace: "payments"}
	if w.judges(elsewhere, 1) == nil {
		t.Error("after one busy day no namespace is unusual")
	}
	for i := range day {
		day[i].namespace += "-more"
	}
	w.every(1, day...)
	if w.judges(elsewhere, 1) != nil {
		t.Error("after two of them another namespace is unusual")
	}
}

// A log that spans the period is not enough: most of it may be a gap.
func TestAClusterLearnsFromWhatItObserves(t *testing.T) {
	stolen := deed{user: "mallory", resource: "secrets", ip: abroad, agent: python}
	day := 24 * time.Hour
	for name, c := range map[string]struct {
		learn  time.Duration
		before func(w *town)
		want   bool
	}{
		"eight days":                          {DefaultLearn, func(w *town) { w.every(8, deed{}) }, true},
		"one request a fortnight ago":         {DefaultLearn, func(w *town) { w.does(deed{}); w.now = w.now.Add(14 * day) }, false},
		"two days, with a week between":       {DefaultLearn, func(w *town) { w.hourly(15, deed{}); w.now = w.now.Add(7 * day); w.hourly(15, deed{}) }, false},
		"three days, with a week between":     {DefaultLearn, func(w *town) { w.hourly(48, deed{}); w.now = w.now.Add(7 * day); w.hourly(48, deed{}) }, true},
		"an hour a day, for a month":          {DefaultLearn, func(w *town) { w.daily(30, 1, deed{}) }, false},
		"the hours of an office, for a week":  {DefaultLearn, func(w *town) { w.daily(5, 8, deed{}); w.now = w.now.Add(2 * day) }, true},
		"a month, two months ago":             {DefaultLearn, func(w *town) { w.hourly(30*24, deed{}); w.now = w.now.Add(60 * day) }, false},
		"a month, two months ago, and a week": {DefaultLearn, func(w *town) { w.hourly(30*24, deed{}); w.now = w.now.Add(60 * day); w.daily(7, 8, deed{}) }, true},
		"what was denied":                     {DefaultLearn, func(w *town) { w.every(8, deed{code: 403}) }, false},
		"a day, of one":                       {day, func(w *town) { w.hourly(25, deed{}) }, true},
		"less than a day, of one":             {day, func(w *town) { w.hourly(23, deed{}) }, false},
		"two hours in a day, of one":          {day, func(w *town) { w.daily(1, 2, deed{}) }, false},
		"three weeks, of ninety days":         {90 * day, func(w *town) { w.hourly(21*24, deed{}) }, false},
		"ninety days in office hours":         {90 * day, func(w *town) { w.daily(91, 8, deed{}) }, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown()
			w.b = newBaselines(c.learn)
			c.before(w)
			if got := w.judges(stolen, 1); (got != nil) != c.want {
				t.Errorf("unusual is %v, want %v: %+v", got != nil, c.want, got)
			}
		})
	}
}

// What is told to be new is so among enough.
func TestFewObservationsTellNothing(t *testing.T) {
	w := newTown()
	w.every(8, deed{path: "/metrics"})
	for hours := range 12 {
		got := w.judges(deed{user: "mallory", resource: "secrets", namespace: "payments"}, 1)
		if want := hours > 7; (got != nil) != want {
			t.Errorf("after %d hours in which anything was done in a namespace, unusual is %v: %+v", hours, got != nil, got)
		}
		w.hourly(1, deed{})
	}
}

func TestAnomaliesAreLearnedSlowly(t *testing.T) {
	w := newTown()
	w.every(8, deed{})
	stolen := deed{resource: "secrets", ip: abroad, agent: python}
	days := 0
	for ; w.judges(stolen, 1) != nil && days < 60; days++ {
		for range 2 {
			w.load(stolen)
			w.b.learn(&w.a, w.now.UnixNano(), true)
			w.now = w.now.Add(time.Hour)
		}
		w.now = w.now.Add(22 * time.Hour)
	}
	// Two hours a day at a quarter of an observation each.
	if days < 3 || days > 5 {
		t.Errorf("an anomaly is usual after %d days", days)
	}
}

func TestAForgottenValueIsNotNew(t *testing.T) {
	w := newTown()
	w.every(8, deed{})
	for i := range 3 * valuesOfUser()[rule.ProfileNamespace] {
		w.does(deed{namespace: fmt.Sprint("app-", i)})
		w.now = w.now.Add(time.Minute)
	}
	w.now = w.now.Add(24 * time.Hour)
	w.does(deed{namespace: "one-more"})
	w.now = w.now.Add(24 * time.Hour)
	if a := w.judges(deed{resource: "secrets", namespace: "app-1"}, 1); a != nil {
		t.Errorf("a namespace that may have been forgotten is told to be new: %+v", a)
	}
	if a := w.judges(deed{resource: "secrets", ip: abroad}, 1); a == nil {
		t.Error("what is known of networks is lost with the namespaces")
	}
	if u := w.b.users[userKey(&w.a)]; u.fit(keyOf(rule.ProfileNamespace, []byte("shop")), hourOf(w.now.UnixNano())) != usual {
		t.Error("the most frequent namespace was forgotten")
	}
}

func TestForgottenUsersBeginAnew(t *testing.T) {
	w := newTown()
	theirs := deed{user: "bob", resource: "secrets", namespace: "payments"}
	w.every(8, deed{}, theirs)
	if w.judges(deed{resource: "secrets", namespace: "payments"}, 1) == nil {
		t.Error("what a known user never did is usual")
	}
	for i := range usersLimit {
		w.does(deed{user: fmt.Sprint("user-", i)})
	}
	if len(w.b.users) > usersLimit {
		t.Errorf("%d users are held", len(w.b.users))
	}
	if w.judges(deed{resource: "secrets", namespace: "payments"}, 1) != nil {
		t.Error("a forgotten user's deed is an anomaly")
	}
}

func TestAnAnomalyExplainsItself(t *testing.T) {
	w := newTown()
	w.every(8, deed{}, deed{verb: "list"})
	a := w.judges(deed{resource: "secrets", ip: abroad}, 1)
	if a == nil {
		t.Fatal("no anomaly")
	}
	i := slices.IndexFunc(a.Unusual, func(f finding.ProfileFit) bool { return f.Profile == "api" && f.Scope == "user" })
	if i < 0 {
		t.Fatalf("the deed is not among what is unusual: %+v", a)
	}
	f := a.Unusual[i]
	if f.Value != "get secrets" || f.Seen != 0 || f.Total < 20 || f.Total > 32 || len(f.Frequent) != 2 {
		t.Errorf("the deed is explained as %+v", f)
	}
	if !slices.ContainsFunc(a.Usual, func(f finding.ProfileFit) bool { return f.Profile == "namespace" && f.Value == "shop" && f.Seen > 10 }) {
		t.Errorf("the namespace is not among what is usual: %+v", a.Usual)
	}
	if !a.Since.Equal(time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("the baseline is told to have begun at %s", a.Since)
	}
}

// TestBaselinesDoNotDependOnCutsNorOnOrder plays a random life: with a checkpoint at random places it comes to the same
// state, and so it does when users who act in the same second do so in another order.
func TestBaselinesDoNotDependOnCutsNorOnOrder(t *testing.T) {
	for seed := range uint64(8) {
		plain, cut, mixed := newTown(), newTown(), newTown()
		rng := rand.New(rand.NewPCG(seed, 1))
		for range 1500 {
			var deeds []deed
			for _, user := range rng.Perm(6) {
				deeds = append(deeds, deed{
					user: fmt.Sprint("user-", user), namespace: fmt.Sprint("app-", rng.IntN(10+90*(user%2))), agent: fmt.Sprint("tool-", rng.IntN(20)),
					ip: fmt.Sprintf("80.1.%d.1", rng.IntN(60)), verb: []string{"get", "list", "create"}[rng.IntN(3)],
				})
			}
			step := time.Duration(rng.IntN(7200)) * time.Second
			for _, w := range []*town{plain, cut, mixed} {
				w.now = w.now.Add(step)
			}
			plain.does(deeds...)
			cut.does(deeds...)
			slices.SortFunc(deeds, func(a, b deed) int { return bytes.Compare([]byte(a.user), []byte(b.user)) })
			mixed.does(deeds...)
			if rng.IntN(40) == 0 {
				saved, err := cut.b.save()
				if err != nil {
					t.Fatal(err)
				}
				cut.b = newBaselines(DefaultLearn)
				if err := cut.b.load(saved); err != nil {
					t.Fatal(err)
				}
			}
		}
		want, _ := plain.b.save()
		if got, _ := cut.b.save(); !bytes.Equal(got, want) {
			t.Errorf("seed %d: a checkpoint changes what is learned", seed)
		}
		if got, _ := mixed.b.save(); !bytes.Equal(got, want) {
			t.Errorf("seed %d: the order of users changes what is learned", seed)
		}
	}
}

func TestADamagedCheckpointIsAnError(t *testing.T) {
	w := newTown()
	w.every(2, deed{}, deed{user: "bob", resource: "secrets"})
	saved, err := w.b.save()
	if err != nil {
		t.Fatal(err)
	}
	for i := range saved {
		damaged := slices.Clone(saved[:i])
		if err := newBaselines(DefaultLearn).load(damaged); err == nil && i > 0 {
			t.Errorf("the first %d of %d bytes pass for a checkpoint", i, len(saved))
		}
	}
	if err := newBaselines(DefaultLearn).load([]byte(`"Aw=="`)); err == nil {
		t.Error("another version is read")
	}
}

func FuzzLoad(f *testing.F) {
	w := newTown()
	w.every(2, deed{}, deed{user: "bob", resource: "secrets"})
	saved, err := w.b.save()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(saved)
	f.Add([]byte(`"AgAA"`))
	f.Add([]byte(`"AgH/////"`))
	f.Fuzz(func(t *testing.T, saved []byte) {
		b := newBaselines(DefaultLearn)
		if b.load(saved) != nil {
			return
		}
		w := newTown()
		w.b = b
		w.does(deed{})
		w.judges(deed{resource: "secrets"}, 1)
		again, err := b.save()
		if err != nil {
			t.Fatal(err)
		}
		if err := newBaselines(DefaultLearn).load(again); err != nil {
			t.Errorf("what was saved is not loaded: %v", err)
		}
	})
}

func TestWhatIsKnownAllocatesNothing(t *testing.T) {
	w := newTown()
	w.every(8, deed{})
	w.load(deed{})
	if n := testing.AllocsPerRun(100, func() {
		w.b.begin()
		w.b.learn(&w.a, w.now.UnixNano(), false)
	}); n != 0 {
		t.Errorf("a known event takes %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() {
		w.now = w.now.Add(time.Hour)
		w.b.begin()
		w.b.learn(&w.a, w.now.UnixNano(), false)
	}); n != 0 {
		t.Errorf("known values in another hour take %v allocations", n)
	}
	u := &rule.Unusual{Deed: []rule.Profile{rule.ProfileAPI}, Sides: []rule.Profile{rule.ProfileNamespace, rule.ProfileUserAgent, rule.ProfileNetwork}}
	if n := testing.AllocsPerRun(100, func() {
		w.b.begin()
		w.b.judge(&w.a, u, w.now.UnixNano())
	}); n != 0 {
		t.Errorf("to judge what is usual takes %v allocations", n)
	}
}
