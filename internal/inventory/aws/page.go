package aws

import (
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// Members names the members of an answer that Merlon knows: "services", "Vpcs".
func (a Answer) Members() []string {
	var all []string
	for _, e := range a.of {
		all = append(all, e.member)
	}
	return all
}

// Line is the line on which the answer starts; 0 if unknown.
func (a Answer) Line() int { return a.root.Line() }

// Continues reports whether an answer is a page of a list that goes on in another one.
func (a Answer) Continues() bool {
	for _, token := range []string{"NextToken", "nextToken", "NextMarker", "nextMarker"} {
		if a.root.Get(token).Text() != "" {
			return true
		}
	}
	return isTrue(a.root.Get("IsTruncated"))
}

// Failure is what an answer says it does not hold although it was asked for: an ECS service that is gone.
type Failure struct {
	Line int
	// ARN is that of the resource, Reason a word of AWS such as MISSING; "" where the answer does not say it.
	ARN    inventory.UID
	Reason string
}

// Failures lists them
// (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html).
func (a Answer) Failures() []Failure {
	var all []Failure
	for n := range a.root.Get("failures").All() {
		f := Failure{Line: n.Line()}
		if _, ok := inventory.ParseARN(n.Get("arn").Text()); ok {
			f.ARN = inventory.UID(n.Get("arn").Text())
		}
		if isWord(n.Get("reason")) {
			f.Reason = n.Get("reason").Text()
		}
		all = append(all, f)
	}
	return all
}

// isWord reports whether a text is one word in capitals, as AWS writes reasons.
func isWord(n tree.Node) bool {
	text := n.Text()
	for i := range len(text) {
		if c := text[i]; (c < 'A' || c > 'Z') && c != '_' && c != ':' {
			return false
		}
	}
	return text != "" && len(text) < 64
}
