package finding

import "github.com/merlonsec/merlon/internal/inventory"

// SinceBaseline gives the exposures that a change made worse: those with a higher severity than before, or
// with a trait on a resource that the baseline did not have there. The resource is the primary one and each
// object that the evidence names, so that a second ConfigMap with a password is new beside the first.
func SinceBaseline(baseline *Scan, exposures []Exposure) []Exposure {
	type at struct {
		trait             string
		resource, evident inventory.UID
	}
	known := map[at]bool{}
	for _, t := range baseline.Traits {
		for _, e := range t.Evidence {
			known[at{t.ID, t.Resource, e.Resource}] = true
		}
	}
	before := map[string]Severity{}
	for _, e := range baseline.Exposures {
		before[e.UID] = e.Severity
	}
	worse := []Exposure{}
	for _, e := range exposures {
		severity, had := before[e.UID]
		isNew := had && e.Severity > severity // A baseline may leave exposures out; it has all of the traits.
		for _, t := range e.Traits {
			for _, x := range t.Evidence {
				isNew = isNew || !known[at{t.ID, t.Resource, x.Resource}]
			}
		}
		if isNew {
			worse = append(worse, e)
		}
	}
	return worse
}
