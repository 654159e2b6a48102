package remedy

import "github.com/merlonsec/merlon/internal/lang"

// Why a field is not edited.
var (
	aliasText = lang.Text{
		EN: "the field comes from the anchor %q (line %d of its document), which other fields may share; change it there by hand",
		ES: "el campo viene del ancla %q (línea %d de su documento), que otros campos pueden compartir; cámbielo allí a mano",
		PT: "o campo vem da âncora %q (linha %d do seu documento), que outros campos podem compartilhar; altere-o ali manualmente",
	}
	mergeText = lang.Text{
		EN: "the field %s comes from a merge key (line %d of its document), which others may share; change it where it is written",
		ES: "el campo %s viene de una clave de fusión (línea %d de su documento), que otros pueden compartir; cámbielo donde está escrito",
		PT: "o campo %s vem de uma chave de mesclagem (linha %d do seu documento), que outros podem compartilhar; altere-o onde está escrito",
	}
	keyText = lang.Text{
		EN: "a key that is no plain text stands beside it (line %d of its document)",
		ES: "junto a él hay una clave que no es texto simple (línea %d de su documento)",
		PT: "junto a ele há uma chave que não é texto simples (linha %d do seu documento)",
	}
	placeText = lang.Text{
		EN: "%s cannot be changed in this file without changing something else; change it by hand",
		ES: "%s no puede cambiarse en este archivo sin cambiar algo más; cámbielo a mano",
		PT: "%s não pode ser alterado neste arquivo sem alterar outra coisa; altere-o manualmente",
	}
)

// Why there is no patch for a trait.
var (
	goneText = lang.Text{
		EN: "another of the patches has closed it",
		ES: "otro de los parches ya lo ha cerrado",
		PT: "outro dos patches já o fechou",
	}
	noPatchText = lang.Text{
		EN: "it cannot be fixed by a patch without knowing the application",
		ES: "no puede corregirse con un parche sin conocer la aplicación",
		PT: "não pode ser corrigido por um patch sem conhecer a aplicação",
	}
	controllerText = lang.Text{
		EN: "%s makes these pods and was not read; change its template, or give its manifest too",
		ES: "%s crea estos pods y no se leyó; cambie su plantilla, o indique también su manifiesto",
		PT: "%s cria estes pods e não foi lido; altere o seu modelo, ou informe também o seu manifesto",
	}
	notFoundText = lang.Text{
		EN: "%s was not found in %s as it was read, or stands there more than once",
		ES: "%s no se encontró en %s tal como se leyó, o aparece allí más de una vez",
		PT: "%s não foi encontrado em %s como foi lido, ou aparece ali mais de uma vez",
	}
	noObjectText = lang.Text{
		EN: "its source object is not held",
		ES: "no se conserva su objeto de origen",
		PT: "o seu objeto de origem não é mantido",
	}
)

// Why a patch does not prove.
var (
	brokenText = lang.Text{
		EN: "the patched copy is no longer an object that Kubernetes takes",
		ES: "la copia corregida ya no es un objeto que Kubernetes acepte",
		PT: "a cópia corrigida não é mais um objeto que o Kubernetes aceite",
	}
	unknownText = lang.Text{
		EN: "whether it is gone from the patched copy cannot be assessed",
		ES: "no se puede evaluar si ha desaparecido de la copia corregida",
		PT: "não se pode avaliar se ele desapareceu da cópia corrigida",
	}
	stillThereText = lang.Text{
		EN: "it is still in the patched copy",
		ES: "sigue presente en la copia corregida",
		PT: "ainda está presente na cópia corrigida",
	}
	notLowerText = lang.Text{
		EN: "the patched copy is as severe as before",
		ES: "la copia corregida es tan grave como antes",
		PT: "a cópia corrigida é tão grave quanto antes",
	}
	newText = lang.Text{
		EN: "the patched copy has %s on %s, which was not there before",
		ES: "la copia corregida tiene %s en %s, que antes no estaba",
		PT: "a cópia corrigida tem %s em %s, que antes não estava lá",
	}
	worseText = lang.Text{
		EN: "in the patched copy %s could be more severe than before",
		ES: "en la copia corregida %s podría ser más grave que antes",
		PT: "na cópia corrigida %s poderia ser mais grave do que antes",
	}
)

