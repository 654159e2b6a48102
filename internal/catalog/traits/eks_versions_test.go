package traits

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/rule"
)

// verdictOn judges the one EKS cluster of an input at a time.
func verdictOn(t *testing.T, r *rule.Rule, input string, now time.Time, settings rule.Settings) finding.Verdict {
	t.Helper()
	read, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(input)})
	if err != nil {
		t.Fatal(err)
	}
	w := &rule.World{Inventory: schema.NewView(read.Sources, read.Resources), Now: now, Settings: settings}
	for cluster := range w.Inventory.OfType(aws.EKSCluster) {
		return r.Match(w, cluster)
	}
	t.Fatal("there is no cluster")
	return finding.Verdict{}
}

func TestEachReleaseOnBothSidesOfEachBoundary(t *testing.T) {
	for _, r := range eksReleases() {
		for _, b := range []struct {
			name          string
			last          time.Time
			before, after finding.Likelihood // 0 is absent
		}{
			{"standard support", day(r.endOfStandard), 0, finding.LikelihoodModerate},
			{"extended support", day(r.endOfExtended), finding.LikelihoodModerate, finding.LikelihoodHigh},
		} {
			next := b.last.AddDate(0, 0, 1)
			for at, want := range map[time.Time]finding.Likelihood{next.Add(-time.Nanosecond): b.before, next: b.after} {
				v := verdictOn(t, &EKSUnsupportedVersion, eksCluster(r.version, ""), at, rule.Settings{})
				var got finding.Likelihood
				if v.State == finding.Present {
					got = v.Weight.Likelihood
				}
				if got != want || v.State == finding.Unknown {
					t.Errorf("%s at the end of %s, %s: %v (likelihood %v, want %v)", r.version, b.name, at, v.State, got, want)
				}
			}
		}
	}
}

func TestReleasesFollowEachOther(t *testing.T) {
	all := eksReleases()
	for i, r := range all {
		standard, extended := day(r.endOfStandard), day(r.endOfExtended)
		if standard.IsZero() || !standard.AddDate(1, 0, 0).Equal(extended) {
			t.Errorf("%s: extended support ends %s, and should a year after %s", r.version, r.endOfExtended, r.endOfStandard)
		}
		if i > 0 && !standard.Before(day(all[i-1].endOfStandard)) {
			t.Errorf("%s does not end before %s", r.version, all[i-1].version)
		}
	}
}

func TestWhatTheAPISaysOfAReleaseCountsBeforeTheTable(t *testing.T) {
	stated := func(fields string) string {
		return documents(eksCluster("1.31", ""), "clusterVersions:\n- clusterVersion: \"1.31\"\n"+indent(fields, 2))
	}
	now := day("2026-01-01") // at which the table has 1.31 in extended support
	for _, c := range []struct {
		name, fields string
		want         finding.State
	}{
		{"dates", "endOfStandardSupportDate: 2026-01-01T00:00:00Z\nendOfExtendedSupportDate: 2027-01-01T00:00:00Z\n", finding.Absent},
		{"dates that are over", "endOfStandardSupportDate: 2025-12-31T00:00:00Z\nendOfExtendedSupportDate: 2026-12-31T00:00:00Z\n", finding.Present},
		{"dates as the API writes them", "endOfStandardSupportDate: 1767225600\nendOfExtendedSupportDate: 1798761600\n", finding.Absent},
		{"dates before a status that has grown old", "versionStatus: STANDARD_SUPPORT\nendOfStandardSupportDate: 2025-06-01T00:00:00Z\nendOfExtendedSupportDate: 2026-06-01T00:00:00Z\n", finding.Present},
		{"a status alone", "versionStatus: UNSUPPORTED\n", finding.Present},
		{"neither", "defaultVersion: false\n", finding.Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			if v := verdictOn(t, &EKSUnsupportedVersion, stated(c.fields), now, rule.Settings{}); v.State != c.want {
				t.Errorf("%v, want %v", v.State, c.want)
			}
		})
	}
}

func TestUnencryptedSecretsWeighLessWhereAWSEncryptsThem(t *testing.T) {
	for _, c := range []struct {
		name, version string
		strict        bool
		want          finding.Role
	}{
		{"the last release without", "1.27", false, finding.Contributing},
		{"the first release with it", "1.28", false, finding.Contextual},
		{"a later one, as AWS reports it", "1.34", true, finding.Contributing},
		{"a release that is not said", "", false, finding.Contributing},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := verdictOn(t, &EKSSecretsUnencrypted, eksCluster(c.version, ""), day("2026-01-01"), rule.Settings{AWSStrict: c.strict})
			if v.Weight == nil || v.Weight.Role != c.want {
				t.Errorf("weight %+v, want the role %s", v.Weight, c.want)
			}
		})
	}
}
