package k8s

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

const canary = "kestrel-canary-91"

// Every place of an object from which a secret may leak.
func TestSanitizeTakesOutEveryPlantedValue(t *testing.T) {
	for name, doc := range map[string]string{
		"an environment variable":             `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, env: [{name: ANY, value: ` + canary + `}]}]}}`,
		"a Secret":                            `{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: ` + canary + `}, stringData: {k: ` + canary + `}}`,
		"a Secret with a list":                `{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {k: [` + canary + `]}}`,
		"a Secret whose data is no map":       `{apiVersion: v1, kind: Secret, metadata: {name: a}, data: ` + canary + `}`,
		"a mistyped field of a Secret":        `{apiVersion: v1, kind: Secret, metadata: {name: a}, stringdata: {k: ` + canary + `}}`,
		"a mistyped field of a ConfigMap":     `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, Data: ` + canary + `}`,
		"a Secret in a template":              `{apiVersion: template.openshift.io/v1, kind: Template, metadata: {name: a}, objects: [{apiVersion: v1, kind: Secret, metadata: {name: b}, stringData: {k: ` + canary + `}}]}`,
		"a ConfigMap in a template":           `{apiVersion: template.openshift.io/v1, kind: Template, metadata: {name: a}, objects: [{apiVersion: v1, kind: ConfigMap, data: {k: ` + canary + `}}]}`,
		"a secret in lower case":              `{apiVersion: v1, kind: secret, metadata: {name: a}, data: {k: ` + canary + `}}`,
		"a copy in an annotation of a Secret": `{apiVersion: v1, kind: Secret, metadata: {name: a, annotations: {kapp.k14s.io/original: '{"data":{"k":"` + canary + `"}}'}}}`,
		"a mistyped field of a variable":      `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, env: [{name: ANY, Value: ` + canary + `}]}]}}`,
		"a valueFrom that is a text":          `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, env: [{name: ANY, valueFrom: ` + canary + `}]}]}}`,
		"a valueFrom with a value":            `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, env: [{name: ANY, valueFrom: {value: ` + canary + `}}]}]}}`,
		"a list of variables by another name": `{apiVersion: x.example/v1, kind: App, metadata: {name: a}, spec: {extraEnvVars: [{name: ANY, value: ` + canary + `}], environment: {ANY: ` + canary + `}}}`,
		"a list of passwords":                 `{apiVersion: x.example/v1, kind: App, metadata: {name: a}, spec: {passwords: [` + canary + `]}}`,
		"a map of passwords":                  `{apiVersion: x.example/v1, kind: App, metadata: {name: a}, spec: {passwords: {alice: ` + canary + `}}}`,
		"a password in single quotes":         `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, command: [sh, -c, "mysql -u root -p'` + canary + `' -e x"]}]}}`,
		"an env list of texts":                `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, env: [` + canary + `]}]}}`,
		"an env that is a map":                `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, env: {ANY: ` + canary + `}}]}}`,
		"a ConfigMap":                         `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: ` + canary + `}, binaryData: {k: ` + canary + `}}`,
		"a ConfigMap with a map":              `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {k: {l: ` + canary + `}}}`,
		"the last-applied annotation":         `{apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {kubectl.kubernetes.io/last-applied-configuration: ` + canary + `}}}`,
		"managedFields":                       `{apiVersion: v1, kind: Pod, metadata: {name: a, managedFields: [{x: ` + canary + `}]}}`,
		"an argument":                         `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, args: [--password, ` + canary + `]}]}}`,
		"a flag":                              `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, command: [--db-password=` + canary + `]}]}}`,
		"a URL in an annotation":              `{apiVersion: v1, kind: Pod, metadata: {name: a, annotations: {u: "postgres://app:` + canary + `@db/x"}}}`,
		"a header of a probe":                 `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, livenessProbe: {httpGet: {httpHeaders: [{name: Authorization, value: Bearer ` + canary + `}]}}}]}}`,
		"a custom resource's field":           `{apiVersion: x.example/v1, kind: Database, metadata: {name: a}, spec: {adminPassword: ` + canary + `}}`,
		"a custom resource's env":             `{apiVersion: x.example/v1, kind: Job, metadata: {name: a}, spec: {template: {env: [{name: ANY, value: ` + canary + `}]}}}`,
		"an env variable that is a map":       `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, env: [{name: ANY, value: {a: ` + canary + `}}]}]}}`,
	} {
		t.Run(name, func(t *testing.T) {
			var tr tree.Tree
			if err := tree.DecodeYAML(&tr, []byte(doc), 1, tree.Limits{}); err != nil {
				t.Fatal(err)
			}
			Sanitize(tr.Root())
			out := string(tr.Root().AppendJSON(nil))
			if strings.Contains(out, canary) {
				t.Errorf("the value survives: %s", out)
			}
		})
	}
}

