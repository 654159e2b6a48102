package awsstub

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func eksName(i int) string {
	if i == 0 {
		return "shop"
	}
	return fmt.Sprintf("shop-%d", i)
}

// ofCluster answers about one EKS cluster, which must be there.
func (a *Account) ofCluster(f func(q *Request, cluster string) (Fields, *Fault)) func(*Request) (Fields, *Fault) {
	return func(q *Request) (Fields, *Fault) {
		for i := range a.EKSClusters {
			if q.path[1] == eksName(i) {
				return f(q, q.path[1])
			}
		}
		return nil, notFound("ResourceNotFoundException", "cluster found for name: "+q.path[1])
	}
}

// names lists what a cluster has.
func (a *Account) names(member string, all ...any) func(*Request) (Fields, *Fault) {
	return a.ofCluster(func(q *Request, _ string) (Fields, *Fault) { return list(q, 100, member, all) })
}

func (a *Account) firstRole(q *Request) string { return a.arn(q, "iam", "role/role-0") }

// eksClusters and eksMembers answer for Amazon EKS (https://docs.aws.amazon.com/eks/latest/APIReference/).
func (a *Account) eksClusters() answers {
	return answers{
		"eks:ListClusters": func(q *Request) (Fields, *Fault) {
			return list(q, 100, "clusters", times(a.EKSClusters, func(i int) any { return eksName(i) }))
		},
		"eks:DescribeCluster": a.ofCluster(func(q *Request, name string) (Fields, *Fault) { return Fields{"cluster": a.eksCluster(q, name)}, nil }),
		"eks:DescribeClusterVersions": func(q *Request) (Fields, *Fault) {
			return list(q, 100, "clusterVersions", []any{
				Fields{"clusterVersion": "1.34", "clusterType": "eks", "versionStatus": "STANDARD_SUPPORT", "endOfStandardSupportDate": 1796169600},
				Fields{"clusterVersion": "1.30", "clusterType": "eks", "versionStatus": "UNSUPPORTED", "endOfStandardSupportDate": 1753228800},
			})
		},
		"eks:ListNodegroups": a.names("nodegroups", "workers"),
		"eks:DescribeNodegroup": a.ofCluster(func(q *Request, name string) (Fields, *Fault) {
			return Fields{"nodegroup": Fields{
				"nodegroupName": "workers", "nodegroupArn": a.arn(q, "eks", "nodegroup/"+name+"/workers/1"), "clusterName": name, "status": "ACTIVE",
				"nodeRole": a.firstRole(q), "subnets": []any{subnetID}, "launchTemplate": Fields{"id": "lt-0123456789abcdef0", "name": "nodes", "version": "2"},
				"scalingConfig": Fields{"minSize": 0, "maxSize": 3, "desiredSize": 0},
			}}, nil
		}),
		"eks:ListFargateProfiles": a.names("fargateProfileNames", "batch"),
		"eks:DescribeFargateProfile": a.ofCluster(func(q *Request, name string) (Fields, *Fault) {
			return Fields{"fargateProfile": Fields{
				"fargateProfileName": "batch", "fargateProfileArn": a.arn(q, "eks", "fargateprofile/"+name+"/batch/1"), "clusterName": name,
				"podExecutionRoleArn": a.firstRole(q), "selectors": []any{Fields{"namespace": "batch"}},
			}}, nil
		}),
		"eks:ListAddons": a.names("addons", "vpc-cni"),
		"eks:DescribeAddon": a.ofCluster(func(q *Request, name string) (Fields, *Fault) {
			return Fields{"addon": Fields{"addonName": "vpc-cni", "addonArn": a.arn(q, "eks", "addon/"+name+"/vpc-cni/1"), "clusterName": name, "addonVersion": "v1.20.0-eksbuild.1"}}, nil
		}),
	}
}

