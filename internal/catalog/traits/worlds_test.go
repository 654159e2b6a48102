package traits

import (
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// What decides beside the resource itself: the settings of a run, and what else is in the inventory.

func TestPoliciesOfAnotherCluster(t *testing.T) {
	types := []inventory.Type{k8s.NetworkPolicy, k8s.Namespace, validatingAdmissionPolicy}
	all := view(t, documents(namespace("privileged"), deployment(calm),
		"apiVersion: cilium.io/v2\nkind: CiliumClusterwideNetworkPolicy\nmetadata: {name: p}\nspec: {}\n",
		"apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: {name: p}\nspec: {}\n"), types...)
	var resources []*inventory.Resource
	var on *inventory.Resource
	for kind := range all.Types() {
		for r := range all.OfType(kind) {
			moved := *r
			if r.Name == "p" {
				moved.Cluster = "other"
			}
			if r.Type == k8s.Deployment {
				on = &moved
			}
			resources = append(resources, &moved)
		}
	}
	sources := []inventory.Source{{Kind: "kubernetes", Cluster: "files", Complete: types}}
	w := &rule.World{Inventory: inventory.NewView(sources, resources, k8s.Relate)}
	for _, r := range []*rule.Rule{&NoDefaultDenyIngress, &PodSecurityNotEnforced} {
		if got := r.Match(w, on); got.State != finding.Present {
			t.Errorf("%s is %s: %s", r.ID, got.State, got.Why.EN)
		}
	}
}

func TestImagesByAge(t *testing.T) {
	const old = "containers:\n- name: app\n  image: registry.example/app:1.4\n"
	owned := "apiVersion: apps/v1\nkind: ReplicaSet\nmetadata:\n  name: before\n  namespace: shop\n" +
		"  ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: example, controller: true}]\nspec:\n" + selected + template + indent(old, 6)
	current := deployment("containers:\n- name: app\n  image: registry.example/app:1.5\n")
	for _, c := range []struct {
		name, input string
		on          inventory.Type
		age         time.Duration
		want        finding.State
	}{
		{"a newer version, and no limit", documents(deployment(old), alsoRuns("registry.example/app:1.5")), k8s.Deployment, 0, finding.Present},
		{"a newer version, and a limit", documents(deployment(old), alsoRuns("registry.example/app:1.5")), k8s.Deployment, time.Hour, finding.Present},
		{"no newer version, and no limit", deployment(old), k8s.Deployment, 0, finding.Absent},
		{"no newer version, and a limit", deployment(old), k8s.Deployment, time.Hour, finding.Unknown},
		{"what a Deployment ran before it was changed", documents(current, owned), k8s.ReplicaSet, 0, finding.Absent},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &rule.World{Inventory: view(t, c.input), Settings: rule.Settings{MaxImageAge: c.age}}
			for r := range w.Inventory.OfType(c.on) {
				if got := ImageOutdated.Match(w, r).State; got != c.want {
					t.Errorf("it is %s, want %s", got, c.want)
				}
			}
		})
	}
}

// An annotation counts by its whole key: a container with the name of another annotation changes nothing.
func TestSeccompAnnotationsBeforeTheField(t *testing.T) {
	const other = "container.apparmor.security.beta.kubernetes.io/app"
	for _, c := range []struct {
		annotation, container string
		want                  finding.State
	}{
		{"seccomp.security.alpha.kubernetes.io/pod", "app", finding.Present},
		{"container.seccomp.security.alpha.kubernetes.io/app", "app", finding.Present},
		{"container.seccomp.security.alpha.kubernetes.io/gone", "app", finding.Absent},
		{other, other, finding.Absent},
	} {
		input := podWithAnnotation(c.annotation+": unconfined", "containers:\n- {name: "+c.container+", image: app:1}\n")
		w := &rule.World{Inventory: view(t, input), Settings: inVersion(18)}
		for r := range w.Inventory.OfType(k8s.Pod) {
			if got := SeccompUnconfined.Match(w, r).State; got != c.want {
				t.Errorf("with %s for %s it is %s, want %s", c.annotation, c.container, got, c.want)
			}
		}
	}
}

