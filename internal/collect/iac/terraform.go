package iac

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/tree"
)

// Terraform is a plan or a state: what `terraform show -json` prints of either
// (https://developer.hashicorp.com/terraform/internals/json-format), or a state file of version 4. OpenTofu
// writes the same.
type Terraform struct {
	root      tree.Node
	resources []*Resource
	byBase    map[string][]*Resource // all instances
	byAddress map[string]*Resource
	config    map[string]*module  // by path without indexes
	deferred  map[string]bool     // data sources that are read only when the plan is applied
	indexes   map[string][]string // of the instances of modules, by address without the last index
	steps     int                 // of following references, for one value

	answers map[*Resource]*answer
	s       *assembly
}

// Resource is one managed resource of a plan or state.
type Resource struct {
	// Address is the resource's, with modules and index: `module.shop["eu"].aws_ecs_service.web[0]`.
	Address, Type string
	// Values holds its attributes; Unknown what of them is known only after apply; Expressions what the
	// configuration says, where the document has it.
	Values, Unknown, Expressions tree.Node
	// Line is where it stands in the document, 0 where all of that is one line.
	Line int

	module    string // address of its module, with indexes; "" at the root
	base      string // the address without its own index
	index     string // `[0]`, `["eu"]` or ""
	sensitive tree.Node
	hidden    map[string]bool // attributes that a state file calls sensitive
	// configured is set where the document has the configuration of the resource.
	configured bool
}

// IsTerraform reports whether a document is a plan or state of Terraform.
func IsTerraform(n tree.Node) bool { return isShown(n) || isStateFile(n) }

// isShown reports whether `terraform show -json` printed a document. Of an empty state that is little.
func isShown(n tree.Node) bool {
	if n.Get("format_version").Kind() != tree.String || n.Get("kind").Exists() {
		return false
	}
	return n.Get("planned_values").Kind() == tree.Map || n.Get("values", "root_module").Kind() == tree.Map ||
		n.Len() == 1 || n.Len() == 2 && n.Get("terraform_version").Exists()
}

func isStateFile(n tree.Node) bool {
	return n.Get("version").Kind() == tree.Number && n.Get("lineage").Kind() == tree.String && n.Get("serial").Kind() == tree.Number
}

// OpenTerraform reads a plan or state. The error says in English what to do where its format is not read.
func OpenTerraform(root tree.Node) (*Terraform, error) {
	t := &Terraform{
		root: root, byBase: map[string][]*Resource{}, byAddress: map[string]*Resource{}, config: map[string]*module{}, deferred: map[string]bool{},
		indexes: map[string][]string{},
		answers: map[*Resource]*answer{}, s: newAssembly(),
	}
	if !isShown(root) {
		if root.Get("version").Text() != "4" {
			return nil, fmt.Errorf("this Terraform state has an old format; print it with terraform show -json, and scan that")
		}
		t.readStateFile()
		return t, nil
	}
	t.readConfiguration(root.Get("configuration", "root_module"), "", 0)
	changes := map[string]tree.Node{}
	for change := range root.Get("resource_changes").All() {
		changes[change.Get("address").Text()] = change
		if change.Get("mode").Text() == "data" {
			t.deferred[withoutIndexes(change.Get("address").Text())] = true
		}
	}
	for _, values := range []string{"planned_values", "values"} {
		t.readModule(root.Get(values, "root_module"), changes, 0)
	}
	return t, nil
}

// Resources lists the managed resources, of every type.
func (t *Terraform) Resources() []*Resource { return t.resources }

// deepest is how deep modules may nest.
const deepest = 100

