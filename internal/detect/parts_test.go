package detect

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC).UnixNano()

func minutes(n int) int64 { return int64(n) * int64(time.Minute) }

func TestClockFollowsTheStreamAndNotASingleEvent(t *testing.T) {
	type reading struct {
		at     int64
		now    int64
		inTime bool
	}
	future, past := noon+100*365*24*int64(time.Hour), int64(time.Second) // 1970
	for name, readings := range map[string][]reading{
		"events in order":                     {{noon, noon, true}, {noon + minutes(5), noon + minutes(5), true}},
		"an event a little late counts":       {{noon, noon, true}, {noon - minutes(9), noon - minutes(9), true}},
		"a log with gaps of days":             {{noon, noon, true}, {noon + minutes(60*24*3), noon + minutes(60*24*3), true}},
		"an event later than the bound":       {{noon, noon, true}, {noon - minutes(11), noon - minutes(11), false}},
		"one from the future moves nothing":   {{noon, noon, true}, {future, future, false}, {noon + minutes(1), noon + minutes(1), true}},
		"one from 1970 moves nothing":         {{noon, noon, true}, {past, past, false}, {noon + minutes(1), noon + minutes(1), true}},
		"one without a time is now":           {{noon, noon, true}, {0, noon, true}},
		"one without a time before any other": {{0, 0, false}, {noon, noon, true}},
		"a gap in the log is believed after a while": append(append([]reading{{noon, noon, true}}, repeat(strayLimit-1, reading{future, future, false})...),
			reading{future, future, true}, reading{future + minutes(1), future + minutes(1), true}),
		"strays that do not agree move nothing": append([]reading{{noon, noon, true}}, strays(3*strayLimit, func(i int) reading {
			at := future + int64(i%2)*minutes(600)
			return reading{at, at, false}
		})...),
		"a first event from the future is forgotten": append(append([]reading{{future, future, true}}, repeat(strayLimit-1, reading{noon, noon, false})...), reading{noon, noon, true}),
	} {
		t.Run(name, func(t *testing.T) {
			var c clock
			for i, r := range readings {
				if now, inTime := c.take(r.at, 10*time.Minute); now != r.now || inTime != r.inTime {
					t.Fatalf("reading %d: %v %v, want %v %v", i, now, inTime, r.now, r.inTime)
				}
			}
		})
	}
}

func repeat[V any](n int, v V) []V { return strays(n, func(int) V { return v }) }

func strays[V any](n int, of func(int) V) []V {
	all := make([]V, n)
	for i := range all {
		all[i] = of(i)
	}
	return all
}

func TestGenerationsForgetWhatWasNotUsedLately(t *testing.T) {
	g := newGenerations[int](3)
	for i := range 3 {
		g.put(fmt.Sprint(i), i)
	}
	g.put("3", 3) // 0, 1 and 2 are now elder.
	if v, ok := g.get([]byte("1")); !ok || v != 1 {
		t.Error("what was used one generation ago is gone")
	}
	g.put("4", 4)
	g.put("5", 5) // 3, 1 and 4 are now elder; 0 and 2 are gone.
	for key, want := range map[string]bool{"0": false, "1": true, "2": false, "3": true, "5": true} {
		if _, ok := g.get([]byte(key)); ok != want {
			t.Errorf("%s is there: %v", key, ok)
		}
	}
	g.expire(noon, minutes(10))
	g.expire(noon+minutes(11), minutes(10))
	g.expire(noon+minutes(22), minutes(10))
	if _, ok := g.get([]byte("5")); ok {
		t.Error("what was not used for two periods is there")
	}
}

// A naive model of a window: all hits, looked through each time.
func TestWindowsCountAsANaiveModelDoes(t *testing.T) {
	value := rule.EventField{Name: "objectRef.name", Of: func(a *rule.Action) string { return a.Object.Name }}
	for _, distinct := range []*rule.EventField{nil, &value} {
		counting := &rule.Counting{Distinct: distinct, Least: 4, Within: 10 * time.Minute}
		for seed := range uint64(50) {
			random := rand.New(rand.NewPCG(seed, 7))
			windows := newGenerations[window](windowLimit)
			var naive []hit
			now := noon
			for range 300 {
				now += int64(random.IntN(240)) * int64(time.Second)
				e := event.Event{Object: event.Reference{Name: fmt.Sprint(random.IntN(6))}}
				var a rule.Action
				a.Reset(&e, &rule.Surroundings{})
				got := count(windows, counting, []byte("key"), &a, now)
				var want bool
				naive, want = naiveCount(naive, hit{At: now, Value: e.Object.Name}, counting)
				if (got != nil) != want {
					t.Fatalf("seed %d: counted %v, want %v", seed, got, want)
				}
			}
		}
	}
}

