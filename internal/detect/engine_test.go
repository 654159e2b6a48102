package detect_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// start is when the streams of these tests begin.
var start = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// run is one engine with what it found so far, as JSON.
type run struct {
	*detect.Engine
	options detect.Options
	found   *[]string
}

func newRun(t *testing.T, rules ...*rule.Detection) run {
	t.Helper()
	var found []string
	o := detect.Options{Rules: rules, Around: rule.Surroundings{Cluster: "prod"}, Found: func(d *finding.Detection) {
		text, err := json.Marshal(d)
		if err != nil {
			t.Error(err)
		}
		found = append(found, string(text))
	}}
	return run{detect.New(o), o, &found}
}

// resume saves the engine and goes on with another one.
func (r run) resume(t *testing.T) run {
	t.Helper()
	var saved bytes.Buffer
	if err := r.Save(&saved); err != nil {
		t.Fatal(err)
	}
	r.Engine = detect.New(r.options)
	if err := r.Load(&saved); err != nil {
		t.Fatal(err)
	}
	return r
}

// stream mixes the records of every rule's examples, in random order, at times that mostly go on and sometimes back.
func stream(t *testing.T, random *rand.Rand, length int) []event.Event {
	t.Helper()
	var records []event.Event
	var d event.Decoder
	for _, r := range catalog.Detections() {
		for _, e := range r.Examples {
			for line := range strings.Lines(e.Input) {
				var err error
				if records, err = d.Append(records, strings.TrimSpace(line)); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	events := make([]event.Event, length)
	at := start
	for i := range events {
		events[i] = records[random.IntN(len(records))]
		at = at.Add(time.Duration(random.IntN(20)-2) * time.Second)
		if random.IntN(100) > 0 { // Some come twice.
			events[i].AuditID = fmt.Sprint("request-", i)
		}
		events[i].Received, events[i].At, events[i].Line = at.UnixNano(), at.UnixNano(), i+1
		if random.IntN(8) == 0 {
			strange(random, &events[i])
		}
		switch random.IntN(200) {
		case 0:
			events[i].At = time.Date(1970, 1, 1, 0, 0, 1, 0, time.UTC).UnixNano()
		case 1:
			events[i].At = at.AddDate(80, 0, 0).UnixNano()
		case 2:
			events[i].At = 0
		}
	}
	return events
}

// strange gives an event a long name and a long user agent, of characters of several bytes, which are cut somewhere.
func strange(random *rand.Rand, e *event.Event) {
	tail := strings.Repeat([]string{"é", "名", "🐙", "\uFFFD"}[random.IntN(4)], 30+random.IntN(40))
	e.Object.Name = strings.Repeat("x", random.IntN(4)) + tail + fmt.Sprint(random.IntN(4))
	e.UserAgent = strings.Repeat("y", random.IntN(4)) + tail
	if random.IntN(2) == 0 {
		e.User.Name += tail
	}
}

// A value that is kept comes back from a checkpoint as it was, or it counts twice.
func TestLongValuesCountTheSameAfterACheckpoint(t *testing.T) {
	r := &rule.Detection{
		Type: "Discovery:Kubernetes/Several", On: []rule.Selector{{Verbs: []string{"get"}, Resources: []string{"pods"}}},
		Count: &rule.Counting{By: []rule.EventField{rule.FieldUser}, Distinct: &rule.FieldName, Least: 2, Within: time.Hour},
	}
	for name, text := range map[string]string{"letters": "x" + strings.Repeat("é", 100), "what is no UTF-8": "x\xff", "a user that is none": "y"} {
		t.Run(name, func(t *testing.T) {
			run := newRun(t, r)
			for i := range 4 {
				e := event.Event{
					Verb: "get", User: event.User{Name: "eve\xff"}, Code: 200, Received: start.UnixNano() + int64(i), At: start.UnixNano() + int64(i),
					Object: event.Reference{Resource: "pods", Name: text, Version: "v1"},
				}
				run.Take(&e)
				run = run.resume(t)
			}
			if len(*run.found) != 0 {
				t.Errorf("one thing counts as two: %s", *run.found)
			}
			e := event.Event{
				Verb: "get", User: event.User{Name: "eve\xff"}, Code: 200, Received: start.UnixNano() + 9, At: start.UnixNano() + 9,
				Object: event.Reference{Resource: "pods", Name: "other", Version: "v1"},
			}
			run.Take(&e)
			if len(*run.found) != 1 {
				t.Error("two things do not count as two")
			}
		})
	}
}

// A log with an event every few hours moves the clock, so that windows close and baselines learn.
func TestASparseLogMovesWindowsAndBaselines(t *testing.T) {
	counting := &rule.Detection{
		Type: "Discovery:Kubernetes/Several", On: []rule.Selector{{Verbs: []string{"list"}, Resources: []string{"pods"}}},
		Count: &rule.Counting{By: []rule.EventField{rule.FieldUser}, Least: 3, Within: 10 * time.Hour},
	}
	const secrets = "CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed"
	for _, apart := range []time.Duration{5 * time.Hour, 5*time.Hour + time.Minute} {
		r := newRun(t, counting, catalog.FindDetection(secrets))
		at := start
		take := func(verb, resource, agent, address string) {
			at = at.Add(apart)
			r.Take(&event.Event{
				Verb: verb, User: event.User{Name: "dev"}, UserAgent: agent, SourceIPs: event.Raw(`["` + address + `"]`), Code: 200,
				Received: at.UnixNano(), At: at.UnixNano(), Object: event.Reference{Resource: resource, Namespace: "shop", Version: "v1"},
			})
		}
		for range 60 { // Twelve days.
			take("list", "pods", "kubectl/v1.35.0", "203.0.113.20")
		}
		counted := len(*r.found)
		if want := map[bool]int{true: 20, false: 0}[apart == 5*time.Hour]; counted != want {
			t.Errorf("every %s: %d windows are full, want %d", apart, counted, want)
		}
		take("list", "secrets", "python-requests/2.32.3", "198.51.100.7")
		if len(*r.found) != counted+1 || !strings.Contains((*r.found)[counted], secrets) {
			t.Errorf("every %s: what is unusual is not found", apart)
		}
		if s := r.Stats(); s.Late != 0 || !s.Last.Equal(at) {
			t.Errorf("every %s: %d late, last %s, want %s", apart, s.Late, s.Last, at)
		}
	}
}

func TestTheSameStreamGivesTheSameDetectionsHoweverItIsCut(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		events := stream(t, random, 400)
		whole, cut := newRun(t, catalog.Detections()...), newRun(t, catalog.Detections()...)
		for i := range events {
			whole.Take(&events[i])
			if random.IntN(15) == 0 {
				cut = cut.resume(t)
			}
			cut.Take(&events[i])
		}
		if a, b := strings.Join(*whole.found, "\n"), strings.Join(*cut.found, "\n"); a != b {
			t.Fatalf("seed %d: in one run\n%s\nwith restarts\n%s", seed, a, b)
		}
		if a, b := fmt.Sprint(whole.Stats()), fmt.Sprint(cut.Stats()); a != b {
			t.Fatalf("seed %d: counted in one run\n%s\nwith restarts\n%s", seed, a, b)
		}
	}
}

// The same log gives the same detections and counts, however many events are taken at a time.
func TestBatchesChangeNothing(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 2))
		events := stream(t, random, 400)
		single, batched := newRun(t, catalog.Detections()...), newRun(t, catalog.Detections()...)
		for i := range events {
			single.Take(&events[i])
		}
		for rest := events; len(rest) > 0; {
			n := 1 + random.IntN(min(100, len(rest)))
			batched.TakeAll(rest[:n])
			rest = rest[n:]
		}
		if a, b := strings.Join(*single.found, "\n"), strings.Join(*batched.found, "\n"); a != b {
			t.Fatalf("seed %d: one by one\n%s\nin batches\n%s", seed, a, b)
		}
		if a, b := fmt.Sprint(single.Stats()), fmt.Sprint(batched.Stats()); a != b {
			t.Fatalf("seed %d: counted one by one\n%s\nin batches\n%s", seed, a, b)
		}
	}
}

