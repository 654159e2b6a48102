// Package redact says what a credential looks like, by the name that it stands
// under and by the shape of its value, and turns a value into a verdict.
//
// In: a name, a value, an argument vector, or the text of a file. Out: a [Kind],
// the same text with a mark in the place of each credential ([Mask], [Args]), or
// the lines that hold one ([Lines]). It never returns, keeps or logs the value of
// a credential, never asks a network whether one is live, and reads no files,
// clock or environment. Every function is safe for concurrent use.
//
// The rules are tables of prefixes, lengths and alphabets written from the token
// formats that vendors publish (each row in shapes.go cites its page), found by
// one pass over the text: a three-byte filter proposes where a token may begin,
// and '=', ':' and '>' where a named value may. There are no regular expressions.
//
// The work per byte is bounded: a text that is made to be slow to read is not read to
// its end, and counts as a credential of kind [Unread].
//
// # Why not a detector library
//
// Measured on one core (Go 1.26, linux/amd64) over the manifests of kube-prometheus
// (5.66 MB, mostly Grafana dashboards) as whole files, by a scratch main that makes
// the detector, reads the files and times Detect alone:
//
//	library                            start   MB/s  false alarms  binary    modules
//	gitleaks v8.30.1, default config  30-70 ms  2.1       0       +11.1 MB      62
//	gitleaks rules only (TOML decode)  2-3 ms     -       -        +5.2 MB      23
//	osv-scalibr v0.5.3 veles,
//	  13 of its detectors               <1 ms   6.5       0        +5.0 MB       4
//	this package                       0.03 ms  400       0       +0.5 MB       0
//
// The audit stream and every environment value pass through here, so the cost per
// byte decides. Reproduce the last row with
// go test -run '^$' -bench 'Corpus' ./internal/redact.
package redact
