package awsstub

import (
	"encoding/base64"
	"fmt"
)

const (
	vpcID    = "vpc-0a1b2c3d4e5f60718"
	subnetID = "subnet-0123456789abcdef"
)

func groupID(i int) string { return fmt.Sprintf("sg-%017x", i+1) }

// listed answers with a page of a list.
func listed(limit int, member string, items func(q *Request) []any) func(*Request) (Fields, *Fault) {
	return func(q *Request) (Fields, *Fault) { return list(q, limit, member, items(q)) }
}

// networks and machines answer for Amazon EC2 (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/).
func (a *Account) networks() answers {
	return answers{
		"ec2:DescribeRegions": fixed(Fields{"regionInfo": []any{
			Fields{"regionName": "eu-west-1", "regionEndpoint": "ec2.eu-west-1.amazonaws.com", "optInStatus": "opt-in-not-required"},
			Fields{"regionName": "us-east-1", "regionEndpoint": "ec2.us-east-1.amazonaws.com", "optInStatus": "opt-in-not-required"},
			Fields{"regionName": "eu-south-1", "regionEndpoint": "ec2.eu-south-1.amazonaws.com", "optInStatus": "opted-in"},
			Fields{"regionName": "af-south-1", "regionEndpoint": "ec2.af-south-1.amazonaws.com", "optInStatus": "not-opted-in"},
			Fields{"regionName": "cn-north-1", "regionEndpoint": "ec2.cn-north-1.amazonaws.com.cn", "optInStatus": "opt-in-not-required"},
			Fields{"regionName": "us-gov-west-1", "regionEndpoint": "ec2.us-gov-west-1.amazonaws.com", "optInStatus": "opt-in-not-required"},
		}}),
		"ec2:DescribeVpcs": listed(1000, "vpcSet", func(*Request) []any {
			return []any{Fields{"vpcId": vpcID, "ownerId": AccountID, "state": "available", "cidrBlock": "10.0.0.0/16", "isDefault": false}}
		}),
		"ec2:DescribeSubnets": listed(1000, "subnetSet", func(q *Request) []any {
			return []any{Fields{
				"subnetId": subnetID, "subnetArn": a.arn(q, "ec2", "subnet/"+subnetID), "vpcId": vpcID, "ownerId": AccountID, "cidrBlock": "10.0.1.0/24",
				"availabilityZone": q.Region + "a", "mapPublicIpOnLaunch": true,
			}}
		}),
		"ec2:DescribeRouteTables": listed(100, "routeTableSet", func(*Request) []any {
			return []any{Fields{
				"routeTableId": "rtb-0123456789abcdef0", "vpcId": vpcID, "ownerId": AccountID,
				"associationSet": []any{Fields{"routeTableAssociationId": "rtbassoc-1", "routeTableId": "rtb-0123456789abcdef0", "main": true}},
				"routeSet": []any{
					Fields{"destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active", "origin": "CreateRouteTable"},
					Fields{"destinationCidrBlock": "0.0.0.0/0", "gatewayId": "igw-0123456789abcdef0", "state": "active", "origin": "CreateRoute"},
				},
			}}
		}),
		"ec2:DescribeInternetGateways": listed(1000, "internetGatewaySet", func(*Request) []any {
			return []any{Fields{"internetGatewayId": "igw-0123456789abcdef0", "ownerId": AccountID, "attachmentSet": []any{Fields{"vpcId": vpcID, "state": "available"}}}}
		}),
		"ec2:DescribeNatGateways": listed(1000, "natGatewaySet", func(*Request) []any {
			return []any{Fields{"natGatewayId": "nat-0123456789abcdef0", "vpcId": vpcID, "subnetId": subnetID, "state": "available", "connectivityType": "public"}}
		}),
		"ec2:DescribeNetworkAcls": listed(1000, "networkAclSet", func(*Request) []any {
			return []any{Fields{
				"networkAclId": "acl-0123456789abcdef0", "vpcId": vpcID, "ownerId": AccountID, "default": true,
				"entrySet": []any{Fields{"ruleNumber": 100, "protocol": "-1", "ruleAction": "allow", "egress": false, "cidrBlock": "0.0.0.0/0"}},
			}}
		}),
	}
}

