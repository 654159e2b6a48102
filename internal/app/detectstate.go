package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"

	"github.com/merlonsec/merlon/internal/collect/audit"
	"github.com/merlonsec/merlon/internal/finding"
)

// stateSchema names the form of a state file.
const stateSchema = "merlon/detect-state/v1"

// state is where a run over audit logs stopped, and all that it remembers; the findings follow it, as lines of JSON. What
// it remembers and where it stopped stand in one file, which is replaced whole, so that no event counts twice and none is
// left out.
type state struct {
	Schema    string           `json:"schema"`
	Positions []audit.Position `json:"positions"`
	Engine    json.RawMessage  `json:"engine"`
}

// save writes the state of the run, where it was asked for one.
func (w *watch) save() error {
	if w.d.State == "" {
		return nil
	}
	var engine bytes.Buffer
	if err := w.engine.Save(&engine); err != nil {
		return err
	}
	s := state{Schema: stateSchema, Positions: w.positions, Engine: engine.Bytes()}
	return writeWhole(w.d.State, func(out io.Writer) error {
		compressed, err := zstd.NewWriter(out, zstd.WithEncoderLevel(zstd.SpeedFastest))
		if err != nil {
			return err
		}
		err = json.NewEncoder(compressed).Encode(&s)
		if err == nil {
			err = w.threats.Save(compressed)
		}
		return errors.Join(err, compressed.Close())
	})
}

// resume takes over the state that an earlier run left, where there is one.
func (w *watch) resume() error {
	if w.d.State == "" {
		return nil
	}
	if info, err := os.Stat(w.d.State); err == nil && info.IsDir() {
		return fmt.Errorf("read state: %s is a folder; name a file", w.d.State)
	}
	if info, err := os.Stat(w.d.State); err == nil {
		w.lastRun = info.ModTime().UTC()
	}
	file, err := os.Open(w.d.State)
	if errors.Is(err, fs.ErrNotExist) {
		return checkPlace(w.d.State)
	}
	if err != nil {
		return fmt.Errorf("read state: %w", err)
	}
	err = errors.Join(w.load(file), file.Close())
	if err != nil {
		return fmt.Errorf("read state: %s: %w; remove the file to begin anew", w.d.State, err)
	}
	w.resumed, w.d.Logs.From = true, w.positions
	w.known = map[string]int{}
	for _, t := range w.threats.All() {
		w.known[t.FindingID] = t.Count
	}
	return nil
}

// since counts the findings that came since the earlier run, and those that went on.
func (w *watch) since(threats []finding.Threat) (fresh, wentOn int) {
	for i := range threats {
		t := &threats[i]
		before, known := w.known[t.FindingID]
		switch {
		case !w.resumed || t.IsArchived():
		case !known:
			fresh++
		case t.Count > before:
			wentOn++
		}
	}
	return fresh, wentOn
}

// checkPlace reports whether a state can be written where there is none yet: it is known before hours of reading, not after.
func checkPlace(path string) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		var place *fs.PathError
		if errors.As(err, &place) {
			err = place.Err
		}
		return fmt.Errorf("keep state in %s: %w; name a file in a folder that exists and that you may write to", path, err)
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

func (w *watch) load(in io.Reader) error {
	compressed, err := zstd.NewReader(in, zstd.WithDecoderMaxMemory(maxState))
	if err != nil {
		return errNoState
	}
	defer compressed.Close()
	var s state
	all := io.LimitReader(compressed, maxState)
	head := json.NewDecoder(all)
	if err := head.Decode(&s); err != nil {
		return errNoState
	}
	if s.Schema != stateSchema {
		return fmt.Errorf("it is of the form %q, and this Merlon reads %q", s.Schema, stateSchema)
	}
	w.positions = s.Positions
	if err := w.engine.Load(bytes.NewReader(s.Engine)); err != nil {
		return inWords(err)
	}
	if err := w.threats.Load(io.MultiReader(head.Buffered(), all)); err != nil {
		return inWords(err)
	}
	if _, err := io.Copy(io.Discard, all); err != nil { // At its end is a checksum of it all.
		return errDamagedState
	}
	return nil
}

// inWords keeps the words of an encoding out of what a user is told.
func inWords(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	ends := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if ends || errors.As(err, &syntax) || errors.As(err, &kind) || errors.Is(err, zstd.ErrCRCMismatch) {
		return errDamagedState
	}
	return err
}

var (
	errNoState      = errors.New("it is not a state of \"merlon detect\", or damaged")
	errDamagedState = errors.New("it is damaged: what it holds ends too early or was changed")
)

// maxState is how large a state may be, in bytes, without compression.
const maxState = 4 << 30
