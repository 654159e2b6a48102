package aws

import (
	"cmp"

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
		eksNameStep(), eksClusterStep(), clusterVersionStep(), nodegroupStep(), fargateStep(), addonStep(),
		principalStep(), accessEntryStep(), accessPolicyStep(), podIdentityStep(), identityProviderStep(),
	}
}

func eksNameStep() step {
	list := ofEKS(listEKSClusters)
	return step{name: "eks-cluster-names", calls: []operation{list}, run: func(j *job) {
		in := &eks.ListClustersInput{MaxResults: sdk.Int32(page100)}
		pages(j, list, in, "", func(_ int, out *eks.ListClustersOutput) { j.found.eksClusters.add(out.Clusters...) })
	}}
}

func eksClusterStep() step {
	describe := ofEKS(describeCluster).asks(func(resource.Scope) *eks.DescribeClusterInput {
		return &eks.DescribeClusterInput{Name: sdk.String(nobody)}
	})
	return perCluster("eks-clusters", []operation{describe}, []inventory.Type{resource.EKSCluster}, func(j *job, name string) {
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
}

func clusterVersionStep() step {
	describe := ofEKS(describeClusterVersions)
	return step{
		name: "eks-cluster-versions", after: []string{"eks-cluster-names"}, calls: []operation{describe}, gives: []inventory.Type{resource.EKSClusterVersion},
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
	return step{name: name, after: []string{"eks-cluster-names"}, calls: calls, gives: gives, run: func(j *job) {
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

// principal is who has an access entry in a cluster.
type principal struct{ cluster, arn string }

func (p principal) compare(o principal) int {
	return cmp.Or(cmp.Compare(p.cluster, o.cluster), cmp.Compare(p.arn, o.arn))
}

func (p principal) String() string { return p.arn + " in cluster " + p.cluster }

// principalStep lists who may enter a cluster. One that knows only the ConfigMap aws-auth has no access entries, and says
// so with an InvalidRequestException (https://docs.aws.amazon.com/eks/latest/userguide/setting-up-access-entries.html).
func principalStep() step {
	list := ofEKS(listAccessEntries).unless("InvalidRequestException").asks(func(resource.Scope) *eks.ListAccessEntriesInput {
		return &eks.ListAccessEntriesInput{ClusterName: sdk.String(nobody)}
	})
	return perCluster("eks-principals", []operation{list}, nil, func(j *job, cluster string) {
		in := &eks.ListAccessEntriesInput{ClusterName: &cluster, MaxResults: sdk.Int32(page100)}
		pages(j, list, in, "cluster "+cluster, func(_ int, out *eks.ListAccessEntriesOutput) {
			for _, arn := range out.AccessEntries {
				j.found.principals.add(principal{cluster, arn})
			}
		})
	})
}

// exampleRole is the ARN of no role.
func exampleRole(s resource.Scope) *string {
	s.Region = ""
	return sdk.String(exampleARN(s, "iam", "role/"+nobody))
}

func accessEntryStep() step {
	describe := ofEKS(describeAccessEntry).asks(func(s resource.Scope) *eks.DescribeAccessEntryInput {
		return &eks.DescribeAccessEntryInput{ClusterName: sdk.String(nobody), PrincipalArn: exampleRole(s)}
	})
	return step{
		name: "eks-access-entries", after: []string{"eks-principals"}, calls: []operation{describe}, gives: []inventory.Type{resource.EKSAccessEntry},
		run: func(j *job) {
			each(j, j.found.principals.list(principal.compare), func(p principal) {
				if out := ask(j, describe, &eks.DescribeAccessEntryInput{ClusterName: &p.cluster, PrincipalArn: &p.arn}, p.String()); out != nil {
					store(j, describe, out)
				}
			})
		},
	}
}

func accessPolicyStep() step {
	policies := ofEKS(listAssociatedAccessPolicies).whole().asks(func(s resource.Scope) *eks.ListAssociatedAccessPoliciesInput {
		return &eks.ListAssociatedAccessPoliciesInput{ClusterName: sdk.String(nobody), PrincipalArn: exampleRole(s)}
	})
	return step{
		name: "eks-access-policies", after: []string{"eks-principals"}, calls: []operation{policies}, gives: []inventory.Type{resource.EKSAccessPolicies},
		run: func(j *job) {
			each(j, j.found.principals.list(principal.compare), func(p principal) {
				in := &eks.ListAssociatedAccessPoliciesInput{ClusterName: &p.cluster, PrincipalArn: &p.arn, MaxResults: sdk.Int32(page100)}
				if out := gather(j, j.place, policies, in, p.String()); out != nil && len(out.AssociatedAccessPolicies) > 0 {
					store(j, policies, out)
				}
			})
		},
	}
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
