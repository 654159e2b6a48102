package k8s

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// Identify gives a resource with its identity, from an object's type and metadata, and reports whether
// it is an object at all: one with apiVersion, kind and a name. An object of a namespaced kind that
// names no namespace is in "default", where kubectl would put it. One that leaves its name to the server
// (generateName) is named by that and by what it says, as two of them are two objects.
func Identify(cluster string, object tree.Node) (*inventory.Resource, bool) {
	return IdentifyIn(cluster, "", object)
}

// IdentifyIn is Identify with another namespace than "default" for an object that names none, as kubectl and helm put it
// where they are called with one.
func IdentifyIn(cluster, otherwise string, object tree.Node) (*inventory.Resource, bool) {
	kind := object.Get("kind").Text()
	apiVersion := object.Get("apiVersion").Text()
	metadata := object.Get("metadata")
	name := metadata.Get("name").Text()
	if generate := metadata.Get("generateName").Text(); name == "" && generate != "" {
		sum := sha256.Sum256(object.AppendJSON(nil))
		name = generate + "*" + hex.EncodeToString(sum[:4])
	}
	if kind == "" || apiVersion == "" || name == "" {
		return nil, false
	}
	group := Group(apiVersion, kind)
	namespace := metadata.Get("namespace").Text()
	if scoped, known := ClusterScoped(group, kind); scoped {
		namespace = ""
	} else if known && namespace == "" {
		namespace = cmp.Or(otherwise, "default")
	}
	return &inventory.Resource{
		UID:       inventory.KubernetesUID(cluster, group, kind, namespace, name),
		Type:      inventory.Type(string(inventory.KubernetesType(group, kind))),
		Name:      name,
		Namespace: namespace,
		Cluster:   cluster,
	}, true
}

// Project fills in what follows from an object: labels, relations and the typed projection. The object
// must have been sanitised. It is an [inventory.Project].
func Project(r *inventory.Resource, object tree.Node) {
	r.Labels = labels(object.Get("metadata", "labels"))
	r.Unsettled = object.Get(UnknownField).Len() > 0
	if template, ok := podSpecField(r.Type); ok {
		projectWorkload(r, object, template)
		return
	}
	spec := object.Get("spec")
	switch r.Type {
	case Namespace:
		r.Spec = &NamespaceSpec{}
	case Node:
		r.Spec = &NodeSpec{
			ProviderID:     spec.Get("providerID").Text(),
			KubeletVersion: object.Get("status", "nodeInfo", "kubeletVersion").Text(),
		}
	case ServiceAccount:
		r.Spec = &ServiceAccountSpec{
			AutomountToken: optBool(object.Get("automountServiceAccountToken")),
			RoleARN:        object.Get("metadata", "annotations", "eks.amazonaws.com/role-arn").Text(),
		}
	case PersistentVolume:
		r.Spec = projectPersistentVolume(object, spec)
	case PersistentClaim:
		r.Spec = &PersistentClaimSpec{VolumeName: spec.Get("volumeName").Text(), Class: storageClass(object, spec)}
	case Service:
		s := projectService(object, spec)
		for path := range object.Get(UnknownField).All() {
			s.Unsettled = s.Unsettled || strings.HasPrefix(path.Text(), "spec.type") || strings.HasPrefix(path.Text(), "spec.external_ips")
		}
		r.Spec = s
	case Ingress:
		projectIngress(r, object, spec)
	case ConfigMap:
		r.Spec = &ConfigMapSpec{Credentials: appendCredentials(nil, object.Get("data"), "$.data")}
	case RoleBinding, ClusterRoleBinding:
		projectBinding(r, object)
	case NetworkPolicy:
		r.Spec = projectNetworkPolicy(spec)
	case Gateway:
		projectGateway(r, object, spec)
	case HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute:
		projectRoute(r, spec)
	case ValidatingWebhookConfiguration, MutatingWebhookConfiguration:
		r.Spec = projectWebhooks(object)
	case CustomResourceDefinition:
		// Its schemas have the fields of pods, and it makes none.
	default:
		if path, ok := findPods(object, "$", 0); ok {
			r.Spec = &UnknownPods{Path: path}
		}
	}
}

