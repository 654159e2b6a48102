package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// What the rules of the Pod Security Standards share. Each control is violated, in a version of
// Kubernetes, exactly when one of its traits is present in a world of that version; test/psa holds the
// rules to the fixtures of Pod Security Admission (https://pkg.go.dev/k8s.io/pod-security-admission/policy).

// securityContext is one place of a pod's spec that holds security settings: the pod's own, or that of a
// container, init container or ephemeral container.
type securityContext struct {
	rule.PodField
	*k8s.Security
	// container is nil for the pod's own.
	container *rule.Container
}

// securityContexts gives the pod's own security settings, then those of each container.
func securityContexts(w *rule.World, r *inventory.Resource) iter.Seq[securityContext] {
	return func(yield func(securityContext) bool) {
		for p := range rule.Pods(w, r) {
			if !yield(securityContext{PodField: p, Security: &p.Pod.Security}) {
				return
			}
		}
		for c := range rule.Containers(w, r) {
			if !yield(securityContext{PodField: c.PodField, Security: &c.Container.Security, container: &c}) {
				return
			}
		}
	}
}

// evidence names a field of the security settings; value is nil where it is not set.
func (s securityContext) evidence(field string, value any) finding.Evidence {
	switch {
	case s.container == nil:
		return s.Evidence("securityContext."+field, value)
	case value == nil:
		return notSet(*s.container, field)
	}
	return s.container.Evidence("securityContext."+field, value)
}

// notSet is the evidence that a field of a container's securityContext is not there. Where the container
// has no securityContext, as far as rules see, that is what is named.
func notSet(c rule.Container, field string) finding.Evidence {
	s := c.Container.Security
	has := c.Privileged || c.AllowEscalation != nil || c.ReadOnlyRoot != nil || c.ProcMount != "" ||
		len(c.Container.Capabilities)+len(c.Dropped) > 0 || s.RunAsUser != nil || s.RunAsNonRoot != nil ||
		s.Seccomp.Type != "" || s.AppArmor.Type != "" || s.SELinux.Set || s.HostProcess != nil
	if !has {
		return c.Evidence("securityContext", nil)
	}
	return c.Evidence("securityContext."+field, nil)
}

// versioned is a candidate of a cluster whose version is known, or taken for the latest.
type versioned interface {
	KubernetesVersion(w *rule.World) rule.Version
}

// since is the condition that a control is in the standard: from a minor version of Kubernetes 1 on.
func since[C versioned](minor int) rule.Condition[C] {
	return rule.Condition[C]{Name: "version", Holds: func(w *rule.World, c C) rule.Truth {
		return rule.Is(c.KubernetesVersion(w).AtLeast(1, minor))
	}}
}

// notExemptWindows is the condition that the restricted level asks for a field that only Linux has: of
// every pod, and from 1.25 on not of those that name Windows
// (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
func notExemptWindows[C interface {
	versioned
	OnLinux() bool
}]() rule.Condition[C] {
	return rule.Condition[C]{Name: "linux", Holds: func(w *rule.World, c C) rule.Truth {
		return rule.Is(c.OnLinux() || !c.KubernetesVersion(w).AtLeast(1, 25))
	}}
}

// inUserNamespace reports whether the pod has a user namespace of its own.
func inUserNamespace(p rule.PodField) bool { return p.Pod.HostUsers != nil && !*p.Pod.HostUsers }

// relaxed reports whether the standard relaxes its controls about users for the pod: from 1.35 on, where
// it has a user namespace of its own (https://kubernetes.io/docs/concepts/workloads/pods/user-namespaces/).
func relaxed(w *rule.World, p rule.PodField) bool {
	return inUserNamespace(p) && p.KubernetesVersion(w).AtLeast(1, 35)
}

// inVersion are the settings of an example for a cluster of Kubernetes 1.minor.
func inVersion(minor int) rule.Settings {
	return rule.Settings{KubernetesVersion: rule.Version{Major: 1, Minor: minor}}
}

// contextual is the weight of what never makes an exposure alone.
func contextual() finding.Weight {
	return finding.Weight{Role: finding.Contextual, Likelihood: finding.LikelihoodLow}
}

// slight is the weight of what makes an exposure, but gives an attacker nothing by itself.
func slight() finding.Weight {
	return finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodLow}
}
