package report

import "github.com/merlonsec/merlon/internal/lang"

// The texts of the table of detections.

// Things that are counted.
var (
	nEvents = plural{
		lang.Text{EN: "%s event", ES: "%s evento", PT: "%s evento"},
		lang.Text{EN: "%s events", ES: "%s eventos", PT: "%s eventos"},
	}
	nRequests = plural{
		lang.Text{EN: "%s request", ES: "%s solicitud", PT: "%s solicitação"},
		lang.Text{EN: "%s requests", ES: "%s solicitudes", PT: "%s solicitações"},
	}
	nTimes = plural{
		lang.Text{EN: "%s time", ES: "%s vez", PT: "%s vez"},
		lang.Text{EN: "%s times", ES: "%s veces", PT: "%s vezes"},
	}
	nHours = plural{
		lang.Text{EN: "%s hour", ES: "%s hora", PT: "%s hora"},
		lang.Text{EN: "%s hours", ES: "%s horas", PT: "%s horas"},
	}
	nMinutes = plural{
		lang.Text{EN: "%s minute", ES: "%s minuto", PT: "%s minuto"},
		lang.Text{EN: "%s minutes", ES: "%s minutos", PT: "%s minutos"},
	}
	nSeconds = plural{
		lang.Text{EN: "%s second", ES: "%s segundo", PT: "%s segundo"},
		lang.Text{EN: "%s seconds", ES: "%s segundos", PT: "%s segundos"},
	}
)

// The headline.
var (
	detectNoEvents = lang.Text{
		EN: "No audit event was read.",
		ES: "No se leyó ningún evento de auditoría.",
		PT: "Nenhum evento de auditoria foi lido.",
	}
	detectOutside = lang.Text{
		EN: "No audit event lies in the time that is looked at.",
		ES: "Ningún evento de auditoría está dentro del periodo que se examina.",
		PT: "Nenhum evento de auditoria está dentro do período examinado.",
	}
	// detectLogSpan takes the times of the first and last events.
	detectLogSpan = lang.Text{
		EN: "What was read is from %s: change --since or --until.",
		ES: "Lo que se leyó es de %s: cambie --since o --until.",
		PT: "O que foi lido é de %s: altere --since ou --until.",
	}
	detectNothing = plural{lang.Text{
		EN: "Nothing was found in %s request.",
		ES: "No se encontró nada en %s solicitud.",
		PT: "Nada foi encontrado em %s solicitação.",
	}, lang.Text{
		EN: "Nothing was found in %s requests.",
		ES: "No se encontró nada en %s solicitudes.",
		PT: "Nada foi encontrado em %s solicitações.",
	}}
	detectUnanswered = plural{lang.Text{
		EN: "%s request was received; no record says how it ended.",
		ES: "Se recibió %s solicitud; ningún registro indica cómo terminó.",
		PT: "%s solicitação foi recebida; nenhum registro indica como terminou.",
	}, lang.Text{
		EN: "%s requests were received; no record says how they ended.",
		ES: "Se recibieron %s solicitudes; ningún registro indica cómo terminaron.",
		PT: "%s solicitações foram recebidas; nenhum registro indica como terminaram.",
	}}
	detectNoAnswer = lang.Text{
		EN: "Rules look at requests with their answers: let the audit policy record the stage ResponseComplete.",
		ES: "Las reglas examinan las solicitudes junto con sus respuestas: haga que la política de auditoría registre la etapa ResponseComplete.",
		PT: "As regras examinam as solicitações com suas respostas: faça a política de auditoria registrar o estágio ResponseComplete.",
	}
	detectSawAll = lang.Text{
		EN: "Every rule could see what it looks at.",
		ES: "Todas las reglas pudieron ver lo que examinan.",
		PT: "Todas as regras puderam ver o que examinam.",
	}
	detectSawPart = lang.Text{
		EN: "Not every rule could see what it looks at; below is what was missing.",
		ES: "No todas las reglas pudieron ver lo que examinan; abajo se indica qué faltaba.",
		PT: "Nem todas as regras puderam ver o que examinam; abaixo está o que faltou.",
	}
	detectFound = plural{
		lang.Text{EN: "%s finding in %s.", ES: "%s hallazgo en %s.", PT: "%s descoberta em %s."},
		lang.Text{EN: "%s findings in %s.", ES: "%s hallazgos en %s.", PT: "%s descobertas em %s."},
	}
	// detectSince takes the time of the last run, and how many findings are new since and how many went on.
	detectSince = lang.Text{
		EN: "Since the last run (%s): %s new, %s went on.",
		ES: "Desde la ejecución anterior (%s): nuevos, %s; con casos nuevos, %s.",
		PT: "Desde a execução anterior (%s): novas, %s; com novas ocorrências, %s.",
	}
	// detectSeverity takes a number and a severity.
	detectSeverity = lang.Text{EN: "%[1]s %[2]s", ES: "%[2]s: %[1]s", PT: "%[2]s: %[1]s"}
	detectBusiest  = lang.Text{EN: "%s of them come from %s.", ES: "%s de ellos se deben a %s.", PT: "%s delas se devem a %s."}
	detectOnly     = lang.Text{EN: "All of them come from %s.", ES: "Todos se deben a %s.", PT: "Todas se devem a %s."}
)

