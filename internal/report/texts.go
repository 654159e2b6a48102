package report

import "github.com/merlonsec/merlon/internal/lang"

// The texts of the outputs for people. Those of rules, edges and severities come from where those are
// declared.

// Things that are counted.
var (
	nResources = plural{
		lang.Text{EN: "%s resource", ES: "%s recurso", PT: "%s recurso"},
		lang.Text{EN: "%s resources", ES: "%s recursos", PT: "%s recursos"},
	}
	nWorkloads = plural{
		lang.Text{EN: "%s workload", ES: "%s carga de trabajo", PT: "%s carga de trabalho"},
		lang.Text{EN: "%s workloads", ES: "%s cargas de trabajo", PT: "%s cargas de trabalho"},
	}
	nServices = plural{
		lang.Text{EN: "%s service", ES: "%s servicio", PT: "%s serviço"},
		lang.Text{EN: "%s services", ES: "%s servicios", PT: "%s serviços"},
	}
	nClusters = plural{
		lang.Text{EN: "%s cluster", ES: "%s clúster", PT: "%s cluster"},
		lang.Text{EN: "%s clusters", ES: "%s clústeres", PT: "%s clusters"},
	}
	nAccounts = plural{
		lang.Text{EN: "%s AWS account", ES: "%s cuenta de AWS", PT: "%s conta da AWS"},
		lang.Text{EN: "%s AWS accounts", ES: "%s cuentas de AWS", PT: "%s contas da AWS"},
	}
	nRegions = plural{
		lang.Text{EN: "%s Region", ES: "%s región", PT: "%s região"},
		lang.Text{EN: "%s Regions", ES: "%s regiones", PT: "%s regiões"},
	}
	nSources = plural{
		lang.Text{EN: "%s source", ES: "%s fuente", PT: "%s fonte"},
		lang.Text{EN: "%s sources", ES: "%s fuentes", PT: "%s fontes"},
	}
	nRules = plural{
		lang.Text{EN: "%s rule", ES: "%s regla", PT: "%s regra"},
		lang.Text{EN: "%s rules", ES: "%s reglas", PT: "%s regras"},
	}
	// nSeverity counts exposures of one severity, least first.
	nSeverity = []plural{
		{lang.Text{EN: "%s informational", ES: "%s informativa", PT: "%s informativa"}, lang.Text{EN: "%s informational", ES: "%s informativas", PT: "%s informativas"}},
		{lang.Text{EN: "%s low", ES: "%s baja", PT: "%s baixa"}, lang.Text{EN: "%s low", ES: "%s bajas", PT: "%s baixas"}},
		{lang.Text{EN: "%s medium", ES: "%s media", PT: "%s média"}, lang.Text{EN: "%s medium", ES: "%s medias", PT: "%s médias"}},
		{lang.Text{EN: "%s high", ES: "%s alta", PT: "%s alta"}, lang.Text{EN: "%s high", ES: "%s altas", PT: "%s altas"}},
		{lang.Text{EN: "%s critical", ES: "%s crítica", PT: "%s crítica"}, lang.Text{EN: "%s critical", ES: "%s críticas", PT: "%s críticas"}},
	}
)

// The rest of the headline.
var (
	headReach = lang.Text{
		EN: "Reached from the internet: %s.",
		ES: "Accesibles desde internet: %s.",
		PT: "Acessíveis pela internet: %s.",
	}
	headReachUnknown = lang.Text{
		EN: "Reached from the internet: not known.",
		ES: "Accesibles desde internet: sin determinar.",
		PT: "Acessíveis pela internet: sem informação.",
	}
	reachedProven  = lang.Text{EN: "%s for certain", ES: "%s con certeza", PT: "%s com certeza"}
	reachedMaybe   = lang.Text{EN: "%s possibly", ES: "%s posiblemente", PT: "%s possivelmente"}
	reachedUnknown = lang.Text{EN: "%s not known", ES: "%s sin determinar", PT: "%s sem informação"}
	headPlatform   = plural{lang.Text{
		EN: "%s platform component is counted apart, further down.",
		ES: "%s componente de la plataforma se cuenta aparte, más abajo.",
		PT: "%s componente da plataforma é contado à parte, mais abaixo.",
	}, lang.Text{
		EN: "%s platform components are counted apart, further down.",
		ES: "%s componentes de la plataforma se cuentan aparte, más abajo.",
		PT: "%s componentes da plataforma são contados à parte, mais abaixo.",
	}}
	headRedeclared = plural{lang.Text{
		EN: "%s object is declared again: only the last declaration counts; see the end.",
		ES: "%s objeto está declarado más de una vez: solo cuenta la última declaración; vea el final.",
		PT: "%s objeto está declarado mais de uma vez: só conta a última declaração; veja o final.",
	}, lang.Text{
		EN: "%s objects are declared again: only the last declaration of each counts; see the end.",
		ES: "%s objetos están declarados más de una vez: solo cuenta la última declaración de cada uno; vea el final.",
		PT: "%s objetos estão declarados mais de uma vez: só conta a última declaração de cada um; veja o final.",
	}}
	headUnknown = lang.Text{
		EN: "Not everything could be assessed: %s; see the end.",
		ES: "Sin evaluar: %s; los detalles están al final.",
		PT: "Sem avaliação: %s; os detalhes estão no final.",
	}
)

