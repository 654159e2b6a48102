package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// source is one package whose code is changed, with its types.
type source struct {
	path  string // The import path.
	dir   string
	files []*file
	fset  *token.FileSet
	types *types.Package
	info  *types.Info
}

// file is one Go file of a package, without its tests.
type file struct {
	path    string // Absolute.
	name    string // From the root of the module, with slashes.
	content []byte
	syntax  *ast.File
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	DepOnly                 bool
	Module                  *struct{ Path, Dir string }
}

// load reads packages, named as for the go command, in the order of their import paths. The types of what they
// import come from the compiler's export data.
func load(ctx context.Context, root string, patterns ...string) ([]*source, error) {
	args := append([]string{"list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,DepOnly,Module"}, patterns...)
	out, err := output(ctx, root, nil, "go", args...)
	if err != nil {
		return nil, err
	}
	var wanted []listed
	exports := map[string]string{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly {
			wanted = append(wanted, p)
		}
	}
	var all []*source
	for _, p := range wanted {
		s, err := parse(p, exports)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func parse(p listed, exports map[string]string) (*source, error) {
	if p.Module == nil {
		return nil, fmt.Errorf("load %s: it is in no module", p.ImportPath)
	}
	s := &source{path: p.ImportPath, dir: p.Dir, fset: token.NewFileSet(), info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
	}}
	var syntax []*ast.File
	for _, name := range p.GoFiles {
		f := &file{path: filepath.Join(p.Dir, name)}
		rel, err := filepath.Rel(p.Module.Dir, f.path)
		if err != nil {
			return nil, err
		}
		f.name = filepath.ToSlash(rel)
		if f.content, err = os.ReadFile(f.path); err != nil {
			return nil, err
		}
		if f.syntax, err = parser.ParseFile(s.fset, f.path, f.content, parser.SkipObjectResolution); err != nil {
			return nil, err
		}
		s.files, syntax = append(s.files, f), append(syntax, f.syntax)
	}
	config := types.Config{Importer: importer.ForCompiler(s.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data for %s", path)
		}
		return os.Open(exports[path])
	})}
	var err error
	if s.types, err = config.Check(p.ImportPath, s.fset, syntax, s.info); err != nil {
		return nil, fmt.Errorf("check the types of %s: %w", p.ImportPath, err)
	}
	return s, nil
}

// text gives the source of a node, with its white space on one line.
func (s *source) text(f *file, n ast.Node) string {
	return strings.Join(strings.Fields(string(f.content[s.offset(n.Pos()):s.offset(n.End())])), " ")
}

// offset gives the place of a position in its file, in bytes.
func (s *source) offset(p token.Pos) int { return s.fset.PositionFor(p, false).Offset }

// line gives the line of a position.
func (s *source) line(p token.Pos) int { return s.fset.PositionFor(p, false).Line }

// output runs a program in a folder and gives what it prints; the error holds what it complains about.
func output(ctx context.Context, dir string, env []string, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("run %s %s: %w\n%s%s", filepath.Base(name), strings.Join(args, " "), err, complaint.String(), out.String())
	}
	return out.Bytes(), nil
}
