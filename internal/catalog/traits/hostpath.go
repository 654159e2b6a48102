package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/rule"
)

// reached gives the places on the node that containers reach through a volume. A mount with a subPath
// reaches what lies below it only. A volume that nothing mounts stands for its own path.
func reached(v rule.Volume) []string {
	var places []string
	for m := range v.Mounts() {
		places = append(places, reachedBy(v, m))
	}
	if places == nil {
		places = []string{rule.CleanNodePath(v.HostPath)}
	}
	return places
}

func reachedBy(v rule.Volume, m rule.Mount) string {
	return rule.CleanNodePath(rule.CleanNodePath(v.HostPath) + "/" + m.SubPath)
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
