package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// Detection is one occurrence of a threat in the audit stream: what `detect -o json` writes a line of.
type Detection struct {
	// ID is that of the occurrence, and FindingID that of the finding that all occurrences about the same thing share:
	// both follow from the input alone.
	ID        string `json:"id"`
	FindingID string `json:"findingID"`
	// Type is the finding type, as GuardDuty names its own.
	Type     string    `json:"type"`
	Severity Severity  `json:"severity"`
	Title    string    `json:"title"`
	At       time.Time `json:"at,omitzero"`
	Cluster  string    `json:"cluster,omitempty"`
	// Account is the AWS account that owns the log, where the record tells.
	Account string `json:"accountId,omitempty"`

	Actor    Actor          `json:"actor"`
	Resource DetectedObject `json:"resource"`
	Call     APICall        `json:"call"`

	// What the request was about, where its body tells.
	Workload   *WorkloadDetails   `json:"workload,omitempty"`
	Binding    *BindingDetails    `json:"roleBinding,omitempty"`
	Role       *RoleDetails       `json:"role,omitempty"`
	Permission *PermissionDetails `json:"permission,omitempty"`

	// Why lists the rule's conditions, each with the fields of the record that meet it.
	Why []Reason `json:"why"`
	// Window says how often it happened in which time, for a rule that counts.
	Window *Window `json:"window,omitempty"`
	// Lists names the lists that hold the caller's address.
	Lists []ListMatch `json:"lists,omitempty"`
	// Anomaly says what was unusual, for a rule that compares with what is usual.
	Anomaly *Anomaly `json:"anomaly,omitempty"`
	// Sequence is the story, for a finding that joins others.
	Sequence *Sequence `json:"sequence,omitempty"`

	// Omitted says which lists had more elements than are held here.
	Omitted []Omission `json:"omitted,omitempty"`

	AuditID string           `json:"auditID,omitempty"`
	Source  inventory.Origin `json:"source,omitzero"`
	// Exception is the ID of the exception that archived it; it is counted, and not told of otherwise.
	Exception string `json:"exception,omitempty"`

	// Text is the title in every language.
	Text lang.Text `json:"-"`
}

// Omission is how many elements of a list were left out.
type Omission struct {
	// Field is the list, as a path into the detection: "call.sourceIPs".
	Field string `json:"field"`
	Count int    `json:"count"`
}

// Actor is the identity that made a request, as the API server authenticated it.
type Actor struct {
	Username string   `json:"username"`
	UID      string   `json:"uid,omitempty"`
	Groups   []string `json:"groups,omitempty"`
	// Impersonated is the identity on whose behalf the actor asked.
	Impersonated *Actor `json:"impersonated,omitempty"`
	// ARN, SessionName and AccessKeyID are those of the IAM principal behind the user, as EKS' authenticator adds them.
	ARN         string `json:"arn,omitempty"`
	SessionName string `json:"sessionName,omitempty"`
	AccessKeyID string `json:"accessKeyID,omitempty"`
	// Pod is the pod whose service account token was used, NAMESPACE/NAME, where the token tells.
	Pod string `json:"pod,omitempty"`
}

// DetectedObject is the object of a request.
type DetectedObject struct {
	UID       inventory.UID  `json:"uid,omitempty"`
	Type      inventory.Type `json:"type,omitempty"`
	Name      string         `json:"name,omitempty"`
	Namespace string         `json:"namespace,omitempty"`
}

// APICall is the request itself.
type APICall struct {
	Verb        string   `json:"verb"`
	Resource    string   `json:"resource,omitempty"`
	Subresource string   `json:"subresource,omitempty"`
	Name        string   `json:"name,omitempty"`
	Namespace   string   `json:"namespace,omitempty"`
	RequestURI  string   `json:"requestURI,omitempty"`
	UserAgent   string   `json:"userAgent,omitempty"`
	SourceIPs   []string `json:"sourceIPs,omitempty"`
	// StatusCode is the HTTP status; 0 where the record does not tell it.
	StatusCode int `json:"statusCode,omitempty"`
	// Parameters is the query of the request's URI, redacted.
	Parameters string `json:"parameters,omitempty"`
	// Command is the program of an exec and the hash of its arguments, or the command itself where it is to be kept.
	Command string `json:"command,omitempty"`
}

// WorkloadDetails is the workload that a request made or changed, or one that it reached into.
type WorkloadDetails struct {
	// Type is the plural resource, as GuardDuty writes it: "pods", "deployments".
	Type           string              `json:"type"`
	Name           string              `json:"name"`
	Namespace      string              `json:"namespace,omitempty"`
	UID            string              `json:"uid,omitempty"`
	HostNetwork    bool                `json:"hostNetwork,omitempty"`
	HostPID        bool                `json:"hostPID,omitempty"`
	HostIPC        bool                `json:"hostIPC,omitempty"`
	ServiceAccount string              `json:"serviceAccountName,omitempty"`
	Containers     []ContainerDetails  `json:"containers,omitempty"`
	Volumes        []HostVolumeDetails `json:"volumes,omitempty"`
}

