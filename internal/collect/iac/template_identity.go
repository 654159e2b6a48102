package iac

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// templateBalancing lists the types of Elastic Load Balancing.
func templateBalancing() []kind {
	return []kind{
		{source: "AWS::ElasticLoadBalancingV2::LoadBalancer", called: []string{"Name"}, also: []string{"Subnets", "SubnetMappings"}, finish: func(s *assembly, a *answer, v value) {
			s.addEach(a, member{"AvailabilityZones", "SubnetId"}, v.get("Subnets"), aws.Subnet)
			for _, m := range v.get("SubnetMappings").list() {
				s.addTo(a, "AvailabilityZones", m, []field{ref("SubnetId", "SubnetId", aws.Subnet)})
			}
		}, fields: []field{
			own("LoadBalancerArn"), text("LoadBalancerName", "Name"), text("Type", "Type").or("application"), text("Scheme", "Scheme").or("internet-facing"),
			refs("SecurityGroups", "SecurityGroups", aws.SecurityGroup), text("IpAddressType", "IpAddressType"), tags("Tags", "Tags"),
		}},
		{source: "AWS::ElasticLoadBalancingV2::Listener", fields: []field{
			own("ListenerArn"), ref("LoadBalancerArn", "LoadBalancerArn", aws.LoadBalancer), number("Port", "Port"), text("Protocol", "Protocol"),
			each("DefaultActions", "DefaultActions", text("Type", "Type"), ref("TargetGroupArn", "TargetGroupArn", aws.TargetGroup),
				each("ForwardConfig.TargetGroups", "ForwardConfig.TargetGroups", ref("TargetGroupArn", "TargetGroupArn", aws.TargetGroup))),
		}},
		{source: "AWS::ElasticLoadBalancingV2::TargetGroup", called: []string{"Name"}, also: []string{"Targets"}, finish: func(s *assembly, a *answer, v value) {
			for _, target := range v.get("Targets").list() {
				s.addTarget(textValue(a.ref(), a.line), target, a.label, []field{ref("Target.Id", "Id", aws.Instance), number("Target.Port", "Port")})
			}
		}, fields: []field{
			own("TargetGroupArn"), text("TargetGroupName", "Name"), number("Port", "Port"), text("Protocol", "Protocol"), text("TargetType", "TargetType").or("instance"), text("IpAddressType", "IpAddressType"),
			ref("VpcId", "VpcId", aws.VPC), each("Attributes", "TargetGroupAttributes", text("Key", "Key"), text("Value", "Value")), tags("Tags", "Tags"),
		}},
		{source: "AWS::ElasticLoadBalancing::LoadBalancer", called: []string{"LoadBalancerName"}, also: []string{"Listeners", "Instances"}, finish: func(s *assembly, a *answer, v value) {
			for _, l := range v.get("Listeners").list() {
				s.addTo(a, "ListenerDescriptions", l, []field{
					text("Listener.Protocol", "Protocol"), number("Listener.LoadBalancerPort", "LoadBalancerPort"),
					text("Listener.InstanceProtocol", "InstanceProtocol"), number("Listener.InstancePort", "InstancePort"),
				})
			}
			s.addEach(a, member{"Instances", "InstanceId"}, v.get("Instances"), aws.Instance)
		}, fields: []field{
			text("LoadBalancerName", "LoadBalancerName"), text("Scheme", "Scheme").or("internet-facing"), refs("Subnets", "Subnets", aws.Subnet),
			refs("SecurityGroups", "SecurityGroups", aws.SecurityGroup), tags("Tags", "Tags"),
		}},
	}
}

// templateBalancingParts lists the types that add to target groups.
func templateBalancingParts() []part {
	return []part{{source: "AWS::ElasticLoadBalancingV2::ListenerRule", attributes: []string{"ListenerArn", "Actions"}, join: func(s *assembly, p piece) {
		s.addRuleTargets(listenerRule{p.get("ListenerArn"), p.get("Actions").list()}, actionNames{"TargetGroupArn", "ForwardConfig.TargetGroups", "TargetGroupArn"})
	}}}
}

