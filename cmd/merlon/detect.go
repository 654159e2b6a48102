package main

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/audit"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/report"
)

// detectFlags are those of every command that reads audit logs.
type detectFlags struct {
	outputFlags
	files        []string
	cluster      string
	since, until moment
	lists        addressLists
	allow        allowLists
	learn        time.Duration
	suppressions string
	account      string
	region       string
	partial      bool
	keepCommands bool
	state        string
	follow       bool
	format       oneOf
	minSeverity  oneOf
	failOn       detectFailOn
	all          bool
}

func (f *detectFlags) register(c *cobra.Command) {
	f.learn = detect.DefaultLearn
	f.outputFlags.register(c)
	f.learn = detect.DefaultLearn // Before its flag, whose help shows what it holds then.
	c.Flags().StringArrayVarP(&f.files, "file", "f", nil, "`path` of a log or of a folder with logs; - is stdin (repeatable)")
	c.Flags().StringVar(&f.cluster, "cluster-name", unnamedCluster, "`name` of the cluster of records that do not tell theirs")
	c.Flags().Var(&f.since, "since", "give out nothing earlier: a date, a time (RFC 3339), or how long ago, such as 24h or 30d")
	c.Flags().Var(&f.until, "until", "look at nothing from then on; as --since")
	c.Flags().Var(&f.lists, "list", "what is known of addresses, as KIND=FILE with the kinds threat, custom, tor and trusted (repeatable)")
	c.Flags().Var(&f.allow, "allow", "what is allowed, as KIND=FILE with the kinds users, namespaces and images (repeatable)")
	c.Flags().Var((*days)(&f.learn), "learn", "`time` over which baselines learn before anything is unusual to them, such as 7d")
	c.Flags().StringVar(&f.suppressions, "suppressions", "", "`file` with exceptions (default "+app.SuppressionFile+", where it exists)")
	c.Flags().StringVar(&f.account, "account", "", "AWS `account` of clusters whose records do not tell theirs, for -o guardduty and criteria of exceptions")
	c.Flags().StringVar(&f.region, "region", "", "AWS `Region` of the cluster, likewise")
	c.Flags().BoolVar(&f.partial, "allow-partial", false, "exit 0 though a log could only be read in part")
}

func newDetect(p *process) *cobra.Command {
	var f detectFlags
	c := &cobra.Command{
		Use:   "detect [PATH]...",
		Short: "Find threats in Kubernetes audit logs",
		Long: `Reads audit logs and finds what Amazon GuardDuty's EKS Audit Log Monitoring
finds, under the same names, and more. A log is a file, plain or compressed
(.gz, .zst), a folder with rotated logs, or - for stdin; its records may stand
in what CloudWatch Logs, Azure, Fluent Bit or Vector make of them.

Occurrences about the same thing are one finding, with how often and since
when. What an audit policy hides from a rule is counted and said.

With --follow, what is waited for is said on stderr, the table tells each occurrence as it comes and sums up at the
end, JSON is as without, and guardduty and ocsf write a finding whenever it
changes. With --state, findings are those of all runs, and the
table says how many of them are new since the last one.

Exit codes: 0 done; 1 a finding meets --fail-on; 2 the command was wrong or
there was no audit event (nor any in the time that is looked at), which is 0
where logs are followed; 3 a log could not be read, or only in part; 130 the
run was interrupted.`,
		Example: `  merlon detect /var/log/kubernetes
  merlon detect --since 24h --list threat=addresses.txt audit.log
  merlon detect --follow --state detect.state -o json audit.log
  merlon detect replay --days 30 /var/log/kubernetes
  merlon detect explain Execution:Kubernetes/ExecInKubeSystemPod`,
		RunE: func(c *cobra.Command, args []string) error { return runDetect(c, p, &f, args) },
	}
	f.register(c)
	f.format = oneOf{what: "format", value: "table", allowed: report.DetectionFormats()}
	f.minSeverity = oneOf{what: "severity", value: finding.SeverityInformational.String(), allowed: severities()}
	c.Flags().VarP(&f.format, "output", "o", strings.Join(report.DetectionFormats(), ", "))
	c.Flags().Var(&f.minSeverity, "min-severity", "show findings from this severity on: critical, high, medium, low or informational")
	c.Flags().Var(&f.failOn, "fail-on", "exit 1 for a finding of this severity or more, or of this type (repeatable)")
	c.Flags().BoolVar(&f.follow, "follow", false, "go on as the logs grow, through rotations, until interrupted")
	c.Flags().StringVar(&f.state, "state", "", "`file` from which to go on, and in which to leave where this run stopped")
	c.Flags().BoolVar(&f.keepCommands, "keep-commands", false, "show what was run in containers, and not only the program's name and a hash")
	c.Flags().BoolVar(&f.all, "all", false, "leave nothing out of the table")
	c.AddCommand(newDetectReplay(p), newDetectExplain(p), newDetectTypes(p))
	return c
}

// unnamedCluster is the name of a cluster that nobody has told.
const unnamedCluster = "files"

