package report

import (
	"io"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ExplainRule writes what a rule looks for, why it matters, how to fix it, and its examples. Its error is
// that of the writer.
func ExplainRule(w io.Writer, r *rule.Rule, o Options) error {
	x := &explanation{table: &table{page: newPage(w, o), o: o}}
	x.para(nil, styled(bold, clean(r.Title.In(o.Lang))))
	weight := r.Weight()
	facts := []string{clean(r.ID), x.say(r.Category.Text()), x.say(weight.Role.Text())}
	if weight.Likelihood > 0 && weight.Impact > finding.ImpactNone {
		facts = append(facts, glued(x.say(explainMatrix, weight.Likelihood.Text(), weight.Impact.Text())))
	}
	x.para(nil, styled(dim, strings.Join(facts, dot)))
	x.blank()
	x.block(whyLabel, r.Why.In(o.Lang))
	x.blank()
	x.block(fixLabel, r.Fix.In(o.Lang))
	for _, kind := range weight.Opens {
		if m, ok := kind.Meaning(); ok {
			x.blank()
			x.labelled(opensLabel, text(x.say(m.Why)), styled(dim, " ("+string(kind)+")"))
		}
	}
	x.blank()
	x.conditions(r)
	for _, ref := range r.References {
		x.para(indent(under), text(clean(ref.Source+" "+ref.ID)+gap), styled(dim, clean(ref.URL)))
	}
	for _, e := range r.Examples {
		x.blank()
		x.labelled(exampleLabel, text(clean(e.Name)), styled(dim, " → "+x.say(e.Want.Text())))
		for _, line := range cleanLines(e.Input) {
			x.code(under+2, line)
		}
	}
	return x.close()
}

// conditions lists what has to hold: by name, and as it is written where that is not in Go.
func (x *explanation) conditions(r *rule.Rule) {
	names := r.Check.Conditions()
	x.labelled(conditionsLabel, text(clean(strings.Join(names, ", "))))
	for _, name := range names {
		expression := r.Check.Expression(name)
		if expression == "" {
			continue
		}
		for i, line := range cleanLines(expression) {
			if i == 0 {
				line = clean(name) + ": " + line
			}
			x.code(under+2, line)
		}
	}
}

var (
	opensLabel      = lang.Text{EN: "Opens", ES: "Abre", PT: "Abre"}
	conditionsLabel = lang.Text{EN: "Conditions", ES: "Condiciones", PT: "Condições"}
	exampleLabel    = lang.Text{EN: "Example", ES: "Ejemplo", PT: "Exemplo"}
)
