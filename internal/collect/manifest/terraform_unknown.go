package manifest

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/collect/iac"
	"github.com/merlonsec/merlon/internal/tree"
)

// after lists what of a resource is known only after apply, by the names that Terraform has. The provider itself leaves out
// many fields until then, which the API server fills in with defaults: those count only where the configuration sets them.
func after(r *iac.Resource) []string {
	var paths []string
	for field := range r.Unknown.All() {
		set := r.Expressions.Get(field.Key())
		switch key := field.Key(); {
		case key == "spec" || key == "manifest" && r.Type == "kubernetes_manifest":
			walkUnknown(field, set, []string{key}, &paths)
		case key == "object" || ofTerraform(key) || !set.Exists():
		default: // of the other kinds: rules, subjects, webhooks, and the metadata of all
			walkConfigured(field, set, []string{key}, &paths)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// walkConfigured lists what is not known of what the configuration sets.
func walkConfigured(n, configured tree.Node, path []string, found *[]string) {
	var all []string
	walkUnknown(n, configured, path, &all)
	for _, at := range all {
		last := at[strings.LastIndexByte(at, '.')+1:]
		if last == "name" || last == "generate_name" || last == "namespace" || last == "generation" || last == "resource_version" || last == "uid" {
			continue // told by itself, or made by the API server
		}
		*found = append(*found, at)
	}
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
