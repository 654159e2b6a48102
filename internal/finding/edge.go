package finding

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// The edges of the attack graph.
const (
	EdgeExposes          EdgeKind = "exposes"
	EdgeRoutes           EdgeKind = "routes-to"
	EdgeSelects          EdgeKind = "selects"
	EdgeServiceAccount   EdgeKind = "use-service-account"
	EdgeClusterAdmin     EdgeKind = "cluster-admin"
	EdgeEscapePrivileged EdgeKind = "escape-privileged"
	EdgeEscapeHostPath   EdgeKind = "escape-host-path"
	EdgeEscapeSocket     EdgeKind = "escape-runtime-socket"
	EdgeEscapeCapability EdgeKind = "escape-capability"
	EdgeShareHostPID     EdgeKind = "share-host-pid"
	EdgeShareHostIPC     EdgeKind = "share-host-ipc"
	EdgeShareHostNetwork EdgeKind = "share-host-network"

	EdgeBalances      EdgeKind = "balances-to"
	EdgeTaskRole      EdgeKind = "use-task-role"
	EdgeInstanceRole  EdgeKind = "use-instance-role"
	EdgeReadIMDS      EdgeKind = "read-instance-metadata"
	EdgeOtherTaskRole EdgeKind = "take-task-role"
	EdgePodRole       EdgeKind = "use-pod-role"
	EdgeAdministrator EdgeKind = "administrator"
)

// EdgeMeaning is what an edge lets an attacker do.
type EdgeMeaning struct {
	Kind EdgeKind
	// Why says it in a sentence, without the names of the two ends.
	Why lang.Text
	// Controls is false for an edge that only touches its end: the attacker sees or disturbs it, and goes
	// no further from there.
	Controls bool
	// Yields is the impact of reaching the end of the edge where it is a target.
	Yields Impact
}