// templateIAM lists the types of AWS IAM and Amazon ECR. Access keys are not among them.
func templateIAM() []kind {
	boundary := ref("PermissionsBoundary.PermissionsBoundaryArn", "PermissionsBoundary", aws.IAMPolicy)
	return []kind{
		{source: "AWS::IAM::Role", called: []string{"RoleName"}, also: []string{"Policies", "ManagedPolicyArns"}, finish: finishTemplatePrincipal, fields: []field{
			own("Arn"), text("RoleName", "RoleName"), text("Path", "Path"), documentField("AssumeRolePolicyDocument", "AssumeRolePolicyDocument"), boundary, tags("Tags", "Tags"),
		}},
		{source: "AWS::IAM::User", called: []string{"UserName"}, also: []string{"Policies", "ManagedPolicyArns", "Groups"}, finish: func(s *assembly, a *answer, v value) {
			finishTemplatePrincipal(s, a, v)
			if groups := v.get("Groups"); !groups.isNothing() {
				s.joinGroups(a, groups)
			}
		}, fields: []field{own("Arn"), text("UserName", "UserName"), text("Path", "Path"), boundary, tags("Tags", "Tags")}},
		{source: "AWS::IAM::Group", called: []string{"GroupName"}, also: []string{"Policies", "ManagedPolicyArns"}, finish: finishTemplatePrincipal, fields: []field{
			own("Arn"), text("GroupName", "GroupName"), text("Path", "Path"),
		}},
		{source: "AWS::IAM::ManagedPolicy", called: []string{"ManagedPolicyName"}, also: []string{"PolicyDocument"}, finish: func(s *assembly, a *answer, v value) {
			s.putPolicyVersion(a, v.get("PolicyDocument"))
		}, fields: []field{own("Arn"), text("PolicyName", "ManagedPolicyName"), text("Path", "Path")}},
		{source: "AWS::IAM::InstanceProfile", called: []string{"InstanceProfileName"}, also: []string{"Roles"}, finish: func(s *assembly, a *answer, v value) {
			roles := v.get("Roles")
			if roles.open {
				a.leaveOpen("Roles")
			}
			for _, role := range roles.list() {
				s.putProfileRole(a, role)
			}
		}, fields: []field{own("Arn"), text("InstanceProfileName", "InstanceProfileName"), text("Path", "Path")}},
		{source: "AWS::IAM::OIDCProvider", fields: []field{own("Arn"), text("Url", "Url"), texts("ClientIDList", "ClientIdList")}},
		{source: "AWS::ECR::Repository", called: []string{"RepositoryName"}, also: []string{"RepositoryPolicyText"}, finish: finishTemplateRepository, fields: []field{
			own("repositoryArn"), text("repositoryName", "RepositoryName"), text("imageTagMutability", "ImageTagMutability"),
			flag("imageScanningConfiguration.scanOnPush", "ImageScanningConfiguration.ScanOnPush"), tags("tags", "Tags"),
		}},
	}
}

// finishTemplatePrincipal reads the policies that a principal holds itself.
func finishTemplatePrincipal(s *assembly, a *answer, v value) {
	policies := v.get("Policies")
	if policies.open {
		a.leaveOpen(principalKind(a.kind.typ) + "PolicyList")
	}
	for _, policy := range policies.list() {
		if policy.open {
			a.leaveOpen(principalKind(a.kind.typ) + "PolicyList")
			continue
		}
		s.addInline(a, policy.get("PolicyName"), policy.get("PolicyDocument"))
	}
	s.attachAll(a, v.get("ManagedPolicyArns"))
}

// finishTemplateRepository makes what the API answers about the policy of a repository.
func finishTemplateRepository(s *assembly, a *answer, v value) {
	policy := v.get("RepositoryPolicyText")
	if policy.isNothing() {
		return
	}
	made := newAnswer(kind{typ: aws.ECRRepositoryPolicy}, a.label, a.line)
	made.beside = "policy"
	made.uid = a.uid + "#policy"
	s.fill(made.root(), v, []field{text("repositoryName", "RepositoryName"), documentField("policyText", "RepositoryPolicyText")})
	s.answers = append(s.answers, made)
}

// templateIAMParts lists the types that give policies to principals.
func templateIAMParts() []part {
	types := []inventory.Type{aws.IAMRole, aws.IAMUser, aws.IAMGroup}
	// toEach gives something to each principal that a piece names, in Roles, Users and Groups.
	toEach := func(s *assembly, p piece, do func(*answer)) {
		missing := false
		for _, t := range types {
			missing = s.eachNamed(p.get(principalKind(t)+"s"), t, do) || missing
		}
		if missing {
			s.notJoined(p.label, "principal", p.line)
		}
	}
	lists := []string{"Roles", "Users", "Groups", "PolicyName", "PolicyDocument"}
	all := []part{
		{source: "AWS::IAM::Policy", attributes: lists, join: func(s *assembly, p piece) {
			toEach(s, p, func(a *answer) { s.addInline(a, p.get("PolicyName"), p.get("PolicyDocument")) })
		}},
		{source: "AWS::IAM::ManagedPolicy", attributes: lists[:3], join: func(s *assembly, p piece) {
			toEach(s, p, func(a *answer) {
				if policy := s.called(p.label); policy != nil {
					s.attach(a, textValue(policy.ref(), p.line))
				}
			})
		}},
		{source: "AWS::IAM::UserToGroupAddition", attributes: []string{"GroupName", "Users"}, join: func(s *assembly, p piece) {
			s.eachNamed(p.get("Users"), aws.IAMUser, func(a *answer) { s.joinGroups(a, p.get("GroupName")) })
		}},
	}
	for _, t := range types {
		name := principalKind(t)
		all = append(all, part{source: "AWS::IAM::" + name + "Policy", attributes: []string{name + "Name", "PolicyName", "PolicyDocument"}, join: func(s *assembly, p piece) {
			if a := s.find(p.get(name+"Name"), []inventory.Type{t}); a != nil {
				s.addInline(a, p.get("PolicyName"), p.get("PolicyDocument"))
			} else {
				s.notJoined(p.label, strings.ToLower(name), p.line)
			}
		}})
	}
	return all
}

// called gives the resource with a label.
func (s *assembly) called(label string) *answer {
	for _, a := range s.answers {
		if a.label == label {
			return a
		}
	}
	return nil
}
