package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/merlonsec/merlon/internal/collect/iac"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/tree"
)

// worker decodes documents. It keeps its memory from one to the next.
type worker struct {
	run     *run
	tree    tree.Tree
	scratch []byte
	lines   []byte
	arena   arena

	typed    tree.Tree // an item of a list, with the type that the list gave it
	own      []byte
	ownLines []byte

	part *part
	text []byte // of the document at hand

	at      *file // where the object at hand comes from, if not from the part's file
	planned bool  // it is made by a Terraform plan
}

// batch decodes the documents of one batch. The error is that of the context.
func (w *worker) batch(b *batch) error {
	w.part = b.part
	w.part.documents = len(b.documents)
	for _, d := range b.documents {
		if err := w.run.ctx.Err(); err != nil {
			return err
		}
		if err := w.document(b, d); err != nil {
			return err
		}
	}
	w.run.objects.Add(int64(len(w.part.resources)))
	w.part = nil
	w.trim()
	return nil
}

// trim lets go of what an unusually large document needed.
func (w *worker) trim() {
	const keep = 1 << 20
	for _, buffer := range []*[]byte{&w.scratch, &w.lines, &w.own, &w.ownLines} {
		if cap(*buffer) > keep {
			*buffer = nil
		}
	}
	w.text = nil
}

func (w *worker) document(b *batch, d document) error {
	w.text = b.text[d.start:d.end]
	if size := int64(len(w.text)); size > batchBytes {
		size = min(size, decodeBytes)
		if err := w.run.large.Acquire(w.run.ctx, size); err != nil {
			return err
		}
		defer w.run.large.Release(size)
	}
	if err := w.decode(d); err != nil {
		w.broken(err, d.line)
		return nil
	}
	root := w.tree.Root()
	if d.form == yamlItem {
		root = root.At(0)
	}
	w.value(root, b.head, 0)
	return nil
}

// decode reads the document at hand into w.tree.
func (w *worker) decode(d document) error {
	if d.form == jsonValue {
		return tree.DecodeJSON(&w.tree, w.text, d.line, tree.Limits{Bytes: w.run.o.Limits.Answer, Nodes: jsonNodes})
	}
	limits := tree.Limits{Bytes: w.run.o.Limits.Document}
	// The YAML library makes its nodes, of some 270 bytes each, before package tree can count them: so count what must
	// stand between them first.
	if len(w.text) > 2*tree.DefaultNodes && bytes.Count(w.text, []byte(","))+bytes.Count(w.text, []byte("\n")) > 2*tree.DefaultNodes {
		return &tree.LimitError{Line: d.line, What: "nodes", Limit: tree.DefaultNodes}
	}
	if err := tree.Decode(&w.tree, w.text, d.line, limits); err != nil {
		return err
	}
	return w.checkExpansion(d.line)
}

// jsonNodes is how many values one value in JSON may hold: a node takes some 64 bytes of memory.
const jsonNodes = 2 * tree.DefaultNodes

// broken notes a document that could not be decoded.
func (w *worker) broken(err error, line int) {
	var syntax *tree.SyntaxError
	var limit *tree.LimitError
	switch {
	case errors.As(err, &syntax) && syntax.Line > 0:
		line = syntax.Line
	case errors.As(err, &limit) && limit.Line > 0:
		line = limit.Line
	}
	if bytes.Contains(w.text, []byte("{{")) && !w.part.file.rendered {
		w.template(line, reason(err))
		return
	}
	w.part.problem(line, reason(err))
}

func (w *worker) template(line int, why string) {
	if w.part.template == nil {
		w.part.template = &problem{line, why}
	}
}

// checkExpansion refuses a document whose aliases repeat so much text that writing it out would not end.
func (w *worker) checkExpansion(line int) error {
	if bytes.IndexByte(w.text, '*') < 0 || bytes.IndexByte(w.text, '&') < 0 {
		return nil
	}
	limit := w.run.o.Limits.Document
	if textSize(w.tree.Root(), limit) <= limit {
		return nil
	}
	return &tree.SyntaxError{Line: line, Msg: fmt.Sprintf("with its aliases expanded the document is larger than %s; use fewer aliases or split it", tree.Size(int64(limit)))}
}

