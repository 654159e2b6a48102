package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

// planned is a plan with these resources, changes and configuration.
func planned(resources, changes, configuration string) string {
	return `{"format_version":"1.2","terraform_version":"1.9.0","planned_values":{"root_module":{"resources":[` + resources + `]}},"resource_changes":[` + changes +
		`],"configuration":{"root_module":{"resources":[` + configuration + `]}}}`
}

func planResource(kind, name, values string) string {
	return fmt.Sprintf(`{"address":%q,"mode":"managed","type":%q,"name":%q,"values":%s}`, kind+"."+name, kind, name, values)
}

const planMetadata = `"metadata":[{"name":"web","namespace":"shop","labels":{"app_name":"web"},"annotations":null,"generate_name":""}]`

func readPlan(t *testing.T, text string) (*inventory.View, []string) {
	t.Helper()
	folder(t, map[string]string{"plan.json": text})
	res := read(t, manifest.Options{Paths: []string{"plan.json"}})
	return inventory.NewView(res.Sources, res.Resources, k8s.Relate), notes(res.Sources[0])
}

func TestAPlanIsReadAsTheObjectsItMakes(t *testing.T) {
	podSpec := `[{"host_pid":true,"host_network":false,"service_account_name":"","automount_service_account_token":true,"security_context":[{"run_as_user":"1000","fs_group":"","run_as_non_root":null}],
"container":[{"name":"c","image":"nginx:1","args":["--a"],"env":[{"name":"A","value":"x","value_from":[]}],"port":[{"container_port":80,"host_port":null,"name":"","protocol":"TCP"}],
"security_context":[{"privileged":true,"capabilities":[{"add":["SYS_ADMIN"],"drop":[]}]}],"volume_mount":[{"name":"v","mount_path":"/h","read_only":false}],"resources":[{"limits":{"cpu":"1"},"requests":null}]}],
"init_container":[],"node_selector":{"a_b":"c"},"volume":[{"name":"v","host_path":[{"path":"/","type":""}],"config_map":[]},{"name":"e","empty_dir":[{}]}]}]`
	for _, c := range []struct{ kind, values, want string }{
		{
			"kubernetes_deployment_v1", `{"id":"x","timeouts":null,` + planMetadata + `,"spec":[{"replicas":"2","selector":[{"match_labels":{"app_name":"web"}}],"template":[{"metadata":[{"labels":{"app_name":"web"}}],"spec":` + podSpec + `}]}]}`,
			`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"spec":{"replicas":2,"selector":{"matchLabels":{"app_name":"web"}},"template":{"metadata":{"labels":{"app_name":"web"}},` +
				`"spec":{"hostPID":true,"hostNetwork":false,"automountServiceAccountToken":true,"securityContext":{"runAsUser":1000},"containers":[{"name":"c","image":"nginx:1","args":["--a"],"env":[{"name":"A","value":"[redacted]"}],"ports":[{"containerPort":80,"protocol":"TCP"}],` +
				`"securityContext":{"privileged":true,"capabilities":{"add":["SYS_ADMIN"]}},"volumeMounts":[{"name":"v","mountPath":"/h","readOnly":false}],"resources":{"limits":{"cpu":"1"}}}],"nodeSelector":{"a_b":"c"},"volumes":[{"name":"v","hostPath":{"path":"/"}},{"name":"e","emptyDir":{}}]}}}}`,
		},
		{
			"kubernetes_ingress_v1", `{` + planMetadata + `,"spec":[{"rule":[{"host":"a","http":[{"path":[{"path":"/","backend":[{"service":[{"name":"s","port":[{"number":80}]}]}]}]}]}],"tls":[{"hosts":["a"],"secret_name":"t"}]}]}`,
			`{"apiVersion":"networking.k8s.io/v1","kind":"Ingress","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"spec":{"rules":[{"host":"a","http":{"paths":[{"path":"/","backend":{"service":{"name":"s","port":{"number":80}}}}]}}],"tls":[{"hosts":["a"],"secretName":"t"}]}}`,
		},
		{
			"kubernetes_network_policy", `{` + planMetadata + `,"spec":[{"pod_selector":[{"match_labels":null,"match_expressions":[]}],"policy_types":["Ingress"],"ingress":[{"from":[{"namespace_selector":[{}]}],"ports":[{"port":"80"}]}]}]}`,
			`{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"spec":{"podSelector":{},"policyTypes":["Ingress"],"ingress":[{"from":[{"namespaceSelector":{}}],"ports":[{"port":"80"}]}]}}`,
		},
		{
			"kubernetes_cluster_role_binding", `{"metadata":[{"name":"web"}],"role_ref":[{"api_group":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"}],"subject":[{"kind":"ServiceAccount","name":"s","namespace":"n","api_group":""}]}`,
			`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"web"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"ServiceAccount","name":"s","namespace":"n"}]}`,
		},
		{
			"kubernetes_manifest", `{"manifest":{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"c"}]}},"object":{}}`,
			`{"apiVersion":"v1","kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"c"}]}}`,
		},
	} {
		t.Run(c.kind, func(t *testing.T) {
			v, problems := readPlan(t, planned(planResource(c.kind, "x", c.values), "", ""))
			if len(problems) > 0 || v.Len() != 1 {
				t.Fatalf("%d resources, %v", v.Len(), problems)
			}
			r := v.All()[0]
			raw, err := v.Raw(r.UID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(raw.Root().AppendJSON(nil))); diff != "" {
				t.Errorf("object (-want +got):\n%s", diff)
			}
			if want := (inventory.Origin{File: "plan.json!" + c.kind + ".x"}); r.Origin != want {
				t.Errorf("the origin is %v, want %v", r.Origin, want)
			}
		})
	}
}

