package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// part is a piece of source that is changed: a field of a rule, or a function or variable that such a field
// needs.
type part struct {
	source *source
	file   *file
	node   ast.Node
	// name is the function, or the variable that holds the rule, for people.
	name string
	// rules are the IDs of the rules that need it, sorted; none for what no rule needs by name.
	rules []string
}

// decides lists the fields of a rule whose code says what the rule finds and how it is mended. The others are
// texts, claims about severity that no code reads as a condition, and the examples, which are the tests.
func decides() []string { return []string{"On", "Needs", "Check", "Patch"} }

// scope lists what is changed in a package, in the order of the files: what its rules decide with, and
// everything that this needs. In a package without rules it is what the exported functions need. What nothing
// but examples needs stays as it is: a test that breaks its own input proves nothing.
func scope(s *source) []part {
	w := walker{source: s, declared: declarations(s), rules: map[ast.Node]map[string]bool{}}
	var parts []part
	for _, f := range s.files {
		for _, d := range f.syntax.Decls {
			parts = append(parts, w.rulesIn(f, d)...)
		}
	}
	if parts == nil {
		for o, d := range w.declared {
			if f, ok := d.node.(*ast.FuncDecl); ok && o.Exported() && f.Recv == nil {
				w.need(o, "")
			}
		}
	}
	for _, d := range w.declared {
		if by, ok := w.rules[d.node]; ok {
			delete(by, "")
			parts = append(parts, part{source: s, file: d.file, node: d.node, name: d.name, rules: slices.Sorted(maps.Keys(by))})
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return int(a.node.Pos() - b.node.Pos()) })
	return slices.CompactFunc(parts, func(a, b part) bool { return a.node == b.node }) // var a, b = …
}

// declaration is a function or variable of the package.
type declaration struct {
	file *file
	node ast.Node
	name string
}

func declarations(s *source) map[types.Object]declaration {
	all := map[types.Object]declaration{}
	for _, f := range s.files {
		for _, d := range f.syntax.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Body != nil {
					all[s.info.Defs[d.Name]] = declaration{f, d, d.Name.Name}
				}
			case *ast.GenDecl:
				if d.Tok != token.VAR {
					continue
				}
				for _, spec := range d.Specs {
					v := spec.(*ast.ValueSpec)
					for _, name := range v.Names {
						all[s.info.Defs[name]] = declaration{f, v, name.Name}
					}
				}
			}
		}
	}
	return all
}

// walker follows names from rules to what they need.
type walker struct {
	source   *source
	declared map[types.Object]declaration
	rules    map[ast.Node]map[string]bool // By declaration: the rules that need it.
}

// rulesIn gives the parts of the rules that a declaration holds, and follows what they need.
func (w walker) rulesIn(f *file, d ast.Decl) []part {
	g, ok := d.(*ast.GenDecl)
	if !ok || g.Tok != token.VAR {
		return nil
	}
	var parts []part
	for _, spec := range g.Specs {
		v := spec.(*ast.ValueSpec)
		for i, value := range v.Values {
			literal, ok := value.(*ast.CompositeLit)
			if !ok || !isNamed(w.source.info.TypeOf(literal), "internal/rule", "Rule") {
				continue
			}
			delete(w.declared, w.source.info.Defs[v.Names[i]])
			id := idOf(literal)
			for _, element := range literal.Elts {
				field, ok := element.(*ast.KeyValueExpr)
				if ok && slices.Contains(decides(), field.Key.(*ast.Ident).Name) {
					parts = append(parts, part{source: w.source, file: f, node: field.Value, name: v.Names[i].Name, rules: []string{id}})
					w.follow(field.Value, id)
				}
			}
		}
	}
	return parts
}

// follow notes what a node needs for a rule.
func (w walker) follow(n ast.Node, id string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if name, ok := n.(*ast.Ident); ok {
			w.need(w.source.info.Uses[name], id)
		}
		return true
	})
}

func (w walker) need(o types.Object, id string) {
	if f, ok := o.(*types.Func); ok {
		o = f.Origin()
	}
	d, ok := w.declared[o]
	if !ok || w.rules[d.node][id] {
		return
	}
	if w.rules[d.node] == nil {
		w.rules[d.node] = map[string]bool{}
	}
	w.rules[d.node][id] = true
	w.follow(d.node, id)
}

// idOf reads the ID of a rule.
func idOf(rule *ast.CompositeLit) string {
	for _, element := range rule.Elts {
		field, ok := element.(*ast.KeyValueExpr)
		if !ok || field.Key.(*ast.Ident).Name != "ID" {
			continue
		}
		if literal, ok := field.Value.(*ast.BasicLit); ok {
			if id, err := strconv.Unquote(literal.Value); err == nil {
				return id
			}
		}
	}
	return ""
}

// isNamed reports whether a type is the one of this name in a package whose path ends so.
func isNamed(t types.Type, pkg, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && strings.HasSuffix(named.Obj().Pkg().Path(), pkg)
}
