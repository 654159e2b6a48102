package finding

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

func yes() *bool { b := true; return &b }

// fullThreat is a finding in which every field is set, as none is in earnest.
func fullThreat() *Threat {
	at := time.Date(2026, 11, 21, 8, 30, 0, 123456789, time.UTC)
	return &Threat{
		Count: 3, First: at.Add(-time.Hour), Last: at, Archived: 1,
		Detection: Detection{
			ID: "0a", FindingID: "9bc2f1d3a7e4466f8a0d1c2b3e4f5a60", Type: "PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated",
			Severity: SeverityHigh, Title: "Role bound", Text: lang.Text{EN: "Role bound", ES: "Rol vinculado", PT: "Role vinculada"}, At: at,
			Cluster: "shop.eu-west-1.111122223333",
			Actor: Actor{
				Username: "alice", UID: "aws-iam-authenticator:111122223333:AROAEXAMPLE", Groups: []string{"devs", "system:authenticated"},
				ARN: "arn:aws:sts::111122223333:assumed-role/dev/alice", SessionName: "alice", AccessKeyID: "ASIAEXAMPLE", Pod: "shop/web-0",
				Impersonated: &Actor{Username: "admin", Groups: []string{"system:masters"}},
			},
			Resource: DetectedObject{
				UID:  "k8s://shop/rbac.authorization.k8s.io/ClusterRoleBinding/_/eve",
				Type: "k8s/rbac.authorization.k8s.io/ClusterRoleBinding", Name: "eve", Namespace: "shop",
			},
			Call: APICall{
				Verb: "create", Resource: "clusterrolebindings", Subresource: "status", Name: "eve", Namespace: "shop",
				RequestURI: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?dryRun=All", UserAgent: "kubectl/v1.35.0", Parameters: "dryRun=All",
				SourceIPs: []string{"203.0.113.7", "10.0.0.1"}, StatusCode: 201, Command: "sh (sha256 0000)",
			},
			Workload: &WorkloadDetails{
				Type: "deployments", Name: "web", Namespace: "shop", UID: "u-1", HostNetwork: true, HostPID: true, HostIPC: true, ServiceAccount: "web",
				Containers: []ContainerDetails{{
					Name: "web", Image: "registry.example/shop/web:1", ImagePrefix: "registry.example/shop", Privileged: true, AllowPrivilegeEscalation: yes(),
					Mounts: []MountDetails{{"root", "/host"}},
				}},
				Volumes: []HostVolumeDetails{{"root", "/"}, {"tmp", ""}},
			},
			Binding:    &BindingDetails{Kind: "ClusterRoleBinding", Name: "eve", UID: "u-2", RoleKind: "ClusterRole", RoleName: "cluster-admin", Subjects: []string{"User:eve"}},
			Role:       &RoleDetails{"ClusterRole", "all", "u-3"},
			Permission: &PermissionDetails{"get", "secrets", "shop", yes()},
			Why:        []Reason{{"succeeded", []RecordField{{"$.responseStatus.code", "201"}}}},
			Window:     &Window{Count: 4, Of: "objectRef.name", Within: 300, First: at.Add(-time.Minute), Examples: []string{"a", "b"}},
			Lists:      []ListMatch{{"intel", "custom", "203.0.113.7"}},
			Anomaly: &Anomaly{
				Unusual: []ProfileFit{
					{"role", "user", "cluster-admin", 0, 40, []string{"view"}},
					{"image", "cluster", "evil:1", 1, 1000, nil},
					{"image", "cluster", "evil:2", 0, 1000, nil},
				},
				Usual: []ProfileFit{{"namespace", "user", "shop", 39, 40, nil}},
				Since: at.Add(-240 * time.Hour),
			},
			Sequence: &Sequence{
				Around: "actor", Subject: "alice", Tactics: []string{"Discovery", "PrivilegeEscalation"},
				Signals: []Signal{{
					"f1", "Discovery:Kubernetes/TorIPCaller", SeverityMedium, 2, at.Add(-time.Hour), at, "alice", "203.0.113.7",
					"deployments shop/web",
				}},
			},
			AuditID: "a-1", Source: inventory.Origin{File: "audit.log", Line: 7},
		},
	}
}

