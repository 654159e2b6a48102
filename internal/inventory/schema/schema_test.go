package schema_test

import (
	"context"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/schema"
)

const (
	eks  = inventory.UID("arn:aws:eks:eu-west-1:111122223333:cluster/shop")
	node = `apiVersion: v1
kind: Node
metadata: {name: worker}
spec: {providerID: "aws:///eu-west-1a/i-0123456789abcdef0"}
`
	cluster = `cluster:
  name: shop
  arn: arn:aws:eks:eu-west-1:111122223333:cluster/shop
  version: "1.34"
`
)

// instance is the answer of describe-instances for one with these tags.
func instance(tags string) string {
	return `Reservations:
- OwnerId: "111122223333"
  Instances:
  - InstanceId: i-0123456789abcdef0
    Placement: {AvailabilityZone: eu-west-1a}
    Tags: [` + tags + `]
`
}

func TestAKubernetesClusterIsFoundToBeAnEKSCluster(t *testing.T) {
	for _, c := range []struct {
		name, clusterName string
		input             []string
		want              inventory.UID
	}{
		{"by the tag of a node's instance", "files", []string{cluster, node, instance("{Key: 'eks:cluster-name', Value: shop}")}, eks},
		{"by the tag that owners of old use", "files", []string{cluster, node, instance("{Key: kubernetes.io/cluster/shop, Value: owned}")}, eks},
		{"by its name, Region and account", "shop.eu-west-1.111122223333", []string{cluster, node}, eks},
		{"not where the instance belongs to another", "files", []string{cluster, node, instance("{Key: 'eks:cluster-name', Value: other}")}, "k8s://files"},
		{"not where the instance only shares the cluster's subnets", "files", []string{cluster, node, instance("{Key: kubernetes.io/cluster/shop, Value: shared}")}, "k8s://files"},
		{"not without the cluster", "files", []string{node, instance("{Key: 'eks:cluster-name', Value: shop}")}, "k8s://files"},
	} {
		t.Run(c.name, func(t *testing.T) {
			read, err := manifest.Read(context.Background(), manifest.Options{
				Paths: []string{"-"}, Stdin: strings.NewReader(strings.Join(c.input, "---\n")), Cluster: c.clusterName,
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := schema.Cluster(schema.NewView(read.Sources, read.Resources), c.clusterName); got != c.want {
				t.Errorf("the cluster is %s, want %s", got, c.want)
			}
		})
	}
}
