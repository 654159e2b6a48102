package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/collect/aws"
)

// TestCommandsOfAWSPageAreCurrent holds the policy and the table in docs/aws.md against what the collector declares.
func TestCommandsOfAWSPageAreCurrent(t *testing.T) {
	page := docsPage(t, "aws.md")
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := aws.Policy()
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	rows.WriteString("\n| action | not complete without it |\n|---|---|\n")
	for _, a := range aws.Actions() {
		types := make([]string, len(a.Types))
		for i, ty := range a.Types {
			types[i] = "`" + strings.TrimPrefix(string(ty), "AWS::") + "`"
		}
		what := strings.Join(types, ", ")
		if what == "" {
			what = "`--region all`, and a clear word about a Region that is not enabled"
		}
		fmt.Fprintf(&rows, "| `%s` | %s |\n", a.Name, what)
	}
	want := between(t, string(have), "policy", "\n```json\n"+string(policy)+"```\n\n")
	want = between(t, want, "actions", rows.String()+"\n")
	if *writeCommands {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := gocmp.Diff(want, string(have)); diff != "" {
		t.Errorf("docs/aws.md is not what the collector declares; run go test ./cmd/merlon -run Commands -update-commands\n%s", diff)
	}
}

// between puts a text between two markers of a page.
func between(t *testing.T, page, name, text string) string {
	t.Helper()
	before, rest, begins := strings.Cut(page, name+":begin -->\n")
	_, after, ends := strings.Cut(rest, "<!-- "+name+":end -->")
	if !begins || !ends {
		t.Fatalf("docs/aws.md has no place for %s", name)
	}
	return before + name + ":begin -->\n" + text + "<!-- " + name + ":end -->" + after
}
