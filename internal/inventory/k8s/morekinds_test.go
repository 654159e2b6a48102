package k8s

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/tree"
)

// details is the summary of a workload with what a container has from above: its paths, and the places of its mounts.
func details(w *Workload) []string {
	lines := summary(w)
	for i, c := range w.Pod.Containers {
		for _, at := range c.Above {
			lines[i+1] += " above " + at
		}
		for _, m := range c.Mounts {
			lines[i+1] += " mounts " + m.Volume
			if m.At != "" {
				lines[i+1] += " at " + m.At
			}
		}
	}
	return lines
}

func TestTemplatesOfWorkflows(t *testing.T) {
	const spec = `apiVersion: argoproj.io/v1alpha1, metadata: {name: a}`
	for name, c := range map[string]struct {
		doc  string
		want []string
	}{
		"a containerSet, whose mounts all of its containers have": {
			`{` + spec + `, kind: WorkflowTemplate, spec: {templates: [{name: t, volumes: [{name: v, hostPath: {path: /}}], containerSet: {volumeMounts: [{name: v, mountPath: /h}], containers: [{name: main, image: i}, {name: b, image: j, volumeMounts: [{name: w, mountPath: /w}]}]}}]}}`,
			[]string{
				"containers", "$.spec.templates[0].containerSet.containers[0] main i mounts v at $.spec.templates[0].containerSet.volumeMounts[0]",
				"$.spec.templates[0].containerSet.containers[1] b j mounts w mounts v at $.spec.templates[0].containerSet.volumeMounts[0]",
			},
		},
		"a sidecar that mounts what the main container does": {
			`{` + spec + `, kind: Workflow, spec: {templates: [{name: t, script: {image: i, source: x, volumeMounts: [{name: v, mountPath: /h}]}, sidecars: [{name: d, image: j, mirrorVolumeMounts: true}, {name: e, image: k}]}]}}`,
			[]string{
				"containers", "$.spec.templates[0].script main i mounts v", "$.spec.templates[0].sidecars[0] d j mounts v at $.spec.templates[0].script.volumeMounts[0]",
				"$.spec.templates[0].sidecars[1] e k",
			},
		},
		"defaults, which each template of the kind has": {
			`{` + spec + `, kind: ClusterWorkflowTemplate, spec: {templateDefaults: {securityContext: {runAsUser: 8}, container: {image: base, securityContext: {privileged: true}}}, templates: [{name: t, container: {}}, {name: u, script: {image: i, securityContext: {runAsUser: 9}}}]}}`,
			[]string{
				"containers", "$.spec.templates[0].container main base privileged user 8 above $.spec.templateDefaults above $.spec.templateDefaults.container",
				"$.spec.templates[1].script main i user 9 above $.spec.templateDefaults",
			},
		},
		"a securityContext of the workflow, in whose place a template has one": {
			`{` + spec + `, kind: Workflow, spec: {securityContext: {runAsUser: 0}, templates: [{name: t, container: {image: i}}, {name: u, securityContext: {fsGroup: 1}, container: {image: i}}]}}`,
			[]string{"containers", "$.spec.templates[0].container main i user 0 above $.spec", "$.spec.templates[1].container main i"},
		},
		"templates in the steps and tasks that run them": {
			`{` + spec + `, kind: Workflow, spec: {templates: [{name: t, steps: [[{name: x, template: u}], [{name: y, inline: {container: {image: i, securityContext: {privileged: true}}}}]]}, {name: u, dag: {tasks: [{name: z, inline: {script: {image: j}}}]}}]}}`,
			[]string{"containers", "$.spec.templates[0].steps[1][0].inline.container main i privileged", "$.spec.templates[1].dag.tasks[0].inline.script main j"},
		},
		"a template of another object": {
			`{` + spec + `, kind: Workflow, spec: {templates: [{name: t, steps: [[{name: x, templateRef: {name: w, template: u}}]]}]}}`, []string{"elsewhere"},
		},
		"a hook of another object": {
			`{` + spec + `, kind: Workflow, spec: {hooks: {exit: {templateRef: {name: w, template: u}}}, templates: []}}`, []string{"elsewhere"},
		},
		"an object made from text": {
			`{` + spec + `, kind: Workflow, spec: {templates: [{name: t, resource: {action: create, manifest: x}}]}}`, []string{"elsewhere"},
		},
		"a patch of one template": {
			`{` + spec + `, kind: CronWorkflow, spec: {workflowSpec: {templates: [{name: t, podSpecPatch: x, container: {image: i}}]}}}`,
			[]string{"fields", "$.spec.workflowSpec.templates[0].container main i"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, w, _ := projected(t, c.doc)
			if diff := cmp.Diff(c.want, details(w)); diff != "" {
				t.Errorf("pods (-want +got):\n%s", diff)
			}
		})
	}
}

