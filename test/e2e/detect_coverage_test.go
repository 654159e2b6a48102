//go:build e2e

package e2e

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/docs"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// updateCoverage has the page of what the deeds prove written anew; "make gen" does so.
var updateCoverage = flag.Bool("update-coverage", false, "write docs/detect-coverage.md")

// undone says why no deed gives a type: each of the catalogue's types is there or has a deed.
var undone = map[string]string{}

// coverageHead stands above the table, coverageFoot below it.
const (
	coverageHead = `<!-- Written by "make gen" from the table of deeds in test/e2e; do not edit. -->

# What proves the finding types

Every finding type is proved twice. Its examples go through the decoder and the engine in each run of the unit tests: what must
be found, what must not be found for want of one condition, what the record does not show. And somebody does the deed, with
kubectl or another client, to a real kube-apiserver with its audit log; the built ` + "`merlon detect`" + ` reads what that server wrote.
[The deeds](../test/e2e/detect_deeds.go) are in ` + "`test/e2e/detect_deeds*.go`" + `, and ` + "`make e2e`" + ` does them.

They are done to two servers: one with the audit policy of Amazon EKS, and one that records everything with bodies. *EKS* says what
the first policy leaves of them for the type: enough to find it (yes); of some deeds no event at all (in part); events without what the
rule looks at, so that Merlon says that it was *not observable*.

Each deed must give its types and no others above low; the ordinary ones must give nothing above low. Each finding must name who
did it, and not the controller that followed. All deeds together must give the same in a log that the server rotates: read as a
whole, read while it is written by a process that is killed in between, and read out of gzip, zstd, an ` + "`EventList`" + ` and the
messages of CloudWatch Logs.

| Type | Of | Severity | Examples | Deeds | EKS |
|---|---|---|---|---|---|
`
	coverageFoot = `
¹ After eight days of ordinary work, which are the recorded events of the ordinary deeds with other times. After the same days,
the ordinary deeds give no such type.

What this does not show, as there is no EKS cluster here:

- the fields that EKS' authenticator adds about IAM principals (` + "`user.extra`" + `): only examples have them;
- addresses of the internet: those on lists come in X-Forwarded-For, which the API server writes down; the office connects from
  another loopback address;
- containers: none ever runs. A stand-in of the kubelet answers exec, attach, port-forward and its own API.
`
)

// TestCoveragePage holds docs/detect-coverage.md against the deeds and the catalogue. It
// needs no server.
func TestCoveragePage(t *testing.T) {
	file := filepath.Join("..", "..", "docs", "detect-coverage.md")
	want := coveragePage(t)
	if *updateCoverage && !t.Failed() {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want {
		t.Errorf("docs/detect-coverage.md is not what the deeds give (%v): run make gen", err)
	}
}

func coveragePage(t *testing.T) string {
	t.Helper()
	var page strings.Builder
	page.WriteString(coverageHead)
	all := catalog.Detections()
	slices.SortFunc(all, func(a, b *rule.Detection) int { return strings.Compare(a.Type, b.Type) })
	for _, r := range all {
		done, eks := provedBy(r)
		switch why := undone[r.Type]; {
		case done == "" && why == "":
			t.Errorf("%s has no deed: add one, or say in undone why there is none", r.Type)
		case done != "" && why != "":
			t.Errorf("%s has a deed: take it out of undone", r.Type)
		case why != "":
			done = why
		}
		severity := r.Severity.String()
		if r.Grade != nil {
			severity += " (varies)"
		}
		fmt.Fprintf(&page, "| [`%s`](detections/en/%s.md) | %s | %s | %d | %s | %s |\n",
			r.Type, docs.DetectionSlug(r.Type), docs.OriginText(r.Origin).In(lang.EN), severity, len(r.Examples), done, eks)
	}
	page.WriteString(coverageFoot)
	return page.String()
}

// provedBy names the deeds that give a type, and says what EKS's policy leaves of them.
func provedBy(r *rule.Detection) (names, eks string) {
	var all []string
	seen, untold := false, false
	for _, d := range deeds() {
		switch {
		case slices.Contains(d.learned, r.Type):
			all, seen = append(all, d.name+"¹"), true
		case !slices.Contains(d.finds, r.Type):
			continue
		case slices.Contains(d.hidden, r.Type):
			all = append(all, d.name)
			untold = untold || slices.ContainsFunc(d.leaves, func(l trace) bool { return l.level != none })
		default:
			all, seen = append(all, d.name), true
		}
	}
	switch {
	case len(all) == 0:
		return "", ""
	case !seen && untold:
		eks = "not observable"
	case !seen:
		eks = "no event"
	case slices.ContainsFunc(deeds(), func(d deed) bool { return slices.Contains(d.hidden, r.Type) }):
		eks = "in part"
	default:
		eks = "yes"
	}
	return strings.Join(all, ", "), eks
}
