package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
)

// fix writes the remediation of a type of our own: its title and what to do, the commands for it, a line each, and the
// pieces of remedies.go that follow where nobody expected the deed.
func fix(text lang.Text, commands string, then ...lang.Text) lang.Text {
	if commands = strings.TrimSpace(commands); commands != "" {
		text = run(text, strings.Split(commands, "\n")...)
	}
	return remedy(text, then...)
}

// shutOut is what follows where nobody expected the deed: the user's credentials are then taken to be stolen.
func shutOut() lang.Text {
	return joined("\n\n", lang.Text{
		EN: "If nobody expected it, take the credentials for stolen and go on.",
		ES: "Si nadie lo esperaba, dé por robadas las credenciales y siga con estos pasos.",
		PT: "Se ninguém esperava isso, considere as credenciais roubadas e siga estes passos.",
	}, revokeUser(), undoChanges())
}

// except says how to stop hearing of what is meant.
func except() lang.Text {
	return lang.Text{
		EN: "If it is meant, write an exception for this user and object into merlon.suppress.yaml, with the reason.",
		ES: "Si es intencional, escriba en merlon.suppress.yaml una excepción para este usuario y este objeto, con el motivo.",
		PT: "Se é intencional, escreva em merlon.suppress.yaml uma exceção para este usuário e este objeto, com o motivo.",
	}
}

// ifStolen is shutOut in short, for what people do every day: the two ways in that are most likely.
func ifStolen() lang.Text {
	return run(lang.Text{
		EN: "If nobody meant it, the credentials are in other hands. Take the user out of the role bindings; of an IAM principal delete the access entry, unless it is that of nodes; of a service account delete the token secrets and the pods.",
		ES: "Si nadie lo pretendía, las credenciales están en otras manos. Quite al usuario de las vinculaciones de roles; si es una entidad principal de IAM, elimine su entrada de acceso, salvo que sea la de los nodos; si es una cuenta de servicio, elimine los secretos con sus tokens y los pods.",
		PT: "Se ninguém queria isso, as credenciais estão em outras mãos. Retire o usuário das vinculações de papéis; se é uma entidade principal do IAM, exclua sua entrada de acesso, a menos que seja a dos nós; se é uma conta de serviço, exclua os segredos com seus tokens e os pods.",
	},
		"kubectl get rolebindings,clusterrolebindings -A -o wide | grep USER",
		"aws eks delete-access-entry --cluster-name CLUSTER --principal-arn ARN",
	)
}
