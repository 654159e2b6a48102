//go:build e2e

package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// trafficInto is where the events of ordinary traffic are written, from which test/auditbench makes its sample.
var trafficInto = flag.String("traffic", "", "write the audit events of ordinary traffic into this folder")

// numbered marks the names that a reader of the recorded events may number anew, in place: "shop-n000".
const numbered = "n000"

// TestTrafficIsRecorded has a small cluster go about its day and writes what the
// API server recorded of it: what is short under EKS's policy, and what is long
// where all bodies are recorded.
func TestTrafficIsRecorded(t *testing.T) {
	if *trafficInto == "" {
		t.Skip("no folder is given to write the events into")
	}
	if err := os.MkdirAll(*trafficInto, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, sample := range []struct {
		name, policy    string
		least, mostSize int
	}{
		{"1kb", eksAuditPolicy, 0, 2_000},
		{"10kb", auditEverything, 8_000, 14_000},
	} {
		t.Run(sample.name, func(t *testing.T) {
			c := startTraffic(t, sample.policy)
			start := logSize(t, c)
			someDay(t, c)
			var out bytes.Buffer
			for _, e := range eventsFrom(t, c, start) {
				// What names nothing numbered, and what the administrator does, is the test's own.
				if e.User.Username != "admin" && bytes.Contains(e.raw, []byte(numbered)) && len(e.raw) >= sample.least && len(e.raw) < sample.mostSize {
					out.Write(e.raw)
				}
			}
			t.Logf("%d bytes", out.Len())
			w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(*trafficInto, sample.name+".jsonl.zst"), w.EncodeAll(out.Bytes(), nil), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// trafficUsers are who acts: a node, the account of an operator and of a program
// that measures, a pipeline that deploys, and a person who looks.
func trafficUsers() []User {
	account := func(name string) User {
		return User{
			Name:   "system:serviceaccount:shop-" + numbered + ":" + name,
			Groups: []string{"system:serviceaccounts", "system:serviceaccounts:shop-" + numbered, "system:authenticated"},
		}
	}
	users := []User{
		{Name: "system:node:node-" + numbered, Groups: []string{"system:nodes", "system:authenticated"}},
		account("operator"), account("metrics"),
		{Name: "deploy-" + numbered, Groups: []string{"deployers"}},
		{Name: "dev-" + numbered, Groups: []string{"developers"}},
	}
	for i := range users {
		users[i].Token = "token-of-" + users[i].Name
	}
	return users
}

func startTraffic(t *testing.T, policy string) *Cluster {
	t.Helper()
	c := Start(t, Options{
		AuditPolicy: policy, Aggregation: true, Users: trafficUsers(),
		Controllers: []string{"deployment-controller", "replicaset-controller", "endpointslice-controller"},
	})
	c.Apply(`apiVersion: v1
kind: Namespace
metadata: {name: shop-` + numbered + `}
---
apiVersion: v1
kind: Node
metadata: {name: node-` + numbered + `}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: nodes}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:nodes"}, {apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:serviceaccounts:shop-` + numbered + `"}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: people}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: deployers}, {apiGroup: rbac.authorization.k8s.io, kind: Group, name: developers}]
`)
	return c
}

// someDay deploys two programs, twice, and lets nodes and controllers do meanwhile what they do all the time.
func someDay(t *testing.T, c *Cluster) {
	t.Helper()
	namespace := "shop-" + numbered
	deploy, dev := newActor(t, c, "deploy-"+numbered), newActor(t, c, "dev-"+numbered)
	for release := range 3 {
		for _, name := range []string{"checkout", "catalog"} {
			deploy.apply(trafficManifest(namespace, name, release))
			for range 100 {
				if got := c.Kubectl("get", "deployment", "-n", namespace, name, "-o", "jsonpath={.status.observedGeneration}"); got == fmt.Sprint(release+1) {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
		}
		heartbeats(t, c, namespace, release)
		pods := strings.Fields(c.Kubectl("get", "pods", "-n", namespace, "-o", "jsonpath={.items[*].metadata.name}"))
		for _, pod := range pods {
			runsNow(t, c, namespace, pod)
		}
		dev.kubectl("get pods -n " + namespace)
		dev.kubectl("get deployment checkout -o yaml -n " + namespace)
		dev.kubectl("describe pod " + pods[0] + " -n " + namespace)
	}
}

// heartbeats are the reads and leases that make most of the traffic of a cluster.
func heartbeats(t *testing.T, c *Cluster, namespace string, release int) {
	t.Helper()
	node := &program{newActor(t, c, "system:node:node-"+numbered), "kubelet/v1.35.0 (linux/amd64) kubernetes/66452049"}
	operator := &program{newActor(t, c, "system:serviceaccount:"+namespace+":operator"), "shop-operator/v2.4.1 (linux/amd64) kubernetes/0000000/leader-election"}
	metrics := &program{newActor(t, c, "system:serviceaccount:"+namespace+":metrics"), "Prometheus/3.5.0"}
	lease := func(where, name, holder string, beat int) string {
		version := ""
		if release+beat > 0 {
			version = c.Kubectl("get", "lease", "-n", where, name, "-o", "jsonpath={.metadata.resourceVersion}")
		}
		return fmt.Sprintf(`{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":%q,"namespace":%q,"resourceVersion":%q},"spec":{"holderIdentity":%q,`+
			`"leaseDurationSeconds":40,"renewTime":"2026-03-04T05:%02d:%02d.000000Z"}}`, name, where, version, holder, release, beat)
	}
	leases := func(where string) string { return "/apis/coordination.k8s.io/v1/namespaces/" + where + "/leases" }
	if release == 0 {
		node.does(http.MethodPost, leases("kube-node-lease"), lease("kube-node-lease", "node-"+numbered, "node-"+numbered, 0), http.StatusCreated)
		operator.does(http.MethodPost, leases(namespace), lease(namespace, "shop-operator", "operator-0", 0), http.StatusCreated)
	}
	for beat := 1; beat <= 6; beat++ {
		node.does(http.MethodGet, leases("kube-node-lease")+"/node-"+numbered, "", http.StatusOK)
		node.does(http.MethodPut, leases("kube-node-lease")+"/node-"+numbered+"?timeout=10s", lease("kube-node-lease", "node-"+numbered, "node-"+numbered, beat), http.StatusOK)
		node.does(http.MethodGet, "/api/v1/namespaces/"+namespace+"/configmaps/checkout", "", http.StatusOK)
		node.does(http.MethodGet, "/api/v1/nodes?fieldSelector=metadata.name%3Dnode-"+numbered+"&limit=500&resourceVersion=0", "", http.StatusOK)
		operator.does(http.MethodGet, leases(namespace)+"/shop-operator", "", http.StatusOK)
		operator.does(http.MethodPut, leases(namespace)+"/shop-operator", lease(namespace, "shop-operator", "operator-0", beat), http.StatusOK)
		operator.does(http.MethodGet, "/apis/apps/v1/namespaces/"+namespace+"/deployments/checkout", "", http.StatusOK)
		metrics.does(http.MethodGet, "/metrics", "", http.StatusOK)
		metrics.does(http.MethodGet, "/api/v1/namespaces/"+namespace+"/pods?limit=500&resourceVersion=0", "", http.StatusOK)
		if beat == 1 {
			metrics.does(http.MethodGet, "/api/v1/namespaces/"+namespace+"/services?allowWatchBookmarks=true&watch=true&timeoutSeconds=1", "", http.StatusOK)
		}
		node.does(http.MethodPatch, "/api/v1/nodes/node-"+numbered+"/status", fmt.Sprintf(`{"status":{"conditions":[{"type":"Ready","status":"True",`+
			`"reason":"KubeletReady","message":"kubelet is posting ready status","lastHeartbeatTime":"2026-03-04T05:%02d:%02dZ"}]}}`, release, beat), http.StatusOK)
	}
}

// runsNow says of a pod what its kubelet does.
func runsNow(t *testing.T, c *Cluster, namespace, pod string) {
	t.Helper()
	node := &program{newActor(t, c, "system:node:node-"+numbered), "kubelet/v1.35.0 (linux/amd64) kubernetes/66452049"}
	path := "/api/v1/namespaces/" + namespace + "/pods/" + pod
	node.does(http.MethodGet, path, "", 0) // It may be gone.
	node.does(http.MethodPatch, path+"/status", `{"status":{"phase":"Running","podIP":"192.0.2.7","conditions":[{"type":"Ready","status":"True"}],`+
		`"containerStatuses":[{"name":"main","image":"registry.example.test/shop:1","imageID":"","ready":true,"restartCount":0,"containerID":"containerd://1",`+
		`"state":{"running":{"startedAt":"2026-03-04T05:06:07Z"}}}]}}`, 0)
}

// program is an actor with a user agent of its own.
type program struct {
	*actor
	agent string
}

func (p *program) does(method, path, body string, code int) {
	p.t.Helper()
	p.send(call{method: method, path: path, body: body, code: code, agent: p.agent})
}

// trafficManifest is a program as a chart of today writes it: a Deployment with probes, limits, settings and volumes,
// what it reads its settings from, and a Service.
func trafficManifest(namespace, name string, release int) string {
	labels := fmt.Sprintf(`{app.kubernetes.io/name: %[1]s, app.kubernetes.io/instance: shop, app.kubernetes.io/managed-by: Helm, app.kubernetes.io/version: "1.%[2]d.0", helm.sh/chart: %[1]s-4.%[2]d.0}`, name, release)
	var env strings.Builder
	for _, setting := range []string{"LISTEN_ADDRESS", "CATALOG_SERVICE_URL", "CURRENCY_SERVICE_URL", "PAYMENT_SERVICE_URL", "SHIPPING_SERVICE_URL", "OTEL_EXPORTER_OTLP_ENDPOINT", "LOG_LEVEL", "GOMEMLIMIT"} {
		fmt.Fprintf(&env, "        - {name: %s, value: \"%s.%s.svc.cluster.local:8080\"}\n", setting, strings.ToLower(strings.ReplaceAll(setting, "_", "-")), namespace)
	}
	return fmt.Sprintf(`apiVersion: v1
kind: ConfigMap
metadata: {name: %[2]s, namespace: %[1]s, labels: %[3]s}
data: {settings.yaml: "listen: :8080\nrelease: %[4]d\ncurrency: EUR\n"}
---
apiVersion: v1
kind: Service
metadata: {name: %[2]s, namespace: %[1]s, labels: %[3]s}
spec: {selector: {app.kubernetes.io/name: %[2]s}, ports: [{name: http, port: 80, targetPort: http}, {name: metrics, port: 9090, targetPort: metrics}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: %[2]s, namespace: %[1]s, labels: %[3]s}
spec:
  replicas: 2
  revisionHistoryLimit: 3
  selector: {matchLabels: {app.kubernetes.io/name: %[2]s}}
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  template:
    metadata:
      labels: %[3]s
      annotations: {prometheus.io/scrape: "true", prometheus.io/port: "9090", checksum/config: "%064[4]d"}
    spec:
      serviceAccountName: %[2]s
      automountServiceAccountToken: false
      securityContext: {runAsNonRoot: true, runAsUser: 10001, fsGroup: 10001, seccompProfile: {type: RuntimeDefault}}
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
          - {weight: 100, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {app.kubernetes.io/name: %[2]s}}}}
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app.kubernetes.io/name: %[2]s}}}
      initContainers:
      - name: migrate
        image: registry.example.test/shop/%[2]s-migrate:1.%[4]d.0
        args: [migrate, --wait]
        securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
      containers:
      - name: main
        image: registry.example.test/shop/%[2]s:1.%[4]d.0
        args: [serve, --settings=/etc/shop/settings.yaml]
        ports: [{name: http, containerPort: 8080}, {name: metrics, containerPort: 9090}]
        resources: {requests: {cpu: 100m, memory: 128Mi}, limits: {cpu: 500m, memory: 256Mi}}
        livenessProbe: {httpGet: {path: /healthz, port: http}, initialDelaySeconds: 5}
        readinessProbe: {httpGet: {path: /readyz, port: http}, periodSeconds: 5}
        securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
        volumeMounts: [{name: settings, mountPath: /etc/shop, readOnly: true}, {name: tmp, mountPath: /tmp}]
        env:
%[5]s      volumes:
      - {name: settings, configMap: {name: %[2]s}}
      - {name: tmp, emptyDir: {}}
`, namespace, name, labels, release, env.String())
}
