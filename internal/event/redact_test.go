package event

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/tree"
)

const canary = "kestrel-canary-91"

// aRecord gives a record about a resource.
func aRecord(verb, resource, members string) string {
	return `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"a","verb":"` + verb + `","objectRef":{"resource":"` + resource +
		`","namespace":"x","name":"y"},` + members + `}`
}

// planted are records with a secret in every place where one may stand.
func planted() map[string]string {
	pod := `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","env":[{"name":"ANY","value":"` + canary + `"}],"args":["--password","` + canary + `"]}]}}`
	applied := `"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"x\":\"` + canary + `\"}"}`
	exec := `"requestURI":"/api/v1/namespaces/x/pods/y/exec?command=sh&command=-c&command=echo+` + canary + `&container=c"`
	return map[string]string{
		"a Secret that is made":        aRecord("create", "secrets", `"requestObject":{"kind":"Secret","apiVersion":"v1","data":{"k":"`+canary+`"},"stringData":{"l":"`+canary+`"}}`),
		"a Secret that is returned":    aRecord("get", "secrets", `"responseObject":{"kind":"Secret","apiVersion":"v1","metadata":{"name":"y","annotations":{"kapp.k14s.io/original":"`+canary+`"}},"data":{"k":"`+canary+`"}}`),
		"a Secret without its kind":    aRecord("update", "secrets", `"requestObject":{"data":{"k":"`+canary+`"},"metadata":{"annotations":{"copy":"`+canary+`"}},"stringdata":"`+canary+`"}`),
		"a list of Secrets":            aRecord("list", "secrets", `"responseObject":{"kind":"SecretList","apiVersion":"v1","items":[{"metadata":{"name":"y","annotations":{"copy":"`+canary+`"}},"data":{"k":"`+canary+`"},"type":"Opaque"}]}`),
		"a list of ConfigMaps":         aRecord("list", "configmaps", `"responseObject":{"kind":"ConfigMapList","apiVersion":"v1","items":[{"metadata":{"name":"y",`+applied+`},"data":{"k":"`+canary+`"},"binaryData":{"k":"`+canary+`"}}]}`),
		"a List of Secrets":            aRecord("create", "", `"requestObject":{"kind":"List","apiVersion":"v1","items":[{"kind":"Secret","apiVersion":"v1","data":{"k":"`+canary+`"}}]}`),
		"a table of Secrets":           aRecord("list", "secrets", `"responseObject":{"kind":"Table","apiVersion":"meta.k8s.io/v1","rows":[{"cells":["y","Opaque",1],"object":{"kind":"Secret","apiVersion":"v1","data":{"k":"`+canary+`"}}}]}`),
		"a ConfigMap":                  aRecord("create", "configmaps", `"requestObject":{"kind":"ConfigMap","apiVersion":"v1","data":{"k":"`+canary+`"}}`),
		"a merge patch of a Secret":    aRecord("patch", "secrets", `"requestObject":{"stringData":{"k":"`+canary+`"},"metadata":{"annotations":{"copy":"`+canary+`"}}}`),
		"a JSON patch of a Secret":     aRecord("patch", "secrets", `"requestObject":[{"op":"replace","path":"/data/k","value":"`+canary+`"},{"op":"add","path":"/data","value":{"k":"`+canary+`"}},{"op":"replace","path":"","value":{"data":{"k":"`+canary+`"}}}]`),
		"a patch of a variable":        aRecord("patch", "deployments", `"requestObject":[{"op":"add","path":"/spec/template/spec/containers/0/env/0/value","value":"`+canary+`"},{"op":"add","path":"/spec/template/spec/containers/0/env","value":[{"name":"A","value":"`+canary+`"}]}]`),
		"a patch of a container":       aRecord("patch", "deployments", `"requestObject":[{"op":"add","path":"/spec/template/spec/containers/0","value":{"env":[{"name":"A","value":"`+canary+`"}],"args":["--password","`+canary+`"]}},{"op":"add","path":"/spec/password","value":"`+canary+`"},{"op":"add","path":"/spec/passwords","value":["`+canary+`"]}]`),
		"a patch of an argument":       aRecord("patch", "pods", `"requestObject":[{"op":"add","path":"/spec/containers/0/args/1","value":"`+canary+`"},{"op":"add","path":"/spec/containers/0/args","value":["--password","`+canary+`"]}]`),
		"a patch of last-applied":      aRecord("patch", "pods", `"requestObject":[{"op":"add","path":"/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration","value":"`+canary+`"},{"op":"add","path":"/metadata","value":{`+applied+`}}]`),
		"a strategic merge patch":      aRecord("patch", "deployments", `"requestObject":{"metadata":{`+applied+`},"spec":{"template":{"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"`+canary+`"}]}]}}}}`),
		"variables":                    aRecord("create", "pods", `"requestObject":`+pod+`,"responseObject":`+pod),
		"variables in a list":          aRecord("list", "pods", `"responseObject":{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"p",`+applied+`,"managedFields":[{"x":"`+canary+`"}]},"spec":{"containers":[{"name":"c","env":[{"name":"A","value":"`+canary+`"}]}]}}]}`),
		"last-applied":                 aRecord("create", "deployments", `"requestObject":{"kind":"Deployment","apiVersion":"apps/v1","metadata":{`+applied+`},"spec":{"template":{"metadata":{`+applied+`}}}}`),
		"a token that is made":         aRecord("create", "serviceaccounts", `"responseObject":{"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","status":{"token":"`+canary+`"}}`),
		"a token that is reviewed":     aRecord("create", "tokenreviews", `"requestObject":{"kind":"TokenReview","apiVersion":"authentication.k8s.io/v1","spec":{"token":"`+canary+`"}},"responseObject":{"spec":{"token":"`+canary+`"},"status":{"token":"/`+canary+`"}}`),
		"an exec":                      aRecord("create", "pods", exec),
		"an exec without a reference":  `{"auditID":"a","verb":"get",` + exec + `}`,
		"an exec's options":            aRecord("create", "pods", `"requestObject":{"kind":"PodExecOptions","apiVersion":"v1","command":["sh","-c","`+canary+`"]}`),
		"an exec in one piece":         aRecord("create", "pods", `"requestURI":"/api/v1/namespaces/x/pods/y/exec?command=echo%20`+canary+`"`),
		"an exec of an assignment":     aRecord("create", "pods", `"requestURI":"/api/v1/namespaces/x/pods/y/exec?command=A=`+canary+`"`),
		"an exec by the kubelet":       aRecord("create", "nodes", `"requestURI":"/api/v1/nodes/n/proxy/run/x/y/c?cmd=echo%20`+canary+`"`),
		"a token in the query":         aRecord("get", "pods", `"requestURI":"/api/v1/namespaces/x/pods/y/proxy/?token=`+canary+`&password=`+canary+`&api%5Fkey=`+canary+`&u=postgres%3A%2F%2Fa%3A`+canary+`%40db"`),
		"a header in an annotation":    aRecord("get", "pods", `"annotations":{"x.example/note":"Authorization: Bearer `+canary+`","x.example/password":"`+canary+`"}`),
		"a webhook's patch":            aRecord("create", "pods", `"annotations":{"patch.webhook.admission.k8s.io/round_0_index_0":"{\"patch\":[{\"op\":\"add\",\"path\":\"/spec/x\",\"value\":\"`+canary+`\"}]}"}`),
		"a URL in a user agent":        aRecord("get", "pods", `"userAgent":"x https://a:`+canary+`@example.com"`),
		"a status with a URL":          aRecord("get", "pods", `"responseStatus":{"code":500,"message":"get https://a:`+canary+`@example.com failed"}`),
		"a user's extra":               aRecord("get", "pods", `"user":{"username":"u","extra":{"password":["`+canary+`"],"x":{"y":"`+canary+`"}}}`),
		"a mistyped access key":        aRecord("get", "pods", `"user":{"username":"u","extra":{"accessKeyId":"`+canary+`","authentication.kubernetes.io/credential-id":[{"x":"`+canary+`"},"`+strings.Repeat("x", 64)+canary+`"]}}`),
		"exec options that are a text": aRecord("create", "pods", `"requestObject":{"kind":"PodExecOptions","command":"`+canary+`"}`),
		"a body that nests too far":    aRecord("create", "pods", `"requestObject":`+strings.Repeat("[", tree.MaxDepth+1)+`"`+canary+`"`+strings.Repeat("]", tree.MaxDepth+1)),
		"a wrong type":                 aRecord("create", "pods", `"userAgent":["`+canary+`"]`),
		"a record that is cut":         aRecord("create", "pods", `"x":"`+canary+`","y":"`+canary),
		"a text":                       canary + ` {"x":"` + canary + `"`,
		"a record with something else": aRecord("create", "pods", `"x":"`+canary+`"`) + canary,
	}
}

