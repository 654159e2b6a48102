package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// podsPerWorkload is how many pods each made-up Deployment has.
const podsPerWorkload = 10

// measurePods writes a dump of n pods with their controllers, as `kubectl get -o json` gives it, takes a
// snapshot of it with Merlon, and measures what reading, evaluating and reporting that takes.
func measurePods(ctx context.Context, s settings, stdout io.Writer) error {
	dir, err := os.MkdirTemp("", "merlon-pods-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // A temporary folder that stays does no harm.
	dump, snapshot := filepath.Join(dir, "dump.json"), filepath.Join(dir, "dump.snapshot")
	if err := writeDump(dump, s.pods); err != nil {
		return err
	}
	program := expand(s.subject, "", nil)[0]
	fmt.Fprintf(stdout, "%s. Input: %d made-up pods of %d Deployments. Whole processes, median of %d runs.\n\n", machine(), s.pods, s.pods/podsPerWorkload, s.runs)
	fmt.Fprintln(stdout, "| command | input | CPU (user + system) | elapsed | peak anonymous memory |")
	fmt.Fprintln(stdout, "|---|--:|--:|--:|--:|")
	for _, step := range []struct {
		name, input string
		command     []string
		printsJSON  bool
	}{
		{"collect the dump into a snapshot", dump, []string{program, "collect", "-o", snapshot, dump}, false},
		{"scan the snapshot, table", snapshot, []string{program, "scan", "-f", snapshot}, false},
		{"scan the snapshot, JSON", snapshot, []string{program, "scan", "-f", snapshot, "-o", "json"}, true},
	} {
		var taken []usage
		for range s.runs {
			u, err := measure(ctx, step.command, step.printsJSON)
			if err != nil {
				return err
			}
			taken = append(taken, u)
		}
		info, err := os.Stat(step.input)
		if err != nil {
			return fmt.Errorf("measure input: %w", err)
		}
		fmt.Fprintf(stdout, "| %s | %.1f MB | %s |\n", step.name, float64(info.Size())/1e6, median(taken))
	}
	return nil
}

// writeDump writes a List of Deployments, their ReplicaSets and n pods. One pod in twenty is privileged,
// one in ten mounts a path of its node.
func writeDump(path string, n int) error {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write dump: %w", err)
	}
	w := bufio.NewWriter(f)
	fmt.Fprint(w, `{"apiVersion":"v1","items":[`)
	for i := range n {
		app := i / podsPerWorkload
		if i%podsPerWorkload == 0 {
			if i > 0 {
				fmt.Fprint(w, ",")
			}
			fmt.Fprintf(w, `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"app-%[1]d","namespace":"ns-%[2]d"},"spec":{"template":{"metadata":{"labels":{"app":"app-%[1]d"}},"spec":%[3]s}}},`, app, app%50, podSpec(app))
			fmt.Fprintf(w, `{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"app-%[1]d-5d8f","namespace":"ns-%[2]d","ownerReferences":[{"apiVersion":"apps/v1","kind":"Deployment","name":"app-%[1]d","controller":true}]},"spec":{"template":{"metadata":{"labels":{"app":"app-%[1]d"}},"spec":%[3]s}}},`, app, app%50, podSpec(app))
		} else {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"app-%[1]d-5d8f-%[2]d","namespace":"ns-%[3]d","labels":{"app":"app-%[1]d","pod-template-hash":"5d8f"},"generateName":"app-%[1]d-5d8f-","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"app-%[1]d-5d8f","controller":true}],"managedFields":[{"manager":"kubelet","operation":"Update","fieldsV1":{"f:status":{"f:phase":{},"f:podIP":{},"f:conditions":{}}}}]},"spec":%[4]s,"status":{"phase":"Running","podIP":"10.0.%[3]d.%[2]d","conditions":[{"type":"Ready","status":"True","lastTransitionTime":"2026-11-20T10:00:00Z"},{"type":"PodScheduled","status":"True","lastTransitionTime":"2026-11-20T10:00:00Z"}],"containerStatuses":[{"name":"app","ready":true,"restartCount":0,"image":"registry.example/app:%[1]d","imageID":"registry.example/app@sha256:%064[1]d"}]}}`, app, i%podsPerWorkload, app%50, podSpec(app))
	}
	fmt.Fprint(w, `],"kind":"List"}`)
	if err := w.Flush(); err != nil {
		return fmt.Errorf("write dump: %w", err)
	}
	return f.Close()
}

func podSpec(app int) string {
	security, volumes := `"allowPrivilegeEscalation":false,"runAsNonRoot":true,"capabilities":{"drop":["ALL"]}`, `{"name":"tmp","emptyDir":{}}`
	if app%20 == 0 {
		security = `"privileged":true`
	}
	if app%10 == 0 {
		volumes = `{"name":"tmp","hostPath":{"path":"/var/lib/kubelet"}}`
	}
	return fmt.Sprintf(`{"serviceAccountName":"app-%[1]d","nodeName":"node-%[1]d","containers":[{"name":"app","image":"registry.example/app:%[1]d","env":[{"name":"LOG_LEVEL","value":"info"},{"name":"DB_HOST","value":"db.ns.svc"},{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}],"ports":[{"containerPort":8080,"protocol":"TCP"}],"resources":{"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"memory":"256Mi"}},"readinessProbe":{"httpGet":{"path":"/healthz","port":8080},"periodSeconds":10},"volumeMounts":[{"name":"tmp","mountPath":"/tmp"}],"securityContext":{%[2]s},"imagePullPolicy":"IfNotPresent","terminationMessagePath":"/dev/termination-log"}],"volumes":[%[3]s],"restartPolicy":"Always","dnsPolicy":"ClusterFirst","schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}]}`, app, security, volumes)
}
