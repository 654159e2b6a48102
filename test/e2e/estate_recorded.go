//go:build e2e

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ecr"
	"github.com/aws/aws-sdk-go-v2/service/ecr/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
)

// An estateImage is one image of the estate, in a repository of its own.
type estateImage struct {
	name string
	// found lists what Amazon Inspector found in it; registry what Amazon ECR's own scan did, nil where it never ran.
	found    []weakness
	registry []map[string]any
	policy   string
}

// A weakness is what a finding of Amazon Inspector varies in here.
type weakness struct {
	id, severity, vector, platform string
	epss                           float64
	exploit                        bool
}

func pushedImages() []estateImage {
	remote, local := "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H"
	likely := weakness{id: "CVE-2026-0001", severity: "CRITICAL", vector: remote, platform: "DEBIAN_12", epss: 0.6}
	unlikely := weakness{id: "CVE-2026-0002", severity: "HIGH", vector: remote, platform: "DEBIAN_12", epss: 0.02}
	exploit := unlikely
	exploit.exploit = true
	ended := unlikely
	ended.platform = "DEBIAN_9"
	pull := func(principal string) string {
		return statement(`{"Sid":"pull","Effect":"Allow","Principal":` + principal + `,"Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}`)
	}
	return []estateImage{
		{name: "clean", registry: []map[string]any{}},
		{name: "likely", found: []weakness{likely}},
		{name: "exploit", found: []weakness{exploit}},
		{name: "unlikely", found: []weakness{unlikely}},
		{name: "local", found: []weakness{{id: "CVE-2026-0003", severity: "HIGH", vector: local, platform: "DEBIAN_12", epss: 0.6, exploit: true}}},
		{name: "both", found: []weakness{likely, unlikely}},
		{name: "ended", found: []weakness{ended}},
		{name: "malicious", found: []weakness{{id: "MAL-2026-4", severity: "CRITICAL", platform: "DEBIAN_12"}}},
		{name: "basic", registry: []map[string]any{{"name": "CVE-2026-0005", "severity": "MEDIUM", "attributes": []any{
			map[string]any{"key": "package_name", "value": "zlib"}, map[string]any{"key": "package_version", "value": "1.2.0"},
		}}}},
		{name: "unscanned"},
		{name: "everybody", policy: pull(`"*"`)},
		{name: "partner", policy: pull(`{"AWS":"arn:aws:iam::210987654321:root"}`)},
	}
}

// fillImages pushes the images, and plants what was found in them: Amazon Inspector's findings are given to whoever asks for
// findings first, Amazon ECR's to whoever asks about the image.
func (e *estate) fillImages() {
	e.t.Helper()
	findings := []any{}
	for i, image := range pushedImages() {
		repository := "estate/" + image.name
		do(e.t, e.ecr.CreateRepository, &ecr.CreateRepositoryInput{RepositoryName: &repository})
		// moto makes the digest of an image of those of its layers, and one digest is one image.
		layer := fmt.Sprintf(`"layers":[{"mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":1,"digest":"sha256:%064d"}]`, i)
		manifest := strings.Replace(awsManifest, `"layers":[]`, layer, 1)
		digest := *do(e.t, e.ecr.PutImage, &ecr.PutImageInput{RepositoryName: &repository, ImageTag: ptr("1.0"), ImageManifest: &manifest}).Image.ImageId.ImageDigest
		e.images[image.name] = estateAccount + ".dkr.ecr." + awsRegion + ".amazonaws.com/" + repository + ":1.0"
		if image.policy != "" {
			do(e.t, e.ecr.SetRepositoryPolicy, &ecr.SetRepositoryPolicyInput{RepositoryName: &repository, PolicyText: &image.policy})
		}
		if image.registry != nil || image.found != nil {
			status := "ACTIVE" // of a scan by Amazon Inspector for Amazon ECR, which goes on; a basic one ends
			if len(image.registry) > 0 {
				status = "COMPLETE"
			}
			do(e.t, e.ecr.StartImageScan, &ecr.StartImageScanInput{RepositoryName: &repository, ImageId: &types.ImageIdentifier{ImageTag: ptr("1.0")}})
			e.plant("ecr/scan-finding-results", map[string]any{
				"registryId": estateAccount, "repositoryName": repository, "imageId": map[string]any{"imageDigest": digest, "imageTag": "1.0"},
				"imageScanStatus": map[string]any{"status": status}, "imageScanFindings": map[string]any{"findings": image.registry},
			})
		}
		for _, w := range image.found {
			findings = append(findings, w.finding(repository, digest, len(findings)))
		}
	}
	e.CLI("inspector2 enable --resource-types ECR --account-ids " + estateAccount)
	e.plant("inspector2/findings-results", findings)
}

// plant hands moto an answer.
func (e *estate) plant(where string, answer any) {
	e.t.Helper()
	text, err := json.Marshal(map[string]any{"account_id": estateAccount, "region": awsRegion, "results": []any{answer}})
	if err != nil {
		e.t.Fatal(err)
	}
	e.Send("/moto-api/static/"+where, "application/json", string(text))
}

