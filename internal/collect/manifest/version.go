package manifest

import (
	"regexp"

	"github.com/merlonsec/merlon/internal/tree"
)

// gitVersion is a version as an API server writes it.
var gitVersion = regexp.MustCompile(`^v[0-9]+\.[0-9]+[0-9A-Za-z.+-]{0,100}$`)

// serverVersion gives the version of an API server where a document tells it: what `kubectl version -o json` or
// `-o yaml` prints, or what the server itself says at /version (https://pkg.go.dev/k8s.io/apimachinery/pkg/version#Info);
// "" for any other document. The version of kubectl is not that of a cluster.
func serverVersion(n tree.Node) string {
	if n.Get("kind").Exists() || n.Get("apiVersion").Exists() {
		return ""
	}
	info := n
	if n.Get("clientVersion").Exists() {
		info = n.Get("serverVersion")
	}
	version := info.Get("gitVersion").Text()
	if !info.Get("major").Exists() || !info.Get("minor").Exists() || !gitVersion.MatchString(version) {
		return ""
	}
	return version
}