// findPods looks for a list of containers with images in an object of a kind that is not known, and gives
// the JSONPath of the first.
func findPods(n tree.Node, path string, depth int) (string, bool) {
	const deepest = 24
	if n.Kind() != tree.Map || depth > deepest {
		return "", false
	}
	for child := range n.All() {
		at := tree.Path(path, child.Key())
		if child.Key() == "containers" && child.At(0).Get("image").Kind() == tree.String {
			return at, true
		}
		if found, ok := findPods(child, at, depth+1); ok {
			return found, true
		}
	}
	return "", false
}

func projectService(object, spec tree.Node) *ServiceSpec {
	s := &ServiceSpec{
		Type:              spec.Get("type").Text(),
		Selector:          labels(spec.Get("selector")),
		Annotations:       labels(object.Get("metadata", "annotations")),
		LoadBalancerClass: spec.Get("loadBalancerClass").Text(),
		Headless:          spec.Get("clusterIP").Text() == "None",
	}
	if s.Type == "" {
		s.Type = "ClusterIP"
	}
	for p := range spec.Get("ports").All() {
		s.Ports = append(s.Ports, ServicePort{
			Name: p.Get("name").Text(), Port: port(p.Get("port")), NodePort: port(p.Get("nodePort")),
			Protocol: protocol(p.Get("protocol").Text()), Target: p.Get("targetPort").Text(),
		})
	}
	for ip := range spec.Get("externalIPs").All() {
		s.ExternalIPs = append(s.ExternalIPs, ip.Text())
	}
	for block := range spec.Get("loadBalancerSourceRanges").All() {
		s.SourceRanges = append(s.SourceRanges, block.Text())
	}
	if blocks, _ := s.Annotations.Get(sourceRanges); blocks != "" && len(s.SourceRanges) == 0 {
		s.SourceRanges = strings.Split(blocks, ",")
	}
	return s
}

// sourceRanges is the annotation that spec.loadBalancerSourceRanges has taken the place of; it counts where
// the field is empty (https://kubernetes.io/docs/reference/labels-annotations-taints/).
const sourceRanges = "service.beta.kubernetes.io/load-balancer-source-ranges"

func projectIngress(r *inventory.Resource, object, spec tree.Node) {
	in := &IngressSpec{
		Class:       spec.Get("ingressClassName").Text(),
		Annotations: labels(object.Get("metadata", "annotations")),
	}
	if legacy, ok := in.Annotations.Get("kubernetes.io/ingress.class"); ok && in.Class == "" {
		in.Class = legacy
	}
	backend := func(n tree.Node, path string) {
		name := firstText(n.Get("service", "name"), n.Get("serviceName"))
		if name != "" {
			to := inventory.KubernetesUID(r.Cluster, "", "Service", r.Namespace, name)
			r.Relations = append(r.Relations, inventory.Relation{Kind: inventory.RoutesTo, To: to, Path: path})
		}
	}
	backend(spec.Get("defaultBackend"), "$.spec.defaultBackend")
	backend(spec.Get("backend"), "$.spec.backend")
	i := 0
	seen := map[string]bool{}
	for rule := range spec.Get("rules").All() {
		if host := rule.Get("host").Text(); !seen[host] {
			seen[host] = true
			in.Hosts = append(in.Hosts, host)
		}
		j := 0
		for p := range rule.Get("http", "paths").All() {
			at := tree.PathIndex(tree.PathIndex("$.spec.rules", i)+".http.paths", j)
			backend(p.Get("backend"), at+".backend")
			j++
		}
		i++
	}
	for entry := range spec.Get("tls").All() {
		in.TLSAny = in.TLSAny || entry.Get("hosts").Len() == 0
		for host := range entry.Get("hosts").All() {
			if in.TLSHosts == nil {
				in.TLSHosts = map[string]bool{}
			}
			in.TLSHosts[strings.ToLower(host.Text())] = true
		}
	}
	r.Spec = in
}

func projectBinding(r *inventory.Resource, object tree.Node) {
	role := object.Get("roleRef")
	b := &BindingSpec{RoleKind: role.Get("kind").Text(), RoleName: role.Get("name").Text()}
	r.Spec = b
	namespace := r.Namespace
	if b.RoleKind == "ClusterRole" {
		namespace = ""
	}
	r.Relations = append(r.Relations, inventory.Relation{
		Kind: inventory.Binds, To: inventory.KubernetesUID(r.Cluster, rbacGroup, b.RoleKind, namespace, b.RoleName), Path: "$.roleRef",
	})
	i := 0
	for s := range object.Get("subjects").All() {
		kind, name, in := s.Get("kind").Text(), s.Get("name").Text(), s.Get("namespace").Text()
		to := inventory.KubernetesUID(r.Cluster, rbacGroup, kind, "", name)
		if kind == "ServiceAccount" {
			if in == "" {
				in = r.Namespace
			}
			to = inventory.KubernetesUID(r.Cluster, "", kind, in, name)
		}
		r.Relations = append(r.Relations, inventory.Relation{Kind: inventory.GrantsTo, To: to, Path: tree.PathIndex("$.subjects", i)})
		i++
	}
}

