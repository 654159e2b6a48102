package audit

import (
	"cmp"
	"container/heap"
	"context"
	"slices"
	"time"

	"github.com/merlonsec/merlon/internal/event"
)

// merge puts the events of the logs of a run in one order.
type merge struct {
	run     *run
	ready   cursors // logs of which an event stands next, the earliest first
	idle    []*cursor
	all     []*cursor
	pending []event.Event
	ticker  *time.Ticker
	looked  time.Duration // since the folders that are followed were looked at
}

// cursor is where the delivery of a log stands.
type cursor struct {
	log     *log
	job     *job
	next    int   // of job.events
	key     int64 // when that was; for a log that was not started, when its first event was
	carried int   // events that were delivered from before the job, but behind the start of its document
	drop    int   // events that an earlier run delivered
	at      Position
}

// cursors is a heap of logs by the time of their next event.
type cursors []*cursor

// Len implements heap.Interface.
func (c cursors) Len() int { return len(c) }

// Less implements heap.Interface. Equal times go by the order of the logs.
func (c cursors) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(c[i].key, c[j].key), cmp.Compare(c[i].log.order, c[j].log.order)) < 0
}

// Swap implements heap.Interface.
func (c cursors) Swap(i, j int) { c[i], c[j] = c[j], c[i] }

// Push implements heap.Interface.
func (c *cursors) Push(x any) { *c = append(*c, x.(*cursor)) }

// Pop implements heap.Interface.
func (c *cursors) Pop() any {
	last := (*c)[len(*c)-1]
	*c = (*c)[:len(*c)-1]
	return last
}

func newMerge(r *run) *merge {
	m := &merge{run: r}
	for _, l := range r.logs {
		c := &cursor{log: l}
		if from := r.from[l.name]; from != nil {
			c.at = *from
		}
		m.all = append(m.all, c)
		for _, s := range l.segments[min(l.next, len(l.segments)):] {
			if c.key = s.first; s.info.Size() > 0 {
				break
			}
		}
	}
	return m
}

