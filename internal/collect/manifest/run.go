package manifest

import (
	"bufio"
	"context"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

const (
	// batchBytes is how much one worker decodes at a time: enough to make handing it over cheap, little enough to keep
	// every worker busy with one file.
	batchBytes = 64 << 10
	// decodeBytes is how much the large documents that are decoded at one time may add up to. The YAML library needs up to
	// some 200 bytes of memory for one byte of a hostile document.
	decodeBytes = 8 << 20
)

// run is one Read. One goroutine (the producer) opens files and cuts them into batches of documents; workers decode them.
// Each batch has a part, which the producer puts in its place before a worker fills it in: so the order is that of the
// input.
type run struct {
	ctx     context.Context //nolint:containedctx // A run is one call of Read, and lives no longer than its context.
	o       Options
	jobs    chan *batch
	free    sync.Pool // of *batch
	inputs  sync.Pool // of *input
	large   *semaphore.Weighted
	objects atomic.Int64

	// what follows belongs to the producer
	sources   []*source
	src       *source // the one being read
	files     int
	documents int
	sent      int
	scratch   tree.Tree // for heads of lists
}

func newRun(ctx context.Context, o Options) *run {
	r := &run{ctx: ctx, o: o, jobs: make(chan *batch, o.Workers), large: semaphore.NewWeighted(decodeBytes)}
	r.free.New = func() any { return &batch{} }
	r.inputs.New = func() any { return &input{Reader: bufio.NewReaderSize(nil, inputBuffer)} }
	return r
}

// all reads every path and returns when every worker has ended.
func (r *run) all() error {
	g, ctx := errgroup.WithContext(r.ctx)
	r.ctx = ctx
	for range r.o.Workers {
		g.Go(func() error {
			w := worker{run: r}
			for b := range r.jobs {
				if err := w.batch(b); err != nil {
					return err
				}
				b.recycle(&r.free)
			}
			return nil
		})
	}
	g.Go(func() error {
		defer close(r.jobs)
		for _, p := range r.o.Paths {
			if err := r.path(p); err != nil {
				return err
			}
		}
		return r.ctx.Err()
	})
	if err := g.Wait(); err != nil {
		return err
	}
	r.progress()
	return nil
}

func (r *run) progress() {
	if r.o.Progress != nil {
		r.o.Progress(r.files, int(r.objects.Load()))
	}
}

// result puts the parts of every source together.
func (r *run) result() Result {
	res := Result{
		Sources:   make([]inventory.Source, 0, len(r.sources)),
		Resources: make([]*inventory.Resource, 0, r.objects.Load()),
		Counts:    Counts{Files: r.files},
	}
	for _, s := range r.sources {
		for _, p := range s.parts {
			res.Resources = append(res.Resources, p.resources...)
			res.Counts.Documents += p.documents
			res.Counts.NotObjects += p.others
		}
		res.Counts.PassedOver += s.passed + len(s.named)
		res.Sources = append(res.Sources, s.report(r.o.Cluster))
	}
	return res
}

// file is one file that is read, under the name that origins and messages give it.
type file struct {
	name    string
	base    string   // last part of the name
	inner   string   // name within the folder or archive that was given, with slashes; "" for a path of its own
	dir     string   // that holds it, in its file system or archive
	archive *archive // nil for a file of its own

	rendered bool // it is a template, and what is read is what became of it
	made     inventory.Made
	lines    []int // of the template, for each line that is read; 0 where that is not known
}

// part is what one batch gave, or what the producer has to say between two batches.
type part struct {
	file      *file
	resources []*inventory.Resource
	documents int
	problems  []problem
	unlisted  int // problems beyond maxProblems

	lists     int              // lists of objects, empty ones too
	others    int              // documents that hold nothing that is read
	otherLine int              // of the first of them
	pages     map[string]pages // of answers of AWS; nil where there is none
	template  *problem
	kustomize bool
	version   string // of the API server, where a document tells it
	terraform bool   // it is a plan or a state
	own       bool   // the producer's: no worker fills it in
}

// problem is something that could not be read.
type problem struct {
	line int
	why  string
}

// maxProblems is how many problems of one part, and of one source, are listed.
const maxProblems = 500

func (p *part) problem(line int, why string) {
	if len(p.problems) >= maxProblems {
		p.unlisted++
		return
	}
	p.problems = append(p.problems, problem{line, why})
}

// problem notes what the producer could not read.
func (r *run) problem(f *file, line int, why string) {
	if n := len(r.src.parts); n > 0 && r.src.parts[n-1].file == f && r.src.parts[n-1].own {
		r.src.parts[n-1].problem(line, why)
		return
	}
	p := &part{file: f, own: true}
	p.problem(line, why)
	r.src.parts = append(r.src.parts, p)
}

// document is one document of a batch.
type document struct {
	start, end int // in batch.text
	line       int // on which it starts
	form       form
}

// form is how a document is written.
type form uint8

const (
	yamlDocument form = iota
	yamlItem          // a YAML list of one element
	jsonValue
)

// listHead is what a list says of its items: the zero listHead says nothing.
type listHead struct {
	apiVersion, kind string // of an item
}

// batch is a run of documents of one file that one worker decodes.
type batch struct {
	part      *part
	head      listHead
	text      []byte
	documents []document
}

func (b *batch) recycle(pool *sync.Pool) {
	const keep = 4 * batchBytes
	if cap(b.text) > keep {
		b.text = nil
	}
	*b = batch{text: b.text[:0], documents: b.documents[:0]}
	pool.Put(b)
}

// send hands a batch to the workers and puts its part in place.
func (r *run) send(f *file, b *batch) error {
	b.part = &part{file: f}
	r.src.parts = append(r.src.parts, b.part)
	const often = 32
	if r.sent++; r.sent%often == 0 {
		r.progress()
	}
	select {
	case r.jobs <- b:
		return nil
	case <-r.ctx.Done():
		return r.ctx.Err()
	}
}

// batcher gathers the documents of one file into batches.
type batcher struct {
	run  *run
	file *file
	head listHead
	now  *batch
	// While hold is set the head is not known yet, and batches wait for it; with lost set there were too many of them.
	hold, lost bool
	waiting    []*batch
	held       int // bytes that wait
}

// add copies one document. It fails with errDocuments, or because the context is done.
func (b *batcher) add(text []byte, line int, f form) error {
	r := b.run
	if b.lost {
		return nil
	}
	if r.documents >= r.o.Limits.Documents {
		if err := b.flush(); err != nil {
			return err
		}
		return errDocuments
	}
	r.documents++
	if b.now != nil && len(b.now.text)+len(text) > batchBytes {
		if err := b.flush(); err != nil {
			return err
		}
	}
	if b.now == nil {
		b.now = r.free.Get().(*batch)
		b.now.head = b.head
	}
	start := len(b.now.text)
	b.now.text = append(b.now.text, text...)
	b.now.documents = append(b.now.documents, document{start, len(b.now.text), line, f})
	return nil
}

// flush sends what was gathered.
func (b *batcher) flush() error {
	now := b.now
	if now == nil {
		return nil
	}
	b.now = nil
	if b.hold {
		b.waiting = append(b.waiting, now)
		b.held += len(now.text)
		return nil
	}
	return b.run.send(b.file, now)
}

// setHead says what a list says of the items that are added from now on.
func (b *batcher) setHead(h listHead) error {
	if h == b.head {
		return nil
	}
	err := b.flush()
	b.head = h
	return err
}

// release sends the batches that waited for their head.
func (b *batcher) release(h listHead) error {
	err := b.flush()
	b.hold = false
	for _, w := range b.waiting {
		w.head = h
		if err == nil {
			err = b.run.send(b.file, w)
		}
	}
	b.waiting, b.held, b.head, b.lost = nil, 0, listHead{}, false
	return err
}
