package iam

import (
	"fmt"
	"strings"
	"testing"
)

// written writes services as "s3 allowed, ecr unknown".
func written(all []ServiceAccess) string {
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = fmt.Sprintf("%s %s", s.Service, s.Verdict)
		if len(s.Without) > 0 {
			texts[i] += " without " + strings.Join(s.Without, " ")
		}
		if len(s.Except) > 0 {
			texts[i] += " except " + paths(s.Except)
		}
	}
	return strings.Join(texts, ", ")
}

func TestFullServices(t *testing.T) {
	for _, c := range []struct {
		name     string
		source   Source
		boundary []byte
		want     string
	}{
		{"one service", Source{Inline: inline(doc("Allow; s3:*|ecr:Get*; *"))}, nil, "s3 allowed"},
		{"two, with their case", Source{Inline: inline(doc("Allow; S3:*|ECR:*; *"))}, nil, "ecr allowed, s3 allowed"},
		{"one bucket is not the service", Source{Inline: inline(doc("Allow; s3:*; arn:aws:s3:::a|arn:aws:s3:::a/*"))}, nil, ""},
		{"all buckets are", Source{Inline: inline(doc("Allow; s3:*; arn:aws:s3:::*"))}, nil, "s3 allowed"},
		{"all repositories of the account are", Source{Inline: inline(doc("Allow; ecr:*; arn:aws:ecr:*:111122223333:*"))}, nil, "ecr allowed"},
		{"those of one region are not", Source{Inline: inline(doc("Allow; ecr:*; arn:aws:ecr:eu-west-1:111122223333:*"))}, nil, ""},
		{"those of another account are not", Source{Inline: inline(doc("Allow; ecr:*; arn:aws:ecr:*:999999999999:*"))}, nil, ""},
		{"IAM has no region", Source{Inline: inline(doc("Allow; iam:*; arn:aws:iam::111122223333:*"))}, nil, "iam allowed"},
		{"nor has API Gateway an account", Source{Inline: inline(doc("Allow; apigateway:*; arn:aws:apigateway:*::*"))}, nil, "apigateway allowed"},
		{"some actions are not the service", Source{Inline: inline(doc("Allow; s3:Get*|s3:Put*|s3:List*; *"))}, nil, ""},
		{"a union that leaves nothing out", Source{Inline: inline(doc("Allow; s3:Get*; *", "Allow; s3:*; !arn:aws:s3:::a*", "Allow; s3:*; arn:aws:s3:::a*"))}, nil, "s3 allowed"},
		{"a union over two policies", Source{Inline: inline(doc("Allow; s3:*; arn:aws:s3:::[a*"), doc("Allow; s3:*; !arn:aws:s3:::[a*"))}, nil, "s3 allowed"},
		{"a pattern that ends in the service", Source{Inline: inline(doc("Allow; s3:**; *"))}, nil, "s3 allowed"},
		{"at least one letter leaves only the empty name out", Source{Inline: inline(doc("Allow; s3:?*; *"))}, nil, ""},
		{"services whose names begin alike", Source{Inline: inline(doc("Allow; s3*; *"))}, nil, "s3 allowed"},
		{"wildcards in the service", Source{Inline: inline(doc("Allow; elastic*:*; *"))}, nil, "elastic* allowed"},
		{"everything", Source{Attached: []string{administratorAccess}}, nil, "* allowed"},
		{"all but some", Source{Attached: []string{"arn:aws:iam::aws:policy/PowerUserAccess"}}, nil, "* allowed without account iam organizations"},
		{"all but some actions", Source{Inline: inline(doc("Allow; !s3:DeleteBucket; *"))}, nil, "* allowed without s3"},
		{"all but a service that is given elsewhere", Source{Inline: inline(doc("Allow; !s3:*; *", "Allow; s3:*; *"))}, nil, "* allowed"},
		{"a service is denied", Source{Inline: inline(doc("Allow; *; *", "Deny; s3:*; *"))}, nil, "* allowed without s3"},
		{"some of a service is denied", Source{Inline: inline(doc("Allow; s3:*; *", "Deny; s3:DeleteBucket; *"))}, nil, "s3 allowed except p0 [1]"},
		{"some of every service is denied", Source{Inline: inline(doc("Allow; *; *", "Deny; *:Delete*; *", "Deny; s3:Put*; *"))}, nil, "* allowed except p0 [1], s3 allowed except p0 [1], p0 [2]"},
		{"two denials that leave nothing", Source{Inline: inline(doc("Allow; s3:*; *", "Deny; s3:Get*; *", "Deny; !s3:Get*; *"))}, nil, ""},
		{"a condition", Source{Inline: inline(doc(`Allow; s3:*; *; "Condition":{"Bool":{"aws:SecureTransport":"true"}}`))}, nil, "s3 unknown"},
		{"a denial on a condition", Source{Inline: inline(doc("Allow; s3:*; *", `Deny; *; *; "Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}`))}, nil, "s3 unknown except p0 [1]"},
		{"a variable in the resource", Source{Inline: inline(doc("Allow; s3:*; arn:aws:s3:::${aws:PrincipalTag/x}*"))}, nil, "s3 unknown"},
		{"a variable in what is left out", Source{Inline: inline(doc("Allow; s3:*; !arn:aws:s3:::${aws:PrincipalTag/x}*", "Allow; s3:*; arn:aws:s3:::*"))}, nil, "s3 allowed"},
		{"which may leave all out", Source{Inline: inline(doc("Allow; ecr:*; !arn:aws:ecr:${aws:PrincipalTag/x}"))}, nil, "ecr unknown"},
		{"a variable without value in what is left out", Source{Inline: inline(doc("Allow; s3:*; !arn:aws:sns:::${aws:username}*"))}, nil, "s3 unknown"},
		{"the boundary allows one of two", Source{Inline: inline(doc("Allow; s3:*|ecr:*; *")), Boundary: boundaryARN}, doc("Allow; s3:*|ec2:*; *"), "s3 allowed"},
		{"the boundary allows what everything is cut to", Source{Attached: []string{administratorAccess}, Boundary: boundaryARN}, doc("Allow; s3:*|ec2:Describe*; *"), ""},
		{"a boundary that was not read", Source{Inline: inline(doc("Allow; s3:*; *")), Boundary: boundaryARN}, nil, "s3 unknown except boundary "},
		{"a narrow policy of AWS that was not read", Source{Attached: []string{"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"}}, nil, ""},
		{"another one may give a service", Source{Attached: []string{"arn:aws:iam::aws:policy/AmazonSQSFullAccess"}}, nil, "* unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.source.ARN = roleARN
			m := Compile(Input{Principals: []Source{c.source}, Policies: []Policy{{Name: boundaryARN, Document: c.boundary}}})
			p, _ := m.Principal(roleARN)
			if got := written(p.FullServices(nil)); got != strings.TrimSpace(c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestFullAccessIsWhatIsListed(t *testing.T) {
	p := role(t, doc("Allow; s3:*; *", "Deny; s3:DeleteBucket; *"))
	s := p.FullAccess("S3", nil)
	if s.Verdict != Allowed || paths(s.Because) != "p0 [0]" || paths(s.Except) != "p0 [1]" {
		t.Errorf("%+v", s)
	}
	if s := p.FullAccess("ecr", nil); s.Verdict != Denied || s.Why.Kind != NotAllowed {
		t.Errorf("%+v", s)
	}
	if s := role(t, doc("Allow; *; *", "Deny; ecr:*; *")).FullAccess("ecr", nil); s.Verdict != Denied || s.Why.Kind != DeniedByStatement || paths(s.Because) != "p0 [1]" {
		t.Errorf("%+v", s)
	}
	open := role(t, doc(`Allow; s3:*; *; "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`))
	if s := open.FullAccess("s3", Context{Is("aws:RequestedRegion", "eu-west-1")}); s.Verdict != Allowed {
		t.Errorf("what the question gives is not used: %+v", s)
	}
}

func TestFullServicesOfANameWithoutARN(t *testing.T) {
	p := principal(t, Source{ARN: "aws_iam_role.app", Inline: inline(doc(
		"Allow; s3:*; arn:aws-cn:s3:::*", "Allow; ecr:*; arn:aws-cn:ecr:*:111122223333:*", "Allow; sqs:*; arn:aws-cn:sqs:*:*:*", "Allow; sns:*; arn:aws-cn:sns:*:*:topic"))})
	if got, want := written(p.FullServices(nil)), "ecr unknown, s3 allowed, sqs allowed"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if s := p.FullAccess("ecr", nil); s.Why != (Reason{OpenARN, "aws_iam_role.app"}) || paths(s.Because) != "p0 [1]" {
		t.Errorf("%+v", s)
	}
}
