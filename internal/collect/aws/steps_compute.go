package aws

import (
	"strconv"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

// computeSteps read the machines that containers run on.
func computeSteps() []step {
	return []step{
		sweep("instances", ofEC2(describeInstances),
			ec2.DescribeInstancesInput{MaxResults: sdk.Int32(page1000), IncludeManagedResources: sdk.Bool(true)}, resource.Instance),
		sweep("launch-templates", ofEC2(describeLaunchTemplates),
			ec2.DescribeLaunchTemplatesInput{MaxResults: sdk.Int32(page200), IncludeManagedResources: sdk.Bool(true)}, resource.LaunchTemplate),
		templateVersionStep(),
	}
}

// templateVersionStep reads the latest and the default version of every launch template, and the versions that node
// groups name.
func templateVersionStep() step {
	describe := ofEC2(describeLaunchTemplateVersions).asks(func(resource.Scope) *ec2.DescribeLaunchTemplateVersionsInput {
		return &ec2.DescribeLaunchTemplateVersionsInput{Versions: []string{"$Latest"}}
	})
	return step{
		name: "launch-template-versions", after: []string{"launch-templates", "eks-nodegroups"},
		calls: []operation{describe}, gives: []inventory.Type{resource.LaunchTemplateVersion},
		run: func(j *job) {
			var read bag[templateVersion]
			keep := func(_ int, out *ec2.DescribeLaunchTemplateVersionsOutput) {
				store(j, describe, out)
				for i := range out.LaunchTemplateVersions {
					v := &out.LaunchTemplateVersions[i]
					read.add(templateVersion{sdk.ToString(v.LaunchTemplateId), strconv.FormatInt(sdk.ToInt64(v.VersionNumber), 10)})
				}
			}
			pages(j, describe, &ec2.DescribeLaunchTemplateVersionsInput{
				Versions: []string{"$Latest", "$Default"}, MaxResults: sdk.Int32(page200), IncludeManagedResources: sdk.Bool(true),
			}, "", keep)
			each(j, j.found.templates.list(templateVersion.compare), func(t templateVersion) {
				if !read.has(t) {
					in := &ec2.DescribeLaunchTemplateVersionsInput{LaunchTemplateId: &t.id, Versions: []string{t.version}}
					pages(j, describe, in, "launch template "+t.id+" version "+t.version, keep)
				}
			})
		},
	}
}
