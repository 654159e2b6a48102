package redact

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// corpus is the folder of public manifests: MERLON_CORPUS, or shared/data/manifests in
// a folder above this one. The test is skipped where there is none.
func corpus(tb testing.TB) string {
	tb.Helper()
	if dir := os.Getenv("MERLON_CORPUS"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if found := filepath.Join(dir, "shared", "data", "manifests"); isDir(found) {
			return found
		}
		up := filepath.Dir(dir)
		if up == dir {
			tb.Skip("no shared/data/manifests above this folder; set MERLON_CORPUS")
		}
		dir = up
	}
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

func corpusTexts(tb testing.TB, set string) (names, texts []string, size int64) {
	tb.Helper()
	root := filepath.Join(corpus(tb), set)
	if !isDir(root) {
		tb.Skipf("the corpus has no %s", set)
	}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(name)
		names, texts, size = append(names, name), append(texts, string(b)), size+int64(len(b))
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return names, texts, size
}

func TestPublicManifestsHoldNoCredential(t *testing.T) {
	for _, set := range []string{"kube-prometheus", "microservices-demo", "badpods"} {
		t.Run(set, func(t *testing.T) {
			names, texts, _ := corpusTexts(t, set)
			for i, text := range texts {
				lines := strings.Split(text, "\n")
				for _, f := range Lines(text) {
					t.Errorf("%s:%d: %s under %q: %.100s", names[i], f.Line, f.Kind, f.Key, lines[f.Line-1])
				}
				for n, line := range lines {
					if k, ok := Value(line); ok {
						t.Errorf("%s:%d: %s: %.100s", names[i], n+1, k, line)
					}
				}
			}
		})
	}
}

func BenchmarkCorpusValue(b *testing.B) {
	benchmarkCorpus(b, func(s string) { Value(s) })
}

func BenchmarkCorpusMask(b *testing.B) {
	benchmarkCorpus(b, func(s string) { Mask(s) })
}

func BenchmarkCorpusLines(b *testing.B) {
	benchmarkCorpus(b, func(s string) { Lines(s) })
}

func benchmarkCorpus(b *testing.B, do func(string)) {
	_, texts, size := corpusTexts(b, "kube-prometheus")
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, text := range texts {
			do(text)
		}
	}
}

func BenchmarkValueOfAnEnvironment(b *testing.B) {
	values := []string{"production", "http://api.default.svc:8080/v1", "3600", "info", "nginx:1.29.1", "eu-west-1"}
	b.SetBytes(int64(len(strings.Join(values, ""))))
	for b.Loop() {
		for _, v := range values {
			Value(v)
		}
	}
}

func BenchmarkName(b *testing.B) {
	for _, name := range []string{"POSTGRES_PASSWORD", "AWS_SECRET_ACCESS_KEY", "TOKEN_TTL", "replicas", "serviceAccountName"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Name(name)
			}
		})
	}
}

func BenchmarkPair(b *testing.B) {
	for b.Loop() {
		Pair("DB_PASSWORD", "correct-horse-7")
		Pair("LOG_LEVEL", "info")
	}
}

func BenchmarkNewTable(b *testing.B) {
	for b.Loop() {
		newTable()
	}
}
