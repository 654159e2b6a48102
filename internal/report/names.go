package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
)

// nameOf is how a person calls a resource.
func nameOf(r *finding.ExposedResource, l lang.Lang) string {
	if n, ok := finding.NameOf(r.UID, r.Type, r.Name); ok {
		return clean(n.Text().In(l))
	}
	if _, ok := r.UID.Kubernetes(); ok {
		return clean(r.UID.Short())
	}
	if kind := r.Type.Kind(); kind != "" && r.Name != "" {
		return clean(kind + "/" + r.Name)
	}
	return clean(string(r.UID))
}

// called is the name of an exposure's resource, with the cluster of Kubernetes, or the account and Region of AWS, where
// those are not the same for all.
func (t *table) called(it *item) string {
	name := nameOf(&it.Resource, t.o.Lang)
	if around := t.around(&it.Resource); around != "" {
		return around + ": " + name
	}
	if _, ok := t.nameAWS(it.Resource.UID); ok {
		first, size := utf8.DecodeRuneInString(name)
		return string(unicode.ToUpper(first)) + name[size:] // It begins with a noun.
	}
	return name
}

func (t *table) around(r *finding.ExposedResource) string {
	if !aws.IsType(r.Type) {
		if t.several {
			return clean(r.Cluster)
		}
		return ""
	}
	var parts []string
	if account := clean(r.Account); account != "" && len(t.accounts) > 1 {
		parts = append(parts, account)
	}
	if region := clean(r.Region); region != "" && len(t.regions) > 1 {
		parts = append(parts, region)
	}
	return strings.Join(parts, " ")
}

// resources lets the resources of exposures be looked up by their UIDs.
func resourcesOf(exposures []finding.Exposure) map[inventory.UID]*finding.ExposedResource {
	all := make(map[inventory.UID]*finding.ExposedResource, len(exposures))
	for i := range exposures {
		all[exposures[i].Resource.UID] = &exposures[i].Resource
	}
	return all
}

// nameAWS names the AWS resource of a UID; ok is false for every other.
func (t *table) nameAWS(uid inventory.UID) (n finding.Name, ok bool) {
	if r := t.resources[uid]; r != nil {
		return finding.NameOf(uid, r.Type, r.Name)
	}
	return finding.NameOf(uid, t.planned[uid], "")
}

// plannedTypes gives the types of what attack paths lead through, where a UID does not tell: in a template.
func plannedTypes(exposures []finding.Exposure) map[inventory.UID]inventory.Type {
	types := map[inventory.UID]inventory.Type{}
	for i := range exposures {
		for _, p := range exposures[i].AttackPaths {
			for _, e := range p.Edges {
				switch e.Kind {
				case finding.EdgeTaskRole, finding.EdgeInstanceRole, finding.EdgeReadIMDS, finding.EdgeOtherTaskRole, finding.EdgePodRole:
					types[e.To] = aws.IAMRole
				case finding.EdgeBalances:
					types[e.From] = aws.LoadBalancer
				}
			}
		}
	}
	return types
}

// shortName is how a person calls the resource of a UID.
func (t *table) shortName(uid inventory.UID) string {
	if n, ok := t.nameAWS(uid); ok {
		return clean(n.Text().In(t.o.Lang))
	}
	return clean(uid.Short())
}

// nameOfPlace is how a person calls one end of an edge.
func (t *table) nameOfPlace(uid inventory.UID) string {
	name, isCluster := uid.Cluster()
	object, _ := uid.Kubernetes()
	switch {
	case uid == inventory.Internet:
		return t.say(placeInternet)
	case isCluster:
		return t.say(placeCluster) + " (" + clean(name) + ")"
	case targetOf(uid) == node && object.Name == "*":
		return t.say(placeNode)
	}
	return t.shortName(uid)
}

// space is what a resource is grouped under: its namespace, or its cluster where it has none.
func (t *table) space(r *finding.ExposedResource) string {
	a, _ := r.UID.ARN()
	parts := strings.Split(a.Resource, "/")
	switch {
	case r.Type == aws.ECSService && len(parts) == 3:
		cluster := inventory.ARN{Partition: a.Partition, Service: "ecs", Region: a.Region, Account: a.Account, Resource: "cluster/" + parts[1]}
		return t.shortName(cluster.UID())
	case r.Type == aws.EKSCluster:
		return nameOf(r, t.o.Lang)
	}
	return clean(r.Namespace)
}

// scannedAWS names the accounts and Regions that the exposures are in; empty where none is in AWS.
func (t *table) scannedAWS() string {
	if len(t.accounts)+len(t.regions) == 0 {
		return ""
	}
	const most = 3
	parts := []string{"AWS"}
	if n := len(t.accounts); n > most {
		parts = []string{t.count(nAccounts, n)}
	} else if n > 0 {
		parts = append(parts, strings.Join(t.accounts, ", "))
	}
	if n := len(t.regions); n > most {
		parts = append(parts, t.count(nRegions, n))
	} else if n > 0 {
		parts = append(parts, strings.Join(t.regions, ", "))
	}
	return strings.Join(parts, " ")
}

// distinct gives the values of one property of the AWS resources of exposures, each once, sorted.
func distinct(exposures []finding.Exposure, of func(*finding.ExposedResource) string) []string {
	var all []string
	for i := range exposures {
		r := &exposures[i].Resource
		if value := clean(of(r)); aws.IsType(r.Type) && value != "" {
			if at, known := slices.BinarySearch(all, value); !known {
				all = slices.Insert(all, at, value)
			}
		}
	}
	return all
}

// noun is what several resources are called together.
func (t *table) noun(uids []inventory.UID) plural {
	nouns := t.nouns(uids)
	if len(nouns) == 1 {
		return countedNouns()[nouns[0].kind]
	}
	return nResources
}

// The kinds of resources that are counted, in the order in which they are named: the places in [countedNouns].
const (
	aWorkload = iota
	aService
	aCluster
	aResource
)

func countedNouns() []plural { return []plural{nWorkloads, nServices, nClusters, nResources} }

type nounCount struct{ kind, n int }

// nouns counts resources by what they are.
func (t *table) nouns(uids []inventory.UID) []nounCount {
	var n [aResource + 1]int
	for _, uid := range uids {
		n[t.kindOf(uid)]++
	}
	var all []nounCount
	for kind, n := range n {
		if n > 0 {
			all = append(all, nounCount{kind, n})
		}
	}
	return all
}

func (t *table) kindOf(uid inventory.UID) int {
	if r := t.resources[uid]; r != nil && aws.IsPrimary(r.Type) { // What is planned has no ARN.
		if r.Type == aws.EKSCluster {
			return aCluster
		}
		return aService
	}
	object, ok := uid.Kubernetes()
	switch a, _ := uid.ARN(); {
	case ok && k8s.IsWorkload(inventory.KubernetesType(object.Group, object.Kind)):
		return aWorkload
	case a.Service == "ecs" && a.Kind() == "service":
		return aService
	case targetOf(uid) == cluster:
		return aCluster
	}
	return aResource
}

// counted says how many of what some resources are: "2 services and 1 workload".
func (t *table) counted(uids []inventory.UID) string {
	var parts []string
	for _, c := range t.nouns(uids) {
		parts = append(parts, t.count(countedNouns()[c.kind], c.n))
	}
	return t.join(parts, joinAnd)
}

// join puts parts into a sentence: "a, b or c".
func (t *table) join(parts []string, last lang.Text) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	n := len(parts) - 1
	return t.say(last, strings.Join(parts[:n], ", "), parts[n])
}
