package iam

import "strings"

// Context is what is known of a request besides its action and resource: the condition keys of the IAM User Guide
// ("AWS global condition context keys", and those of each service). A key that no Fact is about is not known, which is
// something else than not being in the request: conditions on it leave the answer Unknown. Of several facts about one
// key the first counts.
type Context []Fact

// Fact is what is known of one condition key.
type Fact struct {
	// Key is the condition key, such as aws:SourceAccount; case does not count. It may hold "*" and "?", to say of a
	// whole family that the request has none of them; more precise facts then stand before it.
	Key string
	// Values lists the values of the key in the request. Without values (and Like) the request does not have the key.
	Values []string
	// Like, where set and there are no Values, says that the request has the key with one value, of which no more is
	// known than that it matches this pattern; of an ARN, that each of its six parts does. "*" says only that it has
	// one.
	Like string
}

// Is is the fact that a key has these values; without any, that the request does not have the key.
func Is(key string, values ...string) Fact { return Fact{Key: key, Values: values} }

// IsLike is the fact that a key has one value, which matches a pattern.
func IsLike(key, pattern string) Fact { return Fact{Key: key, Like: pattern} }

// about reports whether the fact is about a key.
func (f *Fact) about(key string) bool {
	if strings.EqualFold(f.Key, key) {
		return true
	}
	if !strings.ContainsAny(f.Key, "*?") {
		return false
	}
	family := newGlob(wildcards(f.Key), true)
	return family.match(key)
}

// absent reports whether the fact is that the request does not have the key.
func (f *Fact) absent() bool { return len(f.Values) == 0 && f.Like == "" }

// facts is what is known in one evaluation: what the question gives, then what follows from who asks.
type facts struct {
	asked, implied Context
}

// about returns the fact about a key; nil where nothing is known.
func (k facts) about(key string) *Fact {
	for _, c := range [...]Context{k.asked, k.implied} {
		for i := range c {
			if c[i].about(key) {
				return &c[i]
			}
		}
	}
	return nil
}
