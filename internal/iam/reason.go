package iam

import "github.com/merlonsec/merlon/internal/lang"

// Reason is why an answer is Unknown or Denied.
type Reason struct {
	Kind ReasonKind
	// Detail is what the kind is about: a condition key, an operator, a variable, a policy, a field.
	Detail string
}

// ReasonKind is one kind of reason.
type ReasonKind uint8

// The reasons.
const (
	NoReason ReasonKind = iota // The answer is Allowed.

	// Denied, because of
	DeniedByStatement // a statement that denies it.
	NotAllowed        // the identity policies, none of which allows it.
	OutsideBoundary   // the permissions boundary, which does not allow it.
	NotTrusted        // the trust policy, which does not allow it.
	NotARole          // the principal's being none that can be assumed.
	NoWayToAdminister // denials that leave no way to be an administrator after all.

	// Unknown, because of
	OpenCondition // a condition on a key whose value is not known: Detail.
	OpenOperator  // a condition operator that is not modelled: Detail.
	OpenVariable  // a policy variable whose value is not known: Detail.
	OpenARN       // the ARN of the principal, which is not known: Detail is its name.
	OpenPrincipal // an entry of Principal that may mean who asks: Detail.
	PolicyNotRead // a policy that was not read: Detail is its ARN or name.
	PolicyBroken  // a part of a policy that could not be read: Detail names policy, statement and field.
	NotListed     // something of the principal that could not be listed: Detail.
	TooComplex    // patterns that would take too long to compare.
)

// Text says the reason in a sentence, without its full stop.
func (r Reason) Text() lang.Text {
	if text, ok := r.denied(); ok {
		return text
	}
	return r.open()
}

func (r Reason) denied() (lang.Text, bool) {
	switch r.Kind {
	case NoReason:
		return lang.Text{}, true
	case DeniedByStatement:
		return lang.Text{
			EN: "a statement denies it",
			ES: "una instrucción lo deniega",
			PT: "uma declaração nega isso",
		}, true
	case NotAllowed:
		return lang.Text{
			EN: "no statement of the identity policies allows it",
			ES: "ninguna instrucción de las políticas basadas en identidad lo permite",
			PT: "nenhuma declaração das políticas baseadas em identidade permite isso",
		}, true
	case OutsideBoundary:
		return lang.Text{
			EN: "no statement of the permissions boundary allows it",
			ES: "ninguna instrucción del límite de permisos lo permite",
			PT: "nenhuma declaração do limite de permissões permite isso",
		}, true
	case NotTrusted:
		return lang.Text{
			EN: "no statement of the trust policy allows it",
			ES: "ninguna instrucción de la política de confianza lo permite",
			PT: "nenhuma declaração da política de confiança permite isso",
		}, true
	case NotARole:
		return lang.Text{
			EN: "only roles can be assumed",
			ES: "solo los roles se pueden asumir",
			PT: "somente perfis podem ser assumidos",
		}, true
	case NoWayToAdminister:
		return lang.Text{
			EN: "what is denied leaves it no way to change its own permissions",
			ES: "lo que se deniega no le deja ninguna forma de cambiar sus propios permisos",
			PT: "o que é negado não lhe deixa nenhuma forma de alterar suas próprias permissões",
		}, true
	default:
		return lang.Text{}, false
	}
}

func (r Reason) open() lang.Text {
	var text lang.Text
	switch r.Kind {
	case OpenCondition:
		text = lang.Text{
			EN: "it depends on the condition key `%s`, whose value is not known",
			ES: "depende de la clave de condición `%s`, cuyo valor no se conoce",
			PT: "depende da chave de condição `%s`, cujo valor não é conhecido",
		}
	case OpenOperator:
		text = lang.Text{
			EN: "it depends on the condition operator `%s`, which Merlon does not evaluate",
			ES: "depende del operador de condición `%s`, que Merlon no evalúa",
			PT: "depende do operador de condição `%s`, que o Merlon não avalia",
		}
	case OpenVariable:
		text = lang.Text{
			EN: "it depends on the policy variable `%s`, whose value is not known",
			ES: "depende de la variable de política `%s`, cuyo valor no se conoce",
			PT: "depende da variável de política `%s`, cujo valor não é conhecido",
		}
	case OpenARN:
		text = lang.Text{
			EN: "it depends on the ARN of `%s`, which is not known",
			ES: "depende del ARN de `%s`, que no se conoce",
			PT: "depende do ARN de `%s`, que não é conhecido",
		}
	case OpenPrincipal:
		text = lang.Text{
			EN: "it is not certain that the trust policy's principal `%s` includes who asks",
			ES: "no es seguro que la entidad principal `%s` de la política de confianza incluya a quien lo pide",
			PT: "não é certo que a entidade principal `%s` da política de confiança inclua quem pede",
		}
	case PolicyNotRead:
		text = lang.Text{
			EN: "the policy `%s` was not read",
			ES: "no se leyó la política `%s`",
			PT: "a política `%s` não foi lida",
		}
	case PolicyBroken:
		text = lang.Text{
			EN: "a part of a policy could not be read: %s",
			ES: "no se pudo leer una parte de una política: %s",
			PT: "não foi possível ler uma parte de uma política: %s",
		}
	case NotListed:
		text = lang.Text{
			EN: "this could not be listed: %s",
			ES: "no se pudo obtener la lista de: %s",
			PT: "não foi possível obter a lista de: %s",
		}
	default:
		return lang.Text{
			EN: "its patterns are too complex to compare",
			ES: "sus patrones son demasiado complejos para compararlos",
			PT: "seus padrões são complexos demais para comparar",
		}
	}
	return text.Format(r.Detail)
}
