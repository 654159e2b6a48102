// Package aws reads a live AWS account: what an attacker of its Amazon EKS clusters and Amazon ECS services would use.
//
// In: where credentials come from, Regions, roles. Out: resources, each put into the JSON form of the AWS CLI and from
// there identified, sanitised and projected as a file with that would be (package inventory/aws); and one
// [inventory.Source] for each account and each Region of it, which says what was read completely, and which action was
// denied or failed. Nothing that fails costs anything else.
//
// All that it sends is declared in a table of steps ([Actions], [Policy]); it only reads, and none of its actions gives
// the value of a secret, an image, an object of Amazon S3 or the user data of an instance.
//
// # Closed world
//
// A type that a source lists as complete is: every resource of it, or, of task definitions, images, what was found in
// them, keys, launch template versions and AWS's own policies, every one that something else here names or has.
package aws

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/merlonsec/merlon/internal/inventory"
)

// Options says what to read. The zero value reads the Region that the environment or the profile names, with the
// credentials that the AWS CLI would use.
type Options struct {
	// Profile is one of the shared configuration files; that of the environment where empty.
	Profile string
	// Regions lists names; the one word "all" stands for every Region that is enabled for the account.
	Regions []string
	// Roles lists ARNs of roles to assume; each is one account. Without one it is the account of the credentials.
	Roles []string
	// Endpoint is the URL that takes the place of AWS's own, for every service; "" for AWS's own.
	Endpoint string
	// Timeout is how long all of it may take; 0 for as long as it takes. What was not read by then is noted.
	Timeout time.Duration
	// Progress is called now and then, by several goroutines, with the requests answered and the resources read so far.
	Progress func(requests, resources int)

	// Tests do not wait as long as a real account needs: the longest time before a request is sent again, and how often;
	// 0 for what counts otherwise.
	backoff  time.Duration
	attempts int
}

// Result is what was read.
type Result struct {
	// Sources has one entry for each account and one for each of its Regions, in the order in which they were asked for.
	Sources []inventory.Source
	// Resources has one entry for each UID.
	Resources []*inventory.Resource
	// Requests counts what was sent, by action.
	Requests map[string]int
}

// AllRegions is the word that stands for every Region that is enabled for an account.
const AllRegions = "all"

// run is one Read.
type run struct {
	o         Options
	total     atomic.Int64
	resources atomic.Int64
	decoders  sync.Pool // of *decoder

	mu       sync.Mutex
	requests map[string]int
}

func newRun(o Options) *run {
	r := &run{o: o, requests: map[string]int{}}
	r.decoders.New = func() any { return &decoder{} }
	return r
}

// count counts a request.
func (r *run) count(action string) {
	r.mu.Lock()
	r.requests[action]++
	r.mu.Unlock()
	requests := r.total.Add(1)
	if r.o.Progress != nil {
		r.o.Progress(int(requests), int(r.resources.Load()))
	}
}

// parallelSites is how many Regions are read at a time.
const parallelSites = 8

// Read reads every account in every Region. The error is not nil only when ctx is done; what could not be read is an
// entry in its source's NotAssessed.
func Read(ctx context.Context, o Options) (Result, error) {
	r := newRun(o)
	limited, cancel := ctx, context.CancelFunc(func() {})
	if o.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, o.Timeout)
	}
	defer cancel()
	accounts := r.accounts(limited)
	r.read(limited, accounts)
	if err := ctx.Err(); err != nil {
		return Result{}, fmt.Errorf("read AWS: %w", err)
	}
	return r.result(accounts), nil
}

// read runs the steps at the sites of the accounts.
func (r *run) read(ctx context.Context, accounts []*account) {
	var g errgroup.Group
	g.SetLimit(parallelSites)
	for _, a := range accounts {
		for _, s := range a.sites {
			g.Go(func() error {
				s.all(ctx)
				return nil
			})
		}
	}
	_ = g.Wait() // Nothing gives an error.
}

// result puts what the sites read together. Of a resource that several of them see, such as a subnet that one account
// shares with another, the view of its owner counts, else the first one.
func (r *run) result(accounts []*account) Result {
	res := Result{Requests: r.requests}
	seen := map[inventory.UID]int{}
	owned := map[inventory.UID]bool{}
	for _, a := range accounts {
		res.Sources = append(res.Sources, a.failed...)
		for _, s := range a.sites {
			res.Sources = append(res.Sources, s.source())
			for uid, found := range s.resources {
				own := isOwn(found, s.place.scope)
				at, again := seen[uid]
				switch {
				case !again:
					seen[uid] = len(res.Resources)
					res.Resources = append(res.Resources, found)
				case own && !owned[uid]:
					res.Resources[at] = found
				}
				owned[uid] = owned[uid] || own
			}
		}
	}
	return res
}
