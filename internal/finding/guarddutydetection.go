package finding

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

func (t *Threat) guardDutyDetection(cluster eksCluster) *GuardDutyDetection {
	if t.Anomaly == nil && t.Sequence == nil {
		return nil
	}
	d := &GuardDutyDetection{}
	if t.Anomaly != nil {
		d.Anomaly = guardDutyAnomaly(t.Anomaly)
	}
	if t.Sequence != nil {
		b := sequenceBuilder{cluster: cluster, seen: map[string]bool{}}
		d.Sequence = b.build(t)
	}
	return d
}

// guardDutyAnomaly gives an anomaly in GuardDuty's form. Its documentation names the keys of the two maps nowhere; these
// are whose requests were compared, and what of them.
func guardDutyAnomaly(a *Anomaly) *GuardDutyAnomaly {
	g := &GuardDutyAnomaly{Unusual: GuardDutyUnusual{Behavior: map[string]map[string]GuardDutyProfile{}}}
	usual := func(p *ProfileFit, subtype string, values []string) {
		if len(values) == 0 {
			return
		}
		if g.Profiles == nil {
			g.Profiles = map[string]map[string][]GuardDutyProfile{}
		}
		if g.Profiles[p.Scope] == nil {
			g.Profiles[p.Scope] = map[string][]GuardDutyProfile{}
		}
		g.Profiles[p.Scope][p.Profile] = append(g.Profiles[p.Scope][p.Profile], guardDutyProfile(subtype, values))
	}
	for i := range a.Unusual {
		p := &a.Unusual[i]
		if g.Unusual.Behavior[p.Scope] == nil {
			g.Unusual.Behavior[p.Scope] = map[string]GuardDutyProfile{}
		}
		of, there := g.Unusual.Behavior[p.Scope][p.Profile]
		if there { // Such as the second image of a workload.
			of.Observations.Text = append(of.Observations.Text, p.Value)
		} else {
			of = guardDutyProfile(subtypeOf(p), []string{p.Value})
		}
		g.Unusual.Behavior[p.Scope][p.Profile] = of
		if !there {
			usual(p, "FREQUENT", p.Frequent)
		}
	}
	for i := range a.Usual {
		usual(&a.Usual[i], subtypeOf(&a.Usual[i]), []string{a.Usual[i].Value})
	}
	return g
}

func guardDutyProfile(subtype string, values []string) GuardDutyProfile {
	return GuardDutyProfile{ProfileType: "FREQUENCY", ProfileSubtype: subtype, Observations: GuardDutyObservations{values}}
}

// The shares of all observations below which a value is rare, or infrequent. GuardDuty does not tell its own.
const (
	rareShare       = 0.01
	infrequentShare = 0.1
)

// subtypeOf says how often a value was seen, in GuardDuty's words.
func subtypeOf(p *ProfileFit) string {
	switch share := p.Seen / max(p.Total, 1); {
	case p.Seen == 0:
		return "UNSEEN"
	case share < rareShare:
		return "RARE"
	case share < infrequentShare:
		return "INFREQUENT"
	}
	return "FREQUENT"
}

// sequenceBuilder gives a story in GuardDuty's form.
type sequenceBuilder struct {
	cluster  eksCluster
	seen     map[string]bool // actors, endpoints and resources that are listed
	sequence GuardDutySequence
}

func (b *sequenceBuilder) build(t *Threat) *GuardDutySequence {
	s := &b.sequence
	s.UID, s.Description = t.FindingID, t.Told().EN
	if arn := b.cluster.arn(); arn != "" {
		s.Resources = []GuardDutyInvolved{{
			ResourceType: "EKS_CLUSTER", UID: arn, Name: b.cluster.name, AccountID: b.cluster.account, Region: b.cluster.region,
			Partition: b.cluster.partition, Data: &GuardDutyData{EKSCluster: &GuardDutyDataCluster{arn}},
		}}
	}
	if len(t.Sequence.Tactics) > 0 {
		s.Indicators = []GuardDutyIndicator{{Key: "ATTACK_TACTIC", Values: t.Sequence.Tactics}}
	}
	for i := range t.Sequence.Signals {
		s.Signals = append(s.Signals, b.signal(&t.Sequence.Signals[i]))
	}
	return s
}

func (b *sequenceBuilder) signal(from *Signal) GuardDutySequenceEvent {
	e := GuardDutySequenceEvent{
		UID: from.FindingID, Type: "FINDING", Name: from.Type, Count: from.Count, Severity: from.Severity.GuardDuty(),
		CreatedAt: Epoch{from.First}, UpdatedAt: Epoch{from.Last}, FirstSeenAt: Epoch{from.First}, LastSeenAt: Epoch{from.Last},
	}
	if from.Actor != "" {
		e.ActorIDs = []string{from.Actor}
		if b.isNew("actor", from.Actor) {
			b.sequence.Actors = append(b.sequence.Actors, GuardDutyActor{from.Actor, &GuardDutyActorUser{from.Actor}})
		}
	}
	if from.Address != "" {
		e.EndpointIDs = []string{from.Address}
		if b.isNew("endpoint", from.Address) {
			b.sequence.Endpoints = append(b.sequence.Endpoints, GuardDutyEndpoint{from.Address, from.Address})
		}
	}
	if uid := b.resource(from.Object); uid != "" {
		e.ResourceUIDs = []string{uid}
	}
	return e
}

// resource lists the object of a signal, written as RESOURCE NAMESPACE/NAME, if it is a workload: GuardDuty has no form for
// other objects of Kubernetes. It gives the object's UID.
func (b *sequenceBuilder) resource(object string) string {
	resource, place, _ := strings.Cut(object, " ")
	namespace, name, ok := strings.Cut(place, "/")
	t, known := k8s.TypeOf("", resource)
	kind := strings.ToUpper(resource)
	if !ok || !known || !slices.Contains(guardDutyWorkloads(), kind) {
		return ""
	}
	group := strings.TrimSuffix(strings.TrimPrefix(string(t), "k8s/"), "/"+t.Kind())
	uid := string(inventory.KubernetesUID(b.cluster.name, group, t.Kind(), namespace, name))
	if b.isNew("resource", uid) {
		b.sequence.Resources = append(b.sequence.Resources, GuardDutyInvolved{
			ResourceType: "KUBERNETES_WORKLOAD", UID: uid, Name: name,
			Data: &GuardDutyData{Workload: &GuardDutyDataWorkload{Type: kind, Namespace: namespace}},
		})
	}
	return uid
}

func (b *sequenceBuilder) isNew(what, id string) bool {
	key := what + " " + id
	isNew := !b.seen[key]
	b.seen[key] = true
	return isNew
}

// guardDutyWorkloads are the types of workloads that GuardDuty knows
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_KubernetesWorkload.html).
func guardDutyWorkloads() []string {
	return []string{"PODS", "JOBS", "CRONJOBS", "DEPLOYMENTS", "DAEMONSETS", "STATEFULSETS", "REPLICASETS", "REPLICATIONCONTROLLERS"}
}
