package iac_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/iac"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

func open(t *testing.T, text string) (*iac.Terraform, error) {
	t.Helper()
	var doc tree.Tree
	if err := tree.DecodeJSON(&doc, []byte(text), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	return iac.OpenTerraform(doc.Root())
}

func TestAStateFileIsReadAsTerraformKeepsIt(t *testing.T) {
	p, err := open(t, `{"version":4,"terraform_version":"1.9.0","serial":3,"lineage":"d0b1","outputs":{"password":{"value":"x"}},"resources":[
		{"mode":"data","type":"aws_vpc","name":"d","instances":[{"attributes":{"id":"vpc-0"}}]},
		{"module":"module.a[\"k\"]","mode":"managed","type":"aws_subnet","name":"s","instances":[
			{"index_key":0,"attributes":{"id":"subnet-1"}},{"index_key":"x.\"y","attributes":{"id":"subnet-2"}},{"index_key":1,"deposed":"abcd","attributes":{"id":"subnet-3"}}]},
		{"mode":"managed","type":"kubernetes_namespace","name":"n","instances":[{"attributes":{"metadata":[{"name":"a"}]}}]}]}`)
	if err != nil {
		t.Fatal(err)
	}
	var addresses []string
	for _, r := range p.Resources() {
		addresses = append(addresses, r.Address)
	}
	if diff := cmp.Diff([]string{`module.a["k"].aws_subnet.s[0]`, `module.a["k"].aws_subnet.s["x.\"y"]`, "kubernetes_namespace.n"}, addresses); diff != "" {
		t.Errorf("addresses (-want +got):\n%s", diff)
	}
	if uid, want := iac.TerraformUID(addresses[1]), inventory.UID(`tf://module.a%5B%22k%22%5D.aws_subnet.s%5B%22x.%5C%22y%22%5D`); uid != want {
		t.Errorf("the UID is %s, want %s", uid, want)
	}
}

func TestAnOldStateIsNamed(t *testing.T) {
	if _, err := open(t, `{"version":3,"terraform_version":"0.11.0","serial":3,"lineage":"d0b1","modules":[]}`); err == nil || !strings.Contains(err.Error(), "terraform show -json") {
		t.Errorf("the error is %v", err)
	}
}

func TestWhatIsTerraform(t *testing.T) {
	for text, want := range map[string]bool{
		`{"format_version":"1.0"}`:                                                           true, // of an empty state
		`{"format_version":"1.0","terraform_version":"1.9.0"}`:                               true,
		`{"format_version":"1.0","terraform_version":"1.9.0","valid":true,"diagnostics":[]}`: false, // what validate prints
		`{"format_version":"1.2","planned_values":{}}`:                                       true,
		`{"format_version":"1.2","planned_values":{},"kind":"X"}`:                            false,
		`{"version":4,"serial":1,"lineage":"x","resources":[]}`:                              true,
		`{"version":4,"serial":1}`:                                                           false,
		`{"version":"4","serial":1,"lineage":"x"}`:                                           false,
	} {
		var doc tree.Tree
		if err := tree.DecodeJSON(&doc, []byte(text), 1, tree.Limits{}); err != nil {
			t.Fatal(err)
		}
		if got := iac.IsTerraform(doc.Root()); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// sensitiveTask is a task definition whose containers Terraform calls sensitive, because of one variable in them.
const sensitiveTask = `{"arn":"` + ecs + `task-definition/web:1","family":"web","container_definitions":"[{\"name\":\"web\",\"image\":\"nginx\",\"command\":[\"run\",\"--token=t\"],\"environment\":[{\"name\":\"TOKEN\",\"value\":\"v\"}]}]"}`

func TestWhatTerraformCallsSensitiveGoesNowhere(t *testing.T) {
	role := `{"arn":"` + iam + `role/r","name":"r","assume_role_policy":"{\"Secret\":\"Xq7canary\"}","path":"/Xq7canary/"}`
	shown := state(
		block{address: "aws_ecs_task_definition.t", values: sensitiveTask, sensitive: `{"container_definitions":true}`},
		block{address: "aws_iam_role.r", values: role, sensitive: `{"assume_role_policy":true,"path":true}`},
	)
	file := strings.NewReplacer(`"attributes":`+sensitiveTask+`,"sensitive_attributes":[]`, `"attributes":`+sensitiveTask+`,"sensitive_attributes":[[{"type":"get_attr","value":"container_definitions"}]]`,
		`"attributes":`+role+`,"sensitive_attributes":[]`, `"attributes":`+role+`,"sensitive_attributes":[[{"type":"get_attr","value":"assume_role_policy"}],[{"type":"get_attr","value":"path"}]]`).
		Replace(stateFile(block{address: "aws_ecs_task_definition.t", values: sensitiveTask}, block{address: "aws_iam_role.r", values: role}))
	for _, text := range []string{shown, file} {
		m := terraform(t, text)
		m.same(t, ecs+"task-definition/web:1", `{"taskDefinitionArn":"`+ecs+`task-definition/web:1","family":"web","containerDefinitions":[{"name":"web","image":"nginx","environment":[{"name":"TOKEN","value":"v"}]}]}`)
		m.same(t, iam+"role/r", `{"Arn":"`+iam+`role/r","RoleName":"r","x-merlon-unknown":["$.Path","$.AssumeRolePolicyDocument"]}`)
	}
}

func TestLinesAreThoseOfTheDocument(t *testing.T) {
	var doc tree.Tree
	if err := tree.DecodeYAML(&doc, []byte(`Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: d
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: 22
          ToPort: 22
          CidrIp: 0.0.0.0/0
  More:
    Type: AWS::EC2::SecurityGroupIngress
    Properties: {GroupId: !Ref Group, IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}
`), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	for _, m := range iac.Template(doc.Root(), "t").Made {
		if m.Address != "Group" {
			continue
		}
		var object tree.Tree
		if err := tree.DecodeJSON(&object, m.Object, 1, tree.Limits{}); err != nil {
			t.Fatal(err)
		}
		if err := object.SetLines(m.Lines); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]int{"$": 5, "$.Description": 8, "$.IpPermissions[0]": 10, "$.IpPermissions[1].IpRanges[0].CidrIp": 16} {
			if got := object.Root().Lookup(path).Line(); got != want {
				t.Errorf("%s is on line %d, want %d", path, got, want)
			}
		}
		if m.Line != 5 {
			t.Errorf("the group is on line %d", m.Line)
		}
	}
}

// FuzzTerraform reads whatever JSON as values, what is unknown and expressions of a resource of each kind that is
// joined with others, and any JSON as a plan or state.
func FuzzTerraform(f *testing.F) {
	f.Add(`{"id":"vpc-1","cidr_block":"10.0.0.0/16"}`, `{"id":true}`, `{"vpc_id":{"references":["aws_vpc.x.id","aws_vpc.x"]}}`, `{}`)
	f.Add(`{"container_definitions":"[{\"environment\":[{\"name\":1}]}]","ingress":[[],{}],"policy":"{"}`, `{"ingress":[{"security_groups":true}]}`, `{"ingress":{"references":["var.a","module.m.o","each.value"]}}`, `{"version":4,"serial":1,"lineage":"x","resources":[{"mode":"managed","type":"aws_vpc","name":"a","instances":[{}]}]}`)
	f.Add(`[]`, `true`, `{"references":["..","[","module..x"]}`, `{"format_version":"1","values":{"root_module":{"child_modules":[{"address":"a[","resources":[{"mode":"managed","type":"aws_subnet","address":"x"}]}]}}}`)
	kinds := []string{
		"aws_vpc", "aws_security_group", "aws_security_group_rule", "aws_route_table", "aws_route", "aws_network_acl", "aws_ecs_service", "aws_ecs_task_definition", "aws_eks_cluster",
		"aws_eks_access_policy_association", "aws_iam_role", "aws_iam_policy_attachment", "aws_lb", "aws_lb_listener", "aws_lb_target_group", "aws_launch_template", "aws_instance",
	}
	f.Fuzz(func(t *testing.T, values, unknown, expressions, other string) {
		for _, part := range []string{values, unknown, expressions, other} {
			var doc tree.Tree
			if tree.DecodeJSON(&doc, []byte(part), 1, tree.Limits{Nodes: 5000}) != nil {
				return
			}
		}
		var blocks []block
		for _, kind := range kinds {
			blocks = append(blocks, block{address: kind + ".x", values: values, unknown: unknown, expressions: expressions, sensitive: unknown},
				block{address: `module.m["a"].` + kind + ".x[0]", values: values, unknown: unknown})
		}
		calls := `"module_calls":{"m":{"expressions":` + expressions + `,"module":{"outputs":{"o":{"expression":` + expressions + `}},"resources":[{"address":"aws_vpc.x","expressions":` + expressions + `}]}}}`
		for _, text := range []string{plan(calls, blocks...), state(blocks...), stateFile(blocks...), other} {
			var doc tree.Tree
			if err := tree.DecodeJSON(&doc, []byte(text), 1, tree.Limits{}); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			if !iac.IsTerraform(doc.Root()) {
				continue
			}
			if p, err := iac.OpenTerraform(doc.Root()); err == nil {
				decodeAll(t, p.AWS())
			}
		}
	})
}

// FuzzTemplate reads any YAML as a template, and as the properties of a resource.
func FuzzTemplate(f *testing.F) {
	f.Add("{GroupId: !Ref A, Roles: [!GetAtt B.Arn], Policies: [{PolicyDocument: !Sub '${A}'}]}")
	f.Add("Resources:\n  A: {Type: 'AWS::EC2::VPC', Condition: C}\nConditions: {C: !Not [!Condition C]}\n")
	f.Add("!If [C, !Join [',', !Split [',', !Ref A]], !FindInMap [A, B, !Select [0, []]]]")
	f.Fuzz(func(t *testing.T, text string) {
		properties := strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n      ")
		var whole strings.Builder
		whole.WriteString(templateHead)
		for i, kind := range []string{
			"EC2::VPC", "EC2::SecurityGroup", "EC2::SecurityGroupIngress", "EC2::Route", "EC2::Instance", "EC2::LaunchTemplate", "ECS::Service", "ECS::TaskDefinition", "EKS::Cluster", "EKS::AccessEntry",
			"IAM::Role", "IAM::Policy", "IAM::InstanceProfile", "ElasticLoadBalancingV2::TargetGroup", "ElasticLoadBalancingV2::ListenerRule", "ECR::Repository",
		} {
			whole.WriteString("  R" + itoa(i) + ":\n    Type: AWS::" + kind + "\n    Properties:\n      " + properties + "\n")
		}
		for _, doc := range []string{text, whole.String()} {
			var d tree.Tree
			if tree.Decode(&d, []byte(doc), 1, tree.Limits{Nodes: 50_000}) == nil && iac.IsTemplate(d.Root()) {
				decodeAll(t, iac.Template(d.Root(), "t"))
			}
		}
	})
}

// decodeAll checks that what was made can be read, with its lines.
func decodeAll(t *testing.T, r iac.Result) {
	t.Helper()
	for _, m := range r.Made {
		var object tree.Tree
		if err := tree.DecodeJSON(&object, m.Object, 1, tree.Limits{}); err != nil {
			t.Fatalf("%s: %v: %s", m.Address, err, m.Object)
		}
		if err := object.SetLines(m.Lines); err != nil {
			t.Fatalf("%s: %v", m.Address, err)
		}
	}
}
