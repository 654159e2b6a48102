package awsstub

import (
	"fmt"
	"net/url"
	"strings"
)

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

const manyRights = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:PutObject","sqs:SendMessage"],"Resource":["arn:aws:s3:::shop-data/*","*"],"Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}`

// encoded gives a policy document as IAM gives it: URL-encoded.
func (a *Account) encoded(document string) string {
	return url.PathEscape(strings.ReplaceAll(document, "arn:aws:", "arn:"+a.Partition+":"))
}

// callers answers for AWS STS.
func (a *Account) callers() answers {
	return answers{
		"sts:GetCallerIdentity": func(q *Request) (Fields, *Fault) {
			return Fields{"Account": AccountID, "Arn": a.arn(q, "iam", "user/merlon"), "UserId": "AIDA0123456789ABCDEF0"}, nil
		},
		"sts:AssumeRole": func(q *Request) (Fields, *Fault) {
			return Fields{
				"Credentials":     Fields{"AccessKeyId": "ASIA0000000000000000", "SecretAccessKey": "secret", "SessionToken": "token", "Expiration": "2099-01-01T00:00:00Z"},
				"AssumedRoleUser": Fields{"Arn": q.text("RoleArn") + "/merlon", "AssumedRoleId": "AROA:merlon"},
			}, nil
		},
	}
}

// identities answers for AWS IAM (https://docs.aws.amazon.com/IAM/latest/APIReference/).
func (a *Account) identities() answers {
	provider := "oidc-provider/oidc.eks.eu-west-1." + a.host() + "/id/ABCDEF"
	return answers{
		"iam:GetAccountAuthorizationDetails": a.authorizationDetails,
		"iam:ListInstanceProfiles": func(q *Request) (Fields, *Fault) {
			return Fields{"IsTruncated": false, "InstanceProfiles": []any{Fields{
				"Arn": a.arn(q, "iam", "instance-profile/nodes"), "InstanceProfileName": "nodes", "InstanceProfileId": "AIPA1", "Path": "/",
				"CreateDate": "2026-01-02T03:04:05Z",
				"Roles": []any{Fields{
					"Arn": a.arn(q, "iam", "role/role-0"), "RoleName": "role-0", "RoleId": "AROA1", "Path": "/", "CreateDate": "2026-01-02T03:04:05Z",
					"AssumeRolePolicyDocument": a.encoded(trust),
				}},
			}}}, nil
		},
		"iam:ListOpenIDConnectProviders": func(q *Request) (Fields, *Fault) {
			return Fields{"OpenIDConnectProviderList": []any{Fields{"Arn": a.arn(q, "iam", provider)}}}, nil
		},
		"iam:GetOpenIDConnectProvider": func(q *Request) (Fields, *Fault) {
			if q.text("OpenIDConnectProviderArn") != a.arn(q, "iam", provider) {
				return nil, notFound("NoSuchEntity", "provider")
			}
			return Fields{
				"Url": strings.TrimPrefix(provider, "oidc-provider/"), "ClientIDList": []any{"sts.amazonaws.com"},
				"ThumbprintList": []any{"9e99a48a9960b14926bb7f3b02e22da2b0ab7280"}, "CreateDate": "2026-01-02T03:04:05Z",
			}, nil
		},
	}
}

// authorizationDetails gives roles page by page, and all the rest on the first one.
func (a *Account) authorizationDetails(q *Request) (Fields, *Fault) {
	rest := Fields{
		"UserDetailList": []any{Fields{
			"Arn": a.arn(q, "iam", "user/alice"), "UserName": "alice", "UserId": "AIDA1", "Path": "/", "GroupList": []any{"admins"},
			"UserPolicyList": []any{Fields{"PolicyName": "own", "PolicyDocument": a.encoded(manyRights)}},
		}},
		"GroupDetailList": []any{Fields{
			"Arn": a.arn(q, "iam", "group/admins"), "GroupName": "admins", "GroupId": "AGPA1", "Path": "/",
			"AttachedManagedPolicies": []any{Fields{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:" + a.Partition + ":iam::aws:policy/AdministratorAccess"}},
		}},
		"Policies": []any{
			managed("arn:"+a.Partition+":iam::aws:policy/AdministratorAccess", "AdministratorAccess", 1, a.encoded(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)),
			managed("arn:"+a.Partition+":iam::aws:policy/ReadOnlyAccess", "ReadOnlyAccess", 0, a.encoded(manyRights)),
			managed(a.arn(q, "iam", "policy/shop"), "shop", 0, a.encoded(manyRights)),
		},
	}
	answer, bad := page(q, 1000, a.Roles, func(from, to int) Fields {
		return Fields{"RoleDetailList": times(to-from, func(i int) any { return a.role(q, from+i) })}
	})
	if bad != nil {
		return nil, bad
	}
	_, more := answer["Marker"]
	answer["IsTruncated"] = more
	if q.text("Marker") == "" {
		for member, v := range rest {
			answer[member] = v
		}
	}
	return answer, nil
}

func managed(arn, name string, attached int, document string) Fields {
	return Fields{
		"Arn": arn, "PolicyName": name, "PolicyId": "ANPA" + name, "Path": "/", "DefaultVersionId": "v1", "AttachmentCount": attached,
		"PolicyVersionList": []any{Fields{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}},
	}
}

func (a *Account) role(q *Request, i int) Fields {
	name := fmt.Sprintf("role-%d", i)
	return Fields{
		"Arn": a.arn(q, "iam", "role/"+name), "RoleName": name, "RoleId": "AROA" + name, "Path": "/", "CreateDate": "2026-01-02T03:04:05Z",
		"AssumeRolePolicyDocument": a.encoded(trust),
		"RolePolicyList":           []any{Fields{"PolicyName": "own", "PolicyDocument": a.encoded(manyRights)}},
		"AttachedManagedPolicies":  []any{Fields{"PolicyName": "shop", "PolicyArn": a.arn(q, "iam", "policy/shop")}},
		"Tags":                     []any{Fields{"Key": "team", "Value": fmt.Sprintf("team-%d", i%20)}},
	}
}
