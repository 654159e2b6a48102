package manifest

import (
	"fmt"
	"testing"

	"github.com/merlonsec/merlon/internal/tree"
)

// FuzzCutList holds cutList to what decoding the document whole gives: the same items, on the same lines, or an error.
// The error is for quotes and brackets that go on at or left of the dashes: YAML forbids that (1.2.2, section 6.1) and
// the library lets it pass. It is never another value.
func FuzzCutList(f *testing.F) {
	for _, seed := range []string{
		"apiVersion: v1\nitems:\n- a: 1\n  b: |\n    - x\n\n   # c\n- c: 2\nkind: List\n", "items:\n  - a\n  -\n    b: 1\n# c\n  - - x\nkind: List\n",
		"items: \r\n- a: \"b\r\n    c\"\r\n- \r\n", "items:\n- a: >-\n    b\n- &x c\n- *x\n", "items:\nkind: List\n", "items:\n- a\nitems:\n- b\n", "items:\n- a\n b: c\n", "items:\n- 'a\n\n  b'\n- [a,\n  b]\n",
		"items:\n- ? a\n  : b\n- !!str 1\n", "a:\n- b\nitems:\n- |2\n    x\n- a: b # c\n", "items:\n- \r- ",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		list, ok := cutList([]byte(text), 1)
		var whole, one tree.Tree
		if !ok || tree.DecodeYAML(&whole, []byte(text), 1, tree.Limits{}) != nil {
			return
		}
		items := whole.Root().Get("items")
		for _, d := range list.items {
			if tree.DecodeYAML(&one, []byte(text[d.start:d.end]), d.line, tree.Limits{}) != nil {
				return
			}
		}
		if items.Len() != len(list.items) {
			t.Fatalf("%d items, cut into %d", items.Len(), len(list.items))
		}
		i := 0
		for item := range items.All() {
			d := list.items[i]
			i++
			if err := tree.DecodeYAML(&one, []byte(text[d.start:d.end]), d.line, tree.Limits{}); err != nil {
				t.Fatalf("item %d: %v", i, err)
			}
			want := fmt.Sprintf("%s %v", item.AppendJSON(nil), item.AppendLines(nil))
			if got := fmt.Sprintf("%s %v", one.Root().At(0).AppendJSON(nil), one.Root().At(0).AppendLines(nil)); got != want || one.Root().Len() != 1 {
				t.Fatalf("item %d is\n%s, whole\n%s", i, got, want)
			}
		}
	})
}