func (a *Account) eksMembers() answers {
	return answers{
		"eks:ListAccessEntries": a.ofCluster(func(q *Request, _ string) (Fields, *Fault) {
			if a.ConfigMapOnly {
				return nil, &Fault{Code: "InvalidRequestException", Message: "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."}
			}
			return list(q, 100, "accessEntries", []any{a.firstRole(q), a.arn(q, "iam", "user/alice")})
		}),
		"eks:DescribeAccessEntry": a.ofCluster(func(q *Request, name string) (Fields, *Fault) {
			return Fields{"accessEntry": Fields{
				"clusterName": name, "principalArn": q.path[3], "accessEntryArn": a.arn(q, "eks", "access-entry/"+name+"/"+strings.ReplaceAll(q.path[3], ":", "/")),
				"kubernetesGroups": []any{"viewers"}, "type": "STANDARD", "username": q.path[3],
			}}, nil
		}),
		"eks:ListAssociatedAccessPolicies": a.ofCluster(func(q *Request, name string) (Fields, *Fault) {
			policies := []any{Fields{
				"policyArn":   "arn:" + a.Partition + ":eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
				"accessScope": Fields{"type": "cluster", "namespaces": []any{}}, "associatedAt": 1790000000.5,
			}}
			if strings.Contains(q.path[3], "user/") {
				policies = nil
			}
			answer, bad := list(q, 100, "associatedAccessPolicies", slices.Concat([]any{}, policies))
			if bad == nil {
				answer["clusterName"], answer["principalArn"] = name, q.path[3]
			}
			return answer, bad
		}),
		"eks:ListPodIdentityAssociations": a.ofCluster(func(q *Request, name string) (Fields, *Fault) {
			return list(q, 100, "associations", []any{Fields{"associationId": "a-1", "clusterName": name, "namespace": "shop", "serviceAccount": "web"}})
		}),
		"eks:DescribePodIdentityAssociation": a.ofCluster(func(q *Request, name string) (Fields, *Fault) {
			return Fields{"association": Fields{
				"associationId": "a-1", "associationArn": a.arn(q, "eks", "podidentityassociation/"+name+"/a-1"), "clusterName": name,
				"namespace": "shop", "serviceAccount": "web", "roleArn": a.firstRole(q),
			}}, nil
		}),
		"eks:ListIdentityProviderConfigs": a.names("identityProviderConfigs", Fields{"type": "oidc", "name": "corp"}),
		"eks:DescribeIdentityProviderConfig": a.ofCluster(func(q *Request, name string) (Fields, *Fault) {
			return Fields{"identityProviderConfig": Fields{"oidc": Fields{
				"identityProviderConfigName": "corp", "identityProviderConfigArn": a.arn(q, "eks", "identityproviderconfig/"+name+"/oidc/corp/1"),
				"clusterName": name, "issuerUrl": "https://idp.example", "clientId": "kubernetes",
			}}}, nil
		}),
	}
}

func (a *Account) eksCluster(q *Request, name string) Fields {
	mode := "API_AND_CONFIG_MAP"
	if a.ConfigMapOnly {
		mode = "CONFIG_MAP"
	}
	return Fields{
		"name": name, "arn": a.arn(q, "eks", "cluster/"+name), "version": "1.34", "platformVersion": "eks.9", "status": "ACTIVE", "createdAt": 1790000000.25,
		"endpoint": "https://ABCDEF." + q.Region + ".eks." + a.host(), "roleArn": a.arn(q, "iam", "role/role-0"),
		"resourcesVpcConfig": Fields{
			"vpcId": vpcID, "subnetIds": []any{subnetID}, "securityGroupIds": []any{}, "clusterSecurityGroupId": groupID(0),
			"endpointPublicAccess": true, "endpointPrivateAccess": false, "publicAccessCidrs": []any{"0.0.0.0/0"},
		},
		"encryptionConfig": []any{Fields{"resources": []any{"secrets"}, "provider": Fields{"keyArn": a.arn(q, "kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab")}}},
		"logging":          Fields{"clusterLogging": []any{Fields{"types": []any{"audit"}, "enabled": true}}},
		"accessConfig":     Fields{"authenticationMode": mode}, "identity": Fields{"oidc": Fields{"issuer": "https://oidc.eks." + q.Region + "." + a.host() + "/id/ABCDEF"}},
		"tags": Fields{"Team": "shop"},
	}
}

func (a *Account) clusterARN(q *Request, i int) string {
	return a.arn(q, "ecs", fmt.Sprintf("cluster/prod-%d", i))
}

