package aws

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// PrincipalSpec is the projection of an IAM role, user or group, as get-account-authorization-details describes
// it (https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html).
type PrincipalSpec struct {
	Name string
	// Inline lists the policies that are the principal's own.
	Inline []PolicyDocument
	// Attached lists the ARNs of its managed policies.
	Attached []Reference
	// Boundary is the ARN of its permissions boundary; "" without one.
	Boundary inventory.UID
	// Trust says who may assume a role: its AssumeRolePolicyDocument.
	Trust PolicyDocument
	// Groups lists the names of a user's groups.
	Groups  []string
	Unknown Unknown
}

// PolicyDocument is one policy document.
type PolicyDocument struct {
	// Name is that of the policy; Path the JSONPath of the document in its resource.
	Name, Path string
	// JSON is the document; nil where the answer has none.
	JSON []byte
}

// ManagedPolicySpec is the projection of a managed policy: of its default version.
type ManagedPolicySpec struct {
	Document PolicyDocument
	Unknown  Unknown
}

// InstanceProfileSpec is the projection of an instance profile.
type InstanceProfileSpec struct {
	// Roles lists ARNs: one, or none.
	Roles   []inventory.UID
	Unknown Unknown
}

func projectIAM(t inventory.Type, object tree.Node) any {
	switch t {
	case IAMInstanceProfile:
		p := &InstanceProfileSpec{Unknown: unknownFields(object)}
		for _, role := range textsOf(object.Get("Roles"), "Arn") {
			p.Roles = append(p.Roles, inventory.UID(role))
		}
		return p
	case IAMPolicy:
		p := &ManagedPolicySpec{Unknown: unknownFields(object)}
		for path, v := range each(object.Get("PolicyVersionList"), "$.PolicyVersionList") {
			if isTrue(v.Get("IsDefaultVersion")) {
				p.Document = policy(object.Get("PolicyName").Text(), v.Get("Document"), path+".Document")
			}
		}
		return p
	}
	return projectPrincipal(object)
}

func projectPrincipal(object tree.Node) *PrincipalSpec {
	p := &PrincipalSpec{
		Boundary: inventory.UID(object.Get("PermissionsBoundary", "PermissionsBoundaryArn").Text()),
		Trust:    policy("AssumeRolePolicyDocument", object.Get("AssumeRolePolicyDocument"), "$.AssumeRolePolicyDocument"),
		Groups:   texts(object.Get("GroupList")),
		Unknown:  unknownFields(object),
	}
	for _, kind := range []string{"Role", "User", "Group"} {
		p.Name += object.Get(kind + "Name").Text()
		list := kind + "PolicyList"
		for path, inline := range each(object.Get(list), "$."+list) {
			p.Inline = append(p.Inline, policy(inline.Get("PolicyName").Text(), inline.Get("PolicyDocument"), path+".PolicyDocument"))
		}
	}
	for path, attached := range each(object.Get("AttachedManagedPolicies"), "$.AttachedManagedPolicies") {
		p.Attached = append(p.Attached, Reference{inventory.UID(attached.Get("PolicyArn").Text()), path + ".PolicyArn"})
	}
	return p
}

// policy keeps a policy document: an object, or the text of one as the API gives it.
func policy(name string, n tree.Node, path string) PolicyDocument {
	d := PolicyDocument{Name: name, Path: path}
	switch n.Kind() {
	case tree.Map:
		d.JSON = n.AppendJSON(nil)
	case tree.String:
		d.JSON = []byte(n.Text())
	}
	return d
}
