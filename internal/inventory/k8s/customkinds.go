package k8s

import (
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// The custom kinds whose objects say what pods their controller makes.
const (
	Rollout                 inventory.Type = "k8s/argoproj.io/Rollout"
	Workflow                inventory.Type = "k8s/argoproj.io/Workflow"
	CronWorkflow            inventory.Type = "k8s/argoproj.io/CronWorkflow"
	WorkflowTemplate        inventory.Type = "k8s/argoproj.io/WorkflowTemplate"
	ClusterWorkflowTemplate inventory.Type = "k8s/argoproj.io/ClusterWorkflowTemplate"

	KnativeService       inventory.Type = "k8s/serving.knative.dev/Service"
	KnativeConfiguration inventory.Type = "k8s/serving.knative.dev/Configuration"
	KnativeRevision      inventory.Type = "k8s/serving.knative.dev/Revision"

	Task        inventory.Type = "k8s/tekton.dev/Task"
	ClusterTask inventory.Type = "k8s/tekton.dev/ClusterTask"
	TaskRun     inventory.Type = "k8s/tekton.dev/TaskRun"
	Pipeline    inventory.Type = "k8s/tekton.dev/Pipeline"
	PipelineRun inventory.Type = "k8s/tekton.dev/PipelineRun"
	StepAction  inventory.Type = "k8s/tekton.dev/StepAction"

	CloneSet            inventory.Type = "k8s/apps.kruise.io/CloneSet"
	AdvancedStatefulSet inventory.Type = "k8s/apps.kruise.io/StatefulSet"
	AdvancedDaemonSet   inventory.Type = "k8s/apps.kruise.io/DaemonSet"
	BroadcastJob        inventory.Type = "k8s/apps.kruise.io/BroadcastJob"
	AdvancedCronJob     inventory.Type = "k8s/apps.kruise.io/AdvancedCronJob"
	UnitedDeployment    inventory.Type = "k8s/apps.kruise.io/UnitedDeployment"
	SidecarSet          inventory.Type = "k8s/apps.kruise.io/SidecarSet"

	Kafka             inventory.Type = "k8s/kafka.strimzi.io/Kafka"
	KafkaNodePool     inventory.Type = "k8s/kafka.strimzi.io/KafkaNodePool"
	KafkaConnect      inventory.Type = "k8s/kafka.strimzi.io/KafkaConnect"
	KafkaMirrorMaker  inventory.Type = "k8s/kafka.strimzi.io/KafkaMirrorMaker"
	KafkaMirrorMaker2 inventory.Type = "k8s/kafka.strimzi.io/KafkaMirrorMaker2"
	KafkaBridge       inventory.Type = "k8s/kafka.strimzi.io/KafkaBridge"
	StrimziPodSet     inventory.Type = "k8s/core.strimzi.io/StrimziPodSet"

	Prometheus      inventory.Type = "k8s/monitoring.coreos.com/Prometheus"
	PrometheusAgent inventory.Type = "k8s/monitoring.coreos.com/PrometheusAgent"
	Alertmanager    inventory.Type = "k8s/monitoring.coreos.com/Alertmanager"
	ThanosRuler     inventory.Type = "k8s/monitoring.coreos.com/ThanosRuler"
)

// customWorkloads lists them.
func customWorkloads() []inventory.Type {
	return []inventory.Type{
		Rollout, Workflow, CronWorkflow, WorkflowTemplate, ClusterWorkflowTemplate,
		KnativeService, KnativeConfiguration, KnativeRevision,
		Task, ClusterTask, TaskRun, Pipeline, PipelineRun, StepAction,
		CloneSet, AdvancedStatefulSet, AdvancedDaemonSet, BroadcastJob, AdvancedCronJob, UnitedDeployment, SidecarSet,
		Kafka, KafkaNodePool, KafkaConnect, KafkaMirrorMaker, KafkaMirrorMaker2, KafkaBridge, StrimziPodSet,
		Prometheus, PrometheusAgent, Alertmanager, ThanosRuler,
	}
}

// IsCustomWorkload reports whether a type runs pods and is none of Kubernetes' own.
func IsCustomWorkload(t inventory.Type) bool {
	_, ok := customKindOf(t)
	return ok
}

// Partial says what of its pods a workload's object does not show; "" where it shows them whole. What is
// not shown is not known: it may be there or not.
type Partial string

// What an object may leave out.
const (
	// PartialContainers is that of an object whose pods are as it says, with containers of its controller
	// beside them.
	PartialContainers Partial = "containers"
	// PartialFields is that of an object that gives its controller some fields of pods of its making.
	PartialFields Partial = "fields"
	// PartialPlan is that of an object of a Terraform plan that is not known whole until it is applied.
	PartialPlan Partial = "plan"
	// PartialElsewhere is that of an object that leaves its pods, or part of them, to another one.
	PartialElsewhere Partial = "elsewhere"
)

// UnknownField is the member of an object of a Terraform plan that lists what of its spec is known only after apply, as
// Terraform calls it.
const UnknownField = "x-merlon-unknown"

// customKind says where the pods of a custom kind stand.
type customKind struct {
	// template gives the fields that lead to the pod's metadata and spec, as they do in a Deployment; nil for an
	// object that has no template.
	template func(object tree.Node) []string
	// parts puts together what stands in several places; nil where the template is all there is.
	parts func(*assembly)
	// partial is what objects of the kind leave out where they have no template; parts may say more of one.
	partial Partial
	// patched reports an object with a template that it changes some of its pods away from; nil for never.
	patched func(object tree.Node) bool
	// podless reports an object that makes no pod after all; nil for never.
	podless func(object tree.Node) bool
}

// customKindOf is the table. The fields are those of the projects' own API references:
//   - Argo Rollouts https://argo-rollouts.readthedocs.io/en/stable/features/specification/
//   - Argo Workflows https://argo-workflows.readthedocs.io/en/latest/fields/: the controller adds the
//     containers init and wait, whose security its own configuration decides (executor.securityContext)
//   - Knative Serving https://knative.dev/docs/serving/reference/serving-api/: the controller adds
//     queue-proxy, which is restricted in every field that a rule reads
//     (pkg/reconciler/revision/resources/queue.go, queueSecurityContext), so that nothing is unknown
//   - Tekton https://tekton.dev/docs/pipelines/: the controller adds the init containers prepare and
//     place-scripts, whose security the feature flag set-security-context decides
//   - OpenKruise https://openkruise.io/docs/: a SidecarSet adds its containers to the pods that it selects; an
//     AdvancedCronJob of ImageListPullJobs makes none
//   - Strimzi https://strimzi.io/docs/operators/latest/configuring.html, "template" properties
//   - Prometheus operator https://prometheus-operator.dev/docs/api-reference/api/
func customKindOf(t inventory.Type) (customKind, bool) {
	switch t {
	case Rollout:
		return customKind{template: rolloutTemplate, partial: PartialElsewhere}, true
	case CloneSet, AdvancedStatefulSet, AdvancedDaemonSet, BroadcastJob, KnativeService, KnativeConfiguration:
		return customKind{template: func(tree.Node) []string { return []string{"spec", "template"} }}, true
	case KnativeRevision:
		return customKind{template: func(tree.Node) []string { return []string{} }}, true
	case AdvancedCronJob:
		return customKind{template: cronJobTemplate, podless: pullsImages}, true
	case UnitedDeployment:
		return customKind{template: unitedTemplate, patched: patchesSubsets}, true
	case SidecarSet:
		return customKind{parts: func(a *assembly) { a.pod(a.object.Get("spec"), "$.spec") }, partial: PartialElsewhere}, true
	case Workflow, WorkflowTemplate, ClusterWorkflowTemplate, CronWorkflow:
		return customKind{parts: workflow, partial: PartialContainers}, true
	case TaskRun, PipelineRun:
		return customKind{parts: tektonRun, partial: PartialContainers}, true
	case Task, ClusterTask, Pipeline, StepAction:
		return customKind{parts: tektonDefinition, partial: PartialElsewhere}, true
	case Kafka, KafkaNodePool, KafkaConnect, KafkaMirrorMaker, KafkaMirrorMaker2, KafkaBridge:
		return customKind{parts: strimzi, partial: PartialFields}, true
	case StrimziPodSet:
		return customKind{parts: strimziPodSet}, true
	case Prometheus, PrometheusAgent, Alertmanager, ThanosRuler:
		return customKind{parts: prometheusOperator, partial: PartialFields}, true
	}
	return customKind{}, false
}

// customScope reports the scope of a custom kind that Merlon knows.
func customScope(group, kind string) (scoped, known bool) {
	t := inventory.KubernetesType(group, kind)
	return t == ClusterWorkflowTemplate || t == ClusterTask || t == SidecarSet, IsCustomWorkload(t)
}

// projectCustom fills in a workload of a custom kind.
func projectCustom(r *inventory.Resource, object tree.Node, kind customKind) {
	if kind.podless != nil && kind.podless(object) {
		return
	}
	if kind.template != nil {
		if template := kind.template(object); template != nil {
			projectTemplate(r, object, template)
			if w, ok := r.Spec.(*Workload); ok && kind.patched != nil && kind.patched(object) {
				w.Pod.Partial = PartialFields
			}
			return
		}
	}
	w := &Workload{Controller: controller(r, object), GenerateName: object.Get("metadata", "generateName").Text()}
	w.Pod.Partial = kind.partial
	a := &assembly{object: object, w: w, relator: relator{r: r}}
	if kind.parts != nil {
		kind.parts(a)
	}
	if w.Pod.Path == "" {
		w.Pod.Path = "$.spec"
	}
	if w.Pod.ServiceAccount == "" {
		w.Pod.ServiceAccount = "default"
	}
	r.Spec = w
}

// assembly is a workload whose pods stand in several places of its object.
type assembly struct {
	relator
	object tree.Node
	w      *Workload
}

// partial notes that the object leaves something out. More than a few containers counts before those.
func (a *assembly) partial(p Partial) {
	if a.w.Pod.Partial == "" || a.w.Pod.Partial == PartialContainers {
		a.w.Pod.Partial = p
	}
}

// pod takes everything that a node says in the fields of a pod's spec. The first one is the pod; of those
// that follow, which are other pods of the same object, the weaker setting counts, and what they say of
// security counts for their own containers.
func (a *assembly) pod(n tree.Node, path string) {
	if n.Kind() != tree.Map {
		return
	}
	p := projectPodSpec(n, path)
	a.spec(n, &p)
	into := &a.w.Pod
	if into.Path == "" {
		p.Partial = into.Partial
		if !n.Get("serviceAccountName").Exists() && !n.Get("serviceAccount").Exists() {
			p.ServiceAccount = ""
		}
		p.Containers = append(into.Containers, p.Containers...)
		p.Volumes = append(into.Volumes, p.Volumes...)
		*into = p
		return
	}
	for i := range p.Containers {
		p.Containers[i].inherit(layer{p.Security, path})
	}
	into.Containers = append(into.Containers, p.Containers...)
	into.Volumes = append(into.Volumes, p.Volumes...)
	into.Sysctls = append(into.Sysctls, p.Sysctls...)
	into.HostPID, into.HostIPC, into.HostNet = into.HostPID || p.HostPID, into.HostIPC || p.HostIPC, into.HostNet || p.HostNet
	into.ShareProcesses = into.ShareProcesses || p.ShareProcesses
	into.TokenVolume = into.TokenVolume || p.TokenVolume
	into.ToleratesEverything = into.ToleratesEverything || p.ToleratesEverything
	if p.AutomountToken != nil && *p.AutomountToken {
		into.AutomountToken = p.AutomountToken
	}
}

// layer is a securityContext that holds for several containers, and the JSONPath of what has it.
type layer struct {
	Security
	path string
}

// container takes one container. name is what it is called where it does not say that itself; above is
// what holds for it where it says nothing, the nearest first.
func (a *assembly) container(n tree.Node, path, name string, list containerList, above ...layer) *Container {
	if n.Kind() != tree.Map {
		return nil
	}
	c := projectContainer(n, path, list)
	if c.Name == "" {
		c.Name = name
	}
	for _, l := range above {
		c.inherit(l)
	}
	a.containerRelations(n, &c)
	a.w.Pod.Containers = append(a.w.Pod.Containers, c)
	return &a.w.Pod.Containers[len(a.w.Pod.Containers)-1]
}

// volumes takes a list of volumes.
func (a *assembly) volumes(list tree.Node, path string) {
	i := 0
	for n := range list.All() {
		v := projectVolume(n, tree.PathIndex(path, i))
		a.volumeRelations(n, v.Path)
		a.w.Pod.Volumes = append(a.w.Pod.Volumes, v)
		i++
	}
}

// inherit fills in what a container's own securityContext does not say.
func (c *Container) inherit(above layer) {
	if above.Security == (Security{}) {
		return
	}
	c.Above = append(c.Above, above.path)
	own := &c.Security
	if own.RunAsUser == nil {
		own.RunAsUser = above.RunAsUser
	}
	if own.RunAsNonRoot == nil {
		own.RunAsNonRoot = above.RunAsNonRoot
	}
	if own.Seccomp == (Profile{}) {
		own.Seccomp = above.Seccomp
	}
	if own.AppArmor == (Profile{}) {
		own.AppArmor = above.AppArmor
	}
	if !own.SELinux.Set {
		own.SELinux = above.SELinux
	}
	if own.HostProcess == nil {
		own.HostProcess = above.HostProcess
	}
}

// extend fills in what a container leaves to the one that its controller merges it with. own is its node.
func (a *assembly) extend(c *Container, own tree.Node, base Container) {
	c.inherit(layer{base.Security, base.Path})
	if !slices.Contains(c.Above, base.Path) {
		c.Above = append(c.Above, base.Path)
	}
	context := own.Get("securityContext")
	if !context.Get("privileged").Exists() {
		c.Privileged = base.Privileged
	}
	if c.AllowEscalation == nil {
		c.AllowEscalation = base.AllowEscalation
	}
	if c.ReadOnlyRoot == nil {
		c.ReadOnlyRoot = base.ReadOnlyRoot
	}
	if c.ProcMount == "" {
		c.ProcMount = base.ProcMount
	}
	if !context.Get("capabilities").Exists() {
		c.Capabilities, c.Dropped, c.CapPath = base.Capabilities, base.Dropped, base.CapPath
	}
	if c.Image == "" {
		c.Image = base.Image
		a.image(&base)
	}
	for i, m := range base.Mounts {
		m.At = tree.PathIndex(base.Path+".volumeMounts", i)
		c.Mounts = append(c.Mounts, m)
	}
}

// mountsOf gives the mounts that stand in a list of their own, each with its place.
func mountsOf(n tree.Node, path string) []Mount {
	mounts := projectMounts(n.Get("volumeMounts"))
	for i := range mounts {
		mounts[i].At = tree.PathIndex(path+".volumeMounts", i)
	}
	return mounts
}