// Why a file is not edited.
var (
	noFileText = lang.Text{
		EN: "the object was not read from a file; apply the patch where it comes from",
		ES: "el objeto no se leyó de un archivo; aplique el parche en su origen",
		PT: "o objeto não foi lido de um arquivo; aplique o patch na sua origem",
	}
	notAFileText = lang.Text{
		EN: "%s is not a file that can be edited here (standard input, an archive, or a snapshot from elsewhere); apply the patch where the object comes from",
		ES: "%s no es un archivo que se pueda editar aquí (entrada estándar, un archivo comprimido o una instantánea de otro lugar); aplique el parche en el origen del objeto",
		PT: "%s não é um arquivo que possa ser editado aqui (entrada padrão, um arquivo compactado ou um snapshot de outro lugar); aplique o patch na origem do objeto",
	}
	changedText = lang.Text{
		EN: "%s is not as it was assessed: it differs in %s. It changed since, or a chart or kustomization makes the object; scan again, or apply the patch at its source",
		ES: "%s no está como se evaluó: difiere en %s. Cambió desde entonces, o un chart o una kustomización produce el objeto; vuelva a escanear, o aplique el parche en su origen",
		PT: "%s não está como foi avaliado: difere em %s. Mudou desde então, ou um chart ou uma kustomization produz o objeto; verifique de novo, ou aplique o patch na sua origem",
	}
	missingText = lang.Text{
		EN: "%s does not hold %s: it changed since, or a chart or kustomization makes the object; scan again, or apply the patch at its source",
		ES: "%s no contiene %s: cambió desde entonces, o un chart o una kustomización produce el objeto; vuelva a escanear, o aplique el parche en su origen",
		PT: "%s não contém %s: mudou desde então, ou um chart ou uma kustomization produz o objeto; verifique de novo, ou aplique o patch na sua origem",
	}
)

// askText says why a patch is left out of many.
var askText = lang.Text{
	EN: "something must be found out first; name the trait with --only once that is done",
	ES: "antes hay que averiguar algo; indique la característica con --only cuando esté hecho",
	PT: "é preciso descobrir algo antes; informe a característica com --only quando isso estiver feito",
}

// What is said of a fix.
var (
	provedText = lang.Text{
		EN: "proved: %s → %s; %s is gone, nothing new",
		ES: "demostrado: %s → %s; %s ha desaparecido, nada nuevo",
		PT: "comprovado: %s → %s; %s desapareceu, nada de novo",
	}
	weakerText = lang.Text{
		EN: "proved: %s → %s; %s stays and weighs less, nothing new",
		ES: "demostrado: %s → %s; %s sigue y pesa menos, nada nuevo",
		PT: "comprovado: %s → %s; %s permanece e pesa menos, nada de novo",
	}
	refusedText = lang.Text{
		EN: "no patch: %s",
		ES: "sin parche: %s",
		PT: "sem patch: %s",
	}
	findOutText = lang.Text{
		EN: "find out first: %s",
		ES: "averigüe antes: %s",
		PT: "descubra antes: %s",
	}
	prepareText = lang.Text{
		EN: "before it, run: %s",
		ES: "antes, ejecute: %s",
		PT: "antes, execute: %s",
	}
	closedText = lang.Text{EN: "closed", ES: "cerrada", PT: "fechada"}
	hiddenText = lang.Text{
		EN: "values are hidden in this part, so it is for reading and no tool applies it; --write makes the change",
		ES: "en esta parte hay valores ocultos, así que es para leer y ninguna herramienta la aplica; --write hace el cambio",
		PT: "há valores ocultos nesta parte, portanto ela é para leitura e nenhuma ferramenta a aplica; --write faz a alteração",
	}
	summaryText = lang.Text{
		EN: "traits with a proved patch: %d of %d",
		ES: "características con un parche demostrado: %d de %d",
		PT: "características com um patch comprovado: %d de %d",
	}
	notFixedText = lang.Text{
		EN: "not fixed: %s (%d): %s",
		ES: "sin corregir: %s (%d): %s",
		PT: "não corrigida: %s (%d): %s",
	}
	countText = lang.Text{
		EN: "exposures, %s: %d → %d",
		ES: "exposiciones, %s: %d → %d",
		PT: "exposições, %s: %d → %d",
	}
)

// ChangedText is the word before the name of a file that was written.
func ChangedText() lang.Text { return lang.Text{EN: "changed", ES: "cambiado", PT: "alterado"} }
