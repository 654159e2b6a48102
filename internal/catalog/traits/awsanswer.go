package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
)

// What follows makes answers of the AWS API, as `aws … --output yaml` prints them, for examples.

// ecsService gives the answer of describe-services for one service that runs the task definition of
// [taskDefinition].
func ecsService(fields string) string {
	return `services:
- serviceArn: arn:aws:ecs:eu-west-1:111122223333:service/shop/web
  serviceName: web
  clusterArn: arn:aws:ecs:eu-west-1:111122223333:cluster/shop
  status: ACTIVE
  taskDefinition: arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7
` + indent(fields, 2)
}

// taskDefinition gives the answer of describe-task-definition.
func taskDefinition(fields string) string {
	return `taskDefinition:
  taskDefinitionArn: arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7
  family: web
` + indent(fields, 2)
}

// eksCluster gives the answer of describe-cluster for a cluster of this release.
func eksCluster(version, fields string) string {
	return `cluster:
  name: shop
  arn: arn:aws:eks:eu-west-1:111122223333:cluster/shop
  version: "` + version + `"
` + indent(fields, 2)
}

// shell is the code of a fix: commands with variables that Merlon fills in for the resource at hand, such as
// $CLUSTER, $SERVICE, $FAMILY, $ROLE and $REGION.
func shell(lines ...string) string { return strings.Join(lines, "\n") + "\n" }

// newRevision is how a task definition is changed: it never is, a new revision of its family takes its place.
func newRevision() []string {
	return []string{
		"aws ecs describe-task-definition --task-definition $TASK_DEFINITION --region $REGION --query taskDefinition \\",
		"  | jq 'del(.taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy)' > task.json",
		"# change task.json, then:",
		"aws ecs register-task-definition --cli-input-json file://task.json --region $REGION",
		"aws ecs update-service --cluster $CLUSTER --service $SERVICE --task-definition $FAMILY --region $REGION",
	}
}

// ecsFix is the fix of a trait of a service: what to do, that deleting the service does it too, and commands.
func ecsFix(text lang.Text, commands []string) lang.Text {
	return steps(lang.Text{
		EN: text.EN + " If nobody needs the service any more, delete it (aws ecs delete-service).",
		ES: text.ES + " Si nadie necesita ya el servicio, elimínelo (aws ecs delete-service).",
		PT: text.PT + " Se ninguém mais precisa do serviço, exclua-o (aws ecs delete-service).",
	}, shell(commands...))
}

// eksFix is the fix of a trait of a cluster: what to do, that deleting the cluster does it too, and commands.
func eksFix(text lang.Text, commands []string) lang.Text {
	return steps(lang.Text{
		EN: text.EN + " If nobody needs the cluster any more, delete it (aws eks delete-cluster).",
		ES: text.ES + " Si nadie necesita ya el clúster, elimínelo (aws eks delete-cluster).",
		PT: text.PT + " Se ninguém mais precisa do cluster, exclua-o (aws eks delete-cluster).",
	}, shell(commands...))
}
