package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares output with a file in testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("output is not %s (go test -update writes it anew):\n%s", file, got)
	}
}

func render(t testing.TB, format string, s *finding.Scan, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	h, err := New(format, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Scan(s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func explain(t testing.TB, s *finding.Scan, e *finding.Exposure, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Explain(&b, s, e, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestTableGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		scan *finding.Scan
		o    Options
	}{
		{"table-shop-en.golden", shop(), Options{}},
		{"table-shop-es.golden", shop(), Options{Lang: lang.ES}},
		{"table-shop-pt.golden", shop(), Options{Lang: lang.PT}},
		{"table-shop-120.golden", shop(), Options{Width: 120}},
		{"table-shop-color.golden", shop(), Options{Color: true}},
		{"table-shop-all-high.golden", shop(), Options{All: true, MinSeverity: finding.SeverityHigh}},
		{"table-clean.golden", spotless(), Options{}},
		{"table-unknown-es.golden", unknown(), Options{Lang: lang.ES}},
		{"table-nothing-read-pt.golden", &finding.Scan{Sources: []inventory.Source{{Kind: "files", Name: "-", Status: inventory.StatusFailed}}}, Options{Lang: lang.PT}},
		{"table-platform-only.golden", platformOnly(), Options{}},
		{"table-long-names.golden", longNames(), Options{}},
		{"table-baseline.golden", sinceLast(), Options{}},
		{"table-baseline-nothing-new.golden", finding.NewBaseline(shop()).Since(spotless()), Options{}},
		{"table-many.golden", many(10_000), Options{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Rules = rules
			out := render(t, "table", tt.scan, tt.o)
			checkLines(t, out, tt.o.Width)
			golden(t, tt.name, out)
		})
	}
}

func TestExplainGolden(t *testing.T) {
	for _, tt := range []struct {
		name string
		nth  int
		o    Options
	}{
		{"explain-payments-en.golden", 0, Options{Rules: rules}},
		{"explain-payments-es.golden", 0, Options{Rules: rules, Lang: lang.ES}},
		{"explain-payments-pt.golden", 0, Options{Rules: rules, Lang: lang.PT}},
		{"explain-payments-color.golden", 0, Options{Rules: rules, Color: true}},
		{"explain-deployer.golden", 3, Options{Width: 120}},
		{"explain-search.golden", 4, Options{Width: 40}},
		{"explain-platform.golden", 13, Options{Rules: rules}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := shop()
			out := explain(t, s, &s.Exposures[tt.nth], tt.o)
			checkLines(t, out, tt.o.Width)
			golden(t, tt.name, out)
		})
	}
}

func TestJSONGolden(t *testing.T) {
	golden(t, "json-shop-en.golden", render(t, "json", shop(), Options{}))
	golden(t, "json-shop-es.golden", render(t, "json", shop(), Options{Lang: lang.ES}))
	golden(t, "json-empty.golden", render(t, "json", &finding.Scan{}, Options{}))
}

// spotless is a scan that found nothing and assessed everything.
func spotless() *finding.Scan {
	return &finding.Scan{
		Tool:      inventory.Tool{Version: "0.1.0"},
		ScannedAt: time.Date(2026, 11, 21, 22, 4, 5, 0, time.UTC),
		Sources:   []inventory.Source{{Kind: "files", Name: "./blog", Status: inventory.StatusComplete}},
		Resources: finding.ResourceCount{Total: 5, ByType: map[inventory.Type]int{"k8s/apps/Deployment": 2, "k8s/core/Service": 3}},
	}
}

// unknown is a scan that found nothing and could not assess much.
func unknown() *finding.Scan {
	s := spotless()
	s.NotAssessed = shop().NotAssessed
	return s
}

func platformOnly() *finding.Scan {
	s := spotless()
	for _, e := range shop().Exposures {
		if e.Platform {
			s.Exposures = append(s.Exposures, e)
		}
	}
	return s
}

// longNames is a shop whose names are as long as names can be, in two clusters.
func longNames() *finding.Scan {
	s := shop()
	for i := range s.Exposures {
		e := &s.Exposures[i]
		e.Resource.Cluster = []string{"production.eu-west-1.111122223333", "staging"}[i%2]
		e.Resource.Namespace = strings.Repeat("a-namespace-", 5) + "end"
		e.Resource.Name = strings.Repeat("long", 50) + fmt.Sprint(i)
		e.Resource.UID = inventory.KubernetesUID(e.Resource.Cluster, "apps", e.Resource.Type.Kind(), e.Resource.Namespace, e.Resource.Name)
		for j := range e.Traits {
			e.Traits[j].Origin.File = strings.Repeat("charts/folder/", 12) + "deployment.yaml"
		}
	}
	s.Exposures[3].Resource.Name = "支払いサービス-café-" + strings.Repeat("結", 60)
	s.Exposures[3].Resource.UID = inventory.UID("arn:aws:ecs:eu-west-1:111122223333:service/shop/x")
	s.Exposures[3].Resource.Type = "AWS::ECS::Service"
	return s
}

// many is a scan of a large estate: few kinds of mistakes, made many times over.
func many(n int) *finding.Scan {
	s := shop()
	s.Exposures = s.Exposures[:0]
	kinds := []struct {
		trait    string
		severity finding.Severity
	}{
		{"privileged-container", finding.SeverityHigh},
		{"sensitive-host-path", finding.SeverityHigh},
		{"host-pid", finding.SeverityMedium},
		{"cleartext-credentials", finding.SeverityMedium},
		{"runs-as-root", finding.SeverityLow},
	}
	for i := range n {
		k := kinds[i%len(kinds)]
		m := workload("Deployment", fmt.Sprintf("team-%02d", i%40), fmt.Sprintf("service-%05d", i), k.severity).
			trait(k.trait, 10+i%50, "$.spec.template.spec", true, finding.SeverityInformational)
		if i%7 == 0 {
			m.trait("runs-as-root", 9, "$.spec.template.spec", 0, k.severity)
		}
		if k.severity == finding.SeverityHigh {
			m.path([]string{"", "web"}[i%2], i%3 == 0, inventory.AnyNodeUID("files"), finding.EdgeEscapePrivileged, k.trait)
		}
		s.Exposures = append(s.Exposures, m.Exposure)
	}
	return s
}
