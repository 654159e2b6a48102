//go:build e2e

package e2e

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// Who does the deeds. Names and groups are those of a small EKS cluster.
const (
	creator   = "kubernetes-admin" // Of system:masters.
	owner     = "owner"            // May administer the namespace shop.
	developer = "dev"              // May edit in the namespace shop.
	guest     = "guest"            // May nothing but what everybody who is logged in may.
	anonymous = "system:anonymous" // Shows no credential.
	stagehand = "admin"            // Prepares the deeds and tidies up; no part of them.

	thief = "system:serviceaccount:ops:stolen" // Has a Pod's token, where a deed's preparation makes one.
)

// office is the address from which ordinary deeds come: one of this machine in another network than the one it is
// reached at. Behind it are desks, of which only X-Forwarded-For tells.
const (
	office     = "127.1.0.1"
	deskInside = "203.0.113.20"
)

// A deed is something that somebody does to a cluster, what a detector must say of
// it, and what the audit log must hold so that it can. What the log of a real server
// shows that one would not guess:
//
//   - A request that lasts (exec, attach, portforward, proxy, log, watch) is recorded
//     twice, as ResponseStarted and as ResponseComplete, with the same auditID and
//     code; so is one of them that is refused. See stagesOf.
//   - kubectl's exec, attach and port-forward are get, by WebSocket, or create, by
//     SPDY; under EKS's policy that makes them Request or RequestResponse, but neither
//     has a body at any level: command and container are in requestURI. They come
//     after a get of the Pod, and without the right to that they do not come at all.
//   - A creation that RBAC refuses has neither body nor name. One that admission or
//     the check against escalation refuses is 403 as well, and has both.
//   - Server-side apply creates with the verb patch, answered 201. A dry run is
//     answered as if it were none: only dryRun=All in requestURI tells.
//   - Pods that a controller creates have no objectRef.name, only a generateName; the
//     name is in the answer. A Namespace has itself as objectRef.namespace.
//   - A deletion is answered with a Status: what was deleted is known by name only,
//     and what deletecollection deleted by its answer only.
//   - kubectl get is answered with a Table, whose rows hold the metadata of the
//     objects: of a Secret that kubectl applied, its content, in the annotation
//     last-applied-configuration. The answer to a TokenRequest holds the token.
//   - An API server that starts for the first time creates, as system:apiserver of
//     system:masters, dozens of ClusterRoles, bindings to cluster-admin among them, and
//     APIServices; the aggregation controller then patches what admin, edit and view may do.
type deed struct {
	name string
	as   string           // Who does it: one of the users above.
	from string           // The address that it comes from; empty for this machine, without a proxy.
	do   func(a *actor)   // Does it; what does not go as expected fails the test.
	prep func(c *Cluster) // What the administrator makes for it first; nil for nothing.
	undo func(c *Cluster) // What the administrator takes back after it; nil for nothing.
	// finds are the types of finding that it must give at once, with nothing learned.
	// It may give others, but none above low.
	finds []string
	// hidden are those of finds that nobody can give under EKS's audit policy.
	hidden []string
	// learned are the types that a detector gives that has learned days on which nobody did this.
	learned []string
	// lists and allows are what the detector must be given for that, as KIND=ENTRY: lists of
	// addresses, as for --list, and of what is allowed, as for --allow.
	lists, allows []string
	// leaves are the events that it must leave, in their order; there may be others.
	leaves []trace
}

// A trace is an event as a test expects it, of the deed's user. The policy that
// records everything gives each of them the level RequestResponse.
type trace struct {
	verb string
	// on is NAMESPACE/RESOURCE/NAME/SUBRESOURCE without the last parts that are
	// empty, or a path for what is no resource; * stands for the end of a random name.
	on    string
	code  int
	level string // Under EKS's policy: None is no event.
}

// Levels of audit, shorter in the tables below.
const (
	none    = "None"
	named   = "Metadata" // Who, what and which, without bodies.
	request = "Request"
	full    = "RequestResponse"
)

// deeds are all of them, in an order in which none needs what an earlier one leaves.
func deeds() []deed {
	return slices.Concat(anonymousDeeds(), callerDeeds(), podDeeds(), accessDeeds(), workloadDeeds(), credentialDeeds(),
		admissionDeeds(), networkDeeds(), defenseDeeds(), policyDeeds(), ordinaryDeeds())
}

// startStage starts the cluster that the deeds are done to, with its users, with
// Pods that can be reached, and with the controllers of Deployments, so that the
// log also holds what follows from a deed.
func startStage(t testing.TB, policy string) *Cluster {
	t.Helper()
	c := Start(t, Options{
		AuditPolicy: policy,
		Aggregation: true,
		Controllers: []string{"deployment-controller", "replicaset-controller"},
		Kubelet:     true,
		Flags:       []string{"--audit-log-maxsize=1"}, // In MB: the log is rotated.
		Users: []User{
			{Name: creator, Groups: []string{"system:masters"}, Token: "token-of-" + creator},
			{Name: owner, Token: "token-of-" + owner},
			{Name: developer, Groups: []string{"developers"}, Token: "token-of-" + developer},
			{Name: guest, Token: "token-of-" + guest},
		},
	})
	c.Apply(`apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: baseline, pod-security.kubernetes.io/warn: restricted}}
---
apiVersion: v1
kind: Namespace
metadata: {name: ops}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: developers, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: edit}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: developers}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: owners, namespace: shop}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: admin}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: owner}]
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: default, namespace: kube-system}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data: {Corefile: ".:53 { forward . /etc/resolv.conf }"}
`)
	c.RunPod("shop", "web")
	c.RunPod("kube-system", "dns")
	return c
}

