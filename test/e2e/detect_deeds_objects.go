//go:build e2e

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
)

// workloadDeeds put containers into the cluster that reach the node, or change ones that run.
func workloadDeeds() []deed {
	const (
		privileged = "PrivilegeEscalation:Kubernetes/PrivilegedContainer"
		mount      = "Persistence:Kubernetes/ContainerWithSensitiveMount"
	)
	root := podSpec(", securityContext: {privileged: true}")
	host := `{containers: [{name: main, image: "example.test/tool:1.0", volumeMounts: [{name: host, mountPath: /host}]}], volumes: [{name: host, hostPath: {path: /etc}}]}`
	workload := func(version, kind, name, spec string) func(*actor) {
		return apply(fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata: {name: %s, namespace: ops}\nspec: %s\n", version, kind, name, spec))
	}
	selected := func(pod string) string {
		return "{selector: {matchLabels: {app: a}}, template: {metadata: {labels: {app: a}}, spec: " + pod + "}}"
	}
	// Its ReplicaSet and its Pod are the controllers' doing, and tell of the same.
	deploys := func(name, pod string) func(*actor) {
		return func(a *actor) {
			a.t.Helper()
			workload("apps/v1", "Deployment", name, selected(pod))(a)
			a.c.awaitPod("ops", name)
		}
	}
	job := func(pod string) string {
		return "{template: {spec: {restartPolicy: Never, " + pod[1:] + "}}"
	}
	return []deed{
		{
			name: "privileged-deployment", as: creator,
			do:      deploys("privileged", root),
			undo:    remove("deployment -n ops privileged"),
			finds:   []string{privileged},
			learned: []string{"PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer"},
			leaves:  []trace{{"create", "ops/deployments/privileged", 201, full}},
		},
		{
			name: "hostpath-deployment", as: creator,
			do:      deploys("host-path", host),
			undo:    remove("deployment -n ops host-path"),
			finds:   []string{mount},
			learned: []string{"Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount"},
			leaves:  []trace{{"create", "ops/deployments/host-path", 201, full}},
		},
		{
			// kubectl diff and CI ask with dryRun=All: nothing is changed.
			name: "privileged-deployment-dry-run", as: creator,
			do: func(a *actor) {
				a.run("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: never, namespace: ops}\nspec: "+selected(root)+"\n", nil,
					"apply", "--dry-run=server", "-f", "-")
			},
			leaves: []trace{{"create", "ops/deployments/never", 201, full}},
		},
		{
			name: "privileged-pod", as: creator,
			do:     workload("v1", "Pod", "privileged", root),
			undo:   remove("pod -n ops privileged"),
			finds:  []string{privileged},
			leaves: []trace{{"create", "ops/pods/privileged", 201, full}},
		},
		{
			// Its name is in the answer only.
			name: "privileged-pod-of-generated-name", as: creator,
			do: func(a *actor) {
				a.run("apiVersion: v1\nkind: Pod\nmetadata: {generateName: privileged-, namespace: ops, labels: {named: by-server}}\nspec: "+root+"\n", nil, "create", "-f", "-")
			},
			undo:   remove("pod -n ops -l named=by-server"),
			finds:  []string{privileged},
			leaves: []trace{{"create", "ops/pods", 201, full}},
		},
		{
			name: "privileged-by-server-side-apply", as: creator,
			do: func(a *actor) {
				a.run("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: applied, namespace: ops}\nspec: "+selected(root)+"\n",
					nil, "apply", "--server-side", "-f", "-")
			},
			undo:   remove("deployment -n ops applied"),
			finds:  []string{privileged},
			leaves: []trace{{"patch", "ops/deployments/applied", 201, full}},
		},
		{
			// The patch names one field by its path: that it is a Deployment of which container is in the answer.
			name: "privileged-patched-in", as: creator, undo: remove("deployment -n ops patched"),
			prep: prepare("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: patched, namespace: ops}\nspec: " + selected(podSpec("")) + "\n"),
			do: func(a *actor) {
				a.run("", nil, "patch", "deployment", "patched", "-n", "ops", "--type=json", "-p",
					`[{"op":"add","path":"/spec/template/spec/containers/0/securityContext","value":{"privileged":true}}]`)
			},
			finds:  []string{privileged},
			leaves: []trace{{"patch", "ops/deployments/patched", 200, full}},
		},
		{
			// Pod Security admission refuses it, and says why in an annotation of the event.
			name: "privileged-pod-refused", as: developer,
			do: func(a *actor) {
				a.fails(`run privileged -n shop --image=example.test/tool:1.0 --privileged`)
			},
			leaves: []trace{{"create", "shop/pods/privileged", 403, full}},
		},
		{
			name: "privileged-daemonset", as: creator,
			do:     workload("apps/v1", "DaemonSet", "privileged", selected(root)),
			undo:   remove("daemonset -n ops privileged"),
			finds:  []string{privileged},
			leaves: []trace{{"create", "ops/daemonsets/privileged", 201, full}},
		},
		{
			name: "privileged-cronjob", as: creator,
			do:     workload("batch/v1", "CronJob", "privileged", `{schedule: "* * * * *", jobTemplate: {spec: `+job(root)+`}}`),
			undo:   remove("cronjob -n ops privileged"),
			finds:  []string{privileged},
			leaves: []trace{{"create", "ops/cronjobs/privileged", 201, full}},
		},
		{
			name: "privileged-job", as: creator,
			do:     workload("batch/v1", "Job", "privileged", job(root)),
			undo:   remove("job -n ops privileged"),
			finds:  []string{privileged},
			leaves: []trace{{"create", "ops/jobs/privileged", 201, full}},
		},
		{
			name: "sidecar-patched-in", as: developer, prep: deployed("sidecar"), undo: remove("deployment -n shop sidecar"),
			do: func(a *actor) {
				a.run("", nil, "patch", "deployment", "sidecar", "-n", "shop", "-p",
					`{"spec":{"template":{"spec":{"containers":[{"name":"sidecar","image":"example.test/sidecar:1.0"}]}}}}`)
			},
			finds:  []string{"Persistence:Kubernetes/WorkloadPatched"},
			leaves: []trace{{"patch", "shop/deployments/sidecar", 200, full}},
		},
		{
			name: "image-replaced", as: developer, prep: deployed("image"), undo: remove("deployment -n shop image"),
			do:     kubectl("set image -n shop deployment/image main=example.test/other:9.9"),
			finds:  []string{"Persistence:Kubernetes/WorkloadPatched"},
			leaves: []trace{{"patch", "shop/deployments/image", 200, full}},
		},
		{
			name: "image-of-pod-replaced", as: developer,
			do:     kubectl("set image -n shop pod/web main=example.test/other:9.9"),
			finds:  []string{"Persistence:Kubernetes/WorkloadPatched"},
			leaves: []trace{{"patch", "shop/pods/web", 200, full}},
		},
	}
}

// credentialDeeds read, make or extend credentials.
func credentialDeeds() []deed {
	awsAuth := func(arn string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: aws-auth, namespace: kube-system}\ndata:\n  mapRoles: |\n" +
			"    - {rolearn: 'arn:aws:iam::111122223333:role/" + arn + "', username: 'admin', groups: ['system:masters']}\n"
	}
	secrets := func(c *Cluster) {
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			c.Apply("apiVersion: v1\nkind: Secret\nmetadata: {name: " + name + ", namespace: shop}\nstringData: {password: not-a-real-one}\n")
		}
	}
	return []deed{
		{
			name: "secrets-listed-everywhere", as: creator, prep: secrets,
			do:      kubectl("get secrets -A -o yaml"),
			finds:   []string{"CredentialAccess:Kubernetes/SecretsListed"},
			learned: []string{"CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed"},
			leaves:  []trace{{"list", "/secrets", 200, named}},
		},
		{
			name: "secrets-read-one-by-one", as: developer, prep: secrets,
			do: func(a *actor) {
				for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
					a.send(call{method: http.MethodGet, path: "/api/v1/namespaces/shop/secrets/" + name, code: http.StatusOK})
				}
			},
			finds:   []string{"CredentialAccess:Kubernetes/SecretsInBulk"},
			learned: []string{"CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed"},
			leaves:  []trace{{"get", "shop/secrets/a", 200, named}, {"get", "shop/secrets/h", 200, named}},
		},
		{
			// A watch gives all there are and then the changes; its answer has begun long before it ends.
			name: "secrets-watched-everywhere", as: creator, prep: secrets,
			do: func(a *actor) {
				a.send(call{method: http.MethodGet, path: "/api/v1/secrets?watch=true&timeoutSeconds=1", code: http.StatusOK})
			},
			finds:  []string{"CredentialAccess:Kubernetes/SecretsListed"},
			leaves: []trace{{"watch", "/secrets", 200, named}},
		},
		{
			name: "token-requested", as: creator,
			do:     kubectl("create token default -n kube-system --duration=24h"),
			finds:  []string{"CredentialAccess:Kubernetes/TokenRequested"},
			leaves: []trace{{"create", "kube-system/serviceaccounts/default/token", 201, request}},
		},
		{
			name: "service-account-token-secret", as: creator, undo: remove("secret -n kube-system default-token"),
			do: apply("apiVersion: v1\nkind: Secret\ntype: kubernetes.io/service-account-token\n" +
				"metadata: {name: default-token, namespace: kube-system, annotations: {kubernetes.io/service-account.name: default}}\n"),
			finds:  []string{"Persistence:Kubernetes/ServiceAccountTokenSecret"},
			hidden: []string{"Persistence:Kubernetes/ServiceAccountTokenSecret"},
			leaves: []trace{{"create", "kube-system/secrets/default-token", 201, named}},
		},
		{
			name: "certificate-signed", as: creator, undo: remove("csr backdoor"),
			do: func(a *actor) {
				a.apply(fmt.Sprintf("apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {name: backdoor}\n"+
					"spec: {signerName: kubernetes.io/kube-apiserver-client, usages: [client auth], request: %s}\n", a.certificateRequest()))
				a.kubectl("certificate approve backdoor")
			},
			finds: []string{"Persistence:Kubernetes/CertificateSigningRequest"},
			leaves: []trace{
				{"create", "/certificatesigningrequests/backdoor", 201, full},
				{"update", "/certificatesigningrequests/backdoor/approval", 200, full},
			},
		},
		{
			name: "aws-auth-created", as: creator, undo: remove("configmap -n kube-system aws-auth"),
			do:     apply(awsAuth("backdoor")),
			finds:  []string{"Persistence:Kubernetes/AWSAuthChanged"},
			leaves: []trace{{"create", "kube-system/configmaps/aws-auth", 201, named}},
		},
		{
			name: "aws-auth-patched", as: creator, prep: prepare(awsAuth("nodes")), undo: remove("configmap -n kube-system aws-auth"),
			do:     apply(awsAuth("backdoor")),
			finds:  []string{"Persistence:Kubernetes/AWSAuthChanged"},
			leaves: []trace{{"patch", "kube-system/configmaps/aws-auth", 200, full}},
		},
	}
}

