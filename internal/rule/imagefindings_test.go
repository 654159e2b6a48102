package rule_test

import (
	"context"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
)

func TestATagIsTheImageThatTheRegistrySays(t *testing.T) {
	const (
		image   = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4"
		finding = `{findings: [{findingArn: "arn:aws:inspector2:REGION:111122223333:finding/1", status: ACTIVE, type: PACKAGE_VULNERABILITY, resources: [{details: {awsEcrContainerImage: {registry: "111122223333", repositoryName: shop/web, imageHash: "sha256:old", imageTags: ["1.4"]}}}]}]}`
	)
	details := func(digest string) string {
		return "\n---\n" + `{imageDetails: [{registryId: "111122223333", repositoryName: shop/web, imageDigest: "` + digest + `", imageTags: ["1.4"]}]}`
	}
	here := strings.ReplaceAll(finding, "REGION", "eu-west-1")
	for name, c := range map[string]struct {
		yaml  string
		found bool
	}{
		"a finding alone":               {here, true},
		"a finding of another Region":   {strings.ReplaceAll(finding, "REGION", "us-east-1"), false},
		"a tag that moved":              {here + details("sha256:new"), false},
		"a tag that the registry knows": {here + details("sha256:old"), true},
	} {
		read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(c.yaml)})
		if err != nil {
			t.Fatal(err)
		}
		scans := (&rule.World{Inventory: inventory.NewView(read.Sources, read.Resources)}).ImageScans(image)
		if len(scans) != 1 || (scans[0] != nil) != c.found {
			t.Errorf("%s: %v", name, scans)
		}
		if c.found && (scans[0].Scanned || len(scans[0].Found) != 1) {
			t.Errorf("%s: one finding is not a whole scan: %+v", name, scans[0])
		}
	}
}