// One finding.
var (
	detectWhy      = lang.Text{EN: "because %s", ES: "porque %s", PT: "porque %s"}
	detectCommand  = lang.Text{EN: "command: %s", ES: "comando: %s", PT: "comando: %s"}
	detectListed   = lang.Text{EN: "%s is on the list %s", ES: "%s está en la lista %s", PT: "%s está na lista %s"}
	detectWindow   = lang.Text{EN: "%s within %s", ES: "%s en %s", PT: "%s em %s"}
	detectDistinct = lang.Text{
		EN: "%s different values of %s within %s",
		ES: "%s valores distintos de %s en %s",
		PT: "%s valores diferentes de %s em %s",
	}
	// detectUnseen takes what was compared, its value, with whose requests, and in how many hours there were any.
	detectUnseen = lang.Text{EN: "%s %s is new %s (0 of %s hours)", ES: "%s %s es inédito %s (0 de %s horas)", PT: "%s %s é inédito %s (0 de %s horas)"}
	detectRare   = lang.Text{EN: "%s %s is rare %s (%s of %s hours)", ES: "%s %s es poco habitual %s (%s de %s horas)", PT: "%s %s é raro %s (%s de %s horas)"}
	usualForUser = lang.Text{EN: "for this user", ES: "para este usuario", PT: "para este usuário"}
	// usualInCluster is said of what was compared with everybody's requests.
	usualInCluster   = lang.Text{EN: "in this cluster", ES: "en este clúster", PT: "neste cluster"}
	detectArchivedOf = plural{
		lang.Text{EN: "%s archived", ES: "%s archivado", PT: "%s arquivada"},
		lang.Text{EN: "%s archived", ES: "%s archivados", PT: "%s arquivadas"},
	}
	detectAll = plural{
		lang.Text{EN: "%s more finding is not shown; --all shows it.", ES: "Hay %s hallazgo más; --all lo muestra.", PT: "Há mais %s descoberta; --all a mostra."},
		lang.Text{EN: "%s more findings are not shown; --all shows them.", ES: "Hay %s hallazgos más; --all los muestra.", PT: "Há mais %s descobertas; --all as mostra."},
	}
	detectBelow = plural{
		lang.Text{EN: "%s finding is below %s and not shown.", ES: "%s hallazgo tiene una gravedad inferior a %s y no se muestra.", PT: "%s descoberta tem gravidade inferior a %s e não é mostrada."},
		lang.Text{EN: "%s findings are below %s and not shown.", ES: "%s hallazgos tienen una gravedad inferior a %s y no se muestran.", PT: "%s descobertas têm gravidade inferior a %s e não são mostradas."},
	}
)

