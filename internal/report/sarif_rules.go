package report

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// The rules, suppressions and notifications of SARIF.

// sarifRule is a rule that some result refers to.
type sarifRule struct {
	id       string
	title    lang.Text
	category finding.Category
}

// rule notes that a rule is referred to.
func (b *sarifBuilder) rule(id string, title lang.Text, category finding.Category) {
	if _, seen := b.ruleAt[id]; !seen {
		b.ruleAt[id] = len(b.rules)
		b.rules = append(b.rules, sarifRule{id, title, category})
	}
}

// sortRules sorts the rules by ID and gives the index of each.
func (b *sarifBuilder) sortRules() map[string]int {
	slices.SortFunc(b.rules, func(x, y sarifRule) int { return cmp.Compare(x.id, y.id) })
	at := make(map[string]int, len(b.rules))
	for i, r := range b.rules {
		at[r.id] = i
	}
	return at
}

// maxDescription is how many characters of a rule's description GitHub takes.
const maxDescription = 1024

func (b *sarifBuilder) descriptors() []sarifDescriptor {
	all := []sarifDescriptor{}
	for _, r := range b.rules {
		texts := b.o.texts(r.id)
		title := clean(b.o.in(r.title, texts.Title))
		if title == "" {
			title = clean(r.id)
		}
		why := strings.Join(cleanLines(texts.Why.In(b.o.Lang)), "\n")
		d := sarifDescriptor{
			ID: r.id, Name: pascal(r.id), ShortDescription: &sarifText{Text: ended(title)},
			FullDescription: &sarifText{Text: ended(shorten(cmp.Or(why, title), maxDescription-1))},
			HelpURI:         b.ruleURL(r.id),
			Help:            b.help(r.id, title, texts),
			Default:         &sarifConfiguration{Level: levelOfSeverity(b.worst[r.id])},
			Properties: &sarifRuleBag{
				Tags: []string{"security", "kubernetes"}, Precision: "high",
				Severity: strconv.FormatFloat(scoreOf(b.worst[r.id]), 'f', 1, 64),
			},
		}
		if r.category != "" {
			d.Properties.Tags = append(d.Properties.Tags, kebabCase(clean(string(r.category))))
		}
		for _, technique := range techniques(texts.References) {
			d.Properties.Tags = append(d.Properties.Tags, attackTag+strings.ToLower(clean(technique.ID)))
		}
		all = append(all, d)
	}
	return all
}

// help says why a rule matters and how to fix what it finds, as text and as Markdown.
func (b *sarifBuilder) help(id, title string, texts RuleTexts) *sarifText {
	plain := []string{ended(title)}
	rich := []string{"# " + mdText(title)}
	for _, part := range []struct {
		label lang.Text
		body  string
	}{{whyLabel, texts.Why.In(b.o.Lang)}, {fixLabel, texts.Fix.In(b.o.Lang)}} {
		if strings.TrimSpace(part.body) != "" {
			plain = append(plain, b.say(part.label)+": "+strings.Join(cleanLines(part.body), "\n"))
			rich = append(rich, "## "+b.say(part.label), mdBlock(cleanLines(part.body)))
		}
	}
	var sources []string
	for _, r := range texts.References {
		plain = append(plain, called(r)+": "+clean(r.URL))
		sources = append(sources, mdLink(called(r), r.URL))
	}
	if len(sources) > 0 {
		rich = append(rich, "## "+b.say(referencesHeading), "- "+strings.Join(sources, "\n- "))
	}
	if link := b.ruleURL(id); link != "" {
		plain = append(plain, link)
		rich = append(rich, "["+mdText(clean(id))+"]("+link+")")
	}
	return &sarifText{Text: strings.Join(plain, "\n\n"), Markdown: strings.Join(rich, "\n\n")}
}

// attackTag begins the tag of a technique of MITRE ATT&CK, as tools tag weaknesses with external/cwe/cwe-79.
const attackTag = "external/mitre/attack/"

// techniques lists the techniques of MITRE ATT&CK that a rule refers to.
func techniques(references []rule.Reference) (all []rule.Reference) {
	for _, r := range references {
		if r.Source == "ATT&CK" {
			all = append(all, r)
		}
	}
	return all
}

// called is what a reference is called.
func called(r rule.Reference) string {
	return clean(strings.TrimSpace(r.Source + " " + r.ID + " " + r.Name))
}