func (a *Account) machines() answers {
	return answers{
		"ec2:DescribeSecurityGroups":    listed(1000, "securityGroupInfo", a.securityGroups),
		"ec2:DescribeNetworkInterfaces": listed(1000, "networkInterfaceSet", a.interfaces),
		"ec2:DescribeInstances": listed(1000, "reservationSet", func(q *Request) []any {
			return []any{Fields{"reservationId": "r-0123456789abcdef0", "ownerId": AccountID, "instancesSet": []any{a.instance(q)}}}
		}),
		"ec2:DescribeLaunchTemplates": listed(200, "launchTemplates", func(*Request) []any {
			return []any{Fields{"launchTemplateId": "lt-0123456789abcdef0", "launchTemplateName": "nodes", "defaultVersionNumber": 1, "latestVersionNumber": 3}}
		}),
		"ec2:DescribeLaunchTemplateVersions": listed(200, "launchTemplateVersionSet", a.templateVersions),
		"ec2:DescribeManagedPrefixLists": listed(100, "prefixListSet", func(q *Request) []any {
			return []any{a.prefixList(q, "pl-63a5400a", "aws"), a.prefixList(q, "pl-0123456789abcdef0", AccountID)}
		}),
		"ec2:GetManagedPrefixListEntries": func(q *Request) (Fields, *Fault) {
			return list(q, 100, "entrySet", times(3, func(i int) any { return Fields{"cidr": fmt.Sprintf("198.51.100.%d/32", i)} }))
		},
	}
}

func (a *Account) prefixList(q *Request, id, owner string) Fields {
	return Fields{
		"prefixListId": id, "prefixListName": "list-" + id, "ownerId": owner, "addressFamily": "IPv4", "state": "create-complete",
		"prefixListArn": a.arn(q, "ec2", "prefix-list/"+id),
	}
}

func (a *Account) securityGroups(q *Request) []any {
	return times(a.SecurityGroups, func(i int) any {
		permissions := []any{
			Fields{
				"ipProtocol": "tcp", "fromPort": 443, "toPort": 443,
				"ipRanges":      []any{Fields{"cidrIp": "0.0.0.0/0", "description": "everybody"}},
				"prefixListIds": []any{Fields{"prefixListId": "pl-0123456789abcdef0"}},
			},
			Fields{"ipProtocol": "tcp", "fromPort": 8080, "toPort": 8090, "groups": []any{Fields{"groupId": groupID((i + 1) % a.SecurityGroups), "userId": AccountID}}},
		}
		return Fields{
			"groupId": groupID(i), "groupName": fmt.Sprintf("group-%d", i), "groupDescription": "made up", "vpcId": vpcID, "ownerId": AccountID,
			"securityGroupArn":    a.arn(q, "ec2", "security-group/"+groupID(i)),
			"ipPermissions":       permissions,
			"ipPermissionsEgress": []any{Fields{"ipProtocol": "-1", "ipRanges": []any{Fields{"cidrIp": "0.0.0.0/0"}}}},
			"tagSet":              []any{Fields{"key": "team", "value": fmt.Sprintf("team-%d", i%20)}},
		}
	})
}

func (a *Account) interfaces(q *Request) []any {
	return times(a.Interfaces, func(i int) any {
		return Fields{
			"networkInterfaceId": fmt.Sprintf("eni-%017x", i+1), "vpcId": vpcID, "subnetId": subnetID, "ownerId": AccountID, "status": "in-use",
			"availabilityZone": q.Region + "a", "groupSet": []any{Fields{"groupId": groupID(i % a.SecurityGroups), "groupName": fmt.Sprintf("group-%d", i%a.SecurityGroups)}},
			"privateIpAddressesSet": []any{Fields{"privateIpAddress": fmt.Sprintf("10.0.%d.%d", i/250%250, i%250), "primary": true}},
			"association":           Fields{"publicIp": fmt.Sprintf("203.0.113.%d", i%250)},
		}
	})
}

func (a *Account) instance(q *Request) Fields {
	return Fields{
		"instanceId": "i-0123456789abcdef0", "imageId": "ami-0123456789abcdef0", "instanceType": "m7i.large", "vpcId": vpcID, "subnetId": subnetID,
		"instanceState": Fields{"code": 16, "name": "running"}, "placement": Fields{"availabilityZone": q.Region + "a"},
		"iamInstanceProfile": Fields{"arn": a.arn(q, "iam", "instance-profile/nodes"), "id": "AIPA0123456789ABCDEF0"},
		"metadataOptions":    Fields{"state": "applied", "httpTokens": "optional", "httpPutResponseHopLimit": 2, "httpEndpoint": "enabled"},
		"groupSet":           []any{Fields{"groupId": groupID(0), "groupName": "group-0"}},
		"tagSet":             []any{Fields{"key": "kubernetes.io/cluster/shop", "value": "owned"}},
	}
}

