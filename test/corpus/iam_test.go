//go:build corpus

package corpus

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/iam"
	"github.com/merlonsec/merlon/internal/tree"
)

// An escalation is one file of pathfinding.cloud.
type escalation struct {
	id, category string
	actions      []string // All that it requires.
	text         string
}

// escalations reads the files with Merlon's own reader: one of them has a key twice.
func escalations(t *testing.T) []escalation {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(os.Getenv("MERLON_CORPUS"), "iam", "pathfinding-cloud", "paths", "*", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	var all []escalation
	var file tree.Tree
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := tree.DecodeYAML(&file, data, 1, tree.Limits{}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		root := file.Root()
		e := escalation{id: root.Get("id").Text(), category: root.Get("category").Text(), text: string(data)}
		for p := range root.Get("permissions", "required").All() {
			e.actions = append(e.actions, p.Get("permission").Text())
		}
		if len(e.actions) == 0 {
			t.Errorf("%s requires nothing", name)
		}
		all = append(all, e)
	}
	return all
}

const corpusRole = "arn:aws:iam::111122223333:role/app"

// withPolicy compiles a role with one policy.
func withPolicy(t *testing.T, statement any) (*iam.Principal, []iam.Problem) {
	t.Helper()
	document, err := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": statement})
	if err != nil {
		t.Fatal(err)
	}
	m := iam.Compile(iam.Input{Principals: []iam.Source{{ARN: corpusRole, Inline: []iam.Policy{{Name: "p", Document: document}}}}})
	p, _ := m.Principal(corpusRole)
	return p, m.Problems()
}

// TestEscalationsNeedWhatTheyNeed gives a role exactly what each path requires: it may do that, and is neither an
// administrator nor has a service in full, which is why the search for paths is a question of its own.
func TestEscalationsNeedWhatTheyNeed(t *testing.T) {
	byCategory := map[string]int{}
	for _, e := range escalations(t) {
		byCategory[e.category]++
		p, problems := withPolicy(t, map[string]any{"Effect": "Allow", "Action": e.actions, "Resource": "*"})
		if len(problems) > 0 {
			t.Errorf("%s: %v", e.id, problems)
		}
		for _, action := range e.actions {
			if d := p.Can(iam.Request{Action: action, Resource: "arn:aws:iam::111122223333:role/x"}); d.Verdict != iam.Allowed {
				t.Errorf("%s: %s is %v", e.id, action, d.Verdict)
			}
		}
		if a := p.Administrator(nil); a.Verdict != iam.Denied {
			t.Errorf("%s: an administrator: %+v", e.id, a)
		}
		if full := p.FullServices(nil); len(full) > 0 {
			t.Errorf("%s: in full: %+v", e.id, full)
		}
	}
	t.Logf("paths by category: %v", byCategory)
}

// TestGrantsKnowTheSelfEscalations compares our table of ways with the paths by which a principal changes itself. One of
// them needs a group that has the permissions already, and so is no way to make them.
func TestGrantsKnowTheSelfEscalations(t *testing.T) {
	known := 0
	for _, e := range escalations(t) {
		if e.category != "self-escalation" || e.actions[0] == "iam:AddUserToGroup" {
			continue
		}
		found := slices.ContainsFunc(iam.Grants(), func(g iam.Grant) bool {
			return len(g.Steps) == 1 && slices.Equal([]string{g.Steps[0].Action}, e.actions)
		})
		if !found {
			t.Errorf("%s (%v) is no way in our table", e.id, e.actions)
		}
		known++
	}
	if known != 7 {
		t.Errorf("%d self-escalations, want 7", known)
	}
}

var fenced = regexp.MustCompile("(?s)```json\n(.*?)```")

// TestAdvisedPolicies reads the policies that the corpus advises, and asks the question that they answer: which service
// a role may be passed to.
func TestAdvisedPolicies(t *testing.T) {
	read, asked := 0, 0
	for _, e := range escalations(t) {
		for _, block := range fenced.FindAllStringSubmatch(e.text, -1) {
			var s map[string]any
			if json.Unmarshal([]byte(block[1]), &s) != nil || s["Effect"] == nil || s["Principal"] != nil {
				continue // Another kind of document, or a trust policy.
			}
			read++
			p, problems := withPolicy(t, s)
			for _, problem := range problems {
				t.Errorf("%s: %v", e.id, problem.Error())
			}
			service := passedTo(s)
			if s["Action"] != "iam:PassRole" || s["Effect"] != "Allow" || service == "" {
				continue
			}
			asked++
			resource := strings.ReplaceAll(fmt.Sprint(s["Resource"]), "*", "x")
			for want, context := range map[iam.Verdict]iam.Context{
				iam.Allowed: {iam.Is("iam:PassedToService", service)},
				iam.Denied:  {iam.Is("iam:PassedToService", "other.amazonaws.com")},
				iam.Unknown: nil,
			} {
				if d := p.Can(iam.Request{Action: "iam:PassRole", Resource: resource, Context: context}); d.Verdict != want {
					t.Errorf("%s: passing %s with %v is %v, want %v", e.id, resource, context, d.Verdict, want)
				}
			}
		}
	}
	t.Logf("%d policies read, %d of them about passing a role", read, asked)
	if asked < 20 {
		t.Errorf("only %d policies are about passing a role", asked)
	}
}

// passedTo gives the service that a statement passes roles to.
func passedTo(statement map[string]any) string {
	condition, _ := statement["Condition"].(map[string]any)
	equals, _ := condition["StringEquals"].(map[string]any)
	service, _ := equals["iam:PassedToService"].(string)
	return service
}
