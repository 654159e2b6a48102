package celrule

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"go.yaml.in/yaml/v3"
)

// The limits on the evaluation of one expression, in CEL's units of cost. A unit takes up to a microsecond
// where it is counted.
const (
	// CostLimit is what one evaluation may cost; one that gets there is stopped, and its condition is unknown.
	CostLimit = 250_000
	// memoryLimit is how many values one evaluation may hold, those that are held twice counted twice.
	memoryLimit = 1_000_000
	// maxHeld is how deep values that an expression makes may hold one another.
	maxHeld = 16
	// verdictLimit is what all evaluations for one resource may cost together.
	verdictLimit = 2_500_000
)

// expression is a compiled CEL expression.
type expression struct {
	text    string
	program cel.Program
	result  *cel.Type
	cost    Cost
	// counted says that each evaluation counts its cost, as the largest object could pass the limit.
	counted bool
}

// compile compiles the expression of a node. What it gives must be of one of the wanted types, or of a type
// that is known only when it runs. It is nil where there is a mistake.
func (p *parser) compile(e *environment, n *yaml.Node, what string, wanted ...*cel.Type) *expression {
	n = resolve(n)
	if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
		p.fail(n, "%s must be a CEL expression", what)
		return nil
	}
	ast, issues := e.Compile(n.Value)
	if issues.Err() != nil {
		p.failAll(e, n, issues)
		return nil
	}
	if !isOneOf(ast.OutputType(), wanted) {
		p.failAt(p.source.within(n, 0), "%s must give a %s, and this gives a %s", what, typeNames(wanted), ast.OutputType())
		return nil
	}
	x := &expression{text: strings.TrimSpace(n.Value), result: ast.OutputType()}
	estimate, err := e.EstimateCost(ast, sizes{})
	if err != nil {
		p.failAt(p.source.within(n, 0), "the cost of %s cannot be estimated: %v", what, err)
		return nil
	}
	x.cost.Least, x.cost.Most = estimate.Min, estimate.Max
	if estimate.Min > CostLimit {
		p.failAt(p.source.within(n, 0), "%s costs at least %d, and %d are the limit", what, estimate.Min, CostLimit)
		return nil
	}
	options := []cel.ProgramOption{cel.EvalOptions(cel.OptOptimize)}
	if estimate.Max > CostLimit || hasLoop(ast) {
		x.counted = true
		options = append(options, cel.CostLimit(CostLimit), cel.MemoryLimit(memoryLimit), cel.MemoryTracking(
			types.MemoryTrackerSizeCalculator(types.NewSizeCalculator(types.SizeCalculatorMaxDepth(maxHeld), types.SizeCalculatorMaxTraversal(maxItems)))))
	}
	if x.program, err = e.Program(ast, options...); err != nil {
		p.failAt(p.source.within(n, 0), "%s: %s", what, firstLine(err.Error()))
		return nil
	}
	return x
}

// hasLoop reports whether an expression repeats a part of itself, or gives a value a name. Without either, its
// cost has the bound that CEL estimates; with them, values may hold one another many times.
func hasLoop(a *cel.Ast) bool {
	found := false
	celast.PreOrderVisit(a.NativeRep().Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		found = found || e.Kind() == celast.ComprehensionKind
	}))
	return found
}

func isOneOf(t *cel.Type, wanted []*cel.Type) bool {
	if len(wanted) == 0 || t.IsExactType(cel.DynType) {
		return true
	}
	for _, w := range wanted {
		if w.IsAssignableType(t) {
			return true
		}
	}
	return false
}

func typeNames(wanted []*cel.Type) string {
	names := make([]string, len(wanted))
	for i, t := range wanted {
		names[i] = t.String()
	}
	return strings.Join(names, " or ")
}

// maxIssues is how many mistakes of one expression are told.
const maxIssues = 5

func (p *parser) failAll(e *environment, n *yaml.Node, issues *cel.Issues) {
	text := strings.Split(n.Value, "\n")
	for i, issue := range issues.Errors() {
		if i == maxIssues {
			p.fail(n, "%d more mistakes in this expression", len(issues.Errors())-i)
			return
		}
		offset := max(issue.Location.Column(), 0)
		for _, line := range text[:min(max(issue.Location.Line()-1, 0), len(text))] {
			offset += utf8.RuneCountInString(line) + 1
		}
		if strings.HasPrefix(issue.Message, "undefined field") {
			offset = afterDot(n.Value, offset)
		}
		p.failAt(p.source.within(n, offset), "%s", e.explain(issue))
	}
}

// afterDot moves from the dot, where CEL says that a field is not there, to its name.
func afterDot(text string, offset int) int {
	runes := []rune(text)
	for offset < len(runes) && strings.ContainsRune(".? \t\n", runes[offset]) {
		offset++
	}
	return offset
}

var (
	undefinedField = regexp.MustCompile(`^undefined field '([^']*)'`)
	undeclared     = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	noOverload     = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '\((.*)\)'$`)
)

// explain says what is wrong with an expression in the words of this package, where it knows better ones.
func (e *environment) explain(issue *common.Error) string {
	if m := undefinedField.FindStringSubmatch(issue.Message); m != nil {
		return fmt.Sprintf("there is no field %q%s", m[1], near(m[1], e.fieldNames()))
	}
	if m := undeclared.FindStringSubmatch(issue.Message); m != nil {
		return e.undeclared(m[1])
	}
	if m := noOverload.FindStringSubmatch(issue.Message); m != nil {
		return fmt.Sprintf("%s does not take (%s)", strings.Trim(m[1], "_"), m[2])
	}
	return firstLine(issue.Message)
}

// undeclared says why there is no variable of a name, or no function.
func (e *environment) undeclared(name string) string {
	switch name {
	case "pod":
		return `"pod" is there only in rules on workloads`
	case "container", "volume":
		return fmt.Sprintf(`%q is there only with "each: %ss"`, name, name)
	case "item", "index":
		return fmt.Sprintf(`%q is there only where "each" is an expression`, name)
	}
	return fmt.Sprintf("there is no variable or function %q%s", name, near(name, e.variables))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
