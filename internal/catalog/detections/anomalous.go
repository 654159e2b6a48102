package detections

import (
	"fmt"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// What the eight rules about anomalous behaviour have in common: the sides that they compare, the steps of their fixes, and
// the people of their examples.

// howItWasDone lists the profiles of how something was done, beside the deed itself.
func howItWasDone() []rule.Profile {
	return []rule.Profile{rule.ProfileNamespace, rule.ProfileUserAgent, rule.ProfileNetwork}
}

// workloadSelectors selects the requests that make or change a pod, or what pods are made of.
func workloadSelectors() []rule.Selector {
	return []rule.Selector{{Verbs: writes(), Resources: workloads()}}
}

// byItsUser holds for what somebody did, and not for what a controller of Kubernetes' own made of an object of somebody's:
// that one was looked at when it came. Where the record does not show the object, a controller is taken to have done its
// work.
func byItsUser() rule.EventCondition {
	return rule.EventCondition{
		Name: "not-derived",
		Holds: func(a *rule.Action) rule.Truth {
			_, sight := a.Made()
			return rule.Is(!rule.IsController(a.User.Name) || sight != rule.SeenNothing && !a.IsDerived())
		},
		Show: func(a *rule.Action) []finding.RecordField { return field("$.user.username", a.User.Name) },
	}
}

// showsTrait holds for a workload that has a trait.
func showsTrait(name string, trait *rule.Rule) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			v := a.HasTrait(trait)
			return rule.Truth{State: v.State, Why: v.Why}
		},
		Show: func(a *rule.Action) []finding.RecordField {
			var fields []finding.RecordField
			object, _ := a.Made()
			for _, e := range a.HasTrait(trait).Evidence {
				if object.Lookup(e.Path).Exists() { // evidence may name what is not set, as readOnly is not
					fields = append(fields, field(a.InRecord(e.Path), fmt.Sprint(e.Value))...)
				}
			}
			return fields
		},
	}
}

// anomalyFix is the text of a fix: its title, and what to do; what to look at first is the same for every anomaly, and so is
// what to do if nobody meant it. The commands look at, and take back, what was done.
func anomalyFix(title lang.Text, commands ...string) lang.Text {
	code := "\n\n    " + strings.Join(commands, "\n    ")
	return lang.Text{
		EN: title.EN + "\n\nThe detection lists what was unusual, beside what is usual for this user. Ask the person, or the owner of the service account, whether it was meant. If it was, it will be usual in a few days; for what happens again and again, write an exception." +
			"\n\nIf it was not, the credentials are in other hands: delete the access entry, mapping or role bindings of the user, or the service account's tokens and pods, and then undo what was done." + code,
		ES: title.ES + "\n\nLa detección enumera lo que fue inusual, junto a lo que es habitual en este usuario. Pregunte a la persona, o al responsable de la cuenta de servicio, si era lo previsto. Si lo era, será habitual en unos días; para lo que se repite una y otra vez, escriba una excepción." +
			"\n\nSi no lo era, las credenciales están en otras manos: elimine la entrada de acceso, la asignación o las vinculaciones de roles del usuario, o bien los tokens y pods de la cuenta de servicio, y después deshaga lo que se hizo." + code,
		PT: title.PT + "\n\nA detecção lista o que foi incomum, ao lado do que é habitual para este usuário. Pergunte à pessoa, ou ao responsável pela conta de serviço, se isso era previsto. Se era, será habitual em alguns dias; para o que se repete sempre, escreva uma exceção." +
			"\n\nSe não era, as credenciais estão em outras mãos: exclua a entrada de acesso, o mapeamento ou as vinculações de papéis do usuário, ou os tokens e pods da conta de serviço, e depois desfaça o que foi feito." + code,
	}
}

// The examples' developer works in one namespace with kubectl, from the office; a service account watches the pods of its
// own. The thief has the credentials of both.
const (
	officeIP       = "203.0.113.20"
	thiefIP        = "198.51.100.7"
	thiefAgent     = "python-requests/2.32.3"
	shopAccount    = "system:serviceaccount:shop:reporter"
	shopAccountIP  = "10.0.14.3"
	accountsGroups = `"system:serviceaccounts","system:serviceaccounts:shop","system:authenticated"`
)

// atOffice is a request of the developer as usual.
func (r record) atOffice() record {
	r.IP = officeIP
	return r
}

// byThief is the same request by somebody else, with the developer's credentials.
func (r record) byThief() record {
	r.IP, r.UserAgent = thiefIP, thiefAgent
	return r
}

// byAccount is the same request of the service account, from its pod.
func (r record) byAccount() record {
	r.User, r.Groups, r.IP, r.UserAgent = shopAccount, accountsGroups, shopAccountIP, "reporter/v2.1.0 (linux/amd64) kubernetes/$Format"
	return r
}

// byAccountStolen is a request with the service account's token, by kubectl, from its pod.
func (r record) byAccountStolen() record {
	r = r.byAccount()
	r.UserAgent = ""
	return r
}

// usualDays is what the developer and the service account do every day.
func usualDays(more ...record) string {
	pods := record{Verb: "list", Resource: "pods", Namespace: "shop"}
	learned := pods.atOffice().String() + pods.byAccount().String()
	for _, r := range more {
		learned += r.String()
	}
	return learned
}

// deployment is the JSON of a Deployment of one container, with more fields of the container and of the pod; each of these
// begins with a comma.
func deployment(namespace, image, ofContainer, ofPod string) string {
	return `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"` + namespace + `"},"spec":{"selector":{"matchLabels":{"app":"a"}},` +
		`"template":{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"main","image":"` + image + `"` + ofContainer + `}]` + ofPod + `}}}}`
}

// deployed is the request that makes such a Deployment.
func deployed(namespace, image, ofContainer, ofPod string) record {
	return record{
		Verb: "create", Resource: "deployments.apps", Namespace: namespace, Name: "web", Code: 201,
		Response: deployment(namespace, image, ofContainer, ofPod),
	}
}

// patchedDeployment is the request that patches such a Deployment, of which the log does not hold the result.
func patchedDeployment(patch string) record {
	return record{Verb: "patch", Resource: "deployments.apps", Namespace: "shop", Name: "web", Request: patch}
}
