package detections

import (
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// action gives the action of one record.
func action(t *testing.T, text string) *rule.Action {
	t.Helper()
	var d event.Decoder
	events, err := d.Append(nil, strings.TrimSpace(text))
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events: %v", len(events), err)
	}
	a := &rule.Action{}
	a.Reset(&events[0], &rule.Surroundings{Cluster: "prod"})
	return a
}

const rbacGroup = ".rbac.authorization.k8s.io"

func TestTacticOf(t *testing.T) {
	const anonymous = "system:anonymous"
	tests := []struct {
		name string
		record
		want string
	}{
		{"exec by WebSocket", record{Verb: "get", Resource: "pods/exec", Namespace: "shop", Name: "web-0"}, Execution},
		{"a container added to a pod", record{Verb: "patch", Resource: "pods/ephemeralcontainers", Namespace: "shop", Name: "web-0"}, Execution},
		{"one looked at", record{Verb: "get", Resource: "pods/ephemeralcontainers", Namespace: "shop", Name: "web-0"}, Discovery},
		{"the kubelet behind a proxy", record{Verb: "get", Resource: "nodes/proxy", Name: "node-1"}, Execution},
		{"secrets of all namespaces", record{Verb: "list", Resource: "secrets"}, CredentialAccess},
		{"secrets watched", record{Verb: "watch", Resource: "secrets"}, CredentialAccess},
		{"a secret changed", record{Verb: "patch", Resource: "secrets", Namespace: "shop", Name: "tls"}, Impact},
		{"a token, though as a dry run", record{Verb: "create", Resource: "serviceaccounts/token", Namespace: "shop", Name: "ci", URI: "/api/v1/x?dryRun=All"}, CredentialAccess},
		{"a certificate approved", record{Verb: "update", Resource: "certificatesigningrequests.certificates.k8s.io/approval", Name: "eve"}, CredentialAccess},
		{"aws-auth read", record{Verb: "get", Resource: "configmaps", Namespace: "kube-system", Name: "aws-auth"}, CredentialAccess},
		{"another ConfigMap read", record{Verb: "get", Resource: "configmaps", Namespace: "shop", Name: "settings"}, Discovery},
		{"anonymous health", record{User: anonymous, Verb: "get", URI: "/readyz/etcd?verbose"}, ""},
		{"anonymous version", record{User: anonymous, Verb: "get", URI: "/version"}, ""},
		{"anonymous path that only begins so", record{User: anonymous, Verb: "get", URI: "/healthzz"}, Discovery},
		{"version asked for by a user", record{Verb: "get", URI: "/version"}, Discovery},
		{"a node that joins", record{User: anonymous, Verb: "get", Resource: "configmaps", Namespace: "kube-public", Name: "cluster-info"}, ""},
		{"a dry run", record{Verb: "create", Resource: "clusterrolebindings" + rbacGroup, URI: "/apis/x?dryRun=All"}, Discovery},
		{
			"a dry run in the query alone, which the body overrules",
			record{
				Verb: "delete", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop", Name: "deny",
				URI: "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/deny?dryRun=All", Request: `{"kind":"DeleteOptions"}`,
			},
			DefenseEvasion,
		},
		{
			"a dry run in the body",
			record{Verb: "delete", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop", Name: "deny", Request: `{"kind":"DeleteOptions","dryRun":["All"]}`},
			Discovery,
		},
		{"a permission asked about", record{Verb: "create", Resource: "selfsubjectaccessreviews.authorization.k8s.io"}, Discovery},
		{"events deleted", record{Verb: "deletecollection", Resource: "events.events.k8s.io", Namespace: "shop"}, DefenseEvasion},
		{"a network policy deleted", record{Verb: "delete", Resource: "networkpolicies.networking.k8s.io", Namespace: "shop", Name: "deny"}, DefenseEvasion},
		{"an agent deleted", record{Verb: "delete", Resource: "daemonsets.apps", Namespace: "amazon-guardduty", Name: "aws-guardduty-agent"}, DefenseEvasion},
		{"all DaemonSets of a namespace deleted", record{Verb: "deletecollection", Resource: "daemonsets.apps", Namespace: "kube-system"}, DefenseEvasion},
		{
			"DaemonSets with a label deleted",
			record{Verb: "deletecollection", Resource: "daemonsets.apps", Namespace: "shop", URI: "/apis/apps/v1/namespaces/shop/daemonsets?labelSelector=app%3Dcache"},
			Impact,
		},
		{"another DaemonSet deleted", record{Verb: "delete", Resource: "daemonsets.apps", Namespace: "shop", Name: "cache"}, Impact},
		{
			"the standard of a namespace taken away",
			record{Verb: "patch", Resource: "namespaces", Name: "shop", Request: `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":null}}}`},
			DefenseEvasion,
		},
		{
			"the same by JSON patch",
			record{Verb: "patch", Resource: "namespaces", Name: "shop", Request: `[{"op":"remove","path":"/metadata/labels/pod-security.kubernetes.io~1enforce"}]`},
			DefenseEvasion,
		},
		{
			"all labels of a namespace taken away",
			record{Verb: "patch", Resource: "namespaces", Name: "shop", Request: `{"metadata":{"labels":null}}`},
			DefenseEvasion,
		},
		{"a namespace annotated", record{Verb: "patch", Resource: "namespaces", Name: "shop", Request: `{"metadata":{"annotations":{"a":"b"}}}`}, Impact},
		{"the standard of a namespace set", record{Verb: "patch", Resource: "namespaces", Name: "shop", Request: `{"metadata":{"labels":{"pod-security.kubernetes.io/enforce":"restricted"}}}`}, Impact},
		{"a role of another API", record{Verb: "create", Resource: "roles.iam.services.k8s.aws", Namespace: "shop"}, Impact},
		{"a CronJob", record{Verb: "update", Resource: "cronjobs.batch", Namespace: "shop", Name: "report"}, Persistence},
		{"a webhook", record{Verb: "create", Resource: "mutatingwebhookconfigurations.admissionregistration.k8s.io"}, Persistence},
		{"aws-auth changed", record{Verb: "patch", Resource: "configmaps", Namespace: "kube-system", Name: "aws-auth"}, Persistence},
		{"a token that does not expire", record{Verb: "create", Resource: "secrets", Namespace: "shop", Request: `{"kind":"Secret","type":"kubernetes.io/service-account-token"}`}, Persistence},
		{"an eviction", record{Verb: "create", Resource: "pods/eviction", Namespace: "shop", Name: "web-0"}, Impact},
		{"a namespace deleted", record{Verb: "delete", Resource: "namespaces", Name: "shop"}, Impact},
		{"a verb of its own", record{Verb: "escalate", Resource: "roles" + rbacGroup}, ""},
	}
	for _, test := range tests {
		if got := TacticOf(action(t, test.String())); got != test.want {
			t.Errorf("%s: the tactic is %q, not %q", test.name, got, test.want)
		}
	}
}

// What AWS's tester asks for gives, with GuardDuty, the finding that each script is named for
// (https://github.com/awslabs/amazon-guardduty-tester).
func TestTacticsOfAWSTester(t *testing.T) {
	tests := []struct {
		script string
		asks   []record
		want   string
	}{
		{"SuccessfulAnonymousAccess", []record{{User: "system:anonymous", Verb: "list", Resource: "pods", Namespace: "default"}}, Discovery},
		{"TorIPCaller", []record{{Verb: "get", URI: "/api"}}, Discovery},
		{
			"DiscoveryMaliciousIPCaller-Custom",
			[]record{
				{Verb: "get", URI: "/openapi/v3"},
				{Verb: "get", Resource: "secrets", Namespace: "default", Name: "token"},
				{Verb: "create", Resource: "secrets", Namespace: "default", Name: "token", Level: "Metadata"},
			},
			Discovery,
		},
		{"ImpactMaliciousIPCaller-Custom", []record{{Verb: "create", Resource: "serviceaccounts", Namespace: "default", Name: "tester"}}, Impact},
		{"ExecInKubeSystemPod", []record{{Verb: "create", Resource: "pods/exec", Namespace: "kube-system", Name: "kube-proxy-x7b2k", Code: 101}}, Execution},
	}
	for _, test := range tests {
		var tactics []string
		for _, r := range test.asks {
			tactics = append(tactics, TacticOf(action(t, r.String())))
		}
		if !slices.Contains(tactics, test.want) {
			t.Errorf("%s: the tactics are %v, without %s", test.script, tactics, test.want)
		}
	}
}

func TestTacticsKeepToTheGlossary(t *testing.T) {
	for _, row := range Tactics() {
		for _, text := range []lang.Text{row.What, row.Only} {
			if text == (lang.Text{}) {
				continue
			}
			for _, problem := range lang.Check(text) {
				t.Errorf("%s: %q: %s", row.Tactic, text.EN, problem)
			}
		}
	}
}

func TestRemediesKeepToTheGlossary(t *testing.T) {
	for name, piece := range map[string]lang.Text{
		"askFirst": askFirst(), "revokeUser": revokeUser(), "undoChanges": undoChanges(), "isolatePod": isolatePod(),
		"replaceWorkload": replaceWorkload(), "stopImage": stopImage(), "isolateNode": isolateNode(), "closeService": closeService(),
		"restrictEndpoint": restrictEndpoint(), "anonymousUser": anonymousUser(), "revokeServiceAccount": revokeServiceAccount(),
		"revokeIAM": revokeIAM(), "revokeOIDC": revokeOIDC(), "nodeUser": nodeUser(),
		"enforceBaseline": enforceBaseline(), "ifStolen": ifStolen(), "shutOut": shutOut(), "except": except(),
	} {
		for _, problem := range lang.Check(piece) {
			t.Errorf("%s: %s", name, problem)
		}
	}
}

// The rules and the profiles speak of the same workloads.
func TestWorkloadsAreDeployed(t *testing.T) {
	for _, resource := range workloads() {
		if !action(t, record{Verb: "create", Resource: resource, Namespace: "shop", Name: "web"}.String()).DeploysWorkload() {
			t.Errorf("%s deploys no workload", resource)
		}
	}
}

func TestPowerfulPermissions(t *testing.T) {
	for permission, want := range map[[2]string]bool{
		{"*", "configmaps"}: true, {"get", "*"}: true, {"get", "secrets"}: true, {"create", "secrets"}: true, {"create", "pods/exec"}: true,
		{"get", "nodes/proxy"}: true, {"create", "serviceaccounts/token"}: true, {"update", "certificatesigningrequests/approval"}: true,
		{"patch", "rolebindings"}: true, {"bind", "clusterroles"}: true, {"escalate", "roles"}: true, {"impersonate", "users"}: true,
		{"create", "mutatingwebhookconfigurations"}: true,
		{"get", "configmaps"}:                       false, {"create", "pods"}: false, {"create", "deployments"}: false, {"get", "roles"}: false, {"get", "pods/log"}: false,
		{"get", "certificatesigningrequests/approval"}: false,
	} {
		if got := isPowerful(permission[0], permission[1]); got != want {
			t.Errorf("%s: %t", permission, got)
		}
	}
}

func TestTacticAllocatesNothing(t *testing.T) {
	for _, r := range []record{
		{User: "system:anonymous", Verb: "get", URI: "/livez"},
		{Verb: "list", Resource: "pods", Namespace: "shop"},
	} {
		a := action(t, r.String())
		if n := testing.AllocsPerRun(100, func() { TacticOf(a) }); n != 0 {
			t.Errorf("%s %s: it allocates %v times", r.Verb, a.Path(), n)
		}
	}
}

func BenchmarkTacticOf(b *testing.B) {
	var d event.Decoder
	events, err := d.Append(nil, strings.TrimSpace(record{User: "system:anonymous", Verb: "get", URI: "/livez"}.String()))
	if err != nil {
		b.Fatal(err)
	}
	a := &rule.Action{}
	a.Reset(&events[0], &rule.Surroundings{})
	for b.Loop() {
		TacticOf(a)
	}
}
