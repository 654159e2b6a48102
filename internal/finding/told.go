package finding

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
)

// Told says in one sentence, without a full stop, who did what to which object from where: "alice read the secret
// shop/db from 203.0.113.7". Its names are as the record has them, and nobody vouches for those.
func (d *Detection) Told() lang.Text {
	if d.Sequence != nil {
		return d.Sequence.told()
	}
	sentence := join(" ", d.Actor.Called(), d.deed())
	if address := d.Address(); address != "" {
		sentence = toldFrom.Format(sentence, address)
	}
	return sentence
}

// Called is what a person calls an actor, as a sentence begins.
func (a *Actor) Called() lang.Text {
	name := called(a.Username)
	if a.Impersonated != nil {
		return toldAs.Format(name, a.Impersonated.Username)
	}
	return name
}

func called(user string) lang.Text {
	if account, ok := strings.CutPrefix(user, "system:serviceaccount:"); ok {
		return calledAccount.Format(strings.Replace(account, ":", "/", 1))
	}
	if node, ok := strings.CutPrefix(user, "system:node:"); ok {
		return calledNode.Format(node)
	}
	switch user {
	case "":
		return calledNobody
	case "system:anonymous":
		return calledAnonymous
	}
	return same(user)
}

// told says what a story comes down to. Among what is told of an actor is also what others did for it, such as a grant of
// rights; that is not laid at its door.
func (s *Sequence) told() lang.Text {
	tactics := strings.Join(s.Tactics, ", ")
	switch s.Around {
	case "target":
		return toldTarget.Format(s.Subject, len(s.Signals), tactics)
	case "address":
		return toldAddress.Format(s.Subject, len(s.Signals), tactics)
	}
	others := s.byOthers()
	switch own := len(s.Signals) - others; {
	case others == 0:
		return toldActor.Format(called(s.Subject), own, tactics)
	case own == 0:
		return toldFor.Format(s.Subject, others, tactics)
	default:
		return toldShared.Format(called(s.Subject), own, others, tactics)
	}
}

// Update says in a few words what a sequence that goes on is about; "" for one that is told for the first time.
func (s *Sequence) Update() lang.Text {
	if s.Updates == 0 {
		return lang.Text{}
	}
	subject := same(s.Subject)
	if s.Around == "actor" {
		subject = called(s.Subject)
	}
	var types []string
	for i := range s.Signals {
		_, name, _ := strings.Cut(s.Signals[i].Type, "/")
		if slices.Contains(s.New, s.Signals[i].FindingID) && !slices.Contains(types, name) {
			types = append(types, name)
		}
	}
	return toldUpdate.Format(subject, strings.Join(types, ", "), len(s.Signals))
}

// byOthers counts the signals in which somebody else than the subject acted.
func (s *Sequence) byOthers() (n int) {
	for i := range s.Signals {
		if actor := s.Signals[i].Actor; actor != "" && actor != s.Subject {
			n++
		}
	}
	return n
}

// deed is what the actor did, or tried to do where the request did not succeed.
func (d *Detection) deed() lang.Text {
	c := &d.Call
	if c.Resource == "" {
		path, _, _ := strings.Cut(c.RequestURI, "?")
		if path == "" {
			return d.tense(deedUnknown)
		}
		return d.tense(deedPath).Format(path)
	}
	kind := c.Resource
	if c.Subresource != "" {
		kind += "/" + c.Subresource
	}
	switch special, ok := specialDeed(kind); {
	case d.Binding != nil && len(d.Binding.Subjects) > 0 && c.Verb != "delete":
		granted := d.tense(deedBind).Format(d.Binding.RoleKind+" "+d.Binding.RoleName, subjects(d.Binding.Subjects))
		if d.Binding.Name == "" {
			return granted
		}
		return toldBinding.Format(granted, d.Binding.Kind, d.Binding.Name)
	case d.Permission != nil && d.Permission.Resource != "":
		return d.tense(deedCheck).Format(strings.TrimSpace(d.Permission.Verb + " " + d.Permission.Resource))
	case ok && special.takes:
		return d.tense(special).Format(d.objectName())
	case ok:
		return d.tense(special)
	}
	of, ok := verbDeed(c.Verb)
	if !ok {
		return d.tense(deedOther).Format(c.Verb, d.object(kind))
	}
	return d.tense(of).Format(d.object(kind))
}

// tense picks between what was done and what was tried.
func (d *Detection) tense(of deed) lang.Text {
	if d.Call.StatusCode >= 400 {
		return toldTried.Format(of.tried)
	}
	return of.did
}

// fewSubjects is how many subjects of a binding a sentence names.
const fewSubjects = 3

// subjects names those of a binding: "to the user eve, to the group devs".
func subjects(all []string) lang.Text {
	var few lang.Text
	for i, one := range all[:min(len(all), fewSubjects)] {
		if i == 0 {
			few = granted(one)
		} else {
			few = join(", ", few, granted(one))
		}
	}
	if more := len(all) - fewSubjects; more > 0 {
		return toldMore.Format(few, more)
	}
	return few
}

// granted is to whom, of a binding's subject as KIND:NAME.
func granted(subject string) lang.Text {
	kind, name, _ := strings.Cut(subject, ":")
	switch kind {
	case "User":
		return toUser.Format(name)
	case "Group":
		return toGroup.Format(name)
	case "ServiceAccount":
		return toAccount.Format(name)
	}
	return toOther.Format(subject)
}

// objectName is NAMESPACE/NAME.
func (d *Detection) objectName() string {
	switch c := &d.Call; {
	case c.Name == "":
		return c.Namespace
	case c.Namespace == "" || c.Resource == "namespaces":
		return c.Name
	default:
		return c.Namespace + "/" + c.Name
	}
}

// object names what was asked for: one object by its name, or many by where they are.
func (d *Detection) object(kind string) lang.Text {
	of, known := nounFor(d.Call.Resource)
	if d.Call.Subresource != "" {
		of = noun{same(kind), same(kind)}
	}
	if d.Call.Name != "" {
		return join(" ", of.one, same(d.objectName()))
	}
	switch {
	case d.Call.Namespace != "":
		return toldIn.Format(of.many, d.Call.Namespace)
	case known && !slices.Contains(clusterWide(), d.Call.Resource):
		return toldEverywhere.Format(of.many)
	}
	return of.many
}

// nounFor gives the word for a resource; known is false for one that is not of Kubernetes itself.
func nounFor(resource string) (n noun, known bool) {
	if n, ok := commonNoun(resource); ok {
		return n, true
	}
	t, known := k8s.TypeOf("", resource)
	if !known {
		return noun{same(resource), same(resource)}, false
	}
	return noun{toldKind.Format(t.Kind()), same(resource)}, true
}

// same is a text that is the same in every language.
func same(s string) lang.Text { return lang.Text{EN: s, ES: s, PT: s} }

func join(sep string, a, b lang.Text) lang.Text {
	return lang.Text{EN: a.EN + sep + b.EN, ES: a.ES + sep + b.ES, PT: a.PT + sep + b.PT}
}
