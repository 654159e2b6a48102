package awsstub

import (
	"fmt"
	"strings"
)

const keyID = "1234abcd-12ab-34cd-56ef-1234567890ab"

// registry answers for Amazon ECR.
func (a *Account) registry() answers {
	return answers{
		"ecr:DescribeRepositories": func(q *Request) (Fields, *Fault) {
			return list(q, 1000, "repositories", []any{Fields{
				"repositoryName": "shop/web", "repositoryArn": a.arn(q, "ecr", "repository/shop/web"), "registryId": AccountID,
				"repositoryUri": fmt.Sprintf("%s.dkr.ecr.%s.%s/shop/web", AccountID, q.Region, a.host()), "imageTagMutability": "MUTABLE",
			}})
		},
		"ecr:GetRepositoryPolicy": func(q *Request) (Fields, *Fault) {
			if q.text("repositoryName") != "shop/web" {
				return nil, notFound("RepositoryNotFoundException", "repository")
			}
			return Fields{"registryId": AccountID, "repositoryName": "shop/web", "policyText": `{"Version":"2012-10-17","Statement":[]}`}, nil
		},
		"ecr:DescribeImages":            a.images,
		"ecr:DescribeImageScanFindings": a.scanFindings,
	}
}

// inspector answers for Amazon Inspector.
func (a *Account) inspector() answers {
	return answers{
		"inspector2:BatchGetAccountStatus": func(*Request) (Fields, *Fault) {
			status := "ENABLED"
			if a.NoInspector {
				status = "DISABLED"
			}
			return Fields{"accounts": []any{Fields{
				"accountId": AccountID, "state": Fields{"status": status, "errorCode": "", "errorMessage": ""},
				"resourceState": Fields{
					"ecr": Fields{"status": status, "errorCode": "", "errorMessage": ""}, "ec2": Fields{"status": status, "errorCode": "", "errorMessage": ""},
				},
			}}}, nil
		},
		"inspector2:ListCoverage": func(q *Request) (Fields, *Fault) {
			return list(q, 200, "coveredResources", []any{Fields{
				"accountId": AccountID, "resourceId": a.arn(q, "ecr", "repository/shop/web/"+digest(0)), "resourceType": "AWS_ECR_CONTAINER_IMAGE", "scanType": "PACKAGE",
				"resourceMetadata": Fields{"ecrImage": Fields{"tags": []any{"1.0"}, "inUseCount": 2}},
			}})
		},
		"inspector2:GetClustersForImage": func(q *Request) (Fields, *Fault) {
			filter, _ := q.body["filter"].(map[string]any)
			if id, _ := filter["resourceId"].(string); !strings.Contains(id, "shop/web") {
				return Fields{"cluster": []any{}}, nil
			}
			return Fields{"cluster": []any{
				Fields{"clusterArn": a.arn(q, "eks", "cluster/shop"), "clusterDetails": []any{Fields{
					"lastInUse": 1790000000, "runningUnitCount": 2, "stoppedUnitCount": 0,
					"clusterMetadata": Fields{"awsEksMetadataDetails": Fields{"namespace": "shop", "workloadInfoList": []any{Fields{"name": "web", "type": "Deployment"}}}},
				}}},
			}}, nil
		},
		"inspector2:ListFindings": a.inspectorFindings,
	}
}

// others answers for Amazon GuardDuty and AWS KMS.
func (a *Account) others() answers {
	return answers{
		"guardduty:ListDetectors": func(q *Request) (Fields, *Fault) {
			if a.NoGuardDuty {
				return Fields{"detectorIds": []any{}}, nil
			}
			return list(q, 50, "detectorIds", []any{"12abc34d567e8fa901bc2d34e56789f0"})
		},
		"guardduty:ListFindings": func(q *Request) (Fields, *Fault) { return list(q, 50, "findingIds", []any{"0ab1ac2d"}) },
		"guardduty:GetFindings": func(q *Request) (Fields, *Fault) {
			return Fields{"findings": []any{Fields{
				"id": "0ab1ac2d", "arn": a.arn(q, "guardduty", "detector/12abc34d567e8fa901bc2d34e56789f0/finding/0ab1ac2d"), "accountId": AccountID, "region": q.Region,
				"type": "Execution:ECS/MaliciousFile", "title": "A malicious file", "severity": 8.0, "schemaVersion": "2.0", "partition": a.Partition,
				"createdAt": "2026-01-02T03:04:05.000Z", "updatedAt": "2026-01-02T03:04:05.000Z",
				"service":  Fields{"archived": false, "serviceName": "guardduty", "count": 1},
				"resource": Fields{"resourceType": "ECSCluster", "ecsClusterDetails": Fields{"arn": a.clusterARN(q, 0), "name": "prod-0"}},
			}}}, nil
		},
		"kms:DescribeKey": func(q *Request) (Fields, *Fault) {
			if !strings.HasSuffix(q.text("KeyId"), keyID) {
				return nil, notFound("NotFoundException", "key")
			}
			return Fields{"KeyMetadata": Fields{"Arn": a.arn(q, "kms", "key/"+keyID), "KeyId": keyID, "AWSAccountId": AccountID, "Enabled": true, "KeyManager": "CUSTOMER", "CreationDate": 1790000000.0}}, nil
		},
	}
}

