package rule

import (
	"net/netip"
	"strings"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/tree"
)

// Action is what a detection looks at: a request in an audit record, with what follows from it. Each part is worked out
// when first asked for. An Action is reused from one record to the next, so nothing that it gives may be kept but texts.
type Action struct {
	*event.Event
	// Facts are those of the request and of the lists.
	Facts Facts
	// Around is the environment.
	Around *Surroundings

	addresses      []netip.Addr
	addressesKnown bool
	request, after body
	patched        jsonPatch
	object         *inventory.Resource
	sight          Sight
	looked         bool
	// world holds the object alone; nil until a trait is asked for.
	world *World
}

// body is a body of the record, parsed when asked for.
type body struct {
	tree   tree.Tree
	node   tree.Node
	parsed bool
}

func (b *body) parse(read func(*tree.Tree) tree.Node) tree.Node {
	if !b.parsed {
		b.node, b.parsed = read(&b.tree), true
	}
	return b.node
}

// Reset makes the action that of another record.
func (a *Action) Reset(e *event.Event, around *Surroundings) {
	a.Event, a.Around = e, around
	a.Facts = factsOf(e)
	a.addresses, a.addressesKnown = a.addresses[:0], false
	a.request.parsed, a.after.parsed, a.patched.parsed = false, false, false
	a.object, a.looked, a.world = nil, false, nil
	if around.Lists != nil {
		a.Facts |= a.listFacts()
	}
	if !around.Users.Allows(e.User.Name) {
		a.Facts |= UserNotAllowed
	}
}

// listFacts joins what lists say of the caller's addresses. All but the last come from request headers, which a caller may
// forge: the request is on a list if any address is, and trusted only if every one is.
func (a *Action) listFacts() Facts {
	var listed Facts
	all := IsTrusted
	for _, address := range a.Addresses() {
		of := a.Around.Lists.Facts(address)
		listed |= of &^ IsTrusted
		all &= of
	}
	if len(a.addresses) == 0 {
		return 0
	}
	return listed | all
}

