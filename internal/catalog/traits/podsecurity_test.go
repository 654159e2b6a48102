package traits

import (
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

func TestRolesByValue(t *testing.T) {
	container := func(fields string) string {
		return "\ncontainers:\n- name: app\n  image: registry.example/app:1.4\n" + indent(fields, 2)
	}
	const hostPort, hostNetwork = "ports:\n- containerPort: 9100\n  hostPort: 9100", "hostNetwork: true"
	tests := []struct {
		name  string
		rule  *rule.Rule
		input string
		want  finding.Role
	}{
		{"a port of the node", &HostPort, pod(container(hostPort)), finding.Contributing},
		{"the port that the host network has anyway", &HostPort, pod(hostNetwork + container(hostPort)), finding.Contextual},
		{
			"another port, beside the host network", &HostPort,
			pod(hostNetwork + container("ports:\n- containerPort: 9100\n  hostPort: 9101")), finding.Contributing,
		},
		{"a writable path", &HostPath, hostPathPod("/srv", "", ""), finding.Contributing},
		{"a read-only path", &HostPath, hostPathPod("/srv", "", "readOnly: true"), finding.Contextual},
		{"a read-only path that is sensitive", &HostPath, hostPathPod("/etc", "", "readOnly: true"), finding.Contextual},
		{"a read-only path that is harmless", &HostPath, hostPathPod("/etc/localtime", "", "readOnly: true"), finding.Contextual},
		{"a writable path that is sensitive, which has a rule of its own", &HostPath, hostPathPod("/etc", "", ""), finding.Contextual},
		{"a writable path that is harmless", &HostPath, hostPathPod("/run/xtables.lock", "", ""), finding.Contributing},
		{
			"a path that nothing mounts", &HostPath,
			pod(container("") + "volumes:\n- name: host\n  hostPath:\n    path: /srv\n"), finding.Contextual,
		},
		{
			"a path beside another source, which the API server refuses", &HostPath,
			pod(container("volumeMounts:\n- {name: host, mountPath: /data}\n") + "volumes:\n- name: host\n  hostPath: {path: /srv}\n  emptyDir: {}\n"), finding.Contributing,
		},
		{
			"a probe of localhost from the host network", &HostProbeOrLifecycle,
			pod(hostNetwork + container("livenessProbe:\n  httpGet:\n    host: LocalHost\n    port: 80")), finding.Contextual,
		},
		{
			"a probe of a loopback address from the host network", &HostProbeOrLifecycle,
			pod(hostNetwork + container("livenessProbe:\n  tcpSocket:\n    host: '[::1]'\n    port: 80")), finding.Contextual,
		},
		{
			"a probe of the node from the pod's own network", &HostProbeOrLifecycle,
			pod(container("livenessProbe:\n  httpGet:\n    host: 127.0.0.1\n    port: 80")), finding.Contributing,
		},
		{
			"a probe of another host from the host network", &HostProbeOrLifecycle,
			pod(hostNetwork + container("livenessProbe:\n  httpGet:\n    host: 10.0.0.1\n    port: 80")), finding.Contributing,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := match(t, test.rule, test.input)
			if v.State != finding.Present || v.Weight == nil || v.Weight.Role != test.want {
				t.Errorf("the verdict is %s with weight %+v, want %s", v.State, v.Weight, test.want)
			}
			if v.Weight != nil && (v.Weight.Likelihood != finding.LikelihoodLow || v.Weight.Impact != finding.ImpactNone) {
				t.Errorf("it weighs %s × %q", v.Weight.Likelihood, v.Weight.Impact)
			}
		})
	}
}

// A server of today refuses an unmasked /proc without a user namespace, so examples do not show it.
func TestWeightOfAnUnmaskedProc(t *testing.T) {
	input := func(fields string) string {
		return pod(fields + "\ncontainers:\n- name: app\n  image: registry.example/app:1.4\n  securityContext:\n    procMount: Unmasked\n")
	}
	wantWeight(t, match(t, &ProcMountUnmasked, input("")), finding.LikelihoodModerate, finding.ImpactMedium)
	wantWeight(t, match(t, &ProcMountUnmasked, input("securityContext:\n  runAsNonRoot: true")), finding.LikelihoodLow, finding.ImpactNone)
	older := &rule.World{Inventory: view(t, input("hostUsers: false")), Settings: inVersion(34)}
	for r := range older.Inventory.OfType(k8s.Pod) {
		wantWeight(t, ProcMountUnmasked.Match(older, r), finding.LikelihoodLow, finding.ImpactNone)
	}
	if v := match(t, &ProcMountUnmaskedUserNamespace, input("")); v.State != finding.Absent {
		t.Errorf("without a user namespace, that of a user namespace is %s", v.State)
	}
}

func TestEvidenceNamesWhatIsNotSet(t *testing.T) {
	tests := []struct {
		name    string
		rule    *rule.Rule
		context string
		path    string
	}{
		{"no securityContext", &SeccompNotSet, "", "$.spec.containers[0].securityContext"},
		{"an empty one", &SeccompNotSet, "{}", "$.spec.containers[0].securityContext"},
		{"one without the field", &SeccompNotSet, "{readOnlyRootFilesystem: true}", "$.spec.containers[0].securityContext.seccompProfile"},
		{"capabilities without drop", &CapabilitiesNotDropped, "{capabilities: {add: [NET_BIND_SERVICE]}}", "$.spec.containers[0].securityContext.capabilities.drop"},
		{"one with privileged only", &SeccompNotSet, "{privileged: true}", "$.spec.containers[0].securityContext.seccompProfile"},
		{"one with procMount only", &SeccompNotSet, "{procMount: Default}", "$.spec.containers[0].securityContext.seccompProfile"},
		{"one with seccompProfile only", &CapabilitiesNotDropped, "{seccompProfile: {type: RuntimeDefault}}", "$.spec.containers[0].securityContext.capabilities"},
		{"one with appArmorProfile only", &SeccompNotSet, "{appArmorProfile: {type: RuntimeDefault}}", "$.spec.containers[0].securityContext.seccompProfile"},
		{"one with seLinuxOptions only", &SeccompNotSet, "{seLinuxOptions: {level: 's0:c1'}}", "$.spec.containers[0].securityContext.seccompProfile"},
		{"one with windowsOptions only", &SeccompNotSet, "{windowsOptions: {hostProcess: false}}", "$.spec.containers[0].securityContext.seccompProfile"},
		{"no capabilities", &CapabilitiesNotDropped, "{runAsUser: 1}", "$.spec.containers[0].securityContext.capabilities"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			input := pod("containers:\n- name: app\n  image: registry.example/app:1.4\n  securityContext: " + test.context + "\n")
			v := match(t, test.rule, input)
			if len(v.Evidence) != 1 || v.Evidence[0].Path != test.path || v.Evidence[0].Value != nil {
				t.Errorf("got %v, want %s without a value", v.Evidence, test.path)
			}
		})
	}
}

func TestAnnotationsOfTemplatesCount(t *testing.T) {
	const key = "container.apparmor.security.beta.kubernetes.io/app"
	input := object("apps/v1", "Deployment", selected+`  template:
    metadata:
      labels: {app: example}
      annotations: {`+key+`: unconfined}
    spec:
      containers:
      - name: app
        image: registry.example/app:1.4
`)
	v := match(t, &AppArmorUnconfined, input)
	if want := "$.spec.template.metadata.annotations['" + key + "']"; len(v.Evidence) != 1 || v.Evidence[0].Path != want {
		t.Errorf("got %v, want %s", v.Evidence, want)
	}
}
