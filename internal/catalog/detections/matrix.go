package detections

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// Matrix lists the rules about who calls the API: each tactic with each sort of caller, in the order of their types. Those
// of the tactic Execution are Merlon's own; without them a command that is run from a listed address would be told of by
// none.
//
// A request from a listed address counts whether it was allowed or not, with the same severity, as GuardDuty's texts ask
// for no success: who is refused there has a user's credentials nevertheless. Only what comes without credentials and is
// turned away is left out. That is what every API server on the internet hears all day.
func Matrix() []*rule.Detection {
	all := make([]*rule.Detection, len(matrix))
	for i := range matrix {
		all[i] = &matrix[i]
	}
	return all
}

var matrix = func() []rule.Detection {
	var all []rule.Detection
	for _, t := range matrixTactics() {
		for _, c := range matrixCallers() {
			all = append(all, matrixRule(&t, &c))
		}
	}
	return all
}()

// tacticSide is what the rules of one tactic have in common.
type tacticSide struct {
	name     string
	severity finding.Severity
	// byAnonymous is the severity where nobody was authenticated.
	byAnonymous     finding.Severity
	title, why, fix lang.Text
	references      []rule.Reference
	// does lists requests of the tactic in several forms.
	does []example
}

// callerSide is what the rules about one sort of caller have in common.
type callerSide struct {
	name          string
	facts         rule.Facts
	title, why    lang.Text
	fixTitle      lang.Text
	first, then   []lang.Text // of the fix, before and after what the tactic says
	conditions    []rule.EventCondition
	about         []rule.EventField
	references    []rule.Reference
	list          string // the kind of list; "" for none
	isAnonymous   bool
	authenticated bool // the condition, where it is one, is about credentials alone
}

func matrixRule(t *tacticSide, c *callerSide) rule.Detection {
	r := rule.Detection{
		Type:     t.name + ":Kubernetes/" + c.name,
		Severity: t.severity,
		Title:    joined(" ", t.title, c.title),
		Why:      joined(" ", c.why, t.why),
		Fix:      remedy(c.fixTitle, slices.Concat(c.first, []lang.Text{t.fix}, c.then)...),
		On:       []rule.Selector{{Facts: c.facts}},
		Where:    append(slices.Clone(c.conditions), serves(t.name)),
		About:    c.about,
		Examples: matrixExamples(t, c),
	}
	if c.isAnonymous {
		r.Severity = t.byAnonymous
	}
	if t.name == Execution {
		r.Origin = rule.Ours
	} else {
		r.References = append(r.References, guardDuty(strings.ToLower(t.name+"-kubernetes-"+strings.ReplaceAll(c.name, ".", ""))))
	}
	r.References = slices.Concat(r.References, t.references, c.references)
	return r
}

func matrixCallers() []callerSide {
	return []callerSide{
		{
			name: "MaliciousIPCaller", facts: rule.OnThreatList, title: fromMalicious, why: whyMalicious, fixTitle: fixListed,
			first: []lang.Text{askFirst(), revokeUser()}, then: []lang.Text{undoChanges(), restrictEndpoint()},
			conditions: []rule.EventCondition{onList("on-threat-list", rule.OnThreatList), authenticated()},
			about:      []rule.EventField{rule.FieldUser, listedAddress(rule.OnThreatList)},
			references: []rule.Reference{attack("T1078")}, list: "threat", authenticated: true,
		},
		{
			name: "MaliciousIPCaller.Custom", facts: rule.OnCustomList, title: fromCustom, why: whyCustom, fixTitle: fixListed,
			first: []lang.Text{askFirst(), revokeUser()}, then: []lang.Text{undoChanges(), restrictEndpoint()},
			conditions: []rule.EventCondition{onList("on-custom-list", rule.OnCustomList), authenticatedOrLetIn()},
			about:      []rule.EventField{rule.FieldUser, listedAddress(rule.OnCustomList)},
			references: []rule.Reference{attack("T1078")}, list: "custom",
		},
		{
			name: "SuccessfulAnonymousAccess", facts: rule.IsAnonymous, title: byAnonymous, why: whyAnonymous, fixTitle: fixAnonymous,
			first: []lang.Text{anonymousUser()}, then: []lang.Text{undoChanges(), restrictEndpoint()},
			conditions: []rule.EventCondition{anonymous(), succeeded()},
			about:      []rule.EventField{rule.FieldSourceIP},
			references: []rule.Reference{attack("T1078.001"), threatMatrix("MS-TA9005", "Exposed%20sensitive%20interfaces")}, isAnonymous: true,
		},
		{
			name: "TorIPCaller", facts: rule.OnTorList, title: fromTor, why: whyTor, fixTitle: fixListed,
			first: []lang.Text{askFirst(), revokeUser()}, then: []lang.Text{undoChanges(), restrictEndpoint()},
			conditions: []rule.EventCondition{onList("on-tor-list", rule.OnTorList), authenticatedOrLetIn()},
			about:      []rule.EventField{rule.FieldUser, listedAddress(rule.OnTorList)},
			references: []rule.Reference{attack("T1090.003"), threatMatrix("MS-TA9024", "Connect%20from%20Proxy%20server")}, list: "tor",
		},
	}
}

