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

// pullsImages: an AdvancedCronJob may make ImageListPullJobs, which tell the node agents to pull images.
func pullsImages(object tree.Node) bool {
	template := object.Get("spec", "template")
	return template.Get("imageListPullJobTemplate").Exists() && !template.Get("jobTemplate").Exists() && !template.Get("broadcastJobTemplate").Exists()
}

// unitedTemplate: a UnitedDeployment makes workloads of one of four kinds.
func unitedTemplate(object tree.Node) []string {
	for _, kind := range []string{"statefulSetTemplate", "advancedStatefulSetTemplate", "cloneSetTemplate"} {
		if object.Get("spec", "template", kind).Exists() {
			return []string{"spec", "template", kind, "spec", "template"}
		}
	}
	return []string{"spec", "template", "deploymentTemplate", "spec", "template"}
}

// patchesSubsets: a UnitedDeployment may patch the pods of one subset.
func patchesSubsets(object tree.Node) bool {
	for subset := range object.Get("spec", "topology", "subsets").All() {
		if subset.Get("patch").Exists() {
			return true
		}
	}
	return false
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

// strimziTemplate takes the template of one component. Of its pods, the first of the object is the pod; what a later one
// says of security is that of a container without a name, as each component has containers.
func (a *assembly) strimziTemplate(template tree.Node, path string) {
	layers := map[string]layer{} // of later pods, by what comes before "Container" and "Pod"
	for n := range template.All() {
		key := n.Key()
		component, isPod := strings.CutSuffix(key, "Pod")
		if key != "pod" && !isPod {
			continue
		}
		if key == "pod" {
			component = ""
		}
		at := tree.Path(path, key)
		later := a.w.Pod.Path != ""
		a.pod(n, at)
		if later && n.Get("securityContext").Kind() == tree.Map {
			layers[component] = layer{projectSecurity(n.Get("securityContext")), at}
			a.container(n, at, component, containerList{})
		}
	}
	for n := range template.All() {
		key := n.Key()
		component, isContainer := strings.CutSuffix(key, "Container")
		if key != "container" && !isContainer {
			continue
		}
		above, ok := layers[component]
		if !ok && component != "build" { // buildContainer is in buildPod
			above = layers[""]
		}
		a.container(n, tree.Path(path, key), component, containerList{init: key == "initContainer"}, above)
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
