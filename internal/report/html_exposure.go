package report

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// htmlExposure is one exposure: the few lines that are always seen, and its details.
type htmlExposure struct {
	ID, UID, Class, Severity string
	// Around and Name are the resource's name, taken apart so that the last part can stand out.
	Around, Name string
	// Brief is set where the lines above it say the rest: in a group of exposures that are alike.
	Brief    bool
	Badge    bool
	Changed  string
	Tags     []string
	Context  string
	Standing []htmlSpan
	Fix      []htmlSpan
	Place    string
	// Index is its place among all, and Unit that of its unit.
	Index, Unit int

	htmlDetails
}

// htmlDetails is what is seen of an exposure once it is opened.
type htmlDetails struct {
	Title    string
	Facts    []string
	Platform string
	Matrix   string
	Ceiling  []htmlSpan
	Why      []string
	Paths    []htmlChain
	Traits   []htmlTrait
	Contexts []htmlTrait
	// Beneath are exposures in the cluster that this one is about, and More says how many others there are.
	Beneath   []htmlBeneath
	More      string
	Unknown   []htmlReason
	UnknownIf string
	Command   string
}

// htmlBeneath names another exposure.
type htmlBeneath struct{ ID, Name, Class, Severity string }

// htmlTrait is one trait of an exposure.
type htmlTrait struct {
	Title, ID, Anchor, Place string
	Evidence                 []htmlEvidence
	Without                  []htmlSpan
	Fix                      string
}

// htmlEvidence is one field that a trait rests on.
type htmlEvidence struct{ Path, Value, Of string }

// idOf is the place of an exposure in the page: its short UID, so that a link to it can be written by hand.
func (b *htmlBuilder) idOf(it *item) string { return b.anchor("", clean(b.short[it.UID])) }

// exposure gives one exposure with all that is known of it.
func (b *htmlBuilder) exposure(it *item) htmlExposure {
	e := htmlExposure{
		ID: b.idOf(it), UID: clean(b.short[it.UID]), Class: classOf(it.Severity), Severity: b.say(it.Severity.Text()),
		Place: place(it.where()), htmlDetails: b.details(it),
	}
	e.Around, e.Name = lastPart(b.called(it))
	e.Changed = b.changed(it)
	return e
}

// lastPart takes the name of a resource apart: "shop/Deployment/" and "web".
func lastPart(name string) (around, last string) {
	at := strings.LastIndex(name, "/") + 1
	return name[:at], name[at:]
}

// outline adds the lines that an exposure shows while it is closed.
func (b *htmlBuilder) outline(e *htmlExposure, it *item) {
	e.Tags = b.titles(it)
	if n := len(it.contextual); n > 0 {
		e.Context = b.say(itemContext, number(b.o.Lang, n))
	}
	e.Standing, e.Fix = spansOf(b.standing(it)), spansOf(b.fix(it))
}

func (b *htmlBuilder) details(it *item) htmlDetails {
	x := &explanation{table: b.table, item: it}
	d := htmlDetails{
		Title: clean(it.Title.In(b.o.Lang)), Facts: []string{clean(string(it.Resource.UID))},
		Matrix: b.say(explainMatrix, it.Likelihood.Text(), it.Impact.Text()),
		Paths:  b.chainsOf(it),
	}
	if digits, ok := strings.CutPrefix(b.short[it.UID], "exp-"); ok && isMadeOf(digits, "0123456789abcdef") {
		d.Command = b.command("explain", it) // To be copied into a shell, so that only a UID of ours may be in it.
	}
	for _, fact := range []string{clean(it.Resource.Account), clean(it.Resource.Region), place(it.Resource.Origin)} {
		if fact != "" {
			d.Facts = append(d.Facts, fact)
		}
	}
	if it.Exposure.Platform {
		d.Platform = b.say(explainPlatform)
	}
	if it.Ceiling > it.Severity {
		before, after, _ := strings.Cut(b.say(explainCeiling, "\x00"), "\x00")
		d.Ceiling = spansOf([]span{text(before), styled(styleOf(it.Ceiling), b.say(it.Ceiling.Text())), text(after)})
	}
	for _, sentence := range it.Explanation {
		d.Why = append(d.Why, clean(sentence.In(b.o.Lang)))
	}
	if len(d.Why) == 0 && it.Ceiling > it.Severity {
		d.Why = []string{b.say(explainWorst, it.Ceiling.Text())}
	}
	for _, tr := range it.contributing {
		d.Traits = append(d.Traits, b.trait(x, tr))
	}
	for _, tr := range it.contextual {
		d.Contexts = append(d.Contexts, b.trait(x, tr))
	}
	inside, more := it.beneath()
	for _, in := range inside {
		d.Beneath = append(d.Beneath, htmlBeneath{b.idOf(in), clean(b.called(in)), classOf(in.Severity), b.say(in.Severity.Text())})
	}
	if more > 0 {
		d.More = b.say(andMore, number(b.o.Lang, more))
	}
	here, unlisted := x.notAssessed()
	for _, r := range byReason(here, b.o) {
		d.Unknown = append(d.Unknown, htmlReason{r.why, strings.Join(ruleIDs(r), ", ")})
	}
	if unlisted > 0 {
		d.UnknownIf = b.count(aboutMaybe, unlisted)
	}
	return d
}

