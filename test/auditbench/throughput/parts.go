package main

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/valyala/fastjson"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/intel"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/test/auditbench"
)

// blockSize is how much of a log a part takes at its turn, and chunkSize how much of that is decoded before rules look at
// it: as much as package audit does.
const (
	blockSize = 4 << 20
	chunkSize = 512 << 10
)

// block is a piece of a log, in the forms in which the parts want it.
type block struct {
	text   string
	bytes  []byte
	events int
}

func newBlock(s *auditbench.Stream, from int) (b block, next int) {
	b.bytes, next = s.Append(nil, from, blockSize)
	b.text, b.events = string(b.bytes), next-from
	return b, next
}

// part is one way to deal with a block, and what that has cost in one round.
type part struct {
	name  string
	run   func(*block) error
	found *int // detections; nil for none
	cost  cost
	// costs are those of the rounds.
	costs []cost
}

func (p *part) take(b *block) error {
	before := now()
	if err := p.run(b); err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	p.cost.add(now().since(before), b)
	return nil
}

// parts gives what is measured, each with what the one before does.
func parts() []part {
	var usual, others []*rule.Detection
	for _, r := range catalog.Detections() {
		if usual = append(usual, r); r.Unusual == nil {
			others = append(others, r)
		}
	}
	rules, withBaselines, withLists := newEngine(others, nil), newEngine(usual, nil), newEngine(usual, listOfThreats())
	return []part{
		{name: "fastjson, no more", run: parse()},
		{name: "decode", run: decode(func([]event.Event) {})},
		{name: fmt.Sprintf("+ %d rules", len(others)), run: decode(rules.TakeAll), found: &rules.found},
		{name: fmt.Sprintf("+ baselines, %d rules", len(usual)), run: decode(withBaselines.TakeAll), found: &withBaselines.found},
		{name: "+ list of 100,000 addresses", run: decode(withLists.TakeAll), found: &withLists.found},
	}
}

// engine is one that counts what it finds.
type engine struct {
	*detect.Engine
	found int
}

func newEngine(rules []*rule.Detection, lists rule.Addresses) *engine {
	e := &engine{}
	e.Engine = detect.New(detect.Options{
		Rules: rules, Around: rule.Surroundings{Cluster: "bench", Lists: lists},
		Found: func(*finding.Detection) { e.found++ },
	})
	return e
}

// listOfThreats is of a size of the lists that people use. None of the callers is on it.
func listOfThreats() rule.Addresses {
	var text strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&text, "198.%d.%d.%d\n", 18+i>>16, i>>8&255, i&255)
	}
	list, _ := intel.Parse("threats", intel.Threat, strings.NewReader(text.String()), time.Time{})
	return detect.NewAddresses(list)
}

func parse() func(*block) error {
	var p fastjson.Parser
	return func(b *block) error {
		for line := range bytes.Lines(b.bytes) {
			if _, err := p.ParseBytes(line); err != nil {
				return err
			}
		}
		return nil
	}
}

// decode decodes a chunk, then has its events looked at.
func decode(look func([]event.Event)) func(*block) error {
	var d event.Decoder
	var events []event.Event
	return func(b *block) (err error) {
		for text := b.text; text != ""; {
			end := min(chunkSize, len(text))
			end = strings.LastIndexByte(text[:end], '\n') + 1
			clear(events)
			events = events[:0]
			for line := range strings.Lines(text[:end]) {
				if events, err = d.Append(events, line); err != nil {
					return err
				}
			}
			look(events)
			text = text[end:]
		}
		return nil
	}
}

// measureParts lets the parts take turns, and tells what each cost.
func measureParts(w io.Writer, s *auditbench.Stream, size, rounds int) error {
	all := parts()
	next, err := warmUp(s, all)
	if err != nil {
		return err
	}
	for range rounds {
		for done := 0; done < size; done += blockSize {
			var b block
			b, next = newBlock(s, next)
			runtime.GC()
			for i := range all {
				if err := all[i].take(&b); err != nil {
					return err
				}
			}
		}
		for i := range all {
			all[i].costs = append(all[i].costs, all[i].cost)
			all[i].cost = cost{}
		}
	}
	return tellParts(w, s, all)
}

// warmUp shows everybody what comes before the events that are measured, and gives the index of the first of these.
func warmUp(s *auditbench.Stream, all []part) (next int, err error) {
	for next < s.Warm {
		var b block
		b, next = newBlock(s, next)
		for i := range all {
			if err := all[i].run(&b); err != nil {
				return 0, err
			}
		}
	}
	for i := range all {
		if all[i].found != nil {
			*all[i].found = 0
		}
	}
	return next, nil
}

func tellParts(w io.Writer, s *auditbench.Stream, all []part) error {
	events := 0
	for _, c := range all[0].costs {
		events += c.events
	}
	fmt.Fprintf(w, "## %s: events of %d bytes on average; one core, %d events in %d rounds\n\n", s.Name, s.Mean, events, len(all[0].costs))
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "\tevents/s\tns of processor\t(min to max)\tns elapsed\tMB/s\tallocations\tbeside fastjson\tfindings\t")
	fast := all[0].median(cost.processorPerEvent)
	for i := range all {
		p := &all[i]
		ns := p.median(cost.processorPerEvent)
		low, high := p.extremes()
		found := ""
		if p.found != nil {
			found = fmt.Sprint(*p.found)
		}
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t(%.0f to %.0f)\t%.0f\t%.0f\t%.3f\t%.0f %%\t%s\t\n", p.name, 1e9/ns, ns, low, high,
			p.median(cost.elapsedPerEvent), float64(s.Mean)*1e3/ns, p.median(cost.allocationsPerEvent), 100*fast/ns, found)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, p := range all[2:] {
		perSecond, share := 1e9/p.median(cost.processorPerEvent), fast/p.median(cost.processorPerEvent)
		fmt.Fprintf(w, "%s: 40 %% of fastjson %s", p.name, met(share >= 0.4))
		if s.Mean < 2000 {
			fmt.Fprintf(w, "; 300,000 events/s %s", met(perSecond >= 300_000))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w)
	return nil
}

func met(yes bool) string {
	if yes {
		return "reached"
	}
	return "NOT REACHED"
}

func (p *part) median(of func(cost) float64) float64 { return median(p.costs, of) }

func median(costs []cost, of func(cost) float64) float64 {
	all := make([]float64, len(costs))
	for i, c := range costs {
		all[i] = of(c)
	}
	slices.Sort(all)
	return (all[(len(all)-1)/2] + all[len(all)/2]) / 2
}

func (p *part) extremes() (low, high float64) {
	low = p.costs[0].processorPerEvent()
	for _, c := range p.costs {
		low, high = min(low, c.processorPerEvent()), max(high, c.processorPerEvent())
	}
	return low, high
}
