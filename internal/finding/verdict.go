// Package finding holds what Merlon concludes: the verdict of one rule, the trait it amounts to, the
// exposure that traits correlate into, and the result of a whole scan, together with the severity
// tables, fingerprints, suppressions and baselines. It takes conclusions from others and gives them
// their one form, which is also the JSON contract; it never looks at a resource itself.
package finding

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// State is one of the three values of a verdict.
type State uint8

// The states. The zero value is Absent: nothing was found.
const (
	Absent State = iota
	Unknown
	Present
)

// String names the state as rules and their examples do.
func (s State) String() string { return nameOf([]string{"absent", "unknown", "present"}, int(s)) }

// Category is the family of a trait, named as AWS Security Hub names its trait types.
type Category string

// The categories.
const (
	Misconfiguration Category = "misconfiguration"
	Reachability     Category = "reachability"
	Vulnerability    Category = "vulnerability"
	SensitiveData    Category = "sensitiveData"
	Assumability     Category = "assumability"
	CategoryImpact   Category = "impact"
)

// Categories lists every category.
func Categories() []Category {
	return []Category{Misconfiguration, Reachability, Vulnerability, SensitiveData, Assumability, CategoryImpact}
}

// Evidence is one field that a verdict rests on.
type Evidence struct {
	// Resource is the object that holds the field.
	Resource inventory.UID `json:"resource"`
	// Path is the field as a JSONPath (RFC 9535) into the object as its source wrote it.
	Path string `json:"path"`
	// Value is the field's value, or what stands for it where the value may not be shown.
	Value any `json:"value"`
}

// Role says whether a trait makes an exposure or only adds to the picture.
type Role string

// The roles of a trait in an exposure.
const (
	Contributing Role = "contributing"
	Contextual   Role = "contextual"
)

// Weight is what a trait counts for in the severity. A rule declares it; a verdict may change it for
// the value that it found.
type Weight struct {
	Role       Role
	Likelihood Likelihood
	Impact     Impact
	// Opens lists the edges that the trait opens in the attack graph.
	Opens []EdgeKind
}

// Join gives the heavier of two weights, field by field, with the edges of both.
func (w Weight) Join(other Weight) Weight {
	if other.Role == Contributing {
		w.Role = Contributing
	}
	w.Likelihood = max(w.Likelihood, other.Likelihood)
	w.Impact = max(w.Impact, other.Impact)
	opens := slices.Concat(w.Opens, other.Opens)
	slices.Sort(opens)
	w.Opens = slices.Compact(opens)
	return w
}

// Verdict is what one rule says about one resource.
type Verdict struct {
	State    State
	Evidence []Evidence
	// Why says what could not be known. It is set exactly when State is Unknown.
	Why lang.Text
	// Missing names the fact without which the rule could not be assessed, where it is one fact.
	Missing string
	// Weight, where set, replaces what the rule declares.
	Weight *Weight
}

// Trait is one weakness of one primary resource, found by one rule.
type Trait struct {
	ID       string
	Category Category
	// State is Present, or Unknown where the rule could not be assessed.
	State State
	// Resource is the primary resource that the trait counts for.
	Resource inventory.UID
	Evidence []Evidence
	Origin   inventory.Origin
	Weight   Weight
	Why      lang.Text
	Missing  string
	// Platform is set on the traits of a component of the cluster itself that has the shape it needs.
	Platform bool
}

// EdgeKind names one way by which an attacker gets from one resource to the next, in kebab-case.
type EdgeKind string
