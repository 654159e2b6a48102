package report

import "github.com/merlonsec/merlon/internal/lang"

// The texts of the tour.
var (
	tourAttack = lang.Text{EN: "What an attacker sees", ES: "Lo que ve un atacante", PT: "O que um invasor vê"}
	tourWorst  = lang.Text{
		EN: "The gravest exposure is %s (%s). This is the way in, and what is at its end:",
		ES: "La exposición más grave es %s (%s). Esta es la vía de entrada y esto es lo que hay al final:",
		PT: "A exposição mais grave é %s (%s). Este é o caminho de entrada, e isto é o que há no final:",
	}
	tourOthers = lang.Text{
		EN: "Whoever gets in elsewhere also finds:",
		ES: "Quien entre por otro lado encuentra además:",
		PT: "Quem entrar por outro lado também encontra:",
	}
	tourFix    = lang.Text{EN: "What to fix first", ES: "Qué corregir primero", PT: "O que corrigir primeiro"}
	tourChange = lang.Text{EN: "What that changes", ES: "Qué cambia con eso", PT: "O que isso muda"}
	tourAgain  = lang.Text{
		EN: "The manifests again, with the gravest mistakes mended, and scanned for real:",
		ES: "Los mismos manifiestos, con los errores más graves corregidos, en un nuevo análisis real:",
		PT: "Os mesmos manifestos, com os erros mais graves corrigidos, em uma nova análise real:",
	}
	tourBefore = lang.Text{EN: "before", ES: "antes  ", PT: "antes "}
	tourAfter  = lang.Text{EN: "after ", ES: "después", PT: "depois"}
	tourNone   = lang.Text{EN: "no exposure", ES: "ninguna exposición", PT: "nenhuma exposição"}
	tourLeft   = lang.Text{
		EN: "What is left: %s (%s).",
		ES: "Lo que queda: %s (%s).",
		PT: "O que resta: %s (%s).",
	}
	tourNight = lang.Text{EN: "When somebody comes", ES: "Cuando alguien entra", PT: "Quando alguém entra"}
	tourLog   = lang.Text{
		EN: "One night, somebody uses the token of the CI runner. \"merlon detect\" tells it from the shop's audit log, which is built in too:",
		ES: "Una noche, alguien usa el token del ejecutor de CI. \"merlon detect\" lo cuenta a partir del log de auditoría de la tienda, también incluido:",
		PT: "Certa noite, alguém usa o token do executor de CI. O \"merlon detect\" conta isso a partir do log de auditoria da loja, também embutido:",
	}
	tourDetect  = lang.Text{EN: "finds threats in audit logs", ES: "encuentra amenazas en logs de auditoría", PT: "encontra ameaças em logs de auditoria"}
	tourNext    = lang.Text{EN: "Your turn", ES: "Su turno", PT: "Sua vez"}
	tourYours   = lang.Text{EN: "scans your own manifests", ES: "analiza sus propios manifiestos", PT: "analisa seus próprios manifestos"}
	tourLive    = lang.Text{EN: "scans what runs in a cluster", ES: "analiza lo que se ejecuta en un clúster", PT: "analisa o que está em execução em um cluster"}
	tourWrite   = lang.Text{EN: "writes the shop's manifests to a folder, to look at and to change", ES: "guarda los manifiestos de la tienda en una carpeta, para verlos y modificarlos", PT: "grava os manifestos da loja em uma pasta, para ver e alterar"}
	tourExplain = lang.Text{EN: "explains the gravest exposure in full", ES: "explica en detalle la exposición más grave", PT: "explica em detalhes a exposição mais grave"}
)