// templateVersions gives version 3, the latest, and 1, the default, of the one template; or the one version that is
// asked for.
func (a *Account) templateVersions(q *Request) []any {
	version := func(n int) any {
		return Fields{
			"launchTemplateId": "lt-0123456789abcdef0", "launchTemplateName": "nodes", "versionNumber": n, "defaultVersion": n == 1,
			"launchTemplateData": Fields{
				"imageId": "ami-0123456789abcdef0", "iamInstanceProfile": Fields{"name": "nodes"},
				"metadataOptions": Fields{"httpTokens": "optional", "httpPutResponseHopLimit": n, "httpEndpoint": "enabled"},
				"userData":        base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\nexport TOKEN=" + a.Secret + "\n")),
			},
		}
	}
	if q.text("LaunchTemplateId") != "" {
		return []any{version(q.number("LaunchTemplateVersion.1"))}
	}
	return []any{version(3), version(1)}
}

// balancing answers for Elastic Load Balancing (https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/).
func (a *Account) balancing(classic bool) answers {
	if classic {
		return answers{
			"elasticloadbalancing:DescribeLoadBalancers": func(q *Request) (Fields, *Fault) {
				return list(q, 400, "LoadBalancerDescriptions", []any{Fields{
					"LoadBalancerName": "old", "DNSName": "old.elb.example", "Scheme": "internet-facing", "VPCId": vpcID,
					"Subnets": []any{subnetID}, "SecurityGroups": []any{groupID(0)},
					"ListenerDescriptions": []any{Fields{"Listener": Fields{"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 8080, "InstanceProtocol": "HTTP"}}},
					"Instances":            []any{Fields{"InstanceId": "i-0123456789abcdef0"}},
				}})
			},
		}
	}
	lb := func(q *Request) string {
		return a.arn(q, "elasticloadbalancing", "loadbalancer/app/shop/50dc6c495c0c9188")
	}
	group := func(q *Request) string {
		return a.arn(q, "elasticloadbalancing", "targetgroup/shop/73e2d6bc24d8a067")
	}
	return answers{
		"elasticloadbalancing:DescribeLoadBalancers": func(q *Request) (Fields, *Fault) {
			return list(q, 400, "LoadBalancers", []any{Fields{
				"LoadBalancerArn": lb(q), "LoadBalancerName": "shop", "Type": "application", "Scheme": "internet-facing", "VpcId": vpcID,
				"SecurityGroups": []any{groupID(0)}, "State": Fields{"Code": "active"},
				"AvailabilityZones": []any{Fields{"ZoneName": q.Region + "a", "SubnetId": subnetID}},
			}})
		},
		"elasticloadbalancing:DescribeListeners": func(q *Request) (Fields, *Fault) {
			if q.text("LoadBalancerArn") != lb(q) {
				return nil, notFound("LoadBalancerNotFound", "load balancer")
			}
			return list(q, 400, "Listeners", []any{Fields{
				"ListenerArn": lb(q) + "/listener", "LoadBalancerArn": lb(q), "Port": 443, "Protocol": "HTTPS",
				"DefaultActions": []any{Fields{"Type": "forward", "TargetGroupArn": group(q)}},
			}})
		},
		"elasticloadbalancing:DescribeTargetGroups": func(q *Request) (Fields, *Fault) {
			return list(q, 400, "TargetGroups", []any{Fields{
				"TargetGroupArn": group(q), "TargetGroupName": "shop", "TargetType": "ip", "Port": 8080, "Protocol": "HTTP", "VpcId": vpcID, "LoadBalancerArns": []any{lb(q)},
			}})
		},
		"elasticloadbalancing:DescribeTargetHealth": func(q *Request) (Fields, *Fault) {
			if q.text("TargetGroupArn") != group(q) {
				return nil, notFound("TargetGroupNotFound", "target group")
			}
			return Fields{"TargetHealthDescriptions": []any{Fields{"Target": Fields{"Id": "10.0.0.0", "Port": 8080}, "TargetHealth": Fields{"State": "healthy"}}}}, nil
		},
	}
}
