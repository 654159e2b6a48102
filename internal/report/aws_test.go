package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// scanOf assesses a file of testdata with the rules of the catalogue.
func scanOf(t *testing.T, name, cluster string) *finding.Scan {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(string(data)), Cluster: cluster})
	if err != nil {
		t.Fatal(err)
	}
	world := &rule.World{Inventory: schema.NewView(read.Sources, read.Resources)}
	assessed := evaluate.Traits(world, catalog.All())
	found := correlate.Exposures(correlate.Input{World: world, Traits: assessed.Traits, Rules: catalog.All()})
	return &finding.Scan{
		Schema: finding.ScanSchema, Tool: inventory.Tool{Version: "0.1.0"}, ScannedAt: time.Date(2026, 11, 21, 22, 4, 5, 0, time.UTC),
		Sources: read.Sources, Resources: finding.ResourceCount{Total: len(read.Resources)},
		Exposures: found.Exposures, FewestFixes: found.FewestFixes,
	}
}

// shipped gives the texts of the catalogue's rules.
func shipped(id string) (RuleTexts, bool) {
	for _, r := range catalog.All() {
		if r.ID == id {
			return RuleTexts{Title: r.Title, Why: r.Why, Fix: r.Fix, References: r.References}, true
		}
	}
	return RuleTexts{}, false
}

const eksCluster = "shop.eu-west-1.111122223333"

func TestAWSGolden(t *testing.T) {
	takeover, eks := scanOf(t, "takeover.yaml", ""), scanOf(t, "eks.yaml", eksCluster)
	for _, tt := range []struct {
		name, format string
		scan         *finding.Scan
		o            Options
	}{
		{"table-takeover-en.golden", "table", takeover, Options{}},
		{"table-takeover-es.golden", "table", takeover, Options{Lang: lang.ES}},
		{"table-takeover-pt-120.golden", "table", takeover, Options{Lang: lang.PT, Width: 120}},
		{"table-eks-en.golden", "table", eks, Options{}},
		{"markdown-takeover-en.golden", "markdown", takeover, Options{}},
		{"sarif-takeover-en.golden", "sarif", takeover, Options{}},
		{"ocsf-takeover-en.golden", "ocsf", takeover, Options{}},
		{"ocsf-eks-en.golden", "ocsf", eks, Options{}},
		{"junit-takeover-en.golden", "junit", takeover, Options{}},
		{"github-takeover-en.golden", "github", takeover, Options{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Rules = shipped
			golden(t, tt.name, render(t, tt.format, tt.scan, tt.o))
		})
	}
	for name, l := range map[string]lang.Lang{
		"explain-takeover-en.golden": lang.EN, "explain-takeover-es.golden": lang.ES, "explain-takeover-pt.golden": lang.PT,
	} {
		t.Run(name, func(t *testing.T) {
			golden(t, name, explain(t, takeover, &takeover.Exposures[1], Options{Lang: l}))
		})
	}
}

func TestAnEKSClusterListsWhatIsInIt(t *testing.T) {
	s := scanOf(t, "eks.yaml", eksCluster)
	at := slices.IndexFunc(s.Exposures, func(e finding.Exposure) bool { return e.Resource.Type == aws.EKSCluster })
	for name, l := range map[string]lang.Lang{"explain-eks-en.golden": lang.EN, "explain-eks-es.golden": lang.ES, "explain-eks-pt.golden": lang.PT} {
		golden(t, name, explain(t, s, &s.Exposures[at], Options{Lang: l}))
	}
	page := string(render(t, "html", s, Options{Rules: shipped}))
	web := s.Exposures[1-at]
	if want := `<a href="#` + web.UID[:12] + `">shop/Deployment/web</a>`; !strings.Contains(page, want) {
		t.Errorf("the page has no link %s from the cluster to its workload", want)
	}
	for i := range 12 {
		e := web
		e.UID = fmt.Sprintf("exp-%08x", i)
		e.Resource.Name = fmt.Sprintf("web-%d", i)
		e.Resource.UID = inventory.UID(string(web.Resource.UID) + e.Resource.Name)
		s.Exposures = append(s.Exposures, e)
	}
	out := explain(t, s, &s.Exposures[at], Options{})
	if n := strings.Count(string(out), "  high  "); n != beneathShown || !strings.Contains(string(out), "and 3 more") {
		t.Errorf("of 13 exposures in the cluster it lists %d, and says how many more there are:\n%s", n, out)
	}
}

