package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// certainty says how sure it is that something can be done.
type certainty uint8

const (
	notKnown certainty = iota
	possible
	certain
)

// target is what an exposure hands over.
type target uint8

const (
	nothing target = iota
	role           // an IAM role that is not the resource's own
	node           // or a container instance of Amazon ECS
	cluster
	account
)

// item is one exposure with what the outputs for people derive from it.
type item struct {
	*finding.Exposure
	// reached says whether the internet gets to the resource.
	reached certainty
	// hands is the gravest thing that whoever is inside the resource takes over, and how surely.
	hands target
	sure  certainty
	// contributing and contextual are its traits by role.
	contributing, contextual []*finding.ExposureTrait
	// inside are the exposures in the Kubernetes cluster that the resource, an EKS cluster, hosts, the most urgent first.
	// Those of the platform are not among them.
	inside []*item
}

// fixText gives what a rule says of closing its trait, with the names of this resource in its commands.
func (it *item) fixText(o Options, trait string) string {
	return it.Fill(o.texts(trait).Fix.In(o.Lang), trait)
}

// items looks at every exposure and sorts them: the most urgent first; within one severity what surely hands over
// most, and then what more traits make; the rest by cluster, which comes before what is in it, by namespace and name.
func items(exposures []finding.Exposure) []*item {
	all := make([]*item, len(exposures))
	for i := range exposures {
		all[i] = look(&exposures[i])
	}
	slices.SortFunc(all, func(a, b *item) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.sure, a.sure), cmp.Compare(b.hands, a.hands),
			cmp.Compare(len(b.contributing), len(a.contributing)), cmp.Compare(hostOf(&a.Resource), hostOf(&b.Resource)),
			cmp.Compare(a.Resource.Namespace, b.Resource.Namespace),
			cmp.Compare(a.Resource.Name, b.Resource.Name), cmp.Compare(a.Resource.UID, b.Resource.UID), cmp.Compare(a.UID, b.UID))
	})
	findInside(all)
	return all
}

// itemOf looks at one exposure of a scan.
func itemOf(s *finding.Scan, e *finding.Exposure) *item {
	if _, hosts := e.Resource.UIDAlt.Cluster(); !hosts {
		return look(e)
	}
	all := items(s.Exposures)
	if i := slices.IndexFunc(all, func(it *item) bool { return it.Exposure == e }); i >= 0 {
		return all[i]
	}
	return look(e)
}

// beneathShown is how many exposures what is said of a cluster lists at the most.
const beneathShown = 10

// beneath gives the most urgent exposures inside, and how many more there are.
func (it *item) beneath() (shown []*item, more int) {
	n := min(len(it.inside), beneathShown)
	return it.inside[:n], len(it.inside) - n
}

// hostOf is the name of the Kubernetes cluster that a resource is in, or that it hosts.
func hostOf(r *finding.ExposedResource) string {
	if name, ok := r.UIDAlt.Cluster(); ok {
		return name
	}
	return r.Cluster
}

// findInside gives each EKS cluster what is exposed in its Kubernetes cluster, without what the platform needs.
func findInside(all []*item) {
	hosts := map[string]*item{}
	for _, it := range all {
		if name, ok := it.Resource.UIDAlt.Cluster(); ok {
			hosts[name] = it
		}
	}
	for _, it := range all {
		if host := hosts[it.Resource.Cluster]; host != nil && host != it && !it.Platform {
			host.inside = append(host.inside, it)
		}
	}
}

func look(e *finding.Exposure) *item {
	it := &item{Exposure: e}
	for i := range e.Traits {
		if t := &e.Traits[i]; t.Role == finding.Contextual {
			it.contextual = append(it.contextual, t)
		} else {
			it.contributing = append(it.contributing, t)
		}
	}
	for _, p := range e.AttackPaths {
		way, beyond := splitPath(e, p)
		if p.Entry == inventory.Internet {
			it.reached = max(it.reached, certaintyOf(way))
		}
		hands, sure := handsOver(p.Target, beyond)
		if sure > it.sure || sure == it.sure && hands > it.hands {
			it.hands, it.sure = hands, sure
		}
	}
	return it
}

// splitPath takes an attack path apart at the resource that the exposure is about.
func splitPath(e *finding.Exposure, p finding.AttackPath) (way, beyond []finding.Edge) {
	if p.Entry != inventory.Internet {
		return nil, p.Edges
	}
	for i, edge := range p.Edges {
		if edge.To == e.Resource.UID || edge.To == e.Resource.UIDAlt && edge.To != "" {
			return p.Edges[:i+1], p.Edges[i+1:]
		}
	}
	return p.Edges, nil
}

