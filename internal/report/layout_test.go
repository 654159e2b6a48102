package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"plain-name":           "plain-name",
		"café 日本 ñ":            "café 日本 ñ",
		"\x1b[31mred":          `\x1b[31mred`,
		"a\nb\tc":              `a\nb\tc`,
		"\u009b2J":             `\u009b2J`,
		"\u202eexe":            `\u202eexe`,
		"\xff":                 `\xff`,
		"\u00a0x\u3000":        " x ",
		"e\u0301":              "e\u0301",
		"e\u0301\u0301\u0301":  "e\u0301\u0301\\u301",
		"\u0301x":              `\u301x`,
		"\u2764\ufe0f":         "\u2764\\ufe0f",
		"already \uFFFD there": "already \uFFFD there",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestColumns(t *testing.T) {
	for in, want := range map[string]int{"": 0, "abc": 3, "café": 4, "e\u0301": 1, "日本": 4, "…→·│█◆": 6, "한글": 4, "🚀": 2, "ﾊﾝ": 2} {
		if got := columns(in); got != want {
			t.Errorf("columns(%q) = %d, want %d", in, got, want)
		}
	}
}

func TestFold(t *testing.T) {
	for _, tt := range []struct {
		in    string
		width int
		want  string
	}{
		{"short", 10, "short"},
		{"exactly-10", 10, "exactly-10"},
		{"a-very-long-name", 10, "a-v…g-name"},
		{"日本語の名前です", 9, "日…前です"},
		{"ab", 1, "…"},
		{"ab", 0, ""},
	} {
		if got := fold(tt.in, tt.width); got != tt.want || columns(got) > tt.width {
			t.Errorf("fold(%q, %d) = %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
}

func TestCode(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"a short line stays", "kubectl get pods", "kubectl get pods"},
		{"a command goes on after a backslash", "kubectl label namespace NAME a=b c=d", "kubectl label namespace NAME \\\n  a=b c=d"},
		{"quotes are not broken", "kubectl patch pod x -p '{\"a\": 1, \"b\": 2}'", "kubectl patch pod x -p \\\n  '{\"a\": 1, \"b\": 2}'"},
		{"a manifest has no backslash", "  description: one two three four five six", "  description: one two three\n  four five six"},
		{"what has no space is cut", strings.Repeat("x", 40), strings.Repeat("x", 30) + "\n  " + strings.Repeat("x", 10)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var b bytes.Buffer
			x := &explanation{table: &table{page: newPage(&b, Options{Width: 40})}}
			x.code(10, tt.in)
			if err := x.close(); err != nil {
				t.Fatal(err)
			}
			lead := strings.Repeat(" ", 10)
			got := strings.TrimSuffix(strings.ReplaceAll(b.String(), "\n"+lead, "\n"), "\n")
			if got = strings.TrimPrefix(got, lead); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestLook(t *testing.T) {
	anyNode, whole := inventory.AnyNodeUID("files"), inventory.ClusterUID("files")
	high := func() *made { return workload("Deployment", "shop", "web", finding.SeverityHigh) }
	for _, tt := range []struct {
		name    string
		made    *made
		reached certainty
		hands   target
		sure    certainty
	}{
		{"no path", high(), notKnown, nothing, notKnown},
		{"from inside to the node", high().path("", false, anyNode, finding.EdgeEscapePrivileged, "x"), notKnown, node, certain},
		{"from the internet to the cluster", high().path("web", false, whole, finding.EdgeClusterAdmin, ""), certain, cluster, certain},
		{"possibly from the internet, surely to the node", high().path("web", true, anyNode, finding.EdgeEscapeSocket, "x"), possible, node, certain},
		{"a shared namespace hands nothing over", high().path("web", false, anyNode, finding.EdgeShareHostPID, "x"), certain, nothing, notKnown},
		{"only reached", high().path("web", false, "", "", ""), certain, nothing, notKnown},
	} {
		it := look(&tt.made.Exposure)
		if it.reached != tt.reached || it.hands != tt.hands || it.sure != tt.sure {
			t.Errorf("%s: reached %d, hands over %d, surely %d", tt.name, it.reached, it.hands, it.sure)
		}
	}
}

func TestTargetOf(t *testing.T) {
	for uid, want := range map[inventory.UID]target{
		"k8s://prod": cluster, "arn:aws:eks:eu-west-1:111122223333:cluster/prod": cluster,
		"k8s://prod/core/Node/_/*": node, "k8s://prod/core/Node/_/ip-10-0-0-1": node,
		"arn:aws:iam::111122223333:root": account, "arn:aws:iam::111122223333:role/a/b": role, "arn:aws:iam::111122223333:user/root": nothing,
		"arn:aws:ecs:eu-west-1:111122223333:container-instance/shop/*": node, "cfn://web.yaml/Cluster#container-instances": node,
		"arn:aws:ecs:eu-west-1:111122223333:cluster/shop": nothing, "tf://module.a.aws_iam_role.web": role, "tf://module.aws_iam_role.aws_lb.web": nothing,
		"k8s://prod/core/Pod/a/b": nothing, "internet": nothing, "arn:aws:s3:::bucket": nothing,
	} {
		if got := targetOf(uid); got != want {
			t.Errorf("targetOf(%s) = %d, want %d", uid, got, want)
		}
	}
}

func TestShortUIDsAreUnique(t *testing.T) {
	all := []finding.Exposure{{UID: "exp-00000000aaaaaaaa1"}, {UID: "exp-00000000bbbbbbbb2"}, {UID: "exp-1234567890"}}
	short := shortUIDs(all)
	if short[all[0].UID] != "exp-00000000aaaaaaaa" || short[all[2].UID] != "exp-12345678" {
		t.Errorf("got %v", short)
	}
}

func TestFormats(t *testing.T) {
	_, err := New("tabel", nil, Options{})
	if err == nil || err.Error() != `format "tabel" is not one of `+strings.Join(Formats(), ", ")+`; did you mean table?` {
		t.Errorf("got %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestErrorsOfTheWriterAreReturned(t *testing.T) {
	for _, format := range Formats() {
		h, err := New(format, brokenWriter{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Scan(shop()); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s: got %v", format, err)
		}
	}
	s := shop()
	if err := Explain(brokenWriter{}, s, &s.Exposures[0], Options{}); err == nil {
		t.Error("explain: no error")
	}
}
