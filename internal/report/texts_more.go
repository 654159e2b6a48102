package report

import "github.com/merlonsec/merlon/internal/lang"

// What follows the list of exposures.
var (
	platformHeading = lang.Text{EN: "Platform components", ES: "Componentes de la plataforma", PT: "Componentes da plataforma"}
	platformNote    = lang.Text{
		EN: "parts of the cluster that need what they ask for; not in the counts above",
		ES: "partes del clúster que necesitan lo que piden; no se incluyen en los totales anteriores",
		PT: "partes do cluster que precisam do que pedem; não entram nos totais acima",
	}
	unknownHeading = lang.Text{EN: "Not assessed", ES: "No evaluado", PT: "Não avaliado"}
	unknownNote    = lang.Text{
		EN: "unknown is not clean",
		ES: "desconocido no significa limpio",
		PT: "desconhecido não significa limpo",
	}
	unknownCeiling = plural{lang.Text{
		EN: "If every unknown were the worst, %s exposure would be graver: %s.",
		ES: "Si todo lo desconocido fuera lo peor posible, %s exposición sería más grave: %s.",
		PT: "Se tudo o que é desconhecido fosse o pior possível, %s exposição seria mais grave: %s.",
	}, lang.Text{
		EN: "If every unknown were the worst, %s exposures would be graver: %s.",
		ES: "Si todo lo desconocido fuera lo peor posible, %s exposiciones serían más graves: %s.",
		PT: "Se tudo o que é desconhecido fosse o pior possível, %s exposições seriam mais graves: %s.",
	}}
	sourcesHeading = lang.Text{EN: "Not read", ES: "No leído", PT: "Não lido"}
	sourcePartial  = lang.Text{EN: "read in part", ES: "leída en parte", PT: "lida em parte"}
	sourceFailed   = lang.Text{EN: "not read", ES: "no leída", PT: "não lida"}
	andMore        = lang.Text{EN: "and %s more", ES: "y %s más", PT: "e mais %s"}

	exceptionsHeading = lang.Text{EN: "Exceptions", ES: "Excepciones", PT: "Exceções"}
	exceptionsTaken   = plural{lang.Text{
		EN: "%s trait was left out, as an exception asks.",
		ES: "Se omitió %s característica, como indica una excepción.",
		PT: "%s característica foi omitida, como indica uma exceção.",
	}, lang.Text{
		EN: "%s traits were left out, as exceptions ask.",
		ES: "Se omitieron %s características, como indican las excepciones.",
		PT: "%s características foram omitidas, como indicam as exceções.",
	}}
	exceptionExpired = plural{lang.Text{
		EN: "expired on %[2]s; %[1]s trait that it matches counts again",
		ES: "venció el %[2]s; vuelve a contar %[1]s característica que coincide",
		PT: "expirou em %[2]s; %[1]s característica correspondente volta a contar",
	}, lang.Text{
		EN: "expired on %[2]s; %[1]s traits that it matches count again",
		ES: "venció el %[2]s; vuelven a contar %[1]s características que coinciden",
		PT: "expirou em %[2]s; %[1]s características correspondentes voltam a contar",
	}}
	exceptionUnused = lang.Text{EN: "matched nothing; it can go", ES: "no coincidió con nada; se puede quitar", PT: "não correspondeu a nada; pode ser removida"}

	aloneHeading = lang.Text{EN: "Context alone", ES: "Solo contexto", PT: "Somente contexto"}
	aloneNote    = lang.Text{
		EN: "traits that make no exposure by themselves",
		ES: "características que por sí solas no crean una exposición",
		PT: "características que sozinhas não criam uma exposição",
	}
	nextLabel   = lang.Text{EN: "Next", ES: "A continuación", PT: "A seguir"}
	nextExplain = lang.Text{
		EN: "why, the attack paths, what each fix does",
		ES: "el porqué, las rutas de ataque y el efecto de cada corrección",
		PT: "o porquê, os caminhos de ataque e o efeito de cada correção",
	}
	nextFix = lang.Text{
		EN: "the patches, each proved on a copy",
		ES: "los parches, cada uno demostrado en una copia",
		PT: "os patches, cada um comprovado em uma cópia",
	}
)

