package celrule

import (
	"errors"
	"fmt"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// schema holds the types of the typed variables. Their fields are those of the projection that Merlon's own
// rules read, under the names that Kubernetes gives them.
type schema struct {
	resource, settings, pod, container, volume, mount, port, profile, seLinux, image *objectType
}

func newSchema() *schema {
	s := &schema{
		resource: newObjectType("Resource"), settings: newObjectType("Settings"), pod: newObjectType("Pod"),
		container: newObjectType("Container"), volume: newObjectType("Volume"), mount: newObjectType("Mount"),
		port: newObjectType("Port"), profile: newObjectType("Profile"), seLinux: newObjectType("SELinux"),
		image: newObjectType("Image"),
	}
	s.resources()
	s.pods()
	s.containers()
	s.volumes()
	s.small()
	return s
}

func (s *schema) all() []*objectType {
	return []*objectType{s.resource, s.settings, s.pod, s.container, s.volume, s.mount, s.port, s.profile, s.seLinux, s.image}
}

func texts() *types.Type  { return types.NewListType(types.StringType) }
func strMap() *types.Type { return types.NewMapType(types.StringType, types.StringType) }

// at is a resource with the world around it.
type at struct {
	*inventory.Resource
	world *rule.World
}

func (s *schema) resources() {
	t := s.resource
	field(t, "uid", types.StringType, func(r *at) any { return string(r.UID) })
	field(t, "type", types.StringType, func(r *at) any { return string(r.Type) })
	field(t, "kind", types.StringType, func(r *at) any { return r.Type.Kind() })
	field(t, "name", types.StringType, func(r *at) any { return r.Name })
	field(t, "namespace", types.StringType, func(r *at) any { return r.Namespace })
	field(t, "cluster", types.StringType, func(r *at) any { return r.Cluster })
	field(t, "labels", strMap(), func(r *at) any { return labelMap(r.Labels) })
	field(t, "namespaceLabels", strMap(), namespaceLabels)

	t = s.settings
	field(t, "trustedRegistries", texts(), func(r *at) any { return r.world.Settings.TrustedRegistries })
	field(t, "kubernetesVersion", types.StringType, func(r *at) any { return r.world.KubernetesVersion(r.Cluster).String() })
}

// errNoNamespace says that a resource has no namespace whose labels it could have.
var errNoNamespace = errors.New("the resource is in no namespace")

// namespaceLabels gives the labels of the namespace that a resource is in. Where that was not read, nobody
// knows them.
func namespaceLabels(r *at) any {
	if r.Namespace == "" {
		return errNoNamespace
	}
	for _, other := range r.world.Inventory.InNamespace(r.Cluster, "") {
		if other.Type == k8s.Namespace && other.Name == r.Namespace {
			return labelMap(other.Labels)
		}
	}
	return fmt.Errorf("the namespace %q was not read", r.Namespace)
}

// labelMap gives labels as a map; one whose value was taken out is an error there.
func labelMap(labels inventory.Labels) any {
	m := make(map[string]string, len(labels))
	hidden := false
	for _, l := range labels {
		m[l.Key] = l.Value
		hidden = hidden || isHidden(l.Value)
	}
	if !hidden {
		return m
	}
	values := make(map[ref.Val]ref.Val, len(m))
	for key, value := range m {
		values[types.String(key)] = textOf(value)
	}
	return types.NewRefValMap(types.DefaultTypeAdapter, values)
}

func (s *schema) pods() {
	t := s.pod
	field(t, "labels", strMap(), func(p *rule.PodField) any { return labelMap(p.PodLabels) })
	field(t, "path", types.StringType, func(p *rule.PodField) any { return p.Pod.Path })
	field(t, "hostPID", types.BoolType, func(p *rule.PodField) any { return p.Pod.HostPID })
	field(t, "hostIPC", types.BoolType, func(p *rule.PodField) any { return p.Pod.HostIPC })
	field(t, "hostNetwork", types.BoolType, func(p *rule.PodField) any { return p.Pod.HostNet })
	optional(t, "hostUsers", types.BoolType, func(p *rule.PodField) *bool { return p.Pod.HostUsers })
	field(t, "os", types.StringType, func(p *rule.PodField) any { return p.Pod.OS })
	field(t, "serviceAccountName", types.StringType, func(p *rule.PodField) any { return p.Pod.ServiceAccount })
	optional(t, "automountServiceAccountToken", types.BoolType, func(p *rule.PodField) *bool { return p.Pod.AutomountToken })
	field(t, "shareProcessNamespace", types.BoolType, func(p *rule.PodField) any { return p.Pod.ShareProcesses })
	field(t, "sysctls", texts(), func(p *rule.PodField) any { return p.Pod.Sysctls })
	field(t, "containers", types.NewListType(s.container.self), func(p *rule.PodField) any {
		all := make([]ref.Val, len(p.Pod.Containers))
		for i := range all {
			all[i] = object{s.container, &p.Pod.Containers[i]}
		}
		return listOf(all)
	})
	field(t, "volumes", types.NewListType(s.volume.self), func(p *rule.PodField) any {
		all := make([]ref.Val, 0, len(p.Pod.Volumes))
		for v := range rule.Volumes(nil, p.Resource) {
			all = append(all, object{s.volume, &v})
		}
		return listOf(all)
	})
	security(s, t, func(p *rule.PodField) *k8s.Security { return &p.Pod.Security })
}

func (s *schema) containers() {
	t := s.container
	field(t, "path", types.StringType, func(c *k8s.Container) any { return c.Path })
	field(t, "name", types.StringType, func(c *k8s.Container) any { return c.Name })
	field(t, "image", types.StringType, func(c *k8s.Container) any { return c.Image })
	field(t, "init", types.BoolType, func(c *k8s.Container) any { return c.Init })
	field(t, "ephemeral", types.BoolType, func(c *k8s.Container) any { return c.Ephemeral })
	field(t, "privileged", types.BoolType, func(c *k8s.Container) any { return c.Privileged })
	optional(t, "allowPrivilegeEscalation", types.BoolType, func(c *k8s.Container) *bool { return c.AllowEscalation })
	optional(t, "readOnlyRootFilesystem", types.BoolType, func(c *k8s.Container) *bool { return c.ReadOnlyRoot })
	field(t, "procMount", types.StringType, func(c *k8s.Container) any { return c.ProcMount })
	field(t, "capabilities", texts(), func(c *k8s.Container) any { return c.Capabilities })
	field(t, "droppedCapabilities", texts(), func(c *k8s.Container) any { return c.Dropped })
	field(t, "credentials", texts(), func(c *k8s.Container) any {
		kinds := make([]string, len(c.Credentials))
		for i, found := range c.Credentials {
			kinds[i] = string(found.Kind)
		}
		return kinds
	})
	field(t, "ports", types.NewListType(s.port.self), func(c *k8s.Container) any {
		all := make([]ref.Val, len(c.Ports))
		for i := range all {
			all[i] = object{s.port, &c.Ports[i]}
		}
		return listOf(all)
	})
	field(t, "mounts", types.NewListType(s.mount.self), func(c *k8s.Container) any {
		all := make([]ref.Val, len(c.Mounts))
		for i := range all {
			all[i] = object{s.mount, &mount{&c.Mounts[i], c, tree.PathIndex(c.Path+".volumeMounts", i)}}
		}
		return listOf(all)
	})
	security(s, t, func(c *k8s.Container) *k8s.Security { return &c.Security })
}

// security declares what the securityContext of a pod and of a container have in common.
func security[T any](s *schema, t *objectType, of func(T) *k8s.Security) {
	optional(t, "runAsUser", types.IntType, func(v T) *int64 { return of(v).RunAsUser })
	optional(t, "runAsNonRoot", types.BoolType, func(v T) *bool { return of(v).RunAsNonRoot })
	optional(t, "hostProcess", types.BoolType, func(v T) *bool { return of(v).HostProcess })
	field(t, "seccompProfile", s.profile.self, func(v T) any { return object{s.profile, &of(v).Seccomp} })
	field(t, "appArmorProfile", s.profile.self, func(v T) any { return object{s.profile, &of(v).AppArmor} })
	field(t, "seLinuxOptions", s.seLinux.self, func(v T) any { return object{s.seLinux, &of(v).SELinux} })
}

func (s *schema) volumes() {
	t := s.volume
	field(t, "path", types.StringType, func(v *rule.Volume) any { return v.Volume.Path })
	field(t, "name", types.StringType, func(v *rule.Volume) any { return v.Volume.Name })
	field(t, "kind", types.StringType, func(v *rule.Volume) any { return v.Kind })
	field(t, "hostPath", types.StringType, func(v *rule.Volume) any { return v.HostPath })
	field(t, "mounts", types.NewListType(s.mount.self), func(v *rule.Volume) any {
		var all []ref.Val
		for m := range v.Mounts() {
			all = append(all, object{s.mount, &mount{m.Mount, m.Container, m.At()}})
		}
		return listOf(all)
	})

	t = s.mount
	field(t, "path", types.StringType, func(m *mount) any { return m.path })
	field(t, "volume", types.StringType, func(m *mount) any { return m.Volume })
	field(t, "mountPath", types.StringType, func(m *mount) any { return m.Path })
	field(t, "subPath", types.StringType, func(m *mount) any { return m.SubPath })
	field(t, "readOnly", types.BoolType, func(m *mount) any { return m.ReadOnly })
	field(t, "container", s.container.self, func(m *mount) any { return object{s.container, m.container} })
}

// mount is one mount of a container.
type mount struct {
	*k8s.Mount
	container *k8s.Container
	path      string
}

func (s *schema) small() {
	field(s.port, "name", types.StringType, func(p *k8s.Port) any { return p.Name })
	field(s.port, "containerPort", types.IntType, func(p *k8s.Port) any { return int64(p.Number) })
	field(s.port, "hostPort", types.IntType, func(p *k8s.Port) any { return int64(p.HostPort) })
	field(s.port, "protocol", types.StringType, func(p *k8s.Port) any { return p.Protocol })

	field(s.profile, "type", types.StringType, func(p *k8s.Profile) any { return p.Type })
	field(s.profile, "localhostProfile", types.StringType, func(p *k8s.Profile) any { return p.Localhost })

	field(s.seLinux, "type", types.StringType, func(o *k8s.SELinux) any { return o.Type })
	field(s.seLinux, "user", types.StringType, func(o *k8s.SELinux) any { return o.User })
	field(s.seLinux, "role", types.StringType, func(o *k8s.SELinux) any { return o.Role })

	field(s.image, "registry", types.StringType, func(i *rule.ImageRef) any { return i.Registry })
	field(s.image, "repository", types.StringType, func(i *rule.ImageRef) any { return i.Repository })
	field(s.image, "tag", types.StringType, func(i *rule.ImageRef) any { return i.Tag })
	field(s.image, "digest", types.StringType, func(i *rule.ImageRef) any { return i.Digest })
}
