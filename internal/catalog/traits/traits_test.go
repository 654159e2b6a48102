package traits

import (
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// view reads a manifest into a world where the given types were listed whole.
func view(t *testing.T, input string, complete ...inventory.Type) *inventory.View {
	t.Helper()
	read, err := manifest.Read(t.Context(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(input)})
	if err != nil {
		t.Fatal(err)
	}
	sources := []inventory.Source{{Kind: "kubernetes", Cluster: "files", Complete: complete}}
	return inventory.NewView(sources, read.Resources, k8s.Relate)
}

// match gives the verdict of a rule over the first of its resources in a manifest.
func match(t *testing.T, r *rule.Rule, input string, complete ...inventory.Type) finding.Verdict {
	t.Helper()
	world := &rule.World{Inventory: view(t, input, complete...)}
	for on := range world.Inventory.OfType(r.On...) {
		return r.Match(world, on)
	}
	t.Fatal("no resource for the rule in the input")
	return finding.Verdict{}
}

// hostPathPod gives a pod that mounts a path of its node.
func hostPathPod(path, podFields, mountFields string) string {
	return pod(podFields + `
containers:
- name: app
  image: registry.example/app:1.4
  volumeMounts:
  - name: host
    mountPath: /host
` + indent(mountFields, 4) + `
volumes:
- name: host
  hostPath:
    path: ` + path + "\n")
}

func TestSensitivePaths(t *testing.T) {
	tests := []struct {
		path string
		want finding.State
	}{
		{"/", finding.Present},
		{"//", finding.Present},
		{"/./", finding.Present},
		{"/srv/..", finding.Present},
		{"/etc", finding.Present},
		{"/etc/", finding.Present},
		{"/etc/kubernetes/pki", finding.Present},
		{"/data//../etc/../etc", finding.Present},
		{"/root/.ssh", finding.Present},
		{"/home/alice", finding.Present},
		{"/var", finding.Present},
		{"/var/lib", finding.Present},
		{"/var/lib/kubelet/pods", finding.Present},
		{"/var/lib/docker", finding.Present},
		{"/var/log/pods", finding.Present},
		{"/var/run", finding.Present},
		{"/var/run/secrets", finding.Present},
		{"/run", finding.Present},
		{"/proc/1", finding.Present},
		{"/sys/fs/cgroup", finding.Present},
		{"/dev/sda", finding.Present},
		{"/boot", finding.Present},
		{"/opt", finding.Present},
		{"/opt/cni/bin", finding.Present},
		{"/usr/local/bin", finding.Present},
		{"/etc/ssl", finding.Present},
		{"/etc/ssl/certs/../private", finding.Present},
		{"/lib/modules", finding.Present},
		{"/etc/localtimes", finding.Present},
		{"/bin", finding.Present},
		{"/sbin", finding.Present},
		{"/lib64", finding.Present},
		{"/var/spool/cron", finding.Present},
		{"/var/lib/etcd", finding.Present},
		{"/var/lib/cni", finding.Present},
		{"/var/lib/cloud", finding.Present},
		{"/var/lib/containerd", finding.Present},
		{"/var/lib/containers", finding.Present},
		{"/var/lib/crio", finding.Present},
		{"/var/lib/rancher", finding.Present},

		{"/data", finding.Absent},
		{"/mnt/disks", finding.Absent},
		{"/srv", finding.Absent},
		{"/etcd", finding.Absent},
		{"/var/www", finding.Absent},
		{"/var/lib/postgresql", finding.Absent},
		{"/opt/app", finding.Absent},
		{"/rooted", finding.Absent},
		{"/tmp", finding.Absent},
		{"/etc/localtime", finding.Absent},
		{"/etc/ssl/certs", finding.Absent},
		{"/etc/ssl/certs/ca-certificates.crt", finding.Absent},
		{"/usr/share/zoneinfo/", finding.Absent},
		{"/dev/null", finding.Absent},
		{"/etc/timezone", finding.Absent},
		{"/etc/os-release", finding.Absent},
		{"/usr/lib/os-release", finding.Absent},
		{"/etc/lsb-release", finding.Absent},
		{"/etc/pki/tls/certs", finding.Absent},
		{"/etc/pki/ca-trust/extracted/pem", finding.Absent},
		{"/etc/ca-certificates", finding.Absent},
		{"/usr/share/ca-certificates/mozilla", finding.Absent},
		{"/usr/local/share/ca-certificates", finding.Absent},
		{"/dev/zero", finding.Absent},
		{"/dev/full", finding.Absent},
		{"/dev/random", finding.Absent},
		{"/dev/urandom", finding.Absent},
		{"/run/xtables.lock", finding.Absent},
	}
	for _, test := range tests {
		if got := match(t, &SensitiveHostPath, hostPathPod(test.path, "", "")).State; got != test.want {
			t.Errorf("%s is %s, want %s", test.path, got, test.want)
		}
	}
}

func TestWeightOfASensitiveHostPath(t *testing.T) {
	const notRoot = "securityContext:\n  runAsNonRoot: true"
	tests := []struct {
		name            string
		path, pod, with string
		want            finding.Impact
	}{
		{"writable", "/", notRoot, "", finding.ImpactHigh},
		{"read-only, and the image may run as root", "/", "", "readOnly: true", finding.ImpactHigh},
		{"read-only, and not root", "/", notRoot, "readOnly: true", finding.ImpactMedium},
		{"read-only and not root, beside the node's processes", "/", "hostPID: true\n" + notRoot, "readOnly: true", finding.ImpactHigh},
		{"read-only, with the kubelet's credentials", "/var/lib", "", "readOnly: true", finding.ImpactHigh},
		{"read-only, below the kubelet's folder", "/var/lib/kubelet/pki", "", "readOnly: true", finding.ImpactHigh},
		{"read-only, with nothing to take", "/sys", "", "readOnly: true", finding.ImpactMedium},
		{"read-only logs", "/var/log", "", "readOnly: true", finding.ImpactMedium},
		{"a part of the node's root, read-only, with nothing to take", "/", "", "subPath: sys\nreadOnly: true", finding.ImpactMedium},
		{"a part of the node's root, read-only, with credentials", "/", "", "subPath: etc/kubernetes\nreadOnly: true", finding.ImpactHigh},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantWeight(t, match(t, &SensitiveHostPath, hostPathPod(test.path, test.pod, test.with)), finding.LikelihoodModerate, test.want)
		})
	}
}

