package detect

import (
	"cmp"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
)

// stories joins detections into attack sequences. A detection is a signal for everything that it has in common with
// others: who acted, from which public address, on which workload, and who was given rights, whose own acts then belong to
// the same story.
//
// One attack is one finding. A story that goes on is told again, as the same finding, when a type of finding comes to it. A
// story all of whose signals stand in another that was told is not told beside it; and one that comes to hold another that
// was told goes on as that one's finding.
type stories struct {
	rules []*rule.Detection // those with Joins
	// around holds the signals by what they have in common.
	around *generations[story]
}

// story is the signals around one subject.
type story struct {
	Signals []signal `json:"signals"`
	// Tellings is how often it was told.
	Tellings int `json:"tellings,omitempty"`
	// As is the subject under whose finding it is told, where it is not its own.
	As *subject `json:"as,omitempty"`
	// HeldBy is the subject of the story that was told in its place.
	HeldBy *subject `json:"heldBy,omitempty"`
}

// signal is a finding in a story, with the time of its latest occurrence in nanoseconds since 1970.
type signal struct {
	finding.Signal
	At int64 `json:"at"`
	// Told says that it was told in this story, or in one that holds this.
	Told bool `json:"told,omitempty"`
}

// The bounds on stories: how many subjects a generation holds, and how many findings one story.
const (
	storyLimit  = 1 << 12
	signalLimit = 48
)

// What detections have in common.
const (
	aroundActor   = "actor"
	aroundAddress = "address"
	aroundTarget  = "target"
)

// signalTextLimit is how much of each text a signal keeps: there are more of them than of anything else.
const signalTextLimit = 128

func newStories(rules []*rule.Detection) *stories {
	s := &stories{around: newGenerations[story](storyLimit)}
	for _, r := range rules {
		if r.Joins != nil {
			s.rules = append(s.rules, r)
		}
	}
	return s
}

// subject is one thing that detections have in common.
type subject struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// subjectsOf lists what a detection may have in common with others, the most telling first.
func subjectsOf(d *finding.Detection) []subject {
	var all []subject
	if d.Actor.Username != "" {
		all = append(all, subject{aroundActor, d.Actor.Username})
	}
	if address := publicAddress(d); address != "" {
		all = append(all, subject{aroundAddress, address})
	}
	if target := targetOf(d); target != "" {
		all = append(all, subject{aroundTarget, target})
	}
	if d.Binding != nil {
		for _, s := range d.Binding.Subjects {
			user, ok := userOfSubject(s)
			if given := (subject{aroundActor, user}); ok && !slices.Contains(all, given) {
				all = append(all, given)
			}
		}
	}
	return all
}

// publicAddress is the address that connected, if it is one of the internet. What request headers name is the caller's to
// invent, and would make a story of requests that have nothing to do with each other.
func publicAddress(d *finding.Detection) string {
	a, err := netip.ParseAddr(d.Call.Peer())
	if err != nil || !a.IsGlobalUnicast() || a.Unmap().IsPrivate() {
		return ""
	}
	return a.Unmap().String()
}

// targetOf names the workload that a detection is about.
func targetOf(d *finding.Detection) string {
	if d.Workload == nil || d.Workload.Name == "" {
		return ""
	}
	return d.Workload.Namespace + "/" + d.Workload.Type + "/" + d.Workload.Name
}

// userOfSubject gives the user name of a binding's subject that is one user: a user or a service account.
func userOfSubject(s string) (string, bool) {
	kind, name, _ := strings.Cut(s, ":")
	switch kind {
	case "User":
		return name, true
	case "ServiceAccount":
		namespace, account, ok := strings.Cut(name, "/")
		return "system:serviceaccount:" + namespace + ":" + account, ok
	}
	return "", false
}

