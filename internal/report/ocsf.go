package report

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/rule"
)

// ocsfVersion is the version of OCSF that the findings are valid in: the first with an attack graph, and
// the one that AWS Security Hub documents.
const ocsfVersion = "1.6.0"

// ocsfHandler writes one Detection Finding for each exposure, a JSON object on each line: what event
// pipelines take in. The captions of OCSF stay English; titles and descriptions are in the language of the
// output.
type ocsfHandler struct {
	w io.Writer
	o Options
}

// Scan implements [Handler].
func (h *ocsfHandler) Scan(s *finding.Scan) error {
	b := &ocsfBuilder{digest: newDigest(s, h.o), unknown: map[inventory.UID][]ocsfNotAssessed{}}
	for _, n := range b.notAssessed() {
		for _, uid := range n.Resources {
			b.unknown[uid] = append(b.unknown[uid], ocsfNotAssessed{n.Rule, b.because(n)})
		}
	}
	out := bufio.NewWriter(h.w)
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	for _, it := range b.shown {
		line.Reset()
		if err := enc.Encode(b.finding(it)); err != nil {
			return fmt.Errorf("encode OCSF: %w", err)
		}
		if _, err := out.Write(escapeControls(line.Bytes())); err != nil {
			return fmt.Errorf("write OCSF: %w", err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write OCSF: %w", err)
	}
	return nil
}

type ocsfBuilder struct {
	*digest
	// unknown lists what was not assessed, by resource.
	unknown map[inventory.UID][]ocsfNotAssessed
}

func (b *ocsfBuilder) finding(it *item) ocsfFinding {
	const class, category = 2004, 2
	activity, name := 1, "Create"
	if b.o.Baseline != nil && b.o.Baseline.Exposure(it.UID) != nil {
		activity, name = 2, "Update"
	}
	id, severity := ocsfSeverity(it.Severity)
	level, risk := ocsfRisk(it.Severity)
	impactID, impact := ocsfImpact(it.Impact)
	at, when := epoch(b.scan.ScannedAt), timestamp(b.scan.ScannedAt)
	f := ocsfFinding{
		ActivityID: activity, ActivityName: name, CategoryUID: category, CategoryName: "Findings",
		ClassUID: class, ClassName: "Detection Finding", TypeUID: class*100 + activity, TypeName: "Detection Finding: " + name,
		SeverityID: id, Severity: severity, StatusID: 1, Status: "New", IsAlert: !it.Platform,
		Time: at, TimeDT: when, Message: b.exposureTitle(it),
		Metadata: ocsfMetadata{
			Version: ocsfVersion, UID: strings.TrimPrefix(it.UID, "exp-"), Profiles: []string{"datetime"},
			Product: ocsfProduct{Name: vendor, Vendor: vendor, Version: clean(b.scan.Tool.Version), Lang: b.language(), URL: projectURL},
		},
		Info:     b.info(it, at, when),
		ImpactID: impactID, Impact: impact, RiskLevelID: level, RiskLevel: risk, RiskDetails: b.explained(it),
		VendorAttributes: ocsfVendor{SeverityID: id, Severity: severity},
		Unmapped:         b.unmapped(it),
		Remediation:      b.remediation(it),
		Evidences:        evidences(it),
	}
	if f.Cloud = cloudOf(&it.Resource); f.Cloud != nil {
		f.Metadata.Profiles = []string{"cloud", "datetime"}
	}
	f.Resources = b.resources(it, f.Cloud != nil)
	for _, r := range f.Resources {
		f.Observables = append(f.Observables, resourceObservable(r.UID))
	}
	return f
}

// epoch is a time in milliseconds since 1970; 0 for none.
func epoch(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (b *ocsfBuilder) exposureTitle(it *item) string {
	if title := clean(it.Title.In(b.o.Lang)); title != "" {
		return title
	}
	return b.name(it)
}

// explained says in words how the severity comes about.
func (b *ocsfBuilder) explained(it *item) string {
	var all []string
	for _, sentence := range it.Explanation {
		all = append(all, clean(sentence.In(b.o.Lang)))
	}
	return strings.Join(all, " ")
}

func (b *ocsfBuilder) info(it *item, at int64, when string) ocsfInfo {
	info := ocsfInfo{
		UID: it.UID, Title: b.exposureTitle(it), Desc: b.explained(it), Types: sorted(it.Types),
		CreatedTime: at, CreatedTimeDT: when, LastSeen: at, LastSeenDT: when,
		Analytic: ocsfAnalytic{Name: "Exposure", UID: finding.ScanSchema, TypeID: 1, Type: "Rule", Version: clean(b.scan.Tool.Version)},
		Related:  []ocsfEvent{},
	}
	for _, s := range b.scan.Sources {
		info.DataSources = append(info.DataSources, sourceName(s))
	}
	for _, tr := range slices.Concat(it.contributing, it.contextual) {
		info.Related = append(info.Related, b.event(it, tr))
	}
	info.RelatedCount = len(info.Related)
	info.Attacks = b.attacks(it)
	if nodes, edges := pathGraph(it.Exposure); len(nodes) > 0 {
		info.AttackGraph = b.attackGraph(it, nodes, edges)
	}
	return info
}

func (b *ocsfBuilder) event(it *item, tr *finding.ExposureTrait) ocsfEvent {
	role := "Contributing"
	if tr.Role == finding.Contextual {
		role = "Contextual"
	}
	trait := ocsfTrait{Category: clean(tr.Category.Text().EN), Name: b.title(tr), Type: role, UID: tr.ID}
	e := ocsfEvent{UID: fingerprint(tr.ID, it.Resource.UID, tr.Evidence), Title: b.title(tr), Type: "Finding"}
	for _, x := range tr.Evidence {
		value := clean(x.Path)
		if text := clean(x.Text()); text != "" {
			value += " = " + text
		}
		trait.Values = append(trait.Values, value)
		o := resourceObservable(string(x.Resource))
		if !slices.Contains(e.Observables, o) {
			e.Observables = append(e.Observables, o)
		}
	}
	e.Traits = []ocsfTrait{trait}
	return e
}

// resourceObservable lets a pipeline find an event by a resource, whatever its class.
func resourceObservable(uid string) ocsfObservable {
	return ocsfObservable{Name: "resources.uid", Type: "Resource UID", TypeID: 10, Value: uid}
}

// attacks lists the techniques of MITRE ATT&CK that the contributing traits of an exposure stand for.
func (b *ocsfBuilder) attacks(it *item) (all []ocsfAttack) {
	seen := map[string]bool{}
	for _, tr := range it.contributing {
		for _, r := range techniques(b.o.texts(tr.ID).References) {
			if !seen[r.ID] {
				seen[r.ID] = true
				all = append(all, attackOf(r))
			}
		}
	}
	return all
}

// attackOf takes a sub-technique apart: "T1552.001" is called by its technique, a colon, and its own name. What
// has no name is called by its ID, because some readers want one.
func attackOf(r rule.Reference) ocsfAttack {
	id, _, isSub := strings.Cut(clean(r.ID), ".")
	name, subName, _ := strings.Cut(clean(r.Name), ": ")
	a := ocsfAttack{Technique: ocsfTechnique{UID: id, Name: cmp.Or(name, id)}}
	if isSub {
		a.Sub = &ocsfTechnique{UID: clean(r.ID), Name: cmp.Or(subName, clean(r.ID))}
	}
	return a
}

func (b *ocsfBuilder) attackGraph(it *item, nodes []inventory.UID, edges []finding.Edge) *ocsfGraph {
	g := &ocsfGraph{UID: it.UID, Name: b.say(pathsHeading), IsDirected: true, Nodes: []ocsfNode{}, Edges: []ocsfEdge{}}
	for _, uid := range nodes {
		g.Nodes = append(g.Nodes, ocsfNode{string(uid), b.nodeName(uid), nodeType(it, uid)})
	}
	for i, e := range edges {
		g.Edges = append(g.Edges, ocsfEdge{
			UID: "e" + strconv.Itoa(i+1), Name: b.edgeName(e), Relation: string(e.Kind),
			Source: string(e.From), Target: string(e.To), IsDirected: true, Data: ocsfEdgeData{e.Cause, e.Possible},
		})
	}
	return g
}

// nodeType gives the type of a resource as far as its UID tells.
func nodeType(it *item, uid inventory.UID) string {
	if uid == it.Resource.UID {
		return string(it.Resource.Type)
	}
	if n, ok := uid.Kubernetes(); ok {
		return string(inventory.KubernetesType(n.Group, n.Kind))
	}
	n, _ := finding.NameOf(uid, "", "")
	if aws.IsType(n.Type) {
		return string(n.Type)
	}
	return ""
}

// resources lists the primary resource, then the objects that the evidence is about.
func (b *ocsfBuilder) resources(it *item, inCloud bool) []ocsfResource {
	r := &it.Resource
	primary := ocsfResource{
		UID: string(r.UID), UIDAlt: string(r.UIDAlt), Name: clean(r.Name), Type: string(r.Type), Namespace: clean(r.Namespace),
		RoleID: 3, Role: "Affected", Data: &ocsfLocated{Cluster: clean(r.Cluster), File: slashed(clean(r.Origin.File)), Line: r.Origin.Line},
	}
	if inCloud {
		primary.Region = clean(r.Region)
		primary.locate(r.UID, true)
	}
	if a := primary.UIDAlt; a != "" && string(r.UIDAlt) != a {
		primary.Data.Kubernetes = string(r.UIDAlt) // AWS wants the ARN in uid_alt.
	}
	all := []ocsfResource{primary}
	seen := map[inventory.UID]bool{r.UID: true, r.UIDAlt: true}
	for _, tr := range it.Traits {
		for _, e := range tr.Evidence {
			if seen[e.Resource] {
				continue
			}
			seen[e.Resource] = true
			n, _ := e.Resource.Kubernetes()
			related := ocsfResource{
				UID: string(e.Resource), Name: clean(e.Resource.Short()), Type: nodeType(it, e.Resource),
				Namespace: clean(n.Namespace), RoleID: 4, Role: "Related",
			}
			related.locate(e.Resource, inCloud)
			all = append(all, related)
		}
	}
	return all
}

// locate adds what an ARN says: AWS takes it from uid_alt, with the partition and the account beside it. A finding
// that is in no cloud has no room for those.
func (r *ocsfResource) locate(uid inventory.UID, inCloud bool) {
	a, ok := uid.ARN()
	if !ok {
		return
	}
	r.UIDAlt = string(uid)
	if inCloud {
		r.Partition, r.Region = clean(a.Partition), clean(a.Region)
	}
	r.Owner = ownerOf(clean(a.Account))
}

func ownerOf(account string) *ocsfOwner {
	if account == "" {
		return nil
	}
	a := accountOf(account)
	return &ocsfOwner{UID: a.UID, Name: a.Name, TypeID: 99, Type: a.Type, Account: a} // 99: other than a user.
}

func accountOf(account string) *ocsfAccount {
	return &ocsfAccount{UID: account, Name: account, TypeID: 10, Type: "AWS Account"}
}

func evidences(it *item) (all []ocsfEvidence) {
	for _, tr := range slices.Concat(it.contributing, it.contextual) {
		for _, e := range tr.Evidence {
			all = append(all, ocsfEvidence{UID: tr.ID, Name: clean(e.Path), Data: ocsfEvidenceData{
				Trait: tr.ID, Resource: string(e.Resource), Path: e.Path, Value: e.Value,
				File: slashed(clean(tr.Origin.File)), Line: tr.Origin.Line,
			}})
		}
	}
	return all
}

// remediation gives the fixes, the one that lowers the severity most first, with the pages of their rules.
func (b *ocsfBuilder) remediation(it *item) *ocsfRemediation {
	fixes := slices.Clone(it.Remediations)
	slices.SortStableFunc(fixes, func(x, y finding.Remediation) int { return int(x.ProjectedSeverity) - int(y.ProjectedSeverity) })
	var r ocsfRemediation
	var lines []string
	for i, f := range fixes {
		body := it.fixText(b.o, f.ID)
		if i > 0 || strings.TrimSpace(body) == "" {
			body = b.firstLine(f.Title, f.ID) // One recipe in full is enough; the references have the others.
		}
		after := b.say(f.ProjectedSeverity.Text())
		if f.ProjectedSeverity == finding.SeverityInformational {
			after = b.say(itemClosed)
		}
		text := cleanLines(body)
		text[0] += " (" + b.say(it.Severity.Text()) + " → " + after + ")"
		lines = append(lines, strings.Join(text, "\n"))
		if link := b.ruleURL(f.ID); link != "" {
			r.References = append(r.References, link)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	r.Desc = strings.Join(lines, "\n\n")
	return &r
}

func (b *ocsfBuilder) unmapped(it *item) ocsfUnmapped {
	u := ocsfUnmapped{
		Ceiling: it.Ceiling.String(), Likelihood: it.Likelihood.String(), Impact: it.Impact.String(), Platform: it.Platform,
		Remediations: []ocsfProjection{}, NotAssessed: list(b.unknown[it.Resource.UID]),
	}
	for _, r := range it.Remediations {
		p := ocsfProjection{ID: r.ID, Title: b.firstLine(r.Title, r.ID), Projected: r.ProjectedSeverity.String()}
		for _, tr := range it.contributing {
			if tr.ID == r.ID {
				p.Without = string(tr.Without)
			}
		}
		u.Remediations = append(u.Remediations, p)
	}
	return u
}

// cloudOf gives the cloud that a resource is in; nil for a cluster that is in none that is known.
func cloudOf(r *finding.ExposedResource) *ocsfCloud {
	arn := strings.HasPrefix(string(r.UID), "arn:") || strings.HasPrefix(string(r.UIDAlt), "arn:")
	if !arn && r.Account == "" && !aws.IsType(r.Type) {
		return nil
	}
	c := &ocsfCloud{Provider: "AWS", Region: clean(r.Region)}
	if a, ok := r.UID.ARN(); ok {
		c.Partition = clean(a.Partition)
	}
	if account := clean(r.Account); account != "" {
		c.Account = accountOf(account)
	}
	return c
}

// ocsfSeverity gives the severity_id and its caption.
func ocsfSeverity(s finding.Severity) (id int, caption string) {
	s = min(s, finding.SeverityCritical)
	return int(s) + 1, []string{"Informational", "Low", "Medium", "High", "Critical"}[s]
}

// ocsfRisk gives the risk_level_id and its caption.
func ocsfRisk(s finding.Severity) (id int, caption string) {
	s = min(s, finding.SeverityCritical)
	return int(s), []string{"Info", "Low", "Medium", "High", "Critical"}[s]
}

// ocsfImpact gives the impact_id and its caption.
func ocsfImpact(i finding.Impact) (id int, caption string) {
	switch i {
	case finding.ImpactLow:
		return 1, "Low"
	case finding.ImpactMedium:
		return 2, "Medium"
	case finding.ImpactHigh:
		return 3, "High"
	}
	return 0, "Unknown"
}
