package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// ScanSchema names the form of a scan's JSON.
const ScanSchema = "merlon/scan/v1"

// Scan is the result of one scan, whole. Its JSON form is the contract of `merlon scan -o json`: field
// names are lowerCamelCase, arrays are sorted, and the same input gives the same bytes but for ScannedAt.
type Scan struct {
	Schema    string             `json:"schema"`
	Tool      inventory.Tool     `json:"tool"`
	ScannedAt time.Time          `json:"scannedAt"`
	Sources   []inventory.Source `json:"sources"`
	// KubernetesVersions says by the rules of which release each cluster was judged, by the cluster's name.
	KubernetesVersions []ClusterVersion `json:"kubernetesVersions"`
	Resources          ResourceCount    `json:"resources"`
	Traits             []TraitRecord    `json:"traits"`
	Exposures          []Exposure       `json:"exposures"`
	// NotAssessed lists the rules that could not be assessed, and why.
	NotAssessed []NotAssessed `json:"notAssessed"`
	// Suppressed lists the traits that an exception took out, and Exceptions how each exception fared.
	Suppressed []SuppressedTrait `json:"suppressed,omitempty"`
	Exceptions []ExceptionUse    `json:"exceptions,omitempty"`
	// SinceBaseline says, where there is a baseline, what became of the exposures since then; those that are
	// neither new nor graver are then not listed.
	SinceBaseline *Difference `json:"sinceBaseline,omitempty"`
	// FewestFixes lists the changes that close most, best first.
	FewestFixes []FixStep `json:"fewestFixes,omitempty"`
}

// ClusterVersion is the release of Kubernetes by whose rules the resources of a cluster were judged.
type ClusterVersion struct {
	// Cluster is its name in UIDs.
	Cluster string `json:"cluster"`
	// Version is "MAJOR.MINOR", or "latest".
	Version string `json:"version"`
	// From says where the version is from, Nodes how many told theirs where it is from them.
	From  VersionSource `json:"from"`
	Nodes int           `json:"nodes,omitempty"`
}

// VersionSource is where the version of a cluster is from.
type VersionSource string

// The sources, the first that is there counts.
const (
	VersionFromSetting VersionSource = "setting"   // the user named it
	VersionFromServer  VersionSource = "apiServer" // the API server, in a document or when it was collected
	VersionFromNodes   VersionSource = "nodes"     // the lowest of the kubelets
	VersionFromDefault VersionSource = "default"   // nobody told it, so that it is the latest
)

// ResourceCount says how many resources were read.
type ResourceCount struct {
	Total  int                    `json:"total"`
	ByType map[inventory.Type]int `json:"byType"`
	// Redeclared is the number of declarations that a later one with the same UID replaced.
	Redeclared int `json:"redeclared,omitempty"`
	// NoRule is how many of the total are of a type that no rule looks at.
	NoRule int `json:"noRule,omitempty"`
}

// Unjudged reports whether resources were read and no rule looks at any of them.
func (c ResourceCount) Unjudged() bool { return c.Total > 0 && c.NoRule == c.Total }

// TraitRecord is one trait that is present, as the JSON contract gives it.
type TraitRecord struct {
	ID       string           `json:"id"`
	Category Category         `json:"category"`
	Resource inventory.UID    `json:"resource"`
	Evidence []Evidence       `json:"evidence"`
	Origin   inventory.Origin `json:"origin"`
	Platform bool             `json:"platform"`
}

// Exposure is the correlated finding about one primary resource. It keeps its UID for life.
type Exposure struct {
	UID        string          `json:"uid"`
	Title      lang.Text       `json:"title"`
	Types      []string        `json:"types"`
	Severity   Severity        `json:"severity"`
	Ceiling    Severity        `json:"ceiling"`
	Likelihood Likelihood      `json:"likelihood"`
	Impact     Impact          `json:"impact"`
	Platform   bool            `json:"platform"`
	Resource   ExposedResource `json:"resource"`
	// Change says what became of it since the baseline, where there is one, and SeverityBefore its severity
	// there.
	Change         Change    `json:"change,omitempty"`
	SeverityBefore *Severity `json:"severityBefore,omitempty"`
	// Explanation says in words how the severity comes about, a sentence for each step.
	Explanation  []lang.Text     `json:"explanation"`
	Traits       []ExposureTrait `json:"traits"`
	AttackPaths  []AttackPath    `json:"attackPaths"`
	Remediations []Remediation   `json:"remediations"`
}

