package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strconv"
	"strings"
)

// visit changes one node of a part, if it is of a kind that is changed. Expressions are seen from the outside
// in, so that the whole of a condition comes before its operands.
func (f *finder) visit(n ast.Node) bool {
	if n == nil || f.known[n] {
		return n != nil
	}
	switch n := n.(type) {
	case *ast.BlockStmt:
		f.statements(n.List)
	case *ast.CaseClause:
		f.statements(n.Body)
	case *ast.SwitchStmt:
		f.cases(n)
	case *ast.AssignStmt:
		f.keep(n.Lhs...)
	case *ast.RangeStmt:
		f.keep(n.Key, n.Value)
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			f.keep(n.X)
		}
	case *ast.SelectorExpr:
		f.keep(n.Sel)
	case *ast.KeyValueExpr:
		if _, ok := n.Key.(*ast.Ident); ok {
			f.keep(n.Key)
		}
	}
	if e, ok := n.(ast.Expr); ok && !f.known[e] {
		f.expression(e)
	}
	return true
}

// keep leaves expressions as they are: those that are assigned to, and names that are no expressions.
func (f *finder) keep(all ...ast.Expr) {
	for _, e := range all {
		f.known[e] = true
	}
}

func (f *finder) expression(e ast.Expr) {
	switch {
	case f.isBool(e):
		f.condition(e)
		return
	case f.source.info.Types[e].Value != nil:
		return
	}
	switch e := e.(type) {
	case *ast.CompositeLit:
		f.list(e)
	case *ast.CallExpr:
		f.call(e)
	}
}

// isBool reports whether an expression has the type bool.
func (f *finder) isBool(e ast.Expr) bool {
	t, ok := f.source.info.Types[e]
	if !ok || !t.IsValue() {
		return false
	}
	b, ok := types.Unalias(t.Type).(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

// condition changes a whole boolean expression. Alone it is made true and made false, which asks more of tests
// than to negate it. A conjunction is made false, and each of its operands is dropped: that is to make the
// operand true, and includes what making the whole true would show. The other way round for a disjunction.
func (f *finder) condition(e ast.Expr) {
	if literal, ok := e.(*ast.Ident); ok && f.source.info.Types[e].Value != nil {
		f.constant(literal)
		return
	}
	whole := e
	e, negated := f.inner(e)
	if op := connective(e); op != token.ILLEGAL {
		word, call := "true", "True"
		if (op == token.LAND) != negated {
			word, call = "false", "False"
		}
		n := f.add(whole, "%s made %s", f.quote(whole), word)
		f.wrap(whole, fmt.Sprintf("%s.%s(%d, ", aliveName, call, n), ")")
		f.operands(e, op)
		return
	}
	n := f.add(whole, "%s made true", f.quote(whole))
	f.add(whole, "%s made false", f.quote(whole))
	f.wrap(whole, fmt.Sprintf("%s.Bool(%d, ", aliveName, n), ")")
	f.leaf(e)
}

// connective gives the operator of a conjunction or disjunction; ILLEGAL for any other expression.
func connective(e ast.Expr) token.Token {
	if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		return b.Op
	}
	return token.ILLEGAL
}

// operands drops each operand of a && b && c, or of a || b || c, and goes on within it.
func (f *finder) operands(e ast.Expr, op token.Token) {
	f.known[e] = true
	if connective(e) == op {
		b := e.(*ast.BinaryExpr)
		f.operands(b.X, op)
		f.operands(b.Y, op)
		return
	}
	wrap := "(!%s.On(%d) && ("
	if op == token.LAND {
		wrap = "(%s.On(%d) || ("
	}
	f.wrap(e, fmt.Sprintf(wrap, aliveName, f.add(e, "%s dropped from a %s", f.quote(e), op)), "))")
	e, _ = f.inner(e)
	if inner := connective(e); inner != token.ILLEGAL {
		f.operands(e, inner)
		return
	}
	f.leaf(e)
}

// inner takes the parentheses and negations away that an expression begins with.
func (f *finder) inner(e ast.Expr) (inner ast.Expr, negated bool) {
	for {
		f.known[e] = true
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.UnaryExpr:
			if x.Op != token.NOT {
				return e, negated
			}
			e, negated = x.X, !negated
		default:
			return e, negated
		}
	}
}

