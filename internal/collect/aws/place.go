package aws

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	resource "github.com/merlonsec/merlon/internal/inventory/aws"
)

// place is where requests go: one Region of an account. The Region of what an account has once is "".
type place struct {
	scope resource.Scope
	base  sdk.Config

	mu       sync.Mutex
	retryers map[string]sdk.Retryer // by service
}

// newPlace makes the place of a scope. Where that has no Region, home is where is asked.
func newPlace(base sdk.Config, scope resource.Scope, home string) *place {
	base = base.Copy()
	base.Region = cmp.Or(scope.Region, home)
	return &place{scope: scope, base: base, retryers: map[string]sdk.Retryer{}}
}

// config gives the configuration of a service's clients. Each service has a retryer of its own, so that one that throttles
// slows down nothing but itself: AWS counts requests by account, Region and service.
func (p *place) config(service string) sdk.Config {
	p.mu.Lock()
	defer p.mu.Unlock()
	own := p.retryers[service]
	if own == nil {
		own = p.base.Retryer()
		p.retryers[service] = own
	}
	c := p.base.Copy()
	c.Retryer = func() sdk.Retryer { return own }
	return c
}

// attempts is how often one request is sent before it counts as failed. With the delays between them, which double from
// one second for a request that was throttled, the last one is sent some two minutes after the first.
const attempts = 10

// newRetryer sends again what failed for a moment, and slows down while AWS throttles. There is no quota on retries:
// what it protects against, a service that is down, ends with the attempts and the deadline.
func newRetryer(o *Options) sdk.Retryer {
	return retry.NewAdaptiveMode(func(a *retry.AdaptiveModeOptions) {
		a.StandardOptions = append(a.StandardOptions, func(s *retry.StandardOptions) {
			s.MaxAttempts = cmp.Or(o.attempts, attempts)
			s.MaxBackoff = cmp.Or(o.backoff, s.MaxBackoff)
			s.RateLimiter = ratelimit.None
		})
	})
}

// answerTimeout is how long one request may wait for its answer.
const answerTimeout = time.Minute

// errAnswer says that what came back is no answer of the AWS API. What it was is not repeated.
var errAnswer = errors.New("what answered is not the AWS API")

// checkAnswers refuses an answer that is not of the call that was made, such as the page of a proxy. Of an answer in
// XML the SDK would take what it does not know for an empty list, and an account for empty.
func checkAnswers(stack *middleware.Stack) error {
	check := middleware.DeserializeMiddlewareFunc("merlonCheckAnswer", func(
		ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
	) (middleware.DeserializeOutput, middleware.Metadata, error) {
		out, metadata, err := next.HandleDeserialize(ctx, in)
		if response, ok := out.RawResponse.(*smithyhttp.Response); err == nil && ok {
			err = checkAnswer(response.Response, awsmiddleware.GetOperationName(ctx))
		}
		return out, metadata, err
	})
	return stack.Deserialize.Add(check, middleware.After)
}

func checkAnswer(r *http.Response, operation string) error {
	const enough = 512 // for an XML declaration and the name of the root
	body := bufio.NewReaderSize(r.Body, enough)
	head, _ := body.Peek(enough) // An error comes again when the body is read.
	r.Body = &struct {
		io.Reader
		io.Closer
	}{body, r.Body}
	text := bytes.TrimSpace(head)
	isError := r.StatusCode < http.StatusOK || r.StatusCode >= http.StatusMultipleChoices
	switch {
	case r.StatusCode >= http.StatusInternalServerError: // Balancers of AWS send pages too; it is asked again.
		return nil
	case isPage(text):
		return fmt.Errorf("%w: it sent a web page", errAnswer)
	case isError: // The SDK reads what it can.
		return nil
	case len(text) == 0:
		return fmt.Errorf("%w: it sent nothing", errAnswer)
	case text[0] == '{':
		return nil
	case text[0] == '<' && rootOf(text) == operation+"Response":
		return nil
	}
	return fmt.Errorf("%w: it sent something else", errAnswer)
}

func isPage(text []byte) bool {
	start := bytes.ToLower(text[:min(len(text), len("<!doctype html"))])
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

// rootOf gives the name of the first element of an XML document; "" where there is none.
func rootOf(head []byte) string {
	d := xml.NewDecoder(bytes.NewReader(head))
	for {
		token, err := d.RawToken()
		if err != nil {
			return ""
		}
		if start, ok := token.(xml.StartElement); ok {
			return start.Name.Local
		}
	}
}
