package rule_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/rule"
)

func TestParseVersion(t *testing.T) {
	tests := []struct {
		text string
		want rule.Version
	}{
		{"1.35", rule.Version{Major: 1, Minor: 35}},
		{"v1.35", rule.Version{Major: 1, Minor: 35}},
		{"1.0", rule.Version{Major: 1}},
		{"1.35.2", rule.Version{Major: 1, Minor: 35}},
		{"v1.35.2-eks-3025e55", rule.Version{Major: 1, Minor: 35}},
		{"v1.35.2+k3s1", rule.Version{Major: 1, Minor: 35}},
		{"v1.36.0-alpha.1.12+9ddae4d1f0b2c3", rule.Version{Major: 1, Minor: 36}},
		{"1.29+", rule.Version{Major: 1, Minor: 29}},
		{"2.0", rule.Version{Major: 2}},
		{"latest", rule.Version{}},
	}
	for _, test := range tests {
		got, err := rule.ParseVersion(test.text)
		if err != nil || got != test.want {
			t.Errorf("ParseVersion(%q) = %v, %v, want %v", test.text, got, err, test.want)
		}
	}
}

func TestParseVersionSaysWhatItWants(t *testing.T) {
	for _, text := range []string{"", "1", "v1", "1.", "1.x", "1.35.x", "0.21", "01.35", "1.035", "1,35", " 1.35", "1.35 ", "Latest", "1.35.2_eks", "1.99999999999999999999"} {
		got, err := rule.ParseVersion(text)
		if err == nil {
			t.Errorf("ParseVersion(%q) = %v without an error", text, got)
			continue
		}
		if !strings.Contains(err.Error(), "1.35") || !strings.Contains(err.Error(), `"`+text+`"`) {
			t.Errorf("ParseVersion(%q): the error does not name the text and an example: %v", text, err)
		}
	}
}

func TestVersionAtLeast(t *testing.T) {
	tests := []struct {
		version      string
		major, minor int
		want         bool
	}{
		{"1.35", 1, 35, true},
		{"1.35", 1, 34, true},
		{"1.35", 1, 36, false},
		{"1.9", 1, 35, false},
		{"1.35", 2, 0, false},
		{"2.0", 1, 35, true},
		{"latest", 1, 99, true},
		{"latest", 9, 0, true},
	}
	for _, test := range tests {
		v, err := rule.ParseVersion(test.version)
		if err != nil {
			t.Fatal(err)
		}
		if got := v.AtLeast(test.major, test.minor); got != test.want {
			t.Errorf("%s at least %d.%d is %v", v, test.major, test.minor, got)
		}
		if v.String() != test.version {
			t.Errorf("%q is written %q", test.version, v)
		}
	}
}
