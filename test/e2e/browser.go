//go:build e2e

package e2e

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// axeVersion is the release of axe-core, the accessibility checker, that pages are held to.
const axeVersion = "4.14.1"

// browserPatience is how long a browser may take for one command.
const browserPatience = 60 * time.Second

// A browser is a Chromium without a window, driven through the DevTools protocol
// (https://chromedevtools.github.io/devtools-protocol/) over a pair of pipes, so
// that no port is opened and no library is needed.
type browser struct {
	t     testing.TB
	write *os.File
	done  chan struct{} // Closed once the browser has closed its pipe.

	mu      sync.Mutex
	last    int
	waiting map[int]chan answer
	events  map[string][]event // By session.
}

type answer struct {
	Result json.RawMessage
	Error  *struct{ Message string }
}

type event struct {
	Method string
	Params json.RawMessage
}

// startBrowser starts Chromium with a profile of its own and stops it when the test ends.
func startBrowser(t testing.TB) *browser {
	t.Helper()
	path := chromium(t)
	childIn, in, errIn := os.Pipe()
	out, childOut, errOut := os.Pipe()
	if err := errors.Join(errIn, errOut); err != nil {
		t.Fatalf("make pipes: %v", err)
	}
	cmd := exec.CommandContext(context.Background(), path, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
		"--user-data-dir="+t.TempDir(), "--remote-debugging-pipe", "about:blank")
	cmd.ExtraFiles = []*os.File{childIn, childOut} // Descriptors 3 and 4.
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		t.Fatalf("start chromium: %v", err)
	}
	_, _ = childIn.Close(), childOut.Close() // The child holds its own.
	b := &browser{t: t, write: in, done: make(chan struct{}), waiting: map[int]chan answer{}, events: map[string][]event{}}
	go b.read(out)
	t.Cleanup(func() {
		_ = in.Close() // Chromium ends when its pipe does.
		select {
		case <-b.done:
		case <-time.After(stopWait):
			_ = cmd.Process.Kill()
			<-b.done
		}
		_ = cmd.Wait() // It may have been killed.
		_ = out.Close()
	})
	return b
}

// read takes the browser's messages apart until the browser ends.
func (b *browser) read(out io.Reader) {
	defer close(b.done)
	in := bufio.NewReaderSize(out, 1<<20)
	for {
		data, err := in.ReadBytes(0)
		if err != nil {
			return
		}
		var m struct {
			ID        int
			SessionID string
			answer
			event
		}
		if err := json.Unmarshal(data[:len(data)-1], &m); err != nil {
			continue
		}
		b.mu.Lock()
		if m.ID == 0 {
			b.events[m.SessionID] = append(b.events[m.SessionID], m.event)
		} else if to := b.waiting[m.ID]; to != nil {
			to <- m.answer
			delete(b.waiting, m.ID)
		}
		b.mu.Unlock()
	}
}

// call runs one command of the protocol and decodes what it returns, where result is not nil.
func (b *browser) call(session, method string, params, result any) {
	b.t.Helper()
	to := make(chan answer, 1)
	b.mu.Lock()
	b.last++
	id := b.last
	b.waiting[id] = to
	b.mu.Unlock()
	message := map[string]any{"id": id, "method": method, "params": params}
	if session != "" {
		message["sessionId"] = session
	}
	data, err := json.Marshal(message)
	if err != nil {
		b.t.Fatalf("encode %s: %v", method, err)
	}
	if _, err := b.write.Write(append(data, 0)); err != nil {
		b.t.Fatalf("write %s: %v", method, err)
	}
	select {
	case a := <-to:
		if a.Error != nil {
			b.t.Fatalf("%s: %s", method, a.Error.Message)
		}
		if result != nil {
			if err := json.Unmarshal(a.Result, result); err != nil {
				b.t.Fatalf("decode the result of %s: %v", method, err)
			}
		}
	case <-b.done:
		b.t.Fatalf("%s: chromium ended", method)
	case <-time.After(browserPatience):
		b.t.Fatalf("%s: no answer in %v", method, browserPatience)
	}
}

// A view says how a page is looked at.
type view struct {
	Width, Height int
	Theme         string // "dark" or "light".
	NoScript      bool
}

// A tab is one page in the browser.
type tab struct {
	b       *browser
	session string
}

