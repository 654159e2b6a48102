package inventory

// SourceStatus says how completely a source was read.
type SourceStatus string

// The statuses.
const (
	StatusComplete SourceStatus = "complete"
	StatusPartial  SourceStatus = "partial"
	StatusFailed   SourceStatus = "failed"
)

// Source is one place that resources were read from, and how that went.
type Source struct {
	// Kind is "files", "snapshot", "kubernetes" or "aws".
	Kind string `json:"kind"`
	// Name is the path, the context or the account as the user gave it.
	Name   string       `json:"name"`
	Status SourceStatus `json:"status"`
	// NotAssessed lists what could not be read, or was read and does not count.
	NotAssessed []NotRead `json:"notAssessed"`
	// Cluster is the name in UIDs of the one that the source is, where it is one; of AWS it is ACCOUNT/REGION, and
	// ACCOUNT/ for what has no Region.
	Cluster string `json:"cluster,omitempty"`
	// KubernetesVersions holds the version of the API server of each cluster of which the source tells it, as
	// the server writes it ("v1.35.2-eks-3025e55"), by the cluster's name in UIDs.
	KubernetesVersions map[string]string `json:"kubernetesVersions,omitempty"`
	// Complete lists the types of which the source gave every object of its cluster: a closed world.
	Complete []Type `json:"complete,omitempty"`
	// Within lists the closed worlds of a source that holds what several others gave: a snapshot.
	Within []World `json:"within,omitempty"`
}

// World is a cluster, or one Region of an account, of which every object of some types was given.
type World struct {
	// Cluster is as in [Source].
	Cluster  string `json:"cluster"`
	Complete []Type `json:"complete"`
}

// worlds lists the closed worlds of a source.
func (s *Source) worlds() []World {
	if len(s.Complete) == 0 {
		return s.Within
	}
	return append([]World{{s.Cluster, s.Complete}}, s.Within...)
}

// Hold adds the closed worlds of another source to those of this one.
func (s *Source) Hold(other Source) { s.Within = append(s.Within, other.worlds()...) }

// NotRead is one thing that a source could not give, and why.
type NotRead struct {
	What string `json:"what"`
	Why  string `json:"why"`
}
