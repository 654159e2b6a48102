package k8s

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// rolloutTemplate: a Rollout has a template, or names a Deployment that does (spec.workloadRef).
func rolloutTemplate(object tree.Node) []string {
	if object.Get("spec", "workloadRef").Kind() == tree.Map && !object.Get("spec", "template").Exists() {
		return nil
	}
	return []string{"spec", "template"}
}

// cronJobTemplate: an AdvancedCronJob makes Jobs or BroadcastJobs.
func cronJobTemplate(object tree.Node) []string {
	if object.Get("spec", "template", "broadcastJobTemplate").Exists() {
		return []string{"spec", "template", "broadcastJobTemplate", "spec", "template"}
	}
	return []string{"spec", "template", "jobTemplate", "spec", "template"}
}

// workflow: each template of a workflow makes pods of its own, on top of what the workflow says of all.
func workflow(a *assembly) {
	spec, path := a.object.Get("spec"), "$.spec"
	if a.r.Type == CronWorkflow {
		spec, path = spec.Get("workflowSpec"), "$.spec.workflowSpec"
	}
	if spec.Get("workflowTemplateRef").Kind() == tree.Map {
		a.partial(PartialElsewhere)
	}
	if spec.Get("podSpecPatch").Exists() {
		a.partial(PartialFields)
	}
	a.w.PodLabels = labels(spec.Get("podMetadata", "labels"))
	a.pod(spec, path)
	if account := spec.Get("serviceAccountName").Text(); account != "" {
		a.serviceAccount(account, path+".serviceAccountName")
	}
	a.workflowTemplate(spec.Get("templateDefaults"), path+".templateDefaults")
	i := 0
	for t := range spec.Get("templates").All() {
		a.workflowTemplate(t, tree.PathIndex(path+".templates", i))
		i++
	}
}

func (a *assembly) workflowTemplate(t tree.Node, path string) {
	if t.Kind() != tree.Map {
		return
	}
	if t.Get("podSpecPatch").Exists() {
		a.partial(PartialFields)
	}
	security := projectSecurity(t.Get("securityContext"))
	a.containers(t.Get("initContainers"), path+".initContainers", true, security)
	a.container(t.Get("container"), path+".container", "main", containerList{}, security)
	a.container(t.Get("script"), path+".script", "main", containerList{}, security)
	a.containers(t.Get("containerSet", "containers"), path+".containerSet.containers", false, security)
	a.containers(t.Get("sidecars"), path+".sidecars", false, security)
	a.volumes(t.Get("volumes"), path+".volumes")
	if account := t.Get("serviceAccountName").Text(); account != "" {
		a.serviceAccount(account, path+".serviceAccountName")
	}
	if automount := optBool(t.Get("automountServiceAccountToken")); automount != nil && *automount {
		a.w.Pod.AutomountToken = automount
	}
}

// tektonRun: a TaskRun or PipelineRun holds its task or pipeline, or names it.
func tektonRun(a *assembly) {
	spec := a.object.Get("spec")
	for _, at := range []string{"podTemplate", "taskRunTemplate.podTemplate", "taskPodTemplate"} {
		a.pod(spec.Get(strings.Split(at, ".")...), "$.spec."+at)
	}
	for _, at := range []string{"serviceAccountName", "taskRunTemplate.serviceAccountName"} {
		if account := spec.Get(strings.Split(at, ".")...).Text(); account != "" {
			a.w.Pod.ServiceAccount = account
			a.serviceAccount(account, "$.spec."+at)
		}
	}
	i := 0
	for own := range spec.Get("taskRunSpecs").All() {
		at := tree.PathIndex("$.spec.taskRunSpecs", i)
		a.pod(own.Get("podTemplate"), at+".podTemplate")
		if account := own.Get("serviceAccountName").Text(); account != "" {
			a.serviceAccount(account, at+".serviceAccountName")
		}
		i++
	}
	switch task, pipeline := spec.Get("taskSpec"), spec.Get("pipelineSpec"); {
	case task.Kind() == tree.Map:
		a.task(task, "$.spec.taskSpec")
	case pipeline.Kind() == tree.Map:
		a.pipeline(pipeline, "$.spec.pipelineSpec")
	default:
		a.partial(PartialElsewhere)
	}
}

// tektonDefinition: a Task or Pipeline says what runs; the run that names it says the rest of its pods.
func tektonDefinition(a *assembly) {
	spec := a.object.Get("spec")
	if a.r.Type == Pipeline {
		a.pipeline(spec, "$.spec")
		return
	}
	a.task(spec, "$.spec")
}

func (a *assembly) pipeline(spec tree.Node, path string) {
	for _, list := range []string{"tasks", "finally"} {
		i := 0
		for t := range spec.Get(list).All() {
			at := tree.PathIndex(path+"."+list, i)
			i++
			if task := t.Get("taskSpec"); task.Kind() == tree.Map {
				a.task(task, at+".taskSpec")
				continue
			}
			a.partial(PartialElsewhere)
		}
	}
}

