package manifest

import (
	"fmt"
	"io"

	"github.com/merlonsec/merlon/internal/tree"
)

// The limits that hold where a field of Limits is zero.
const (
	// DefaultFile is 512 MiB: a `kubectl get -A -o json` of ten thousand large pods is a tenth of it.
	DefaultFile = 512 << 20
	// DefaultDocument is 8 MiB, five times the largest object that etcd accepts (1.5 MiB by default,
	// https://etcd.io/docs/v3.6/dev-guide/limit/).
	DefaultDocument = 8 << 20
	// DefaultAnswer is 32 MiB, for one value in JSON, which costs less than YAML: a Terraform plan of some three thousand
	// resources, or what the AWS CLI prints about all of an account's policies.
	DefaultAnswer = 32 << 20
	// DefaultList is 64 MiB, for a YAML list of objects, which is held while it is cut into its items; one in JSON is not.
	DefaultList = 64 << 20
	// DefaultDocuments is one million documents in one Read.
	DefaultDocuments = 1_000_000
	// DefaultExpansion is 2 GiB that one archive may hold when it is unpacked.
	DefaultExpansion = 2 << 30
	// DefaultFiles is the number of names in one folder tree or archive.
	DefaultFiles = 500_000
	// DefaultFolders is how deep folders may nest.
	DefaultFolders = 64
)

// Limits bounds what the input may cost. A field that is zero or negative means its default. Where a limit is hit, what
// was read before it stays, and NotAssessed says what was not. Nodes, aliases and nesting of one document are bounded by
// the defaults of package tree.
type Limits struct {
	File      int64 // bytes of one file, unpacked
	Document  int   // bytes of one document or list item, as written and with its aliases expanded; at most tree.DefaultBytes
	Answer    int   // bytes of one value in JSON; Document where that is given and this is not
	List      int   // bytes of one YAML document that is a list
	Documents int   // documents in one Read
	Expansion int64 // bytes of one archive, unpacked
	Files     int   // names in one folder tree or archive
	Folders   int   // nesting of folders
}

func (l Limits) orDefaults() Limits {
	l.File = positive(l.File, DefaultFile)
	if l.Answer <= 0 && l.Document > 0 {
		l.Answer = l.Document
	}
	l.Answer = positive(l.Answer, DefaultAnswer)
	l.Document = min(positive(l.Document, DefaultDocument), tree.DefaultBytes)
	l.List = max(positive(l.List, DefaultList), l.Document)
	l.Documents = positive(l.Documents, DefaultDocuments)
	l.Expansion = positive(l.Expansion, DefaultExpansion)
	l.Files = positive(l.Files, DefaultFiles)
	l.Folders = positive(l.Folders, DefaultFolders)
	return l
}

func positive[T int | int64](value, otherwise T) T {
	if value <= 0 {
		return otherwise
	}
	return value
}

// sizeError says that a file or archive is larger than Limits allow.
type sizeError struct {
	what  string // "file" or "archive, unpacked,"
	limit int64
	todo  string
}

func (e *sizeError) Error() string {
	return fmt.Sprintf("the %s is larger than %s; the rest was not read: %s", e.what, tree.Size(e.limit), e.todo)
}

func fileTooLarge(limit int64) *sizeError {
	return &sizeError{what: "file", limit: limit, todo: "split it into smaller files"}
}

// cappedReader passes on what r gives up to a limit, then fails with over.
type cappedReader struct {
	r    io.Reader
	left int64
	over error
}

func (c *cappedReader) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, c.over
	}
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		return n - 1, c.over
	}
	return n, err
}
