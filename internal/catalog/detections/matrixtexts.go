package detections

import "github.com/merlonsec/merlon/internal/lang"

// The titles of the matrix: what is asked for, followed by who asks.
var (
	asksCredentials = lang.Text{EN: "Request for credentials", ES: "Solicitud de credenciales", PT: "Solicitação de credenciais"}
	changesDefenses = lang.Text{EN: "Change to the defenses", ES: "Cambio en las defensas", PT: "Alteração nas defesas"}
	looksAround     = lang.Text{EN: "Request that looks around", ES: "Solicitud de reconocimiento", PT: "Solicitação de reconhecimento"}
	runsCode        = lang.Text{EN: "Request to run code", ES: "Solicitud de ejecutar código", PT: "Solicitação de executar código"}
	changesObjects  = lang.Text{EN: "Change or deletion", ES: "Cambio o eliminación", PT: "Alteração ou exclusão"}
	keepsAccess     = lang.Text{EN: "Step to lasting access", ES: "Paso a un acceso duradero", PT: "Passo para um acesso duradouro"}

	fromMalicious = lang.Text{EN: "from a known malicious address", ES: "desde una dirección maliciosa", PT: "de um endereço malicioso"}
	fromCustom    = lang.Text{EN: "from an address on your list", ES: "desde una dirección de su lista", PT: "de um endereço da sua lista"}
	byAnonymous   = lang.Text{EN: "by an anonymous user", ES: "por un usuario anónimo", PT: "por um usuário anônimo"}
	fromTor       = lang.Text{EN: "from a Tor exit node", ES: "desde un nodo de salida de Tor", PT: "de um nó de saída do Tor"}
)

// Why each sort of caller matters; why the tactic does follows.
var (
	whyMalicious = lang.Text{
		EN: "A user's credentials were used from an address that is known for attacks. Even where the request was refused, somebody there has them.",
		ES: "Las credenciales de un usuario se usaron desde una dirección conocida por ataques. Aunque la solicitud se rechazara, alguien las tiene allí.",
		PT: "As credenciais de um usuário foram usadas de um endereço conhecido por ataques. Mesmo que a solicitação tenha sido recusada, alguém as tem ali.",
	}
	whyCustom = lang.Text{
		EN: "The request came from an address that you hold for a threat, and either with a user's credentials, which somebody there then has, or it was let in without any.",
		ES: "La solicitud vino de una dirección que usted considera una amenaza, y o bien traía las credenciales de un usuario, que entonces alguien tiene allí, o bien se admitió sin ninguna.",
		PT: "A solicitação veio de um endereço que você considera uma ameaça, e ou trazia as credenciais de um usuário, que então alguém tem ali, ou foi aceita sem nenhuma.",
	}
	whyAnonymous = lang.Text{
		EN: "The request came without credentials, and was allowed: everybody who reaches the API server can do the same, and perhaps more.",
		ES: "La solicitud llegó sin credenciales y se permitió: cualquiera que llegue al servidor de la API puede hacer lo mismo, y quizá más.",
		PT: "A solicitação chegou sem credenciais e foi permitida: qualquer um que alcance o servidor da API pode fazer o mesmo, e talvez mais.",
	}
	whyTor = lang.Text{
		EN: "The request came through the Tor network, which hides where somebody is. Those who look after a cluster have no reason to hide; an attacker with a user's credentials has.",
		ES: "La solicitud llegó por la red Tor, que oculta dónde está alguien. Quienes cuidan de un clúster no tienen por qué ocultarse; un atacante con las credenciales de un usuario, sí.",
		PT: "A solicitação chegou pela rede Tor, que oculta onde alguém está. Quem cuida de um cluster não tem por que se esconder; um invasor com as credenciais de um usuário, sim.",
	}
)

