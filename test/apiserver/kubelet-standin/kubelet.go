package main

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
)

// idle is how long a stream may be silent.
const idle = time.Minute

// kubeletHandler answers the paths of a kubelet that the API server calls.
func kubeletHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/exec/{namespace}/{pod}/{container}", serveExec)
	mux.HandleFunc("/attach/{namespace}/{pod}/{container}", serveAttach)
	mux.HandleFunc("/portForward/{namespace}/{pod}", servePortForward)
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "log of", r.PathValue("pod"))
	})
	mux.HandleFunc("GET /pods", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintln(w, `{"kind":"PodList","apiVersion":"v1","items":[]}`)
	})
	mux.HandleFunc("POST /run/{namespace}/{pod}/{container}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "ran", r.FormValue("cmd"))
	})
	return mux
}

// podHandler answers for the web servers of all Pods.
func podHandler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, r.Method, r.URL.Path)
	})
}

func serveExec(w http.ResponseWriter, r *http.Request) {
	opts, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeExec(w, r, container{}, r.PathValue("pod"), "", r.PathValue("container"),
		r.URL.Query()["command"], opts, idle, idle, remotecommand.SupportedStreamingProtocols)
}

func serveAttach(w http.ResponseWriter, r *http.Request) {
	opts, err := remotecommand.NewOptions(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	remotecommand.ServeAttach(w, r, container{}, r.PathValue("pod"), "", r.PathValue("container"),
		opts, idle, idle, remotecommand.SupportedStreamingProtocols)
}

func servePortForward(w http.ResponseWriter, r *http.Request) {
	opts, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, r, container{}, r.PathValue("pod"), "", opts, idle, idle, portforward.SupportedProtocols)
}

// container answers for every container of every Pod.
type container struct{}

// ExecInContainer prints the command instead of running it, but for the two that
// kubectl cp sends: tar that writes a file, and tar that reads one.
func (container) ExecInContainer(_ context.Context, _, _, _ string, cmd []string, in io.Reader, out, _ io.WriteCloser, //nolint:revive // The interface's arguments.
	_ bool, _ <-chan remotecommand.TerminalSize, _ time.Duration,
) error {
	switch {
	case len(cmd) > 1 && cmd[0] == "tar" && strings.HasPrefix(cmd[1], "c"):
		return writeFile(out, cmd[len(cmd)-1])
	case len(cmd) > 1 && cmd[0] == "tar" && in != nil:
		_, err := io.Copy(io.Discard, in)
		return err
	}
	_, err := fmt.Fprintln(out, "would run:", strings.Join(cmd, " "))
	return err
}

// AttachContainer prints one line and ends, as a process that was about to.
func (container) AttachContainer(_ context.Context, name, _, _ string, _ io.Reader, out, _ io.WriteCloser, //nolint:revive // The interface's arguments.
	_ bool, _ <-chan remotecommand.TerminalSize,
) error {
	_, err := fmt.Fprintln(out, "attached to", name)
	return err
}

// PortForward answers one HTTP request, whatever it asks.
func (container) PortForward(_ context.Context, _, _ string, _ int32, stream io.ReadWriteCloser) error {
	defer stream.Close() //nolint:errcheck // The other side may have closed it.
	if _, err := stream.Read(make([]byte, 4096)); err != nil {
		return err
	}
	_, err := fmt.Fprint(stream, "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n")
	return err
}

// writeFile writes an archive with one file of that name.
func writeFile(out io.Writer, name string) error {
	const content = "content\n"
	archive := tar.NewWriter(out)
	if err := archive.WriteHeader(&tar.Header{Name: strings.TrimPrefix(name, "/"), Mode: 0o600, Size: int64(len(content))}); err != nil {
		return err
	}
	if _, err := io.WriteString(archive, content); err != nil {
		return err
	}
	return archive.Close()
}
