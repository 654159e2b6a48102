package rule_test

import (
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/rule"
)

// patched gives the action of a JSON patch whose result was not recorded.
func patched(t *testing.T, patch string) *rule.Action {
	t.Helper()
	var d event.Decoder
	events, err := d.Append(nil, `{"verb":"patch","user":{"username":"dev"},"objectRef":{"resource":"clusterrolebindings","name":"x"},"requestObject":`+patch+`}`)
	if err != nil || len(events) != 1 {
		t.Fatalf("the record is read as %d events: %v", len(events), err)
	}
	a := &rule.Action{}
	a.Reset(&events[0], &rule.Surroundings{})
	return a
}

func TestJSONPatchShowsWhatItSets(t *testing.T) {
	tests := []struct {
		name, patch, want string
		path, inRecord    string
	}{
		{
			"an element that is added to a list",
			`[{"op":"add","path":"/subjects/-","value":{"kind":"User","name":"alice"}}]`,
			`{"subjects":[{"kind":"User","name":"alice"}]}`,
			"$.subjects[0].name", "$.requestObject[0].value.name",
		},
		{
			"a pointer with something before its first slash, which the API server drops",
			`[{"op":"add","path":"x/subjects/-","value":{"kind":"User","name":"alice"}}]`,
			`{"subjects":[{"kind":"User","name":"alice"}]}`,
			"$.subjects[0].name", "$.requestObject[0].value.name",
		},
		{
			"elements that are added one after the other",
			`[{"op":"add","path":"/subjects/-","value":{"name":"a"}},{"op":"add","path":"/subjects/0","value":{"name":"b"}},{"op":"add","path":"/subjects/0","value":{"name":"c"}}]`,
			`{"subjects":[{"name":"c"},{"name":"b"},{"name":"a"}]}`,
			"$.subjects[0].name", "$.requestObject[2].value.name",
		},
		{
			"fields of one element",
			`[{"op":"replace","path":"/subjects/3/kind","value":"User"},{"op":"replace","path":"/subjects/3/name","value":"alice"}]`,
			`{"subjects":[{"kind":"User","name":"alice"}]}`,
			"$.subjects[0].name", "$.requestObject[1].value",
		},
		{
			"a list that is made first and filled then",
			`[{"op":"add","path":"/subjects","value":[]},{"op":"add","path":"/subjects/-","value":{"name":"alice"}}]`,
			`{"subjects":[{"name":"alice"}]}`,
			"$.subjects[0]", "$.requestObject[1].value",
		},
		{
			"an element of a list that was set before",
			`[{"op":"add","path":"/subjects","value":[{"kind":"User","name":"a"}]},{"op":"replace","path":"/subjects/0/name","value":"alice"}]`,
			`{"subjects":[{"kind":"User","name":"alice"}]}`,
			"$.subjects[0].name", "$.requestObject[1].value",
		},
		{
			"a value that is replaced below one that was set",
			`[{"op":"add","path":"/spec","value":{"type":"ClusterIP","ports":[{"port":80}]}},{"op":"replace","path":"/spec/type","value":"LoadBalancer"}]`,
			`{"spec":{"type":"LoadBalancer","ports":[{"port":80}]}}`,
			"$.spec.ports[0].port", "$.requestObject[0].value.ports[0].port",
		},
		{
			"escapes in the path",
			`[{"op":"add","path":"/metadata/labels/app.kubernetes.io~1name","value":"x"}]`,
			`{"metadata":{"labels":{"app.kubernetes.io/name":"x"}}}`,
			"$.metadata.labels['app.kubernetes.io/name']", "$.requestObject[0].value",
		},
		{
			"the whole object", `[{"op":"replace","path":"","value":{"subjects":[{"name":"alice"}]}}]`,
			`{"subjects":[{"name":"alice"}]}`,
			"$.subjects[0].name", "$.requestObject[0].value.subjects[0].name",
		},
		{
			"what is copied from elsewhere",
			`[{"op":"copy","from":"/metadata/annotations/a","path":"/subjects/0/name"},{"op":"replace","path":"/subjects/0/kind","value":"User"}]`,
			`{"subjects":[{"name":null,"kind":"User"}]}`,
			"$.subjects[0].name", "$.requestObject[0].from",
		},
		{"what is taken away is not there", `[{"op":"remove","path":"/subjects/0"}]`, `{}`, "$", "$.requestObject"},
		{
			"what is tested, which the object has",
			`[{"op":"test","path":"/roleRef/name","value":"cluster-admin"},{"op":"add","path":"/subjects/-","value":{"name":"alice"}}]`,
			`{"roleRef":{"name":"cluster-admin"},"subjects":[{"name":"alice"}]}`, "$.roleRef.name", "$.requestObject[0].value",
		},
		{
			"a test of what was copied",
			`[{"op":"copy","from":"/metadata/name","path":"/subjects/0/name"},{"op":"test","path":"/subjects/0/name","value":"alice"}]`,
			`{"subjects":[{"name":"alice"}]}`, "$.subjects[0].name", "$.requestObject[1].value",
		},
		{
			"an index that makes no list of the object",
			`[{"op":"add","path":"/0","value":"x"},{"op":"add","path":"/subjects/-","value":{"name":"alice"}},{"op":"remove","path":"/0"}]`,
			`{"subjects":[{"name":"alice"}]}`, "$.subjects[0].name", "$.requestObject[1].value.name",
		},
		{
			"an index that makes no list of a map",
			`[{"op":"add","path":"/spec/0","value":"x"},{"op":"add","path":"/spec/type","value":"NodePort"}]`,
			`{"spec":{"0":"x","type":"NodePort"}}`, "$.spec.type", "$.requestObject[1].value",
		},
		{
			"a map that is set has indexes for keys",
			`[{"op":"add","path":"/labels","value":{}},{"op":"add","path":"/labels/0","value":"x"}]`,
			`{"labels":{"0":"x"}}`, "$.labels['0']", "$.requestObject[1].value",
		},
		{
			"what is added and removed again",
			`[{"op":"add","path":"/spec/type","value":"NodePort"},{"op":"remove","path":"/spec/type"},{"op":"add","path":"/spec/a","value":1}]`,
			`{"spec":{"a":1}}`, "$.spec.a", "$.requestObject[2].value",
		},
		{
			"an element that moves down and is removed",
			`[{"op":"add","path":"/subjects/0","value":{"name":"a"}},{"op":"add","path":"/subjects/0","value":{"name":"b"}},{"op":"remove","path":"/subjects/1"}]`,
			`{"subjects":[{"name":"b"}]}`, "$.subjects[0].name", "$.requestObject[1].value.name",
		},
		{
			"an element that is not the one removed",
			`[{"op":"add","path":"/subjects/0","value":{"name":"a"}},{"op":"add","path":"/subjects/1","value":{"name":"b"}},{"op":"remove","path":"/subjects/0"},{"op":"remove","path":"/subjects/1"}]`,
			`{"subjects":[{"name":"b"}]}`, "$.subjects[0].name", "$.requestObject[1].value.name",
		},
		{
			"an element at the end, where another than it is removed",
			`[{"op":"add","path":"/subjects/-","value":{"name":"a"}},{"op":"remove","path":"/subjects/0"}]`,
			`{"subjects":[{"name":"a"}]}`, "$.subjects[0].name", "$.requestObject[0].value.name",
		},
		{
			"indexes from the end",
			`[{"op":"add","path":"/subjects/-","value":{"name":"a"}},{"op":"replace","path":"/subjects/-1/name","value":"b"},{"op":"replace","path":"/subjects/-2/name","value":"c"}]`,
			`{"subjects":[{"name":"c"},{"name":"b"}]}`, "$.subjects[1].name", "$.requestObject[1].value",
		},
		{
			"what is copied from what the patch sets",
			`[{"op":"add","path":"/x","value":{"name":"alice"}},{"op":"copy","from":"/x","path":"/subjects/-"},{"op":"remove","path":"/x"}]`,
			`{"subjects":[{"name":"alice"}]}`, "$.subjects[0].name", "$.requestObject[0].value.name",
		},
		{
			"what is moved from what the patch sets, and changed there",
			`[{"op":"add","path":"/x","value":[{"name":"bob"}]},{"op":"move","from":"/x","path":"/subjects"},{"op":"replace","path":"/subjects/0/name","value":"alice"}]`,
			`{"subjects":[{"name":"alice"}]}`, "$.subjects[0].name", "$.requestObject[2].value",
		},
		{
			"a list that is known, put in and taken out",
			`[{"op":"add","path":"/subjects","value":[1,2]},{"op":"add","path":"/subjects/1","value":3},{"op":"remove","path":"/subjects/0"},{"op":"add","path":"/subjects/-1","value":4},{"op":"remove","path":"/subjects/-9"}]`,
			`{"subjects":[3,2,4]}`, "$.subjects[0]", "$.requestObject[1].value",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := patched(t, test.patch)
			object, sight := a.Made()
			if got := string(object.AppendJSON(nil)); got != test.want || sight != rule.SeenPart {
				t.Errorf("the object is %s (sight %d), not %s", got, sight, test.want)
			}
			if got := a.InRecord(test.path); got != test.inRecord {
				t.Errorf("%s is %s in the record, not %s", test.path, got, test.inRecord)
			}
		})
	}
}

func TestJSONPatchIsBounded(t *testing.T) {
	deep := patched(t, `[{"op":"add","path":"`+strings.Repeat("/a", 100_000)+`","value":1}]`)
	if object, _ := deep.Made(); object.Len() != 0 {
		t.Error("a path without end is followed")
	}
	many := patched(t, "["+strings.TrimSuffix(strings.Repeat(`{"op":"add","path":"/subjects/-","value":{"name":"a"}},`, 20_000), ",")+"]")
	if object, _ := many.Made(); object.Get("subjects").Len() != 10_000 {
		t.Errorf("%d operations are taken", object.Get("subjects").Len())
	}
}
