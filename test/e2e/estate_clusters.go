//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/eks/types"
)

// An estateCluster is one EKS cluster of the estate. The cluster that nothing is special about has a private endpoint, a
// release in standard support, secrets under a key of the user's, an audit log, one closed node, and a Deployment whose image
// has been scanned and found to be without weakness.
type estateCluster struct {
	name   string
	change func(*eks.CreateClusterInput)
	// node changes its node; without is set where it has none that can be read.
	node    func(*ec2.RunInstancesInput, *estateNetwork)
	without bool
	// template is set where a node group with these options takes the place of the node.
	template *ec2types.LaunchTemplateInstanceMetadataOptionsRequest
	image    string // Of its Deployment; "none" is a cluster whose workloads were not read.
	mode     string // Its authentication mode, which moto does not keep: the cluster is given as a file.
	malware  string // The type of a finding of Amazon GuardDuty about it, and "archived " before it where it is.

	traits, unknown []string
}

func estateClusters() []estateCluster {
	vulnerable := "eks-container-vulnerability"
	enabled, optional := ec2types.InstanceMetadataEndpointStateEnabled, ec2types.HttpTokensStateOptional
	all := []estateCluster{
		{name: "quiet"},
		{name: "open-endpoint", change: endpoint(true, "0.0.0.0/0"), traits: []string{"eks-public-endpoint"}},
		{name: "open-endpoint-ipv6", change: endpoint(true, "203.0.113.0/24", "::/0"), traits: []string{"eks-public-endpoint"}},
		{name: "office-endpoint", change: endpoint(true, "203.0.114.0/24"), traits: []string{"eks-public-endpoint"}},
		{name: "private-endpoint-with-blocks", change: endpoint(false, "0.0.0.0/0")},
		{name: "extended-support", change: func(in *eks.CreateClusterInput) { in.Version = ptr("1.30") }, traits: []string{"eks-unsupported-version"}},
		{name: "no-key", change: func(in *eks.CreateClusterInput) { in.EncryptionConfig = nil }, traits: []string{"eks-secrets-unencrypted"}},
		{name: "no-log", change: func(in *eks.CreateClusterInput) { in.Logging = nil }, traits: []string{"eks-audit-log-disabled"}},
		{name: "other-log", change: logs(true, types.LogTypeApi, types.LogTypeAuthenticator), traits: []string{"eks-audit-log-disabled"}},
		{name: "log-off", change: logs(false, types.LogTypeAudit), traits: []string{"eks-audit-log-disabled"}},
		{name: "config-map", mode: "CONFIG_MAP", traits: []string{"eks-config-map-auth"}},
		{name: "config-map-and-api", mode: "API_AND_CONFIG_MAP"},
		{name: "node-metadata", node: metadata(enabled, optional, 1), traits: []string{"eks-node-imds-reachable"}},
		{name: "node-metadata-two-hops", node: metadata(enabled, ec2types.HttpTokensStateRequired, 2), traits: []string{"eks-node-imds-reachable"}},
		{name: "template-metadata", template: &ec2types.LaunchTemplateInstanceMetadataOptionsRequest{HttpTokens: ec2types.LaunchTemplateHttpTokensStateOptional}, traits: []string{"eks-node-imds-reachable"}},
		{name: "template-closed", template: &ec2types.LaunchTemplateInstanceMetadataOptionsRequest{
			HttpTokens: ec2types.LaunchTemplateHttpTokensStateRequired, HttpPutResponseHopLimit: ptr[int32](1),
		}},
		{name: "node-public", node: placed("public", "closed"), traits: []string{"eks-node-public-ip"}},
		{name: "without-nodes", without: true},
		{name: "image-likely-exploited", image: "likely", traits: []string{vulnerable + "-high"}},
		{name: "image-unlikely-exploited", image: "unlikely", traits: []string{vulnerable}},
		{name: "image-ended-system", image: "ended", traits: []string{vulnerable, "eks-container-eol-os"}},
		{name: "image-malicious", image: "malicious", traits: []string{"eks-container-malicious-package"}},
		{name: "image-unscanned", image: "unscanned", unknown: unscanned("eks")},
		{name: "workloads-unread", image: "none", unknown: unscanned("eks")},
		{name: "malicious-file", malware: "Execution:Kubernetes/MaliciousFile", traits: []string{"eks-malicious-file"}},
		{name: "malicious-file-archived", malware: "archived Execution:Kubernetes/MaliciousFile"},
	}
	for i := range all {
		if all[i].image == "" {
			all[i].unknown = append(all[i].unknown, "eks-container-eol-os") // as platformUnknown says
		}
	}
	return all
}

