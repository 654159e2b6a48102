//go:build e2e

package e2e

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// runInPod is the path by which the kubelet is told to run a command in a Pod.
const runInPod = "/api/v1/nodes/" + nodeName + "/proxy/run/shop/web/main?cmd=id"

// podDeeds are done inside Pods, or through the proxies of the API server.
func podDeeds() []deed {
	return []deed{
		{
			// kubectl has spoken WebSocket first since 1.31: an HTTP GET, hence the verb get.
			name: "exec-in-kube-system-websocket", as: creator,
			do:      kubectl("exec -n kube-system dns -- cat /etc/passwd"),
			finds:   []string{"Execution:Kubernetes/ExecInKubeSystemPod"},
			learned: []string{"Execution:Kubernetes/AnomalousBehavior.ExecInPod"},
			leaves:  []trace{{"get", "kube-system/pods/dns/exec", 101, request}},
		},
		{
			// SPDY is an HTTP POST, hence the verb create.
			name: "exec-in-kube-system-spdy", as: creator,
			do: func(a *actor) {
				a.run("", []string{"KUBECTL_REMOTE_COMMAND_WEBSOCKETS=false"}, "exec", "-n", "kube-system", "dns", "--", "cat", "/etc/passwd")
			},
			finds:  []string{"Execution:Kubernetes/ExecInKubeSystemPod"},
			leaves: []trace{{"create", "kube-system/pods/dns/exec", 101, full}},
		},
		{
			// A Pod's token in the hands of somebody with kubectl.
			name: "exec-in-kube-system-by-service-account", as: thief,
			prep: func(c *Cluster) {
				c.Kubectl("create", "serviceaccount", "stolen", "-n", "ops")
				c.Kubectl("create", "clusterrolebinding", "stolen", "--clusterrole=cluster-admin", "--serviceaccount=ops:stolen")
			},
			undo:   func(c *Cluster) { remove("serviceaccount -n ops stolen")(c); remove("clusterrolebinding stolen")(c) },
			do:     kubectl("exec -n kube-system dns -- id"),
			finds:  []string{"Execution:Kubernetes/ExecInKubeSystemPod"},
			leaves: []trace{{"get", "kube-system/pods/dns/exec", 101, request}},
		},
		{
			name: "exec-in-pod", as: developer,
			do: func(a *actor) {
				a.run("id\n", nil, "exec", "-i", "-n", "shop", "web", "--", "sh", "-c", "curl http://169.254.169.254/")
			},
			finds:   []string{"Execution:Kubernetes/ExecInPod", "Execution:Kubernetes/SuspiciousCommand"},
			learned: []string{"Execution:Kubernetes/AnomalousBehavior.ExecInPod"},
			leaves:  []trace{{"get", "shop/pods/web/exec", 101, request}},
		},
		{
			// kubectl asks for the Pod first, so that who may not read it leaves no exec at all.
			name: "exec-in-pod-denied", as: guest,
			do: func(a *actor) {
				a.fails("exec -n shop web -- id")
				a.send(call{method: http.MethodGet, path: "/api/v1/namespaces/shop/pods/web/exec?command=id&stdout=true", code: http.StatusForbidden})
			},
			leaves: []trace{{"get", "shop/pods/web", 403, request}, {"get", "shop/pods/web/exec", 403, request}},
		},
		{
			// Allowed, but of a container that is not there: a command was only run where the code is 101.
			name: "exec-in-pod-failed", as: developer,
			do: func(a *actor) {
				a.send(call{method: http.MethodGet, path: "/api/v1/namespaces/shop/pods/web/exec?command=id&stdout=true&container=absent", code: http.StatusBadRequest})
			},
			leaves: []trace{{"get", "shop/pods/web/exec", 400, request}},
		},
		{
			name: "attach", as: developer,
			do:     kubectl("attach -n shop web"),
			finds:  []string{"Execution:Kubernetes/AttachToPod"},
			leaves: []trace{{"get", "shop/pods/web/attach", 101, request}},
		},
		{
			name: "port-forward", as: developer,
			do:     func(a *actor) { a.forward(nil) },
			finds:  []string{"CommandAndControl:Kubernetes/PortForward"},
			leaves: []trace{{"get", "shop/pods/web/portforward", 101, request}},
		},
		{
			name: "port-forward-spdy", as: developer,
			do:     func(a *actor) { a.forward([]string{"KUBECTL_PORT_FORWARD_WEBSOCKETS=false"}) },
			finds:  []string{"CommandAndControl:Kubernetes/PortForward"},
			leaves: []trace{{"create", "shop/pods/web/portforward", 101, full}},
		},
		{
			name: "ephemeral-container", as: creator,
			do:     kubectl("debug -n shop web --image=example.test/debug:1.0 --target=main --profile=baseline"),
			finds:  []string{"Execution:Kubernetes/EphemeralContainerAdded"},
			leaves: []trace{{"patch", "shop/pods/web/ephemeralcontainers", 200, full}},
		},
		{
			// kubectl's profile general adds SYS_PTRACE, which Pod Security's baseline does not admit.
			name: "ephemeral-container-refused", as: creator,
			do: func(a *actor) {
				a.fails("debug -n shop web --image=example.test/debug:1.0 --target=main --profile=general")
			},
			leaves: []trace{{"patch", "shop/pods/web/ephemeralcontainers", 403, full}},
		},
		{
			// The patch is strategic: of the Pod it holds the new container only.
			name: "ephemeral-container-privileged", as: creator,
			do:     kubectl("debug -n kube-system dns --image=example.test/debug:1.0 --target=main --profile=sysadmin"),
			finds:  []string{"Execution:Kubernetes/EphemeralContainerAdded", "PrivilegeEscalation:Kubernetes/PrivilegedContainer"},
			leaves: []trace{{"patch", "kube-system/pods/dns/ephemeralcontainers", 200, full}},
		},
		{
			// A Pod in the host's namespaces with the host's root mounted, bound to the node past the scheduler.
			name: "node-debugged", as: creator,
			do:     kubectl("debug -n ops node/" + nodeName + " --image=example.test/debug:1.0 --profile=general"),
			undo:   remove("pod -n ops --all"),
			finds:  []string{"Persistence:Kubernetes/ContainerWithSensitiveMount", "PrivilegeEscalation:Kubernetes/HostNamespaces"},
			leaves: []trace{{"create", "ops/pods/node-debugger-node-1-*", 201, full}},
		},
		{
			name: "copy-from-pod", as: developer,
			do:     func(a *actor) { a.kubectl("cp shop/web:/etc/passwd " + filepath.Join(a.c.Dir, "copied")) },
			finds:  []string{"Exfiltration:Kubernetes/CopyFromPod"},
			leaves: []trace{{"get", "shop/pods/web/exec", 101, request}},
		},
		{
			name: "copy-to-pod", as: developer,
			do:     func(a *actor) { a.kubectl("cp " + a.c.CAFile + " shop/web:/tmp/ca.crt") },
			finds:  []string{"Execution:Kubernetes/ExecInPod", "CommandAndControl:Kubernetes/CopyToPod"},
			leaves: []trace{{"get", "shop/pods/web/exec", 101, request}, {"get", "shop/pods/web/exec", 101, request}},
		},
		{
			name: "node-proxy-read", as: creator,
			do:     kubectl("get --raw /api/v1/nodes/" + nodeName + "/proxy/pods"),
			finds:  []string{"PrivilegeEscalation:Kubernetes/NodeProxy"},
			leaves: []trace{{"get", "/nodes/node-1/proxy", 200, request}},
		},
		{
			name: "node-proxy-run", as: creator,
			do: func(a *actor) {
				a.send(call{method: http.MethodPost, path: runInPod, code: http.StatusOK})
			},
			finds:  []string{"PrivilegeEscalation:Kubernetes/NodeProxy"},
			leaves: []trace{{"create", "/nodes/node-1/proxy", 200, full}},
		},
		{
			name: "pod-proxy", as: creator,
			do:     kubectl("get --raw /api/v1/namespaces/shop/pods/web:8080/proxy/actuator/env"),
			finds:  []string{"Execution:Kubernetes/PodProxy"},
			leaves: []trace{{"get", "shop/pods/web:8080/proxy", 200, request}},
		},
		{
			// The API server reads Endpoints here, not EndpointSlices, and only addresses that name their Pod.
			name: "service-proxy", as: creator,
			prep: prepare(`apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: web, namespace: shop}
subsets: [{addresses: [{ip: ` + podIP + `, targetRef: {kind: Pod, namespace: shop, name: web}}], ports: [{port: 8080}]}]
`),
			do:     kubectl("get --raw /api/v1/namespaces/shop/services/web:80/proxy/metrics"),
			finds:  []string{"Execution:Kubernetes/PodProxy"},
			leaves: []trace{{"get", "shop/services/web:80/proxy", 200, request}},
		},
	}
}

// forward forwards a port of the Pod web, asks one question through it, and ends.
func (a *actor) forward(env []string) {
	a.t.Helper()
	ctx, cancel := context.WithTimeout(a.t.Context(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, Tool(a.t, "kubectl"), "--kubeconfig", a.config, "port-forward", "-n", "shop", "pod/web", ":8080")
	cmd.Env = append([]string{"HOME=" + a.c.Dir}, env...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		a.t.Fatalf("port-forward: %v", err)
	}
	if err := cmd.Start(); err != nil {
		a.t.Fatalf("port-forward: %v", err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	addr, _, ok := strings.Cut(strings.TrimPrefix(line, "Forwarding from "), " ")
	if err != nil || !ok {
		a.t.Errorf("port-forward printed %q (%v)", line, err)
	} else if err := getOK(ctx, http.DefaultClient, "http://"+addr+"/"); err != nil {
		a.t.Errorf("through the port: %v", err)
	}
	cancel()
	_ = cmd.Wait() // It was interrupted.
}