// take joins a detection to the stories that it belongs to, and gives those that it completes, or that it adds a finding
// type to.
func (s *stories) take(d *finding.Detection, now int64) []*finding.Detection {
	if len(s.rules) == 0 {
		return nil
	}
	of := subjectsOf(d)
	all := make([]*story, len(of))
	for i := range of {
		all[i] = s.find(d.Cluster, of[i])
	}
	var told []*finding.Detection
	for _, r := range s.rules {
		for _, st := range all {
			st.add(d, now, r.Joins.Within)
		}
		for _, i := range longestFirst(all) {
			st := all[i]
			if !st.isComplete(r.Joins) || !st.hasNewType() {
				continue
			}
			if holder := holderOf(all, i); holder >= 0 {
				st.HeldBy = &of[holder]
			} else {
				s.goOn(d.Cluster, st, of[i], all, of)
				st.Tellings++
				told = append(told, st.tell(r, d, of[i]))
			}
			st.markTold()
		}
	}
	for i, st := range all {
		s.around.put(storyKey(d.Cluster, of[i]), *st)
	}
	return told
}

func storyKey(cluster string, of subject) string {
	return finding.Fingerprint(cluster, of.Kind, of.Name) // of one length, however long a name is
}

func (s *stories) find(cluster string, of subject) *story {
	st, _ := s.around.get([]byte(storyKey(cluster, of)))
	return &st
}

// goOn looks for the finding as which a story goes on that is to be told, where it was not yet.
func (s *stories) goOn(cluster string, st *story, mine subject, all []*story, of []subject) {
	if st.Tellings > 0 || st.HeldBy == nil {
		return
	}
	theirs := *st.HeldBy
	st.HeldBy = nil
	if at := slices.Index(of, theirs); at >= 0 {
		st.goesOnFrom(all[at], mine, theirs)
		return
	}
	other := s.find(cluster, theirs)
	st.goesOnFrom(other, mine, theirs)
	s.around.put(storyKey(cluster, theirs), *other)
}

// add puts a detection's finding among the signals, and drops those that are too old. The list is copied: the story in
// the map shares it.
func (st *story) add(d *finding.Detection, now int64, within time.Duration) {
	kept := make([]signal, 0, len(st.Signals)+1)
	current := signal{At: now, Signal: finding.Signal{
		FindingID: d.FindingID, Type: d.Type, Severity: d.Severity, Count: 1, First: d.At, Last: d.At,
		Actor: cut(d.Actor.Username, signalTextLimit), Object: cut(objectText(d), signalTextLimit),
		Address: cut(d.Address(), signalTextLimit),
	}}
	for _, old := range st.Signals {
		switch {
		case now-old.At > int64(within) || old.At-now > int64(within):
		case old.FindingID == d.FindingID:
			current.Count += old.Count
			current.First, current.Told = old.First, old.Told
		default:
			kept = append(kept, old)
		}
	}
	kept = append(kept, current)
	if len(kept) > signalLimit {
		kept = slices.Delete(kept, 0, len(kept)-signalLimit)
	}
	st.Signals = kept
	if len(kept) == 1 {
		st.Tellings = 0
	}
}

func objectText(d *finding.Detection) string {
	name := strings.Trim(d.Call.Namespace+"/"+d.Call.Name, "/")
	return strings.TrimSpace(d.Call.Resource + " " + name)
}

// isComplete reports whether the signals make a story.
func (st *story) isComplete(j *rule.Joining) bool {
	types, tactics := map[string]bool{}, map[string]bool{}
	grave, hostile := false, false
	for i := range st.Signals {
		signal := &st.Signals[i].Signal
		types[signal.Type] = true
		tactics[tacticOf(signal.Type)] = true
		grave = grave || signal.Severity >= j.Grave
		hostile = hostile || j.Hostile(signal)
	}
	return len(types) >= j.Types && len(tactics) >= j.Tactics && grave && hostile
}

// hasNewType reports whether a finding type came that was not told yet.
func (st *story) hasNewType() bool {
	return slices.ContainsFunc(st.Signals, func(s signal) bool {
		return !s.Told && !slices.ContainsFunc(st.Signals, func(o signal) bool { return o.Told && o.Type == s.Type })
	})
}