// certificateRequest returns a request for a client certificate of system:masters' kind, in base64.
func (a *actor) certificateRequest() string {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatalf("make key: %v", err)
	}
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: "eve", Organization: []string{"operators"}},
	}, key)
	if err != nil {
		a.t.Fatalf("make certificate request: %v", err)
	}
	return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}))
}

// networkDeeds open the cluster to the outside, or bend its names and its API.
func networkDeeds() []deed {
	service := func(namespace, name, spec string) string {
		return fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: %s}\nspec: %s\n", name, namespace, spec)
	}
	namespaced := func(namespace string, more string) func(*Cluster) {
		return prepare("apiVersion: v1\nkind: Namespace\nmetadata: {name: " + namespace + "}\n---\n" + more)
	}
	return []deed{
		{
			name: "node-port", as: developer, undo: remove("service -n shop door"),
			do:     apply(service("shop", "door", "{type: NodePort, selector: {app: web}, ports: [{port: 80}]}")),
			finds:  []string{"InitialAccess:Kubernetes/NodePortExposed"},
			leaves: []trace{{"create", "shop/services/door", 201, full}},
		},
		{
			name: "dashboard-exposed", as: creator, prep: namespaced("kubernetes-dashboard", ""), undo: remove("namespace kubernetes-dashboard"),
			do:     apply(service("kubernetes-dashboard", "kubernetes-dashboard", "{type: LoadBalancer, selector: {k8s-app: kubernetes-dashboard}, ports: [{port: 443, targetPort: 8443}]}")),
			finds:  []string{"Policy:Kubernetes/ExposedDashboard"},
			leaves: []trace{{"create", "kubernetes-dashboard/services/kubernetes-dashboard", 201, full}},
		},
		{
			name: "kubeflow-exposed", as: creator, undo: remove("namespace kubeflow"),
			prep: namespaced("kubeflow", service("kubeflow", "centraldashboard", "{selector: {app: centraldashboard}, ports: [{port: 80, targetPort: 8082}]}")),
			do: func(a *actor) {
				a.run("", nil, "patch", "service", "centraldashboard", "-n", "kubeflow", "-p", `{"spec":{"type":"LoadBalancer"}}`)
			},
			finds:  []string{"Policy:Kubernetes/KubeflowDashboardExposed"},
			leaves: []trace{{"patch", "kubeflow/services/centraldashboard", 200, full}},
		},
		{
			name: "kubeflow-gateway-exposed", as: creator, undo: remove("namespace istio-system"),
			prep: namespaced("istio-system", service("istio-system", "istio-ingressgateway", "{selector: {istio: ingressgateway, app: istio-ingressgateway}, ports: [{port: 80}]}")),
			do: func(a *actor) {
				a.run("", nil, "patch", "service", "istio-ingressgateway", "-n", "istio-system", "-p", `{"spec":{"type":"LoadBalancer"}}`)
			},
			finds:  []string{"Policy:Kubernetes/KubeflowDashboardExposed"},
			leaves: []trace{{"patch", "istio-system/services/istio-ingressgateway", 200, full}},
		},
		{
			name: "coredns-changed", as: creator,
			do: func(a *actor) {
				a.run("", nil, "patch", "configmap", "coredns", "-n", "kube-system", "-p", `{"data":{"Corefile":".:53 { forward . 203.0.113.53 }"}}`)
			},
			finds:  []string{"CredentialAccess:Kubernetes/CoreDNSChanged"},
			leaves: []trace{{"patch", "kube-system/configmaps/coredns", 200, named}},
		},
		{
			// What asks for the Service web would reach an address of the caller's choice.
			name: "endpoints-added", as: creator, undo: remove("endpointslice -n shop web-more"),
			do: apply("apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-more, namespace: shop, labels: {kubernetes.io/service-name: web}}\n" +
				"addressType: IPv4\nendpoints: [{addresses: [203.0.113.54]}]\nports: [{name: \"\", port: 8080}]\n"),
			finds:  []string{"LateralMovement:Kubernetes/EndpointsChanged"},
			leaves: []trace{{"create", "shop/endpointslices/web-more", 201, named}},
		},
		{
			name: "api-service-registered", as: creator, undo: remove("apiservice v1beta1.things.example.test"),
			do: apply("apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1beta1.things.example.test}\n" +
				"spec: {group: things.example.test, version: v1beta1, groupPriorityMinimum: 100, versionPriority: 10, insecureSkipTLSVerify: true, service: {name: web, namespace: shop}}\n"),
			finds:  []string{"Persistence:Kubernetes/APIServiceRegistered"},
			leaves: []trace{{"create", "/apiservices/v1beta1.things.example.test", 201, full}},
		},
	}
}
