package manifest

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// isPlan reports whether a document is what `terraform show -json` writes of a plan or of a state
// (https://developer.hashicorp.com/terraform/internals/json-format).
func isPlan(n tree.Node) bool {
	return n.Get("format_version").Kind() == tree.String && !n.Get("kind").Exists() &&
		(n.Get("planned_values").Kind() == tree.Map || n.Get("values", "root_module").Kind() == tree.Map)
}

// plan is a Terraform plan whose resources of the Kubernetes provider are read as the objects that they make.
type plan struct {
	w       *worker
	root    tree.Node
	unknown map[string]tree.Node // by address: what is known after apply
	kinds   map[string]objectType
	taken   int
	elsewhere
}

// elsewhere gathers the resources that make Kubernetes objects which the plan does not show.
type elsewhere struct {
	addresses []string
	line      int // of the first
	more      int
}

// plan reads the Kubernetes objects of a Terraform plan. What is not of the Kubernetes provider is left alone.
func (w *worker) plan(root tree.Node) {
	p := plan{w: w, root: root, unknown: map[string]tree.Node{}, kinds: planKinds()}
	for change := range root.Get("resource_changes").All() {
		p.unknown[change.Get("address").Text()] = change.Get("change", "after_unknown")
	}
	for _, values := range []string{"planned_values", "values"} {
		p.module(root.Get(values, "root_module"), 0)
	}
	if len(p.addresses) > 0 {
		w.part.problem(p.line, "the plan does not show the Kubernetes objects of "+list(p.addresses, p.more)+
			", so they were not assessed; give them too: scan the chart or the manifests")
	}
	if p.taken == 0 && len(p.addresses) == 0 {
		w.part.problem(root.Line(), "the Terraform plan makes no Kubernetes object: it has no resource of a type kubernetes_* that Merlon reads")
	}
}

func (p *plan) module(m tree.Node, depth int) {
	const deepest = 100
	if depth > deepest {
		return
	}
	for r := range m.Get("resources").All() {
		if r.Get("mode").Text() == "managed" {
			p.resource(r)
		}
	}
	for child := range m.Get("child_modules").All() {
		p.module(child, depth+1)
	}
}

// resource reads one resource as the object that it makes.
func (p *plan) resource(r tree.Node) {
	kind := r.Get("type").Text()
	object, known := p.kind(kind)
	if !known {
		p.other(r, kind)
		return
	}
	p.taken++
	address, values := r.Get("address").Text(), r.Get("values")
	at := &file{name: p.w.part.file.name + "!" + printable(address), base: address, dir: p.w.part.file.dir, rendered: true}
	at.made = inventory.Made{By: inventory.MadeByTerraform, From: p.w.part.file.name}
	c := planObject{unknown: p.after(address, kind)}
	switch whole, _ := p.unknown[address].Get("manifest").Bool(); {
	case kind == "kubernetes_manifest" && whole:
		p.w.part.problem(r.Line(), printable(address)+" was not assessed: its manifest is known only after apply")
		return
	case kind == "kubernetes_manifest":
		c.verbatim(values.Get("manifest"))
	default:
		c.convert(object, values)
	}
	var made tree.Tree
	if tree.DecodeJSON(&made, c.text, 1, tree.Limits{}) != nil || made.Root().Kind() != tree.Map {
		p.w.part.problem(r.Line(), printable(address)+" could not be read as a Kubernetes object")
		return
	}
	if _, ok := k8s.Identify("", made.Root()); !ok {
		p.w.part.problem(r.Line(), printable(address)+" was not assessed: its name is known only after apply")
		return
	}
	if open, _ := p.unknown[address].Get("metadata").At(0).Get("namespace").Bool(); open && kind != "kubernetes_manifest" {
		p.w.part.problem(r.Line(), printable(address)+" is in a namespace whose name is known only after apply; it was read as if that were \"default\"")
	}
	p.w.at, p.w.planned = at, true
	p.w.object(made.Root())
	p.w.at, p.w.planned = nil, false
}

// other notes a resource of another provider that makes Kubernetes objects: a release of a chart, manifests as text.
func (p *plan) other(r tree.Node, kind string) {
	switch kind {
	case "helm_release", "kubectl_manifest", "kustomization_resource":
	default:
		return
	}
	if len(p.addresses) == 0 {
		p.line = r.Line()
	}
	if len(p.addresses) < maxNames {
		p.addresses = append(p.addresses, printable(r.Get("address").Text()))
		return
	}
	p.more++
}

// rawState reports whether a document is the file that Terraform keeps its state in
// (https://developer.hashicorp.com/terraform/language/state), whose form is its own affair.
func rawState(n tree.Node) bool {
	return n.Get("terraform_version").Kind() == tree.String && n.Get("lineage").Kind() == tree.String && n.Get("serial").Exists()
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