// detection makes of the flags what a run applies. What is wrong with a list is told.
func (f *detectFlags) detection(p *process, args []string) (app.Detection, error) {
	d := app.Detection{
		Logs:  audit.Options{Paths: slices.Concat(f.files, args), Stdin: p.stdin, Follow: f.follow, Cluster: f.cluster},
		Rules: catalog.Detections(), Learn: f.learn, KeepCommands: f.keepCommands, State: f.state, Now: p.now,
		Since: f.since.at(p.now()), Until: f.until.at(p.now()),
		Identity: finding.GuardDutyIdentity{AccountID: f.account, Region: f.region, Unnamed: unnamedCluster},
	}
	if err := checkIdentity(d.Identity); err != nil {
		return d, err
	}
	if len(d.Logs.Paths) == 0 {
		return d, errors.New("nothing to read: name a log or a folder with logs, or - for stdin")
	}
	if !d.Until.IsZero() && f.state != "" {
		return d, errors.New("--until leaves events out that a run which goes on from --state would never see: give one of the two")
	}
	if !d.Since.IsZero() && !d.Until.IsZero() && !d.Since.Before(d.Until) {
		return d, fmt.Errorf("--since %s is not before --until %s", f.since.text, f.until.text)
	}
	var err error
	if d.Around, err = f.surroundings(p); err != nil {
		return d, err
	}
	d.Suppressions, err = app.LoadSuppressions(f.suppressions, finding.Known{Types: detectionTypes()})
	return d, err
}