func TestWeightOfARuntimeSocket(t *testing.T) {
	const notRoot = "securityContext:\n  runAsUser: 10001"
	tests := []struct {
		name      string
		path, pod string
		want      finding.Impact
	}{
		{"the socket, and the image may run as root", "/var/run/docker.sock", "", finding.ImpactHigh},
		{"the socket, and not root", "/var/run/docker.sock", notRoot, finding.ImpactHigh},
		{"the socket's own folder, and not root", "/run/containerd", notRoot, finding.ImpactHigh},
		{"the folder of several sockets, and the image may run as root", "/run", "", finding.ImpactHigh},
		{"the folder of several sockets, and not root", "/var/run/", notRoot, finding.ImpactMedium},
		{"a pipe of Windows", `'\\.\pipe\docker_engine'`, notRoot, finding.ImpactHigh},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantWeight(t, match(t, &ContainerRuntimeSocket, hostPathPod(test.path, test.pod, "readOnly: true")), finding.LikelihoodModerate, test.want)
		})
	}
}

func TestWeightOfACapability(t *testing.T) {
	tests := []struct {
		add        string
		pod        string
		likelihood finding.Likelihood
		impact     finding.Impact
	}{
		{"ALL", "", finding.LikelihoodModerate, finding.ImpactHigh},
		{"SYS_ADMIN", "", finding.LikelihoodModerate, finding.ImpactHigh},
		{"cap_sys_module", "", finding.LikelihoodModerate, finding.ImpactHigh},
		{"SYS_RAWIO", "", finding.LikelihoodModerate, finding.ImpactHigh},
		{"DAC_READ_SEARCH", "", finding.LikelihoodModerate, finding.ImpactHigh},
		{"SYS_ADMIN", "hostUsers: false", finding.LikelihoodLow, finding.ImpactNone},
		{"SYS_ADMIN", "hostUsers: true", finding.LikelihoodModerate, finding.ImpactHigh},
		{"SYS_PTRACE", "", finding.LikelihoodModerate, finding.ImpactMedium},
		{"SYS_PTRACE", "hostPID: true", finding.LikelihoodModerate, finding.ImpactHigh},
		{"SYS_BOOT", "", finding.LikelihoodModerate, finding.ImpactMedium},
		{"BPF", "", finding.LikelihoodModerate, finding.ImpactMedium},
		{"PERFMON", "", finding.LikelihoodModerate, finding.ImpactMedium},
		{"MAC_ADMIN", "", finding.LikelihoodModerate, finding.ImpactMedium},
		{"NET_ADMIN", "", finding.LikelihoodLow, finding.ImpactNone},
		{"NET_ADMIN", "hostNetwork: true", finding.LikelihoodModerate, finding.ImpactMedium},
		{"DAC_OVERRIDE", "", finding.LikelihoodLow, finding.ImpactNone},
		{"SETUID, SETGID", "", finding.LikelihoodLow, finding.ImpactNone},
		{"MKNOD, SYS_ADMIN", "", finding.LikelihoodModerate, finding.ImpactHigh},
	}
	for _, test := range tests {
		t.Run(test.add+" "+test.pod, func(t *testing.T) {
			input := pod(test.pod + "\ncontainers:\n- name: app\n  image: a:1\n  securityContext:\n    capabilities:\n      add: [" + test.add + "]\n")
			wantWeight(t, match(t, &DangerousCapability, input), test.likelihood, test.impact)
		})
	}
}

