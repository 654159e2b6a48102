package catalog_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// The engine asks for every candidate today. Whoever stops at one, as `for range` with a break does, gets no
// further one, or the program would panic.
func TestCandidatesEndWhenNobodyWantsMore(t *testing.T) {
	for _, r := range catalog.All() {
		for _, e := range r.Examples {
			t.Run(r.ID+"/"+e.Name, func(t *testing.T) {
				stopAnywhere(t, r, &rule.World{Inventory: read(t, e.Input), Settings: e.Settings})
			})
		}
		for _, minor := range []int{18, 40} {
			t.Run(fmt.Sprintf("%s/everything twice in version 1.%d", r.ID, minor), func(t *testing.T) {
				settings := rule.Settings{KubernetesVersion: rule.Version{Major: 1, Minor: minor}}
				stopAnywhere(t, r, &rule.World{Inventory: read(t, everythingTwice), Settings: settings})
			})
		}
	}
}

// everythingTwice has at least two of all that is a candidate of some rule.
const everythingTwice = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop}
spec:
  selector: {matchLabels: {app: app}}
  template:
    metadata:
      labels: {app: app}
      annotations:
        seccomp.security.alpha.kubernetes.io/pod: unconfined
        container.seccomp.security.alpha.kubernetes.io/a: unconfined
        container.apparmor.security.beta.kubernetes.io/a: unconfined
        container.apparmor.security.beta.kubernetes.io/b: unconfined
    spec:
      hostUsers: false
      securityContext:
        runAsUser: 0
        seccompProfile: {type: Unconfined}
        appArmorProfile: {type: Unconfined}
        seLinuxOptions: {type: a, user: b, role: c}
        sysctls: [{name: a, value: "1"}, {name: b, value: "1"}]
      containers:
      - &container
        name: a
        image: quay.io/prometheus/prometheus:v3.7.3
        env: [{name: DB_PASSWORD, value: correct-horse}]
        ports: [{containerPort: 80, hostPort: 80}, {containerPort: 81, hostPort: 81}]
        livenessProbe: {httpGet: {host: a.example, port: 80}}
        readinessProbe: {httpGet: {host: b.example, port: 80}}
        volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /b}]
        securityContext:
          runAsUser: 0
          procMount: Unmasked
          seccompProfile: {type: Unconfined}
          appArmorProfile: {type: Unconfined}
          seLinuxOptions: {type: a, user: b, role: c}
          capabilities: {add: [SYS_ADMIN, NET_RAW, SYS_TIME]}
      - {<<: *container, name: b}
      volumes: [{name: a, hostPath: {path: /etc}}, {name: b, hostPath: {path: /run}}]
---
apiVersion: v1
kind: Service
metadata: {name: a, namespace: shop}
spec:
  type: NodePort
  externalIPs: [198.51.100.7, 198.51.100.8]
  selector: {app: app}
  ports: [{port: 80}, {port: 81}]
---
apiVersion: v1
kind: Service
metadata: {name: b, namespace: shop}
spec: {type: NodePort, selector: {app: app}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a, namespace: shop}
spec:
  rules:
  - {host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}
  - {host: b.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: b, port: {number: 80}}}}]}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: b, namespace: shop}
spec:
  rules:
  - {host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: a, port: {number: 80}}}}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: g, namespace: shop}
spec: {gatewayClassName: a, listeners: [{name: a, port: 80, protocol: HTTP}, {name: b, port: 81, protocol: HTTP}]}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: w}
webhooks:
- &webhook
  name: a.kyverno.svc
  failurePolicy: Ignore
  namespaceSelector:
    matchLabels: {a: "1", b: "1"}
    matchExpressions: [{key: c, operator: Exists}, {key: d, operator: Exists}]
  rules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
- {<<: *webhook, name: b.kyverno.svc}
`

// stopAnywhere stops after the first candidate of each resource, after the second, and so on.
func stopAnywhere(t *testing.T, r *rule.Rule, w *rule.World) {
	t.Helper()
	for on := range w.Inventory.OfType(r.On...) {
		for stop := 1; ; stop++ {
			given, err := candidates(r.Check, w, on, stop)
			if err != nil || given > stop {
				t.Fatalf("after %d of %s there are %d: %v", stop, on.UID.Short(), given, err)
			}
			if given < stop {
				break // There are no more.
			}
		}
	}
}

func read(t *testing.T, input string) *inventory.View {
	t.Helper()
	result, err := manifest.Read(t.Context(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(input), Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range result.Sources {
		for _, n := range s.NotAssessed {
			t.Fatalf("%s: %s", n.What, n.Why)
		}
	}
	return inventory.NewView(result.Sources, result.Resources, k8s.Relate)
}

// candidates asks a check for candidates until it has given some, and says how many it gave. Each kind of
// check has candidates of its own type, so they are asked for by reflection; the error is its panic.
func candidates(check rule.Check, w *rule.World, on *inventory.Resource, stop int) (given int, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	sequence := reflect.ValueOf(check).FieldByName("In").Call([]reflect.Value{reflect.ValueOf(w), reflect.ValueOf(on)})[0]
	yield := reflect.MakeFunc(sequence.Type().In(0), func([]reflect.Value) []reflect.Value {
		given++
		return []reflect.Value{reflect.ValueOf(given < stop)}
	})
	sequence.Call([]reflect.Value{yield})
	return given, nil
}
