package finding

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/lang"
)

// occurrence is one of a finding, some seconds after a beginning.
func occurrence(id string, second int, s Severity) *Detection {
	return &Detection{
		ID: fmt.Sprint(id, second), FindingID: id, Type: "Discovery:Kubernetes/" + id, Severity: s, Title: "Title",
		Text: lang.Text{EN: "Title", ES: "Título", PT: "Título"},
		At:   now().Add(time.Duration(second) * time.Second), Actor: Actor{Username: fmt.Sprint("user-", second)},
	}
}

func TestThreatsGatherOccurrences(t *testing.T) {
	threats := NewThreats(0)
	for _, d := range []*Detection{
		occurrence("B", 10, SeverityMedium), occurrence("A", 0, SeverityHigh), occurrence("B", 30, SeverityLow), occurrence("B", 20, SeverityCritical),
		occurrence("C", 40, SeverityLow),
	} {
		threats.Take(d)
	}
	type row struct {
		id, user    string
		count       int
		severity    Severity
		first, last int
	}
	var got []row
	for _, f := range threats.All() {
		got = append(got, row{f.FindingID, f.Actor.Username, f.Count, f.Severity, int(f.First.Sub(now()).Seconds()), int(f.Last.Sub(now()).Seconds())})
	}
	want := []row{
		{"A", "user-0", 1, SeverityHigh, 0, 0},
		{"C", "user-40", 1, SeverityLow, 40, 40},
		{"B", "user-30", 3, SeverityLow, 10, 30}, // The one that came late changed no details.
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestThreatsDropTheOldest(t *testing.T) {
	threats := NewThreats(2)
	for i, id := range []string{"A", "B", "A", "C", "D", "B"} {
		threats.Take(occurrence(id, i, SeverityLow))
	}
	var ids []string
	for _, f := range threats.All() {
		ids = append(ids, fmt.Sprint(f.FindingID, f.Count))
	}
	if got := strings.Join(ids, " "); got != "B1 D1" {
		t.Errorf("it holds %s", got)
	}
	if findings, occurrences := threats.Dropped(); findings != 3 || occurrences != 4 {
		t.Errorf("%d findings with %d occurrences were dropped", findings, occurrences)
	}
}

// An occurrence that an exception takes out must not hide one that none does.
// A flood of mild findings drives no grave one out.
func TestThreatsDropTheMildestFirst(t *testing.T) {
	threats := NewThreats(3)
	threats.Take(occurrence("grave", 0, SeverityHigh))
	threats.Take(occurrence("gravest", 1, SeverityCritical))
	for i := range 20 {
		threats.Take(occurrence(fmt.Sprint("mild-", i), 2+i, SeverityLow))
	}
	var ids []string
	for _, f := range threats.All() {
		ids = append(ids, f.FindingID)
	}
	if diff := cmp.Diff([]string{"gravest", "grave", "mild-19"}, ids); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if n, count := threats.Dropped(); n != 19 || count != 19 {
		t.Errorf("%d dropped with %d occurrences", n, count)
	}
}

func TestThreatsHoldABoundedNumberOfBytes(t *testing.T) {
	threats := NewThreats(0)
	threats.mostBytes = 100_000
	for i := range 200 {
		d := occurrence(fmt.Sprint(i), i, Severity(i%3))
		d.Call.UserAgent = strings.Repeat("x", i*7%1000)
		threats.Take(d)
		sum := 0
		for _, f := range threats.All() {
			sum += f.Size()
		}
		if sum != threats.bytes || sum > threats.mostBytes {
			t.Fatalf("%d bytes are held, %d counted", sum, threats.bytes)
		}
		if i != 100 {
			continue
		}
		var saved bytes.Buffer
		if err := threats.Save(&saved); err != nil {
			t.Fatal(err)
		}
		if err := threats.Load(&saved); err != nil || threats.bytes != sum {
			t.Fatalf("%d bytes are held after a checkpoint, not %d: %v", threats.bytes, sum, err)
		}
	}
}

func TestAnArchivedOccurrenceNeverStandsBeforeAnother(t *testing.T) {
	threats := NewThreats(0)
	exceptions := NewExceptions([]Suppression{{ID: "x", Match: Match{Type: "*", Fields: []FieldCriterion{{
		Field: "resource.kubernetesDetails.kubernetesUserDetails.username", Tests: []FieldTest{{Equals, []string{"user-1", "user-3"}}},
	}}}}}, now(), GuardDutyIdentity{})
	var got []string
	for i := 1; i <= 4; i++ {
		d := occurrence("A", i, SeverityLow)
		d.Exception = threats.Excuse(d, exceptions)
		threats.Take(d)
		f := threats.All()[0]
		got = append(got, fmt.Sprintf("%s %d/%d %t", f.Actor.Username, f.Archived, f.Count, f.IsArchived()))
	}
	want := []string{"user-1 1/1 true", "user-2 1/2 false", "user-2 2/3 false", "user-4 2/4 false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSavedThreatsGoOnAsBefore(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var all []*Detection
	for i := range 300 {
		all = append(all, occurrence(fmt.Sprint("F", r.IntN(40)), i+r.IntN(20), Severity(r.IntN(5))))
	}
	take := func(cut int) *Threats {
		threats := NewThreats(15)
		for i, d := range all {
			if i == cut {
				var saved bytes.Buffer
				if err := threats.Save(&saved); err != nil {
					t.Fatal(err)
				}
				threats = NewThreats(15)
				if err := threats.Load(&saved); err != nil {
					t.Fatal(err)
				}
			}
			threats.Take(d)
		}
		return threats
	}
	whole := take(-1)
	for range 30 {
		cut := r.IntN(len(all))
		other := take(cut)
		if diff := cmp.Diff(whole.All(), other.All()); diff != "" || other.dropped != whole.dropped || other.droppedCount != whole.droppedCount {
			t.Fatalf("saved before detection %d: -want +got:\n%s", cut, diff)
		}
	}
}

func TestSavedThreatsAreWhole(t *testing.T) {
	threats := NewThreats(0)
	threats.Take(&fullThreat().Detection)
	var saved bytes.Buffer
	if err := threats.Save(&saved); err != nil {
		t.Fatal(err)
	}
	text := saved.String()
	other := NewThreats(0)
	if err := other.Load(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(threats.All(), other.All()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, broken := range []string{"", "{}", text[:len(text)/2], strings.Replace(text, `"findings":1`, `"findings":2`, 1)} {
		if err := NewThreats(0).Load(strings.NewReader(broken)); err == nil {
			t.Errorf("%.40q… was loaded", broken)
		}
	}
}

func BenchmarkThreats(b *testing.B) {
	threats := NewThreats(1000)
	d := occurrence("A", 0, SeverityLow)
	b.ReportAllocs()
	for i := range b.N {
		d.FindingID, d.At = fmt.Sprint(i%1500), d.At.Add(time.Second)
		threats.Take(d)
	}
}

func BenchmarkExcuse(b *testing.B) {
	threats := NewThreats(0)
	exceptions := NewExceptions([]Suppression{{ID: "x", Match: Match{Type: "PrivilegeEscalation:*", Fields: []FieldCriterion{{
		Field: "resource.kubernetesDetails.kubernetesWorkloadDetails.containers.imagePrefix", Tests: []FieldTest{{Matches, []string{"quay.io/*", "registry.example/other*"}}},
	}}}}}, now(), GuardDutyIdentity{})
	d := &fullThreat().Detection
	b.ReportAllocs()
	for b.Loop() {
		if threats.Excuse(d, exceptions) != "" {
			b.Fatal("excused")
		}
	}
}

func BenchmarkSaveThreats(b *testing.B) {
	threats := NewThreats(0)
	for i := range 1000 {
		d := fullThreat().Detection
		d.FindingID = fmt.Sprint(i)
		threats.Take(&d)
	}
	b.ReportAllocs()
	for b.Loop() {
		var saved bytes.Buffer
		if err := threats.Save(&saved); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(saved.Len()))
	}
}