func endpoint(public bool, blocks ...string) func(*eks.CreateClusterInput) {
	return func(in *eks.CreateClusterInput) {
		in.ResourcesVpcConfig.EndpointPublicAccess, in.ResourcesVpcConfig.PublicAccessCidrs = &public, blocks
	}
}

func logs(enabled bool, kinds ...types.LogType) func(*eks.CreateClusterInput) {
	return func(in *eks.CreateClusterInput) {
		in.Logging = &types.Logging{ClusterLogging: []types.LogSetup{{Enabled: &enabled, Types: kinds}}}
	}
}

// kubernetes makes an EKS cluster with its nodes, and a snapshot of what runs in it.
func (e *estate) kubernetes(c *estateCluster) {
	e.t.Helper()
	key := "arn:aws:kms:" + awsRegion + ":" + estateAccount + ":key/0d9f4c1e-5c1b-4a52-9f4e-3a6f0e4a4b11"
	in := &eks.CreateClusterInput{
		Name: &c.name, Version: ptr("1.34"), RoleArn: ptr(estateARN("role/instances")),
		ResourcesVpcConfig: &types.VpcConfigRequest{SubnetIds: []string{e.net.subnets["private"], e.net.subnets["private-b"]}, EndpointPublicAccess: ptr(false), EndpointPrivateAccess: ptr(true)},
		EncryptionConfig:   []types.EncryptionConfig{{Resources: []string{"secrets"}, Provider: &types.Provider{KeyArn: &key}}},
	}
	logs(true, types.LogTypeAudit)(in)
	if c.change != nil {
		c.change(in)
	}
	if c.mode == "" {
		do(e.t, e.eks.CreateCluster, in)
	} else {
		e.recordCluster(c, in)
	}
	e.nodes(c)
	if c.malware != "" {
		e.recordMalware(c)
	}
	if c.image != "none" {
		e.workload(c)
	}
}

// nodes makes the node of a cluster: an instance, or a node group that has started none yet.
func (e *estate) nodes(c *estateCluster) {
	e.t.Helper()
	if c.template != nil {
		t := do(e.t, e.ec2.CreateLaunchTemplate, &ec2.CreateLaunchTemplateInput{
			LaunchTemplateName: &c.name,
			LaunchTemplateData: &ec2types.RequestLaunchTemplateData{ImageId: ptr("ami-12c6146b"), MetadataOptions: c.template},
		}).LaunchTemplate
		do(e.t, e.eks.CreateNodegroup, &eks.CreateNodegroupInput{
			ClusterName: &c.name, NodegroupName: ptr("nodes"), NodeRole: ptr(estateARN("role/instances")),
			Subnets: []string{e.net.subnets["private"]}, LaunchTemplate: &types.LaunchTemplateSpecification{Id: t.LaunchTemplateId, Version: ptr("1")},
		})
		return
	}
	if c.without {
		return
	}
	e.instance(func(in *ec2.RunInstancesInput, n *estateNetwork) {
		in.TagSpecifications = []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeInstance, Tags: []ec2types.Tag{{Key: ptr("eks:cluster-name"), Value: &c.name}}}}
		if c.node != nil {
			c.node(in, n)
		}
	})
}

// workload writes a snapshot of a cluster that runs one Deployment: only a snapshot says which cluster its objects are of.
func (e *estate) workload(c *estateCluster) {
	e.t.Helper()
	object := map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": map[string]any{"name": "web", "namespace": "web"},
		"spec": map[string]any{
			"selector": map[string]any{"matchLabels": map[string]any{"app": "web"}},
			"template": map[string]any{
				"metadata": map[string]any{"labels": map[string]any{"app": "web"}},
				"spec":     map[string]any{"containers": []any{map[string]any{"name": "web", "image": e.images[orElse(c.image, "clean")]}}},
			},
		},
	}
	text, err := json.Marshal(object)
	if err != nil {
		e.t.Fatal(err)
	}
	source := filepath.Join(e.Dir, c.name+".json")
	if err := os.WriteFile(source, text, 0o600); err != nil {
		e.t.Fatal(err)
	}
	if _, told, code := e.Merlon("collect", "--cluster-name", c.name+"."+awsRegion+"."+estateAccount, "-o", filepath.Join("given", c.name+".snapshot"), source); code != 0 {
		e.t.Fatalf("collect: exit code %d: %s", code, told)
	}
}
