package finding

import (
	"cmp"
	"container/heap"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/lang"
)

// Threat is a finding: the occurrences of one type about the same thing. Its details, the severity among them, are those
// of the latest occurrence, as GuardDuty's are; but one that an exception took out never stands before one that none did.
type Threat struct {
	Detection
	// Count is how many occurrences there were, and First and Last when the earliest and the latest one was.
	Count int       `json:"count"`
	First time.Time `json:"firstSeen,omitzero"`
	Last  time.Time `json:"lastSeen,omitzero"`
	// Archived is how many of the occurrences an exception took out.
	Archived int `json:"archived,omitempty"`
}

// IsArchived reports whether exceptions took out every occurrence.
func (t *Threat) IsArchived() bool { return t.Count > 0 && t.Archived == t.Count }

// DefaultThreats is how many findings are held at once, and threatBytes how much memory they take at most, roughly.
const (
	DefaultThreats = 50_000
	threatBytes    = 384 << 20
)

// Threats gathers detections into findings. It holds a bounded number of them, and of bytes: beyond it the mildest go, and
// of these the ones that were last seen the longest time ago. So nobody drives a grave finding out with a flood of mild
// ones. What it holds depends on the detections and their order alone.
type Threats struct {
	limit, mostBytes int
	byID             map[string]*heldThreat
	byWorth          worths
	bytes            int
	// dropped is how many findings went, and droppedCount how many occurrences they had.
	dropped, droppedCount int
}

// heldThreat is a finding with its place in the heap.
type heldThreat struct {
	Threat
	place, size int
}

// NewThreats makes an empty collection of at most limit findings; 0 stands for [DefaultThreats].
func NewThreats(limit int) *Threats {
	if limit <= 0 {
		limit = DefaultThreats
	}
	return &Threats{limit: limit, mostBytes: threatBytes, byID: map[string]*heldThreat{}}
}

// Excuse gives the ID of the exception that takes an occurrence out, and counts that; "" for none. The exceptions see its
// finding as it will be with the occurrence in it, which [Threats.Take] then adds. Without exceptions, nothing is excused.
func (t *Threats) Excuse(d *Detection, by *Exceptions) string {
	if by == nil {
		return ""
	}
	after := Threat{Detection: *d}
	if held := t.byID[d.FindingID]; held != nil {
		after.Count, after.First, after.Last, after.Archived = held.Count, held.First, held.Last, held.Archived
	}
	after.seen(d.At)
	return by.judge(&after)
}

// Take adds an occurrence to its finding, and gives the finding as it now is; an Exception says whether the occurrence was
// archived. The finding must not be changed, and counts until the next Take.
func (t *Threats) Take(d *Detection) *Threat {
	held := t.byID[d.FindingID]
	if held == nil {
		held = &heldThreat{}
		t.byID[d.FindingID] = held
	} else {
		heap.Remove(&t.byWorth, held.place)
		t.bytes -= held.size
	}
	held.merge(d)
	t.hold(held)
	return &held.Threat
}

// hold puts a finding into the heap, and drops those of least worth where there is too much.
func (t *Threats) hold(held *heldThreat) {
	held.size = held.Size()
	t.bytes += held.size
	heap.Push(&t.byWorth, held)
	for len(t.byWorth) > t.limit || t.bytes > t.mostBytes && len(t.byWorth) > 1 {
		least, _ := heap.Pop(&t.byWorth).(*heldThreat)
		delete(t.byID, least.FindingID)
		t.bytes -= least.size
		t.dropped++
		t.droppedCount += least.Count
	}
}

// seen counts an occurrence.
func (t *Threat) seen(at time.Time) {
	t.Count++
	if !at.IsZero() && (t.First.IsZero() || at.Before(t.First)) {
		t.First = at
	}
	if at.After(t.Last) {
		t.Last = at
	}
}

// merge counts an occurrence, and takes its details over unless those that are there should stay.
func (t *Threat) merge(d *Detection) {
	excused, allExcused, late := d.Exception != "", t.IsArchived(), d.At.Before(t.At)
	if t.Count == 0 || !excused && allExcused || excused == allExcused && !late {
		t.Detection = *d
	}
	t.seen(d.At)
	if excused {
		t.Archived++
	}
}

// Dropped is how many findings were dropped because there were too many, and how many occurrences they had.
func (t *Threats) Dropped() (findings, occurrences int) { return t.dropped, t.droppedCount }

