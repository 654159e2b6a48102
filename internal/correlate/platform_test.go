package correlate

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// shape is a workload as its project publishes it, as far as privileges go. The first container has them.
type shape struct {
	component       string // the entry of Components that it must match
	kind            inventory.Type
	namespace, name string
	images          []string
	privileges      []string // hostNetwork, hostPID, hostIPC, privileged, root, or a capability
	hostPaths       []string // ":ro" for a read-only mount
	controller      inventory.UID
}

// workload reads a shape from lists that are separated by blanks; "ECR/" is a registry of Amazon EKS.
func workload(component, place, images, privileges, hostPaths string) shape {
	where := strings.Split(place, "/")
	s := shape{component: component, kind: inventory.KubernetesType("apps", where[0]), namespace: where[1], name: where[2]}
	if where[0] == "Pod" {
		s.kind = k8s.Pod
	}
	s.images = strings.Fields(strings.ReplaceAll(images, "ECR/", "602401143452.dkr.ecr.eu-west-1.amazonaws.com/"))
	s.privileges, s.hostPaths = strings.Fields(privileges), strings.Fields(hostPaths)
	return s
}

func (s shape) has(privilege string) bool { return slices.Contains(s.privileges, privilege) }

// published lists a workload for each component, from its project's manifest (the component's Source).
func published() []shape {
	operated := workload("CloudWatch agent (Amazon CloudWatch Observability)", "DaemonSet/amazon-cloudwatch/cloudwatch-agent",
		"public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.300055.2b1110", "hostNetwork",
		"/:ro /run/containerd/containerd.sock /var/log/pods:ro /var/lib/kubelet/pod-resources")
	operated.controller = inventory.KubernetesUID("c", "cloudwatch.aws.amazon.com", "AmazonCloudWatchAgent", "amazon-cloudwatch", "cloudwatch-agent")
	return []shape{
		operated,
		workload("Amazon VPC CNI (aws-node)", "DaemonSet/kube-system/aws-node",
			"ECR/amazon-k8s-cni:v1.15.1 ECR/amazon-k8s-cni-init:v1.15.1 ECR/amazon/aws-network-policy-agent:v1.0.4",
			"hostNetwork privileged NET_ADMIN NET_RAW", "/sys/fs/bpf /opt/cni/bin /etc/cni/net.d /var/log/aws-routed-eni /var/run/aws-node /run/xtables.lock"),
		workload("kube-proxy (Amazon EKS)", "DaemonSet/kube-system/kube-proxy",
			"ECR/eks/kube-proxy:v1.25.6-minimal-eksbuild.1", "hostNetwork privileged", "/var/log /run/xtables.lock /lib/modules:ro"),
		workload("kube-proxy (kubeadm)", "DaemonSet/kube-system/kube-proxy",
			"registry.k8s.io/kube-proxy:v1.36.3", "hostNetwork privileged", "/run/xtables.lock /lib/modules:ro"),
		workload("CoreDNS", "Deployment/kube-system/coredns",
			"registry.k8s.io/coredns/coredns:v1.12.1", "", ""),
		workload("Amazon EKS Pod Identity Agent", "DaemonSet/kube-system/eks-pod-identity-agent",
			"ECR/eks/eks-pod-identity-agent:v0.1.20", "hostNetwork privileged", ""),
		workload("Amazon EBS CSI driver, node", "DaemonSet/kube-system/ebs-csi-node",
			"public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.26.1 public.ecr.aws/eks-distro/kubernetes-csi/node-driver-registrar:v2.9.3-eks-1-29-2 ECR/eks/livenessprobe:v2.16.0-eksbuild.3",
			"privileged root", "/var/lib/kubelet /var/lib/kubelet/plugins/ebs.csi.aws.com/ /var/lib/kubelet/plugins_registry/ /dev"),
		workload("Amazon EBS CSI driver, controller", "Deployment/kube-system/ebs-csi-controller",
			"public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver:v1.25.0 public.ecr.aws/csi-components/csi-attacher:v4.9.0-eksbuild.3 public.ecr.aws/eks-distro/kubernetes-csi/external-snapshotter/csi-snapshotter:v6.3.2",
			"", ""),
		workload("Amazon EFS CSI driver, node", "DaemonSet/kube-system/efs-csi-node",
			"public.ecr.aws/efs-csi-driver/amazon/aws-efs-csi-driver:v2.1.12 public.ecr.aws/csi-components/livenessprobe:v2.16.0-eksbuild.5",
			"hostNetwork privileged root",
			"/var/lib/kubelet /var/lib/kubelet/plugins/efs.csi.aws.com/ /var/lib/kubelet/plugins_registry/ /var/run/efs /var/amazon/efs /etc/amazon/efs"),
		workload("Amazon EFS CSI driver, controller", "Deployment/kube-system/efs-csi-controller",
			"amazon/aws-efs-csi-driver:v1.5.5", "hostNetwork privileged root", ""),
		workload("Secrets Store CSI driver", "DaemonSet/kube-system/csi-secrets-store",
			"registry.k8s.io/csi-secrets-store/driver:v1.4.6 registry.k8s.io/sig-storage/livenessprobe:v2.13.1", "privileged",
			"/var/lib/kubelet/pods /var/lib/kubelet/plugins_registry/ /var/lib/kubelet/plugins/csi-secrets-store/ /etc/kubernetes/secrets-store-csi-providers /var/run/secrets-store-csi-providers"),
		workload("Calico (calico-node)", "DaemonSet/kube-system/calico-node",
			"docker.io/calico/node:v3.29.3 calico/cni:v3.29.3", "hostNetwork privileged",
			"/lib/modules:ro /run/xtables.lock /var/run/calico /var/lib/calico /sys/fs/ /sys/fs/bpf /proc/1:ro /opt/cni/bin /etc/cni/net.d /var/log/calico/cni:ro /var/lib/cni/networks /var/run/nodeagent"),
		workload("Cilium agent", "DaemonSet/kube-system/cilium",
			"quay.io/cilium/cilium:v1.19.3@sha256:2e61", "hostNetwork privileged NET_ADMIN SYS_MODULE SYS_ADMIN DAC_OVERRIDE SYS_PTRACE",
			"/var/run/cilium /sys/fs/bpf /proc /run/cilium/cgroupv2 /opt/cni/bin /etc/cni/net.d /lib/modules:ro /run/xtables.lock /proc/sys/net /proc/sys/kernel"),
		workload("node-exporter (kube-prometheus)", "DaemonSet/monitoring/node-exporter",
			"quay.io/prometheus/node-exporter:v1.12.1 quay.io/brancz/kube-rbac-proxy:v0.22.1", "hostNetwork hostPID SYS_TIME", "/:ro /sys:ro"),
		workload("node-exporter (Helm chart)", "DaemonSet/monitoring/stack-prometheus-node-exporter",
			"quay.io/prometheus/node-exporter:v1.9.1", "hostNetwork hostPID", "/:ro /proc:ro /sys:ro"),
		workload("node-problem-detector", "DaemonSet/kube-system/node-problem-detector",
			"registry.k8s.io/node-problem-detector/node-problem-detector:v1.34.0", "privileged", "/var/log/ /dev/kmsg:ro"),
		workload("NVIDIA device plugin", "DaemonSet/kube-system/nvidia-device-plugin-daemonset",
			"nvcr.io/nvidia/k8s-device-plugin:v0.17.1", "", "/var/lib/kubelet/device-plugins"),
		workload("CloudWatch agent (Container Insights manifest)", "DaemonSet/amazon-cloudwatch/cloudwatch-agent",
			"public.ecr.aws/cloudwatch-agent/cloudwatch-agent:1.300032.3b392", "",
			"/:ro /var/run/docker.sock:ro /var/lib/docker:ro /run/containerd/containerd.sock:ro /sys:ro /dev/disk/:ro"),
		workload("Fluent Bit (Amazon CloudWatch)", "DaemonSet/amazon-cloudwatch/fluent-bit",
			"public.ecr.aws/aws-observability/aws-for-fluent-bit:stable", "hostNetwork",
			"/var/fluent-bit/state /var/log:ro /var/lib/docker/containers:ro /run/log/journal:ro /var/log/dmesg:ro"),
		workload("kube-apiserver (kubeadm)", "Pod/kube-system/kube-apiserver-cp.example",
			"registry.k8s.io/kube-apiserver:v1.36.3", "hostNetwork", "/etc/kubernetes/pki:ro /etc/ssl/certs:ro"),
		workload("kube-controller-manager (kubeadm)", "Pod/kube-system/kube-controller-manager",
			"registry.k8s.io/kube-controller-manager:v1.36.3", "hostNetwork", "/etc/kubernetes/pki:ro /etc/kubernetes/controller-manager.conf:ro"),
		workload("kube-scheduler (kubeadm)", "Pod/kube-system/kube-scheduler-cp",
			"registry.k8s.io/kube-scheduler:v1.36.3", "hostNetwork", "/etc/kubernetes/scheduler.conf:ro"),
		workload("etcd (kubeadm)", "Pod/kube-system/etcd-cp",
			"registry.k8s.io/etcd:3.6.6-0", "hostNetwork", "/var/lib/etcd /etc/kubernetes/pki/etcd"),
	}
}

