package iac

import (
	"net/url"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// IsTemplate reports whether a document is a CloudFormation template
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html). CDK and SAM write the
// same.
func IsTemplate(n tree.Node) bool {
	resources := n.Get("Resources")
	if resources.Kind() != tree.Map || n.Get("kind").Exists() && n.Get("apiVersion").Exists() {
		return false
	}
	if n.Get("AWSTemplateFormatVersion").Exists() {
		return true
	}
	for r := range resources.All() {
		if strings.HasPrefix(r.Get("Type").Text(), "AWS::") {
			return true
		}
	}
	return false
}

// Template gives the AWS resources that a template makes with the defaults of its parameters. name is that of
// the template in the UIDs of its resources.
func Template(root tree.Node, name string) Result {
	t := &template{
		name: name, root: root, s: newAssembly(),
		parameters: byKey(root.Get("Parameters")), conditions: byKey(root.Get("Conditions")),
		mappings: byKey(root.Get("Mappings")), declared: byKey(root.Get("Resources")),
		shells: map[string]*answer{}, tested: map[string]truth{},
	}
	return t.read()
}

// TemplateUID is the UID of a resource of a CloudFormation template.
func TemplateUID(template, logicalID string) inventory.UID {
	return inventory.UID("cfn://" + url.PathEscape(template) + "/" + url.PathEscape(logicalID))
}

// byKey indexes the members of a map.
func byKey(n tree.Node) map[string]tree.Node {
	all := make(map[string]tree.Node, n.Len())
	for child := range n.All() {
		all[child.Key()] = child
	}
	return all
}

// template is a CloudFormation template that is read.
type template struct {
	name string
	root tree.Node
	s    *assembly

	parameters, conditions, mappings, declared map[string]tree.Node

	shells map[string]*answer // by logical ID, of the resources that are made
	tested map[string]truth   // the conditions

	depth int // of evaluating
	steps int // of evaluating, for the whole template
	size  int // bytes of text that functions made
}

// truth is what is known of a condition.
type truth uint8

const (
	undecided truth = iota
	holds
	fails
	inTest // being evaluated
)

func (t *template) read() Result {
	kinds, parts := templateKinds(), templateParts()
	reads := map[string]bool{}
	for source := range kinds {
		reads[source] = true
	}
	for _, p := range parts {
		reads[p.source] = true
	}
	t.macros()
	resources := t.resources(reads)
	values := map[string]value{}
	for _, r := range resources {
		k, ok := kinds[r.Get("Type").Text()]
		if !ok {
			continue
		}
		a := t.shells[r.Key()]
		a.kind = k
		v := t.properties(r, k)
		values[r.Key()] = v
		t.s.add(a, a.names(v)...)
	}
	for _, r := range resources {
		if v, ok := values[r.Key()]; ok {
			a := t.shells[r.Key()]
			t.s.fill(a.root(), v, a.kind.fields)
		}
	}
	for _, r := range resources {
		if a := t.shells[r.Key()]; a.kind.finish != nil {
			a.kind.finish(t.s, a, values[r.Key()])
		}
	}
	for _, p := range parts {
		for _, r := range resources {
			if r.Get("Type").Text() == p.source {
				k := kind{also: p.attributes, small: strings.HasPrefix(p.source, "AWS::ECS::")}
				p.join(t.s, piece{r.Key(), r.Line(), t.properties(r, k)})
			}
		}
	}
	t.s.finish()
	if t.steps > maxSteps || t.size > maxText {
		t.s.problem(t.root.Line(), "the template repeats itself too much to be read whole; what was left out is not assessed")
	}
	return t.s.result()
}

// macros notes that a macro of the user's changes the template. Those of AWS add to it, and what they add is not in it
// either way.
func (t *template) macros() {
	transform := t.root.Get("Transform")
	all := append(children(transform), transform)
	for _, m := range all {
		name := m.Text() + m.Get("Name").Text()
		if name != "" && (!strings.HasPrefix(name, "AWS::") || name == "AWS::Include") {
			t.s.problem(m.Line(), "a macro changes the template, which AWS alone can evaluate; give it as it was processed: aws cloudformation get-template --template-stage Processed")
		}
	}
}

