package main

import (
	"runtime"
	"syscall"
	"time"
)

// moment is what was used up to a time.
type moment struct {
	processor int64 // nanoseconds of this process
	at        time.Time
	mallocs   uint64
}

func now() moment {
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage) // It cannot fail: the argument is right.
	return moment{usage.Utime.Nano() + usage.Stime.Nano(), time.Now(), memory.Mallocs}
}

func (m moment) since(before moment) cost {
	return cost{processor: m.processor - before.processor, elapsed: int64(m.at.Sub(before.at)), mallocs: int64(m.mallocs - before.mallocs)}
}

// cost is what some events took.
type cost struct {
	processor, elapsed, mallocs int64
	events                      int
}

func (c *cost) add(other cost, b *block) {
	c.processor += other.processor
	c.elapsed += other.elapsed
	c.mallocs += other.mallocs
	c.events += b.events
}

func (c cost) processorPerEvent() float64   { return float64(c.processor) / float64(c.events) }
func (c cost) elapsedPerEvent() float64     { return float64(c.elapsed) / float64(c.events) }
func (c cost) allocationsPerEvent() float64 { return float64(c.mallocs) / float64(c.events) }
