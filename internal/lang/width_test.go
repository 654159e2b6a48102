package lang_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/lang"
)

func TestFold(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"one two three", 0, []string{"one two three"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"日本 日本 é", 9, []string{"日本 日本", "é"}},
		{"a-long-word b", 4, []string{"a-long-word", "b"}},
		{"", 4, []string{""}},
	} {
		if d := cmp.Diff(c.want, lang.Fold(c.text, c.width)); d != "" {
			t.Errorf("%q in %d columns: -want +got:\n%s", c.text, c.width, d)
		}
	}
}