// resources lists the resources that are made: those without a condition, and those whose condition holds with
// the defaults of the parameters, or might. What might is said of the types that are read.
func (t *template) resources(reads map[string]bool) []tree.Node {
	var made []tree.Node
	for r := range t.root.Get("Resources").All() {
		name := r.Key()
		switch {
		case strings.HasPrefix(name, "Fn::"):
			t.s.problem(r.Line(), "resources are made by "+forEach(name)+", which is not assessed; give the template as it was processed: aws cloudformation get-template --template-stage Processed")
			continue
		case r.Get("Type").Text() == "AWS::CloudFormation::Stack":
			t.s.problem(r.Line(), name+" is a stack of its own, which this template does not hold; scan its template too")
			continue
		}
		if condition := r.Get("Condition"); condition.Exists() {
			switch is := t.condition(condition.Text()); {
			case is == fails:
				continue
			case is == undecided && reads[r.Get("Type").Text()]:
				t.s.problem(r.Line(), name+" is made only on a condition that the template leaves open; it was read as if it held")
			}
		}
		t.shells[name] = newAnswer(kind{source: r.Get("Type").Text()}, name, r.Line())
		t.shells[name].uid = TemplateUID(t.name, name)
		made = append(made, r)
	}
	return made
}

func forEach(name string) string {
	if strings.HasPrefix(name, "Fn::ForEach") {
		return "Fn::ForEach"
	}
	return "a function"
}

// properties gives the properties of a resource that an allow-list names.
func (t *template) properties(r tree.Node, k kind) value {
	properties := r.Get("Properties")
	v := value{kind: tree.Map, line: r.Line()}
	if _, _, isFunction := intrinsic(properties); isFunction || properties.Get("Fn::Transform").Exists() {
		return opened(r.Line())
	}
	for _, name := range k.attributes() {
		property := name
		if k.small && name != "" {
			property = strings.ToUpper(name[:1]) + name[1:]
		}
		n := properties.Get(property)
		item := t.value(n)
		if k.small && name != "tags" {
			item = lowerKeys(item)
		}
		if !item.isNothing() {
			v.keys, v.items = append(v.keys, name), append(v.items, item)
		}
	}
	return v
}

// parameter gives the value of a parameter: its default. Not known are one without, one whose value AWS looks
// up, and one that the template hides.
func (t *template) parameter(p tree.Node, line int) value {
	kind, fallback := p.Get("Type").Text(), p.Get("Default")
	hidden := p.Get("NoEcho")
	switch {
	case t.steps > maxSteps || t.size > maxText, hidden.Exists() && !strings.EqualFold(hidden.Text(), "false"), !fallback.Exists(), strings.HasPrefix(kind, "AWS::SSM::Parameter::Value"):
		return opened(line)
	case kind == "CommaDelimitedList" || strings.HasPrefix(kind, "List<"):
		v := value{kind: tree.List, line: line}
		for text := range strings.SplitSeq(fallback.Text(), ",") {
			if t.steps++; t.steps > maxSteps {
				return opened(line)
			}
			if text = strings.TrimSpace(text); text != "" {
				v.items = append(v.items, textValue(text, line))
			}
		}
		return v
	case fallback.Kind() == tree.Map || fallback.Kind() == tree.List:
		return opened(line)
	}
	if t.size += len(fallback.Text()); t.size > maxText {
		return opened(line)
	}
	return value{kind: fallback.Kind(), text: fallback.Text(), line: line}
}

// condition evaluates a condition of the template, once.
func (t *template) condition(name string) truth {
	if known, ok := t.tested[name]; ok {
		if known == inTest { // it rests on itself
			return undecided
		}
		return known
	}
	n, ok := t.conditions[name]
	if !ok {
		return undecided
	}
	t.tested[name] = inTest
	result := t.test(n)
	t.tested[name] = result
	return result
}

// test evaluates the expression of a condition.
func (t *template) test(n tree.Node) truth {
	function, argument, ok := intrinsic(n)
	if !ok && n.Kind() == tree.Map && n.Len() == 1 && n.Get("Condition").Exists() {
		function, argument, ok = "Condition", n.Get("Condition"), true
	}
	if t.enter(); !ok || t.tooDeep() {
		t.leave()
		return undecided
	}
	defer t.leave()
	var all []truth
	if function == "Fn::And" || function == "Fn::Or" || function == "Fn::Not" {
		for child := range argument.All() {
			all = append(all, t.test(child))
		}
	}
	switch function {
	case "Condition":
		return t.condition(argument.Text())
	case "Fn::Equals":
		return t.equals(argument)
	case "Fn::And":
		return decide(all, fails, holds)
	case "Fn::Or":
		return decide(all, holds, fails)
	case "Fn::Not":
		if len(all) == 1 && all[0] != undecided {
			return holds + fails - all[0]
		}
	}
	return undecided
}

// decide gives what one suffices for, else what all must be for.
func decide(all []truth, one, every truth) truth {
	switch {
	case slices.Contains(all, one):
		return one
	case len(all) == 0 || slices.Contains(all, undecided):
		return undecided
	}
	return every
}

func (t *template) equals(argument tree.Node) truth {
	if argument.Len() != 2 {
		return undecided
	}
	a, b := t.value(argument.At(0)), t.value(argument.At(1))
	switch {
	case !a.isScalar() || !b.isScalar():
		return undecided
	case a.text == b.text:
		return holds
	}
	return fails
}
