package aws

import (
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	guarddutytypes "github.com/aws/aws-sdk-go-v2/service/guardduty/types"
	"github.com/aws/aws-sdk-go-v2/service/inspector2"
	"github.com/aws/aws-sdk-go-v2/service/inspector2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

func ofInspector[In, Out any](send request[In, Out]) *call[In, Out] {
	return of("inspector2", send).camel()
}

func ofGuardDuty[In, Out any](send request[In, Out]) *call[In, Out] {
	return of("guardduty", send)
}

// threatSteps read what AWS's own services found in what runs, and the keys that clusters name.
func threatSteps() []step {
	return []step{inspectorStep(), guardDutyStep(), keyStep()}
}

// coverageStep reads which images Amazon Inspector sees running, and in which clusters. It comes first of what is read
// of Inspector, and tells whether that is on at all.
func coverageStep() step {
	status := ofInspector(batchGetAccountStatus).asks(func(s resource.Scope) *inspector2.BatchGetAccountStatusInput {
		return &inspector2.BatchGetAccountStatusInput{AccountIds: []string{s.Account}}
	})
	list := ofInspector(listCoverage)
	clusters := ofInspector(getClustersForImage).whole().asks(func(s resource.Scope) *inspector2.GetClustersForImageInput {
		arn := exampleARN(s, "ecr", "repository/"+nobody+"/"+exampleDigest)
		return &inspector2.GetClustersForImageInput{Filter: &types.ClusterForImageFilterCriteria{ResourceId: &arn}}
	})
	return step{
		name: "inspector-coverage", calls: []operation{status, list, clusters}, gives: []inventory.Type{resource.ImageInUse},
		run: func(j *job) {
			out := ask(j, status, &inspector2.BatchGetAccountStatusInput{AccountIds: []string{j.place.scope.Account}}, "")
			if out != nil && !scansImages(out.Accounts) {
				j.found.noInspector = true
				j.lacks("Amazon Inspector does not scan images here, so nobody knows their weaknesses by it; enable it for Amazon ECR, or give the findings of another scanner")
				return
			}
			var ids bag[string]
			pages(j, list, &inspector2.ListCoverageInput{MaxResults: sdk.Int32(page200), FilterCriteria: &types.CoverageFilterCriteria{
				ResourceType:       []types.CoverageStringFilter{{Comparison: types.CoverageStringComparisonEquals, Value: sdk.String(string(types.ResourceTypeAwsEcrContainerImage))}},
				EcrImageInUseCount: []types.CoverageNumberFilter{{LowerInclusive: sdk.Int64(1)}},
			}}, "", func(_ int, out *inspector2.ListCoverageOutput) {
				for i := range out.CoveredResources {
					addText(&ids, out.CoveredResources[i].ResourceId)
				}
			})
			each(j, texts(&ids), func(id string) {
				if i, ok := imageOf(id); ok {
					j.found.inUse.add(i)
				}
				in := &inspector2.GetClustersForImageInput{Filter: &types.ClusterForImageFilterCriteria{ResourceId: &id}, MaxResults: sdk.Int32(page100)}
				if out := gather(j, j.place, clusters, in, id); out != nil {
					storeWith(j, j.place, clusters, out, map[string]string{"resourceId": id})
				}
			})
		},
	}
}

// scansImages reports whether Inspector looks at images in Amazon ECR.
func scansImages(accounts []types.AccountState) bool {
	return slices.ContainsFunc(accounts, func(a types.AccountState) bool {
		s := a.ResourceState
		return s == nil || s.Ecr == nil || s.Ecr.Status != types.StatusDisabled && s.Ecr.Status != types.StatusDisabling
	})
}

// filterValues is how many values one criterion of Inspector may have
// (https://docs.aws.amazon.com/inspector/v2/APIReference/API_FilterCriteria.html).
const filterValues = 10

// inspectorStep reads the active findings about images that run: those that Inspector sees running, and those that tasks
// say they run.
func inspectorStep() step {
	list := ofInspector(listInspectorFindings)
	return step{
		name: "inspector-findings", after: []string{"inspector-coverage", "ecs-tasks"},
		calls: []operation{list}, gives: []inventory.Type{resource.InspectorFinding},
		run: func(j *job) {
			if j.found.noInspector {
				return
			}
			read := func(about string, narrow func(*types.FilterCriteria)) {
				criteria := &types.FilterCriteria{
					ResourceType:  []types.StringFilter{equals(string(types.ResourceTypeAwsEcrContainerImage))},
					FindingStatus: []types.StringFilter{equals(string(types.FindingStatusActive))},
				}
				narrow(criteria)
				in := &inspector2.ListFindingsInput{FilterCriteria: criteria, MaxResults: sdk.Int32(page100)}
				pages(j, list, in, about, func(_ int, out *inspector2.ListFindingsOutput) { store(j, list, out) })
			}
			read("", func(c *types.FilterCriteria) {
				c.EcrImageInUseCount = []types.NumberFilter{{LowerInclusive: sdk.Float64(1)}}
			})
			var digests bag[string]
			for _, i := range j.found.images.list(image.compare) {
				if i.digest != "" && !j.found.inUse.has(i) {
					digests.add(i.digest)
				}
			}
			inBatches(j, texts(&digests), filterValues, func(part []string) {
				read("images that tasks run", func(c *types.FilterCriteria) {
					for _, digest := range part {
						c.EcrImageHash = append(c.EcrImageHash, equals(digest))
					}
				})
			})
		},
	}
}

func equals(value string) types.StringFilter {
	return types.StringFilter{Comparison: types.StringComparisonEquals, Value: &value}
}

// malware lists the findings of GuardDuty Malware Protection about EC2 and containers
// (https://docs.aws.amazon.com/guardduty/latest/ug/findings-malware-protection.html).
func malware() []string {
	return []string{
		"Execution:EC2/MaliciousFile", "Execution:ECS/MaliciousFile", "Execution:Kubernetes/MaliciousFile", "Execution:Container/MaliciousFile",
		"Execution:EC2/SuspiciousFile", "Execution:ECS/SuspiciousFile", "Execution:Kubernetes/SuspiciousFile", "Execution:Container/SuspiciousFile",
	}
}

func guardDutyStep() step {
	detectors := ofGuardDuty(listDetectors)
	list := ofGuardDuty(listGuardDutyFindings).asks(func(resource.Scope) *guardduty.ListFindingsInput {
		return &guardduty.ListFindingsInput{DetectorId: sdk.String("00000000000000000000000000000000")}
	})
	get := ofGuardDuty(getFindings).asks(func(resource.Scope) *guardduty.GetFindingsInput {
		return &guardduty.GetFindingsInput{DetectorId: sdk.String("00000000000000000000000000000000"), FindingIds: []string{"00000000000000000000000000000000"}}
	})
	return step{
		name: "guardduty-malware", calls: []operation{detectors, list, get}, gives: []inventory.Type{resource.GuardDutyFinding},
		run: func(j *job) {
			var ids bag[string]
			if !pages(j, detectors, &guardduty.ListDetectorsInput{MaxResults: sdk.Int32(page50)}, "", func(_ int, out *guardduty.ListDetectorsOutput) {
				ids.add(out.DetectorIds...)
			}) {
				return
			}
			if len(texts(&ids)) == 0 {
				j.lacks("Amazon GuardDuty is not enabled here, so nobody looks for malware")
			}
			each(j, texts(&ids), func(detector string) {
				var findings bag[string]
				pages(j, list, &guardduty.ListFindingsInput{
					DetectorId: &detector, MaxResults: sdk.Int32(page50),
					FindingCriteria: &guarddutytypes.FindingCriteria{Criterion: map[string]guarddutytypes.Condition{
						"type": {Equals: malware()}, "service.archived": {Equals: []string{"false"}},
					}},
				}, "detector "+detector, func(_ int, out *guardduty.ListFindingsOutput) { findings.add(out.FindingIds...) })
				inBatches(j, texts(&findings), page50, func(part []string) {
					in := &guardduty.GetFindingsInput{DetectorId: &detector, FindingIds: part}
					if out := ask(j, get, in, allOf("finding", part)); out != nil {
						store(j, get, out)
					}
				})
			})
		},
	}
}

// keyStep reads the KMS keys that clusters name.
func keyStep() step {
	describe := of("kms", describeKey).asks(func(resource.Scope) *kms.DescribeKeyInput {
		return &kms.DescribeKeyInput{KeyId: sdk.String("00000000-0000-0000-0000-000000000000")}
	})
	return step{
		name: "kms-keys", after: []string{"eks-clusters", "ecs-clusters"}, calls: []operation{describe}, gives: []inventory.Type{resource.KMSKey},
		run: func(j *job) {
			each(j, texts(&j.found.keys), func(id string) {
				if out := ask(j, describe, &kms.DescribeKeyInput{KeyId: &id}, "key "+id); out != nil {
					store(j, describe, out)
				}
			})
		},
	}
}
