package aws

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

// site is one place while the steps run there.
type site struct {
	run    *run
	place  *place
	others func(region string) *place // of the same account
	steps  []step
	slots  chan struct{} // of requests in flight
	found  found

	mu        sync.Mutex
	failures  []failure
	notes     []inventory.NotRead
	missing   map[string]bool // steps whose types are not complete
	resources map[inventory.UID]*inventory.Resource
	dead      error // why no request can succeed any more
}

// failure is a request that failed.
type failure struct {
	step, action, about string
	why                 reason
}

// job is one step at one site.
type job struct {
	*site
	ctx  context.Context //nolint:containedctx // A job is one call of a step's run, and lives no longer than its context.
	step *step
}

// fanOut is how many things of a kind a step asks about at a time, and inFlight how many requests of one site may be on
// their way: enough to hide the distance to AWS, few enough that an account is not throttled at once.
const (
	fanOut   = 16
	inFlight = 16
)

// all runs every step, each as soon as those that it goes on from have ended.
func (s *site) all(ctx context.Context) {
	done := map[string]chan struct{}{}
	for i := range s.steps {
		done[s.steps[i].name] = make(chan struct{})
	}
	var wait sync.WaitGroup
	for i := range s.steps {
		step := &s.steps[i]
		wait.Go(func() {
			defer close(done[step.name])
			for _, earlier := range slices.Concat(step.after, step.then) {
				<-done[earlier]
			}
			step.run(&job{site: s, ctx: ctx, step: step})
		})
	}
	wait.Wait()
}

// each does something with every item, several at a time. What is left when the time is over is noted.
func each[T any](j *job, items []T, do func(T)) {
	var g errgroup.Group
	g.SetLimit(fanOut)
	for _, item := range items {
		if err := j.ctx.Err(); err != nil {
			j.fail(nil, "", err)
			break
		}
		g.Go(func() error {
			do(item)
			return nil
		})
	}
	_ = g.Wait() // Nothing gives an error.
}

// send sends one request, when there is room for it.
func send[In, Out any](j *job, p *place, c *call[In, Out], in *In) (*Out, error) {
	if !slices.ContainsFunc(j.step.calls, func(o operation) bool { return o.action() == c.action() }) {
		return nil, fmt.Errorf("%s is not among the calls that the step %s declares", c.action(), j.step.name)
	}
	select {
	case j.slots <- struct{}{}:
		defer func() { <-j.slots }()
	case <-j.ctx.Done():
		return nil, j.ctx.Err()
	}
	if err := j.isDead(); err != nil {
		return nil, err
	}
	out, err := c.send(j.ctx, p.config(c.service), in)
	j.run.count(c.action())
	if err != nil {
		if j.ctx.Err() != nil {
			return nil, j.ctx.Err()
		}
		j.dies(err)
		return nil, err
	}
	return out, nil
}

// dies remembers an error after which no request can succeed.
func (s *site) dies(err error) {
	if k := reasonOf(err).kind; k == credentials || k == regionOff {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.dead = err
	}
}

func (s *site) isDead() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dead
}

// fail notes that a request failed, so that what the step gives is not complete. What no longer exists is no failure.
func (j *job) fail(o operation, about string, err error) {
	why := reasonOf(err)
	if why.kind == gone && about != "" {
		j.gone(about)
		return
	}
	j.failWith(o, about, why)
}

func (j *job) failWith(o operation, about string, why reason) {
	f := failure{step: j.step.name, about: about, why: why}
	if o != nil {
		f.action = o.action()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.failures = append(j.failures, f)
	j.missing[j.step.name] = true
}

// gone notes that something was deleted since it was listed, or is only named: it is not there to be assessed.
func (j *job) gone(about string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.notes = append(j.notes, inventory.NotRead{What: about, Why: "it does not exist, or was deleted while Merlon read the account"})
}

// lacks notes that the account has not switched on what the step reads.
func (j *job) lacks(why string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.notes = append(j.notes, inventory.NotRead{What: j.name(), Why: why})
	j.missing[j.step.name] = true
}

// name is what messages call the site.
func (s *site) name() string { return siteName(s.place.scope) }

func siteName(s resource.Scope) string {
	if s.Region == "" {
		return s.Account
	}
	return s.Account + "/" + s.Region
}

// placeIn gives the place of another Region of the same account.
func (s *site) placeIn(region string) *place {
	if region == s.place.scope.Region {
		return s.place
	}
	return s.others(region)
}
