// Command merlon-render renders one Helm chart or kustomization for merlon, which runs it as a child process with an empty
// environment, no standard input and limits on time and memory. It is a binary of its own because the libraries of those
// projects cost each start of a program 20 ms and 35 MB; and a module of its own because they bring a hundred others.
//
// In: flags and a path. Out: a stream of JSON values, one a line (see [record]), the last of which says that it is whole.
// It reads nothing outside the chart, or outside what kustomize lets a kustomization read; it asks no network, runs no
// program or plugin, looks nothing up in a cluster, and writes no file.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
)

// protocol is the version of what stands on standard output; merlon refuses any other.
const protocol = 2

// record is one line of standard output. One field group is set.
type record struct {
	// Protocol is that of the first line.
	Protocol int `json:"protocol,omitempty"`
	// File and Text are what one template or source file became: YAML, of any number of documents. The file is relative to
	// the root, with slashes.
	File string `json:"file,omitempty"`
	Text string `json:"text,omitempty"`
	// Lines gives for each line of Text the line of File that it was made from; 0 where that is not known.
	Lines []int `json:"lines,omitempty"`
	// Problem is something that was not rendered.
	Problem *problem `json:"problem,omitempty"`
	// Note is something worth knowing of what was rendered.
	Note *problem `json:"note,omitempty"`
	// Done is that of the last line.
	Done bool `json:"done,omitempty"`
}

// problem says what was not rendered, and why. It is an error that ends the rendering, or one part of it.
type problem struct {
	// File is relative to the root; "" for the whole of it. A values file has the name that it was given by.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Why  string `json:"why"`
	// Request says that it is the request that is wrong, whatever is rendered.
	Request bool `json:"request,omitempty"`
}

func (p *problem) Error() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Why) }

// options are the flags.
type options struct {
	values, set, setString []string
	namespace, release     string
	kubernetes             string
	apiVersions            []string
	memory                 uint64
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

func run(args []string, stdout, stderr io.Writer) int {
	var o options
	flags := flag.NewFlagSet("merlon-render", flag.ContinueOnError)
	flags.SetOutput(stderr)
	list := func(name, usage string, into *[]string) {
		flags.Func(name, usage, func(v string) error { *into = append(*into, v); return nil })
	}
	list("values", "values file of a chart (repeatable)", &o.values)
	list("set", "values of a chart (repeatable)", &o.set)
	list("set-string", "values of a chart that are text (repeatable)", &o.setString)
	list("api-version", "API version that charts may count on (repeatable)", &o.apiVersions)
	flags.StringVar(&o.kubernetes, "kubernetes", "", "release of Kubernetes (default: the latest that is known)")
	flags.StringVar(&o.namespace, "namespace", "default", "namespace of the release")
	flags.StringVar(&o.release, "release", "", "name of the release (default: the chart's)")
	flags.Uint64Var(&o.memory, "memory", 1<<30, "bytes of memory that may be used")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: merlon-render [flags] helm|kustomize PATH\nmerlon runs it; see merlon scan --help")
	}
	if err := flags.Parse(args); err != nil || flags.NArg() != 2 {
		if err == nil {
			flags.Usage()
		}
		return 2
	}
	limitMemory(o.memory, stderr)
	refuseNetwork()
	out := json.NewEncoder(stdout)
	out.SetEscapeHTML(false)
	emit := func(r record) error { return out.Encode(r) }
	if err := emit(record{Protocol: protocol}); err != nil {
		return 1
	}
	var err error
	switch kind, path := flags.Arg(0), flags.Arg(1); kind {
	case "helm":
		err = renderChart(path, o, emit)
	case "kustomize":
		err = renderKustomization(path, emit)
	default:
		flags.Usage()
		return 2
	}
	if err != nil {
		var p *problem
		if !errors.As(err, &p) {
			p = &problem{Why: oneLine(err.Error())}
		}
		if err := emit(record{Problem: p}); err != nil {
			return 1
		}
	}
	if emit(record{Done: true}) != nil {
		return 1
	}
	return 0
}

// errNetwork is what every attempt to reach the network gets.
var errNetwork = errors.New("the network is not asked while rendering; put what is needed into the folder")

type refusing struct{}

// RoundTrip implements [http.RoundTripper].
func (refusing) RoundTrip(*http.Request) (*http.Response, error) { return nil, errNetwork }

// refuseNetwork takes the network from the libraries. merlon also starts this process in a network namespace of its own
// where the system lets it.
func refuseNetwork() {
	http.DefaultTransport = refusing{}
	http.DefaultClient = &http.Client{Transport: refusing{}}
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: refuseDial}
}

// oneLine makes a message of one line of it, of bounded length.
func oneLine(msg string) string {
	const most = 600
	msg = strings.Join(strings.Fields(msg), " ")
	if len(msg) > most {
		msg = strings.ToValidUTF8(msg[:most], "") + "…"
	}
	return msg
}
