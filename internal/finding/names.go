package finding

import "github.com/merlonsec/merlon/internal/lang"

// Text names the severity as a person reads it.
func (s Severity) Text() lang.Text {
	return pick([]lang.Text{
		{EN: "informational", ES: "informativa", PT: "informativa"},
		{EN: "low", ES: "baja", PT: "baixa"},
		{EN: "medium", ES: "media", PT: "média"},
		{EN: "high", ES: "alta", PT: "alta"},
		{EN: "critical", ES: "crítica", PT: "crítica"},
	}, int(s))
}

// Text names the likelihood as a person reads it.
func (l Likelihood) Text() lang.Text {
	return pick([]lang.Text{
		{EN: "none", ES: "ninguna", PT: "nenhuma"},
		{EN: "low", ES: "baja", PT: "baixa"},
		{EN: "moderate", ES: "moderada", PT: "moderada"},
		{EN: "high", ES: "alta", PT: "alta"},
		{EN: "very high", ES: "muy alta", PT: "muito alta"},
	}, int(l))
}

// Text names the impact as a person reads it.
func (i Impact) Text() lang.Text {
	return pick([]lang.Text{
		{EN: "none", ES: "ninguno", PT: "nenhum"},
		{EN: "low", ES: "bajo", PT: "baixo"},
		{EN: "unknown", ES: "desconocido", PT: "desconhecido"},
		{EN: "medium", ES: "medio", PT: "médio"},
		{EN: "high", ES: "alto", PT: "alto"},
	}, int(i))
}

func pick(names []lang.Text, i int) lang.Text {
	if i < 0 || i >= len(names) {
		return lang.Text{}
	}
	return names[i]
}
