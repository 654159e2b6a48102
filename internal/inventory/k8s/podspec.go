package k8s

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

func projectPodSpec(spec tree.Node, path string) PodSpec {
	p := PodSpec{
		Path:           path,
		HostPID:        isTrue(spec.Get("hostPID")),
		HostIPC:        isTrue(spec.Get("hostIPC")),
		HostNet:        isTrue(spec.Get("hostNetwork")),
		HostUsers:      optBool(spec.Get("hostUsers")),
		OS:             spec.Get("os", "name").Text(),
		ServiceAccount: firstText(spec.Get("serviceAccountName"), spec.Get("serviceAccount")),
		AutomountToken: optBool(spec.Get("automountServiceAccountToken")),
		Security:       projectSecurity(spec.Get("securityContext")),
		ShareProcesses: isTrue(spec.Get("shareProcessNamespace")),
	}
	if p.ServiceAccount == "" {
		p.ServiceAccount = "default"
	}
	for sysctl := range spec.Get("securityContext", "sysctls").All() {
		p.Sysctls = append(p.Sysctls, sysctl.Get("name").Text())
	}
	for _, list := range containerLists() {
		i := 0
		for c := range spec.Get(list.field).All() {
			at := tree.PathIndex(tree.Path(path, list.field), i)
			p.Containers = append(p.Containers, projectContainer(c, at, list))
			i++
		}
	}
	i := 0
	for v := range spec.Get("volumes").All() {
		p.Volumes = append(p.Volumes, projectVolume(v, tree.PathIndex(tree.Path(path, "volumes"), i)))
		for source := range v.Get("projected", "sources").All() {
			p.TokenVolume = p.TokenVolume || IsAPIToken(source.Get("serviceAccountToken"))
		}
		i++
	}
	for t := range spec.Get("tolerations").All() {
		everything := t.Get("operator").Text() == "Exists" && t.Get("key").Text() == "" && t.Get("effect").Text() == ""
		p.ToleratesEverything = p.ToleratesEverything || everything
	}
	return p
}

// IsAPIToken reports whether a projected token is one for the API server: one without an audience of its
// own, or with one of the API server's. A token for AWS, say, is of no use there.
func IsAPIToken(token tree.Node) bool {
	audience := token.Get("audience").Text()
	return token.Kind() == tree.Map && (audience == "" || audience == "api" || strings.HasPrefix(audience, "https://kubernetes.default.svc"))
}

func projectSecurity(context tree.Node) Security {
	options := context.Get("seLinuxOptions")
	return Security{
		RunAsUser:    optInt(context.Get("runAsUser")),
		RunAsNonRoot: optBool(context.Get("runAsNonRoot")),
		Seccomp:      projectProfile(context.Get("seccompProfile")),
		AppArmor:     projectProfile(context.Get("appArmorProfile")),
		SELinux: SELinux{
			Set: options.Len() > 0, Type: options.Get("type").Text(), User: options.Get("user").Text(), Role: options.Get("role").Text(),
		},
		HostProcess: optBool(context.Get("windowsOptions", "hostProcess")),
	}
}

func projectProfile(n tree.Node) Profile {
	return Profile{Type: n.Get("type").Text(), Localhost: n.Get("localhostProfile").Text()}
}

// projectVolume reads a volume. Its kind is the one field beside its name; a volume that has none is an
// emptyDir to the API server.
func projectVolume(v tree.Node, path string) Volume {
	volume := Volume{Path: path, Name: v.Get("name").Text(), HostPath: v.Get("hostPath", "path").Text()}
	volume.Claim = v.Get("persistentVolumeClaim", "claimName").Text()
	for source := range v.All() {
		if source.Key() != "name" && source.Kind() != tree.Null {
			volume.Kind = source.Key()
		}
	}
	return volume
}

func projectContainer(n tree.Node, path string, list containerList) Container {
	security := n.Get("securityContext")
	c := Container{
		Path: path, Init: list.init, Ephemeral: list.ephemeral,
		Name:            n.Get("name").Text(),
		Image:           n.Get("image").Text(),
		Privileged:      isTrue(security.Get("privileged")),
		Security:        projectSecurity(security),
		AllowEscalation: optBool(security.Get("allowPrivilegeEscalation")),
		ReadOnlyRoot:    optBool(security.Get("readOnlyRootFilesystem")),
		ProcMount:       security.Get("procMount").Text(),
		Capabilities:    capabilities(security.Get("capabilities", "add")),
		Dropped:         capabilities(security.Get("capabilities", "drop")),
		CapPath:         path + ".securityContext.capabilities.add",
	}
	for p := range n.Get("ports").All() {
		c.Ports = append(c.Ports, Port{
			Name: p.Get("name").Text(), Number: port(p.Get("containerPort")), HostPort: port(p.Get("hostPort")),
			Protocol: protocol(p.Get("protocol").Text()),
		})
	}
	c.Mounts = projectMounts(n.Get("volumeMounts"))
	for _, probe := range []string{"livenessProbe", "readinessProbe", "startupProbe"} {
		c.Handlers = appendHandlers(c.Handlers, n.Get(probe), tree.Path(path, probe))
	}
	for _, hook := range []string{"postStart", "preStop"} {
		c.Handlers = appendHandlers(c.Handlers, n.Get("lifecycle", hook), path+".lifecycle."+hook)
	}
	for _, field := range []string{"env", "args", "command"} {
		c.Credentials = appendCredentials(c.Credentials, n.Get(field), tree.Path(path, field))
	}
	return c
}

func projectMounts(list tree.Node) []Mount {
	var mounts []Mount
	for m := range list.All() {
		mounts = append(mounts, Mount{
			Volume: m.Get("name").Text(), Path: m.Get("mountPath").Text(),
			SubPath: m.Get("subPath").Text(), ReadOnly: isTrue(m.Get("readOnly")),
		})
	}
	return mounts
}

// appendHandlers reads the host that a probe or lifecycle handler connects to, where it names one.
func appendHandlers(found []Handler, n tree.Node, path string) []Handler {
	for _, action := range []string{"httpGet", "tcpSocket"} {
		if host := n.Get(action, "host").Text(); host != "" {
			found = append(found, Handler{Path: path + "." + action + ".host", Host: host})
		}
	}
	return found
}

func capabilities(list tree.Node) []string {
	var names []string
	for n := range list.All() {
		names = append(names, strings.TrimPrefix(strings.ToUpper(n.Text()), "CAP_"))
	}
	return names
}

func port(n tree.Node) int32 {
	number, _ := n.Int()
	return int32(min(max(number, 0), 65535))
}

func protocol(text string) string {
	if text == "" {
		return "TCP"
	}
	return text
}

// profiles keeps the annotations that stood for a field before it was there: AppArmor profiles until
// Kubernetes 1.30, seccomp profiles until 1.19
// (https://kubernetes.io/docs/tutorials/security/apparmor/, https://kubernetes.io/docs/tutorials/security/seccomp/).
func profiles(annotations tree.Node) inventory.Labels {
	kept := slices.DeleteFunc(labels(annotations), func(l inventory.Label) bool {
		return !strings.HasPrefix(l.Key, "container.apparmor.security.beta.kubernetes.io/") &&
			!strings.HasPrefix(l.Key, "container.seccomp.security.alpha.kubernetes.io/") &&
			l.Key != "seccomp.security.alpha.kubernetes.io/pod"
	})
	if len(kept) == 0 {
		return nil
	}
	return slices.Clip(kept)
}
