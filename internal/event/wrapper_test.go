package event

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

const small = `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","verb":"get","user":{"username":"alice \"é\""}}`

func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// packed gives base64 of gzip of a text.
func packed(text string) string {
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	if _, err := zw.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := zw.Close(); err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func subscription(messages ...string) string {
	var events []string
	for i, message := range messages {
		events = append(events, fmt.Sprintf(`{"id":"%d","timestamp":1772600767000,"message":%s}`, i, quoted(message)))
	}
	return `{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/aws/eks/prod/cluster","logStream":"kube-apiserver-audit-0a1b",` +
		`"subscriptionFilters":["merlon"],"logEvents":[` + strings.Join(events, ",") + `]}`
}

const resource = `"resourceId":"/SUBSCRIPTIONS/1/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD"`

func TestWrappers(t *testing.T) {
	list := `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[` + small + `,` + small + `]}`
	azure := `{"time":"2026-03-04T05:06:07Z",` + resource + `,"category":"kube-audit","operationName":"x","properties":{"containerID":"c","log":%s,"stream":"stdout","pod":"p"}}`
	const meta = `"stream":"stdout","kubernetes":{"pod_name":"kube-apiserver","namespace_name":"kube-system","labels":{"tier":"x"}}`
	for _, c := range []struct {
		name, record string
		events       int
		cluster      string
	}{
		{"a line", small + "\n", 1, ""},
		{"nothing", " \r\n", 0, ""},
		{"an EventList", list, 2, ""},
		{"an EventList in lines", strings.ReplaceAll(list, ",", ",\n  "), 2, ""},
		{"an empty EventList", `{"kind":"EventList","items":[]}`, 0, ""},
		{"records one behind the other", small + small + "\n" + small, 3, ""},
		{"a list of records", `[` + small + `, ` + small + `]`, 2, ""},
		{"a subscription", subscription(small, small), 2, "prod"},
		{"a subscription's control message", `{"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","message":"CWL CONTROL MESSAGE: Checking health of destination"}]}`, 0, ""},
		{"a subscription as Lambda gets it", `{"awslogs":{"data":"` + packed(subscription(small)) + `"}}`, 1, "prod"},
		{"a subscription, packed", packed(subscription(small, small)) + "\n", 2, "prod"},
		{"subscriptions one behind the other", subscription(small) + subscription(small, small), 3, "prod"},
		{"filter-log-events", `{"events":[{"logStreamName":"s","timestamp":1,"message":` + quoted(small) + `,"eventId":"1"}],"searchedLogStreams":[]}`, 1, ""},
		{"an export of CloudWatch Logs", "2026-03-04T05:06:07.123Z " + small, 1, ""},
		{"Azure, a text", fmt.Sprintf(azure, quoted(small+"\n")), 1, "PROD"},
		{"Azure, an object", fmt.Sprintf(azure, small), 1, "PROD"},
		{"Azure, records", `{"records":[` + fmt.Sprintf(azure, quoted(small)) + `,` + fmt.Sprintf(azure, small) + `]}`, 2, "PROD"},
		{"Azure, a text in a text", `{"properties":` + quoted(`{"log":`+quoted(small)+`}`) + `}`, 1, ""},
		{"a mark of UTF-8", "\ufeff" + small, 1, ""},
		{"a hole", strings.Repeat("\x00", 4096) + small, 1, ""},
		{"Docker", `{"log":` + quoted(small+"\n") + `,"stream":"stdout","time":"2026-03-04T05:06:07.123456789Z"}`, 1, ""},
		{"containerd", "2026-03-04T05:06:07.123456789+00:00 stdout F " + small, 1, ""},
		{"containerd, with more tags", "2026-03-04T05:06:07.123456789Z stderr F:x " + small, 1, ""},
		{"Fluent Bit, a text", `{"log":` + quoted(small) + `,` + meta + `}`, 1, ""},
		{"Fluent Bit, an object", `{"log":` + small + `,` + meta + `}`, 1, ""},
		{"Fluent Bit, a message", `{` + meta + `,"message":` + small + `}`, 1, ""},
		{"Fluent Bit, merged", strings.TrimSuffix(small, "}") + `,` + meta + `,"log":"x"}`, 1, ""},
		{"Fluent Bit, with the time", `[1772600767.123456, {"log":` + quoted(small) + `}]`, 1, ""},
		{"Fluent Bit, with time and metadata", `[[1772600767.123456,{}],{"log":` + small + `}]`, 1, ""},
		{"Fluent Bit around containerd", `{"log":` + quoted("2026-03-04T05:06:07.1Z stdout F "+small) + `}`, 1, ""},
		{"Vector", `{"file":"/var/log/audit.log","host":"h","message":` + quoted(small) + `,"source_type":"file","timestamp":"2026-03-04T05:06:07Z"}`, 1, ""},
		{"aws logs tail", "2026-03-04T05:06:07.123000+00:00 kube-apiserver-audit-0a1b " + small, 1, ""},
		{"aws logs tail, of another stream", "2026-03-04T05:06:07.123000+00:00 web-1 " + small, 1, ""},
		{"aws logs tail, short", "2026-03-04T05:06:07 " + small, 1, ""},
		{"Insights", `{"results":[[{"field":"@timestamp","value":"2026-03-04 05:06:07.123"},{"field":"@message","value":` + quoted(small) + `},{"field":"@log","value":"111122223333:/aws/eks/prod/cluster"}]],"status":"Complete"}`, 1, "prod"},
		{"Elasticsearch", `{"_index":"audit","_source":` + small + `}`, 1, ""},
		{"Elasticsearch, a search", `{"took":1,"hits":{"total":{"value":2},"hits":[{"_source":` + small + `},{"_source":{"message":` + quoted(small) + `}}]}}`, 2, ""},
		{"Splunk", `{"preview":false,"result":{"_raw":` + quoted(small) + `,"host":"h"}}`, 1, ""},
		{"Splunk, raw", `{"_raw":` + quoted(small) + `}`, 1, ""},
		{"Splunk, results", `{"results":[{"_raw":` + quoted(small) + `},{"_raw":` + quoted(small) + `}]}`, 2, ""},
		{"logcli", `{"labels":{"job":"audit"},"line":` + quoted(small) + `,"timestamp":"2026-03-04T05:06:07Z"}`, 1, ""},
		{"Loki", `{"status":"success","data":{"resultType":"streams","result":[{"stream":{},"values":[["1",` + quoted(small) + `],["2",` + quoted(small) + `,{}]]}]}}`, 2, ""},
		{"Loki, as pushed", `{"streams":[{"stream":{},"values":[["1",` + quoted(small) + `]]}]}`, 1, ""},
		{"wrappers in wrappers", `{"message":` + quoted(subscription(`{"log":`+quoted(small)+`}`)) + `}`, 1, "prod"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Decoder
			events, err := d.Append(nil, c.record)
			if err != nil || len(events) != c.events {
				t.Fatalf("%d events, want %d; error %v", len(events), c.events, err)
			}
			for _, e := range events {
				if e.User.Name != `alice "é"` || e.Cluster != c.cluster {
					t.Errorf("of user %q in cluster %q, want %q", e.User.Name, e.Cluster, c.cluster)
				}
			}
		})
	}
}