func ruleIDs(r *reason) []string {
	ids := make([]string, 0, len(r.rules))
	for _, n := range r.rules {
		ids = append(ids, clean(n.Rule))
	}
	return slices.Compact(ids)
}

func (b *htmlBuilder) trait(x *explanation, tr *finding.ExposureTrait) htmlTrait {
	h := htmlTrait{Title: b.title(tr), ID: clean(tr.ID), Anchor: b.anchor("rule-", tr.ID), Place: place(tr.Origin)}
	for _, ev := range tr.Evidence {
		e := htmlEvidence{Path: clean(ev.Path), Value: clean(ev.Text())}
		if ev.Resource != "" && ev.Resource != x.item.Resource.UID {
			e.Of = b.shortName(ev.Resource)
		}
		h.Evidence = append(h.Evidence, e)
	}
	if tr.Role == finding.Contextual {
		return h
	}
	h.Without = spansOf(x.without(tr))
	if r := x.remediation(tr.ID); r != nil {
		h.Fix = b.firstLine(r.Title, r.ID)
	} else if fix := b.o.texts(tr.ID).Fix.FirstLine().In(b.o.Lang); fix != "" {
		h.Fix = clean(fix)
	}
	return h
}

// htmlChain is one attack path, drawn from top to bottom.
type htmlChain struct {
	Note string
	// Touches is set where the end is only seen or disturbed, and Possible where a step is not certain.
	Touches, Possible bool
	Stops             []htmlStop
}

// htmlStop is one place on an attack path, and what leads on from there.
type htmlStop struct {
	Icon, Class, Note string
	// Around and Name are its name, taken apart where a line may break.
	Around, Name string
	// Any is set where one of several steps is enough.
	Any      string
	Steps    []htmlEdge
	Possible bool
}

// htmlEdge is one step of an attack path.
type htmlEdge struct {
	Why, Cause, Anchor string
	Possible           bool
}

// chainsOf gives the attack paths of an exposure, joined as the explanation of the command line joins them.
func (b *htmlBuilder) chainsOf(it *item) []htmlChain {
	x := &explanation{table: b.table, item: it}
	var all []htmlChain
	for _, c := range chains(it.AttackPaths) {
		h := htmlChain{Note: b.say(pathCertain), Touches: c.touches, Possible: c.possible()}
		if h.Possible {
			h.Note = b.say(htmlPathPossible)
		}
		for i, uid := range c.places {
			h.Stops = append(h.Stops, b.stop(x, c, i, uid))
		}
		all = append(all, h)
	}
	return all
}

func (b *htmlBuilder) stop(x *explanation, c *chain, i int, uid inventory.UID) htmlStop {
	last := i == len(c.places)-1
	s := htmlStop{Icon: b.iconOf(uid)}
	s.Around, s.Name = lastPart(x.nameOfPlace(uid))
	switch {
	case uid == x.item.Resource.UID:
		s.Class = "self"
	case last && !c.touches:
		s.Class = "target"
	}
	switch {
	case last && c.touches:
		s.Note = b.say(pathTouches)
	case i == 0 && uid != inventory.Internet:
		s.Note = b.say(pathInside)
	}
	if last {
		return s
	}
	edges := c.steps[i]
	s.Possible = allPossible(edges)
	if len(edges) > 1 && !(c.touches && i == len(c.steps)-1) {
		s.Any = b.say(pathAnyOf)
	}
	for _, e := range edges {
		h := htmlEdge{Why: x.why(e), Cause: clean(e.Cause), Possible: e.Possible}
		if e.Cause != "" {
			h.Anchor = b.anchor("rule-", e.Cause)
		}
		s.Steps = append(s.Steps, h)
	}
	return s
}

// iconOf names the symbol of a place.
func (b *htmlBuilder) iconOf(uid inventory.UID) string {
	object, _ := uid.Kubernetes()
	n, _ := b.nameAWS(uid)
	switch {
	case uid == inventory.Internet:
		return "internet"
	case targetOf(uid) == node:
		return "node"
	case targetOf(uid) == cluster, targetOf(uid) == account:
		return "cluster"
	case n.Type == aws.IAMRole:
		return "identity"
	case n.Type == aws.LoadBalancer:
		return "network"
	case object.Kind == "ServiceAccount" || object.Kind == "User" || object.Kind == "Group":
		return "identity"
	case object.Kind == "Service" || object.Kind == "Ingress" || object.Kind == "Gateway" || strings.HasSuffix(object.Kind, "Route"):
		return "network"
	}
	return "workload"
}
