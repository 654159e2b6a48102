package remedy_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/remedy"
	"github.com/merlonsec/merlon/internal/rule"
)

const ecsPrefix = "arn:aws:ecs:eu-west-1:111122223333:"

// service gives what describe-services answers of one service of the cluster shop.
func service(name, definition, fields string) string {
	return "services:\n- serviceArn: " + ecsPrefix + "service/shop/" + name + "\n  serviceName: " + name + "\n  clusterArn: " + ecsPrefix +
		"cluster/shop\n  launchType: EC2\n  status: ACTIVE\n  taskDefinition: " + ecsPrefix + "task-definition/" + definition + "\n" + fields + "---\n"
}

// definition gives what describe-task-definition answers of a revision with one container.
func definition(revision, container string) string {
	family, _, _ := strings.Cut(revision, ":")
	return "taskDefinition:\n  taskDefinitionArn: " + ecsPrefix + "task-definition/" + revision + "\n  family: " + family +
		"\n  networkMode: bridge\n  containerDefinitions:\n  - {name: app, image: registry.example/app:1, user: \"1000\", readonlyRootFilesystem: true, " + container + "}\n---\n"
}

func eksCluster(fields string) string {
	return "cluster:\n  name: shop\n  arn: arn:aws:eks:eu-west-1:111122223333:cluster/shop\n  version: \"1.34\"\n" + fields
}

// register is how a revision of a family is changed.
func register(revision, changes string) string {
	return `revision= task=$(mktemp) &&
aws ecs describe-task-definition --task-definition ` + revision + ` --include TAGS --region eu-west-1 --output json \
  | jq '.taskDefinition + {tags: [.tags[]? | select(.key | startswith("aws:") | not)]}
      | del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy, .deregisteredAt, .deleteRequestedAt)
      | ` + changes + `' > "$task" &&
revision=$(aws ecs register-task-definition --cli-input-json "file://$task" --region eu-west-1 --query taskDefinition.taskDefinitionArn --output text) &&
rm "$task"
`
}

// fixesOf fixes an exposure by the short name of its resource.
func fixesOf(t *testing.T, s *remedy.Session, name string, want remedy.Wanted) []remedy.Fix {
	t.Helper()
	for _, e := range s.Exposures() {
		if e.Resource.UID.Short() == name {
			return s.Exposure(e, want)
		}
	}
	t.Fatalf("there is no exposure of %s", name)
	return nil
}

