package detect

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/merlonsec/merlon/internal/lang"
)

// checkpointVersion changes when an engine cannot go on from what an older one saved.
const checkpointVersion = 1

// checkpoint is an engine's state, as JSON. Each rule's stands under its type, so that a rule that came in since begins
// with nothing, and what a rule that is gone remembered is dropped.
type checkpoint struct {
	Version int                     `json:"version"`
	Clock   clock                   `json:"clock"`
	Stages  [2][]uint64             `json:"stages"` // the young generation's hashes, then the elder's
	Rules   map[string]savedRule    `json:"rules"`
	Told    generationsState[int64] `json:"told"`
	Usual   json.RawMessage         `json:"usual,omitempty"`
	Stories json.RawMessage         `json:"stories,omitempty"`
	Stats   Stats                   `json:"stats"`
}

// savedRule is a rule's state in a checkpoint.
type savedRule struct {
	Windows *generationsState[window]    `json:"windows,omitempty"`
	Firsts  *generationsState[firstSeen] `json:"firsts,omitempty"`
	Unseen  int64                        `json:"unseen,omitempty"`
	// Why is the text in every language, in the order of lang.All: a lang.Text is written in one.
	Why [3]string `json:"why,omitzero"`
}

// Save writes the engine's state, from which [Engine.Load] of an engine with the same options goes on as if it had not
// stopped.
func (e *Engine) Save(w io.Writer) error {
	c := checkpoint{
		Version: checkpointVersion, Clock: e.clock, Stages: [2][]uint64{e.stages.young.list(), e.stages.elder.list()},
		Rules: map[string]savedRule{}, Told: e.told.save(), Stats: e.stats,
	}
	for i := range e.rules {
		c.Rules[e.o.Rules[i].Type] = e.rules[i].save()
	}
	var err error
	if c.Usual, err = e.usual.save(); err != nil {
		return fmt.Errorf("save baselines: %w", err)
	}
	if c.Stories, err = e.stories.save(); err != nil {
		return fmt.Errorf("save attack sequences: %w", err)
	}
	if err := json.NewEncoder(w).Encode(&c); err != nil {
		return fmt.Errorf("save the detector's state: %w", err)
	}
	return nil
}

func (s *ruleState) save() savedRule {
	saved := savedRule{Unseen: s.unseen, Why: [3]string{s.why.EN, s.why.ES, s.why.PT}}
	if s.windows != nil {
		state := s.windows.save()
		saved.Windows = &state
	}
	if s.firsts != nil {
		state := s.firsts.save()
		saved.Firsts = &state
	}
	return saved
}

// Load takes over the state that another engine saved. The engine must be new.
func (e *Engine) Load(r io.Reader) error {
	var c checkpoint
	if err := json.NewDecoder(r).Decode(&c); err != nil {
		return fmt.Errorf("read the detector's state: %w", err)
	}
	if c.Version != checkpointVersion {
		return fmt.Errorf("the detector's state is of version %d; this Merlon reads version %d", c.Version, checkpointVersion)
	}
	e.clock, e.stats = c.Clock, c.Stats
	e.stages.young, e.stages.elder = tableOf(c.Stages[0]), tableOf(c.Stages[1])
	e.told.load(c.Told)
	for i := range e.rules {
		e.rules[i].load(c.Rules[e.o.Rules[i].Type])
	}
	if err := e.usual.load(c.Usual); err != nil {
		return fmt.Errorf("read baselines: %w", err)
	}
	if err := e.stories.load(c.Stories); err != nil {
		return fmt.Errorf("read attack sequences: %w", err)
	}
	return nil
}

func (s *ruleState) load(saved savedRule) {
	s.unseen, s.why = saved.Unseen, lang.Text{EN: saved.Why[0], ES: saved.Why[1], PT: saved.Why[2]}
	if s.windows != nil && saved.Windows != nil {
		s.windows.load(*saved.Windows)
	}
	if s.firsts != nil && saved.Firsts != nil {
		s.firsts.load(*saved.Firsts)
	}
}

func tableOf(hashes []uint64) table {
	var t table
	for _, h := range hashes {
		if h != 0 && !t.has(h) {
			t.add(h)
		}
	}
	return t
}
