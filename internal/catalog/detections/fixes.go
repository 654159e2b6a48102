package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
)

// fix writes a remediation: its title and what to do, the commands for it, and what follows where nobody expected the
// deed.
func fix(text lang.Text, commands string, then ...lang.Text) lang.Text {
	if commands != "" {
		text = appendCode(text, commands)
	}
	for _, t := range then {
		text = lang.Text{EN: text.EN + "\n\n" + t.EN, ES: text.ES + "\n\n" + t.ES, PT: text.PT + "\n\n" + t.PT}
	}
	return text
}

// appendCode sets commands, which no language changes, apart below a text.
func appendCode(text lang.Text, commands string) lang.Text {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(commands)) {
		b.WriteString("    " + line)
	}
	code := "\n\n" + b.String()
	return lang.Text{EN: text.EN + code, ES: text.ES + code, PT: text.PT + code}
}

// cutOff says how to take a user's access away. An IAM policy that denies is not enough: the token of EKS is a signed
// request of STS, which the policy does not stop.
func cutOff() lang.Text {
	return appendCode(lang.Text{
		EN: "If nobody expected it, take the user's access away first: its bindings, and on EKS its access entry or its line in aws-auth. An IAM policy that denies does not cut access to the cluster. The tokens of a service account end with its pods, or when it is deleted.",
		ES: "Si nadie lo esperaba, retire primero el acceso del usuario: sus bindings y, en EKS, su entrada de acceso o su línea en aws-auth. Una política de IAM que deniega no corta el acceso al clúster. Los tokens de una cuenta de servicio terminan con sus pods, o al borrarla.",
		PT: "Se ninguém esperava isso, retire primeiro o acesso do usuário: seus bindings e, no EKS, sua entrada de acesso ou sua linha em aws-auth. Uma política do IAM que nega não corta o acesso ao cluster. Os tokens de uma conta de serviço terminam com seus pods, ou quando ela é excluída.",
	}, `
kubectl get clusterrolebindings,rolebindings -A -o wide | grep USER
aws eks delete-access-entry --cluster-name CLUSTER --principal-arn ARN
`)
}

// contain says how to keep what a pod tells, and to replace it.
func contain() lang.Text {
	return appendCode(lang.Text{
		EN: "Treat the pod as compromised: save its manifest and logs, cut it off with a network policy that matches a label of its own, change the secrets that it could read, and replace it.",
		ES: "Considere comprometido el pod: guarde su manifiesto y sus logs, aíslelo con una política de red que seleccione una etiqueta propia, cambie los secretos que podía leer y sustitúyalo.",
		PT: "Considere o pod comprometido: guarde seu manifesto e seus logs, isole-o com uma política de rede que selecione um label próprio, troque os segredos que ele podia ler e substitua-o.",
	}, `
kubectl -n NAMESPACE get pod POD -o yaml > POD.yaml
kubectl -n NAMESPACE logs POD --all-containers --timestamps > POD.log
kubectl -n NAMESPACE label pod POD quarantine=true
kubectl -n NAMESPACE delete pod POD
`)
}

// except says how to stop hearing of what is meant.
func except() lang.Text {
	return lang.Text{
		EN: "If it is meant, write an exception for this user and object into merlon.suppress.yaml, with the reason.",
		ES: "Si es intencional, escriba en merlon.suppress.yaml una excepción para este usuario y este objeto, con el motivo.",
		PT: "Se é intencional, escreva em merlon.suppress.yaml uma exceção para este usuário e este objeto, com o motivo.",
	}
}
