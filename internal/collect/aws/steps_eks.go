package aws

import (
	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

func ofEKS[In, Out any](send request[In, Out]) *call[In, Out] {
	return of("eks", send).camel()
}

// nobody is the name of what doctor asks about: nothing is called so, and the answer to whoever may ask is that it does
// not exist.
const nobody = "merlon-doctor"

// exampleARN names something that does not exist, in the form that a service takes.
func exampleARN(s resource.Scope, service, rest string) string {
	return inventory.ARN{Partition: s.Partition, Service: service, Region: s.Region, Account: s.Account, Resource: rest}.String()
}

// eksSteps read Amazon EKS clusters and what belongs to them.
func eksSteps() []step {
	return []step{
		eksClusterStep(), clusterVersionStep(), nodegroupStep(), fargateStep(), addonStep(), accessStep(), podIdentityStep(), identityProviderStep(),
	}
}

func eksClusterStep() step {
	list := ofEKS(listEKSClusters)
	describe := ofEKS(describeCluster).asks(func(resource.Scope) *eks.DescribeClusterInput {
		return &eks.DescribeClusterInput{Name: sdk.String(nobody)}
	})
	return step{
		name: "eks-clusters", calls: []operation{list, describe}, gives: []inventory.Type{resource.EKSCluster},
		run: func(j *job) {
			in := &eks.ListClustersInput{MaxResults: sdk.Int32(page100)}
			pages(j, list, in, "", func(_ int, out *eks.ListClustersOutput) { j.found.eksClusters.add(out.Clusters...) })
			each(j, texts(&j.found.eksClusters), func(name string) {
				out := ask(j, describe, &eks.DescribeClusterInput{Name: &name}, "cluster "+name)
				if out == nil || out.Cluster == nil {
					return
				}
				store(j, describe, out)
				for _, c := range out.Cluster.EncryptionConfig {
					if c.Provider != nil {
						addText(&j.found.keys, c.Provider.KeyArn)
					}
				}
			})
		},
	}
}

func clusterVersionStep() step {
	describe := ofEKS(describeClusterVersions)
	return step{
		name: "eks-cluster-versions", after: []string{"eks-clusters"}, calls: []operation{describe}, gives: []inventory.Type{resource.EKSClusterVersion},
		run: func(j *job) {
			if len(texts(&j.found.eksClusters)) == 0 {
				return
			}
			in := &eks.DescribeClusterVersionsInput{IncludeAll: sdk.Bool(true), MaxResults: sdk.Int32(page100)}
			pages(j, describe, in, "", func(_ int, out *eks.DescribeClusterVersionsOutput) { store(j, describe, out) })
		},
	}
}

// perCluster is a step that asks of every EKS cluster.
func perCluster(name string, calls []operation, gives []inventory.Type, run func(j *job, cluster string)) step {
	return step{name: name, after: []string{"eks-clusters"}, calls: calls, gives: gives, run: func(j *job) {
		each(j, texts(&j.found.eksClusters), func(cluster string) { run(j, cluster) })
	}}
}

func nodegroupStep() step {
	list := ofEKS(listNodegroups).asks(func(resource.Scope) *eks.ListNodegroupsInput {
		return &eks.ListNodegroupsInput{ClusterName: sdk.String(nobody)}
	})
	describe := ofEKS(describeNodegroup).asks(func(resource.Scope) *eks.DescribeNodegroupInput {
		return &eks.DescribeNodegroupInput{ClusterName: sdk.String(nobody), NodegroupName: sdk.String(nobody)}
	})
	return perCluster("eks-nodegroups", []operation{list, describe}, []inventory.Type{resource.EKSNodegroup}, func(j *job, cluster string) {
		var names bag[string]
		in := &eks.ListNodegroupsInput{ClusterName: &cluster, MaxResults: sdk.Int32(page100)}
		pages(j, list, in, "cluster "+cluster, func(_ int, out *eks.ListNodegroupsOutput) { names.add(out.Nodegroups...) })
		each(j, texts(&names), func(name string) {
			out := ask(j, describe, &eks.DescribeNodegroupInput{ClusterName: &cluster, NodegroupName: &name}, "node group "+cluster+"/"+name)
			if out == nil || out.Nodegroup == nil {
				return
			}
			store(j, describe, out)
			if t := out.Nodegroup.LaunchTemplate; t != nil && t.Id != nil && t.Version != nil {
				j.found.templates.add(templateVersion{*t.Id, *t.Version})
			}
		})
	})
}

func fargateStep() step {
	list := ofEKS(listFargateProfiles).asks(func(resource.Scope) *eks.ListFargateProfilesInput {
		return &eks.ListFargateProfilesInput{ClusterName: sdk.String(nobody)}
	})
	describe := ofEKS(describeFargateProfile).asks(func(resource.Scope) *eks.DescribeFargateProfileInput {
		return &eks.DescribeFargateProfileInput{ClusterName: sdk.String(nobody), FargateProfileName: sdk.String(nobody)}
	})
	return perCluster("eks-fargate-profiles", []operation{list, describe}, []inventory.Type{resource.EKSFargateProfile}, func(j *job, cluster string) {
		var names bag[string]
		in := &eks.ListFargateProfilesInput{ClusterName: &cluster, MaxResults: sdk.Int32(page100)}
		pages(j, list, in, "cluster "+cluster, func(_ int, out *eks.ListFargateProfilesOutput) { names.add(out.FargateProfileNames...) })
		each(j, texts(&names), func(name string) {
			in := &eks.DescribeFargateProfileInput{ClusterName: &cluster, FargateProfileName: &name}
			if out := ask(j, describe, in, "Fargate profile "+cluster+"/"+name); out != nil {
				store(j, describe, out)
			}
		})
	})
}

func addonStep() step {
	list := ofEKS(listAddons).asks(func(resource.Scope) *eks.ListAddonsInput {
		return &eks.ListAddonsInput{ClusterName: sdk.String(nobody)}
	})
	describe := ofEKS(describeAddon).asks(func(resource.Scope) *eks.DescribeAddonInput {
		return &eks.DescribeAddonInput{ClusterName: sdk.String(nobody), AddonName: sdk.String("vpc-cni")}
	})
	return perCluster("eks-addons", []operation{list, describe}, []inventory.Type{resource.EKSAddon}, func(j *job, cluster string) {
		var names bag[string]
		in := &eks.ListAddonsInput{ClusterName: &cluster, MaxResults: sdk.Int32(page50)}
		pages(j, list, in, "cluster "+cluster, func(_ int, out *eks.ListAddonsOutput) { names.add(out.Addons...) })
		each(j, texts(&names), func(name string) {
			if out := ask(j, describe, &eks.DescribeAddonInput{ClusterName: &cluster, AddonName: &name}, "add-on "+cluster+"/"+name); out != nil {
				store(j, describe, out)
			}
		})
	})
}

// accessStep reads who may enter a cluster. One that knows only the ConfigMap aws-auth has no access entries, and says
// so with an InvalidRequestException (https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html).
func accessStep() step {
	role := func(s resource.Scope) *string {
		s.Region = ""
		return sdk.String(exampleARN(s, "iam", "role/"+nobody))
	}
	list := ofEKS(listAccessEntries).unless("InvalidRequestException").asks(func(resource.Scope) *eks.ListAccessEntriesInput {
		return &eks.ListAccessEntriesInput{ClusterName: sdk.String(nobody)}
	})
	describe := ofEKS(describeAccessEntry).asks(func(s resource.Scope) *eks.DescribeAccessEntryInput {
		return &eks.DescribeAccessEntryInput{ClusterName: sdk.String(nobody), PrincipalArn: role(s)}
	})
	policies := ofEKS(listAssociatedAccessPolicies).whole().asks(func(s resource.Scope) *eks.ListAssociatedAccessPoliciesInput {
		return &eks.ListAssociatedAccessPoliciesInput{ClusterName: sdk.String(nobody), PrincipalArn: role(s)}
	})
	gives := []inventory.Type{resource.EKSAccessEntry, resource.EKSAccessPolicies}
	return perCluster("eks-access-entries", []operation{list, describe, policies}, gives, func(j *job, cluster string) {
		var principals bag[string]
		in := &eks.ListAccessEntriesInput{ClusterName: &cluster, MaxResults: sdk.Int32(page100)}
		pages(j, list, in, "cluster "+cluster, func(_ int, out *eks.ListAccessEntriesOutput) { principals.add(out.AccessEntries...) })
		each(j, texts(&principals), func(arn string) {
			about := arn + " in cluster " + cluster
			if out := ask(j, describe, &eks.DescribeAccessEntryInput{ClusterName: &cluster, PrincipalArn: &arn}, about); out != nil {
				store(j, describe, out)
			}
			in := &eks.ListAssociatedAccessPoliciesInput{ClusterName: &cluster, PrincipalArn: &arn, MaxResults: sdk.Int32(page100)}
			if out := gather(j, j.place, policies, in, about); out != nil && len(out.AssociatedAccessPolicies) > 0 {
				store(j, policies, out)
			}
		})
	})
}

func podIdentityStep() step {
	list := ofEKS(listPodIdentityAssociations).asks(func(resource.Scope) *eks.ListPodIdentityAssociationsInput {
		return &eks.ListPodIdentityAssociationsInput{ClusterName: sdk.String(nobody)}
	})
	describe := ofEKS(describePodIdentityAssociation).asks(func(resource.Scope) *eks.DescribePodIdentityAssociationInput {
		return &eks.DescribePodIdentityAssociationInput{ClusterName: sdk.String(nobody), AssociationId: sdk.String("a-00000000000000000")}
	})
	gives := []inventory.Type{resource.EKSPodIdentityAssociation}
	return perCluster("eks-pod-identity", []operation{list, describe}, gives, func(j *job, cluster string) {
		var ids bag[string]
		in := &eks.ListPodIdentityAssociationsInput{ClusterName: &cluster, MaxResults: sdk.Int32(page100)}
		pages(j, list, in, "cluster "+cluster, func(_ int, out *eks.ListPodIdentityAssociationsOutput) {
			for _, a := range out.Associations {
				addText(&ids, a.AssociationId)
			}
		})
		each(j, texts(&ids), func(id string) {
			in := &eks.DescribePodIdentityAssociationInput{ClusterName: &cluster, AssociationId: &id}
			if out := ask(j, describe, in, "association "+id+" of cluster "+cluster); out != nil {
				store(j, describe, out)
			}
		})
	})
}

func identityProviderStep() step {
	list := ofEKS(listIdentityProviderConfigs).asks(func(resource.Scope) *eks.ListIdentityProviderConfigsInput {
		return &eks.ListIdentityProviderConfigsInput{ClusterName: sdk.String(nobody)}
	})
	describe := ofEKS(describeIdentityProviderConfig).asks(func(resource.Scope) *eks.DescribeIdentityProviderConfigInput {
		return &eks.DescribeIdentityProviderConfigInput{
			ClusterName: sdk.String(nobody), IdentityProviderConfig: &types.IdentityProviderConfig{Name: sdk.String(nobody), Type: sdk.String("oidc")},
		}
	})
	gives := []inventory.Type{resource.EKSIdentityProviderConfig}
	return perCluster("eks-identity-providers", []operation{list, describe}, gives, func(j *job, cluster string) {
		in := &eks.ListIdentityProviderConfigsInput{ClusterName: &cluster, MaxResults: sdk.Int32(page100)}
		out := gather(j, j.place, list, in, "cluster "+cluster)
		if out == nil {
			return
		}
		each(j, out.IdentityProviderConfigs, func(c types.IdentityProviderConfig) {
			in := &eks.DescribeIdentityProviderConfigInput{ClusterName: &cluster, IdentityProviderConfig: &c}
			if provider := ask(j, describe, in, "identity provider "+cluster+"/"+sdk.ToString(c.Name)); provider != nil {
				store(j, describe, provider)
			}
		})
	})
}
