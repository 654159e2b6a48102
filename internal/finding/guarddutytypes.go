package finding

// The parts of GuardDuty's finding that come from an audit log, with the names of its JSON
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html). Some are spelled otherwise than one
// would think: hostIPC and hostPID, sourceIPs, requestUri.

// GuardDutyFinding is a finding as GuardDuty writes it.
type GuardDutyFinding struct {
	SchemaVersion string            `json:"schemaVersion"`
	AccountID     string            `json:"accountId,omitempty"`
	Region        string            `json:"region,omitempty"`
	Partition     string            `json:"partition,omitempty"`
	ID            string            `json:"id"`
	ARN           string            `json:"arn,omitempty"`
	Type          string            `json:"type"`
	Resource      GuardDutyResource `json:"resource"`
	Service       GuardDutyService  `json:"service"`
	Severity      float64           `json:"severity"`
	CreatedAt     Stamp             `json:"createdAt,omitzero"`
	UpdatedAt     Stamp             `json:"updatedAt,omitzero"`
	Title         string            `json:"title"`
	Description   string            `json:"description"`
}

// GuardDutyResource is what was acted on, and who acted.
type GuardDutyResource struct {
	ResourceType string               `json:"resourceType"`
	EKSCluster   *GuardDutyCluster    `json:"eksClusterDetails,omitempty"`
	Kubernetes   *GuardDutyKubernetes `json:"kubernetesDetails,omitempty"`
	// AccessKey is that of the IAM principal behind the user; a service account has none.
	AccessKey *GuardDutyAccessKey `json:"accessKeyDetails,omitempty"`
}

// GuardDutyCluster is the cluster.
type GuardDutyCluster struct {
	Name string `json:"name"`
	ARN  string `json:"arn,omitempty"`
}

// GuardDutyKubernetes is what the request tells of Kubernetes.
type GuardDutyKubernetes struct {
	User     *GuardDutyUser     `json:"kubernetesUserDetails,omitempty"`
	Workload *GuardDutyWorkload `json:"kubernetesWorkloadDetails,omitempty"`
}

// GuardDutyUser is who made the request.
type GuardDutyUser struct {
	Username     string                 `json:"username"`
	UID          string                 `json:"uid,omitempty"`
	Groups       []string               `json:"groups,omitempty"`
	SessionName  []string               `json:"sessionName,omitempty"`
	Impersonated *GuardDutyImpersonated `json:"impersonatedUser,omitempty"`
}

// GuardDutyImpersonated is on whose behalf the request was made.
type GuardDutyImpersonated struct {
	Username string   `json:"username"`
	Groups   []string `json:"groups,omitempty"`
}

// GuardDutyWorkload is the workload of the request.
type GuardDutyWorkload struct {
	Name               string               `json:"name"`
	Type               string               `json:"type"`
	UID                string               `json:"uid,omitempty"`
	Namespace          string               `json:"namespace,omitempty"`
	HostNetwork        *bool                `json:"hostNetwork,omitempty"`
	HostPID            *bool                `json:"hostPID,omitempty"`
	HostIPC            *bool                `json:"hostIPC,omitempty"`
	ServiceAccountName string               `json:"serviceAccountName,omitempty"`
	Containers         []GuardDutyContainer `json:"containers,omitempty"`
	Volumes            []GuardDutyVolume    `json:"volumes,omitempty"`
}

// GuardDutyContainer is one container of a workload.
type GuardDutyContainer struct {
	Name            string                   `json:"name"`
	Image           string                   `json:"image"`
	ImagePrefix     string                   `json:"imagePrefix"`
	VolumeMounts    []GuardDutyMount         `json:"volumeMounts,omitempty"`
	SecurityContext GuardDutySecurityContext `json:"securityContext"`
}

// GuardDutySecurityContext is the part of a container's security context that GuardDuty tells.
type GuardDutySecurityContext struct {
	Privileged               bool  `json:"privileged"`
	AllowPrivilegeEscalation *bool `json:"allowPrivilegeEscalation,omitempty"`
}

// GuardDutyMount is one volume mounted by a container.
type GuardDutyMount struct {
	Name      string `json:"name"`
	MountPath string `json:"mountPath"`
}

// GuardDutyVolume is one volume of a workload.
type GuardDutyVolume struct {
	Name     string             `json:"name"`
	HostPath *GuardDutyHostPath `json:"hostPath,omitempty"`
}

