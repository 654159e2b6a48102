package detect

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// stories joins detections into attack sequences.
type stories struct {
	rules []*rule.Detection
}

func newStories(rules []*rule.Detection) *stories { return &stories{} }

// take joins a detection to the stories that it may belong to, and gives those that it completes or goes on.
func (s *stories) take(d *finding.Detection, now int64) []*finding.Detection { return nil }

func (s *stories) save() ([]byte, error) { return nil, nil }

func (s *stories) load(saved []byte) error { return nil }
