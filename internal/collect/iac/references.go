package iac

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/tree"
)

// module is the configuration of one module: that of each of its instances.
type module struct {
	resources map[string]tree.Node // expressions by "type.name"
	calls     map[string]tree.Node // of modules, by name
	outputs   tree.Node
}

// readConfiguration indexes the configuration of a module and of those that it calls.
func (t *Terraform) readConfiguration(n tree.Node, path string, depth int) {
	if n.Kind() != tree.Map || depth > deepest {
		return
	}
	m := &module{resources: map[string]tree.Node{}, calls: map[string]tree.Node{}, outputs: n.Get("outputs")}
	t.config[path] = m
	for r := range n.Get("resources").All() {
		m.resources[r.Get("address").Text()] = r.Get("expressions")
	}
	for call := range n.Get("module_calls").All() {
		m.calls[call.Key()] = call
		t.readConfiguration(call.Get("module"), joinAddress(path, "module."+call.Key()), depth+1)
	}
}

// expressions gives the configuration of a resource of a module; ok is false where the document has none.
func (t *Terraform) expressions(at, resource string) (expressions tree.Node, ok bool) {
	if m := t.config[withoutIndexes(at)]; m != nil {
		expressions, ok = m.resources[resource]
	}
	return expressions, ok
}

// scope is where an expression stands.
type scope struct {
	module string // its address, with indexes
	index  string // of the resource or module call that it belongs to
}

// found is what an expression leads to.
type found struct {
	leads []*Resource // whose attributes that it uses are not known yet
	known bool        // it uses something that is known too
	// opaque is set where it uses what the plan does not explain: locals, data sources, functions of each.value.
	opaque bool
}

// open makes the value of an attribute that is known only after apply. What the expression uses and what is
// known already is not the reason for that; so where one thing remains, the value comes from there.
func (t *Terraform) open(r *Resource, expression tree.Node, line int) value {
	v := value{open: true, line: line}
	if !expression.Exists() {
		v.unset = r.configured
		return v
	}
	t.steps = 0
	var f found
	t.follow(&f, expression, scope{r.module, r.index}, 0)
	if f.opaque || len(f.leads) == 0 {
		return v
	}
	bases := map[string]bool{}
	for _, to := range f.leads {
		v.leads = append(v.leads, t.shell(to))
		bases[to.base] = true
	}
	v.whole = !f.known
	if f.known && len(bases) > 1 { // a condition may choose between them
		v.leads = nil
	}
	return v
}

// follow collects what an expression uses, through variables and outputs of modules.
func (t *Terraform) follow(f *found, expression tree.Node, in scope, depth int) {
	const most, deep, long = 2000, 30, 1000
	names := expression.Get("references")
	if names.Kind() != tree.List {
		f.known = true
		return
	}
	if names.Len() > long {
		f.opaque = true
		return
	}
	var all []string
	for n := range names.All() {
		all = append(all, n.Text())
	}
	for _, name := range all {
		if t.steps++; t.steps > most || depth > deep || f.opaque {
			f.opaque = true
			return
		}
		if !isPrefix(name, all) {
			t.followName(f, name, all, in, depth)
		}
	}
}

// isPrefix reports whether a name is the beginning of another: a plan lists aws_vpc.main beside aws_vpc.main.id.
func isPrefix(name string, of []string) bool {
	return slices.ContainsFunc(of, func(longer string) bool {
		rest, ok := strings.CutPrefix(longer, name)
		return ok && rest != "" && (rest[0] == '.' || rest[0] == '[')
	})
}

func (t *Terraform) followName(f *found, name string, all []string, in scope, depth int) {
	parts := splitAddress(name)
	switch parts[0] {
	case "count", "path", "terraform":
	case "each":
		if len(parts) > 1 && parts[1] != "key" {
			f.opaque = true
		}
	case "local", "self":
		f.opaque = true
	case "var":
		t.followVariable(f, parts, in, depth)
	case "module":
		t.followOutput(f, parts, all, in, depth)
	case "data":
		if len(parts) < 3 || t.deferred[joinAddress(withoutIndexes(in.module), strings.Join([]string{"data", parts[1], withoutIndexes(parts[2])}, "."))] {
			f.opaque = true
			return
		}
		f.known = true
	default:
		t.followResource(f, parts, all, in, depth)
	}
}

// followVariable follows a variable of a module to what the module was given; one of the root module is known.
func (t *Terraform) followVariable(f *found, parts []string, in scope, depth int) {
	parent, call, index := parentModule(in.module)
	if in.module == "" || len(parts) < 2 {
		f.known = true
		return
	}
	m := t.config[withoutIndexes(parent)]
	if m == nil {
		f.opaque = true
		return
	}
	t.follow(f, m.calls[call].Get("expressions", withoutIndexes(parts[1])), scope{parent, index}, depth+1)
}

