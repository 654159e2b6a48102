package finding_test

import (
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

func TestFillPutsNamesIntoCommands(t *testing.T) {
	e := finding.Exposure{
		Resource: finding.ExposedResource{UID: "arn:aws-cn:ecs:cn-north-1:111122223333:service/shop/web", Region: "cn-north-1", Account: "111122223333"},
		Traits: []finding.ExposureTrait{
			{ID: "ecs-role-admin", Evidence: []finding.Evidence{
				{Resource: "arn:aws-cn:ecs:cn-north-1:111122223333:task-definition/web:7", Value: "arn:aws-cn:iam::111122223333:role/apps/web-role"},
			}},
			{ID: "other", Evidence: []finding.Evidence{{Resource: "arn:aws-cn:ec2:cn-north-1:111122223333:security-group/sg-1"}}},
		},
	}
	for _, c := range []struct{ name, text, want string }{
		{"the resource's own names", "aws ecs update-service --cluster $CLUSTER --service $SERVICE --region $REGION", "aws ecs update-service --cluster shop --service web --region cn-north-1"},
		{"names of what the evidence is about", "$TASK_DEFINITION $FAMILY $ROLE", "web:7 web web-role"},
		{"what another trait names stays open", "$SECURITY_GROUP", "$SECURITY_GROUP"},
		{"other variables are the reader's", "$HOME $VERSION", "$HOME $VERSION"},
		{"a text without variables", "no change", "no change"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := e.Fill(c.text, "ecs-role-admin"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestFillLeavesNamesThatAShellWouldReadOut(t *testing.T) {
	for _, cluster := range []string{"a;b", "--profile=other"} {
		e := finding.Exposure{Resource: finding.ExposedResource{UID: inventory.UID("arn:aws:eks:eu-west-1:111122223333:cluster/" + cluster)}}
		if got := e.Fill("--name $CLUSTER", ""); got != "--name $CLUSTER" {
			t.Errorf("%s: got %q", cluster, got)
		}
	}
}
