package prove

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/intel"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// Detection checks a rule over the audit stream that Merlon ships: its declaration, in every language, and its examples.
func Detection(r *rule.Detection) []Problem {
	return append(DetectionDeclaration(r), DetectionExamples(r)...)
}

// DetectionDeclaration checks what a rule over the audit stream says of itself.
func DetectionDeclaration(r *rule.Detection) []Problem {
	p := &detectionProver{rule: r}
	if !regexp.MustCompile(`^[A-Z][A-Za-z]+:(Kubernetes|EKS)/[A-Z][A-Za-z]+(\.[A-Z][A-Za-z]+)?(![A-Z][A-Za-z]+)?$`).MatchString(r.Type) {
		p.problem("", "its type is not named as GuardDuty names types")
	}
	if len(r.On) == 0 && r.Joins == nil {
		p.problem("", "it looks at no request")
	}
	for _, problem := range append(referenceProblems(r.References), textProblems(r.Title, r.Why, r.Fix)...) {
		p.problem("", "%s", problem)
	}
	return p.problems
}

// DetectionExamples checks what a rule over the audit stream does. Beyond each verdict that an example states, every
// example shows that the detections do not depend on chance, nor on a checkpoint in between, and that no secret value gets
// through. Taken together they show one positive, and for each condition one near miss that nothing but this condition
// makes absent.
func DetectionExamples(r *rule.Detection) []Problem {
	p := &detectionProver{rule: r}
	if !slices.ContainsFunc(r.Examples, func(e rule.EventExample) bool { return e.Want == finding.Present }) {
		p.problem("", "it has no example where it is present")
	}
	for _, c := range r.Where {
		if !slices.ContainsFunc(r.Examples, func(e rule.EventExample) bool { return e.Misses == c.Name }) {
			p.problem("", "condition %q has no near miss", c.Name)
			p.problems[len(p.problems)-1].Condition = c.Name
		}
	}
	for i, e := range r.Examples {
		if slices.ContainsFunc(r.Examples[:i], func(other rule.EventExample) bool { return other.Name == e.Name }) {
			p.problem(e.Name, "another example has the same name")
		}
		if e.Misses != "" && !slices.ContainsFunc(r.Where, func(c rule.EventCondition) bool { return c.Name == e.Misses }) {
			p.problem(e.Name, "it misses %q, which is no condition of the rule", e.Misses)
			continue
		}
		p.example(e)
	}
	return p.problems
}

// detectionProver collects the problems of one rule over the audit stream.
type detectionProver struct {
	rule     *rule.Detection
	problems []Problem
}

func (p *detectionProver) problem(example, format string, args ...any) {
	p.problems = append(p.problems, Problem{Rule: p.rule.Type, Example: example, What: fmt.Sprintf(format, args...)})
}

func (p *detectionProver) example(e rule.EventExample) {
	events, err := decode(e.Input)
	if err != nil {
		p.problem(e.Name, "its input cannot be read: %v", err)
		return
	}
	got, err := p.run(p.rule, e, events, -1)
	if err != nil {
		p.problem(e.Name, "%v", err)
		return
	}
	if got.state != e.Want {
		p.problem(e.Name, "the verdict is %s, not %s", got.state, e.Want)
	}
	for _, d := range got.found {
		p.found(e, events, d)
		if p.repeats(e, d, hiddenIn(events)) {
			p.problem(e.Name, "the detection repeats a value of an environment variable, a ConfigMap or a Secret")
		}
	}
	p.canaries(e)
	if e.Misses != "" {
		p.nearMiss(e, events)
	}
	for cut := range len(events) + 1 {
		if other, err := p.run(p.rule, e, events, cut); err != nil {
			p.problem(e.Name, "a checkpoint after %d records: %v", cut, err)
		} else if !reflect.DeepEqual(other, got) {
			p.problem(e.Name, "a checkpoint after %d records changes what is found", cut)
		}
	}
}

func (p *detectionProver) nearMiss(e rule.EventExample, events []event.Event) {
	if e.Want != finding.Absent {
		p.problem(e.Name, "it misses a condition, but wants the verdict %s", e.Want)
	}
	if without, err := p.run(p.rule.Without(e.Misses), e, events, -1); err != nil {
		p.problem(e.Name, "%v", err)
	} else if without.state != finding.Present {
		p.problem(e.Name, "without condition %q the verdict is %s, so something else is missing too", e.Misses, without.state)
	}
}

// outcome is what a rule made of an example.
type outcome struct {
	state finding.State
	found []finding.Detection
}

// run takes an example through the engine, which is saved and loaded again before the record with index cut. It is the one
// place where prove calls the engine for detections.
func (p *detectionProver) run(r *rule.Detection, e rule.EventExample, events []event.Event, cut int) (outcome, error) {
	around, err := surroundings(e)
	if err != nil {
		return outcome{}, err
	}
	var got outcome
	options := detect.Options{
		Rules: rulesFor(r), Around: around,
		Found: func(d *finding.Detection) {
			if d.Type == r.Type {
				got.state = finding.Present
				got.found = append(got.found, *d)
			}
		},
	}
	engine := detect.New(options)
	if err := learn(engine, e.Learned); err != nil {
		return outcome{}, err
	}
	for i := range events {
		if i == cut {
			if engine, err = resume(engine, options); err != nil {
				return outcome{}, err
			}
		}
		engine.Take(&events[i])
	}
	if _, unseen := engine.Stats().Unobservable[r.Type]; unseen && got.state == finding.Absent {
		got.state = finding.Unknown
	}
	return got, nil
}

