package celrule

import (
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"

	"github.com/merlonsec/merlon/internal/tree"
)

// candidates says what a rule's candidates are.
type candidates string

const (
	eachResource   candidates = "resource"
	eachPod        candidates = "pod"
	eachContainers candidates = "containers"
	eachVolumes    candidates = "volumes"
	eachNodePaths  candidates = "nodePaths"
	eachItems      candidates = "" // those of an expression
)

// named lists those that have a name.
func named() []string {
	return []string{string(eachResource), string(eachPod), string(eachContainers), string(eachVolumes), string(eachNodePaths)}
}

// scopeKind says which variables an expression has.
type scopeKind struct {
	workload bool // the rule is on workloads alone
	each     candidates
	item     string // the type of the items of an expression
}

// environment is what expressions of one kind are compiled in.
type environment struct {
	*cel.Env
	schema    *schema
	variables []string
}

// names lists every field of every type.
func (e *environment) fieldNames() []string {
	var all []string
	for _, t := range e.schema.all() {
		all = append(all, t.fieldNames()...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// The limits on one expression. CEL's nesting limit stands for itself.
const maxRegexp = 500 // instructions of a compiled regular expression

// environment gives the environment of a kind, which is built when it is first asked for.
func (l *Loader) environment(kind scopeKind, item *cel.Type) (*environment, error) {
	if e, ok := l.envs[kind]; ok {
		return e, nil
	}
	if l.envs == nil {
		l.envs, l.objects = map[scopeKind]*environment{}, newObjects()
	}
	s := newSchema()
	e := &environment{schema: s}
	known, err := s.provider()
	if err != nil {
		return nil, err
	}
	options := []cel.EnvOption{
		cel.CustomTypeProvider(known),
		cel.OptionalTypes(),
		cel.CrossTypeNumericComparisons(true),
		cel.ParserExpressionSizeLimit(maxExpression),
		cel.RegexProgramSizeLimit(maxRegexp),
		cel.ASTValidators(regexps{}, versions{}),
		bind(),
	}
	variable := func(name string, of *cel.Type) {
		e.variables = append(e.variables, name)
		options = append(options, cel.Variable(name, of))
	}
	variable("object", cel.MapType(cel.StringType, cel.DynType))
	variable("resource", s.resource.self)
	variable("settings", s.settings.self)
	if kind.workload {
		variable("pod", s.pod.self)
	}
	switch kind.each {
	case eachContainers:
		variable("container", s.container.self)
	case eachVolumes, eachNodePaths:
		variable("volume", s.volume.self)
	case eachItems:
		if item != nil {
			variable("item", item)
			variable("index", cel.IntType)
		}
	}
	if e.Env, err = cel.NewEnv(append(options, s.functions()...)...); err != nil {
		return nil, err
	}
	l.envs[kind] = e
	return e, nil
}

func (s *schema) provider() (types.Provider, error) {
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	p := provider{registry, map[string]*objectType{}}
	for _, t := range s.all() {
		p.byName[t.name] = t
	}
	return p, nil
}

// sizes tells CEL's estimate of a cost how large the values of one object may be.
type sizes struct{}

// EstimateSize implements [cost.Estimator]: a text is no longer than its document, and a list or map has no
// more members than a document has.
func (sizes) EstimateSize(element cost.AstNode) *cost.SizeEstimate {
	if len(element.Path()) == 0 {
		return nil
	}
	largest := uint64(tree.DefaultBytes)
	switch element.Type().Kind() {
	case types.ListKind, types.MapKind:
		largest = tree.DefaultNodes
	}
	return &cost.SizeEstimate{Min: 0, Max: largest}
}

// EstimateCallCost implements [cost.Estimator]; CEL knows what calls cost.
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate { //nolint:gocritic // The signature is the interface's.
	return nil
}