// ExposedResource is the primary resource of an exposure.
type ExposedResource struct {
	UID       inventory.UID    `json:"uid"`
	UIDAlt    inventory.UID    `json:"uidAlt,omitempty"`
	Type      inventory.Type   `json:"type"`
	Name      string           `json:"name"`
	Namespace string           `json:"namespace,omitempty"`
	Cluster   string           `json:"cluster,omitempty"`
	Account   string           `json:"account,omitempty"`
	Region    string           `json:"region,omitempty"`
	Origin    inventory.Origin `json:"origin"`
}

// Without says what becomes of an exposure when one of its traits is fixed.
type Without string

// The outcomes of fixing one trait.
const (
	Resolves  Without = "resolves"
	Reduces   Without = "reduces"
	Unchanged Without = "unchanged"
)

// ExposureTrait is one trait in an exposure.
type ExposureTrait struct {
	ID       string        `json:"id"`
	Category Category      `json:"category"`
	Role     Role          `json:"role"`
	Resource inventory.UID `json:"resource"`
	Evidence []Evidence    `json:"evidence"`
	Without  Without       `json:"without"`
	// Title is the rule's.
	Title lang.Text `json:"title"`
	// Origin is where the field stands.
	Origin inventory.Origin `json:"origin"`
}

// Remediation is one way to make an exposure smaller.
type Remediation struct {
	// ID is that of the trait that it closes.
	ID    string    `json:"id"`
	Title lang.Text `json:"title"`
	// ProjectedSeverity is the exposure's after this fix alone; informational when nothing is left of it.
	ProjectedSeverity Severity `json:"projectedSeverity"`
}

// NotAssessed is one rule that could not be assessed for one reason.
type NotAssessed struct {
	Rule string    `json:"rule"`
	Why  lang.Text `json:"why"`
	// Missing is the fact that would be needed, where it is one.
	Missing string `json:"missing"`
	// Count is the number of resources; Resources lists the first 20 of them.
	Count     int             `json:"count"`
	Resources []inventory.UID `json:"resources"`
}

// FixStep is one change, made everywhere it applies, and what is left after it and those before it.
type FixStep struct {
	// ID is that of the trait that the change closes.
	ID    string    `json:"id"`
	Title lang.Text `json:"title"`
	// Resources are those to change.
	Resources []inventory.UID `json:"resources"`
	// Resolved and Reduced count the exposures that this step closes or makes smaller.
	Resolved int `json:"resolved"`
	Reduced  int `json:"reduced"`
	// Left counts the exposures of each severity that remain after it.
	Left map[Severity]int `json:"left"`
}

// exposureTag goes into every exposure's UID. It never changes, whatever becomes of the schema: an exposure
// keeps its UID for life.
const exposureTag = "merlon/exposure/v1"

// ExposureUID gives the exposure of a resource its name: "exp-" and a SHA-256.
func ExposureUID(resource inventory.UID) string {
	sum := sha256.Sum256([]byte(exposureTag + "\x00" + string(resource)))
	return "exp-" + hex.EncodeToString(sum[:])
}

// Find looks exposures up by UID, by a prefix of it of eight or more characters after "exp-", by the UID of
// the resource, or by what a person calls it: "shop/Deployment/web", or its name alone.
func Find(exposures []Exposure, name string) []*Exposure {
	var found []*Exposure
	digest := strings.TrimPrefix(strings.ToLower(name), "exp-")
	for i := range exposures {
		e := &exposures[i]
		byPrefix := len(digest) >= 8 && strings.HasPrefix(strings.TrimPrefix(e.UID, "exp-"), digest)
		called := strings.EqualFold(e.Resource.UID.Short(), name) || e.Resource.Name == name ||
			e.Resource.Namespace+"/"+e.Resource.Name == name
		if byPrefix || called || string(e.Resource.UID) == name || e.Resource.UIDAlt != "" && string(e.Resource.UIDAlt) == name {
			found = append(found, e)
		}
	}
	return found
}