func TestWhatIsNoAuditRecord(t *testing.T) {
	for _, record := range []string{
		`I0304 05:06:07.123456      10 controller.go:667] "quota admission added evaluator" x={"a":"b"}`,
		`time="2026-03-04T05:06:07Z" level=info msg="access granted" arn="arn:aws:iam::111122223333:role/x" map="{\"a\":1}"`,
		`2026-03-04T05:06:07.123Z I0304 05:06:07.123456      10 trace.go:236] Trace[1]: "List"`,
		`{"ts":1772600767123.4,"caller":"httplog/httplog.go:134","msg":"HTTP","v":3,"verb":"GET","URI":"/livez","resp":200}`,
		`{"level":"info","msg":"x","user":"alice","message":"HTTP"}`,
		`{"kind":"Event","apiVersion":"v1","metadata":{"name":"x"},"reason":"Killing","message":"Stopping container"}`,
		`{"kind":"Event","apiVersion":"events.k8s.io/v1","verb":"x","user":{}}`,
		`{"log":"plain text\n","stream":"stderr"}`,
		`2026-03-04 05:06:07 INFO started {"a":{"b":1}}`, `{"properties":"{"}`,
		`{}`, `[]`, `5`, `null`, `"text"`, `plain text`, `[[[]]]`, `{"verb":"get"}`, `{"log":" "}`, `{"properties":{"log":5}}`,
		`{"results":[[]]}`, `{"results":[[{"field":"@ptr","value":"x"}]]}`, `{"results":[5,"x"]}`, `{"line":42}`, `{"line":"started"}`,
		`{"_source":{}}`, `{"hits":{"hits":[{}]}}`, `{"result":{"_raw":" "}}`, `{"data":{"result":[{"metric":{},"value":[1,"2"]}]}}`,
		`{"values":[["1"]]}`, `{"values":[["1","started"]]}`, `{"kind":"Secret","apiVersion":"v1","data":{"result":"eA=="}}`,
		`2026-03-04T05:06:07.123000+00:00 kube-scheduler-0a1b I0304 05:06:07.123456 x`, `2026-03-04T05:06:07.123Z INFO {half`,
	} {
		var d Decoder
		if events, err := d.Append(nil, record); !errors.Is(err, ErrNotAudit) || len(events) > 0 {
			t.Errorf("%s gives %d events and the error %v", record, len(events), err)
		}
	}
}

