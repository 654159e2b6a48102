package correlate

import (
	"maps"
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// Components lists the platform components, each as its own project publishes it with default settings.
func Components() []Component {
	return slices.Concat(
		[]Component{awsNode(), kubeProxyEKS(), kubeProxyKubeadm(), coreDNS(), podIdentityAgent()},
		[]Component{ebsNode(), ebsController(), efsNode(), efsController(), secretsStore()},
		[]Component{calicoNode(), cilium()},
		[]Component{nodeExporter(), nodeExporterChart(), nodeProblemDetector(), nvidiaDevicePlugin()},
		[]Component{cloudWatchAgent(), cloudWatchAgentOperator(), fluentBit()},
		[]Component{apiServer(), controllerManager(), scheduler(), etcd()},
	)
}

// cloudWatchAgentType is the custom resource that the operator of Amazon CloudWatch makes DaemonSets of.
const cloudWatchAgentType inventory.Type = "k8s/cloudwatch.aws.amazon.com/AmazonCloudWatchAgent"

func daemonSet() []inventory.Type { return []inventory.Type{k8s.DaemonSet} }

func deployment() []inventory.Type { return []inventory.Type{k8s.Deployment} }

func kubeSystem() []string { return []string{"kube-system"} }

// eksImages gives repositories of Amazon EKS add-ons in every registry of Amazon EKS
// (https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html). The account is the owner, so
// the Region is left open.
func eksImages(repositories ...string) []string {
	accounts := []string{
		"602401143452", "877085696533", "800184023465", "533267051163", "296578399912", "900889452093", "491585149902",
		"151610086707", "333609536671", "121268973566", "590381155156", "455263428931", "900612956339", "066635153087",
		"730335286997", "558608220178", "759879836304", "761377655185", "151742754352", "013241004608",
	}
	var images []string
	for _, name := range repositories {
		for _, account := range accounts {
			images = append(images, account+".dkr.ecr.*.amazonaws.com/"+name)
		}
		images = append(images,
			"918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn/"+name,
			"961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn/"+name,
			"877088126301.dkr.ecr.eusc-de-east-1.amazonaws.eu/"+name)
	}
	return images
}

// cloudWatchImages gives a repository of Amazon CloudWatch: the public one, and those of China and GovCloud.
func cloudWatchImages(public, china, government, name string) []string {
	return []string{
		public + "/" + name,
		china + ".dkr.ecr.cn-north-1.amazonaws.com.cn/" + name,
		china + ".dkr.ecr.cn-northwest-1.amazonaws.com.cn/" + name,
		government + ".dkr.ecr.us-gov-east-1.amazonaws.com/" + name,
		government + ".dkr.ecr.us-gov-west-1.amazonaws.com/" + name,
	}
}

// csiImages gives sidecars of CSI drivers where AWS publishes them: by its name today, and by the one that
// the repositories of EKS Distro use.
func csiImages(names ...string) []string {
	distro := map[string]string{
		"csi-node-driver-registrar": "node-driver-registrar", "livenessprobe": "livenessprobe",
		"csi-provisioner": "external-provisioner", "csi-attacher": "external-attacher",
		"csi-snapshotter": "external-snapshotter/csi-snapshotter", "csi-resizer": "external-resizer",
	}
	var images []string
	for _, name := range names {
		images = append(images, "public.ecr.aws/csi-components/"+name, "public.ecr.aws/eks-distro/kubernetes-csi/"+distro[name])
		images = append(images, eksImages("eks/"+name)...)
	}
	return images
}

// values is what a component needs, by trait, without the paths of the node.
type values map[string][]string

// paths adds the paths of the node that a component mounts, whichever trait names them.
func (v values) paths(hostPaths ...string) map[string][]string {
	needs := maps.Clone(map[string][]string(v))
	for _, id := range hostPathTraits() {
		needs[id] = hostPaths
	}
	return needs
}

func yes() []string { return []string{"true"} }

// localProbe is the evidence of a probe that names a loopback address, as pods on the host network do.
func localProbe() []string { return []string{"127.0.0.1", "::1", "localhost"} }

// awsNode is made of the chart's templates and values. host-port is there for every declared port of a pod
// on the host network, where the API server sets it to the container's port
// (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports).
func awsNode() Component {
	return Component{
		Name: "Amazon VPC CNI (aws-node)", Types: daemonSet(), Names: []string{"aws-node"}, Namespaces: kubeSystem(),
		Images: eksImages("amazon-k8s-cni", "amazon-k8s-cni-init", "amazon/aws-network-policy-agent"),
		Needs: values{
			"host-network": yes(), "privileged-container": yes(), "host-port": {"61678", "8162"},
			"dangerous-capability": {"NET_ADMIN", "NET_RAW"},
		}.paths("/opt/cni/bin", "/etc/cni/net.d", "/sys/fs/bpf", "/var/log/aws-routed-eni", "/var/run/aws-node", "/run/xtables.lock"),
		Source: "https://github.com/aws/amazon-vpc-cni-k8s/blob/master/charts/aws-vpc-cni/templates/daemonset.yaml",
	}
}

// kubeProxyEKS is made of what eksctl keeps of a cluster that Amazon EKS made.
func kubeProxyEKS() Component {
	return Component{
		Name: "kube-proxy (Amazon EKS)", Types: daemonSet(), Names: []string{"kube-proxy"}, Namespaces: kubeSystem(),
		Images: eksImages("eks/kube-proxy"),
		Needs: values{"host-network": yes(), "privileged-container": yes()}.
			paths("/var/log", "/run/xtables.lock", "/lib/modules:ro"),
		Source: "https://github.com/eksctl-io/eksctl/blob/main/pkg/addons/default/testdata/sample-1.25.json",
	}
}

func kubeProxyKubeadm() Component {
	return Component{
		Name: "kube-proxy (kubeadm)", Types: daemonSet(), Names: []string{"kube-proxy"}, Namespaces: kubeSystem(),
		Images: []string{"registry.k8s.io/kube-proxy"},
		Needs:  values{"host-network": yes(), "privileged-container": yes()}.paths("/run/xtables.lock", "/lib/modules:ro"),
		Source: "https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/addons/proxy/manifests.go",
	}
}

// coreDNS adds NET_BIND_SERVICE, which is no weakness: it needs no contributing trait.
func coreDNS() Component {
	return Component{
		Name: "CoreDNS", Types: deployment(), Names: []string{"coredns"}, Namespaces: kubeSystem(),
		Images: append(eksImages("eks/coredns"), "registry.k8s.io/coredns/coredns"),
		Source: "https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/addons/dns/manifests.go",
	}
}

func podIdentityAgent() Component {
	return Component{
		Name: "Amazon EKS Pod Identity Agent", Types: daemonSet(), Names: []string{"eks-pod-identity-agent"}, Namespaces: kubeSystem(),
		Images: eksImages("eks/eks-pod-identity-agent"),
		Needs: map[string][]string{
			"host-network": yes(), "privileged-container": yes(), "host-port": {"80", "2703", "2705"},
			"host-probe-or-lifecycle": {"localhost"},
		},
		Source: "https://github.com/aws/eks-pod-identity-agent/blob/main/charts/eks-pod-identity-agent/templates/daemonset.yaml",
	}
}

func ebsNode() Component {
	return Component{
		Name: "Amazon EBS CSI driver, node", Types: daemonSet(), Names: []string{"ebs-csi-node"}, Namespaces: kubeSystem(),
		Images: slices.Concat(eksImages("eks/aws-ebs-csi-driver"), []string{"public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver"},
			csiImages("csi-node-driver-registrar", "livenessprobe")),
		Needs: values{"privileged-container": yes(), "runs-as-root": {"0"}}.
			paths("/var/lib/kubelet", "/var/lib/kubelet/plugins/ebs.csi.aws.com", "/var/lib/kubelet/plugins_registry", "/dev"),
		Source: "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/deploy/kubernetes/base/node.yaml",
	}
}

// ebsController needs no contributing trait.
func ebsController() Component {
	return Component{
		Name: "Amazon EBS CSI driver, controller", Types: deployment(), Names: []string{"ebs-csi-controller"}, Namespaces: kubeSystem(),
		Images: slices.Concat(eksImages("eks/aws-ebs-csi-driver"),
			[]string{"public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver", "public.ecr.aws/ebs-csi-driver/volume-modifier-for-k8s"},
			csiImages("csi-provisioner", "csi-attacher", "csi-snapshotter", "csi-resizer", "livenessprobe")),
		Source: "https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/deploy/kubernetes/base/controller.yaml",
	}
}

func efsImages() []string {
	return append(eksImages("eks/aws-efs-csi-driver"),
		"public.ecr.aws/efs-csi-driver/amazon/aws-efs-csi-driver", "docker.io/amazon/aws-efs-csi-driver")
}

func efsNode() Component {
	return Component{
		Name: "Amazon EFS CSI driver, node", Types: daemonSet(), Names: []string{"efs-csi-node"}, Namespaces: kubeSystem(),
		Images: append(efsImages(), csiImages("csi-node-driver-registrar", "livenessprobe")...),
		Needs: values{"host-network": yes(), "privileged-container": yes(), "runs-as-root": {"0"}, "host-port": {"9809"}}.
			paths("/var/lib/kubelet", "/var/lib/kubelet/plugins/efs.csi.aws.com", "/var/lib/kubelet/plugins_registry",
				"/var/run/efs", "/var/amazon/efs", "/etc/amazon/efs"),
		Source: "https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/deploy/kubernetes/base/node-daemonset.yaml",
	}
}

// efsController mounts file systems to delete the root directories of access points.
func efsController() Component {
	return Component{
		Name: "Amazon EFS CSI driver, controller", Types: deployment(), Names: []string{"efs-csi-controller"}, Namespaces: kubeSystem(),
		Images: append(efsImages(), csiImages("csi-provisioner", "livenessprobe")...),
		Needs: map[string][]string{
			"host-network": yes(), "privileged-container": yes(), "runs-as-root": {"0"}, "host-port": {"9909"},
		},
		Source: "https://github.com/kubernetes-sigs/aws-efs-csi-driver/blob/master/deploy/kubernetes/base/controller-deployment.yaml",
	}
}

// secretsStore has the name of its manifest, or the chart's after the release's.
func secretsStore() Component {
	return Component{
		Name: "Secrets Store CSI driver", Types: daemonSet(), Namespaces: kubeSystem(),
		Names: []string{"csi-secrets-store", "secrets-store-csi-driver", "*-secrets-store-csi-driver"},
		Images: []string{
			"registry.k8s.io/csi-secrets-store/driver",
			"registry.k8s.io/sig-storage/csi-node-driver-registrar", "registry.k8s.io/sig-storage/livenessprobe",
		},
		Needs: values{"privileged-container": yes()}.
			paths("/var/lib/kubelet/pods", "/var/lib/kubelet/plugins_registry", "/var/lib/kubelet/plugins/csi-secrets-store",
				"/etc/kubernetes/secrets-store-csi-providers", "/var/run/secrets-store-csi-providers"),
		Source: "https://github.com/kubernetes-sigs/secrets-store-csi-driver/blob/main/deploy/secrets-store-csi-driver.yaml",
	}
}

// calicoNode is that of the manifests. What the Tigera operator makes belongs to one Installation with the
// rest of Calico, and is not recognised.
func calicoNode() Component {
	return Component{
		Name: "Calico (calico-node)", Types: daemonSet(), Names: []string{"calico-node"}, Namespaces: kubeSystem(),
		Images: []string{"docker.io/calico/node", "docker.io/calico/cni", "quay.io/calico/node", "quay.io/calico/cni"},
		Needs: values{"host-network": yes(), "privileged-container": yes()}.
			paths("/lib/modules:ro", "/run/xtables.lock", "/var/run/calico", "/var/lib/calico", "/var/run/nodeagent",
				"/sys/fs", "/sys/fs/bpf", "/proc/1:ro", "/opt/cni/bin", "/etc/cni/net.d", "/var/log/calico/cni:ro", "/var/lib/cni/networks"),
		Source: "https://github.com/projectcalico/calico/blob/master/charts/calico/templates/calico-node.yaml",
	}
}

// cilium is the agent; its capabilities are the chart's values securityContext.capabilities
// (https://docs.cilium.io/en/stable/helm-reference/).
func cilium() Component {
	return Component{
		Name: "Cilium agent", Types: daemonSet(), Names: []string{"cilium"}, Namespaces: kubeSystem(),
		Images: []string{"quay.io/cilium/cilium"},
		Needs: values{
			"host-network": yes(), "privileged-container": yes(), "host-probe-or-lifecycle": localProbe(),
			"dangerous-capability": {
				"CHOWN", "KILL", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "SYS_MODULE", "SYS_ADMIN", "SYS_RESOURCE",
				"DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "SYS_CHROOT", "SYS_PTRACE",
			},
			"apparmor-unconfined": {"Unconfined", "unconfined"}, "selinux-custom": {"spc_t"},
		}.paths("/var/run/cilium", "/run/cilium/cgroupv2", "/var/run/netns", "/var/run/cilium/envoy/sockets", "/sys/fs/bpf",
			"/proc", "/proc/sys/net", "/proc/sys/kernel", "/opt/cni/bin", "/etc/cni/net.d", "/lib/modules:ro", "/run/xtables.lock"),
		Source: "https://github.com/cilium/cilium/blob/main/install/kubernetes/cilium/templates/cilium-agent/daemonset.yaml",
	}
}

func nodeExporter() Component {
	return Component{
		Name: "node-exporter (kube-prometheus)", Types: daemonSet(), Names: []string{"node-exporter"}, Namespaces: []string{"monitoring"},
		Images: []string{"quay.io/prometheus/node-exporter", "quay.io/brancz/kube-rbac-proxy"},
		Needs: values{
			"host-network": yes(), "host-pid": yes(), "host-port": {"9100"}, "dangerous-capability": {"SYS_TIME"},
		}.paths("/:ro", "/sys:ro"),
		Source: "https://github.com/prometheus-operator/kube-prometheus/blob/main/manifests/nodeExporter-daemonset.yaml",
	}
}

// nodeExporterChart goes wherever its release goes, and is recognised where kube-prometheus has its own.
func nodeExporterChart() Component {
	return Component{
		Name: "node-exporter (Helm chart)", Types: daemonSet(), Namespaces: []string{"monitoring"},
		Names:  []string{"prometheus-node-exporter", "*-prometheus-node-exporter"},
		Images: []string{"quay.io/prometheus/node-exporter"},
		Needs: values{"host-network": yes(), "host-pid": yes(), "host-port": {"9100"}}.
			paths("/:ro", "/proc:ro", "/sys:ro"),
		Source: "https://github.com/prometheus-community/helm-charts/blob/main/charts/prometheus-node-exporter/templates/daemonset.yaml",
	}
}

func nodeProblemDetector() Component {
	return Component{
		Name: "node-problem-detector", Types: daemonSet(), Names: []string{"node-problem-detector"}, Namespaces: kubeSystem(),
		Images: []string{"registry.k8s.io/node-problem-detector/node-problem-detector"},
		Needs:  values{"privileged-container": yes()}.paths("/var/log", "/dev/kmsg:ro", "/etc/localtime:ro"),
		Source: "https://github.com/kubernetes/kubernetes/blob/v1.36.3/cluster/addons/node-problem-detector/npd.yaml",
	}
}

// nvidiaDevicePlugin is that of the static manifest; the chart's privileges depend on its values.
func nvidiaDevicePlugin() Component {
	return Component{
		Name: "NVIDIA device plugin", Types: daemonSet(), Names: []string{"nvidia-device-plugin-daemonset"}, Namespaces: kubeSystem(),
		Images: []string{"nvcr.io/nvidia/k8s-device-plugin"},
		Needs:  values{}.paths("/var/lib/kubelet/device-plugins"),
		Source: "https://github.com/NVIDIA/k8s-device-plugin/blob/main/deployments/static/nvidia-device-plugin.yml",
	}
}

func cloudWatchAgent() Component {
	return Component{
		Name: "CloudWatch agent (Container Insights manifest)", Types: daemonSet(),
		Names: []string{"cloudwatch-agent"}, Namespaces: []string{"amazon-cloudwatch"},
		Images: []string{"public.ecr.aws/cloudwatch-agent/cloudwatch-agent"},
		Needs: values{}.paths("/:ro", "/var/run/docker.sock:ro", "/var/lib/docker:ro", "/run/containerd/containerd.sock:ro",
			"/sys:ro", "/dev/disk:ro"),
		Source: "https://github.com/aws-samples/amazon-cloudwatch-container-insights/blob/main/k8s-deployment-manifest-templates/deployment-mode/daemonset/container-insights-monitoring/cwagent/cwagent-daemonset.yaml",
	}
}

func cloudWatchAgentOperator() Component {
	return Component{
		Name: "CloudWatch agent (Amazon CloudWatch Observability)", Types: []inventory.Type{cloudWatchAgentType},
		Names: []string{"cloudwatch-agent"}, Namespaces: []string{"amazon-cloudwatch"},
		Images: cloudWatchImages("public.ecr.aws/cloudwatch-agent", "934860584483", "743662458514", "cloudwatch-agent"),
		Needs: values{"host-network": yes()}.
			paths("/:ro", "/var/run/docker.sock:ro", "/run/containerd/containerd.sock", "/var/run/crio/crio.sock:ro",
				"/var/lib/containers:ro", "/var/log/pods:ro", "/var/lib/docker:ro", "/sys:ro", "/dev/disk:ro", "/var/lib/kubelet/pod-resources"),
		Source: "https://github.com/aws-observability/helm-charts/blob/main/charts/amazon-cloudwatch-observability/templates/linux/cloudwatch-agent-custom-resource.yaml",
	}
}

func fluentBit() Component {
	return Component{
		Name: "Fluent Bit (Amazon CloudWatch)", Types: daemonSet(), Names: []string{"fluent-bit"}, Namespaces: []string{"amazon-cloudwatch"},
		Images: cloudWatchImages("public.ecr.aws/aws-observability", "128054284489", "161423150738", "aws-for-fluent-bit"),
		Needs: values{"host-network": yes()}.
			paths("/var/fluent-bit/state", "/var/log:ro", "/var/lib/docker/containers:ro", "/run/log/journal:ro", "/var/log/dmesg:ro"),
		Source: "https://github.com/aws-observability/helm-charts/blob/main/charts/amazon-cloudwatch-observability/templates/linux/fluent-bit-daemonset.yaml",
	}
}

// static is a control plane component of kubeadm: a static pod, named after its node too once it runs
// (https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/util/staticpod/utils.go).
func static(name, source string, needs map[string][]string) Component {
	needs["host-network"] = yes()
	return Component{
		Name: name + " (kubeadm)", Types: []inventory.Type{k8s.Pod}, Names: []string{name, name + "-*"}, Namespaces: kubeSystem(),
		Images: []string{"registry.k8s.io/" + name}, Needs: needs, Source: source,
	}
}

const (
	controlPlaneSource = "https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/controlplane/volumes.go"
	etcdSource         = "https://github.com/kubernetes/kubernetes/blob/v1.36.3/cmd/kubeadm/app/phases/etcd/local.go"
)

// certificates lists the mounts of keys and certificates, those included that depend on the distribution.
func certificates() []string {
	return []string{
		"/etc/kubernetes/pki:ro", "/etc/ssl/certs:ro", "/etc/pki/ca-trust:ro", "/etc/pki/tls/certs:ro",
		"/etc/ca-certificates:ro", "/usr/share/ca-certificates:ro", "/usr/local/share/ca-certificates:ro",
	}
}

// apiServer probes its own address, which is the node's: any value will do.
func apiServer() Component {
	needs := values{"host-port": {"6443"}, "host-probe-or-lifecycle": nil}
	return static("kube-apiserver", controlPlaneSource, needs.paths(certificates()...))
}

func controllerManager() Component {
	needs := values{"host-port": {"10257"}, "host-probe-or-lifecycle": localProbe()}
	return static("kube-controller-manager", controlPlaneSource,
		needs.paths(append(certificates(), "/etc/kubernetes/controller-manager.conf:ro")...))
}

func scheduler() Component {
	needs := values{"host-port": {"10259"}, "host-probe-or-lifecycle": localProbe()}
	return static("kube-scheduler", controlPlaneSource, needs.paths("/etc/kubernetes/scheduler.conf:ro"))
}

func etcd() Component {
	needs := values{"host-port": {"2381"}, "host-probe-or-lifecycle": localProbe()}
	return static("etcd", etcdSource, needs.paths("/var/lib/etcd", "/etc/kubernetes/pki/etcd"))
}
