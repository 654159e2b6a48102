package remedy

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMask(t *testing.T) {
	pod := func(env string) string {
		return `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"a","env":[` + env + `],"tty":true}]}}`
	}
	for _, test := range []struct{ name, text, want string }{
		{"JSON on one line", pod(`{"name":"A","value":"x9"},{"name":"B","value":"y9"}`), pod(`{"name":"A","value":[redacted]},{"name":"B","value":[redacted]}`)},
		{"two values on one line", pod(`{"name":"A","value":"x9"}`) + " " + pod(`{"name":"B", "value": "y9"}`) + "\n", pod(`{"name":"A","value":[redacted]}`) + " " + pod(`{"name":"B", "value": [redacted]}`) + "\n"},
		{"a byte order mark", "\ufeff" + pod(`{"name":"é","value":"x9"}`), "\ufeff" + pod(`{"name":"é","value":[redacted]}`)},
		{
			"flow style in YAML", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: a, env: [{name: A, value: x9}, {name: B, value: 'y9'}], tty: true} # c\n",
			"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - {name: a, env: [{name: A, value: [redacted]}, {name: B, value: [redacted]}], tty: true} # c\n",
		},
		{
			"a value that an anchor names", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    env:\n    - {name: A, value: &v x9}\n    - {name: B, value: *v}\n",
			"apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n  - name: a\n    env:\n    - {name: A, value: &v [redacted]}\n    - {name: B, value: *v}\n",
		},
		{
			"several lines", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\ndata:\n  a: |\n    x9\n\n    y9\n  b: \"x9\n    y9\"\n",
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\ndata:\n[redacted]\n[redacted]\n\n[redacted]\n[redacted]\n[redacted]\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if d := cmp.Diff(test.want, strings.Join(mask([]byte(test.text), lineRanges{{0, 100}}).lines, "")); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}
