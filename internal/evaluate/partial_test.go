package evaluate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// privileged is a rule over containers that a field makes present, and noUser one that a missing field does.
func privileged() *rule.Rule {
	r := hostPID()
	r.ID = "privileged"
	r.Check = rule.Each[rule.Container]{
		In:    rule.Containers,
		Where: []rule.Condition[rule.Container]{rule.If("privileged", func(c rule.Container) bool { return c.Privileged })},
		Show:  func(c rule.Container) finding.Evidence { return c.Evidence("securityContext.privileged", true) },
	}
	return r
}

func noUser() *rule.Rule {
	r := hostPID()
	r.ID = "no-user"
	r.Check = rule.Each[rule.Container]{
		In: rule.Containers,
		Where: []rule.Condition[rule.Container]{rule.If("no-user", func(c rule.Container) bool {
			return c.Container.RunAsUser == nil
		})},
		Show: func(c rule.Container) finding.Evidence { return c.Evidence("securityContext.runAsUser", nil) },
	}
	return r
}

func TestWhatAnObjectDoesNotShowIsUnknown(t *testing.T) {
	const (
		fills   = "its controller fills in parts of the pod that the object does not show"
		adds    = "its controller adds containers to the pod that the object does not show"
		another = "another object decides parts of the pod that this one does not show"
	)
	for name, c := range map[string]struct {
		yaml string
		want []string
	}{
		"a Rollout shows all": {
			"{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: a}, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}",
			[]string{"no-user present"},
		},
		"a Prometheus shows some": {
			"{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: a}, spec: {}}",
			[]string{"host-pid unknown " + fills, "no-user unknown " + fills, "privileged unknown " + fills},
		},
		"a Prometheus says what is there": {
			"{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: a}, spec: {containers: [{name: prometheus, securityContext: {privileged: true}}]}}",
			[]string{"host-pid unknown " + fills, "no-user unknown " + fills, "privileged present"},
		},
		"a Workflow's pod is its own": {
			"{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a}, spec: {templates: [{name: t, container: {image: i}}]}}",
			[]string{"no-user present", "privileged unknown " + adds},
		},
		"a Task's steps have what their template says": {
			"{apiVersion: tekton.dev/v1, kind: Task, metadata: {name: a}, spec: {stepTemplate: {securityContext: {privileged: true, runAsUser: 1}}, steps: [{name: s, image: i}]}}",
			[]string{"host-pid unknown " + another, "no-user unknown " + another, "privileged present $.spec.stepTemplate.securityContext.privileged"},
		},
		"a Workflow's containers have what its defaults say": {
			"{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a}, spec: {templateDefaults: {container: {securityContext: {privileged: true, runAsUser: 1}}}, templates: [{name: t, container: {image: i}}]}}",
			[]string{"no-user unknown " + adds, "privileged present $.spec.templateDefaults.container.securityContext.privileged"},
		},
		"a UnitedDeployment that patches a subset": {
			"{apiVersion: apps.kruise.io/v1alpha1, kind: UnitedDeployment, metadata: {name: a}, spec: {template: {cloneSetTemplate: {spec: {template: {spec: {containers: [{name: c, image: i}]}}}}}, topology: {subsets: [{name: x, patch: {}}]}}}",
			[]string{"host-pid unknown " + fills, "no-user unknown " + fills, "privileged unknown " + fills},
		},
		"a Task leaves the rest to its runs": {
			"{apiVersion: tekton.dev/v1, kind: Task, metadata: {name: a}, spec: {steps: [{name: s, image: i}]}}",
			[]string{"host-pid unknown " + another, "no-user unknown " + another, "privileged unknown " + another},
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := view(t, c.yaml)
			result := evaluate.Traits(&rule.World{Inventory: v}, []*rule.Rule{hostPID(), privileged(), noUser()})
			var got []string
			for _, trait := range result.Traits {
				line := trait.ID + " " + trait.State.String() + " " + trait.Why.EN
				if strings.Contains(name, "have what") && len(trait.Evidence) > 0 {
					line += trait.Evidence[0].Path
				}
				got = append(got, strings.TrimSpace(line))
			}
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("traits (-want +got):\n%s", diff)
			}
		})
	}
	if !slices.Contains(k8s.Workloads(), k8s.Rollout) {
		t.Error("rules over workloads do not see custom kinds")
	}
}