// followOutput follows an output of a module that is called here.
func (t *Terraform) followOutput(f *found, parts, all []string, in scope, depth int) {
	m := t.config[withoutIndexes(in.module)]
	if m == nil || len(parts) < 3 {
		f.opaque = true
		return
	}
	name, index := cutIndex(parts[1])
	path := joinAddress(in.module, "module."+name)
	if call := m.calls[name]; index == "" && (call.Get("count_expression").Exists() || call.Get("for_each_expression").Exists()) {
		if index = pickIndex(t.instances(path), all, in.index); index == ambiguous {
			f.opaque = true
			return
		}
	}
	output := t.config[withoutIndexes(path)]
	if output == nil {
		f.opaque = true
		return
	}
	t.follow(f, output.outputs.Get(withoutIndexes(parts[2]), "expression"), scope{path + index, ""}, depth+1)
}

// instances lists the indexes that a module has instances with.
func (t *Terraform) instances(prefix string) []string {
	if known, ok := t.indexes[prefix]; ok {
		return known
	}
	var all []string
	for _, r := range t.resources {
		rest, ok := strings.CutPrefix(r.module, prefix)
		if !ok || rest != "" && rest[0] != '[' && rest[0] != '.' {
			continue
		}
		index := ""
		if rest != "" && rest[0] == '[' {
			_, index = cutIndex("x" + splitAddress(rest)[0])
		}
		if !slices.Contains(all, index) {
			all = append(all, index)
		}
	}
	t.indexes[prefix] = all
	return all
}

// ambiguous is no index: several instances may be meant.
const ambiguous = "?"

// pickIndex chooses among instances the one with the index of the resource at hand, where the expression uses
// count.index or each.key.
func pickIndex(instances, names []string, own string) string {
	if len(instances) == 1 {
		return instances[0]
	}
	if usesIndex(names) && slices.Contains(instances, own) {
		return own
	}
	return ambiguous
}

func usesIndex(names []string) bool {
	return slices.Contains(names, "count.index") || slices.Contains(names, "each.key")
}

// followResource follows a reference to a resource: to one instance of it, or to all.
func (t *Terraform) followResource(f *found, parts, all []string, in scope, depth int) {
	if len(parts) < 2 {
		f.opaque = true
		return
	}
	name, index := cutIndex(parts[1])
	targets := t.byBase[joinAddress(in.module, parts[0]+"."+name)]
	if index == "" && len(targets) > 1 && usesIndex(all) {
		index = in.index
	}
	if index != "" {
		targets = nil
		if r := t.byAddress[joinAddress(in.module, parts[0]+"."+name)+index]; r != nil {
			targets = []*Resource{r}
		}
	}
	const most = 100 // of what no list of the API may hold more
	if len(targets) == 0 || len(targets)+len(f.leads) > most {
		f.opaque = true
		return
	}
	for _, r := range targets {
		t.followAttribute(f, r, parts[2:], depth)
	}
}

// followAttribute follows an attribute of a resource. One that is not known and names something else than the
// resource, such as the VPC of a subnet, is followed to that.
func (t *Terraform) followAttribute(f *found, r *Resource, attribute []string, depth int) {
	name := "id" // what is used of a resource as a whole is not said
	if len(attribute) > 0 {
		name, _ = cutIndex(attribute[0])
	}
	open := r.Unknown.Get(name)
	switch isOpen, _ := open.Bool(); {
	case !isOpen && open.Len() == 0:
		f.known = true
	case name == "id" || name == "arn" || name == "name" || name == "arn_without_revision":
		if !slices.Contains(f.leads, r) {
			f.leads = append(f.leads, r)
		}
	case isOpen && len(attribute) == 1 && r.Expressions.Get(name).Exists():
		t.follow(f, r.Expressions.Get(name), scope{r.module, r.index}, depth+1)
	default:
		f.opaque = true
	}
}

// splitAddress cuts an address at its dots, but for those in an index.
func splitAddress(address string) []string {
	var parts []string
	start, depth, inText := 0, 0, false
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case inText && c == '\\':
			i++
		case c == '"':
			inText = !inText
		case inText:
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '.' && depth == 0:
			parts = append(parts, address[start:i])
			start = i + 1
		}
	}
	return append(parts, address[min(start, len(address)):])
}

// cutIndex cuts the index off one part of an address.
func cutIndex(part string) (name, index string) {
	if i := strings.IndexByte(part, '['); i >= 0 {
		return part[:i], part[i:]
	}
	return part, ""
}

// parentModule takes the last step off the address of a module.
func parentModule(address string) (parent, call, index string) {
	parts := splitAddress(address)
	if len(parts) < 2 {
		return "", "", ""
	}
	call, index = cutIndex(parts[len(parts)-1])
	return strings.Join(parts[:len(parts)-2], "."), call, index
}

// withoutIndexes takes the [0] and ["key"] of count and for_each off an address.
func withoutIndexes(address string) string {
	var b strings.Builder
	for i, part := range splitAddress(address) {
		name, _ := cutIndex(part)
		if i > 0 {
			b.WriteByte('.')
		}
		b.WriteString(name)
	}
	return b.String()
}
