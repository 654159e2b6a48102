package event

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRecordsOfAllVersionsAndParts(t *testing.T) {
	at := time.Date(2018, 10, 25, 14, 9, 49, 0, time.UTC).UnixNano()
	for _, c := range []struct {
		name, record string
		want         Event
	}{
		{
			"v1alpha1 has one time, and the group in the version",
			`{"kind":"Event","apiVersion":"audit.k8s.io/v1alpha1","metadata":{"creationTimestamp":"2018-10-25T14:09:50Z"},"timestamp":"2018-10-25T14:09:49Z","objectRef":{"resource":"deployments","apiVersion":"apps/v1"}}`,
			Event{Received: at, At: at, Object: Reference{Resource: "deployments", Group: "apps", Version: "v1"}},
		},
		{
			"the first versions had the time of any object",
			`{"kind":"Event","apiVersion":"audit.k8s.io/v1alpha1","metadata":{"name":"x","creationTimestamp":"2018-10-25T14:09:49Z"},"verb":"get"}`,
			Event{Received: at, At: at, Verb: "get"},
		},
		{
			"v1beta1 has new times beside the old one",
			`{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1","timestamp":"2018-10-25T14:09:40Z","requestReceivedTimestamp":"2018-10-25T14:09:49Z","stageTimestamp":"2018-10-25T14:09:49.5Z"}`,
			Event{Received: at, At: at + 500_000_000},
		},
		{
			"one time stands for both",
			`{"auditID":"a","stageTimestamp":"2018-10-25T14:09:49Z"}`,
			Event{AuditID: "a", Received: at, At: at},
		},
		{
			"a part of an event, without kind",
			`{"verb":"list","user":{"username":"system:anonymous"},"authenticationMetadata":{"impersonationConstraint":"x"}}`,
			Event{Verb: "list", User: User{Name: "system:anonymous"}},
		},
		{
			"levels and stages that are not known",
			`{"auditID":"a","level":"Everything","stage":"Later"}`,
			Event{AuditID: "a"},
		},
		{
			"names differ by case",
			`{"auditID":"a","AuditID":"b","VERB":"get"}`,
			Event{AuditID: "a"},
		},
		{
			"a user that comes twice is joined, other members are replaced",
			`{"auditID":"a","auditID":"b","user":{"username":"u","uid":"1"},"user":{"uid":"2"},"responseStatus":{"code":200},"responseStatus":{"message":"x"},"annotations":{"a":"b"},"annotations":null}`,
			Event{AuditID: "b", User: User{Name: "u", UID: "2"}, Status: `{"message":"x"}`},
		},
		{
			"null is nothing",
			`{"auditID":"a","verb":null,"user":null,"objectRef":null,"responseStatus":null,"requestObject":null,"sourceIPs":null,"stageTimestamp":null,"level":null,"stage":null,"metadata":null}`,
			Event{AuditID: "a"},
		},
		{
			"on behalf of another",
			`{"auditID":"a","user":{"username":"admin"},"impersonatedUser":{"username":"alice","groups":["x"],"extra":{}}}`,
			Event{AuditID: "a", User: User{Name: "admin"}, Impersonated: User{Name: "alice", Groups: `["x"]`, Extra: `{}`}},
		},
		{
			"a body of any type",
			`{"auditID":"a","verb":"PATCH","requestObject":[{"op":"add"}],"responseObject":"x"}`,
			Event{AuditID: "a", Verb: "patch", Request: `[{"op":"add"}]`, Response: `"x"`},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Decoder
			events, err := d.Append(nil, c.record)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]Event{c.want}, events, cmp.AllowUnexported(Event{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Nobody hides a record by a body that the API server just takes.
func TestABodyMayNestAsDeepAsTheServerAllows(t *testing.T) {
	const levels = 10_000
	record := `{"auditID":"a","requestObject":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `}`
	for range maxWrappers {
		record = `{"log":` + record + `}`
	}
	var d Decoder
	if events, err := d.Append(nil, record); err != nil || len(events) != 1 || len(events[0].Request) != 2*levels {
		t.Error(err)
	}
}

func TestOutcome(t *testing.T) {
	for _, c := range []struct {
		event Event
		want  Outcome
	}{
		{Event{}, OutcomeUnknown},
		{Event{Code: 101}, Succeeded},
		{Event{Code: 201}, Succeeded},
		{Event{Code: 401}, Denied},
		{Event{Code: 403}, Denied},
		{Event{Code: 404}, Failed},
		{Event{Code: 200, Annotations: `{"authorization.k8s.io/decision":"forbid"}`}, Succeeded},
		{Event{Annotations: `{"authorization.k8s.io/decision":"forbid"}`}, Denied},
		{Event{Annotations: `{"authorization.k8s.io/decision":"allow"}`}, OutcomeUnknown},
	} {
		if got := c.event.Outcome(); got != c.want {
			t.Errorf("%+v: %d, want %d", c.event, got, c.want)
		}
	}
}

func TestTime(t *testing.T) {
	if got := (&Event{}).Time(); !got.IsZero() {
		t.Error(got)
	}
	if got := (&Event{At: 1_000_000_000}).Time(); got != time.Date(1970, 1, 1, 0, 0, 1, 0, time.UTC) {
		t.Error(got)
	}
}

// A value that a caller makes up need not be JSON; it holds nothing then.
func TestRawOfWhatIsNoJSON(t *testing.T) {
	for _, r := range []Raw{"", `"`, `"a`, `{`, `[`, `{"a`, `{"a"`, `{"a":`, `[,,`, `}`, `{]`, `x`, `["a`, `{"a":"\`, "null"} {
		r.Get("a").Text()
		r.First().Text()
		r.Has("a")
		for range r.All() {
			continue
		}
		for range r.Members() {
			continue
		}
	}
	r := Raw(`{"a":[1,"x",{"b":null}],"a\u0062":true,"n":-1.5e3}`)
	if r.Get("ab").Text() != "true" || r.Get("n").Text() != "-1.5e3" || r.Get("a").First().Text() != "1" || r.Get("a").Text() != "" ||
		!r.Get("a").Has("x") || r.Get("a").Has("1") || r.Has("a") || r.First() != "" || r.Get("b") != "" || Raw(`{"\ufffd":1}`).Get("\ufffd") != "1" {
		t.Errorf("of %s something else was read", r)
	}
}