// rulesFor lists the rules that an example of a rule needs: itself, or those that it joins.
func rulesFor(r *rule.Detection) []*rule.Detection {
	if r.Joins == nil {
		return []*rule.Detection{r}
	}
	return append(r.Joins.Parts(), r)
}

// resume gives an engine that goes on where another stopped.
func resume(engine *detect.Engine, options detect.Options) (*detect.Engine, error) {
	var saved strings.Builder
	if err := engine.Save(&saved); err != nil {
		return nil, err
	}
	next := detect.New(options)
	err := next.Load(strings.NewReader(saved.String()))
	return next, err
}

// decode reads the records of an example, one a line.
func decode(input string) ([]event.Event, error) {
	var d event.Decoder
	var events []event.Event
	var err error
	line := 0
	for text := range strings.Lines(input) {
		line++
		from := len(events)
		if events, err = d.Append(events, strings.TrimSpace(text)); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		for i := from; i < len(events); i++ {
			events[i].Line = line
		}
	}
	return events, nil
}

// learn lets baselines see the records of an example four times a day over the time that they learn and a day more. Each
// time it repeats them until the engine believes the time.
func learn(engine *detect.Engine, input string) error {
	events, err := decode(input)
	if err != nil || len(events) == 0 {
		return err
	}
	const timesADay, repeats = 4, 9
	days := int(detect.DefaultLearn/(24*time.Hour)) + 1
	begin := now().Add(-time.Duration(days) * 24 * time.Hour)
	for i := range days * timesADay {
		at := begin.Add(time.Duration(i) * 24 * time.Hour / timesADay)
		for repeat := range repeats {
			for _, e := range events {
				e.Received = at.Add(time.Duration(repeat) * time.Second).UnixNano()
				e.At, e.AuditID = e.Received, fmt.Sprint(e.AuditID, i, repeat)
				engine.Take(&e)
			}
		}
	}
	return nil
}

// surroundings gives the environment of an example.
func surroundings(e rule.EventExample) (rule.Surroundings, error) {
	around := rule.Surroundings{Cluster: "prod"}
	var lists []*intel.List
	for kind, text := range e.Lists {
		if !slices.Contains(intel.Kinds(), intel.Kind(kind)) {
			return around, fmt.Errorf("%q is no kind of list of addresses", kind)
		}
		list, report := intel.Parse(kind, intel.Kind(kind), strings.NewReader(text), now())
		if problems := report.Refused.First; len(problems) > 0 {
			return around, fmt.Errorf("its list of kind %q, line %d: %s", kind, problems[0].Line, problems[0].Why)
		}
		lists = append(lists, list)
	}
	around.Lists = detect.NewAddresses(lists...)
	for kind, text := range e.Allow {
		list := rule.NewAllowList(strings.Fields(text))
		switch kind {
		case "users":
			around.Users = list
		case "namespaces":
			around.Namespaces = list
		case "images":
			around.Images = list
		default:
			return around, fmt.Errorf("%q is no kind of list of what is allowed", kind)
		}
	}
	return around, nil
}

// found checks one detection: its evidence, its severity, and that nothing secret is in it.
func (p *detectionProver) found(e rule.EventExample, events []event.Event, d finding.Detection) {
	want := p.rule.Severity
	if e.Severity != nil {
		want = *e.Severity
	}
	if d.Severity != want {
		p.problem(e.Name, "the severity is %s, not %s", d.Severity, want)
	}
	named := false
	for _, reason := range d.Why {
		for _, f := range reason.Evidence {
			named = named || f.Path == e.Path
			p.field(e, events, d, f)
		}
	}
	if e.Path != "" && !named {
		p.problem(e.Name, "no evidence names %s", e.Path)
	}
}

// field checks that one item of evidence leads to a place in the record.
func (p *detectionProver) field(e rule.EventExample, events []event.Event, d finding.Detection, f finding.RecordField) {
	for i := range events {
		if events[i].Line != d.Source.Line {
			continue
		}
		var record tree.Tree
		if err := tree.DecodeJSON(&record, events[i].AppendJSON(nil, false), 1, tree.Limits{}); err != nil {
			p.problem(e.Name, "its record cannot be read: %v", err)
			return
		}
		switch at := record.Root().Lookup(f.Path); {
		case !at.Exists():
			p.problem(e.Name, "the evidence names %s, which is not in the record", f.Path)
		case at.Text() != f.Value && tree.Map != at.Kind() && tree.List != at.Kind():
			p.problem(e.Name, "the evidence says %s = %q, and the record says %q", f.Path, f.Value, at.Text())
		}
		return
	}
}
