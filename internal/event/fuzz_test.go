package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// seeds are records of the kinds that the decoder tells apart.
func seeds() []string {
	return []string{
		full,
		`{"auditID":"a","verb":"get","verb":"LIST","user":{"username":"a"},"user":{"uid":"b"},"objectRef":null}`,
		`{"auditID":"\u0061\ud83d\ude00\ud83d\n\/","requestURI":"` + "\xff\xe2\x82" + `"}`,
		`{"auditID":"a","responseStatus":{"code":200,"code":1e2}}`,
		`{"auditID":"a","responseStatus":{"code":-0.5E+3},"requestObject":[1,-0,0.1e-7,true,false,null,{"a":[{}]}]}`,
		`{"auditID":5,"requestReceivedTimestamp":"2026-02-30T00:00:00Z","stageTimestamp":"9999-12-31T23:59:59.999999999+23:59"}`,
		`{"requestURI":"/a","annotations":[],"sourceIPs":{},"responseStatus":"x"}{"auditID":"b"} {"auditID":"c"}`,
		`{"a` + "\x80" + `":1,"auditID":"x"`, `{"auditID":01}`, `{"auditID":"a",}`, `{"auditID":"a"}]`, `{"auditID":"a","level":{"x":"` + "\t" + `"}}`,
		`{"metadata":{"creationTimestamp":null},"timestamp":"2018-10-25T14:09:49Z","auditID":"a"}`,
		`[1735689600.5,{"log":"{\"auditID\":\"a\"}"}]`,
		`{"results":[[{"field":"@message","value":"{\"auditID\":\"a\"}"},{"field":"@log","value":"111122223333:/aws/eks/prod/cluster"}]]}`,
		`{"data":{"result":[{"values":[["1","{\"auditID\":\"a\"}"]]}]}}`, `{"hits":{"hits":[{"_source":{"auditID":"a"}}]}}`, `{"result":{"_raw":"{\"auditID\":\"a\"}"}}`,
		`2026-03-04T05:06:07 kube-apiserver-audit-0a1b {"auditID":"a"}`,
		`{"messageType":"DATA_MESSAGE","logGroup":"/aws/eks/prod/cluster","logEvents":[{"id":"1","message":"{\"auditID\":\"a\"}"}]}`,
		`2026-01-02T03:04:05.678Z {"auditID":"a"}`,
		`2026-01-02T03:04:05.678901234+02:00 stdout F {"auditID":"a"}`,
		`I0102 03:04:05.678901       1 main.go:1] {"x":1}`,
	}
}

// Whatever comes in, the decoder ends, and its events look into the record.
func FuzzAppend(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, record string) {
		var d Decoder
		before := []Event{{AuditID: "before"}}
		events, err := d.Append(before, record)
		if len(events) == 0 || events[0].AuditID != "before" {
			t.Fatal("the events that were there are gone")
		}
		if len(events)-1 > strings.Count(record, "{")+len(record)/8*1100 {
			t.Errorf("%d events from %d bytes", len(events)-1, len(record))
		}
		if err != nil && len(events) > 1 && len(record) < 100 && !strings.Contains(record, "}") {
			t.Errorf("an event without an end: %v", err)
		}
		for i := range events {
			size := 0
			for _, text := range []Raw{events[i].Request, events[i].Response, events[i].Annotations, events[i].SourceIPs, events[i].Status} {
				if size += len(text); text != "" && !json.Valid([]byte(text)) {
					t.Errorf("not valid: %q", text)
				}
			}
			if size > maxInflated+len(record) {
				t.Errorf("a record of %d bytes gives %d", len(record), size)
			}
			if diff := cmp.Diff(&events[i], events[i].Clone(), cmpopts.EquateEmpty(), cmp.AllowUnexported(Event{})); diff != "" {
				t.Error(diff)
			}
		}
	})
}

