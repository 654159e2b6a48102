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
		&detections.AttachToPod,
		&detections.CopyFromPod,
		&detections.CopyToPod,
		&detections.ExecInPod,
		&detections.PortForward,
		&detections.SuspiciousCommand,
		&detections.CertificateSigningRequest,
		&detections.EphemeralContainerAdded,
		&detections.Impersonation,
		&detections.TokenRequested,
		&detections.AdmissionControlRemoved,
		&detections.AdmissionWebhookChanged,
		&detections.AWSAuthChanged,
		&detections.CoreDNSChanged,
		&detections.NodeProxy,
		&detections.PodProxy,
		&detections.AccessReviewBurst,
		&detections.DeniedBurst,
		&detections.PermissionEnumeration,
		&detections.SecretAccessDenied,
		&detections.SecretsInBulk,
		&detections.SecretsListed,
		&detections.APIServiceRegistered,
		&detections.EventsDeleted,
		&detections.NetworkPolicyDeleted,
		&detections.NodePortExposed,
		&detections.PodSecurityLowered,
		&detections.SystemRoleChanged,
		&detections.AdminBindingCreated,
		&detections.DangerousRoleCreated,
		&detections.WorkloadPatched,
		&detections.AnomalousSecretsAccessed,
		&detections.AnomalousExecInPod,
		&detections.AnomalousRoleBindingCreated,
		&detections.AnomalousRoleCreated,
		&detections.AnomalousPermissionChecked,
		&detections.AnomalousWorkloadDeployed,
		&detections.AnomalousPrivilegedContainer,
		&detections.AnomalousSensitiveMount,
		&detections.CredentialsInConfigMap,
		&detections.DangerousCapability,
		&detections.HostNamespaces,
		&detections.ImageNotAllowed,
		&detections.MassDeletion,
		&detections.NamespaceNotAllowed,
		&detections.AdminAccessToDefaultServiceAccount,
		&detections.AnonymousAccessGranted,
		&detections.ExposedDashboard,
		&detections.KubeflowDashboardExposed,
		&detections.PrivilegedContainer,
		&detections.ContainerWithSensitiveMount,
		&detections.PodInSystemNamespace,
		&detections.SuspiciousImage,
		&detections.PrivilegedPersistentVolume,
		&detections.ServiceAccountInSystemNamespace,
		&detections.ServiceAccountTokenSecret,
		&detections.UserNotAllowed,
	})
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