// textSize adds up the text below a node, and stops above a limit.
func textSize(n tree.Node, limit int) int {
	size := len(n.Key()) + len(n.Text()) + 1
	for child := range n.All() {
		if size > limit {
			break
		}
		size += textSize(child, limit-size)
	}
	return size
}

// value takes a decoded value: an object, a list of objects, or something else. head is what the list around it says.
func (w *worker) value(n tree.Node, head listHead, depth int) {
	const maxNested = 8
	if depth > maxNested {
		w.part.problem(n.Line(), "lists of objects are nested too deep; write the objects without lists around them")
		return
	}
	switch n.Kind() {
	case tree.Missing, tree.Null:
		return
	case tree.List:
		for child := range n.All() {
			w.value(child, head, depth+1)
		}
	case tree.Map:
		if isList(n) {
			w.list(n, depth)
			return
		}
		switch {
		case iac.IsTerraform(n):
			w.plan(n)
			return
		case iac.IsTemplate(n):
			w.cloudFormation(n)
			return
		}
		if a, ok := aws.Recognise(n); ok {
			w.answer(a)
			return
		}
		w.object(w.retype(n, head))
	default:
		w.other(n)
	}
}

// isList reports whether an object is a list of objects: kind List, or any kind that ends in List and either holds items
// or has no name of its own.
func isList(n tree.Node) bool {
	kind := n.Get("kind").Text()
	if !strings.HasSuffix(kind, "List") {
		return false
	}
	return kind == "List" || n.Get("items").Kind() == tree.List || n.Get("metadata", "name").Text() == ""
}

func (w *worker) list(n tree.Node, depth int) {
	items := n.Get("items")
	switch items.Kind() {
	case tree.Missing, tree.Null, tree.List:
		w.part.lists++
	default:
		w.part.problem(items.Line(), fmt.Sprintf("items of a %s is a %s and must be a list; none of its objects was read", n.Get("kind").Text(), items.Kind()))
		return
	}
	head, _ := headOf(n)
	for item := range items.All() {
		w.value(item, head, depth+1)
	}
}

// headOf gives the type that a list says its items have; the zero listHead for a List of anything. ok is false where n
// does not say that it is a list, or not of what.
func headOf(n tree.Node) (h listHead, ok bool) {
	item, isList := strings.CutSuffix(n.Get("kind").Text(), "List")
	switch {
	case !isList:
		return listHead{}, false
	case item == "":
		return listHead{}, true
	}
	h = listHead{apiVersion: n.Get("apiVersion").Text(), kind: item}
	return h, h.apiVersion != ""
}

// retype gives an item of a typed list the apiVersion and kind that the API server leaves out of it.
func (w *worker) retype(n tree.Node, head listHead) tree.Node {
	addVersion := head.apiVersion != "" && !n.Get("apiVersion").Exists()
	addKind := head.kind != "" && !n.Get("kind").Exists()
	if !addVersion && !addKind {
		return n
	}
	w.own, w.ownLines = n.AppendJSON(w.own[:0]), n.AppendLines(w.ownLines[:0])
	w.scratch = append(w.scratch[:0], '{')
	itself := firstVarint(w.ownLines) // the line of the item, which stands first
	w.lines = append(w.lines[:0], w.ownLines[:itself]...)
	add := func(key, value string) {
		w.scratch = append(append(append(w.scratch, '"'), key...), `":`...)
		w.scratch = append(appendString(w.scratch, value), ',')
		w.lines = append(w.lines, 0) // on the same line
	}
	if addVersion {
		add("apiVersion", head.apiVersion)
	}
	if addKind {
		add("kind", head.kind)
	}
	if n.Len() == 0 {
		w.scratch = w.scratch[:len(w.scratch)-1]
	}
	w.scratch = append(w.scratch, w.own[1:]...) // without its brace
	w.lines = append(w.lines, w.ownLines[itself:]...)
	if tree.DecodeJSON(&w.typed, w.scratch, 1, tree.Limits{}) != nil || w.typed.SetLines(w.lines) != nil {
		return n // too large with the two members more: it counts as no object
	}
	return w.typed.Root()
}

