package aws

import "time"

// Attempts is how often a request is sent after [WithoutWaiting].
const Attempts = 3

// WithoutWaiting makes a Read send again at once what failed for a moment, and give up soon.
func WithoutWaiting(o Options) Options {
	o.backoff, o.attempts = time.Millisecond, Attempts
	return o
}

// PerDocument is how many resources are put in one document.
const PerDocument = perDocument
