package iac

import (
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/tree"
)

// The limits of what evaluating one template may cost. Templates are at most 1 MB
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html).
const (
	maxSteps = 500_000
	maxText  = 32 << 20
	maxDepth = 100
)

func (t *template) enter()        { t.depth++; t.steps++ }
func (t *template) leave()        { t.depth-- }
func (t *template) tooDeep() bool { return t.depth > maxDepth || t.steps > maxSteps }

// intrinsic tells a call of an intrinsic function from other values: {"Fn::Sub": …}, or !Sub … in YAML. Of the
// short form the argument is the node itself.
func intrinsic(n tree.Node) (function string, argument tree.Node, ok bool) {
	if tag := n.Tag(); len(tag) > 1 {
		switch tag {
		case "!Ref", "!Condition":
			return tag[1:], n, true
		}
		return "Fn::" + tag[1:], n, true
	}
	if n.Kind() != tree.Map || n.Len() != 1 {
		return "", tree.Node{}, false
	}
	only := n.At(0)
	if key := only.Key(); key == "Ref" || strings.HasPrefix(key, "Fn::") {
		return key, only, true
	}
	return "", tree.Node{}, false
}

// value evaluates a value of the template.
func (t *template) value(n tree.Node) value {
	t.enter()
	defer t.leave()
	if t.tooDeep() {
		return opened(n.Line())
	}
	if function, argument, ok := intrinsic(n); ok {
		v := t.call(function, argument)
		v.line = n.Line()
		return v
	}
	return t.plain(n)
}

// plain evaluates a value that is no call. A reference to a secret or parameter elsewhere is no value.
func (t *template) plain(n tree.Node) value {
	if n.Kind() == tree.String && strings.Contains(n.Text(), "{{resolve:") {
		return opened(n.Line())
	}
	if t.size += len(n.Text()); t.size > maxText {
		return opened(n.Line())
	}
	v := value{kind: n.Kind(), text: n.Text(), line: n.Line()}
	for child := range n.All() {
		item := t.value(child)
		if item.isNothing() { // AWS::NoValue
			continue
		}
		if v.kind == tree.Map {
			v.keys = append(v.keys, child.Key())
		}
		v.items = append(v.items, item)
	}
	return v
}

// call evaluates a function
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html).
// What needs an account, another stack or a macro is open.
func (t *template) call(function string, argument tree.Node) value {
	switch function {
	case "Ref":
		return t.reference(argument.Text(), argument.Line())
	case "Fn::GetAtt":
		return t.attribute(argument)
	case "Fn::Sub":
		return t.substitute(argument)
	case "Fn::Join":
		return t.join(argument)
	case "Fn::Split":
		return t.split(argument)
	case "Fn::Select":
		return t.pick(argument)
	case "Fn::If":
		return t.choose(argument)
	case "Fn::FindInMap":
		return t.lookUp(argument)
	}
	return opened(argument.Line())
}

// reference evaluates a Ref.
func (t *template) reference(name string, line int) value {
	switch p := t.parameters[name]; {
	case name == "AWS::NoValue":
		return value{}
	case name == "AWS::Partition":
		return value{open: true, partition: true, line: line}
	case p.Exists():
		return t.parameter(p, line)
	}
	return t.leadTo(name, line)
}

func (t *template) leadTo(name string, line int) value {
	v := opened(line)
	if a := t.shells[name]; a != nil {
		v.leads, v.whole = []*answer{a}, true
	}
	return v
}

// attribute evaluates a GetAtt: "Name.Attribute", or a list of both. An attribute that names the resource itself
// is a reference to it, one that is a property of the resource that property.
func (t *template) attribute(argument tree.Node) value {
	name, attribute, _ := strings.Cut(argument.Text(), ".")
	if argument.Kind() == tree.List {
		name, attribute = argument.At(0).Text(), t.value(argument.At(1)).text
	}
	return t.attributeOf(name, attribute, argument.Line())
}

func (t *template) attributeOf(name, attribute string, line int) value {
	resource := t.declared[name]
	kind := resource.Get("Type").Text()
	if isOwnName(kind, attribute) {
		return t.leadTo(name, line)
	}
	if strings.HasSuffix(attribute, "VersionNumber") && kind == "AWS::EC2::LaunchTemplate" {
		return textValue("1", line) // the first version is the one that the stack makes
	}
	property := resource.Get("Properties", attribute)
	if t.shells[name] == nil || !property.Exists() {
		return opened(line)
	}
	return t.value(property)
}

// isOwnName reports whether an attribute of a type is the ARN or ID of the resource itself.
func isOwnName(kind, attribute string) bool {
	own := kind[strings.LastIndexByte(kind, ':')+1:] // "Subnet" of AWS::EC2::Subnet
	switch attribute {
	case "Arn", "Id", own + "Id", own + "Arn":
		return true
	case "GroupId":
		return own == "SecurityGroup"
	case "VpcId":
		return own == "VPC"
	case "Name":
		return own == "Service"
	}
	return false
}

