package detections

import (
	"path"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// agent is a well-known workload that runs a part of the node, and needs for it what would be a way to the node anywhere
// else. It is told by its name, its namespace and the repository of each of its images, and has no more of the node than it
// needs: whatever else is called like one, or was changed, is no agent. Its command is not compared.
type agent struct {
	// names, namespaces and images are patterns; * stands for any run of characters but /, and images have a registry.
	names, namespaces, images []string
	// writes are the paths of the node that it may mount writable, with what is below them.
	writes       []string
	capabilities []string
	// privileged and hostPID say whether it needs these. Each may be in the network of its node.
	privileged, hostPID bool
}

// agents lists the add-ons of EKS and kubeadm, and the agents that most clusters have, with the images that their own
// manifests and charts name. Scan has a longer table, which holds against each the values of its fields.
func agents() []agent {
	system := []string{"kube-system"}
	return []agent{
		// It sets up the network of pods: https://github.com/aws/amazon-vpc-cni-k8s/tree/master/charts/aws-vpc-cni
		{
			names: []string{"aws-node"}, namespaces: system, privileged: true, capabilities: []string{"NET_ADMIN", "NET_RAW"},
			images: eksImages("amazon-k8s-cni", "amazon-k8s-cni-init", "amazon/aws-network-policy-agent"),
			writes: []string{"/opt/cni/bin", "/etc/cni/net.d", "/sys/fs/bpf", "/var/log/aws-routed-eni", "/var/run/aws-node", "/run/xtables.lock"},
		},
		// It writes the node's rules for Services: https://kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy/
		{
			names: []string{"kube-proxy"}, namespaces: system, privileged: true,
			images: append(eksImages("eks/kube-proxy"), "registry.k8s.io/kube-proxy"), writes: []string{"/var/log", "/run/xtables.lock"},
		},
		// They mount volumes for the kubelet: https://github.com/kubernetes-sigs/aws-ebs-csi-driver, …/aws-efs-csi-driver
		{
			names: []string{"ebs-csi-node", "efs-csi-node"}, namespaces: system, privileged: true,
			images: append(
				eksImages("eks/aws-ebs-csi-driver", "eks/aws-efs-csi-driver", "eks/csi-node-driver-registrar", "eks/livenessprobe"),
				"public.ecr.aws/ebs-csi-driver/aws-ebs-csi-driver", "public.ecr.aws/efs-csi-driver/amazon/aws-efs-csi-driver", "docker.io/amazon/aws-efs-csi-driver",
				"public.ecr.aws/csi-components/*", "public.ecr.aws/eks-distro/kubernetes-csi/*",
			),
			writes: []string{"/var/lib/kubelet", "/dev", "/var/run/efs", "/var/amazon/efs", "/etc/amazon/efs"},
		},
		// It gives pods their IAM roles: https://github.com/aws/eks-pod-identity-agent
		{names: []string{"eks-pod-identity-agent"}, namespaces: system, privileged: true, images: eksImages("eks/eks-pod-identity-agent"), capabilities: []string{"NET_BIND_SERVICE"}},
		// It sets up the network of kind's nodes: https://github.com/kubernetes-sigs/kind
		{
			names: []string{"kindnet"}, namespaces: system, images: []string{"docker.io/kindest/kindnetd"}, capabilities: []string{"NET_RAW", "NET_ADMIN"},
			writes: []string{"/etc/cni/net.d", "/run/xtables.lock"},
		},
		// It measures the node, and writes nothing: https://github.com/prometheus-operator/kube-prometheus, …/helm-charts
		{
			names:      []string{"node-exporter", "prometheus-node-exporter", "*-prometheus-node-exporter"},
			namespaces: []string{"monitoring", "prometheus", "observability", "kube-system"}, hostPID: true, capabilities: []string{"SYS_TIME"},
			images: []string{"quay.io/prometheus/node-exporter", "quay.io/brancz/kube-rbac-proxy"},
		},
		// It reads the logs of the node, and keeps how far beside them: https://github.com/fluent/helm-charts
		{
			names: []string{"fluent-bit", "*-fluent-bit"}, namespaces: []string{"logging", "fluent-bit", "monitoring", "observability", "amazon-cloudwatch", "kube-system"},
			images: []string{
				"docker.io/fluent/fluent-bit", "cr.fluentbit.io/fluent/fluent-bit", "ghcr.io/fluent/fluent-bit", "public.ecr.aws/aws-observability/aws-for-fluent-bit",
			},
			writes: []string{"/var/log", "/var/fluent-bit/state"},
		},
	}
}

// eksImages gives repositories in the registries of Amazon EKS
// (https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html). The account is the owner.
func eksImages(repositories ...string) []string {
	accounts := []string{
		"602401143452.dkr.ecr.*.amazonaws.com", "877085696533.dkr.ecr.*.amazonaws.com", "800184023465.dkr.ecr.*.amazonaws.com",
		"533267051163.dkr.ecr.*.amazonaws.com", "296578399912.dkr.ecr.*.amazonaws.com", "900889452093.dkr.ecr.*.amazonaws.com",
		"491585149902.dkr.ecr.*.amazonaws.com", "151610086707.dkr.ecr.*.amazonaws.com", "333609536671.dkr.ecr.*.amazonaws.com",
		"121268973566.dkr.ecr.*.amazonaws.com", "590381155156.dkr.ecr.*.amazonaws.com", "455263428931.dkr.ecr.*.amazonaws.com",
		"900612956339.dkr.ecr.*.amazonaws.com", "066635153087.dkr.ecr.*.amazonaws.com", "730335286997.dkr.ecr.*.amazonaws.com",
		"558608220178.dkr.ecr.*.amazonaws.com", "759879836304.dkr.ecr.*.amazonaws.com", "761377655185.dkr.ecr.*.amazonaws.com",
		"151742754352.dkr.ecr.*.amazonaws.com", "013241004608.dkr.ecr.*.amazonaws.com",
		"918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn", "961992271922.dkr.ecr.cn-northwest-1.amazonaws.com.cn",
	}
	var images []string
	for _, repository := range repositories {
		for _, account := range accounts {
			images = append(images, account+"/"+repository)
		}
	}
	return images
}

// unlessAgent gives a severity, but for a well-known agent of the node, as it is installed once in every cluster and each
// time a node joins.
func unlessAgent(a *rule.Action, otherwise finding.Severity) finding.Severity {
	w, name, namespace := madeWorkload(a)
	if w != nil && slices.ContainsFunc(agents(), func(known agent) bool { return known.is(w, name, namespace) }) {
		return finding.SeverityInformational
	}
	return otherwise
}

// madeWorkload gives the workload that a request made, where the record shows all of it, and what it is called; of a pod,
// what the workload is called that it is of.
func madeWorkload(a *rule.Action) (w *k8s.Workload, name, namespace string) {
	r, sight := a.MadeResource()
	if r == nil || sight != rule.SeenWhole {
		return nil, "", ""
	}
	if a.Object.Resource == "pods" && !(controllers(a) && a.IsDerived()) {
		return nil, "", "" // Anybody can say of a pod that a DaemonSet owns it.
	}
	n, _ := a.WorkloadUID().Kubernetes()
	w, _ = r.Spec.(*k8s.Workload)
	return w, n.Name, n.Namespace
}

func (known *agent) is(w *k8s.Workload, name, namespace string) bool {
	pod := &w.Pod
	return matches(known.names, name) && slices.Contains(known.namespaces, namespace) && !pod.HostIPC && (known.hostPID || !pod.HostPID) &&
		!slices.ContainsFunc(pod.Containers, func(c k8s.Container) bool { return !known.runs(pod, &c) })
}

// runs reports whether a container is one of an agent's.
func (known *agent) runs(pod *k8s.PodSpec, c *k8s.Container) bool {
	image := rule.ParseImage(c.Image)
	if !matches(known.images, image.Registry+"/"+image.Repository) || c.Privileged && !known.privileged || c.Ephemeral {
		return false
	}
	for _, capability := range c.Capabilities {
		if !slices.Contains(known.capabilities, capability) {
			return false
		}
	}
	for _, m := range c.Mounts {
		i := slices.IndexFunc(pod.Volumes, func(v k8s.Volume) bool { return v.Name == m.Volume })
		if i >= 0 && pod.Volumes[i].HostPath != "" && !m.ReadOnly && !known.mayWrite(pod.Volumes[i].HostPath) {
			return false
		}
	}
	return true
}

func (known *agent) mayWrite(hostPath string) bool {
	hostPath = path.Clean(hostPath)
	return slices.ContainsFunc(known.writes, func(p string) bool { return hostPath == p || strings.HasPrefix(hostPath, p+"/") })
}

func matches(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, _ := path.Match(pattern, text)
		return ok
	})
}

