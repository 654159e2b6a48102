package event

import (
	"testing"

	"github.com/merlonsec/merlon/internal/tree"
)

// What every event of a stream goes through allocates nothing, save for texts with escapes.
func TestDecodingAllocatesNothing(t *testing.T) {
	var (
		d      Decoder
		events = make([]Event, 0, 4)
		found  bool
	)
	run := func() {
		var err error
		if events, err = d.Append(events[:0], full); err != nil {
			t.Fatal(err)
		}
		e := &events[0]
		found = e.User.Groups.Has("system:authenticated") && e.Annotations.Get("authorization.k8s.io/decision").Text() == "allow" &&
			e.SourceIPs.First() != "" && e.Outcome() == Succeeded && !e.Truncated() && !e.IsPatch() && e.Path() != "" && e.Query("container") == "c"
		for group := range e.User.Groups.All() {
			found = found && group != ""
		}
		for name, value := range e.Annotations.Members() {
			found = found && name != "" && value != ""
		}
	}
	if n := testing.AllocsPerRun(100, run); n != 0 || !found {
		t.Errorf("%v allocations; found what was looked for: %t", n, found)
	}
}

func TestAClonedEventIsOnePieceOfMemory(t *testing.T) {
	var d Decoder
	events, err := d.Append(nil, full)
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { events[0].Clone() }); n > 2 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkAppend(b *testing.B) {
	var d Decoder
	var events []Event
	b.SetBytes(int64(len(full)))
	b.ReportAllocs()
	for b.Loop() {
		events, _ = d.Append(events[:0], full)
	}
}

func BenchmarkEncoder(b *testing.B) {
	var d Decoder
	events, err := d.Append(nil, planted()["variables"])
	if err != nil {
		b.Fatal(err)
	}
	var out []byte
	var w Encoder
	b.ReportAllocs()
	for b.Loop() {
		out = w.Append(out[:0], &events[0], false)
	}
}

func BenchmarkBody(b *testing.B) {
	var d Decoder
	events, err := d.Append(nil, planted()["variables"])
	if err != nil {
		b.Fatal(err)
	}
	var t tree.Tree
	b.ReportAllocs()
	for b.Loop() {
		Body(&t, events[0].Request)
	}
}

func BenchmarkRawGet(b *testing.B) {
	const annotations Raw = `{"authorization.k8s.io/reason":"RBAC: allowed by RoleBinding \"a/b\" of Role \"c\" to Group \"d\"","authorization.k8s.io/decision":"allow"}`
	b.ReportAllocs()
	for b.Loop() {
		if annotations.Get("authorization.k8s.io/decision").Text() != "allow" {
			b.Fatal("not found")
		}
	}
}

// What the server adds about who set which field is not worth its parsing, wherever it stands in the object.
func TestManagedFieldsAreNotParsed(t *testing.T) {
	const fields = `[{"manager":"kubectl","fieldsV1":{"f:spec":{}}}]`
	for body, want := range map[Raw]string{
		`{"kind":"Pod","metadata":{"name":"a","managedFields":` + fields + `,"uid":"u"},"spec":{}}`:         `{"kind":"Pod","metadata":{"name":"a","managedFields":null,"uid":"u"},"spec":{}}`,
		`{ "metadata" : { "managedFields" : ` + fields + ` } }`:                                             `{ "metadata" : { "managedFields" : null } }`,
		`{"spec":{"managedFields":1},"metadata":{"name":"a"}}`:                                              `{"spec":{"managedFields":1},"metadata":{"name":"a"}}`,
		`{"metadata":{"managedFields":` + fields + `},"metadata":{"managedFields":` + fields + `,"a":"b"}}`: `{"metadata":{"managedFields":null},"metadata":{"managedFields":` + fields + `,"a":"b"}}`,
		`[{"metadata":{"managedFields":1}}]`:                                                                `[{"metadata":{"managedFields":1}}]`,
		`{"metadata":[]}`:                                                                                   `{"metadata":[]}`,
	} {
		if got := string(withoutManagedFields(body)); got != want {
			t.Errorf("%s becomes %s", body, got)
		}
		var tr tree.Tree
		if n := Body(&tr, body); n.Get("metadata", "managedFields").Exists() {
			t.Errorf("%s keeps managedFields", body)
		}
	}
}
