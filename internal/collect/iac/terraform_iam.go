package iac

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// terraformIAM lists the types of AWS IAM. Access keys and login profiles are not among them.
func terraformIAM() []kind {
	return []kind{
		{source: "aws_iam_role", typ: aws.IAMRole, also: []string{"inline_policy", "managed_policy_arns"}, finish: finishRole, fields: []field{
			own("Arn"), text("RoleName", "name"), text("Path", "path"), documentField("AssumeRolePolicyDocument", "assume_role_policy"),
			ref("PermissionsBoundary.PermissionsBoundaryArn", "permissions_boundary", aws.IAMPolicy), tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_iam_user", typ: aws.IAMUser, fields: []field{
			own("Arn"), text("UserName", "name"), text("Path", "path"),
			ref("PermissionsBoundary.PermissionsBoundaryArn", "permissions_boundary", aws.IAMPolicy), tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_iam_group", typ: aws.IAMGroup, fields: []field{own("Arn"), text("GroupName", "name"), text("Path", "path")}},
		{source: "aws_iam_policy", typ: aws.IAMPolicy, also: []string{"policy"}, finish: func(s *assembly, a *answer, v value) { s.putPolicyVersion(a, v.get("policy")) }, fields: []field{
			own("Arn"), text("PolicyName", "name"), text("Path", "path"), tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_iam_instance_profile", typ: aws.IAMInstanceProfile, also: []string{"role"}, finish: func(s *assembly, a *answer, v value) { s.putProfileRole(a, v.get("role")) }, fields: []field{
			own("Arn"), text("InstanceProfileName", "name"), text("Path", "path"), tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_iam_openid_connect_provider", typ: aws.IAMOIDCProvider, fields: []field{
			own("Arn"), text("Url", "url"), texts("ClientIDList", "client_id_list"), tags("Tags", "tags_all|tags"),
		}},
	}
}

// finishRole reads the policies that a role holds itself.
func finishRole(s *assembly, a *answer, v value) {
	inline := v.get("inline_policy")
	if inline.open && !inline.unset {
		a.leaveOpen("RolePolicyList")
	}
	for _, policy := range inline.list() {
		if !policy.get("policy").isEmpty() {
			s.addInline(a, policy.get("name"), policy.get("policy"))
		}
	}
	s.attachAll(a, v.get("managed_policy_arns"))
}

// putProfileRole writes the role of an instance profile: documents call it by its name.
func (s *assembly) putProfileRole(a *answer, role value) {
	if role.isEmpty() {
		return
	}
	n := newMap(role.line)
	if r := s.find(role, []inventory.Type{aws.IAMRole}); r != nil {
		if name := r.object.textOf("RoleName"); name != "" {
			n.set("RoleName", newText(name, role.line))
		}
		n.set("Arn", newText(r.ref(), role.line))
	} else if own, ok := inventory.ParseARN(a.arn); ok && !role.open {
		n.set("RoleName", newText(role.text, role.line))
		n.set("Arn", newText(inventory.ARN{Partition: own.Partition, Service: "iam", Account: own.Account, Resource: "role/" + role.text}.String(), role.line))
	} else {
		a.leaveOpen("Roles")
		return
	}
	a.object.list("Roles", role.line).add(n)
}

// terraformIAMParts lists the types that give policies to principals.
func terraformIAMParts() []part {
	var all []part
	for _, p := range []struct {
		name string
		typ  inventory.Type
	}{{"role", aws.IAMRole}, {"user", aws.IAMUser}, {"group", aws.IAMGroup}} {
		types := []inventory.Type{p.typ}
		all = append(all,
			part{source: "aws_iam_" + p.name + "_policy", attributes: []string{p.name, "name", "policy"}, join: func(s *assembly, q piece) {
				if a := s.find(q.get(p.name), types); a != nil {
					s.addInline(a, q.get("name"), q.get("policy"))
				} else {
					s.notJoined(q.label, p.name, q.line)
				}
			}},
			part{source: "aws_iam_" + p.name + "_policy_attachment", attributes: []string{p.name, "policy_arn"}, join: func(s *assembly, q piece) {
				if a := s.find(q.get(p.name), types); a != nil {
					s.attach(a, q.get("policy_arn"))
				} else {
					s.notJoined(q.label, p.name, q.line)
				}
			}})
	}
	return append(all,
		part{source: "aws_iam_policy_attachment", attributes: []string{"roles", "users", "groups", "policy_arn"}, join: func(s *assembly, q piece) {
			missing := false
			for _, t := range []inventory.Type{aws.IAMRole, aws.IAMUser, aws.IAMGroup} {
				list := strings.ToLower(principalKind(t)) + "s"
				if s.eachNamed(q.get(list), t, func(a *answer) { s.attach(a, q.get("policy_arn")) }) {
					missing = true
				}
			}
			if missing {
				s.notJoined(q.label, "principal", q.line)
			}
		}},
		part{source: "aws_iam_user_group_membership", attributes: []string{"user", "groups"}, join: func(s *assembly, q piece) {
			if a := s.find(q.get("user"), []inventory.Type{aws.IAMUser}); a != nil {
				s.joinGroups(a, q.get("groups"))
			}
		}},
		part{source: "aws_iam_group_membership", attributes: []string{"group", "users"}, join: func(s *assembly, q piece) {
			s.eachNamed(q.get("users"), aws.IAMUser, func(a *answer) { s.joinGroups(a, q.get("group")) })
		}},
	)
}

// joinGroups makes a user a member of groups, which the API lists by name.
func (s *assembly) joinGroups(a *answer, groups value) {
	names, whole := s.references(groups, []inventory.Type{aws.IAMGroup})
	if !whole {
		a.leaveOpen("GroupList")
	}
	for _, name := range names {
		if g := s.find(textValue(name, groups.line), []inventory.Type{aws.IAMGroup}); g != nil && g.object.textOf("GroupName") != "" {
			name = g.object.textOf("GroupName")
		}
		a.object.list("GroupList", a.line).add(newText(name, groups.line))
	}
}

// terraformECR lists the types of Amazon ECR.
func terraformECR() []kind {
	return []kind{
		{source: "aws_ecr_repository", typ: aws.ECRRepository, fields: []field{
			own("repositoryArn"), text("repositoryName", "name"), text("repositoryUri", "repository_url"), text("registryId", "registry_id"),
			text("imageTagMutability", "image_tag_mutability"), flag("imageScanningConfiguration.scanOnPush", "image_scanning_configuration.scan_on_push"),
			tags("tags", "tags_all|tags"),
		}},
		{source: "aws_ecr_repository_policy", typ: aws.ECRRepositoryPolicy, fields: []field{
			text("repositoryName", "repository"), text("registryId", "registry_id"), documentField("policyText", "policy"),
		}},
	}
}