func naiveCount(hits []hit, h hit, c *rule.Counting) (left []hit, full bool) {
	hits = append(hits, h)
	values, n := map[string]bool{}, 0
	for _, old := range hits {
		if h.At-old.At > int64(c.Within) {
			continue
		}
		left = append(left, old)
		if c.Distinct == nil || !values[old.Value] {
			n++
		}
		values[old.Value] = true
	}
	if n >= c.Least {
		return nil, true
	}
	return left, false
}

func TestSelectorsFitWhatTheyName(t *testing.T) {
	rules := []*rule.Detection{
		{Type: "A:Kubernetes/Exec", On: []rule.Selector{{Verbs: []string{"get", "create"}, Resources: []string{"pods/exec"}}}},
		{Type: "A:Kubernetes/Deployments", On: []rule.Selector{{Verbs: []string{"create"}, Resources: []string{"deployments.apps", "pods"}}}},
		{Type: "A:Kubernetes/Anonymous", On: []rule.Selector{{Facts: rule.IsAnonymous | rule.DidSucceed}}},
		{Type: "A:Kubernetes/Odd", On: []rule.Selector{{Verbs: []string{"escalate"}, Resources: []string{"roles.rbac.authorization.k8s.io"}}}},
	}
	x := newIndex(rules)
	ref := func(resource, sub, group, version string) event.Reference {
		return event.Reference{Resource: resource, Subresource: sub, Group: group, Version: version}
	}
	for name, test := range map[string]struct {
		event event.Event
		want  string
	}{
		"an exec":                          {event.Event{Verb: "get", Object: ref("pods", "exec", "", "v1")}, "[0]"},
		"another verb":                     {event.Event{Verb: "delete", Object: ref("pods", "exec", "", "v1")}, "[]"},
		"a pod":                            {event.Event{Verb: "create", Object: ref("pods", "", "", "v1")}, "[1]"},
		"a subresource that is not named":  {event.Event{Verb: "create", Object: ref("pods", "binding", "", "v1")}, "[]"},
		"a Deployment":                     {event.Event{Verb: "create", Object: ref("deployments", "", "apps", "v1")}, "[1]"},
		"the resource of another group":    {event.Event{Verb: "create", Object: ref("deployments", "", "example.com", "v1")}, "[]"},
		"a record that leaves groups out":  {event.Event{Verb: "create", Object: ref("deployments", "", "", "")}, "[1]"},
		"a core resource of another group": {event.Event{Verb: "create", Object: ref("pods", "", "metrics.k8s.io", "v1")}, "[]"},
		"all facts":                        {event.Event{Verb: "get", User: event.User{Name: "system:anonymous"}, Code: 200}, "[2]"},
		"one fact of two":                  {event.Event{Verb: "get", User: event.User{Name: "system:anonymous"}, Code: 403}, "[]"},
		"no resource at all":               {event.Event{Verb: "get", Code: 200}, "[]"},
	} {
		t.Run(name, func(t *testing.T) {
			var a rule.Action
			a.Reset(&test.event, &rule.Surroundings{})
			met := []int{}
			x.each(&a, func(i int) { met = append(met, i) })
			if got := fmt.Sprint(met); got != test.want {
				t.Errorf("it meets rules %s, not %s", got, test.want)
			}
		})
	}
}

