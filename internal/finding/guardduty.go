package finding

import (
	"encoding/json"
	"net/netip"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
)

// GuardDutyIdentity is what a finding in GuardDuty's form says of where it comes from. What is empty stays out of the
// finding, but for the account and Region, which the name of an EKS cluster may tell too.
type GuardDutyIdentity struct {
	AccountID, Region, Partition, DetectorID string
	// Unnamed is what stands for the name of a cluster that is not known.
	Unnamed string
}

// guardDutyService is what findings say that they come from: not GuardDuty, whose name would be a lie.
const guardDutyService = "merlon"

// GuardDuty gives the finding in the form in which GuardDuty hands its own to EventBridge
// (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-format.html). What is not known is left out.
func (t *Threat) GuardDuty(id GuardDutyIdentity) *GuardDutyFinding {
	if t.Account != "" {
		id.AccountID = t.Account
	}
	cluster := clusterOf(t.Cluster, id)
	f := &GuardDutyFinding{
		SchemaVersion: "2.0", AccountID: cluster.account, Region: cluster.region, Partition: cluster.partition,
		ID: t.FindingID, Type: t.Type, Severity: t.Severity.GuardDuty(), Title: t.Title,
		Description: t.Told().EN, CreatedAt: stamp(t.First), UpdatedAt: stamp(t.Last),
		Resource: GuardDutyResource{
			ResourceType: "EKSCluster", EKSCluster: cluster.details(), Kubernetes: t.kubernetesDetails(), AccessKey: accessKeyOf(&t.Actor),
		},
		Service: GuardDutyService{
			ServiceName: guardDutyService, DetectorID: id.DetectorID, Action: t.guardDutyAction(), ResourceRole: "TARGET",
			AdditionalInfo: t.additionalInfo(), Evidence: t.evidence(), Detection: t.guardDutyDetection(cluster),
			EventFirstSeen: stamp(t.First), EventLastSeen: stamp(t.Last), Archived: t.IsArchived(), Count: t.Count,
		},
	}
	if id.DetectorID != "" && cluster.region != "" && cluster.account != "" {
		f.ARN = inventory.ARN{
			Partition: cluster.partition, Service: "guardduty", Region: cluster.region, Account: cluster.account,
			Resource: "detector/" + id.DetectorID + "/finding/" + t.FindingID,
		}.String()
	}
	return f
}

// GuardDuty gives the severity as GuardDuty's number, in the middle of the band with the same name
// (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html).
func (s Severity) GuardDuty() float64 {
	return []float64{1, 2, 5, 8, 9}[min(s, SeverityCritical)]
}

// eksCluster is what a cluster's name and the user tell of it.
type eksCluster struct {
	name, account, region, partition string
	unnamed                          bool
}

// clusterOf takes the name of a cluster apart: its ARN, NAME.REGION.ACCOUNT, or any other name.
func clusterOf(name string, id GuardDutyIdentity) eksCluster {
	c := eksCluster{name: name, account: id.AccountID, region: id.Region, partition: id.Partition, unnamed: name == id.Unnamed}
	if a, ok := inventory.ParseARN(name); ok && a.Service == "eks" {
		c.name, c.account, c.region, c.partition = a.Name(), a.Account, a.Region, a.Partition
	} else if parts := strings.Split(name, "."); len(parts) == 3 && len(parts[2]) == 12 && strings.Trim(parts[2], "0123456789") == "" {
		c.name, c.region, c.account = parts[0], parts[1], parts[2]
	}
	if c.partition == "" && c.region != "" {
		c.partition = partitionOf(c.region)
	}
	return c
}

// partitionOf gives the partition of a Region that is not in an isolated one.
func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}

func (c eksCluster) details() *GuardDutyCluster {
	if c.name == "" || c.unnamed {
		return nil
	}
	return &GuardDutyCluster{Name: c.name, ARN: c.arn()}
}

// arn is empty where the account or the Region is not known.
func (c eksCluster) arn() string {
	if c.name == "" || c.unnamed || c.region == "" || c.account == "" {
		return ""
	}
	return inventory.ARN{Partition: c.partition, Service: "eks", Region: c.region, Account: c.account, Resource: "cluster/" + c.name}.String()
}

func (t *Threat) kubernetesDetails() *GuardDutyKubernetes {
	k := GuardDutyKubernetes{}
	if a := &t.Actor; a.Username != "" {
		k.User = &GuardDutyUser{Username: a.Username, UID: a.UID, Groups: a.Groups}
		if a.SessionName != "" {
			k.User.SessionName = []string{a.SessionName}
		}
		if other := a.Impersonated; other != nil {
			k.User.Impersonated = &GuardDutyImpersonated{Username: other.Username, Groups: other.Groups}
		}
	}
	if w := t.Workload; w != nil {
		k.Workload = guardDutyWorkload(w)
	}
	if k == (GuardDutyKubernetes{}) {
		return nil
	}
	return &k
}

