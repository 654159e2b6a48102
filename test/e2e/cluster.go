//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// readyWait is how long a server may take to start on a slow, busy machine.
const readyWait = 90 * time.Second

// auditEverything records every request with its bodies, once, when it is answered.
const auditEverything = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: RequestResponse
`

// Options change what Start starts. The zero value is a cluster that audits
// everything and knows one user, the administrator.
type Options struct {
	AuditPolicy string   // YAML of an audit.k8s.io/v1 Policy; empty records all with bodies.
	Users       []User   // More users, each with a token.
	Flags       []string // More flags for kube-apiserver; a later flag wins.
	Aggregation bool     // Fill the aggregated ClusterRoles: admin, edit and view.
	Controllers []string // Controllers to run, by their names in kube-controller-manager.
	Kubelet     bool     // Have one Node, called nodeName, whose Pods can be reached.
}

// A User is who a bearer token stands for.
type User struct {
	Name   string
	Groups []string
	Token  string
}

// A Cluster is a running API server with its store. The test that started it ends it.
type Cluster struct {
	Dir        string // The temporary folder that holds everything below.
	URL        string // https://127.0.0.1:PORT.
	CAFile     string // PEM of the certificate that the server shows.
	Kubeconfig string // Path of the administrator's kubeconfig; cluster and context are called e2e.
	AuditLog   string // Path of the audit log, one JSON event a line.

	t testing.TB
}

// Start starts etcd and kube-apiserver on free loopback ports and returns when
// the server is ready, about three seconds later, and what else opts ask for is
// too. All stop when the test ends.
func Start(t testing.TB, opts Options) *Cluster {
	t.Helper()
	dir := t.TempDir()
	addrs := freeAddrs(t, 3)
	client, peer, secure := addrs[0], addrs[1], addrs[2]
	c := &Cluster{
		Dir:        dir,
		URL:        "https://" + secure,
		CAFile:     filepath.Join(dir, "certs", "apiserver.crt"),
		Kubeconfig: filepath.Join(dir, "kubeconfig"),
		AuditLog:   filepath.Join(dir, "audit", "audit.log"), // In a folder of its own: it may be rotated.
		t:          t,
	}
	etcd := startProcess(t, dir, "etcd",
		"--data-dir="+filepath.Join(dir, "etcd"), "--unsafe-no-fsync", "--log-level=warn",
		"--listen-client-urls=http://"+client, "--advertise-client-urls=http://"+client,
		"--listen-peer-urls=http://"+peer, "--initial-advertise-peer-urls=http://"+peer,
		"--initial-cluster=default=http://"+peer)
	etcd.await(t, func(ctx context.Context) error {
		return getOK(ctx, http.DefaultClient, "http://"+client+"/health")
	})
	if opts.Kubelet {
		opts.Flags = append([]string{c.startKubelet()}, opts.Flags...)
	}
	server := startProcess(t, dir, "kube-apiserver", c.serverFlags(client, secure, opts)...)
	server.await(t, c.ready)
	c.startControllers(opts)
	if opts.Kubelet {
		c.addNode()
	}
	return c
}

// within returns the cluster for a subtest, which its failures then end instead of
// the test that started it.
func (c *Cluster) within(t testing.TB) *Cluster {
	within := *c
	within.t = t
	return &within
}

// Kubectl runs kubectl as the administrator and returns what it printed on
// stdout; the test fails when it fails.
func (c *Cluster) Kubectl(args ...string) string {
	c.t.Helper()
	out, err := c.TryKubectl("", args...)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// Apply runs kubectl apply over one or more YAML documents.
func (c *Cluster) Apply(manifests string) {
	c.t.Helper()
	if _, err := c.TryKubectl(manifests, "apply", "-f", "-"); err != nil {
		c.t.Fatal(err)
	}
}

// TryKubectl runs kubectl with the given standard input and returns its stdout;
// the error carries its stderr.
func (c *Cluster) TryKubectl(stdin string, args ...string) (string, error) {
	c.t.Helper()
	return c.runKubectl(nil, stdin, args...)
}

// runKubectl is TryKubectl with more environment, as NAME=VALUE.
func (c *Cluster) runKubectl(env []string, stdin string, args ...string) (string, error) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), Tool(c.t, "kubectl"), args...)
	// Of the environment nothing may reach it but the search path and these.
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + c.Dir, "KUBECONFIG=" + c.Kubeconfig}, env...)
	cmd.Stdin = strings.NewReader(stdin)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}

// KubeconfigFor writes a kubeconfig with the token of a user of Options, or of a
// service account (kubectl create token), and returns its path.
func (c *Cluster) KubeconfigFor(name, token string) string {
	c.t.Helper()
	path := filepath.Join(c.Dir, "kubeconfig-"+name)
	c.writeKubeconfig(path, name, token)
	return path
}

// serverFlags writes the files that kube-apiserver reads and returns its flags.
// There is no controller manager to make service accounts, so the admission
// plugin that asks for one is off.
func (c *Cluster) serverFlags(etcd, secure string, opts Options) []string {
	c.t.Helper()
	_, port, err := net.SplitHostPort(secure)
	if err != nil {
		c.t.Fatalf("read address: %v", err)
	}
	admin := User{Name: "admin", Groups: []string{"system:masters"}, Token: rand.Text()}
	var tokens strings.Builder
	controllers := User{Name: "system:kube-controller-manager", Token: rand.Text()}
	c.writeKubeconfig(filepath.Join(c.Dir, "kubeconfig-controllers"), controllers.Name, controllers.Token)
	for i, u := range append([]User{admin, controllers}, opts.Users...) {
		fmt.Fprintf(&tokens, "%s,%s,uid-%d", u.Token, u.Name, i)
		if len(u.Groups) > 0 { // An empty column would be a group without a name.
			fmt.Fprintf(&tokens, ",%q", strings.Join(u.Groups, ","))
		}
		tokens.WriteByte('\n')
	}
	c.writeKubeconfig(c.Kubeconfig, admin.Name, admin.Token)
	policy := opts.AuditPolicy
	if policy == "" {
		policy = auditEverything
	}
	key := c.write("service-account.key", newKey(c.t))
	return append([]string{
		"--etcd-servers=http://" + etcd,
		"--bind-address=127.0.0.1", "--secure-port=" + port,
		"--cert-dir=" + filepath.Join(c.Dir, "certs"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + key, "--service-account-signing-key-file=" + key,
		"--service-cluster-ip-range=10.0.0.0/24",
		"--authorization-mode=Node,RBAC", "--allow-privileged",
		"--disable-admission-plugins=ServiceAccount",
		"--token-auth-file=" + c.write("tokens.csv", tokens.String()),
		"--audit-policy-file=" + c.write("audit-policy.yaml", policy),
		"--audit-log-path=" + c.AuditLog,
	}, opts.Flags...)
}

// ready says whether the server answers, and answers with its own certificate.
func (c *Cluster) ready(ctx context.Context) error {
	pemBytes, err := os.ReadFile(c.CAFile)
	if err != nil {
		return err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pemBytes) {
		return fmt.Errorf("read %s: no certificate", c.CAFile)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	return getOK(ctx, &http.Client{Transport: transport}, c.URL+"/readyz")
}

func (c *Cluster) writeKubeconfig(path, user, token string) {
	c.t.Helper()
	c.write(filepath.Base(path), fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: e2e
clusters: [{name: e2e, cluster: {server: %q, certificate-authority: %q}}]
contexts: [{name: e2e, context: {cluster: e2e, user: %q}}]
users: [{name: %q, user: {token: %q}}]
`, c.URL, c.CAFile, user, user, token))
}

// write writes a file that only the owner may read, and returns its path.
func (c *Cluster) write(name, content string) string {
	c.t.Helper()
	path := filepath.Join(c.Dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		c.t.Fatalf("write %s: %v", name, err)
	}
	return path
}

// newKey returns a fresh RSA key in PEM, for signing service account tokens.
func newKey(t testing.TB) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatalf("make key: %v", err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

// getOK fails unless a GET of url is answered with 200 within five seconds.
func getOK(ctx context.Context, client *http.Client, url string) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("ask %s: %w", url, err)
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close() // Only the status matters.
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("ask %s: %s", url, res.Status)
	}
	return nil
}
