package prove

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// canary has the shape of a credential, a token that nobody else has.
const canary = "eyJhbGciOiJSUzI1NiIsImtpZCI6IjEyMyJ9.eyJzdWIiOiJjYW5hcnkifQ.Q0FOQVJZLXNpZ25hdHVyZS1DQU5BUlktc2lnbmF0dXJl"

// hiddenIn lists the values in the bodies of records that no detection may repeat, as they stand there before they are
// taken out.
func hiddenIn(events []event.Event) []string {
	var values []string
	for i := range events {
		for _, body := range []event.Raw{events[i].Request, events[i].Response} {
			var t tree.Tree
			if body == "" || tree.DecodeJSON(&t, []byte(body), 1, tree.Limits{}) != nil {
				continue
			}
			values = appendValues(values, t.Root(), false)
		}
	}
	return values
}

// repeats reports whether a detection holds one of some values, in its evidence or anywhere else.
func (p *detectionProver) repeats(e rule.EventExample, d finding.Detection, secrets []string) bool {
	d.Title = "" // The rule's own text.
	written, err := json.Marshal(d)
	if err != nil {
		p.problem(e.Name, "its detection cannot be written: %v", err)
		return false
	}
	return slices.ContainsFunc(secrets, func(secret string) bool {
		quoted, err := json.Marshal(secret)
		return err == nil && strings.Contains(string(written), strings.Trim(string(quoted), `"`))
	})
}

// canaries checks that no detection repeats a credential that the caller put into the request itself: its user agent, the
// query of its URI, the addresses that its headers name.
func (p *detectionProver) canaries(e rule.EventExample) {
	planted := regexp.MustCompile(`"userAgent":"[^"]*`).ReplaceAllString(e.Input, "${0} Bearer "+canary)
	planted = regexp.MustCompile(`"sourceIPs":\["[^]]*"`).ReplaceAllString(planted, `${0},"`+canary+`"`)
	planted = regexp.MustCompile(`"requestURI":"[^"?]*\?[^"]*`).ReplaceAllString(planted, "${0}&x="+canary)
	planted = regexp.MustCompile(`"requestURI":"[^"?]*"`).ReplaceAllStringFunc(planted, func(uri string) string {
		return strings.TrimSuffix(uri, `"`) + "?x=" + canary + `"`
	})
	events, err := decode(planted)
	if err != nil {
		p.problem(e.Name, "its input cannot be read with a credential in the request: %v", err)
		return
	}
	got, err := p.run(p.rule, e, events, -1)
	if err != nil {
		p.problem(e.Name, "%v", err)
		return
	}
	for _, d := range got.found {
		if p.repeats(e, d, []string{canary}) {
			p.problem(e.Name, "the detection repeats a credential from the user agent, the URI or the addresses")
			return
		}
	}
}
