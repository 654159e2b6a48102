package detect

import (
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
type stories struct {
	rules []*rule.Detection // those with Joins
	// around holds the signals by what they have in common.
	around *generations[story]
}

// story is the signals around one subject.
type story struct {
	Signals []signal `json:"signals"`
	// Told is how many finding types there were when it was last told; 0 before.
	Told int `json:"told,omitempty"`
}

// signal is a finding in a story, with the time of its latest occurrence in nanoseconds since 1970.
type signal struct {
	finding.Signal
	At int64 `json:"at"`
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
type subject struct{ kind, name string }

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
			if user, ok := userOfSubject(s); ok {
				all = append(all, subject{aroundActor, user})
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
	var told []*finding.Detection
	for _, of := range subjectsOf(d) {
		key := finding.Fingerprint(d.Cluster, of.kind, of.name) // of one length, however long a name is
		st, _ := s.around.get([]byte(key))
		for _, r := range s.rules {
			st.add(d, now, r.Joins.Within)
			if types := st.complete(r.Joins); types > st.Told && !within(&st, told) {
				st.Told = types
				told = append(told, st.tell(r, d, of))
			}
		}
		s.around.put(key, st)
	}
	return told
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
			current.First = old.First
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
		st.Told = 0
	}
}

func objectText(d *finding.Detection) string {
	name := strings.Trim(d.Call.Namespace+"/"+d.Call.Name, "/")
	return strings.TrimSpace(d.Call.Resource + " " + name)
}

// complete gives how many finding types a story has, or 0 where it is none yet.
func (st *story) complete(j *rule.Joining) int {
	types, tactics := map[string]bool{}, map[string]bool{}
	grave, hostile := false, false
	for i := range st.Signals {
		signal := &st.Signals[i].Signal
		types[signal.Type] = true
		tactics[tacticOf(signal.Type)] = true
		grave = grave || signal.Severity >= j.Grave
		hostile = hostile || j.Hostile(signal)
	}
	if len(types) < j.Types || len(tactics) < j.Tactics || !grave || !hostile {
		return 0
	}
	return len(types)
}

func tacticOf(findingType string) string {
	tactic, _, _ := strings.Cut(findingType, ":")
	return tactic
}

// within reports whether a story that was just told has every signal of this one.
func within(st *story, told []*finding.Detection) bool {
	for _, other := range told {
		all := true
		for _, s := range st.Signals {
			all = all && slices.ContainsFunc(other.Sequence.Signals, func(o finding.Signal) bool { return o.FindingID == s.FindingID })
		}
		if all {
			return true
		}
	}
	return false
}

// tell makes the detection of a story. Its call and actor are those of the signal that completed it.
func (st *story) tell(r *rule.Detection, d *finding.Detection, of subject) *finding.Detection {
	told := *d
	told.Type, told.Severity, told.Title, told.Text = r.Type, r.Severity, r.Title.EN, r.Title
	told.Resource = finding.DetectedObject{UID: inventory.ClusterUID(d.Cluster), Type: "k8s/core/Cluster", Name: d.Cluster}
	told.FindingID = finding.Fingerprint("merlon/detection/v1", r.Type, d.Cluster, of.kind, of.name)
	told.ID = finding.Fingerprint(told.FindingID, d.ID)
	told.Window, told.Anomaly, told.Permission, told.Role, told.Binding = nil, nil, nil, nil, nil
	told.Sequence = st.sequence(of)
	told.Why = []finding.Reason{{Condition: "joined-by-" + of.kind}}
	return &told
}

// sequence gives the signals in the order in which they first showed.
func (st *story) sequence(of subject) *finding.Sequence {
	sequence := &finding.Sequence{Around: of.kind, Subject: of.name}
	for _, s := range st.Signals {
		sequence.Signals = append(sequence.Signals, s.Signal)
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
