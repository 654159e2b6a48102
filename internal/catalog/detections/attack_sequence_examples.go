package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// step is one record of a story, a number of minutes after its beginning.
func step(minute int, r record) string {
	r.At = 60 * minute
	return r.String()
}

// The steps of the stories below. Somebody at an exit of the Tor network reads secrets, binds themselves a role and runs
// a shell in a pod that runs the cluster.
func readsSecrets(user, address string) record {
	return record{User: user, IP: address, Verb: "list", Resource: "secrets", Namespace: "shop"}
}

func takesAdmin(user, address, subjects string) record {
	return record{
		User: user, IP: address, Verb: "create", Resource: "clusterrolebindings.rbac.authorization.k8s.io", Name: "more", Code: 201,
		Request: `{"kind":"ClusterRoleBinding","apiVersion":"rbac.authorization.k8s.io/v1","metadata":{"name":"more"},` +
			`"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[` + subjects + `]}`,
	}
}

func runsShell(user, address string) record {
	return record{
		User: user, IP: address, Verb: "get", Resource: "pods/exec", Namespace: "kube-system", Name: "kube-proxy-x7b2k", Code: 101,
		URI: "/api/v1/namespaces/kube-system/pods/kube-proxy-x7b2k/exec?command=sh&stdin=true&stdout=true&tty=true",
	}
}

var attackSequenceExamples = []rule.EventExample{
	{
		Name: "one user reads secrets from Tor, takes more rights, and runs a shell in kube-system",
		Input: step(0, readsSecrets("eve", torExit)) + step(4, takesAdmin("eve", torExit, `{"kind":"User","name":"eve"}`)) +
			step(9, runsShell("eve", "10.0.3.7")),
		Lists: map[string]string{"tor": torExit},
		Want:  finding.Present,
	},
	{
		Name: "several users from one address on a list",
		Input: step(0, readsSecrets("eve", "203.0.113.7")) + step(30, takesAdmin("mallory", "203.0.113.7", `{"kind":"User","name":"oscar"}`)) +
			step(50, runsShell("oscar", "203.0.113.7")),
		Lists: map[string]string{"threat": "203.0.113.0/24"},
		Want:  finding.Present,
	},
	{
		Name: "who was given rights goes on with the story",
		Input: step(0, takesAdmin("eve", "10.0.3.7", `{"kind":"ServiceAccount","name":"web","namespace":"shop"}`)) +
			step(5, readsSecrets("system:serviceaccount:shop:web", torExit)) + step(6, runsShell("system:serviceaccount:shop:web", torExit)),
		Lists: map[string]string{"tor": torExit},
		Want:  finding.Present,
	},
	{
		Name: "the same steps of people who have nothing in common",
		Input: step(0, readsSecrets("eve", torExit)) + step(4, takesAdmin("alice", "10.0.3.7", `{"kind":"User","name":"bob"}`)) +
			step(9, runsShell("carol", "10.0.3.9")),
		Lists: map[string]string{"tor": torExit},
		Want:  finding.Absent,
	},
	{
		Name: "an administrator's busy day, with nothing that tells of an attacker",
		Input: step(0, readsSecrets("alice", "10.0.3.7")) + step(4, takesAdmin("alice", "10.0.3.7", `{"kind":"User","name":"bob"}`)) +
			step(9, runsShell("alice", "10.0.3.7")),
		Want: finding.Absent,
	},
	{
		Name:  "two finding types are not enough",
		Input: step(0, readsSecrets("eve", torExit)) + step(4, takesAdmin("eve", "10.0.3.7", `{"kind":"User","name":"bob"}`)),
		Lists: map[string]string{"tor": torExit},
		Want:  finding.Absent,
	},
}

// torExit is an address of the documentation network that examples list as an exit of Tor.
const torExit = "198.51.100.20"
