package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// What the patches of several rules share.

// inPodSecurity sets a field of the pod's securityContext where nobody set it, and corrects what a pod or
// container says itself: each field that the evidence names is set to corrected.
func inPodSecurity(field string, value, corrected any) func(rule.Patched) []rule.Change {
	return func(p rule.Patched) []rule.Change {
		var all []rule.Change
		for _, e := range p.Evidence {
			if e.Value == nil {
				all = append(all, rule.SetInPod("securityContext."+field, value)(p)...)
				continue
			}
			all = append(all, rule.Change{Path: e.Path, Value: corrected})
		}
		return all
	}
}

// confined puts the runtime's default profile in the place of one that does not confine, be it in a field or
// in an annotation.
func confined(annotation string) func(rule.Patched) []rule.Change {
	return func(p rule.Patched) []rule.Change {
		var all []rule.Change
		for _, e := range p.Evidence {
			value := annotation
			if strings.HasSuffix(e.Path, "Profile.type") {
				value = "RuntimeDefault"
			}
			all = append(all, rule.Change{Path: e.Path, Value: value})
		}
		return all
	}
}

// dropAll drops every capability of the containers that the evidence is about, and takes back those that
// they add.
func dropAll(p rule.Patched) []rule.Change {
	all := rule.SetInContainers("securityContext.capabilities.drop", []any{"ALL"})(p)
	for _, e := range p.Evidence {
		if strings.Contains(e.Path, ".capabilities.add[") {
			all = append(all, rule.Change{Path: e.Path, Remove: true})
		}
	}
	return all
}

// mountReadOnly mounts the volumes of the evidence read-only.
func mountReadOnly(p rule.Patched) []rule.Change {
	var all []rule.Change
	for _, e := range p.Evidence {
		if strings.HasSuffix(e.Path, "].readOnly") && e.Value == false {
			all = append(all, rule.Change{Path: e.Path, Value: true})
		}
	}
	return all
}

// removeItems takes away the items of lists that the evidence names a field of.
func removeItems(p rule.Patched) []rule.Change {
	var all []rule.Change
	for _, e := range p.Evidence {
		if i := strings.LastIndexByte(e.Path, ']'); i > 0 {
			all = append(all, rule.Change{Path: e.Path[:i+1], Remove: true})
		}
	}
	return all
}

// fromSecret reads the environment variables of the evidence from a Secret. A credential that stands
// anywhere else, as among arguments, needs a change of the program's settings.
func fromSecret(p rule.Patched) []rule.Change {
	var all []rule.Change
	for _, e := range p.Evidence {
		variable, name, ok := environmentVariable(p, e)
		if !ok {
			return nil
		}
		all = append(all,
			rule.Change{Path: e.Path, Remove: true},
			rule.Change{Path: variable + ".valueFrom.secretKeyRef", Value: rule.Fields{{Key: "name", Value: secretFor(p)}, {Key: "key", Value: name}}})
	}
	return all
}

// environmentVariable gives the path and name of the variable whose value is evidence.
func environmentVariable(p rule.Patched, e finding.Evidence) (path, name string, ok bool) {
	path, ok = strings.CutSuffix(e.Path, ".value")
	if !ok || !strings.HasSuffix(tree.Parent(path), ".env") {
		return "", "", false
	}
	name = p.Object.Lookup(path).Get("name").Text()
	return path, name, name != ""
}

func secretFor(p rule.Patched) string {
	return strings.TrimRight(strings.ToLower(strings.TrimRight(p.Resource.Name, "*")), "-.") + "-credentials"
}

// createSecret gives the command that creates the Secret of [fromSecret]. The shell's variables stand for
// the values.
func createSecret(p rule.Patched) []string {
	if !plainName(p.Resource.Name) || !plainName(p.Resource.Namespace) {
		return nil // Kubernetes would refuse it, and a shell might take it for something else.
	}
	command := "kubectl create secret generic " + secretFor(p) + " --namespace " + p.Resource.Namespace
	seen := map[string]bool{}
	for _, e := range p.Evidence {
		if _, name, ok := environmentVariable(p, e); ok && !seen[name] && plainName(name) {
			seen[name] = true
			command += ` --from-literal=` + name + `="$` + shellName(name) + `"`
		}
	}
	return []string{command}
}

// plainName reports whether a shell takes a name as it is.
func plainName(name string) bool {
	return strings.Trim(strings.ToLower(name), "abcdefghijklmnopqrstuvwxyz0123456789-_.") == ""
}

// shellName gives the name of a variable that a shell takes.
func shellName(name string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' || 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z' {
			return r
		}
		return '_'
	}, name)
}

// enforceBaseline sets the label of Pod Security Admission.
func enforceBaseline(p rule.Patched) []rule.Change {
	return []rule.Change{{Path: tree.Path("$.metadata.labels", enforceLabel), Value: "baseline"}}
}

// clusterOnly makes of a Service of type NodePort one that only the cluster reaches, without the fields that the
// API server refuses then.
func clusterOnly(p rule.Patched) []rule.Change {
	all := []rule.Change{{Path: "$.spec.type", Value: "ClusterIP"}}
	for _, field := range []string{"externalTrafficPolicy", "healthCheckNodePort"} {
		if p.Object.Get("spec", field).Exists() {
			all = append(all, rule.Change{Path: tree.Path("$.spec", field), Remove: true})
		}
	}
	i := 0
	for port := range p.Object.Get("spec", "ports").All() {
		if port.Get("nodePort").Exists() {
			all = append(all, rule.Change{Path: tree.PathIndex("$.spec.ports", i) + ".nodePort", Remove: true})
		}
		i++
	}
	return all
}

// internalScheme asks for an internal load balancer where an annotation asks for a public one. What follows from
// a class or a type has no single field to change.
func internalScheme(p rule.Patched) []rule.Change {
	var all []rule.Change
	for _, e := range p.Evidence {
		if value, ok := k8s.InternalInstead(e.Path); ok {
			all = append(all, rule.Change{Path: e.Path, Value: value})
		}
	}
	return all
}

// failClosed lets webhooks refuse what they cannot look at. A selector that lets namespaces out is another
// question, which their policies decide.
func failClosed(p rule.Patched) []rule.Change {
	var all []rule.Change
	for _, e := range p.Evidence {
		if !strings.HasSuffix(e.Path, ".failurePolicy") {
			return nil
		}
		all = append(all, rule.Change{Path: e.Path, Value: "Fail"})
	}
	return all
}
