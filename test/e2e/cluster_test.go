//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// objects is what a person would apply: a namespace, a controller, and a bare
// Pod that runs privileged.
const objects = `apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: "example.test/web:1.0"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: toolbox, namespace: shop}
spec: {containers: [{name: shell, image: "example.test/shell:1.0", securityContext: {privileged: true}}]}
`

// listed is as much of an object as these tests look at.
type listed struct {
	Kind     string
	Metadata struct {
		Name          string
		Namespace     string
		UID           string
		Annotations   map[string]string
		ManagedFields []json.RawMessage
	}
}

// TestDumpCarriesWhatServersAdd proves the harness: objects go in through kubectl
// apply and come out of a real server with the fields that it adds, which a
// collector has to expect and must not keep.
func TestDumpCarriesWhatServersAdd(t *testing.T) {
	cluster := Start(t, Options{})
	cluster.Apply(objects)
	dump := cluster.Kubectl("get", "namespaces,deployments,pods", "-A", "-o", "json", "--show-managed-fields")

	var list struct{ Items []listed }
	if err := json.Unmarshal([]byte(dump), &list); err != nil {
		t.Fatalf("decode the dump: %v", err)
	}
	found := map[string]listed{}
	for _, o := range list.Items {
		found[o.Kind+"/"+o.Metadata.Name] = o
	}
	for _, want := range []string{"Namespace/shop", "Deployment/web", "Pod/toolbox"} {
		o, ok := found[want]
		switch {
		case !ok:
			t.Errorf("the dump lacks %s", want)
		case o.Metadata.UID == "":
			t.Errorf("%s has no uid", want)
		case len(o.Metadata.ManagedFields) == 0:
			t.Errorf("%s has no managedFields", want)
		case !strings.Contains(o.Metadata.Annotations["kubectl.kubernetes.io/last-applied-configuration"], `"`+o.Metadata.Name+`"`):
			t.Errorf("%s has no last-applied annotation", want)
		}
	}
}

// TestServerAuthorizesAndAudits shows that RBAC is on for users that a test adds
// and that their requests are in the audit log.
func TestServerAuthorizesAndAudits(t *testing.T) {
	const token = "token-of-reader"
	cluster := Start(t, Options{Users: []User{{Name: "reader", Groups: []string{"readers"}, Token: token}}})
	cluster.Kubectl("create", "clusterrole", "pod-reader", "--verb=list", "--resource=pods")
	cluster.Kubectl("create", "clusterrolebinding", "pod-readers", "--clusterrole=pod-reader", "--group=readers")
	reader := cluster.KubeconfigFor("reader", token)

	cluster.Kubectl("--kubeconfig", reader, "get", "pods", "-A")
	_, err := cluster.TryKubectl("", "--kubeconfig", reader, "get", "secrets", "-A")
	if err == nil || !strings.Contains(err.Error(), "Forbidden") {
		t.Errorf("reading secrets was not forbidden: %v", err)
	}
	log, err := os.ReadFile(cluster.AuditLog)
	if err != nil {
		t.Fatalf("read the audit log: %v", err)
	}
	if !strings.Contains(string(log), `"username":"reader"`) {
		t.Error("the audit log does not name the reader")
	}
}
