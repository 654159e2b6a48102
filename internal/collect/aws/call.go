package aws

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"

	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

// request sends a request with the client of a configuration.
type request[In, Out any] func(ctx context.Context, c sdk.Config, in *In) (*Out, error)

// call is one operation of the AWS API: all that Merlon sends goes through one of these, and each step declares its own.
type call[In, Out any] struct {
	service string // the prefix of its actions
	name    string // "DescribeServices"
	form    form
	// single is set where the answer itself is the resource, not a list of some.
	single bool
	send   request[In, Out]
	// example makes a request by which doctor finds out whether the action is allowed; nil for one without parameters.
	example func(resource.Scope) *In
	// none lists the errors that say: there is none of that, and never was.
	none []string
	// free is set where AWS lets everybody call it.
	free bool
}

// operation is a call without its types.
type operation interface {
	// action is what an IAM policy calls it: "ecs:DescribeServices".
	action() string
	// isFree reports whether no policy need allow it.
	isFree() bool
	// try sends a request that reads as little as may be, to see whether it is allowed.
	try(ctx context.Context, p *place) error
}

// of declares a call. The name of the action is that of the operation, which the type of the request bears: IAM has another
// one for none of those that Merlon sends.
func of[In, Out any](service string, send request[In, Out]) *call[In, Out] {
	return &call[In, Out]{service: service, name: strings.TrimSuffix(reflect.TypeFor[In]().Name(), "Input"), send: send}
}

// camel says that the AWS CLI writes the members of the answer with a small letter first.
func (c *call[In, Out]) camel() *call[In, Out] {
	c.form.camel = true
	return c
}

// whole says that the answer itself is the resource.
func (c *call[In, Out]) whole() *call[In, Out] {
	c.single = true
	return c
}

// asks says what doctor may ask.
func (c *call[In, Out]) asks(example func(resource.Scope) *In) *call[In, Out] {
	c.example = example
	return c
}

// unless lists the errors that say: there is none of that, and never was.
func (c *call[In, Out]) unless(codes ...string) *call[In, Out] {
	c.none = codes
	return c
}

func (c *call[In, Out]) action() string { return c.service + ":" + c.name }

func (c *call[In, Out]) isFree() bool { return c.free }

func (c *call[In, Out]) try(ctx context.Context, p *place) error {
	in := new(In)
	if c.example != nil {
		in = c.example(p.scope)
	}
	_, err := c.send(ctx, p.config(c.service), in)
	return err
}

// isNone reports whether an error says that there is none of what was asked for.
func (c *call[In, Out]) isNone(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.Contains(c.none, api.ErrorCode())
}

// ask sends one request. It gives nil where that failed, which it notes, or where there is none of what was asked for.
func ask[In, Out any](j *job, c *call[In, Out], in *In, about string) *Out {
	return askAt(j, j.place, c, in, about)
}

// askAt is ask in another Region of the same account.
func askAt[In, Out any](j *job, p *place, c *call[In, Out], in *In, about string) *Out {
	out, err := send(j, p, c, in)
	switch {
	case err == nil:
		return out
	case !c.isNone(err):
		j.fail(c, about, err)
	}
	return nil
}

// pages reads an answer page by page. It reports whether all of them came, and notes a failure. A listing that breaks
// off because AWS no longer knows the token of the next page is read from the start once more: then take gets page 0
// again. What take does must bear to be done twice.
func pages[In, Out any](j *job, c *call[In, Out], in *In, about string, take func(page int, out *Out)) bool {
	return listing[In, Out]{j, j.place, c, about}.pages(in, take)
}

// listing is what pages are asked for: of a call, at a place, about something.
type listing[In, Out any] struct {
	*job
	at    *place
	c     *call[In, Out]
	about string
}

func (l listing[In, Out]) pages(in *In, take func(page int, out *Out)) bool {
	again := false
	seen := map[string]bool{}
	for page := 0; ; page++ {
		out, err := send(l.job, l.at, l.c, in)
		switch {
		case err != nil && page > 0 && !again && isTokenProblem(err):
			again, page = true, -1
			clear(seen)
			setToken(in, "")
			continue
		case err != nil && l.c.isNone(err):
			return true
		case err != nil:
			l.fail(l.c, l.about, err)
			return false
		}
		take(page, out)
		token := tokenOf(out)
		if token == "" {
			return true
		}
		if seen[token] {
			l.fail(l.c, l.about, errLoop)
			return false
		}
		seen[token] = true
		setToken(in, token)
	}
}

// errLoop says that pages lead to each other without an end.
var errLoop = fmt.Errorf("%w: its pages lead round in a circle", errAnswer)

// isTokenProblem reports whether a request for a further page failed because of its token: nothing else in it differs
// from the request for the first, so it is any error of the caller's but those about rights and rates. A token is good
// for some minutes up to a day, as the service likes.
func isTokenProblem(err error) bool {
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorFault() == smithy.FaultServer {
		return false
	}
	k := reasonOf(err).kind
	return k == failed || k == gone
}

// gather reads all pages of an answer, and joins them into the first; nil where one failed.
func gather[In, Out any](j *job, p *place, c *call[In, Out], in *In, about string) *Out {
	var all *Out
	ok := listing[In, Out]{j, p, c, about}.pages(in, func(page int, out *Out) {
		if page == 0 {
			all = out
			return
		}
		join(reflect.ValueOf(all).Elem(), reflect.ValueOf(out).Elem())
	})
	if !ok {
		return nil
	}
	return all
}

// join appends the lists of a page to those of another.
func join(into, page reflect.Value) {
	for i := range into.NumField() {
		if !into.Type().Field(i).IsExported() {
			continue
		}
		a, b := into.Field(i), page.Field(i)
		switch {
		case a.Kind() == reflect.Slice:
			a.Set(reflect.AppendSlice(a, b))
		case a.Kind() == reflect.Pointer && a.Type().Elem().Kind() == reflect.Struct && !b.IsNil():
			if a.IsNil() {
				a.Set(b)
				continue
			}
			join(a.Elem(), b.Elem())
		}
	}
}

// tokenOf gives the token of the next page; "" after the last one. AWS's services call it by three names.
func tokenOf(out any) string {
	v := reflect.ValueOf(out).Elem()
	for _, name := range []string{"NextToken", "NextMarker", "Marker"} {
		if token, ok := fieldOf(v, name).(*string); ok && token != nil {
			return *token
		}
	}
	return ""
}

// setToken asks for the page of a token; for the first one with "".
func setToken(in any, token string) {
	v := reflect.ValueOf(in).Elem()
	for _, name := range []string{"NextToken", "Marker"} {
		if field := v.FieldByName(name); field.IsValid() {
			value := &token
			if token == "" {
				value = nil
			}
			field.Set(reflect.ValueOf(value))
		}
	}
}

func fieldOf(v reflect.Value, name string) any {
	field := v.FieldByName(name)
	if !field.IsValid() {
		return nil
	}
	return field.Interface()
}