func TestProblemsAreTold(t *testing.T) {
	nested := small
	for range maxWrappers + 1 {
		nested = `{"log":` + nested + `}`
	}
	for _, c := range []struct {
		name, record, want string
		events             int
	}{
		{"a wrong type", `{"auditID":"a","verb":5}`, "verb is a number, not a string", 0},
		{"a wrong type in the user", `{"auditID":"a","user":{"username":["x"]}}`, "username is a list, not a string", 0},
		{"an event that is a list", `{"auditID":"a","user":[]}`, "user is a list, not an object", 0},
		{"a bad time", `{"auditID":"a","stageTimestamp":"yesterday"}`, "stageTimestamp is not a time as in RFC 3339", 0},
		{"a bad code", `{"auditID":"a","responseStatus":{"code":1.5}}`, "code is not a whole number of up to nine digits", 0},
		{"half a line", `{"auditID":"a","verb":"ge`, "byte 26: the text ends in the middle of a value", 0},
		{"the other half", `t","user":{"username":"a"}}`, "the text starts in the middle of a JSON value", 0},
		{"something behind", `{"auditID":"a"} x`, "byte 17: something behind the end of the record", 1},
		{"a comma too many", `{"auditID":"a",}`, "byte 16: something other than a member's name", 0},
		{"a control character", "{\"auditID\":\"a\x01\"}", "byte 14: a control character in a string", 0},
		{"a bad number", `{"auditID":"a","x":-}`, "byte 21: a number without the digit that has to be here", 0},
		{"a bad word", `{"auditID":"a","x":nil}`, "byte 21: an unknown word in the place of a value", 0},
		{"a million lists", `{"auditID":"a","x":` + strings.Repeat("[", 1_000_000), "byte 10083: more than 10064 objects and lists inside one another", 0},
		{"a million objects", strings.Repeat(`{"a":`, 1_000_000), "byte 50321: more than 10064 objects and lists inside one another", 0},
		{"a million lists at the top", strings.Repeat("[", 1_000_000), "byte 10065: more than 10064 objects and lists inside one another", 0},
		{"one of two messages", subscription(`{"auditID":5}`, small), "logEvents[0]: message: auditID is a number, not a string", 1},
		{"a part of a line", "2026-03-04T05:06:07.1Z stdout P " + small[:20], "a part of a line that the container runtime cut", 0},
		{"GKE", `{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","methodName":"io.k8s.core.v1.pods.list"},"insertId":"x"}`, errCloudAudit.Error(), 0},
		{"gzip that is cut", packed(subscription(small))[:80], "unpack the record: unexpected EOF", 0},
		{"base64 that is cut", `{"awslogs":{"data":"H4sIAAA"}}`, "awslogs.data: base64 that is cut or broken", 0},
		{"too many wrappers", nested, "log: log: log: log: more than 4 wrappers inside one another", 0},
		{"a bomb", packed(strings.Repeat(" ", maxInflated+1)), "a record that unpacks to more than 64 MiB", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d Decoder
			events, err := d.Append(nil, c.record)
			if p := ProblemsOf(err); p.Broken != 1 || err.Error() != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
			if len(events) != c.events {
				t.Errorf("%d events, want %d", len(events), c.events)
			}
			if events, err := d.Append(nil, small); len(events) != 1 || err != nil {
				t.Errorf("the next record gives %d events and the error %v", len(events), err)
			}
		})
	}
}

func TestProblemsOfABatch(t *testing.T) {
	var d Decoder
	events, err := d.Append(nil, subscription(small, "I0304 05:06:07.1 1 x.go:1] y", `{"x":1}`, `{"auditID":`, small))
	if p := ProblemsOf(err); len(events) != 2 || p.NotAudit != 2 || p.Broken != 1 || len(p.Errs) != 1 || errors.Is(err, ErrNotAudit) {
		t.Errorf("%d events, %v", len(events), err)
	}
	_, err = d.Append(nil, `{"records":[`+strings.Repeat("{},", 1000)+`{}]}`)
	if p := ProblemsOf(err); p.NotAudit != 1001 || !errors.Is(err, ErrNotAudit) {
		t.Error(err)
	}
	_, err = d.Append(nil, `{"records":[`+strings.Repeat(`{"auditID":1},`, 1000)+`{}]}`)
	if p := ProblemsOf(err); p.NotAudit != 1 || p.Broken != 1000 || len(p.Errs) != maxErrs ||
		err.Error() != "1000 broken records, the first of them: records[0]: auditID is a number, not a string" {
		t.Error(err)
	}
}

// One record cannot make the decoder unpack again and again.
func TestUnpackingIsLimitedForARecordAsAWhole(t *testing.T) {
	bomb := packed(strings.Repeat(" ", maxInflated/2))
	var d Decoder
	_, err := d.Append(nil, subscription(bomb, bomb, bomb, bomb))
	if p := ProblemsOf(err); p.Broken != 2 || d.inflated > maxInflated {
		t.Errorf("%d bytes, %v", d.inflated, err)
	}
	events, err := d.Append(nil, packed(strings.Repeat(`{"auditID":""}`, maxUnpacked+2)))
	if p := ProblemsOf(err); p.Broken != 2 || len(events) != maxUnpacked {
		t.Errorf("%d events, %v", len(events), err)
	}
}
