package remedy

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

func TestMadeOf(t *testing.T) {
	plan := inventory.Made{By: inventory.MadeByTerraform, From: "a/plan.json"}
	for _, c := range []struct {
		name, file string
		kind       inventory.Type
		want       inventory.Made
	}{
		{"a resource of a plan", "a/plan.json!aws_ecs_service.web[0]", aws.ECSService, plan},
		{"a resource of a module of a plan", "a/plan.json!module.x[\"a\"].module.y.aws_eks_cluster.shop", aws.EKSCluster, plan},
		{"an answer in an archive", "a/answers.tgz!aws_ecs.json", aws.ECSService, inventory.Made{}},
		{"an answer", "a/service.json", aws.ECSService, inventory.Made{}},
		{"an object of a plan, which says so", "a/plan.json!aws_x.y", "k8s/core/Pod", inventory.Made{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &inventory.Resource{UID: "arn:aws:ecs:eu-west-1:111122223333:service/a/b", Type: c.kind, Origin: inventory.Origin{File: c.file}}
			if got := madeOf(r); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if got, want := isReport(r), aws.IsType(c.kind) && c.want.By == ""; got != want {
				t.Errorf("report: %v, want %v", got, want)
			}
		})
	}
}

func TestLogicalID(t *testing.T) {
	for uid, want := range map[inventory.UID]string{"cfn://shop/Task": "Task", "cfn://my%20shop/A%2FB": "A/B", "cfn://shop": "", "tf://aws_ecs_service.web": "", "arn:aws:ecs:::task-definition/web": ""} {
		if got, ok := logicalID(uid); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", uid, got, ok)
		}
	}
}

func TestChangesOfTemplates(t *testing.T) {
	audit := []any{rule.Fields{{Key: "Type", Value: "audit"}}}
	for _, c := range []struct {
		name string
		api  rule.Change
		want rule.Change
		no   bool
	}{
		{"a field of a container", rule.Change{Path: "$.containerDefinitions[1].privileged", Value: false}, rule.Change{Path: "$.ContainerDefinitions[1].Privileged", Value: false}, false},
		{"a field that goes", rule.Change{Path: "$.pidMode", Remove: true}, rule.Change{Path: "$.PidMode", Remove: true}, false},
		{
			"an item of a list",
			rule.Change{Path: "$.containerDefinitions[0].secrets", Value: []any{rule.Fields{{Key: "name", Value: "a"}, {Key: "valueFrom", Value: "b"}}}, Append: true},
			rule.Change{Path: "$.ContainerDefinitions[0].Secrets", Value: []any{rule.Fields{{Key: "Name", Value: "a"}, {Key: "ValueFrom", Value: "b"}}}, Append: true},
			false,
		},
		{"a log more", rule.Change{Path: "$.logging.clusterLogging[0].types", Value: []any{"audit"}, Append: true}, rule.Change{Path: "$.Logging.ClusterLogging.EnabledTypes", Value: audit, Append: true}, false},
		{
			"a log in a setup of its own",
			rule.Change{Path: "$.logging.clusterLogging", Value: []any{rule.Fields{{Key: "types", Value: []any{"audit"}}, {Key: "enabled", Value: true}}}, Append: true},
			rule.Change{Path: "$.Logging.ClusterLogging.EnabledTypes", Value: audit, Append: true},
			false,
		},
		{"a log that is not sent", rule.Change{Path: "$.logging.clusterLogging[1].types[0]", Remove: true}, rule.Change{}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := ofTemplate(c.api)
			if ok == c.no {
				t.Fatalf("ok is %v", ok)
			}
			if diff := cmp.Diff(c.want, got); ok && diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestPatchOfTemplate(t *testing.T) {
	var before, after tree.Tree
	for doc, to := range map[string]*tree.Tree{
		`{"resourcesVpcConfig":{"endpointPublicAccess":true},"logging":{"clusterLogging":[{"types":["api"],"enabled":true}]},"tags":[{"a":1},{"b":1}]}`:                              &before,
		`{"resourcesVpcConfig":{"endpointPublicAccess":false,"x":{"y":[{"z":1}]}},"logging":{"clusterLogging":[{"types":["api","audit"],"enabled":true}]},"tags":[{"a":1},{"b":2}]}`: &after,
	} {
		if err := tree.DecodeJSON(to, []byte(doc), 1, tree.Limits{}); err != nil {
			t.Fatal(err)
		}
	}
	a, b := plain(before.Root()), plain(after.Root())
	got, err := json.Marshal(templatePatch("A/B", jsonPatch(a, b), b))
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"op":"add","path":"/Resources/A~1B/Properties/ResourcesVpcConfig/EndpointPublicAccess","value":false},` +
		`{"op":"add","path":"/Resources/A~1B/Properties/ResourcesVpcConfig/X","value":{"Y":[{"Z":1}]}},` +
		`{"op":"add","path":"/Resources/A~1B/Properties/Tags/1/B","value":2},` +
		`{"op":"add","path":"/Resources/A~1B/Properties/Logging","value":{"ClusterLogging":{"EnabledTypes":[{"Type":"api"},{"Type":"audit"}]}}}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
