package remedy

import (
	"bytes"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/evaluate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// Job is what is to be fixed, and how to look at it.
type Job struct {
	View     *inventory.View
	Rules    []*rule.Rule
	Settings rule.Settings
	Now      time.Time
	// Suppress takes out the traits that an exception accepts; nil for none.
	Suppress func([]finding.Trait) []finding.Trait
	// Open gives the bytes of a file that an origin names; it fails where there is no such file to edit.
	Open func(file string) ([]byte, error)
	// Decode gives what the collector reads in the bytes of a file.
	Decode func(file string, content []byte) (Decoded, error)
}

// Decoded is what the collector reads in one file.
type Decoded struct {
	Resources []*inventory.Resource
	// Problems is the number of things that could not be read.
	Problems int
}

// Session is one run over an inventory. Fixes that it has proved build on each other: each is a change of
// what those before it have left. It is not safe for concurrent use.
type Session struct {
	job   Job
	now   *state
	files map[string]*file
	// patched are the objects that were changed, and prepare the commands to run before those are changed that AWS has.
	patched map[inventory.UID]bool
	prepare map[inventory.UID][]string
}

// state is the inventory after some fixes, and what the rules say of it.
type state struct {
	view      *inventory.View
	world     *rule.World
	traits    map[traitKey]*finding.Trait
	exposures []finding.Exposure
	kept      []finding.Trait // those that no exception accepts
	byUID     map[inventory.UID]*finding.Exposure
}

type traitKey struct {
	resource inventory.UID
	id       string
}

// file is a file as it was read, and as the fixes leave it.
type file struct {
	name            string
	before, content []byte
	problems        int
	refused         *lang.Text // why it is not edited
}

// New evaluates the inventory.
func New(job Job) *Session {
	s := &Session{job: job, files: map[string]*file{}, patched: map[inventory.UID]bool{}, prepare: map[inventory.UID][]string{}}
	s.now = s.evaluate(job.View)
	return s
}

func (s *Session) evaluate(v *inventory.View) *state {
	st := &state{view: v, traits: map[traitKey]*finding.Trait{}, byUID: map[inventory.UID]*finding.Exposure{}}
	st.world = &rule.World{Inventory: v, Settings: s.job.Settings, Now: s.job.Now}
	traits := evaluate.Traits(st.world, s.job.Rules).Traits
	kept := traits
	if s.job.Suppress != nil {
		kept = s.job.Suppress(traits)
	}
	correlated := correlate.Exposures(correlate.Input{World: st.world, Traits: kept, Rules: s.job.Rules})
	st.exposures, st.kept = correlated.Exposures, correlated.Traits
	for i := range traits {
		st.traits[traitKey{traits[i].Resource, traits[i].ID}] = &traits[i]
	}
	for i := range st.exposures {
		st.byUID[st.exposures[i].Resource.UID] = &st.exposures[i]
	}
	return st
}

// Exposures lists what is left after the fixes so far.
func (s *Session) Exposures() []finding.Exposure { return s.now.exposures }

// severity gives that of a resource's exposure; informational where it has none.
func (st *state) severity(uid inventory.UID) finding.Severity {
	if e := st.byUID[uid]; e != nil {
		return e.Severity
	}
	return finding.SeverityInformational
}

// FileChange is one file before and after the fixes.
type FileChange struct {
	Name          string
	Before, After []byte
}

// Files lists the files that the fixes so far change, by name.
func (s *Session) Files() []FileChange {
	var all []FileChange
	for _, name := range sortedKeys(s.files) {
		if f := s.files[name]; !bytes.Equal(f.before, f.content) {
			all = append(all, FileChange{name, f.before, f.content})
		}
	}
	return all
}

// open gives the file of an object, or why it is not edited.
func (s *Session) open(r *inventory.Resource) (*file, *lang.Text) {
	name := r.Origin.File
	if isReport(r) {
		return nil, &reportText
	}
	if name == "" {
		return nil, &noFileText
	}
	made := madeOf(r)
	if why, is := madeText()[made.By]; is {
		text := why.Format(made.From, strings.TrimPrefix(name, made.From+"!"))
		return nil, &text
	}
	f := s.files[name]
	if f == nil {
		f = s.read(name)
		s.files[name] = f
	}
	return f, f.refused
}

// read opens a file and compares it with what was assessed.
func (s *Session) read(name string) *file {
	f := &file{name: name}
	content, err := s.job.Open(name)
	if err != nil {
		why := refuse(notAFileText, name).Why
		f.refused = &why
		return f
	}
	f.before, f.content = content, content
	decoded, err := s.job.Decode(name, content)
	if err != nil {
		why := refuse(notAFileText, name).Why
		f.refused = &why
		return f
	}
	f.problems = decoded.Problems
	f.refused = s.differs(name, decoded.Resources)
	return f
}

// originalName gives the name of the object from which kustomize made a resource, as the file that its origin
// names has it; "" where that does not tell.
func (s *Session) originalName(r *inventory.Resource) string {
	content, err := s.job.Open(r.Origin.File)
	if err != nil {
		return ""
	}
	for _, p := range pieces(content) {
		var t tree.Tree
		if p.end-p.start > maxDocument || tree.Decode(&t, content[p.start:p.end], p.line, tree.Limits{}) != nil {
			continue
		}
		name := ""
		eachObject(t.Root(), nil, func(n tree.Node, _ []step) {
			if n.Line() == r.Origin.Line && n.Get("kind").Text() == r.Type.Kind() {
				name = n.Get("metadata", "name").Text()
			}
		})
		if name != "" {
			return name
		}
	}
	return ""
}

// replaced gives the inventory with the resources of one file read anew. A resource that another file
// declares again keeps to that one.
func replaced(v *inventory.View, name string, anew []*inventory.Resource) *inventory.View {
	var all []*inventory.Resource
	for _, r := range v.All() {
		if r.Origin.File != name {
			all = append(all, r)
		}
	}
	for _, r := range anew {
		if other := v.Get(r.UID); other == nil || other.Origin.File == name {
			all = append(all, r)
		}
	}
	return schema.NewView(v.Sources(), all)
}
