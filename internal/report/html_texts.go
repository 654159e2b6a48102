package report

import "github.com/merlonsec/merlon/internal/lang"

// What the page says beyond the table.
var (
	htmlTitle        = lang.Text{EN: "Exposures in %s", ES: "Exposiciones en %s", PT: "Exposições em %s"}
	htmlComplete     = lang.Text{EN: "read in full", ES: "leída por completo", PT: "lida por completo"}
	htmlPathPossible = lang.Text{
		EN: "possible: what was read does not settle the dashed steps",
		ES: "posible: lo que se leyó no basta para confirmar los pasos en línea discontinua",
		PT: "possível: o que foi lido não basta para confirmar os passos tracejados",
	}
	htmlLate = lang.Text{
		EN: "These are the first %s of %s exposures; to show the others, the page needs JavaScript.",
		ES: "Estas son las primeras %s de %s exposiciones; para mostrar las demás, la página necesita JavaScript.",
		PT: "Estas são as primeiras %s de %s exposições; para mostrar as demais, a página precisa de JavaScript.",
	}
)

// htmlWords are the texts that the template names.
func htmlWords() map[string]lang.Text {
	return map[string]lang.Text{
		"skip":       {EN: "Skip to the exposures", ES: "Ir a las exposiciones", PT: "Ir para as exposições"},
		"theme":      {EN: "Dark or light", ES: "Oscuro o claro", PT: "Escuro ou claro"},
		"print":      {EN: "Print", ES: "Imprimir", PT: "Imprimir"},
		"contents":   {EN: "Contents", ES: "Contenido", PT: "Conteúdo"},
		"now":        {EN: "now", ES: "ahora", PT: "agora"},
		"exposures":  {EN: "Exposures", ES: "Exposiciones", PT: "Exposições"},
		"filters":    {EN: "Search and filter", ES: "Buscar y filtrar", PT: "Buscar e filtrar"},
		"search":     {EN: "Search by name, file or trait", ES: "Buscar por nombre, archivo o característica", PT: "Buscar por nome, arquivo ou característica"},
		"hint":       {EN: "Name, file or trait", ES: "Nombre, archivo o característica", PT: "Nome, arquivo ou característica"},
		"namespace":  {EN: "Namespace", ES: "Espacio de nombres", PT: "Namespace"},
		"space":      {EN: "Namespace or cluster", ES: "Espacio de nombres o clúster", PT: "Namespace ou cluster"},
		"spaces":     {EN: "All namespaces and clusters", ES: "Todos los espacios de nombres y clústeres", PT: "Todos os namespaces e clusters"},
		"namespaces": {EN: "All namespaces", ES: "Todos los espacios de nombres", PT: "Todos os namespaces"},
		"trait":      {EN: "Trait", ES: "Característica", PT: "Característica"},
		"traits":     {EN: "All traits", ES: "Todas las características", PT: "Todas as características"},
		"severity":   {EN: "Severity", ES: "Gravedad", PT: "Gravidade"},
		"clear":      {EN: "Clear", ES: "Limpiar", PT: "Limpar"},
		"none":       {EN: "No exposure matches.", ES: "Ninguna exposición coincide.", PT: "Nenhuma exposição corresponde."},
		"more":       {EN: "Show more", ES: "Mostrar más", PT: "Mostrar mais"},
		"guide":      {EN: "Why, and how to fix it", ES: "Por qué y cómo corregirlo", PT: "Por quê e como corrigir"},
		"guides":     {EN: "Why, and how to fix", ES: "Por qué y cómo corregir", PT: "Por quê e como corrigir"},
		"guidesNote": {EN: "each trait that was found, once", ES: "cada característica encontrada, una sola vez", PT: "cada característica encontrada, uma só vez"},
		"find":       {EN: "Show the exposures with it", ES: "Mostrar las exposiciones con ella", PT: "Mostrar as exposições com ela"},
		"possible":   {EN: "possible", ES: "posible", PT: "possível"},
		"target":     {EN: "target", ES: "objetivo", PT: "alvo"},
		"step":       {EN: "leads to", ES: "lleva a", PT: "leva a"},
		"about":      {EN: "About this scan", ES: "Acerca de este análisis", PT: "Sobre esta análise"},
		"made":       {EN: "Made by", ES: "Generado por", PT: "Gerado por"},
		"at":         {EN: "Scanned at", ES: "Fecha del análisis", PT: "Data da análise"},
		"sources":    {EN: "Sources", ES: "Fuentes", PT: "Fontes"},
		"resources":  {EN: "Resources", ES: "Recursos", PT: "Recursos"},
		"offline":    {EN: "This file loads nothing from the network.", ES: "Este archivo no carga nada de la red.", PT: "Este arquivo não carrega nada da rede."},
		"link":       {EN: "Link to this exposure", ES: "Enlace a esta exposición", PT: "Link para esta exposição"},

		"plan": planHeading, "platform": platformHeading, "platformNote": platformNote, "unknown": unknownHeading, "unknownNote": unknownNote,
		"unread": sourcesHeading, "exceptions": exceptionsHeading, "alone": aloneHeading, "aloneNote": aloneNote,
		"paths": pathsHeading, "pathsNone": pathsNone, "makes": traitsHeading, "context": contextHeading, "contextNote": contextNote,
		"without": withoutLabel, "why": whyLabel, "fix": fixLabel, "aboutHeading": aboutHeading, "beneath": beneathHeading,
		"references": referencesHeading,
	}
}

// htmlScriptWords are the texts that the script shows. It puts numbers into the braces.
func htmlScriptWords() map[string]lang.Text {
	words := htmlWords()
	return map[string]lang.Text{
		"more": words["more"],
		"count": {
			EN: "{n} of {all} shown",
			ES: "Se muestran {n} de {all}",
			PT: "{n} de {all} em exibição",
		},
		"part": {EN: "{n} of {all}", ES: "{n} de {all}", PT: "{n} de {all}"},
		"copy": {EN: "Copy", ES: "Copiar", PT: "Copiar"},
		"copied": {
			EN: "Copied", ES: "Copiado", PT: "Copiado",
		},
		"unpack": {
			EN: "This browser cannot unpack the details; a newer one can.",
			ES: "Este navegador no puede descomprimir los detalles; uno más reciente sí.",
			PT: "Este navegador não consegue descompactar os detalhes; um mais recente consegue.",
		},
	}
}