// What follows the list.
var (
	detectArchived = plural{lang.Text{
		EN: "%s occurrence was archived, as an exception asks; findings left out: %s.",
		ES: "Se archivó %s caso, como indica una excepción; hallazgos omitidos: %s.",
		PT: "%s ocorrência foi arquivada, como indica uma exceção; descobertas omitidas: %s.",
	}, lang.Text{
		EN: "%s occurrences were archived, as exceptions ask; findings left out: %s.",
		ES: "Se archivaron %s casos, como indican las excepciones; hallazgos omitidos: %s.",
		PT: "%s ocorrências foram arquivadas, como indicam as exceções; descobertas omitidas: %s.",
	}}
	detectExpired = plural{lang.Text{
		EN: "expired on %[2]s; %[1]s occurrence that it matches counts again",
		ES: "venció el %[2]s; vuelve a contar %[1]s caso que coincide",
		PT: "expirou em %[2]s; %[1]s ocorrência correspondente volta a contar",
	}, lang.Text{
		EN: "expired on %[2]s; %[1]s occurrences that it matches count again",
		ES: "venció el %[2]s; vuelven a contar %[1]s casos que coinciden",
		PT: "expirou em %[2]s; %[1]s ocorrências correspondentes voltam a contar",
	}}
	detectUnseenHeading = lang.Text{EN: "Not observable", ES: "No observable", PT: "Não observável"}
	detectBroken        = plural{
		lang.Text{EN: "%s record could not be read:", ES: "No se pudo leer %s registro:", PT: "%s registro não pôde ser lido:"},
		lang.Text{EN: "%s records could not be read:", ES: "No se pudieron leer %s registros:", PT: "%s registros não puderam ser lidos:"},
	}
	detectBrokenAll = plural{
		lang.Text{EN: "In all, %s record could not be read.", ES: "En total, no se pudo leer %s registro.", PT: "Ao todo, %s registro não pôde ser lido."},
		lang.Text{EN: "In all, %s records could not be read.", ES: "En total, no se pudieron leer %s registros.", PT: "Ao todo, %s registros não puderam ser lidos."},
	}
	detectTrusted = plural{lang.Text{
		EN: "%s request came from a trusted address and was not judged.",
		ES: "%s solicitud vino de una dirección de confianza y no se evaluó.",
		PT: "%s solicitação veio de um endereço confiável e não foi avaliada.",
	}, lang.Text{
		EN: "%s requests came from trusted addresses and were not judged.",
		ES: "%s solicitudes vinieron de direcciones de confianza y no se evaluaron.",
		PT: "%s solicitações vieram de endereços confiáveis e não foram avaliadas.",
	}}
	detectLate = plural{lang.Text{
		EN: "%s event came too late, or with a time that is not believed, and was left out of what is counted over time.",
		ES: "%s evento llegó demasiado tarde, o con una hora que no es creíble, y no entró en los recuentos a lo largo del tiempo.",
		PT: "%s evento chegou tarde demais, ou com um horário que não é crível, e ficou fora das contagens ao longo do tempo.",
	}, lang.Text{
		EN: "%s events came too late, or with a time that is not believed, and were left out of what is counted over time.",
		ES: "%s eventos llegaron demasiado tarde, o con una hora que no es creíble, y no entraron en los recuentos a lo largo del tiempo.",
		PT: "%s eventos chegaram tarde demais, ou com um horário que não é crível, e ficaram fora das contagens ao longo do tempo.",
	}}
	detectDropped = plural{lang.Text{
		EN: "%s milder finding was dropped to bound memory, with %s.",
		ES: "Se descartó %s hallazgo más leve para limitar la memoria, con %s.",
		PT: "%s descoberta mais leve foi descartada para limitar a memória, com %s.",
	}, lang.Text{
		EN: "%s milder findings were dropped to bound memory, with %s.",
		ES: "Se descartaron %s hallazgos más leves para limitar la memoria, con %s.",
		PT: "%s descobertas mais leves foram descartadas para limitar a memória, com %s.",
	}}
	detectNext = lang.Text{
		EN: "what it means and what to do",
		ES: "qué significa y qué hacer",
		PT: "o que significa e o que fazer",
	}
)

// profileWord is what a person calls what a baseline compares.
func profileWord(profile string) lang.Text {
	switch profile {
	case "api":
		return lang.Text{EN: "the request", ES: "el tipo de solicitud", PT: "o tipo de solicitação"}
	case "namespace":
		return lang.Text{EN: "the namespace", ES: "el espacio de nombres", PT: "o namespace"}
	case "userAgent":
		return lang.Text{EN: "the program", ES: "el programa", PT: "o programa"}
	case "network":
		return lang.Text{EN: "the network", ES: "el origen de red", PT: "o endereço de rede"}
	case "image":
		return lang.Text{EN: "the image", ES: "el uso de la imagen", PT: "o uso da imagem"}
	case "role":
		return lang.Text{EN: "the role", ES: "el rol", PT: "o uso da role"}
	case "permission":
		return lang.Text{EN: "the permission", ES: "el permiso", PT: "o pedido de permissão"}
	case "node":
		return lang.Text{EN: "the node", ES: "el nodo", PT: "o nó"}
	}
	var own lang.Text // A profile of a later version: its name says enough.
	own.EN, own.ES, own.PT = profile, profile, profile
	return own
}
