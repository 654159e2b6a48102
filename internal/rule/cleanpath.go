package rule

import (
	"path"
	"regexp"
	"strings"
)

// NodePipes is where the named pipes of Windows are, as [CleanNodePath] writes it.
const NodePipes = "//./pipe/"

// windowsForm is a path as Windows writes it, with the letter of its drive.
var windowsForm = regexp.MustCompile(`^[a-z]:(/|$)`)

// CleanNodePath gives the place on a node that a path names: without "..", doubled or trailing
// slashes. /var/run is /run, as the one is a link to the other on every current distribution
// (https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s13.html). A path with the letter of a drive, and a
// named pipe, are Windows', which knows no upper and lower case and takes both slashes: "c:/users",
// "//./pipe/docker_engine".
func CleanNodePath(written string) string {
	windows := strings.ToLower(strings.ReplaceAll(written, `\`, "/"))
	switch {
	case windowsForm.MatchString(windows):
		return strings.TrimSuffix(path.Clean(windows), "/")
	case strings.HasPrefix(windows, NodePipes):
		return NodePipes + strings.Trim(path.Clean(windows[len(NodePipes):]), "/.")
	}
	clean := path.Clean("/" + written)
	if clean == "/var/run" || strings.HasPrefix(clean, "/var/run/") {
		return strings.TrimPrefix(clean, "/var")
	}
	return clean
}
