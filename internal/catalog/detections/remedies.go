package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
)

// remedy composes the text of a fix: its title, and after an empty line what to do, piece by piece. The pieces of this
// file are whole paragraphs that fit in any order; the order of an incident is: find out, contain, revoke, preserve,
// undo, repair (https://docs.aws.amazon.com/eks/latest/best-practices/incident-response-and-forensics.html).
func remedy(title lang.Text, pieces ...lang.Text) lang.Text {
	return joined("\n\n", append([]lang.Text{title}, pieces...)...)
}

// joined joins texts in each language.
func joined(separator string, texts ...lang.Text) lang.Text {
	var en, es, pt []string
	for _, t := range texts {
		en, es, pt = append(en, t.EN), append(es, t.ES), append(pt, t.PT)
	}
	return lang.Text{EN: strings.Join(en, separator), ES: strings.Join(es, separator), PT: strings.Join(pt, separator)}
}

// run sets commands, which no language changes, apart below what they are for.
func run(what lang.Text, commands ...string) lang.Text {
	block := "\n\n    " + strings.Join(commands, "\n    ")
	return lang.Text{EN: what.EN + block, ES: what.ES + block, PT: what.PT + block}
}

// askFirst is the step before all others.
func askFirst() lang.Text {
	return lang.Text{
		EN: "First ask whoever the name stands for, or the owner of the workload, whether this was meant. If it was not, or nobody knows, go on below. If it was, and will be again, write an exception for this user and object.",
		ES: "Pregunte primero a la persona que hay detrás del nombre, o al responsable de la carga de trabajo, si esto era intencionado. Si no lo era, o nadie lo sabe, siga los pasos de abajo. Si lo era y va a repetirse, escriba una excepción para este usuario y este objeto.",
		PT: "Primeiro pergunte à pessoa por trás do nome, ou ao responsável pela carga de trabalho, se isso era intencional. Se não era, ou se ninguém sabe, siga os passos abaixo. Se era e vai se repetir, escreva uma exceção para este usuário e este objeto.",
	}
}

// revokeUser says how to shut a user out, for each form that user.username can have. It is for a user whose credentials
// are taken to be stolen.
func revokeUser() lang.Text {
	return joined("\n\n", lang.Text{
		EN: "Shut the user out. The form of the user name tells how.",
		ES: "Quite el acceso al usuario. La forma del nombre de usuario indica cómo.",
		PT: "Retire o acesso do usuário. A forma do nome de usuário indica como.",
	}, revokeIAM(), revokeServiceAccount(), revokeOIDC(), nodeUser(), anonymousUser())
}

