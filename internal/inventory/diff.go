package inventory

import "bytes"

// Changes is the difference between two views, each list by UID.
type Changes struct {
	Added, Removed, Changed []UID
}

// Diff compares two views by the sanitised source objects of their resources, byte by byte; where an
// object stands in its file does not matter.
func Diff(before, after *View) Changes {
	var c Changes
	for _, r := range after.All() {
		switch was := before.Get(r.UID); {
		case was == nil:
			c.Added = append(c.Added, r.UID)
		case !bytes.Equal(was.object, r.object):
			c.Changed = append(c.Changed, r.UID)
		}
	}
	for _, r := range before.All() {
		if after.Get(r.UID) == nil {
			c.Removed = append(c.Removed, r.UID)
		}
	}
	return c
}
