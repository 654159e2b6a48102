package detect

import (
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// baselines is what is usual for each user and in each cluster.
type baselines struct {
	period time.Duration
}

func newBaselines(period time.Duration) *baselines { return &baselines{period: period} }

// judge says what is unusual about an action; nil where nothing is, or not enough was learned to tell.
func (b *baselines) judge(a *rule.Action, u *rule.Unusual, now int64) *finding.Anomaly { return nil }

// learn takes an action into the baselines.
func (b *baselines) learn(a *rule.Action, now int64) {}

func (b *baselines) save() ([]byte, error) { return nil, nil }

func (b *baselines) load(saved []byte) error { return nil }