// projectNetworkPolicy reads which pods a policy isolates. Without policyTypes a policy is one for
// ingress, and one for egress where it has egress rules
// (https://kubernetes.io/docs/concepts/services-networking/network-policies/).
func projectNetworkPolicy(spec tree.Node) *NetworkPolicySpec {
	p := &NetworkPolicySpec{Selector: projectSelector(spec.Get("podSelector"))}
	if !spec.Get("policyTypes").Exists() {
		p.Ingress, p.Egress = true, spec.Get("egress").Exists()
	}
	for t := range spec.Get("policyTypes").All() {
		p.Ingress = p.Ingress || t.Text() == "Ingress"
		p.Egress = p.Egress || t.Text() == "Egress"
	}
	return p
}

func projectWebhooks(object tree.Node) *WebhookSpec {
	w := &WebhookSpec{}
	i := 0
	for n := range object.Get("webhooks").All() {
		hook := Webhook{
			Path: tree.PathIndex("$.webhooks", i), Name: n.Get("name").Text(),
			FailurePolicy: firstText(n.Get("failurePolicy")), Namespaces: projectSelector(n.Get("namespaceSelector")),
		}
		if service := n.Get("clientConfig", "service"); service.Exists() {
			hook.Service = service.Get("namespace").Text() + "/" + service.Get("name").Text()
		}
		if hook.FailurePolicy == "" {
			hook.FailurePolicy = "Fail"
		}
		for rule := range n.Get("rules").All() {
			for group := range rule.Get("apiGroups").All() {
				for resource := range rule.Get("resources").All() {
					hook.Resources = append(hook.Resources, group.Text()+"/"+resource.Text())
				}
			}
		}
		w.Webhooks = append(w.Webhooks, hook)
		i++
	}
	return w
}

// controller gives the UID that the object's controlling ownerReference names. The Node that a mirror pod
// names does not control it: the pod comes from a file on that node
// (https://kubernetes.io/docs/concepts/workloads/pods/#static-pods).
func controller(r *inventory.Resource, object tree.Node) inventory.UID {
	i := 0
	for ref := range object.Get("metadata", "ownerReferences").All() {
		kind := ref.Get("kind").Text()
		if isTrue(ref.Get("controller")) && kind != "" && kind != "Node" {
			group := Group(ref.Get("apiVersion").Text(), kind)
			namespace := r.Namespace
			if scoped, _ := ClusterScoped(group, kind); scoped {
				namespace = ""
			}
			to := inventory.KubernetesUID(r.Cluster, group, kind, namespace, ref.Get("name").Text())
			r.Relations = append(r.Relations, inventory.Relation{
				Kind: inventory.OwnedBy, To: to, Path: tree.PathIndex("$.metadata.ownerReferences", i),
			})
			return to
		}
		i++
	}
	return ""
}

// labels reads a map of strings, sorted by key.
func labels(n tree.Node) inventory.Labels {
	if n.Kind() != tree.Map || n.Len() == 0 {
		return nil
	}
	set := make(inventory.Labels, 0, n.Len())
	for child := range n.All() {
		set = append(set, inventory.Label{Key: child.Key(), Value: child.Text()})
	}
	slices.SortFunc(set, func(a, b inventory.Label) int { return strings.Compare(a.Key, b.Key) })
	return set
}

func isTrue(n tree.Node) bool {
	v, ok := n.Bool()
	return ok && v
}

func optBool(n tree.Node) *bool {
	if v, ok := n.Bool(); ok {
		return &v
	}
	return nil
}

func optInt(n tree.Node) *int64 {
	if v, ok := n.Int(); ok {
		return &v
	}
	return nil
}

func firstText(nodes ...tree.Node) string {
	for _, n := range nodes {
		if text := n.Text(); text != "" {
			return text
		}
	}
	return ""
}