// revokeIAM shuts out a user who comes by an IAM principal: kubernetes-admin, an ARN, or any name with user.extra.arn.
//
// A token of EKS is a signed call of sts:GetCallerIdentity, which needs no permission, so a policy that denies everything
// does not stop it (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).
func revokeIAM() lang.Text {
	return run(lang.Text{
		EN: "kubernetes-admin, or a user with an ARN, is an IAM principal: delete its access entry, or its lines in the aws-auth ConfigMap, and disable the access key. Denying IAM permissions is not enough, as the token for the cluster needs none. First see the type of the entry: one of EC2_LINUX, EC2_WINDOWS, FARGATE_LINUX, HYBRID_LINUX or EC2 belongs to nodes, and all of them are lost with it; so they are with the lines of the nodes' roles in aws-auth.\n\nkubernetes-admin, who made the cluster, may have no entry (authentication mode CONFIG_MAP), and may be its only administrator. Before you take anything from that principal, let another one in as an administrator, and try it: otherwise nobody gets in any more. In that mode the creator goes only with the IAM role or user itself, which may serve more than this cluster.",
		ES: "kubernetes-admin, o un usuario con ARN, es una entidad principal de IAM: elimine su entrada de acceso, o sus líneas en el ConfigMap aws-auth, y desactive la clave. Denegar permisos de IAM no basta, porque el token del clúster no necesita ninguno. Mire antes el tipo de la entrada: si es EC2_LINUX, EC2_WINDOWS, FARGATE_LINUX, HYBRID_LINUX o EC2, pertenece a los nodos y se perderían todos; lo mismo ocurre con las líneas de los roles de los nodos en aws-auth.\n\nkubernetes-admin, que creó el clúster, puede no tener entrada (modo de autenticación CONFIG_MAP) y ser su único administrador. Antes de quitarle nada, dé acceso de administrador a otra entidad principal y compruebe que funciona: de lo contrario nadie podrá volver a entrar. En ese modo, quien creó el clúster solo desaparece con el propio rol de IAM o el usuario, que quizá sirva para más que este clúster.",
		PT: "kubernetes-admin, ou um usuário com ARN, é uma entidade principal do IAM: exclua sua entrada de acesso, ou suas linhas no ConfigMap aws-auth, e desative a chave. Negar permissões do IAM não basta, porque o token do cluster não precisa de nenhuma. Veja antes o tipo da entrada: se é EC2_LINUX, EC2_WINDOWS, FARGATE_LINUX, HYBRID_LINUX ou EC2, ela pertence aos nós, e todos se perdem com ela; o mesmo vale para as linhas dos perfis dos nós no aws-auth.\n\nkubernetes-admin, que criou o cluster, pode não ter entrada (modo de autenticação CONFIG_MAP) e ser o único administrador. Antes de tirar qualquer coisa dele, dê acesso de administrador a outra entidade principal e confirme que funciona: senão ninguém mais entra. Nesse modo, quem criou o cluster só sai com o próprio perfil do IAM ou o usuário, que talvez sirva para mais do que este cluster.",
	},
		"aws eks describe-cluster --name CLUSTER --query cluster.accessConfig",
		"aws eks describe-access-entry --cluster-name CLUSTER --principal-arn ARN --query accessEntry.type",
		"aws eks delete-access-entry --cluster-name CLUSTER --principal-arn ARN",
		"kubectl -n kube-system get configmap aws-auth -o yaml > aws-auth.yaml",
		"kubectl -n kube-system edit configmap aws-auth",
		"aws iam update-access-key --user-name USER --access-key-id KEY --status Inactive",
	)
}

// revokeServiceAccount shuts out system:serviceaccount:NAMESPACE:NAME.
func revokeServiceAccount() lang.Text {
	return run(lang.Text{
		EN: "system:serviceaccount:NAMESPACE:NAME is a service account, and its pods may be in other hands: see which they are, isolate them, take the account's roles away, and delete its token secrets. Deleting and creating the account anew ends every token of it, also those that pods still use: these have to be started again.",
		ES: "system:serviceaccount:NAMESPACE:NAME es una cuenta de servicio, y sus pods pueden estar en otras manos: vea cuáles son, aíslelos, quite los roles a la cuenta y elimine los secretos con sus tokens. Eliminar la cuenta y crearla de nuevo anula todos sus tokens, también los que usan los pods: hay que volver a iniciarlos.",
		PT: "system:serviceaccount:NAMESPACE:NAME é uma conta de serviço, e seus pods podem estar em outras mãos: veja quais são, isole-os, retire os papéis da conta e exclua os segredos com seus tokens. Excluir a conta e criá-la de novo invalida todos os seus tokens, também os que os pods usam: é preciso iniciá-los de novo.",
	},
		"kubectl -n NAMESPACE get pods -o wide --field-selector spec.serviceAccountName=NAME",
		"kubectl get rolebindings,clusterrolebindings -A -o wide | grep NAMESPACE/NAME",
		"kubectl -n NAMESPACE get secrets --field-selector type=kubernetes.io/service-account-token",
		"aws eks list-pod-identity-associations --cluster-name CLUSTER --namespace NAMESPACE --service-account NAME",
	)
}

// revokeOIDC shuts out a user of an OIDC provider, whose ID token is valid until it ends.
func revokeOIDC() lang.Text {
	return run(lang.Text{
		EN: "An e-mail address, or another name without an ARN, is mostly a user of an OIDC provider: end the sessions and change the password there. The token stays valid until it expires, so take the user out of the role bindings now.",
		ES: "Una dirección de correo, u otro nombre sin ARN, suele ser un usuario de un proveedor OIDC: cierre allí sus sesiones y cambie la contraseña. El token vale hasta que caduca, así que quite ya al usuario de las vinculaciones de roles.",
		PT: "Um endereço de e-mail, ou outro nome sem ARN, costuma ser um usuário de um provedor OIDC: encerre lá suas sessões e troque a senha. O token vale até expirar, por isso retire já o usuário das vinculações de papéis.",
	},
		"aws eks list-identity-provider-configs --cluster-name CLUSTER",
		"kubectl get rolebindings,clusterrolebindings -A -o wide | grep USER",
		"kubectl auth can-i --list --as USER --as-group GROUP",
	)
}

