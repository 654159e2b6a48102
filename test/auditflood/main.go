// Command auditflood takes the audit events of a month of a large cluster through the detector, with every rule that Merlon
// ships and baselines, and prints how long that takes, how much memory, how many false alarms there are in a day, and which
// of the attacks in between are found. The cluster is made up in process, from a seed: nodes that come and go, controllers,
// service accounts with fixed habits, people with working days, and what changes: see population.go and people.go.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "auditflood:", err)
		os.Exit(1)
	}
}

// settings are the flags.
type settings struct {
	events, principals, days, attacks int
	seed                              uint64
	show                              bool
}

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	flags := flag.NewFlagSet("auditflood", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.IntVar(&s.events, "events", 60_000_000, "`number` of events")
	flags.IntVar(&s.principals, "principals", 20_000, "`number` of users: a tenth nodes, a fifth people, the rest service accounts")
	flags.IntVar(&s.days, "days", 30, "`number` of days over which the events come")
	flags.IntVar(&s.attacks, "attacks", 4, "`number` of attacks of each kind")
	flags.Uint64Var(&s.seed, "seed", 1, "seed of what happens by chance")
	flags.BoolVar(&s.show, "show", false, "list the false alarms and the attacks that were missed")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.events < 1 || s.principals < 100 || s.days < 9 {
		return s, errors.New("there must be an event, a hundred principals and nine days, as baselines learn for seven")
	}
	return s, nil
}

func run(args []string, stdout, stderr io.Writer) error {
	s, err := parse(args, stderr)
	if err != nil {
		return err
	}
	t := &tally{days: s.days, seen: map[string]bool{}, findings: map[string]int{}, occurrences: map[string]int{}, found: map[int]bool{}}
	engine := detect.New(detect.Options{
		Rules: catalog.Detections(), Around: rule.Surroundings{Cluster: "prod"}, Found: t.take,
	})
	f := newFlood(s)
	batch := make([]event.Event, 0, 4096)
	var spent time.Duration
	for done := false; !done; {
		batch, done = f.fill(batch[:0])
		begin := processorTime()
		for i := range batch {
			engine.Take(&batch[i])
		}
		spent += processorTime() - begin
	}
	report{s, f, t, engine.Stats(), spent}.print(stdout)
	return nil
}

// attackPrefix begins the audit IDs of attacks; the attack's number follows.
const attackPrefix = "attack-"

// tally counts what was detected.
type tally struct {
	days                  int
	seen                  map[string]bool // findings by ID and day
	findings, occurrences map[string]int  // of false alarms by type
	found                 map[int]bool    // attacks by number
	alarms                []string
}

func (t *tally) take(d *finding.Detection) {
	if rest, ok := strings.CutPrefix(d.AuditID, attackPrefix); ok {
		var number int
		if _, err := fmt.Sscanf(rest, "%d-", &number); err == nil && d.Anomaly != nil {
			t.found[number] = true
		}
		return
	}
	t.occurrences[d.Type]++
	if id := d.FindingID + d.At.Format(time.DateOnly); !t.seen[id] {
		t.seen[id] = true
		t.findings[d.Type]++
		if d.Anomaly != nil {
			t.alarms = append(t.alarms, alarm(d))
		}
	}
}

// alarm writes a false alarm in one line.
func alarm(d *finding.Detection) string {
	line := fmt.Sprintf("%s %s by %s in %q:", d.At.Format(time.DateTime), d.Type, d.Actor.Username, d.Call.Namespace)
	for _, p := range d.Anomaly.Unusual {
		line += fmt.Sprintf(" %s of %s %q %g/%g;", p.Profile, p.Scope, p.Value, p.Seen, p.Total)
	}
	return line
}

// report is what is printed in the end.
type report struct {
	settings
	flood *flood
	tally *tally
	stats detect.Stats
	spent time.Duration
}

func (r report) print(w io.Writer) {
	fmt.Fprintf(w, "%d events of %d users in %d days; %d rules, and baselines that learn for %s\n",
		r.stats.Events, r.flood.users(), r.days, len(catalog.Detections()), detect.DefaultLearn)
	fmt.Fprintf(w, "detector: %.1f s of processor time, %.0f events/s, %d ns an event (the making of the events not counted)\n",
		r.spent.Seconds(), float64(r.stats.Events)/r.spent.Seconds(), r.spent.Nanoseconds()/r.stats.Events)
	if p := peak(); p > 0 {
		fmt.Fprintf(w, "peak memory of the process: %d MiB\n", p>>20)
	}
	fmt.Fprintf(w, "baselines: %d users held, %d bytes each\n", r.stats.Users, r.stats.UserBytes/max(1, int64(r.stats.Users)))
	r.printAlarms(w)
	r.printAttacks(w)
	if r.show {
		fmt.Fprintln(w)
		for _, line := range r.tally.alarms {
			fmt.Fprintln(w, line)
		}
	}
}

func (r report) printAlarms(w io.Writer) {
	quiet := float64(r.days - int(detect.DefaultLearn/(24*time.Hour)))
	all := 0
	fmt.Fprintf(w, "\nfalse alarms after learning, over %.0f days (findings and occurrences a day):\n", quiet)
	for _, kind := range slices.Sorted(maps.Keys(r.tally.findings)) {
		fmt.Fprintf(w, "  %-80s %6.2f %8.2f\n", kind, float64(r.tally.findings[kind])/quiet, float64(r.tally.occurrences[kind])/quiet)
		if strings.Contains(kind, "AnomalousBehavior") {
			all += r.tally.findings[kind]
		}
	}
	fmt.Fprintf(w, "  %-80s %6.2f\n\n", "all kinds of anomalous behaviour", float64(all)/quiet)
}

func (r report) printAttacks(w io.Writer) {
	fmt.Fprintf(w, "attacks found by an anomaly: %d of %d\n", len(r.tally.found), len(r.flood.attacks))
	for _, kind := range attackKinds() {
		of, found := 0, 0
		for i, a := range r.flood.attacks {
			if a.kind.name == kind.name {
				of++
				if r.tally.found[i] {
					found++
				}
			}
		}
		fmt.Fprintf(w, "  %-60s %d of %d\n", kind.name, found, of)
	}
}
