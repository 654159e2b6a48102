package rule

// Profile is one side of an action that a baseline learns: what is usual for a user, and in a cluster.
type Profile uint8

// The profiles.
const (
	// ProfileAPI is the verb with the resource and subresource.
	ProfileAPI Profile = iota
	ProfileNamespace
	// ProfileUserAgent is the program, without its version.
	ProfileUserAgent
	// ProfileNetwork is the network of the client's address.
	ProfileNetwork
	// ProfileImage is the repository of each image of a workload.
	ProfileImage
	// ProfileRole is the role that a binding grants.
	ProfileRole
	// ProfilePermission is the permission that a user asked about.
	ProfilePermission
	// Profiles is how many there are.
	Profiles
)

// String names the profile as outputs do.
func (p Profile) String() string {
	return [...]string{"api", "namespace", "userAgent", "network", "image", "role", "permission"}[p]
}

// Values appends the action's values in the profile: one for most, none where the action has no such side, several for
// the images of a workload.
func (p Profile) Values(dst []string, a *Action) []string {
	return dst
}
