package catalog

import (
	"github.com/merlonsec/merlon/internal/catalog/detections"
	"github.com/merlonsec/merlon/internal/rule"
)

// Detections lists every rule over the audit stream, in the order in which the catalogue documents them. The rules are
// shared and may not be changed.
func Detections() []*rule.Detection {
	return append(
		detections.Matrix(),
		&detections.ExecInKubeSystemPod,
		&detections.AdminAccessToDefaultServiceAccount,
		&detections.AnonymousAccessGranted,
		&detections.ExposedDashboard,
		&detections.KubeflowDashboardExposed,
		&detections.PrivilegedContainer,
		&detections.ContainerWithSensitiveMount,
	)
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
