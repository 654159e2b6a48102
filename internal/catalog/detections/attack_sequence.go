package detections

import (
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// CompromisedCluster joins what one identity, one address or one workload shows over a day into one story: at least three
// finding types of two tactics, one of them grave, and one of them a sign of an attacker rather than of a careless
// colleague ([isHostile]). GuardDuty joins findings and weaker signals over its own window; which, it does not publish
// (https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-attack-sequence-finding-types.html).
var CompromisedCluster = rule.Detection{
	Type:     "AttackSequence:EKS/CompromisedCluster",
	Severity: finding.SeverityCritical,
	References: []rule.Reference{
		{
			Source: "GuardDuty", ID: "attack-sequence-eks-compromised-cluster",
			URL: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-attack-sequence-finding-types.html#attack-sequence-eks-compromised-cluster",
		},
		attack("T1609"),
	},
	Title: lang.Text{
		EN: "Attack in several steps on the cluster",
		ES: "Ataque en varios pasos contra el clúster",
		PT: "Ataque em várias etapas contra o cluster",
	},
	Why: lang.Text{
		EN: "Several detections have the same identity, address or workload in common, and follow one another as the steps of an attack do: access, more rights, execution, persistence. Together they say that somebody is in the cluster now; each of them alone may have a harmless reason.",
		ES: "Varias detecciones tienen en común la misma identidad, dirección o carga de trabajo, y se suceden como los pasos de un ataque: acceso, más permisos, ejecución, persistencia. Juntas indican que hay alguien en el clúster en este momento; cada una por separado puede tener un motivo inofensivo.",
		PT: "Várias detecções têm em comum a mesma identidade, o mesmo endereço ou a mesma carga de trabalho, e se sucedem como as etapas de um ataque: acesso, mais permissões, execução, persistência. Juntas indicam que alguém está no cluster neste momento; cada uma isoladamente pode ter um motivo inofensivo.",
	},
	Fix: lang.Text{
		EN: "Cut off the identity first, then undo what it did, newest step first\n\nFollow the timeline. Capture the pods and nodes that it names before you delete anything. Remove the access of the identity (access entry, aws-auth mapping or RBAC binding), isolate the workloads with a NetworkPolicy that denies everything, delete what was added, and rotate the credentials that were in reach.",
		ES: "Corte primero el acceso de la identidad y deshaga después sus acciones\n\nSiga la cronología. Capture los pods y nodos que nombra antes de eliminar nada. Quite el acceso de la identidad (entrada de acceso, asignación en aws-auth o vinculación RBAC), aísle las cargas de trabajo con una NetworkPolicy que lo deniegue todo, elimine lo que se añadió, del paso más reciente al más antiguo, y rote las credenciales que quedaron al alcance.",
		PT: "Corte primeiro o acesso da identidade e depois desfaça o que ela fez\n\nSiga a linha do tempo. Capture os pods e nós que ela cita antes de excluir qualquer coisa. Remova o acesso da identidade (entrada de acesso, mapeamento no aws-auth ou vinculação RBAC), isole as cargas de trabalho com uma NetworkPolicy que negue tudo, exclua o que foi adicionado, da etapa mais recente à mais antiga, e faça a rotação das credenciais que ficaram ao alcance.",
	},
	Joins: &rule.Joining{
		Parts:  sequenceParts,
		Within: 24 * time.Hour,
		Types:  3, Tactics: 2,
		Grave:   finding.SeverityHigh,
		Hostile: isHostile,
	},
	Examples: attackSequenceExamples,
}

// isHostile reports whether a finding tells of an attacker by itself: a caller on a list or without credentials, a grant
// to everybody, what nobody does who knows the cluster.
func isHostile(s *finding.Signal) bool {
	for _, sign := range []string{
		"/MaliciousIPCaller", "/TorIPCaller", "/SuccessfulAnonymousAccess", "/AnonymousAccessGranted", "/AnomalousBehavior.", "/Suspicious",
	} {
		if strings.Contains(s.Type, sign) {
			return true
		}
	}
	return false
}

// sequenceParts lists the rules whose detections are signals in the examples above. In a run every detection is one.
func sequenceParts() []*rule.Detection {
	return append(Matrix(), &ExecInKubeSystemPod, &AdminBindingCreated)
}
