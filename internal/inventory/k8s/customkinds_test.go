package k8s

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

func projected(t *testing.T, doc string) (*inventory.Resource, *Workload, tree.Node) {
	t.Helper()
	r, root := resourceOf(t, doc)
	w, ok := r.Spec.(*Workload)
	if !ok {
		t.Fatalf("%s is %T, not a workload", r.Type, r.Spec)
	}
	return r, w, root
}

func resource(t *testing.T, doc string) *inventory.Resource {
	t.Helper()
	r, _ := resourceOf(t, doc)
	return r
}

func resourceOf(t *testing.T, doc string) (*inventory.Resource, tree.Node) {
	t.Helper()
	tr := &tree.Tree{}
	if err := tree.DecodeYAML(tr, []byte(doc), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	r, ok := Identify("files", tr.Root())
	if !ok {
		t.Fatal("it is no object")
	}
	Project(r, tr.Root())
	return r, tr.Root()
}

// summary writes what was projected: partial, then "path name image" of each container.
func summary(w *Workload) []string {
	lines := []string{string(w.Pod.Partial)}
	for _, c := range w.Pod.Containers {
		line := strings.Join([]string{c.Path, c.Name, c.Image}, " ")
		if c.Privileged {
			line += " privileged"
		}
		if c.RunAsUser != nil {
			line += fmt.Sprint(" user ", *c.RunAsUser)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestCustomKindsShowTheirPods(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		want []string
	}{
		"a Rollout": {
			`{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: a}, spec: {template: {spec: {containers: [{name: c, image: i, securityContext: {privileged: true}}]}}}}`,
			[]string{"", "$.spec.template.spec.containers[0] c i privileged"},
		},
		"a Rollout of a Deployment": {
			`{apiVersion: argoproj.io/v1alpha1, kind: Rollout, metadata: {name: a}, spec: {workloadRef: {kind: Deployment, name: a}}}`,
			[]string{"elsewhere"},
		},
		"a Workflow": {
			`{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {generateName: a-}, spec: {templates: [
{name: s, steps: [[{name: x, template: t}]]},
{name: t, securityContext: {runAsUser: 7}, container: {image: i, securityContext: {privileged: true}}, sidecars: [{name: d, image: j, securityContext: {runAsUser: 0}}]},
{name: u, script: {image: k, source: x}, initContainers: [{name: early, image: l}]}]}}`,
			[]string{
				"containers", "$.spec.templates[1].container main i privileged user 7", "$.spec.templates[1].sidecars[0] d j user 0",
				"$.spec.templates[2].initContainers[0] early l", "$.spec.templates[2].script main k",
			},
		},
		"a Workflow with a patch": {
			`{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a}, spec: {podSpecPatch: "hostPID: true", templates: []}}`,
			[]string{"fields"},
		},
		"a CronWorkflow": {
			`{apiVersion: argoproj.io/v1alpha1, kind: CronWorkflow, metadata: {name: a}, spec: {workflowSpec: {templates: [{name: t, container: {image: i}}]}}}`,
			[]string{"containers", "$.spec.workflowSpec.templates[0].container main i"},
		},
		"a Workflow of a template": {
			`{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a}, spec: {workflowTemplateRef: {name: t}}}`,
			[]string{"elsewhere"},
		},
		"a Knative Service": {
			`{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: a}, spec: {template: {spec: {containers: [{image: i}]}}}}`,
			[]string{"", "$.spec.template.spec.containers[0]  i"},
		},
		"a Knative Configuration": {
			`{apiVersion: serving.knative.dev/v1, kind: Configuration, metadata: {name: a}, spec: {template: {spec: {containers: [{image: i, securityContext: {runAsUser: 0}}]}}}}`,
			[]string{"", "$.spec.template.spec.containers[0]  i user 0"},
		},
		"a Knative Revision": {
			`{apiVersion: serving.knative.dev/v1, kind: Revision, metadata: {name: a}, spec: {containers: [{name: c, image: i}]}}`,
			[]string{"", "$.spec.containers[0] c i"},
		},
		"a Task": {
			`{apiVersion: tekton.dev/v1, kind: Task, metadata: {name: a}, spec: {stepTemplate: {image: base, securityContext: {privileged: true, runAsUser: 0}}, steps: [{name: s}, {name: t, image: i, securityContext: {privileged: false, runAsUser: 5}}], sidecars: [{name: d, image: j}]}}`,
			[]string{"elsewhere", "$.spec.steps[0] s base privileged user 0", "$.spec.steps[1] t i user 5", "$.spec.sidecars[0] d j"},
		},
		"a TaskRun with its task": {
			`{apiVersion: tekton.dev/v1, kind: TaskRun, metadata: {name: a}, spec: {taskSpec: {steps: [{name: s, image: i}]}}}`,
			[]string{"containers", "$.spec.taskSpec.steps[0] s i"},
		},
		"a TaskRun without its task": {
			`{apiVersion: tekton.dev/v1, kind: TaskRun, metadata: {name: a}, spec: {taskRef: {name: t}}}`,
			[]string{"elsewhere"},
		},
		"a Pipeline": {
			`{apiVersion: tekton.dev/v1, kind: Pipeline, metadata: {name: a}, spec: {tasks: [{name: x, taskRef: {name: t}}, {name: y, taskSpec: {steps: [{name: s, image: i}]}}], finally: [{name: z, taskSpec: {steps: [{name: e, image: j}]}}]}}`,
			[]string{"elsewhere", "$.spec.tasks[1].taskSpec.steps[0] s i", "$.spec.finally[0].taskSpec.steps[0] e j"},
		},
		"a CloneSet": {
			`{apiVersion: apps.kruise.io/v1alpha1, kind: CloneSet, metadata: {name: a}, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}`,
			[]string{"", "$.spec.template.spec.containers[0] c i"},
		},
		"an AdvancedCronJob": {
			`{apiVersion: apps.kruise.io/v1alpha1, kind: AdvancedCronJob, metadata: {name: a}, spec: {template: {broadcastJobTemplate: {spec: {template: {spec: {containers: [{name: c, image: i}]}}}}}}}`,
			[]string{"", "$.spec.template.broadcastJobTemplate.spec.template.spec.containers[0] c i"},
		},
		"a Kafka": {
			`{apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, metadata: {name: a}, spec: {kafka: {template: {pod: {securityContext: {runAsUser: 3}}, kafkaContainer: {securityContext: {privileged: true}}}}, entityOperator: {template: {topicOperatorContainer: {env: []}}}}}`,
			[]string{"fields", "$.spec.kafka.template.kafkaContainer kafka  privileged", "$.spec.entityOperator.template.topicOperatorContainer topicOperator "},
		},
		"a Prometheus": {
			`{apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: {name: a}, spec: {image: i, containers: [{name: prometheus, securityContext: {privileged: true}}]}}`,
			[]string{"fields", "$.spec.containers[0] prometheus  privileged", "$.spec prometheus i"},
		},
		"a StrimziPodSet": {
			`{apiVersion: core.strimzi.io/v1beta2, kind: StrimziPodSet, metadata: {name: a}, spec: {pods: [{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}, {spec: {containers: [{name: c, image: i}]}}]}}`,
			[]string{"", "$.spec.pods[0].spec.containers[0] c i", "$.spec.pods[1].spec.containers[0] c i"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r, w, root := projected(t, c.doc)
			if diff := cmp.Diff(c.want, summary(w)); diff != "" {
				t.Errorf("pods (-want +got):\n%s", diff)
			}
			for _, container := range w.Pod.Containers {
				if !root.Lookup(container.Path).Exists() {
					t.Errorf("the object has no %s", container.Path)
				}
			}
			if r.Namespace != "default" {
				t.Errorf("the namespace is %q", r.Namespace)
			}
		})
	}
}

func TestEveryCustomKindIsAWorkload(t *testing.T) {
	for _, kind := range customWorkloads() {
		group, name, _ := strings.Cut(strings.TrimPrefix(string(kind), "k8s/"), "/")
		r, w, _ := projected(t, fmt.Sprintf(`{apiVersion: %s/v1, kind: %s, metadata: {name: a}, spec: {}}`, group, name))
		if r.Type != kind || !IsWorkload(kind) || !slices.Contains(Workloads(), kind) {
			t.Errorf("%s is no workload", kind)
		}
		if w.Pod.Path == "" {
			t.Errorf("%s has a pod without a path", kind)
		}
		scoped, known := ClusterScoped(group, name)
		if !known || scoped != (strings.HasPrefix(name, "Cluster") || kind == SidecarSet) {
			t.Errorf("%s: cluster-scoped %v, known %v", kind, scoped, known)
		}
	}
}

func TestCustomKindsStateTheirRelations(t *testing.T) {
	r, _, _ := projected(t, `{apiVersion: argoproj.io/v1alpha1, kind: Workflow, metadata: {name: a, namespace: ns, ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: CronWorkflow, name: c, controller: true}]}, spec: {
serviceAccountName: one, volumes: [{name: v, secret: {secretName: s}}],
templates: [{name: t, serviceAccountName: two, container: {image: i, envFrom: [{secretRef: {name: e}}]}}, {name: u, container: {image: i}}]}}`)
	var got []string
	for _, rel := range r.Relations {
		got = append(got, fmt.Sprint(rel.Kind, " ", rel.To.Short(), " ", rel.Path))
	}
	want := []string{
		"owned-by ns/CronWorkflow/c $.metadata.ownerReferences[0]",
		"mounts ns/Secret/s $.spec.volumes[0].secret",
		"uses-service-account ns/ServiceAccount/one $.spec.serviceAccountName",
		"runs-image image://i $.spec.templates[0].container.image",
		"mounts ns/Secret/e $.spec.templates[0].container.envFrom[0].secretRef",
		"uses-service-account ns/ServiceAccount/two $.spec.templates[0].serviceAccountName",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("relations (-want +got):\n%s", diff)
	}
}
