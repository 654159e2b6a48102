package report

import "github.com/merlonsec/merlon/internal/finding"

// The part of OCSF 1.6 that Merlon writes of a detection: the class Detection Finding (2004), as for exposures, with the
// request as its evidence (https://schema.ocsf.io/1.6.0/classes/detection_finding).

type ocsfThreat struct {
	ActivityID   int                  `json:"activity_id"`
	ActivityName string               `json:"activity_name"`
	CategoryUID  int                  `json:"category_uid"`
	CategoryName string               `json:"category_name"`
	ClassUID     int                  `json:"class_uid"`
	ClassName    string               `json:"class_name"`
	TypeUID      int                  `json:"type_uid"`
	TypeName     string               `json:"type_name"`
	SeverityID   int                  `json:"severity_id"`
	Severity     string               `json:"severity"`
	StatusID     int                  `json:"status_id"`
	Status       string               `json:"status"`
	IsAlert      bool                 `json:"is_alert"`
	Time         int64                `json:"time"`
	TimeDT       string               `json:"time_dt,omitempty"`
	StartTime    int64                `json:"start_time,omitempty"`
	EndTime      int64                `json:"end_time,omitempty"`
	Count        int                  `json:"count"`
	Message      string               `json:"message"`
	Metadata     ocsfMetadata         `json:"metadata"`
	Cloud        *ocsfCloud           `json:"cloud,omitempty"`
	Info         ocsfThreatInfo       `json:"finding_info"`
	Resources    []ocsfResource       `json:"resources"`
	Evidences    []ocsfThreatEvidence `json:"evidences"`
	Observables  []ocsfObservable     `json:"observables"`
	Remediation  *ocsfRemediation     `json:"remediation,omitempty"`
	Unmapped     ocsfThreatUnmapped   `json:"unmapped"`
}

type ocsfThreatInfo struct {
	UID           string       `json:"uid"`
	Title         string       `json:"title"`
	Desc          string       `json:"desc,omitempty"`
	Types         []string     `json:"types"`
	CreatedTime   int64        `json:"created_time"`
	CreatedTimeDT string       `json:"created_time_dt,omitempty"`
	FirstSeen     int64        `json:"first_seen_time"`
	FirstSeenDT   string       `json:"first_seen_time_dt,omitempty"`
	LastSeen      int64        `json:"last_seen_time"`
	LastSeenDT    string       `json:"last_seen_time_dt,omitempty"`
	Analytic      ocsfAnalytic `json:"analytic"`
	DataSources   []string     `json:"data_sources,omitempty"`
	Related       []ocsfSignal `json:"related_events,omitempty"`
	RelatedCount  int          `json:"related_events_count,omitempty"`
	Attacks       []ocsfAttack `json:"attacks,omitempty"`
}

// ocsfSignal is one finding in an attack sequence.
type ocsfSignal struct {
	UID        string `json:"uid"`
	Title      string `json:"title,omitempty"`
	Type       string `json:"type"`
	Desc       string `json:"desc,omitempty"`
	Count      int    `json:"count"`
	SeverityID int    `json:"severity_id"`
	Severity   string `json:"severity"`
	FirstSeen  int64  `json:"first_seen_time"`
	LastSeen   int64  `json:"last_seen_time"`
}

// ocsfThreatEvidence is the request.
type ocsfThreatEvidence struct {
	UID    string         `json:"uid,omitempty"`
	Actor  *ocsfActor     `json:"actor,omitempty"`
	API    *ocsfAPI       `json:"api,omitempty"`
	Source *ocsfEndpoint  `json:"src_endpoint,omitempty"`
	HTTP   *ocsfHTTP      `json:"http_request,omitempty"`
	Data   ocsfThreatData `json:"data"`
}

type ocsfActor struct {
	User    ocsfUser     `json:"user"`
	Session *ocsfSession `json:"session,omitempty"`
}

type ocsfUser struct {
	Name string `json:"name"`
	UID  string `json:"uid,omitempty"`
	// UIDAlt is the ARN of the IAM principal behind the user.
	UIDAlt        string      `json:"uid_alt,omitempty"`
	CredentialUID string      `json:"credential_uid,omitempty"`
	Groups        []ocsfGroup `json:"groups,omitempty"`
}

type ocsfGroup struct {
	Name string `json:"name"`
}

type ocsfSession struct {
	UID string `json:"uid"`
}

type ocsfAPI struct {
	Operation string           `json:"operation"`
	Request   *ocsfAPIRequest  `json:"request,omitempty"`
	Response  *ocsfAPIResponse `json:"response,omitempty"`
}

type ocsfAPIRequest struct {
	UID string `json:"uid"`
}

type ocsfAPIResponse struct {
	Code int `json:"code"`
}

type ocsfEndpoint struct {
	IP string `json:"ip"`
	// Via are the addresses between the client and the API server.
	Via []string `json:"intermediate_ips,omitempty"`
}

type ocsfHTTP struct {
	UserAgent string   `json:"user_agent,omitempty"`
	URL       *ocsfURL `json:"url,omitempty"`
}

type ocsfURL struct {
	Path  string `json:"path,omitempty"`
	Query string `json:"query_string,omitempty"`
}

// ocsfThreatData is what the request was about and why it was told, in the words of `-o json`.
type ocsfThreatData struct {
	Why        []finding.Reason           `json:"why"`
	Window     *finding.Window            `json:"window,omitempty"`
	Lists      []finding.ListMatch        `json:"lists,omitempty"`
	Anomaly    *finding.Anomaly           `json:"anomaly,omitempty"`
	Workload   *finding.WorkloadDetails   `json:"workload,omitempty"`
	Binding    *finding.BindingDetails    `json:"roleBinding,omitempty"`
	Role       *finding.RoleDetails       `json:"role,omitempty"`
	Permission *finding.PermissionDetails `json:"permission,omitempty"`
	Command    string                     `json:"command,omitempty"`
	File       string                     `json:"file,omitempty"`
	Line       int                        `json:"line,omitempty"`
}

// ocsfThreatUnmapped is what OCSF has no place for.
type ocsfThreatUnmapped struct {
	Type string `json:"type"`
	// Archived is how many occurrences exceptions took out, and Exception which one took out the latest.
	Archived     int            `json:"archived,omitempty"`
	Exception    string         `json:"exception,omitempty"`
	Impersonated *finding.Actor `json:"impersonated,omitempty"`
}
