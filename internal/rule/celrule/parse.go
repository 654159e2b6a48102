package celrule

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"go.yaml.in/yaml/v3"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

var (
	idForm   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	typeForm = regexp.MustCompile(`^(k8s/[A-Za-z0-9.-]+/[A-Za-z0-9]+|AWS::[A-Za-z0-9]+::[A-Za-z0-9]+)$`)
)

// maxTitle is the longest title, in characters: what a table can show.
const maxTitle = 80

// rule reads one document.
func (p *parser) rule(n *yaml.Node) Loaded {
	r := &rule.Rule{}
	loaded := Loaded{Rule: r, File: p.source.name, Line: max(n.Line, 1)}
	if !p.isMap(n, "a rule", "id", "category", "role", "likelihood", "impact", "references", "title", "why", "fix",
		"on", "needs", "each", "conditions", "evidence", "opens", "examples") {
		return loaded
	}
	p.identity(n, r)
	if id := get(n, "id"); id != nil {
		loaded.id = p.source.problem(placeOf(id), "")
	}
	p.levels(n, r)
	for _, ref := range p.list(n, "references") {
		if p.isMap(ref, "a reference", "source", "id", "url") {
			r.References = append(r.References, rule.Reference{Source: p.text(ref, "source"), ID: p.text(ref, "id"), URL: p.text(ref, "url")})
		}
	}
	for _, kind := range p.list(n, "opens") {
		p.edge(kind, r)
	}
	r.On = p.types(n)
	for _, fact := range p.list(n, "needs") {
		if p.among(fact, "needs", fact.Value, []string{string(rule.TrustedRegistries)}) != "" {
			r.Needs = append(r.Needs, rule.Fact(fact.Value))
		}
	}
	loaded.Cost = p.check(n, r)
	for _, e := range p.list(n, "examples") {
		p.example(e, r)
	}
	if len(r.Examples) == 0 {
		p.fail(n, "the rule has no examples; it needs one where it is present, and one for each condition that misses it")
	}
	return loaded
}

func (p *parser) identity(n *yaml.Node, r *rule.Rule) {
	r.ID = p.text(n, "id")
	switch {
	case r.ID == "":
		p.need(n, "the rule", "id")
	case !idForm.MatchString(r.ID):
		p.fail(get(n, "id"), "the id %q is not kebab-case, such as no-public-bucket", r.ID)
	}
	for _, t := range []struct {
		key string
		to  *lang.Text
	}{{"title", &r.Title}, {"why", &r.Why}, {"fix", &r.Fix}} {
		*t.to = p.texts(n, t.key)
	}
	for _, l := range lang.All() {
		if title := r.Title.In(l); utf8.RuneCountInString(title) > maxTitle || strings.Contains(title, "\n") {
			p.fail(get(n, "title"), "the title must be one line of at most %d characters", maxTitle)
			return
		}
	}
}

// texts reads a text: English alone, or a map of languages.
func (p *parser) texts(n *yaml.Node, key string) lang.Text {
	value := p.need(n, "the rule", key)
	if value == nil {
		return lang.Text{}
	}
	var t lang.Text
	switch value.Kind {
	case yaml.ScalarNode:
		t.EN = p.text(n, key)
	case yaml.MappingNode:
		p.isMap(value, key, "en", "es", "pt")
		t = lang.Text{EN: p.text(value, "en"), ES: p.text(value, "es"), PT: p.text(value, "pt")}
	default:
		p.fail(value, "%s must be a text, or a map of texts with en, es, pt", key)
	}
	if t.EN == "" && len(p.problems) == 0 {
		p.fail(value, "%s is empty in English", key)
	}
	return t
}

