package celrule

import (
	"errors"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/merlonsec/merlon/internal/rule"
)

// CEL counts what a call cost after it returned, so that one call may do any amount of work: "a".replace of a
// large text by a large text, or the format of one text many times. The functions on texts and lists are
// therefore our own: they work as those of cel-go's extensions do, and refuse what is too large before they
// start.
const (
	maxText = 256 << 10 // bytes of a text that an expression sees or makes
	maxList = 100_000   // items of a list that a function makes
)

// errTooLarge says that a value is larger than a function takes.
var errTooLarge = errors.New("a value is too large to look at: cost limit")

// functions declares what our rules have and CEL has not.
func (s *schema) functions() []cel.EnvOption {
	text, number, list := cel.StringType, cel.IntType, cel.ListType(cel.StringType)
	anything := cel.TypeParamType("T")
	all := []cel.EnvOption{
		method("lowerAscii", text, text, func(a []ref.Val) ref.Val { return types.String(strings.ToLower(str(a[0]))) }),
		method("upperAscii", text, text, func(a []ref.Val) ref.Val { return types.String(strings.ToUpper(str(a[0]))) }),
		method("trim", text, text, func(a []ref.Val) ref.Val { return types.String(strings.TrimSpace(str(a[0]))) }),
		method("indexOf", text, number, func(a []ref.Val) ref.Val { return types.Int(strings.Index(str(a[0]), str(a[1]))) }, text),
		method("lastIndexOf", text, number, func(a []ref.Val) ref.Val { return types.Int(strings.LastIndex(str(a[0]), str(a[1]))) }, text),
		method("split", text, list, func(a []ref.Val) ref.Val { return split(a, -1) }, text),
		method("split", text, list, func(a []ref.Val) ref.Val { return split(a, int(a[2].(types.Int))) }, text, number),
		method("substring", text, text, substring, number),
		method("substring", text, text, substring, number, number),
		method("replace", text, text, replace, text, text),
		method("join", list, text, join),
		method("join", list, text, join, text),
		method("flatten", cel.ListType(cel.ListType(anything)), cel.ListType(anything), flatten),
		method("isWithin", text, cel.BoolType, func(a []ref.Val) ref.Val { return types.Bool(isWithin(str(a[0]), str(a[1]))) }, text),
		method("atLeast", s.settings.self, cel.BoolType, atLeast, text),
		function("cleanPath", text, func(a ref.Val) ref.Val { return types.String(rule.CleanNodePath(str(a))) }),
		function("parseImage", s.image.self, func(a ref.Val) ref.Val {
			image := rule.ParseImage(str(a))
			return object{s.image, &image}
		}),
		function("unknown", cel.BoolType, func(a ref.Val) ref.Val { return types.WrapErr(reasonError(str(a))) }),
	}
	return all
}

// bind is the macro cel.bind(name, value, expression) of cel-go's extensions, which would bring the language
// tables of golang.org/x/text along.
func bind() cel.EnvOption {
	return cel.Macros(cel.ReceiverMacro("bind", 3, func(f cel.MacroExprFactory, on celast.Expr, args []celast.Expr) (celast.Expr, *cel.Error) {
		if on.Kind() != celast.IdentKind || on.AsIdent() != "cel" {
			return nil, nil
		}
		if args[0].Kind() != celast.IdentKind {
			return nil, f.NewError(args[0].ID(), "the first argument of cel.bind() is the name of a variable")
		}
		name := args[0].AsIdent()
		return f.NewComprehension(f.NewList(), "#unused", name, args[1], f.NewLiteral(types.False), f.NewIdent(name), args[2]), nil
	}))
}

// method declares a method of a type, with what it costs: as much as it reads and writes.
func method(name string, on, result *cel.Type, do func([]ref.Val) ref.Val, args ...*cel.Type) cel.EnvOption {
	id := "merlon_" + name + "_" + string(rune('0'+len(args)))
	bounded := func(values ...ref.Val) ref.Val {
		if tooLarge(values) {
			return types.WrapErr(errTooLarge)
		}
		return do(values)
	}
	binding := cel.FunctionBinding(bounded)
	switch len(args) {
	case 0:
		binding = cel.UnaryBinding(func(a ref.Val) ref.Val { return bounded(a) })
	case 1:
		binding = cel.BinaryBinding(func(a, b ref.Val) ref.Val { return bounded(a, b) })
	}
	return together(
		cel.Function(name, cel.MemberOverload(id, append([]*cel.Type{on}, args...), result, binding)),
		costOf(on, result, func(options ...cost.OverloadModelOption) cost.OverloadModel {
			return cost.MemberOverload(id, options...)
		}),
	)
}