func TestWhatAPlanDoesNotKnowIsPartial(t *testing.T) {
	resource := planResource("kubernetes_pod", "x", `{`+planMetadata+`,"spec":[{"container":[{"name":"c"}]}]}`)
	change := func(container string) string {
		return `{"address":"kubernetes_pod.x","change":{"after_unknown":{"id":true,"spec":[{"node_name":true,"container":[` + container + `]}]}}}`
	}
	configuration := func(container string) string {
		return `{"address":"kubernetes_pod.x","expressions":{"spec":[{"container":[` + container + `]}]}}`
	}
	for _, c := range []struct {
		name, change, configuration string
		want                        k8s.Partial
	}{
		{"an image that is made by the same plan", change(`{"image":true}`), configuration(`{"image":{"references":["x.y"]}}`), k8s.PartialPlan},
		{"what the API server fills in", change(`{"image_pull_policy":true,"resources":true}`), configuration(`{"image":{"constant_value":"x"}}`), ""},
		{"what might be filled in, and is not", change(`{"image_pull_policy":true}`), configuration(`{"image_pull_policy":{"references":["x.y"]}}`), k8s.PartialPlan},
		{"nothing", change(`{}`), configuration(`{}`), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, problems := readPlan(t, planned(resource, c.change, c.configuration))
			if v.Len() != 1 || len(problems) > 0 {
				t.Fatalf("%d resources, %v", v.Len(), problems)
			}
			if got := v.All()[0].Spec.(*k8s.Workload).Pod.Partial; got != c.want {
				t.Errorf("partial is %q, want %q", got, c.want)
			}
		})
	}
}

func TestOnlyAPlanSaysWhatIsUnknown(t *testing.T) {
	folder(t, map[string]string{"a.yaml": "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c}]}\n" + k8s.UnknownField + ": [a]\n"})
	res := read(t, manifest.Options{Paths: []string{"a.yaml"}})
	if got := res.Resources[0].Spec.(*k8s.Workload).Pod.Partial; got != "" {
		t.Errorf("partial is %q", got)
	}
}

func TestPlansAreBadInputToo(t *testing.T) {
	const canary = "Xq7canaryT0p9secretZz"
	secret := planResource("kubernetes_secret", "s", `{`+planMetadata+`,"data":{"a":"`+canary+`"},"binary_data":{"b":"`+canary+`"},"data_wo":{"c":"`+canary+`"}}`)
	module := `{"format_version":"1.2","planned_values":{"root_module":{"child_modules":[{"address":"module.m","resources":[` + strings.Replace(secret, "kubernetes_secret.s", `module.m[\"k\"].kubernetes_secret.s`, 1) + `]}]}}}`
	for _, c := range []struct {
		name, text, note string
		resources        int
	}{
		{"a secret", planned(secret, "", ""), "", 1},
		{"a module", module, "", 1},
		{"a state", strings.Replace(planned(secret, "", ""), "planned_values", "values", 1), "", 1},
		{"other providers", planned(planResource("google_sql_user", "v", `{"password":"`+canary+`"}`), "", ""), "the Terraform plan or state makes nothing that Merlon reads", 0},
		{"no name", planned(planResource("kubernetes_namespace", "n", `{"metadata":[{}]}`), "", ""), "kubernetes_namespace.n was not assessed: its name is known only after apply", 0},
		{"values of a wrong kind", planned(planResource("kubernetes_pod", "n", `["`+canary+`"]`), "", ""), "name is known only after apply", 0},
		{"a spec of a wrong kind", planned(planResource("kubernetes_pod", "n", `{`+planMetadata+`,"spec":"`+canary+`"}`), "", ""), "spec is a string and must be a map", 1},
		{"a namespace to come", planned(planResource("kubernetes_service", "n", `{"metadata":[{"name":"a"}],"spec":[{}]}`), `{"address":"kubernetes_service.n","change":{"after_unknown":{"metadata":[{"namespace":true}]}}}`, ""), "known only after apply", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, problems := readPlan(t, c.text)
			all := strings.Join(problems, "\n")
			if v.Len() != c.resources || !strings.Contains(all, c.note) || c.note == "" && all != "" {
				t.Errorf("%d resources, notes %s", v.Len(), all)
			}
			for _, r := range v.All() {
				if raw, err := v.Raw(r.UID); err != nil || c.name != "a spec of a wrong kind" && strings.Contains(string(raw.Root().AppendJSON(nil)), canary) {
					t.Errorf("the value survives: %v", err)
				}
			}
			if strings.Contains(all, canary) {
				t.Errorf("the value is in a note: %s", all)
			}
		})
	}
}

func FuzzPlan(f *testing.F) {
	f.Add(`{`+planMetadata+`,"spec":[{"container":[{"name":"c"}]}]}`, `{"spec":[{"container":[{"image":true}]}]}`)
	f.Add(`{"metadata":[null],"spec":[[],[{}]]}`, `{"spec":true}`)
	f.Fuzz(func(t *testing.T, values, unknown string) {
		readPlan(t, planned(planResource("kubernetes_pod", "x", values), `{"address":"kubernetes_pod.x","change":{"after_unknown":`+unknown+`}}`, ""))
	})
}
