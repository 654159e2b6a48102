package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// The attack paths of SARIF, in the three forms that there are for them: places that the message links to, a
// code flow to step through, and a walk through a graph of the run, which alone holds all of it.

// pathOpenedBy gives the first attack path that a trait opens an edge of; nil where there is none.
func pathOpenedBy(it *item, tr *finding.ExposureTrait) *finding.AttackPath {
	if tr.Role == finding.Contextual {
		return nil
	}
	for i := range it.AttackPaths {
		p := &it.AttackPaths[i]
		if slices.ContainsFunc(p.Edges, func(e finding.Edge) bool { return e.Cause == tr.ID }) {
			return p
		}
	}
	return nil
}

// way tells the attack path of a result: in its message, with links to the objects that stand in files, and
// as a code flow through those files.
func (b *sarifBuilder) way(r *sarifResult, p *finding.AttackPath) {
	linked := map[inventory.UID]int{}
	var steps []sarifFlowStep
	for _, e := range p.Edges {
		place := sarifFile(e.Origin)
		if place == nil {
			continue
		}
		at := e.From // The object that leads on stands there,
		if e.Kind == finding.EdgeExposes {
			at = e.To // or the one that lets the internet in.
		}
		here := sarifLocation{Physical: place, Logical: []sarifLogical{b.sarifNamed(at)}}
		here.Message = &sarifText{Text: sarifPlain(b.nodeName(e.From) + " → " + b.nodeName(e.To) + ": " + b.edgeName(e))}
		steps = append(steps, sarifFlowStep{here})
		if e.Cause != "" || linked[at] > 0 || at == inventory.UID(r.Properties.Resource) {
			continue
		}
		linked[at] = len(r.Related) + 1
		here.ID, here.Message = linked[at], &sarifText{Text: sarifPlain(b.nodeName(at))}
		r.Related = append(r.Related, here)
	}
	names := []string{b.sarifLink(p.Edges[0].From, linked)}
	for _, e := range p.Edges {
		names = append(names, b.sarifLink(e.To, linked))
	}
	path := b.say(sarifPath, strings.Join(names, " → "))
	r.Message.Text += " " + path
	if len(steps) > 1 {
		r.Flows = []sarifCodeFlow{{Message: sarifText{Text: path}, Threads: []sarifThreadFlow{{steps}}}}
	}
}

// sarifNamed names an object that stands somewhere.
func (b *sarifBuilder) sarifNamed(uid inventory.UID) sarifLogical {
	return sarifLogical{Name: b.nodeName(uid), QualifiedName: string(uid), Kind: "resource"}
}

// sarifLink names a place on a path, as a link where the result says where it stands.
func (b *sarifBuilder) sarifLink(uid inventory.UID, linked map[inventory.UID]int) string {
	name := sarifPlain(b.nodeName(uid))
	if id := linked[uid]; id > 0 {
		return "[" + name + "](" + strconv.Itoa(id) + ")"
	}
	return name
}

// traversal walks an attack path through the graph of its exposure.
func (b *sarifBuilder) traversal(it *item, p *finding.AttackPath) sarifTraversal {
	at, edges := b.graph(it)
	t := sarifTraversal{Graph: at}
	for _, e := range p.Edges {
		t.Edges = append(t.Edges, sarifStep{edges[edgeKey(e)]})
	}
	return t
}

func edgeKey(e finding.Edge) string {
	return strings.Join([]string{string(e.From), string(e.To), string(e.Kind), e.Cause}, "\x00")
}

// graph gives the index of the attack graph of an exposure, and the ID of each edge in it.
func (b *sarifBuilder) graph(it *item) (at int, edges map[string]string) {
	nodes, all := pathGraph(it.Exposure)
	edges = make(map[string]string, len(all))
	for i, e := range all {
		edges[edgeKey(e)] = "e" + strconv.Itoa(i+1)
	}
	if at, made := b.graphAt[it.UID]; made {
		return at, edges
	}
	g := sarifGraph{Description: sarifText{Text: b.say(pathsHeading) + ": " + b.name(it)}}
	for _, uid := range nodes {
		g.Nodes = append(g.Nodes, sarifNode{ID: string(uid), Label: sarifText{Text: b.nodeName(uid)}})
	}
	for _, e := range all {
		g.Edges = append(g.Edges, sarifEdge{edges[edgeKey(e)], sarifText{Text: b.edgeName(e)}, string(e.From), string(e.To)})
	}
	b.graphs = append(b.graphs, g)
	b.graphAt[it.UID] = len(b.graphs) - 1
	return b.graphAt[it.UID], edges
}

// pathGraph lists the nodes and edges of the attack paths of an exposure, each once.
func pathGraph(e *finding.Exposure) (nodes []inventory.UID, edges []finding.Edge) {
	seen := map[string]bool{}
	node := func(uid inventory.UID) {
		if key := "\x00" + string(uid); !seen[key] {
			seen[key] = true
			nodes = append(nodes, uid)
		}
	}
	for _, p := range e.AttackPaths {
		for _, edge := range p.Edges {
			if key := edgeKey(edge); !seen[key] {
				seen[key] = true
				edges = append(edges, edge)
			}
			node(edge.From)
			node(edge.To)
		}
	}
	return nodes, edges
}

// nodeName is how a person calls a node of the attack graph.
func (d *digest) nodeName(uid inventory.UID) string {
	if _, isCluster := uid.Cluster(); isCluster {
		return d.say(placeCluster)
	}
	return d.nameOfPlace(uid)
}

// edgeName says what a step of an attack path is.
func (d *digest) edgeName(e finding.Edge) string {
	meaning, _ := e.Kind.Meaning()
	name := clean(d.o.in(e.Why, meaning.Why))
	if name == "" {
		name = clean(string(e.Kind))
	}
	if e.Possible {
		name += " (" + d.say(sarifPossible) + ")"
	}
	return name
}
