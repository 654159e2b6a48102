package report

// The part of OCSF 1.6 that Merlon writes: the class Detection Finding (2004) and the objects in it
// (https://schema.ocsf.io/1.6.0/classes/detection_finding).

type ocsfFinding struct {
	ActivityID       int              `json:"activity_id"`
	ActivityName     string           `json:"activity_name"`
	CategoryUID      int              `json:"category_uid"`
	CategoryName     string           `json:"category_name"`
	ClassUID         int              `json:"class_uid"`
	ClassName        string           `json:"class_name"`
	TypeUID          int              `json:"type_uid"`
	TypeName         string           `json:"type_name"`
	SeverityID       int              `json:"severity_id"`
	Severity         string           `json:"severity"`
	StatusID         int              `json:"status_id"`
	Status           string           `json:"status"`
	IsAlert          bool             `json:"is_alert"`
	Time             int64            `json:"time"`
	TimeDT           string           `json:"time_dt,omitempty"`
	Message          string           `json:"message"`
	Metadata         ocsfMetadata     `json:"metadata"`
	Cloud            *ocsfCloud       `json:"cloud,omitempty"`
	Info             ocsfInfo         `json:"finding_info"`
	Resources        []ocsfResource   `json:"resources"`
	Evidences        []ocsfEvidence   `json:"evidences,omitempty"`
	Observables      []ocsfObservable `json:"observables"`
	Remediation      *ocsfRemediation `json:"remediation,omitempty"`
	ImpactID         int              `json:"impact_id"`
	Impact           string           `json:"impact"`
	RiskLevelID      int              `json:"risk_level_id"`
	RiskLevel        string           `json:"risk_level"`
	RiskDetails      string           `json:"risk_details,omitempty"`
	VendorAttributes ocsfVendor       `json:"vendor_attributes"`
	Unmapped         ocsfUnmapped     `json:"unmapped"`
}

type ocsfMetadata struct {
	Version  string      `json:"version"`
	Product  ocsfProduct `json:"product"`
	UID      string      `json:"uid"`
	Profiles []string    `json:"profiles"`
}

type ocsfProduct struct {
	Name    string `json:"name"`
	Vendor  string `json:"vendor_name"`
	Version string `json:"version,omitempty"`
	Lang    string `json:"lang,omitempty"`
	URL     string `json:"url_string,omitempty"`
}

type ocsfCloud struct {
	Provider  string       `json:"provider"`
	Region    string       `json:"region,omitempty"`
	Partition string       `json:"cloud_partition,omitempty"`
	Account   *ocsfAccount `json:"account,omitempty"`
}

type ocsfAccount struct {
	UID    string `json:"uid"`
	Name   string `json:"name"`
	TypeID int    `json:"type_id"`
	Type   string `json:"type"`
}

type ocsfInfo struct {
	UID           string       `json:"uid"`
	Title         string       `json:"title"`
	Desc          string       `json:"desc,omitempty"`
	Types         []string     `json:"types"`
	CreatedTime   int64        `json:"created_time"`
	CreatedTimeDT string       `json:"created_time_dt,omitempty"`
	LastSeen      int64        `json:"last_seen_time"`
	LastSeenDT    string       `json:"last_seen_time_dt,omitempty"`
	Analytic      ocsfAnalytic `json:"analytic"`
	DataSources   []string     `json:"data_sources,omitempty"`
	Related       []ocsfEvent  `json:"related_events"`
	RelatedCount  int          `json:"related_events_count"`
	Attacks       []ocsfAttack `json:"attacks,omitempty"`
	AttackGraph   *ocsfGraph   `json:"attack_graph,omitempty"`
}

// ocsfAttack is a technique of MITRE ATT&CK, and which of its sub-techniques.
type ocsfAttack struct {
	Technique ocsfTechnique  `json:"technique"`
	Sub       *ocsfTechnique `json:"sub_technique,omitempty"`
}

type ocsfTechnique struct {
	UID  string `json:"uid"`
	Name string `json:"name"`
}

type ocsfAnalytic struct {
	Name    string `json:"name"`
	UID     string `json:"uid"`
	TypeID  int    `json:"type_id"`
	Type    string `json:"type"`
	Version string `json:"version,omitempty"`
}