func (p *parser) levels(n *yaml.Node, r *rule.Rule) {
	var categories []string
	for _, c := range finding.Categories() {
		categories = append(categories, string(c))
	}
	r.Category = finding.Category(p.oneOf(n, "category", categories))
	if get(n, "category") == nil {
		r.Category = finding.Misconfiguration
	}
	r.Role = finding.Role(p.oneOf(n, "role", []string{string(finding.Contributing), string(finding.Contextual)}))
	if p.need(n, "the rule", "likelihood") != nil {
		level := p.oneOf(n, "likelihood", []string{"low", "moderate", "high", "veryHigh"})
		_ = r.Likelihood.UnmarshalText([]byte(level)) // It is one of them, or a mistake that was noted.
	}
	level := p.oneOf(n, "impact", []string{"low", "medium", "high"})
	_ = r.Impact.UnmarshalText([]byte(level))
}

func (p *parser) edge(n *yaml.Node, r *rule.Rule) {
	kind := finding.EdgeKind(n.Value)
	if _, ok := kind.Meaning(); !ok || n.Kind != yaml.ScalarNode {
		var kinds []string
		for _, m := range finding.EdgeMeanings() {
			kinds = append(kinds, string(m.Kind))
		}
		p.fail(n, "there is no edge %q%s", n.Value, near(n.Value, kinds))
		return
	}
	r.Opens = append(r.Opens, kind)
}

// groups are the names that stand for several types.
func groups() map[string][]inventory.Type {
	return map[string][]inventory.Type{"workloads": k8s.Workloads(), "routes": k8s.Routes()}
}

func (p *parser) types(n *yaml.Node) []inventory.Type {
	if p.need(n, "the rule", "on") == nil {
		return nil
	}
	var all []inventory.Type
	for _, item := range p.list(n, "on") {
		if group, ok := groups()[item.Value]; ok {
			all = append(all, group...)
			continue
		}
		if item.Kind != yaml.ScalarNode {
			p.fail(item, "on must be a type, such as k8s/apps/Deployment, a group (workloads, routes), or a list of them")
			continue
		}
		if !typeForm.MatchString(item.Value) {
			p.fail(item, "%q is no type, such as k8s/apps/Deployment or k8s/core/Pod, and no group: workloads, routes%s",
				item.Value, near(item.Value, []string{"workloads", "routes"}))
			continue
		}
		all = append(all, inventory.Type(item.Value))
	}
	slices.Sort(all)
	all = slices.Compact(all)
	if len(all) == 0 && len(p.problems) == 0 {
		p.fail(get(n, "on"), "the rule is on no type of resource")
	}
	return all
}

// check reads what is compiled: each, conditions and evidence.
func (p *parser) check(n *yaml.Node, r *rule.Rule) []Cost {
	kind := scopeKind{workload: true, each: eachResource} // also where "on" is wrong, which was told
	for _, t := range r.On {
		kind.workload = kind.workload && k8s.IsWorkload(t)
	}
	c := &check{}
	env := p.each(n, c, &kind)
	if env != nil {
		c.each, c.schema, c.objects = kind.each, env.schema, p.loader.objects
	}
	var costs []Cost
	for _, one := range p.list(n, "conditions") {
		name, x := p.condition(env, one, c)
		if x != nil {
			x.cost.Condition = name
			costs = append(costs, x.cost)
			c.conditions = append(c.conditions, condition{name, x})
		}
	}
	if len(p.list(n, "conditions")) == 0 {
		p.fail(n, "the rule has no conditions")
	}
	if env == nil { // what each item is, is not known
		return nil
	}
	if e := get(n, "evidence"); e != nil {
		p.evidence(env, e, c)
	}
	r.Check = c.build()
	return costs
}

// each decides what the candidates are, and gives the environment of the conditions.
func (p *parser) each(n *yaml.Node, c *check, kind *scopeKind) *environment {
	value := get(n, "each")
	var item *cel.Type
	if value != nil {
		kind.each = candidates(p.text(n, "each"))
	}
	switch {
	case kind.each == eachResource:
	case slices.Contains(named(), string(kind.each)):
		if !kind.workload && len(p.problems) == 0 {
			p.fail(value, "each %q is for rules on workloads alone", kind.each)
			return nil
		}
	default:
		outer := *kind
		outer.each = eachResource
		env := p.environment(n, outer, nil)
		if near := near(string(kind.each), named()); near != "" {
			p.fail(value, "each %q is not one of %s, nor an expression that gives a list%s", kind.each, strings.Join(named(), ", "), near)
			return nil
		}
		if env == nil {
			return nil
		}
		if c.items = p.compile(env, value, "each", cel.ListType(cel.DynType)); c.items == nil {
			return nil
		}
		item = cel.DynType
		if parameters := c.items.result.Parameters(); len(parameters) == 1 {
			item = parameters[0]
		}
		kind.each, kind.item = eachItems, item.String()
	}
	return p.environment(n, *kind, item)
}