func certaintyOf(edges []finding.Edge) certainty {
	if slices.ContainsFunc(edges, func(e finding.Edge) bool { return e.Possible }) {
		return possible
	}
	return certain
}

// handsOver says what the last part of a path gives to an attacker. An edge that only touches its end,
// such as a shared process namespace, hands nothing over.
func handsOver(to inventory.UID, beyond []finding.Edge) (target, certainty) {
	if len(beyond) == 0 {
		return nothing, notKnown
	}
	last := beyond[len(beyond)-1].Kind
	if m, known := last.Meaning(); known && !m.Controls {
		return nothing, notKnown
	}
	if last == finding.EdgeReadIMDS || last == finding.EdgeOtherTaskRole {
		return role, certaintyOf(beyond) // Of a template's role the UID does not tell that it is one.
	}
	if t := targetOf(to); t != nothing {
		return t, certaintyOf(beyond)
	}
	return nothing, notKnown
}

// targetOf recognises an account (the ARN of its root), a cluster (k8s://CLUSTER, or the ARN of an EKS cluster), a node
// or container instance, and an IAM role.
func targetOf(uid inventory.UID) target {
	_, isCluster := uid.Cluster()
	object, _ := uid.Kubernetes()
	a, _ := uid.ARN()
	_, anyInstance := aws.IsAnyInstance(uid)
	switch {
	case isCluster, a.Service == "eks" && a.Kind() == "cluster":
		return cluster
	case object.Kind == "Node" && object.Group == "", a.Service == "ecs" && a.Kind() == "container-instance", anyInstance:
		return node
	case a.Service == "iam" && a.Resource == "root":
		return account
	case a.Service == "iam" && a.Kind() == "role", isPlannedRole(uid):
		return role
	}
	return nothing
}

// isPlannedRole recognises an IAM role that has no ARN yet.
func isPlannedRole(uid inventory.UID) bool {
	n, ok := finding.NameOf(uid, "", "")
	return ok && n.Type == aws.IAMRole
}

// bestFix gives the change that lowers the severity most; ok is false where no single one does.
func (it *item) bestFix() (fix *finding.Remediation, ok bool) {
	for i := range it.Remediations {
		if r := &it.Remediations[i]; fix == nil || r.ProjectedSeverity < fix.ProjectedSeverity {
			fix = r
		}
	}
	return fix, fix != nil && fix.ProjectedSeverity < it.Severity
}

// likeness is the same for exposures that differ in nothing but their resource.
func (it *item) likeness() string {
	var b strings.Builder
	b.WriteString(it.Severity.String() + string(it.Change))
	if it.SeverityBefore != nil {
		b.WriteString(it.SeverityBefore.String())
	}
	b.WriteByte(byte('0' + it.reached))
	b.WriteByte(byte('0' + it.hands))
	b.WriteByte(byte('0' + it.sure))
	for _, t := range it.contributing {
		b.WriteString("\x00" + t.ID)
	}
	if len(it.inside) > 0 {
		b.WriteString("\x00" + it.UID) // What is in one cluster is not in another.
	}
	if fix, ok := it.bestFix(); ok {
		b.WriteString("\x00\x00" + fix.ID + "\x00" + fix.ProjectedSeverity.String())
	}
	return b.String()
}

// alike puts exposures that are alike together, each group where its first one stands.
func alike(all []*item) [][]*item {
	var groups [][]*item
	at := map[string]int{}
	for _, it := range all {
		key := it.likeness()
		i, seen := at[key]
		if !seen {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], it)
	}
	return groups
}

// place is a file and line as a compiler writes it; empty where the file is not known.
func place(o inventory.Origin) string {
	if o.File == "" || o.Line <= 0 {
		return clean(o.File)
	}
	return clean(o.File) + ":" + strconv.Itoa(o.Line)
}

// shortest is how many digits of an exposure's UID a command needs at least.
const shortest = 8

// shortUIDs gives each exposure the shortest beginning of its UID that names no other one.
func shortUIDs(exposures []finding.Exposure) map[string]string {
	short := make(map[string]string, len(exposures))
	for length := shortest; len(short) < len(exposures); length *= 2 {
		seen := map[string]int{}
		for i := range exposures {
			seen[beginning(exposures[i].UID, length)]++
		}
		for i := range exposures {
			uid := exposures[i].UID
			if b := beginning(uid, length); short[uid] == "" && (seen[b] == 1 || b == uid) {
				short[uid] = b
			}
		}
		if length > 1<<10 {
			break // UIDs that are not unique; they are shown whole.
		}
	}
	return short
}

func beginning(uid string, digits int) string {
	return uid[:min(len(uid), len("exp-")+digits)]
}
