package k8s

import (
	"strings"

	"github.com/merlonsec/merlon/internal/tree"
)

// tektonRun: a TaskRun or PipelineRun holds its task or pipeline, or names it.
func tektonRun(a *assembly) {
	spec := a.object.Get("spec")
	for _, at := range []string{"podTemplate", "taskRunTemplate.podTemplate"} {
		a.pod(spec.Get(strings.Split(at, ".")...), "$.spec."+at)
	}
	for _, at := range []string{"serviceAccountName", "taskRunTemplate.serviceAccountName"} {
		if account := spec.Get(strings.Split(at, ".")...).Text(); account != "" {
			a.w.Pod.ServiceAccount = account
			a.serviceAccount(account, "$.spec."+at)
		}
	}
	// For single tasks: the fields of v1, then those of v1beta1; and the list of v1alpha1.
	for _, list := range []string{"taskRunSpecs", "serviceAccountNames"} {
		i := 0
		for own := range spec.Get(list).All() {
			at := tree.PathIndex("$.spec."+list, i)
			i++
			for _, field := range []string{"podTemplate", "taskPodTemplate"} {
				a.pod(own.Get(field), at+"."+field)
			}
			for _, field := range []string{"serviceAccountName", "taskServiceAccountName"} {
				if account := own.Get(field).Text(); account != "" {
					a.serviceAccount(account, at+"."+field)
				}
			}
		}
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

// tektonDefinition: a Task, StepAction or Pipeline says what runs; the run that names it says the rest of its pods.
func tektonDefinition(a *assembly) {
	spec := a.object.Get("spec")
	switch a.r.Type {
	case Pipeline:
		a.pipeline(spec, "$.spec")
	case StepAction:
		a.container(spec, "$.spec", "step", containerList{})
	default:
		a.task(spec, "$.spec")
	}
}

func (a *assembly) pipeline(spec tree.Node, path string) {
	for _, list := range []string{"tasks", "finally"} {
		i := 0
		for t := range spec.Get(list).All() {
			at := tree.PathIndex(path+"."+list, i)
			i++
			task, pipeline := t.Get("taskSpec"), t.Get("pipelineSpec")
			switch {
			case task.Kind() == tree.Map && !task.Get("kind").Exists():
				a.task(task, at+".taskSpec")
			case pipeline.Kind() == tree.Map:
				a.pipeline(pipeline, at+".pipelineSpec")
			default: // names a task, or holds one for another controller, which has a kind
				a.partial(PartialElsewhere)
			}
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
		if step := a.container(n, at, "", containerList{}); step != nil && spec.Get("stepTemplate").Kind() == tree.Map {
			a.extend(step, n, above)
		}
	}
	i = 0
	for n := range spec.Get("sidecars").All() {
		a.container(n, tree.PathIndex(path+".sidecars", i), "", containerList{})
		i++
	}
	a.volumes(spec.Get("volumes"), path+".volumes")
}
