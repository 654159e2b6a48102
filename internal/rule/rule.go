// Package rule defines what a rule is: one declaration with its identity, its texts in three languages,
// the resources it looks at, its named conditions, the edges it opens in the attack graph, and the
// examples that are its tests and its documentation. A rule takes a [World] and one resource and gives a
// three-valued verdict. It is pure: no clock, no network, no files.
package rule

import (
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// Rule is one rule, whole. See CONTRIBUTING.md for how to write one.
type Rule struct {
	// ID is kebab-case, permanent and never reused.
	ID       string
	Category finding.Category
	// Role is contributing where it is empty.
	Role finding.Role
	// Likelihood and Impact are the base levels; ImpactNone is that of a trait that says nothing about the
	// harm done.
	Likelihood finding.Likelihood
	Impact     finding.Impact
	References []Reference

	// Title names the weakness in at most 60 characters or so, Why says what an attacker does with it, and
	// Fix what to do and to run: its first line stands alone as the title of the remediation.
	Title, Why, Fix lang.Text

	// On lists the types of resource that the rule looks at.
	On []inventory.Type
	// Reads lists the fields of an AWS resource that the check rests on, as JSONPaths without indexes
	// ("$.containerDefinitions.privileged"). A plan that leaves one of them open leaves an absence unknown.
	Reads []string
	// Needs lists the facts without which the rule cannot be assessed.
	Needs []Fact
	// Check is the predicate.
	Check Check
	// Opens lists the edges that the trait opens from its resource.
	Opens []finding.EdgeKind
	// Patch is how a manifest is changed so that the trait is gone; it may be empty.
	Patch Patch

	Examples []Example
}

// Weight gives what the rule declares for the severity.
func (r *Rule) Weight() finding.Weight {
	role := r.Role
	if role == "" {
		role = finding.Contributing
	}
	return finding.Weight{Role: role, Likelihood: r.Likelihood, Impact: r.Impact, Opens: r.Opens}
}

// Match says whether the weakness is there; unknown where a fact that the rule needs is not known.
func (r *Rule) Match(w *World, on *inventory.Resource) finding.Verdict {
	for _, fact := range r.Needs {
		if why, known := w.Lacks(fact); !known {
			return finding.Verdict{State: finding.Unknown, Why: why, Missing: string(fact)}
		}
	}
	return r.Check.Match(w, on)
}

// Reference points at where somebody else describes the same weakness.
type Reference struct {
	// Source is the catalogue: "PSS", "CIS Kubernetes", "NSA/CISA", "ATT&CK", "AWS", "MS threat matrix".
	Source string
	// ID is the entry's name there, and Name what it is called in words; that may be empty.
	ID, Name string
	URL      string
}

// Example is one input and what the rule says of it. It goes through the real collector and the real
// engine, and is shown in the rule's documentation.
type Example struct {
	// Name says in words what the input is.
	Name string
	// Input is a manifest of one or more documents.
	Input string
	// Want is the verdict for the input.
	Want finding.State
	// Path, where set, is a field that the evidence must name.
	Path string
	// Misses names the one condition that a near miss does not meet: without that condition the rule would
	// be present. It is empty for a positive, for an unknown, and for an input that has no candidate at all.
	Misses string
	// Complete lists the types of which the input holds all there are: a closed world, as when they were read from a
	// live system.
	Complete []inventory.Type
	// Settings are those of the run.
	Settings Settings
}

// Fact is something that a rule needs to know and that a run may not have.
type Fact string

// The facts that rules need.
const (
	// TrustedRegistries is the list of registries that the user trusts.
	TrustedRegistries Fact = "trustedRegistries"
)

// Settings are what the user tells of their environment.
type Settings struct {
	// TrustedRegistries lists registries, or registry paths, that images may come from.
	TrustedRegistries []string
	// KubernetesVersion is the release by whose rules the resources are judged; zero for that of each cluster
	// ([World.KubernetesVersion]).
	KubernetesVersion Version
	// AWSStrict makes rules report what AWS Security Hub reports, where Merlon by itself grades it lower.
	AWSStrict bool
	// LatestKubernetes judges by the latest release, whatever the clusters are.
	LatestKubernetes bool
	// MaxImageAge is how old an image may be; 0 for any age.
	MaxImageAge time.Duration
}

// World is all that a rule may look at. Models are added to it as their engines come; each is built
// once, when first asked for.
type World struct {
	Inventory *inventory.View
	Settings  Settings
	// Now is the time of the run.
	Now time.Time

	newest   newestImages
	aws      awsModels
	versions clusterVersions
	nodes    nodeVolumes
}

// Lacks says why a fact is not known; known is true where it is.
func (w *World) Lacks(f Fact) (why lang.Text, known bool) {
	if f == TrustedRegistries && len(w.Settings.TrustedRegistries) == 0 {
		return lang.Text{
			EN: "no trusted registries are configured; name them with --trusted-registry",
			ES: "no hay registros de confianza configurados; indíquelos con --trusted-registry",
			PT: "não há registros confiáveis configurados; informe-os com --trusted-registry",
		}, false
	}
	return lang.Text{}, true
}