// images describes the images that a request names. One of them that is not there makes all of it fail, as it does for
// AWS.
func (a *Account) images(q *Request) (Fields, *Fault) {
	ids, _ := q.body["imageIds"].([]any)
	if len(ids) > 100 {
		return nil, &Fault{Code: "InvalidParameterException", Message: "at most 100 image IDs"}
	}
	if q.text("repositoryName") != "shop/web" {
		return nil, notFound("RepositoryNotFoundException", "repository")
	}
	details := []any{}
	for _, id := range ids {
		fields, _ := id.(map[string]any)
		n := -1
		for i := range a.TaskDefinitions {
			if fields["imageDigest"] == digest(i) || fields["imageTag"] == fmt.Sprintf("1.%d", i) {
				n = i
			}
		}
		if n < 0 {
			return nil, notFound("ImageNotFoundException", "image")
		}
		details = append(details, Fields{
			"registryId": AccountID, "repositoryName": "shop/web", "imageDigest": digest(n), "imageTags": []any{fmt.Sprintf("1.%d", n)},
			"imageSizeInBytes": 1000, "imagePushedAt": 1790000000.0, "imageScanStatus": Fields{"status": "COMPLETE"},
		})
	}
	return Fields{"imageDetails": details}, nil
}

func (a *Account) scanFindings(q *Request) (Fields, *Fault) {
	if q.text("repositoryName") != "shop/web" {
		return nil, notFound("RepositoryNotFoundException", "repository")
	}
	id, _ := q.body["imageId"].(map[string]any)
	found := times(3, func(i int) any {
		return Fields{"name": fmt.Sprintf("CVE-2026-000%d", i), "severity": "HIGH", "attributes": []any{Fields{"key": "package_name", "value": "openssl"}}}
	})
	answer, bad := page(q, 1000, len(found), func(from, to int) Fields { return Fields{"findings": found[from:to]} })
	if bad != nil {
		return nil, bad
	}
	out := Fields{
		"registryId": AccountID, "repositoryName": "shop/web", "imageId": Fields(id), "imageScanStatus": Fields{"status": "COMPLETE"},
		"imageScanFindings": Fields{"findings": answer["findings"], "imageScanCompletedAt": 1790000000.0},
	}
	if token, ok := answer["nextToken"]; ok {
		out["nextToken"] = token
	}
	return out, nil
}

// inspectorFindings gives one finding about the first image: it is in use, and found by digest too.
func (a *Account) inspectorFindings(q *Request) (Fields, *Fault) {
	criteria, _ := q.body["filterCriteria"].(map[string]any)
	hashes, narrowed := criteria["ecrImageHash"].([]any)
	if len(hashes) > 10 {
		return nil, &Fault{Code: "ValidationException", Message: "at most 10 values"}
	}
	if narrowed {
		return Fields{"findings": []any{}}, nil
	}
	return list(q, 100, "findings", []any{Fields{
		"findingArn": a.arn(q, "inspector2", "finding/1"), "awsAccountId": AccountID, "type": "PACKAGE_VULNERABILITY", "severity": "CRITICAL", "status": "ACTIVE",
		"title": "CVE-2026-0001 - openssl", "description": "made up", "firstObservedAt": 1790000000.0, "lastObservedAt": 1790000000.0,
		"epss": Fields{"score": 0.25}, "exploitAvailable": "YES", "fixAvailable": "YES", "remediation": Fields{},
		"packageVulnerabilityDetails": Fields{"vulnerabilityId": "CVE-2026-0001", "source": "NVD", "vulnerablePackages": []any{Fields{"name": "openssl", "version": "3.0.0"}}},
		"resources": []any{Fields{
			"id": a.arn(q, "ecr", "repository/shop/web/"+digest(0)), "type": "AWS_ECR_CONTAINER_IMAGE", "partition": a.Partition, "region": q.Region,
			"details": Fields{"awsEcrContainerImage": Fields{"registry": AccountID, "repositoryName": "shop/web", "imageHash": digest(0), "imageTags": []any{"1.0"}, "inUseCount": 2}},
		}},
	}})
}
