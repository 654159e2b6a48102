package auditbench

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/buger/jsonparser"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/valyala/fastjson"

	"github.com/merlonsec/merlon/internal/event"
)

// records gives the sets of records that are measured.
func records(b *testing.B) map[string][]string {
	sets := map[string][]string{}
	for n := range 64 {
		sets["1KB"] = append(sets["1KB"], metadata(n))
		sets["10KB"] = append(sets["10KB"], requestResponse(n))
	}
	if corpus := os.Getenv("MERLON_CORPUS"); corpus != "" {
		sets["helm"] = lines(b, filepath.Join(corpus, "audit", "helm-installs-benign.jsonl.gz"))
	}
	return sets
}

func lines(b *testing.B, path string) []string {
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	var all []string
	scanner := bufio.NewScanner(zr)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		all = append(all, scanner.Text())
	}
	return all
}

// user, v1 and v2 are what a library decodes a record into: the fields of event.Event, the bodies left raw.
type user[R any] struct {
	Username, UID string
	Groups, Extra R
}

type mirror[R any] struct {
	Kind, APIVersion, Level, AuditID, Stage, RequestURI, Verb, UserAgent string
	User, ImpersonatedUser                                               user[R]
	SourceIPs                                                            R
	ObjectRef                                                            struct {
		Resource, Namespace, Name, UID, APIGroup, APIVersion, Subresource string
	}
	ResponseStatus struct{ Code int }

	Annotations, RequestObject, ResponseObject R
	RequestReceivedTimestamp, StageTimestamp   string
}

func BenchmarkDecode(b *testing.B) {
	for _, size := range []string{"1KB", "10KB", "helm"} {
		set := records(b)[size]
		if len(set) == 0 {
			continue
		}
		for _, d := range decoders() {
			b.Run(size+"/"+d.name, func(b *testing.B) { measure(b, set, d.decode) })
		}
	}
}

func measure(b *testing.B, set []string, decode func(string, []byte) error) {
	bytes, total := make([][]byte, len(set)), 0
	for i, record := range set {
		bytes[i], total = []byte(record), total+len(record)
		if err := decode(record, bytes[i]); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(total / len(set)))
	b.ReportAllocs()
	runtime.GC()
	start := processorTime(b)
	for i := 0; b.Loop(); i++ {
		if i == len(set) {
			i = 0
		}
		if err := decode(set[i], bytes[i]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime(b)-start)/float64(b.N), "cpu-ns/op")
}

// processorTime is what this process has used, with its garbage collector, in nanoseconds: on a machine with other work, it
// says more than the clock on the wall.
func processorTime(b *testing.B) int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return usage.Utime.Nano() + usage.Stime.Nano()
}

type decoder struct {
	name   string
	decode func(text string, bytes []byte) error
}

func decoders() []decoder {
	var (
		own    event.Decoder
		events []event.Event
		fast   fastjson.Parser
	)
	return []decoder{
		{"event", func(text string, _ []byte) (err error) {
			events, err = own.Append(events[:0], text)
			return err
		}},
		{"fastjson", func(_ string, bytes []byte) error {
			_, err := fast.ParseBytes(bytes)
			return err
		}},
		{"jsonparser", byJSONParser},
		{"json-v2", func(_ string, bytes []byte) error {
			var into mirror[jsontext.Value]
			return jsonv2.Unmarshal(bytes, &into, jsonv2.MatchCaseInsensitiveNames(true))
		}},
		{"encoding-json", func(_ string, bytes []byte) error {
			var into mirror[json.RawMessage]
			return json.Unmarshal(bytes, &into)
		}},
	}
}

// byJSONParser takes the same members out of a record. The library does not check the grammar of what it walks over.
func byJSONParser(_ string, bytes []byte) error {
	var into [32][]byte
	var failed error
	jsonparser.EachKey(bytes, func(i int, value []byte, _ jsonparser.ValueType, err error) {
		into[i] = value
		if err != nil {
			failed = err
		}
	}, paths...)
	return failed
}

var paths = [][]string{
	{"kind"},
	{"apiVersion"},
	{"level"},
	{"auditID"},
	{"stage"},
	{"requestURI"},
	{"verb"},
	{"userAgent"},
	{"user", "username"},
	{"user", "uid"},
	{"user", "groups"},
	{"user", "extra"},
	{"sourceIPs"},
	{"objectRef", "resource"},
	{"objectRef", "namespace"},
	{"objectRef", "name"},
	{"objectRef", "apiGroup"},
	{"objectRef", "apiVersion"},
	{"objectRef", "subresource"},
	{"responseStatus", "code"},
	{"annotations"},
	{"requestObject"},
	{"responseObject"},
	{"requestReceivedTimestamp"},
	{"stageTimestamp"},
}
