package manifest

import (
	"strings"

	"github.com/merlonsec/merlon/internal/collect/iac"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// plan reads the objects and resources of a Terraform plan or state: those of the Kubernetes provider as the objects
// that they make, those of the AWS provider as the API would describe them.
func (w *worker) plan(root tree.Node) {
	w.part.terraform = true
	t, err := iac.OpenTerraform(root)
	if err != nil {
		w.part.problem(root.Line(), err.Error())
		return
	}
	p := plan{w: w, kinds: planKinds()}
	for _, r := range t.Resources() {
		p.resource(r)
	}
	made := t.AWS()
	w.made(made, func(m iac.Made) *file { return w.part.file.within(m.Address) })
	if len(p.addresses) > 0 {
		w.part.problem(p.line, "the plan does not show the Kubernetes objects of "+list(p.addresses, p.more)+
			", so they were not assessed; give the chart or the manifests too, and add --allow-partial once they are there")
	}
	if p.taken == 0 && len(p.addresses) == 0 && len(made.Made) == 0 && len(made.Problems) == 0 {
		w.part.problem(root.Line(), "the Terraform plan or state makes nothing that Merlon reads: it has no resource of AWS or of the Kubernetes provider of a type that it knows")
	}
}

// plan is a Terraform plan or state whose resources of the Kubernetes provider are read.
type plan struct {
	w     *worker
	kinds map[string]objectType
	taken int
	elsewhere
}

// elsewhere gathers the resources that make Kubernetes objects which the plan does not show.
type elsewhere struct {
	addresses []string
	line      int // of the first
	more      int
}

// within is the file of one resource of a plan.
func (f *file) within(address string) *file {
	return &file{
		name: f.name + "!" + printable(address), base: address, dir: f.dir,
		made: inventory.Made{By: inventory.MadeByTerraform, From: f.name},
	}
}

// resource reads one resource as the object that it makes.
func (p *plan) resource(r *iac.Resource) {
	object, known := p.kind(r.Type)
	if !known {
		p.other(r)
		return
	}
	p.taken++
	at := p.w.part.file.within(r.Address)
	at.rendered = true
	c := planObject{unknown: after(r)}
	switch whole, _ := r.Unknown.Get("manifest").Bool(); {
	case r.Type == "kubernetes_manifest" && whole:
		p.w.part.problem(r.Line, printable(r.Address)+" was not assessed: its manifest is known only after apply")
		return
	case r.Type == "kubernetes_manifest":
		c.verbatim(r.Values.Get("manifest"))
	default:
		c.convert(object, r.Values)
	}
	var made tree.Tree
	if tree.DecodeJSON(&made, c.text, 1, tree.Limits{}) != nil || made.Root().Kind() != tree.Map {
		p.w.part.problem(r.Line, printable(r.Address)+" could not be read as a Kubernetes object")
		return
	}
	if _, ok := k8s.Identify("", made.Root()); !ok {
		p.w.part.problem(r.Line, printable(r.Address)+" was not assessed: its name is known only after apply")
		return
	}
	if open, _ := r.Unknown.Get("metadata").At(0).Get("namespace").Bool(); open && r.Type != "kubernetes_manifest" {
		p.w.part.problem(r.Line, printable(r.Address)+" is in a namespace whose name is known only after apply; it was read as if that were \"default\"")
	}
	if r.Line > 0 { // the object is made on one line: it stands where its resource does
		at.lines = []int{r.Line}
	}
	p.w.at, p.w.planned = at, true
	p.w.object(made.Root())
	p.w.at, p.w.planned = nil, false
}

// other notes a resource of another provider that makes Kubernetes objects: a release of a chart, manifests as text.
func (p *plan) other(r *iac.Resource) {
	switch r.Type {
	case "helm_release", "kubectl_manifest", "kustomization_resource":
	default:
		return
	}
	if len(p.addresses) == 0 {
		p.line = r.Line
	}
	if len(p.addresses) < maxNames {
		p.addresses = append(p.addresses, printable(r.Address))
		return
	}
	p.more++
}

// objectType is the type of an object.
type objectType struct{ apiVersion, kind string }

// planKinds gives the type of the object that a resource type of the Kubernetes provider makes, by its name without
// "kubernetes_" and "_v1" (https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs).
func planKinds() map[string]objectType {
	const rbac, admission = "rbac.authorization.k8s.io/v1", "admissionregistration.k8s.io/v1"
	return map[string]objectType{
		"manifest":                         {},
		"deployment":                       {"apps/v1", "Deployment"},
		"daemonset":                        {"apps/v1", "DaemonSet"},
		"daemon_set":                       {"apps/v1", "DaemonSet"},
		"stateful_set":                     {"apps/v1", "StatefulSet"},
		"pod":                              {"v1", "Pod"},
		"replication_controller":           {"v1", "ReplicationController"},
		"job":                              {"batch/v1", "Job"},
		"cron_job":                         {"batch/v1", "CronJob"},
		"service":                          {"v1", "Service"},
		"ingress":                          {"networking.k8s.io/v1", "Ingress"},
		"ingress_class":                    {"networking.k8s.io/v1", "IngressClass"},
		"network_policy":                   {"networking.k8s.io/v1", "NetworkPolicy"},
		"namespace":                        {"v1", "Namespace"},
		"service_account":                  {"v1", "ServiceAccount"},
		"default_service_account":          {"v1", "ServiceAccount"},
		"config_map":                       {"v1", "ConfigMap"},
		"secret":                           {"v1", "Secret"},
		"role":                             {rbac, "Role"},
		"cluster_role":                     {rbac, "ClusterRole"},
		"role_binding":                     {rbac, "RoleBinding"},
		"cluster_role_binding":             {rbac, "ClusterRoleBinding"},
		"validating_webhook_configuration": {admission, "ValidatingWebhookConfiguration"},
		"mutating_webhook_configuration":   {admission, "MutatingWebhookConfiguration"},
		"persistent_volume_claim":          {"v1", "PersistentVolumeClaim"},
		"pod_disruption_budget":            {"policy/v1", "PodDisruptionBudget"},
	}
}

// kind looks a resource type up.
func (p *plan) kind(resource string) (objectType, bool) {
	name, isKubernetes := strings.CutPrefix(resource, "kubernetes_")
	if !isKubernetes {
		return objectType{}, false
	}
	if name == "ingress" { // has the fields of the version that Kubernetes 1.22 took away
		return objectType{"networking.k8s.io/v1beta1", "Ingress"}, true
	}
	t, ok := p.kinds[strings.TrimSuffix(name, "_v1")]
	return t, ok
}
