package report

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
)

// What the outputs for people say of a baseline.

var (
	sinceHead = lang.Text{
		EN: "Since the baseline: %s.",
		ES: "Desde la línea base: %s.",
		PT: "Desde a linha de base: %s.",
	}
	sinceOnly = lang.Text{
		EN: "Only what is new or graver is listed and counted here.",
		ES: "Aquí solo se muestra y se cuenta lo nuevo o más grave.",
		PT: "Aqui só se mostra e se conta o que é novo ou mais grave.",
	}
	sinceNew = plural{
		lang.Text{EN: "%s new", ES: "%s nueva", PT: "%s nova"},
		lang.Text{EN: "%s new", ES: "%s nuevas", PT: "%s novas"},
	}
	sinceGraver = plural{
		lang.Text{EN: "%s graver", ES: "%s más grave", PT: "%s mais grave"},
		lang.Text{EN: "%s graver", ES: "%s más graves", PT: "%s mais graves"},
	}
	sinceMilder = plural{
		lang.Text{EN: "%s milder", ES: "%s menos grave", PT: "%s menos grave"},
		lang.Text{EN: "%s milder", ES: "%s menos graves", PT: "%s menos graves"},
	}
	sinceGone = plural{
		lang.Text{EN: "%s no longer there", ES: "%s ya no está", PT: "%s não está mais lá"},
		lang.Text{EN: "%s no longer there", ES: "%s ya no están", PT: "%s não estão mais lá"},
	}
	sinceSame = plural{
		lang.Text{EN: "%s unchanged", ES: "%s sin cambios", PT: "%s sem mudanças"},
		lang.Text{EN: "%s unchanged", ES: "%s sin cambios", PT: "%s sem mudanças"},
	}
	sinceNothing = lang.Text{EN: "nothing to compare", ES: "nada que comparar", PT: "nada a comparar"}

	changedNew   = lang.Text{EN: "new", ES: "nueva", PT: "nova"}
	changedTrait = lang.Text{EN: "has a new trait", ES: "tiene una característica nueva", PT: "tem uma característica nova"}
	// changedFrom takes the severity before.
	changedFrom = lang.Text{EN: "was %s", ES: "era %s", PT: "era %s"}
)

// sinceBaseline says how a scan differs from the one before; empty where it was compared with none.
func (t *table) sinceBaseline() string {
	d := t.scan.SinceBaseline
	if d == nil {
		return ""
	}
	var parts []string
	for _, c := range []struct {
		noun plural
		n    int
	}{{sinceNew, d.New}, {sinceGraver, d.Graver}, {sinceMilder, d.Milder}, {sinceGone, d.Gone}, {sinceSame, d.Same}} {
		if c.n > 0 {
			parts = append(parts, t.count(c.noun, c.n))
		}
	}
	if len(parts) == 0 {
		parts = []string{t.say(sinceNothing)}
	}
	return t.say(sinceHead, strings.Join(parts, ", "))
}

// changed says what became of an exposure since the baseline; empty where there is none.
func (t *table) changed(it *item) string {
	switch {
	case it.Change == finding.ChangeNew:
		return t.say(changedNew)
	case it.Change != finding.ChangeGraver:
		return ""
	case it.SeverityBefore != nil && *it.SeverityBefore < it.Severity:
		return t.say(changedFrom, it.SeverityBefore.Text())
	}
	return t.say(changedTrait)
}

// bracketed puts a remark behind what it is about.
func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}
