package iac

import (
	"cmp"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// terraformCompute lists instances and what they are started from.
func terraformCompute() []kind {
	return []kind{
		{source: "aws_instance", typ: aws.Instance, also: []string{"vpc_security_group_ids", "iam_instance_profile", "ipv6_addresses", "associate_public_ip_address", "primary_network_interface_id", "private_ip"}, finish: finishTerraformInstance, fields: append(
			terraformMetadata(""),
			own("InstanceId"), ref("SubnetId", "subnet_id", aws.Subnet), text("ImageId", "ami"), text("InstanceType", "instance_type"),
			text("Placement.AvailabilityZone", "availability_zone"), text("PublicIpAddress", "public_ip"), text("State.Name", "instance_state"),
			tags("Tags", "tags_all|tags"),
		)},
		{source: "aws_launch_template", typ: aws.LaunchTemplate, finish: finishTerraformTemplate, also: []string{
			"latest_version", "default_version", "metadata_options", "iam_instance_profile", "network_interfaces", "vpc_security_group_ids", "image_id", "instance_type",
		}, fields: []field{
			own("LaunchTemplateId"), text("LaunchTemplateName", "name"), number("DefaultVersionNumber", "default_version"), number("LatestVersionNumber", "latest_version"),
			tags("Tags", "tags_all|tags"),
		}},
	}
}

// metadataFields lists who reaches the metadata service of an instance: what the options are called in a document.
func metadataFields(endpoint, tokens, hops string) []field {
	return []field{
		text("MetadataOptions.HttpEndpoint", endpoint).orAbsent(), text("MetadataOptions.HttpTokens", tokens).orAbsent(),
		number("MetadataOptions.HttpPutResponseHopLimit", hops).orAbsent(),
	}
}

func terraformMetadata(below string) []field {
	below += "metadata_options."
	return metadataFields(below+"http_endpoint", below+"http_tokens", below+"http_put_response_hop_limit")
}

func finishTerraformInstance(s *assembly, a *answer, v value) {
	if groups := v.get("vpc_security_group_ids"); !groups.unset {
		s.addEach(a, member{"SecurityGroups", "GroupId"}, groups, aws.SecurityGroup)
	} else {
		a.leaveOpen("SecurityGroups")
	}
	a.putProfile(s, v.get("iam_instance_profile"))
	if a.id != "" {
		s.putInterface(a, v)
	}
	if public := v.get("associate_public_ip_address"); public.kind == tree.Bool && !public.isTrue() {
		a.close("PublicIpAddress")
	}
}

// putInterface writes the primary network interface of an instance that exists.
func (s *assembly) putInterface(a *answer, v value) {
	n := newMap(a.line)
	at := a.root().below("NetworkInterfaces", 0, n)
	s.fill(at, v, []field{
		text("NetworkInterfaceId", "primary_network_interface_id"), ref("SubnetId", "subnet_id", aws.Subnet), text("Association.PublicIp", "public_ip"),
	})
	for _, list := range []struct {
		attribute, to, member string
		t                     inventory.Type
	}{
		{"vpc_security_group_ids", "Groups", "GroupId", aws.SecurityGroup}, {"private_ip", "PrivateIpAddresses", "PrivateIpAddress", addresses}, {"ipv6_addresses", "Ipv6Addresses", "Ipv6Address", addresses},
	} {
		names, whole := s.references(v.get(list.attribute), []inventory.Type{list.t})
		if !whole {
			at.leaveOpen(list.to)
		}
		for _, name := range names {
			element := newMap(a.line)
			element.set(list.member, newText(name, a.line))
			n.list(list.to, a.line).add(element)
		}
	}
	a.object.list("NetworkInterfaces", a.line).add(n)
}

// putProfile writes the instance profile of an instance, which plans and templates call by its name.
func (a *answer) putProfile(s *assembly, profile value) {
	if profile.isEmpty() || profile.unset {
		return
	}
	if p := s.find(profile, []inventory.Type{aws.IAMInstanceProfile}); p != nil {
		a.object.set("IamInstanceProfile.Arn", newText(p.ref(), profile.line))
		return
	}
	if own, ok := inventory.ParseARN(a.arn); ok && !profile.open {
		arn := inventory.ARN{Partition: own.Partition, Service: "iam", Account: own.Account, Resource: "instance-profile/" + profile.text}
		a.object.set("IamInstanceProfile.Arn", newText(arn.String(), profile.line))
		return
	}
	a.leaveOpen("IamInstanceProfile.Arn")
}

// finishTerraformTemplate makes the version of a launch template that a plan or state describes: the newest.
func finishTerraformTemplate(s *assembly, a *answer, v value) {
	version := v.get("latest_version")
	newest := "$Latest" // an update makes the next one, whose number is known only then
	switch {
	case version.kind == tree.Number:
		newest = version.text
	case a.id == "":
		newest = "1"
	}
	a.close("LatestVersionNumber")
	a.close("DefaultVersionNumber")
	made := s.addVersion(a, newest, v.line)
	made.object.set("DefaultVersion", newTrue(v.get("default_version").text == newest || a.id == "", v.line))
	data := value{kind: tree.Map, line: v.line, keys: []string{"v"}, items: []value{v}}
	s.fill(place{of: made, into: made.object, path: "$"}, data, prefixed("LaunchTemplateData.", append(
		terraformMetadata("v."),
		ref("IamInstanceProfile.Arn", "v.iam_instance_profile.arn", aws.IAMInstanceProfile), ref("IamInstanceProfile.Name", "v.iam_instance_profile.name", aws.IAMInstanceProfile),
		refs("SecurityGroupIds", "v.vpc_security_group_ids", aws.SecurityGroup).orAbsent(),
		each("NetworkInterfaces", "v.network_interfaces", flag("AssociatePublicIpAddress", "associate_public_ip_address"), refs("Groups", "security_groups", aws.SecurityGroup),
			ref("SubnetId", "subnet_id", aws.Subnet), number("Ipv6AddressCount", "ipv6_address_count"), texts("Ipv6Addresses", "ipv6_addresses")),
		text("ImageId", "v.image_id"), text("InstanceType", "v.instance_type"),
	)))
}

// addVersion makes the resource of one version of a launch template.
func (s *assembly) addVersion(of *answer, version string, line int) *answer {
	made := newAnswer(kind{typ: aws.LaunchTemplateVersion}, of.label, line)
	made.beside = "version " + version
	made.uid = inventory.UID(cmp.Or(string(of.uid), of.id) + "#" + version)
	made.id, made.scope = of.id, of.scope
	made.object.set("LaunchTemplateId", newText(of.ref(), line))
	made.object.set("VersionNumber", newText(version, line))
	if v, ok := scalarOf(textValue(version, line), asNumber); ok {
		made.object.set("VersionNumber", v)
	}
	s.answers = append(s.answers, made)
	return made
}

// prefixed puts fields below a map.
func prefixed(to string, fields []field) []field {
	for i := range fields {
		fields[i].to = to + fields[i].to
	}
	return fields
}