// open opens a file, with what follows a # in its address, and waits until it is loaded.
func (b *browser) open(file, hash string, v view) *tab {
	b.t.Helper()
	var target struct{ TargetID string }
	b.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target)
	var attached struct{ SessionID string }
	b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	p := &tab{b, attached.SessionID}
	for _, domain := range []string{"Page", "Runtime", "Log", "Network"} {
		p.call(domain+".enable", nil, nil)
	}
	p.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": v.Width, "height": v.Height, "deviceScaleFactor": 1, "mobile": v.Width < 600}, nil)
	p.call("Emulation.setEmulatedMedia", map[string]any{"features": []any{map[string]any{"name": "prefers-color-scheme", "value": v.Theme}}}, nil)
	p.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": v.NoScript}, nil)
	address := "file://" + file
	if hash != "" {
		address += "#" + hash
	}
	p.call("Page.navigate", map[string]any{"url": address}, nil)
	p.await("the page to load", func() bool {
		for _, e := range p.seen() {
			if e.Method == "Page.loadEventFired" {
				return true
			}
		}
		return false
	})
	return p
}

func (p *tab) call(method string, params, result any) {
	p.b.t.Helper()
	if params == nil {
		params = struct{}{}
	}
	p.b.call(p.session, method, params, result)
}

// seen lists what the page has done so far.
func (p *tab) seen() []event {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	return p.b.events[p.session][:len(p.b.events[p.session]):len(p.b.events[p.session])]
}

// await waits until something is so.
func (p *tab) await(what string, isSo func() bool) {
	p.b.t.Helper()
	for end := time.Now().Add(browserPatience); !isSo(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			p.b.t.Fatalf("waited %v for %s", browserPatience, what)
		}
	}
}

// eval evaluates an expression, or a promise, in the page.
func (p *tab) eval(expression string, result any) {
	p.b.t.Helper()
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails json.RawMessage
	}
	p.call("Runtime.evaluate", map[string]any{"expression": expression, "awaitPromise": true, "returnByValue": true}, &got)
	if got.ExceptionDetails != nil {
		p.b.t.Fatalf("evaluate %.80s: %s", expression, got.ExceptionDetails)
	}
	if result != nil {
		if err := json.Unmarshal(got.Result.Value, result); err != nil {
			p.b.t.Fatalf("decode the value of %.80s: %v", expression, err)
		}
	}
}

// problems lists what the console shows, and every request that leaves the file.
func (p *tab) problems() (all []string) {
	for _, e := range p.seen() {
		switch e.Method {
		case "Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening":
			all = append(all, e.Method+": "+string(e.Params))
		case "Network.requestWillBeSent":
			var r struct{ Request struct{ URL string } }
			_ = json.Unmarshal(e.Params, &r) // What cannot be read has no URL, and is told.
			if u := r.Request.URL; !strings.HasPrefix(u, "file://") && !strings.HasPrefix(u, "data:") {
				all = append(all, "request: "+u)
			}
		}
	}
	return all
}

// chromium finds Chromium, or installs it.
func chromium(t testing.TB) string {
	t.Helper()
	return debian(t, "chromium", "chromium", "chromium-browser", "google-chrome")
}

// debian finds a program under one of its names, and installs the package of Debian that has it where it is missing and
// that is possible.
func debian(t testing.TB, pkg string, names ...string) string {
	t.Helper()
	find := func() string {
		for _, name := range names {
			if path, err := exec.LookPath(name); err == nil {
				return path
			}
		}
		return ""
	}
	if path := find(); path != "" {
		return path
	}
	if os.Geteuid() != 0 {
		t.Fatalf("%s is not installed, and only root can install it", pkg)
	}
	for _, args := range [][]string{{"update"}, {"install", "-y", "--no-install-recommends", pkg}} {
		if out, err := exec.CommandContext(t.Context(), "apt-get", args...).CombinedOutput(); err != nil {
			t.Fatalf("apt-get %s: %v\n%s", args[0], err, out)
		}
	}
	return find()
}

// axe gives the script of axe-core, out of bin/ or the npm registry.
func axe(t testing.TB) string {
	t.Helper()
	folder := filepath.Dir(Tool(t, "merlon"))
	path := filepath.Join(folder, "axe-core-"+axeVersion+".tgz")
	if _, err := os.Stat(path); err != nil {
		cmd := exec.CommandContext(t.Context(), "npm", "pack", "--silent", "--pack-destination", folder, "axe-core@"+axeVersion)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("npm pack axe-core: %v\n%s", err, out)
		}
	}
	script, err := fromPackage(path, "package/axe.min.js")
	if err != nil {
		t.Fatalf("read axe-core: %v", err)
	}
	return script
}

// fromPackage reads one file of an npm package.
func fromPackage(path, name string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	z, err := gzip.NewReader(file)
	if err != nil {
		return "", err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			return "", fmt.Errorf("find %s: %w", name, err)
		}
		if h.Name == name {
			data, err := io.ReadAll(r)
			return string(data), err
		}
	}
}
