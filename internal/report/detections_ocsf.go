package report

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// ocsfDetections writes one Detection Finding for each finding, a JSON object on each line. Archived ones are among them,
// with the status Suppressed.
type ocsfDetections struct {
	w io.Writer
	o Options
}

// Detection implements [DetectionHandler].
func (h *ocsfDetections) Detection(d *finding.Detection, t *finding.Threat) error {
	if h.o.Live == nil {
		return nil
	}
	b := ocsfThreatBuilder{o: h.o, run: &Detections{
		Tool: h.o.Live.Tool, Identity: h.o.Live.Identity, Sources: []inventory.Source{{Name: d.Source.File}},
	}}
	return h.o.line(h.w, t, func(t *finding.Threat) any { return b.finding(t) })
}

// Done implements [DetectionHandler].
func (h *ocsfDetections) Done(d *Detections) error {
	b := ocsfThreatBuilder{o: h.o, run: d}
	return eachLine(h.w, d, h.o, func(t *finding.Threat) any { return b.finding(t) })
}

type ocsfThreatBuilder struct {
	o   Options
	run *Detections
}

func (b *ocsfThreatBuilder) finding(t *finding.Threat) *ocsfThreat {
	const class, category = 2004, 2
	activity, name := 1, "Create"
	if t.Count > 1 {
		activity, name = 2, "Update"
	}
	id, severity := ocsfSeverity(t.Severity)
	g := t.GuardDuty(b.run.Identity)
	f := &ocsfThreat{
		ActivityID: activity, ActivityName: name, CategoryUID: category, CategoryName: "Findings", ClassUID: class, ClassName: "Detection Finding",
		TypeUID: class*100 + activity, TypeName: "Detection Finding: " + name, SeverityID: id, Severity: severity, StatusID: 1, Status: "New",
		IsAlert: !t.IsArchived(), Time: epoch(t.Last), TimeDT: timestamp(t.Last), StartTime: epoch(t.First), EndTime: epoch(t.Last), Count: t.Count,
		Message: clean(t.Told().In(b.o.Lang)),
		Metadata: ocsfMetadata{
			Version: ocsfVersion, UID: t.ID, Profiles: []string{"datetime"},
			Product: ocsfProduct{Name: vendor, Vendor: vendor, Version: clean(b.run.Tool.Version), Lang: b.o.language(), URL: projectURL},
		},
		Info: b.info(t), Resources: b.resources(t, g), Evidences: []ocsfThreatEvidence{b.evidence(t)},
		Remediation: b.remediation(t), Unmapped: ocsfThreatUnmapped{Type: t.Type, Archived: t.Archived, Exception: t.Exception, Impersonated: t.Actor.Impersonated},
	}
	if t.IsArchived() {
		f.StatusID, f.Status = 3, "Suppressed"
	}
	if g.AccountID != "" || g.Region != "" {
		f.Metadata.Profiles = []string{"cloud", "datetime"}
		f.Cloud = &ocsfCloud{Provider: "AWS", Region: clean(g.Region), Partition: clean(g.Partition)}
		if g.AccountID != "" {
			f.Cloud.Account = accountOf(clean(g.AccountID))
		}
	}
	f.Observables = observablesOf(t, f)
	return f
}

// language gives the language of the output, English where none is set.
func (o Options) language() string {
	if o.Lang == "" {
		return "en"
	}
	return string(o.Lang)
}

func (b *ocsfThreatBuilder) info(t *finding.Threat) ocsfThreatInfo {
	info := ocsfThreatInfo{
		UID: t.FindingID, Title: clean(b.o.title(&t.Detection)), Desc: clean(t.Told().In(b.o.Lang)), Types: []string{t.Type},
		CreatedTime: epoch(t.First), CreatedTimeDT: timestamp(t.First), FirstSeen: epoch(t.First), FirstSeenDT: timestamp(t.First),
		LastSeen: epoch(t.Last), LastSeenDT: timestamp(t.Last),
		Analytic: ocsfAnalytic{Name: clean(b.o.title(&t.Detection)), UID: t.Type, TypeID: 1, Type: "Rule", Version: clean(b.run.Tool.Version)},
	}
	for _, s := range b.run.Sources {
		info.DataSources = append(info.DataSources, sourceName(s))
	}
	for _, r := range techniques(b.o.texts(t.Type).References) {
		info.Attacks = append(info.Attacks, attackOf(r))
	}
	if t.Sequence == nil {
		return info
	}
	for i := range t.Sequence.Signals {
		s := &t.Sequence.Signals[i]
		id, severity := ocsfSeverity(s.Severity)
		info.Related = append(info.Related, ocsfSignal{
			UID: s.FindingID, Title: clean(b.o.texts(s.Type).Title.In(b.o.Lang)), Type: s.Type, Count: s.Count, SeverityID: id, Severity: severity,
			FirstSeen: epoch(s.First), LastSeen: epoch(s.Last), Desc: clean(strings.Join(signalParts(s), " ")),
		})
	}
	info.RelatedCount = len(info.Related)
	return info
}

