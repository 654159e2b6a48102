package remedy

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// Why a field is not edited.
var (
	aliasText = lang.Text{
		EN: "the field comes from the anchor %q (used on line %d), which other fields share; change it there by hand",
		ES: "el campo viene del ancla %q (usada en la línea %d), que otros campos comparten; cámbielo allí a mano",
		PT: "o campo vem da âncora %q (usada na linha %d), que outros campos compartilham; altere-o ali manualmente",
	}
	mergeText = lang.Text{
		EN: "the field %s comes from a merge key (line %d), which others share; change it where it is written",
		ES: "el campo %s viene de una clave de fusión (línea %d), que otros comparten; cámbielo donde está escrito",
		PT: "o campo %s vem de uma chave de mesclagem (linha %d), que outros compartilham; altere-o onde está escrito",
	}
	breaksText = lang.Text{
		EN: "its document has line breaks that only old YAML knows",
		ES: "su documento tiene saltos de línea que solo conoce el YAML antiguo",
		PT: "o seu documento tem quebras de linha que só o YAML antigo conhece",
	}
	parseText = lang.Text{
		EN: "its document cannot be taken apart for editing",
		ES: "su documento no se puede descomponer para editarlo",
		PT: "o seu documento não pode ser decomposto para edição",
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
	noLongerKnownText = lang.Text{
		EN: "after the patches before it, whether it is there cannot be assessed",
		ES: "tras los parches anteriores, no se puede evaluar si está presente",
		PT: "depois dos patches anteriores, não se pode avaliar se está presente",
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
		EN: "%s is not a file that can be edited here (standard input, a link, an archive, or a snapshot from elsewhere); apply the patch where the object comes from",
		ES: "%s no es un archivo que se pueda editar aquí (entrada estándar, un enlace, un archivo comprimido o una instantánea de otro lugar); aplique el parche en el origen del objeto",
		PT: "%s não é um arquivo que possa ser editado aqui (entrada padrão, um link, um arquivo compactado ou um snapshot de outro lugar); aplique o patch na origem do objeto",
	}
	differsText = lang.Text{
		EN: "%s is not as it was assessed: it differs in %s; scan it again",
		ES: "%s no está como se evaluó: difiere en %s; vuelva a escanearlo",
		PT: "%s não está como foi avaliado: difere em %s; verifique-o de novo",
	}
	missingText = lang.Text{
		EN: "%s no longer holds %s; scan it again",
		ES: "%s ya no contiene %s; vuelva a escanearlo",
		PT: "%s já não contém %s; verifique-o de novo",
	}
	kustomizeText = lang.Text{
		EN: "save the patch, and name it in the kustomization %s:",
		ES: "guarde el parche e indíquelo en la kustomización %s:",
		PT: "salve o patch e informe-o na kustomization %s:",
	}
	immutableText = lang.Text{
		EN: "Kubernetes does not change these fields of a %s that is there: delete it, and apply the changed manifest",
		ES: "Kubernetes no cambia estos campos de un %s existente: elimínelo y aplique el manifiesto modificado",
		PT: "o Kubernetes não altera estes campos de um %s existente: exclua-o e aplique o manifesto alterado",
	}
)

// madeText says where to change what something makes, by what that is, with its path and that of the file.
func madeText() map[string]lang.Text {
	return map[string]lang.Text{
		inventory.MadeByHelm: {
			EN: "the Helm chart %s makes it: change %s, or the value that it takes; in a chart of others, let a post-renderer apply the patch",
			ES: "lo produce el chart de Helm %s: cambie %s, o el valor que usa; en un chart ajeno, aplique el parche con un post-renderer",
			PT: "o chart do Helm %s o produz: altere %s, ou o valor que ele usa; em um chart de terceiros, aplique o patch com um post-renderer",
		},
		inventory.MadeByKustomize: {
			EN: "the kustomization %s makes it of %s, and takes a patch for it",
			ES: "la kustomización %s lo produce a partir de %s, y admite un parche para él",
			PT: "a kustomization %s o produz a partir de %s, e aceita um patch para ele",
		},
		inventory.MadeByTerraform: {
			EN: "the Terraform plan %s makes it: change the resource %s",
			ES: "lo produce el plan de Terraform %s: cambie el recurso %s",
			PT: "o plano do Terraform %s o produz: altere o recurso %s",
		},
	}
}

// askText says why a patch is left out of many.
var askText = lang.Text{
	EN: "something must be found out first; add --only %s once that is done",
	ES: "antes hay que averiguar algo; añada --only %s cuando esté hecho",
	PT: "é preciso descobrir algo antes; acrescente --only %s quando isso estiver feito",
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
		EN: "before it, run:",
		ES: "antes, ejecute:",
		PT: "antes, execute:",
	}
	closedText = lang.Text{EN: "closed", ES: "cerrada", PT: "fechada"}
	hiddenText = lang.Text{
		EN: "values are hidden in this part, so it is for reading and no tool applies it; %s makes the change",
		ES: "en esta parte hay valores ocultos, así que es para leer y ninguna herramienta la aplica; %s hace el cambio",
		PT: "há valores ocultos nesta parte, portanto ela é para leitura e nenhuma ferramenta a aplica; %s faz a alteração",
	}
	summaryText = lang.Text{
		EN: "traits with a proved patch: %d of %d",
		ES: "características con un parche demostrado: %d de %d",
		PT: "características com um patch comprovado: %d de %d",
	}
	notFixedText = lang.Text{
		EN: "not fixed: %s (%s): %s",
		ES: "sin corregir: %s (%s): %s",
		PT: "não corrigida: %s (%s): %s",
	}
	countText = lang.Text{
		EN: "exposures, %s: %d → %d",
		ES: "exposiciones, %s: %d → %d",
		PT: "exposições, %s: %d → %d",
	}
)

// changedText names a file that was written.
var changedText = lang.Text{EN: "changed: %s", ES: "cambiado: %s", PT: "alterado: %s"}
