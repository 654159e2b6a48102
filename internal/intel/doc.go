// Package intel knows about IP addresses what lists and registries say of them. The bytes of a list come in (text, CSV,
// STIX, what Tor publishes), as anybody publishes or exports one; out goes a compact set that never changes, and a report
// of the lines that are not in it and why. [Lists] says which lists hold an address; a trusted one silences the others.
// [ScopeOf] tells public addresses from the rest, [Network] names the network that a baseline counts.
//
// It fetches no list, opens no file, resolves no name and has no clock. Lists come from strangers: no input makes it panic
// or hold more than a multiple of the input, and what it repeats of a list is short and printable.
package intel
