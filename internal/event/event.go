package event

import "time"

// Event is one audit record of audit.k8s.io/v1, v1beta1 or v1alpha1
// (https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/). A field that the record lacks is zero.
type Event struct {
	Level Level
	Stage Stage
	// AuditID is that of the request: the records of its stages share it.
	AuditID string
	// Verb is the request's verb in lower case: "get", "list", "create"; for a request of no resource, the HTTP method.
	Verb string
	// User is who made the request, and Impersonated on whose behalf, where it is another.
	User, Impersonated User
	// SourceIPs is the JSON list of the addresses from which the request came, the client first; those but the last may
	// be forged, as they come from request headers.
	SourceIPs Raw
	UserAgent string
	Object    Reference
	// Code is the HTTP status of the response; 0 where the record does not tell it.
	Code int
	// Status is the JSON object of the response's status.
	Status Raw
	// Received is when the request came, and At when the record's stage was reached, in nanoseconds since 1970 UTC. Where
	// a record has one of the two, it stands for both; 0 for neither.
	Received, At int64
	// Annotations is the JSON object of the annotations.
	Annotations Raw
	// Request and Response are the JSON objects of the bodies, empty where the record holds none. They are as the server
	// wrote them, with what is secret in them: see [Body].
	Request, Response Raw

	// Cluster names the cluster where the wrapper does: an EKS log group, an Azure resource ID.
	Cluster string
	// Account is the AWS account that owns the log, where the wrapper tells: a subscription to CloudWatch Logs.
	Account string
	// File and Line are where the record stands.
	File string
	Line int

	// uri is the request's URI as it was written, with arguments of commands in it.
	uri string
}

// User is an authenticated user.
type User struct {
	Name, UID string
	// Groups is the JSON list of the user's groups.
	Groups Raw
	// Extra is the JSON object of what the authenticator added, each value a list.
	Extra Raw
}

// Reference is the object of a request.
type Reference struct {
	// Resource is plural and in lower case ("pods"), and Subresource the part after it ("exec").
	Resource, Subresource string
	Namespace, Name, UID  string
	Group, Version        string
}

// Level is how much of a request the audit policy had recorded.
type Level uint8

// The levels. LevelUnknown is that of a record which does not tell it.
const (
	LevelUnknown Level = iota
	LevelNone
	LevelMetadata
	LevelRequest
	LevelRequestResponse
)

// Stage is how far the request had come.
type Stage uint8

// The stages. StageUnknown is that of a record which does not tell it; it counts as complete.
const (
	StageUnknown Stage = iota
	StageRequestReceived
	StageResponseStarted
	StageResponseComplete
	StagePanic
)

// Outcome is whether the API server did what it was asked.
type Outcome uint8

// The outcomes.
const (
	OutcomeUnknown Outcome = iota
	Succeeded
	// Denied is a request that was not authenticated or not authorized.
	Denied
	Failed
)

// Outcome tells how the request ended, by its status and the authorizer's decision. A request that switched protocols
// (101), as exec and port-forward do, succeeded.
func (e *Event) Outcome() Outcome {
	switch {
	case e.Code == 101 || e.Code >= 200 && e.Code < 300:
		return Succeeded
	case e.Code == 401 || e.Code == 403:
		return Denied
	case e.Code != 0:
		return Failed
	case e.Annotations.Get("authorization.k8s.io/decision").Text() == "forbid":
		return Denied
	}
	return OutcomeUnknown
}

// Truncated reports whether the server left bodies out of the record because they were too long.
func (e *Event) Truncated() bool { return e.Annotations.Get(truncated).Text() == "true" }

const truncated = "audit.k8s.io/truncated"

// Time is when the stage was reached, in UTC; zero where it is not known.
func (e *Event) Time() time.Time {
	if e.At == 0 {
		return time.Time{}
	}
	return time.Unix(0, e.At).UTC()
}
