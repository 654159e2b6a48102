// Package app wires the parts of Merlon to the jobs that a command does: it takes what the user asked for,
// reads the sources, evaluates, correlates, and gives the result. It is the only place where what
// produces something meets what consumes it; it prints nothing and decides no severity.
package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/merlonsec/merlon/internal/collect/aws"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/rule"
)

// ErrNothing says that no resource could be read at all.
var ErrNothing = errors.New("nothing to assess")

// Input says what to read.
type Input struct {
	manifest.Options
	// AWS says which accounts to read; nil for none.
	AWS *aws.Options
}

// Read collects what the input names into a view, files before live accounts. It fails with [ErrNothing] when there
// is no resource in any source; the view then still tells, by its sources, why.
func Read(ctx context.Context, in Input) (*inventory.View, error) {
	collected, err := manifest.Read(ctx, in.Options)
	if err != nil {
		return nil, fmt.Errorf("read input: %w", err)
	}
	sources, resources := collected.Sources, collected.Resources
	if in.AWS != nil {
		live, err := aws.Read(ctx, *in.AWS)
		if err != nil {
			return nil, fmt.Errorf("read input: %w", err)
		}
		sources, resources = append(sources, live.Sources...), append(resources, live.Resources...)
	}
	v := schema.NewView(sources, resources)
	if v.Len() == 0 {
		return v, ErrNothing
	}
	return v, nil
}

// Assessment is what a scan applies to a view.
type Assessment struct {
	Rules        []*rule.Rule
	Settings     rule.Settings
	Suppressions []finding.Suppression
	Version      string
	Now          time.Time
}

// Assess evaluates the rules over a view and correlates what they find.
func Assess(v *inventory.View, a Assessment) *finding.Scan {
	world := &rule.World{Inventory: v, Settings: a.Settings, Now: a.Now}
	evaluated := evaluate.Traits(world, a.Rules)
	traits, suppressed, uses := finding.Suppress(evaluated.Traits, a.Suppressions, a.Now)
	correlated := correlate.Exposures(correlate.Input{World: world, Traits: traits, Rules: a.Rules})
	scan := &finding.Scan{
		Schema:             finding.ScanSchema,
		Tool:               inventory.Tool{Version: a.Version},
		ScannedAt:          a.Now.UTC().Truncate(time.Second),
		Sources:            v.Sources(),
		KubernetesVersions: world.KubernetesVersions(),
		Resources:          resourceCount(v, a.Rules),
		Traits:             records(correlated.Traits),
		Exposures:          correlated.Exposures,
		NotAssessed:        evaluated.NotAssessed,
		Suppressed:         suppressed,
		Exceptions:         uses,
		FewestFixes:        correlated.FewestFixes,
	}
	return scan
}

// resourceCount counts what was read, and what of it no rule looks at.
func resourceCount(v *inventory.View, rules []*rule.Rule) finding.ResourceCount {
	count := finding.ResourceCount{Total: v.Len(), ByType: v.CountByType(), Redeclared: len(v.Duplicates())}
	looked := map[inventory.Type]bool{}
	for _, r := range rules {
		for _, t := range r.On {
			looked[t] = true
		}
	}
	for t, n := range count.ByType {
		if !looked[t] {
			count.NoRule += n
		}
	}
	return count
}

// records lists the traits that are present, as the JSON contract gives them.
func records(traits []finding.Trait) []finding.TraitRecord {
	present := []finding.TraitRecord{}
	for _, t := range traits {
		if t.State == finding.Present {
			present = append(present, finding.TraitRecord{
				ID: t.ID, Category: t.Category, Resource: t.Resource,
				Evidence: t.Evidence, Origin: t.Origin, Platform: t.Platform,
			})
		}
	}
	return present
}