// function declares a function of one text.
func function(name string, result *cel.Type, do func(ref.Val) ref.Val) cel.EnvOption {
	return cel.Function(name, cel.Overload("merlon_"+name, []*cel.Type{cel.StringType}, result, cel.UnaryBinding(func(a ref.Val) ref.Val {
		if tooLarge([]ref.Val{a}) {
			return types.WrapErr(errTooLarge)
		}
		return do(a)
	})))
}

func together(options ...cel.EnvOption) cel.EnvOption {
	return func(e *cel.Env) (*cel.Env, error) {
		for _, o := range options {
			var err error
			if e, err = o(e); err != nil {
				return nil, err
			}
		}
		return e, nil
	}
}

// costOf says what a method costs.
func costOf(on, result *cel.Type, overload func(...cost.OverloadModelOption) cost.OverloadModel) cel.EnvOption {
	terms := []cost.QuantityExpr{cost.Const(cost.CallCost)}
	var options []cost.OverloadModelOption
	if isSized(on) {
		terms = append(terms, cost.StringScan(cost.Length(cost.Target())))
	}
	if isSized(result) {
		terms = append(terms, cost.StringScan(cost.Length(cost.Result())))
		largest := uint64(maxText)
		if result.Kind() == types.ListKind {
			largest = maxList
		}
		options = append(options, cost.ResultSize(cost.AtMost(cost.Const(largest))))
	}
	return cel.CostModel(overload(append(options, cost.EvalCost(cost.Sum(terms...)))...))
}

func isSized(t *cel.Type) bool { return t.Kind() == types.StringKind || t.Kind() == types.ListKind }

// tooLarge reports whether one of the values is too large for one call.
func tooLarge(values []ref.Val) bool {
	for _, v := range values {
		switch v := v.(type) {
		case types.String:
			if len(v) > maxText {
				return true
			}
		case traits.Lister:
			if v.Size().(types.Int) > maxList {
				return true
			}
		}
	}
	return false
}

func str(v ref.Val) string {
	s, _ := v.(types.String)
	return string(s)
}

func split(a []ref.Val, n int) ref.Val {
	return types.NewStringList(types.DefaultTypeAdapter, strings.SplitN(str(a[0]), str(a[1]), n))
}

// substring counts in characters, from the first index up to the second, or to the end.
func substring(a []ref.Val) ref.Val {
	runes := []rune(str(a[0]))
	from, to := a[1].(types.Int), types.Int(len(runes))
	if len(a) == 3 {
		to = a[2].(types.Int)
	}
	if from < 0 || to > types.Int(len(runes)) || from > to {
		return types.NewErr("substring %d to %d of a text of %d characters", from, to, len(runes))
	}
	return types.String(runes[from:to])
}

func replace(a []ref.Val) ref.Val {
	text, before, after := str(a[0]), str(a[1]), str(a[2])
	if strings.Count(text, before)*len(after) > maxText {
		return types.WrapErr(errTooLarge)
	}
	return types.String(strings.ReplaceAll(text, before, after))
}

func join(a []ref.Val) ref.Val {
	var separator string
	if len(a) == 2 {
		separator = str(a[1])
	}
	var b strings.Builder
	items := a[0].(traits.Lister)
	for i := range items.Size().(types.Int) {
		if i > 0 {
			b.WriteString(separator)
		}
		item := items.Get(i)
		text, ok := item.(types.String)
		if !ok {
			return types.MaybeNoSuchOverloadErr(item)
		}
		b.WriteString(string(text))
		if b.Len() > maxText {
			return types.WrapErr(errTooLarge)
		}
	}
	return types.String(b.String())
}

// flatten joins the lists of a list.
func flatten(a []ref.Val) ref.Val {
	var all []ref.Val
	outer := a[0].(traits.Lister)
	for i := range outer.Size().(types.Int) {
		item := outer.Get(i)
		inner, ok := item.(traits.Lister)
		if !ok {
			return types.MaybeNoSuchOverloadErr(item)
		}
		size := inner.Size().(types.Int)
		if types.Int(len(all))+size > maxList {
			return types.WrapErr(errTooLarge)
		}
		for j := range size {
			all = append(all, inner.Get(j))
		}
	}
	return listOf(all)
}

func atLeast(a []ref.Val) ref.Val {
	v, err := rule.ParseVersion(str(a[1]))
	if err != nil {
		return types.WrapErr(err)
	}
	r := a[0].Value().(*at)
	return types.Bool(r.world.KubernetesVersion(r.Cluster).AtLeast(v.Major, v.Minor))
}

// reasonError is the error of a condition that says itself that it does not know, and why.
type reasonError string

// Error gives the reason.
func (e reasonError) Error() string { return string(e) }

// isWithin reports whether a path is a place, or lies below it: "/etc/ssh" is within "/etc", and "/etcd" is
// not.
func isWithin(p, place string) bool {
	place = strings.TrimRight(place, "/")
	return p == place || strings.HasPrefix(p, place+"/")
}
