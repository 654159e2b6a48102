package celrule

import (
	"errors"
	"regexp"

	"cel.dev/cel-go/interpreter"

	"github.com/merlonsec/merlon/internal/lang"
)

// explain says why a condition is not known.
func explain(name string, err error) *lang.Text {
	var cancelled interpreter.EvalCancelledError
	var reason reasonError
	text := lang.Text{
		EN: "condition %q cannot be decided: %s",
		ES: "no se puede decidir la condición %q: %s",
		PT: "não é possível decidir a condição %q: %s",
	}
	switch {
	case errors.As(err, &cancelled), errors.Is(err, errTooLarge):
		text = lang.Text{
			EN: "condition %q passed the cost limit and was stopped",
			ES: "la condición %q superó el límite de coste y se detuvo",
			PT: "a condição %q passou do limite de custo e foi interrompida",
		}.Format(name)
	case errors.As(err, &reason):
		text = lang.Text{EN: string(reason)}
	case errors.Is(err, errHidden):
		text = lang.Text{
			EN: "condition %q asks for a value that was taken out, as it may be a secret's",
			ES: "la condición %q pide un valor que se quitó, pues puede ser el de un secreto",
			PT: "a condição %q pede um valor que foi retirado, pois pode ser o de um segredo",
		}.Format(name)
	case missingKey.MatchString(err.Error()):
		text = lang.Text{
			EN: "condition %q asks for a field %q that is not set; guard it with has()",
			ES: "la condición %q pide un campo %q que no está definido; compruébelo antes con has()",
			PT: "a condição %q pede um campo %q que não está definido; verifique-o antes com has()",
		}.Format(name, missingKey.FindStringSubmatch(err.Error())[1])
	default:
		text = text.Format(name, firstLine(err.Error()))
	}
	return &text
}

var missingKey = regexp.MustCompile(`^no such key: (\S+)`)
