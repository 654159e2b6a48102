// Package traits holds the rules that find traits: weaknesses of one resource, as its source wrote it.
//
// One file is one rule: a package-level value with its metadata, its texts in three languages, its
// predicate and its examples, which are its tests. To add one, write the file and name it in
// catalog.All. What several rules share lies in files that declare no rule: manifest.go builds
// the manifests of examples, reference.go names the catalogues that rules refer to, hostpath.go reads
// the paths of hostPath volumes.
//
// Rules are pure. They read the inventory's projection and decide; no rule reads a file, asks an API or
// sees the value of a secret.
package traits
