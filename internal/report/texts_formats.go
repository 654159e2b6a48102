package report

import "github.com/merlonsec/merlon/internal/lang"

// The texts of SARIF, OCSF, Markdown, JUnit and GitHub that the table does not have.

// Of SARIF.
var (
	// sarifWhat takes the title of a trait and the name of a resource.
	sarifWhat = lang.Text{EN: "%[1]s: %[2]s.", ES: "%[1]s: %[2]s.", PT: "%[1]s: %[2]s."}
	// sarifPart takes a severity, and what the exposure gives away.
	sarifPart = lang.Text{
		EN: "Part of an exposure of severity %[1]s (%[2]s).",
		ES: "Forma parte de una exposición de gravedad %[1]s (%[2]s).",
		PT: "Faz parte de uma exposição de gravidade %[1]s (%[2]s).",
	}
	// sarifPath takes the names of the places on an attack path.
	sarifPath    = lang.Text{EN: "Attack path: %s.", ES: "Ruta de ataque: %s.", PT: "Caminho de ataque: %s."}
	sarifContext = lang.Text{
		EN: "It adds to an exposure of severity %s.",
		ES: "Se suma a una exposición de gravedad %s.",
		PT: "Soma-se a uma exposição de gravidade %s.",
	}
	// sarifSuppressed takes a trait, a resource and an exception.
	sarifSuppressed = lang.Text{
		EN: "%[1]s: %[2]s. The exception %[3]s takes it out.",
		ES: "%[1]s: %[2]s. La excepción %[3]s la omite.",
		PT: "%[1]s: %[2]s. A exceção %[3]s a omite.",
	}
	sarifRoot = lang.Text{
		EN: "The folder that Merlon ran in.",
		ES: "La carpeta en la que se ejecutó Merlon.",
		PT: "A pasta em que o Merlon foi executado.",
	}
	sarifPossible = lang.Text{EN: "possible", ES: "posible", PT: "possível"}
	sarifLeftOut  = lang.Text{EN: "Left out", ES: "Omitido", PT: "Omitido"}
	sarifLeft     = plural{lang.Text{
		EN: "%s result of lesser severity is left out, because GitHub takes no more than 25,000; --all gives it",
		ES: "se omitió %s resultado de menor gravedad, porque GitHub no admite más de 25.000; --all lo incluye",
		PT: "%s resultado de menor gravidade foi omitido, porque o GitHub não aceita mais de 25.000; --all o inclui",
	}, lang.Text{
		EN: "%s results of lesser severity are left out, because GitHub takes no more than 25,000; --all gives them",
		ES: "se omitieron %s resultados de menor gravedad, porque GitHub no admite más de 25.000; --all los incluye",
		PT: "%s resultados de menor gravidade foram omitidos, porque o GitHub não aceita mais de 25.000; --all os inclui",
	}}
)

// Of the others.
var (
	githubLeft = plural{lang.Text{
		EN: "%s exposure has no annotation, because GitHub shows 10 of each kind; --all writes it",
		ES: "%s exposición no tiene anotación, porque GitHub muestra 10 de cada tipo; --all la escribe",
		PT: "%s exposição não tem anotação, porque o GitHub mostra 10 de cada tipo; --all a escreve",
	}, lang.Text{
		EN: "%s exposures have no annotation, because GitHub shows 10 of each kind; --all writes them",
		ES: "%s exposiciones no tienen anotación, porque GitHub muestra 10 de cada tipo; --all las escribe",
		PT: "%s exposições não têm anotação, porque o GitHub mostra 10 de cada tipo; --all as escreve",
	}}
	junitSources     = lang.Text{EN: "sources", ES: "fuentes", PT: "fontes"}
	junitNoNamespace = lang.Text{EN: "(no namespace)", ES: "(sin espacio de nombres)", PT: "(sem namespace)"}
)

// Of Markdown.
var (
	markdownResource = lang.Text{EN: "Resource", ES: "Recurso", PT: "Recurso"}
	markdownContext  = lang.Text{EN: "context", ES: "contexto", PT: "contexto"}
	markdownAlike    = lang.Text{EN: "The same holds for", ES: "Lo mismo vale para", PT: "O mesmo vale para"}
)