func TestAnEventThatMatchesNothingAllocatesNothing(t *testing.T) {
	r := newRun(t, catalog.Detections()...)
	e := event.Event{
		Level: event.LevelMetadata, Stage: event.StageResponseComplete, Verb: "get", AuditID: "00000000-0000-4000-8000-000000000000",
		User:      event.User{Name: "system:node:ip-10-0-3-7.ec2.internal"},
		SourceIPs: `["10.0.3.7"]`, UserAgent: "kubelet/v1.35.0", Code: 200, Object: event.Reference{Resource: "configmaps", Namespace: "shop", Name: "web", Version: "v1"},
	}
	at := start.UnixNano()
	take := func() {
		at += int64(time.Millisecond)
		e.Received, e.At = at, at
		r.Take(&e)
	}
	for range 3000 {
		take() // The table of requests has room for a while.
	}
	if n := testing.AllocsPerRun(1000, take); n != 0 {
		t.Errorf("it allocates %v times", n)
	}
}

func TestARequestCountsOnceWhateverStagesAreRecorded(t *testing.T) {
	exec := func(stage event.Stage, audit string, received int64) event.Event {
		return event.Event{
			Stage: stage, AuditID: audit, Verb: "create", User: event.User{Name: "eve"}, Code: 101, Received: received, At: received + 1,
			Object: event.Reference{Resource: "pods", Subresource: "exec", Namespace: "kube-system", Name: "kube-proxy-1", Version: "v1"},
		}
	}
	named := func(e event.Event, name string) event.Event {
		e.Object.Name = name
		return e
	}
	at := start.UnixNano()
	for name, test := range map[string]struct {
		events []event.Event
		want   int
	}{
		"all stages of one request": {[]event.Event{
			exec(event.StageRequestReceived, "a", at), exec(event.StageResponseStarted, "a", at), exec(event.StageResponseComplete, "a", at),
		}, 1},
		"the same record twice":                            {[]event.Event{exec(event.StageResponseComplete, "a", at), exec(event.StageResponseComplete, "a", at)}, 1},
		"a second request behind the audit ID of another":  {[]event.Event{exec(event.StageResponseComplete, "a", at), exec(event.StageResponseComplete, "a", at+1000)}, 2},
		"records without an audit ID":                      {[]event.Event{exec(event.StageUnknown, "", at), exec(event.StageUnknown, "", at+1000)}, 2},
		"records with neither an audit ID nor a time":      {[]event.Event{exec(event.StageUnknown, "", 0), exec(event.StageUnknown, "", 0)}, 2},
		"the same record twice without an audit ID":        {[]event.Event{exec(event.StageUnknown, "", at), exec(event.StageUnknown, "", at)}, 1},
		"another request behind an audit ID without times": {[]event.Event{exec(event.StageResponseComplete, "a", 0), named(exec(event.StageResponseComplete, "a", 0), "kube-proxy-2")}, 2},
		"both stages without times":                        {[]event.Event{exec(event.StageResponseStarted, "a", 0), exec(event.StageResponseComplete, "a", 0)}, 1},
		"only the receipt":                                 {[]event.Event{exec(event.StageRequestReceived, "a", at)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRun(t, catalog.FindDetection("Execution:Kubernetes/ExecInKubeSystemPod"))
			for i := range test.events {
				r.Take(&test.events[i])
			}
			if len(*r.found) != test.want {
				t.Errorf("%d detections, not %d", len(*r.found), test.want)
			}
		})
	}
}