func matrixTactics() []tacticSide {
	const medium, high = finding.SeverityMedium, finding.SeverityHigh
	return []tacticSide{
		{
			name: CredentialAccess, severity: high, byAnonymous: high, title: asksCredentials, why: whyCredentials, fix: fixCredentials,
			references: []rule.Reference{attack("T1552.007"), threatMatrix("MS-TA9025", "List%20K8S%20secrets")},
			does: []example{
				{"the secrets of all namespaces", record{Verb: "list", Resource: "secrets"}},
				{"a token for a service account", record{Verb: "create", Resource: "serviceaccounts/token", Namespace: "shop", Name: "deployer", Code: 201}},
			},
		},
		{
			name: DefenseEvasion, severity: high, byAnonymous: high, title: changesDefenses, why: whyDefenses, fix: fixDefenses,
			references: []rule.Reference{attack("T1562.001"), threatMatrix("MS-TA9022", "Delete%20K8S%20events")},
			does: []example{
				{"a network policy is deleted", record{Verb: "delete", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop", Name: "deny-all"}},
				{
					"a namespace may run every kind of pod again",
					record{
						Verb: "patch", Resource: "namespaces", Namespace: "shop", Name: "shop",
						Request: `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"privileged"}}}`,
					},
				},
			},
		},
		{
			name: Discovery, severity: medium, byAnonymous: medium, title: looksAround, why: whyLooks, fix: fixLooks,
			references: []rule.Reference{attack("T1613"), threatMatrix("MS-TA9029", "Access%20the%20K8S%20API%20server")},
			does: []example{
				{"the list of APIs", record{Verb: "get", URI: "/api"}},
				{"the pods of a namespace", record{Verb: "list", Resource: "pods", Namespace: "shop"}},
			},
		},
		{
			name: Execution, severity: high, byAnonymous: high, title: runsCode, why: whyRuns, fix: isolatePod(),
			references: []rule.Reference{attack("T1609"), threatMatrix("MS-TA9006", "Exec%20into%20container")},
			does: []example{
				{"a command in a pod", record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0", Code: 101}},
				{"the kubelet behind the API server", record{Verb: "create", Resource: "nodes/proxy", Name: "node-1"}},
			},
		},
		{
			name: Impact, severity: high, byAnonymous: high, title: changesObjects, why: whyChanges, fix: fixChanges,
			references: []rule.Reference{attack("T1485"), threatMatrix("MS-TA9038", "Data%20destruction")},
			does: []example{
				{"a service account is created", record{Verb: "create", Resource: "serviceaccounts", Namespace: "shop", Name: "helper", Code: 201}},
				{"a namespace is deleted", record{Verb: "delete", Resource: "namespaces", Namespace: "shop", Name: "shop"}},
			},
		},
		{
			name: Persistence, severity: medium, byAnonymous: high, title: keepsAccess, why: whyKeeps, fix: fixKeeps,
			references: []rule.Reference{attack("T1098.006"), threatMatrix("MS-TA9019", "Cluster-admin%20binding")},
			does: []example{
				{
					"a role is granted",
					record{Verb: "create", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Name: "helper", Code: 201},
				},
				{"the users of the cluster are changed", record{Verb: "patch", Resource: "configmaps", Namespace: "kube-system", Name: "aws-auth"}},
			},
		},
	}
}
