package manifest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/collect/iac"
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
	p := plan{w: w}
	for _, r := range t.Resources() {
		p.resource(r)
	}
	made := t.AWS()
	w.made(made, func(m iac.Made) *file { return w.part.file.within(m.Address) })
	if p.taken == 0 && len(made.Made) == 0 && len(made.Problems) == 0 {
		w.part.problem(root.Line(), "the Terraform plan or state makes nothing that Merlon reads: it has no resource of AWS or of the Kubernetes provider of a type that it knows")
	}
}

// plan is a Terraform plan or state whose resources of the Kubernetes provider are read.
type plan struct {
	w     *worker
	taken int
}

// within is the file of one resource of a plan.
func (f *file) within(address string) *file {
	return &file{name: f.name + "!" + printable(address), base: address, dir: f.dir}
}

// resource reads one resource as the object that it makes.
func (p *plan) resource(r *iac.Resource) {
	apiVersion, name, known := planKind(r.Type)
	if !known {
		return
	}
	p.taken++
	at := p.w.part.file.within(r.Address)
	at.rendered = true
	c := planObject{unknown: after(r)}
	if r.Type == "kubernetes_manifest" {
		c.verbatim(r.Values.Get("manifest"))
	} else {
		c.convert(apiVersion, name, r.Values)
	}
	var object tree.Tree
	if tree.DecodeJSON(&object, c.text, 1, tree.Limits{}) != nil || object.Root().Kind() != tree.Map {
		p.w.part.problem(r.Line, printable(r.Address)+" could not be read as a Kubernetes object")
		return
	}
	if _, ok := k8s.Identify("", object.Root()); !ok {
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
	p.w.object(object.Root())
	p.w.at, p.w.planned = nil, false
}

// planKind gives the type of the object that a resource type of the Kubernetes provider makes
// (https://registry.terraform.io/providers/hashicorp/kubernetes/latest/docs).
func planKind(resource string) (apiVersion, kind string, ok bool) {
	const rbac = "rbac.authorization.k8s.io/v1"
	name, isKubernetes := strings.CutPrefix(resource, "kubernetes_")
	if !isKubernetes {
		return "", "", false
	}
	if name == "ingress" { // has the fields of the version that Kubernetes 1.22 took away
		return "networking.k8s.io/v1beta1", "Ingress", true
	}
	switch strings.TrimSuffix(name, "_v1") {
	case "manifest":
		return "", "", true
	case "deployment":
		return "apps/v1", "Deployment", true
	case "daemonset", "daemon_set":
		return "apps/v1", "DaemonSet", true
	case "stateful_set":
		return "apps/v1", "StatefulSet", true
	case "pod":
		return "v1", "Pod", true
	case "replication_controller":
		return "v1", "ReplicationController", true
	case "job":
		return "batch/v1", "Job", true
	case "cron_job":
		return "batch/v1", "CronJob", true
	case "service":
		return "v1", "Service", true
	case "ingress":
		return "networking.k8s.io/v1", "Ingress", true
	case "network_policy":
		return "networking.k8s.io/v1", "NetworkPolicy", true
	case "namespace":
		return "v1", "Namespace", true
	case "service_account", "default_service_account":
		return "v1", "ServiceAccount", true
	case "config_map":
		return "v1", "ConfigMap", true
	case "secret":
		return "v1", "Secret", true
	case "role":
		return rbac, "Role", true
	case "cluster_role":
		return rbac, "ClusterRole", true
	case "role_binding":
		return rbac, "RoleBinding", true
	case "cluster_role_binding":
		return rbac, "ClusterRoleBinding", true
	}
	return "", "", false
}

// planObject writes one object as JSON.
type planObject struct {
	text    []byte
	unknown []string
}

// convert writes an object from the values of a resource.
func (c *planObject) convert(apiVersion, kind string, values tree.Node) {
	c.text = append(appendString(append(c.text, `{"apiVersion":`...), apiVersion), `,"kind":`...)
	c.text = appendString(c.text, kind)
	for field := range values.All() {
		switch field.Key() {
		case "id", "timeouts", "wait_for_completion", "wait_for_rollout", "wait_for_load_balancer", "status", "apiVersion", "kind",
			"wait_for_service_account_token", "default_secret_name":
		case "binary_data_wo", "data_wo", "data_wo_revision":
		default:
			c.member(field, "")
		}
	}
	c.mark()
}

// verbatim writes the object that a kubernetes_manifest holds.
func (c *planObject) verbatim(manifest tree.Node) {
	if manifest.Kind() != tree.Map || manifest.Len() == 0 {
		return
	}
	c.text = manifest.AppendJSON(c.text)
	c.text = c.text[:len(c.text)-1]
	c.mark()
}

// mark ends the object, with what is not known of it.
func (c *planObject) mark() {
	if len(c.unknown) > 0 {
		c.text = append(appendString(append(c.text, ','), k8s.UnknownField), ":["...)
		for i, path := range c.unknown {
			if i > 0 {
				c.text = append(c.text, ',')
			}
			c.text = appendString(c.text, path)
		}
		c.text = append(c.text, ']')
	}
	c.text = append(c.text, '}')
}

// member writes a comma and a member, unless it is empty.
func (c *planObject) member(n tree.Node, parent string) {
	key := n.Key()
	if n.Kind() == tree.Null || n.Kind() == tree.List && n.Len() == 0 || n.Kind() == tree.String && n.Text() == "" {
		return
	}
	single, isBlock := block(n)
	list, isList := planLists(key)
	if key == "port" && parent == "service" {
		isList = false
	}
	name := camel(key)
	if isBlock && isList {
		name = list
	}
	c.text = append(appendString(append(c.text, ','), name), ':')
	switch {
	case isBlock && isList:
		c.text = append(c.text, '[')
		first := true
		for item := range n.All() {
			if !first {
				c.text = append(c.text, ',')
			}
			first = false
			c.object(item, key)
		}
		c.text = append(c.text, ']')
	case isBlock:
		c.object(single, key)
	case n.Kind() == tree.String && isWholeNumber(key, n.Text()):
		c.text = append(c.text, n.Text()...)
	default: // a scalar, a list of them, or a map whose keys are the user's
		c.text = n.AppendJSON(c.text)
	}
}

// object writes a block as an object.
func (c *planObject) object(n tree.Node, key string) {
	c.text = append(c.text, '{')
	start := len(c.text)
	for field := range n.All() {
		c.member(field, key)
	}
	if len(c.text) > start { // without the comma before the first member
		c.text = append(c.text[:start], c.text[start+1:]...)
	}
	c.text = append(c.text, '}')
}

// block reports whether a value is a block: Terraform writes each as a list of objects, or of null where nothing is set.
func block(n tree.Node) (first tree.Node, ok bool) {
	if n.Kind() != tree.List || n.Len() == 0 {
		return tree.Node{}, false
	}
	for item := range n.All() {
		if item.Kind() != tree.Map && item.Kind() != tree.Null {
			return tree.Node{}, false
		}
	}
	return n.At(0), true
}

// planLists names the blocks that are lists in the Kubernetes API, as it calls them; every other block is one object.
func planLists(key string) (string, bool) {
	switch key {
	case "env", "from", "to", "tls", "ingress", "egress", "items", "sources", "ports":
		return key, true
	case "container", "init_container", "volume", "volume_mount", "volume_device", "port", "toleration", "rule", "path", "subject",
		"http_header", "sysctl", "topology_spread_constraint", "image_pull_secret", "volume_claim_template":
		return camel(key) + "s", true
	case "env_from", "host_aliases", "image_pull_secrets", "match_expressions":
		return camel(key), true
	}
	return "", false
}

// camel writes a field as the Kubernetes API does.
func camel(key string) string {
	switch key {
	case "host_pid":
		return "hostPID"
	case "host_ipc":
		return "hostIPC"
	case "host_ip":
		return "hostIP"
	case "cluster_ip":
		return "clusterIP"
	case "cluster_ips":
		return "clusterIPs"
	case "external_ips":
		return "externalIPs"
	case "load_balancer_ip":
		return "loadBalancerIP"
	case "non_resource_urls":
		return "nonResourceURLs"
	}
	var b strings.Builder
	for i, word := range strings.Split(key, "_") {
		if i > 0 && word != "" {
			word = strings.ToUpper(word[:1]) + word[1:]
		}
		b.WriteString(word)
	}
	return b.String()
}

// isWholeNumber reports whether a field that Terraform holds as text is a number in the Kubernetes API.
func isWholeNumber(key, text string) bool {
	if key != "run_as_user" && key != "run_as_group" && key != "fs_group" && key != "replicas" {
		return false
	}
	_, err := strconv.ParseInt(text, 10, 64)
	return err == nil && text[0] != '+' && (text == "0" || text[0] != '0')
}

// after lists what of a resource's spec is known only after apply, as Terraform calls it. The provider itself leaves out
// many fields until then, which the API server fills in with defaults: those count only where the configuration sets them.
func after(r *iac.Resource) []string {
	under := "spec"
	if r.Type == "kubernetes_manifest" {
		under = "manifest"
	}
	var paths []string
	walkUnknown(r.Unknown.Get(under), r.Expressions.Get(under), []string{under}, &paths)
	slices.Sort(paths)
	return slices.Compact(paths)
}

func walkUnknown(n, configured tree.Node, path []string, found *[]string) {
	const most, deepest = 20, 60
	if len(*found) >= most || len(path) > deepest {
		return
	}
	switch n.Kind() {
	case tree.Map:
		for child := range n.All() {
			walkUnknown(child, configured.Get(child.Key()), append(path, child.Key()), found)
		}
	case tree.List:
		i := 0
		for child := range n.All() {
			at := configured.At(i)
			if configured.Kind() == tree.Map { // one block is not written as a list
				at = configured
			}
			walkUnknown(child, at, path, found)
			i++
		}
	case tree.Bool:
		if unknown, _ := n.Bool(); unknown && (configured.Exists() || !defaulted(path[len(path)-1])) {
			*found = append(*found, strings.Join(path, "."))
		}
	}
}

// defaulted reports whether the provider leaves a field open that nobody set.
func defaulted(field string) bool {
	switch field {
	case "hostname", "node_name", "scheduler_name", "image_pull_policy", "termination_message_policy", "resources", "limits", "requests",
		"readiness_gate", "image_pull_secrets", "service_account_name", "generation", "uid", "resource_version", "name", "strategy",
		"replicas", "cluster_ip", "cluster_ips", "ip_families", "ip_family_policy", "health_check_node_port", "node_port",
		"session_affinity_config", "internal_traffic_policy", "allocate_load_balancer_node_ports", "ingress_class_name", "volume_name",
		"storage_class_name", "default_mode", "update_strategy", "selector", "runtime_class_name", "priority_class_name", "labels",
		"load_balancer_class", "pod_management_policy", "revision_history_limit", "match_labels", "completion_mode", "backoff_limit_per_index":
		return true
	}
	return false
}
