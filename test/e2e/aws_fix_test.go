//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// TestCommandsOfFixesRun lets a shell run what merlon fix prints for an account, as it is printed: what AWS describes then
// no longer has any of the traits, and what no patch was about is as it was, the values that Merlon never saw included.
func TestCommandsOfFixesRun(t *testing.T) {
	debian(t, "jq", "jq") // The commands need it.
	account := StartAWS(t).As("AKIA0000000000000000", "secret")
	account.fillWeak()
	folder := filepath.Join(account.Dir, "answers")
	account.describe(folder)
	traits := patchedTraits()
	found := account.traits(folder)
	for _, id := range traits {
		if !slices.Contains(found, id) && id != "eks-config-map-auth" { // which moto knows nothing of
			t.Errorf("the account has no %s", id)
		}
	}

	script, told, code := account.Merlon("fix", "--all", folder, "--only", strings.Join(traits, ","))
	if code != 0 {
		t.Fatalf("merlon fix: exit code %d\n%s", code, told)
	}
	if strings.Contains(script, awsSecret) {
		t.Errorf("a value is shown:\n%s", script)
	}
	account.shell(script)

	account.describe(folder)
	left := account.traits(folder)
	for _, id := range traits {
		if slices.Contains(left, id) {
			t.Errorf("%s is still there after\n%s", id, script)
		}
	}
	definition := account.CLI("ecs describe-task-definition --include TAGS --task-definition web")
	for what, got := range map[string]string{
		"an environment variable": field(definition, "taskDefinition", "containerDefinitions", 0, "environment", 0, "value"),
		"the secret":              field(account.CLI("secretsmanager get-secret-value --secret-id web/DB_PASSWORD"), "SecretString"),
	} {
		if got != awsSecret {
			t.Errorf("%s has the value %q", what, got)
		}
	}
	if got := field(definition, "tags", 0, "value"); got != "shop" {
		t.Errorf("the new revision has the tag %q", got)
	}
}

// patchedTraits lists the rules about resources of AWS that have a patch.
func patchedTraits() (ids []string) {
	for _, r := range catalog.All() {
		if r.Patch.Changes != nil && aws.IsType(r.On[0]) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// fillWeak creates services and a cluster that have every trait for which there is a patch.
func (a *AWS) fillWeak() {
	a.t.Helper()
	a.CLI("ecs create-cluster --cluster-name shop")
	a.CLI("ecs register-task-definition --family web --pid-mode host --ipc-mode host --network-mode host --tags key=team,value=shop --volumes",
		`[{"name":"docker","host":{"sourcePath":"/var/run/docker.sock"}},{"name":"data","host":{"sourcePath":"/srv/data"}}]`, "--container-definitions",
		`[{"name":"web","memory":64,"image":"registry.example/web:1","privileged":true,"portMappings":[{"containerPort":8080,"hostPort":8080}],
		"environment":[{"name":"A","value":"`+awsSecret+`"},{"name":"DB_PASSWORD","value":"`+awsSecret+`"}],
		"linuxParameters":{"capabilities":{"add":["SYS_ADMIN","NET_BIND_SERVICE"]}},
		"mountPoints":[{"sourceVolume":"docker","containerPath":"/docker.sock"},{"sourceVolume":"data","containerPath":"/data","readOnly":true}]}]`)
	n := a.fillNetwork()
	network := "awsvpcConfiguration={subnets=[" + n.subnet + "],securityGroups=[" + n.group + "],assignPublicIp=ENABLED}"
	for _, name := range []string{"web", "batch"} {
		a.CLI("ecs create-service --cluster shop --launch-type EC2 --task-definition web --desired-count 0 --service-name "+name, "--network-configuration", network)
		a.CLI("ecs update-service --cluster shop --enable-execute-command --service", name) // which moto forgets where one is created
	}
	a.CLI("eks create-cluster --name shop --role-arn " + awsRole + " --resources-vpc-config subnetIds=" + n.subnet + "," + n.subnet2 + ",endpointPublicAccess=true,endpointPrivateAccess=false,publicAccessCidrs=0.0.0.0/0")
}

// describe writes what AWS answers about the services with the task definitions that they have, and the cluster.
func (a *AWS) describe(folder string) {
	a.t.Helper()
	answers := map[string]any{"cluster": a.CLI("eks describe-cluster --name shop")}
	services := a.CLI("ecs describe-services --cluster shop --services web batch")
	answers["services"] = services
	list, _ := services["services"].([]any)
	for i, s := range list {
		service, _ := s.(map[string]any)
		delete(service, "deployments") // In which moto leaves the first task definition for good.
		answers["definition"+string(rune('0'+i))] = a.CLI("ecs describe-task-definition --task-definition", field(service, "taskDefinition"))
	}
	if err := os.RemoveAll(folder); err != nil {
		a.t.Fatal(err)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		a.t.Fatal(err)
	}
	for name, answer := range answers {
		text, err := json.Marshal(answer)
		if err != nil {
			a.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name+".json"), text, 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
}

// traits lists the traits in a folder.
func (a *AWS) traits(folder string) (ids []string) {
	a.t.Helper()
	out, told, code := a.Merlon("scan", folder, "-o", "json")
	if code != 0 && code != 3 {
		a.t.Fatalf("merlon scan: exit code %d\n%s", code, told)
	}
	var scan struct{ Traits []struct{ ID string } }
	if err := json.Unmarshal([]byte(out), &scan); err != nil {
		a.t.Fatal(err)
	}
	for _, trait := range scan.Traits {
		ids = append(ids, trait.ID)
	}
	return ids
}

// shell runs a script that stops at the first command that fails.
func (a *AWS) shell(script string) {
	a.t.Helper()
	cmd := exec.CommandContext(a.t.Context(), "sh", "-e")
	cmd.Stdin, cmd.Dir = strings.NewReader(script), a.Dir
	cmd.Env = append(slices.Clone(a.env), "PATH="+filepath.Dir(Tool(a.t, "aws/bin/aws"))+":"+os.Getenv("PATH"), "DB_PASSWORD="+awsSecret, "TMPDIR="+a.Dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		a.t.Fatalf("%v\n%s\n%s", err, out, script)
	}
}
