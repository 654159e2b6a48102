package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// What the formats for programs and for pull requests share: the exposures in their order, their texts,
// links, places and fingerprints.

const (
	vendor     = "Merlon"
	projectURL = "https://github.com/merlonsec/merlon"
)

// digest is a scan as those formats tell it: in the words of the table, without its page.
type digest struct {
	*table
	// shown are the exposures to give: those of the platform last, the most urgent first within.
	shown []*item
}

func newDigest(s *finding.Scan, o Options) *digest {
	o.Rules = remember(o.Rules)
	d := &digest{table: tableOf(s, o)}
	var platform []*item
	for _, it := range items(s.Exposures) {
		if it.Platform {
			d.platform = append(d.platform, it)
		} else {
			d.main = append(d.main, it)
		}
		switch {
		case !o.atLeast(it.Exposure):
		case it.Platform:
			platform = append(platform, it)
		default:
			d.shown = append(d.shown, it)
		}
	}
	d.shown = append(d.shown, platform...)
	return d
}

// remember asks for the texts of each rule once: a scan names the same few over and over.
func remember(rules Rules) Rules {
	if rules == nil {
		return nil
	}
	type answer struct {
		texts RuleTexts
		known bool
	}
	asked := map[string]answer{}
	return func(id string) (RuleTexts, bool) {
		a, ok := asked[id]
		if !ok {
			a.texts, a.known = rules(id)
			asked[id] = a
		}
		return a.texts, a.known
	}
}

// name is how a person calls the resource of an exposure.
func (d *digest) name(it *item) string { return d.called(it) }

// remedy gives the remediation that closes a trait of an exposure; nil where there is none.
func (it *item) remedy(trait string) *finding.Remediation {
	for i := range it.Remediations {
		if it.Remediations[i].ID == trait {
			return &it.Remediations[i]
		}
	}
	return nil
}

// fixOf says in a line how to close a trait; empty where nobody said.
func (d *digest) fixOf(it *item, trait string) string {
	if r := it.remedy(trait); r != nil {
		return d.firstLine(r.Title, r.ID)
	}
	return clean(d.o.texts(trait).Fix.FirstLine().In(d.o.Lang))
}

// fixes lists how to close each contributing trait, where no single change is enough.
func (d *digest) fixes(it *item) []string {
	var all []string
	for _, tr := range it.contributing {
		if fix := d.fixOf(it, tr.ID); fix != "" && !slices.Contains(all, fix) {
			all = append(all, fix)
		}
	}
	return all
}

// state says who reaches the resource of an exposure and what it hands over, in one line.
func (d *digest) state(it *item) string {
	var parts []string
	for _, s := range d.standing(it) {
		if s.text != dot {
			parts = append(parts, unglued(s.text))
		}
	}
	return strings.Join(parts, ", ")
}

// titles names the contributing traits of an exposure.
func (d *digest) titles(it *item) []string {
	var all []string
	for _, tr := range it.contributing {
		all = append(all, d.title(tr))
	}
	return all
}

// severityLine counts exposures by severity: "2 critical · 3 high".
func (d *digest) severityLine(all []*item) string {
	n := map[finding.Severity]int{}
	for _, it := range all {
		n[it.Severity]++
	}
	var b strings.Builder
	for _, s := range d.severityCounts(n) {
		b.WriteString(unglued(s.text))
	}
	return b.String()
}

// unglued takes out the spaces that keep words of a table on one line.
func unglued(s string) string { return strings.ReplaceAll(s, string(glue), " ") }

// notAssessed lists what could not be assessed, by rule.
func (d *digest) notAssessed() []finding.NotAssessed {
	return slices.SortedStableFunc(slices.Values(d.scan.NotAssessed), func(a, b finding.NotAssessed) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Missing, b.Missing), cmp.Compare(a.Why.EN, b.Why.EN))
	})
}

// because says why a rule could not be assessed.
func (d *digest) because(n finding.NotAssessed) string {
	if why := clean(n.Why.In(d.o.Lang)); why != "" {
		return why
	}
	return clean(n.Missing)
}

// ruleURL is the page of a rule in the language of the output; empty for a rule that is not ours to know.
func (d *digest) ruleURL(id string) string {
	if d.o.Rules == nil {
		return ""
	}
	if _, known := d.o.Rules(id); !known {
		return ""
	}
	l := d.o.Lang
	if !slices.Contains(lang.All(), l) {
		l = lang.EN
	}
	return projectURL + "/blob/main/docs/rules/" + string(l) + "/" + url.PathEscape(id) + ".md"
}

// slashed writes the path of a file with forward slashes, without steps that lead nowhere.
func slashed(file string) string {
	if file == "" {
		return ""
	}
	return path.Clean(strings.ReplaceAll(file, `\`, "/"))
}

// uriOf writes the path of a file as a URI: relative where the path is (RFC 3986, section 4.2), with the
// scheme file where it is not.
func uriOf(file string) (uri string, relative bool) {
	p := slashed(file)
	switch {
	case len(p) > 2 && p[1] == ':' && p[2] == '/': // C:/…
		return (&url.URL{Scheme: "file", Path: "/" + p}).String(), false
	case strings.HasPrefix(p, "/"):
		return (&url.URL{Scheme: "file", Path: p}).String(), false
	}
	return (&url.URL{Path: p}).String(), true
}

// fingerprint names a trait of a resource by what is wrong, not by where it stands: it stays the same when
// lines above it come and go. It is the SHA-256 of the trait, the UID of the primary resource, and each
// field of the evidence with its object, in a fixed order.
func fingerprint(trait string, resource inventory.UID, evidence []finding.Evidence) string {
	fields := make([]string, len(evidence))
	for i, e := range evidence {
		fields[i] = string(e.Resource) + "\x00" + e.Path
	}
	slices.Sort(fields)
	parts := append([]string{trait, string(resource)}, slices.Compact(fields)...)
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}