// ecsLists and ecsDescriptions answer for Amazon ECS (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/).
func (a *Account) ecsLists() answers {
	// of a cluster, which must be there; of n things the i-th is in the cluster i modulo their number
	inCluster := func(member string, n int, arn func(q *Request, i int) string) func(*Request) (Fields, *Fault) {
		return func(q *Request) (Fields, *Fault) {
			for cluster := range a.ECSClusters {
				if q.text("cluster") != a.clusterARN(q, cluster) {
					continue
				}
				var all []any
				for i := cluster; i < n; i += a.ECSClusters {
					all = append(all, arn(q, i))
				}
				return list(q, 100, member, all)
			}
			return nil, &Fault{Code: "ClusterNotFoundException", Message: "Cluster not found."}
		}
	}
	return answers{
		"ecs:ListClusters": func(q *Request) (Fields, *Fault) {
			return list(q, 100, "clusterArns", times(a.ECSClusters, func(i int) any { return a.clusterARN(q, i) }))
		},
		"ecs:ListServices":           inCluster("serviceArns", a.Services, a.serviceARN),
		"ecs:ListTasks":              inCluster("taskArns", a.Services, a.taskARN),
		"ecs:ListContainerInstances": inCluster("containerInstanceArns", 1, a.containerInstanceARN),
	}
}

func (a *Account) ecsDescriptions() answers {
	described := func(param, member string, limit int, describe func(q *Request, i int) any) func(*Request) (Fields, *Fault) {
		return func(q *Request) (Fields, *Fault) {
			names := q.texts(param)
			if len(names) > limit {
				return nil, &Fault{Code: "InvalidParameterException", Message: fmt.Sprintf("%s can have at most %d items.", param, limit)}
			}
			found, failures := []any{}, []any{}
			for _, name := range names {
				i, err := strconv.Atoi(name[strings.LastIndexAny(name, "-/")+1:])
				if err != nil {
					failures = append(failures, Fields{"arn": name, "reason": "MISSING"})
					continue
				}
				found = append(found, describe(q, i))
			}
			return Fields{member: found, "failures": failures}, nil
		}
	}
	return answers{
		"ecs:DescribeClusters": described("clusters", "clusters", 100, func(q *Request, i int) any {
			return Fields{
				"clusterArn": a.clusterARN(q, i), "clusterName": fmt.Sprintf("prod-%d", i), "status": "ACTIVE", "runningTasksCount": a.Services,
				"configuration": Fields{"executeCommandConfiguration": Fields{"kmsKeyId": a.arn(q, "kms", "key/"+keyID), "logging": "DEFAULT"}},
			}
		}),
		"ecs:DescribeServices":           described("services", "services", 10, a.service),
		"ecs:DescribeTasks":              described("tasks", "tasks", 100, a.task),
		"ecs:DescribeContainerInstances": described("containerInstances", "containerInstances", 100, a.containerInstance),
		"ecs:DescribeTaskDefinition": func(q *Request) (Fields, *Fault) {
			name := q.text("taskDefinition")
			family, _, _ := strings.Cut(name[strings.LastIndexByte(name, '/')+1:], ":")
			i, err := strconv.Atoi(strings.TrimPrefix(family, "app-"))
			if err != nil || i >= a.TaskDefinitions {
				return nil, &Fault{Code: "ClientException", Message: "Unable to describe task definition."}
			}
			return Fields{"taskDefinition": a.taskDefinition(q, i)}, nil
		},
	}
}

func (a *Account) serviceARN(q *Request, i int) string {
	return a.arn(q, "ecs", fmt.Sprintf("service/prod-%d/web-%d", i%a.ECSClusters, i))
}

func (a *Account) taskARN(q *Request, i int) string {
	return a.arn(q, "ecs", fmt.Sprintf("task/prod-%d/%d", i%a.ECSClusters, i))
}

func (a *Account) containerInstanceARN(q *Request, i int) string {
	return a.arn(q, "ecs", fmt.Sprintf("container-instance/prod-0/%d", i))
}

func (a *Account) definitionARN(q *Request, i int) string {
	return a.arn(q, "ecs", fmt.Sprintf("task-definition/app-%d:7", i%a.TaskDefinitions))
}

