package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"flag"
	"io"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/merlonsec/merlon/test/awsstub"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

// TestMain makes this test binary the merlon of the scripts, at a fixed time and version.
func TestMain(m *testing.M) {
	began := time.Now()
	testscript.Main(m, map[string]func(){"merlon": func() {
		release = "test"
		os.Exit(run(context.Background(), &process{
			args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, environ: os.Environ,
			now: func() time.Time { return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC) },
		}))
	}, followName: func() {
		// A clock that is a hundred times as fast, so that what happens every ten seconds happens in a test.
		os.Exit(start(&process{
			args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, environ: os.Environ,
			now: func() time.Time { return began.Add(100 * time.Since(began)) },
		}))
	}})
}

// followName is the name under which the test binary is a merlon that heeds signals.
const followName = "merlon-follow"

// TestSessions runs the golden sessions of testdata/*.txtar.
func TestSessions(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true, Setup: serveAWS,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"gz": gz, "add": addFiles, "fill": fill},
	})
}

// gz compresses a file into another; a number behind them is how many bytes of the end are left out.
func gz(ts *testscript.TestScript, _ bool, args []string) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, ts.ReadFile(args[0]))
	ts.Check(errors.Join(err, w.Close()))
	if len(args) > 2 {
		n, err := strconv.Atoi(args[2])
		ts.Check(err)
		b.Truncate(b.Len() - n)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o600))
}

// addFiles appends files to one, which need not exist.
func addFiles(ts *testscript.TestScript, _ bool, args []string) {
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	for _, from := range args[1:] {
		_, err := f.WriteString(ts.ReadFile(from))
		ts.Check(err)
	}
	ts.Check(f.Close())
}

// fill appends a text to a file a number of times, and a line's end.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	ts.Check(err)
	_, err = f.WriteString(strings.Repeat(args[2], n) + "\n")
	ts.Check(errors.Join(err, f.Close()))
}

// serveAWS gives a script two AWS accounts on loopback: AWS_WHOLE, and AWS_PART, of which some actions are denied.
func serveAWS(env *testscript.Env) error {
	whole, part := awsstub.New(awsstub.Account{}), awsstub.New(awsstub.Account{Secret: "kestrel"})
	part.Deny("ecs:DescribeTasks", "ec2:DescribeSecurityGroups")
	for name, stub := range map[string]*awsstub.Server{"AWS_WHOLE": whole, "AWS_PART": part} {
		server := httptest.NewServer(stub)
		env.Defer(server.Close)
		env.Setenv(name, server.URL)
	}
	return nil
}
