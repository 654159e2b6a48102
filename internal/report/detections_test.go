package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// at is a time of the day on which the log of the tests was written.
func at(clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04:05", "2026-11-21 "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

// The finding types of the log.
const (
	typeSecrets   = "CredentialAccess:Kubernetes/TorIPCaller"
	typeExec      = "Execution:Kubernetes/ExecInKubeSystemPod"
	typeBinding   = "PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated"
	typeWorkload  = "PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer"
	typeDenied    = "Discovery:Kubernetes/DeniedBurst"
	typeSequence  = "AttackSequence:EKS/CompromisedCluster"
	typeAnonymous = "Discovery:Kubernetes/SuccessfulAnonymousAccess"
)

// detectionRules gives the texts of the finding types of the log.
func detectionRules(id string) (RuleTexts, bool) {
	titles := map[string]lang.Text{
		typeSecrets:   {EN: "Credentials asked for from Tor", ES: "Credenciales solicitadas desde Tor", PT: "Credenciais solicitadas pela rede Tor"},
		typeExec:      {EN: "Command run in a pod of kube-system", ES: "Comando ejecutado en un pod de kube-system", PT: "Comando executado em um pod do kube-system"},
		typeBinding:   {EN: "Unusual grant of rights", ES: "Concesión de permisos inusual", PT: "Concessão de direitos incomum"},
		typeWorkload:  {EN: "Unusual privileged container", ES: "Contenedor privilegiado inusual", PT: "Contêiner privilegiado incomum"},
		typeDenied:    {EN: "Many denied requests", ES: "Muchas solicitudes denegadas", PT: "Muitas solicitações negadas"},
		typeSequence:  {EN: "The cluster is under attack", ES: "El clúster está siendo atacado", PT: "O cluster está sob ataque"},
		typeAnonymous: {EN: "Nobody's request succeeded", ES: "Una solicitud anónima tuvo éxito", PT: "Uma solicitação anônima teve êxito"},
	}
	t, ok := titles[id]
	return RuleTexts{
		Title: t, Why: t,
		Fix:        lang.Text{EN: "Revoke the user\n\n    kubectl delete clusterrolebinding NAME", ES: "Revoque al usuario\n\n    kubectl delete clusterrolebinding NAME", PT: "Revogue o usuário\n\n    kubectl delete clusterrolebinding NAME"},
		References: []rule.Reference{{Source: "ATT&CK", ID: "T1552.007", Name: "Unsecured Credentials: Container API", URL: "https://attack.mitre.org/techniques/T1552/007/"}},
	}, ok
}

func detection(kind string, s finding.Severity, id, clock string) finding.Detection {
	texts, _ := detectionRules(kind)
	return finding.Detection{
		ID: id + "00", FindingID: id, Type: kind, Severity: s, Title: texts.Title.EN, Text: texts.Title, At: at(clock), Cluster: "shop.eu-west-1.111122223333",
		AuditID: "5f1c2d3e-0000-4000-8000-" + id, Source: inventory.Origin{File: "logs/audit.log", Line: 17},
	}
}

// attacked is a run over the log of a cluster in which an attack shows.
func attacked() *Detections {
	eve := finding.Actor{
		Username: "eve", UID: "aws-iam-authenticator:111122223333:AROAEXAMPLE", Groups: []string{"devs", "system:authenticated"},
		ARN: "arn:aws:sts::111122223333:assumed-role/dev/eve", SessionName: "eve", AccessKeyID: "ASIAEXAMPLE",
	}
	call := func(verb, resource, sub, namespace, name, ip string, code int) finding.APICall {
		return finding.APICall{
			Verb: verb, Resource: resource, Subresource: sub, Namespace: namespace, Name: name, SourceIPs: []string{ip}, StatusCode: code,
			RequestURI: "/api/v1/namespaces/" + namespace + "/" + resource, UserAgent: "kubectl/v1.35.0 (linux/amd64) kubernetes/0000000",
		}
	}
	secrets := detection(typeSecrets, finding.SeverityHigh, "a1a1a1a1a1a1", "08:30:12")
	secrets.Actor, secrets.Call = eve, call("get", "secrets", "", "shop", "db-password", "203.0.113.7", 200)
	secrets.Resource = finding.DetectedObject{UID: "k8s://shop/core/Secret/shop/db-password", Type: "k8s/core/Secret", Name: "db-password", Namespace: "shop"}
	secrets.Lists = []finding.ListMatch{{Name: "tor-exits", Kind: "tor", Address: "203.0.113.7"}}
	secrets.Why = []finding.Reason{{Condition: "reads-secrets", Evidence: []finding.RecordField{{Path: "$.objectRef.resource", Value: "secrets"}}}}

	binding := detection(typeBinding, finding.SeverityHigh, "b2b2b2b2b2b2", "08:35:40")
	binding.Actor, binding.Call = eve, call("create", "clusterrolebindings", "", "", "helper", "203.0.113.7", 201)
	binding.Binding = &finding.BindingDetails{Kind: "ClusterRoleBinding", Name: "helper", RoleKind: "ClusterRole", RoleName: "cluster-admin", Subjects: []string{"ServiceAccount:shop/web"}}
	binding.Resource = finding.DetectedObject{UID: "k8s://shop/rbac.authorization.k8s.io/ClusterRoleBinding/_/helper", Type: "k8s/rbac.authorization.k8s.io/ClusterRoleBinding", Name: "helper"}
	binding.Anomaly = &finding.Anomaly{Unusual: []finding.ProfileFit{
		{Profile: "role", Scope: "user", Value: "ClusterRole/cluster-admin", Seen: 0, Total: 412, Frequent: []string{"ClusterRole/view"}},
		{Profile: "network", Scope: "cluster", Value: "203.0.113.0/24", Seen: 2, Total: 51234},
	}}

	workload := detection(typeWorkload, finding.SeverityHigh, "c3c3c3c3c3c3", "08:41:00")
	workload.Actor = finding.Actor{Username: "system:serviceaccount:shop:web", Pod: "shop/web-0"}
	workload.Call = call("create", "daemonsets", "", "kube-system", "node-helper", "10.0.3.7", 201)
	workload.Workload = &finding.WorkloadDetails{
		Type: "daemonsets", Name: "node-helper", Namespace: "kube-system", HostPID: true,
		Containers: []finding.ContainerDetails{{Name: "x", Image: "registry.example/tools/x:1", ImagePrefix: "registry.example/tools", Privileged: true}},
	}
	workload.Resource = finding.DetectedObject{UID: "k8s://shop/apps/DaemonSet/kube-system/node-helper", Type: "k8s/apps/DaemonSet", Name: "node-helper", Namespace: "kube-system"}
	workload.Why = []finding.Reason{{Condition: "privileged", Evidence: []finding.RecordField{
		{Path: "$.requestObject.spec.template.spec.containers[0].securityContext.privileged", Value: "true"},
	}}}

	exec := detection(typeExec, finding.SeverityMedium, "d4d4d4d4d4d4", "08:50:02")
	exec.Actor, exec.Call = finding.Actor{Username: "ops@example.com", Groups: []string{"ops"}}, call("get", "pods", "exec", "kube-system", "kube-proxy-x7b2k", "198.51.100.20", 101)
	exec.Call.Command = "sh (sha256 0f343b0931126a20f133d67c2b018a3b0000000000000000000000000000000000)"
	exec.Why = []finding.Reason{
		{Condition: "in-kube-system", Evidence: []finding.RecordField{{Path: "$.objectRef.namespace", Value: "kube-system"}}},
		{Condition: "succeeded", Evidence: []finding.RecordField{{Path: "$.responseStatus.code", Value: "101"}}},
	}

	denied := detection(typeDenied, finding.SeverityLow, "e5e5e5e5e5e5", "08:10:00")
	denied.Actor, denied.Call = eve, call("list", "secrets", "", "", "", "203.0.113.7", 403)
	denied.Window = &finding.Window{Count: 12, Of: "requestURI", Within: 300, First: at("08:08:00")}

	anonymous := detection(typeAnonymous, finding.SeverityMedium, "f6f6f6f6f6f6", "08:00:00")
	anonymous.Actor, anonymous.Call = finding.Actor{Username: "system:anonymous", Groups: []string{"system:unauthenticated"}}, finding.APICall{Verb: "get", RequestURI: "/apis?timeout=32s", SourceIPs: []string{"2001:db8::7"}, StatusCode: 200}
	anonymous.Exception = "scanner"

	story := detection(typeSequence, finding.SeverityCritical, "0707070707", "08:41:00")
	story.Actor = eve
	story.Sequence = &finding.Sequence{Around: "actor", Subject: "eve", Tactics: []string{"Discovery", "CredentialAccess", "PrivilegeEscalation"}}
	for _, part := range []struct {
		d     *finding.Detection
		count int
	}{{&denied, 3}, {&secrets, 2}, {&binding, 1}, {&workload, 1}} {
		d := part.d
		story.Sequence.Signals = append(story.Sequence.Signals, finding.Signal{
			FindingID: d.FindingID, Type: d.Type, Severity: d.Severity, Count: part.count, First: d.At, Last: d.At, Actor: d.Actor.Username,
			Address: d.Address(), Object: strings.TrimSpace(d.Call.Resource + " " + strings.Trim(d.Call.Namespace+"/"+d.Call.Name, "/")),
		})
	}
	return &Detections{
		Tool: inventory.Tool{Version: "0.1.0"}, At: at("09:00:00"),
		Sources: []inventory.Source{{Kind: "audit", Name: "logs/audit.log", Status: inventory.StatusComplete}},
		Threats: []finding.Threat{
			{Detection: story, Count: 2, First: at("08:10:00"), Last: at("08:41:00")},
			{Detection: workload, Count: 1, First: workload.At, Last: workload.At},
			{Detection: binding, Count: 1, First: binding.At, Last: binding.At},
			{Detection: secrets, Count: 4, First: at("08:30:12"), Last: at("08:31:55"), Archived: 1},
			{Detection: exec, Count: 1, First: exec.At, Last: exec.At},
			{Detection: anonymous, Count: 5, First: anonymous.At, Last: at("08:55:00"), Archived: 5},
			{Detection: denied, Count: 3, First: at("08:08:00"), Last: at("08:10:00")},
		},
		Stats: detect.Stats{
			Events: 12345, Requests: 11890, First: at("08:00:00"), Last: at("08:59:59"), Trusted: 40, Late: 1,
			Unobservable: map[string]detect.Unobserved{
				typeWorkload: {Count: 12, Why: lang.Text{EN: "the audit policy records these requests at level Metadata, without their bodies", ES: "la política de auditoría registra estas solicitudes en el nivel Metadata, sin el cuerpo", PT: "a política de auditoria registra estas solicitações no nível Metadata, sem o corpo"}},
				typeBinding:  {Count: 3, Why: lang.Text{EN: "the audit policy records these requests at level Metadata, without their bodies", ES: "la política de auditoría registra estas solicitudes en el nivel Metadata, sin el cuerpo", PT: "a política de auditoria registra estas solicitações no nível Metadata, sem o corpo"}},
				typeExec:     {Count: 1, Why: lang.Text{EN: "the record does not tell whether the request succeeded", ES: "el registro no indica si la solicitud tuvo éxito", PT: "o registro não indica se a solicitação teve êxito"}},
			},
		},
		Uses: []finding.ExceptionUse{
			{ID: "scanner", Status: finding.ExceptionUsed, Matched: 6},
			{ID: "old", Status: finding.ExceptionExpired, Matched: 2, Expires: at("00:00:00")},
			{ID: "typo", Status: finding.ExceptionUnused},
			{ID: "host-pid", Status: finding.ExceptionForTraits},
		},
		Broken: 2, Problems: []RecordProblem{
			{inventory.Origin{File: "logs/audit.log", Line: 99}, "unexpected end of JSON"}, {inventory.Origin{File: "logs/audit.log", Line: 120}, "verb is no text"},
		},
		Identity: finding.GuardDutyIdentity{DetectorID: "12abc34d567e8fa901bc2d34e56789f0"},
	}
}

func renderDetections(t testing.TB, format string, d *Detections, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	h, err := NewDetections(format, &b, o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range d.Threats {
		if err := h.Detection(&d.Threats[i].Detection, &d.Threats[i]); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Done(d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Of a sequence that goes on, a live table tells what is new.
func TestALiveTableTellsWhatComesToASequence(t *testing.T) {
	story := attacked().Threats[0]
	signals := slices.Clone(story.Sequence.Signals)
	story.Sequence = &finding.Sequence{Around: "actor", Subject: "eve", Signals: signals, Updates: 1, New: []string{signals[len(signals)-1].FindingID}}
	var b bytes.Buffer
	h, err := NewDetections("table", &b, Options{Live: &Live{}, Width: 200})
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Detection(&story.Detection, &story); err != nil {
		t.Fatal(err)
	}
	_, name, _ := strings.Cut(signals[len(signals)-1].Type, "/")
	want := fmt.Sprintf("2026-11-21 08:41:00Z CRITICAL %s: eve: + %s, now %d findings", story.Title, name, len(signals))
	if got := strings.Join(strings.Fields(b.String()), " "); got != want {
		t.Errorf("it tells %q, want %q", got, want)
	}
}

func quiet() *Detections {
	return &Detections{
		Tool: inventory.Tool{Version: "0.1.0"}, Sources: []inventory.Source{{Kind: "audit", Name: "-", Status: inventory.StatusComplete}},
		Stats: detect.Stats{Events: 20, Requests: 1, First: at("08:00:00"), Last: at("08:00:00")},
	}
}

// noisy has many findings of one type.
func noisy() *Detections {
	d := attacked()
	for i := range 60 {
		one := d.Threats[4]
		one.FindingID = "dd" + strings.Repeat("0", 8) + string(rune('a'+i%26))
		if i >= 30 {
			one.Type += string(rune('A' + i - 30))
		}
		d.Threats = append(d.Threats, one)
	}
	d.Dropped, d.DroppedCount = 3, 1200
	return d
}

func TestDetectionsGolden(t *testing.T) {
	for _, tt := range []struct {
		name, format string
		run          *Detections
		o            Options
	}{
		{"detect-table-en.golden", "table", attacked(), Options{}},
		{"detect-table-es.golden", "table", attacked(), Options{Lang: lang.ES}},
		{"detect-table-pt.golden", "table", attacked(), Options{Lang: lang.PT}},
		{"detect-table-120.golden", "table", attacked(), Options{Width: 120}},
		{"detect-table-color.golden", "table", attacked(), Options{Color: true, MinSeverity: finding.SeverityMedium}},
		{"detect-table-quiet.golden", "table", quiet(), Options{}},
		{"detect-table-nothing-es.golden", "table", &Detections{}, Options{Lang: lang.ES}},
		{"detect-table-noisy.golden", "table", noisy(), Options{}},
		{"detect-live-en.golden", "table", attacked(), Options{Live: &Live{}}},
		{"detect-live-pt.golden", "table", attacked(), Options{Live: &Live{}, Lang: lang.PT, Width: 120, MinSeverity: finding.SeverityHigh}},
		{"detect-json-en.golden", "json", attacked(), Options{}},
		{"detect-json-pt.golden", "json", attacked(), Options{Lang: lang.PT, MinSeverity: finding.SeverityCritical}},
		{"detect-guardduty-en.golden", "guardduty", attacked(), Options{}},
		{"detect-guardduty-es.golden", "guardduty", attacked(), Options{Lang: lang.ES, MinSeverity: finding.SeverityCritical}},
		{"detect-ocsf-en.golden", "ocsf", attacked(), Options{}},
		{"detect-ocsf-es.golden", "ocsf", attacked(), Options{Lang: lang.ES, MinSeverity: finding.SeverityCritical}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Rules = detectionRules
			out := renderDetections(t, tt.format, tt.run, tt.o)
			if tt.format == "table" {
				checkLines(t, out, tt.o.Width)
			} else {
				checkFormat(t, "ocsf", out)
			}
			for _, trace := range []string{"%!", "%s", "%d"} {
				if bytes.Contains(out, []byte(trace)) {
					t.Errorf("the output has %q", trace)
				}
			}
			golden(t, tt.name, out)
		})
	}
}

// What the formats for programs leave out and what they keep.
func TestArchivedFindings(t *testing.T) {
	run := attacked()
	for format, want := range map[string]int{"guardduty": 6, "ocsf": 7, "json": 7} {
		if got := bytes.Count(renderDetections(t, format, run, Options{}), []byte("\n")); got != want {
			t.Errorf("%s has %d lines, not %d", format, got, want)
		}
	}
	if got := bytes.Count(renderDetections(t, "guardduty", run, Options{All: true}), []byte(`"archived":true`)); got != 1 {
		t.Errorf("with all, %d findings are archived", got)
	}
}

func TestDetectionFormats(t *testing.T) {
	for _, format := range DetectionFormats() {
		if _, err := NewDetections(format, nil, Options{}); err != nil {
			t.Error(err)
		}
	}
	if _, err := NewDetections("tabel", nil, Options{}); err == nil || !strings.Contains(err.Error(), "did you mean table?") {
		t.Errorf("got %v", err)
	}
}

// failing is a writer whose disk is full.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestDetectionsTellThatTheyCouldNotBeWritten(t *testing.T) {
	run := attacked()
	for _, format := range DetectionFormats() {
		h, err := NewDetections(format, failing{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(h.Detection(&run.Threats[0].Detection, &run.Threats[0]), h.Done(run)); err == nil || !strings.Contains(err.Error(), "disk full") {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestHostileDetectionsAreHarmless(t *testing.T) {
	for _, bad := range hostile() {
		run := attacked()
		spoil(reflect.ValueOf(run), bad)
		for _, l := range lang.All() {
			for _, width := range []int{0, 40, 120} {
				o := Options{Width: width, Lang: l, Color: true, All: width == 40, Rules: poisonedRules(bad)}
				checkLines(t, renderDetections(t, "table", run, o), width)
				o.Live = &Live{Tool: run.Tool, Identity: run.Identity}
				checkLines(t, renderDetections(t, "table", run, o), width)
			}
		}
		for _, format := range []string{"json", "guardduty", "ocsf"} {
			out := renderDetections(t, format, run, Options{All: true})
			out = append(out, renderDetections(t, format, run, Options{All: true, Live: &Live{Tool: run.Tool, Identity: run.Identity}})...)
			if bytes.ContainsFunc(out, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }) {
				t.Errorf("%s has a control character for %q", format, bad)
			}
			for line := range bytes.Lines(out) {
				if !json.Valid(line) {
					t.Errorf("%s: a line is no JSON for %q", format, bad)
				}
			}
		}
	}
}

// spoil puts a value in the place of every text.
func spoil(v reflect.Value, bad string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem(), bad)
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i), bad)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && v.Field(i).Kind() != reflect.Map {
				spoil(v.Field(i), bad)
			}
		}
	case reflect.String:
		v.SetString(bad)
	}
}

// An exception for detections is none that a scan could use.
func TestAScanDoesNotCallExceptionsForDetectionsUnused(t *testing.T) {
	s := spotless()
	s.Exceptions = []finding.ExceptionUse{{ID: "for-detect", Status: finding.ExceptionElsewhere}}
	for _, format := range []string{"table", "html", "markdown"} {
		if out := render(t, format, s, Options{}); bytes.Contains(out, []byte("for-detect")) {
			t.Errorf("%s: %s", format, out)
		}
	}
}