func (a *Account) service(q *Request, i int) any {
	network := Fields{"awsvpcConfiguration": Fields{"subnets": []any{subnetID}, "securityGroups": []any{groupID(i % a.SecurityGroups)}, "assignPublicIp": "ENABLED"}}
	return Fields{
		"serviceArn": a.serviceARN(q, i), "serviceName": fmt.Sprintf("web-%d", i), "clusterArn": a.clusterARN(q, i%a.ECSClusters), "status": "ACTIVE",
		"desiredCount": 1, "runningCount": 1, "pendingCount": 0, "launchType": "FARGATE", "taskDefinition": a.definitionARN(q, i), "createdAt": 1790000000.125,
		"networkConfiguration": network, "enableExecuteCommand": false,
		"loadBalancers": []any{Fields{"targetGroupArn": a.arn(q, "elasticloadbalancing", "targetgroup/shop/73e2d6bc24d8a067"), "containerName": "web", "containerPort": 8080}},
		"deployments":   []any{Fields{"id": "ecs-svc/1", "status": "PRIMARY", "taskDefinition": a.definitionARN(q, i), "networkConfiguration": network, "desiredCount": 1, "runningCount": 1}},
		"events": times(20, func(n int) any {
			return Fields{"id": fmt.Sprintf("event-%d", n), "createdAt": 1790000000, "message": fmt.Sprintf("(service web-%d) has reached a steady state.", i)}
		}),
	}
}

// digest is that of the image of a task definition.
func digest(i int) string { return fmt.Sprintf("sha256:%064x", i+1) }

func (a *Account) image(q *Request, i int) string {
	return fmt.Sprintf("%s.dkr.ecr.%s.%s/shop/web:1.%d", AccountID, q.Region, a.host(), i)
}

func (a *Account) task(q *Request, i int) any {
	n := i % a.TaskDefinitions
	return Fields{
		"taskArn": a.taskARN(q, i), "clusterArn": a.clusterARN(q, i%a.ECSClusters), "taskDefinitionArn": a.definitionARN(q, i), "lastStatus": "RUNNING",
		"group": fmt.Sprintf("service:web-%d", i), "launchType": "FARGATE",
		"attachments": []any{Fields{"id": "1", "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": []any{Fields{"name": "networkInterfaceId", "value": fmt.Sprintf("eni-%017x", i+1)}}}},
		"containers":  []any{Fields{"name": "web", "image": a.image(q, n), "imageDigest": digest(n), "lastStatus": "RUNNING"}},
		"overrides":   Fields{"containerOverrides": []any{Fields{"name": "web", "environment": []any{Fields{"name": "OVERRIDE_TOKEN", "value": a.Secret}}}}},
	}
}

func (a *Account) containerInstance(q *Request, i int) any {
	return Fields{"containerInstanceArn": a.containerInstanceARN(q, i), "ec2InstanceId": "i-0123456789abcdef0", "status": "ACTIVE", "agentConnected": true, "runningTasksCount": 0}
}

func (a *Account) taskDefinition(q *Request, i int) Fields {
	return Fields{
		"taskDefinitionArn": a.definitionARN(q, i), "family": fmt.Sprintf("app-%d", i), "revision": 7, "status": "ACTIVE", "networkMode": "awsvpc",
		"taskRoleArn": a.arn(q, "iam", fmt.Sprintf("role/role-%d", i%a.Roles)), "executionRoleArn": a.arn(q, "iam", "role/role-0"), "cpu": "256", "memory": "512",
		"requiresCompatibilities": []any{"FARGATE"}, "volumes": []any{},
		"containerDefinitions": []any{Fields{
			"name": "web", "image": a.image(q, i), "essential": true, "privileged": false, "cpu": 0,
			"portMappings": []any{Fields{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp"}},
			"environment":  []any{Fields{"name": "DB_PASSWORD", "value": a.Secret}, Fields{"name": "GREETING", "value": a.Secret}},
			"secrets":      []any{Fields{"name": "API_KEY", "valueFrom": a.arn(q, "secretsmanager", "secret:shop-AbCdEf")}},
			"logConfiguration": Fields{
				"logDriver": "splunk", "options": Fields{"splunk-url": "https://splunk.example", "splunk-token": a.Secret},
			},
		}},
	}
}