func TestStoriesJoinWhatHasAnActorAnAddressOrATargetInCommon(t *testing.T) {
	sequence := &rule.Detection{
		Type: "AttackSequence:EKS/CompromisedCluster", Severity: finding.SeverityCritical,
		Joins: &rule.Joining{
			Within: time.Hour, Types: 3, Tactics: 2, Grave: finding.SeverityHigh,
			Hostile: func(s *finding.Signal) bool { return s.Type == "Discovery:Kubernetes/TorIPCaller" },
		},
	}
	signal := func(kind, user, address string, severity finding.Severity, minute int) *finding.Detection {
		return &finding.Detection{
			ID: fmt.Sprint(kind, minute), FindingID: finding.Fingerprint(kind, user), Type: kind, Severity: severity, Cluster: "prod",
			At: time.Unix(0, noon+minutes(minute)).UTC(), Actor: finding.Actor{Username: user}, Call: finding.APICall{SourceIPs: strings.Split(address, ",")},
		}
	}
	tor := func(user, address string, minute int) *finding.Detection {
		return signal("Discovery:Kubernetes/TorIPCaller", user, address, finding.SeverityMedium, minute)
	}
	admin := func(user, address string, minute int) *finding.Detection {
		return signal("Policy:Kubernetes/AdminAccessToDefaultServiceAccount", user, address, finding.SeverityHigh, minute)
	}
	exec := func(user, address string, minute int) *finding.Detection {
		return signal("Execution:Kubernetes/ExecInKubeSystemPod", user, address, finding.SeverityMedium, minute)
	}
	grant := admin("eve", "10.0.0.1", 0)
	grant.Binding = &finding.BindingDetails{Subjects: []string{"ServiceAccount:shop/web"}}
	toSelf := admin("eve", "10.0.0.1", 2)
	toSelf.Binding = &finding.BindingDetails{Subjects: []string{"User:eve", "User:eve"}}
	for name, test := range map[string]struct {
		signals []*finding.Detection
		around  string
	}{
		"one actor":                                     {[]*finding.Detection{tor("eve", "10.0.0.1", 0), admin("eve", "10.0.0.2", 1), exec("eve", "10.0.0.3", 2)}, "actor eve"},
		"one public address":                            {[]*finding.Detection{tor("a", "203.0.113.7", 0), admin("b", "203.0.113.7", 1), exec("c", "203.0.113.7", 2)}, "address 203.0.113.7"},
		"a private address joins nobody":                {[]*finding.Detection{tor("a", "10.0.0.1", 0), admin("b", "10.0.0.1", 1), exec("c", "10.0.0.1", 2)}, ""},
		"an address that only a header claims":          {[]*finding.Detection{tor("a", "203.0.113.7,198.51.100.1", 0), admin("b", "203.0.113.7,198.51.100.2", 1), exec("c", "203.0.113.7,198.51.100.3", 2)}, ""},
		"one public address behind forged headers":      {[]*finding.Detection{tor("a", "192.0.2.1,203.0.113.7", 0), admin("b", "192.0.2.2,203.0.113.7", 1), exec("c", "203.0.113.7", 2)}, "address 203.0.113.7"},
		"who was given rights goes on":                  {[]*finding.Detection{grant, tor("system:serviceaccount:shop:web", "10.0.0.9", 5), exec("system:serviceaccount:shop:web", "10.0.0.9", 6)}, "actor system:serviceaccount:shop:web"},
		"who gives rights to themselves":                {[]*finding.Detection{tor("eve", "10.0.0.1", 0), exec("eve", "10.0.0.1", 1), toSelf, tor("eve", "10.0.0.1", 3)}, "actor eve"},
		"too few types":                                 {[]*finding.Detection{tor("eve", "10.0.0.1", 0), admin("eve", "10.0.0.1", 1), admin("eve", "10.0.0.1", 2)}, ""},
		"nothing that tells of an attacker":             {[]*finding.Detection{exec("eve", "10.0.0.1", 0), admin("eve", "10.0.0.1", 1), signal("Impact:Kubernetes/X", "eve", "10.0.0.1", finding.SeverityHigh, 2)}, ""},
		"nothing grave":                                 {[]*finding.Detection{tor("eve", "10.0.0.1", 0), exec("eve", "10.0.0.1", 1), signal("Impact:Kubernetes/X", "eve", "10.0.0.1", finding.SeverityLow, 2)}, ""},
		"too far apart":                                 {[]*finding.Detection{tor("eve", "10.0.0.1", 0), admin("eve", "10.0.0.1", 61), exec("eve", "10.0.0.1", 62)}, ""},
		"the same signals around two things, told once": {[]*finding.Detection{tor("eve", "203.0.113.7", 0), admin("eve", "203.0.113.7", 1), exec("eve", "203.0.113.7", 2)}, "actor eve"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStories([]*rule.Detection{sequence})
			around := ""
			for _, d := range test.signals {
				for _, told := range s.take(d, d.At.UnixNano()) {
					around += told.Sequence.Around + " " + told.Sequence.Subject
				}
			}
			if around != test.around {
				t.Errorf("told around %q, want %q", around, test.around)
			}
		})
	}
}

