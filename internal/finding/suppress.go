package finding

import (
	"regexp"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/inventory"
)

// Suppression is one exception: findings that somebody has decided to live with, until a date. One
// form serves traits and detections alike.
type Suppression struct {
	ID     string `json:"id"`
	Match  Match  `json:"match"`
	Reason string `json:"reason"`
	Owner  string `json:"owner"`
	// Expires is the first day on which the exception no longer holds; zero for none.
	Expires time.Time `json:"expires,omitzero"`
	// Line is where the exception stands in its file.
	Line int `json:"line,omitempty"`
}

// Match says which findings an exception takes out: those that meet every field that is set.
type Match struct {
	// Trait is a trait ID; Type a glob over a detection's type, in which * stands for any characters. An
	// exception is about detections only if it names a type.
	Trait string `json:"trait,omitempty"`
	Type  string `json:"type,omitempty"`
	// Resource is a glob over the UID of the primary resource, or of a detection's: * stands for any
	// characters within one segment, ** for any at all.
	Resource string `json:"resource,omitempty"`
	// Criteria are further globs on a trait, by field: see [CriteriaFields].
	Criteria map[string]string `json:"criteria,omitempty"`
	// Fields are the criteria of an exception that names a type of detection: all of them must be met.
	Fields []FieldCriterion `json:"fields,omitempty"`
}

// CriteriaFields lists the fields that a suppression's criteria may name. Those of the evidence are met
// when every item of the evidence meets them.
func CriteriaFields() []string {
	return []string{"evidence.path", "evidence.resource", "evidence.value", "name", "namespace", "origin.file"}
}

// SuppressedTrait is a trait that an exception took out.
type SuppressedTrait struct {
	Trait     string        `json:"trait"`
	Resource  inventory.UID `json:"resource"`
	Exception string        `json:"exception"`
}

// ExceptionStatus says how an exception fared in a run.
type ExceptionStatus string

// The statuses of an exception.
const (
	ExceptionUsed    ExceptionStatus = "used"
	ExceptionUnused  ExceptionStatus = "matchedNothing"
	ExceptionExpired ExceptionStatus = "expired"
	// ExceptionElsewhere is that of an exception for detections, in a run that makes none, and
	// ExceptionForTraits that of one for traits, in a run that makes detections.
	ExceptionElsewhere ExceptionStatus = "notForTraits"
	ExceptionForTraits ExceptionStatus = "notForDetections"
)

// ExceptionUse is how one exception fared in a run.
type ExceptionUse struct {
	ID      string          `json:"id"`
	Status  ExceptionStatus `json:"status"`
	Matched int             `json:"matched"`
	Expires time.Time       `json:"expires,omitzero"`
}

// Expired reports whether the exception no longer holds.
func (s *Suppression) Expired(now time.Time) bool {
	return !s.Expires.IsZero() && !now.Before(s.Expires)
}

// matcher is an exception with its globs compiled.
type matcher struct {
	of       *Suppression
	resource *regexp.Regexp
	criteria map[string]*regexp.Regexp
}

func newMatcher(s *Suppression) matcher {
	m := matcher{of: s, criteria: map[string]*regexp.Regexp{}}
	if s.Match.Resource != "" {
		m.resource = glob(s.Match.Resource)
	}
	for field, pattern := range s.Match.Criteria {
		m.criteria[field] = glob(pattern)
	}
	return m
}

// takes splits a trait's evidence into what the exception takes out and what it leaves. An exception that
// names the primary resource, or no resource, takes all of it; one that names an object behind it, such as
// one of several ConfigMaps, takes that object's.
func (m matcher) takes(t *Trait) (taken, left []Evidence) {
	want := m.of.Match
	nothing := want.Trait == "" && want.Resource == "" && len(want.Criteria) == 0
	if nothing || want.Type != "" || want.Trait != "" && want.Trait != t.ID {
		return nil, t.Evidence
	}
	for field, pattern := range m.criteria {
		if !meets(t, field, pattern) {
			return nil, t.Evidence
		}
	}
	if m.resource == nil || m.resource.MatchString(string(t.Resource)) {
		return t.Evidence, nil
	}
	for _, e := range t.Evidence {
		if m.resource.MatchString(string(e.Resource)) {
			taken = append(taken, e)
		} else {
			left = append(left, e)
		}
	}
	return taken, left
}

func meets(t *Trait, field string, pattern *regexp.Regexp) bool {
	resource, _ := t.Resource.Kubernetes()
	switch field {
	case "name":
		return pattern.MatchString(resource.Name)
	case "namespace":
		return pattern.MatchString(resource.Namespace)
	case "origin.file":
		return pattern.MatchString(t.Origin.File)
	}
	for _, e := range t.Evidence {
		value := map[string]string{
			"evidence.path": e.Path, "evidence.resource": string(e.Resource), "evidence.value": e.Text(),
		}[field]
		if !pattern.MatchString(value) {
			return false
		}
	}
	return len(t.Evidence) > 0
}

// Suppress takes out the traits that an exception in force matches. What is unknown is left: nobody can
// accept a risk that was not assessed.
func Suppress(traits []Trait, exceptions []Suppression, now time.Time) (kept []Trait, taken []SuppressedTrait, uses []ExceptionUse) {
	uses = make([]ExceptionUse, len(exceptions))
	matchers := make([]matcher, len(exceptions))
	for i, s := range exceptions {
		matchers[i] = newMatcher(&exceptions[i])
		uses[i] = ExceptionUse{ID: s.ID, Status: ExceptionUnused, Expires: s.Expires}
		switch {
		case s.Match.Type != "":
			uses[i].Status = ExceptionElsewhere
		case s.Expired(now):
			uses[i].Status = ExceptionExpired
		}
	}
	for _, t := range traits {
		if t.State != Present {
			kept = append(kept, t)
			continue
		}
		used := false
		for i := range matchers {
			hit, left := matchers[i].takes(&t)
			if len(hit) == 0 {
				continue
			}
			uses[i].Matched++
			if uses[i].Status == ExceptionExpired {
				continue
			}
			uses[i].Status = ExceptionUsed
			used = true
			taken = append(taken, SuppressedTrait{Trait: t.ID, Resource: t.Resource, Exception: exceptions[i].ID})
			t.Evidence = left
			if len(left) == 0 {
				break
			}
		}
		if !used || len(t.Evidence) > 0 {
			kept = append(kept, t)
		}
	}
	return kept, taken, uses
}

// glob compiles a pattern that a text meets whole: * stands for any characters but "/", ** for any at
// all, ? for one character that is not "/", and everything else for itself.
func glob(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`(?s)\A`)
	for i := 0; i < len(pattern); i++ {
		switch {
		case strings.HasPrefix(pattern[i:], "**"):
			b.WriteString(".*")
			i++
		case pattern[i] == '*':
			b.WriteString("[^/]*")
		case pattern[i] == '?':
			b.WriteString("[^/]")
		default:
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}