// leaf goes on within an operand that is no connective. It moves the boundary of a comparison of order; not
// that of a length and 0, which would make it true or false, as another mutant does.
func (f *finder) leaf(e ast.Expr) {
	f.known[e] = true
	switch e := e.(type) {
	case *ast.SelectorExpr:
		f.keep(e.Sel)
	case *ast.CallExpr:
		f.call(e)
	case *ast.BinaryExpr:
		o, ok := orders()[e.Op]
		if !ok || strings.HasPrefix(f.source.text(f.file, e.X), "len(") && f.source.text(f.file, e.Y) == "0" {
			return
		}
		n := f.add(e, "%s made %s in %s", e.Op, o.moved, f.quote(e))
		f.wrap(e, fmt.Sprintf("%s.%s(%d, ", aliveName, o.call, n), ")")
		f.edits[f.file] = append(f.edits[f.file], edit{at: f.source.offset(e.OpPos), remove: len(e.Op.String()), text: ","})
	}
}

// order is how a comparison of order is changed: to which other one, by which function of package alive.
type order struct{ moved, call string }

func orders() map[token.Token]order {
	return map[token.Token]order{
		token.LSS: {"<=", "Less"}, token.LEQ: {"<", "LessOrEqual"},
		token.GTR: {">=", "Greater"}, token.GEQ: {">", "GreaterOrEqual"},
	}
}

// constant turns true and false round.
func (f *finder) constant(literal *ast.Ident) {
	other := map[string]string{"true": "false", "false": "true"}[literal.Name]
	if other == "" {
		return
	}
	n := f.add(literal, "%s made %s", literal.Name, other)
	f.replace(literal, fmt.Sprintf("(%s.On(%d) != %s)", aliveName, n, literal.Name))
}

// statements skips statements that are run for their effect alone.
func (f *finder) statements(all []ast.Stmt) {
	for _, s := range all {
		var discarded ast.Expr
		switch s := s.(type) {
		case *ast.AssignStmt:
			if s.Tok == token.DEFINE {
				continue
			}
		case *ast.ExprStmt:
			discarded = s.X
		case *ast.IncDecStmt:
		default:
			continue
		}
		f.wrap(s, fmt.Sprintf("if !%s.On(%d) { ", aliveName, f.add(s, "%s skipped", f.quote(s))), " }")
		if discarded != nil {
			f.discard(discarded)
		}
	}
}

// discard leaves the result of a call alone that nobody looks at.
func (f *finder) discard(e ast.Expr) {
	f.known[e] = true
	if c, ok := e.(*ast.CallExpr); ok {
		f.call(c)
	}
}

// cases drops each value of a switch over texts.
func (f *finder) cases(s *ast.SwitchStmt) {
	if s.Tag == nil || !types.Identical(f.source.info.TypeOf(s.Tag), types.Typ[types.String]) {
		return
	}
	for _, clause := range s.Body.List {
		for _, value := range clause.(*ast.CaseClause).List {
			n := f.add(value, "case %s dropped", f.quote(value))
			f.wrap(value, fmt.Sprintf("%s.Text(%d, ", aliveName, n), ")")
		}
	}
}

