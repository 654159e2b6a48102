// Package auditbench measures package event beside the JSON libraries that could decode audit records in its place, in one
// run on the same records: those that this file makes up, and public ones where MERLON_CORPUS names their folder.
package auditbench

import (
	"fmt"
	"strings"
)

// metadata makes up a record of level Metadata, about 1 KB, as EKS writes it for a read by a controller.
func metadata(n int) string {
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"3f8a6c1e-9d52-4b7f-8e10-%012x",`+
		`"stage":"ResponseComplete","requestURI":"/apis/coordination.k8s.io/v1/namespaces/shop-%d/leases/checkout-controller?timeout=5s",`+
		`"verb":"get","user":{"username":"system:serviceaccount:shop-%d:checkout-controller","uid":"7e0d1f22-5c4b-4e0a-9a35-%012x",`+
		`"groups":["system:serviceaccounts","system:serviceaccounts:shop-%d","system:authenticated"],"extra":{`+
		`"authentication.kubernetes.io/pod-name":["checkout-controller-6f7d8c9b5-x%dk2"]}},"sourceIPs":["10.0.%d.%d"],`+
		`"userAgent":"checkout-controller/v1.14.2 (linux/amd64) kubernetes/a1b2c3d/leader-election","objectRef":{"resource":"leases",`+
		`"namespace":"shop-%d","name":"checkout-controller","apiGroup":"coordination.k8s.io","apiVersion":"v1"},`+
		`"responseStatus":{"metadata":{},"code":200},"requestReceivedTimestamp":"2026-03-04T05:06:%02d.%06dZ",`+
		`"stageTimestamp":"2026-03-04T05:06:%02d.%06dZ","annotations":{"authorization.k8s.io/decision":"allow",`+
		`"authorization.k8s.io/reason":"RBAC: allowed by RoleBinding \"checkout-controller/shop-%d\" of Role \"leader-election\""}}`,
		n, n%7, n%7, n, n%7, n%9, n%200, n%250, n%7, n%60, n%1_000_000, n%60, (n+4200)%1_000_000, n%7)
}

// requestResponse makes up a record of level RequestResponse, about 10 KB: a Deployment's pod that a controller creates,
// and the pod that the server answers with.
func requestResponse(n int) string {
	env := make([]string, 24)
	for i := range env {
		env[i] = fmt.Sprintf(`{"name":"SHOP_SETTING_%d","value":"value-%d-of-%d"}`, i, i, n)
	}
	labels := fmt.Sprintf(`{"app.kubernetes.io/instance":"shop","app.kubernetes.io/managed-by":"Helm","app.kubernetes.io/name":"checkout","pod-template-hash":"6f7d8c%d"}`, n%10)
	container := `{"name":"checkout","image":"registry.example.com/shop/checkout@sha256:` + strings.Repeat("4f", 32) + `","args":["serve","--listen=:8080","--metrics=:9090"],` +
		`"ports":[{"name":"http","containerPort":8080,"protocol":"TCP"},{"name":"metrics","containerPort":9090,"protocol":"TCP"}],"env":[` + strings.Join(env, ",") + `],` +
		`"resources":{"limits":{"cpu":"500m","memory":"512Mi"},"requests":{"cpu":"100m","memory":"128Mi"}},"volumeMounts":[{"name":"config","mountPath":"/etc/checkout"},` +
		`{"name":"kube-api-access-x7k2p","readOnly":true,"mountPath":"/var/run/secrets/kubernetes.io/serviceaccount"}],"livenessProbe":{"httpGet":{"path":"/healthz","port":"http","scheme":"HTTP"},` +
		`"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3},"terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File",` +
		`"imagePullPolicy":"IfNotPresent","securityContext":{"capabilities":{"drop":["ALL"]},"runAsNonRoot":true,"readOnlyRootFilesystem":true,"allowPrivilegeEscalation":false}}`
	spec := `{"volumes":[{"name":"config","configMap":{"name":"checkout","defaultMode":420}},{"name":"kube-api-access-x7k2p","projected":{"sources":[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},` +
		`{"configMap":{"name":"kube-root-ca.crt","items":[{"key":"ca.crt","path":"ca.crt"}]}},{"downwardAPI":{"items":[{"path":"namespace","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"}}]}}],"defaultMode":420}}],` +
		`"containers":[` + container + `],"restartPolicy":"Always","terminationGracePeriodSeconds":30,"dnsPolicy":"ClusterFirst","serviceAccountName":"checkout","serviceAccount":"checkout",` +
		`"securityContext":{"seccompProfile":{"type":"RuntimeDefault"}},"schedulerName":"default-scheduler","tolerations":[{"key":"node.kubernetes.io/not-ready","operator":"Exists","effect":"NoExecute","tolerationSeconds":300},` +
		`{"key":"node.kubernetes.io/unreachable","operator":"Exists","effect":"NoExecute","tolerationSeconds":300}],"priority":0,"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"}`
	owner := `[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"checkout-6f7d8c","uid":"0b6cf3a2-7f4d-4a43-9d57-7cde1f1f2b3c","controller":true,"blockOwnerDeletion":true}]`
	managed := `[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","time":"2026-03-04T05:06:07Z","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:generateName":{},` +
		`"f:labels":{".":{},"f:app.kubernetes.io/instance":{},"f:app.kubernetes.io/managed-by":{},"f:app.kubernetes.io/name":{},"f:pod-template-hash":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"0b6cf3a2-7f4d-4a43-9d57-7cde1f1f2b3c\"}":{}}},` +
		`"f:spec":{"f:containers":{"k:{\"name\":\"checkout\"}":{".":{},"f:args":{},"f:env":{".":{},"k:{\"name\":\"SHOP_SETTING_0\"}":{".":{},"f:name":{},"f:value":{}}},"f:image":{},"f:imagePullPolicy":{},"f:livenessProbe":{".":{},"f:failureThreshold":{},` +
		`"f:httpGet":{".":{},"f:path":{},"f:port":{},"f:scheme":{}}},"f:name":{},"f:ports":{".":{},"k:{\"containerPort\":8080,\"protocol\":\"TCP\"}":{".":{},"f:containerPort":{},"f:name":{},"f:protocol":{}}},"f:resources":{},"f:securityContext":{},` +
		`"f:terminationMessagePath":{},"f:terminationMessagePolicy":{},"f:volumeMounts":{}}},"f:dnsPolicy":{},"f:enableServiceLinks":{},"f:restartPolicy":{},"f:schedulerName":{},"f:serviceAccount":{},"f:serviceAccountName":{},"f:volumes":{}}}}]`
	request := `{"kind":"Pod","apiVersion":"v1","metadata":{"generateName":"checkout-6f7d8c-","creationTimestamp":null,"labels":` + labels + `,"ownerReferences":` + owner + `},"spec":` + spec + `,"status":{}}`
	response := fmt.Sprintf(`{"kind":"Pod","apiVersion":"v1","metadata":{"name":"checkout-6f7d8c-x%d","generateName":"checkout-6f7d8c-","namespace":"shop","uid":"11aa22bb-33cc-44dd-8e5f-%012x","resourceVersion":"%d",`+
		`"creationTimestamp":"2026-03-04T05:06:07Z","labels":`, n, n, 1_000_000+n) + labels + `,"ownerReferences":` + owner + `,"managedFields":` + managed + `},"spec":` + spec + `,"status":{"phase":"Pending","qosClass":"Burstable"}}`
	return fmt.Sprintf(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"3f8a6c1e-9d52-4b7f-8e10-%012x","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/pods","verb":"create",`+
		`"user":{"username":"system:serviceaccount:kube-system:replicaset-controller","uid":"5d1e8f77-8a06-4c0f-b1f5-3c1a2b4d5e6f","groups":["system:serviceaccounts","system:serviceaccounts:kube-system","system:authenticated"]},`+
		`"sourceIPs":["10.0.1.7"],"userAgent":"kube-controller-manager/v1.33.1 (linux/amd64) kubernetes/8adc0f0/system:serviceaccount:kube-system:replicaset-controller",`+
		`"objectRef":{"resource":"pods","namespace":"shop","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":201},"requestObject":`, n) + request + `,"responseObject":` + response +
		`,"requestReceivedTimestamp":"2026-03-04T05:06:07.123456Z","stageTimestamp":"2026-03-04T05:06:07.140012Z","annotations":{"authorization.k8s.io/decision":"allow",` +
		`"authorization.k8s.io/reason":"RBAC: allowed by ClusterRoleBinding \"system:controller:replicaset-controller\" of ClusterRole \"system:controller:replicaset-controller\""}}`
}
