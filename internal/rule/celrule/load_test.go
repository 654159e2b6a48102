package celrule_test

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/rule/celrule"
)

// minimal is a rule that loads. NAME=TEXT pairs replace parts of it.
func minimal(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`id: my-rule
likelihood: low
title: T
why: W
fix: F
on: workloads
each: containers
conditions:
  - name: privileged
    cel: container.privileged
examples:
  - name: e
    want: present
    input: x
`)
}

const condition = "cel: container.privileged"

// What is told once is not told a second time in other words.
func TestMisspeltKeyIsToldOnce(t *testing.T) {
	var loader celrule.Loader
	_, err := loader.Load("r.yaml", []byte(minimal("title:", "titel:", "workloads", "workload", "each: containers", "each: pod", condition, "cel: pod.hostPID")))
	if err == nil || strings.Count(err.Error(), "r.yaml:") != 2 {
		t.Errorf("%v", err)
	}
}

func TestMistakesAreToldWithACaret(t *testing.T) {
	for _, test := range []struct{ name, file, want string }{
		{
			"a misspelt field", minimal(condition, "cel: container.privilegd"),
			"r.yaml:10:20: there is no field \"privilegd\"; did you mean \"privileged\"?\n  |     cel: container.privilegd\n  |                    ^",
		},
		{
			"in a block", minimal(condition, "cel: |\n      container.privileged\n        && container.imag == 'ä'"),
			"r.yaml:12:22: there is no field \"imag\"; did you mean \"image\"?\n  |         && container.imag == 'ä'\n  |                      ^",
		},
		{
			"in a folded block, after a blank line", minimal(condition, "cel: >-\n\n      container.privileged &&\n\n      containr.init"),
			"r.yaml:14:7: there is no variable or function \"containr\"; did you mean \"container\"?\n  |       containr.init\n  |       ^",
		},
		{
			"in double quotes with escapes", minimal(condition, `cel: "container.name == \"\u00e4\\\\\" && container.x"`),
			"r.yaml:10:57: there is no field \"x\"\n",
		},
		{
			"in single quotes", minimal(condition, `cel: 'container.name == '''' && container.x'`),
			"r.yaml:10:47: there is no field \"x\"\n",
		},
		{
			"in a plain text over two lines", minimal(condition, "cel: container.privileged &&\n       container.y"),
			"r.yaml:11:18: there is no field \"y\"\n",
		},
		{
			"behind a tag and an anchor", minimal(condition, "cel: !!str &a container.y"),
			"r.yaml:10:29: there is no field \"y\"\n",
		},
		{"behind tabs and Windows' line ends", strings.ReplaceAll(minimal(condition, "cel:\tcontainer.y"), "\n", "\r\n"), "r.yaml:10:20: there is no field \"y\"\n"},
		{"a second document", minimal() + "---\n" + minimal("my-rule", "other", condition, "cel: container.y"), "r.yaml:25:20: there is no field \"y\"\n"},
		{"syntax", minimal(condition, "cel: container.privileged &&"), "r.yaml:10:33: Syntax error: mismatched input"},
		{"a wrong type", minimal(condition, "cel: container.image"), "r.yaml:10:10: the condition must give a bool, and this gives a string\n"},
		{"wrong types in it", minimal(condition, "cel: container.image > 3"), "r.yaml:10:26: > does not take (string, int)\n"},
		{"a variable of another scope", minimal(condition, "cel: volume.name == 'x'"), `r.yaml:10:10: "volume" is there only with "each: volumes"`},
		{"a pod where none is", minimal("workloads", "k8s/core/Service", "each: containers\n", "", condition, "cel: pod.hostPID"), `r.yaml:9:10: "pod" is there only in rules on workloads`},
		{"containers where none are", minimal("workloads", "k8s/core/Service"), `r.yaml:7:7: each "containers" is for rules on workloads alone`},
		{"a misspelt key", minimal("likelihood", "likelyhood"), `r.yaml:2:1: there is no key "likelyhood" here; did you mean "likelihood"?`},
		{"a misspelt key of a condition", minimal("    cel:", "    sel:"), `r.yaml:10:5: there is no key "sel" here; did you mean "cel"?`},
		{"a misspelt level", minimal("low", "lo"), `r.yaml:2:13: likelihood "lo" is not one of low, moderate, high, veryHigh; did you mean "low"?`},
		{"a misspelt group", minimal("workloads", "workload"), `did you mean "workloads"?`},
		{"a misspelt each", minimal("containers", "container"), `r.yaml:7:7: each "container" is not one of resource, pod, containers, volumes, nodePaths, nor an expression that gives a list; did you mean "containers"?`},
		{"each that is no list", minimal("each: containers", "each: pod.hostPID"), "r.yaml:7:7: each must give a list(dyn), and this gives a bool"},
		{"a path that is none", minimal("examples:", "evidence: {path: 'a..b'}\nexamples:"), `"a..b" is no JSON path`},
		{"an edge that is none", minimal("examples:", "opens: [escape-privilegd]\nexamples:"), `did you mean "escape-privileged"?`},
		{"one id twice", minimal() + "---\n" + minimal(), "r.yaml:16:5: the id \"my-rule\" is taken by the rule on line 1\n"},
		{"no examples", minimal("examples:\n  - name: e\n    want: present\n    input: x\n", ""), "the rule has no examples"},
		{"a key twice", minimal() + "id: again\n", "is there twice"},
		{"a bad regular expression", minimal(condition, "cel: container.image.matches('(')"), "r.yaml:10:34: missing closing ): `(`"},
		{"a version that is none", minimal(condition, "cel: settings.atLeast('1.x')"), "r.yaml:10:27: version \"1.x\" of Kubernetes is neither"},
		{
			"behind wide characters", minimal(condition, "cel: container.name == '日本' && container.x"),
			"r.yaml:10:46: there is no field \"x\"\n  |     cel: container.name == '日本' && container.x\n  | " + strings.Repeat(" ", 47) + "^",
		},
		{
			"behind a tab in a quoted text", minimal(condition, "cel: \"true &&\tcontainer.x\""),
			"r.yaml:10:29: there is no field \"x\"\n  |     cel: \"true && container.x\"\n  |                             ^",
		},
		{"a text that is null", minimal("why: W", "why:"), "r.yaml:4:5: the rule has no why: nothing stands behind the key"},
		{"a text that is a list", minimal("title: T", "title: [a]"), "r.yaml:3:8: title must be a text, or a map of texts with en, es, pt"},
		{"types that are a map", minimal("workloads", "{a: b}"), "r.yaml:6:5: on must be a type, such as k8s/apps/Deployment, a group"},
		{"two examples with one name", minimal() + "  - name: e\n    want: absent\n    input: y\n", "r.yaml:15:11: another example is called \"e\""},
		{
			"several, in their order", minimal("likelihood: low", "impact: hig", condition, "cel: container.y", "want: present", "want: presnt"),
			"r.yaml:1:1: the rule has no likelihood\n  | id: my-rule\n  | ^\nr.yaml:2:9: impact \"hig\" is not one of low, medium, high; did you mean \"high\"?\n  | impact: hig\n  |         ^\n" +
				"r.yaml:10:20: there is no field \"y\"\n  |     cel: container.y\n  |                    ^\nr.yaml:13:11: want \"presnt\" is not",
		},
		{
			"conditions where each is wrong", minimal("each: containers", "each: container", condition, "cell: x"),
			"r.yaml:10:5: there is no key \"cell\" here; did you mean \"cel\"?",
		},
		{"a cost that is always too high", minimal(condition, "cel: '"+bomb(9)+".size() == 0'"), "and 250000 are the limit"},
		{"broken YAML", "id: [a,\n", "r.yaml:"},
		{"a list", "- id: x\n", "r.yaml:1:1: a rule must be a map with"},
		{"nothing", "# no rule\n", "there is no rule in the file"},
		{"not UTF-8", "id: \xff\n", "not UTF-8"},
		{"10 MB", strings.Repeat("# more\n", 1<<20), "larger than 1 MiB"},
		{"deep nesting", "id: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000), "nested more than"},
		{"a long expression", minimal(condition, "cel: "+strings.Repeat("true || ", 4000)+"true"), "expression code point size exceeds limit"},
		{"a deep expression", minimal(condition, "cel: "+strings.Repeat("(", 2000)+"true"+strings.Repeat(")", 2000)), "r.yaml:10:"},
	} {
		var loader celrule.Loader
		_, err := loader.Load("r.yaml", []byte(test.file))
		if err == nil || !strings.Contains(err.Error()+"\n", test.want) {
			t.Errorf("%s: %v\nwants %s", test.name, err, test.want)
		}
		var problem *celrule.Problem
		if strings.HasPrefix(test.want, "r.yaml:") && !errors.As(err, &problem) {
			t.Errorf("%s: %T is no Problem", test.name, err)
		}
	}
}

// bomb nests loops over ten items.
func bomb(depth int) string {
	e := "1"
	for range depth {
		e = "[1,2,3,4,5,6,7,8,9,0].map(x, " + e + ")"
	}
	return e
}

// What is wrong with one rule does not take the others of the file away.
func TestOtherRulesOfAFileLoad(t *testing.T) {
	var loader celrule.Loader
	loaded, err := loader.Load("r.yaml", []byte(minimal()+"---\n"+minimal("my-rule", "other", condition, "cel: containr.x")))
	if err == nil || len(loaded) != 1 || loaded[0].ID != "my-rule" || loaded[0].Line != 1 {
		t.Errorf("%v, %v", loaded, err)
	}
}

// A long line is shown in part, with the caret where the mistake is.
func TestCaretInALongLine(t *testing.T) {
	var loader celrule.Loader
	_, err := loader.Load("r.yaml", []byte(minimal(condition, "cel: "+strings.Repeat("container.privileged || ", 20)+"container.privilegd || "+strings.Repeat("container.privileged || ", 20)+"true")))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 || len(lines[1]) > 160 || !strings.HasPrefix(lines[1][strings.Index(lines[1], "|")+1+strings.Index(lines[2], "^")-strings.Index(lines[2], "|")-1+len("…")-1:], "privilegd") {
		t.Errorf("%v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(minimal()))
	f.Add([]byte(minimal(condition, `cel: "container.privilegd\u00e4 \`+"\n"+` && x"`)))
	f.Add([]byte(minimal(condition, "cel: >\n  a\n\n   b 'c' ''")))
	f.Add([]byte(minimal("each: containers", "each: '[[1], [2]].flatten()'", condition, "cel: item == 1 && unknown('x')")))
	for _, name := range []string{"ingress_without_tls", "sensitive_host_path", "runs_as_root", "image_untrusted_registry"} {
		data, err := os.ReadFile("testdata/ported/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	view := read(f, deployment)
	f.Fuzz(func(t *testing.T, data []byte) {
		var loader celrule.Loader
		start := time.Now()
		loaded, err := loader.Load("r.yaml", data)
		if err != nil && err.Error() == "" {
			t.Error("an error says nothing")
		}
		for _, l := range loaded {
			judge(view, l.Rule)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}