func TestCommands(t *testing.T) {
	const public = "  networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-1], securityGroups: [sg-1], assignPublicIp: ENABLED}}\n"
	const update = `aws ecs update-service --cluster shop --service `
	const newest = ` --task-definition "${revision:?}"`
	for _, c := range []struct {
		name, input, of string
		only            []string
		want            string
	}{
		{
			"every service that has the task definition takes the new one",
			service("web", "app:7", "") + service("batch", "app:7", "") + service("other", "app:8", "  deployments: [{status: ACTIVE, taskDefinition: \""+ecsPrefix+"task-definition/app:7\"}]\n") +
				definition("app:7", "privileged: true") + definition("app:8", "cpu: 1"),
			"service/shop/web",
			[]string{"ecs-privileged-container"},
			register("app:7", ".containerDefinitions[0].privileged = false") + update + "batch --region eu-west-1" + newest + "\n" + update + "web --region eu-west-1" + newest + "\n",
		},
		{
			"a service that something else deploys",
			service("web", "app:7", "  deploymentController: {type: CODE_DEPLOY}\n") + definition("app:7", "privileged: true"),
			"service/shop/web",
			[]string{"ecs-privileged-container"},
			register("app:7", ".containerDefinitions[0].privileged = false") +
				"# the deployments of service/shop/web are made by CODE_DEPLOY: let it deploy the new revision and settings, as update-service cannot\n",
		},
		{
			"a task definition that no service runs",
			definition("app:7", "linuxParameters: {capabilities: {add: [SYS_ADMIN]}, initProcessEnabled: true}"),
			"task-definition/app:7",
			[]string{"ecs-dangerous-capability"},
			register("app:7", "del(.containerDefinitions[0].linuxParameters.capabilities)") +
				"# no service that was read runs it: whatever starts its tasks must name the new revision, or the family alone\n",
		},
		{
			"a definition and the settings of its service in one deployment",
			service("web", "app:7", "  enableExecuteCommand: true\n"+public) + definition("app:7", "privileged: true"),
			"service/shop/web",
			[]string{"ecs-privileged-container", "ecs-public-ip", "ecs-exec-enabled"},
			register("app:7", ".containerDefinitions[0].privileged = false") + update + "web --region eu-west-1" + newest +
				` --disable-execute-command --force-new-deployment --network-configuration '{"awsvpcConfiguration": {"assignPublicIp": "DISABLED", "securityGroups": ["sg-1"], "subnets": ["subnet-1"]}}'` + "\n",
		},
		{
			"a service by itself",
			service("web", "app:7", public+"  deployments: [{status: PRIMARY, taskDefinition: \""+ecsPrefix+"task-definition/app:7\","+strings.TrimSpace(public)+"}]\n"),
			"service/shop/web",
			[]string{"ecs-public-ip"},
			update + `web --region eu-west-1 --network-configuration '{"awsvpcConfiguration": {"assignPublicIp": "DISABLED", "securityGroups": ["sg-1"], "subnets": ["subnet-1"]}}'` + "\n",
		},
		{
			"credentials",
			service("web", "app:7", "") + definition("app:7", "environment: [{name: A, value: b}, {name: DB_PASSWORD, value: x7Gq-2vLw-99rT}], secrets: [{name: C, valueFrom: d}]"),
			"service/shop/web",
			[]string{"ecs-cleartext-credentials"},
			`aws secretsmanager create-secret --name app/DB_PASSWORD --secret-string "${DB_PASSWORD:?}" --region eu-west-1` + "\n" + register("app:7", `del(.containerDefinitions[0].environment[1])
      | .containerDefinitions[0].secrets += [{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/DB_PASSWORD"}]`) +
				update + "web --region eu-west-1" + newest + "\n",
		},
		{
			"a cluster, one kind of change at a time",
			eksCluster("  accessConfig: {authenticationMode: CONFIG_MAP}\n  resourcesVpcConfig: {endpointPublicAccess: true, endpointPrivateAccess: true, publicAccessCidrs: [0.0.0.0/0]}\n"),
			"cluster/shop",
			[]string{"eks-public-endpoint", "eks-audit-log-disabled", "eks-config-map-auth"},
			`aws eks update-cluster-config --name shop --region eu-west-1 --access-config authenticationMode=API_AND_CONFIG_MAP
aws eks wait cluster-active --name shop --region eu-west-1
aws eks update-cluster-config --name shop --region eu-west-1 --logging '{"clusterLogging": [{"enabled": true, "types": ["audit"]}]}'
aws eks wait cluster-active --name shop --region eu-west-1
aws eks update-cluster-config --name shop --region eu-west-1 --resources-vpc-config endpointPublicAccess=false
aws eks wait cluster-active --name shop --region eu-west-1
`,
		},
		{
			"names that a shell would read",
			service("a'$(id)", "app:7", "") + definition("app:7", "privileged: true"),
			"service/shop/a'$(id)",
			[]string{"ecs-privileged-container"},
			register("app:7", ".containerDefinitions[0].privileged = false") + update + `'a'\''$(id)' --region eu-west-1` + newest + "\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := session(t, rule.Settings{}, map[string]string{"x.yaml": c.input})
			fixes := fixesOf(t, s, c.of, remedy.Wanted{Only: c.only})
			for _, f := range fixes {
				if !f.Proved() {
					t.Errorf("%s is not proved: %s", f.Trait, f.Refused.EN)
				}
			}
			if len(fixes) != len(c.only) {
				t.Errorf("%d fixes for %d traits", len(fixes), len(c.only))
			}
			var out strings.Builder
			if err := remedy.Print(&out, fixes, remedy.Style{Format: remedy.FormatDiff}); err != nil {
				t.Fatal(err)
			}
			_, script, _ := strings.Cut(out.String(), "(needs the AWS CLI and jq):\n# in the account 111122223333:\n")
			if diff := cmp.Diff(c.want, script); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for line := range strings.Lines(strings.TrimSuffix(out.String(), script)) {
				if line != "\n" && !strings.HasPrefix(line, "#") {
					t.Errorf("it is no comment: %s", line)
				}
			}
			if sh, err := exec.LookPath("sh"); err == nil {
				check := exec.Command(sh, "-n") //nolint:gosec // the shell of this machine
				check.Stdin = strings.NewReader(out.String())
				if problem, err := check.CombinedOutput(); err != nil {
					t.Errorf("a shell does not take it: %s", problem)
				}
			}
			if s.Files() != nil {
				t.Error("a file with an answer of AWS was changed")
			}
		})
	}
}

// What must be found out first is no command that a shell runs, unless its trait is named.
func TestCommandsThatNeedAnAnswer(t *testing.T) {
	input := service("web", "app:7", "") + strings.Replace(definition("app:7", "privileged: true"), `user: "1000", `, "", 1)
	for _, c := range []struct {
		name           string
		want           remedy.Wanted
		run, commented bool
	}{
		{"without a name", remedy.Wanted{Context: true}, false, true},
		{"by name", remedy.Wanted{Only: []string{"ecs-privileged-container", "ecs-root-user"}}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := session(t, rule.Settings{}, map[string]string{"x.yaml": input})
			var out strings.Builder
			if err := remedy.Print(&out, fixesOf(t, s, "service/shop/web", c.want), remedy.Style{Format: remedy.FormatDiff}); err != nil {
				t.Fatal(err)
			}
			for _, line := range []struct {
				text string
				want bool
			}{
				{"\n      | .containerDefinitions[0].privileged = false", true},
				{"\n      | .containerDefinitions[0].user = \"10001:10001\"", c.run},
				{"\n#       | .containerDefinitions[0].user = \"10001:10001\"", c.commented},
			} {
				if got := strings.Contains(out.String(), line.text); got != line.want {
					t.Errorf("it prints %q: %v\n%s", line.text, got, out.String())
				}
			}
		})
	}
}

