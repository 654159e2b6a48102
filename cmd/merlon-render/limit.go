package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// exitMemory is the exit code of a rendering that needed too much memory; merlon knows it.
const exitMemory = 7

// limitMemory ends the process when it needs more than so many bytes. The system sees to it where it can; elsewhere a
// watch does, which looks a hundred times a second.
func limitMemory(limit uint64, stderr io.Writer) {
	debug.SetMemoryLimit(int64(limit / 4 * 3)) // collect garbage more often before it comes to that
	limitBySystem(limit)
	go func() {
		const name = "/memory/classes/heap/objects:bytes"
		sample := []metrics.Sample{{Name: name}}
		for {
			time.Sleep(10 * time.Millisecond)
			if metrics.Read(sample); sample[0].Value.Kind() == metrics.KindUint64 && sample[0].Value.Uint64() > limit {
				fmt.Fprintln(stderr, "out of memory")
				os.Exit(exitMemory)
			}
		}
	}()
}

func refuseDial(context.Context, string, string) (net.Conn, error) { return nil, errNetwork }
