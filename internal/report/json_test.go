package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

func TestSavedScanReadsBack(t *testing.T) {
	for _, l := range lang.All() {
		saved := render(t, "json", shop(), Options{Lang: l})
		s, err := Read(bytes.NewReader(saved))
		if err != nil {
			t.Fatal(err)
		}
		if again := render(t, "json", s, Options{}); !bytes.Equal(again, saved) {
			t.Errorf("%s: not the same after reading back:\n%s", l, cmp.Diff(string(saved), string(again)))
		}
	}
}

func TestSavedScanShowsTheSameTable(t *testing.T) {
	o := Options{Rules: rules}
	s, err := Read(bytes.NewReader(render(t, "json", shop(), o)))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(render(t, "table", shop(), o)), string(render(t, "table", s, o))); d != "" {
		t.Error(d)
	}
	o.Lang = lang.ES
	if out := string(render(t, "table", s, o)); !strings.Contains(out, "Contenedor privilegiado") {
		t.Errorf("titles of known rules are not in the language that was asked for:\n%s", out)
	}
}

func TestBigNumbersSurvive(t *testing.T) {
	s := shop()
	s.Traits[0].Evidence[0].Value = json.Number("12345678901234567890")
	saved := render(t, "json", s, Options{})
	read, err := Read(bytes.NewReader(saved))
	if err != nil || read.Traits[0].Evidence[0].Text() != "12345678901234567890" {
		t.Errorf("got %v, %v", read.Traits[0].Evidence[0].Value, err)
	}
}

func TestJSONHasNoNull(t *testing.T) {
	s := shop()
	s.Exposures = append(s.Exposures, finding.Exposure{AttackPaths: []finding.AttackPath{{}}, Traits: []finding.ExposureTrait{{}}})
	s.Traits = append(s.Traits, finding.TraitRecord{})
	s.NotAssessed = append(s.NotAssessed, finding.NotAssessed{})
	s.FewestFixes = append(s.FewestFixes, finding.FixStep{})
	for _, s := range []*finding.Scan{{}, s} {
		if out := render(t, "json", s, Options{}); bytes.Contains(out, []byte("null")) {
			t.Errorf("there is a null:\n%s", out)
		}
	}
}

func TestScanIsNotChanged(t *testing.T) {
	s := shop()
	for _, format := range Formats() {
		render(t, format, s, Options{Lang: lang.PT})
	}
	if d := cmp.Diff(shop(), s); d != "" {
		t.Error(d)
	}
}

func TestMinSeverityLeavesExposuresOut(t *testing.T) {
	s, err := Read(bytes.NewReader(render(t, "json", shop(), Options{MinSeverity: finding.SeverityHigh})))
	if err != nil || len(s.Exposures) != 7 {
		t.Errorf("got %d exposures, %v; want the 7 that are high or critical", len(s.Exposures), err)
	}
}

func TestReadSaysWhatIsWrong(t *testing.T) {
	whole := string(render(t, "json", shop(), Options{}))
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "the file is empty"},
		{"not JSON", "CRITICAL  2 exposures", "this is not JSON (byte 1)"},
		{"other JSON", `{"kind":"List"}`, `not a Merlon scan: it has no "schema"`},
		{"an array", `[1]`, "not a Merlon scan"},
		{"null", `null`, "not a Merlon scan"},
		{"another schema", `{"schema":"merlon/snapshot/v1"}`, `this has the schema "merlon/snapshot/v1"`},
		{"a newer schema", `{"schema":"merlon/scan/v2"}`, "this has version 2 of the schema"},
		{"truncated", whole[:len(whole)/2], "the file is truncated"},
		{"two scans", whole + whole, "there is more after the end"},
		{"a wrong type", `{"schema":"merlon/scan/v1","exposures":3}`, `field "exposures" is 3 and must be a list`},
		{"a wrong type inside", `{"schema":"merlon/scan/v1","exposures":[{"uid":3}]}`, `field "uid" is a number`},
		{"the schema at the end", `{"exposures":[],"schema":"merlon/scan/v3"}`, "this has version 3 of the schema"},
		{"a wrong severity", `{"schema":"merlon/scan/v1","exposures":[{"severity":"huge"}]}`, `severity "huge" is not one of`},
		{"zstd", "\x28\xb5\x2f\xfd....", "perhaps a snapshot"},
		{"UTF-16", "\xff\xfe{\x00", "UTF-16"},
	} {
		if _, err := Read(strings.NewReader(tt.in)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q in it", tt.name, err, tt.want)
		}
	}
	if _, err := Read(strings.NewReader(whole[:100])); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("truncated: %v is not io.ErrUnexpectedEOF", err)
	}
	if _, err := Read(strings.NewReader("\ufeff" + whole)); err != nil {
		t.Errorf("with a byte order mark: %v", err)
	}
}