// setsUpMesh reports whether the one container with dangerous capabilities is the one that Istio puts into every pod of its
// mesh, which sends the pod's own traffic to the proxy
// (https://istio.io/latest/docs/ops/deployment/application-requirements/#pod-requirements).
func setsUpMesh(a *rule.Action) bool {
	r, sight := a.MadeResource()
	if r == nil || sight != rule.SeenWhole {
		return false
	}
	w, ok := r.Spec.(*k8s.Workload)
	if !ok {
		return false
	}
	images := []string{
		"docker.io/istio/proxyv2", "gcr.io/istio-release/proxyv2", "registry.istio.io/release/proxyv2", "public.ecr.aws/istio/proxyv2",
	}
	own := func(capability string) bool { return capability == "NET_ADMIN" || capability == "NET_RAW" }
	isSetUp := false
	for _, c := range w.Pod.Containers {
		if len(c.Capabilities) == 0 {
			continue
		}
		image := rule.ParseImage(c.Image)
		isOwn := c.Init && c.Name == "istio-init" && matches(images, image.Registry+"/"+image.Repository)
		if !isOwn || slices.ContainsFunc(c.Capabilities, func(capability string) bool { return !own(capability) }) {
			return false
		}
		isSetUp = true
	}
	return isSetUp && !w.Pod.HostNet
}