// Why each tactic matters.
var (
	whyCredentials = lang.Text{
		EN: "Such requests give out secrets, tokens and certificates, and with them the rights of others.",
		ES: "Con solicitudes así se obtienen secretos, tokens y certificados, y con ellos los derechos de otros.",
		PT: "Com solicitações assim obtêm-se segredos, tokens e certificados, e com eles os direitos de outros.",
	}
	whyDefenses = lang.Text{
		EN: "Such requests take away what would stop or show an attacker: network policies, admission checks, agents, events.",
		ES: "Con solicitudes así desaparece lo que detendría o delataría a un atacante: políticas de red, controles de admisión, agentes, eventos.",
		PT: "Com solicitações assim desaparece o que deteria ou denunciaria um invasor: políticas de rede, controles de admissão, agentes, eventos.",
	}
	whyLooks = lang.Text{
		EN: "Such requests show what runs in the cluster and what is allowed, which is how most attacks begin.",
		ES: "Solicitudes así muestran qué se ejecuta en el clúster y qué está permitido, que es como empieza la mayoría de los ataques.",
		PT: "Solicitações assim mostram o que é executado no cluster e o que é permitido, que é como começa a maioria dos ataques.",
	}
	whyRuns = lang.Text{
		EN: "Such requests run code in a container or reach into it; from there an attacker has what the pod has.",
		ES: "Con solicitudes así se ejecuta código en un contenedor o se entra en él; desde ahí, un atacante tiene lo que tiene el pod.",
		PT: "Com solicitações assim executa-se código em um contêiner ou entra-se nele; dali, um invasor tem o que o pod tem.",
	}
	whyChanges = lang.Text{
		EN: "Such requests make, change and delete objects: workloads that serve an attacker, or harm to yours.",
		ES: "Con solicitudes así se crean, cambian y eliminan objetos: cargas de trabajo al servicio de un atacante, o daños a las suyas.",
		PT: "Com solicitações assim criam-se, alteram-se e excluem-se objetos: cargas de trabalho a serviço de um invasor, ou danos às suas.",
	}
	whyKeeps = lang.Text{
		EN: "Such requests leave a way in that stays when the first one is closed: roles, bindings, webhooks, workloads that come back.",
		ES: "Solicitudes así dejan una entrada que permanece cuando se cierra la primera: roles, vinculaciones, webhooks, cargas de trabajo que vuelven.",
		PT: "Solicitações assim deixam uma entrada que permanece quando a primeira é fechada: papéis, vinculações, webhooks, cargas de trabalho que voltam.",
	}
)

// What to do: the title by the caller, and what the tactic asks for besides.
var (
	fixListed = lang.Text{
		EN: "Find out who used the user's credentials, and revoke them",
		ES: "Averigüe quién usó las credenciales del usuario y revóquelas",
		PT: "Descubra quem usou as credenciais do usuário e revogue-as",
	}
	fixAnonymous = lang.Text{
		EN: "Take the permission away from users without credentials",
		ES: "Retire el permiso a los usuarios sin credenciales",
		PT: "Retire a permissão dos usuários sem credenciais",
	}

	fixCredentials = lang.Text{
		EN: "Replace every secret, token and certificate that the request gave out, wherever it is used.",
		ES: "Sustituya cada secreto, token y certificado que la solicitud entregó, allí donde se use.",
		PT: "Substitua cada segredo, token e certificado que a solicitação entregou, onde quer que seja usado.",
	}
	fixDefenses = lang.Text{
		EN: "Put back what was taken away, from your repository or from the audit record of the deletion.",
		ES: "Reponga lo que se quitó, desde su repositorio o desde el registro de auditoría de la eliminación.",
		PT: "Reponha o que foi retirado, do seu repositório ou do registro de auditoria da exclusão.",
	}
	fixLooks = lang.Text{
		EN: "What was read tells what may come next: look for further requests of the same user and address.",
		ES: "Lo que se leyó indica qué puede venir después: busque más solicitudes del mismo usuario y de la misma dirección.",
		PT: "O que foi lido indica o que pode vir depois: procure outras solicitações do mesmo usuário e do mesmo endereço.",
	}
	fixChanges = lang.Text{
		EN: "Compare the objects with your repository, put back what was changed, and delete what was added.",
		ES: "Compare los objetos con su repositorio, reponga lo que se cambió y elimine lo que se añadió.",
		PT: "Compare os objetos com seu repositório, reponha o que foi alterado e exclua o que foi adicionado.",
	}
	fixKeeps = lang.Text{
		EN: "Delete the roles, bindings, webhooks and workloads that were made this way first: they are the way back in.",
		ES: "Elimine primero los roles, las vinculaciones, los webhooks y las cargas de trabajo creados así: son la vía de regreso.",
		PT: "Exclua primeiro os papéis, as vinculações, os webhooks e as cargas de trabalho criados assim: são o caminho de volta.",
	}
)
