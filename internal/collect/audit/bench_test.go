package audit

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// endless gives the same lines again and again, up to a number of bytes.
type endless struct {
	lines []byte
	at    int
	left  int64
}

// Read implements io.Reader.
func (e *endless) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(int64(len(p)), e.left)], e.lines[e.at:])
	e.at = (e.at + n) % len(e.lines)
	e.left -= int64(n)
	return n, nil
}

// serverLines are events of about 1 KB, as an API server writes them.
func serverLines(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		at := start().Add(1e9 * 1).Format("2006-01-02T15:04:05.000000Z07:00")
		fmt.Fprintf(&b, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"%08d-9b6c-4f0e-8a53-0d6b2c1f7a10","stage":"ResponseComplete",`+
			`"requestURI":"/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/ip-10-0-%d-17.eu-west-1.compute.internal?timeout=10s","verb":"update",`+
			`"user":{"username":"system:node:ip-10-0-%d-17.eu-west-1.compute.internal","uid":"aws-iam-authenticator:111122223333:AROAEXAMPLE","groups":["system:nodes","system:authenticated"],`+
			`"extra":{"accessKeyId":["ASIAEXAMPLE"],"arn":["arn:aws:sts::111122223333:assumed-role/node/i-0abcdef"],"sessionName":["i-0abcdef"]}},`+
			`"sourceIPs":["10.0.%d.17"],"userAgent":"kubelet/v1.34.1 (linux/amd64) kubernetes/93248f9","objectRef":{"resource":"leases","namespace":"kube-node-lease",`+
			`"name":"ip-10-0-%d-17.eu-west-1.compute.internal","uid":"b2fb1d0c-2b5e-4f7e-9a44-6f3d9a1f1c11","apiGroup":"coordination.k8s.io","apiVersion":"v1","resourceVersion":"%d"},`+
			`"responseStatus":{"metadata":{},"code":200},"requestReceivedTimestamp":%q,"stageTimestamp":%q,"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":""}}`+"\n",
			i, i%250, i%250, i%250, i%250, i, at, at)
	}
	return b.Bytes()
}

// The memory that is held does not grow with the log.
func TestMemoryIsFlat(t *testing.T) {
	const size, allowed = 150 << 20, 40 << 20
	lines := serverLines(5000)
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	highest := uint64(0)
	batches := 0
	res, err := Read(t.Context(), Options{Paths: []string{"-"}, Stdin: &endless{lines: lines, left: size}, Workers: 2}, func(*Batch) error {
		if batches++; batches%20 == 0 {
			runtime.ReadMemStats(&now)
			highest = max(highest, now.HeapInuse)
		}
		return nil
	})
	if err != nil || res.Bytes != size || res.Events < size/1200 {
		t.Fatal(res.Counts, err)
	}
	if grown := int64(highest) - int64(before.HeapInuse); grown > allowed {
		t.Errorf("%d MiB more were in use", grown>>20)
	} else {
		t.Logf("%d MiB more were in use, for %d events", grown>>20, res.Events)
	}
}

// A document that is one value is not held either.
func TestMemoryOfOneLargeDocument(t *testing.T) {
	const allowed = 40 << 20
	lines := bytes.ReplaceAll(serverLines(5000), []byte("\n"), []byte(",\n"))
	in := io.MultiReader(strings.NewReader(`{"kind":"EventList","items":[`), &endless{lines: lines, left: int64(10 * len(lines))}, strings.NewReader("{}]}"))
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	highest := uint64(0)
	res, err := Read(t.Context(), Options{Paths: []string{"-"}, Stdin: in, Workers: 2}, func(*Batch) error {
		runtime.ReadMemStats(&now)
		highest = max(highest, now.HeapInuse)
		return nil
	})
	if err != nil || res.Events != 50_000 {
		t.Fatal(res.Counts, res.Problems, err)
	}
	if grown := int64(highest) - int64(before.HeapInuse); grown > allowed {
		t.Errorf("%d MiB more were in use", grown>>20)
	}
}

// BenchmarkRead reads 100 MB as it is stored in each way, beside what no reader can be faster than: cutting the lines, and
// decompressing.
func BenchmarkRead(b *testing.B) {
	const size = 100 << 20
	folder := b.TempDir()
	text, err := io.ReadAll(&endless{lines: serverLines(20_000), left: size})
	if err != nil {
		b.Fatal(err)
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	events := bytes.Count(text, []byte("\n"))
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	zw.Write(text)
	zw.Close()
	sw, err := zstd.NewWriter(nil)
	if err != nil {
		b.Fatal(err)
	}
	files := map[string]string{
		"plain": write(b, filepath.Join(folder, "audit.log"), text),
		"gzip":  write(b, filepath.Join(folder, "audit2.log.gz"), packed.Bytes()),
		"zstd":  write(b, filepath.Join(folder, "audit3.log.zst"), sw.EncodeAll(text, nil)),
	}
	limits := map[string]func(io.Reader) (io.Reader, error){
		"plain": func(r io.Reader) (io.Reader, error) { return r, nil },
		"gzip":  func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		"zstd":  func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) },
	}
	for _, kind := range []string{"plain", "gzip", "zstd"} {
		b.Run(kind+"/limit", func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				f, err := os.Open(files[kind])
				if err != nil {
					b.Fatal(err)
				}
				r, err := limits[kind](f)
				if err != nil {
					b.Fatal(err)
				}
				s := bufio.NewScanner(r)
				s.Buffer(make([]byte, 1<<20), 1<<20)
				n := 0
				for s.Scan() {
					n++
				}
				f.Close()
				if s.Err() != nil || n != events {
					b.Fatal(n, events, s.Err())
				}
			}
		})
		for _, workers := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/workers=%d", kind, workers), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					res, err := Read(context.Background(), Options{Paths: []string{files[kind]}, Workers: workers}, func(*Batch) error { return nil })
					if err != nil || res.Events != int64(events) {
						b.Fatal(res, err)
					}
				}
				b.ReportMetric(float64(events*b.N)/b.Elapsed().Seconds(), "events/s")
			})
		}
	}
}
