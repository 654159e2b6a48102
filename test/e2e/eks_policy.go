//go:build e2e

package e2e

// eksAuditPolicy decides as the audit policy of Amazon EKS does, which AWS describes
// in its best practices guide and nobody can change: the first rule that fits a
// request gives its level. What a detector cannot see under it: Events of the core
// group and what nodes read of Nodes (None); the content of Secrets, of ConfigMaps
// other than aws-auth and of all custom resources (Metadata). Creating aws-auth is
// Metadata too: only its changes are recorded with their bodies. Requests for tokens
// are recorded twice, as received and as answered.
const eksAuditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
# Who may enter: every change of the mapping of IAM identities.
- level: RequestResponse
  omitStages: [RequestReceived]
  verbs: [update, patch, delete]
  namespaces: [kube-system]
  resources: [{group: "", resources: [configmaps], resourceNames: [aws-auth]}]
# The traffic of the platform with itself.
- level: None
  users: ["system:kube-proxy"]
  verbs: [watch]
  resources: [{group: "", resources: [endpoints, services, services/status]}]
- level: None
  users: [kubelet]
  verbs: [get]
  resources: [{group: "", resources: [nodes, nodes/status]}]
- level: None
  userGroups: ["system:nodes"]
  verbs: [get]
  resources: [{group: "", resources: [nodes, nodes/status]}]
- level: None
  users:
  - "system:kube-controller-manager"
  - "system:kube-scheduler"
  - "system:serviceaccount:kube-system:endpoint-controller"
  verbs: [get, update]
  namespaces: [kube-system]
  resources: [{group: "", resources: [endpoints]}]
- level: None
  users: ["system:apiserver"]
  verbs: [get]
  resources: [{group: "", resources: [namespaces, namespaces/status, namespaces/finalize]}]
- level: None
  users: ["system:kube-controller-manager"]
  verbs: [get, list]
  resources: [{group: metrics.k8s.io}]
- level: None
  nonResourceURLs: ["/healthz*", "/version", "/swagger*"]
- level: None
  resources: [{group: "", resources: [events]}]
# What happens all the time, without the answers.
- level: Request
  omitStages: [RequestReceived]
  users:
  - kubelet
  - "system:node-problem-detector"
  - "system:serviceaccount:kube-system:node-problem-detector"
  verbs: [update, patch]
  resources: [{group: "", resources: [nodes/status, pods/status]}]
- level: Request
  omitStages: [RequestReceived]
  userGroups: ["system:nodes"]
  verbs: [update, patch]
  resources: [{group: "", resources: [nodes/status, pods/status]}]
- level: Request
  omitStages: [RequestReceived]
  users: ["system:serviceaccount:kube-system:namespace-controller"]
  verbs: [deletecollection]
# What holds secrets, without its content.
- level: Metadata
  omitStages: [RequestReceived]
  resources:
  - {group: "", resources: [secrets, configmaps]}
  - {group: authentication.k8s.io, resources: [tokenreviews]}
# The only rule of those that record that omits no stage.
- level: Request
  resources: [{group: "", resources: [serviceaccounts/token]}]
# Of the groups that Kubernetes serves itself: what is read, without the answer;
# what is written, with it.
- level: Request
  omitStages: [RequestReceived]
  verbs: [get, list, watch]
  resources: &served
  - {group: ""}
  - {group: admissionregistration.k8s.io}
  - {group: apiextensions.k8s.io}
  - {group: apiregistration.k8s.io}
  - {group: apps}
  - {group: authentication.k8s.io}
  - {group: authorization.k8s.io}
  - {group: autoscaling}
  - {group: batch}
  - {group: certificates.k8s.io}
  - {group: extensions}
  - {group: metrics.k8s.io}
  - {group: networking.k8s.io}
  - {group: policy}
  - {group: rbac.authorization.k8s.io}
  - {group: scheduling.k8s.io}
  - {group: settings.k8s.io}
  - {group: storage.k8s.io}
- level: RequestResponse
  omitStages: [RequestReceived]
  resources: *served
- level: Metadata
  omitStages: [RequestReceived]
`