// list drops each item of a list. The conditions of a rule are dropped as if their function had said yes, so
// that they keep their names, and are negated.
func (f *finder) list(l *ast.CompositeLit) {
	slice, ok := types.Unalias(f.source.info.TypeOf(l)).Underlying().(*types.Slice)
	if !ok || l.Type == nil || len(l.Elts) == 0 {
		return
	}
	first, call := len(f.mutants)+1, "Without"
	if isNamed(slice.Elem(), "internal/rule", "Condition") {
		call = "Conditions"
		for i, element := range l.Elts {
			name := f.conditionName(i)
			for _, done := range []string{"dropped", "negated"} {
				f.mutants[f.add(element, "condition %s %s", name, done)-1].condition = true
			}
		}
	} else {
		for _, element := range l.Elts {
			f.add(element, "%s dropped from the list", f.quote(element))
		}
	}
	f.wrap(l, fmt.Sprintf("%s.%s(%d, ", aliveName, call, first), ")")
}

// conditionName gives the name of a condition of the rule that the part belongs to.
func (f *finder) conditionName(i int) string {
	if names := f.conditions[strings.Join(f.rules, ",")]; i < len(names) {
		return names[i]
	}
	return strconv.Itoa(i + 1)
}

// call changes what a function is given: it drops texts from a list of any length, and moves numbers by one.
// What is not known is made absent, and present. Only functions of the project are given something else; what
// others make of it is no decision of a rule.
func (f *finder) call(c *ast.CallExpr) {
	signature, ok := types.Unalias(f.source.info.TypeOf(c.Fun)).(*types.Signature)
	if !ok || !f.isOurs(c.Fun) {
		return
	}
	if isUnknown(f.source.info, c) {
		n := f.add(c, "unknown made absent")
		f.add(c, "unknown made present")
		f.wrap(c, fmt.Sprintf("%s.Truth(%d, ", aliveName, n), ")")
	}
	fixed := signature.Params().Len()
	if signature.Variadic() {
		fixed--
	}
	for _, a := range c.Args[:min(fixed, len(c.Args))] {
		if literal, ok := a.(*ast.BasicLit); ok && literal.Kind == token.INT && types.Identical(f.source.info.TypeOf(a), types.Typ[types.Int]) {
			n := f.add(a, "%s increased by 1 in %s", literal.Value, f.quote(c))
			f.add(a, "%s decreased by 1 in %s", literal.Value, f.quote(c))
			f.wrap(a, "(", fmt.Sprintf(" + %s.Step(%d))", aliveName, n))
		}
	}
	if signature.Variadic() && !c.Ellipsis.IsValid() && len(c.Args) > fixed {
		f.texts(c, signature, c.Args[fixed:])
	}
}

// texts drops each of the texts that end a call.
func (f *finder) texts(c *ast.CallExpr, signature *types.Signature, args []ast.Expr) {
	last := signature.Params().At(signature.Params().Len() - 1).Type()
	if !types.Identical(last, types.NewSlice(types.Typ[types.String])) {
		return
	}
	first := len(f.mutants) + 1
	for _, a := range args {
		if _, ok := a.(*ast.BasicLit); !ok {
			return
		}
	}
	for _, a := range args {
		f.add(a, "%s dropped from the arguments of %s", f.quote(a), f.quote(c.Fun))
	}
	f.wrap(args[0], fmt.Sprintf("%s.Without(%d, []string{", aliveName, first), "")
	f.wrap(args[len(args)-1], "", "})...")
}

// isOurs reports whether a function is one of the project, a local one, or append.
func (f *finder) isOurs(fun ast.Expr) bool {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.Ident:
		o := f.source.info.Uses[fun]
		if b, ok := o.(*types.Builtin); ok {
			return b.Name() == "append"
		}
		return o != nil
	case *ast.IndexExpr:
		return f.isOurs(fun.X)
	case *ast.SelectorExpr:
		o := f.source.info.Uses[fun.Sel]
		return o != nil && o.Pkg() != nil && strings.HasPrefix(o.Pkg().Path(), module+"/")
	}
	return false
}

// isUnknown reports whether a call is one of rule.Unknown.
func isUnknown(info *types.Info, c *ast.CallExpr) bool {
	s, ok := c.Fun.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Unknown" && isNamed(info.TypeOf(c), "internal/rule", "Truth")
}