func (a *assembly) task(spec tree.Node, path string) {
	above := projectContainer(spec.Get("stepTemplate"), path+".stepTemplate", containerList{})
	i := 0
	for n := range spec.Get("steps").All() {
		at := tree.PathIndex(path+".steps", i)
		i++
		if n.Get("ref").Kind() == tree.Map { // a StepAction
			a.partial(PartialElsewhere)
		}
		step := a.container(n, at, "", containerList{}, above.Security)
		if step == nil {
			continue
		}
		own := n.Get("securityContext")
		if above.Privileged && !own.Get("privileged").Exists() {
			step.Privileged = true
		}
		if step.AllowEscalation == nil {
			step.AllowEscalation = above.AllowEscalation
		}
		if step.ReadOnlyRoot == nil {
			step.ReadOnlyRoot = above.ReadOnlyRoot
		}
		if step.Image == "" {
			step.Image = above.Image
		}
		if !own.Get("capabilities").Exists() {
			step.Capabilities, step.Dropped, step.CapPath = above.Capabilities, above.Dropped, above.CapPath
		}
		step.Mounts = append(step.Mounts, above.Mounts...)
	}
	a.containers(spec.Get("sidecars"), path+".sidecars", false)
	a.volumes(spec.Get("volumes"), path+".volumes")
}

// strimzi: fragments of pods and containers stand in the templates of the components that an object has.
func strimzi(a *assembly) {
	spec := a.object.Get("spec")
	a.w.PodLabels = inventory.Labels{{Key: "strimzi.io/cluster", Value: a.r.Name}}
	if cluster, ok := labels(a.object.Get("metadata", "labels")).Get("strimzi.io/cluster"); ok && a.r.Type == KafkaNodePool {
		a.w.PodLabels[0].Value = cluster
	}
	a.strimziTemplate(spec.Get("template"), "$.spec.template")
	for _, component := range []string{"kafka", "zookeeper", "entityOperator", "cruiseControl", "kafkaExporter", "jmxTrans"} {
		a.strimziTemplate(spec.Get(component, "template"), "$.spec."+component+".template")
	}
}

func (a *assembly) strimziTemplate(template tree.Node, path string) {
	for n := range template.All() {
		if key := n.Key(); key == "pod" || strings.HasSuffix(key, "Pod") {
			a.pod(n, tree.Path(path, key))
		}
	}
	for n := range template.All() {
		if key := n.Key(); key == "container" || strings.HasSuffix(key, "Container") {
			a.container(n, tree.Path(path, key), strings.TrimSuffix(key, "Container"), containerList{init: key == "initContainer"})
		}
	}
}

// strimziPodSet: the pods stand in it as they are.
func strimziPodSet(a *assembly) {
	i := 0
	for pod := range a.object.Get("spec", "pods").All() {
		at := tree.PathIndex("$.spec.pods", i)
		if i == 0 {
			a.w.PodLabels = labels(pod.Get("metadata", "labels"))
		}
		a.pod(pod.Get("spec"), at+".spec")
		if account := pod.Get("spec", "serviceAccountName").Text(); account != "" {
			a.serviceAccount(account, at+".spec.serviceAccountName")
		}
		i++
	}
}

// prometheusOperator: the spec holds fields of the pod, and containers that the operator merges with its
// own by name. What the spec says of volumes and image is the main container's.
func prometheusOperator(a *assembly) {
	spec := a.object.Get("spec")
	name, own := "prometheus", "prometheus"
	switch a.r.Type {
	case Alertmanager:
		name, own = "alertmanager", "alertmanager"
	case ThanosRuler:
		name, own = "thanos-ruler", "thanos-ruler"
	case PrometheusAgent:
		name = "prometheus-agent"
	}
	a.pod(spec, "$.spec")
	a.container(spec, "$.spec", own, containerList{})
	// The labels that the operator gives its pods, which the Services for them select
	// (pkg/prometheus/server/statefulset.go, pkg/alertmanager/operator.go).
	a.w.PodLabels = withLabels(labels(spec.Get("podMetadata", "labels")), inventory.Labels{
		{Key: own, Value: a.r.Name},
		{Key: "app.kubernetes.io/instance", Value: a.r.Name},
		{Key: "app.kubernetes.io/managed-by", Value: "prometheus-operator"},
		{Key: "app.kubernetes.io/name", Value: name},
	})
	if account := spec.Get("serviceAccountName").Text(); account != "" {
		a.serviceAccount(account, "$.spec.serviceAccountName")
	}
}

// withLabels adds the labels whose keys are not there.
func withLabels(set, more inventory.Labels) inventory.Labels {
	for _, l := range more {
		if _, ok := set.Get(l.Key); !ok {
			set = append(set, l)
			slices.SortFunc(set, func(a, b inventory.Label) int { return strings.Compare(a.Key, b.Key) })
		}
	}
	return set
}