// checkIdentity says what is wrong with the flags --account and --region.
func checkIdentity(id finding.GuardDutyIdentity) error {
	const digits = 12
	if a := id.AccountID; a != "" && (len(a) != digits || strings.Trim(a, "0123456789") != "") {
		return fmt.Errorf("--account %q is no AWS account: it takes its %d digits, such as 123456789012", a, digits)
	}
	if id.Region != "" && !regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$`).MatchString(id.Region) {
		return fmt.Errorf("--region %q is no AWS Region: it takes a name such as eu-central-1", id.Region)
	}
	return nil
}

// runDetect detects, prints and decides the exit code: findings win over a log that was read in part.
func runDetect(c *cobra.Command, p *process, f *detectFlags, args []string) error {
	options, err := f.options(p, isForPeople(f.format.value))
	if err != nil {
		return err
	}
	options.All, options.Rules = f.all, detectionTexts
	if err := options.MinSeverity.UnmarshalText([]byte(f.minSeverity.value)); err != nil {
		return err
	}
	if err := f.failOn.check(); err != nil {
		return err
	}
	d, err := f.detection(p, args)
	if err != nil {
		return err
	}
	if f.follow {
		options.Live = &report.Live{Tool: inventory.Tool{Version: version()}, Identity: d.Identity}
	}
	writer, err := report.NewDetections(f.format.value, p.stdout, options)
	if err != nil {
		return err
	}
	d.Found = func(one *finding.Detection, of *finding.Threat) error {
		f.failOn.take(one)
		return writer.Detection(one, of)
	}
	detected, err := f.run(c, p, d)
	if err != nil && !errors.Is(err, app.ErrOutside) {
		return err
	}
	outside := err
	if err := writer.Done(detectionsOf(p, detected, &d)); err != nil {
		return fmt.Errorf("write %s: %w", f.format.value, err)
	}
	if f.format.value != "table" { // The table says it itself.
		tellLogs(p, detected)
		tellExceptions(p, detected.Exceptions)
	}
	if err := cmp.Or(outside, f.failOn.met()); err != nil {
		return err
	}
	return f.checkLogs(detected.Sources)
}

// detectionsOf makes of a run what outputs write.
func detectionsOf(p *process, detected *app.Detected, d *app.Detection) *report.Detections {
	all := &report.Detections{
		Tool: inventory.Tool{Version: version()}, At: p.now().UTC(), Sources: detected.Sources,
		Threats: detected.Threats, Dropped: detected.Dropped, DroppedCount: detected.DroppedCount,
		Stats: detected.Stats, Uses: detected.Exceptions, Broken: int(detected.Broken), Identity: d.Identity,
		Outside: detected.Outside, From: detected.From, To: detected.To, New: detected.New, WentOn: detected.WentOn,
	}
	if detected.Resumed {
		all.LastRun = detected.LastRun
	}
	for _, problem := range detected.Problems {
		all.Problems = append(all.Problems, report.RecordProblem{Origin: inventory.Origin{File: problem.File, Line: problem.Line}, Why: problem.Why})
	}
	return all
}

// detectionTexts gives the texts of a finding type.
func detectionTexts(findingType string) (report.RuleTexts, bool) {
	r := catalog.FindDetection(findingType)
	if r == nil {
		return report.RuleTexts{}, false
	}
	return report.RuleTexts{Title: r.Title, Why: r.Why, Fix: r.Fix, References: r.References}, true
}

// run reads the logs, and tells on a terminal how far it is.
func (f *detectFlags) run(c *cobra.Command, p *process, d app.Detection) (*app.Detected, error) {
	p.saves.Store(f.follow || f.state != "")
	progress := newProgress(p)
	defer progress.stop()
	if !f.follow {
		d.Logs.Progress = progress.events
	}
	d.Logs.Following = func(now audit.Following) { tellFollowing(p, now) }
	detected, err := app.Detect(c.Context(), d)
	progress.stop()
	if errors.Is(err, app.ErrNoEvents) {
		return nil, fmt.Errorf("%w: %s", err, whyNoEvents(detected.Sources))
	}
	if errors.Is(err, app.ErrOutside) {
		span := ""
		if !detected.From.IsZero() {
			span = fmt.Sprintf(": the logs go from %s to %s", detected.From.Format(time.RFC3339), detected.To.Format(time.RFC3339))
		}
		return detected, fmt.Errorf("%w%s, and nothing of them lies in the window (%s)", err, span, f.window(p))
	}
	return detected, err
}

// window says which time is looked at.
func (f *detectFlags) window(p *process) string {
	var bounds []string
	if since := f.since.at(p.now()); !since.IsZero() {
		bounds = append(bounds, "since "+since.Format(time.RFC3339))
	}
	if until := f.until.at(p.now()); !until.IsZero() {
		bounds = append(bounds, "until "+until.Format(time.RFC3339))
	}
	return strings.Join(bounds, ", ")
}

// tellFollowing says on stderr what is followed, and what is waited for: who mistyped a path would wait for ever.
func tellFollowing(p *process, now audit.Following) {
	for _, path := range now.Missing {
		p.tell("waiting for %s: it does not exist yet", path)
	}
	for _, path := range now.Empty {
		p.tell("waiting for a log in %s: there is none in it yet", path)
	}
	switch now.Logs {
	case 0:
	case 1:
		p.tell("following 1 log")
	default:
		p.tell("following %d logs", now.Logs)
	}
}

// tellLogs says on stderr which logs and records could not be read.
func tellLogs(p *process, d *app.Detected) {
	tellSources(p, d.Sources, "; -o table counts them")
	if d.Broken > int64(len(d.Problems)) {
		p.tell("%d records could not be read in all", d.Broken)
	}
}

// maxOfOne is how many problems of one log are told where there was no event at all.
const maxOfOne = 3

// whyNoEvents says, log by log, why there was no event.
func whyNoEvents(sources []inventory.Source) string {
	var all []string
	for _, s := range sources {
		if len(s.NotAssessed) == 0 {
			all = append(all, s.Name+": there is nothing in it")
		}
		for i, n := range s.NotAssessed {
			if i == maxOfOne {
				all = append(all, fmt.Sprintf("%s: and %d more like these", s.Name, len(s.NotAssessed)-i))
				break
			}
			all = append(all, n.What+": "+n.Why)
		}
	}
	if more := len(all) - maxTold; more > 0 {
		all = append(all[:maxTold], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(all, "\n")
}

// checkLogs turns a log that failed or was read in part into an exit code.
func (f *detectFlags) checkLogs(sources []inventory.Source) error {
	for _, s := range sources {
		if s.Status != inventory.StatusComplete && !f.partial {
			return &exitError{code: exitPartial}
		}
	}
	return nil
}

// moment is a flag that takes a time: a date, a time, or how long ago.
type moment struct {
	text  string
	fixed time.Time
	ago   time.Duration
}

// String implements [pflag.Value].
func (m *moment) String() string { return m.text }

// Type implements [pflag.Value].
func (m *moment) Type() string { return "time" }

// Set implements [pflag.Value].
func (m *moment) Set(text string) error {
	*m = moment{text: text}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			m.fixed = t.UTC()
			return nil
		}
	}
	if ago, err := parseDays(text); err == nil && ago > 0 {
		m.ago = ago
		return nil
	}
	return errors.New("it takes a date (2026-11-28), a time (2026-11-28T09:30:00Z), or how long ago (24h, 30d)")
}

// at gives the time that was meant; zero for none.
func (m *moment) at(now time.Time) time.Time {
	if m.ago > 0 {
		return now.Add(-m.ago).UTC()
	}
	return m.fixed
}

// days is a duration that may be given in days: 7d.
type days time.Duration

// String implements [pflag.Value].
func (d *days) String() string {
	if whole := time.Duration(*d) / (24 * time.Hour); whole > 0 && time.Duration(*d)%(24*time.Hour) == 0 {
		return strconv.Itoa(int(whole)) + "d"
	}
	return time.Duration(*d).String()
}

// Type implements [pflag.Value].
func (d *days) Type() string { return "duration" }

// Set implements [pflag.Value]. A number alone is days.
func (d *days) Set(text string) error {
	if _, err := strconv.Atoi(text); err == nil {
		text += "d"
	}
	v, err := parseDays(text)
	if err != nil || v <= 0 {
		return errors.New("it takes a number of days (30, 7d) or a time (36h, 90m); 0 is not allowed")
	}
	*d = days(v)
	return nil
}

// maxDays keeps a number of days within a [time.Duration].
const maxDays = 36500

func parseDays(text string) (time.Duration, error) {
	if number, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.Atoi(number)
		if err == nil && (n < 0 || n > maxDays) {
			err = errors.New("too many days")
		}
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(text)
}
