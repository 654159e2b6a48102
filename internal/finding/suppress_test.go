package finding

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/inventory"
)

func now() time.Time { return time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC) }

func trait(id string, resource inventory.UID, evidence ...inventory.UID) Trait {
	t := Trait{ID: id, State: Present, Resource: resource}
	for _, e := range evidence {
		t.Evidence = append(t.Evidence, Evidence{Resource: e, Path: "$.spec.x", Value: true})
	}
	return t
}

func TestSuppress(t *testing.T) {
	const (
		web     inventory.UID = "k8s://files/apps/Deployment/shop/web"
		cluster inventory.UID = "k8s://files"
		first   inventory.UID = "k8s://files/core/ConfigMap/shop/a"
		second  inventory.UID = "k8s://files/core/ConfigMap/shop/b"
	)
	unknown := trait("host-pid", web, web)
	unknown.State = Unknown
	for _, c := range []struct {
		name   string
		match  Match
		trait  Trait
		left   int // items of evidence
		status ExceptionStatus
	}{
		{"by trait", Match{Trait: "host-pid"}, trait("host-pid", web, web), 0, ExceptionUsed},
		{"another trait", Match{Trait: "host-ipc"}, trait("host-pid", web, web), 1, ExceptionUnused},
		{"by resource", Match{Resource: "k8s://*/apps/Deployment/shop/*"}, trait("host-pid", web, web), 0, ExceptionUsed},
		{"a star stops at a slash", Match{Resource: "k8s://*/web"}, trait("host-pid", web, web), 1, ExceptionUnused},
		{"two stars do not", Match{Resource: "k8s://**/web"}, trait("host-pid", web, web), 0, ExceptionUsed},
		{"a question mark is one character", Match{Resource: "k8s://files/apps/Deployment/shop/we?"}, trait("host-pid", web, web), 0, ExceptionUsed},
		{"a dot is a dot", Match{Resource: "k8s://files/apps.Deployment/shop/web"}, trait("host-pid", web, web), 1, ExceptionUnused},
		{"one of two objects", Match{Resource: string(first)}, trait("cleartext-credentials", cluster, first, second), 1, ExceptionUsed},
		{"by namespace", Match{Criteria: map[string]string{"namespace": "sh*"}}, trait("host-pid", web, web), 0, ExceptionUsed},
		{"by value", Match{Criteria: map[string]string{"evidence.value": "true"}}, trait("host-pid", web, web), 0, ExceptionUsed},
		{"by another value", Match{Criteria: map[string]string{"evidence.value": "false"}}, trait("host-pid", web, web), 1, ExceptionUnused},
		{"by everything at once, one of which is wrong", Match{Trait: "host-pid", Criteria: map[string]string{"name": "api"}}, trait("host-pid", web, web), 1, ExceptionUnused},
		{"a detection's type is about no trait", Match{Type: "Discovery:*"}, trait("host-pid", web, web), 1, ExceptionElsewhere},
		{"what is unknown stays", Match{Trait: "host-pid"}, unknown, 1, ExceptionUnused},
	} {
		t.Run(c.name, func(t *testing.T) {
			kept, taken, uses := Suppress([]Trait{c.trait}, []Suppression{{ID: "x", Match: c.match}}, now())
			left := 0
			for _, k := range kept {
				left += len(k.Evidence)
			}
			if left != c.left || uses[0].Status != c.status || (len(taken) > 0) != (c.status == ExceptionUsed) {
				t.Errorf("%d items of evidence left, exception %s, %d taken", left, uses[0].Status, len(taken))
			}
		})
	}
}

func TestAnExceptionEndsOnItsDay(t *testing.T) {
	for day, status := range map[string]ExceptionStatus{"2026-11-22": ExceptionUsed, "2026-11-21": ExceptionExpired, "2026-11-20": ExceptionExpired} {
		expires, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		kept, _, uses := Suppress([]Trait{trait("host-pid", "k8s://a", "k8s://a")}, []Suppression{{ID: "x", Match: Match{Trait: "host-pid"}, Expires: expires}}, now())
		if uses[0].Status != status || uses[0].Matched != 1 || (len(kept) == 0) != (status == ExceptionUsed) {
			t.Errorf("expires %s: %s, %d matched, %d left", day, uses[0].Status, uses[0].Matched, len(kept))
		}
	}
}

