package rule

import (
	"fmt"
	"regexp"
	"strconv"
)

// Version is a minor release of Kubernetes, such as 1.35. The zero value stands for the latest one.
type Version struct{ Major, Minor int }

// latest is the word for the zero value, as the labels of Pod Security Admission have it
// (https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces).
const latest = "latest"

// versionForm is a version as people, servers and vendors write it: 1.35, v1.35.2, v1.35.2-eks-3025e55,
// 1.35+ (https://pkg.go.dev/k8s.io/apimachinery/pkg/version#Info).
var versionForm = regexp.MustCompile(`^v?([1-9][0-9]?)\.(0|[1-9][0-9]{0,2})(\.[0-9]+)?([-+][0-9A-Za-z.+-]*)?$`)

// ParseVersion reads a version of Kubernetes: major and minor, with or without a "v", a patch level and a
// vendor's suffix, which do not count; or "latest".
func ParseVersion(text string) (Version, error) {
	if text == latest {
		return Version{}, nil
	}
	parts := versionForm.FindStringSubmatch(text)
	if parts == nil {
		return Version{}, fmt.Errorf("version %q of Kubernetes is neither MAJOR.MINOR, such as 1.35, nor %q", text, latest)
	}
	major, _ := strconv.Atoi(parts[1]) // at most three digits each, as the form has it
	minor, _ := strconv.Atoi(parts[2])
	return Version{Major: major, Minor: minor}, nil
}

// AtLeast reports whether the version is a release or a later one. The latest is at least any.
func (v Version) AtLeast(major, minor int) bool {
	if v == (Version{}) {
		return true
	}
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// String writes the version as [ParseVersion] reads it.
func (v Version) String() string {
	if v == (Version{}) {
		return latest
	}
	return strconv.Itoa(v.Major) + "." + strconv.Itoa(v.Minor)
}
