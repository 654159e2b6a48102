//go:build corpus

package corpus

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

func auditFile(t *testing.T, name string) *os.File {
	t.Helper()
	root := os.Getenv("MERLON_CORPUS")
	if root == "" {
		t.Fatal("MERLON_CORPUS names no folder; run `make corpus`")
	}
	f, err := os.Open(filepath.Join(root, "audit", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// lines reads a file's lines.
func lines(t *testing.T, r io.Reader) []string {
	t.Helper()
	const longest = 1 << 20
	var all []string
	s := bufio.NewScanner(r)
	s.Buffer(nil, longest)
	for s.Scan() {
		all = append(all, s.Text())
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// detections runs every rule over records, one a line.
func detections(t *testing.T, around rule.Surroundings, records ...string) []finding.Detection {
	t.Helper()
	var found []finding.Detection
	engine := detect.New(detect.Options{
		Rules: catalog.Detections(), Around: around,
		Found: func(d *finding.Detection) { found = append(found, *d) },
	})
	var d event.Decoder
	for i, record := range records {
		events, err := d.Append(nil, record)
		if err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		for j := range events {
			engine.Take(&events[j])
		}
	}
	return found
}

func typesOf(found []finding.Detection) []string {
	var all []string
	for i := range found {
		all = append(all, found[i].Type)
	}
	return all
}

// falcoTypes says which finding type is right for each category of labels.
var falcoTypes = map[string]string{
	"privileged_container":  "PrivilegeEscalation:Kubernetes/PrivilegedContainer",
	"sensitive_hostpath":    "Persistence:Kubernetes/ContainerWithSensitiveMount",
	"host_network":          "PrivilegeEscalation:Kubernetes/HostNamespaces",
	"service_nodeport":      "InitialAccess:Kubernetes/NodePortExposed",
	"configmap_credentials": "CredentialAccess:Kubernetes/CredentialsInConfigMap",
	"anonymous_request":     "Impact:Kubernetes/SuccessfulAnonymousAccess", // It creates a namespace.
	"pod_in_system_ns":      "Execution:Kubernetes/PodInSystemNamespace",
	"sa_in_system_ns":       "Persistence:Kubernetes/ServiceAccountInSystemNamespace",
	"system_role_modified":  "PrivilegeEscalation:Kubernetes/SystemRoleChanged",
	"privileged_binding":    "PrivilegeEscalation:Kubernetes/AdminBindingCreated",
	"role_wildcard":         "PrivilegeEscalation:Kubernetes/DangerousRoleCreated",
	"role_write":            "PrivilegeEscalation:Kubernetes/DangerousRoleCreated",
	"role_pod_exec":         "PrivilegeEscalation:Kubernetes/DangerousRoleCreated",
	"disallowed_image":      "Policy:Kubernetes/ImageNotAllowed",
	"disallowed_user":       "Policy:Kubernetes/UserNotAllowed",
	"disallowed_namespace":  "Policy:Kubernetes/NamespaceNotAllowed",
}

// falcoTypesOf gives the right type of a label; exec and attach share a category, and are two types.
func falcoTypesOf(category, id string) string {
	switch {
	case category == "pod_exec" && id == "pod_attach":
		return "Execution:Kubernetes/AttachToPod"
	case category == "pod_exec":
		return "Execution:Kubernetes/ExecInPod"
	}
	return falcoTypes[category]
}

// falcoInventory lists the labels of rules that tell of every object of a kind that is made or deleted, whoever does it:
// a list of changes, which the audit log is already, and no threat. Merlon has no such rules on purpose, and nothing else
// of it may tell of these events.
var falcoInventory = []string{
	"configmap_created", "configmap_deleted", "deployment_created", "deployment_deleted", "json_pointer_example", "namespace_created",
	"namespace_deleted", "role/clusterrole_created", "role/clusterrole_deleted", "role/clusterrolebinding_created",
	"role/clusterrolebinding_deleted", "secret_created", "secret_deleted", "service_created", "service_deleted",
	"serviceaccount_created", "serviceaccount_deleted",
}

// falcoTrusts lists the labels of events that are no finding because a file of Falco's trusts the image nginx. In Merlon
// that is an exception in merlon.suppress.yaml, which the engine does not read: the event is what it is.
var falcoTrusts = []string{
	"create_privileged_trusted_pod", "compat_engine_v4_create_privileged_trusted_pod", "create_sensitive_mount_trusted_pod",
	"create_hostnetwork_trusted_pod", "compat_engine_v4_create_hostnetwork_trusted_pod",
}

// falcoAround gives the lists that stand for the files which a label says it depends on.
func falcoAround(id, category string) rule.Surroundings {
	allow := func(entries ...string) *rule.AllowList { return rule.NewAllowList(entries) }
	switch {
	case category == "disallowed_image":
		return rule.Surroundings{Images: allow("httpd", "apache/*")}
	case strings.HasSuffix(id, "create_allowed_pod"):
		return rule.Surroundings{Images: allow("nginx")}
	case category == "disallowed_user":
		return rule.Surroundings{Users: allow("minikube-user"), Namespaces: allow("foo")}
	case category == "disallowed_namespace":
		return rule.Surroundings{Users: allow("some-user"), Namespaces: allow("default", "kube-*")}
	case id == "user_in_allowed_set":
		return rule.Surroundings{Users: allow("some-user"), Namespaces: allow("foo")}
	case id == "namespace_in_allowed_set":
		return rule.Surroundings{Namespaces: allow("foo")}
	}
	return rule.Surroundings{}
}

func TestEveryLabelOfFalcoIsRight(t *testing.T) {
	records := lines(t, auditFile(t, "falco-k8s-audit-traces.jsonl"))
	labels := lines(t, auditFile(t, "falco-labels.tsv"))[1:]
	inventory, trusted, right := map[string]bool{}, 0, 0
	for _, label := range labels {
		columns := strings.Split(label, "\t")
		_, id, _ := strings.Cut(columns[1], "#")
		category := columns[len(columns)-1]
		line, err := strconv.Atoi(columns[5])
		if err != nil {
			t.Fatal(err)
		}
		got := typesOf(detections(t, falcoAround(id, category), records[line-1]))
		name, isInventory := strings.CutPrefix(category, "inventory:")
		want := falcoTypesOf(category, id)
		switch {
		case isInventory:
			inventory[name] = true
			if len(got) > 0 {
				t.Errorf("%s: a list of changes gives %v", id, got)
			}
		case slices.Contains(falcoTrusts, id):
			trusted++
		case columns[2] == "true" && want == "":
			t.Errorf("%s: no finding type is right for the category %s", id, category)
		case columns[2] == "true" && !slices.Contains(got, want):
			t.Errorf("%s: line %d gives %v, and not %s", id, line, got, want)
		case columns[2] == "false" && len(got) > 0:
			t.Errorf("%s: line %d gives %v, and is benign", id, line, got)
		default:
			right++
		}
	}
	var named []string
	for name := range inventory {
		named = append(named, name)
	}
	slices.Sort(named)
	if diff := cmp.Diff(falcoInventory, named); diff != "" {
		t.Errorf("the labels of lists of changes are others (-want +got):\n%s", diff)
	}
	if trusted != len(falcoTrusts) {
		t.Errorf("%d labels trust an image, and %d are named", trusted, len(falcoTrusts))
	}
	t.Logf("%d of %d labels are right; %d lists of changes and %d trusted images are left out", right, len(labels), len(inventory), trusted)
}

// TestInstallingChartsIsQuiet holds what 60 installations of charts give, by one administrator in four minutes, to nothing above
// low. Each finding was read.
//
//   - SecretsListed, informational: cert-manager, its cainjector (twice, as it restarts), ingress-nginx, kube-state-metrics
//     (twice installed) and the operator of Prometheus (two caches) read every secret when they start. They may, and
//     nobody else does.
//   - EndpointsChanged, informational: the operator of Prometheus lists the kubelets for a Service of its own, twice.
//   - AdmissionWebhookChanged, low: the administrator installs five configurations of webhooks with charts. Each is one
//     that he should know.
//   - AdmissionWebhookChanged, informational: gatekeeper, cainjector, and the jobs of ingress-nginx and of the operator of
//     Prometheus write certificates into those.
//
// At level Metadata the log holds no bodies, so rules about what was created do not see it; they say so.
func TestInstallingChartsIsQuiet(t *testing.T) {
	z, err := gzip.NewReader(auditFile(t, "helm-installs-benign.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	records := lines(t, z)
	got := map[string]int{}
	for _, d := range detections(t, rule.Surroundings{}, records...) {
		got[d.Type+" "+d.Severity.String()]++
		if d.Severity > finding.SeverityLow {
			t.Errorf("%s is %s: %s %s by %s", d.Type, d.Severity, d.Call.Verb, d.Call.RequestURI, d.Actor.Username)
		}
	}
	want := map[string]int{
		"CredentialAccess:Kubernetes/SecretsListed informational":      8,
		"LateralMovement:Kubernetes/EndpointsChanged informational":    2,
		"Persistence:Kubernetes/AdmissionWebhookChanged informational": 13,
		"Persistence:Kubernetes/AdmissionWebhookChanged low":           5,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%d events give (-want +got):\n%s", len(records), diff)
	}
	t.Logf("%d events, %v", len(records), got)
}
