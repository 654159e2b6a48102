package tree

import (
	"encoding/binary"
	"errors"
	"math"
)

// AppendLines appends the lines of the node and all below it, in AppendJSON order, as varints of the difference to the
// line before. It gives a tree that is decoded from AppendJSON's output its lines back, with SetLines.
func (n Node) AppendLines(dst []byte) []byte {
	if n.at() == nil {
		return dst
	}
	before := int32(0)
	end := n.t.nodes[n.i].end
	for i := n.i; i < end; {
		e := &n.t.nodes[i]
		switch {
		case e.gone:
			i = e.end
			continue
		case e.kind == Map || e.kind == List:
			i++
		default:
			i = e.end // a replaced subtree is one scalar
		}
		dst = binary.AppendVarint(dst, int64(e.line-before))
		before = e.line
	}
	return dst
}

// errLines says that a table of lines belongs to another tree, or was damaged.
var errLines = errors.New("table of lines does not fit the tree")

// SetLines gives the nodes of a decoded tree the lines that AppendLines wrote. An error leaves every line as it was.
func (t *Tree) SetLines(table []byte) error {
	if err := t.eachLine(table, func(*entry, int32) {}); err != nil {
		return err
	}
	return t.eachLine(table, func(e *entry, line int32) { e.line = line })
}

func (t *Tree) eachLine(table []byte, set func(e *entry, line int32)) error {
	line := int64(0)
	for i := 0; i < len(t.nodes); {
		e := &t.nodes[i]
		if e.gone {
			i = int(e.end)
			continue
		}
		delta, n := binary.Varint(table)
		line += delta
		if n <= 0 || line < 0 || line > math.MaxInt32 {
			return errLines
		}
		table = table[n:]
		set(e, int32(line))
		if e.kind == Map || e.kind == List {
			i++
		} else {
			i = int(e.end)
		}
	}
	if len(table) != 0 {
		return errLines
	}
	return nil
}