func guardDutyWorkload(w *WorkloadDetails) *GuardDutyWorkload {
	g := &GuardDutyWorkload{Name: w.Name, Type: w.Type, UID: w.UID, Namespace: w.Namespace, ServiceAccountName: w.ServiceAccount}
	if len(w.Containers) > 0 { // Without them the pod's fields were not seen, and false would be a guess.
		g.HostNetwork, g.HostPID, g.HostIPC = &w.HostNetwork, &w.HostPID, &w.HostIPC
	}
	for i := range w.Containers {
		c := &w.Containers[i]
		to := GuardDutyContainer{
			Name: c.Name, Image: c.Image, ImagePrefix: c.ImagePrefix,
			SecurityContext: GuardDutySecurityContext{Privileged: c.Privileged, AllowPrivilegeEscalation: c.AllowPrivilegeEscalation},
		}
		for _, m := range c.Mounts {
			to.VolumeMounts = append(to.VolumeMounts, GuardDutyMount(m))
		}
		g.Containers = append(g.Containers, to)
	}
	for _, v := range w.Volumes {
		to := GuardDutyVolume{Name: v.Name}
		if v.HostPath != "" {
			to.HostPath = &GuardDutyHostPath{v.HostPath}
		}
		g.Volumes = append(g.Volumes, to)
	}
	return g
}

// accessKeyOf tells of the IAM principal behind a user; nil where there is none, as for service accounts. Its words are
// those of CloudTrail
// (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html).
func accessKeyOf(a *Actor) *GuardDutyAccessKey {
	arn, ok := inventory.ParseARN(a.ARN)
	if !ok || arn.Service != "iam" && arn.Service != "sts" {
		return nil
	}
	k := &GuardDutyAccessKey{AccessKeyID: a.AccessKeyID, UserName: arn.Name()}
	// The authenticator's UID is aws-iam-authenticator:ACCOUNT:UNIQUE-ID.
	if unique, isIAM := strings.CutPrefix(a.UID, "aws-iam-authenticator:"); isIAM {
		k.PrincipalID = unique[strings.LastIndexByte(unique, ':')+1:]
	}
	switch kind := arn.Kind(); {
	case kind == "assumed-role":
		_, rest, _ := strings.Cut(arn.Resource, "/")
		role, session, _ := strings.Cut(rest, "/")
		k.UserType, k.UserName = "AssumedRole", role
		if k.PrincipalID != "" && session != "" && !strings.Contains(k.PrincipalID, ":") {
			k.PrincipalID += ":" + session
		}
	case kind == "role":
		k.UserType = "AssumedRole"
	case kind == "user":
		k.UserType = "IAMUser"
	case kind == "federated-user":
		k.UserType = "FederatedUser"
	case arn.Resource == "root":
		k.UserType = "Root"
	}
	return k
}

func (t *Threat) guardDutyAction() *GuardDutyAction {
	c := &t.Call
	if c.Verb == "" {
		return nil
	}
	action := &GuardDutyAction{ActionType: "KUBERNETES_API_CALL", Call: &GuardDutyCall{
		RequestURI: c.RequestURI, Verb: c.Verb, UserAgent: c.UserAgent, SourceIPs: c.SourceIPs, RemoteIP: remoteIP(t.Address()),
		StatusCode: c.StatusCode, Parameters: c.Parameters, Resource: c.Resource, ResourceName: c.Name, Subresource: c.Subresource,
		Namespace: c.Namespace,
	}}
	if p := t.Permission; p != nil {
		action.Permission = &GuardDutyPermission{Verb: p.Verb, Resource: p.Resource, Namespace: p.Namespace, Allowed: p.Allowed}
	}
	if b := t.Binding; b != nil {
		action.Binding = &GuardDutyBinding{Kind: b.Kind, Name: b.Name, UID: b.UID, RoleRefKind: b.RoleKind, RoleRefName: b.RoleName}
	}
	if r := t.Role; r != nil {
		action.Role = &GuardDutyRole{Kind: r.Kind, Name: r.Name, UID: r.UID}
	}
	return action
}

// Address is the caller's: the one on which the detection rests, such as one that a list holds, else the one that
// connected; "" where the record tells none.
func (d *Detection) Address() string {
	for _, reason := range d.Why {
		for _, field := range reason.Evidence {
			if strings.HasPrefix(field.Path, "$.sourceIPs[") {
				return field.Value
			}
		}
	}
	return d.Call.Peer()
}

// Peer is the address that connected to the API server, the last; those before it come from request headers.
func (c *APICall) Peer() string {
	if len(c.SourceIPs) == 0 {
		return ""
	}
	return c.SourceIPs[len(c.SourceIPs)-1]
}

func remoteIP(address string) *GuardDutyRemoteIP {
	ip, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return nil
	case ip.Unmap().Is4():
		return &GuardDutyRemoteIP{V4: ip.Unmap().String()}
	}
	return &GuardDutyRemoteIP{V6: address}
}

// additionalInfo names the list of a caller's address, beside the same as a text, which is where the SDK finds it.
func (t *Threat) additionalInfo() GuardDutyInfo {
	info := GuardDutyInfo{Value: "{}", Type: "default"}
	if len(t.Lists) == 0 {
		return info
	}
	info.ThreatListName = t.Lists[0].Name
	if value, err := json.Marshal(map[string]string{"threatListName": info.ThreatListName}); err == nil {
		info.Value = string(value)
	}
	return info
}

func (t *Threat) evidence() *GuardDutyEvidence {
	if len(t.Lists) == 0 {
		return nil
	}
	e := &GuardDutyEvidence{}
	for _, l := range t.Lists {
		e.ThreatIntelligence = append(e.ThreatIntelligence, GuardDutyThreatList{ThreatListName: l.Name})
	}
	return e
}