// finding writes a finding of Amazon Inspector (https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html).
func (w weakness) finding(repository, digest string, number int) map[string]any {
	details := map[string]any{"vulnerabilityId": w.id, "source": "NVD", "vulnerablePackages": []any{map[string]any{"name": "openssl", "version": "3.0.0"}}}
	if w.vector != "" {
		details["cvss"] = []any{map[string]any{"baseScore": 9.8, "scoringVector": w.vector, "source": "NVD", "version": "3.1"}}
	}
	exploit := "NO"
	if w.exploit {
		exploit = "YES"
	}
	return map[string]any{
		"findingArn":   fmt.Sprintf("arn:aws:inspector2:%s:%s:finding/%d", awsRegion, estateAccount, number),
		"awsAccountId": estateAccount, "type": "PACKAGE_VULNERABILITY", "severity": w.severity, "status": "ACTIVE", "title": w.id + " - openssl", "description": w.id,
		"epss": map[string]any{"score": w.epss}, "exploitAvailable": exploit, "fixAvailable": "YES", "firstObservedAt": 1790000000, "packageVulnerabilityDetails": details,
		"resources": []any{map[string]any{
			"id": "arn:aws:ecr:" + awsRegion + ":" + estateAccount + ":repository/" + repository + "/" + digest, "type": "AWS_ECR_CONTAINER_IMAGE",
			"details": map[string]any{"awsEcrContainerImage": map[string]any{
				"registry": estateAccount, "repositoryName": repository, "imageHash": digest, "imageTags": []string{"1.0"}, "platform": w.platform,
			}},
		}},
	}
}

// record writes a service as DescribeServices answers, and its task definition as the AWS CLI prints it: Merlon asks AWS only for
// those that services of the account run.
func (e *estate) record(s *estateService, cluster, definition string) {
	e.t.Helper()
	e.files = append(e.files, e.CLI("ecs describe-task-definition --task-definition", definition))
	arn := "arn:aws:ecs:" + awsRegion + ":" + estateAccount
	service := map[string]any{
		"serviceArn": arn + ":service/" + cluster + "/" + s.name, "serviceName": s.name, "clusterArn": arn + ":cluster/" + cluster, "status": "ACTIVE",
		"taskDefinition": definition, "desiredCount": 1, "loadBalancers": []any{},
	}
	if s.cluster == "" {
		service["launchType"] = "FARGATE"
		service["networkConfiguration"] = map[string]any{"awsvpcConfiguration": map[string]any{
			"subnets": []string{e.net.subnets["private"]}, "securityGroups": []string{e.net.groups["closed"]}, "assignPublicIp": "DISABLED",
		}}
	}
	for name, value := range s.recorded {
		service[name] = value
	}
	e.files = append(e.files, map[string]any{"services": []any{service}, "failures": []any{}})
}

// recordCluster writes a cluster as DescribeCluster answers.
func (e *estate) recordCluster(c *estateCluster, in *eks.CreateClusterInput) {
	e.files = append(e.files, map[string]any{"cluster": map[string]any{
		"name": c.name, "arn": clusterARN(c.name), "version": *in.Version, "status": "ACTIVE", "accessConfig": map[string]any{"authenticationMode": c.mode},
		"resourcesVpcConfig": map[string]any{
			"subnetIds": in.ResourcesVpcConfig.SubnetIds, "securityGroupIds": []string{}, "vpcId": e.net.vpc,
			"endpointPublicAccess": false, "endpointPrivateAccess": true, "publicAccessCidrs": []string{},
		},
		"encryptionConfig": []any{map[string]any{"resources": []string{"secrets"}, "provider": map[string]any{"keyArn": *in.EncryptionConfig[0].Provider.KeyArn}}},
		"logging":          map[string]any{"clusterLogging": []any{map[string]any{"types": []string{"audit"}, "enabled": true}}},
	}})
}

// recordMalware writes a finding as Amazon GuardDuty's GetFindings answers.
func (e *estate) recordMalware(c *estateCluster) {
	kind, archived := strings.CutPrefix(c.malware, "archived ")
	e.files = append(e.files, map[string]any{"Findings": []any{map[string]any{
		"Arn": "arn:aws:guardduty:" + awsRegion + ":" + estateAccount + ":detector/d1/finding/" + c.name, "Id": c.name, "AccountId": estateAccount, "Region": awsRegion,
		"SchemaVersion": "2.0", "Type": kind, "Severity": 8, "Title": "A malicious file has been detected.", "CreatedAt": "2026-11-01T00:00:00Z", "UpdatedAt": "2026-11-01T00:00:00Z",
		"Resource": map[string]any{"ResourceType": "EKSCluster", "EksClusterDetails": map[string]any{"Name": c.name, "Arn": clusterARN(c.name)}},
		"Service":  map[string]any{"ServiceName": "guardduty", "Archived": archived},
	}}})
}

func clusterARN(name string) string {
	return "arn:aws:eks:" + awsRegion + ":" + estateAccount + ":cluster/" + name
}

// writeFiles writes what moto could not give beside the snapshots, with the releases of Kubernetes as the API tells them; the
// last day of a release lies so far ahead that the test does not come to fail by itself.
func (e *estate) writeFiles() {
	e.t.Helper()
	e.files = append(e.files, map[string]any{"clusterVersions": []any{
		map[string]any{"clusterVersion": "1.34", "clusterType": "eks", "versionStatus": "STANDARD_SUPPORT", "endOfStandardSupportDate": "2126-12-02T00:00:00Z", "endOfExtendedSupportDate": "2127-12-02T00:00:00Z"},
		map[string]any{"clusterVersion": "1.30", "clusterType": "eks", "versionStatus": "EXTENDED_SUPPORT", "endOfStandardSupportDate": "2025-07-23T00:00:00Z", "endOfExtendedSupportDate": "2126-07-23T00:00:00Z"},
	}})
	for i, answer := range e.files {
		text, err := json.Marshal(answer)
		if err != nil {
			e.t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(e.Dir, "given", fmt.Sprintf("answer-%d.json", i)), text, 0o600); err != nil {
			e.t.Fatal(err)
		}
	}
}
