package traits

import "strings"

// inspectorFinding gives the answer of Amazon Inspector's list-findings for one finding about the image of [scannedTask]
// and [scannedCluster].
func inspectorFinding(id, severity, vector, exploit, platform string) string {
	return `findings:
- findingArn: arn:aws:inspector2:eu-west-1:111122223333:finding/` + strings.ToLower(id) + `
  type: PACKAGE_VULNERABILITY
  status: ACTIVE
  severity: ` + severity + `
  exploitAvailable: "` + exploit + `"
  fixAvailable: "YES"
  packageVulnerabilityDetails:
    vulnerabilityId: ` + id + `
    cvss: [{scoringVector: "` + vector + `"}]
    vulnerablePackages: [{name: log4j-core, version: 2.14.0}]
  resources:
  - type: AWS_ECR_CONTAINER_IMAGE
    details:
      awsEcrContainerImage:
        registry: "111122223333"
        repositoryName: shop/web
        imageHash: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
        imageTags: ["1.4"]
        platform: ` + platform + `
`
}

const scannedImage = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4"

// scannedTask gives the answers for a service that runs the image, and findings.
func scannedTask(findings ...string) string {
	definition := taskDefinition("containerDefinitions:\n- name: web\n  image: " + scannedImage + "\n")
	return documents(append([]string{ecsService("launchType: FARGATE\n"), definition}, findings...)...)
}

// scannedCluster gives the answers for a cluster that runs the image, its Kubernetes objects, and findings.
func scannedCluster(findings ...string) string {
	node := `apiVersion: v1
kind: Node
metadata: {name: worker}
spec: {providerID: "aws:///eu-west-1a/i-0123456789abcdef0"}
`
	workload := deployment("containers:\n- name: web\n  image: " + scannedImage + "\n")
	return documents(append([]string{eksCluster("1.34", ""), eksNode("required"), node, workload}, findings...)...)
}

// enhancedScan gives Amazon ECR's answer for the enhanced scan of the image, which found what [inspectorFinding] says, with
// a known exploit, and nothing else.
func enhancedScan(id, severity, vector string) string {
	return `registryId: "111122223333"
repositoryName: shop/web
imageId: {imageDigest: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", imageTag: "1.4"}
imageScanStatus: {status: ACTIVE}
imageScanFindings:
  enhancedFindings:
  - findingArn: arn:aws:inspector2:eu-west-1:111122223333:finding/` + strings.ToLower(id) + `
    type: PACKAGE_VULNERABILITY
    status: ACTIVE
    severity: ` + severity + `
    exploitAvailable: "YES"
    packageVulnerabilityDetails:
      vulnerabilityId: ` + id + `
      cvss: [{scoringVector: "` + vector + `"}]
    resources:
    - type: AWS_ECR_CONTAINER_IMAGE
      details: {awsEcrContainerImage: {platform: DEBIAN_12}}
`
}

// basicScan gives Amazon ECR's answer for a basic scan of the image that found nothing.
func basicScan() string {
	return `registryId: "111122223333"
repositoryName: shop/web
imageId: {imageDigest: "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", imageTag: "1.4"}
imageScanStatus: {status: COMPLETE}
imageScanFindings: {findings: []}
`
}