// ContainerDetails is one container of a workload.
type ContainerDetails struct {
	Name  string `json:"name"`
	Image string `json:"image"`
	// ImagePrefix is the image up to its last slash; "" for one without.
	ImagePrefix              string         `json:"imagePrefix"`
	Privileged               bool           `json:"privileged,omitempty"`
	AllowPrivilegeEscalation *bool          `json:"allowPrivilegeEscalation,omitempty"`
	Mounts                   []MountDetails `json:"volumeMounts,omitempty"`
}

// MountDetails is one volume mounted by a container.
type MountDetails struct {
	Name      string `json:"name"`
	MountPath string `json:"mountPath"`
}

// HostVolumeDetails is one volume of a workload; HostPath is "" where it is not a path of the node.
type HostVolumeDetails struct {
	Name     string `json:"name"`
	HostPath string `json:"hostPath,omitempty"`
}

// BindingDetails is the RoleBinding or ClusterRoleBinding that a request made or changed.
type BindingDetails struct {
	Kind     string   `json:"kind"`
	Name     string   `json:"name"`
	UID      string   `json:"uid,omitempty"`
	RoleKind string   `json:"roleRefKind"`
	RoleName string   `json:"roleRefName"`
	Subjects []string `json:"subjects,omitempty"`
}

// RoleDetails is the Role or ClusterRole that a request made or changed.
type RoleDetails struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	UID  string `json:"uid,omitempty"`
}

// PermissionDetails is the permission that a request asked about; Allowed is nil where the answer is not recorded.
type PermissionDetails struct {
	Verb      string `json:"verb,omitempty"`
	Resource  string `json:"resource,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Allowed   *bool  `json:"allowed,omitempty"`
}

// Reason is one condition of a rule that was met, and by what.
type Reason struct {
	Condition string `json:"condition"`
	// Evidence lists fields of the audit record by JSONPath; they have no Resource.
	Evidence []RecordField `json:"evidence,omitempty"`
}

// RecordField is one field of an audit record.
type RecordField struct {
	// Path is the field as a JSONPath (RFC 9535) into the record as the API server wrote it.
	Path  string `json:"path"`
	Value string `json:"value"`
}

// Window is what a rule that counts has counted.
type Window struct {
	// Count is how many there were, and Of what was counted, where they had to differ ("objectRef.name").
	Count int    `json:"count"`
	Of    string `json:"of,omitempty"`
	// Within is the time that the rule looks back, and First when the first one came.
	Within Seconds   `json:"withinSeconds"`
	First  time.Time `json:"first,omitzero"`
	// Examples lists the first few different values.
	Examples []string `json:"examples,omitempty"`
}

// Seconds is a duration that is written as a number of whole seconds.
type Seconds int64

// ListMatch is a list that holds an address.
type ListMatch struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Address string `json:"address"`
}

// Anomaly says what was unusual about a request, as GuardDuty's service.detection.anomaly does.
type Anomaly struct {
	// Unusual lists the profiles that the request does not fit, and Usual those that it fits.
	Unusual []ProfileFit `json:"unusual"`
	Usual   []ProfileFit `json:"usual,omitempty"`
	// Since is when the baseline began to learn.
	Since time.Time `json:"learningSince,omitzero"`
}

// ProfileFit is how a request fits one profile.
type ProfileFit struct {
	// Profile is what was compared ("namespace"), and Scope among whose requests ("user" or "cluster").
	Profile string `json:"profile"`
	Scope   string `json:"scope"`
	// Value is that of the request.
	Value string `json:"value"`
	// Seen is in how many hours the value was observed, and Total in how many the profile was observed at all, or for the
	// profile "node" any workload, and any request where there never was one; hours of long ago count less.
	Seen  float64 `json:"seen"`
	Total float64 `json:"total"`
	// Frequent lists the values that are most usual there.
	Frequent []string `json:"frequent,omitempty"`
}

// Sequence is an attack that shows in several detections.
type Sequence struct {
	// Around is "actor", "address" or "target": what the signals have in common; Subject is which.
	Around  string   `json:"around"`
	Subject string   `json:"subject"`
	Signals []Signal `json:"signals"`
	// Tactics lists the tactics of the signals in the order in which they first showed.
	Tactics []string `json:"tactics"`
	// Updates is how often the sequence was told before, as the same finding, and New lists the signals that came since, by
	// their finding IDs.
	Updates int      `json:"updates,omitempty"`
	New     []string `json:"new,omitempty"`
}

// Signal is one finding in a sequence.
type Signal struct {
	FindingID string    `json:"findingID"`
	Type      string    `json:"type"`
	Severity  Severity  `json:"severity"`
	Count     int       `json:"count"`
	First     time.Time `json:"first,omitzero"`
	Last      time.Time `json:"last,omitzero"`
	// Actor, Address and Object are those of the latest occurrence; an object is written as RESOURCE NAMESPACE/NAME.
	Actor   string `json:"actor,omitempty"`
	Address string `json:"address,omitempty"`
	Object  string `json:"object,omitempty"`
}

// fingerprintLength is how many hexadecimal digits of a hash name a finding: 128 bits.
const fingerprintLength = 32

// Fingerprint names something for good by what makes it what it is. GuardDuty's finding IDs have the same form.
func Fingerprint(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:fingerprintLength]
}