// One attack is one finding, whoever and whatever its signals have in common at the time.
func TestAStoryThatGoesOnIsTheSameFinding(t *testing.T) {
	sequence := &rule.Detection{
		Type: "AttackSequence:EKS/CompromisedCluster", Severity: finding.SeverityCritical,
		Joins: &rule.Joining{
			Within: time.Hour, Types: 3, Tactics: 2, Grave: finding.SeverityHigh, Hostile: func(*finding.Signal) bool { return true },
		},
	}
	// A step is by a user from an address, and of a type that is a letter.
	type step struct{ user, address, kind string }
	const home, away = "203.0.113.7", "198.51.100.9"
	eve := func(address, kinds string) (steps []step) {
		for _, kind := range strings.Split(kinds, "") {
			steps = append(steps, step{"eve", address, kind})
		}
		return steps
	}
	for name, test := range map[string]struct {
		steps []step
		// What is told: a finding by its number, around what, of how many signals, how often before, and how many are new.
		want string
	}{
		"a type comes to it":                    {eve(home, "abcd"), "[1 actor 3 0 0] [1 actor 4 1 1]"},
		"the same comes again":                  {eve(home, "abcabc"), "[1 actor 3 0 0]"},
		"from two addresses, the first again":   {slices.Concat(eve(home, "ab"), eve(away, "c"), eve(home, "de")), "[1 actor 3 0 0] [1 actor 4 1 1] [1 actor 5 2 1]"},
		"from one address, then others of it":   {append(eve(home, "abc"), step{"bob", home, "d"}, step{"bob", home, "e"}), "[1 actor 3 0 0] [1 address 4 1 1] [1 address 5 2 1]"},
		"by others, then the first from afar":   {slices.Concat(eve(home, "abc"), []step{{"bob", home, "d"}}, eve(away, "e")), "[1 actor 3 0 0] [1 address 4 1 1] [2 actor 4 0 0]"},
		"two attackers":                         {append(eve(home, "abc"), step{"bob", away, "a"}, step{"bob", away, "b"}, step{"bob", away, "c"}), "[1 actor 3 0 0] [2 actor 3 0 0]"},
		"from an address, known by one of many": {[]step{{"bob", home, "a"}, {"eve", home, "b"}, {"eve", home, "c"}, {"eve", home, "d"}}, "[1 address 3 0 0] [1 address 4 1 1]"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStories([]*rule.Detection{sequence})
			numbers, occurrences, got := map[string]int{}, map[string]bool{}, []string{}
			for i, one := range test.steps {
				d := &finding.Detection{
					ID: fmt.Sprint(i), FindingID: finding.Fingerprint(one.kind, one.user), Type: "Tactic" + one.kind + ":Kubernetes/X", Severity: finding.SeverityHigh,
					Cluster: "prod", At: time.Unix(0, noon+minutes(i)).UTC(), Actor: finding.Actor{Username: one.user}, Call: finding.APICall{SourceIPs: []string{one.address}},
				}
				for _, told := range s.take(d, d.At.UnixNano()) {
					if numbers[told.FindingID] == 0 {
						numbers[told.FindingID] = len(numbers) + 1
					}
					if occurrences[told.ID] {
						t.Errorf("two occurrences have the ID %s", told.ID)
					}
					occurrences[told.ID] = true
					q := told.Sequence
					got = append(got, fmt.Sprint([]any{numbers[told.FindingID], q.Around, len(q.Signals), q.Updates, len(q.New)}))
				}
				saved, err := s.save()
				if err != nil {
					t.Fatal(err)
				}
				s = newStories([]*rule.Detection{sequence})
				if err := s.load(saved); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("told %s, want %s", strings.Join(got, " "), test.want)
			}
		})
	}
}