// resource makes the shape a workload of cluster "c".
func (s shape) resource() *inventory.Resource {
	w := &k8s.Workload{Controller: s.controller}
	w.Pod = k8s.PodSpec{Path: "$.spec", HostNet: s.has("hostNetwork"), HostPID: s.has("hostPID"), HostIPC: s.has("hostIPC")}
	for i, image := range s.images {
		w.Pod.Containers = append(w.Pod.Containers, k8s.Container{Path: fmt.Sprintf("$.spec.containers[%d]", i), Image: image, Init: i == 1})
	}
	first := &w.Pod.Containers[0]
	first.Privileged = s.has("privileged")
	for _, name := range s.privileges {
		if name == strings.ToUpper(name) {
			first.Capabilities = append(first.Capabilities, name)
		}
	}
	for i, hostPath := range s.hostPaths {
		place, ro := strings.CutSuffix(hostPath, ":ro")
		name := fmt.Sprint("v", i)
		w.Pod.Volumes = append(w.Pod.Volumes, k8s.Volume{Path: fmt.Sprintf("$.spec.volumes[%d]", i), Name: name, HostPath: place})
		first.Mounts = append(first.Mounts, k8s.Mount{Volume: name, Path: "/host" + place, ReadOnly: ro})
	}
	if s.has("root") {
		first.RunAsUser = new(int64)
	}
	group := strings.Split(string(s.kind), "/")[1]
	return &inventory.Resource{
		UID: inventory.KubernetesUID("c", group, s.kind.Kind(), s.namespace, s.name), Type: s.kind,
		Namespace: s.namespace, Name: s.name, Cluster: "c", Spec: w,
	}
}