// The SDK is GuardDuty's own reader: what it does not take over, no tool that is built on it sees.
func TestTheSDKReadsEveryFieldOfAFinding(t *testing.T) {
	ours := fullThreat().GuardDuty(GuardDutyIdentity{DetectorID: "d12"})
	body, err := json.Marshal(map[string]any{"findings": []any{ours}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, string(body))
	}))
	defer server.Close()
	client := guardduty.New(guardduty.Options{
		Region: "eu-west-1", BaseEndpoint: &server.URL, Credentials: credentials.NewStaticCredentialsProvider("AKIAEXAMPLE", "secret", ""),
	})
	out, err := client.GetFindings(t.Context(), &guardduty.GetFindingsInput{DetectorId: aws.String("d12"), FindingIds: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	var sent struct{ Findings []any }
	if err := json.Unmarshal(body, &sent); err != nil {
		t.Fatal(err)
	}
	leaves := 0
	compareWithSDK(t, "", sent.Findings[0], reflect.ValueOf(out.Findings[0]), &leaves)
	if leaves < 110 {
		t.Errorf("only %d values were compared", leaves)
	}
	for _, name := range GuardDutyFields() {
		if p, _ := fieldPathOf(name); len(p.values(ours)) == 0 && name != "service.action.kubernetesApiCallAction.remoteIpDetails.ipAddressV6" {
			t.Errorf("%s is not filled", name)
		}
	}
}

// compareWithSDK looks for each value of our JSON in the SDK's struct.
func compareWithSDK(t *testing.T, path string, ours any, sdk reflect.Value, leaves *int) {
	t.Helper()
	for sdk.Kind() == reflect.Pointer {
		if sdk.IsNil() {
			t.Errorf("%s did not arrive", path)
			return
		}
		sdk = sdk.Elem()
	}
	switch ours := ours.(type) {
	case map[string]any:
		for key, value := range ours {
			at := path + "." + key
			switch {
			case sdk.Kind() == reflect.Map:
				compareWithSDK(t, at, value, sdk.MapIndex(reflect.ValueOf(key)), leaves)
			case at == ".service.additionalInfo.threatListName": // EventBridge and the console have it; the SDK reads the text beside it.
			default:
				name := key
				if key == "type" && sdk.Type() == reflect.TypeFor[types.KubernetesWorkload]() {
					name = "KubernetesResourcesTypes"
				}
				field := sdk.FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, name) })
				if !field.IsValid() {
					t.Errorf("the SDK has no field %s", at)
					continue
				}
				compareWithSDK(t, at, value, field, leaves)
			}
		}
	case []any:
		if sdk.Len() != len(ours) {
			t.Errorf("%s has %d elements, not %d", path, sdk.Len(), len(ours))
			return
		}
		for i, value := range ours {
			compareWithSDK(t, fmt.Sprintf("%s[%d]", path, i), value, sdk.Index(i), leaves)
		}
	default:
		*leaves++
		got := fmt.Sprint(sdk.Interface())
		if moment, ok := sdk.Interface().(time.Time); ok {
			got = Epoch{moment}.String()
			ours = strings.TrimSpace(fmt.Sprintf("%.3f", ours))
		}
		if got != fmt.Sprint(ours) {
			t.Errorf("%s is %q, not %q", path, got, fmt.Sprint(ours))
		}
	}
}