// nodeUser is the piece of [revokeUser] for system:node:NAME.
func nodeUser() lang.Text {
	return joined("\n\n", lang.Text{
		EN: "system:node:NAME is the identity of a node. If the request did not come from that node, somebody has its credentials.",
		ES: "system:node:NAME es la identidad de un nodo. Si la solicitud no vino de ese nodo, alguien tiene sus credenciales.",
		PT: "system:node:NAME é a identidade de um nó. Se a solicitação não veio desse nó, alguém tem suas credenciais.",
	}, isolateNode())
}

// anonymousUser is the piece of [revokeUser] for system:anonymous.
func anonymousUser() lang.Text {
	return run(lang.Text{
		EN: "system:anonymous is anybody: find the binding that lets in system:anonymous or system:unauthenticated, and take that subject out. Only system:public-info-viewer should name system:unauthenticated; clusters that began before Kubernetes 1.14 may name it in system:discovery and system:basic-user too.",
		ES: "system:anonymous es cualquiera: busque la vinculación que deja entrar a system:anonymous o system:unauthenticated y quite ese sujeto. Solo system:public-info-viewer debe nombrar a system:unauthenticated; los clústeres anteriores a Kubernetes 1.14 pueden nombrarlo también en system:discovery y system:basic-user.",
		PT: "system:anonymous é qualquer um: encontre a vinculação que deixa entrar system:anonymous ou system:unauthenticated e retire esse sujeito. Só system:public-info-viewer deve citar system:unauthenticated; clusters anteriores ao Kubernetes 1.14 podem citá-lo também em system:discovery e system:basic-user.",
	},
		"kubectl get rolebindings,clusterrolebindings -A -o wide | grep -E 'system:(anonymous|unauthenticated)'",
		"kubectl auth can-i --list --as system:anonymous --as-group system:unauthenticated",
	)
}

// undoChanges is what follows once the user is shut out.
func undoChanges() lang.Text {
	return lang.Text{
		EN: "Then go through everything that this user and this address changed since, newest first, and undo it: bindings, roles, service accounts, workloads, webhooks. Replace every secret that they could read.",
		ES: "Después repase todo lo que este usuario y esta dirección cambiaron desde entonces, empezando por lo más reciente, y deshágalo: vinculaciones, roles, cuentas de servicio, cargas de trabajo, webhooks. Sustituya cada secreto que pudieron leer.",
		PT: "Depois revise tudo o que este usuário e este endereço alteraram desde então, do mais recente ao mais antigo, e desfaça: vinculações, papéis, contas de serviço, cargas de trabalho, webhooks. Substitua cada segredo que puderam ler.",
	}
}

// isolatePod keeps a pod that may be in other hands for those who look into it, and cuts its network.
func isolatePod() lang.Text {
	return run(lang.Text{
		EN: "Keep what is there before you delete anything: the pod's object and its logs. Then isolate the pod with a label and a network policy that selects the label and allows nothing. A network policy works only where the network plugin enforces it, and not on pods in the host's network; connections that are open may stay so.",
		ES: "Guarde lo que hay antes de eliminar nada: el objeto del pod y sus registros. Después aísle el pod con una etiqueta y una política de red que seleccione esa etiqueta y no permita nada. Una política de red solo surte efecto si el complemento de red la aplica, y no en pods que usan la red del host; las conexiones ya abiertas pueden seguir abiertas.",
		PT: "Guarde o que existe antes de excluir qualquer coisa: o objeto do pod e seus logs. Depois isole o pod com um label e uma política de rede que selecione esse label e não permita nada. Uma política de rede só tem efeito se o plugin de rede a aplica, e não em pods que usam a rede do host; as conexões já abertas podem continuar abertas.",
	},
		"kubectl -n NAMESPACE get pod NAME -o yaml > pod.yaml",
		"kubectl -n NAMESPACE logs NAME --all-containers --timestamps > pod.log",
		"kubectl -n NAMESPACE label pod NAME quarantine=true",
		// No here-document, whose end is not found where it is pasted as it stands, indented; and no long words, which are
		// broken where the terminal is narrow.
		`printf '%s\n' 'apiVersion: networking.k8s.io/v1' 'kind: NetworkPolicy' 'metadata: {name: quarantine}' `+
			`'spec:' '  podSelector: {matchLabels: {quarantine: "true"}}' '  policyTypes: [Ingress, Egress]' | kubectl -n NAMESPACE apply -f -`,
	)
}