// traitsOf gives the traits of workloads with evidence as the rules give it, one of them contextual and one
// unknown. Evidence that says the same of two pods is kept once, as evaluation does.
func traitsOf(v *inventory.View) []finding.Trait {
	byKey := map[string]*finding.Trait{}
	var order []string
	for r := range v.OfType(k8s.Workloads()...) {
		w := r.Spec.(*k8s.Workload)
		add := func(id string, state finding.State, role finding.Role, evidence ...finding.Evidence) {
			primary := k8s.Primary(v, r, w)
			key := string(primary) + " " + id
			if byKey[key] == nil {
				byKey[key] = &finding.Trait{ID: id, State: state, Resource: primary, Weight: finding.Weight{Role: role}}
				order = append(order, key)
			}
			for _, e := range evidence {
				same := func(has finding.Evidence) bool { return has.Path == e.Path && has.Text() == e.Text() }
				if e.Resource = r.UID; !slices.ContainsFunc(byKey[key].Evidence, same) {
					byKey[key].Evidence = append(byKey[key].Evidence, e)
				}
			}
		}
		present := func(id, field string, value any) {
			add(id, finding.Present, finding.Contributing, finding.Evidence{Path: field, Value: value})
		}
		add("writable-root-filesystem", finding.Present, finding.Contextual, finding.Evidence{Path: "$.spec", Value: false})
		add("image-untrusted-registry", finding.Unknown, finding.Contributing)
		for field, set := range map[string]bool{"host-network": w.Pod.HostNet, "host-pid": w.Pod.HostPID, "host-ipc": w.Pod.HostIPC} {
			if set {
				present(field, "$.spec."+field, true)
			}
		}
		for _, c := range w.Pod.Containers {
			if c.Privileged {
				present("privileged-container", c.Path+".securityContext.privileged", true)
			}
			if c.RunAsUser != nil {
				present("runs-as-root", c.Path+".securityContext.runAsUser", *c.RunAsUser)
			}
			for i, name := range c.Capabilities {
				present("dangerous-capability", fmt.Sprintf("%s.securityContext.capabilities.add[%d]", c.Path, i), name)
			}
		}
		for i, volume := range w.Pod.Volumes {
			present("sensitive-host-path", volume.Path+".hostPath.path", volume.HostPath)
			mount := w.Pod.Containers[0].Mounts[i]
			present("sensitive-host-path", fmt.Sprintf("%s.volumeMounts[%d].readOnly", w.Pod.Containers[0].Path, i), mount.ReadOnly)
		}
	}
	var traits []finding.Trait
	for _, key := range order {
		traits = append(traits, *byKey[key])
	}
	return traits
}