// leaks gives what is shown of a record.
func leaks(record string) []string {
	var d Decoder
	events, err := d.Append(nil, record)
	var shown []string
	if err != nil {
		shown = append(shown, err.Error())
	}
	for _, e := range events {
		c, _ := e.Command()
		var request, response tree.Tree
		shown = append(shown, string(e.AppendJSON(nil, false)), e.RequestURI(), c.Program, c.Hash, string(e.RequestBody(&request).AppendJSON(nil)), string(e.ResponseBody(&response).AppendJSON(nil)))
	}
	return shown
}

func TestNoSecretIsShown(t *testing.T) {
	for name, record := range planted() {
		t.Run(name, func(t *testing.T) {
			for _, shown := range leaks(record) {
				if strings.Contains(shown, canary) {
					t.Errorf("the secret is in %s", shown)
				}
			}
		})
	}
}

// A function that does not know what the request was about hides what the body itself tells, and what patches of Secrets
// look like.
func TestBodyShowsNoSecret(t *testing.T) {
	for name, record := range planted() {
		if name == "a Secret without its kind" || name == "a merge patch of a Secret" {
			continue // Their annotations.
		}
		var d Decoder
		events, _ := d.Append(nil, record)
		for _, e := range events {
			var tr tree.Tree
			for _, body := range []Raw{e.Request, e.Response} {
				if shown := string(Body(&tr, body).AppendJSON(nil)); strings.Contains(shown, canary) {
					t.Errorf("%s: the secret is in %s", name, shown)
				}
			}
		}
	}
}

