//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// manyWorkloads is how many findings the outputs are held to: each of that many workloads makes an exposure.
const manyWorkloads = 50_000

// writeEstate writes the manifests of that many workloads with eight kinds of mistakes, a fourth of them behind
// public load balancers, into files of 500.
func writeEstate(t *testing.T, folder string) {
	t.Helper()
	mistakes := []string{
		"containers: [{name: a, image: b, securityContext: {privileged: true}}]",
		"containers: [{name: a, image: b, securityContext: {runAsUser: 0}}]",
		"hostPID: true, containers: [{name: a, image: b}]",
		"hostNetwork: true, containers: [{name: a, image: b}]",
		"volumes: [{name: v, hostPath: {path: /etc}}], containers: [{name: a, image: b, volumeMounts: [{name: v, mountPath: /v}]}]",
		"hostIPC: true, containers: [{name: a, image: b}]",
		"volumes: [{name: v, hostPath: {path: /var/run/docker.sock}}], containers: [{name: a, image: b, volumeMounts: [{name: v, mountPath: /v}]}]",
		`containers: [{name: a, image: b, env: [{name: DB_PASSWORD, value: "not-a-real-one-4711"}]}]`,
	}
	var b bytes.Buffer
	for i := range manyWorkloads {
		name, space := fmt.Sprintf("service-%05d", i), fmt.Sprintf("team-%03d", i/500)
		fmt.Fprintf(&b, "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: %s, namespace: %s}\nspec:\n  template:\n    metadata: {labels: {app: %[1]s}}\n    spec: {%[3]s}\n---\n",
			name, space, mistakes[i%len(mistakes)])
		if i%4 == 0 {
			fmt.Fprintf(&b, "apiVersion: v1\nkind: Service\nmetadata: {name: %s, namespace: %s, annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}}\nspec: {type: LoadBalancer, selector: {app: %[1]s}}\n---\n", name, space)
		}
		if i%500 == 499 {
			if err := os.WriteFile(filepath.Join(folder, space+".yaml"), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			b.Reset()
		}
	}
}

// spent is what a command took.
type spent struct {
	elapsed time.Duration
	peak    int // The highest resident memory, in MiB; 0 where that is not known.
	size    int64
}

// runInto runs merlon with its output in a file, and says what that took.
func runInto(t *testing.T, path string, args ...string) (s spent) {
	t.Helper()
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	var stderr bytes.Buffer
	cmd := exec.Command(Tool(t, "merlon"), args...)
	cmd.Stdout, cmd.Stderr = out, &stderr
	start := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for running := true; running; {
		select {
		case err = <-ended:
			running = false
		case <-time.After(20 * time.Millisecond):
			s.peak = max(s.peak, highWater(cmd.Process.Pid)) // The usage that Wait returns begins with this test's own.
		}
	}
	if err != nil {
		t.Fatalf("merlon %s: %v\n%s", strings.Join(args, " "), err, stderr.String())
	}
	s.elapsed = time.Since(start)
	if info, err := out.Stat(); err == nil {
		s.size = info.Size()
	}
	return s
}

var highWaterLine = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// highWater is the highest resident memory of a process so far, in MiB, where /proc tells.
func highWater(pid int) int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if m := highWaterLine.FindSubmatch(status); m != nil {
		kB, _ := strconv.Atoi(string(m[1])) // Digits.
		return kB >> 10
	}
	return 0
}

// limits of others, which the outputs keep.
const (
	commentLimit     = 65_536   // characters of a comment on GitHub
	sarifResultLimit = 25_000   // results of a run of SARIF on GitHub
	sarifUploadLimit = 10 << 20 // bytes of SARIF that GitHub takes, compressed
	annotationLimit  = 10       // annotations of one kind in a step on GitHub
)

// replayMemory is what writing one format of a saved scan may take, in MiB.
const replayMemory = 2500

