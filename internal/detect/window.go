package detect

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// window is what a rule that counts remembers of one group of actions: the latest, as many as it needs.
type window struct {
	Hits []hit `json:"hits"`
}

// hit is one action that counts: when it came, and the value in which it must differ from others.
type hit struct {
	At    int64  `json:"at"`
	Value string `json:"value,omitempty"`
	// Sum tells values apart that are shown alike, as they were cut or a secret was taken out; 0 where the value is whole.
	Sum uint64 `json:"sum,omitempty"`
}

// windowLimit is how many groups a generation of a rule's windows holds, and valueLimit how long a value is kept.
const (
	windowLimit = 1 << 13
	valueLimit  = 128
)

// count takes an action into its window, and gives what was counted when there are enough; the window is empty then.
func count(windows *generations[window], c *rule.Counting, key []byte, a *rule.Action, now int64) *finding.Window {
	within := int64(c.Within)
	windows.expire(now, within)
	w, _ := windows.get(key)
	w.prune(now, within)
	h := hit{At: now}
	if c.Distinct != nil {
		h.setValue(c.Distinct.Of(a))
	}
	w.add(h, c.Distinct != nil)
	if len(w.Hits) < c.Least {
		windows.put(string(key), w)
		return nil
	}
	windows.put(string(key), window{})
	return w.counted(c)
}

// prune drops the hits that are further away than a time, either way: a clock may have been set back.
func (w *window) prune(now, within int64) {
	kept := w.Hits[:0:0]
	for _, h := range w.Hits {
		if now-h.At <= within && h.At-now <= within {
			kept = append(kept, h)
		}
	}
	w.Hits = kept
}

// add appends a hit; one with the value of another takes its place where values must differ.
func (w *window) add(h hit, distinct bool) {
	if distinct {
		for i := range w.Hits {
			if w.Hits[i].Value == h.Value && w.Hits[i].Sum == h.Sum {
				w.Hits[i].At = max(w.Hits[i].At, h.At)
				return
			}
		}
	}
	w.Hits = append(w.Hits, h)
}

// counted says what is in a full window.
func (w *window) counted(c *rule.Counting) *finding.Window {
	const shown = 5
	result := &finding.Window{Count: len(w.Hits), Within: finding.Seconds(c.Within / time.Second)}
	first := w.Hits[0].At
	for _, h := range w.Hits {
		first = min(first, h.At)
		if c.Distinct != nil && len(result.Examples) < shown {
			result.Examples = append(result.Examples, h.Value)
		}
	}
	if c.Distinct != nil {
		result.Of = c.Distinct.Name
	}
	result.First = time.Unix(0, first).UTC()
	return result
}

// setValue keeps of a value what may be shown, in memory of its own.
func (h *hit) setValue(value string) {
	h.Value = strings.Clone(cut(masked(strings.ToValidUTF8(value, "\uFFFD")), valueLimit)) // A checkpoint is JSON.
	if h.Value != value {
		sum := sha256.Sum256([]byte(value))
		h.Sum = binary.BigEndian.Uint64(sum[:])
	}
}