func TestParseSuppressionsNamesEveryMistake(t *testing.T) {
	_, err := ParseSuppressions("f.yaml", []byte(`- id: a
  match: {trait: host-pidd}
  reason: x
  until: 2027-01-01
- id: a
  match: {}
- just text
- id: c
  match: {trait: host-pid, type: x, criteria: {nam: y}}
  reason: [z]
  expires: 2027-13-01
`), Known{Traits: []string{"host-pid"}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{
		`f.yaml:2: there is no trait "host-pidd" (did you mean "host-pid"?)`, `f.yaml:4: unknown key "until"`, `the id "a" is taken`,
		`the exception "a" has no reason`, "f.yaml:5: the exception matches everything or nothing", "f.yaml:7: an exception is a map",
		`unknown key "nam" (did you mean "name"?)`, "match names a trait and a type", "f.yaml:10: reason must be a text", `f.yaml:11: expires "2027-13-01" is not a date`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	for _, empty := range []string{"", "\n", "# nothing\n", "null"} {
		if got, err := ParseSuppressions("f.yaml", []byte(empty), Known{}); err != nil || len(got) != 0 {
			t.Errorf("%q: %v, %v", empty, got, err)
		}
	}
	if _, err := ParseSuppressions("f.yaml", []byte("a: b"), Known{}); err == nil || !strings.Contains(err.Error(), "must be a list") {
		t.Errorf("a map: %v", err)
	}
}

func TestSinceBaseline(t *testing.T) {
	exposure := func(uid string, s Severity, evidence ...inventory.UID) Exposure {
		e := Exposure{UID: uid, Severity: s, Traits: []ExposureTrait{{ID: "cleartext-credentials", Resource: "k8s://files"}}}
		for _, x := range evidence {
			e.Traits[0].Evidence = append(e.Traits[0].Evidence, Evidence{Resource: x})
		}
		return e
	}
	before := &Scan{
		Traits:    []TraitRecord{{ID: "cleartext-credentials", Resource: "k8s://files", Evidence: []Evidence{{Resource: "k8s://a"}}}},
		Exposures: []Exposure{exposure("exp-1", SeverityMedium, "k8s://a")},
	}
	for _, c := range []struct {
		name string
		now  Exposure
		want Change
	}{
		{"the same", exposure("exp-1", SeverityMedium, "k8s://a"), ChangeNone},
		{"a lower severity", exposure("exp-1", SeverityLow, "k8s://a"), ChangeMilder},
		{"a higher severity", exposure("exp-1", SeverityHigh, "k8s://a"), ChangeGraver},
		{"one object more", exposure("exp-1", SeverityMedium, "k8s://a", "k8s://b"), ChangeGraver},
		{"one object more, and a lower severity", exposure("exp-1", SeverityLow, "k8s://a", "k8s://b"), ChangeGraver},
		{"an exposure that the baseline left out, with its trait", exposure("exp-2", SeverityLow, "k8s://a"), ChangeNone},
		{"another resource", exposure("exp-2", SeverityLow, "k8s://c"), ChangeNew},
	} {
		b := NewBaseline(before)
		if got := b.Compare(&c.now); got != c.want {
			t.Errorf("%s: it is %s, want %s", c.name, got, c.want)
		}
		since := b.Since(&Scan{Exposures: []Exposure{c.now}, FewestFixes: []FixStep{{}}})
		want := Difference{}
		want.count(c.want)
		if c.now.UID != "exp-1" {
			want.Gone = 1
		}
		listed := c.want == ChangeNew || c.want == ChangeGraver
		if *since.SinceBaseline != want || len(since.Exposures) == 1 != listed || since.FewestFixes != nil {
			t.Errorf("%s: %+v with %d exposures, want %+v", c.name, *since.SinceBaseline, len(since.Exposures), want)
		}
		if listed && (since.Exposures[0].Change != c.want || (since.Exposures[0].SeverityBefore != nil) != (c.now.UID == "exp-1")) {
			t.Errorf("%s: marked %+v", c.name, since.Exposures[0])
		}
	}
	platform := exposure("exp-3", SeverityHigh, "k8s://d")
	platform.Platform = true
	if got := NewBaseline(&Scan{Exposures: []Exposure{platform}}).Since(&Scan{}); *got.SinceBaseline != (Difference{}) {
		t.Errorf("components of the platform count: %+v", *got.SinceBaseline)
	}
	if NewBaseline(nil) != nil {
		t.Error("there is a baseline of nothing")
	}
}

func TestFindNamesAnExposure(t *testing.T) {
	all := []Exposure{
		{UID: ExposureUID("k8s://c/apps/Deployment/shop/web"), Resource: ExposedResource{UID: "k8s://c/apps/Deployment/shop/web", Name: "web", Namespace: "shop"}},
		{UID: ExposureUID("k8s://c/apps/Deployment/ops/api"), Resource: ExposedResource{UID: "k8s://c/apps/Deployment/ops/api", Name: "api", Namespace: "ops"}},
		{UID: ExposureUID("k8s://c/core/Pod/shop/api"), Resource: ExposedResource{UID: "k8s://c/core/Pod/shop/api", Name: "api", Namespace: "shop"}},
	}
	uid := all[0].UID
	got := map[string]int{}
	want := map[string]int{
		uid: 1, uid[:12]: 1, strings.ToUpper(uid[:12]): 1, uid[4:12]: 1, uid[:11]: 0, "k8s://c/apps/Deployment/shop/web": 1,
		"shop/Deployment/web": 1, "shop/deployment/web": 1, "web": 1, "shop/web": 1, "api": 2, "ops/api": 1, "": 0, "exp-": 0,
	}
	for name := range want {
		got[name] = len(Find(all, name))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
