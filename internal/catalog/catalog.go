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
		&traits.HostPort,
		&traits.HostPath,
		&traits.PersistentVolumeHostPath,
		&traits.SensitiveHostPath,
		&traits.ContainerRuntimeSocket,
		&traits.DangerousCapability,
		&traits.AddedCapability,
		&traits.CapabilitiesNotDropped,
		&traits.PrivilegeEscalationAllowed,
		&traits.RunsAsRoot,
		&traits.NonRootNotRequired,
		&traits.SeccompUnconfined,
		&traits.SeccompNotSet,
		&traits.AppArmorUnconfined,
		&traits.SELinuxCustom,
		&traits.ProcMountUnmasked,
		&traits.ProcMountUnmaskedUserNamespace,
		&traits.UnsafeSysctl,
		&traits.WindowsHostProcess,
		&traits.HostProbeOrLifecycle,
		&traits.RestrictedVolumeType,
		&traits.WritableRootFilesystem,
		&traits.CleartextCredentials,
		&traits.ImageUntrustedRegistry,
		&traits.ShareProcessNamespace,
		&traits.ImageOutdated,
		&traits.ComponentRetired,
		&traits.ImageMutableTag,
		&traits.TokenAutomounted,
		&traits.AssumesIAMRole,
		&traits.NoDefaultDenyIngress,
		&traits.NoDefaultDenyEgress,
		&traits.PodSecurityNotEnforced,
		&traits.ServiceLoadBalancerPublic,
		&traits.ServiceNodePort,
		&traits.ServiceExternalIP,
		&traits.IngressWithoutTLS,
		&traits.DashboardExposed,
		&traits.GatewayWithoutTLS,
		&traits.WebhookFailOpen,
		&traits.EKSPublicEndpoint,
		&traits.EKSUnsupportedVersion,
		&traits.EKSSecretsUnencrypted,
		&traits.EKSAuditLogDisabled,
		&traits.EKSConfigMapAuth,
		&traits.EKSNodeIMDSReachable,
		&traits.EKSNodePublicIP,
		&traits.EKSContainerVulnerabilityHigh,
		&traits.EKSContainerVulnerability,
		&traits.EKSContainerEOLOS,
		&traits.EKSContainerMaliciousPackage,
		&traits.EKSMaliciousFile,
		&traits.ECSPrivilegedContainer,
		&traits.ECSAssumesIAMRole,
		&traits.ECSRoleAdmin,
		&traits.ECSRoleServiceAdmin,
		&traits.ECSHostFilesystem,
		&traits.ECSContainerRuntimeSocket,
		&traits.ECSDangerousCapability,
		&traits.ECSHostPIDNamespace,
		&traits.ECSHostIPCNamespace,
		&traits.ECSHostNetwork,
		&traits.ECSCleartextCredentials,
		&traits.ECSPublicIP,
		&traits.ECSOpenSecurityGroup,
		&traits.ECSInternetReachable,
		&traits.ECSInstanceIMDSReachable,
		&traits.ECSSharedInstanceRoles,
		&traits.ECSContainerVulnerabilityHigh,
		&traits.ECSContainerVulnerability,
		&traits.ECSContainerEOLOS,
		&traits.ECSContainerMaliciousPackage,
		&traits.ECRRepositoryPublic,
		&traits.ECSExecEnabled,
		&traits.ECSRootUser,
		&traits.ECSWritableRootFilesystem,
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
