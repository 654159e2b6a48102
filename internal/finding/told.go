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

// told says what a story comes down to.
func (s *Sequence) told() lang.Text {
	tactics := strings.Join(s.Tactics, ", ")
	if s.Around == "target" {
		return toldTarget.Format(s.Subject, len(s.Signals), tactics)
	}
	return toldActor.Format(called(s.Subject), len(s.Signals), tactics)
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
		return d.tense(deedBind).Format(d.Binding.RoleKind+" "+d.Binding.RoleName, fewOf(d.Binding.Subjects))
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

func fewOf(names []string) lang.Text {
	if more := len(names) - fewSubjects; more > 0 {
		return toldMore.Format(strings.Join(names[:fewSubjects], ", "), more)
	}
	return same(strings.Join(names, ", "))
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
