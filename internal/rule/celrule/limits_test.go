package celrule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/rule/celrule"
)

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, labels: {stage: production}, annotations: {token: "ghp_0123456789abcdefghijABCDEFGHIJ012345"}}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: app, image: "nginx:1.29", env: [{name: MODE, value: production}], securityContext: {privileged: true}}
`

func judge(view *inventory.View, r *rule.Rule) finding.Verdict {
	w := &rule.World{Inventory: view}
	var worst finding.Verdict
	for on := range view.OfType(r.On...) {
		if v := r.Match(w, on); v.State >= worst.State {
			worst = v
		}
	}
	return worst
}

// on loads a rule with one condition about the given candidates.
func on(t testing.TB, each, cel string) *rule.Rule {
	t.Helper()
	r, err := load(each, cel)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func load(each, cel string) (*rule.Rule, error) {
	var loader celrule.Loader
	loaded, err := loader.Load("r.yaml", []byte(minimal("each: containers", "each: |\n  "+each, condition, "cel: |\n      "+cel)))
	if err != nil {
		return nil, err
	}
	return loaded[0].Rule, nil
}

// A field that is not there makes a condition unknown, unless it is asked for with has(), with ?. or with a
// comparison to null; so does a value that was taken out. What decides in spite of it, decides.
func TestThreeValues(t *testing.T) {
	view := read(t, deployment)
	for _, test := range []struct {
		cel  string
		want finding.State
		why  string
	}{
		{"object.spec.replicas > 1", finding.Unknown, `condition "privileged" asks for a field "replicas" that is not set; guard it with has()`},
		{"has(object.spec.replicas) && object.spec.replicas > 1", finding.Absent, ""},
		{"!has(object.spec.replicas)", finding.Present, ""},
		{"object.spec.?replicas.orValue(1) == 1", finding.Present, ""},
		{"object.spec.strategy.type == 'x'", finding.Unknown, `"strategy"`},
		{"has(object.spec.strategy.type)", finding.Unknown, `"strategy"`},
		{"has(object.spec.?strategy.type)", finding.Absent, ""},
		{"object.spec.replicas > 1 || true", finding.Present, ""},
		{"object.spec.replicas > 1 && false", finding.Absent, ""},
		{"object.spec.selector", finding.Unknown, "it gives a map, not true or false"},
		{"object.spec.selector == object.spec.template.metadata", finding.Absent, ""},
		{"object.spec.selector.matchLabels == object.spec.template.metadata.labels", finding.Present, ""},
		{"object.spec.template.spec.containers[0].env[0].name == 'MODE'", finding.Present, ""},
		{"object.spec.template.spec.containers[0].env[0].value == 'production'", finding.Unknown, "taken out"},
		{"object.spec.template.spec.containers[3].name == 'x'", finding.Unknown, "cannot be decided"},
		{"object.metadata.annotations.token == 'x'", finding.Unknown, "taken out"},
		{"object.metadata.annotations.exists(k, object.metadata.annotations[k] == 'x')", finding.Unknown, "taken out"},
		{"object.metadata.labels.all(k, k in ['stage'])", finding.Present, ""},
		{"resource.labels['stage'] == 'production'", finding.Present, ""},
		{"resource.labels['team'] == 'x'", finding.Unknown, `"team"`},
		{"resource.namespaceLabels['team'] == 'x'", finding.Unknown, `the namespace "shop" was not read`},
		{"unknown('nobody told')", finding.Unknown, "nobody told"},
		{"pod.hostUsers == null", finding.Present, ""},
		{"pod.runAsUser != 0", finding.Present, ""},
		{"pod.runAsUser > 0", finding.Unknown, "cannot be decided"},
		{"has(pod.runAsUser) && pod.runAsUser > 0", finding.Absent, ""},
		{"has(pod.containers[0].seccompProfile)", finding.Absent, ""},
		{"pod.containers.exists(c, c.privileged)", finding.Present, ""},
		{"pod.containers[0] == pod.containers[0] && type(pod) != type(resource)", finding.Present, ""},
		{"settings.atLeast('1.99') && settings.kubernetesVersion == 'latest'", finding.Present, ""},
		{"settings.atLeast(resource.name)", finding.Unknown, "is neither"},
		{"Pod{hostPID: true}.hostPID", finding.Unknown, "cannot make"},
		{"parseImage(pod.containers[0].image).tag == '1.29'", finding.Present, ""},
		{"'/etc/ssh'.isWithin('/etc/') && !'/etcd'.isWithin('/etc') && cleanPath('a//../var/run/x') == '/run/x'", finding.Present, ""},
		{"dyn(3) < 3.5 && object.kind in ['Deployment']", finding.Present, ""},
	} {
		v := judge(view, on(t, "resource", test.cel))
		if v.State != test.want || !strings.Contains(v.Why.EN, test.why) {
			t.Errorf("%s: %s (%s)", test.cel, v.State, v.Why.EN)
		}
		if v.State == finding.Unknown && (v.Why.ES == "" || v.Why.PT == "") && !strings.HasPrefix(test.cel, "unknown") {
			t.Errorf("%s: the reason is in English alone: %v", test.cel, v.Why)
		}
	}
}

// An expression that would run for hours, or fill the memory, is refused at load where that is certain; else it is
// stopped soon, and the verdict is unknown.
func TestBombsAreStopped(t *testing.T) {
	var many strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&many, "  key%d: value\n", i)
	}
	view := read(t, strings.Replace(deployment, "spec:\n", "x:\n"+many.String()+"spec:\n", 1))
	long := strings.Repeat("a", 200)
	for _, bomb := range []struct{ each, cel string }{
		{"resource", "object.x.all(a, object.x.all(b, object.x.all(c, a + b + c != '')))"},
		{"resource", "object.x.map(a, object.x.map(b, a + b)).size() == 0"},
		{"resource", bombBinds("'"+long+"'", "v + v", 40) + ".size() == 0"},
		{"resource", bombBinds("'"+long+"'", "v.replace('a', v)", 8) + ".size() == 0"},
		{"resource", bombBinds("['"+long+"']", "v + v", 40) + ".join('x').size() == 0"},
		{"resource", bombBinds("['a', 'b']", "v.map(x, v.join(x))", 14) + ".size() == 0"},
		{"resource", bombBinds("'"+long+"'", "[v, v, v, v, v].join('')", 12) + ".size() == 0"},
		{"resource", bombBinds("object.x.map(k, k)", "v + v", 30) + ".exists(k, k == 'none')"},
		{"resource", "'none' in " + bombBinds("object.x.map(k, k)", "v + v", 30)},
		{"resource", bombBinds("dyn([1])", "[v, v]", 30) + " == " + bombBinds("dyn([1])", "[v, v]", 30)},
		{"resource", bombBinds("dyn({'a': 1})", "{'a': v, 'b': v}", 30) + " == " + bombBinds("dyn({'a': 1})", "{'a': v, 'b': v}", 30)},
		{"resource", "cel.bind(v, object.x.map(k, k), object.x.map(k, v)).flatten().size() == 0"},
		{"resource", "object.x.map(k, object.x[k]).join('').matches('(a*)*(.*b){50}')  && object.x.all(k, object.x.map(k, k).join('').matches('(.*a){50}'))"},
		{"object.x.map(a, object.x.map(b, b)).flatten()", "true"},
		{"object.x.map(a, a)", "item == 'x'"},
		{"[0,1,2,3,4,5,6,7,8,9].map(a, [0,1,2,3,4,5,6,7,8,9].map(b, [0,1,2,3,4,5,6,7,8,9].map(c, a + b + c))).flatten().flatten()", "object.x.all(a, object.x.exists(b, b == 'x'))"},
	} {
		var v finding.Verdict
		start := time.Now()
		r, err := load(bomb.each, bomb.cel)
		if err != nil {
			t.Logf("%v, at load: %s", time.Since(start).Round(time.Millisecond), bomb.cel)
			if !strings.Contains(err.Error(), "are the limit") {
				t.Error(err)
			}
			continue
		}
		done := make(chan struct{})
		go func() { defer close(done); v = judge(view, r) }()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatalf("still running after 20 s: each %s: %s", bomb.each, bomb.cel)
		}
		t.Logf("%v: %s", time.Since(start).Round(time.Millisecond), bomb.cel)
		if v.State != finding.Unknown || !strings.Contains(v.Why.EN, "passed the cost limit") {
			t.Errorf("each %s: %s: %s (%s)", bomb.each, bomb.cel, v.State, v.Why.EN)
		}
	}
}

// bombBinds applies an expression of v to its own result, again and again.
func bombBinds(start, step string, times int) string {
	e := "v"
	for range times {
		e = "cel.bind(v, " + step + ", " + e + ")"
	}
	return "cel.bind(v, " + start + ", " + e + ")"
}