// A definition that the service has left behind is not brought back.
func TestDefinitionsOfOldDeployments(t *testing.T) {
	old := "  deployments:\n  - {status: PRIMARY, taskDefinition: \"" + ecsPrefix + "task-definition/app:8\"}\n  - {status: ACTIVE, taskDefinition: \"" + ecsPrefix + "task-definition/app:7\"}\n"
	for _, c := range []struct {
		name, now, refused string
		patched            []inventory.UID
	}{
		{"that has the trait alone", "cpu: 1", "only a task set, or a deployment that ends, runs the task definition; the service itself has another one by now", nil},
		{"beside one that has it too", "privileged: true", "", []inventory.UID{ecsPrefix + "task-definition/app:8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := session(t, rule.Settings{}, map[string]string{"x.yaml": service("web", "app:8", old) + definition("app:7", "privileged: true") + definition("app:8", c.now)})
			fixes := fixesOf(t, s, "service/shop/web", remedy.Wanted{Only: []string{"ecs-privileged-container"}})
			var patched []inventory.UID
			for _, o := range fixes[0].Objects {
				patched = append(patched, o.UID)
			}
			if diff := cmp.Diff(c.patched, patched); diff != "" || fixes[0].Refused.EN != c.refused {
				t.Errorf("refused with %q, -want +got:\n%s", fixes[0].Refused.EN, diff)
			}
		})
	}
}

// Answers of AWS are left alone where files are written, which one line says; what register-task-definition takes is
// edited as any manifest.
func TestOnlySourcesAreWritten(t *testing.T) {
	const source = `{
	"family": "app",
	"pidMode": "host",
	"containerDefinitions": [
		{"name": "app", "image": "registry.example/app:1", "privileged": true, "user": "1000"},
		{"name": "log", "image": "registry.example/log:1"}
	]
}
`
	const yaml = `# what the worker is
family: worker   # as in the registry
ipcMode: host    # for the shared cache
containerDefinitions:
- name: worker   # the only one
  image: registry.example/worker:1
  user: "1000"
  privileged: true # to mount
`
	s := session(t, rule.Settings{}, map[string]string{
		"answers.yaml": service("web", "web:7", "  enableExecuteCommand: true\n") + definition("web:7", "privileged: true") + eksCluster("  logging: {}\n"),
		"app.json":     source, "worker.yaml": yaml,
	})
	before := s.Exposures()
	fixes := s.All(remedy.Wanted{Context: true, Sure: true, InFiles: true})
	got := map[string]string{}
	for _, f := range s.Files() {
		got[f.Name] = string(f.After)
	}
	want := map[string]string{
		"app.json":    strings.Replace(strings.Replace(source, "\t\"pidMode\": \"host\",\n", "", 1), "true", "false", 1),
		"worker.yaml": strings.Replace(strings.Replace(yaml, "ipcMode: host    # for the shared cache\n", "", 1), "true", "false", 1),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files, -want +got:\n%s", diff)
	}
	var out strings.Builder
	if err := remedy.PrintSummary(&out, remedy.Outcome{Fixes: fixes, Before: before, After: s.Exposures()}, remedy.Style{Lang: lang.ES}); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(out.String(), "recursos que se leyeron de AWS"); got != 1 || strings.Contains(out.String(), "service/shop/web") || strings.Contains(out.String(), "cluster/shop") {
		t.Errorf("%d lines about what AWS answered:\n%s", got, out.String())
	}
}

// No value of a secret is in what is printed, in any form.
func TestCloudFixesShowNoValues(t *testing.T) {
	const canary = "x7Gq-2vLw-99rT"
	input := service("web", "app:7", "  enableExecuteCommand: true\n") + definition("app:7", `privileged: true, command: ["--password=`+canary+`"], environment: [{name: DB_PASSWORD, value: `+canary+`}, {name: PLAIN, value: kestrel}]`)
	for _, format := range remedy.Formats() {
		s := session(t, rule.Settings{}, map[string]string{"x.yaml": input})
		fixes := fixesOf(t, s, "service/shop/web", remedy.Wanted{Context: true})
		var out strings.Builder
		if err := remedy.Print(&out, fixes, remedy.Style{Format: format}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), canary) || strings.Contains(out.String(), "kestrel") {
			t.Errorf("%s shows a value:\n%s", format, out.String())
		}
	}
}

func TestPathsOfJQ(t *testing.T) {
	for pointer, want := range map[string]string{
		"/pidMode": ".pidMode", "/containerDefinitions/0/privileged": ".containerDefinitions[0].privileged",
		"/a/b~1c/d~0e": `.a["b/c"]["d~e"]`, "/x-y/z": `.["x-y"].z`, "/a/01": `.a["01"]`, `/a/q"\(x)`: `.a["q\"\\(x)"]`,
	} {
		if got := remedy.JQSteps([]remedy.Operation{{Op: "remove", Path: pointer}}); len(got) != 1 || got[0] != "del("+want+")" {
			t.Errorf("%s becomes %v, want %s", pointer, got, want)
		}
	}
}