// object keeps an object as a resource.
func (w *worker) object(n tree.Node) {
	r, ok := k8s.IdentifyIn(w.run.o.Cluster, w.run.o.Namespace, n)
	if !ok || isKustomizeConfig(n) {
		w.other(n)
		return
	}
	from := w.part.file
	if w.at != nil {
		from = w.at
	}
	if !from.rendered && unrendered(w.text, n, r.Type) {
		w.template(n.Line(), "it holds {{ … }} of a Helm template")
		return
	}
	r.Origin, r.Made = originOf(from, n.Line()), from.made
	if !w.planned {
		n.Get(k8s.UnknownField).Drop() // nobody else can say that
	}
	k8s.Sanitize(n)
	if w.keep(r, n, from) {
		w.checkShape(r, n)
	}
}

// keep keeps a resource with its sanitised object, and reports whether it is not too large for that.
func (w *worker) keep(r *inventory.Resource, n tree.Node, from *file) bool {
	w.scratch = n.AppendJSON(w.scratch[:0])
	if len(w.scratch) > tree.DefaultBytes {
		w.part.problem(n.Line(), reason(&tree.LimitError{What: "bytes", Limit: tree.DefaultBytes}))
		return false
	}
	w.lines = n.AppendLines(w.lines[:0])
	r.SetObject(w.arena.keep(w.scratch), w.arena.keep(from.remap(w.lines)))
	schema.Project(r, n)
	w.part.resources = append(w.part.resources, r)
	return true
}

// other notes a document that holds nothing that is read.
func (w *worker) other(n tree.Node) {
	if isKustomizeConfig(n) {
		w.part.kustomize = true
		return
	}
	if version := serverVersion(n); version != "" {
		w.part.version = version
		return
	}
	if kind, ok := nameless(n); ok {
		w.part.problem(n.Line(), kind+" has no metadata.name, so Kubernetes would refuse it; give it a name")
		return
	}
	if isContainer(n) {
		w.part.problem(n.Line(), "it is a container definition of Amazon ECS without its task definition, so it was not assessed; give what aws ecs describe-task-definition prints, or what register-task-definition takes")
		return
	}
	if w.part.others == 0 {
		w.part.otherLine = n.Line()
	}
	w.part.others++
}

// nameless reports an object of a kind that Kubernetes itself serves and that lacks its name. Of the core group only what
// says metadata counts: a kubeconfig is a v1 Config, an error a v1 Status.
func nameless(n tree.Node) (kind string, ok bool) {
	kind, version := n.Get("kind").Text(), n.Get("apiVersion").Text()
	if kind == "" || version == "" || !plainName(kind) {
		return "", false
	}
	group := k8s.Group(version, kind)
	_, known := k8s.ClusterScoped(group, kind)
	if !known || kind == "Status" || group == "" && (kind == "Config" || version != "v1") {
		return "", false
	}
	return kind, true
}

// plainName reports whether a kind is fit to be repeated in a message.
func plainName(kind string) bool {
	for i := range len(kind) {
		if c := kind[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return len(kind) < 64
}

// arena keeps many small slices in few large ones.
type arena struct{ free []byte }

// keep returns a copy of b, with no room to grow.
func (a *arena) keep(b []byte) []byte {
	const chunk, large = 64 << 10, 16 << 10
	if len(b) > large {
		return bytes.Clone(b)
	}
	if len(b) > len(a.free) {
		a.free = make([]byte, chunk)
	}
	n := copy(a.free, b)
	kept := a.free[:n:n]
	a.free = a.free[n:]
	return kept
}

func firstVarint(b []byte) int {
	for i, c := range b {
		if c < 0x80 {
			return i + 1
		}
	}
	return len(b)
}