// Whatever stands around a secret, it is not shown.
func FuzzRedacted(f *testing.F) {
	for _, record := range planted() {
		f.Add(record, "x", "y")
	}
	f.Fuzz(func(t *testing.T, record, before, after string) {
		for _, shown := range leaks(record) {
			if strings.HasPrefix(shown, "{") && !json.Valid([]byte(shown)) {
				t.Errorf("not valid: %q", shown)
			}
		}
		var d Decoder
		if events, err := d.Append(nil, record); err == nil {
			for i := range events {
				first := events[i].AppendJSON(nil, i%2 == 0)
				again, err := d.Append(nil, string(first))
				if err != nil || len(again) != 1 {
					t.Fatalf("%d events and %v of %s", len(again), err, first)
				}
			}
		}
		value, err := json.Marshal(before + "/" + canary + " " + after)
		if err != nil {
			return
		}
		for _, record := range []string{
			aRecord("get", "secrets", `"responseObject":{"kind":"Secret","apiVersion":"v1","data":{"k":`+string(value)+`}}`),
			aRecord("create", "pods", `"requestObject":{"kind":"Pod","spec":{"containers":[{"env":[{"name":"A","value":`+string(value)+`}]}]}}`),
			aRecord("create", "pods", `"requestURI":"/api/v1/namespaces/x/pods/y/exec?command=sh&command=`+url.QueryEscape(before+canary+after)+`"`),
			aRecord("create", "pods", `"requestObject":{"kind":"TokenReview","spec":{"token":`+string(value)+`}}`),
		} {
			if strings.Contains(before+after, canary) {
				continue
			}
			for _, shown := range leaks(record) {
				if strings.Contains(shown, canary) {
					t.Errorf("the secret is in %s", shown)
				}
			}
		}
	})
}

