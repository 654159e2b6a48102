package iac

import (
	"cmp"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// Made is one AWS resource of infrastructure code.
type Made struct {
	Type inventory.Type
	// Object is the resource in the form of the AWS CLI, as JSON; Lines is its table of lines (see package tree).
	Object, Lines []byte
	// UID is the planned UID of a resource whose ARN is not known; "" where the object has its ARN or ID. Then
	// Scope says where it is, as far as the document tells.
	UID   inventory.UID
	Scope aws.Scope
	// Address is what the document calls the resource: the address in a plan, the logical ID in a template. Name is
	// the same, but for what AWS makes along with it.
	Address, Name string
	// Line is that of the resource in the document, 0 where it is not known.
	Line int
}

// Problem is something in a document that was not assessed.
type Problem struct {
	Line int
	Why  string // in English; it repeats names of resources and no value
}

// Result is what infrastructure code makes.
type Result struct {
	// Made is in the order of the document.
	Made     []Made
	Problems []Problem
}

// answer is one resource in the making: what the API would answer about it.
type answer struct {
	kind kind
	uid  inventory.UID // planned
	// arn and id are those of a resource that exists; "" for one that does not yet.
	arn, id string
	// label is what the document calls the resource.
	label  string
	beside string // what AWS makes along with the resource of that label, if it is that
	line   int
	object *node
	open   []string
	scope  aws.Scope
	seen   map[string]bool // what is listed in it already, so that nothing is twice

	// permissions are joined into the object at the end.
	permissions []permission
}

// once reports whether something is said of a resource for the first time.
func (a *answer) once(what string) bool {
	if a.seen[what] {
		return false
	}
	if a.seen == nil {
		a.seen = map[string]bool{}
	}
	a.seen[what] = true
	return true
}

func newAnswer(k kind, label string, line int) *answer {
	return &answer{kind: k, label: label, line: line, object: newMap(line)}
}

// ref is how others name the resource: those of Amazon EC2 by ID, all others by ARN, and by their planned UID
// where they have none yet.
func (a *answer) ref() string {
	name := a.arn
	if strings.HasPrefix(string(a.kind.typ), "AWS::EC2::") {
		name = a.id
	}
	return cmp.Or(name, string(a.uid))
}

// isOf reports whether a resource is of one of some types; any will do where there are none.
func (a *answer) isOf(types []inventory.Type) bool {
	return len(types) == 0 || slices.Contains(types, a.kind.typ)
}

// root is the place of an answer's own members.
func (a *answer) root() place { return place{of: a, into: a.object, path: "$"} }

// leaveOpen notes that a member of the object is not known.
func (a *answer) leaveOpen(member string) { a.root().leaveOpen(member) }

// close notes that a member is known after all.
func (a *answer) close(member string) {
	a.open = slices.DeleteFunc(a.open, func(path string) bool { return path == "$."+member })
	delete(a.seen, "open $."+member)
}

// assembly is what a document makes, while it is put together.
type assembly struct {
	answers  []*answer
	byName   map[nameOf]*answer // by ID, ARN and name, the first of each
	problems []Problem
	listed   map[string]bool // the problems

	policies   map[[2]string]*answer // access policies by cluster and principal
	healths    map[string]*answer    // of targets, by target group
	openGroups bool                  // any target group may have more load balancers
}

// nameOf is what others may call a resource of a type.
type nameOf struct {
	name string
	typ  inventory.Type
}

func newAssembly() *assembly {
	return &assembly{
		byName: map[nameOf]*answer{}, listed: map[string]bool{}, policies: map[[2]string]*answer{}, healths: map[string]*answer{},
	}
}

// add takes a resource; what others may call it are its ID, its ARN and names.
func (s *assembly) add(a *answer, names ...string) {
	s.answers = append(s.answers, a)
	for _, name := range append(names, a.id, a.arn, string(a.uid)) {
		if key := (nameOf{name, a.kind.typ}); name != "" && s.byName[key] == nil {
			s.byName[key] = a
		}
	}
}

// find gives the resource that a value names; nil where it names none of the document, or several. A text may be
// the name of many things: so it is looked up among resources of the given types alone.
func (s *assembly) find(v value, types []inventory.Type) *answer {
	if v.open {
		if len(v.leads) == 1 && v.leads[0].isOf(types) {
			return v.leads[0]
		}
		return nil
	}
	for _, t := range types {
		if a := s.byName[nameOf{v.text, t}]; a != nil {
			return a
		}
	}
	return nil
}

// all lists the resources of a type.
func (s *assembly) all(t inventory.Type) []*answer {
	var found []*answer
	for _, a := range s.answers {
		if a.kind.typ == t {
			found = append(found, a)
		}
	}
	return found
}

// problem notes what was not assessed, once.
func (s *assembly) problem(line int, why string) {
	const most = 500
	if !s.listed[why] && len(s.problems) < most {
		s.listed[why] = true
		s.problems = append(s.problems, Problem{line, why})
	}
}

// notJoined says that a resource adds to another one that is not in the document.
func (s *assembly) notJoined(label, to string, line int) {
	s.problem(line, label+" was not assessed: the "+to+" that it belongs to is not in this file")
}

// finish joins what stands in several resources, once all were read.
func (s *assembly) finish() {
	s.finishBalancing()
	s.finishNetwork()
}

// result writes what was made.
func (s *assembly) result() Result {
	r := Result{Problems: s.problems}
	for _, a := range s.answers {
		if a.kind.typ == "" {
			continue
		}
		if len(a.open) > 0 {
			list := a.object.list(aws.UnknownField, a.line)
			for _, path := range a.open {
				list.add(newText(path, a.line))
			}
		}
		var w writer
		a.object.write(&w)
		m := Made{Type: a.kind.typ, Object: w.text, Lines: w.lines, Scope: a.scope, Address: a.label, Name: strings.TrimSpace(a.label + " " + a.beside), Line: a.line}
		if a.arn == "" && (a.id == "" || a.scope == aws.Scope{}) {
			m.UID = a.uid
		}
		r.Made = append(r.Made, m)
	}
	return r
}
