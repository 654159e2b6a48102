package finding

import "github.com/merlonsec/merlon/internal/inventory"

// SinceBaseline gives the exposures that a change made worse: those with a trait on a resource that the
// baseline did not have there, or with a higher severity than before.
func SinceBaseline(baseline *Scan, exposures []Exposure) []Exposure {
	type at struct {
		trait    string
		resource inventory.UID
	}
	known := map[at]bool{}
	for _, t := range baseline.Traits {
		known[at{t.ID, t.Resource}] = true
	}
	before := map[string]Severity{}
	for _, e := range baseline.Exposures {
		before[e.UID] = e.Severity
	}
	worse := []Exposure{}
	for _, e := range exposures {
		severity, had := before[e.UID]
		isNew := !had || e.Severity > severity
		for _, t := range e.Traits {
			isNew = isNew || !known[at{t.ID, t.Resource}]
		}
		if isNew {
			worse = append(worse, e)
		}
	}
	return worse
}