// signalParts are who, from where and on what.
func signalParts(s *finding.Signal) (parts []string) {
	for _, part := range []string{s.Actor, s.Address, s.Object} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

// resources lists the object of the request, where it names one, and the cluster.
func (b *ocsfThreatBuilder) resources(t *finding.Threat, g *finding.GuardDutyFinding) (all []ocsfResource) {
	cluster := ocsfResource{
		UID: string(inventory.ClusterUID(t.Cluster)), Name: clean(t.Cluster), Type: "k8s/core/Cluster", RoleID: 4, Role: "Related",
	}
	if c := g.Resource.EKSCluster; c != nil && c.ARN != "" {
		cluster = ocsfResource{UID: c.ARN, Name: clean(c.Name), Type: "AWS::EKS::Cluster", RoleID: 4, Role: "Related"}
		cluster.locate(inventory.UID(c.ARN), true)
	}
	if r := &t.Resource; r.Name != "" && r.UID != inventory.ClusterUID(t.Cluster) {
		all = append(all, ocsfResource{
			UID: string(r.UID), Name: clean(r.Name), Type: string(r.Type), Namespace: clean(r.Namespace), RoleID: 3, Role: "Affected",
			Data: &ocsfLocated{Cluster: clean(t.Cluster)},
		})
	} else {
		cluster.RoleID, cluster.Role = 3, "Affected"
	}
	return append(all, cluster)
}

func (b *ocsfThreatBuilder) evidence(t *finding.Threat) ocsfThreatEvidence {
	c, a := &t.Call, &t.Actor
	e := ocsfThreatEvidence{
		UID: t.AuditID,
		Actor: &ocsfActor{User: ocsfUser{
			Name: clean(a.Username), UID: clean(a.UID), CredentialUID: clean(a.AccessKeyID), UIDAlt: clean(a.ARN),
		}},
		Data: ocsfThreatData{
			Why: t.Why, Window: t.Window, Lists: t.Lists, Anomaly: t.Anomaly, Workload: t.Workload, Binding: t.Binding, Role: t.Role,
			Permission: t.Permission, Command: c.Command, File: slashed(clean(t.Source.File)), Line: t.Source.Line,
		},
	}
	for _, group := range a.Groups {
		e.Actor.User.Groups = append(e.Actor.User.Groups, ocsfGroup{clean(group)})
	}
	if a.SessionName != "" {
		e.Actor.Session = &ocsfSession{UID: clean(a.SessionName)}
	}
	if c.Verb != "" {
		e.API = &ocsfAPI{Operation: clean(c.Verb)}
		if t.AuditID != "" {
			e.API.Request = &ocsfAPIRequest{t.AuditID}
		}
		if c.StatusCode != 0 {
			e.API.Response = &ocsfAPIResponse{c.StatusCode}
		}
	}
	if ip, err := netip.ParseAddr(t.Address()); err == nil {
		e.Source = &ocsfEndpoint{IP: ip.Unmap().String()}
		for _, other := range c.SourceIPs {
			if other != t.Address() {
				e.Source.Via = append(e.Source.Via, clean(other))
			}
		}
	}
	if c.RequestURI != "" || c.UserAgent != "" {
		path, query, _ := strings.Cut(c.RequestURI, "?")
		e.HTTP = &ocsfHTTP{UserAgent: clean(c.UserAgent), URL: &ocsfURL{clean(path), clean(query)}}
	}
	return e
}

// remediation gives the fix of the rule, with what others say of it.
func (b *ocsfThreatBuilder) remediation(t *finding.Threat) *ocsfRemediation {
	texts := b.o.texts(t.Type)
	desc := strings.TrimSpace(texts.Fix.In(b.o.Lang))
	if desc == "" {
		return nil
	}
	r := &ocsfRemediation{Desc: strings.Join(cleanLines(desc), "\n")}
	for _, ref := range texts.References {
		if ref.URL != "" {
			r.References = append(r.References, ref.URL)
		}
	}
	return r
}

// observablesOf lets a pipeline find the event by its resources, its user and its address.
func observablesOf(t *finding.Threat, f *ocsfThreat) (all []ocsfObservable) {
	for _, r := range f.Resources {
		if r.UID != "" {
			all = append(all, resourceObservable(r.UID))
		}
	}
	if name := clean(t.Actor.Username); name != "" {
		all = append(all, ocsfObservable{"evidences.actor.user.name", "User Name", 4, name})
	}
	if s := f.Evidences[0].Source; s != nil {
		all = append(all, ocsfObservable{"evidences.src_endpoint.ip", "IP Address", 2, s.IP})
	}
	return all
}

// span is from when to when, as a person reads it: the day once where it is the same.
func spanOf(first, last time.Time) string {
	const day, clock = time.DateOnly, "15:04:05"
	first, last = first.UTC().Truncate(time.Second), last.UTC().Truncate(time.Second)
	switch {
	case first.IsZero() && last.IsZero():
		return ""
	case first.Equal(last) || first.IsZero():
		return last.Format(day + " " + clock + " UTC")
	case first.Format(day) == last.Format(day):
		return fmt.Sprintf("%s – %s", first.Format(day+" "+clock), last.Format(clock+" UTC"))
	}
	return fmt.Sprintf("%s – %s", first.Format(day+" "+clock), last.Format(day+" "+clock+" UTC"))
}
