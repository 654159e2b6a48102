package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// canary is part of every secret in the log.
const canary = "CANARY7f3a9c"

// secretEvents is a log in which secrets stand wherever an API server may record them, with findings about each record.
func secretEvents() string {
	var b strings.Builder
	n := 0
	event := func(verb, resource, sub, name, query, bodies string, code int) {
		n++
		group := map[string]string{"clusterrolebindings": "rbac.authorization.k8s.io", "deployments": "apps"}[resource]
		fmt.Fprintf(&b, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"canary-%d","stage":"ResponseComplete",`+
			`"requestURI":"/api/v1/namespaces/kube-system/%[2]s/%[3]s/%[4]s%[5]s","verb":"%[6]s","user":{"username":"system:anonymous","groups":["system:unauthenticated"],`+
			`"extra":{"token":["%[9]s"]}},"sourceIPs":["203.0.113.7"],"userAgent":"kubectl/v1.35.0","objectRef":{"resource":"%[2]s","namespace":"kube-system","name":"%[3]s",`+
			`"apiGroup":"%[10]s","apiVersion":"v1","subresource":"%[4]s"},"responseStatus":{"code":%[7]d}%[8]s,"requestReceivedTimestamp":"2026-11-21T08:00:%02[1]dZ","stageTimestamp":"2026-11-21T08:00:%02[1]dZ"}`+"\n",
			n, resource, name, sub, query, verb, code, bodies, canary, group)
	}
	applied := `"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":{\"password\":\"` + canary + `\"}}"}`
	secret := `{"kind":"Secret","apiVersion":"v1","metadata":{"name":"db","namespace":"kube-system",` + applied + `},"data":{"password":"` + canary + `"},"stringData":{"token":"` + canary + `"}}`
	event("create", "secrets", "", "db", "", `,"requestObject":`+secret+`,"responseObject":`+secret, 201)
	event("patch", "secrets", "", "db", "", `,"requestObject":{"data":{"password":"`+canary+`"}},"responseObject":`+secret, 200)
	event("list", "secrets", "", "", "?token="+canary, `,"responseObject":{"kind":"SecretList","apiVersion":"v1","items":[`+secret+`]}`, 200)
	event("create", "serviceaccounts", "token", "default", "", `,"responseObject":{"kind":"TokenRequest","status":{"token":"`+canary+`"}}`, 201)
	event("patch", "configmaps", "", "coredns", "", `,"requestObject":{"data":{"Corefile":"`+canary+`"}},"responseObject":{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"coredns",`+applied+`},"data":{"Corefile":"`+canary+`"}}`, 200)
	pod := `{"containers":[{"name":"main","image":"registry.example/miner:1","args":["--password=` + canary + `"],"command":["sh","-c","echo ` + canary + `"],` +
		`"env":[{"name":"PASSWORD","value":"` + canary + `"}],"securityContext":{"privileged":true}}],"volumes":[{"name":"root","hostPath":{"path":"/"}}]}`
	event("create", "pods", "", "bad", "", `,"requestObject":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"bad",`+applied+`},"spec":`+pod+`}`, 201)
	event("create", "deployments", "", "bad", "", `,"responseObject":{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"bad",`+applied+`},"spec":{"template":{"spec":`+pod+`}}}`, 201)
	event("patch", "pods", "", "bad", "", `,"requestObject":[{"op":"add","path":"/spec/containers/0/env/-","value":{"name":"TOKEN","value":"`+canary+`"}}]`, 200)
	event("create", "pods", "exec", "dns", "?command=mysql&command=-p"+canary+"&stdout=true", "", 101)
	event("create", "pods", "exec", "dns", "?command=sh&command=-c&command=curl+-H+Authorization:"+canary, "", 101)
	event("get", "nodes", "proxy", "node-1", "/run/kube-system/dns/main?cmd=mysql+-p"+canary, "", 200)
	event("create", "clusterrolebindings", "", "guest", "", `,"responseObject":{"kind":"ClusterRoleBinding","metadata":{"name":"guest",`+applied+`},"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"guest"}]}`, 201)
	b.WriteString(credentialsInRequests())
	b.WriteString(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","requestObject":{"data":{"password":"` + canary + "\n")
	b.WriteString(`{"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":{"` + canary + `":1},"level":["` + canary + `"]}` + "\n")
	b.WriteString(canary + " is no JSON\n{\"" + canary + "\": tru}\n\"" + canary + "\"\n")
	return b.String()
}

// credentialsInRequests is a log in which callers put a token wherever a request has room for one.
func credentialsInRequests() string {
	const token = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMyJ9.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50Iiwic3ViIjoiYWRtaW4ifQ." + canary + "ZXNpZ25hdHVyZXNpZ25hdHVyZXNpZ25hdHVyZQ"
	var b strings.Builder
	n := 0
	event := func(user, agent, ip, uri, object string, code int) {
		n++
		fmt.Fprintf(&b, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"token-%[1]d","stage":"ResponseComplete","requestURI":%[2]q,"verb":"get",`+
			`"user":{"username":%[3]q,"groups":["g"],"extra":{"sessionName":[%[3]q]}},"sourceIPs":[%[4]q,"203.0.113.9"],"userAgent":%[5]q%[6]s,"responseStatus":{"code":%[7]d},`+
			`"requestReceivedTimestamp":"2026-11-21T09:%02[1]d:00Z","stageTimestamp":"2026-11-21T09:%02[1]d:00Z"}`+"\n", n, uri, user, ip, agent, object, code)
	}
	exec := func(name string) string {
		return fmt.Sprintf(`,"objectRef":{"resource":"pods","namespace":"kube-system","name":%q,"apiVersion":"v1","subresource":"exec"}`, name)
	}
	const pod = "/api/v1/namespaces/kube-system/pods/web/exec"
	event("eve", "tool/1 Bearer "+token, "198.51.100.7", pod, exec("web"), 101)
	event("eve", token+"/1", "198.51.100.7", pod, exec("web"), 101)
	event("eve", "kubectl/v1.35.0", token, pod, exec("web"), 101)
	event("eve", "kubectl/v1.35.0", "198.51.100.7", pod+"?command=sh&x="+token, exec("web"), 101)
	event("eve", "kubectl/v1.35.0", "198.51.100.7", pod, exec("x."+token), 101)
	event("u "+token, "kubectl/v1.35.0", "198.51.100.7", pod, exec("web"), 101)
	for i := range 12 {
		event("eve", "kubectl/v1.35.0", "198.51.100.7", fmt.Sprintf("/hooks/%d/%s", i, token), "", 403)
		event("eve", "kubectl/v1.35.0", "198.51.100.7", fmt.Sprintf("/%s", token), "", 200)
	}
	return b.String()
}