// Outputs about 50,000 findings stay usable: each within what its readers take, and none needs more than a small
// machine has. How long each takes is told; it depends on the machine.
func TestFiftyThousandFindings(t *testing.T) {
	folder := t.TempDir()
	estate, saved := filepath.Join(folder, "estate"), filepath.Join(folder, "merlon.json")
	if err := os.Mkdir(estate, 0o755); err != nil {
		t.Fatal(err)
	}
	writeEstate(t, estate)
	s := runInto(t, saved, "scan", estate, "-o", "json")
	t.Logf("scan to JSON: %.1f s, %d MiB, %.1f MB", s.elapsed.Seconds(), s.peak, float64(s.size)/1e6)
	checks := map[string]func(t *testing.T, path string){
		"table": func(t *testing.T, path string) {
			if n := count(t, path, "\n"); n > 200 {
				t.Errorf("the table has %d lines", n)
			}
		},
		"markdown": func(t *testing.T, path string) {
			if n := len([]rune(string(content(t, path)))); n > commentLimit {
				t.Errorf("the Markdown has %d characters", n)
			}
		},
		"github": func(t *testing.T, path string) {
			for _, kind := range []string{"::error ", "::warning ", "::notice "} {
				if n := count(t, path, kind); n == 0 || n > annotationLimit {
					t.Errorf("%d annotations of the kind %q", n, kind)
				}
			}
			if !bytes.Contains(content(t, path), []byte("exposures have no annotation")) {
				t.Error("it does not say that there are more")
			}
		},
		"sarif": checkManySARIF,
		"junit": func(t *testing.T, path string) {
			var suites struct {
				Failures int `xml:"failures,attr"`
			}
			if err := xml.Unmarshal(content(t, path), &suites); err != nil || suites.Failures != manyWorkloads {
				t.Errorf("%d failures, %v", suites.Failures, err)
			}
		},
		"ocsf": checkManyOCSF,
		"json": func(t *testing.T, path string) {
			if !bytes.Equal(content(t, path), content(t, saved)) {
				t.Error("what is read and written again is not the same")
			}
		},
		"html": openMany,
	}
	for _, format := range []string{"table", "markdown", "github", "sarif", "junit", "ocsf", "json", "html"} {
		t.Run(format, func(t *testing.T) {
			path := filepath.Join(folder, "output."+format)
			s := runInto(t, path, "report", saved, "-o", format)
			t.Logf("%.1f s, %d MiB, %.2f MB", s.elapsed.Seconds(), s.peak, float64(s.size)/1e6)
			if s.peak > replayMemory {
				t.Errorf("it took %d MiB", s.peak)
			}
			checks[format](t, path)
		})
	}
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func count(t *testing.T, path, what string) int { return bytes.Count(content(t, path), []byte(what)) }

func checkManySARIF(t *testing.T, path string) {
	data := content(t, path)
	var log struct {
		Runs []struct {
			Results []struct {
				Level string
			}
		}
	}
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	if n := len(log.Runs[0].Results); n != sarifResultLimit {
		t.Errorf("%d results", n)
	}
	for i, r := range log.Runs[0].Results {
		if r.Level != "error" { // There are more errors than results: nothing less may take their place.
			t.Errorf("result %d is a %s", i, r.Level)
			break
		}
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil || packed.Len() > sarifUploadLimit {
		t.Errorf("compressed, it has %d bytes, %v", packed.Len(), err)
	}
	t.Logf("compressed: %.1f MB", float64(packed.Len())/1e6)
}

func checkManyOCSF(t *testing.T, path string) {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in, n := bufio.NewReader(file), 0
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		if n++; err != nil || !json.Valid(line) || len(line) > 256<<10 {
			t.Fatalf("line %d has %d bytes: %v", n, len(line), err)
		}
	}
	if n != manyWorkloads {
		t.Errorf("%d findings", n)
	}
}

// opensWithin is how long a page may take until it can be searched. It takes about a third of that on a
// machine with two cores.
const opensWithin = 2 * time.Second

// openMany opens a page in Chromium, waits until its search answers, and searches.
func openMany(t *testing.T, path string) {
	b := startBrowser(t)
	var best time.Duration
	for range 3 { // The first reads the file from the disk, and any may meet a busy machine.
		p := b.open(path, "", desk)
		var took struct {
			Ready, Load, Paint, Search float64
			Elements                   int
			Found                      string
		}
		p.eval(`(async () => {
			const wait = (ms) => new Promise((r) => setTimeout(r, ms)), count = document.getElementById("count"), q = document.getElementById("q");
			while (document.getElementById("filters").hidden || !count.textContent) await wait(1);
			const ready = performance.now(), elements = document.querySelectorAll("*").length;
			const load = performance.getEntriesByType("navigation")[0].loadEventStart, paint = (performance.getEntriesByName("first-contentful-paint")[0] || {}).startTime || 0;
			const start = performance.now(), before = count.textContent;
			q.value = "service-49999"; q.dispatchEvent(new Event("input", {bubbles: true}));
			while (count.textContent === before || !`+listedNames+`.some((n) => n.endsWith("service-49999"))) { if (performance.now() - start > 20000) break; await wait(5); }
			return {ready, load, paint, elements, search: performance.now() - start, found: count.textContent};
		})()`, &took)
		t.Logf("ready to search after %.0f ms (loaded %.0f, painted %.0f), %d elements; found one in %.0f ms", took.Ready, took.Load, took.Paint, took.Elements, took.Search)
		if took.Found != "1 of 50,000 shown" {
			t.Errorf("the search says %q", took.Found)
		}
		if took.Elements > 30_000 {
			t.Errorf("the page has %d elements", took.Elements)
		}
		if problems := p.problems(); len(problems) > 0 {
			t.Errorf("the console or the network show: %s", strings.Join(problems, "\n"))
		}
		if ready := time.Duration((took.Ready + took.Search) * float64(time.Millisecond)); best == 0 || ready < best {
			best = ready
		}
	}
	if best > opensWithin {
		t.Errorf("the page opens and finds one in %v at the fastest", best)
	}
}
