package k8s

import "github.com/merlonsec/merlon/internal/tree"

// workflowLayers is what a workflow says for all of its templates.
type workflowLayers struct {
	// pod is its securityContext, which a template's own takes the place of.
	pod layer
	// defaults is templateDefaults, which each template is merged with, and at its path.
	defaults tree.Node
	at       string
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
	a.workflowPatch(spec)
	a.w.PodLabels = labels(spec.Get("podMetadata", "labels"))
	a.pod(spec, path)
	a.workflowAccounts(spec, path)
	for hook := range spec.Get("hooks").All() {
		a.templateRef(hook)
	}
	above := workflowLayers{defaults: spec.Get("templateDefaults"), at: path + ".templateDefaults"}
	a.workflowPatch(above.defaults)
	if spec.Get("securityContext").Kind() == tree.Map && ownSecurity(spec) {
		above.pod = layer{a.w.Pod.Security, path}
		a.w.Pod.Security = Security{}
	}
	i := 0
	for t := range spec.Get("templates").All() {
		a.workflowTemplate(t, tree.PathIndex(path+".templates", i), above)
		i++
	}
}

// ownSecurity reports whether templates of a workflow have a securityContext for their pods, in the place of the
// workflow's.
func ownSecurity(spec tree.Node) bool {
	if spec.Get("templateDefaults", "securityContext").Kind() == tree.Map {
		return true
	}
	for t := range spec.Get("templates").All() {
		if t.Get("securityContext").Kind() == tree.Map {
			return true
		}
	}
	return false
}

// workflowPatch notes a patch of the pod in text, which is applied last.
func (a *assembly) workflowPatch(n tree.Node) {
	if n.Get("podSpecPatch").Exists() {
		a.partial(PartialFields)
	}
}

// workflowAccounts states whose tokens the pods have: executor names one for the controller's containers.
func (a *assembly) workflowAccounts(n tree.Node, path string) {
	for _, at := range [][]string{{"serviceAccountName"}, {"executor", "serviceAccountName"}} {
		field := path
		for _, key := range at {
			field = tree.Path(field, key)
		}
		if account := n.Get(at...).Text(); account != "" {
			a.serviceAccount(account, field)
		}
	}
}

// templateRef notes a template of another object.
func (a *assembly) templateRef(n tree.Node) {
	if n.Get("templateRef").Kind() == tree.Map {
		a.partial(PartialElsewhere)
	}
}

func (a *assembly) workflowTemplate(t tree.Node, path string, above workflowLayers) {
	if t.Kind() != tree.Map {
		return
	}
	a.workflowPatch(t)
	if t.Get("resource").Kind() == tree.Map { // makes an object from text
		a.partial(PartialElsewhere)
	}
	var layers []layer
	for _, l := range []struct {
		n    tree.Node
		path string
	}{{t, path}, {above.defaults, above.at}} {
		if l.n.Get("securityContext").Kind() == tree.Map {
			layers = append(layers, layer{projectSecurity(l.n.Get("securityContext")), l.path})
		}
	}
	if len(layers) == 0 {
		layers = append(layers, above.pod)
	}
	a.workflowContainers(t, path, above, layers)
	a.volumes(t.Get("volumes"), path+".volumes")
	a.workflowAccounts(t, path)
	if automount := optBool(t.Get("automountServiceAccountToken")); automount != nil && *automount {
		a.w.Pod.AutomountToken = automount
	}
	a.inlineTemplates(t, path, above)
}

// workflowContainers takes the containers of a template: one of container, script and containerSet, and those beside it.
func (a *assembly) workflowContainers(t tree.Node, path string, above workflowLayers, layers []layer) {
	set, at := t.Get("containerSet"), path+".containerSet"
	shared := mountsOf(set, at) // of all containers of a set, or of the main container
	for _, kind := range []string{"container", "script"} {
		shared = append(shared, mountsOf(t.Get(kind), path+"."+kind)...)
	}
	a.besideMain(t.Get("initContainers"), path+".initContainers", containerList{init: true}, layers, shared)
	for _, kind := range []string{"container", "script"} {
		c := a.container(t.Get(kind), path+"."+kind, "main", containerList{}, layers...)
		if base := above.defaults.Get(kind); c != nil && base.Kind() == tree.Map {
			a.extend(c, t.Get(kind), projectContainer(base, above.at+"."+kind, containerList{}))
		}
	}
	i := 0
	for n := range set.Get("containers").All() {
		if c := a.container(n, tree.PathIndex(at+".containers", i), "", containerList{}, layers...); c != nil {
			c.Mounts = append(c.Mounts, shared...)
		}
		i++
	}
	a.besideMain(t.Get("sidecars"), path+".sidecars", containerList{}, layers, shared)
}

// besideMain takes containers beside the main one, which mount what that does where they say so.
func (a *assembly) besideMain(list tree.Node, path string, kind containerList, layers []layer, shared []Mount) {
	i := 0
	for n := range list.All() {
		c := a.container(n, tree.PathIndex(path, i), "", kind, layers...)
		if c != nil && isTrue(n.Get("mirrorVolumeMounts")) {
			c.Mounts = append(c.Mounts, shared...)
		}
		i++
	}
}

// inlineTemplates takes the templates that stand in the steps or tasks that run them, and notes those of other objects.
func (a *assembly) inlineTemplates(t tree.Node, path string, above workflowLayers) {
	step := func(n tree.Node, at string) {
		a.templateRef(n)
		for hook := range n.Get("hooks").All() {
			a.templateRef(hook)
		}
		a.workflowTemplate(n.Get("inline"), at+".inline", above)
	}
	i := 0
	for parallel := range t.Get("steps").All() {
		at, j := tree.PathIndex(path+".steps", i), 0
		for n := range parallel.All() {
			step(n, tree.PathIndex(at, j))
			j++
		}
		i++
	}
	i = 0
	for n := range t.Get("dag", "tasks").All() {
		step(n, tree.PathIndex(path+".dag.tasks", i))
		i++
	}
}