func TestAccountsAndRegionsStandWhereTheyDiffer(t *testing.T) {
	s := scanOf(t, "takeover.yaml", "")
	if out := string(render(t, "table", s, Options{})); !strings.Contains(out, "\n  ECS service shop/ci ") || strings.Count(out, "111122223333") != 1 {
		t.Errorf("the account of one account's services stands in the header alone:\n%s", out)
	}
	moved := &s.Exposures[1].Resource
	moved.Account, moved.UID = "444455556666", inventory.UID(strings.Replace(string(moved.UID), "111122223333", "444455556666", 1))
	out := string(render(t, "table", s, Options{}))
	for _, want := range []string{"AWS 111122223333, 444455556666 eu-west-1", "\n  111122223333: ECS service shop/", "\n  444455556666: ECS service shop/"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

func TestTheHeadlineSaysWhoHandsOverWhat(t *testing.T) {
	const service = "arn:aws:ecs:eu-west-1:111122223333:service/shop/"
	of := func(uid inventory.UID, typ inventory.Type, hands target, sure certainty) *item {
		return &item{Exposure: &finding.Exposure{Resource: finding.ExposedResource{UID: uid, Type: typ}}, hands: hands, sure: sure}
	}
	web := of("k8s://files/apps/Deployment/shop/web", "k8s/apps/Deployment", node, certain)
	api := of(service+"api", "AWS::ECS::Service", node, certain)
	jobs := of(service+"jobs", "AWS::ECS::Service", account, certain)
	planned := of("tf://aws_ecs_service.web", "AWS::ECS::Service", role, possible)
	eks := of("arn:aws:eks:eu-west-1:111122223333:cluster/shop", "AWS::EKS::Cluster", nothing, notKnown)
	for _, tt := range []struct {
		name string
		main []*item
		want string
	}{
		{"a workload", []*item{web}, "1 workload hands its node to whoever gets inside."},
		{"services", []*item{api, jobs, eks}, "2 services hand their container instances or the AWS account to whoever gets inside."},
		{"both", []*item{web, api}, "1 workload and 1 service hand their nodes or their container instances to whoever gets inside."},
		{"nothing", []*item{eks}, "As far as is known, nothing hands over the machine it runs on, the cluster or the AWS account."},
		{"a role, perhaps", []*item{planned}, "1 service may hand credentials of another IAM role to whoever gets inside: what was read does not settle it."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			table := tableOf(&finding.Scan{}, Options{})
			table.main = tt.main
			for _, it := range tt.main {
				table.resources[it.Resource.UID] = &it.Resource
			}
			if got := table.headlines()[0]; got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestTheMapOfATakeoverLeadsForward(t *testing.T) {
	m := mapped(t, scanOf(t, "takeover.yaml", ""), Options{Rules: shipped})
	columns := map[string]int{}
	for _, p := range m.Wide.Places {
		columns[p.Full] = p.X
	}
	order := []string{"the internet", "ECS service shop/ci", "a container instance of the cluster shop", "IAM role billing", "the AWS account 111122223333"}
	for i, name := range order {
		if x, drawn := columns[name]; !drawn || i > 0 && x <= columns[order[i-1]] {
			t.Errorf("%s is drawn %v at %d, and must be right of what leads there: %v", name, drawn, x, columns)
		}
	}
	if got := strings.Join(labels(m.Tall), "\n"); !strings.Contains(got, "target shop its container instance") || !strings.Contains(got, "target the AWS account 111122223333") {
		t.Errorf("the places are\n%s", got)
	}
}

func TestServicesAreFoundByClusterAndARN(t *testing.T) {
	page := render(t, "html", scanOf(t, "takeover.yaml", ""), Options{Rules: shipped})
	var ix htmlIndex
	if err := json.Unmarshal(indexElement.FindSubmatch(page)[1], &ix); err != nil {
		t.Fatal(err)
	}
	if want := []string{"ECS cluster shop"}; !slices.Equal(ix.Namespaces, want) {
		t.Errorf("the groups are %q, want %q", ix.Namespaces, want)
	}
	if want := "ECS service shop/billing arn:aws:ecs:eu-west-1:111122223333:service/shop/billing"; !slices.Contains(ix.Names, want) {
		t.Errorf("found by %q, and not by %q", ix.Names, want)
	}
	if !bytes.Contains(page, []byte("All namespaces and clusters")) {
		t.Error("the choice does not say that there are clusters")
	}
}

func TestAnEKSClusterTellsWhatIsExposedInIt(t *testing.T) {
	s := scanOf(t, "eks.yaml", eksCluster)
	for _, e := range s.Exposures {
		if e.Resource.Type == "AWS::EKS::Cluster" && e.Resource.UIDAlt != inventory.ClusterUID(eksCluster) {
			t.Errorf("the cluster's other UID is %q", e.Resource.UIDAlt)
		}
	}
	for _, format := range []string{"table", "html", "markdown"} {
		if out := unglued(string(render(t, format, s, Options{Rules: shipped}))); !strings.Contains(out, "1 exposure in it: 1 high") {
			t.Errorf("%s does not say it:\n%s", format, out)
		}
	}
}

func TestARoleOfATemplateIsKnownByTheStepThatLeadsThere(t *testing.T) {
	const service, unnamed = "cfn://shop.yaml/Web", "cfn://shop.yaml/Role"
	e := finding.Exposure{Severity: finding.SeverityHigh, Resource: finding.ExposedResource{UID: service, Type: "AWS::ECS::Service"}}
	e.AttackPaths = []finding.AttackPath{{Entry: service, Target: unnamed, Edges: []finding.Edge{step(service, unnamed, finding.EdgeReadIMDS, "x", false)}}}
	if it := look(&e); it.hands != role || it.sure != certain {
		t.Errorf("it hands over %d, surely %d", it.hands, it.sure)
	}
	m := mapped(t, &finding.Scan{Exposures: []finding.Exposure{e}}, Options{})
	for _, want := range []htmlPlace{{Full: "ECS service Web", Icon: "workload"}, {Full: "IAM role Role", Icon: "identity"}} {
		if !slices.ContainsFunc(m.Wide.Places, func(p htmlPlace) bool { return p.Full == want.Full && p.Icon == want.Icon }) {
			t.Errorf("%s is not on the map as %s: %+v", want.Full, want.Icon, m.Wide.Places)
		}
	}
}