func TestKindsOfTekton(t *testing.T) {
	for name, c := range map[string]struct {
		doc  string
		want []string
	}{
		"a StepAction": {
			`{apiVersion: tekton.dev/v1beta1, kind: StepAction, metadata: {name: a}, spec: {image: i, securityContext: {privileged: true}}}`,
			[]string{"elsewhere", "$.spec step i privileged"},
		},
		"a Task with a StepAction": {
			`{apiVersion: tekton.dev/v1, kind: Task, metadata: {name: a}, spec: {steps: [{name: s, ref: {name: x}}]}}`, []string{"elsewhere", "$.spec.steps[0] s "},
		},
		"a ClusterTask": {
			`{apiVersion: tekton.dev/v1beta1, kind: ClusterTask, metadata: {name: a}, spec: {steps: [{image: i}]}}`, []string{"elsewhere", "$.spec.steps[0]  i"},
		},
		"a step template with mounts": {
			`{apiVersion: tekton.dev/v1, kind: TaskRun, metadata: {name: a}, spec: {taskSpec: {stepTemplate: {volumeMounts: [{name: v, mountPath: /v}]}, steps: [{name: s, image: i}], volumes: [{name: v, hostPath: {path: /}}]}}}`,
			[]string{"containers", "$.spec.taskSpec.steps[0] s i above $.spec.taskSpec.stepTemplate mounts v at $.spec.taskSpec.stepTemplate.volumeMounts[0]"},
		},
		"a PipelineRun with its pipeline, and one in that": {
			`{apiVersion: tekton.dev/v1, kind: PipelineRun, metadata: {name: a}, spec: {pipelineSpec: {tasks: [{name: x, taskSpec: {steps: [{name: s, image: i}]}}, {name: y, pipelineSpec: {tasks: [{name: z, taskSpec: {steps: [{name: u, image: j}]}}]}}]}}}`,
			[]string{"containers", "$.spec.pipelineSpec.tasks[0].taskSpec.steps[0] s i", "$.spec.pipelineSpec.tasks[1].pipelineSpec.tasks[0].taskSpec.steps[0] u j"},
		},
		"a task of another controller": {
			`{apiVersion: tekton.dev/v1, kind: PipelineRun, metadata: {name: a}, spec: {pipelineSpec: {tasks: [{name: x, taskSpec: {apiVersion: example.com/v1, kind: Loop, spec: {}}}]}}}`,
			[]string{"elsewhere"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, w, _ := projected(t, c.doc)
			if diff := cmp.Diff(c.want, details(w)); diff != "" {
				t.Errorf("pods (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRunsOfTektonSayWhatTheirPodsAre(t *testing.T) {
	for version, spec := range map[string]string{
		"v1":       `{taskRunTemplate: {serviceAccountName: one, podTemplate: {hostNetwork: true}}, taskRunSpecs: [{pipelineTaskName: x, serviceAccountName: two, podTemplate: {volumes: [{name: v, secret: {secretName: s}}]}}], pipelineSpec: {tasks: []}}`,
		"v1beta1":  `{serviceAccountName: one, podTemplate: {hostNetwork: true}, taskRunSpecs: [{pipelineTaskName: x, taskServiceAccountName: two, taskPodTemplate: {volumes: [{name: v, secret: {secretName: s}}]}}], pipelineSpec: {tasks: []}}`,
		"v1alpha1": `{serviceAccountName: one, podTemplate: {hostNetwork: true, volumes: [{name: v, secret: {secretName: s}}]}, serviceAccountNames: [{taskName: x, serviceAccountName: two}], pipelineSpec: {tasks: []}}`,
	} {
		r, w, _ := projected(t, `{apiVersion: tekton.dev/`+version+`, kind: PipelineRun, metadata: {name: a, namespace: ns}, spec: `+spec+`}`)
		var got []string
		for _, rel := range r.Relations {
			got = append(got, fmt.Sprint(rel.Kind, " ", rel.To.Short()))
		}
		for _, want := range []string{"uses-service-account ns/ServiceAccount/one", "uses-service-account ns/ServiceAccount/two", "mounts ns/Secret/s"} {
			found := false
			for _, g := range got {
				found = found || g == want
			}
			if !found {
				t.Errorf("%s: there is no %s among %v", version, want, got)
			}
		}
		if !w.Pod.HostNet || w.Pod.ServiceAccount != "one" || len(w.Pod.Volumes) != 1 {
			t.Errorf("%s: the pod is %+v", version, w.Pod)
		}
	}
}

func TestKindsOfKruise(t *testing.T) {
	const container = `containers: [{name: c, image: i, securityContext: {privileged: true}}]`
	for name, c := range map[string]struct {
		doc  string
		want []string
	}{
		"an Advanced StatefulSet": {
			`{apiVersion: apps.kruise.io/v1beta1, kind: StatefulSet, metadata: {name: a}, spec: {template: {metadata: {labels: {a: b}}, spec: {` + container + `}}}}`,
			[]string{"", "$.spec.template.spec.containers[0] c i privileged"},
		},
		"an Advanced DaemonSet": {
			`{apiVersion: apps.kruise.io/v1alpha1, kind: DaemonSet, metadata: {name: a}, spec: {template: {spec: {` + container + `}}}}`,
			[]string{"", "$.spec.template.spec.containers[0] c i privileged"},
		},
		"a BroadcastJob": {
			`{apiVersion: apps.kruise.io/v1alpha1, kind: BroadcastJob, metadata: {name: a}, spec: {template: {spec: {` + container + `}}}}`,
			[]string{"", "$.spec.template.spec.containers[0] c i privileged"},
		},
		"an AdvancedCronJob of Jobs": {
			`{apiVersion: apps.kruise.io/v1alpha1, kind: AdvancedCronJob, metadata: {name: a}, spec: {template: {jobTemplate: {spec: {template: {spec: {` + container + `}}}}}}}`,
			[]string{"", "$.spec.template.jobTemplate.spec.template.spec.containers[0] c i privileged"},
		},
		"a UnitedDeployment of StatefulSets": {
			`{apiVersion: apps.kruise.io/v1alpha1, kind: UnitedDeployment, metadata: {name: a}, spec: {template: {advancedStatefulSetTemplate: {spec: {template: {spec: {` + container + `}}}}}, topology: {subsets: [{name: x}]}}}`,
			[]string{"", "$.spec.template.advancedStatefulSetTemplate.spec.template.spec.containers[0] c i privileged"},
		},
		"a SidecarSet": {
			`{apiVersion: apps.kruise.io/v1beta1, kind: SidecarSet, metadata: {name: a}, spec: {` + container + `, initContainers: [{name: d, image: j}]}}`,
			[]string{"elsewhere", "$.spec.initContainers[0] d j", "$.spec.containers[0] c i privileged"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, w, _ := projected(t, c.doc)
			if diff := cmp.Diff(c.want, summary(w)); diff != "" {
				t.Errorf("pods (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("an AdvancedCronJob that pulls images", func(t *testing.T) {
		if r := resource(t, `{apiVersion: apps.kruise.io/v1beta1, kind: AdvancedCronJob, metadata: {name: a}, spec: {template: {imageListPullJobTemplate: {spec: {images: [i]}}}}}`); r.Spec != nil {
			t.Errorf("it makes pods: %+v", r.Spec)
		}
	})
}

func TestFragmentsOfPods(t *testing.T) {
	const pod = `template: {pod: {securityContext: {runAsUser: 3}, volumes: [{name: v, secret: {secretName: s}}]}`
	for name, c := range map[string]struct {
		doc  string
		want []string
	}{
		"a KafkaConnect, and the build of its image": {
			`{apiVersion: kafka.strimzi.io/v1beta2, kind: KafkaConnect, metadata: {name: a}, spec: {` + pod + `, connectContainer: {securityContext: {privileged: true}, volumeMounts: [{name: v, mountPath: /v}]}, buildContainer: {env: []}}}}`,
			[]string{"fields", "$.spec.template.connectContainer connect  privileged mounts v", "$.spec.template.buildContainer build "},
		},
		"a Kafka whose components run as several users": {
			`{apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, metadata: {name: a}, spec: {kafka: {template: {pod: {securityContext: {runAsUser: 1}}, kafkaContainer: {env: []}}}, entityOperator: {template: {pod: {securityContext: {runAsUser: 0}}, topicOperatorContainer: {env: []}}}}}`,
			[]string{
				"fields", "$.spec.kafka.template.kafkaContainer kafka ", "$.spec.entityOperator.template.pod   user 0",
				"$.spec.entityOperator.template.topicOperatorContainer topicOperator  user 0 above $.spec.entityOperator.template.pod",
			},
		},
		"a KafkaNodePool": {
			`{apiVersion: kafka.strimzi.io/v1, kind: KafkaNodePool, metadata: {name: a, labels: {strimzi.io/cluster: k}}, spec: {` + pod + `, initContainer: {env: []}, kafkaContainer: {env: []}}}}`,
			[]string{"fields", "$.spec.template.initContainer init ", "$.spec.template.kafkaContainer kafka "},
		},
		"a KafkaBridge":       {`{apiVersion: kafka.strimzi.io/v1beta2, kind: KafkaBridge, metadata: {name: a}, spec: {` + pod + `, bridgeContainer: {env: []}}}}`, []string{"fields", "$.spec.template.bridgeContainer bridge "}},
		"a KafkaMirrorMaker2": {`{apiVersion: kafka.strimzi.io/v1beta2, kind: KafkaMirrorMaker2, metadata: {name: a}, spec: {` + pod + `, connectContainer: {env: []}}}}`, []string{"fields", "$.spec.template.connectContainer connect "}},
		"a KafkaMirrorMaker":  {`{apiVersion: kafka.strimzi.io/v1beta2, kind: KafkaMirrorMaker, metadata: {name: a}, spec: {` + pod + `, mirrorMakerContainer: {env: []}}}}`, []string{"fields", "$.spec.template.mirrorMakerContainer mirrorMaker "}},
		"a Kafka with all of its components": {
			`{apiVersion: kafka.strimzi.io/v1beta2, kind: Kafka, metadata: {name: a}, spec: {kafka: {` + pod + `, kafkaContainer: {env: []}}}, zookeeper: {template: {zookeeperContainer: {env: []}}}, cruiseControl: {template: {cruiseControlContainer: {env: []}}}, kafkaExporter: {template: {container: {env: []}}}, entityOperator: {template: {userOperatorContainer: {env: []}, tlsSidecarContainer: {env: []}}}}}`,
			[]string{
				"fields", "$.spec.kafka.template.kafkaContainer kafka ", "$.spec.zookeeper.template.zookeeperContainer zookeeper ",
				"$.spec.entityOperator.template.userOperatorContainer userOperator ", "$.spec.entityOperator.template.tlsSidecarContainer tlsSidecar ",
				"$.spec.cruiseControl.template.cruiseControlContainer cruiseControl ", "$.spec.kafkaExporter.template.container container ",
			},
		},
		"a PrometheusAgent": {
			`{apiVersion: monitoring.coreos.com/v1alpha1, kind: PrometheusAgent, metadata: {name: a}, spec: {hostNetwork: true, image: i, volumeMounts: [{name: v, mountPath: /v}]}}`,
			[]string{"fields", "$.spec prometheus i mounts v"},
		},
		"an Alertmanager": {
			`{apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, metadata: {name: a}, spec: {image: i, initContainers: [{name: x, image: j}], containers: [{name: alertmanager, securityContext: {runAsUser: 0}}]}}`,
			[]string{"fields", "$.spec.initContainers[0] x j", "$.spec.containers[0] alertmanager  user 0", "$.spec alertmanager i"},
		},
		"a ThanosRuler": {
			`{apiVersion: monitoring.coreos.com/v1, kind: ThanosRuler, metadata: {name: a}, spec: {securityContext: {runAsUser: 0}}}`,
			[]string{"fields", "$.spec thanos-ruler  user 0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, w, _ := projected(t, c.doc)
			if diff := cmp.Diff(c.want, details(w)); diff != "" {
				t.Errorf("pods (-want +got):\n%s", diff)
			}
			if name != "an Alertmanager" && name != "a PrometheusAgent" && (w.Pod.RunAsUser == nil || len(w.PodLabels) == 0) {
				t.Errorf("the pod is %+v", w.Pod)
			}
		})
	}
}

// FuzzCustomKinds projects any spec as that of each custom kind: no panic, and every container and every place that it
// has something from is in the object.
func FuzzCustomKinds(f *testing.F) {
	for _, seed := range []string{
		`{"templates":[{"container":{"image":"i"},"steps":[[{"inline":{"script":{}}}]],"sidecars":[{"mirrorVolumeMounts":true}]}],"templateDefaults":{"container":{},"securityContext":{}},"securityContext":{"runAsUser":1}}`,
		`{"taskSpec":{"stepTemplate":{"volumeMounts":[{"name":"v"}]},"steps":[{},null,3]},"pipelineSpec":{"tasks":[{"pipelineSpec":{"tasks":[]}}]},"taskRunSpecs":[{"taskPodTemplate":{"volumes":[{}]}}]}`,
		`{"kafka":{"template":{"pod":{"securityContext":{}},"kafkaContainer":{}}},"zookeeper":{"template":{"pod":{"securityContext":{"runAsUser":0}}}},"pods":[{"spec":{}}],"template":{"jobTemplate":{}}}`,
		`{"template":{"imageListPullJobTemplate":{},"cloneSetTemplate":3},"topology":{"subsets":[{"patch":1}]},"workloadRef":{}}`, `[]`, `null`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		for _, kind := range customWorkloads() {
			group, name, _ := strings.Cut(strings.TrimPrefix(string(kind), "k8s/"), "/")
			var tr tree.Tree
			if tree.DecodeJSON(&tr, fmt.Appendf(nil, `{"apiVersion":"%s/v1","kind":"%s","metadata":{"name":"a"},"spec":%s}`, group, name, spec), 1, tree.Limits{}) != nil {
				return
			}
			r, ok := Identify("files", tr.Root())
			if !ok {
				return
			}
			Project(r, tr.Root())
			w, ok := r.Spec.(*Workload)
			if !ok {
				continue
			}
			for _, c := range w.Pod.Containers {
				for _, at := range append([]string{c.Path}, c.Above...) {
					if !tr.Root().Lookup(at).Exists() {
						t.Errorf("%s: the object has no %s", kind, at)
					}
				}
			}
		}
	})
}
