// Package psa holds Merlon's rules to the Pod Security Standards as Kubernetes implements them: its
// fixtures of every version, and its own checks on pods that a seed makes up. A control is violated exactly
// when at least one of its traits is present.
package psa

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/policy"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// traits lists the traits of each control, by the name that Pod Security Admission gives it.
func traits() map[policy.CheckID][]string {
	return map[policy.CheckID][]string{
		"hostNamespaces":             {"host-pid", "host-ipc", "host-network"},
		"privileged":                 {"privileged-container"},
		"capabilities_baseline":      {"added-capability"},
		"capabilities_restricted":    {"capabilities-not-dropped"},
		"hostPathVolumes":            {"host-path"},
		"hostPorts":                  {"host-port"},
		"appArmorProfile":            {"apparmor-unconfined"},
		"seLinuxOptions":             {"selinux-custom"},
		"procMount":                  {"proc-mount-unmasked"},
		"procMount_restricted":       {"proc-mount-unmasked", "proc-mount-unmasked-user-namespace"},
		"sysctls":                    {"unsafe-sysctl"},
		"windowsHostProcess":         {"windows-host-process"},
		"hostProbesAndHostLifecycle": {"host-probe-or-lifecycle"},
		"seccompProfile_baseline":    {"seccomp-unconfined"},
		"seccompProfile_restricted":  {"seccomp-not-set"},
		"allowPrivilegeEscalation":   {"privilege-escalation-allowed"},
		"runAsNonRoot":               {"non-root-not-required"},
		"runAsUser":                  {"runs-as-root"},
		"restrictedVolumes":          {"restricted-volume-type"},
	}
}

// checkIn gives the check of a control that is in force in a version; nil where the control is not there
// yet.
func checkIn(c policy.Check, v rule.Version) policy.CheckPodFn {
	var check policy.CheckPodFn
	for _, versioned := range c.Versions {
		if v.AtLeast(versioned.MinimumVersion.Major(), versioned.MinimumVersion.Minor()) {
			check = versioned.CheckPod
		}
	}
	return check
}

// rules lists the rules of the standard.
func rules(t *testing.T) []*rule.Rule {
	t.Helper()
	var all []*rule.Rule
	for _, ids := range traits() {
		for _, id := range ids {
			r := catalog.Find(id)
			if r == nil {
				t.Fatalf("there is no rule %s", id)
			}
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// present lists the traits that Merlon finds in a manifest, for a version.
func present(t *testing.T, input []byte, rules []*rule.Rule, v rule.Version) map[string]bool {
	t.Helper()
	read, err := manifest.Read(t.Context(), manifest.Options{Paths: []string{"-"}, Stdin: bytes.NewReader(input), Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(read.Resources) != 1 {
		t.Fatalf("%d resources, want one pod:\n%s", len(read.Resources), input)
	}
	world := &rule.World{
		Inventory: inventory.NewView(read.Sources, read.Resources, k8s.Relate),
		Settings:  rule.Settings{KubernetesVersion: v},
	}
	found := map[string]bool{}
	for _, trait := range evaluate.Traits(world, rules).Traits {
		switch trait.State {
		case finding.Present:
			found[trait.ID] = true
		case finding.Unknown:
			t.Errorf("%s is unknown: %s", trait.ID, trait.Why.EN)
		}
	}
	return found
}

// violated reports whether one of a control's traits is among those found.
func violated(control policy.CheckID, found map[string]bool) bool {
	return slices.ContainsFunc(traits()[control], func(id string) bool { return found[id] })
}

// compare says where Merlon and Pod Security Admission differ over a pod in a version.
func compare(found map[string]bool, pod *corev1.Pod, v rule.Version) []string {
	var differ []string
	for _, control := range policy.DefaultChecks() {
		check := checkIn(control, v)
		if check == nil && control.ID == "procMount_restricted" {
			continue // until 1.34 its traits are those of procMount
		}
		want := check != nil && !check(&pod.ObjectMeta, &pod.Spec).Allowed
		if got := violated(control.ID, found); got != want {
			differ = append(differ, string(control.ID)+": violated is "+word(want)+" to Kubernetes and "+word(got)+" to Merlon")
		}
	}
	return differ
}

func word(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

// Every control of the implementation has its traits, and the other way round.
func TestEveryControlHasTraits(t *testing.T) {
	var theirs []string
	for _, control := range policy.DefaultChecks() {
		theirs = append(theirs, string(control.ID))
		if len(traits()[control.ID]) == 0 {
			t.Errorf("control %s has no trait", control.ID)
		}
	}
	for id := range traits() {
		if !slices.Contains(theirs, string(id)) {
			t.Errorf("%s is no control: %s", id, strings.Join(theirs, ", "))
		}
	}
}
