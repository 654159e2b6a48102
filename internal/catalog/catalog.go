// Package catalog lists the rules that Merlon ships. Rules come in from the packages below it, one file
// each; an ordered list goes out. It registers nothing by itself: a rule that is not in [All] does not
// exist.
package catalog

import (
	"github.com/merlonsec/merlon/internal/catalog/traits"
	"github.com/merlonsec/merlon/internal/rule"
)

// All lists every rule, in the order in which the catalogue documents them. The rules are shared and may
// not be changed.
func All() []*rule.Rule {
	return []*rule.Rule{
		&traits.PrivilegedContainer,
		&traits.HostPID,
		&traits.HostIPC,
		&traits.HostNetwork,
		&traits.SensitiveHostPath,
		&traits.ContainerRuntimeSocket,
		&traits.DangerousCapability,
		&traits.RunsAsRoot,
		&traits.CleartextCredentials,
		&traits.ImageUntrustedRegistry,
		&traits.PodSecurityNotEnforced,
		&traits.IngressWithoutTLS,
	}
}

// Find returns the rule with an ID; nil where there is none.
func Find(id string) *rule.Rule {
	for _, r := range All() {
		if r.ID == id {
			return r
		}
	}
	return nil
}
