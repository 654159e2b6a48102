package remedy

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// TestItemsComeAtTheEnd adds items to a list of each of many random documents in every style: the document means what it
// meant, and the items; every comment is left, and of the lines before at most one has changed.
func TestItemsComeAtTheEnd(t *testing.T) {
	const documents = 2000
	comment := regexp.MustCompile(`#c[0-9]+;`)
	tried, done := 0, 0
	for seed := range uint64(documents) {
		r := rand.New(rand.NewPCG(seed, 3))
		text := newWriter(r).document()
		_, before, err := openDocument([]byte(text), 1)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		lists := listsIn(before, "$")
		if len(lists) == 0 {
			continue
		}
		items := [][]any{{"x"}, {rule.Fields{{Key: "name", Value: "x"}, {Key: "valueFrom", Value: "a: b"}}}, {"x", "y # z"}}
		c := placedChange{nil, rule.Change{Path: lists[r.IntN(len(lists))], Value: items[r.IntN(len(items))], Append: true}}
		_, want, ok := c.in(before)
		if !ok {
			t.Fatalf("seed %d: %+v has no place in\n%s", seed, c, text)
		}
		tried++
		after, err := edit([]byte(text), 1, c)
		if err != nil {
			t.Logf("seed %d: %+v: %v in\n%s", seed, c, err, text)
			continue
		}
		done++
		if !means(after, want) {
			t.Fatalf("seed %d: %+v gives another value:\n%s\n%s", seed, c, text, after)
		}
		if got := applied(t, before, jsonPatch(before, want)); !means(after, got) {
			t.Errorf("seed %d: the JSON patch of %+v gives another value: %v", seed, c, jsonPatch(before, want))
		}
		if got, want := comment.FindAllString(string(after), -1), comment.FindAllString(text, -1); !slices.Equal(got, want) {
			t.Errorf("seed %d: the comments are %v, not %v", seed, got, want)
		}
		if gone := linesGone(text, string(after)); gone > 1 {
			t.Errorf("seed %d: %+v changes %d lines\n%s\n%s", seed, c, gone, text, after)
		}
	}
	if least := tried * 98 / 100; done < least || tried < documents/3 {
		t.Errorf("%d of %d lists were extended", done, tried)
	}
}

// listsIn gives the paths of the lists of a value that hold something.
func listsIn(v any, path string) (lists []string) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			lists = append(lists, listsIn(v[key], tree.Path(path, key))...)
		}
	case []any:
		if len(v) > 0 {
			lists = append(lists, path)
		}
		for i := range v {
			lists = append(lists, listsIn(v[i], tree.PathIndex(path, i))...)
		}
	}
	return lists
}

// linesGone counts the lines of a text between those at its start and at its end that another one has too.
func linesGone(text, after string) int {
	was, is := strings.Split(text, "\n"), strings.Split(after, "\n")
	for len(was) > 0 && len(is) > 0 && was[0] == is[0] {
		was, is = was[1:], is[1:]
	}
	for len(was) > 0 && len(is) > 0 && was[len(was)-1] == is[len(is)-1] {
		was, is = was[:len(was)-1], is[:len(is)-1]
	}
	return len(was)
}