// substitute evaluates a Sub: a text with ${Name}, ${Name.Attribute} and ${!literal}, or that and a map of names.
func (t *template) substitute(argument tree.Node) value {
	pattern, names := argument, tree.Node{}
	if argument.Kind() == tree.List {
		pattern, names = argument.At(0), argument.At(1)
	}
	line, rest := argument.Line(), pattern.Text()
	if pattern.Kind() != tree.String || strings.Contains(rest, "{{resolve:") {
		return opened(line)
	}
	var parts []value
	for {
		before, after, found := strings.Cut(rest, "${")
		if before != "" {
			parts = append(parts, textValue(before, line))
		}
		name, next, closed := strings.Cut(after, "}")
		if !found || !closed {
			break
		}
		rest = next
		t.steps += 1 + names.Len()/8
		switch local := names.Get(strings.TrimSpace(name)); {
		case strings.HasPrefix(name, "!"):
			parts = append(parts, textValue("${"+name[1:]+"}", line))
		case local.Exists():
			parts = append(parts, t.value(local))
		case strings.Contains(name, "."):
			of, attribute, _ := strings.Cut(strings.TrimSpace(name), ".")
			parts = append(parts, t.attributeOf(of, attribute, line))
		default:
			parts = append(parts, t.reference(strings.TrimSpace(name), line))
		}
	}
	return t.concat(parts, "", line)
}

// concat puts texts together. One alone is itself; with an open part all is open, but for the partition in the
// ARN of a policy of AWS's own: the policy of that name is the same in each partition.
func (t *template) concat(parts []value, separator string, line int) value {
	if len(parts) == 1 {
		return parts[0]
	}
	var b strings.Builder
	partition := false
	for i, p := range parts {
		if i > 0 {
			b.WriteString(separator)
		}
		switch {
		case p.open && p.partition:
			partition = true
			b.WriteString("aws")
		case !p.isScalar():
			return opened(line)
		}
		b.WriteString(p.text)
	}
	text := b.String()
	if t.size += len(text); t.size > maxText || partition && !strings.HasPrefix(text, "arn:aws:iam::aws:policy/") {
		return opened(line)
	}
	return textValue(text, line)
}

// join evaluates a Join: a separator, and a list of texts.
func (t *template) join(argument tree.Node) value {
	separator, list := t.value(argument.At(0)), t.value(argument.At(1))
	if argument.Kind() != tree.List || separator.open || list.kind != tree.List {
		return opened(argument.Line())
	}
	if len(list.items) == 0 {
		return textValue("", argument.Line())
	}
	return t.concat(list.items, separator.text, argument.Line())
}

func (t *template) split(argument tree.Node) value {
	separator, text := t.value(argument.At(0)), t.value(argument.At(1))
	if argument.Kind() != tree.List || !separator.isScalar() || separator.text == "" || !text.isScalar() {
		return opened(argument.Line())
	}
	v := value{kind: tree.List, line: argument.Line()}
	for part := range strings.SplitSeq(text.text, separator.text) {
		v.items = append(v.items, textValue(part, argument.Line()))
	}
	t.steps += len(v.items)
	return v
}

// pick evaluates a Select: an index, and a list.
func (t *template) pick(argument tree.Node) value {
	index, list := t.value(argument.At(0)), t.value(argument.At(1))
	i, err := strconv.Atoi(index.text)
	if argument.Kind() != tree.List || err != nil || index.open || i < 0 || i >= len(list.items) || list.kind != tree.List {
		return opened(argument.Line())
	}
	return list.items[i]
}

// choose evaluates an If: a condition, and a value for each case. On a condition that is open the value is known
// only where both are the same.
func (t *template) choose(argument tree.Node) value {
	if argument.Kind() != tree.List || argument.Len() != 3 {
		return opened(argument.Line())
	}
	switch t.condition(argument.At(0).Text()) {
	case holds:
		return t.value(argument.At(1))
	case fails:
		return t.value(argument.At(2))
	}
	a, b := t.value(argument.At(1)), t.value(argument.At(2))
	if a.isScalar() && b.isScalar() && a.kind == b.kind && a.text == b.text {
		return a
	}
	return opened(argument.Line())
}

// lookUp evaluates a FindInMap: a mapping, two keys, and perhaps what counts where there is no such entry.
func (t *template) lookUp(argument tree.Node) value {
	var keys []string
	for i := range 3 {
		key := t.value(argument.At(i))
		if !key.isScalar() {
			return opened(argument.Line())
		}
		keys = append(keys, key.text)
	}
	mapping := t.mappings[keys[0]]
	found := mapping.Get(keys[1], keys[2])
	t.steps += (mapping.Len() + mapping.Get(keys[1]).Len()) / 8
	if fallback := argument.At(3).Get("DefaultValue"); !found.Exists() && fallback.Exists() {
		found = fallback
	}
	if !found.Exists() {
		return opened(argument.Line())
	}
	return t.value(found)
}
