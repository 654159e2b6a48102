package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"
)

// deployment is a manifest of the usual size and shape.
func deployment(i int) string {
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-%d
  namespace: shop-%d
  labels:
    app: service-%d
    app.kubernetes.io/part-of: shop
spec:
  replicas: 2
  selector:
    matchLabels: {app: service-%d}
  template:
    metadata:
      labels: {app: service-%d}
    spec:
      serviceAccountName: service-%d
      securityContext:
        runAsNonRoot: true
        fsGroup: 1000
      containers:
      - name: server
        image: "registry.example.com/shop/service-%d:v1.2.3"
        securityContext:
          allowPrivilegeEscalation: false
          capabilities: {drop: [ALL]}
        ports:
        - containerPort: 8080
        env:
        - name: PORT
          value: "8080"
        - name: UPSTREAM   # where the rest is
          value: http://upstream.shop.svc:80
        resources:
          requests: {cpu: 100m, memory: 64Mi}
          limits: {cpu: 200m, memory: 128Mi}
`, i, i%50, i, i, i, i, i)
}

func manifests() (yamls, jsons [][]byte, yamlSize, jsonSize int64) {
	var t Tree
	for i := range 500 {
		y := []byte(deployment(i))
		if err := DecodeYAML(&t, y, 1, Limits{}); err != nil {
			panic(err)
		}
		j := t.Root().AppendJSON(nil)
		yamls, jsons = append(yamls, y), append(jsons, j)
		yamlSize += int64(len(y))
		jsonSize += int64(len(j))
	}
	return yamls, jsons, yamlSize, jsonSize
}

// each runs f over every document, b.N times.
func each(b *testing.B, docs [][]byte, size int64, f func([]byte) error) {
	b.Helper()
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, d := range docs {
			if err := f(d); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkDecodeYAML(b *testing.B) {
	docs, _, size, _ := manifests()
	b.Run("tree", func(b *testing.B) {
		var t Tree
		each(b, docs, size, func(d []byte) error { return DecodeYAML(&t, d, 1, Limits{}) })
	})
	b.Run("bare parser", func(b *testing.B) {
		each(b, docs, size, func(d []byte) error {
			var n yaml.Node
			return yaml.Unmarshal(d, &n)
		})
	})
}

func BenchmarkDecodeJSON(b *testing.B) {
	_, docs, _, size := manifests()
	b.Run("tree", func(b *testing.B) {
		var t Tree
		each(b, docs, size, func(d []byte) error { return DecodeJSON(&t, d, 1, Limits{}) })
	})
	b.Run("bare parser", func(b *testing.B) {
		dec := jsontext.NewDecoder(bytes.NewBuffer(nil), jsontext.AllowDuplicateNames(true))
		each(b, docs, size, func(d []byte) error {
			dec.Reset(bytes.NewBuffer(d), jsontext.AllowDuplicateNames(true))
			for {
				if _, err := dec.ReadToken(); err != nil {
					if errors.Is(err, io.EOF) {
						return nil
					}
					return err
				}
			}
		})
	})
}

func BenchmarkAppendJSON(b *testing.B) {
	_, docs, _, _ := manifests()
	var t Tree
	if err := DecodeJSON(&t, docs[0], 1, Limits{}); err != nil {
		b.Fatal(err)
	}
	var out []byte
	b.SetBytes(int64(len(docs[0])))
	b.ReportAllocs()
	for b.Loop() {
		out = t.Root().AppendJSON(out[:0])
	}
}

func BenchmarkStreams(b *testing.B) {
	yamls, jsons, _, _ := manifests()
	stream := bytes.Join(yamls, []byte("---\n"))
	list := []byte(`{"items":[` + string(bytes.Join(jsons, []byte(",\n"))) + `]}`)
	b.Run("YAMLReader", func(b *testing.B) {
		b.SetBytes(int64(len(stream)))
		for b.Loop() {
			for range SplitYAML(stream) {
			}
		}
	})
	b.Run("JSONReader", func(b *testing.B) {
		b.SetBytes(int64(len(list)))
		for b.Loop() {
			j := NewJSONReader(strings.NewReader(string(list)), Limits{})
			for {
				if _, err := j.Next(); err != nil {
					break
				}
			}
		}
	})
}