// GuardDutyHostPath is a path of the node.
type GuardDutyHostPath struct {
	Path string `json:"path"`
}

// GuardDutyAccessKey is the IAM principal behind a user.
type GuardDutyAccessKey struct {
	AccessKeyID string `json:"accessKeyId,omitempty"`
	PrincipalID string `json:"principalId,omitempty"`
	UserType    string `json:"userType,omitempty"`
	UserName    string `json:"userName,omitempty"`
}

// GuardDutyService is what was noticed, and how often.
type GuardDutyService struct {
	ServiceName    string              `json:"serviceName"`
	DetectorID     string              `json:"detectorId,omitempty"`
	Action         *GuardDutyAction    `json:"action,omitempty"`
	ResourceRole   string              `json:"resourceRole"`
	AdditionalInfo GuardDutyInfo       `json:"additionalInfo"`
	Evidence       *GuardDutyEvidence  `json:"evidence,omitempty"`
	Detection      *GuardDutyDetection `json:"detection,omitempty"`
	EventFirstSeen Stamp               `json:"eventFirstSeen,omitzero"`
	EventLastSeen  Stamp               `json:"eventLastSeen,omitzero"`
	Archived       bool                `json:"archived"`
	Count          int                 `json:"count"`
}

// GuardDutyAction is the request and what it was about.
type GuardDutyAction struct {
	ActionType string               `json:"actionType"`
	Call       *GuardDutyCall       `json:"kubernetesApiCallAction,omitempty"`
	Permission *GuardDutyPermission `json:"kubernetesPermissionCheckedDetails,omitempty"`
	Binding    *GuardDutyBinding    `json:"kubernetesRoleBindingDetails,omitempty"`
	Role       *GuardDutyRole       `json:"kubernetesRoleDetails,omitempty"`
}

// GuardDutyCall is the request.
type GuardDutyCall struct {
	RequestURI   string             `json:"requestUri,omitempty"`
	Verb         string             `json:"verb"`
	UserAgent    string             `json:"userAgent,omitempty"`
	SourceIPs    []string           `json:"sourceIPs,omitempty"`
	RemoteIP     *GuardDutyRemoteIP `json:"remoteIpDetails,omitempty"`
	StatusCode   int                `json:"statusCode,omitempty"`
	Parameters   string             `json:"parameters,omitempty"`
	Resource     string             `json:"resource,omitempty"`
	ResourceName string             `json:"resourceName,omitempty"`
	Subresource  string             `json:"subresource,omitempty"`
	Namespace    string             `json:"namespace,omitempty"`
}

// GuardDutyRemoteIP is the caller's address; where it is and whose network it is in is not known.
type GuardDutyRemoteIP struct {
	V4 string `json:"ipAddressV4,omitempty"`
	V6 string `json:"ipAddressV6,omitempty"`
}

