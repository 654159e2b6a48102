package event

import "iter"

// Raw is a JSON value as it was written, known to be well formed; empty for one that is not there. Its methods look into
// it without parsing the rest, and give zero values for what has another type.
type Raw string

// Get gives the value of a member of an object; of several with the same name, the last. It is empty where there is none.
func (r Raw) Get(name string) Raw { panic("TODO") }

// Text gives the text of a JSON string, without its escapes, or of a number or boolean; "" for anything else. It
// allocates only for a string with escapes.
func (r Raw) Text() string { panic("TODO") }

// First gives the first element of a list; empty where there is none.
func (r Raw) First() Raw { panic("TODO") }

// All gives the elements of a list, or the values of an object's members, in their order.
func (r Raw) All() iter.Seq[Raw] { panic("TODO") }

// Has reports whether a list holds a text.
func (r Raw) Has(text string) bool { panic("TODO") }