// A scan without exposures.
var (
	emptyNothingRead = lang.Text{
		EN: "No resource was read, so there was nothing to assess.",
		ES: "No se leyó ningún recurso, así que no había nada que evaluar.",
		PT: "Nenhum recurso foi lido, portanto não havia nada a avaliar.",
	}
	emptyFound = plural{lang.Text{
		EN: "No exposure was found in %s resource.",
		ES: "No se encontró ninguna exposición en %s recurso.",
		PT: "Nenhuma exposição foi encontrada em %s recurso.",
	}, lang.Text{
		EN: "No exposures were found in %s resources.",
		ES: "No se encontró ninguna exposición en %s recursos.",
		PT: "Nenhuma exposição foi encontrada em %s recursos.",
	}}
	emptyFoundPart = plural{lang.Text{
		EN: "No exposure was found in what could be read: %s resource.",
		ES: "No se encontró ninguna exposición en lo que se pudo leer: %s recurso.",
		PT: "Nenhuma exposição foi encontrada no que pôde ser lido: %s recurso.",
	}, lang.Text{
		EN: "No exposures were found in what could be read: %s resources.",
		ES: "No se encontró ninguna exposición en lo que se pudo leer: %s recursos.",
		PT: "Nenhuma exposição foi encontrada no que pôde ser lido: %s recursos.",
	}}
	emptyNoRule = lang.Text{
		EN: "Nothing could be assessed: no rule looks at a resource of any kind that was read.",
		ES: "No se pudo evaluar nada: ninguna regla examina los tipos de recurso que se leyeron.",
		PT: "Nada pôde ser avaliado: nenhuma regra examina os tipos de recurso que foram lidos.",
	}
	emptyRead   = lang.Text{EN: "What was read: %s", ES: "Lo que se leyó: %s", PT: "O que foi lido: %s"}
	emptyNotNew = lang.Text{
		EN: "No exposure is new or graver since the baseline.",
		ES: "Ninguna exposición es nueva ni más grave desde la línea base.",
		PT: "Nenhuma exposição é nova ou mais grave desde a linha de base.",
	}
	emptyLooked  = lang.Text{EN: "What was looked at: %s", ES: "Lo que se examinó: %s", PT: "O que foi examinado: %s"}
	emptyKnown   = lang.Text{EN: "Every rule that applies could be assessed.", ES: "Se pudieron evaluar todas las reglas aplicables.", PT: "Todas as regras aplicáveis puderam ser avaliadas."}
	emptyUnknown = lang.Text{
		EN: "That does not make it clean: what follows could not be assessed.",
		ES: "Eso no significa que esté limpio: lo siguiente no se pudo evaluar.",
		PT: "Isso não significa que esteja limpo: o que vem a seguir não pôde ser avaliado.",
	}
	emptyRest = lang.Text{
		EN: "That does not make it clean: the rest could not be assessed.",
		ES: "Eso no significa que esté limpio: el resto no se pudo evaluar.",
		PT: "Isso não significa que esteja limpo: o restante não pôde ser avaliado.",
	}
	emptyBesides = lang.Text{
		EN: "Outside the components of the platform, no exposures were found.",
		ES: "Fuera de los componentes de la plataforma no se encontró ninguna exposición.",
		PT: "Fora dos componentes da plataforma, nenhuma exposição foi encontrada.",
	}
)

