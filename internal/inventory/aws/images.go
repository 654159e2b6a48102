package aws

import (
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// RepositorySpec is the projection of an Amazon ECR repository.
type RepositorySpec struct {
	Name string
	// URI is the repository as images name it: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME.
	URI string
}

// RepositoryPolicySpec is the projection of the policy of a repository.
type RepositoryPolicySpec struct {
	Registry, Repository string
	Document             PolicyDocument
}

// ImageSpec is the projection of an image in Amazon ECR.
type ImageSpec struct {
	Registry, Repository, Digest string
	Tags                         []string
}

// ImageFindings is the projection of what somebody found in one image: Amazon ECR's own scan, or one finding
// of Amazon Inspector.
type ImageFindings struct {
	Registry, Repository, Digest string
	Tags                         []string
	// Complete is set where a scan of the image ended; a failed or unsupported one says nothing.
	Complete bool
	// Enhanced is set for what Amazon Inspector found, which knows of exploits and of malicious packages: a basic scan of
	// Amazon ECR tells of neither.
	Enhanced bool
	// Platform is the operating system as Amazon Inspector writes it: "DEBIAN_12"; "" where it is not said.
	Platform string
	Packages []PackageFinding
}

// PackageFinding is one weakness of an image.
type PackageFinding struct {
	// Path is the JSONPath of the finding.
	Path string
	// ID is a CVE or another advisory: "CVE-2024-3094", "MAL-2024-1", or the finding's title.
	ID string
	// Titled is set where the ID is the title.
	Titled bool
	// Kind is PACKAGE_VULNERABILITY, or that of a finding of another type.
	Kind string
	// Severity is CRITICAL, HIGH, MEDIUM, LOW, INFORMATIONAL or UNDEFINED.
	Severity string
	// Vector is a CVSS vector; "" where the finding has none.
	Vector string
	// EPSS is the probability of an exploit within 30 days, from 0 to 1; negative where the finding has none.
	EPSS float64
	// Exploit is exploitAvailable YES.
	Exploit bool
	Fix     bool
	// Packages lists names with versions.
	Packages []string
}

// MalwareFinding is the projection of a GuardDuty finding
// (https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html).
type MalwareFinding struct {
	// Kind is the finding's type: "Execution:Kubernetes/MaliciousFile".
	Kind  string
	Title string
	// Severity is 1 to 10.
	Severity float64
	// EKSCluster and ECSCluster are ARNs; "" where the finding is about neither.
	EKSCluster, ECSCluster inventory.UID
	// Task is the ARN of an ECS task, Instance the ID of an EC2 instance.
	Task, Instance string
	Archived       bool
}

// ImageInUseSpec is the projection of what Amazon Inspector knows of where an image runs
// (https://docs.aws.amazon.com/inspector/v2/APIReference/API_GetClustersForImage.html).
type ImageInUseSpec struct {
	Registry, Repository, Digest string
	Uses                         []ImageUse
}

// ImageUse is one place where an image runs, or ran in the last 24 hours.
type ImageUse struct {
	// Cluster is the ARN of an ECS or an EKS cluster.
	Cluster inventory.UID
	// TaskDefinition is an ARN; "" in EKS.
	TaskDefinition inventory.UID
	// Running is the number of tasks or pods.
	Running int32
}

func projectImageInUse(r *inventory.Resource, object tree.Node) {
	s := &ImageInUseSpec{}
	if a, ok := inventory.ParseARN(object.Get("resourceId").Text()); ok {
		s.Registry = a.Account
		path := strings.TrimPrefix(a.Resource, "repository/")
		if i := strings.LastIndexByte(path, '/'); i > 0 {
			s.Repository, s.Digest = path[:i], path[i+1:]
		}
	}
	for at, cluster := range each(object.Get("cluster"), "$.cluster") {
		arn := cluster.Get("clusterArn").Text()
		relate(r, inventory.InCluster, arn, at+".clusterArn")
		for n := range cluster.Get("clusterDetails").All() {
			definition := n.Get("clusterMetadata", "awsEcsMetadataDetails", "taskDefinitionArn").Text()
			u := ImageUse{Cluster: inventory.UID(arn), TaskDefinition: inventory.UID(definition)}
			u.Running, _ = number(n.Get("runningUnitCount"))
			s.Uses = append(s.Uses, u)
		}
	}
	r.Spec = s
}

func projectImages(t inventory.Type, object tree.Node) any {
	registry, repository := object.Get("registryId").Text(), object.Get("repositoryName").Text()
	switch t {
	case ECRRepository:
		return &RepositorySpec{Name: repository, URI: object.Get("repositoryUri").Text()}
	case ECRRepositoryPolicy:
		return &RepositoryPolicySpec{Registry: registry, Repository: repository, Document: policy(repository, object.Get("policyText"), "$.policyText")}
	case ECRImage:
		return &ImageSpec{Registry: registry, Repository: repository, Digest: object.Get("imageDigest").Text(), Tags: texts(object.Get("imageTags"))}
	case ECRScanFindings:
		return projectScan(object)
	case InspectorFinding:
		return projectInspector(object)
	}
	resource, service := object.Get("Resource"), object.Get("Service")
	return &MalwareFinding{
		Kind: object.Get("Type").Text(), Title: object.Get("Title").Text(), Severity: decimal(object.Get("Severity"), 0),
		EKSCluster: inventory.UID(resource.Get("EksClusterDetails", "Arn").Text()),
		ECSCluster: inventory.UID(resource.Get("EcsClusterDetails", "Arn").Text()),
		Task:       resource.Get("EcsClusterDetails", "TaskDetails", "Arn").Text(),
		Instance:   resource.Get("InstanceDetails", "InstanceId").Text(),
		Archived:   isTrue(service.Get("Archived")),
	}
}

// projectScan reads what Amazon ECR found, by its basic scan (findings) or by Amazon Inspector's
// (enhancedFindings).
func projectScan(object tree.Node) *ImageFindings {
	f := &ImageFindings{
		Registry: object.Get("registryId").Text(), Repository: object.Get("repositoryName").Text(),
		Digest: object.Get("imageId", "imageDigest").Text(),
	}
	if tag := object.Get("imageId", "imageTag").Text(); tag != "" {
		f.Tags = []string{tag}
	}
	status := object.Get("imageScanStatus", "status").Text()
	f.Complete = status == "COMPLETE" || status == "ACTIVE"
	found := object.Get("imageScanFindings")
	f.Enhanced = status == "ACTIVE" || found.Get("enhancedFindings").Exists() // a basic scan ends; an enhanced one goes on
	for path, n := range each(found.Get("findings"), "$.imageScanFindings.findings") {
		p := PackageFinding{Path: path, ID: n.Get("name").Text(), Kind: "PACKAGE_VULNERABILITY", Severity: n.Get("severity").Text(), EPSS: -1}
		var name, version string
		for a := range n.Get("attributes").All() {
			switch key, value := a.Get("key").Text(), a.Get("value").Text(); key {
			case "package_name":
				name = value
			case "package_version":
				version = value
			case "CVSS2_VECTOR", "CVSS3_VECTOR", "CVSS4_VECTOR":
				p.Vector = max(p.Vector, vectorOf(key, value)) // the newest version of CVSS sorts last
			}
		}
		if name != "" {
			p.Packages = []string{strings.TrimSpace(name + " " + version)}
		}
		f.Packages = append(f.Packages, p)
	}
	for path, n := range each(found.Get("enhancedFindings"), "$.imageScanFindings.enhancedFindings") {
		if platform := n.Get("resources").At(0).Get("details", "awsEcrContainerImage", "platform").Text(); platform != "" {
			f.Platform = platform
		}
		f.Packages = append(f.Packages, packageFinding(n, path))
	}
	return f
}

// vectorOf writes a CVSS vector with its version, which that of version 2 has not.
func vectorOf(key, value string) string {
	if key == "CVSS2_VECTOR" && !strings.HasPrefix(value, "CVSS:") {
		return "CVSS:2.0/" + strings.Trim(value, "()")
	}
	return value
}

// projectInspector reads a finding of Amazon Inspector about an image in Amazon ECR; one about something else
// has no digest (https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html).
func projectInspector(object tree.Node) *ImageFindings {
	f := &ImageFindings{Complete: object.Get("status").Text() == "ACTIVE", Enhanced: true}
	for r := range object.Get("resources").All() {
		if image := r.Get("details", "awsEcrContainerImage"); image.Exists() {
			f.Registry, f.Repository = image.Get("registry").Text(), image.Get("repositoryName").Text()
			f.Digest, f.Tags = image.Get("imageHash").Text(), texts(image.Get("imageTags"))
			f.Platform = image.Get("platform").Text()
		}
	}
	f.Packages = []PackageFinding{packageFinding(object, "$")}
	return f
}

func packageFinding(n tree.Node, path string) PackageFinding {
	details := n.Get("packageVulnerabilityDetails")
	p := PackageFinding{
		Path: path, ID: details.Get("vulnerabilityId").Text(), Kind: n.Get("type").Text(), Severity: n.Get("severity").Text(),
		EPSS: decimal(n.Get("epss", "score"), -1), Exploit: n.Get("exploitAvailable").Text() == "YES",
		Fix: n.Get("fixAvailable").Text() == "YES",
	}
	if p.ID == "" {
		p.ID, p.Titled = n.Get("title").Text(), true
	}
	for score := range details.Get("cvss").All() {
		p.Vector = max(p.Vector, score.Get("scoringVector").Text())
	}
	for v := range details.Get("vulnerablePackages").All() {
		p.Packages = append(p.Packages, strings.TrimSpace(v.Get("name").Text()+" "+v.Get("version").Text()))
	}
	return p
}

func decimal(n tree.Node, missing float64) float64 {
	v, err := strconv.ParseFloat(n.Text(), 64)
	if err != nil {
		return missing
	}
	return v
}
