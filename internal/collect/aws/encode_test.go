package aws

import (
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	gdtypes "github.com/aws/aws-sdk-go-v2/service/guardduty/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/inspector2"
	intypes "github.com/aws/aws-sdk-go-v2/service/inspector2/types"
	"github.com/google/go-cmp/cmp"
)

func TestAnswersAreWrittenAsTheCLIPrintsThem(t *testing.T) {
	moment := time.Date(2026, 1, 2, 4, 4, 5, 250_000_000, time.FixedZone("CET", 3600))
	for name, c := range map[string]struct {
		form  form
		out   any
		whole bool
		extra map[string]string
		want  []string
	}{
		"names as they are, lists that are empty left out": {
			form{}, &ec2.DescribeVpcsOutput{
				Vpcs:      []ec2types.Vpc{{VpcId: sdk.String("vpc-1"), IsDefault: sdk.Bool(false), Tags: []ec2types.Tag{}, State: ec2types.VpcStateAvailable}},
				NextToken: sdk.String("more"),
			}, false, nil, []string{`{"Vpcs":[{"IsDefault":false,"State":"available","VpcId":"vpc-1"}]}`},
		},
		"names with a small letter first, those that users gave as they are": {
			form{camel: true}, &ecs.DescribeTaskDefinitionOutput{TaskDefinition: &ecstypes.TaskDefinition{
				Family: sdk.String("a\"b"), RegisteredAt: &moment,
				ContainerDefinitions: []ecstypes.ContainerDefinition{{
					Name: sdk.String("web"), Privileged: sdk.Bool(true), DockerLabels: map[string]string{"Z": "1", "A": "2"},
				}},
			}}, false, nil, []string{`{"taskDefinition":{"containerDefinitions":[{"cpu":0,"dockerLabels":{"A":"2","Z":"1"},"name":"web","privileged":true}],` +
				`"family":"a\"b","registeredAt":"2026-01-02T03:04:05.25Z","revision":0}}`},
		},
		"policy documents as objects": {
			form{policies: true},
			&iam.GetAccountAuthorizationDetailsOutput{RoleDetailList: []iamtypes.RoleDetail{{
				AssumeRolePolicyDocument: sdk.String("%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D"),
				RolePolicyList:           []iamtypes.PolicyDetail{{PolicyName: sdk.String("p"), PolicyDocument: sdk.String("not JSON")}},
			}}, IsTruncated: true, Marker: sdk.String("m")}, false, nil,
			[]string{`{"RoleDetailList":[{"AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[]},"RolePolicyList":[{"PolicyDocument":"not JSON","PolicyName":"p"}]}]}`},
		},
		"one of several forms": {
			form{camel: true},
			&inspector2.GetClustersForImageOutput{Cluster: []intypes.ClusterInformation{{
				ClusterArn: sdk.String("arn:a"), ClusterDetails: []intypes.ClusterDetails{{
					RunningUnitCount: sdk.Int64(2),
					ClusterMetadata:  &intypes.ClusterMetadataMemberAwsEksMetadataDetails{Value: intypes.AwsEksMetadataDetails{Namespace: sdk.String("shop")}},
				}},
			}}}, true,
			map[string]string{"resourceId": "arn:i"},
			[]string{`{"resourceId":"arn:i","cluster":[{"clusterArn":"arn:a","clusterDetails":[{"clusterMetadata":{"awsEksMetadataDetails":{"namespace":"shop"}},"runningUnitCount":2}]}]}`},
		},
		"the one name that begins with a capital letter": {
			form{camel: true}, &inspector2.ListFindingsOutput{Findings: []intypes.Finding{{
				Remediation: &intypes.Remediation{Recommendation: &intypes.Recommendation{Text: sdk.String("update"), Url: sdk.String("https://x")}},
			}}}, false, nil, []string{`{"findings":[{"remediation":{"recommendation":{"text":"update","Url":"https://x"}}}]}`},
		},
		"numbers with a fraction": {
			form{},
			&guardduty.GetFindingsOutput{Findings: []gdtypes.Finding{{Severity: sdk.Float64(8.5)}, {Severity: sdk.Float64(1e21)}}}, false, nil,
			[]string{`{"Findings":[{"Severity":8.5},{"Severity":1000000000000000000000}]}`},
		},
		"a part of several answers": {
			form{}, &struct{ PrefixLists []prefixList }{[]prefixList{{
				ec2types.ManagedPrefixList{PrefixListId: sdk.String("pl-1")}, []ec2types.PrefixListEntry{{Cidr: sdk.String("10.0.0.0/8")}},
			}}}, false, nil, []string{`{"PrefixLists":[{"PrefixListId":"pl-1","Entries":[{"Cidr":"10.0.0.0/8"}]}]}`},
		},
		"nothing": {form{}, &ec2.DescribeVpcsOutput{Vpcs: []ec2types.Vpc{}}, false, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for document := range c.form.documents(c.out, c.whole, c.extra) {
				got = append(got, string(document))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestALongListBecomesSeveralDocuments(t *testing.T) {
	out := &ec2.DescribeVpcsOutput{Vpcs: make([]ec2types.Vpc, 2*perDocument+1)}
	var sizes []int
	for document := range (form{}).documents(out, false, nil) {
		sizes = append(sizes, strings.Count(string(document), "{")-1)
	}
	if diff := cmp.Diff([]int{perDocument, perDocument, 1}, sizes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestImagesOfAmazonECR(t *testing.T) {
	const id = "123456789012"
	for text, want := range map[string]image{
		id + ".dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4":      {repository{id, "eu-west-1", "shop/web"}, "", "1.4"},
		id + ".dkr.ecr.eu-west-1.amazonaws.com/web":               {repository{id, "eu-west-1", "web"}, "", "latest"},
		id + ".dkr.ecr.eu-west-1.amazonaws.com/web:1.4@sha256:ab": {repository{id, "eu-west-1", "web"}, "sha256:ab", ""},
		id + ".dkr.ecr.cn-north-1.amazonaws.com.cn/web@sha256:ab": {repository{id, "cn-north-1", "web"}, "sha256:ab", ""},
		id + ".dkr.ecr-fips.us-gov-west-1.amazonaws.com/web:1":    {repository{id, "us-gov-west-1", "web"}, "", "1"},
		id + ".dkr-ecr.eu-west-1.on.aws/web:1":                    {repository{id, "eu-west-1", "web"}, "", "1"},
		"public.ecr.aws/nginx/nginx:1":                            {},
		"nginx":                                                   {},
		"docker.io/library/nginx":                                 {},
		"12345678901x.dkr.ecr.eu-west-1.amazonaws.com/web:1":      {},
		id + ".dkr.ecr.eu-west-1.amazonaws.com/":                  {},
		id + ".dkr.ecr.eu-west-1.amazonaws.example.com/web":       {repository{id, "eu-west-1", "web"}, "", "latest"},
	} {
		if got, _ := parseImage(text); got != want {
			t.Errorf("%s: %+v, want %+v", text, got, want)
		}
	}
	got, ok := imageOf("arn:aws:ecr:eu-west-1:" + id + ":repository/shop/web/sha256:ab")
	if want := (image{repository{id, "eu-west-1", "shop/web"}, "sha256:ab", ""}); !ok || got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	for _, text := range []string{"", "arn:aws:ecr:eu-west-1:" + id + ":repository/shop", "arn:aws:lambda:eu-west-1:" + id + ":function:x"} {
		if _, ok := imageOf(text); ok {
			t.Errorf("%q is no image", text)
		}
	}
}

// TestStepsStandInTheirOrder makes sure that each step stands after those that it waits for, and waits for no step of
// another kind of place.
func TestStepsStandInTheirOrder(t *testing.T) {
	global := map[string]bool{}
	all := steps()
	for _, s := range all {
		for _, earlier := range append(s.after, s.then...) {
			isGlobal, ok := global[earlier]
			if !ok || isGlobal != s.global {
				t.Errorf("%s waits for %s, which does not stand before it in the same place", s.name, earlier)
			}
		}
		if _, again := global[s.name]; again {
			t.Errorf("there are two steps %s", s.name)
		}
		global[s.name] = s.global
		if len(s.calls) == 0 || len(loses(all, s.name)) == 0 {
			t.Errorf("%s calls nothing, or nothing comes of it", s.name)
		}
	}
}