// GuardDutyPermission is the permission that was asked about.
type GuardDutyPermission struct {
	Verb      string `json:"verb,omitempty"`
	Resource  string `json:"resource,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Allowed   *bool  `json:"allowed,omitempty"`
}

// GuardDutyBinding is the binding that was made or changed.
type GuardDutyBinding struct {
	Kind        string `json:"kind"`
	Name        string `json:"name"`
	UID         string `json:"uid,omitempty"`
	RoleRefKind string `json:"roleRefKind,omitempty"`
	RoleRefName string `json:"roleRefName,omitempty"`
}

// GuardDutyRole is the role that was made or changed.
type GuardDutyRole struct {
	Kind string `json:"kind"`
	Name string `json:"name"`
	UID  string `json:"uid,omitempty"`
}

// GuardDutyInfo is what the type of a finding adds, by itself and as JSON in a text.
type GuardDutyInfo struct {
	ThreatListName string `json:"threatListName,omitempty"`
	Value          string `json:"value"`
	Type           string `json:"type"`
}

// GuardDutyEvidence lists what is known of the caller's address.
type GuardDutyEvidence struct {
	ThreatIntelligence []GuardDutyThreatList `json:"threatIntelligenceDetails"`
}

// GuardDutyThreatList is a list that holds the caller's address.
type GuardDutyThreatList struct {
	ThreatListName string `json:"threatListName"`
}

// GuardDutyDetection is what was unusual, or the attack that several findings make.
type GuardDutyDetection struct {
	Anomaly  *GuardDutyAnomaly  `json:"anomaly,omitempty"`
	Sequence *GuardDutySequence `json:"sequence,omitempty"`
}

// GuardDutyAnomaly compares a request with what is usual: by whose requests it was compared with, then by what was
// compared.
type GuardDutyAnomaly struct {
	Profiles map[string]map[string][]GuardDutyProfile `json:"profiles,omitempty"`
	Unusual  GuardDutyUnusual                         `json:"unusual"`
}

// GuardDutyUnusual is what does not fit.
type GuardDutyUnusual struct {
	Behavior map[string]map[string]GuardDutyProfile `json:"behavior"`
}

// GuardDutyProfile is how often some values were seen: UNSEEN, RARE, INFREQUENT or FREQUENT.
type GuardDutyProfile struct {
	ProfileType    string                `json:"profileType"`
	ProfileSubtype string                `json:"profileSubtype"`
	Observations   GuardDutyObservations `json:"observations"`
}

// GuardDutyObservations are the values.
type GuardDutyObservations struct {
	Text []string `json:"text"`
}

// GuardDutySequence is an attack that shows in several findings.
type GuardDutySequence struct {
	UID         string                   `json:"uid"`
	Description string                   `json:"description"`
	Actors      []GuardDutyActor         `json:"actors,omitempty"`
	Endpoints   []GuardDutyEndpoint      `json:"endpoints,omitempty"`
	Resources   []GuardDutyInvolved      `json:"resources,omitempty"`
	Indicators  []GuardDutyIndicator     `json:"sequenceIndicators,omitempty"`
	Signals     []GuardDutySequenceEvent `json:"signals"`
}

// GuardDutyActor is one who takes part in an attack.
type GuardDutyActor struct {
	ID   string              `json:"id"`
	User *GuardDutyActorUser `json:"user,omitempty"`
}

// GuardDutyActorUser is the identity of an actor.
type GuardDutyActorUser struct {
	Name string `json:"name"`
}

// GuardDutyEndpoint is an address that takes part in an attack.
type GuardDutyEndpoint struct {
	ID string `json:"id"`
	IP string `json:"ip,omitempty"`
}

// GuardDutyInvolved is a resource that an attack touches.
type GuardDutyInvolved struct {
	ResourceType string         `json:"resourceType"`
	UID          string         `json:"uid"`
	Name         string         `json:"name,omitempty"`
	AccountID    string         `json:"accountId,omitempty"`
	Region       string         `json:"region,omitempty"`
	Partition    string         `json:"cloudPartition,omitempty"`
	Data         *GuardDutyData `json:"data,omitempty"`
}

// GuardDutyData tells of a resource what its type has.
type GuardDutyData struct {
	EKSCluster *GuardDutyDataCluster  `json:"eksCluster,omitempty"`
	Workload   *GuardDutyDataWorkload `json:"kubernetesWorkload,omitempty"`
}

// GuardDutyDataCluster tells of a cluster.
type GuardDutyDataCluster struct {
	ARN string `json:"arn"`
}

// GuardDutyDataWorkload tells of a workload.
type GuardDutyDataWorkload struct {
	Type      string `json:"type"`
	Namespace string `json:"namespace,omitempty"`
}

// GuardDutyIndicator is what makes a sequence an attack: its tactics.
type GuardDutyIndicator struct {
	Key    string   `json:"key"`
	Values []string `json:"values,omitempty"`
}

// GuardDutySequenceEvent is one finding in a sequence.
type GuardDutySequenceEvent struct {
	UID          string   `json:"uid"`
	Type         string   `json:"type"`
	Name         string   `json:"name"`
	Count        int      `json:"count"`
	Severity     float64  `json:"severity"`
	CreatedAt    Epoch    `json:"createdAt,omitzero"`
	UpdatedAt    Epoch    `json:"updatedAt,omitzero"`
	FirstSeenAt  Epoch    `json:"firstSeenAt,omitzero"`
	LastSeenAt   Epoch    `json:"lastSeenAt,omitzero"`
	ActorIDs     []string `json:"actorIds,omitempty"`
	EndpointIDs  []string `json:"endpointIds,omitempty"`
	ResourceUIDs []string `json:"resourceUids,omitempty"`
}