// No value of a secret leaves the process: not in any format, a state, or a message.
func TestNoSecretLeavesDetect(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("audit.log", []byte(secretEvents()), 0o600); err != nil {
		t.Fatal(err)
	}
	for i, args := range [][]string{
		{"-o", "json"},
		{"-o", "guardduty"},
		{"-o", "ocsf"},
		{"-o", "table", "--all"},
		{"-o", "table", "--all", "--lang", "es"},
		{"replay", "-o", "table"},
		{"replay", "-o", "json"},
		{"-o", "json", "--keep-commands"},
		{"-o", "table", "--fail-on", "low", "--learn", "1h"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			state := fmt.Sprintf("state-%d", i)
			p := testProcess(append([]string{"detect", "audit.log"}, append(args, "--state", state)...), "en")
			if args[0] == "replay" {
				p.args = append([]string{"detect", "replay", "audit.log"}, args[1:]...)
			}
			run(context.Background(), p)
			out := p.stdout.(*bytes.Buffer).String()
			if !strings.Contains(out, "Kubernetes") || !strings.Contains(out, "ExecInKubeSystemPod") {
				t.Errorf("it found nothing: %s%s", out, p.stderr)
			}
			check := map[string]string{"stdout": out, "stderr": p.stderr.(*bytes.Buffer).String()}
			if args[0] != "replay" {
				check["state"] = unpack(t, state)
			}
			for where, text := range check {
				if at := strings.Index(text, canary); at >= 0 && !(contains(args, "--keep-commands") && where != "stderr") {
					t.Errorf("%s has a secret: …%s…", where, text[max(0, at-300):min(len(text), at+60)])
				}
			}
		})
	}
}

func contains(args []string, flag string) bool {
	return strings.Contains(strings.Join(args, " "), flag)
}

// unpack gives the text of a state.
func unpack(t *testing.T, path string) string {
	t.Helper()
	packed, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		t.Fatal(err)
	}
	r, err := zstd.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text, err := r.DecodeAll(packed, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A state that was cut off or changed is refused as a whole, wherever that is, and left as it is.
func TestDamagedStateIsRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("audit.log", []byte(secretEvents()), 0o600); err != nil {
		t.Fatal(err)
	}
	run(context.Background(), testProcess([]string{"detect", "audit.log", "--state", "state"}, "en"))
	whole, err := os.ReadFile("state")
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)/2] ^= 0xff
	damaged := [][]byte{{}, flipped}
	for i := range 20 {
		damaged = append(damaged, whole[:len(whole)*i/20])
	}
	for _, data := range damaged {
		if err := os.WriteFile("state", data, 0o600); err != nil {
			t.Fatal(err)
		}
		p := testProcess([]string{"detect", "audit.log", "--state", "state"}, "en")
		if code := run(context.Background(), p); code != exitWrong {
			t.Errorf("%d bytes: exit code %d", len(data), code)
		}
		if told := p.stderr.(*bytes.Buffer).String(); !strings.Contains(told, "remove the file to begin anew") {
			t.Errorf("%d bytes: %s", len(data), told)
		}
		if left, err := os.ReadFile("state"); err != nil || !bytes.Equal(left, data) {
			t.Errorf("%d bytes: the state was changed (%v)", len(data), err)
		}
	}
}
