package aws

import (
	"slices"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

func ofIAM[In, Out any](send request[In, Out]) *call[In, Out] {
	c := of("iam", send)
	c.form.policies = true
	return c
}

// identitySteps read who may do what. IAM is one for all Regions.
func identitySteps() []step {
	profiles := sweep("instance-profiles", ofIAM(listInstanceProfiles),
		iam.ListInstanceProfilesInput{MaxItems: sdk.Int32(page1000)}, resource.IAMInstanceProfile)
	profiles.global = true
	return []step{authorizationStep(), profiles, oidcStep()}
}

// authorizationStep reads principals and policies in one sweep.
func authorizationStep() step {
	details := ofIAM(getAccountAuthorizationDetails).asks(func(resource.Scope) *iam.GetAccountAuthorizationDetailsInput {
		return &iam.GetAccountAuthorizationDetailsInput{MaxItems: sdk.Int32(1)}
	})
	return step{
		name: "authorization-details", global: true, calls: []operation{details},
		gives: []inventory.Type{resource.IAMRole, resource.IAMUser, resource.IAMGroup, resource.IAMPolicy},
		run: func(j *job) {
			in := &iam.GetAccountAuthorizationDetailsInput{MaxItems: sdk.Int32(page1000)}
			pages(j, details, in, "", func(_ int, out *iam.GetAccountAuthorizationDetailsOutput) {
				out.Policies = slices.DeleteFunc(out.Policies, isUnused)
				store(j, details, out)
			})
		},
	}
}

// isUnused reports whether a policy is one of the many that AWS offers and nobody here has.
func isUnused(p types.ManagedPolicyDetail) bool {
	a, _ := inventory.ParseARN(sdk.ToString(p.Arn))
	return a.Account == "aws" && sdk.ToInt32(p.AttachmentCount) == 0 && sdk.ToInt32(p.PermissionsBoundaryUsageCount) == 0
}

func oidcStep() step {
	list := ofIAM(listOpenIDConnectProviders)
	get := ofIAM(getOpenIDConnectProvider).whole().asks(func(s resource.Scope) *iam.GetOpenIDConnectProviderInput {
		s.Region = ""
		return &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: sdk.String(exampleARN(s, "iam", "oidc-provider/merlon-doctor.example"))}
	})
	return step{
		name: "oidc-providers", global: true, calls: []operation{list, get}, gives: []inventory.Type{resource.IAMOIDCProvider},
		run: func(j *job) {
			out := ask(j, list, &iam.ListOpenIDConnectProvidersInput{}, "")
			if out == nil {
				return
			}
			each(j, out.OpenIDConnectProviderList, func(p types.OpenIDConnectProviderListEntry) {
				arn := sdk.ToString(p.Arn)
				if provider := ask(j, get, &iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: p.Arn}, arn); provider != nil {
					storeWith(j, j.place, get, provider, map[string]string{"OpenIDConnectProviderArn": arn})
				}
			})
		},
	}
}
