package catalog

import (
	"slices"

	"github.com/merlonsec/merlon/internal/catalog/detections"
	"github.com/merlonsec/merlon/internal/rule"
)

// Detections lists every rule over the audit stream, in the order in which the catalogue documents them. The rules are
// shared and may not be changed.
func Detections() []*rule.Detection {
	return slices.Concat(detections.Matrix(), []*rule.Detection{
		&detections.CompromisedCluster,
		&detections.ExecInKubeSystemPod,
		&detections.AnomalousSecretsAccessed,
		&detections.AnomalousExecInPod,
		&detections.AnomalousRoleBindingCreated,
		&detections.AnomalousRoleCreated,
		&detections.AnomalousPermissionChecked,
		&detections.AnomalousWorkloadDeployed,
		&detections.AnomalousPrivilegedContainer,
		&detections.AnomalousSensitiveMount,
		&detections.AdminAccessToDefaultServiceAccount,
		&detections.AnonymousAccessGranted,
		&detections.ExposedDashboard,
		&detections.KubeflowDashboardExposed,
		&detections.PrivilegedContainer,
		&detections.ContainerWithSensitiveMount,
	}, ownDetections())
}

// ownDetections lists the rules of finding types that GuardDuty does not have, by tactic.
func ownDetections() []*rule.Detection {
	return []*rule.Detection{
		&detections.NodePortExposed,
		&detections.AttachToPod,
		&detections.EphemeralContainerAdded,
		&detections.ExecInPod,
		&detections.PodInSystemNamespace,
		&detections.PodProxy,
		&detections.SuspiciousCommand,
		&detections.SuspiciousImage,
		&detections.APIServiceRegistered,
		&detections.AWSAuthChanged,
		&detections.AdmissionWebhookChanged,
		&detections.CertificateSigningRequest,
		&detections.PrivilegedPersistentVolume,
		&detections.ServiceAccountInSystemNamespace,
		&detections.ServiceAccountTokenSecret,
		&detections.WorkloadPatched,
		&detections.AdminBindingCreated,
		&detections.DangerousCapability,
		&detections.DangerousRoleCreated,
		&detections.HostNamespaces,
		&detections.Impersonation,
		&detections.NodeProxy,
		&detections.SystemRoleChanged,
		&detections.AdmissionControlRemoved,
		&detections.EventsDeleted,
		&detections.NetworkPolicyDeleted,
		&detections.PodSecurityLowered,
		&detections.CoreDNSChanged,
		&detections.CredentialsInConfigMap,
		&detections.SecretAccessDenied,
		&detections.SecretsInBulk,
		&detections.SecretsListed,
		&detections.TokenRequested,
		&detections.AccessReviewBurst,
		&detections.DeniedBurst,
		&detections.PermissionEnumeration,
		&detections.EndpointsChanged,
		&detections.CopyToPod,
		&detections.PortForward,
		&detections.CopyFromPod,
		&detections.MassDeletion,
		&detections.ImageNotAllowed,
		&detections.NamespaceNotAllowed,
		&detections.UserNotAllowed,
	}
}

// FindDetection returns the rule of a finding type; nil where there is none.
func FindDetection(kind string) *rule.Detection {
	for _, r := range Detections() {
		if r.Type == kind {
			return r
		}
	}
	return nil
}
