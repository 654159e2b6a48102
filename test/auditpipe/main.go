// Command auditpipe pipes a made-up audit log of any size through a command, and says how long that took and how much
// memory the command had at most. The command stands behind the flags, such as: merlon detect -o json -. Its output is
// counted and thrown away. Nothing is written to disk.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "auditpipe:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	var flood flood
	flags := flag.NewFlagSet("auditpipe", flag.ContinueOnError)
	size := flags.Float64("gb", 1, "how many `gigabytes` of log")
	flags.IntVar(&flood.users, "users", 2000, "`number` of users")
	flags.IntVar(&flood.grave, "grave", 500, "one request in this `number` is one that is found, each about a thing of its own")
	flags.IntVar(&flood.broken, "broken", 10000, "one line in this `number` is broken")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("name the command to measure, such as: merlon detect -o json -")
	}
	command := exec.CommandContext(ctx, flags.Arg(0), flags.Args()[1:]...)
	var out counter
	command.Stdout, command.Stderr = &out, os.Stderr
	in, err := command.StdinPipe()
	if err != nil {
		return fmt.Errorf("open pipe: %w", err)
	}
	started := time.Now()
	if err := command.Start(); err != nil {
		return fmt.Errorf("start command: %w", err)
	}
	written, failed := flood.pour(in, int64(*size*1e9))
	err = command.Wait()
	took := time.Since(started)
	state := command.ProcessState
	fmt.Printf("%d events, %.2f GB in %.1f s: %.0f events/s; processor %.1f s; peak memory %.1f MiB; output %.1f MB; %s\n",
		flood.events, float64(written)/1e9, took.Seconds(), float64(flood.events)/took.Seconds(),
		(state.UserTime() + state.SystemTime()).Seconds(), float64(peak(state))/(1<<20), float64(out)/1e6, state)
	if failed != nil {
		return fmt.Errorf("write log: %w", failed)
	}
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return nil // Its code is in the line above.
	}
	return err
}

// counter counts what is written to it.
type counter int64

// Write implements [io.Writer].
func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// flood makes up a log.
type flood struct {
	users, grave, broken int
	events               int64
}

// rate is how many events of the log come in a second of its own time.
const rate = 2000

// pour writes events until there are size bytes of them.
func (f *flood) pour(pipe io.WriteCloser, size int64) (written int64, err error) {
	out := bufio.NewWriterSize(pipe, 1<<20)
	start := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for written < size && err == nil {
		at := start.Add(time.Duration(f.events) * time.Second / rate)
		var n int
		if f.broken > 0 && f.events%int64(f.broken) == int64(f.broken)-1 {
			n, err = fmt.Fprintf(out, "{\"kind\":\"Event\",\"level\":%d\n", f.events)
		} else {
			n, err = f.event(out, at)
		}
		f.events++
		written += int64(n)
	}
	return written, errors.Join(err, out.Flush(), pipe.Close())
}

// event writes one event. Users, addresses, programs and objects never stop being new.
func (f *flood) event(out io.Writer, at time.Time) (int, error) {
	n := f.events
	verb, resource, sub, namespace, code := "get", "configmaps", "", fmt.Sprintf("team-%d", n%300), 200
	switch {
	case f.grave > 0 && n%int64(f.grave) == 0:
		verb, resource, sub, namespace, code = "create", "pods", "exec", "kube-system", 101
	case n%7 == 0:
		verb, resource, code = "list", "secrets", 403
	case n%11 == 0:
		verb, resource, code = "create", "deployments", 201
	}
	group := ""
	if resource == "deployments" {
		group = `"apiGroup":"apps",`
	}
	uri := fmt.Sprintf("/api/v1/namespaces/%s/%s/thing-%d", namespace, resource, n)
	ref := fmt.Sprintf(`"resource":%q,"namespace":%q,"name":"thing-%d",%s"apiVersion":"v1"`, resource, namespace, n, group)
	if sub != "" {
		uri += "/" + sub + "?command=id&stdout=true"
		ref += `,"subresource":"` + sub + `"`
	}
	body := ""
	if verb == "create" && sub == "" {
		body = fmt.Sprintf(`,"requestObject":{"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"thing-%d"},`+
			`"spec":{"template":{"spec":{"containers":[{"name":"main","image":"registry.example/team/app:%d"}]}}}}`, n, n)
	}
	stamp := at.Format("2006-01-02T15:04:05.000000Z")
	return fmt.Fprintf(out, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"%08x-0000-4000-8000-%012x",`+
		`"stage":"ResponseComplete","requestURI":"%s","verb":"%s",`+
		`"user":{"username":"user-%d","groups":["devs","system:authenticated"]},"sourceIPs":["10.%d.%d.%d"],`+
		`"userAgent":"kubectl/v1.35.%d (linux/amd64) kubernetes/%07x","objectRef":{%s},"responseStatus":{"metadata":{},"code":%d}%s,`+
		`"requestReceivedTimestamp":"%s","stageTimestamp":"%s",`+
		`"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":""}}`+"\n",
		n>>32, n, uri, verb, n%int64(f.users), n>>16&255, n>>8&255, n&255, n%40, n>>10, ref, code, body, stamp, stamp)
}
