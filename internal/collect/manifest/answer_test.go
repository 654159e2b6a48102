package manifest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/schema"
)

func named(res manifest.Result) []string {
	var all []string
	for _, r := range res.Resources {
		all = append(all, fmt.Sprintf("%s %s (%s)", r.Type, r.UID, r.Name))
	}
	return all
}

func TestAnswersOfTheAWSCLI(t *testing.T) {
	for _, c := range answers() {
		t.Run(c.command, func(t *testing.T) {
			folder(t, map[string]string{"a.json": c.text})
			res := read(t, manifest.Options{Paths: []string{"a.json"}})
			if diff := cmp.Diff(c.want, named(res)); diff != "" {
				t.Errorf("resources (-want +got):\n%s", diff)
			}
			if s := res.Sources[0]; s.Status != inventory.StatusComplete || len(s.NotAssessed) > 0 {
				t.Errorf("%s: %v", s.Status, notes(s))
			}
		})
	}
}

func TestAnswersInEveryForm(t *testing.T) {
	var want []string
	var yamls, jsons strings.Builder
	files := map[string]string{}
	for i, c := range answers() {
		text, err := yaml.JSONToYAML([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, c.want...)
		fmt.Fprintf(&yamls, "---\n%s", text)
		jsons.WriteString(c.text + "\n")
		files[fmt.Sprintf("answers/%02d.json", i)] = c.text
	}
	slices.Sort(want)
	want = slices.Compact(want)
	folder(t, map[string]string{"a.yaml": yamls.String(), "a.json": jsons.String(), "list.json": "[" + strings.ReplaceAll(strings.TrimSpace(jsons.String()), "\n", ",") + "]"})
	writeFile(t, "a.tar.gz", string(targz(t, files)))
	for name, text := range files {
		writeFile(t, name, text)
	}
	for _, path := range []string{"a.yaml", "a.json", "list.json", "a.tar.gz", "answers"} {
		res := read(t, manifest.Options{Paths: []string{path}})
		got := named(res)
		slices.Sort(got)
		if diff := cmp.Diff(want, slices.Compact(got)); diff != "" || res.Sources[0].Status != inventory.StatusComplete {
			t.Errorf("%s: %s %v (-want +got):\n%s", path, res.Sources[0].Status, notes(res.Sources[0]), diff)
		}
	}
}

const described = `{"taskDefinition":{"taskDefinitionArn":"arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7","family":"web","containerDefinitions":[{"name":"web","image":"nginx"}]}}`

func TestAnswersThatSayLess(t *testing.T) {
	const complete, partial, failed = inventory.StatusComplete, inventory.StatusPartial, inventory.StatusFailed
	const web = "task-definition/web:7"
	service := func(more string) string {
		return `{"services":[{"serviceArn":"arn:aws:ecs:eu-west-1:111122223333:service/shop/web"` + more + `}]}`
	}
	for _, c := range []struct {
		name, file, text string
		objects          []string
		status           inventory.SourceStatus
		notes            []string
	}{
		{"nothing was found", "a.json", `{"services":[],"failures":[]}`, nil, complete, []string{"a.json: there is no Kubernetes object and no AWS resource in it: its list is empty"}},
		{"names alone", "a.json", `{"serviceArns":["arn:aws:ecs:eu-west-1:111122223333:service/shop/web"]}`, nil, complete, []string{"its list is empty"}},
		{"what was asked for and is gone", "a.json", `{"services":[],"failures":[{"arn":"arn:aws:ecs:eu-west-1:111122223333:service/shop/old","reason":"MISSING"},{"arn":"x y","reason":"a value"}]}`, nil, failed, []string{
			"a.json:1: arn:aws:ecs:eu-west-1:111122223333:service/shop/old was not assessed: AWS answered MISSING", "a.json:1: a resource that was asked for was not assessed: AWS did not find it",
		}},
		{"a page that goes on", "a.json", `{"Vpcs":[{"VpcId":"vpc-1","OwnerId":"1"}],"NextToken":"abc"}`, []string{"a.json:1 vpc/vpc-1"}, partial, []string{"a.json:1: the list Vpcs goes on in another page"}},
		{"every page", "a.json", `{"Vpcs":[{"VpcId":"vpc-1","OwnerId":"1"}],"NextToken":"abc"}` + "\n" + `{"Vpcs":[{"VpcId":"vpc-2","OwnerId":"1"}]}`, []string{"a.json:1 vpc/vpc-1", "a.json:2 vpc/vpc-2"}, complete, nil},
		{"a page of IAM", "a.json", `{"RoleDetailList":[{"RoleName":"r","Arn":"arn:aws:iam::111122223333:role/r"}],"IsTruncated":true,"Marker":"m"}`, []string{"a.json:1 role/r"}, partial, []string{"the list RoleDetailList goes on"}},
		{"cut off", "a.json", described[:120], nil, failed, []string{"a.json:1: the JSON ends before it is complete"}},
		{"health of targets of no group", "a.json", `{"TargetHealthDescriptions":[{"Target":{"Id":"i-1"}}]}`, nil, failed, []string{`describe-target-health does not say of which target group it is; add "TargetGroupArn" to the answer`}},
		{"without an ARN", "a.json", `{"cluster":{"arn":"x","name":"shop"}}`, nil, failed, []string{"it has no ARN"}},
		{"a map where a list belongs", "a.json", `{"services":{"serviceArn":"arn:aws:ecs:eu-west-1:111122223333:service/shop/web"}}`, nil, complete, []string{"1 document is neither"}},
		{"a list of lists", "a.json", `{"services":[["a"]]}`, nil, complete, []string{"1 document is neither"}},
		{"fields of wrong kinds", "a.json", service(`,"enableExecuteCommand":"yes","networkConfiguration":{"awsvpcConfiguration":{"subnets":"subnet-1","assignPublicIp":"ENABLED"}}`), []string{"a.json:1 service/shop/web"}, partial, []string{
			"Service web: enableExecuteCommand is a string and must be a boolean, so it was not assessed", "Service web: networkConfiguration.awsvpcConfiguration.subnets is a string and must be a list",
		}},
		{"listed and described", "a.json", described + "\n" + described, []string{"a.json:1 " + web, "a.json:2 " + web}, complete, nil},
		{"a container without its task", "a.json", `[{"name":"web","image":"${image}","essential":true}]`, nil, failed, []string{"it is a container definition of Amazon ECS without its task definition"}},
		{"a value that is no JSON before it is filled in", "a.json", `{"family":"web","containerDefinitions":[{"name":"web","cpu":${cpu}}]}`, nil, failed, []string{"it holds a ${…} that nothing has filled in: fill in the template first"}},
		{"a state in its own file", "terraform.tfstate", `{"version":4,"serial":1,"lineage":"x","resources":[{"mode":"managed","type":"aws_ecs_cluster","name":"c","instances":[{"attributes":{"arn":"arn:aws:ecs:eu-west-1:111122223333:cluster/shop","name":"shop"}}]}]}`, []string{"terraform.tfstate!aws_ecs_cluster.c cluster/shop"}, complete, nil},
		{"an old state", "terraform.tfstate", `{"version":3,"serial":1,"lineage":"x","modules":[]}`, nil, failed, []string{"terraform show -json"}},
		{"an empty state", "a.json", `{"format_version":"1.0"}`, nil, failed, []string{"the Terraform plan or state makes nothing that Merlon reads"}},
		{"a template of other things", "a.yaml", "Resources:\n  B: {Type: 'AWS::S3::Bucket'}\n", nil, failed, []string{"the CloudFormation template makes nothing that Merlon reads"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			folder(t, map[string]string{c.file: c.text})
			res := read(t, manifest.Options{Paths: []string{c.file}})
			for _, r := range res.Resources {
				if r.Origin.File != c.file {
					r.Origin.Line = 0
				}
			}
			var got []string
			for _, o := range objects(res) {
				got = append(got, strings.Replace(o, ":0 ", " ", 1))
			}
			if diff := cmp.Diff(c.objects, got); diff != "" || res.Sources[0].Status != c.status {
				t.Errorf("%s; objects (-want +got):\n%s", res.Sources[0].Status, diff)
			}
			said := notes(res.Sources[0])
			if len(said) != len(c.notes) {
				t.Fatalf("notes:\n%s\nwant %d", strings.Join(said, "\n"), len(c.notes))
			}
			for i, want := range c.notes {
				if !strings.Contains(said[i], want) {
					t.Errorf("note %d is\n%s\nwant in it\n%s", i, said[i], want)
				}
			}
		})
	}
}

func TestWhatNothingHasFilledInIsOpen(t *testing.T) {
	folder(t, map[string]string{"a.json": `{"family":"web",
"taskRoleArn":"${TASK_ROLE}",
"containerDefinitions":[{"name":"web","image":"${REPOSITORY}:${TAG}",
"privileged":"${PRIVILEGED}","user":"0",
"command":["sh","-c","exec ${APP}"],
"environment":[{"name":"PASSWORD","value":"${PASSWORD}"},{"name":"OTHER_PASSWORD","value":"correct9horseBattery"}],
"linuxParameters":{"capabilities":{"add":["NET_RAW","${MORE}"]}}}]}`})
	res := read(t, manifest.Options{Paths: []string{"a.json"}})
	check(t, res, []string{"a.json:1 task-definition/web"}, inventory.StatusPartial,
		"a.json:2: TaskDefinition web: taskRoleArn holds a ${…} that nothing has filled in, so it was not assessed",
		"a.json:3: TaskDefinition web: containerDefinitions[0].image holds",
		"a.json:4: TaskDefinition web: containerDefinitions[0].privileged holds",
		"a.json:6: TaskDefinition web: containerDefinitions[0].environment[0].value holds",
		"a.json:7: TaskDefinition web: containerDefinitions[0].linuxParameters.capabilities.add holds")
	spec := res.Resources[0].Spec.(*aws.TaskDefinitionSpec)
	want := aws.Unknown{"$.containerDefinitions.environment.value", "$.containerDefinitions.image", "$.containerDefinitions.linuxParameters.capabilities.add", "$.containerDefinitions.privileged", "$.taskRoleArn"}
	if diff := cmp.Diff(want, spec.Unknown); diff != "" {
		t.Errorf("open (-want +got):\n%s", diff)
	}
	c := spec.Containers[0]
	if spec.TaskRole != "" || c.Image != "" || c.User != "0" || !slices.Equal(c.Capabilities, []string{"NET_RAW"}) || len(c.Credentials) != 1 || c.Credentials[0].Name != "OTHER_PASSWORD" {
		t.Errorf("the spec is %+v of %+v", c, spec)
	}
	v := schema.NewView(res.Sources, res.Resources)
	if at := v.Locate(res.Resources[0].UID, "$.containerDefinitions[0].user"); at.Line != 4 {
		t.Errorf("the user is at %v", at)
	}
}

func TestOnlyAPlanSaysWhatIsOpen(t *testing.T) {
	folder(t, map[string]string{"a.json": strings.Replace(described, `"family"`, `"`+aws.UnknownField+`":["$.family"],"family"`, 1)})
	spec := read(t, manifest.Options{Paths: []string{"a.json"}}).Resources[0].Spec.(*aws.TaskDefinitionSpec)
	if len(spec.Unknown) > 0 {
		t.Errorf("open is %v", spec.Unknown)
	}
}

func TestConfigurationOfTerraformIsNamedUnlessItsPlanIsThere(t *testing.T) {
	plan := planned(planResource("aws_vpc", "v", `{"cidr_block":"10.0.0.0/16"}`), "", "")
	folder(t, map[string]string{"a/main.tf": "x", "a/net/main.tf": "x", "b/main.tf": "x", "b/plan.json": plan})
	if got := notes(read(t, manifest.Options{Paths: []string{"a"}}).Sources[0]); len(got) != 2 || !strings.Contains(got[0], "a, a/net: there is Terraform configuration") {
		t.Errorf("notes %v", got)
	}
	if got := notes(read(t, manifest.Options{Paths: []string{"b"}}).Sources[0]); len(got) != 0 {
		t.Errorf("notes %v", got)
	}
}

func TestResourcesOfAPlanStandWhereThePlanHasThem(t *testing.T) {
	one := planned(planResource("aws_vpc", "v", `{"cidr_block":"10.0.0.0/16"}`), "", "")
	folder(t, map[string]string{"one.json": one, "many.json": strings.Replace(one, `{"address":"aws_vpc.v"`, "\n\n{\"address\":\"aws_vpc.v\"", 1)})
	for _, path := range []string{"one.json", "many.json"} {
		r := read(t, manifest.Options{Paths: []string{path}}).Resources[0]
		want := inventory.Origin{File: path + "!aws_vpc.v", Line: map[string]int{"one.json": 0, "many.json": 3}[path]}
		if r.Origin != want || r.UID != "tf://aws_vpc.v" || r.Name != "aws_vpc.v" {
			t.Errorf("%s: %v, UID %s, name %s", path, r.Origin, r.UID, r.Name)
		}
	}
}

func TestATemplateIsCalledByItsNameInTheFolder(t *testing.T) {
	const vpc = "Resources:\n  Net: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}\n"
	folder(t, map[string]string{"d/net.yaml": vpc, "d/more/net.template.json": `{"Resources":{"Net":{"Type":"AWS::EC2::VPC"}}}`})
	for path, want := range map[string][]inventory.UID{
		"d": {"cfn://more%2Fnet.template/Net", "cfn://net/Net"}, "d/net.yaml": {"cfn://net/Net"},
	} {
		var got []inventory.UID
		for _, r := range read(t, manifest.Options{Paths: []string{path}}).Resources {
			if r.Type == aws.VPC {
				got = append(got, r.UID)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}
