package k8s

import (
	"testing"

	"github.com/merlonsec/merlon/internal/tree"
)

func TestObjectsWithGeneratedNamesAreApart(t *testing.T) {
	uid := func(doc string) string {
		var tr tree.Tree
		if err := tree.DecodeYAML(&tr, []byte(doc), 1, tree.Limits{}); err != nil {
			t.Fatal(err)
		}
		r, ok := Identify("files", tr.Root())
		if !ok {
			t.Fatalf("%s is not an object", doc)
		}
		return string(r.UID)
	}
	const first = `{apiVersion: batch/v1, kind: Job, metadata: {generateName: build-}, spec: {template: {spec: {hostPID: true}}}}`
	const second = `{apiVersion: batch/v1, kind: Job, metadata: {generateName: build-}, spec: {template: {spec: {}}}}`
	if uid(first) == uid(second) {
		t.Errorf("two Jobs are one: %s", uid(first))
	}
	if again := uid(first); again != uid(first) {
		t.Error("one Job is two")
	}
}