// marked reports which share of the traits of some workloads is the platform's: "all", "none" or, for some, "".
func marked(resources ...*inventory.Resource) string {
	v := inventory.NewView(nil, resources)
	traits := traitsOf(v)
	markPlatform(v, traits)
	unmarked := slices.DeleteFunc(slices.Clone(traits), func(t finding.Trait) bool { return t.Platform })
	return map[int]string{0: "all", len(traits): "none"}[len(unmarked)]
}

func TestPublishedComponentsAreRecognised(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range published() {
		seen[s.component] = true
		t.Run(s.component, func(t *testing.T) {
			r := s.resource()
			if got := marked(r); got != "all" {
				t.Errorf("marked %s of the traits", got)
			}
			v := inventory.NewView(nil, []*inventory.Resource{r})
			for _, members := range platformMembers(v, traitsOf(v)) {
				if c := members[0].component; c == nil || c.Name != s.component {
					t.Errorf("recognised as %v", c)
				}
			}
		})
	}
	for _, c := range Components() {
		if !seen[c.Name] {
			t.Errorf("no published workload for %s", c.Name)
		}
	}
}

func TestChangedComponentsLoseTheMark(t *testing.T) {
	for _, s := range published() {
		changes := map[string]func(*shape){
			"other registry": func(s *shape) { s.images[0] = "registry.example/" + s.images[0] },
			"other image":    func(s *shape) { s.images[0] = path.Dir(repository(s.images[0])) + "/shell:1" },
			"no registry":    func(s *shape) { s.images[len(s.images)-1] = "busybox" },
			"no image":       func(s *shape) { s.images[0] = "" },
			"sidecar":        func(s *shape) { s.images = append(s.images, "ghcr.io/acme/sidecar:1") },
			"namespace":      func(s *shape) { s.namespace, s.controller = "shop", "" },
			"name":           func(s *shape) { s.name, s.controller = "x"+s.name+"x", "" },
			"type":           func(s *shape) { s.kind, s.controller = k8s.StatefulSet, "" },
			"owner": func(s *shape) {
				s.controller = inventory.KubernetesUID("c", "example.com", "Agent", s.namespace, s.name)
			},
			"host IPC":   func(s *shape) { s.privileges = append(s.privileges, "hostIPC") },
			"capability": func(s *shape) { s.privileges = append(s.privileges, "SYS_RAWIO") },
			"host path":  func(s *shape) { s.hostPaths = append(s.hostPaths, "/root:ro") },
		}
		if !s.has("privileged") {
			changes["privileged"] = func(s *shape) { s.privileges = append(s.privileges, "privileged") }
		}
		for i, hostPath := range s.hostPaths {
			if place, ro := strings.CutSuffix(hostPath, ":ro"); ro {
				changes["writable "+place] = func(s *shape) { s.hostPaths[i] = place }
			}
		}
		for name, change := range changes {
			t.Run(s.component+"/"+name, func(t *testing.T) {
				changed := s
				changed.images, changed.privileges, changed.hostPaths = slices.Clone(s.images), slices.Clone(s.privileges), slices.Clone(s.hostPaths)
				change(&changed)
				if got := marked(changed.resource()); got != "none" {
					t.Errorf("marked %s of the traits", got)
				}
			})
		}
	}
}

