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

// Text names the category as a person reads it.
func (c Category) Text() lang.Text {
	switch c {
	case Misconfiguration:
		return lang.Text{EN: "Misconfiguration", ES: "Configuración incorrecta", PT: "Configuração incorreta"}
	case Reachability:
		return lang.Text{EN: "Reachability", ES: "Accesibilidad de red", PT: "Acessibilidade de rede"}
	case Vulnerability:
		return lang.Text{EN: "Vulnerability", ES: "Vulnerabilidad", PT: "Vulnerabilidade"}
	case SensitiveData:
		return lang.Text{EN: "Sensitive data", ES: "Datos confidenciales", PT: "Dados confidenciais"}
	case Assumability:
		return lang.Text{EN: "Assumability", ES: "Identidades asumibles", PT: "Identidades assumíveis"}
	case CategoryImpact:
		return lang.Text{EN: "Impact", ES: "Impacto", PT: "Impacto"}
	}
	return lang.Text{EN: string(c), ES: string(c), PT: string(c)}
}

// Text names the role, and says what it means.
func (r Role) Text() lang.Text {
	if r == Contextual {
		return lang.Text{
			EN: "contextual: adds to an exposure",
			ES: "contextual: se suma a una exposición",
			PT: "contextual: soma-se a uma exposição",
		}
	}
	return lang.Text{
		EN: "contributing: makes an exposure",
		ES: "determinante: crea una exposición",
		PT: "determinante: cria uma exposição",
	}
}

// Text names the state as a person reads it.
func (s State) Text() lang.Text {
	switch s {
	case Present:
		return lang.Text{EN: "present", ES: "presente", PT: "presente"}
	case Unknown:
		return lang.Text{EN: "unknown", ES: "desconocido", PT: "desconhecido"}
	}
	return lang.Text{EN: "absent", ES: "ausente", PT: "ausente"}
}

func pick(names []lang.Text, i int) lang.Text {
	if i < 0 || i >= len(names) {
		return lang.Text{}
	}
	return names[i]
}
