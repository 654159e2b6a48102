package traits

import (
	"path"
	"regexp"
	"strings"

	"github.com/merlonsec/merlon/internal/rule"
)

// pipes is where the named pipes of Windows are, as [cleanHostPath] writes it.
const pipes = "//./pipe/"

// windowsForm is a path as Windows writes it, with the letter of its drive.
var windowsForm = regexp.MustCompile(`^[a-z]:(/|$)`)

// cleanHostPath gives the place on a node that a hostPath names: without "..", doubled or trailing
// slashes. /var/run is /run, as the one is a link to the other on every current distribution
// (https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s13.html). A path with the letter of a drive, and a
// named pipe, are Windows', which knows no upper and lower case and takes both slashes: "c:/users",
// "//./pipe/docker_engine".
func cleanHostPath(written string) string {
	windows := strings.ToLower(strings.ReplaceAll(written, `\`, "/"))
	switch {
	case windowsForm.MatchString(windows):
		return strings.TrimSuffix(path.Clean(windows), "/")
	case strings.HasPrefix(windows, pipes):
		return pipes + strings.Trim(path.Clean(windows[len(pipes):]), "/.")
	}
	clean := path.Clean("/" + written)
	if clean == "/var/run" || strings.HasPrefix(clean, "/var/run/") {
		return strings.TrimPrefix(clean, "/var")
	}
	return clean
}

// reached gives the places on the node that containers reach through a volume. A mount with a subPath
// reaches what lies below it only. A volume that nothing mounts stands for its own path.
func reached(v rule.Volume) []string {
	var places []string
	for m := range v.Mounts() {
		places = append(places, reachedBy(v, m))
	}
	if places == nil {
		places = []string{cleanHostPath(v.HostPath)}
	}
	return places
}

func reachedBy(v rule.Volume, m rule.Mount) string {
	return cleanHostPath(cleanHostPath(v.HostPath) + "/" + m.SubPath)
}

// mounted reports whether any container mounts the volume.
func mounted(v rule.Volume) bool {
	for range v.Mounts() {
		return true
	}
	return false
}

// isWithin reports whether a path is a place, or lies below it. Both are clean.
func isWithin(p, place string) bool {
	return p == place || place == "/" || strings.HasPrefix(p, place+"/")
}

// isWithinAny reports whether a path is one of the places, or lies below one.
func isWithinAny(p string, places []string) bool {
	for _, place := range places {
		if isWithin(p, place) {
			return true
		}
	}
	return false
}

// holdsAny reports whether a path is one of the places, or lies above one: mounting it mounts the place.
func holdsAny(p string, places []string) bool {
	for _, place := range places {
		if isWithin(place, p) {
			return true
		}
	}
	return false
}
