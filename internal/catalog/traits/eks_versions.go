package traits

import (
	"strconv"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/rule"
)

// eksRelease is one minor release of Kubernetes on Amazon EKS. The days are the last ones of its support.
type eksRelease struct {
	version       string
	endOfStandard string
	endOfExtended string
}

// eksReleases lists the releases of Amazon EKS, newest first, as of 2026-11-21: 14 months of standard support from the release on
// EKS, then 12 months of extended support
// (https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html). What DescribeClusterVersions said
// counts before it.
func eksReleases() []eksRelease {
	return []eksRelease{
		{"1.36", "2027-08-02", "2028-08-02"},
		{"1.35", "2027-03-27", "2028-03-27"},
		{"1.34", "2026-12-02", "2027-12-02"},
		{"1.33", "2026-07-29", "2027-07-29"},
		{"1.32", "2026-03-23", "2027-03-23"},
		{"1.31", "2025-11-26", "2026-11-26"},
		{"1.30", "2025-07-23", "2026-07-23"},
		{"1.29", "2025-03-23", "2026-03-23"},
		{"1.28", "2024-11-26", "2025-11-26"},
		{"1.27", "2024-07-24", "2025-07-24"},
		{"1.26", "2024-06-11", "2025-06-11"},
		{"1.25", "2024-05-01", "2025-05-01"},
		{"1.24", "2024-01-31", "2025-01-31"},
		{"1.23", "2023-10-11", "2024-10-11"},
	}
}

// eksSupport is what support a release has at a time.
type eksSupport uint8

const (
	supportUnknown eksSupport = iota
	standardSupport
	extendedSupport
	outOfSupport
)

// supportOf tells the support of a cluster's release: from what the API said of it, else from the table. A
// release that is newer than the table's is supported; an older one is not.
func supportOf(w *rule.World, c rule.EKSCluster) eksSupport {
	for r := range w.Inventory.OfType(aws.EKSClusterVersion) {
		if s := r.Spec.(*aws.ClusterVersionSpec); s.Version == c.Version && sameRegion(r, c.Resource) {
			return statedSupport(w, s)
		}
	}
	wanted, ok := minorOf(c.Version)
	if !ok {
		return supportUnknown
	}
	releases := eksReleases()
	for _, r := range releases {
		if r.version == c.Version {
			return supportAt(w.Now, day(r.endOfStandard), day(r.endOfExtended))
		}
	}
	if newest, _ := minorOf(releases[0].version); wanted > newest {
		return standardSupport
	}
	return outOfSupport
}

// sameRegion reports whether what the API said in one Region counts for a cluster; a file may not say of which
// Region it is.
func sameRegion(version, cluster *inventory.Resource) bool {
	return version.Region == "" || version.Region == cluster.Region
}

// statedSupport reads what DescribeClusterVersions said: dates where it gave them, since an answer grows old in
// a snapshot, else the status.
func statedSupport(w *rule.World, s *aws.ClusterVersionSpec) eksSupport {
	if !s.EndOfStandard.IsZero() && !s.EndOfExtended.IsZero() {
		return supportAt(w.Now, s.EndOfStandard, s.EndOfExtended)
	}
	switch s.Status {
	case "STANDARD_SUPPORT":
		return standardSupport
	case "EXTENDED_SUPPORT":
		return extendedSupport
	case "UNSUPPORTED":
		return outOfSupport
	}
	return supportUnknown
}

// supportAt compares a time with the last days of support, which still count.
func supportAt(now, endOfStandard, endOfExtended time.Time) eksSupport {
	switch {
	case now.Before(endOfStandard.AddDate(0, 0, 1)):
		return standardSupport
	case now.Before(endOfExtended.AddDate(0, 0, 1)):
		return extendedSupport
	}
	return outOfSupport
}

// day reads a date of the table.
func day(text string) time.Time {
	t, _ := time.Parse(time.DateOnly, text)
	return t
}

// minorOf gives the minor number of a release of Kubernetes 1.
func minorOf(version string) (int, bool) {
	rest, ok := strings.CutPrefix(version, "1.")
	n, err := strconv.Atoi(rest)
	return n, ok && err == nil
}
