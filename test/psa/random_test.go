package psa

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/merlonsec/merlon/internal/rule"
)

// generator makes up pods out of the values that the controls tell apart.
type generator struct{ *rand.Rand }

// Pods of random fields, in random versions: what fixtures that change one field at a time do not show.
func TestRandomPods(t *testing.T) {
	const pods, newest = 5000, 38
	rules := rules(t)
	g := generator{rand.New(rand.NewPCG(20261121, 1))}
	violations := 0
	for range pods {
		v := rule.Version{Major: 1, Minor: g.IntN(newest + 1)}
		if g.once(10) {
			v = rule.Version{}
		}
		pod := g.pod()
		input, err := json.Marshal(pod)
		if err != nil {
			t.Fatal(err)
		}
		found := present(t, input, rules, v)
		violations += len(found)
		if problems := compare(found, pod, v); problems != nil {
			t.Fatalf("in %s: %q\n%s", v, problems, input)
		}
	}
	t.Logf("%d pods with %d traits, each against every control", pods, violations)
}

// once is true one time in n.
func (g generator) once(n int) bool { return g.IntN(n) == 0 }

// one picks a value.
func one[T any](g generator, values ...T) T { return values[g.IntN(len(values))] }

// some picks a value, or none.
func some[T any](g generator, values ...T) *T {
	if g.once(2) {
		return nil
	}
	v := one(g, values...)
	return &v
}

// several picks values, most often none.
func several[T any](g generator, values ...T) []T {
	var picked []T
	for g.once(2) && len(picked) < 3 {
		picked = append(picked, one(g, values...))
	}
	return picked
}

func (g generator) pod() *corev1.Pod {
	pod := &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"},
		ObjectMeta: metav1.ObjectMeta{Name: "random", Annotations: map[string]string{}},
	}
	for _, key := range several(g, "container.apparmor.security.beta.kubernetes.io/c", "container.apparmor.security.beta.kubernetes.io/gone",
		"container.seccomp.security.alpha.kubernetes.io/c", "container.seccomp.security.alpha.kubernetes.io/i",
		"container.seccomp.security.alpha.kubernetes.io/gone", "seccomp.security.alpha.kubernetes.io/pod", "example/other") {
		pod.Annotations[key] = one(g, "runtime/default", "docker/default", "localhost/x", "localhost", "unconfined", "")
	}
	spec := &pod.Spec
	spec.HostPID, spec.HostIPC, spec.HostNetwork = g.once(10), g.once(10), g.once(10)
	spec.HostUsers = some(g, true, false)
	if g.once(4) {
		spec.OS = &corev1.PodOS{Name: one(g, corev1.Windows, corev1.Linux)}
	}
	if g.once(2) {
		s := g.security()
		spec.SecurityContext = &corev1.PodSecurityContext{
			SELinuxOptions: s.SELinuxOptions, WindowsOptions: s.WindowsOptions, RunAsUser: s.RunAsUser, RunAsNonRoot: s.RunAsNonRoot,
			SeccompProfile: s.SeccompProfile, AppArmorProfile: s.AppArmorProfile, RunAsGroup: s.RunAsGroup,
		}
		for _, name := range several(g, "kernel.shm_rmid_forced", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_fin_timeout",
			"net.ipv4.tcp_wmem", "net.ipv4.tcp_notsent_lowat", "net/ipv4/tcp_wmem", "kernel.msgmax") {
			spec.SecurityContext.Sysctls = append(spec.SecurityContext.Sysctls, corev1.Sysctl{Name: name, Value: "1"})
		}
	}
	spec.Containers = []corev1.Container{g.container("c")}
	if g.once(3) {
		spec.InitContainers = []corev1.Container{g.container("i")}
	}
	if g.once(4) {
		spec.EphemeralContainers = []corev1.EphemeralContainer{{EphemeralContainerCommon: corev1.EphemeralContainerCommon(g.container("e"))}}
	}
	spec.Volumes = g.volumes()
	return pod
}