func find(component string) shape {
	all := published()
	return all[slices.IndexFunc(all, func(s shape) bool { return s.component == component })]
}

// podOf gives a pod that a controller made of the shape.
func podOf(s shape, controller inventory.UID) shape {
	s.kind, s.name, s.controller = k8s.Pod, s.name+"-x7k2p", controller
	return s
}

func TestPodsCountForTheirController(t *testing.T) {
	exporter, dns := find("node-exporter (kube-prometheus)"), find("CoreDNS")
	owner := exporter.resource()
	pod := podOf(exporter, owner.UID)
	replicas := inventory.KubernetesUID("c", "apps", "ReplicaSet", "kube-system", "coredns-7db6d8ff4d")
	injected := pod
	injected.images = append(slices.Clone(pod.images), "docker.io/istio/proxyv2:1.29")
	writes := pod
	writes.hostPaths = []string{"/", "/sys:ro"}
	other := podOf(dns, inventory.KubernetesUID("c", "apps", "ReplicaSet", "kube-system", "shop-7db6d8ff4d"))
	for name, tt := range map[string]struct{ got, want string }{
		"controller and pod":                    {marked(owner, pod.resource()), "all"},
		"pod of a DaemonSet that was not read":  {marked(pod.resource()), "all"},
		"pod of a ReplicaSet that was not read": {marked(podOf(dns, replicas).resource()), "all"},
		"pod of another Deployment":             {marked(other.resource()), "none"},
		"sidecar injected into the pod":         {marked(owner, injected.resource()), "none"},
		"pod that writes where it may read":     {marked(owner, writes.resource()), "none"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: marked %s of the traits, want %s", name, tt.got, tt.want)
		}
	}
}

func TestStaticPodsAreJudgedOneByOne(t *testing.T) {
	server, etcd, plan := find("kube-apiserver (kubeadm)"), find("etcd (kubeadm)"), find("kube-scheduler (kubeadm)")
	if got := marked(server.resource(), etcd.resource(), plan.resource()); got != "all" {
		t.Errorf("the control plane: marked %s of the traits", got)
	}
	rogue := workload("", "Pod/kube-system/backdoor-cp", "ghcr.io/acme/shell:1", "hostNetwork", "")
	if got := marked(rogue.resource()); got != "none" {
		t.Errorf("another static pod: marked %s of the traits", got)
	}
	plan.hostPaths = server.hostPaths
	if got := marked(plan.resource()); got != "none" {
		t.Errorf("the scheduler with the server's keys: marked %s of the traits", got)
	}
}

