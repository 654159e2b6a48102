package aws

import (
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

// The largest pages that the services allow
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/, of each operation MaxResults).
const (
	page1000 = 1000
	page400  = 400
	page200  = 200
	page100  = 100
	page50   = 50
)

func ofEC2[In, Out any](send request[In, Out]) *call[In, Out] {
	return of("ec2", send)
}

// sweep is a step that reads one listing and keeps all of it.
func sweep[In, Out any](name string, c *call[In, Out], in In, gives ...inventory.Type) step {
	return step{name: name, calls: []operation{c}, gives: gives, run: func(j *job) {
		request := in
		pages(j, c, &request, "", func(_ int, out *Out) { store(j, c, out) })
	}}
}

// networkSteps read what decides who reaches whom.
func networkSteps() []step {
	return []step{
		sweep("vpcs", ofEC2(describeVpcs), ec2.DescribeVpcsInput{MaxResults: sdk.Int32(page1000)}, resource.VPC),
		sweep("subnets", ofEC2(describeSubnets), ec2.DescribeSubnetsInput{MaxResults: sdk.Int32(page1000)}, resource.Subnet),
		sweep("internet-gateways", ofEC2(describeInternetGateways),
			ec2.DescribeInternetGatewaysInput{MaxResults: sdk.Int32(page1000)}, resource.InternetGateway),
		sweep("nat-gateways", ofEC2(describeNatGateways),
			ec2.DescribeNatGatewaysInput{MaxResults: sdk.Int32(page1000)}, resource.NATGateway),
		sweep("network-acls", ofEC2(describeNetworkAcls),
			ec2.DescribeNetworkAclsInput{MaxResults: sdk.Int32(page1000)}, resource.NetworkACL),
		sweep("network-interfaces", ofEC2(describeNetworkInterfaces),
			ec2.DescribeNetworkInterfacesInput{MaxResults: sdk.Int32(page1000), IncludeManagedResources: sdk.Bool(true)}, resource.NetworkInterface),
		routeTableStep(), securityGroupStep(), prefixListStep(),
	}
}

func routeTableStep() step {
	describe := ofEC2(describeRouteTables)
	return step{
		name: "route-tables", calls: []operation{describe}, gives: []inventory.Type{resource.RouteTable},
		run: func(j *job) {
			in := &ec2.DescribeRouteTablesInput{MaxResults: sdk.Int32(page100)}
			pages(j, describe, in, "", func(_ int, out *ec2.DescribeRouteTablesOutput) {
				store(j, describe, out)
				for i := range out.RouteTables {
					for _, r := range out.RouteTables[i].Routes {
						addText(&j.found.prefixLists, r.DestinationPrefixListId)
					}
				}
			})
		},
	}
}

func securityGroupStep() step {
	describe := ofEC2(describeSecurityGroups)
	return step{
		name: "security-groups", calls: []operation{describe}, gives: []inventory.Type{resource.SecurityGroup},
		run: func(j *job) {
			in := &ec2.DescribeSecurityGroupsInput{MaxResults: sdk.Int32(page1000)}
			pages(j, describe, in, "", func(_ int, out *ec2.DescribeSecurityGroupsOutput) {
				store(j, describe, out)
				for i := range out.SecurityGroups {
					addPrefixLists(&j.found.prefixLists, out.SecurityGroups[i].IpPermissions)
					addPrefixLists(&j.found.prefixLists, out.SecurityGroups[i].IpPermissionsEgress)
				}
			})
		},
	}
}

func addPrefixLists(to *bag[string], permissions []types.IpPermission) {
	for i := range permissions {
		for _, p := range permissions[i].PrefixListIds {
			addText(to, p.PrefixListId)
		}
	}
}

// prefixList is a prefix list with its entries, which the API gives in another answer.
type prefixList struct {
	types.ManagedPrefixList
	Entries []types.PrefixListEntry
}

// prefixListStep reads all prefix lists, and the entries of those that a security group or a route names.
func prefixListStep() step {
	describe := ofEC2(describeManagedPrefixLists)
	entries := ofEC2(getManagedPrefixListEntries).asks(func(resource.Scope) *ec2.GetManagedPrefixListEntriesInput {
		return &ec2.GetManagedPrefixListEntriesInput{PrefixListId: sdk.String("pl-00000000000000000")}
	})
	return step{
		name: "prefix-lists", after: []string{"route-tables", "security-groups"},
		calls: []operation{describe, entries}, gives: []inventory.Type{resource.PrefixList},
		run: func(j *job) {
			in := &ec2.DescribeManagedPrefixListsInput{MaxResults: sdk.Int32(page100)}
			pages(j, describe, in, "", func(_ int, out *ec2.DescribeManagedPrefixListsOutput) {
				each(j, out.PrefixLists, func(p types.ManagedPrefixList) {
					list := prefixList{ManagedPrefixList: p}
					if id := sdk.ToString(p.PrefixListId); j.found.prefixLists.has(id) {
						in := &ec2.GetManagedPrefixListEntriesInput{PrefixListId: &id, MaxResults: sdk.Int32(page100)}
						if all := gather(j, j.place, entries, in, id); all != nil {
							list.Entries = all.Entries
						}
					}
					storeAny(j, describe.form, &struct{ PrefixLists []prefixList }{[]prefixList{list}})
				})
			})
		},
	}
}