func (g generator) container(name string) corev1.Container {
	c := corev1.Container{Name: name, Image: "registry.example/app:1"}
	for range g.IntN(3) {
		c.Ports = append(c.Ports, corev1.ContainerPort{ContainerPort: 80, HostPort: one[int32](g, 0, 0, 0, 80, 65535)})
	}
	handler := corev1.ProbeHandler{}
	switch g.IntN(6) {
	case 0:
		handler.HTTPGet = &corev1.HTTPGetAction{Host: one(g, "", "127.0.0.1", "a.example")}
	case 1:
		handler.TCPSocket = &corev1.TCPSocketAction{Host: one(g, "", "::1", "a.example")}
	case 2:
		handler.Exec = &corev1.ExecAction{Command: []string{"true"}}
	}
	switch g.IntN(8) {
	case 0:
		c.LivenessProbe = &corev1.Probe{ProbeHandler: handler}
	case 1:
		c.ReadinessProbe = &corev1.Probe{ProbeHandler: handler}
	case 2:
		c.StartupProbe = &corev1.Probe{ProbeHandler: handler}
	case 3:
		c.Lifecycle = &corev1.Lifecycle{PostStart: &corev1.LifecycleHandler{HTTPGet: handler.HTTPGet, TCPSocket: handler.TCPSocket}}
	case 4:
		c.Lifecycle = &corev1.Lifecycle{PreStop: &corev1.LifecycleHandler{HTTPGet: handler.HTTPGet, TCPSocket: handler.TCPSocket}}
	}
	if !g.once(4) {
		c.SecurityContext = g.security()
	}
	return c
}

func (g generator) security() *corev1.SecurityContext {
	s := &corev1.SecurityContext{
		RunAsUser: some[int64](g, 0, 1000), RunAsNonRoot: some(g, true, true, false), RunAsGroup: some[int64](g, 0),
		AllowPrivilegeEscalation: some(g, false, false, true), ProcMount: some(g, corev1.DefaultProcMount, corev1.UnmaskedProcMount),
	}
	if g.once(8) {
		s.Privileged = some(g, true, false)
	}
	if g.once(2) {
		s.Capabilities = &corev1.Capabilities{
			Add:  several[corev1.Capability](g, "NET_BIND_SERVICE", "NET_BIND_SERVICE", "CHOWN", "CAP_CHOWN", "chown", "NET_RAW", "SYS_ADMIN", "ALL", ""),
			Drop: several[corev1.Capability](g, "ALL", "ALL", "all", "CAP_ALL", "NET_RAW"),
		}
	}
	if g.once(2) {
		s.SeccompProfile = &corev1.SeccompProfile{Type: one[corev1.SeccompProfileType](g, "RuntimeDefault", "Localhost", "Unconfined")}
	}
	if g.once(3) {
		s.AppArmorProfile = &corev1.AppArmorProfile{Type: one[corev1.AppArmorProfileType](g, "RuntimeDefault", "Localhost", "Unconfined")}
	}
	if g.once(3) {
		s.SELinuxOptions = &corev1.SELinuxOptions{
			Type: one(g, "", "container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t"),
			User: one(g, "", "", "", "system_u"), Role: one(g, "", "", "", "sysadm_r"), Level: one(g, "", "s0"),
		}
	}
	if g.once(5) {
		s.WindowsOptions = &corev1.WindowsSecurityContextOptions{HostProcess: some(g, true, false)}
	}
	return s
}

func (g generator) volumes() []corev1.Volume {
	sources := []corev1.VolumeSource{
		{ConfigMap: &corev1.ConfigMapVolumeSource{}},
		{EmptyDir: &corev1.EmptyDirVolumeSource{}},
		{Secret: &corev1.SecretVolumeSource{}},
		{CSI: &corev1.CSIVolumeSource{Driver: "d"}},
		{Projected: &corev1.ProjectedVolumeSource{}},
		{DownwardAPI: &corev1.DownwardAPIVolumeSource{}},
		{Ephemeral: &corev1.EphemeralVolumeSource{}},
		{Image: &corev1.ImageVolumeSource{Reference: "a:1"}},
		{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "p"}},
		{HostPath: &corev1.HostPathVolumeSource{Path: "/srv"}},
		{HostPath: &corev1.HostPathVolumeSource{}},
		{NFS: &corev1.NFSVolumeSource{Server: "s", Path: "/"}},
		{GitRepo: &corev1.GitRepoVolumeSource{Repository: "r"}},
		{FC: &corev1.FCVolumeSource{}},
		{StorageOS: &corev1.StorageOSVolumeSource{}},
		{ISCSI: &corev1.ISCSIVolumeSource{}},
	}
	var volumes []corev1.Volume
	for _, source := range several(g, sources...) {
		volumes = append(volumes, corev1.Volume{Name: "v" + string(rune('0'+len(volumes))), VolumeSource: source})
	}
	return volumes
}