func TestEvidenceOnAnotherResourceIsNotTheComponents(t *testing.T) {
	r := find("CoreDNS").resource()
	v := inventory.NewView(nil, []*inventory.Resource{r})
	traits := append(traitsOf(v), finding.Trait{
		ID: "service-node-port", State: finding.Present, Resource: r.UID, Weight: finding.Weight{Role: finding.Contributing},
		Evidence: []finding.Evidence{{Resource: "k8s://c/core/Service/kube-system/kube-dns", Path: "$.spec.type", Value: "NodePort"}},
	})
	if markPlatform(v, traits); slices.ContainsFunc(traits, func(t finding.Trait) bool { return t.Platform }) {
		t.Error("marked")
	}
}

func TestManifestIsRecognised(t *testing.T) {
	const manifest = `{apiVersion: apps/v1, kind: DaemonSet, metadata: {name: node-exporter, namespace: monitoring}, spec: {template: {spec: {
hostPID: true, volumes: [{name: root, hostPath: {path: /}}],
containers: [{name: e, image: "quay.io/prometheus/node-exporter:v1.12.1", volumeMounts: [{name: root, mountPath: /host, readOnly: true}]}]}}}}`
	var parsed tree.Tree
	if err := tree.DecodeYAML(&parsed, []byte(manifest), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	r, ok := k8s.Identify("c", parsed.Root())
	if !ok {
		t.Fatal("not an object")
	}
	k8s.Sanitize(parsed.Root())
	k8s.Project(r, parsed.Root())
	if got := marked(r); got != "all" {
		t.Errorf("marked %s of the traits", got)
	}
}

func TestRepository(t *testing.T) {
	for ref, want := range map[string]string{
		"":                                   "",
		"nginx":                              "docker.io/library/nginx",
		"nginx:1.29@sha256:ab":               "docker.io/library/nginx",
		"calico/node:v3":                     "docker.io/calico/node",
		"index.docker.io/calico/node":        "docker.io/calico/node",
		"quay.io/cilium/cilium@sha256:ab":    "quay.io/cilium/cilium",
		"registry.example:5000/a/b:1":        "registry.example:5000/a/b",
		"evil/registry.k8s.io/kube-proxy:v1": "docker.io/evil/registry.k8s.io/kube-proxy",
	} {
		if got := repository(ref); got != want {
			t.Errorf("repository(%q) = %q, want %q", ref, got, want)
		}
	}
}

func TestImagesOfAmazonEKS(t *testing.T) {
	for image, want := range map[string]bool{
		"602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/kube-proxy":           true,
		"918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn/eks/kube-proxy":       true,
		"013241004608.dkr.ecr.us-gov-west-1.amazonaws.com/eks/kube-proxy":       true,
		"123456789012.dkr.ecr.us-east-1.amazonaws.com/eks/kube-proxy":           false,
		"602401143452.dkr.ecr.us-east-1.amazonaws.com.example/eks/kube-proxy":   false,
		"602401143452.dkr.ecr.example/x.amazonaws.com/eks/kube-proxy":           false,
		"602401143452.dkr.ecr.us-east-1.amazonaws.com/eks/kube-proxy/malicious": false,
	} {
		if got := matchesAny(eksImages("eks/kube-proxy"), image); got != want {
			t.Errorf("%s: %v", image, got)
		}
	}
}

func TestComponentsAreWellFormed(t *testing.T) {
	for _, c := range Components() {
		if c.Name == "" || len(c.Types) == 0 || len(c.Namespaces) == 0 || !strings.HasPrefix(c.Source, "https://") {
			t.Errorf("%q: incomplete", c.Name)
		}
		for _, pattern := range slices.Concat(c.Names, c.Images) {
			if _, err := path.Match(pattern, ""); err != nil || strings.HasSuffix(pattern, "/") {
				t.Errorf("%s: bad pattern %q", c.Name, pattern)
			}
		}
		if i := slices.IndexFunc(c.Images, func(image string) bool { return repository(image) != image }); i >= 0 {
			t.Errorf("%s: %q is not a full repository", c.Name, c.Images[i])
		}
		for _, id := range hostPathTraits() {
			if allowed, needed := c.Needs[id]; needed && len(allowed) == 0 {
				t.Errorf("%s: any host path is allowed", c.Name)
			}
		}
	}
}
