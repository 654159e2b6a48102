package iac

import (
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// terraformBalancing lists the types of Elastic Load Balancing.
func terraformBalancing() []kind {
	return []kind{
		{source: "aws_lb", typ: aws.LoadBalancer, also: []string{"internal", "subnets", "subnet_mapping"}, finish: finishTerraformBalancer, fields: []field{
			own("LoadBalancerArn"), text("LoadBalancerName", "name"), text("Type", "load_balancer_type").or("application"), ref("VpcId", "vpc_id", aws.VPC),
			refs("SecurityGroups", "security_groups", aws.SecurityGroup), text("DNSName", "dns_name"), text("IpAddressType", "ip_address_type"),
			tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_lb_listener", typ: aws.Listener, fields: []field{
			own("ListenerArn"), ref("LoadBalancerArn", "load_balancer_arn", aws.LoadBalancer), number("Port", "port"), text("Protocol", "protocol").orAbsent(),
			each("DefaultActions", "default_action", text("Type", "type"), ref("TargetGroupArn", "target_group_arn", aws.TargetGroup),
				each("ForwardConfig.TargetGroups", "forward.target_group", ref("TargetGroupArn", "arn", aws.TargetGroup))),
			tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_lb_target_group", typ: aws.TargetGroup, also: []string{"preserve_client_ip"}, finish: finishTargetGroup, fields: []field{
			own("TargetGroupArn"), text("TargetGroupName", "name"), number("Port", "port"), text("Protocol", "protocol"), text("TargetType", "target_type").or("instance"), text("IpAddressType", "ip_address_type").orAbsent(),
			ref("VpcId", "vpc_id", aws.VPC), refs("LoadBalancerArns", "load_balancer_arns", aws.LoadBalancer).orAbsent(), tags("Tags", "tags_all|tags"),
		}},
		{source: "aws_elb", typ: aws.ClassicLoadBalancer, also: []string{"internal", "instances", "listener"}, finish: finishClassic, fields: []field{
			text("LoadBalancerName", "name"), refs("Subnets", "subnets", aws.Subnet), refs("SecurityGroups", "security_groups", aws.SecurityGroup),
			text("DNSName", "dns_name"), tags("Tags", "tags_all|tags"),
		}},
	}
}

// finishTerraformBalancer writes scheme and subnets of a load balancer as the API does.
func finishTerraformBalancer(s *assembly, a *answer, v value) {
	a.putScheme(v.get("internal"))
	subnets := v.get("subnets")
	if mapping := v.get("subnet_mapping"); len(mapping.list()) > 0 {
		for _, m := range mapping.list() {
			s.addTo(a, "AvailabilityZones", m, []field{ref("SubnetId", "subnet_id", aws.Subnet)})
		}
		return
	}
	if !subnets.unset {
		s.addEach(a, member{"AvailabilityZones", "SubnetId"}, subnets, aws.Subnet)
	}
}

// finishTargetGroup writes whether targets see the addresses of clients, as the attributes of a target group do.
func finishTargetGroup(s *assembly, a *answer, v value) {
	kept := v.get("preserve_client_ip")
	switch {
	case kept.open && !kept.unset:
		a.leaveOpen("Attributes")
	case kept.isScalar() && kept.text != "":
		s.addTo(a, "Attributes", mapOf(kept.line, map[string]value{"kept": kept}), []field{fixed("Key", "preserve_client_ip.enabled"), text("Value", "kept")})
	}
}

// finishClassic writes scheme, listeners and instances of a classic load balancer as the API does.
func finishClassic(s *assembly, a *answer, v value) {
	a.putScheme(v.get("internal"))
	for _, l := range v.get("listener").list() {
		s.addTo(a, "ListenerDescriptions", l, []field{
			text("Listener.Protocol", "lb_protocol"), number("Listener.LoadBalancerPort", "lb_port"),
			text("Listener.InstanceProtocol", "instance_protocol"), number("Listener.InstancePort", "instance_port"),
		})
	}
	if instances := v.get("instances"); !instances.unset {
		s.addEach(a, member{"Instances", "InstanceId"}, instances, aws.Instance)
	}
}

// terraformBalancingParts lists the types that add to load balancers and target groups.
func terraformBalancingParts() []part {
	rule := part{source: "aws_lb_listener_rule", attributes: []string{"listener_arn", "action"}, join: func(s *assembly, p piece) {
		s.addRuleTargets(listenerRule{p.get("listener_arn"), p.get("action").list()}, actionNames{"target_group_arn", "forward.target_group", "arn"})
	}}
	attachment := part{source: "aws_lb_target_group_attachment", attributes: []string{"target_group_arn", "target_id", "port"}, join: func(s *assembly, p piece) {
		s.addTarget(p.get("target_group_arn"), p.value, p.label, []field{ref("Target.Id", "target_id", aws.Instance), number("Target.Port", "port")})
	}}
	alb, albAttachment := rule, attachment
	alb.source, albAttachment.source = "aws_alb_listener_rule", "aws_alb_target_group_attachment"
	return []part{rule, alb, attachment, albAttachment}
}