func TestWeightOfALoadBalancer(t *testing.T) {
	for ranges, want := range map[string]finding.Role{
		"": finding.Contributing, "loadBalancerSourceRanges: [0.0.0.0/0]\n": finding.Contributing,
		"loadBalancerSourceRanges: [203.0.113.0/24]\n": finding.Contextual,
	} {
		input := service("service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing\n", "type: LoadBalancer\n"+ranges)
		if got := match(t, &ServiceLoadBalancerPublic, input); got.Weight == nil || got.Weight.Role != want || got.Weight.Likelihood != finding.LikelihoodLow {
			t.Errorf("with %q it weighs %+v, want %s", ranges, got.Weight, want)
		}
	}
}

// A volume behind a claim makes an exposure where no other rule says all there is to say of it.
func TestWeightOfAVolumeBehindAClaim(t *testing.T) {
	for _, c := range []struct {
		path, mount string
		want        finding.Role
	}{
		{"/mnt/data", "", finding.Contributing},
		{"/mnt/data", ", readOnly: true", finding.Contextual},
		{"/etc", "", finding.Contextual},
		{"/run/xtables.lock", "", finding.Contributing},
		{"/var/snap/microk8s/common/run", "", finding.Contextual},
	} {
		claiming := pod(`
containers:
- name: app
  image: registry.example/app:1.4
  volumeMounts: [{name: data, mountPath: /data` + c.mount + `}]
volumes:
- name: data
  persistentVolumeClaim: {claimName: data}
`)
		input := documents(claiming, claimFor("data", "volumeName: data-1\n"), nodeVolume("data-1", "hostPath: {path: "+c.path+"}\n"))
		got := match(t, &PersistentVolumeHostPath, input)
		if got.State != finding.Present || got.Weight == nil || got.Weight.Role != c.want {
			t.Errorf("%s%s is %s with weight %+v, want %s", c.path, c.mount, got.State, got.Weight, c.want)
		}
	}
}

// Of a plan it may not be known yet who reaches a Service; what it knows counts all the same.
func TestADashboardWhoseServiceIsNotSettled(t *testing.T) {
	for kind, want := range map[string]finding.State{"ClusterIP": finding.Unknown, "NodePort": finding.Present} {
		v := view(t, documents(listening("prom/prometheus:v3"), service("", "type: "+kind+"\n")))
		for s := range v.OfType(k8s.Service) {
			s.Spec.(*k8s.ServiceSpec).Unsettled = true
		}
		for on := range v.OfType(k8s.Deployment) {
			if got := DashboardExposed.Match(&rule.World{Inventory: v}, on).State; got != want {
				t.Errorf("behind a Service of type %s it is %s, want %s", kind, got, want)
			}
		}
	}
}

// A volume weighs by the mounts that reach something, not by others of the same volume.
func TestWeightOfAVolumeWithTwoMounts(t *testing.T) {
	input := func(path, first, second string) string {
		return pod(`
containers:
- name: first
  image: registry.example/app:1.4
  securityContext: {runAsNonRoot: true}
  volumeMounts: [{name: host, mountPath: /host, readOnly: true` + first + `}]
- name: second
  image: registry.example/app:1.4
  volumeMounts: [{name: host, mountPath: /host` + second + `}]
volumes:
- name: host
  hostPath: {path: ` + path + `}
`)
	}
	wantWeight(t, match(t, &SensitiveHostPath, input("/var", ", subPath: log", ", subPath: www")), finding.LikelihoodModerate, finding.ImpactMedium)
	wantWeight(t, match(t, &SensitiveHostPath, input("/var", ", subPath: log", ", subPath: spool/cron")), finding.LikelihoodModerate, finding.ImpactHigh)
	wantWeight(t, match(t, &ContainerRuntimeSocket, input("/run", "", ", subPath: secrets")), finding.LikelihoodModerate, finding.ImpactMedium)
	wantWeight(t, match(t, &ContainerRuntimeSocket, input("/run", "", "")), finding.LikelihoodModerate, finding.ImpactHigh)
}
