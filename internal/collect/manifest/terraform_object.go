package manifest

import (
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// planObject writes one object as JSON.
type planObject struct {
	text    []byte
	unknown []string
}

// convert writes an object from the values of a resource.
func (c *planObject) convert(t objectType, values tree.Node) {
	c.text = append(appendString(append(c.text, `{"apiVersion":`...), t.apiVersion), `,"kind":`...)
	c.text = appendString(c.text, t.kind)
	for field := range values.All() {
		if !ofTerraform(field.Key()) {
			c.member(field, t.kind)
		}
	}
	c.mark()
}

// ofTerraform reports whether an argument of a resource is no field of the object: it says what Terraform waits for,
// holds values that it writes only (…_wo), or what the API server made.
func ofTerraform(argument string) bool {
	switch argument {
	case "id", "timeouts", "status", "target_state", "default_secret_name", "apiVersion", "kind":
		return true
	}
	return strings.HasPrefix(argument, "wait_") || strings.HasSuffix(argument, "_wo") || strings.HasSuffix(argument, "_wo_revision")
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
	name := camel(key)
	isList := false
	if isBlock {
		name, isList = planBlock(key, parent)
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
	case n.Kind() == tree.String && numeric(key):
		c.text = appendNumber(c.text, key, n)
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

// planBlock gives the name that the Kubernetes API has for a block, and whether it is a list there; every other block is
// one object. It was held against the types of k8s.io/api for every block of the provider's resources that are read; what
// differs is inside types of volumes that are gone from Kubernetes.
func planBlock(key, parent string) (name string, isList bool) {
	switch key {
	case "env", "from", "to", "tls", "ingress", "egress", "items", "sources", "ports":
		return key, true
	case "container", "init_container", "volume", "volume_mount", "volume_device", "toleration", "rule", "path", "subject", "webhook",
		"http_header", "sysctl", "topology_spread_constraint", "image_pull_secret", "readiness_gate", "node_selector_term",
		"on_pod_condition":
		return camel(key) + "s", true
	case "env_from", "host_aliases", "image_pull_secrets", "match_expressions", "match_fields", "cluster_role_selectors",
		"preferred_during_scheduling_ignored_during_execution":
		return camel(key), true
	case "required_during_scheduling_ignored_during_execution":
		return camel(key), parent != "node_affinity"
	case "port":
		if parent == "service" { // of an Ingress
			return key, false
		}
		return "ports", true
	case "volume_claim_template":
		if parent == "ephemeral" {
			return "volumeClaimTemplate", false
		}
		return "volumeClaimTemplates", true
	case "option":
		return "options", true
	case "secret":
		if parent == "ServiceAccount" {
			return "secrets", true
		}
	}
	return camel(key), false
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
	case "client_ip":
		return "clientIP"
	case "downward_api":
		return "downwardAPI"
	case "ceph_fs":
		return "cephfs"
	case "run_as_username":
		return "runAsUserName"
	case "timezone":
		return "timeZone"
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

// numeric reports whether a field that Terraform holds as text is a number in the Kubernetes API.
func numeric(key string) bool {
	switch key {
	case "run_as_user", "run_as_group", "fs_group", "replicas", "toleration_seconds", "ttl_seconds_after_finished", "mode", "default_mode":
		return true
	}
	return false
}

// appendNumber writes such a field: the mode of a file is octal. What is no number stays text.
func appendNumber(text []byte, key string, n tree.Node) []byte {
	base := 10
	if strings.HasSuffix(key, "mode") {
		base = 8
	}
	number, err := strconv.ParseInt(n.Text(), base, 64)
	if err != nil {
		return n.AppendJSON(text)
	}
	return strconv.AppendInt(text, number, 10)
}
