package manifest_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/tree"
)

// The benchmark's input: 2 450 small objects, as 50 teams might write them.
const (
	benchFiles   = 50
	benchPerFile = 49
)

func benchObject(file, i int) string {
	name := fmt.Sprintf("app-%d-%d", file, i)
	switch i % 7 {
	case 0:
		return fmt.Sprintf("apiVersion: v1\nkind: Service\nmetadata:\n  name: %s\n  namespace: team-%d\nspec:\n  type: ClusterIP\n  selector:\n    app: %s\n  ports:\n  - name: http\n    port: 80\n    targetPort: 8080\n", name, file, name)
	case 1:
		return fmt.Sprintf("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: %s\n  namespace: team-%d\nautomountServiceAccountToken: false\n", name, file)
	case 2:
		return fmt.Sprintf("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: %s\n  namespace: team-%d\ndata:\n  LOG_LEVEL: info\n  config.yaml: |\n    server:\n      port: 8080\n      timeout: 30s\n", name, file)
	}
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata:
  name: %[1]s
  namespace: team-%[2]d
  labels:
    app: %[1]s
spec:
  replicas: 3
  selector:
    matchLabels:
      app: %[1]s
  template:
    metadata:
      labels:
        app: %[1]s
    spec:
      serviceAccountName: %[1]s
      containers:
      - name: server
        image: registry.example.com/team-%[2]d/%[1]s:1.2.3
        ports:
        - containerPort: 8080
        env:
        - name: PORT
          value: "8080"
        - name: DATABASE_PASSWORD
          valueFrom:
            secretKeyRef:
              name: db
              key: password
        resources:
          requests:
            cpu: 100m
            memory: 64Mi
        securityContext:
          runAsNonRoot: true
          allowPrivilegeEscalation: false
          capabilities:
            drop:
            - ALL
        volumeMounts:
        - name: data
          mountPath: /data
      volumes:
      - name: data
        emptyDir: {}
`, name, file)
}

// BenchmarkRead reads 2 450 objects as 50 files and as one, with the decoder alone beside it: "parse" is one goroutine
// that splits and decodes the same bytes and keeps nothing.
func BenchmarkRead(b *testing.B) {
	dir := b.TempDir()
	var all bytes.Buffer
	for f := range benchFiles {
		var text bytes.Buffer
		for i := range benchPerFile {
			text.WriteString("---\n" + benchObject(f, i))
		}
		all.Write(text.Bytes())
		writeFile(b, filepath.Join(dir, "files", fmt.Sprintf("%02d.yaml", f)), text.String())
	}
	one := filepath.Join(dir, "one.yaml")
	writeFile(b, one, all.String())
	size := int64(all.Len())

	b.Run("parse", func(b *testing.B) {
		var t tree.Tree
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			data, err := os.ReadFile(one)
			if err != nil {
				b.Fatal(err)
			}
			for line, doc := range tree.SplitYAML(data) {
				if err := tree.DecodeYAML(&t, doc, line, tree.Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	for _, workers := range []int{1, 0} {
		for name, path := range map[string]string{"one": one, "files": filepath.Join(dir, "files")} {
			b.Run(fmt.Sprintf("read/%s/workers=%d", name, workers), func(b *testing.B) {
				b.SetBytes(size)
				b.ReportAllocs()
				for b.Loop() {
					res, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{path}, Workers: workers})
					if err != nil || len(res.Resources) != benchFiles*benchPerFile {
						b.Fatal(err, len(res.Resources))
					}
				}
			})
		}
	}
}

func writeFile(tb testing.TB, name, text string) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// TestReadAllocatesLittleBesideTheDecoder bounds what is added to the decoder's own allocations: of 300 documents some
// 40 each, of which the resource with its projection and relations has most.
func TestReadAllocatesLittleBesideTheDecoder(t *testing.T) {
	var text bytes.Buffer
	const n = 300
	for i := range n {
		text.WriteString("---\n" + benchObject(0, i))
	}
	decode := testing.AllocsPerRun(5, func() {
		var d tree.Tree
		for line, doc := range tree.SplitYAML(text.Bytes()) {
			if err := tree.DecodeYAML(&d, doc, line, tree.Limits{}); err != nil {
				t.Fatal(err)
			}
		}
	})
	whole := testing.AllocsPerRun(5, func() {
		res, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: bytes.NewReader(text.Bytes()), Workers: 1})
		if err != nil || len(res.Resources) != n {
			t.Fatal(err, len(res.Resources))
		}
	})
	if each := (whole - decode) / n; each > 60 {
		t.Errorf("%.0f allocations for a document besides those of the decoder", each)
	}
}
