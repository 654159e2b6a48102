package rule

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/redact"
)

// Profile is one side of an action that a baseline learns: what is usual for a user, and in a cluster.
type Profile uint8

// The profiles.
const (
	// ProfileAPI is the verb with the resource and subresource.
	ProfileAPI Profile = iota
	ProfileNamespace
	// ProfileUserAgent is the program, without its version.
	ProfileUserAgent
	// ProfileNetwork is the network of the address that connected.
	ProfileNetwork
	// ProfileImage is the repository of each image of a workload.
	ProfileImage
	// ProfileRole is the role that a binding grants.
	ProfileRole
	// ProfilePermission is the permission that a user asked about.
	ProfilePermission
	// ProfileNode is what a workload is given of its node.
	ProfileNode
	// Profiles is how many there are.
	Profiles
)

// String names the profile as outputs do.
func (p Profile) String() string {
	return [...]string{"api", "namespace", "userAgent", "network", "image", "role", "permission", "node"}[p]
}

// Append writes the action's values in the profile, each ended by a zero byte: one for most, none where the action has no
// such side, several for the images of a workload. It allocates nothing where no body has to be parsed.
func (p Profile) Append(dst []byte, a *Action) []byte {
	switch p {
	case ProfileAPI:
		return appendAPI(dst, a)
	case ProfileNamespace:
		return appendValue(dst, namespaceOf(a))
	case ProfileUserAgent:
		return appendValue(dst, program(a.UserAgent))
	case ProfileNetwork:
		return appendNetwork(dst, a)
	case ProfileImage:
		return appendImages(dst, a)
	case ProfileRole:
		return appendRole(dst, a)
	case ProfilePermission:
		return appendPermission(dst, a)
	case ProfileNode:
		return appendNode(dst, a)
	}
	return dst
}

// valueLimit is how much of a text makes a value, in bytes. The rest is the caller's to invent.
const valueLimit = 128

func appendValue(dst []byte, parts ...string) []byte {
	from := len(dst)
	for _, part := range parts {
		dst = append(dst, part...)
	}
	if len(dst) == from {
		return dst
	}
	if len(dst) > from+valueLimit { // A secret of which the end is cut off would not be known for one.
		text, _ := redact.Mask(string(dst[from:]))
		dst = append(dst[:from], text...)
	}
	if end := from + valueLimit; len(dst) > end {
		for end > from && !utf8.RuneStart(dst[end]) { // Between characters.
			end--
		}
		dst = dst[:end]
	}
	for i := bytes.IndexByte(dst[from:], 0); i >= 0; i = bytes.IndexByte(dst[from:], 0) {
		dst[from+i] = ' ' // or one value would pass for two
	}
	return append(dst, 0)
}

// appendAPI writes the verb and what was asked for. What the same deed does by several verbs is one value: a patch updates,
// a watch lists, and a connection into a pod is opened by get or create, as the client's release would have it.
func appendAPI(dst []byte, a *Action) []byte {
	verb := a.Verb
	switch verb {
	case "patch":
		verb = "update"
	case "watch":
		verb = "list"
	}
	if a.Object.Resource == "" {
		return appendValue(dst, verb, " ", firstSegment(a.Path()))
	}
	dot, slash := "", ""
	if a.Object.Group != "" {
		dot = "."
	}
	switch a.Object.Subresource {
	case "":
	case "exec", "attach", "portforward", "proxy":
		verb, slash = "connect", "/"
	default:
		slash = "/"
	}
	return appendValue(dst, verb, " ", a.Object.Resource, dot, a.Object.Group, slash, a.Object.Subresource)
}

// firstSegment cuts a path after its first segment, as there is no end of the paths that one may ask for.
func firstSegment(path string) string {
	if i := strings.IndexByte(strings.TrimPrefix(path, "/"), '/'); i >= 0 {
		return path[:i+1]
	}
	return path
}

// allNamespaces is the value of a request about the objects of every namespace.
const allNamespaces = "*"

// namespaceOf is the namespace of the request's object; none for an object of the whole cluster.
func namespaceOf(a *Action) string {
	if a.Object.Namespace != "" || a.Object.Name != "" {
		return a.Object.Namespace
	}
	switch a.Verb {
	case "list", "watch", "deletecollection":
		switch a.Object.Resource {
		case "", "nodes", "namespaces", "persistentvolumes", "clusterroles", "clusterrolebindings", "storageclasses",
			"csinodes", "csidrivers", "volumeattachments", "priorityclasses", "runtimeclasses", "ingressclasses",
			"customresourcedefinitions", "apiservices", "certificatesigningrequests", "flowschemas", "prioritylevelconfigurations",
			"mutatingwebhookconfigurations", "validatingwebhookconfigurations",
			"validatingadmissionpolicies", "validatingadmissionpolicybindings":
			return ""
		}
		return allNamespaces
	}
	return ""
}

// program is a user agent up to its version: "kubectl" for "kubectl/v1.35.0 (linux/amd64) kubernetes/0000000".
func program(userAgent string) string {
	if i := strings.IndexAny(userAgent, "/ "); i > 0 {
		return userAgent[:i]
	}
	return userAgent
}