func TestAForgedMarkIsNoCredential(t *testing.T) {
	var tr tree.Tree
	doc := `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, args: ["[redacted: password]"]}]}}`
	if err := tree.DecodeYAML(&tr, []byte(doc), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	Sanitize(tr.Root())
	r, _ := Identify("files", tr.Root())
	Project(r, tr.Root())
	if found := r.Spec.(*Workload).Pod.Containers[0].Credentials; len(found) > 0 {
		t.Errorf("a mark that the object came with counts: %v", found)
	}
}

func TestSanitizeKeepsReferencesAndSchemas(t *testing.T) {
	for name, doc := range map[string]string{
		"a label and a selector called env": `{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","labels":{"env":"prod","environment":"eu"}},"spec":{"selector":{"env":"prod"}}}`,
		"a reference to a Secret":           `{"apiVersion":"cert-manager.io/v1","kind":"Issuer","metadata":{"name":"a"},"spec":{"ref":{"kind":"Secret","name":"b"}}}`,
		"a variable from a Secret":          `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"env":[{"name":"A","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}]}]}}`,
		"the schema of a custom resource":   `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"a"},"spec":{"schema":{"properties":{"env":{"type":"array","description":"variables"}}}}}`,
	} {
		var tr tree.Tree
		if err := tree.DecodeJSON(&tr, []byte(doc), 1, tree.Limits{}); err != nil {
			t.Fatal(err)
		}
		Sanitize(tr.Root())
		if got := string(tr.Root().AppendJSON(nil)); got != doc {
			t.Errorf("%s became %s", name, got)
		}
	}
}

func TestCredentialsSurviveAsVerdicts(t *testing.T) {
	var tr tree.Tree
	doc := `{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c,
  env: [{name: LOG_LEVEL, value: info}, {name: DB_PASSWORD, value: ` + canary + `}], args: [serve, --api-password=` + canary + `]}]}}`
	if err := tree.DecodeYAML(&tr, []byte(doc), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	Sanitize(tr.Root())
	r, _ := Identify("files", tr.Root())
	Project(r, tr.Root())
	found := map[string]string{}
	for _, c := range r.Spec.(*Workload).Pod.Containers[0].Credentials {
		found[c.Path] = string(c.Kind)
	}
	if len(found) != 2 || found["$.spec.containers[0].env[1].value"] != "password" || found["$.spec.containers[0].args[1]"] != "password" {
		t.Errorf("credentials found: %v", found)
	}
}

func TestProjectToleratesWrongTypes(t *testing.T) {
	for _, doc := range []string{
		`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: []}`,
		`{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {template: {spec: {containers: x, volumes: {a: b}}}}}`,
		`{apiVersion: v1, kind: Pod, metadata: {name: a, labels: [x], ownerReferences: x}, spec: {containers: [x, [], {ports: [1], env: x, envFrom: [x]}]}}`,
		`{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {selector: [x], externalIPs: x}}`,
		`{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: a}, spec: {rules: [x, {http: {paths: x}}], tls: [x]}}`,
		`{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: a}, roleRef: x, subjects: [x]}`,
	} {
		var tr tree.Tree
		if err := tree.DecodeYAML(&tr, []byte(doc), 1, tree.Limits{}); err != nil {
			t.Fatal(err)
		}
		Sanitize(tr.Root())
		r, ok := Identify("files", tr.Root())
		if !ok {
			t.Fatalf("%s is not an object", doc)
		}
		Project(r, tr.Root())
		inventory.NewView(nil, []*inventory.Resource{r}, Relate)
	}
}

func TestPrimaryIsTheTopController(t *testing.T) {
	read := func(docs ...string) *inventory.View {
		var resources []*inventory.Resource
		for _, doc := range docs {
			var tr tree.Tree
			if err := tree.DecodeYAML(&tr, []byte(doc), 1, tree.Limits{}); err != nil {
				t.Fatal(err)
			}
			r, _ := Identify("c", tr.Root())
			Project(r, tr.Root())
			resources = append(resources, r)
		}
		return inventory.NewView(nil, resources, Relate)
	}
	owned := func(kind, name, group, ownerKind, owner string) string {
		return `{apiVersion: ` + group + `, kind: ` + kind + `, metadata: {name: ` + name + `, namespace: shop, generateName: g-, ownerReferences: [{apiVersion: apps/v1, kind: ` +
			ownerKind + `, name: ` + owner + `, controller: true}]}}`
	}
	const pod inventory.UID = "k8s://c/core/Pod/shop/p"
	for _, c := range []struct {
		name string
		docs []string
		want inventory.UID
	}{
		{"a pod without owner is itself", []string{`{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop}, spec: {containers: []}}`}, pod},
		{"an owner that was not read counts", []string{owned("Pod", "p", "v1", "ReplicaSet", "r")}, "k8s://c/apps/ReplicaSet/shop/r"},
		{"the top of a chain counts", []string{owned("Pod", "p", "v1", "ReplicaSet", "r"), owned("ReplicaSet", "r", "apps/v1", "Deployment", "d")}, "k8s://c/apps/Deployment/shop/d"},
		{"in a ring of owners each is its own", []string{owned("Pod", "p", "v1", "ReplicaSet", "r"), owned("ReplicaSet", "r", "apps/v1", "ReplicaSet", "r")}, pod},
		{
			"pods that something stamped out are one",
			[]string{`{apiVersion: v1, kind: Pod, metadata: {name: p, namespace: shop, generateName: job-, labels: {pod-template-hash: abc}}, spec: {serviceAccountName: ci}}`},
			"k8s://c/core/Pod/shop/job-abc%2A@ci",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := read(c.docs...)
			r := v.Get(pod)
			if got := Primary(v, r, r.Spec.(*Workload)); got != c.want {
				t.Errorf("primary %s, want %s", got, c.want)
			}
		})
	}
}