// replaceWorkload puts a sound workload in the place of one that may be in other hands.
func replaceWorkload() lang.Text {
	return run(lang.Text{
		EN: "Find all pods of the workload and their nodes, fix what let the attacker in, roll out the sound version, and only then delete the old pods: a controller makes deleted ones anew, with the same weakness. If the node or the pod has an IAM role, take it away or narrow it first.",
		ES: "Busque todos los pods de la carga de trabajo y sus nodos, corrija lo que dejó entrar al atacante, despliegue la versión sana y solo entonces elimine los pods antiguos: un controlador vuelve a crear los eliminados, con la misma debilidad. Si el nodo o el pod tiene un rol de IAM, quíteselo o limítelo antes.",
		PT: "Encontre todos os pods da carga de trabalho e seus nós, corrija o que deixou o invasor entrar, implante a versão sã e só então exclua os pods antigos: um controlador recria os excluídos, com a mesma fraqueza. Se o nó ou o pod tem um perfil do IAM, retire-o ou limite-o antes.",
	},
		"kubectl -n NAMESPACE get KIND NAME -o jsonpath='{.spec.selector.matchLabels}'",
		"kubectl -n NAMESPACE get pods -l KEY=VALUE -o wide",
		"kubectl -n NAMESPACE rollout status KIND/NAME",
	)
}

// stopImage takes an image that may be malicious out of use.
func stopImage() lang.Text {
	return run(lang.Text{
		EN: "If the image is not known or not trusted, find every pod that uses it, and keep and isolate these first. Keep a copy of the image too, for those who look into it, without running it. Then remove it from the registry: whoever else uses it cannot start it any more. Delete the pods last, together with what makes them.",
		ES: "Si la imagen es desconocida o no es de confianza, busque todos los pods que la usan y, antes que nada, guarde sus datos y aíslelos. Guarde también una copia de la imagen para investigarla, sin ejecutarla. Después elimínela del registro: quien más la use ya no podrá iniciarla. Elimine los pods al final, junto con lo que los crea.",
		PT: "Se a imagem é desconhecida ou não é confiável, procure todos os pods que a usam e, antes de tudo, guarde seus dados e isole-os. Guarde também uma cópia da imagem para investigá-la, sem executá-la. Depois remova-a do registro: quem mais a usa não poderá mais iniciá-la. Exclua os pods por último, junto com o que os cria.",
	},
		`kubectl get pods -A -o json | jq -c '.items[]|select(tojson|test("IMAGE"))' | jq -r '.metadata|.namespace+"/"+.name'`,
		"docker pull REGISTRY/REPOSITORY@DIGEST && docker save -o image.tar REGISTRY/REPOSITORY@DIGEST",
		"aws ecr batch-delete-image --repository-name REPOSITORY --image-ids imageDigest=DIGEST",
	)
}

// isolateNode takes a node out of use that may be in other hands: by its credentials, or by a privileged container.
func isolateNode() lang.Text {
	return run(lang.Text{
		EN: "Treat the node as taken over: let nothing new run on it, keep its disk, give its instance a security group without rules, which takes the network from everything that runs there, replace the credentials of every service account whose pods run on it, and then terminate it. An Auto Scaling group terminates an instance that no longer answers, so keep the disk first.",
		ES: "Dé el nodo por comprometido: no deje que se inicie nada nuevo en él, conserve su disco, asigne a su instancia un grupo de seguridad sin reglas, lo que deja sin red a todo lo que se ejecuta allí, sustituya las credenciales de cada cuenta de servicio con pods en él y después termine la instancia. Un grupo de Auto Scaling termina las instancias que no responden, así que conserve antes el disco.",
		PT: "Considere o nó comprometido: não deixe nada novo rodar nele, preserve seu disco, dê à instância um grupo de segurança sem regras, o que tira a rede de tudo o que roda ali, substitua as credenciais de cada conta de serviço com pods nele e depois encerre a instância. Um grupo do Auto Scaling encerra as instâncias que não respondem, por isso preserve antes o disco.",
	},
		"kubectl cordon NODE",
		"kubectl get node NODE -o jsonpath='{.spec.providerID}'",
		`kubectl get pods -A --field-selector spec.nodeName=NODE -o json | jq -r '.items[]|.metadata.namespace+"/"+.spec.serviceAccountName' | sort -u`,
		"aws ec2 create-snapshots --instance-specification InstanceId=INSTANCE",
		"aws ec2 modify-network-interface-attribute --network-interface-id ENI --groups SECURITY_GROUP",
	)
}

