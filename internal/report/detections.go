package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// Detections is what a run over audit events came to.
type Detections struct {
	Tool inventory.Tool
	// At is when the run was made.
	At time.Time
	// Sources are what was read, with the status of each; what could not be read stands there.
	Sources []inventory.Source
	// Threats are the findings as [finding.Threats.All] lists them; Dropped is how many more there were than fit, and
	// DroppedCount how many occurrences those had.
	Threats               []finding.Threat
	Dropped, DroppedCount int
	Stats                 detect.Stats
	// Outside is set where no event was in the time that was looked at, and From and To say from when to when events were.
	Outside  bool
	From, To time.Time
	// LastRun is when the run ended from which this one went on; zero for none. Of the findings, New came since, and WentOn
	// occurred again.
	LastRun     time.Time
	New, WentOn int
	// Uses says how each exception fared.
	Uses []finding.ExceptionUse
	// Broken is how many records could not be read, and Problems the first of them.
	Broken   int
	Problems []RecordProblem
	// Identity is what GuardDuty's form says of where findings come from.
	Identity finding.GuardDutyIdentity
}

// RecordProblem is a record that could not be read, and why.
type RecordProblem struct {
	inventory.Origin
	Why string
}

// DetectionHandler is the protocol of every output of detections. A run makes one handler, calls Detection with each
// occurrence as it comes, and Done once with the whole. A format for programs writes in one of the two: lines of occurrences
// as they come, findings at the end, or, of a run that is live, each finding whenever it changes. Their errors are those of
// the writer.
type DetectionHandler interface {
	// Detection takes one occurrence, and the finding that it belongs to as it now is; it keeps neither. An archived
	// occurrence names its exception.
	Detection(d *finding.Detection, t *finding.Threat) error
	Done(d *Detections) error
}

// Live is what outputs have to know of a run before its end.
type Live struct {
	Tool     inventory.Tool
	Identity finding.GuardDutyIdentity
}

// DetectionFormats lists the names of the formats of detections, sorted.
func DetectionFormats() []string { return []string{"guardduty", "json", "ocsf", "table"} }

// NewDetections makes the handler of a format. For detections, the options that matter are Lang, Color, Width,
// MinSeverity, All, Rules (by finding type), Program and Live. The error for a format that does not exist lists those that do.
func NewDetections(format string, w io.Writer, o Options) (DetectionHandler, error) {
	o.Rules = remember(o.Rules)
	switch format {
	case "guardduty":
		return &guardDutyDetections{w, o}, nil
	case "json":
		return &jsonDetections{w, o}, nil
	case "ocsf":
		return &ocsfDetections{w, o}, nil
	case "table":
		return &tableDetections{w, o}, nil
	}
	hint := ""
	if near := lang.Nearest(format, DetectionFormats()); near != "" {
		hint = fmt.Sprintf("; did you mean %s?", near)
	}
	return nil, fmt.Errorf("format %q is not one of %s%s", format, strings.Join(DetectionFormats(), ", "), hint)
}

// jsonDetections writes each occurrence as it comes, as JSON on a line of its own. Archived ones are among them, with the
// exception's ID.
type jsonDetections struct {
	w io.Writer
	o Options
}

// Detection implements [DetectionHandler].
func (h *jsonDetections) Detection(d *finding.Detection, _ *finding.Threat) error {
	if d.Severity < h.o.MinSeverity {
		return nil
	}
	one := *d
	one.Title = h.o.title(d)
	return writeLine(h.w, &one)
}

// Done implements [DetectionHandler].
func (h *jsonDetections) Done(*Detections) error { return nil }

// guardDutyDetections writes each finding as GuardDuty hands its own to EventBridge in the member detail, a JSON object
// on each line. As there, what exceptions archived is not among them, unless all is asked for.
type guardDutyDetections struct {
	w io.Writer
	o Options
}

// Detection implements [DetectionHandler].
func (h *guardDutyDetections) Detection(_ *finding.Detection, t *finding.Threat) error {
	if h.o.Live == nil {
		return nil
	}
	return h.o.line(h.w, t, h.of(h.o.Live.Identity))
}

// Done implements [DetectionHandler].
func (h *guardDutyDetections) Done(d *Detections) error {
	return eachLine(h.w, d, h.o, h.of(d.Identity))
}

// of gives what makes the line of a finding.
func (h *guardDutyDetections) of(identity finding.GuardDutyIdentity) func(*finding.Threat) any {
	return func(t *finding.Threat) any {
		if t.IsArchived() && !h.o.All {
			return nil
		}
		f := t.GuardDuty(identity)
		f.Title = h.o.title(&t.Detection)
		f.Description = t.Told().In(h.o.Lang)
		return f
	}
}

// title is what a detection is called.
func (o Options) title(d *finding.Detection) string {
	if title := d.Text.In(o.Lang); title != "" {
		return title
	}
	if title := o.texts(d.Type).Title.In(o.Lang); title != "" {
		return title
	}
	return d.Title
}

// eachLine writes a line for each finding that is urgent enough, and for which there is something to write. Of a run that
// is live they were written as they came.
func eachLine(w io.Writer, d *Detections, o Options, of func(*finding.Threat) any) error {
	if o.Live != nil {
		return nil
	}
	for i := range d.Threats {
		if err := o.line(w, &d.Threats[i], of); err != nil {
			return err
		}
	}
	return nil
}

// line writes the line of one finding, where it is urgent enough and there is something to write.
func (o Options) line(w io.Writer, t *finding.Threat, of func(*finding.Threat) any) error {
	if t.Severity < o.MinSeverity {
		return nil
	}
	line := of(t)
	if line == nil {
		return nil
	}
	return writeLine(w, line)
}

// writeLine writes JSON on one line, in one call of the writer, so that whoever follows the output sees it at once.
func writeLine(w io.Writer, v any) error {
	var line bytes.Buffer
	enc := json.NewEncoder(&line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("encode detection: %w", err)
	}
	text := bytes.TrimSuffix(line.Bytes(), []byte("\n"))
	if _, err := w.Write(append(slices.Clip(escapeControls(text)), '\n')); err != nil {
		return fmt.Errorf("write detection: %w", err)
	}
	return nil
}
