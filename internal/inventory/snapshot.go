package inventory

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"time"

	"github.com/klauspost/compress/zstd"
)

// A snapshot is a stream of JSON lines, zstd-compressed, so that `zstd -dc FILE | jq` reads it too:
//
//	header   {"schema":"merlon/snapshot/v1", …}
//	resource {"uid":…,"type":…,"origin":…,"lines":…,"object":{…}}   one line each, by UID
//	trailer  {"trailer":{"counts":{TYPE:n},"sha256":"…"}}           of every byte before it
//
// A file without its trailer is truncated, and is never taken for complete.

// SnapshotSchema names the form that this version writes and reads.
const SnapshotSchema = "merlon/snapshot/v1"

const schemaPrefix = "merlon/snapshot/v"

// Header is what a snapshot says of itself.
type Header struct {
	Schema string `json:"schema"`
	Tool   Tool   `json:"tool"`
	// TakenAt is when the collection ended.
	TakenAt time.Time `json:"takenAt"`
	// Clusters and Accounts list the identities of what was collected, sorted.
	Clusters []string `json:"clusters"`
	Accounts []string `json:"accounts"`
	Sources  []Source `json:"sources"`
}

// Tool is the program that wrote a file.
type Tool struct {
	Version string `json:"version"`
}

type trailer struct {
	Trailer *struct {
		Counts map[Type]int `json:"counts"`
		SHA256 string       `json:"sha256"`
	} `json:"trailer"`
}

// meta is a resource's line without its object, which follows as the last member.
type meta struct {
	UID       UID    `json:"uid"`
	Type      Type   `json:"type"`
	Name      string `json:"name,omitempty"`
	Namespace string `json:"namespace,omitempty"`
	Cluster   string `json:"cluster,omitempty"`
	Account   string `json:"account,omitempty"`
	Region    string `json:"region,omitempty"`
	Origin    Origin `json:"origin,omitzero"`
	Made      Made   `json:"made,omitzero"`
	Lines     []byte `json:"lines,omitempty"`
}

// objectMember separates a resource's line into what is said of it and its object. The quotes of the
// same bytes inside a JSON string would be escaped, so it occurs once before the object.
const objectMember = `,"object":`

// WriteSnapshot writes a view as a snapshot. The header's schema, clusters, accounts and sources are
// filled in from the view. The same view and header give the same bytes.
func WriteSnapshot(w io.Writer, h Header, v *View) error {
	compressed, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	out := &snapshotWriter{w: bufio.NewWriterSize(compressed, 1<<18), sum: sha256.New()}
	h.Schema, h.Sources = SnapshotSchema, v.Sources()
	h.Clusters, h.Accounts = identities(v)
	out.line(h)
	for _, r := range v.All() {
		out.resource(r)
	}
	var t trailer
	t.Trailer = &struct {
		Counts map[Type]int `json:"counts"`
		SHA256 string       `json:"sha256"`
	}{v.CountByType(), hex.EncodeToString(out.sum.Sum(nil))}
	out.line(t)
	if out.err == nil {
		out.err = out.w.Flush()
	}
	if err := compressed.Close(); out.err == nil {
		out.err = err
	}
	if out.err != nil {
		return fmt.Errorf("write snapshot: %w", out.err)
	}
	return nil
}

// snapshotWriter keeps the first error and the sum of what was written.
type snapshotWriter struct {
	w   *bufio.Writer
	sum hash.Hash
	err error
}

func (s *snapshotWriter) line(v any) {
	data, err := json.Marshal(v)
	if s.err == nil {
		s.err = err
	}
	s.write(data)
	s.write([]byte("\n"))
}

func (s *snapshotWriter) resource(r *Resource) {
	head, err := json.Marshal(meta{
		UID: r.UID, Type: r.Type, Name: r.Name, Namespace: r.Namespace, Cluster: r.Cluster,
		Account: r.Account, Region: r.Region, Origin: r.Origin, Made: r.Made, Lines: r.lines,
	})
	if s.err == nil {
		s.err = err
	}
	if s.err == nil && !r.HasObject() {
		s.err = fmt.Errorf("%s: %w", r.UID, ErrNoObject)
	}
	s.write(bytes.TrimSuffix(head, []byte("}")))
	s.write([]byte(objectMember))
	s.write(r.object)
	s.write([]byte("}\n"))
}

func (s *snapshotWriter) write(data []byte) {
	if s.err != nil {
		return
	}
	s.sum.Write(data)
	_, s.err = s.w.Write(data)
}

func identities(v *View) (clusters, accounts []string) {
	seen := map[string]bool{}
	clusters, accounts = []string{}, []string{}
	for _, r := range v.All() {
		if r.Cluster != "" && !seen["c"+r.Cluster] {
			seen["c"+r.Cluster] = true
			clusters = append(clusters, r.Cluster)
		}
		if r.Account != "" && !seen["a"+r.Account] {
			seen["a"+r.Account] = true
			accounts = append(accounts, r.Account)
		}
	}
	return clusters, accounts
}