func TestGuardDutyLeavesOutWhatIsNotKnown(t *testing.T) {
	f := (&Threat{Count: 1, Detection: Detection{FindingID: "f", Type: "Discovery:Kubernetes/X", Severity: SeverityLow, Title: "X", Cluster: "kind"}}).GuardDuty(GuardDutyIdentity{})
	got, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"schemaVersion":"2.0","id":"f","type":"Discovery:Kubernetes/X","resource":{"resourceType":"EKSCluster","eksClusterDetails":{"name":"kind"}},` +
		`"service":{"serviceName":"merlon","resourceRole":"TARGET","additionalInfo":{"value":"{}","type":"default"},"archived":false,"count":1},` +
		`"severity":2,"title":"X","description":"Someone made a request"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAccessKeyDetails(t *testing.T) {
	for _, c := range []struct {
		actor Actor
		want  GuardDutyAccessKey
	}{
		{Actor{ARN: "arn:aws:sts::111122223333:assumed-role/ops/i-1", UID: "aws-iam-authenticator:111122223333:AROAX", AccessKeyID: "ASIAX"}, GuardDutyAccessKey{"ASIAX", "AROAX:i-1", "AssumedRole", "ops"}},
		{Actor{ARN: "arn:aws:iam::111122223333:user/team/bob", UID: "aws-iam-authenticator:111122223333:AIDAX"}, GuardDutyAccessKey{"", "AIDAX", "IAMUser", "bob"}},
		{Actor{ARN: "arn:aws-cn:iam::111122223333:root"}, GuardDutyAccessKey{"", "", "Root", "root"}},
	} {
		if got := accessKeyOf(&c.actor); got == nil || *got != c.want {
			t.Errorf("%s: got %+v", c.actor.ARN, got)
		}
	}
	for _, arn := range []string{"", "alice", "arn:aws:s3:::bucket"} {
		if got := accessKeyOf(&Actor{ARN: arn}); got != nil {
			t.Errorf("%q: got %+v", arn, got)
		}
	}
}

func TestClusterOf(t *testing.T) {
	for name, want := range map[string]string{
		"shop.eu-west-1.111122223333":                             "arn:aws:eks:eu-west-1:111122223333:cluster/shop",
		"shop.cn-north-1.111122223333":                            "arn:aws-cn:eks:cn-north-1:111122223333:cluster/shop",
		"arn:aws-us-gov:eks:us-gov-west-1:111122223333:cluster/a": "arn:aws-us-gov:eks:us-gov-west-1:111122223333:cluster/a",
		"shop":  "arn:aws:eks:eu-central-1:444455556666:cluster/shop",
		"a.b.c": "arn:aws:eks:eu-central-1:444455556666:cluster/a.b.c",
	} {
		if got := clusterOf(name, GuardDutyIdentity{AccountID: "444455556666", Region: "eu-central-1"}).arn(); got != want {
			t.Errorf("%s: got %s", name, got)
		}
	}
	if got := clusterOf("shop", GuardDutyIdentity{}).arn(); got != "" {
		t.Errorf("without an account: %s", got)
	}
}

// Request headers say what the caller likes; what a list holds is told nevertheless.
func TestTheAddressOfADetection(t *testing.T) {
	listed := Reason{"on-threat-list", []RecordField{{"$.sourceIPs[0]", "203.0.113.7"}}}
	succeeded := Reason{"succeeded", []RecordField{{"$.responseStatus.code", "200"}}}
	for name, test := range map[string]struct {
		addresses []string
		why       []Reason
		want      string
	}{
		"what headers say is not believed":   {[]string{"203.0.113.7", "198.51.100.1"}, []Reason{succeeded}, "198.51.100.1"},
		"a listed address that a proxy told": {[]string{"203.0.113.7", "198.51.100.1"}, []Reason{succeeded, listed}, "203.0.113.7"},
		"a record that does not tell any":    {nil, []Reason{succeeded}, ""},
		"one address":                        {[]string{"198.51.100.1"}, nil, "198.51.100.1"},
	} {
		t.Run(name, func(t *testing.T) {
			d := Detection{Call: APICall{SourceIPs: test.addresses}, Why: test.why, Lists: []ListMatch{{"intel", "threat", "203.0.113.7"}}}
			if got := d.Address(); got != test.want {
				t.Errorf("it is from %q, want %q", got, test.want)
			}
		})
	}
}

func TestGuardDutyHasNoNameOfAClusterThatNobodyTold(t *testing.T) {
	f := (&Threat{Count: 1, Detection: Detection{Cluster: "files"}}).GuardDuty(GuardDutyIdentity{AccountID: "111122223333", Region: "eu-west-1", Unnamed: "files"})
	if f.Resource.EKSCluster != nil {
		t.Errorf("the cluster is %v", f.Resource.EKSCluster)
	}
	f = (&Threat{Count: 1, Detection: Detection{Cluster: "prod"}}).GuardDuty(GuardDutyIdentity{Unnamed: "files"})
	if f.Resource.EKSCluster == nil || f.Resource.EKSCluster.Name != "prod" {
		t.Errorf("the cluster is %v", f.Resource.EKSCluster)
	}
}