// mirrored is an audit record as encoding/json decodes it.
type mirrored struct {
	Kind       string `json:"kind"`
	APIVersion string `json:"apiVersion"`
	Level      string `json:"level"`
	AuditID    string `json:"auditID"`
	Stage      string `json:"stage"`
	RequestURI string `json:"requestURI"`
	Verb       string `json:"verb"`
	UserAgent  string `json:"userAgent"`

	User         mirroredUser `json:"user"`
	Impersonated mirroredUser `json:"impersonatedUser"`
	ObjectRef    struct {
		Resource    string `json:"resource"`
		Namespace   string `json:"namespace"`
		Name        string `json:"name"`
		UID         string `json:"uid"`
		APIGroup    string `json:"apiGroup"`
		APIVersion  string `json:"apiVersion"`
		Subresource string `json:"subresource"`
	} `json:"objectRef"`
	Metadata struct {
		CreationTimestamp moment `json:"creationTimestamp"`
	} `json:"metadata"`

	Status      status `json:"responseStatus"`
	SourceIPs   list   `json:"sourceIPs"`
	Annotations object `json:"annotations"`
	Request     value  `json:"requestObject"`
	Response    value  `json:"responseObject"`
	Received    moment `json:"requestReceivedTimestamp"`
	At          moment `json:"stageTimestamp"`
	Timestamp   moment `json:"timestamp"`
}

type mirroredUser struct {
	Username string `json:"username"`
	UID      string `json:"uid"`
	Groups   list   `json:"groups"`
	Extra    object `json:"extra"`
}

// value, list and object are raw values of a type; null is none.
type (
	value  string
	list   string
	object string
	moment int64
	status struct {
		raw  string
		code int
	}
)

func (v *value) UnmarshalJSON(text []byte) error {
	if *v = value(text); *v == "null" {
		*v = ""
	}
	return nil
}

func (l *list) UnmarshalJSON(text []byte) error { return typed((*string)(l), text, '[') }

func (o *object) UnmarshalJSON(text []byte) error { return typed((*string)(o), text, '{') }

func typed(to *string, text []byte, first byte) error {
	switch {
	case text[0] == 'n':
		*to = ""
	case text[0] != first:
		return errors.New("a wrong type")
	default:
		*to = string(text)
	}
	return nil
}

func (s *status) UnmarshalJSON(text []byte) error {
	*s = status{}
	if err := typed(&s.raw, text, '{'); err != nil || s.raw == "" {
		return err
	}
	members, err := exact(text)
	if err != nil {
		return err
	}
	for _, member := range members {
		var number json.Number
		if member.name != "code" || string(member.value) == "null" {
			continue
		}
		if member.value[0] == '"' {
			return errors.New("a code that is a string")
		}
		if err := json.Unmarshal(member.value, &number); err != nil {
			return err
		}
		if len(number) > 9 || strings.ContainsAny(string(number), "-.eE") {
			return errors.New("a code that is not whole")
		}
		s.code, _ = strconv.Atoi(string(number))
	}
	return nil
}

func (m *moment) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	var written string
	if err := json.Unmarshal(text, &written); err != nil {
		return err
	}
	t, err := time.Parse(time.RFC3339, written)
	if err != nil {
		return err
	}
	if !rfc3339.MatchString(written) {
		return errors.New("a time that package time takes, but RFC 3339 does not")
	}
	switch {
	case t.IsZero():
		*m = 0
	case t.Unix() >= math.MaxInt64/1_000_000_000:
		*m = math.MaxInt64
	case t.Unix() <= math.MinInt64/1_000_000_000:
		*m = math.MinInt64
	default:
		*m = moment(t.UnixNano())
	}
	return nil
}

var rfc3339 = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

type member struct {
	name  string
	value json.RawMessage
}

// exact gives the members of an object in their order, which is what encoding/json cannot tell of names that differ by case.
func exact(text []byte) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	var members []member
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		members = append(members, member{name.(string), value})
	}
	return members, nil
}

