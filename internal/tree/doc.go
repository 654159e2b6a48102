// Package tree holds a source object as its source wrote it: an ordered tree of maps, lists and scalars, each node with
// the line where it stands.
//
// In: one YAML document, one JSON value, or a stream of either (SplitYAML, YAMLReader, JSONReader cut a stream into
// documents, items and lines). Out: a Tree, which callers walk (Node), edit (SetText, Drop) and write as compact JSON
// (AppendJSON), with the lines beside it (AppendLines, SetLines). YAML means what `kubectl apply` sees:
// sigs.k8s.io/yaml, that is YAML 1.1 through the resolver of go-yaml v2.
//
// It knows nothing of Kubernetes, opens no file, starts no goroutine, and keeps no reference to the bytes it was given.
// Input is hostile: size, nodes (aliases expanded) and depth are limited, and no input makes it panic.
package tree

// Kind says what a Node is.
type Kind uint8

// The kinds of node. Missing is the kind of the zero Node, and of whatever a look-up did not find.
const (
	Missing Kind = iota
	Null
	Bool
	Number
	String
	List
	Map
)

// String returns the kind in lower case, as a message would say it.
func (k Kind) String() string {
	switch k {
	case Null:
		return "null"
	case Bool:
		return "boolean"
	case Number:
		return "number"
	case String:
		return "string"
	case List:
		return "list"
	case Map:
		return "map"
	default:
		return "missing"
	}
}
