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
			"kubernetes_stateful_set_v1", `{` + planMetadata + `,"wait_for_rollout":true,"spec":[{"service_name":"w","volume_claim_template":[{"metadata":[{"name":"d"}],"spec":[{"access_modes":["ReadWriteOnce"]}]}],"template":[{"spec":[{
"volume":[{"name":"a","downward_api":[{"default_mode":"0644"}]},{"name":"b","ephemeral":[{"volume_claim_template":[{"spec":[{}]}]}]},{"name":"c","ceph_fs":[{}]},{"name":"p","projected":[{"sources":[{"service_account_token":[{"path":"t","audience":"a"}]}]}]}],
"container":[{"name":"c","image":"i"}],"readiness_gate":[{"condition_type":"x"}],"toleration":[{"operator":"Exists","toleration_seconds":"5"}],"dns_config":[{"option":[{"name":"o"}]}],
"affinity":[{"pod_anti_affinity":[{"required_during_scheduling_ignored_during_execution":[{"topology_key":"z"}]}],"node_affinity":[{"required_during_scheduling_ignored_during_execution":[{"node_selector_term":[{"match_fields":[{"key":"k"}]}]}]}]}]}]}]}]}`,
			`{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"spec":{"serviceName":"w","volumeClaimTemplates":[{"metadata":{"name":"d"},"spec":{"accessModes":["ReadWriteOnce"]}}],"template":{"spec":{` +
				`"volumes":[{"name":"a","downwardAPI":{"defaultMode":420}},{"name":"b","ephemeral":{"volumeClaimTemplate":{"spec":{}}}},{"name":"c","cephfs":{}},{"name":"p","projected":{"sources":[{"serviceAccountToken":{"path":"t","audience":"a"}}]}}],` +
				`"containers":[{"name":"c","image":"i"}],"readinessGates":[{"conditionType":"x"}],"tolerations":[{"operator":"Exists","tolerationSeconds":5}],"dnsConfig":{"options":[{"name":"o"}]},` +
				`"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[{"topologyKey":"z"}]},"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":[{"matchFields":[{"key":"k"}]}]}}}}}}}`,
		},
		{
			"kubernetes_daemonset", `{` + planMetadata + `,"spec":[{"template":[{"spec":[{"host_network":true,"container":[{"name":"c","image":"i"}]}]}]}]}`,
			`{"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"spec":{"template":{"spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}}}}`,
		},
		{
			"kubernetes_cron_job_v1", `{` + planMetadata + `,"spec":[{"schedule":"* * * * *","timezone":"Etc/UTC","job_template":[{"metadata":[{}],"spec":[{"ttl_seconds_after_finished":"10","template":[{"metadata":[{}],"spec":[{"host_ipc":true,"container":[{"name":"c","image":"i","env_from":[{"config_map_ref":[{"name":"m"}]}]}]}]}]}]}]}]}`,
			`{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"spec":{"schedule":"* * * * *","timeZone":"Etc/UTC","jobTemplate":{"metadata":{},"spec":{"ttlSecondsAfterFinished":10,"template":{"metadata":{},"spec":{"hostIPC":true,"containers":[{"name":"c","image":"i","envFrom":[{"configMapRef":{"name":"m"}}]}]}}}}}}`,
		},
		{
			"kubernetes_job", `{` + planMetadata + `,"wait_for_completion":true,"spec":[{"template":[{"spec":[{"init_container":[{"name":"a","image":"i"}],"container":[{"name":"c","image":"i"}]}]}]}]}`,
			`{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"spec":{"template":{"spec":{"initContainers":[{"name":"a","image":"i"}],"containers":[{"name":"c","image":"i"}]}}}}`,
		},
		{
			"kubernetes_service_v1", `{` + planMetadata + `,"status":[{}],"wait_for_load_balancer":true,"spec":[{"type":"LoadBalancer","cluster_ip":"","external_ips":null,"load_balancer_source_ranges":["10.0.0.0/8"],"selector":{"app_name":"web"},"port":[{"port":80,"target_port":"8080","node_port":null,"protocol":"TCP"}],"session_affinity_config":[{"client_ip":[{"timeout_seconds":3}]}]}]}`,
			`{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"spec":{"type":"LoadBalancer","loadBalancerSourceRanges":["10.0.0.0/8"],"selector":{"app_name":"web"},"ports":[{"port":80,"targetPort":"8080","protocol":"TCP"}],"sessionAffinityConfig":{"clientIP":{"timeoutSeconds":3}}}}`,
		},
		{
			"kubernetes_ingress", `{` + planMetadata + `,"spec":[{"backend":[{"service_name":"s","service_port":"80"}],"rule":[{"host":"a","http":[{"path":[{"path":"/","backend":[{"service_name":"t","service_port":"80"}]}]}]}]}]}`,
			`{"apiVersion":"networking.k8s.io/v1beta1","kind":"Ingress","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"spec":{"backend":{"serviceName":"s","servicePort":"80"},"rules":[{"host":"a","http":{"paths":[{"path":"/","backend":{"serviceName":"t","servicePort":"80"}}]}}]}}`,
		},
		{
			"kubernetes_service_account", `{` + planMetadata + `,"automount_service_account_token":false,"default_secret_name":"x","secret":[{"name":"t"}],"image_pull_secret":[{"name":"r"}]}`,
			`{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"automountServiceAccountToken":false,"secrets":[{"name":"t"}],"imagePullSecrets":[{"name":"r"}]}`,
		},
		{
			"kubernetes_cluster_role_v1", `{"metadata":[{"name":"web"}],"rule":[{"api_groups":[""],"resources":["secrets"],"verbs":["get"],"non_resource_urls":[]},{"non_resource_urls":["/x"],"verbs":["get"]}],"aggregation_rule":[{"cluster_role_selectors":[{"match_labels":{"a":"b"}}]}]}`,
			`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"web"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]},{"nonResourceURLs":["/x"],"verbs":["get"]}],"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}}]}}`,
		},
		{
			"kubernetes_role_binding_v1", `{` + planMetadata + `,"role_ref":[{"api_group":"rbac.authorization.k8s.io","kind":"Role","name":"r"}],"subject":[{"kind":"User","name":"u","api_group":"rbac.authorization.k8s.io","namespace":""}]}`,
			`{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"RoleBinding","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"r"},"subjects":[{"kind":"User","name":"u","apiGroup":"rbac.authorization.k8s.io"}]}`,
		},
		{
			"kubernetes_validating_webhook_configuration_v1", `{"metadata":[{"name":"web"}],"webhook":[{"name":"w","failure_policy":"Ignore","client_config":[{"service":[{"name":"s","namespace":"n","port":443}]}],"rule":[{"api_groups":[""],"resources":["pods"]}]}]}`,
			`{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingWebhookConfiguration","metadata":{"name":"web"},"webhooks":[{"name":"w","failurePolicy":"Ignore","clientConfig":{"service":{"name":"s","namespace":"n","port":443}},"rules":[{"apiGroups":[""],"resources":["pods"]}]}]}`,
		},
		{
			"kubernetes_namespace_v1", `{"metadata":[{"name":"web","labels":{"pod-security.kubernetes.io/enforce":"restricted"}}],"wait_for_default_service_account":false}`,
			`{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"web","labels":{"pod-security.kubernetes.io/enforce":"restricted"}}}`,
		},
		{
			"kubernetes_config_map", `{` + planMetadata + `,"data":{"a_b":"x"},"immutable":false}`,
			`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"web","namespace":"shop","labels":{"app_name":"web"}},"data":{"a_b":"[redacted]"},"immutable":false}`,
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
			if want := (inventory.Made{By: inventory.MadeByTerraform, From: "plan.json"}); r.Made != want {
				t.Errorf("it is made by %v, want %v", r.Made, want)
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

// TestUnknownsCountWhereTheyMatter looks at what a plan does not know of resources without pods, and in modules.
func TestUnknownsCountWhereTheyMatter(t *testing.T) {
	service := planResource("kubernetes_service", "x", `{`+planMetadata+`,"spec":[{"port":[{"port":80}]}]}`)
	binding := planResource("kubernetes_role_binding", "x", `{`+planMetadata+`,"role_ref":[{"kind":"ClusterRole","name":"r"}],"subject":[{"kind":"User"}]}`)
	account := planResource("kubernetes_service_account", "x", `{`+planMetadata+`}`)
	for _, c := range []struct {
		name, resource, change, configuration string
		unsettled                             bool
		faces                                 k8s.Publicity
	}{
		{"the type of a Service", service, `{"spec":[{"type":true,"cluster_ip":true}]}`, `{"spec":[{"type":{"references":["x.y"]}}]}`, true, k8s.MaybePublic},
		{"what the API server gives a Service", service, `{"id":true,"status":true,"spec":[{"cluster_ip":true,"health_check_node_port":true}]}`, `{"spec":[{}]}`, false, k8s.NotPublic},
		{"the annotations of a Service", service, `{"metadata":[{"annotations":true,"uid":true}]}`, `{"metadata":[{"annotations":{"references":["x.y"]}}]}`, true, k8s.NotPublic},
		{"the subject of a binding", binding, `{"subject":[{"name":true}],"metadata":[{"uid":true,"generation":true}]}`, `{"subject":[{"name":{"references":["x.y"]},"kind":{"constant_value":"User"}}],"metadata":[{}]}`, false, 0},
		{"the kind of a subject", binding, `{"subject":[{"kind":true}]}`, `{"subject":[{"kind":{"references":["x.y"]}}]}`, true, 0},
		{"all subjects", binding, `{"subject":true}`, `{"subject":[{}]}`, true, 0},
		{"the secret of an account", account, `{"default_secret_name":true,"secret":true}`, `{"metadata":[{}]}`, false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			kind := strings.Split(c.resource, `"`)[3]
			v, problems := readPlan(t, planned(c.resource, `{"address":"`+kind+`","change":{"after_unknown":`+c.change+`}}`, `{"address":"`+kind+`","expressions":`+c.configuration+`}`))
			if v.Len() != 1 {
				t.Fatalf("%d resources, %v", v.Len(), problems)
			}
			r := v.All()[0]
			if r.Unsettled != c.unsettled {
				t.Errorf("unsettled is %v, want %v", r.Unsettled, c.unsettled)
			}
			if s, ok := r.Spec.(*k8s.ServiceSpec); ok && s.Publicity() != c.faces {
				t.Errorf("it faces %v, want %v", s.Publicity(), c.faces)
			}
		})
	}
}

func TestModulesAndInstances(t *testing.T) {
	const plan = `{"format_version":"1.2","planned_values":{"root_module":{"child_modules":[{"address":"module.apps[\"eu.west\"]","child_modules":[{"address":"module.apps[\"eu.west\"].module.web","resources":[
{"address":"module.apps[\"eu.west\"].module.web.kubernetes_pod.p[\"a\"]","mode":"managed","type":"kubernetes_pod","name":"p","index":"a","values":{"metadata":[{"name":"a"}],"spec":[{"container":[{"name":"c","image_pull_policy":null}]}]}},
{"address":"module.apps[\"eu.west\"].module.web.kubernetes_pod.q[0]","mode":"managed","type":"kubernetes_pod","name":"q","index":0,"values":{"metadata":[{"name":"b"}],"spec":[{"container":[{"name":"c"}]}]}},
{"address":"module.apps[\"eu.west\"].module.web.data.kubernetes_pod.d","mode":"data","type":"kubernetes_pod","name":"d","values":{"metadata":[{"name":"d"}],"spec":[{}]}}]}]}]}},
"resource_changes":[{"address":"module.apps[\"eu.west\"].module.web.kubernetes_pod.p[\"a\"]","change":{"after_unknown":{"spec":[{"container":[{"image_pull_policy":true}]}]}}},
{"address":"module.apps[\"eu.west\"].module.web.kubernetes_pod.q[0]","change":{"after_unknown":{"spec":[{"container":[{"image_pull_policy":true}]}]}}}],
"configuration":{"root_module":{"module_calls":{"apps":{"module":{"module_calls":{"web":{"module":{"resources":[
{"address":"kubernetes_pod.p","expressions":{"spec":[{"container":[{"image_pull_policy":{"references":["var.x"]}}]}]}},{"address":"kubernetes_pod.q","expressions":{"spec":[{"container":[{}]}]}}]}}}}}}}}}`
	v, problems := readPlan(t, plan)
	got := map[string]k8s.Partial{}
	for _, r := range v.All() {
		got[r.Origin.File] = r.Spec.(*k8s.Workload).Pod.Partial
	}
	want := map[string]k8s.Partial{
		`plan.json!module.apps["eu.west"].module.web.kubernetes_pod.p["a"]`: k8s.PartialPlan,
		`plan.json!module.apps["eu.west"].module.web.kubernetes_pod.q[0]`:   "",
	}
	if diff := cmp.Diff(want, got); diff != "" || len(problems) > 0 {
		t.Errorf("%v (-want +got):\n%s", problems, diff)
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
		{"a chart", planned(planResource("helm_release", "h", `{"set_sensitive":[{"value":"`+canary+`"}]}`)+","+planResource("kubectl_manifest", "k", `{"yaml_body":"`+canary+`"}`), "", ""), "the plan does not show the Kubernetes objects of helm_release.h, kubectl_manifest.k", 0},
		{"a manifest to come", planned(planResource("kubernetes_manifest", "m", `{}`), `{"address":"kubernetes_manifest.m","change":{"after_unknown":{"manifest":true,"object":true}}}`, ""), "kubernetes_manifest.m was not assessed: its manifest is known only after apply", 0},
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