// deliver calls each until every log has ended.
func (m *merge) deliver(ctx context.Context) error {
	m.ticker = time.NewTicker(progressEvery)
	defer m.ticker.Stop()
	for _, c := range m.all {
		if m.run.o.Follow || c.log.stream {
			m.run.start(ctx, c.log)
		}
		heap.Push(&m.ready, c)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	for len(m.ready) > 0 || len(m.idle) > 0 || m.run.awaitsLogs() {
		if err := m.wakeIdle(ctx); err != nil {
			return err
		}
		if len(m.ready) == 0 {
			if err := m.flush(); err != nil {
				return err
			}
			if err := m.sleep(ctx); err != nil {
				return err
			}
			continue
		}
		if err := m.step(ctx); err != nil {
			return err
		}
	}
	return m.flush()
}

// step delivers events of the log whose turn it is, up to where another one's is.
func (m *merge) step(ctx context.Context) error {
	c := m.ready[0]
	if !c.log.started {
		m.run.start(ctx, c.log)
	}
	if c.job == nil {
		return m.advance(ctx, c)
	}
	if len(m.ready) == 1 {
		return m.deliverRest(ctx, c)
	}
	other := m.ready[1]
	if len(m.ready) > 2 && m.ready.Less(2, 1) {
		other = m.ready[2]
	}
	events := c.job.events
	for c.next < len(events) {
		key := events[c.next].At
		if d := cmp.Or(cmp.Compare(key, other.key), cmp.Compare(c.log.order, other.log.order)); d > 0 {
			c.key = key
			heap.Fix(&m.ready, 0)
			return nil
		}
		m.pending = append(m.pending, events[c.next])
		c.next++
		c.log.events++
		if len(m.pending) >= mergedEvents {
			m.run.file = c.job.file
			if err := m.flush(); err != nil {
				return err
			}
		}
	}
	return m.finish(ctx, c)
}

// deliverRest delivers what is left of a chunk at once, for a log that is alone.
func (m *merge) deliverRest(ctx context.Context, c *cursor) error {
	if err := m.flush(); err != nil {
		return err
	}
	j := c.job
	events := j.events[c.next:]
	c.next = len(j.events)
	c.log.events += int64(len(events))
	m.run.file = j.file
	if err := m.hand(events); err != nil {
		return err
	}
	return m.finish(ctx, c)
}

// moved works out where the log stands.
func (c *cursor) moved() {
	j := c.job
	if c.next < len(j.events) {
		c.at = j.before
		c.at.Skip = c.carried + c.next
		return
	}
	c.at = j.after
	if j.after.Offset == j.before.Offset && j.after.File == j.before.File {
		c.at.Skip = c.carried + c.next
	}
}

// finish leaves a chunk that was delivered, for the next one.
func (m *merge) finish(ctx context.Context, c *cursor) error {
	c.leave(m.run)
	return m.advance(ctx, c)
}

// leave gives back what a job holds.
func (c *cursor) leave(r *run) {
	j := c.job
	c.moved()
	c.carried = 0
	if j.after.Offset == j.before.Offset && j.after.File == j.before.File {
		c.carried = c.at.Skip
	}
	if j.events != nil {
		r.recycle(j.events)
	}
	c.job, c.next = nil, 0
}

// advance gets the next chunk with events of the log that is at the top of the heap, and puts it in its place there; or
// takes it off where it has ended or is idle.
func (m *merge) advance(ctx context.Context, c *cursor) error {
	for {
		j, open, err := m.take(ctx, c)
		if err != nil {
			return err
		}
		switch {
		case !open:
			heap.Pop(&m.ready)
			return nil
		case j.chunk == nil:
			heap.Pop(&m.ready)
			m.idle = append(m.idle, c)
			return nil
		}
		if m.accept(c, j) {
			heap.Fix(&m.ready, 0)
			return nil
		}
	}
}

// accept makes a job the next of its log; false where it holds no event to deliver.
func (m *merge) accept(c *cursor, j *job) bool {
	r := m.run
	c.log.collect(j)
	if j.after.File == "" { // it only has something to say
		return false
	}
	if c.log.skip > 0 {
		c.drop, c.log.skip = c.log.skip, 0
	}
	n := min(c.drop, len(j.events))
	c.drop -= n
	c.job, c.next = j, n
	if c.next == len(j.events) {
		c.leave(r)
		return false
	}
	c.key = j.events[c.next].At
	return true
}

// take gets the next job of a log. Nothing is held back while it waits.
func (m *merge) take(ctx context.Context, c *cursor) (j *job, open bool, err error) {
	m.tick()
	if m.run.o.Follow || c.log.stream {
		if len(c.log.queue) == 0 {
			if err := m.flush(); err != nil {
				return nil, false, err
			}
		}
	}
	for {
		select {
		case j, open = <-c.log.queue:
			return m.await(ctx, j, open)
		case <-m.ticker.C:
			m.run.progress()
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
}

// await waits until a job that was taken from a queue is done.
func (m *merge) await(ctx context.Context, j *job, open bool) (*job, bool, error) {
	if !open {
		return nil, false, ctx.Err()
	}
	select {
	case <-j.done:
		return j, true, nil
	case <-ctx.Done():
		return nil, false, ctx.Err()
	}
}

// tick calls Options.Progress when it is time to.
func (m *merge) tick() {
	select {
	case <-m.ticker.C:
		m.run.progress()
	default:
	}
}

// wakeIdle puts the logs that have something again back among the others.
func (m *merge) wakeIdle(ctx context.Context) error {
	for i := 0; i < len(m.idle); i++ {
		c := m.idle[i]
		var j *job
		var open bool
		select {
		case j, open = <-c.log.queue:
		default:
			continue
		}
		j, open, err := m.await(ctx, j, open)
		switch {
		case err != nil:
			return err
		case !open:
			m.idle = slices.Delete(m.idle, i, i+1)
			i--
		case j.chunk != nil && m.accept(c, j):
			m.idle = slices.Delete(m.idle, i, i+1)
			heap.Push(&m.ready, c)
			i--
		}
	}
	return nil
}

// sleep waits until a log that was idle may have something.
func (m *merge) sleep(ctx context.Context) error {
	select {
	case <-m.run.wake:
	case <-m.ticker.C:
		m.run.progress()
		const often = time.Second
		if m.looked += progressEvery; m.looked >= often && m.run.o.Follow {
			m.looked = 0
			m.join(ctx)
		}
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// join starts the logs that have come into the folders that are followed.
func (m *merge) join(ctx context.Context) {
	for _, l := range m.run.rediscover(ctx) {
		l.prepare(m.run.from[l.name])
		c := &cursor{log: l}
		m.all = append(m.all, c)
		m.run.start(ctx, l)
		heap.Push(&m.ready, c)
	}
}

// flush delivers what was merged.
func (m *merge) flush() error {
	if len(m.pending) == 0 {
		return nil
	}
	err := m.hand(m.pending)
	clear(m.pending)
	m.pending = m.pending[:0]
	return err
}

// hand gives a batch to the caller.
func (m *merge) hand(events []event.Event) error {
	m.tick()
	b := Batch{Events: events, Positions: make([]Position, 0, len(m.all)+len(m.run.elsewhere))}
	for _, c := range m.all {
		if c.job != nil && c.next > 0 {
			c.moved()
		}
		if c.at.Log != "" {
			b.Positions = append(b.Positions, c.at)
		}
	}
	b.Positions = append(b.Positions, m.run.elsewhere...)
	m.run.counts.Events += int64(len(events))
	return m.run.each(&b)
}