// An actor does one deed on a cluster.
type actor struct {
	c      *Cluster
	t      testing.TB
	config string // Path of the kubeconfig.
	token  string // Empty for anonymous.
}

// newActor returns who does a deed to a cluster, with a kubeconfig of its own.
func newActor(t testing.TB, c *Cluster, name string) *actor {
	t.Helper()
	a := &actor{c: c, t: t}
	switch name {
	case anonymous:
		return a
	case thief:
		a.token = c.within(t).Kubectl("create", "token", "stolen", "-n", "ops")
	default:
		a.token = "token-of-" + name
	}
	a.config = c.KubeconfigFor(name, a.token)
	return a
}

// kubectl runs kubectl with the words of a line; it must succeed.
func (a *actor) kubectl(line string) {
	a.t.Helper()
	a.run("", nil, strings.Fields(line)...)
}

// apply runs kubectl apply on a manifest; it must succeed.
func (a *actor) apply(manifest string) {
	a.t.Helper()
	a.run(manifest, nil, "apply", "-f", "-")
}

// run runs kubectl with a standard input and more environment; it must succeed.
func (a *actor) run(stdin string, env []string, args ...string) {
	a.t.Helper()
	if _, err := a.c.runKubectl(env, stdin, append([]string{"--kubeconfig", a.config}, args...)...); err != nil {
		a.t.Error(err)
	}
}

// fails runs kubectl with the words of a line; it must not succeed.
func (a *actor) fails(line string) {
	a.t.Helper()
	if _, err := a.c.runKubectl(nil, "", append([]string{"--kubeconfig", a.config}, strings.Fields(line)...)...); err == nil {
		a.t.Errorf("kubectl %s succeeded", line)
	}
}

// A call is a request without kubectl.
type call struct {
	method, path, body string
	from               string // The address in X-Forwarded-For; empty for none.
	agent              string // The user agent; empty for that of curl.
	code               int    // What it must be answered; 0 for anything.
}

// send sends a request as the actor.
func (a *actor) send(r call) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, r.method, a.c.URL+r.path, strings.NewReader(r.body))
	if err != nil {
		a.t.Fatalf("make request: %v", err)
	}
	req.Header.Set("User-Agent", cmp.Or(r.agent, "curl/8.5.0"))
	switch {
	case r.method == http.MethodPatch:
		req.Header.Set("Content-Type", "application/merge-patch+json")
	case r.body != "":
		req.Header.Set("Content-Type", "application/json")
	}
	if a.token != "" {
		req.Header.Set("Authorization", "Bearer "+a.token)
	}
	if r.from != "" {
		req.Header.Set("X-Forwarded-For", r.from)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: a.authority(), MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	res, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		a.t.Fatalf("%s %s: %v", r.method, r.path, err)
	}
	defer res.Body.Close() //nolint:errcheck // It is only read.
	body, err := io.ReadAll(res.Body)
	if err != nil || r.code != 0 && res.StatusCode != r.code {
		a.t.Errorf("%s %s: %s, want %d (%v): %s", r.method, r.path, res.Status, r.code, err, body)
	}
}

// authority returns the certificate that the server shows.
func (a *actor) authority() *x509.CertPool {
	a.t.Helper()
	pemBytes, err := os.ReadFile(a.c.CAFile)
	pool := x509.NewCertPool()
	if err != nil || !pool.AppendCertsFromPEM(pemBytes) {
		a.t.Fatalf("read %s: %v", a.c.CAFile, err)
	}
	return pool
}

// kubectl returns a deed of one or more kubectl commands, one a line.
func kubectl(lines ...string) func(*actor) {
	return func(a *actor) {
		a.t.Helper()
		for _, line := range lines {
			a.kubectl(line)
		}
	}
}

// apply returns a deed, of one manifest.
func apply(manifest string) func(*actor) {
	return func(a *actor) {
		a.t.Helper()
		a.apply(manifest)
	}
}

// prepare returns what the administrator makes before a deed, of one manifest.
func prepare(manifest string) func(*Cluster) {
	return func(c *Cluster) {
		c.t.Helper()
		c.Apply(manifest)
	}
}

// remove returns what the administrator deletes after a deed.
func remove(line string) func(*Cluster) {
	return func(c *Cluster) {
		c.t.Helper()
		c.Kubectl(append([]string{"delete", "--wait=false", "--ignore-not-found"}, strings.Fields(line)...)...)
	}
}

// deployment is the manifest of an ordinary Deployment in shop.
func deployment(name string) string {
	return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + ", namespace: shop}\n" +
		"spec: {selector: {matchLabels: {app: " + name + "}}, template: {metadata: {labels: {app: " + name + "}}, spec: " + podSpec("") + "}}\n"
}

// deployed returns what the administrator makes before a deed: an ordinary
// Deployment in shop whose Pod exists, so that the controllers are done with it.
func deployed(name string) func(*Cluster) {
	return func(c *Cluster) {
		c.t.Helper()
		c.Apply(deployment(name))
		c.awaitPod("shop", name)
	}
}

// awaitPod waits until the controllers have made the Pod of a Deployment and have
// said so in its status.
func (c *Cluster) awaitPod(namespace, name string) {
	c.t.Helper()
	for range 100 {
		if c.Kubectl("get", "deployment", "-n", namespace, name, "-o", "jsonpath={.status.replicas}") == "1" {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	c.t.Errorf("no Pod of %s appeared", name)
}

// podSpec is a Pod's spec for manifests written on one line.
func podSpec(rest string) string {
	return fmt.Sprintf(`{containers: [{name: main, image: "example.test/tool:1.0"%s}]}`, rest)
}
