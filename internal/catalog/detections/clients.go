package detections

import (
	"slices"
	"strings"
)

// client is what the first word of a user agent, in lower case, tells of who made a request. Programs that use the
// libraries of Kubernetes are called by their own name: "operator/v0.0.0 (linux/amd64) kubernetes/$Format".
//
// Helm is not among them: pipelines deploy with it, as do people. All of it is what the client says of itself. A thief who
// takes the trouble to be called as the workload is, is told by the address, the place and the habits of the account, and
// not here.
type client struct {
	name string
	kind clientKind
}

type clientKind uint8

const (
	// forPeople is a tool that somebody sits at, or that a script of somebody's calls.
	forPeople clientKind = iota
	// bare is a library of HTTP that tells nothing of the program which it is in. Programs of Kubernetes seldom use one for
	// the API server; what is written in a hurry does.
	bare
)

func clients() []client {
	return []client{
		// Command lines and desktops of Kubernetes.
		{"kubectl", forPeople},
		{"oc", forPeople},
		{"k9s", forPeople},
		{"stern", forPeople},
		{"lens", forPeople},
		{"openlens", forPeople},
		{"freelens", forPeople},
		{"headlamp", forPeople},
		// Command lines and desktops of HTTP, and browsers.
		{"curl", forPeople},
		{"wget", forPeople},
		{"httpie", forPeople},
		{"postmanruntime", forPeople},
		{"insomnia", forPeople},
		{"powershell", forPeople},
		{"mozilla", forPeople},
		// Libraries of HTTP, as they are called where nobody names the program.
		{"go-http-client", bare},
		{"python-requests", bare},
		{"python-urllib", bare},
		{"python-httpx", bare},
		{"python", bare}, // aiohttp: "Python/3.12 aiohttp/3.9.1"
		{"aiohttp", bare},
		{"okhttp", bare},
		{"java", bare},
		{"apache-httpclient", bare},
		{"axios", bare},
		{"node-fetch", bare},
		{"node", bare},
		{"undici", bare},
		{"ruby", bare},
		{"libwww-perl", bare},
		{"guzzlehttp", bare},
		{"reqwest", bare},
	}
}

// isTool reports whether a user agent is that of a tool for people.
func isTool(agent string) bool { return isClient(agent, forPeople) }

// isBare reports whether a user agent tells nothing of the program.
func isBare(agent string) bool { return isClient(agent, bare) }

// isClient reports whether a user agent is that of a client of some kind, or of a plugin of it ("kubectl-ns"). On Windows
// programs are called kubectl.exe.
func isClient(agent string, kind clientKind) bool {
	name, _, _ := strings.Cut(strings.TrimSpace(agent), "/")
	name, _, _ = strings.Cut(name, " ")
	name = strings.TrimSuffix(strings.ToLower(name), ".exe")
	return slices.ContainsFunc(clients(), func(c client) bool {
		return c.kind == kind && (c.name == name || c.kind == forPeople && strings.HasPrefix(name, c.name+"-"))
	})
}
