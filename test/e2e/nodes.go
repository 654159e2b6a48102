//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const (
	// aggregation is the controller that fills the aggregated ClusterRoles.
	aggregation = "clusterrole-aggregation-controller"

	// nodeName is the Node of a cluster with Options.Kubelet.
	nodeName = "node-1"

	// nodeIP and podIP are of RFC 5737's networks for documentation: the API server
	// proxies to no loopback address, and nobody dials these.
	nodeIP = "198.51.100.10"
	podIP  = "198.51.100.110"
)

// startKubelet starts what answers for the kubelet and its Pods, and returns the
// flag by which kube-apiserver reaches it. The server of kwok can stand in for exec,
// attach and port-forward, by WebSocket and SPDY. It is not used because it runs the
// commands on this machine for whoever connects to its port; because its node is at
// a loopback address, to which kube-apiserver proxies nothing (nodes/proxy is
// answered 400); because there is nothing at the addresses of its Pods, so that
// pods/proxy and services/proxy go out to the network; and because it brings two
// hundred modules of its own.
func (c *Cluster) startKubelet() string {
	c.t.Helper()
	// The path of a Unix socket has about a hundred characters; that of a test's folder may be longer.
	dir, err := os.MkdirTemp("", "kubelet")
	if err != nil {
		c.t.Fatalf("make a folder for the socket: %v", err)
	}
	c.t.Cleanup(func() { _ = os.RemoveAll(dir) }) // It is in the system's temporary folder.
	socket := filepath.Join(dir, "socket")
	kubelet := startProcess(c.t, c.Dir, "kubelet-standin", socket)
	kubelet.await(c.t, func(ctx context.Context) error {
		conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
		if err == nil {
			_ = conn.Close() // Nothing was said.
		}
		return err
	})
	return "--egress-selector-config-file=" + c.write("egress.yaml", fmt.Sprintf(`apiVersion: apiserver.k8s.io/v1beta1
kind: EgressSelectorConfiguration
egressSelections:
- name: cluster
  connection: {proxyProtocol: HTTPConnect, transport: {uds: {udsName: %q}}}
`, socket))
}

// startControllers starts kube-controller-manager with the controllers asked for,
// each as its own service account, as on a real cluster, and waits until the
// aggregated ClusterRoles have rules if they are to get any.
func (c *Cluster) startControllers(opts Options) {
	c.t.Helper()
	controllers := opts.Controllers
	if opts.Aggregation && !slices.Contains(controllers, aggregation) {
		controllers = append([]string{aggregation}, controllers...)
	}
	if len(controllers) == 0 {
		return
	}
	manager := startProcess(c.t, c.Dir, "kube-controller-manager",
		"--kubeconfig="+filepath.Join(c.Dir, "kubeconfig-controllers"), "--use-service-account-credentials", "--leader-elect=false",
		"--secure-port=0", "--controllers="+strings.Join(controllers, ","))
	if !slices.Contains(controllers, aggregation) {
		return
	}
	for _, role := range []string{"admin", "edit", "view"} {
		manager.await(c.t, func(context.Context) error {
			rules, err := c.TryKubectl("", "get", "clusterrole", role, "-o", "jsonpath={.rules[*].verbs}")
			if err == nil && rules == "" {
				err = fmt.Errorf("the ClusterRole %s has no rules", role)
			}
			return err
		})
	}
}

// addNode creates the Node, ready, with the address behind which the kubelet stands.
func (c *Cluster) addNode() {
	c.t.Helper()
	c.Apply(fmt.Sprintf("apiVersion: v1\nkind: Node\nmetadata: {name: %s}\n", nodeName))
	c.Kubectl("patch", "node", nodeName, "--subresource=status", "--type=merge", "-p", fmt.Sprintf(`{"status":{
		"addresses":[{"type":"InternalIP","address":%q}],
		"daemonEndpoints":{"kubeletEndpoint":{"Port":10250}},
		"capacity":{"cpu":"4","memory":"16Gi","pods":"110"},"allocatable":{"cpu":"4","memory":"16Gi","pods":"110"},
		"conditions":[{"type":"Ready","status":"True","reason":"KubeletReady"}]}}`, nodeIP))
}

// RunPod creates a Pod and says that it runs, on the cluster's Node: nothing else
// would, and kubectl connects to no Pod that does not.
func (c *Cluster) RunPod(namespace, name string) {
	c.t.Helper()
	c.Apply(fmt.Sprintf(`apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: %s, labels: {app: %s}}
spec: {nodeName: %s, containers: [{name: main, image: "example.test/%s:1.0", ports: [{containerPort: 8080}]}]}
`, name, namespace, name, nodeName, name))
	c.Kubectl("patch", "pod", name, "-n", namespace, "--subresource=status", "--type=merge", "-p", fmt.Sprintf(`{"status":{
		"phase":"Running","podIP":%q,"podIPs":[{"ip":%q}],"hostIP":%q,
		"conditions":[{"type":"Ready","status":"True"}],
		"containerStatuses":[{"name":"main","image":"example.test/%s:1.0","imageID":"","ready":true,"restartCount":0,
			"containerID":"containerd://1","state":{"running":{"startedAt":"2026-01-01T00:00:00Z"}}}]}}`, podIP, podIP, nodeIP, name))
}
