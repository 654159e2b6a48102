// Package manifest reads Kubernetes objects and AWS resources from files: folders, YAML and JSON, `kubectl get` dumps,
// answers of the AWS CLI, Terraform plans and states, CloudFormation templates, tar archives, standard input and Merlon's
// own snapshots.
//
// In: paths. Out: resources in input order, each with its sanitised source object, its typed projection and the file and
// line of every field; and one [inventory.Source] per path that says what could not be read, where, why and what to do.
// One bad document never costs another one. What is neither of the two (values.yaml, Chart.yaml) is counted, not an
// error; a Helm chart or a kustomization that was not rendered is named with the command that renders it.
//
// It never runs a program itself ([Options.Render] may), asks a network, writes a file, leaves a folder through a link, waits for a named pipe, or
// repeats a value from the input in a message. Input is hostile: see [Limits].
//
// # What is rendered
//
// A folder with a Chart.yaml, and a file that helm package made, become what Options.Render makes of them, instead of
// being read as they stand. So does a kustomization that is a path of its own; of those met in a folder, each that no
// other one there builds on. What comes out is located in the template that it was made from: by line where the line
// stands in both, else by file alone.
//
// # Which files are read
//
// A path that is given is read whatever its name: what it holds is told from its first bytes (snapshot, gzip, tar, JSON,
// otherwise YAML). In a folder, and in an archive, these are read: *.yaml, *.yml, *.json, *.tfstate. Hidden files and folders (.git,
// .github) and every other file (README.md) are passed over in silence, except those that look as if they held manifests
// (archives, deploy.yaml.tmpl), which are named. A symbolic link is read where what it points at lies in the folder and
// is not read anyway; so nothing is read twice, and no loop is walked. A link that leads out of the folder is not
// followed, and named: give its target as a path of its own.
package manifest

import (
	"context"
	"io"
	"runtime"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/schema"
)

// DefaultCluster is the CLUSTER in the UIDs of objects from files (DESIGN.md section 6).
const DefaultCluster = "files"

// Options says what to read and how. The zero value of every field but Paths works.
type Options struct {
	// Paths are files, folders, archives (.tar, .tar.gz, .tgz), snapshots, and "-" for standard input.
	Paths []string
	// Stdin is what "-" reads; nil is an empty input. A Read that is cancelled while Stdin gives nothing returns at once,
	// and leaves one goroutine behind that ends when Stdin does.
	Stdin io.Reader
	// StdinName is the path of the file that Stdin gives the bytes of; "stdin" where it is none.
	StdinName string
	// Cluster is the CLUSTER in UIDs; DefaultCluster where empty. The resources of a snapshot keep their own.
	Cluster string
	// Namespace is where objects are that need one and name none: those of a release of a chart, say. "default" where empty.
	Namespace string
	// Limits bounds what the input may cost.
	Limits Limits
	// Workers is how many documents are decoded at a time; GOMAXPROCS where not positive.
	Workers int
	// Project projects the resources of a snapshot; schema.Project where nil.
	Project inventory.Project
	// Except are files and folders that are passed over where a folder that is read holds them: rules of the user's, which
	// are no manifests. One that is also a path of its own is read.
	Except []string
	// Render makes manifests of Helm charts and kustomizations. Where it is nil their files are read as they stand, and a hint
	// says how to render them.
	Render Render
	// RenderHint ends those hints: what to do so that Merlon renders by itself.
	RenderHint string
	// Progress is called now and then, by one goroutine at a time, with the files opened and the objects read so far.
	Progress func(files, objects int)
}

// Result is what was read.
type Result struct {
	// Sources has one entry per path, in the order given.
	Sources []inventory.Source
	// Resources are in input order: by path, then by file name, then by place in the file. Of two with one UID the later
	// one counts (inventory.NewView).
	Resources []*inventory.Resource
	// Counts says how much that was.
	Counts Counts
}

// Counts says how much was read and what was passed over.
type Counts struct {
	// Files is the number of files opened, those in archives included.
	Files int
	// Documents is the number of YAML documents, JSON values and list items.
	Documents int
	// NotObjects is the number of documents that hold nothing that is read.
	NotObjects int
	// PassedOver is the number of files in folders and archives that were not read because of their name.
	PassedOver int
}

// Read reads every path. The error is not nil only when nothing can go on, which is when ctx is done; a path, file or
// document that cannot be read is an entry in its source's NotAssessed.
func Read(ctx context.Context, o Options) (Result, error) {
	if o.Cluster == "" {
		o.Cluster = DefaultCluster
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Project == nil {
		o.Project = schema.Project
	}
	o.Limits = o.Limits.orDefaults()
	r := newRun(ctx, o)
	if err := r.all(); err != nil {
		return Result{}, err
	}
	return r.result(), nil
}