// appendNetwork writes the network of the address that connected: the /24 of an IPv4 address and the /48 of an IPv6 address, the
// smallest that are routed on their own. Pods and nodes move about in the private network that they share; that is taken
// whole as far as a VPC goes, which is at most a /16 (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html).
func appendNetwork(dst []byte, a *Action) []byte {
	peer := a.Peer()
	if !peer.IsValid() {
		return dst
	}
	network, err := peer.Prefix(networkBits(peer))
	if err != nil {
		return dst
	}
	return append(network.AppendTo(dst), 0)
}

func networkBits(address netip.Addr) int {
	switch {
	case !address.Is4():
		return 48
	case address.IsPrivate() || address.IsLoopback() || address.IsLinkLocalUnicast():
		return 16
	}
	return 24
}

// appendImages writes the repository of each image of a workload.
func appendImages(dst []byte, a *Action) []byte {
	w := deployedWorkload(a)
	if w == nil {
		return dst
	}
	for i := range w.Pod.Containers {
		if image := w.Pod.Containers[i].Image; image != "" {
			ref := ParseImage(image)
			dst = appendValue(dst, ref.Registry, "/", ref.Repository)
		}
	}
	return dst
}

// appendNode writes what of its node a workload is given: all of it, by privileged mode, or paths of its file system.
func appendNode(dst []byte, a *Action) []byte {
	w := deployedWorkload(a)
	if w == nil {
		return dst
	}
	if slices.ContainsFunc(w.Pod.Containers, func(c k8s.Container) bool { return c.Privileged }) {
		dst = appendValue(dst, "privileged")
	}
	if slices.ContainsFunc(w.Pod.Volumes, func(v k8s.Volume) bool { return v.HostPath != "" }) {
		dst = appendValue(dst, "hostPath")
	}
	return dst
}

// deployedWorkload is the workload that a user made or changed; nil for none, for one that the record does not show, and
// for what a controller makes of another object, which was looked at itself.
func deployedWorkload(a *Action) *k8s.Workload {
	if !a.DeploysWorkload() || IsController(a.User.Name) {
		return nil
	}
	r, _ := a.MadeResource()
	if r == nil {
		return nil
	}
	w, _ := r.Spec.(*k8s.Workload)
	return w
}

// DeploysWorkload reports whether a request makes or changes a pod, or what pods are made of, by what it asks for.
func (a *Action) DeploysWorkload() bool {
	if a.Object.Subresource != "" || a.Verb != "create" && a.Verb != "update" && a.Verb != "patch" {
		return false
	}
	switch a.Object.Resource {
	case "pods", "deployments", "daemonsets", "statefulsets", "replicasets", "replicationcontrollers", "jobs", "cronjobs":
		return true
	}
	return false
}

// appendRole writes the role that a binding grants: "ClusterRole admin".
func appendRole(dst []byte, a *Action) []byte {
	if a.Object.Resource != "rolebindings" && a.Object.Resource != "clusterrolebindings" || a.Object.Subresource != "" {
		return dst
	}
	object, _ := a.Made()
	role := object.Get("roleRef")
	if name := role.Get("name").Text(); name != "" {
		return appendValue(dst, role.Get("kind").Text(), " ", name)
	}
	return dst
}

// Asked is the permission that a user asked the API server about, with themselves in mind. It is that of a rule of a
// role; List says that all permissions were asked for at once.
type Asked struct {
	Verb, Group, Resource, Subresource, Path string
	List                                     bool
}

// Asked gives the permission that a request asks about; ok is false where it asks about none, or the record does not show
// which.
func (a *Action) Asked() (asked Asked, ok bool) {
	if a.Object.Resource == "selfsubjectrulesreviews" {
		return Asked{List: true}, a.Verb == "create"
	}
	if a.Object.Resource != "selfsubjectaccessreviews" || a.Verb != "create" {
		return Asked{}, false
	}
	spec := a.Sent().Get("spec")
	if of := spec.Get("resourceAttributes"); of.Exists() {
		text := func(key string) string { return of.Get(key).Text() }
		return Asked{Verb: text("verb"), Group: text("group"), Resource: text("resource"), Subresource: text("subresource")}, true
	}
	of := spec.Get("nonResourceAttributes")
	return Asked{Verb: of.Get("verb").Text(), Path: of.Get("path").Text()}, of.Exists()
}

// appendPermission writes the permission that was asked about: "list secrets", or "everything" for all at once.
func appendPermission(dst []byte, a *Action) []byte {
	asked, ok := a.Asked()
	switch {
	case !ok:
		return dst
	case asked.List:
		return appendValue(dst, "everything")
	case asked.Path != "":
		return appendValue(dst, asked.Verb, " ", asked.Path)
	}
	dot, slash := "", ""
	if asked.Group != "" {
		dot = "."
	}
	if asked.Subresource != "" {
		slash = "/"
	}
	return appendValue(dst, asked.Verb, " ", asked.Resource, dot, asked.Group, slash, asked.Subresource)
}
