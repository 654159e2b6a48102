package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// readApplication returns the manifests in a folder by file name, and a word on
// where they come from; the made-up application when the folder is not there.
func readApplication(dir string) (files map[string]string, source string, err error) {
	entries, err := os.ReadDir(dir)
	if dir == "" || errors.Is(err, fs.ErrNotExist) {
		return madeUp(), "a made-up application of 12 services", nil
	}
	if err != nil {
		return nil, "", fmt.Errorf("read manifests: %w", err)
	}
	files = map[string]string{}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".yaml" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, "", fmt.Errorf("read manifests: %w", err)
		}
		files[e.Name()] = string(data)
	}
	if len(files) == 0 {
		return nil, "", fmt.Errorf("read manifests: no .yaml file in %s", dir)
	}
	return files, filepath.Base(dir), nil
}

var (
	topLevelMetadata = regexp.MustCompile(`(?m)^metadata:[ \t]*$`)
	topLevelKind     = regexp.MustCompile(`(?m)^kind:`)
)

// replicate writes a copy of the application for each of n namespaces into dir
// and returns the files, sorted, and the number of objects in them.
func replicate(application map[string]string, n int, dir string) (files []string, objects int, err error) {
	names := slices.Sorted(maps.Keys(application))
	for i := range n {
		namespace := fmt.Sprintf("shop-%03d", i)
		for _, name := range names {
			content := topLevelMetadata.ReplaceAllString(application[name], "metadata:\n  namespace: "+namespace)
			path := filepath.Join(dir, namespace+"-"+name)
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				return nil, 0, fmt.Errorf("write copy: %w", err)
			}
			files = append(files, path)
			objects += len(topLevelKind.FindAllString(content, -1))
		}
	}
	return files, objects, nil
}

// services are the parts of the made-up application: who calls whom.
var services = []struct {
	name  string
	port  int
	calls []string
}{
	{"web", 8080, []string{"catalog", "cart", "currency", "orders", "adverts", "recommend", "shipping"}},
	{"catalog", 3550, nil},
	{"cart", 7070, []string{"cache"}},
	{"cache", 6379, nil},
	{"currency", 7000, nil},
	{"payments", 50051, nil},
	{"shipping", 50052, nil},
	{"mail", 5000, nil},
	{"orders", 5050, []string{"catalog", "cart", "currency", "payments", "shipping", "mail"}},
	{"recommend", 8081, []string{"catalog"}},
	{"adverts", 9555, nil},
	{"load", 9000, []string{"web"}},
}

// madeUp returns an application like a real one: for each of twelve services a
// Deployment, a Service, a ServiceAccount and a NetworkPolicy, and one policy that
// denies the rest. It is the same on every call.
func madeUp() map[string]string {
	files := map[string]string{"network-policy-deny-all.yaml": denyAll}
	var workloads strings.Builder
	for _, s := range services {
		fmt.Fprintf(&workloads, workload, s.name, s.port)
		var from strings.Builder
		for _, caller := range services {
			if slices.Contains(caller.calls, s.name) {
				fmt.Fprintf(&from, "    - podSelector: {matchLabels: {app: %s}}\n", caller.name)
			}
		}
		ingress := "  ingress: []\n"
		if from.Len() > 0 {
			ingress = fmt.Sprintf("  ingress:\n  - from:\n%s    ports:\n    - {port: %d, protocol: TCP}\n", from.String(), s.port)
		}
		files["network-policy-"+s.name+".yaml"] = fmt.Sprintf(policy, s.name, ingress)
	}
	files["kubernetes-manifests.yaml"] = workloads.String()
	return files
}

const denyAll = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: deny-all
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
`

const policy = `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: %[1]s
spec:
  podSelector:
    matchLabels:
      app: %[1]s
  policyTypes: [Ingress, Egress]
%[2]s  egress:
  - {}
`

const workload = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: %[1]s
  labels:
    app: %[1]s
spec:
  selector:
    matchLabels:
      app: %[1]s
  template:
    metadata:
      labels:
        app: %[1]s
    spec:
      serviceAccountName: %[1]s
      terminationGracePeriodSeconds: 5
      securityContext:
        fsGroup: 1000
        runAsGroup: 1000
        runAsNonRoot: true
        runAsUser: 1000
      containers:
      - name: server
        securityContext:
          allowPrivilegeEscalation: false
          capabilities:
            drop:
            - ALL
          privileged: false
          readOnlyRootFilesystem: true
        image: registry.example.test/shop/%[1]s:v1.2.3
        ports:
        - containerPort: %[2]d
        env:
        - name: PORT
          value: "%[2]d"
        - name: DISABLE_PROFILER
          value: "1"
        readinessProbe:
          initialDelaySeconds: 10
          tcpSocket:
            port: %[2]d
        livenessProbe:
          initialDelaySeconds: 10
          tcpSocket:
            port: %[2]d
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
          limits:
            cpu: 200m
            memory: 128Mi
---
apiVersion: v1
kind: Service
metadata:
  name: %[1]s
  labels:
    app: %[1]s
spec:
  type: ClusterIP
  selector:
    app: %[1]s
  ports:
  - name: main
    port: %[2]d
    targetPort: %[2]d
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: %[1]s
---
`