func TestRedactedRecordsRoundTrip(t *testing.T) {
	record := aRecord("create", "pods", `"stage":"ResponseComplete","requestURI":"/api/v1/namespaces/x/pods?dryRun=All&fieldManager=a%20b","user":{"username":"u","uid":"1","groups":["a","b"],"extra":{"accessKeyId":["ASIAQWERTYUIOPASDFGH"],"arn":["arn:aws:sts::111122223333:assumed-role/r/s"],"authentication.kubernetes.io/credential-id":["JTI=5b1e7f0a-2c3d-4e5f-8a9b-000000000000"]}},`+
		`"impersonatedUser":{"username":"v"},"sourceIPs":["10.0.0.1","::1"],"userAgent":"kubectl/v1.33.1 (linux/amd64) \"é\u0001","responseStatus":{"metadata":{},"code":201},`+
		`"requestObject":{"kind":"Pod","apiVersion":"v1","spec":{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}},"responseObject":{"kind":"Pod","metadata":{"uid":"2"}},`+
		`"requestReceivedTimestamp":"2026-03-04T05:06:07.000001Z","stageTimestamp":"2026-03-04T05:06:08.5Z","annotations":{"authorization.k8s.io/decision":"allow","authentication.k8s.io/legacy-token":"system:serviceaccount:x:y","empty":""}`)
	var d Decoder
	events, err := d.Append(nil, record)
	if err != nil {
		t.Fatal(err)
	}
	again, err := d.Append(nil, string(events[0].AppendJSON(nil, false)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(events, again, cmp.AllowUnexported(Event{})); diff != "" {
		t.Error(diff)
	}
}

func TestACommandKeepsItsHash(t *testing.T) {
	var d Decoder
	decode := func(record string) *Event {
		events, err := d.Append(nil, record)
		if err != nil || len(events) != 1 {
			t.Fatal(err)
		}
		return &events[0]
	}
	const path = "/api/v1/namespaces/x/pods/y/exec?command=%2Fusr%2Fbin%2Fmysql&command=-phunter2x9&command=shop&container=db&stdin=true&stdout=true&tty=true"
	e := decode(aRecord("get", "pods", `"requestURI":"`+path+`"`))
	c, ok := e.Command()
	want := Command{
		Program: "mysql", Hash: "405fc06eee664b05", Args: []string{"/usr/bin/mysql", "-p[redacted: password]", "shop"},
		Container: "db", TTY: true, Stdin: true,
	}
	if diff := cmp.Diff(want, c); diff != "" || !ok {
		t.Errorf("ok is %t\n%s", ok, diff)
	}
	const hidden = "/api/v1/namespaces/x/pods/y/exec?command=mysql&command=%5Bredacted%5D&command=%5Bredacted%5D&container=db&stdin=true&stdout=true&tty=true"
	if got := e.RequestURI(); got != hidden {
		t.Errorf("the URI is %s", got)
	}
	for _, keep := range []bool{false, true} {
		again := decode(string(e.AppendJSON(nil, keep)))
		got, _ := again.Command()
		if got.Program != want.Program || got.Hash != want.Hash || slices.Equal(got.Args, want.Args) != keep {
			t.Errorf("kept: %t; the command becomes %+v", keep, got)
		}
		if twice := decode(string(again.AppendJSON(nil, keep))); twice.Annotations != again.Annotations {
			t.Errorf("the annotations become %s, then %s", again.Annotations, twice.Annotations)
		}
	}
}

func TestCommands(t *testing.T) {
	for uri, want := range map[string]string{
		"/api/v1/namespaces/x/pods/y/exec?command=ls":                           "ls",
		"/api/v1/namespaces/x/pods/y/attach?container=c":                        "",
		"/api/v1/nodes/n/proxy/run/x/y/c?cmd=/bin/cat%20/etc/shadow":            "cat",
		"/api/v1/nodes/n/proxy/exec/x/y/c?command=sh&input=1":                   "sh",
		"/api/v1/nodes/n/proxy//run/x/y/c?cmd=id":                               "id",
		"/api/v1/nodes/n/proxy/%72un/x/y/c?cmd=id":                              "id",
		"/api/v1/nodes/n/proxy/logs/../run/x/y/c?cmd=id":                        "id",
		"/api/v1/nodes/n/%70roxy/./run%2Fx%2Fy/c?cmd=id":                        "id",
		"/api/v1/nodes/proxy/proxy/run/x/y/c?cmd=id":                            "id",
		"/api/v1/nodes/https:n:10250/proxy/run/x/y/c?cmd=id":                    "id",
		"/api/v1/namespaces/x/pods/y/ex%65c?command=ls":                         "ls",
		"/api/v1/namespaces/x/pods/y/exec?command=%zz&command":                  "%zz",
		"/api/v1/namespaces/x/pods/y/exec?command=" + strings.Repeat("a", 1000): "[redacted]",
	} {
		e := Event{uri: uri}
		if strings.Contains(uri, "/nodes/") {
			e.Object = Reference{Resource: "nodes", Subresource: "proxy"}
		}
		if c, ok := e.Command(); !ok || c.Program != want {
			t.Errorf("%s runs %q, want %q", uri, c.Program, want)
		}
	}
	for _, uri := range []string{"", "/api/v1/namespaces/x/pods/y?command=ls", "/api/v1/nodes/n/exec", "/api/v1/namespaces/x/pods"} {
		if c, ok := (&Event{uri: uri}).Command(); ok {
			t.Errorf("%s runs %+v", uri, c)
		}
	}
	for _, uri := range []string{
		"/api/v1/nodes/n/proxy", "/api/v1/nodes/n/proxy/", "/api/v1/nodes/n/proxy/%2572un/x/y/c?cmd=id", "/api/v1/nodes/n/proxy/%zz/run/x?cmd=id",
		"/api/v1/nodes/n/proxy/run/../pods?cmd=id", "/api/v1/nodes/n/proxy/logs/run/x?cmd=id", "/proxy/run/x", "",
	} {
		e := Event{uri: uri, Object: Reference{Resource: "nodes", Subresource: "proxy"}}
		if c, ok := e.Command(); ok {
			t.Errorf("%s runs %+v", uri, c)
		}
	}
	e := Event{uri: "/a?x=1&y=a%20b+c&y=2&z"}
	if e.Path() != "/a" || e.Query("y") != "a b c" || e.Query("z") != "" || e.Query("q") != "" {
		t.Errorf("path %q, y is %q", e.Path(), e.Query("y"))
	}
}

// The API server takes the first value, and everything that is not "0" or "false" for true.
func TestTruthValuesOfAQuery(t *testing.T) {
	e := Event{uri: "/a?empty=&bare&one=1&word=yes&zero=0&false=FaLsE&first=0&first=1&%73poken=%74rue"}
	for _, name := range []string{"empty", "bare", "one", "word", "spoken"} {
		if !e.QueryBool(name) {
			t.Errorf("%s is false", name)
		}
	}
	for _, name := range []string{"zero", "false", "first", "missing"} {
		if e.QueryBool(name) {
			t.Errorf("%s is true", name)
		}
	}
}

func TestKubeletCalls(t *testing.T) {
	for below, want := range map[string]KubeletCall{
		"run/shop/web/main":                 {"run", "shop", "web", "main"},
		"//exec//shop/web/0000-1111/main":   {"exec", "shop", "web", "main"},
		"attach/shop/web":                   {"attach", "shop", "web", ""},
		"run":                               {Does: "run"},
		"pods/":                             {Does: "pods"},
		"..%2Fmetrics/cadvisor?x=/run/a/b/": {Does: "metrics"},
	} {
		e := Event{uri: "/api/v1/nodes/n/proxy/" + below, Object: Reference{Resource: "nodes", Subresource: "proxy"}}
		if got, ok := e.Kubelet(); !ok || got != want {
			t.Errorf("%s asks for %+v, want %+v", below, got, want)
		}
	}
	e := Event{uri: "/api/v1/namespaces/x/services/y/proxy/run/a/b/c", Object: Reference{Resource: "services", Subresource: "proxy"}}
	if got, ok := e.Kubelet(); ok {
		t.Errorf("the proxy of a service asks a kubelet for %+v", got)
	}
}

func TestATruncatedRecordSaysSo(t *testing.T) {
	var d Decoder
	events, err := d.Append(nil, planted()["a body that nests too far"])
	if err != nil || events[0].Truncated() {
		t.Fatal(err)
	}
	again, err := d.Append(nil, string(events[0].AppendJSON(nil, false)))
	if err != nil || !again[0].Truncated() || again[0].Request != "" {
		t.Errorf("%v: %+v", err, again)
	}
}

func TestIsPatch(t *testing.T) {
	for verb, want := range map[string]bool{"patch": true, "apply": true, "update": false, "create": false} {
		if got := (&Event{Verb: verb}).IsPatch(); got != want {
			t.Errorf("%s: %t", verb, got)
		}
	}
}
