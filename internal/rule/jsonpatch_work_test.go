package rule

import (
	"fmt"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/tree"
)

// What a patch costs grows with its length, whatever it does, up to a bound that does not depend on it.
func TestWorkOnAJSONPatchIsBounded(t *testing.T) {
	list := "[" + strings.TrimSuffix(strings.Repeat("0,", 300_000), ",") + "]"
	operations := func(format string) string {
		return strings.Repeat(","+format, mostOperations-2)
	}
	tests := []struct {
		name, patch string
		most        int // units of work; 0 where the patch is to be given up
	}{
		{"into a long list", `[{"op":"add","path":"/x","value":` + list + `}` + operations(`{"op":"replace","path":"/x/7","value":0}`) + `,{"op":"remove","path":"/x"}]`, 400_000},
		{"at the front of a long list", `[{"op":"add","path":"/x","value":` + list + `}` + operations(`{"op":"add","path":"/x/0","value":0}`) + `]`, 0},
		{"at the front of a list from the patch alone", `[{"op":"test","path":"/y","value":0}` + operations(`{"op":"add","path":"/x/0","value":0}`) + `]`, 0},
		{"at the end of a list", `[{"op":"test","path":"/y","value":0}` + operations(`{"op":"add","path":"/x/-","value":0}`) + `]`, 100_000},
		{"of a map and of what looks like an index", `[{"op":"add","path":"/x/0","value":0}` + operations(`{"op":"add","path":"/x/a","value":0}`) + `]`, 100_000},
		{"copies of copies", `[{"op":"add","path":"/x","value":{"a":0}}` + strings.Repeat(`,{"op":"copy","from":"/x","path":"/x/a"},{"op":"copy","from":"/x","path":"/x/b"}`, 100) + `]`, 0},
		{"copies of much", `[{"op":"add","path":"/x","value":"` + strings.Repeat("x", 100_000) + `"}` + operations(`{"op":"copy","from":"/x","path":"/y/-"}`) + `]`, 0},
		{"removals in a long list", `[{"op":"add","path":"/x","value":` + list + `}` + operations(`{"op":"remove","path":"/x/0"}`) + `]`, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var read tree.Tree
			if err := tree.DecodeJSON(&read, []byte(test.patch), 1, tree.Limits{}); err != nil {
				t.Fatal(err)
			}
			var p jsonPatch
			made := p.object(read.Root())
			if isGivenUp := !made.Exists(); isGivenUp != (test.most == 0) || p.work.isOver() != isGivenUp {
				t.Errorf("it is given up: %t, after %d", isGivenUp, p.work.done)
			}
			// The last operation, over all of the longest list, may go beyond.
			if most := max(test.most, mostWork+600_000); p.work.done > most || test.most > 0 && p.work.done > test.most {
				t.Errorf("it costs %d", p.work.done)
			}
		})
	}
}

func TestWorkOnAnOrdinaryJSONPatchIsSmall(t *testing.T) {
	var patch []string
	for i := range 1000 {
		patch = append(patch, fmt.Sprintf(`{"op":"replace","path":"/spec/template/spec/containers/%d/image","value":"x"}`, i))
	}
	var read tree.Tree
	if err := tree.DecodeJSON(&read, []byte("["+strings.Join(patch, ",")+"]"), 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	var p jsonPatch
	if made := p.object(read.Root()); made.Get("spec", "template", "spec", "containers").Len() != 1000 || p.work.done > 20_000 {
		t.Errorf("%d units of work", p.work.done)
	}
}