// Len is how many findings are held.
func (t *Threats) Len() int { return len(t.byWorth) }

// All lists the findings: the gravest first, of equal ones the one that was seen last, then by type and ID.
func (t *Threats) All() []Threat {
	all := make([]Threat, len(t.byWorth))
	for i, h := range t.sorted() {
		all[i] = h.Threat
	}
	return all
}

func (t *Threats) sorted() []*heldThreat {
	return slices.SortedFunc(slices.Values(t.byWorth), func(a, b *heldThreat) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), b.Last.Compare(a.Last), cmp.Compare(a.Type, b.Type), cmp.Compare(a.FindingID, b.FindingID))
	})
}

// worths is a heap of findings, on top the mildest one, and of these the one that was last seen the longest time ago.
type worths []*heldThreat

// Len implements [heap.Interface], as the next four do.
func (w worths) Len() int { return len(w) }

// Less puts milder findings first, and older ones of these.
func (w worths) Less(i, j int) bool {
	a, b := w[i], w[j]
	return cmp.Or(cmp.Compare(a.Severity, b.Severity), a.Last.Compare(b.Last), cmp.Compare(a.FindingID, b.FindingID)) < 0
}

// Swap exchanges two findings.
func (w worths) Swap(i, j int) {
	w[i], w[j] = w[j], w[i]
	w[i].place, w[j].place = i, j
}

// Push adds a finding at the end.
func (w *worths) Push(x any) {
	h, _ := x.(*heldThreat)
	h.place = len(*w)
	*w = append(*w, h)
}

// Pop takes the finding at the end.
func (w *worths) Pop() any {
	last := len(*w) - 1
	h := (*w)[last]
	(*w)[last] = nil
	*w = (*w)[:last]
	return h
}

// threatsHead is the first line of saved findings; one finding a line follows.
type threatsHead struct {
	Schema       string `json:"schema"`
	Findings     int    `json:"findings"`
	Dropped      int    `json:"dropped,omitempty"`
	DroppedCount int    `json:"droppedOccurrences,omitempty"`
}

// savedThreat is a finding with its title in every language, which the JSON of a finding has in one.
type savedThreat struct {
	*Threat
	EN string `json:"titleEN,omitempty"`
	ES string `json:"titleES,omitempty"`
	PT string `json:"titlePT,omitempty"`
}

const threatsSchema = "merlon/threats/v1"

// Save writes all findings as lines of JSON, in the order of [Threats.All].
func (t *Threats) Save(w io.Writer) error {
	enc := json.NewEncoder(w)
	if err := enc.Encode(threatsHead{threatsSchema, len(t.byWorth), t.dropped, t.droppedCount}); err != nil {
		return fmt.Errorf("save findings: %w", err)
	}
	for _, one := range t.sorted() {
		if err := enc.Encode(savedThreat{&one.Threat, one.Text.EN, one.Text.ES, one.Text.PT}); err != nil {
			return fmt.Errorf("save findings: %w", err)
		}
	}
	return nil
}

// Load takes over what Save wrote, in the place of what is held.
func (t *Threats) Load(r io.Reader) error {
	dec := json.NewDecoder(r)
	var head threatsHead
	if err := dec.Decode(&head); err != nil {
		return fmt.Errorf("load findings: %w", err)
	}
	if head.Schema != threatsSchema {
		return fmt.Errorf("load findings: schema %q is not %s", head.Schema, threatsSchema)
	}
	fresh := NewThreats(t.limit)
	fresh.mostBytes = t.mostBytes
	fresh.dropped, fresh.droppedCount = head.Dropped, head.DroppedCount
	for range head.Findings {
		h := &heldThreat{}
		saved := savedThreat{Threat: &h.Threat}
		if err := dec.Decode(&saved); err != nil {
			return fmt.Errorf("load findings: %w", noEOF(err))
		}
		h.Text = lang.Text{EN: saved.EN, ES: saved.ES, PT: saved.PT}
		if fresh.byID[h.FindingID] != nil {
			return fmt.Errorf("load findings: finding %q is there twice", h.FindingID)
		}
		fresh.byID[h.FindingID] = h
		fresh.hold(h)
	}
	*t = *fresh
	return nil
}

// noEOF makes an end that comes too early an error of its own.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