// caseDiffers reports whether a record holds names that encoding/json takes for a field's and this package does not.
func caseDiffers(text []byte, depth int) bool {
	if depth == 0 || len(bytes.TrimSpace(text)) == 0 || bytes.TrimSpace(text)[0] != '{' {
		return false
	}
	members, err := exact(text)
	if err != nil {
		return false
	}
	for _, m := range members {
		for _, known := range strings.Fields(knownNames) {
			if m.name != known && strings.EqualFold(m.name, known) {
				return true
			}
		}
		if caseDiffers(m.value, depth-1) {
			return true
		}
	}
	return false
}

const knownNames = `kind apiVersion level auditID stage requestURI verb userAgent user impersonatedUser objectRef metadata
	responseStatus sourceIPs annotations requestObject responseObject requestReceivedTimestamp stageTimestamp timestamp
	username uid groups extra resource namespace name apiGroup subresource creationTimestamp code`

// The decoder takes and refuses the same records as encoding/json, and reads the same out of them.
func FuzzDifferential(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, record string) { compare(t, record) })
}

// The same for records that are broken, or turned around, where it matters more often than a fuzzer does it by chance.
func TestDifferential(t *testing.T) {
	const records = 20_000
	random := rand.New(rand.NewPCG(5, 1))
	values := []string{`null`, `5`, `-0.5e3`, `"x"`, `""`, `"\u00e9\n"`, "\"\xff\"", `true`, `[]`, `["a"]`, `{}`, `{"a":[1]}`, `01`, `"2026-01-02T03:04:05.678901Z"`, `{"code":404}`, `{"username":"u","groups":null}`, `{"apiVersion":"apps/v1"}`, `nul`, `"\x"`, `[1,]`}
	compared := 0
	for range records {
		record := `{"auditID":"a"`
		for range random.IntN(5) {
			record += `,"` + strings.Fields(knownNames)[random.IntN(20)] + `":` + values[random.IntN(len(values))]
		}
		record += "}"
		if random.IntN(4) == 0 {
			record = full
		}
		if random.IntN(2) == 0 {
			i := random.IntN(len(record))
			record = record[:i] + []string{"", "\x00", "\"", "\\", "{", "]", ",", " ", "\u00e9", "\x80"}[random.IntN(10)] + record[min(len(record), i+random.IntN(3)):]
		}
		if compare(t, record) {
			compared++
		}
		if t.Failed() {
			t.Fatalf("of the record %q", record)
		}
	}
	if compared < records/2 {
		t.Errorf("only %d of %d records were compared", compared, records)
	}
}

// compare reports whether a record could be compared.
func compare(t *testing.T, record string) bool {
	t.Helper()
	if !strings.HasPrefix(strings.TrimLeft(record, " \t\r\n"), "{") {
		return false // Not a bare event.
	}
	var d Decoder
	events, err := d.Append(nil, record)
	want, wantErr := decodeMirrored(record)
	if errors.Is(wantErr, errSkip) {
		return false
	}
	if (err == nil) != (wantErr == nil) {
		t.Errorf("Append says %v, encoding/json says %v", err, wantErr)
	}
	if diff := cmp.Diff(want, events, cmpopts.EquateEmpty(), cmp.AllowUnexported(Event{})); diff != "" {
		t.Errorf("(-encoding/json +Append)\n%s", diff)
	}
	return true
}

var errSkip = errors.New("nothing to compare")

func decodeMirrored(record string) (events []Event, err error) {
	decoder := json.NewDecoder(strings.NewReader(record))
	for {
		var text json.RawMessage
		if e := decoder.Decode(&text); e != nil {
			if e == io.EOF {
				return events, err
			}
			return events, e
		}
		if text[0] != '{' {
			return events, errors.New("trailing garbage")
		}
		if caseDiffers(text, 3) {
			return nil, errSkip
		}
		var d Decoder
		d.scan.reset(string(text))
		var ignored Event
		if d.record(0, &ignored); !d.env.isEvent() {
			return nil, errSkip
		}
		var m mirrored
		if e := json.Unmarshal(text, &m); e != nil {
			err = e
			continue
		}
		events = append(events, m.event())
	}
}