// The plan.
var (
	planHeading = lang.Text{EN: "Fix first", ES: "Qué corregir primero", PT: "O que corrigir primeiro"}
	planCloses  = lang.Text{EN: "closes %s", ES: "cierra %s", PT: "fecha %s"}
	planLowers  = lang.Text{EN: "lowers %s", ES: "reduce %s", PT: "reduz %s"}
	planHelps   = lang.Text{
		EN: "lowers nothing by itself; the steps after it need it",
		ES: "por sí solo no reduce nada; los pasos siguientes lo necesitan",
		PT: "por si só não reduz nada; os passos seguintes precisam dele",
	}
	planLeft     = lang.Text{EN: "left: %s", ES: "por corregir: %s", PT: "a corrigir: %s"}
	planLeftNone = lang.Text{EN: "nothing left", ES: "no queda nada", PT: "não resta nada"}
	planMore     = plural{lang.Text{
		EN: "%s more step: --all",
		ES: "%s paso más: --all",
		PT: "Mais %s passo: --all",
	}, lang.Text{
		EN: "%s more steps: --all",
		ES: "%s pasos más: --all",
		PT: "Mais %s passos: --all",
	}}
)

// The list of exposures.
var (
	itemReached    = lang.Text{EN: "the internet reaches it", ES: "internet llega a este recurso", PT: "a internet chega a este recurso"}
	itemMayReach   = lang.Text{EN: "the internet may reach it", ES: "quizá internet llegue a este recurso", PT: "talvez a internet chegue a este recurso"}
	itemNotKnown   = lang.Text{EN: "reach not known", ES: "acceso externo sin determinar", PT: "acesso externo não determinado"}
	itemNode       = lang.Text{EN: "hands over its node", ES: "entrega su nodo", PT: "entrega seu nó"}
	itemMayNode    = lang.Text{EN: "may hand over its node", ES: "podría entregar su nodo", PT: "pode entregar seu nó"}
	itemCluster    = lang.Text{EN: "hands over the cluster", ES: "entrega el clúster", PT: "entrega o cluster"}
	itemMayCluster = lang.Text{EN: "may hand over the cluster", ES: "podría entregar el clúster", PT: "pode entregar o cluster"}
	itemContext    = lang.Text{EN: "%s contextual", ES: "%s de contexto", PT: "%s de contexto"}
	itemMoreTags   = lang.Text{EN: "%s more", ES: "%s más", PT: "mais %s"}
	itemNoFix      = lang.Text{
		EN: "no single change lowers it",
		ES: "ningún cambio por sí solo la reduce",
		PT: "nenhuma mudança isolada a reduz",
	}
	itemClosed = lang.Text{EN: "closed", ES: "cerrada", PT: "fechada"}
	itemLike   = plural{lang.Text{
		EN: "and %s more like it:",
		ES: "y %s más como esta:",
		PT: "e mais %s como esta:",
	}, lang.Text{
		EN: "and %s more like it:",
		ES: "y %s más como esta:",
		PT: "e mais %s como esta:",
	}}
	itemAll = plural{lang.Text{
		EN: "%s more exposure is not shown here; --all lists each one.",
		ES: "%s exposición más no se muestra aquí; con --all aparece.",
		PT: "Mais %s exposição não aparece aqui; --all mostra todas.",
	}, lang.Text{
		EN: "%s more exposures are not shown here; --all lists each one.",
		ES: "%s exposiciones más no se muestran aquí; con --all aparecen todas.",
		PT: "Mais %s exposições não aparecem aqui; --all mostra todas.",
	}}
	itemBelow = plural{lang.Text{
		EN: "%s exposure below %s is not listed (--min-severity).",
		ES: "%s exposición por debajo de %s no se muestra (--min-severity).",
		PT: "%s exposição abaixo de %s não é mostrada (--min-severity).",
	}, lang.Text{
		EN: "%s exposures below %s are not listed (--min-severity).",
		ES: "%s exposiciones por debajo de %s no se muestran (--min-severity).",
		PT: "%s exposições abaixo de %s não são mostradas (--min-severity).",
	}}
)