// Peer is the address that connected to the API server: the only one that the caller cannot forge, as the server puts it
// behind those that request headers name (https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/). It is not
// valid where the record does not tell.
func (a *Action) Peer() netip.Addr {
	address, err := netip.ParseAddr(a.SourceIPs.Last().Text())
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// Addresses lists the addresses from which the request came or says that it came, the client's first and [Action.Peer]'s
// last; it is valid until the next Reset.
func (a *Action) Addresses() []netip.Addr {
	if !a.addressesKnown {
		a.addressesKnown = true
		for raw := range a.SourceIPs.All() {
			if address, err := netip.ParseAddr(raw.Text()); err == nil {
				a.addresses = append(a.addresses, address.Unmap().WithZone(""))
			}
		}
	}
	return a.addresses
}

// ListMatches names the lists that hold one of the caller's addresses.
func (a *Action) ListMatches() []finding.ListMatch {
	var all []finding.ListMatch
	if a.Around.Lists == nil {
		return nil
	}
	for _, address := range a.Addresses() {
		all = append(all, a.Around.Lists.Matches(address)...)
	}
	return all
}

// ClusterName is the record's cluster, or the one that the run gave.
func (a *Action) ClusterName() string {
	if a.Cluster != "" {
		return a.Cluster
	}
	return a.Around.Cluster
}

// Resource is what was asked for, as RESOURCE or RESOURCE/SUBRESOURCE; the path of a request of no resource.
func (a *Action) Resource() string {
	switch {
	case a.Object.Resource == "":
		return a.Path()
	case a.Object.Subresource == "":
		return a.Object.Resource
	}
	return a.Object.Resource + "/" + a.Object.Subresource
}

// Sent is the body of the request: an object, the options of a deletion or a patch.
func (a *Action) Sent() tree.Node { return a.request.parse(a.RequestBody) }

// Answered is the body of the response: the object as it is stored, a list, or a status.
func (a *Action) Answered() tree.Node { return a.after.parse(a.ResponseBody) }

// HasParsed reports whether a body of the record was parsed. That is what costs, and a refused request need not cost it.
func (a *Action) HasParsed() bool { return a.request.parsed || a.after.parsed }

// Sight is how much a record shows of the object that a request made or changed.
type Sight uint8

// The sights.
const (
	SeenNothing Sight = iota
	// SeenPart is that of a patch whose result was not recorded: what it sets is seen, what it leaves is not. Of a JSON patch,
	// which is a list of operations, what they add and replace is seen.
	SeenPart
	SeenWhole
)

// Made gives the object that a request made or changed as a tree, as it was afterwards where the record shows that.
func (a *Action) Made() (object tree.Node, sight Sight) {
	switch a.Verb {
	case "create", "update", "patch":
	default:
		return tree.Node{}, SeenNothing
	}
	if n := a.Answered(); isObject(n) {
		return n, SeenWhole
	}
	n, sight := a.Sent(), SeenWhole
	if a.Verb == "patch" {
		sight = SeenPart
		if n.Kind() == tree.List {
			n = a.patched.object(n)
		}
	}
	if n.Kind() != tree.Map {
		return tree.Node{}, SeenNothing
	}
	return n, sight
}

// isObject reports whether the body of a response is the object, and not a status.
func isObject(n tree.Node) bool { return n.Kind() == tree.Map && n.Get("kind").Text() != "Status" }

// InRecord gives the JSONPath into the record of a field of the object that [Action.Made] gives: of "$.spec.type" it is
// "$.responseObject.spec.type", or "$.requestObject[0].value" in a JSON patch that sets this field.
func (a *Action) InRecord(path string) string {
	rest := strings.TrimPrefix(path, "$")
	switch {
	case isObject(a.Answered()):
		return "$.responseObject" + rest
	case a.Sent().Kind() != tree.List:
		return "$.requestObject" + rest
	}
	a.patched.object(a.Sent())
	return a.patched.inRecord(path)
}

// MadeResource is Made with the object's typed projection. It is nil where nothing is seen, or the kind is not known.
func (a *Action) MadeResource() (*inventory.Resource, Sight) {
	if !a.looked {
		a.looked = true
		a.object, a.sight = a.project()
	}
	return a.object, a.sight
}

func (a *Action) project() (*inventory.Resource, Sight) {
	t, known := k8s.TypeOf(a.Object.Group, a.Object.Resource)
	if !known || a.Object.Subresource != "" && a.Object.Subresource != "ephemeralcontainers" {
		return nil, SeenNothing
	}
	node, sight := a.Made()
	if kind := node.Get("kind").Text(); sight == SeenNothing || kind != "" && kind != t.Kind() {
		return nil, SeenNothing
	}
	r := &inventory.Resource{
		UID: a.UID(), Type: t, Name: a.objectName(node), Namespace: a.Object.Namespace, Cluster: a.ClusterName(),
	}
	k8s.Project(r, node)
	return r, sight
}

// objectName is the object's name, or what its name begins with where the server makes one.
func (a *Action) objectName(node tree.Node) string {
	for _, name := range []string{a.Object.Name, node.Get("metadata", "name").Text(), node.Get("metadata", "generateName").Text()} {
		if name != "" {
			return name
		}
	}
	return ""
}

// ObjectName is the name of the request's object; for one that the server names, what its name begins with.
func (a *Action) ObjectName() string {
	if a.Object.Name != "" || a.Verb != "create" {
		return a.Object.Name
	}
	node, _ := a.Made()
	return a.objectName(node)
}

// UID is that of the request's object; "" where the record does not name one.
func (a *Action) UID() inventory.UID {
	t, known := k8s.TypeOf(a.Object.Group, a.Object.Resource)
	if name := a.ObjectName(); known && name != "" {
		group := strings.TrimSuffix(strings.TrimPrefix(string(t), "k8s/"), "/"+t.Kind())
		if group == "core" {
			group = ""
		}
		namespace := a.Object.Namespace
		if t == k8s.Namespace {
			namespace = ""
		}
		return inventory.KubernetesUID(a.ClusterName(), group, t.Kind(), namespace, name)
	}
	return ""
}

// IfMade is the answer to a question about the object that the request made or changed: unknown where the record does
// not show enough of it.
func (a *Action) IfMade(holds func(r *inventory.Resource) bool) Truth {
	r, sight := a.MadeResource()
	switch {
	case r == nil:
		return Unknown(a.Unseen())
	case holds(r):
		return Is(true)
	case sight == SeenPart:
		return Unknown(a.Unseen())
	}
	return Is(false)
}

// IfMadeTree is IfMade for a question about the object's tree.
func (a *Action) IfMadeTree(holds func(n tree.Node) bool) Truth {
	n, sight := a.Made()
	switch {
	case sight == SeenNothing:
		return Unknown(a.Unseen())
	case holds(n):
		return Is(true)
	case sight == SeenPart:
		return Unknown(a.Unseen())
	}
	return Is(false)
}

// HasTrait runs a rule over the object that the request made or changed, as scan would: alone, in an open world.
func (a *Action) HasTrait(r *Rule) finding.Verdict {
	object, sight := a.MadeResource()
	if object == nil {
		return finding.Verdict{State: finding.Unknown, Why: a.Unseen()}
	}
	if a.world == nil {
		a.world = &World{Inventory: inventory.NewView(nil, []*inventory.Resource{object})}
	}
	v := r.Match(a.world, object)
	if v.State == finding.Absent && sight == SeenPart {
		return finding.Verdict{State: finding.Unknown, Why: a.Unseen()}
	}
	return v
}

// Unseen says why the record does not show the object that a request made or changed.
func (a *Action) Unseen() lang.Text {
	switch {
	case a.Truncated():
		return lang.Text{
			EN: "the API server left the body out of the record because it was too long",
			ES: "el servidor de la API omitió el cuerpo en el registro porque era demasiado largo",
			PT: "o servidor da API omitiu o corpo no registro porque era longo demais",
		}
	case a.Level == event.LevelMetadata:
		return lang.Text{
			EN: "the audit policy records these requests at level Metadata, without their bodies",
			ES: "la política de auditoría registra estas solicitudes en el nivel Metadata, sin el cuerpo",
			PT: "a política de auditoria registra estas solicitações no nível Metadata, sem o corpo",
		}
	case a.Verb == "patch" && a.patched.parsed && a.patched.work.isOver():
		return lang.Text{
			EN: "what the JSON patch does takes too much work to follow",
			ES: "seguir lo que hace el parche JSON cuesta demasiado trabajo",
			PT: "acompanhar o que o patch JSON faz dá trabalho demais",
		}
	case a.Verb == "patch":
		return lang.Text{
			EN: "the record shows what the patch sets, and not the object that it gives; level RequestResponse would",
			ES: "el registro muestra lo que cambia el parche, no el objeto resultante; el nivel RequestResponse lo mostraría",
			PT: "o registro mostra o que o patch altera, e não o objeto resultante; o nível RequestResponse mostraria",
		}
	}
	return lang.Text{
		EN: "the record holds no body that can be read",
		ES: "el registro no contiene un cuerpo que se pueda leer",
		PT: "o registro não contém um corpo que possa ser lido",
	}
}