// event is what the decoder should make of a record.
func (m *mirrored) event() Event {
	e := Event{
		Level: levelOf(m.Level), Stage: stageOf(m.Stage), AuditID: m.AuditID, Verb: strings.ToLower(m.Verb), UserAgent: m.UserAgent,
		User:         User{m.User.Username, m.User.UID, Raw(m.User.Groups), Raw(m.User.Extra)},
		Impersonated: User{m.Impersonated.Username, m.Impersonated.UID, Raw(m.Impersonated.Groups), Raw(m.Impersonated.Extra)},
		SourceIPs:    Raw(m.SourceIPs), Code: m.Status.code, Status: Raw(m.Status.raw), Received: int64(m.Received), At: int64(m.At),
		Annotations: Raw(m.Annotations), Request: Raw(m.Request), Response: Raw(m.Response), uri: m.RequestURI,
	}
	o := m.ObjectRef
	e.Object = Reference{o.Resource, o.Subresource, o.Namespace, o.Name, o.UID, o.APIGroup, o.APIVersion}
	if group, version, ok := strings.Cut(o.APIVersion, "/"); ok && o.APIGroup == "" {
		e.Object.Group, e.Object.Version = group, version
	}
	for _, instead := range []moment{m.Timestamp, m.Metadata.CreationTimestamp} {
		if e.At == 0 && (e.Received == 0 || instead == m.Timestamp) {
			e.At = int64(instead)
		}
	}
	if e.At == 0 {
		e.At = e.Received
	}
	if e.Received == 0 {
		e.Received = e.At
	}
	return e
}

// Looking into a value gives what encoding/json would, and never panics on what is no JSON.
func FuzzRaw(f *testing.F) {
	f.Add(`{"a":1,"a":"\u0061","b":{"c":[1,"]",{}]}}`, "a")
	f.Add(`["a", "b\n" ,"\ud83d\ude00", 5, null ]`, "b\n")
	f.Add(`{"a`, "a")
	f.Add(`"`, "")
	f.Add(`["\u","\`, "x")
	f.Fuzz(func(t *testing.T, text, name string) {
		r := Raw(text)
		got, has, first, shown := r.Get(name), r.Has(name), r.First(), r.Text()
		var elements []Raw
		for element := range r.All() {
			elements = append(elements, element)
		}
		for range r.Members() {
			continue
		}
		if !json.Valid([]byte(text)) || text != strings.TrimSpace(text) {
			return
		}
		var v any
		switch text[0] {
		case '{':
			var wanted Raw
			members, err := exact([]byte(text))
			if err != nil || len(members) != len(elements) {
				t.Fatalf("%d elements, want %d", len(elements), len(members))
			}
			for i, m := range members {
				if m.name == name {
					wanted = Raw(m.value)
				}
				if string(elements[i]) != string(m.value) {
					t.Errorf("element %d is %q, want %q", i, elements[i], m.value)
				}
			}
			if got != wanted {
				t.Errorf("Get is %q, want %q", got, wanted)
			}
		case '[':
			var all []json.RawMessage
			if json.Unmarshal([]byte(text), &all) != nil || len(all) != len(elements) || len(all) > 0 && string(first) != string(all[0]) {
				t.Errorf("All is %q, want %q", elements, all)
			}
			wanted := false
			for _, one := range all {
				var s string
				wanted = wanted || one[0] == '"' && json.Unmarshal(one, &s) == nil && s == name
			}
			if has != wanted {
				t.Errorf("Has is %t", has)
			}
		case '"':
			if json.Unmarshal([]byte(text), &v) == nil && shown != v.(string) {
				t.Errorf("Text is %q, want %q", shown, v)
			}
		}
	})
}