func TestFirstLetsNewValuesThrough(t *testing.T) {
	r := newRun(t, catalog.FindDetection("PrivilegeEscalation:Kubernetes/PrivilegedContainer"))
	pod := func(images ...string) event.Event {
		var containers []string
		for _, image := range images {
			containers = append(containers, `{"name":"a","image":"`+image+`","securityContext":{"privileged":true}}`)
		}
		return event.Event{
			Verb: "create", User: event.User{Name: "eve"}, Code: 201, Object: event.Reference{Resource: "pods", Namespace: "shop", Name: "a", Version: "v1"},
			Request: event.Raw(`{"kind":"Pod","spec":{"containers":[` + strings.Join(containers, ",") + `]}}`),
		}
	}
	for i, test := range []struct {
		name  string
		event event.Event
		found int
	}{
		{"an image", pod("registry.example/agent:1.0"), 1},
		{"another tag of it", pod("registry.example/agent:1.1"), 1},
		{"a new one beside it", pod("registry.example/agent:1.1", "registry.example/tool:1"), 2},
		{"both in the other order", pod("registry.example/tool:2", "registry.example/agent"), 2},
		{"one that only ends as the other does", pod("example/agent"), 3},
	} {
		test.event.Received = start.UnixNano() + int64(i)
		test.event.At = test.event.Received
		r.Take(&test.event)
		if len(*r.found) != test.found {
			t.Errorf("%s: %d detections so far, not %d", test.name, len(*r.found), test.found)
		}
		r = r.resume(t)
	}
}

// A controller may act on an object before the record of the request that changed it is written.
func TestWhoActedIsNamedThoughTheControllerIsRecordedFirst(t *testing.T) {
	const template = `"template":{"metadata":{"labels":{"pod-template-hash":"5d78c9869d"}},"spec":{"containers":[{"name":"main","image":"example.com/tool:1","securityContext":{"privileged":true}}]}}`
	made := event.Event{
		Verb: "create", User: event.User{Name: "system:serviceaccount:kube-system:deployment-controller"}, Code: 201, AuditID: "1",
		Object:  event.Reference{Resource: "replicasets", Group: "apps", Version: "v1", Namespace: "shop", Name: "tool-5d78c9869d"},
		Request: event.Raw(`{"kind":"ReplicaSet","apiVersion":"apps/v1","metadata":{"name":"tool-5d78c9869d","labels":{"pod-template-hash":"5d78c9869d"},"ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"tool","controller":true}]},"spec":{` + template + `}}`),
	}
	patched := event.Event{
		Verb: "patch", User: event.User{Name: "eve"}, Code: 200, AuditID: "2",
		Object:   event.Reference{Resource: "deployments", Group: "apps", Version: "v1", Namespace: "shop", Name: "tool"},
		Response: event.Raw(`{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"tool","namespace":"shop"},"spec":{` + template + `}}`),
	}
	r := newRun(t, catalog.FindDetection("PrivilegeEscalation:Kubernetes/PrivilegedContainer"))
	for i, e := range []*event.Event{&made, &patched} {
		e.Received = start.UnixNano() + int64(i)*int64(time.Millisecond)
		e.At = e.Received
		r.Take(e)
	}
	if len(*r.found) != 2 || !strings.Contains((*r.found)[1], `"username":"eve"`) {
		t.Errorf("found %v; want the controller's, then that of who acted", *r.found)
	}
}