// The explanation of one exposure.
var (
	explainSeverity = lang.Text{EN: "Severity", ES: "Gravedad", PT: "Gravidade"}
	explainCeiling  = lang.Text{EN: "at most %s", ES: "como máximo %s", PT: "no máximo %s"}
	explainMatrix   = lang.Text{EN: "likelihood %s × impact %s", ES: "probabilidad %s × impacto %s", PT: "probabilidade %s × impacto %s"}
	explainWorst    = lang.Text{
		EN: "It could be as high as %s if all that is not known were the worst.",
		ES: "Podría llegar a ser %s si todo lo que no se sabe fuera lo peor posible.",
		PT: "Poderia chegar a ser %s se tudo o que não se sabe fosse o pior possível.",
	}
	explainPlatform = lang.Text{
		EN: "This is a component of the platform, set up as it needs to be. It is not part of the main count.",
		ES: "Es un componente de la plataforma, con la configuración que necesita. No se incluye en el recuento principal.",
		PT: "É um componente da plataforma, com a configuração de que precisa. Não entra na contagem principal.",
	}
	pathsHeading = lang.Text{EN: "Attack paths", ES: "Rutas de ataque", PT: "Caminhos de ataque"}
	pathsNone    = lang.Text{
		EN: "None was found in what was read.",
		ES: "No se encontró ninguna en lo que se leyó.",
		PT: "Nenhum foi encontrado no que foi lido.",
	}
	pathCertain  = lang.Text{EN: "certain", ES: "confirmada", PT: "confirmado"}
	pathPossible = lang.Text{
		EN: "possible: what was read does not settle the dotted steps",
		ES: "posible: lo que se leyó no basta para confirmar los pasos punteados",
		PT: "possível: o que foi lido não basta para confirmar os passos pontilhados",
	}
	pathAnyOf   = lang.Text{EN: "any one of these is enough:", ES: "basta con uno de estos pasos:", PT: "basta um destes passos:"}
	pathTouches = lang.Text{
		EN: "seen or disturbed, not taken over",
		ES: "permite verlo o interferir en él, pero no controlarlo",
		PT: "permite vê-lo ou interferir nele, mas não controlá-lo",
	}
	pathInside = lang.Text{EN: "whoever is inside", ES: "quien ya está dentro", PT: "quem já está dentro"}

	placeInternet = lang.Text{EN: "the internet", ES: "internet", PT: "a internet"}
	placeNode     = lang.Text{EN: "the node it runs on", ES: "el nodo en el que se ejecuta", PT: "o nó em que é executado"}
	placeCluster  = lang.Text{EN: "the whole cluster", ES: "todo el clúster", PT: "o cluster inteiro"}

	traitsHeading  = lang.Text{EN: "What makes it so", ES: "Causas", PT: "Causas"}
	contextHeading = lang.Text{EN: "Also found on it", ES: "También se encontró", PT: "Também foi encontrado"}
	contextNote    = lang.Text{
		EN: "context; not part of the severity",
		ES: "contexto; no cuenta para la gravedad",
		PT: "contexto; não conta para a gravidade",
	}
	withoutLabel      = lang.Text{EN: "Without it", ES: "Sin esto", PT: "Sem isso"}
	withoutClosed     = lang.Text{EN: "the exposure is closed", ES: "la exposición se cierra", PT: "a exposição se fecha"}
	withoutSame       = lang.Text{EN: "still %s; other traits hold it there", ES: "sigue siendo %s; otras características la mantienen en ese nivel", PT: "continua %s; outras características a mantêm nesse nível"}
	withoutReduced    = lang.Text{EN: "lower than %s", ES: "inferior a %s", PT: "inferior a %s"}
	whereLabel        = lang.Text{EN: "Where", ES: "Dónde", PT: "Onde"}
	whyLabel          = lang.Text{EN: "Why", ES: "Por qué", PT: "Por quê"}
	referencesHeading = lang.Text{EN: "References", ES: "Referencias", PT: "Referências"}
	fixLabel          = lang.Text{EN: "Fix", ES: "Corrección", PT: "Correção"}

	aboutHeading = lang.Text{EN: "Not assessed about it", ES: "Sin evaluar en este recurso", PT: "Não avaliado neste recurso"}
	aboutMaybe   = plural{lang.Text{
		EN: "%s rule was not assessed on many resources, of which the scan lists only some; this one may be among the others.",
		ES: "%s regla no se evaluó en muchos recursos y el análisis solo lista algunos; este puede estar entre los demás.",
		PT: "%s regra não foi avaliada em muitos recursos, e a análise lista só alguns; este pode estar entre os demais.",
	}, lang.Text{
		EN: "%s rules were not assessed on many resources, of which the scan lists only some; this one may be among the others.",
		ES: "%s reglas no se evaluaron en muchos recursos y el análisis solo lista algunos; este puede estar entre los demás.",
		PT: "%s regras não foram avaliadas em muitos recursos, e a análise lista só alguns; este pode estar entre os demais.",
	}}
	aboutNone = lang.Text{
		EN: "Every rule that applies to it could be assessed.",
		ES: "Se pudieron evaluar todas las reglas aplicables a este recurso.",
		PT: "Todas as regras aplicáveis a este recurso puderam ser avaliadas.",
	}
)
