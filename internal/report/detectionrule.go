package report

import (
	"io"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ExplainDetection writes what a rule over the audit stream looks for, why it matters, what to do, and its examples. Its
// error is that of the writer.
func ExplainDetection(w io.Writer, r *rule.Detection, o Options) error {
	x := &explanation{table: &table{page: newPage(w, o), o: o}}
	x.para(nil, styled(bold, clean(r.Title.In(o.Lang))))
	facts := []string{clean(r.Type), x.say(r.Severity.Text())}
	if r.Origin == rule.Ours {
		facts = append(facts, x.say(ownType))
	}
	x.para(nil, styled(dim, strings.Join(facts, dot)))
	x.blank()
	x.block(whyLabel, r.Why.In(o.Lang))
	x.blank()
	x.block(fixLabel, r.Fix.In(o.Lang))
	x.blank()
	var names []string
	for _, c := range r.Where {
		names = append(names, c.Name)
	}
	if len(names) > 0 {
		slices.Sort(names)
		x.para(indent(under), text(x.say(whatConditionsAre)))
		x.labelled(conditionsLabel, text(clean(strings.Join(names, ", "))))
	}
	for _, ref := range r.References {
		x.para(indent(under), text(clean(ref.Source+" "+ref.ID)+gap), styled(dim, clean(ref.URL)))
	}
	for _, e := range r.Examples {
		x.blank()
		x.labelled(exampleLabel, text(clean(e.Name)), styled(dim, " → "+x.say(e.Want.Text())))
	}
	if o.Lang != lang.EN && len(r.Examples) > 0 {
		x.blank()
		x.para(nil, styled(dim, x.say(examplesInEnglish)))
	}
	return x.close()
}

var whatConditionsAre = lang.Text{
	EN: "A condition is one test of a request, under a short name. A request is found if it passes all of them.",
	ES: "Una condición es una comprobación de la solicitud, con un nombre corto. Se detecta la solicitud que las cumple todas.",
	PT: "Uma condição é uma verificação da solicitação, com um nome curto. É detectada a solicitação que cumpre todas.",
}

// examplesInEnglish is said to readers of other languages.
var examplesInEnglish = lang.Text{
	EN: "The titles of the examples are in English.",
	ES: "Los títulos de los ejemplos están en inglés.",
	PT: "Os títulos dos exemplos estão em inglês.",
}

var ownType = lang.Text{EN: "a type of Merlon's own", ES: "tipo propio de Merlon", PT: "tipo próprio do Merlon"}
