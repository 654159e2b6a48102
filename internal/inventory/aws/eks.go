package aws

import (
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// EKSClusterSpec is the projection of an Amazon EKS cluster
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html).
type EKSClusterSpec struct {
	// Version is the Kubernetes release: "1.34".
	Version string
	// PublicAccess and PrivateAccess are nil where the answer does not say.
	PublicAccess, PrivateAccess *bool
	// PublicCIDRs lists who may connect; it counts only with PublicAccess, as the API still gives it without.
	PublicCIDRs []string
	VPC         string
	// Subnets and SecurityGroups are IDs; the cluster's own security group is among the latter.
	Subnets, SecurityGroups []string
	// SecretsKey is the ARN of the KMS key that encrypts Secrets; "" where AWS's own does.
	SecretsKey string
	// AnyKey is a KMS key that the cluster names, for whatever resources.
	AnyKey string
	// AuditLog is set where control-plane logging includes audit.
	AuditLog bool
	// AuthenticationMode is API, API_AND_CONFIG_MAP or CONFIG_MAP.
	AuthenticationMode string
	// Issuer is the URL of the cluster's OIDC provider, Endpoint that of its API server.
	Issuer, Endpoint string
	// Auto is set for EKS Auto Mode, where AWS runs the nodes.
	Auto    bool
	Unknown Unknown
}

func projectEKSCluster(r *inventory.Resource, object tree.Node) {
	vpc := object.Get("resourcesVpcConfig")
	c := &EKSClusterSpec{
		Version:            object.Get("version").Text(),
		PublicAccess:       optional(vpc.Get("endpointPublicAccess")),
		PrivateAccess:      optional(vpc.Get("endpointPrivateAccess")),
		PublicCIDRs:        texts(vpc.Get("publicAccessCidrs")),
		VPC:                vpc.Get("vpcId").Text(),
		Subnets:            texts(vpc.Get("subnetIds")),
		SecurityGroups:     texts(vpc.Get("securityGroupIds")),
		AuthenticationMode: object.Get("accessConfig", "authenticationMode").Text(),
		Issuer:             object.Get("identity", "oidc", "issuer").Text(),
		Endpoint:           object.Get("endpoint").Text(),
		Auto:               isTrue(object.Get("computeConfig", "enabled")),
		Unknown:            unknownFields(object),
	}
	if own := vpc.Get("clusterSecurityGroupId").Text(); own != "" {
		c.SecurityGroups = append(c.SecurityGroups, own)
	}
	for config := range object.Get("encryptionConfig").All() {
		key := config.Get("provider", "keyArn").Text()
		if slices.Contains(texts(config.Get("resources")), "secrets") {
			c.SecretsKey = key
		}
		if key != "" {
			c.AnyKey = key
		}
	}
	for setup := range object.Get("logging", "clusterLogging").All() {
		for kind := range setup.Get("types").All() {
			if kind.Text() == "audit" && isTrue(setup.Get("enabled")) {
				c.AuditLog = true
			}
		}
	}
	r.Spec = c
	relate(r, inventory.AssumesRole, object.Get("roleArn").Text(), "$.roleArn")
}

func optional(n tree.Node) *bool {
	v, ok := n.Bool()
	if !ok {
		return nil
	}
	return &v
}

// NodegroupSpec is the projection of a managed node group
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html).
type NodegroupSpec struct {
	Name string
	// Cluster is the name of the cluster; ClusterUID its ARN.
	Cluster    string
	ClusterUID inventory.UID
	// Role is the ARN of the node role.
	Role    string
	Subnets []string
	// LaunchTemplate is the ID, and TemplateVersion the version, of a template of the user's; "" without one.
	LaunchTemplate, TemplateVersion string
	Unknown                         Unknown
}

func projectNodegroup(r *inventory.Resource, object tree.Node) {
	g := &NodegroupSpec{
		Name:            object.Get("nodegroupName").Text(),
		Cluster:         object.Get("clusterName").Text(),
		Role:            object.Get("nodeRole").Text(),
		Subnets:         texts(object.Get("subnets")),
		LaunchTemplate:  object.Get("launchTemplate", "id").Text(),
		TemplateVersion: object.Get("launchTemplate", "version").Text(),
		Unknown:         unknownFields(object),
	}
	g.ClusterUID = clusterOf(r, g.Cluster)
	r.Spec = g
	relate(r, inventory.InCluster, string(g.ClusterUID), "$.clusterName")
	relate(r, inventory.AssumesRole, g.Role, "$.nodeRole")
}

// clusterOf gives the ARN of the EKS cluster of a name in the account and Region of a resource. In a plan the
// name may be the cluster's UID or ARN.
func clusterOf(r *inventory.Resource, name string) inventory.UID {
	if _, isARN := inventory.ParseARN(name); isARN || IsPlanned(name) {
		return inventory.UID(name)
	}
	a, ok := r.UID.ARN()
	if !ok || name == "" {
		return ""
	}
	return inventory.ARN{Partition: a.Partition, Service: "eks", Region: a.Region, Account: a.Account, Resource: "cluster/" + name}.UID()
}

// PodIdentitySpec is the projection of an EKS Pod Identity association.
type PodIdentitySpec struct {
	ClusterUID                inventory.UID
	Namespace, ServiceAccount string
	Role                      string
}

func projectPodIdentity(r *inventory.Resource, object tree.Node) {
	s := &PodIdentitySpec{
		ClusterUID:     clusterOf(r, object.Get("clusterName").Text()),
		Namespace:      object.Get("namespace").Text(),
		ServiceAccount: object.Get("serviceAccount").Text(),
		Role:           object.Get("roleArn").Text(),
	}
	r.Spec = s
	relate(r, inventory.InCluster, string(s.ClusterUID), "$.clusterName")
	relate(r, inventory.AssumesRole, s.Role, "$.roleArn")
}

// ClusterVersionSpec is the projection of one version of Kubernetes on Amazon EKS
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_ClusterVersionInformation.html).
type ClusterVersionSpec struct {
	Version string
	// Status is STANDARD_SUPPORT, EXTENDED_SUPPORT or UNSUPPORTED.
	Status string
	// EndOfStandard and EndOfExtended are the last moments of support; zero where the answer does not say.
	EndOfStandard, EndOfExtended time.Time
}

func projectClusterVersion(object tree.Node) *ClusterVersionSpec {
	s := &ClusterVersionSpec{Version: object.Get("clusterVersion").Text(), Status: object.Get("versionStatus").Text()}
	s.EndOfStandard = moment(object.Get("endOfStandardSupportDate"))
	s.EndOfExtended = moment(object.Get("endOfExtendedSupportDate"))
	return s
}

// moment reads a time: RFC 3339 as the CLI prints it, or seconds since 1970 as the API does.
func moment(n tree.Node) time.Time {
	if seconds, ok := n.Int(); ok {
		return time.Unix(seconds, 0).UTC()
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02"} {
		if t, err := time.Parse(layout, n.Text()); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}
