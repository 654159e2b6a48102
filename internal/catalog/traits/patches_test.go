package traits

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// patched reads the first pod of a manifest, with the evidence that a rule gives for it.
func patched(t *testing.T, r *rule.Rule, input string) rule.Patched {
	t.Helper()
	w := &rule.World{Inventory: view(t, input)}
	for on := range w.Inventory.OfType(k8s.Pod) {
		object, err := w.Inventory.Raw(on.UID)
		if err != nil {
			t.Fatal(err)
		}
		return rule.Patched{Resource: on, Object: object.Root(), Evidence: r.Match(w, on).Evidence}
	}
	t.Fatal("no pod in the input")
	return rule.Patched{}
}

// withVariables gives a pod whose container has these environment variables, each with a credential.
func withVariables(names ...string) string {
	env := ""
	for _, name := range names {
		env += "  - {name: '" + name + "', value: correct-horse-battery}\n"
	}
	return pod("containers:\n- name: app\n  image: registry.example/app:1.4\n  env:\n" + env)
}

func TestCredentialsComeFromASecret(t *testing.T) {
	p := patched(t, &CleartextCredentials, withVariables("DB_PASSWORD", "cache.password"))
	reference := func(key string) rule.Fields {
		return rule.Fields{{Key: "name", Value: "example-credentials"}, {Key: "key", Value: key}}
	}
	want := []rule.Change{
		{Path: "$.spec.containers[0].env[0].value", Remove: true},
		{Path: "$.spec.containers[0].env[0].valueFrom.secretKeyRef", Value: reference("DB_PASSWORD")},
		{Path: "$.spec.containers[0].env[1].value", Remove: true},
		{Path: "$.spec.containers[0].env[1].valueFrom.secretKeyRef", Value: reference("cache.password")},
	}
	if diff := cmp.Diff(want, fromSecret(p)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// A credential that is no variable's value needs a change of the program's settings.
func TestCredentialsThatAreNoVariables(t *testing.T) {
	p := patched(t, &CleartextCredentials, withVariables("DB_PASSWORD")+"    ports: [{name: web, containerPort: 80}]\n")
	for _, path := range []string{
		"$.spec.containers[0].args[0]", "$.spec.containers[0].env[0]", "$.spec.containers[0].env[0].name", "$.spec.containers[0].ports[0].value",
		"$.data.value", "].value", "$.spec.containers[0].env[7].value",
	} {
		p.Evidence = append(p.Evidence[:1:1], finding.Evidence{Path: path})
		if got := fromSecret(p); got != nil {
			t.Errorf("%s is changed: %v", path, got)
		}
	}
}

func TestTheCommandThatCreatesASecret(t *testing.T) {
	p := patched(t, &CleartextCredentials, withVariables("DB_PASSWORD", "cache.password", "DB_PASSWORD", "A;B_PASSWORD"))
	p.Evidence = append(p.Evidence, finding.Evidence{Path: "$.spec.containers[0].args[0]"})
	for _, c := range []struct{ name, namespace, want string }{
		{"Web.", "shop", `kubectl create secret generic web-credentials --namespace shop --from-literal=DB_PASSWORD="$DB_PASSWORD" --from-literal=cache.password="$cache_password"`},
		{"a;b", "shop", ""},
		{"web", "$(id)", ""},
	} {
		var want []string
		if c.want != "" {
			want = []string{c.want}
		}
		p.Resource = &inventory.Resource{Name: c.name, Namespace: c.namespace}
		if diff := cmp.Diff(want, createSecret(p)); diff != "" {
			t.Errorf("%s in %s: -want +got:\n%s", c.name, c.namespace, diff)
		}
	}
}

func TestNamesThatAShellTakes(t *testing.T) {
	for name, want := range map[string]string{"azAZ09_": "azAZ09_", "a.b-c d": "a_b_c_d", "/:@[`{": "______", "ñ": "_"} {
		if got := shellName(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestItemsOfListsAreRemoved(t *testing.T) {
	p := rule.Patched{Evidence: []finding.Evidence{{Path: "$.spec.sysctls[2].name"}, {Path: "$.spec.name"}, {Path: "]"}}}
	want := []rule.Change{{Path: "$.spec.sysctls[2]", Remove: true}}
	if diff := cmp.Diff(want, removeItems(p)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestMountsBecomeReadOnly(t *testing.T) {
	p := rule.Patched{Evidence: []finding.Evidence{
		{Path: "$.spec.containers[0].volumeMounts[0].readOnly", Value: false},
		{Path: "$.spec.containers[0].volumeMounts[1].readOnly", Value: true},
		{Path: "$.spec.hostPID", Value: false},
	}}
	want := []rule.Change{{Path: "$.spec.containers[0].volumeMounts[0].readOnly", Value: true}}
	if diff := cmp.Diff(want, mountReadOnly(p)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAServiceForTheClusterAlone(t *testing.T) {
	input := object("v1", "Service", `  type: NodePort
  externalTrafficPolicy: Local
  healthCheckNodePort: 30081
  ports:
  - {name: a, port: 80}
  - {name: b, port: 81, nodePort: 30080}
`)
	v := view(t, input)
	for on := range v.OfType(k8s.Service) {
		raw, err := v.Raw(on.UID)
		if err != nil {
			t.Fatal(err)
		}
		want := []rule.Change{
			{Path: "$.spec.type", Value: "ClusterIP"},
			{Path: "$.spec.externalTrafficPolicy", Remove: true},
			{Path: "$.spec.healthCheckNodePort", Remove: true},
			{Path: "$.spec.ports[1].nodePort", Remove: true},
		}
		if diff := cmp.Diff(want, clusterOnly(rule.Patched{Resource: on, Object: raw.Root()})); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
}

func TestPatchesThatTheEvidenceDoesNotAllow(t *testing.T) {
	p := rule.Patched{Evidence: []finding.Evidence{{Path: "$.webhooks[0].failurePolicy"}, {Path: "$.webhooks[0].namespaceSelector.matchExpressions[0].key"}}}
	if got := failClosed(p); got != nil {
		t.Errorf("a selector that lets namespaces out is changed: %v", got)
	}
	if got := internalScheme(rule.Patched{Evidence: []finding.Evidence{{Path: "$.spec.loadBalancerClass"}}}); got != nil {
		t.Errorf("a class is changed: %v", got)
	}
}