// pascal turns privileged-container into PrivilegedContainer; empty for what is no such name.
func pascal(id string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(id, "-") {
		if word == "" || strings.ContainsFunc(word, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			return ""
		}
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// kebabCase turns sensitiveData into sensitive-data.
func kebabCase(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// ended makes a text end as a sentence does.
func ended(s string) string {
	if strings.HasSuffix(s, ".") || s == "" {
		return s
	}
	return s + "."
}

// shorten cuts a text to so many characters.
func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// suppressed adds the traits that an exception took out. Of where they stand no more is known than where
// their resource does.
func (b *sarifBuilder) suppressed() {
	origins := map[inventory.UID]inventory.Origin{}
	for _, it := range b.shown {
		origins[it.Resource.UID] = it.Resource.Origin
	}
	all := slices.SortedStableFunc(slices.Values(b.scan.Suppressed), func(x, y finding.SuppressedTrait) int {
		return cmp.Or(cmp.Compare(x.Resource, y.Resource), cmp.Compare(x.Trait, y.Trait), cmp.Compare(x.Exception, y.Exception))
	})
	for _, s := range all {
		if !b.room() {
			continue
		}
		b.rule(s.Trait, lang.Text{}, "")
		id := fingerprint(s.Trait, s.Resource, nil)
		title := cmp.Or(clean(b.o.texts(s.Trait).Title.In(b.o.Lang)), clean(s.Trait))
		b.results = append(b.results, sarifResult{
			RuleID: s.Trait, Level: "note", Message: sarifText{Text: b.say(sarifSuppressed, title, b.shortName(s.Resource), clean(s.Exception))},
			Locations:    []sarifLocation{b.sarifPlace(&finding.ExposedResource{UID: s.Resource}, b.origin(origins, s.Resource))},
			Prints:       sarifPrints{id, id},
			Baseline:     b.suppressedState(s),
			Rank:         scoreOf(finding.SeverityInformational) * 10,
			Suppressions: []sarifSuppression{{Kind: "external", Status: "accepted", Justification: clean(s.Exception)}},
			Properties:   sarifResultBag{Resource: string(s.Resource)},
		})
	}
}

// origin says where a resource stands: by another finding about it, else by the only source there is.
func (b *sarifBuilder) origin(known map[inventory.UID]inventory.Origin, uid inventory.UID) inventory.Origin {
	if o, ok := known[uid]; ok {
		return o
	}
	if all := b.scan.Sources; len(all) == 1 && all[0].Kind == "files" {
		return inventory.Origin{File: sourceName(all[0])}
	}
	return inventory.Origin{}
}

func (b *sarifBuilder) suppressedState(s finding.SuppressedTrait) string {
	switch {
	case b.o.Baseline == nil:
		return ""
	case b.o.Baseline.LeftOut(s.Trait, s.Resource):
		return "unchanged"
	case b.o.Baseline.Knew(s.Trait, s.Resource, nil):
		return "updated"
	}
	return "new"
}

// The kinds of notification, in the order of their index.
const (
	notRead = iota
	notAssessed
	leftOut
)

func (b *sarifBuilder) notificationKinds() []sarifDescriptor {
	kinds := []sarifDescriptor{{ID: "not-read"}, {ID: "not-assessed"}, {ID: "left-out"}}
	for i, t := range []lang.Text{sourcesHeading, unknownHeading, sarifLeftOut} {
		kinds[i].Name = pascal(kinds[i].ID)
		text := &sarifText{Text: ended(b.say(t))}
		kinds[i].ShortDescription, kinds[i].FullDescription, kinds[i].Help = text, text, text // GitHub wants all three.
	}
	return kinds
}

// notifications tell what was not read, not assessed, and not given.
func (b *sarifBuilder) notifications() (all []sarifNotification) {
	add := func(kind int, level, message string) *sarifNotification {
		all = append(all, sarifNotification{
			Descriptor: sarifReference{ID: b.notificationKinds()[kind].ID, Index: &kind}, Level: level,
			Message: sarifText{Text: sarifPlain(ended(message))},
		})
		return &all[len(all)-1]
	}
	for _, s := range b.scan.Sources {
		level := "warning"
		if s.Status == inventory.StatusFailed {
			level = "error"
		}
		for _, n := range s.NotAssessed {
			add(notRead, level, clean(n.What)+": "+clean(n.Why))
		}
		if len(s.NotAssessed) == 0 && s.Status != inventory.StatusComplete {
			add(notRead, level, sourceName(s))
		}
	}
	for _, n := range b.notAssessed() {
		level := "warning"
		if n.Missing != "" {
			level = "note" // It only waits for the user to say something.
		}
		at := add(notAssessed, level, clean(n.Rule)+" ("+b.count(nResources, n.Count)+"): "+b.because(n))
		at.Rule = &sarifReference{ID: n.Rule}
	}
	if b.left > 0 {
		add(leftOut, "warning", b.count(sarifLeft, b.left))
	}
	return all
}

// readSomething reports whether not every source failed.
func (b *sarifBuilder) readSomething() bool {
	return len(b.scan.Sources) == 0 || slices.ContainsFunc(b.scan.Sources, func(s inventory.Source) bool { return s.Status != inventory.StatusFailed })
}