// ocsfEvent is one signal behind the finding: a trait, in the place that AWS Security Hub gives it.
type ocsfEvent struct {
	UID         string           `json:"uid"`
	Title       string           `json:"title"`
	Type        string           `json:"type"`
	Observables []ocsfObservable `json:"observables,omitempty"`
	Traits      []ocsfTrait      `json:"traits"`
}

type ocsfObservable struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	TypeID int    `json:"type_id"`
	Value  string `json:"value"`
}

type ocsfTrait struct {
	Category string   `json:"category"`
	Name     string   `json:"name"`
	Type     string   `json:"type"`
	UID      string   `json:"uid"`
	Values   []string `json:"values,omitempty"`
}

type ocsfGraph struct {
	UID        string     `json:"uid"`
	Name       string     `json:"name"`
	IsDirected bool       `json:"is_directed"`
	Nodes      []ocsfNode `json:"nodes"`
	Edges      []ocsfEdge `json:"edges"`
}

type ocsfNode struct {
	UID  string `json:"uid"`
	Name string `json:"name"`
	Type string `json:"type,omitempty"`
}

type ocsfEdge struct {
	UID        string       `json:"uid"`
	Name       string       `json:"name"`
	Relation   string       `json:"relation"`
	Source     string       `json:"source"`
	Target     string       `json:"target"`
	IsDirected bool         `json:"is_directed"`
	Data       ocsfEdgeData `json:"data"`
}

type ocsfEdgeData struct {
	// Cause is the trait that opened the edge.
	Cause    string `json:"cause,omitempty"`
	Possible bool   `json:"possible"`
}

type ocsfResource struct {
	UID       string       `json:"uid"`
	UIDAlt    string       `json:"uid_alt,omitempty"`
	Name      string       `json:"name"`
	Type      string       `json:"type,omitempty"`
	Namespace string       `json:"namespace,omitempty"`
	Region    string       `json:"region,omitempty"`
	Partition string       `json:"cloud_partition,omitempty"`
	Owner     *ocsfOwner   `json:"owner,omitempty"`
	RoleID    int          `json:"role_id"`
	Role      string       `json:"role"`
	Data      *ocsfLocated `json:"data,omitempty"`
}

// ocsfOwner says which account a resource belongs to.
type ocsfOwner struct {
	UID     string       `json:"uid"`
	Name    string       `json:"name"`
	TypeID  int          `json:"type_id"`
	Type    string       `json:"type"`
	Account *ocsfAccount `json:"account"`
}

// ocsfLocated says where a resource is and where it was read.
type ocsfLocated struct {
	Cluster string `json:"cluster,omitempty"`
	// Kubernetes is the UID of the Kubernetes cluster that an EKS cluster hosts.
	Kubernetes string `json:"kubernetes_uid,omitempty"`
	File       string `json:"file,omitempty"`
	Line       int    `json:"line,omitempty"`
}

type ocsfEvidence struct {
	UID  string           `json:"uid"`
	Name string           `json:"name"`
	Data ocsfEvidenceData `json:"data"`
}

type ocsfEvidenceData struct {
	Trait    string `json:"trait"`
	Resource string `json:"resource"`
	Path     string `json:"path"`
	Value    any    `json:"value"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
}

type ocsfRemediation struct {
	Desc       string   `json:"desc"`
	References []string `json:"references,omitempty"`
}

type ocsfVendor struct {
	SeverityID int    `json:"severity_id"`
	Severity   string `json:"severity"`
}

// ocsfUnmapped is what OCSF has no place for, in the words of `-o json`.
type ocsfUnmapped struct {
	Ceiling      string            `json:"ceiling"`
	Likelihood   string            `json:"likelihood"`
	Impact       string            `json:"impact"`
	Platform     bool              `json:"platform"`
	Remediations []ocsfProjection  `json:"remediations"`
	NotAssessed  []ocsfNotAssessed `json:"notAssessed"`
}

type ocsfProjection struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Projected string `json:"projectedSeverity"`
	Without   string `json:"without,omitempty"`
}

type ocsfNotAssessed struct {
	Rule string `json:"rule"`
	Why  string `json:"why"`
}