// EdgeMeanings lists every kind of edge, in the order in which they are documented.
func EdgeMeanings() []EdgeMeaning {
	return []EdgeMeaning{
		{EdgeExposes, lang.Text{
			EN: "it takes traffic from outside the cluster",
			ES: "recibe tráfico desde fuera del clúster",
			PT: "recebe tráfego de fora do cluster",
		}, true, ImpactNone},
		{EdgeRoutes, lang.Text{
			EN: "the Ingress routes requests to it",
			ES: "el Ingress le envía solicitudes",
			PT: "o Ingress encaminha requisições para ele",
		}, true, ImpactNone},
		{EdgeSelects, lang.Text{
			EN: "the Service sends its traffic to these pods",
			ES: "el Service envía su tráfico a estos pods",
			PT: "o Service envia seu tráfego para estes pods",
		}, true, ImpactNone},
		{EdgeServiceAccount, lang.Text{
			EN: "its service account's token is mounted in the pod",
			ES: "el token de su cuenta de servicio está montado en el pod",
			PT: "o token da sua conta de serviço está montado no pod",
		}, true, ImpactNone},
		{EdgeClusterAdmin, lang.Text{
			EN: "a ClusterRoleBinding makes it cluster-admin",
			ES: "un ClusterRoleBinding le otorga cluster-admin",
			PT: "um ClusterRoleBinding lhe concede cluster-admin",
		}, true, ImpactHigh},
		{EdgeEscapePrivileged, lang.Text{
			EN: "a privileged container has every device and capability of its node",
			ES: "un contenedor privilegiado tiene todos los dispositivos y todas las capacidades de su nodo",
			PT: "um contêiner privilegiado tem todos os dispositivos e todas as capacidades do seu nó",
		}, true, ImpactHigh},
		{EdgeEscapeHostPath, lang.Text{
			EN: "files of the node are mounted in the container",
			ES: "hay archivos del nodo montados en el contenedor",
			PT: "há arquivos do nó montados no contêiner",
		}, true, ImpactHigh},
		{EdgeEscapeSocket, lang.Text{
			EN: "the container runtime's socket starts any container on the node",
			ES: "el socket del entorno de ejecución de contenedores permite iniciar cualquier contenedor en el nodo",
			PT: "o socket do runtime de contêineres permite iniciar qualquer contêiner no nó",
		}, true, ImpactHigh},
		{EdgeEscapeCapability, lang.Text{
			EN: "the added capability breaks out of the container",
			ES: "la capacidad añadida permite salir del contenedor",
			PT: "a capacidade adicionada permite sair do contêiner",
		}, true, ImpactHigh},
		{EdgeShareHostPID, lang.Text{
			EN: "it sees every process of the node, with their arguments and environment",
			ES: "ve todos los procesos del nodo, con sus argumentos y su entorno",
			PT: "vê todos os processos do nó, com seus argumentos e seu ambiente",
		}, false, ImpactMedium},
		{EdgeShareHostIPC, lang.Text{
			EN: "it reads and writes the shared memory of the node's processes",
			ES: "lee la memoria compartida de los procesos del nodo y escribe en ella",
			PT: "lê a memória compartilhada dos processos do nó e grava nela",
		}, false, ImpactMedium},
		{EdgeShareHostNetwork, lang.Text{
			EN: "it uses the node's network: its traffic, its local ports and its metadata service",
			ES: "usa la red del nodo: su tráfico, sus puertos locales y su servicio de metadatos",
			PT: "usa a rede do nó: seu tráfego, suas portas locais e seu serviço de metadados",
		}, false, ImpactMedium},
		{EdgeBalances, lang.Text{
			EN: "the load balancer sends requests to the tasks",
			ES: "el balanceador de carga envía solicitudes a las tareas",
			PT: "o balanceador de carga envia requisições às tarefas",
		}, true, ImpactNone},
		{EdgeTaskRole, lang.Text{
			EN: "the containers of the task get the credentials of its task role",
			ES: "los contenedores de la tarea reciben las credenciales de su rol de tarea",
			PT: "os contêineres da tarefa recebem as credenciais do seu perfil de tarefa",
		}, true, ImpactNone},
		{EdgeInstanceRole, lang.Text{
			EN: "the instance's metadata service hands out the credentials of its role",
			ES: "el servicio de metadatos de la instancia entrega las credenciales de su rol",
			PT: "o serviço de metadados da instância entrega as credenciais do seu perfil",
		}, true, ImpactNone},
		{EdgeReadIMDS, lang.Text{
			EN: "the containers reach the metadata service of their instance, which hands out the credentials of its role",
			ES: "los contenedores llegan al servicio de metadatos de su instancia, que entrega las credenciales de su rol",
			PT: "os contêineres chegam ao serviço de metadados da sua instância, que entrega as credenciais do seu perfil",
		}, true, ImpactMedium},
		{EdgeOtherTaskRole, lang.Text{
			EN: "whoever is root on the instance takes the credentials of every task that runs on it",
			ES: "quien es root en la instancia obtiene las credenciales de todas las tareas que se ejecutan en ella",
			PT: "quem é root na instância obtém as credenciais de todas as tarefas executadas nela",
		}, true, ImpactMedium},
		{EdgePodRole, lang.Text{
			EN: "the pod gets the credentials of an IAM role",
			ES: "el pod recibe las credenciales de un rol de IAM",
			PT: "o pod recebe as credenciais de um perfil do IAM",
		}, true, ImpactNone},
		{EdgeAdministrator, lang.Text{
			EN: "the role may do everything in the account",
			ES: "el rol puede hacer cualquier cosa en la cuenta",
			PT: "o perfil pode fazer qualquer coisa na conta",
		}, true, ImpactHigh},
	}
}

// Meaning looks an edge kind up; ok is false for a kind that is not documented.
func (k EdgeKind) Meaning() (m EdgeMeaning, ok bool) {
	for _, m := range EdgeMeanings() {
		if m.Kind == k {
			return m, true
		}
	}
	return EdgeMeaning{}, false
}

// Edge is one step of an attack path.
type Edge struct {
	From inventory.UID `json:"from"`
	To   inventory.UID `json:"to"`
	Kind EdgeKind      `json:"kind"`
	Why  lang.Text     `json:"why"`
	// Cause is the trait that opened the edge; "" where a relation did.
	Cause string `json:"cause,omitempty"`
	// Possible is set on an edge that may be there: what was read does not say.
	Possible bool `json:"possible,omitempty"`
	// Origin is where what opens the edge stands: the field of the trait, or the object that relates the two
	// ends, such as the Ingress that routes.
	Origin inventory.Origin `json:"origin,omitzero"`
}

// AttackPath is a chain of edges from an entry point to a target.
type AttackPath struct {
	// Entry is "internet", or the resource itself where an attacker who is already in it starts.
	Entry  inventory.UID `json:"entry"`
	Target inventory.UID `json:"target"`
	Edges  []Edge        `json:"edges"`
}

// Possible reports whether any step of the path is not certain.
func (p AttackPath) Possible() bool {
	for _, e := range p.Edges {
		if e.Possible {
			return true
		}
	}
	return false
}