// wantWeight compares a weight. What has high impact here gets to the node, and nothing else does.
func wantWeight(t *testing.T, v finding.Verdict, likelihood finding.Likelihood, impact finding.Impact) {
	t.Helper()
	if v.State != finding.Present || v.Weight == nil {
		t.Fatalf("the verdict is %s with weight %v", v.State, v.Weight)
	}
	if v.Weight.Likelihood != likelihood || v.Weight.Impact != impact {
		t.Errorf("it weighs %s × %q, want %s × %q", v.Weight.Likelihood, v.Weight.Impact, likelihood, impact)
	}
	if opens := len(v.Weight.Opens) > 0; opens != (impact == finding.ImpactHigh) {
		t.Errorf("it opens %v", v.Weight.Opens)
	}
}

func TestEvidenceOfAHostPathShowsItsMounts(t *testing.T) {
	v := match(t, &SensitiveHostPath, hostPathPod("/etc/", "", "readOnly: true"))
	want := []finding.Evidence{
		{Resource: v.Evidence[0].Resource, Path: "$.spec.volumes[0].hostPath.path", Value: "/etc/"},
		{Resource: v.Evidence[0].Resource, Path: "$.spec.containers[0].volumeMounts[0].readOnly", Value: true},
	}
	if !slices.Equal(v.Evidence, want) {
		t.Errorf("got %v, want %v", v.Evidence, want)
	}
}

func TestIsTrusted(t *testing.T) {
	tests := []struct {
		image, trusted string
		want           bool
	}{
		{"nginx", "docker.io", true},
		{"nginx", "index.docker.io", true},
		{"nginx:1.29", "docker.io/library", true},
		{"nginx@sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70", "docker.io/library/nginx", true},
		{"bitnami/nginx", "docker.io/library", false},
		{"docker.io/nginx", "docker.io/library/nginx", true},
		{"registry.hub.docker.com/library/nginx", "docker.io", true},
		{"ghcr.io/acme/app:1", "ghcr.io", true},
		{"ghcr.io/acme/app:1", "GHCR.io/acme/", true},
		{"ghcr.io/acme/app:1", "https://ghcr.io/acme/*", true},
		{"ghcr.io/acme-labs/app:1", "ghcr.io/acme", false},
		{"ghcr.io/acme", "ghcr.io/acme", true},
		{"ghcr.io.evil.example/acme/app", "ghcr.io", false},
		{"evil.example/ghcr.io/acme/app", "ghcr.io", false},
		{"localhost/app", "localhost", true},
		{"localhost:5000/app:1", "localhost:5000", true},
		{"localhost:5000/app:1", "localhost", false},
		{"registry.example:5000/team/app:1@sha256:9f1003c480699be56815db0f8146ad2e22efea85129b5b5983d0e0fb52d9ab70", "registry.example:5000/team", true},
		{"111122223333.dkr.ecr.us-east-1.amazonaws.com/app", "*.dkr.ecr.us-east-1.amazonaws.com", true},
		{"111122223333.dkr.ecr.eu-west-1.amazonaws.com/app", "*.dkr.ecr.us-east-1.amazonaws.com", false},
		{"dkr.ecr.us-east-1.amazonaws.com/app", "*.dkr.ecr.us-east-1.amazonaws.com", false},
		{"a.b.dkr.ecr.us-east-1.amazonaws.com/app", "*.dkr.ecr.us-east-1.amazonaws.com", false},
		{"nginx", "", false},
		{"nginx", "[", false},
	}
	for _, test := range tests {
		if got := isTrusted(test.image, []string{test.trusted}); got != test.want {
			t.Errorf("isTrusted(%q, %q) = %v", test.image, test.trusted, got)
		}
	}
}

func TestPodSecurityInAClosedWorld(t *testing.T) {
	workload := deployment("containers:\n- name: app\n  image: registry.example/app:1.4\n")
	constraint := "apiVersion: constraints.gatekeeper.sh/v1beta1\nkind: K8sPSPPrivilegedContainer\nmetadata:\n  name: none\n"
	tests := []struct {
		name     string
		input    string
		complete []inventory.Type
		want     finding.State
	}{
		{"no label, and no policies", documents(namespace(""), workload), []inventory.Type{k8s.Namespace, validatingAdmissionPolicy}, finding.Present},
		{"no label, and the policies were not listed", documents(namespace(""), workload), []inventory.Type{k8s.Namespace}, finding.Unknown},
		{
			"no label, and a constraint of Gatekeeper", documents(namespace(""), constraint, workload),
			[]inventory.Type{k8s.Namespace, validatingAdmissionPolicy},
			finding.Unknown,
		},
		{
			"a level that is enforced, and a constraint of Gatekeeper", documents(namespace("restricted"), constraint, workload),
			[]inventory.Type{k8s.Namespace, validatingAdmissionPolicy},
			finding.Absent,
		},
		{"no label, and the namespaces were not listed", documents(namespace(""), workload), []inventory.Type{validatingAdmissionPolicy}, finding.Unknown},
		{"a namespace that is not there", workload, []inventory.Type{k8s.Namespace, validatingAdmissionPolicy}, finding.Unknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := match(t, &PodSecurityNotEnforced, test.input, test.complete...).State; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
