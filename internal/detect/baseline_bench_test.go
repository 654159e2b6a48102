package detect

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/rule"
)

// BenchmarkBaselineLearn measures an event all of whose values are known: again in the same hour, and for the first time in
// an hour, of one of 20,000 users in turn, whose memories are not in the processor's caches.
func BenchmarkBaselineLearn(b *testing.B) {
	b.Run("again", func(b *testing.B) {
		w := newTown()
		w.every(8, deed{})
		w.load(deed{})
		b.ReportAllocs()
		for b.Loop() {
			w.b.begin()
			w.b.learn(&w.a, w.now.UnixNano(), false)
		}
	})
	b.Run("anotherHour", func(b *testing.B) {
		w := newTown()
		events := make([]event.Event, 20_000)
		for i := range events {
			w.does(deed{user: fmt.Sprint("user-", i), namespace: fmt.Sprint("app-", i%600)})
			events[i] = *w.a.Event
		}
		around := &rule.Surroundings{Cluster: "prod"}
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if i%len(events) == 0 {
				w.now = w.now.Add(time.Hour)
			}
			w.a.Reset(&events[i%len(events)], around)
			w.b.begin()
			w.b.learn(&w.a, w.now.UnixNano(), false)
		}
	})
}

// BenchmarkBaselineBytes measures what a user takes in memory: one with the habits of a service account (three kinds of
// requests in one namespace), one of a person (twenty kinds, six namespaces, two programs, three networks), and one with all
// profiles full.
func BenchmarkBaselineBytes(b *testing.B) {
	for _, c := range []struct {
		name                                    string
		resources, namespaces, agents, networks int
	}{{"account", 3, 1, 1, 1}, {"person", 20, 6, 2, 3}, {"full", 100, 100, 100, 100}} {
		b.Run(c.name, func(b *testing.B) {
			const users = 2000
			for b.Loop() {
				w := newTown()
				w.does(deed{}) // what baselines take for themselves is not counted
				before := heap()
				for u := range users {
					for i := range max(c.resources, c.namespaces, c.agents, c.networks) {
						w.does(deed{
							user: fmt.Sprint("user-", u), resource: fmt.Sprint("things-", i%c.resources), namespace: fmt.Sprint("app-", i%c.namespaces),
							agent: fmt.Sprint("tool-", i%c.agents), ip: fmt.Sprintf("80.1.%d.1", i%c.networks),
						})
					}
				}
				b.ReportMetric(float64(heap()-before)/users, "bytes/user")
				b.ReportMetric(float64(w.b.userBytes())/users, "counted/user")
				runtime.KeepAlive(w)
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
