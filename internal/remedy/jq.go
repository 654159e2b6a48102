package remedy

import (
	"regexp"
	"strings"
)

// jqSteps gives the filters of jq that, one after the other, do what a JSON patch does, but for its tests.
func jqSteps(patch []Operation) (steps []string) {
	for _, op := range patch {
		list, appends := strings.CutSuffix(op.Path, "/-")
		switch {
		case op.Op == "test":
		case op.Op == "remove":
			steps = append(steps, "del("+jqPath(op.Path)+")")
		case appends:
			steps = append(steps, jqPath(list)+" += ["+string(op.Value)+"]")
		default:
			steps = append(steps, jqPath(op.Path)+" = "+string(op.Value))
		}
	}
	return steps
}

var (
	jqName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	jqIndex = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)
)

// jqPath writes a JSON pointer as a path of jq. A segment of digits is taken for an index: no field of what is patched
// is called so.
func jqPath(pointer string) string {
	var b strings.Builder
	for segment := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		switch key := strings.NewReplacer("~1", "/", "~0", "~").Replace(segment); {
		case jqIndex.MatchString(key):
			b.WriteString("[" + key + "]")
		case jqName.MatchString(key):
			b.WriteString("." + key)
		case b.Len() == 0:
			b.WriteString(".[" + quote(key) + "]")
		default:
			b.WriteString("[" + quote(key) + "]")
		}
	}
	return b.String()
}