func (p *parser) environment(n *yaml.Node, kind scopeKind, item *cel.Type) *environment {
	env, err := p.loader.environment(kind, item)
	if err != nil {
		p.fail(n, "CEL cannot be set up: %v", err)
		return nil
	}
	return env
}

func (p *parser) condition(env *environment, n *yaml.Node, c *check) (string, *expression) {
	if !p.isMap(n, "a condition", "name", "cel") {
		return "", nil
	}
	name := p.text(n, "name")
	switch {
	case name == "":
		p.need(n, "the condition", "name")
	case !idForm.MatchString(name):
		p.fail(get(n, "name"), "the name %q is not kebab-case, such as is-privileged", name)
	case slices.ContainsFunc(c.conditions, func(other condition) bool { return other.name == name }):
		p.fail(get(n, "name"), "another condition is called %q", name)
	}
	if p.need(n, "the condition", "cel") == nil || env == nil {
		return name, nil
	}
	return name, p.compile(env, get(n, "cel"), "the condition", cel.BoolType)
}

func (p *parser) evidence(env *environment, n *yaml.Node, c *check) {
	if !p.isMap(n, "evidence", "path", "value") {
		return
	}
	path := get(n, "path")
	switch {
	case path == nil:
	case path.Kind == yaml.MappingNode:
		if p.isMap(path, "path", "cel") && p.need(path, "the path", "cel") != nil {
			c.evidence.dynamic = p.compile(env, get(path, "cel"), "the path", cel.StringType)
		}
	case path.Kind != yaml.ScalarNode || !isPath(path.Value):
		p.fail(path, "%q is no JSON path, such as securityContext.privileged or $.spec.replicas; write {cel: …} for an expression", path.Value)
	default:
		c.evidence.path = path.Value
	}
	if value := get(n, "value"); value != nil {
		c.evidence.value = p.compile(env, value, "the value")
	}
}

func (p *parser) example(n *yaml.Node, r *rule.Rule) {
	if !p.isMap(n, "an example", "name", "input", "want", "misses", "path", "settings") {
		return
	}
	e := rule.Example{Name: p.text(n, "name"), Misses: p.text(n, "misses"), Path: p.text(n, "path")}
	for _, key := range []string{"name", "input", "want"} {
		p.need(n, "the example", key)
	}
	if e.Name != "" && slices.ContainsFunc(r.Examples, func(other rule.Example) bool { return other.Name == e.Name }) {
		p.fail(get(n, "name"), "another example is called %q", e.Name)
	}
	if input := get(n, "input"); input != nil && input.Kind == yaml.ScalarNode {
		e.Input = input.Value
	} else if input != nil {
		p.fail(input, "the input must be a text that holds YAML: write input: |")
	}
	states := []finding.State{finding.Absent, finding.Unknown, finding.Present}
	word := p.oneOf(n, "want", []string{"absent", "unknown", "present"})
	for _, s := range states {
		if s.String() == word {
			e.Want = s
		}
	}
	if s := get(n, "settings"); s != nil && p.isMap(s, "settings", "trustedRegistries", "kubernetesVersion") {
		for _, registry := range p.list(s, "trustedRegistries") {
			e.Settings.TrustedRegistries = append(e.Settings.TrustedRegistries, registry.Value)
		}
		if text := p.text(s, "kubernetesVersion"); text != "" {
			version, err := rule.ParseVersion(text)
			if err != nil {
				p.fail(get(s, "kubernetesVersion"), "%v", err)
			}
			e.Settings.KubernetesVersion = version
		}
	}
	r.Examples = append(r.Examples, e)
}