// readModule reads the resources of a module and of those in it.
func (t *Terraform) readModule(m tree.Node, changes map[string]tree.Node, depth int) {
	if depth > deepest {
		return
	}
	at := m.Get("address").Text()
	for n := range m.Get("resources").All() {
		r := &Resource{
			Address: n.Get("address").Text(), Type: n.Get("type").Text(), Values: n.Get("values"), Line: n.Line(),
			module: at, sensitive: n.Get("sensitive_values"),
		}
		change := changes[r.Address]
		if n.Get("mode").Text() != "managed" || isDeleted(change) {
			continue
		}
		r.Unknown = change.Get("change", "after_unknown")
		r.Expressions, r.configured = t.expressions(at, r.Type+"."+n.Get("name").Text())
		t.add(r, n.Get("name").Text())
	}
	for child := range m.Get("child_modules").All() {
		t.readModule(child, changes, depth+1)
	}
}

// isDeleted reports whether a change leaves nothing of its resource.
func isDeleted(change tree.Node) bool {
	actions := change.Get("change", "actions")
	return actions.Len() == 1 && (actions.At(0).Text() == "delete" || actions.At(0).Text() == "forget")
}

func (t *Terraform) add(r *Resource, name string) {
	r.base = joinAddress(r.module, r.Type+"."+name)
	if index, ok := strings.CutPrefix(r.Address, r.base); ok {
		r.index = index
	}
	if r.Line <= t.root.Line() { // everything on one line says nothing
		r.Line = 0
	}
	t.resources = append(t.resources, r)
	t.byBase[r.base] = append(t.byBase[r.base], r)
	t.byAddress[r.base+r.index] = r
}

// readStateFile reads a state file as Terraform keeps it.
func (t *Terraform) readStateFile() {
	for n := range t.root.Get("resources").All() {
		if n.Get("mode").Text() != "managed" {
			continue
		}
		kind, name, at := n.Get("type").Text(), n.Get("name").Text(), n.Get("module").Text()
		for instance := range n.Get("instances").All() {
			if instance.Get("deposed").Exists() { // waits to be deleted
				continue
			}
			r := &Resource{Type: kind, module: at, Values: instance.Get("attributes"), Line: instance.Line(), hidden: map[string]bool{}}
			r.Address = joinAddress(at, kind+"."+name)
			switch key := instance.Get("index_key"); key.Kind() {
			case tree.Number:
				r.Address += "[" + key.Text() + "]"
			case tree.String:
				r.Address += "[" + strconv.Quote(key.Text()) + "]"
			}
			for path := range instance.Get("sensitive_attributes").All() {
				r.hidden[path.At(0).Get("value").Text()] = true
			}
			t.add(r, name)
		}
	}
}

func joinAddress(module, rest string) string {
	if module == "" {
		return rest
	}
	return module + "." + rest
}

// attributes gives the attributes of a resource that an allow-list names.
func (t *Terraform) attributes(r *Resource, names []string) value {
	v := value{kind: tree.Map, line: r.Line}
	for _, name := range names {
		m := merger{t: t, r: r, keepHidden: name == "container_definitions"}
		item := m.merge(layer{
			known: r.Values.Get(name), unknown: r.Unknown.Get(name), sensitive: r.sensitive.Get(name), expression: r.Expressions.Get(name),
		})
		if r.hidden[name] {
			if item.hidden = true; !m.keepHidden {
				item = opened(item.line)
			}
		}
		if r.Line == 0 {
			item = onLine(item, 0)
		}
		if !item.isNothing() {
			v.keys, v.items = append(v.keys, name), append(v.items, item)
		}
	}
	return v
}

// layer is one place in the trees that a plan spreads the attributes of a resource over.
type layer struct {
	known, unknown, sensitive, expression tree.Node
	// shared is set where the expression is that of more than this place: of a list of blocks as one attribute.
	shared bool
	// dynamic is set below a block that the plan does not explain, because a dynamic block made it.
	dynamic bool
}

// merger puts the layers of one attribute together. A value that is called sensitive counts as not known, so that
// it goes nowhere; in the definitions of containers every value is judged by itself.
type merger struct {
	t          *Terraform
	r          *Resource
	keepHidden bool
}

