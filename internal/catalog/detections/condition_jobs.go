package detections

import "strings"

// jobTable says what each controller changes, one a line: "ACCOUNT: VERB… RESOURCE, …". It is narrower than the role that
// Kubernetes gives it, by what it does no more or only might do
// (https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go).
// Every controller writes events beside it; for what they read see readsForItself, and for how jobs are done asUsual. The
// manager itself makes the accounts of the others, asks who signs in to its own port, and held the tokens of service
// accounts in Secrets before Kubernetes 1.24.
const jobTable = `
attachdetach-controller: patch update nodes/status, create delete patch volumeattachments.storage.k8s.io
certificate-controller: delete certificatesigningrequests.certificates.k8s.io, update certificatesigningrequests.certificates.k8s.io/status, update certificatesigningrequests.certificates.k8s.io/approval, create subjectaccessreviews.authorization.k8s.io
clusterrole-aggregation-controller: update patch clusterroles.rbac.authorization.k8s.io
cronjob-controller: create update patch delete jobs.batch, update cronjobs.batch/status, delete pods
daemon-set-controller: create delete patch pods, create pods/binding, create update patch delete controllerrevisions.apps, update daemonsets.apps/status
deployment-controller: create update patch delete replicasets.apps, update deployments.apps/status
device-taint-eviction-controller: delete pods, update patch pods/status
disruption-controller: update poddisruptionbudgets.policy/status, patch update pods/status
endpoint-controller: create update delete endpoints
endpointslice-controller: create update delete endpointslices.discovery.k8s.io
endpointslicemirroring-controller: create update delete endpointslices.discovery.k8s.io
ephemeral-volume-controller: create persistentvolumeclaims
expand-controller: update patch persistentvolumes, update patch persistentvolumeclaims/status
generic-garbage-collector: patch delete *
horizontal-pod-autoscaler: update */scale, update horizontalpodautoscalers.autoscaling/status
job-controller: create delete patch pods, update patch jobs.batch, update patch jobs.batch/status
kube-apiserver-serving-clustertrustbundle-publisher: create update delete clustertrustbundles.certificates.k8s.io
legacy-service-account-token-cleaner: patch delete secrets, patch update serviceaccounts
namespace-controller: delete deletecollection *, update namespaces/finalize, update namespaces/status
node-controller: update patch delete nodes, update patch nodes/status, update patch pods/status, delete pods
persistent-volume-binder: update patch delete persistentvolumes, update persistentvolumes/status, update persistentvolumeclaims, update persistentvolumeclaims/status
pod-garbage-collector: delete pods, patch pods/status
pv-protection-controller: update persistentvolumes
pvc-protection-controller: update persistentvolumeclaims, update persistentvolumeclaims/status
replicaset-controller: create delete patch pods, update replicasets.apps/status
replication-controller: create delete patch pods, update replicationcontrollers/status
resource-claim-controller: create update patch delete resourceclaims.resource.k8s.io, update patch resourceclaims.resource.k8s.io/status, update patch pods/status
resourcequota-controller: update resourcequotas/status
root-ca-cert-publisher: create update configmaps
route-controller: patch nodes/status
selinux-warning-controller: create patch update events
service-account-controller: create serviceaccounts
service-cidrs-controller: update patch servicecidrs.networking.k8s.io, update patch servicecidrs.networking.k8s.io/status
service-controller: update patch services/status
statefulset-controller: create update patch delete pods, create update delete persistentvolumeclaims, create update patch delete controllerrevisions.apps, update statefulsets.apps/status
token-cleaner: delete secrets
bootstrap-signer: create update configmaps
ttl-after-finished-controller: delete jobs.batch
ttl-controller: update patch nodes
validatingadmissionpolicy-status-controller: update patch validatingadmissionpolicies.admissionregistration.k8s.io/status
volumeattributesclass-protection-controller: update volumeattributesclasses.storage.k8s.io
system:kube-controller-manager: create serviceaccounts, create serviceaccounts/token, create update delete secrets, create tokenreviews.authentication.k8s.io, create subjectaccessreviews.authorization.k8s.io, create update patch leases.coordination.k8s.io
system:cloud-controller-manager: update patch delete nodes, update patch nodes/status, update patch services, update patch services/status, create update patch leases.coordination.k8s.io, create tokenreviews.authentication.k8s.io, create subjectaccessreviews.authorization.k8s.io
`

// controllerJobs gives the line of a controller in the table, "" for what is none.
func controllerJobs(controller string) string {
	if controller == "" {
		return ""
	}
	for line := range strings.SplitSeq(jobTable, "\n") {
		if rest, ok := strings.CutPrefix(line, controller); ok {
			if jobs, isWhole := strings.CutPrefix(rest, ": "); isWhole {
				return jobs
			}
		}
	}
	return ""
}
