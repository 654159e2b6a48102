package finding

import (
	"slices"
	"testing"
	"time"
)

// A sequence is told again as it grows, which says nothing of how noisy its rule is.
func TestAReplayCountsASequenceOnceADay(t *testing.T) {
	begin := time.Date(2026, time.November, 20, 22, 0, 0, 0, time.UTC)
	var r Replayer
	take := func(id string, hours, updates int) {
		r.Take(&Detection{FindingID: id, Type: "AttackSequence:EKS/X", At: begin.Add(time.Duration(hours) * time.Hour), Sequence: &Sequence{Updates: updates}})
	}
	take("a", 0, 0)
	take("a", 1, 1)
	take("b", 1, 0)
	take("a", 2, 2) // The next day.
	take("a", 3, 3)
	take("a", 5, 0) // It began anew.
	got := r.Replay(begin, begin.Add(24*time.Hour)).Types
	if len(got) != 1 || got[0].Findings != 2 || got[0].Detections != 4 || !slices.Equal(got[0].PerDay, []int{2, 2}) {
		t.Errorf("it counts %+v", got)
	}
}

func TestASequenceTellsWhatIsNew(t *testing.T) {
	s := &Sequence{Around: "actor", Subject: "system:serviceaccount:tools:ci", Updates: 2, New: []string{"2", "3"}}
	s.Signals = []Signal{
		{FindingID: "1", Type: "Discovery:Kubernetes/PermissionsListed"},
		{FindingID: "2", Type: "Policy:Kubernetes/AdminBindingCreated"},
		{FindingID: "3", Type: "Policy:Kubernetes/AdminBindingCreated"},
	}
	if got, want := s.Update().EN, "The service account tools/ci: + AdminBindingCreated, now 3 findings"; got != want {
		t.Errorf("it tells %q, want %q", got, want)
	}
	s.Updates = 0
	if got := s.Update().EN; got != "" {
		t.Errorf("of what is told for the first time it tells %q", got)
	}
}
