// Command peer measures Merlon beside kube-score, a static analyser of Kubernetes
// manifests that is written in Go too, on the same files: processor time, elapsed
// time and peak memory of the whole process. It prints a Markdown table.
//
// The files are those of the folder -manifests, or an application that it makes
// up when there is no such folder, copied into 10, 50 and 200 namespaces.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	subject, peer string
	manifests     string
	sizes         []int
	runs          int
	pods          int
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("peer", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.subject, "subject", "bin/merlon scan {dir} -o json", "the `command` to measure; {dir} is the folder, {files} are its files")
	flags.StringVar(&s.peer, "peer", "bin/kube-score score {files} -o json", "the `command` beside it")
	flags.StringVar(&s.manifests, "manifests", "", "the `folder` of manifests to copy; a made-up application when it is not there")
	flags.IntVar(&s.runs, "runs", 5, "how many `times` to run each; the median counts")
	flags.IntVar(&s.pods, "pods", 0, "measure a snapshot of this `number` of pods instead, without a peer")
	sizes := flags.String("namespaces", "10,50,200", "into how many namespaces to copy them, as a `list`")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	for field := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 {
			return s, fmt.Errorf("-namespaces: %q is not a positive number", field)
		}
		s.sizes = append(s.sizes, n)
	}
	if s.runs < 1 {
		return s, errors.New("-runs: at least one")
	}
	return s, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if s.pods > 0 {
		return measurePods(ctx, s, stdout)
	}
	application, source, err := readApplication(s.manifests)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "%s. Input: %s. Whole processes, median of %d alternating runs; a ratio below 1 means that the first program used less.\n\n", machine(), source, s.runs)
	fmt.Fprintln(stdout, "| namespaces | files | objects | program | CPU (user + system) | elapsed | peak anonymous memory |")
	fmt.Fprintln(stdout, "|--:|--:|--:|---|--:|--:|--:|")
	for _, n := range s.sizes {
		if err := compare(ctx, s, application, n, stdout); err != nil {
			return err
		}
	}
	return nil
}

// compare writes the application into n namespaces, runs both programs over it
// and prints three rows of the table.
func compare(ctx context.Context, s settings, application map[string]string, n int, stdout io.Writer) error {
	dir, err := os.MkdirTemp("", "merlon-peer-")
	if err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // A temporary folder that stays does no harm.
	files, objects, err := replicate(application, n, dir)
	if err != nil {
		return err
	}
	var taken [2][]usage
	commands := [2][]string{expand(s.subject, dir, files), expand(s.peer, dir, files)}
	for i := range s.runs + 1 {
		for side, command := range commands {
			u, err := measure(ctx, command, true)
			if err != nil {
				return err
			}
			if i > 0 { // The first run of each warms the page cache.
				taken[side] = append(taken[side], u)
			}
		}
	}
	subject, peer := median(taken[0]), median(taken[1])
	row := fmt.Sprintf("| %d | %d | %d |", n, len(files), objects)
	fmt.Fprintf(stdout, "%s %s | %s |\n", row, filepath.Base(commands[0][0]), subject)
	fmt.Fprintf(stdout, "%s %s | %s |\n", row, filepath.Base(commands[1][0]), peer)
	fmt.Fprintf(stdout, "%s ratio | %.2f | %.2f | %s |\n", row,
		subject.cpu.Seconds()/peer.cpu.Seconds(), subject.elapsed.Seconds()/peer.elapsed.Seconds(), subject.memoryRatio(peer))
	return nil
}

// expand fills a command in.
func expand(command, dir string, files []string) (args []string) {
	for _, word := range strings.Fields(command) {
		switch word {
		case "{dir}":
			args = append(args, dir)
		case "{files}":
			args = append(args, files...)
		default:
			args = append(args, word)
		}
	}
	return args
}

// median takes the median of each quantity by itself.
func median(us []usage) usage {
	return usage{
		cpu:     middle(us, func(u usage) time.Duration { return u.cpu }),
		elapsed: middle(us, func(u usage) time.Duration { return u.elapsed }),
		memory:  middle(us, func(u usage) int64 { return u.memory }),
	}
}

func middle[T ~int64](us []usage, of func(usage) T) T {
	values := make([]T, len(us))
	for i, u := range us {
		values[i] = of(u)
	}
	slices.Sort(values)
	return (values[(len(values)-1)/2] + values[len(values)/2]) / 2
}
