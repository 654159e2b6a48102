package main

import (
	"context"
	"flag"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/merlonsec/merlon/test/awsstub"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

// TestMain makes this test binary the merlon of the scripts, at a fixed time and version.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"merlon": func() {
		release = "test"
		os.Exit(run(context.Background(), &process{
			args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv, environ: os.Environ,
			now: func() time.Time { return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC) },
		}))
	}})
}

// TestSessions runs the golden sessions of testdata/*.txtar.
func TestSessions(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata", UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true, Setup: serveAWS,
	})
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
