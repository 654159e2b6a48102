package iam

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/inventory"
)

// account makes an account like a large one: roles with two policies of the account, an inline policy, and what AWS
// gives to tasks and nodes; some under a boundary, some administrators.
func account(roles int) Input {
	r := rand.New(rand.NewPCG(13, 14))
	services := []string{"s3", "ecr", "ecs", "eks", "ec2", "sqs", "sns", "dynamodb", "kms", "logs", "ssm", "secretsmanager", "rds", "lambda"}
	verbs := []string{"Get", "List", "Describe", "Put", "Create", "Delete", "Update", "Tag"}
	nouns := []string{"Object", "Item", "Queue", "Topic*", "Key", "Parameter*", "*", "LogStream", "Instance", "Cluster", "Image"}
	var in Input
	for i := range 120 {
		var statements []string
		for range 1 + r.IntN(5) {
			service := services[r.IntN(len(services))]
			var actions []string
			for range 1 + r.IntN(25) {
				actions = append(actions, service+":"+verbs[r.IntN(len(verbs))]+nouns[r.IntN(len(nouns))])
			}
			if r.IntN(12) == 0 {
				actions = []string{service + ":*"}
			}
			resource := fmt.Sprintf("arn:aws:%s:*:111122223333:app-%d/*", service, i)
			if r.IntN(3) == 0 {
				resource = "*"
			}
			statements = append(statements, "Allow; "+strings.Join(actions, "|")+"; "+resource)
		}
		if r.IntN(6) == 0 {
			statements = append(statements, `Deny; !iam:*|sts:*; *; "Condition":{"StringNotEquals":{"aws:RequestedRegion":["eu-west-1","us-east-1"]}}`)
		}
		in.Policies = append(in.Policies, Policy{Name: fmt.Sprintf("arn:aws:iam::111122223333:policy/p%d", i), Document: doc(statements...)})
	}
	for i := range roles {
		s := Source{
			ARN:      fmt.Sprintf("arn:aws:iam::111122223333:role/r%d", i),
			Attached: []string{in.Policies[r.IntN(120)].Name, in.Policies[r.IntN(120)].Name, "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"},
			Inline:   []Policy{{Name: "own", Document: doc(fmt.Sprintf("Allow; s3:GetObject|s3:PutObject; arn:aws:s3:::data-%d/*", i), "Allow; kms:Decrypt; *")}},
			Trust: []byte(statements(
				`{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"111122223333"}}}`,
				fmt.Sprintf(`{"Effect":"Allow","Principal":{"Federated":%q},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{%q:"system:serviceaccount:shop:app%d"}}}`, oidcARN, oidcHost+":sub", i))),
		}
		switch r.IntN(20) {
		case 0:
			s.Attached = append(s.Attached, administratorAccess)
		case 1, 2:
			s.Boundary = in.Policies[r.IntN(120)].Name
		}
		in.Principals = append(in.Principals, s)
	}
	return in
}

// BenchmarkQuestions asks of each of 1,500 roles what the traits of ECS services and EKS clusters ask.
func BenchmarkQuestions(b *testing.B) {
	m := Compile(account(1500))
	context := Context{Is("aws:RequestedRegion", "eu-west-1"), Is("aws:SecureTransport", "true")}
	task, web := ECSTask("aws", "eu-west-1", "111122223333"), WebIdentity(inventory.ARN{Partition: "aws", Service: "iam", Account: "111122223333", Resource: "oidc-provider/" + oidcHost}, ServiceAccount{"shop", "app7"})
	requests := []Request{
		{Action: "secretsmanager:GetSecretValue", Resource: "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db", Context: context},
		{Action: "iam:PassRole", Resource: "arn:aws:iam::111122223333:role/r7", Context: context},
		{Action: "s3:GetObject", Resource: "arn:aws:s3:::data-7/x", Context: context},
		{Action: "ecs:RunTask", Resource: "arn:aws:ecs:eu-west-1:111122223333:task-definition/x:1", Context: context},
		{Action: "ec2:DescribeInstances", Context: context},
	}
	principals := m.Principals()
	b.ReportAllocs()
	for b.Loop() {
		for _, p := range principals {
			p.Administrator(context)
			p.FullServices(context)
			p.Trusts(task)
			p.Trusts(web)
			for _, r := range requests {
				p.Can(r)
			}
		}
	}
}

// BenchmarkCompile reads the documents of 1,500 roles.
func BenchmarkCompile(b *testing.B) {
	in := account(1500)
	b.ReportAllocs()
	for b.Loop() {
		Compile(in)
	}
}

// BenchmarkCan asks for one request of one role.
func BenchmarkCan(b *testing.B) {
	p := Compile(account(20)).Principals()[7]
	r := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::data-7/x", Context: Context{Is("aws:RequestedRegion", "eu-west-1")}}
	b.ReportAllocs()
	for b.Loop() {
		p.Can(r)
	}
}

// TestQuestionsAllocateLittle holds one request to one allocation: the list of statements that decide.
func TestQuestionsAllocateLittle(t *testing.T) {
	p := role(t, doc("Allow; s3:Get*|s3:List*; arn:aws:s3:::*", `Deny; s3:*; *; "Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}`))
	r := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a/b", Context: Context{Is("aws:RequestedRegion", "eu-west-1")}}
	if got := testing.AllocsPerRun(100, func() { p.Can(r) }); got > 1 {
		t.Errorf("%v allocations", got)
	}
	if got := testing.AllocsPerRun(100, func() { p.Can(Request{Action: "ec2:RunInstances"}) }); got > 0 {
		t.Errorf("%v allocations for what nothing allows", got)
	}
}