func (st *story) markTold() {
	for i := range st.Signals {
		st.Signals[i].Told = true
	}
}

func tacticOf(findingType string) string {
	tactic, _, _ := strings.Cut(findingType, ":")
	return tactic
}

// isWithin reports whether another story has every signal of this one.
func (st *story) isWithin(other *story) bool {
	for i := range st.Signals {
		id := st.Signals[i].FindingID
		if !slices.ContainsFunc(other.Signals, func(o signal) bool { return o.FindingID == id }) {
			return false
		}
	}
	return true
}

// longestFirst gives the order in which stories are told: one that holds another before that one.
func longestFirst(all []*story) []int {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(len(all[j].Signals), len(all[i].Signals)) })
	return order
}

// holderOf gives the story that was told and has every signal of another; -1 for none. Of two that were told and have the
// same, the first holds the other. The stories that a detection belongs to are all that can: it is one of the signals.
func holderOf(all []*story, i int) int {
	for j, other := range all {
		if j == i || other.Tellings == 0 || !all[i].isWithin(other) {
			continue
		}
		if all[i].Tellings == 0 || j < i || !other.isWithin(all[i]) {
			return j
		}
	}
	return -1
}

// goesOnFrom has a story that is told for the first time go on as the finding of the one that held it, where it has every
// signal of that now. Should the other have more to tell later, it does so as the finding that this one would have been.
func (st *story) goesOnFrom(other *story, mine, theirs subject) {
	if other.Tellings == 0 || !other.isWithin(st) {
		return
	}
	mine, theirs = st.as(mine), other.as(theirs)
	st.As, other.As = &theirs, &mine
	st.Tellings, other.Tellings = other.Tellings, 0
}

// as gives the subject under whose finding a story is told.
func (st *story) as(of subject) subject {
	if st.As != nil {
		return *st.As
	}
	return of
}

// tell makes the detection of a story. Its call and actor are those of the signal that completed it.
func (st *story) tell(r *rule.Detection, d *finding.Detection, of subject) *finding.Detection {
	told := *d
	told.Type, told.Severity, told.Title, told.Text = r.Type, r.Severity, r.Title.EN, r.Title
	told.Resource = finding.DetectedObject{UID: inventory.ClusterUID(d.Cluster), Type: "k8s/core/Cluster", Name: d.Cluster}
	told.FindingID = finding.Fingerprint("merlon/detection/v1", r.Type, d.Cluster, st.as(of).Kind, st.as(of).Name)
	told.ID = finding.Fingerprint(told.FindingID, d.ID)
	told.Window, told.Anomaly, told.Permission, told.Role, told.Binding = nil, nil, nil, nil, nil
	told.Sequence = st.sequence(of)
	told.Why = []finding.Reason{{Condition: "joined-by-" + of.Kind}}
	return &told
}

// sequence gives the signals in the order in which they first showed.
func (st *story) sequence(of subject) *finding.Sequence {
	sequence := &finding.Sequence{Around: of.Kind, Subject: of.Name, Updates: st.Tellings - 1}
	for _, s := range st.Signals {
		sequence.Signals = append(sequence.Signals, s.Signal)
		if !s.Told && sequence.Updates > 0 {
			sequence.New = append(sequence.New, s.FindingID)
		}
	}
	slices.SortStableFunc(sequence.Signals, func(a, b finding.Signal) int { return a.First.Compare(b.First) })
	for _, s := range sequence.Signals {
		if tactic := tacticOf(s.Type); !slices.Contains(sequence.Tactics, tactic) {
			sequence.Tactics = append(sequence.Tactics, tactic)
		}
	}
	return sequence
}

func (s *stories) save() ([]byte, error) { return json.Marshal(s.around.save()) }

func (s *stories) load(saved []byte) error {
	if len(saved) == 0 {
		return nil
	}
	var state generationsState[story]
	if err := json.Unmarshal(saved, &state); err != nil {
		return err
	}
	s.around.load(state)
	return nil
}
