// Command awsaccount measures how Merlon reads a large AWS account: elapsed time, processor time and peak memory of the
// whole process, and the number of requests of each kind. The account is one that package awsstub makes up; each of its
// answers takes as long as one of AWS does. It prints Markdown; the program to measure comes from "make build".
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/merlonsec/merlon/test/awsstub"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "awsaccount:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	account awsstub.Account
	latency time.Duration
	rate    float64
	burst   float64
	regions string
	merlon  string
	runs    int
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("awsaccount", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&s.account.Services, "services", 2000, "`number` of ECS services, each with a task")
	flags.IntVar(&s.account.TaskDefinitions, "definitions", 500, "`number` of task definitions that they run")
	flags.IntVar(&s.account.ECSClusters, "clusters", 4, "`number` of ECS clusters that they run in")
	flags.IntVar(&s.account.SecurityGroups, "groups", 3000, "`number` of security groups")
	flags.IntVar(&s.account.Interfaces, "interfaces", 2000, "`number` of network interfaces")
	flags.IntVar(&s.account.Roles, "roles", 1500, "`number` of IAM roles")
	flags.DurationVar(&s.latency, "latency", 20*time.Millisecond, "`time` that each answer takes")
	flags.Float64Var(&s.rate, "rate", 0, "requests that each action bears in a second, and refuses beyond; 0 for any `number`")
	flags.Float64Var(&s.burst, "burst", 100, "requests that each action bears at once, with -rate")
	flags.StringVar(&s.regions, "regions", "eu-west-1", "`list` of Regions, each with all of it but the roles")
	flags.StringVar(&s.merlon, "merlon", "bin/merlon", "the `program` to measure")
	flags.IntVar(&s.runs, "runs", 3, "how many `times` to read the account; the median counts")
	err := flags.Parse(args)
	if err == nil && s.runs < 1 {
		err = errors.New("-runs: at least one")
	}
	return s, err
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "merlon-awsaccount-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // A temporary folder that stays does no harm.
	var all []usage
	var calls map[string]int
	for range s.runs {
		u, counted, err := once(ctx, s, filepath.Join(dir, "account.snapshot"))
		if err != nil {
			return err
		}
		all, calls = append(all, u), counted
	}
	report(stdout, s, all, calls)
	return nil
}

// usage is what one run took.
type usage struct {
	elapsed, cpu time.Duration
	memory       int64 // the highest resident set, in bytes
	snapshot     int64 // bytes
	atOnce       int
	told         string
}

// once reads the account with a fresh process.
func once(ctx context.Context, s settings, snapshot string) (usage, map[string]int, error) {
	stub := awsstub.New(s.account)
	stub.Latency = s.latency
	if s.rate > 0 {
		stub.Fail(limit(s.rate, s.burst))
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return usage{}, nil, fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: stub, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // It ends with Close.
	defer func() { _ = server.Close() }()      // Nobody is connected any more.
	cmd := exec.CommandContext(ctx, s.merlon, "collect", "--aws", "--region", s.regions, "--endpoint-url", "http://"+listener.Addr().String(), "-o", snapshot)
	cmd.Env = []string{"AWS_ACCESS_KEY_ID=AKIA0000000000000000", "AWS_SECRET_ACCESS_KEY=secret", "AWS_EC2_METADATA_DISABLED=true", "HOME=" + filepath.Dir(snapshot)}
	start := time.Now()
	told, err := cmd.CombinedOutput()
	if err != nil {
		return usage{}, nil, fmt.Errorf("run %s: %w: %s", s.merlon, err, told)
	}
	u := usage{elapsed: time.Since(start), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), memory: peak(cmd.ProcessState), atOnce: stub.MostAtOnce()}
	u.told = strings.TrimSpace(string(told))
	if info, err := os.Stat(snapshot); err == nil {
		u.snapshot = info.Size()
	}
	return u, stub.Calls(), nil
}

// limit refuses what comes faster than a rate, action by action, as AWS does with its token buckets
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html).
func limit(rate, burst float64) func(awsstub.Request) *awsstub.Fault {
	type bucket struct {
		left float64
		at   time.Time
	}
	var mu sync.Mutex
	buckets := map[string]*bucket{}
	return func(q awsstub.Request) *awsstub.Fault {
		mu.Lock()
		defer mu.Unlock()
		now := time.Now()
		b := buckets[q.Region+q.Action]
		if b == nil {
			b = &bucket{burst, now}
			buckets[q.Region+q.Action] = b
		}
		b.left = min(burst, b.left+now.Sub(b.at).Seconds()*rate)
		b.at = now
		if b.left >= 1 {
			b.left--
			return nil
		}
		return &awsstub.Fault{Code: "ThrottlingException", Message: "Rate exceeded"}
	}
}

func report(w io.Writer, s settings, all []usage, calls map[string]int) {
	total := 0
	for _, n := range calls {
		total += n
	}
	slices.SortFunc(all, func(a, b usage) int { return int(a.elapsed - b.elapsed) })
	u := all[len(all)/2]
	throttle := ""
	if s.rate > 0 {
		throttle = fmt.Sprintf(", each action limited to %g a second after a burst of %g", s.rate, s.burst)
	}
	fmt.Fprintf(w, "%d services, %d task definitions, %d security groups, %d roles; Regions: %s; an answer takes %v%s. %d cores, median of %d runs.\n\n",
		s.account.Services, s.account.TaskDefinitions, s.account.SecurityGroups, s.account.Roles, s.regions, s.latency, throttle, runtime.NumCPU(), len(all))
	fmt.Fprintf(w, "| elapsed | CPU | peak memory (RSS) | snapshot | requests | at a time |\n|--:|--:|--:|--:|--:|--:|\n")
	fmt.Fprintf(w, "| %.2f s | %.2f s | %.0f MiB | %.2f MiB | %d | %d |\n\n", u.elapsed.Seconds(), u.cpu.Seconds(), float64(u.memory)/(1<<20), float64(u.snapshot)/(1<<20), total, u.atOnce)
	fmt.Fprintf(w, "%s\n\n| requests | action |\n|--:|---|\n", u.told)
	names := slices.Collect(maps.Keys(calls))
	slices.SortFunc(names, func(a, b string) int {
		if calls[a] != calls[b] {
			return calls[b] - calls[a]
		}
		return strings.Compare(a, b)
	})
	for _, name := range names {
		fmt.Fprintf(w, "| %d | %s |\n", calls[name], name)
	}
}