// closeService takes a Service off the internet.
func closeService() lang.Text {
	return run(lang.Text{
		EN: "Make the Service reachable in the cluster only, with the first command, which gives up its load balancer, and use kubectl port-forward. If it must be open, let in only the addresses that it is meant for, with the second, and put a proxy that asks for sign-in in front.",
		ES: "Haga que el Service solo sea accesible dentro del clúster con el primer comando, que renuncia a su balanceador de carga, y use kubectl port-forward. Si tiene que estar abierto, deje entrar únicamente las direcciones previstas, con el segundo, y ponga delante un proxy que exija iniciar sesión.",
		PT: "Torne o Service acessível só dentro do cluster com o primeiro comando, que abre mão do balanceador de carga, e use kubectl port-forward. Se ele precisa ficar aberto, deixe entrar apenas os endereços previstos, com o segundo, e ponha na frente um proxy que exija login.",
	},
		`kubectl -n NAMESPACE patch service NAME -p '{"spec":{"type":"ClusterIP"}}'`,
		`kubectl -n NAMESPACE patch service NAME -p '{"spec":{"loadBalancerSourceRanges":["CIDR"]}}'`,
	)
}

// restrictEndpoint keeps strangers away from the API server itself.
func restrictEndpoint() lang.Text {
	return run(lang.Text{
		EN: "Let only your own networks reach the API server. See first what is set. Where endpointPublicAccess is false there is nothing to close. Where it is true, give the addresses of your networks, your own included, or you shut yourself out; the private endpoint keeps the nodes connected. If all who use the cluster are in its network, set endpointPublicAccess=false instead, and nobody else can reach it.",
		ES: "Permita que solo sus propias redes lleguen al servidor de la API. Mire antes qué está configurado. Si endpointPublicAccess es false, no hay nada que cerrar. Si es true, indique las direcciones de sus redes, incluida la suya, o se quedará fuera; el punto de conexión privado mantiene conectados los nodos. Si todos los que usan el clúster están en su red, ponga en su lugar endpointPublicAccess=false y nadie más podrá llegar a él.",
		PT: "Permita que só as suas próprias redes cheguem ao servidor da API. Veja antes o que está configurado. Se endpointPublicAccess é false, não há nada a fechar. Se é true, informe os endereços das suas redes, inclusive o seu, ou você ficará de fora; o endpoint privado mantém os nós conectados. Se todos os que usam o cluster estão na rede dele, defina endpointPublicAccess=false em vez disso, e ninguém mais chega a ele.",
	},
		// Without endpointPublicAccess, which would open a private cluster; AWS refuses the CIDRs there.
		"aws eks describe-cluster --name CLUSTER --query cluster.resourcesVpcConfig",
		"aws eks update-cluster-config --name CLUSTER --resources-vpc-config publicAccessCidrs=CIDR,endpointPrivateAccess=true",
	)
}

// enforceBaseline has a namespace refuse pods that get to their node.
func enforceBaseline() lang.Text {
	return run(lang.Text{
		EN: "Enforce the Pod Security level baseline in the namespace. The first command names the pods that it would refuse, of which none would start again: mend those before the second one. It is not for kube-system, whose pods run the node.",
		ES: "Aplique en el espacio de nombres el nivel baseline de Pod Security. El primer comando nombra los pods que rechazaría, que no podrían volver a iniciarse: corríjalos antes de ejecutar el segundo. No es para kube-system, cuyos pods hacen funcionar el nodo.",
		PT: "Aplique no namespace o nível baseline de Pod Security. O primeiro comando nomeia os pods que ele recusaria, que não poderiam iniciar de novo: corrija-os antes de executar o segundo. Não serve para kube-system, cujos pods fazem o nó funcionar.",
	},
		"kubectl label --dry-run=server --overwrite namespace NAMESPACE pod-security.kubernetes.io/enforce=baseline",
		"kubectl label --overwrite namespace NAMESPACE pod-security.kubernetes.io/enforce=baseline",
	)
}
