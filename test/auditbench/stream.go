package auditbench

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/klauspost/compress/zstd"
)

// The recorded events. `go test -tags e2e ./test/e2e -run TestTrafficIsRecorded -traffic FOLDER` records them anew, from a
// real kube-apiserver: a node, an operator, a program that measures, a pipeline that deploys and a person who looks.
//
//go:embed recorded/*.jsonl.zst
var recorded embed.FS

// Stream makes a long log of a short one. It repeats the events, and each time writes others in place of what tells
// requests and users apart, so that what a detector remembers grows as it would: of every request, another audit ID and a
// later time; of every name that holds "n000", another of 500 numbers; of every address, another. The records of one
// request stay one. Nothing else changes, and no size does.
type Stream struct {
	Name string
	// Mean is the mean size of an event, in bytes.
	Mean int
	// Warm is how many events of the start go fast: with them eight days pass, in which baselines learn. From then on, an
	// event comes every 40 ms: a million and a half in a day.
	Warm   int
	events []template
}

// template is an event with the places in it that change.
type template struct {
	text                []byte
	id, received, stage int   // 0 for none
	numbers             []int // where names are numbered
	address             int
	// request is the index of the first event of the same request.
	request int
}

// The forms of what is replaced, as the API server writes them.
const (
	idField, idSize = `"auditID":"`, len("5f0d6f3c-2c54-4a8e-9f11-5a2f3c3f7a10")
	receivedField   = `"requestReceivedTimestamp":"`
	stageField      = `"stageTimestamp":"`
	timeLayout      = "2006-01-02T15:04:05.000000Z"
	numbered        = "n000"
	addressField    = `"sourceIPs":["`
	privateText     = "10.100.100.100"
	publicText      = "203.0.113.100"
	names           = 500
	warmSize        = 256 << 20 // bytes
	warmTime        = 8 * 24 * time.Hour
	perSecond       = 25
	firstPersonal   = `"username":"dev-`
	firstPipeline   = `"username":"deploy-`
)

// began is the time of the first event.
func began() time.Time { return time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC) }

// Streams gives the streams: the Helm set of a corpus, unless its folder is "" or does not hold it, and the recorded
// events of about 1 KB and 10 KB.
func Streams(corpus string) (all []*Stream, noHelm, err error) {
	log, noHelm := helmSet(corpus)
	if noHelm == nil {
		all = append(all, newStream("Helm set", log))
	}
	for _, name := range []string{"1kb", "10kb"} {
		packed, err := recorded.ReadFile("recorded/" + name + ".jsonl.zst")
		if err != nil {
			return nil, noHelm, err
		}
		r, err := zstd.NewReader(nil)
		if err != nil {
			return nil, noHelm, err
		}
		log, err := r.DecodeAll(packed, nil)
		r.Close()
		if err != nil {
			return nil, noHelm, err
		}
		all = append(all, newStream(name, log))
	}
	return all, noHelm, nil
}

func helmSet(corpus string) ([]byte, error) {
	if corpus == "" {
		return nil, errors.New("MERLON_CORPUS names no folder")
	}
	f, err := os.Open(filepath.Join(corpus, "audit", "helm-installs-benign.jsonl.gz"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // It is only read.
	r, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

func newStream(name string, log []byte) *Stream {
	s := &Stream{Name: name}
	requests := map[string]int{}
	for line := range bytes.Lines(log) {
		t := newTemplate(bytes.TrimSpace(line))
		t.request = len(s.events)
		if t.id > 0 {
			id := string(t.text[t.id : t.id+idSize])
			if first, ok := requests[id]; ok {
				t.request = first
			}
			requests[id] = t.request
		}
		s.events = append(s.events, t)
		s.Mean += len(t.text)
	}
	s.Mean /= max(1, len(s.events))
	s.Warm = warmSize / s.Mean
	return s
}

func newTemplate(line []byte) template {
	place := privateText
	if bytes.Contains(line, []byte(firstPersonal)) || bytes.Contains(line, []byte(firstPipeline)) {
		place = publicText
	}
	line = bytes.Replace(line, []byte(addressField+`127.0.0.1"`), []byte(addressField+place+`"`), 1)
	t := template{
		text: line, id: behind(line, idField), received: behind(line, receivedField), stage: behind(line, stageField),
		address: behind(line, addressField+place[:len(place)-len("100")]),
	}
	for from := 0; ; {
		i := bytes.Index(line[from:], []byte(numbered))
		if i < 0 {
			return t
		}
		from += i + len(numbered)
		t.numbers = append(t.numbers, from-len("000"))
	}
}

// behind gives the index behind a field's start; 0 for none.
func behind(line []byte, field string) int {
	if i := bytes.Index(line, []byte(field)); i >= 0 {
		return i + len(field)
	}
	return 0
}

// Append writes the events from the i-th on that fill some number of bytes, each with the end of its line, and gives the
// index of the next.
func (s *Stream) Append(dst []byte, i, size int) (log []byte, next int) {
	const longest = 64 << 10
	dst = slices.Grow(dst, size+longest)
	for size += len(dst); len(dst) < size; i++ {
		dst = s.append(dst, i)
	}
	return dst, i
}

func (s *Stream) append(dst []byte, i int) []byte {
	t := &s.events[i%len(s.events)]
	request := i - i%len(s.events) + t.request
	from := len(dst)
	dst = append(append(dst, t.text...), '\n')
	event := dst[from:]
	if t.id > 0 {
		digits := strconv.AppendUint(nil, 1<<47|uint64(request), 16) // always twelve
		copy(event[t.id+idSize-len(digits):], digits)
	}
	if t.received > 0 {
		s.putTime(event[t.received:], request)
	}
	if t.stage > 0 {
		s.putTime(event[t.stage:], i)
	}
	number := int(uint64(request) * 0x9e3779b97f4a7c15 >> 33 % names)
	for _, at := range t.numbers {
		putThree(event[at:], number)
	}
	if t.address > 0 {
		putThree(event[t.address:], 100+number%100)
	}
	return dst
}

// putTime writes the time of the i-th event.
func (s *Stream) putTime(dst []byte, i int) {
	passed := time.Duration(min(i, s.Warm))*(warmTime/time.Duration(s.Warm)) + time.Duration(max(0, i-s.Warm))*(time.Second/perSecond)
	var text [len(timeLayout)]byte
	copy(dst, began().Add(passed).AppendFormat(text[:0], timeLayout))
}

func putThree(dst []byte, n int) {
	dst[0], dst[1], dst[2] = byte('0'+n/100), byte('0'+n/10%10), byte('0'+n%10)
}
