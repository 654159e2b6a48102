package traits

import (
	"iter"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/iam"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
)

// taskRole is the task role of a task definition, with what it may do.
type taskRole struct {
	rule.Task
	world *rule.World
	// admin says whether the role is an administrator, and full whether it has a service in full; each with the
	// statements that make it so.
	admin, full     rule.Truth
	adminBy, fullBy []iam.Ref
	// services lists those that it has in full.
	services []string
}

func taskRoles(w *rule.World, r *inventory.Resource) iter.Seq[taskRole] {
	return func(yield func(taskRole) bool) {
		for t := range rule.Tasks(w, r) {
			if t.TaskRole == "" {
				continue
			}
			role := taskRole{Task: t, world: w}
			role.admin, role.adminBy = w.Administers(t.TaskRole, r.Region)
			role.full, role.services, role.fullBy = w.FullServices(t.TaskRole, r.Region)
			if !yield(role) {
				return
			}
		}
	}
}

// adminEvidence names the statements that make the role an administrator, in the policies that hold them.
func (r taskRole) adminEvidence() []finding.Evidence {
	return r.world.PolicyEvidence(r.TaskRole, r.adminBy)
}

// fullEvidence names the statements that give the role services in full, with what they give.
func (r taskRole) fullEvidence() []finding.Evidence {
	all := r.world.PolicyEvidence(r.TaskRole, r.fullBy)
	for i := range all {
		all[i].Value = strings.Join(r.services, ", ")
	}
	return all
}

// withTaskRole gives the answers of the API for a service with a task role, and what is read beside it.
func withTaskRole(more ...string) string {
	definition := taskDefinition("taskRoleArn: arn:aws:iam::111122223333:role/web-task\ncontainerDefinitions: []\n")
	return documents(append([]string{ecsService("launchType: FARGATE\n"), definition}, more...)...)
}

// role gives the answer of get-account-authorization-details for the role of [withTaskRole].
func role(fields string) string {
	return `RoleDetailList:
- RoleName: web-task
  Arn: arn:aws:iam::111122223333:role/web-task
` + indent(fields, 2)
}

// inlinePolicy gives a role a policy of its own with one statement.
func inlinePolicy(statement string) string {
	return strings.ReplaceAll(`RolePolicyList:
- PolicyName: own
  PolicyDocument:
    Version: "2012-10-17"
    Statement:
    - STATEMENT
`, "STATEMENT", statement)
}

// boundary gives a role a permissions boundary.
const boundary = `PermissionsBoundary:
  PermissionsBoundaryType: Policy
  PermissionsBoundaryArn: arn:aws:iam::111122223333:policy/s3-only
`