func (m merger) merge(l layer) value {
	line := l.known.Line()
	if open, _ := l.unknown.Bool(); open {
		v := m.t.open(m.r, l.expression, line)
		v.unset = v.unset && !l.dynamic
		if l.shared && len(v.leads) != 1 {
			v.leads, v.whole = nil, false
		}
		return v
	}
	hidden, _ := l.sensitive.Bool()
	if hidden && !m.keepHidden && l.known.Exists() && l.known.Kind() != tree.Null {
		return opened(line)
	}
	l.dynamic = l.dynamic || !l.expression.Exists()
	switch {
	case l.known.Kind() == tree.Map || !l.known.Exists() && l.unknown.Kind() == tree.Map && l.unknown.Len() > 0:
		return m.mergeMap(l)
	case l.known.Kind() == tree.List:
		return m.mergeList(l)
	}
	v := known(l.known)
	v.hidden = hidden
	return v
}

func (m merger) mergeMap(l layer) value {
	v := value{kind: tree.Map, line: l.known.Line()}
	unknown, sensitive, known := byKey(l.unknown), byKey(l.sensitive), byKey(l.known)
	add := func(key string, n tree.Node) {
		expression, shared := memberExpression(l.expression, key)
		item := m.merge(layer{n, unknown[key], sensitive[key], expression, shared || l.shared, l.dynamic})
		if !item.isNothing() {
			v.keys, v.items = append(v.keys, key), append(v.items, item)
		}
	}
	for child := range l.known.All() {
		add(child.Key(), child)
	}
	for child := range l.unknown.All() {
		if _, ok := known[child.Key()]; !ok {
			add(child.Key(), tree.Node{})
		}
	}
	return v
}

func (m merger) mergeList(l layer) value {
	v := value{kind: tree.List, line: l.known.Line()}
	unknown, sensitive, expressions := children(l.unknown), children(l.sensitive), children(l.expression)
	i := 0
	for child := range l.known.All() {
		item := layer{known: child, unknown: at(unknown, i), sensitive: at(sensitive, i), expression: l.expression, shared: l.shared, dynamic: l.dynamic}
		if l.expression.Kind() == tree.List {
			item.expression = blockOf(child, expressions, l.known.Len())
			item.dynamic = l.dynamic || !item.expression.Exists()
		}
		if merged := m.merge(item); !merged.isNothing() {
			v.items = append(v.items, merged)
		}
		i++
	}
	return v
}

// blockOf finds the block of the configuration that a block of values was made from. Blocks that are a set come in
// another order than they were written, and those of dynamic blocks were not written at all: so a block is told by
// what it says in constants, unless it is the only one.
func blockOf(values tree.Node, blocks []tree.Node, of int) tree.Node {
	const most = 50
	if len(blocks) != of || of > most {
		return tree.Node{}
	}
	if of == 1 {
		return blocks[0]
	}
	var only tree.Node
	for _, block := range blocks {
		switch {
		case !says(block, values):
		case only.Exists():
			return tree.Node{}
		default:
			only = block
		}
	}
	return only
}

// says reports whether the constants of a block are those of its values.
func says(block, values tree.Node) bool {
	for attribute := range block.All() {
		constant := attribute.Get("constant_value")
		value := values.Get(attribute.Key())
		scalar := constant.Kind() != tree.Missing && constant.Kind() != tree.Map && constant.Kind() != tree.List && constant.Kind() != tree.Null
		if scalar && value.Exists() && constant.Text() != value.Text() {
			return false
		}
	}
	return true
}

func children(n tree.Node) []tree.Node {
	if n.Kind() != tree.List {
		return nil
	}
	var all []tree.Node
	for child := range n.All() {
		all = append(all, child)
	}
	return all
}

func at(all []tree.Node, i int) tree.Node {
	if i < len(all) {
		return all[i]
	}
	return tree.Node{}
}

// memberExpression goes from the expressions of a block to that of an attribute. An expression of the whole
// block is one of each attribute: then it is shared.
func memberExpression(n tree.Node, key string) (member tree.Node, shared bool) {
	if n.Get("references").Kind() == tree.List || n.Get("constant_value").Exists() {
		return n, true
	}
	return n.Get(key), false
}
