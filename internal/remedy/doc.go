// Package remedy writes and proves the changes to manifests, and to what AWS runs, that close traits. It takes
// an evaluated inventory, the rules, and two functions that give it the bytes of a file and what the collector
// makes of bytes; it gives out, for each trait, a patch in three forms (a unified diff of the file with comments
// and formatting kept, a strategic-merge patch, a JSON patch), the proof (the patched copy was evaluated: the
// trait is gone and nothing is new), or why there is no patch and what to find out. For a resource that is known
// from an answer of AWS, which is no source, it gives the commands that change it and the change in Terraform. It
// opens and writes no file itself, runs nothing, never changes what it was given, and shows no value of a secret.
package remedy
