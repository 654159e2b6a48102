package finding

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
)

// Change is what became of an exposure since a baseline.
type Change string

// The changes. An exposure that the baseline has is graver where its severity is higher than it was or one
// of its traits is new there, and milder where its severity is lower and no trait is new.
const (
	ChangeNew    Change = "new"
	ChangeGraver Change = "graver"
	ChangeMilder Change = "milder"
	ChangeNone   Change = "same"
)

// Difference counts the exposures of two scans by what became of them. Components of the platform do not
// count.
type Difference struct {
	New    int `json:"new"`
	Graver int `json:"graver"`
	Milder int `json:"milder"`
	Same   int `json:"same"`
	// Gone are those that only the baseline has: they were closed, or what they are about was not read.
	Gone int `json:"gone"`
}

// count notes one exposure.
func (d *Difference) count(c Change) {
	switch c {
	case ChangeNew:
		d.New++
	case ChangeGraver:
		d.Graver++
	case ChangeMilder:
		d.Milder++
	default:
		d.Same++
	}
}

// Baseline is an earlier scan to compare with.
type Baseline struct {
	scan      *Scan
	traits    map[knownTrait]bool
	exposures map[string]*Exposure
}

// knownTrait is a trait of a primary resource, in one object behind it, or, with no object, in any.
type knownTrait struct {
	trait             string
	resource, evident inventory.UID
}

// NewBaseline indexes an earlier scan; nil for none.
func NewBaseline(s *Scan) *Baseline {
	if s == nil {
		return nil
	}
	b := &Baseline{scan: s, traits: map[knownTrait]bool{}, exposures: map[string]*Exposure{}}
	for _, t := range s.Traits {
		b.traits[knownTrait{t.ID, t.Resource, ""}] = true
		for _, e := range t.Evidence {
			b.traits[knownTrait{t.ID, t.Resource, e.Resource}] = true
		}
	}
	for i := range s.Exposures {
		b.exposures[s.Exposures[i].UID] = &s.Exposures[i]
	}
	return b
}

// Exposure gives what the baseline has under a UID; nil for nothing.
func (b *Baseline) Exposure(uid string) *Exposure { return b.exposures[uid] }

// Knew reports whether the baseline has a trait on a resource, in every object that the evidence names, so
// that a second ConfigMap with a password is new beside the first.
func (b *Baseline) Knew(trait string, resource inventory.UID, evidence []Evidence) bool {
	for _, e := range evidence {
		if !b.traits[knownTrait{trait, resource, e.Resource}] {
			return false
		}
	}
	return b.traits[knownTrait{trait, resource, ""}]
}

// LeftOut reports whether an exception took a trait out of the baseline.
func (b *Baseline) LeftOut(trait string, resource inventory.UID) bool {
	return slices.ContainsFunc(b.scan.Suppressed, func(s SuppressedTrait) bool { return s.Trait == trait && s.Resource == resource })
}

// knewAll reports whether the baseline has every trait of an exposure. It may leave exposures out, below a
// severity, but it has all of their traits.
func (b *Baseline) knewAll(e *Exposure) bool {
	return !slices.ContainsFunc(e.Traits, func(t ExposureTrait) bool { return !b.Knew(t.ID, t.Resource, t.Evidence) })
}

// Compare says what became of an exposure.
func (b *Baseline) Compare(e *Exposure) Change {
	before, knew := b.exposures[e.UID], b.knewAll(e)
	switch {
	case before == nil && !knew:
		return ChangeNew
	case before == nil:
		return ChangeNone
	case e.Severity > before.Severity || !knew:
		return ChangeGraver
	case e.Severity < before.Severity:
		return ChangeMilder
	}
	return ChangeNone
}

// Since gives a scan with only those of its exposures that are new or graver than in the baseline, each
// marked as such, and with the difference of the two. Its plan is left out, which is about all of them. The
// scan that was given stays as it is.
func (b *Baseline) Since(s *Scan) *Scan {
	worse, d, here := []Exposure{}, Difference{}, map[string]bool{}
	for i := range s.Exposures {
		e := s.Exposures[i]
		e.Change = b.Compare(&e)
		here[e.UID] = true
		if !e.Platform {
			d.count(e.Change)
		}
		if e.Change != ChangeNew && e.Change != ChangeGraver {
			continue
		}
		if before := b.exposures[e.UID]; before != nil {
			e.SeverityBefore = &before.Severity
		}
		worse = append(worse, e)
	}
	for uid, e := range b.exposures {
		if !here[uid] && !e.Platform {
			d.Gone++
		}
	}
	since := *s
	since.Exposures, since.SinceBaseline, since.FewestFixes = worse, &d, nil
	return &since
}
