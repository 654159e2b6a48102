package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

func mapped(t *testing.T, s *finding.Scan, o Options) *htmlMap {
	t.Helper()
	b, err := newHTMLBuilder(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return b.mapOf()
}

// labels lists the places of a drawing as they are read: by line, from left to right.
func labels(d *htmlDrawing) (all []string) {
	for _, p := range d.Places {
		all = append(all, strings.Join(strings.Fields(strings.Join([]string{p.Class, p.Severity, p.Above, p.Name, p.Second}, " ")), " "))
	}
	return all
}

func TestMapShowsTheWaysIn(t *testing.T) {
	anyNode := inventory.AnyNodeUID("files")
	s := &finding.Scan{Exposures: []finding.Exposure{
		workload("Deployment", "shop", "web", finding.SeverityCritical).trait("privileged-container", 3, "$.a", true, finding.SeverityMedium).
			path("front", false, anyNode, finding.EdgeEscapePrivileged, "privileged-container").Exposure,
		workload("CronJob", "shop", "job", finding.SeverityHigh).trait("sensitive-host-path", 3, "$.a", "/", finding.SeverityMedium).
			path("", false, anyNode, finding.EdgeEscapeHostPath, "sensitive-host-path").Exposure,
		workload("Deployment", "ops", "robot", finding.SeverityHigh).trait("runs-as-root", 3, "$.a", 0, finding.SeverityMedium).
			path("", false, inventory.ClusterUID("files"), finding.EdgeClusterAdmin, "").Exposure,
		workload("Deployment", "shop", "touch", finding.SeverityMedium).trait("host-pid", 3, "$.a", true, finding.SeverityLow).
			path("", false, anyNode, finding.EdgeShareHostPID, "host-pid").Exposure,
		workload("Deployment", "shop", "reached", finding.SeverityMedium).trait("runs-as-root", 3, "$.a", 0, finding.SeverityLow).
			path("back", true, "", "", "").Exposure,
	}}
	m := mapped(t, s, Options{})
	columns := map[string]int{}
	for _, p := range m.Wide.Places {
		columns[p.Full] = p.X
	}
	order := []string{"the internet", "shop/Service/front", "shop/Deployment/web", "ops/ServiceAccount/robot", "their nodes"}
	for i, name := range order {
		if x, drawn := columns[name]; !drawn || i > 0 && x <= columns[order[i-1]] {
			t.Errorf("%s is drawn %v at %d, and must be right of what leads there: %v", name, drawn, x, columns)
		}
	}
	for _, same := range [][2]string{{"shop/Service/front", "shop/Service/back"}, {"shop/Deployment/web", "shop/Deployment/reached"}, {"their nodes", "the whole cluster"}} {
		if columns[same[0]] != columns[same[1]] {
			t.Errorf("%s and %s are not in one column", same[0], same[1])
		}
	}
	if _, drawn := columns["shop/Deployment/touch"]; drawn {
		t.Error("a workload that hands nothing over, and that nobody reaches, is drawn")
	}
	dashed := 0
	for _, l := range m.Wide.Lines {
		if strings.Contains(l.Class, "maybe") {
			dashed++
		}
	}
	if dashed != 1 || len(m.Wide.Lines) != 8 {
		t.Errorf("%d of %d lines are dashed, want 1 of 8", dashed, len(m.Wide.Lines))
	}
	want := []string{
		"entry the internet", "shop/Service front", "self critical shop/Deployment web", "target the node it runs on",
		"shop/Service back", "self medium shop/Deployment reached",
		"self high ops/Deployment robot", "ops/ServiceAccount robot", "target the whole cluster",
		"self high shop/CronJob job", "target the node it runs on",
	}
	if got := labels(m.Tall); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the tree reads\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

var treeBend = regexp.MustCompile(`^M\d+ \d+V\d+Q\d+ \d+ (\d+) \d+H(\d+)$`)

// No card lies on another, and none stands out of the picture.
func TestMapIsLegible(t *testing.T) {
	platform := shop()
	for i := range platform.Exposures {
		platform.Exposures[i].Platform = true
	}
	for name, s := range map[string]*finding.Scan{"shop": shop(), "platform": platform, "many": many(2_000), "long names": longNames(), "since": sinceLast()} {
		for _, all := range []bool{false, true} {
			m := mapped(t, s, Options{All: all})
			if m == nil {
				t.Errorf("%s: there is no map", name)
				continue
			}
			rows := 0
			for kind, d := range map[string]*htmlDrawing{"wide": m.Wide, "tall": m.Tall} {
				height := map[string]int{"wide": wideCard, "tall": tallRow}[kind]
				for i, p := range d.Places {
					if p.X < 0 || p.X+p.Width > d.Width || p.Y < 0 || p.Y+height-tallRow+tallIcon > d.Height {
						t.Errorf("%s, %s: %s stands out of the picture: %+v in %dx%d", name, kind, p.Full, p, d.Width, d.Height)
					}
					for _, q := range d.Places[:i] {
						if (kind == "tall" || p.X == q.X) && p.Y < q.Y+height && q.Y < p.Y+height {
							t.Errorf("%s, %s: %s lies on %s", name, kind, p.Full, q.Full)
						}
					}
					if kind == "wide" && p.Class == "self" {
						rows++
					}
				}
			}
			for _, l := range m.Tall.Lines {
				bend := treeBend.FindStringSubmatch(l.D)
				if bend == nil {
					t.Fatalf("%s: a line of the tree is %q", name, l.D)
				}
				turned, _ := strconv.Atoi(bend[1]) // Digits.
				if end, _ := strconv.Atoi(bend[2]); end <= turned {
					t.Errorf("%s: the arrow of %q points back", name, l.D)
				}
			}
			if rows == 0 || rows > mapRows {
				t.Errorf("%s: %d exposures are drawn", name, rows)
			}
		}
	}
}

func TestMapTellsWhatItLeavesOut(t *testing.T) {
	var s finding.Scan
	for i := range mapRows + 2 {
		s.Exposures = append(s.Exposures, workload("Deployment", "shop", fmt.Sprint("web-", i), finding.SeverityHigh).
			trait("sensitive-host-path", 3, "$.a", "/", finding.SeverityMedium).
			path("", false, inventory.AnyNodeUID("files"), finding.EdgeEscapeHostPath, "sensitive-host-path").Exposure)
	}
	if m := mapped(t, &s, Options{All: true}); m.More != "2 more exposures have attack paths; the list has them." {
		t.Errorf("it says %q", m.More)
	}
	if m := mapped(t, &s, Options{}); m.More != "" || labels(m.Tall)[0] != "self high and 8 more web-0" {
		t.Errorf("folded, it says %q and shows %q", m.More, labels(m.Tall))
	}
	if m := mapped(t, spotless(), Options{}); m != nil {
		t.Errorf("a clean scan has a map: %q", labels(m.Tall))
	}
	if m := mapped(t, shop(), Options{MinSeverity: finding.SeverityCritical}); len(m.Wide.Places) == 0 || strings.Contains(strings.Join(labels(m.Wide), " "), "high") {
		t.Errorf("what is below the severity that was asked for is drawn: %q", labels(m.Wide))
	}
}

func TestNamesAreBrokenInTwo(t *testing.T) {
	for _, tt := range [][3]string{{"the node it runs on", "the node it", "runs on"}, {"unbreakable-name", "unbr…le-name", ""}, {"the extraordinarily-long-cluster", "the", "extr…cluster"}} {
		first, second := inTwo(tt[0], 12)
		if first != tt[1] || second != tt[2] {
			t.Errorf("%q becomes %q and %q", tt[0], first, second)
		}
	}
}
