package manifest_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/schema"
)

// secretPlaces are answers with a secret in every place where AWS has room for one; %s is where it stands.
func secretPlaces() []string {
	const (
		service    = `services: [{serviceArn: "arn:aws:ecs:eu-west-1:111122223333:service/shop/web", serviceName: web, `
		definition = `taskDefinition: {taskDefinitionArn: "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7", family: web, `
		container  = definition + `containerDefinitions: [{name: web, image: nginx, `
		cluster    = `cluster: {name: shop, arn: "arn:aws:eks:eu-west-1:111122223333:cluster/shop", version: "1.34", `
		threat     = `Findings: [{Arn: "arn:aws:guardduty:eu-west-1:111122223333:detector/0/finding/1", Id: "1", Type: "Execution:Kubernetes/MaliciousFile", `
		template   = `LaunchTemplateVersions: [{LaunchTemplateId: lt-1, VersionNumber: 1, LaunchTemplateData: {`
	)
	return []string{
		service + `tags: [{key: DB_PASSWORD, value: %s}]}]`,
		service + `tags: {DB_PASSWORD: %s}}]`,
		service + `tags: {password: {nested: %s}}}]`,
		service + `serviceConnectConfiguration: {logConfiguration: {logDriver: splunk, options: {splunk-token: %s}}}}]`,
		definition + `containerDefinitions: [], proxyConfiguration: {properties: [{name: AppPassword, value: %s}]}}`,
		definition + `containerDefinitions: [], volumes: [{name: v, dockerVolumeConfiguration: {driverOpts: {o: "username=u,password=%s"}, labels: {api_key: %[1]s}}}]}`,
		container + `environment: [{name: A, value: %s}]}]}`,
		container + `secrets: [{name: P, valueFrom: %s}]}]}`,
		container + `secrets: [{name: P, value: %s}, %[1]s]}]}`,
		container + `logConfiguration: {secretOptions: [{name: P, valueFrom: %s}]}}]}`,
		container + `dockerLabels: {db.password: %s, com.x: "password=%[1]s"}}]}`,
		container + `dockerSecurityOptions: ["credentialspec:%s"], credentialSpecs: ["CredentialSpecDomainless:%[1]s"]}]}`,
		container + `firelensConfiguration: {type: fluentbit, options: {HTTP_Passwd: %s}}}]}`,
		cluster + `connectorConfig: {activationId: x, activationCode: %s}}`,
		`addon: {addonName: x, addonArn: "arn:aws:eks:eu-west-1:111122223333:addon/shop/x/1", clusterName: shop, configurationValues: '{"env":[{"name":"DB_PASSWORD","value":"%s"}]}'}`,
		`Reservations: [{OwnerId: "111122223333", Instances: [{InstanceId: i-1, Tags: [{Key: admin_password, Value: %s}]}]}]`,
		template + `UserData: %s}}]`,
		template + `TagSpecifications: [{ResourceType: instance, Tags: [{Key: db_password, Value: %s}]}]}}]`,
		threat + `Service: {Archived: false, RuntimeDetails: {Context: {CommandLineExample: "mysql -p%s"}}}}]`,
		threat + `Service: {Archived: false}, Resource: {Tags: [{Key: password, Value: %s}], AccessKeyDetails: {AccessKeyId: %[1]s}, KubernetesDetails: {Env: %[1]s}}}]`,
		threat + `Service: {Archived: false}, Resource: {EksClusterDetails: {Arn: {x: %s}, Tags: [{Key: a, Value: %[1]s}]}, InstanceDetails: %[1]s}}]`,
		threat + `Service: {Archived: false}, Description: "%s"}]`,
	}
}

func TestNoSecretOfAnAnswerGetsIntoASnapshot(t *testing.T) {
	const canary = "x7Gq-2vLw-99rT-aa07"
	for _, answer := range secretPlaces() {
		text := snapshot(t, fmt.Sprintf(answer, canary))
		if strings.Contains(text, canary) {
			t.Errorf("the secret is in the snapshot of %s", answer)
		}
	}
}

func TestWhatIsNoSecretStays(t *testing.T) {
	for answer, kept := range map[string][]string{
		fmt.Sprintf(secretPlaces()[0], "x7Gq-2vLw-99rT-aa07"): {`DB_PASSWORD`},
		`taskDefinition: {taskDefinitionArn: "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:7", tags: {environment: live}, containerDefinitions: [{name: web, secrets: [
  {name: A, valueFrom: "arn:aws:ssm:eu-west-1:111122223333:parameter/shop1"}, {name: B, valueFrom: /shop/db1}, {name: C, valueFrom: DB_PASSWORD}],
  dockerSecurityOptions: [no-new-privileges, "credentialspec:arn:aws:s3:::shop/spec.json"]}]}`: {
			"parameter/shop1", `"/shop/db1"`, `"valueFrom":"DB_PASSWORD"`, "no-new-privileges", "arn:aws:s3:::shop/spec.json", `"environment":"live"`,
		},
		`Findings: [{Arn: "arn:aws:guardduty:eu-west-1:111122223333:detector/0/finding/1", Id: "1", Type: "Execution:EC2/MaliciousFile", Title: Found, Severity: 8,
  Service: {Archived: true}, Resource: {InstanceDetails: {InstanceId: i-1}, EksClusterDetails: {Arn: "arn:aws:eks:eu-west-1:111122223333:cluster/shop"}}}]`: {
			"Execution:EC2/MaliciousFile", "Found", `"Archived":true`, "i-1", "cluster/shop",
		},
	} {
		text := snapshot(t, answer)
		for _, want := range kept {
			if !strings.Contains(text, want) {
				t.Errorf("%s is not in the snapshot %s", want, text)
			}
		}
	}
}

// snapshot writes the resources of an answer to a snapshot, and gives what is in it and in the projections.
func snapshot(t *testing.T, answer string) string {
	t.Helper()
	folder(t, map[string]string{"answer.yaml": answer})
	res := read(t, manifest.Options{Paths: []string{"answer.yaml"}})
	if len(res.Resources) != 1 {
		t.Fatalf("%d resources in %s", len(res.Resources), answer)
	}
	var packed bytes.Buffer
	if err := inventory.WriteSnapshot(&packed, inventory.Header{TakenAt: time.Unix(0, 0)}, schema.NewView(res.Sources, res.Resources)); err != nil {
		t.Fatal(err)
	}
	unpacked, err := zstd.NewReader(&packed)
	if err != nil {
		t.Fatal(err)
	}
	defer unpacked.Close()
	text, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s %+v %+v", text, res.Resources[0].Spec, res.Resources[0].Labels)
}
