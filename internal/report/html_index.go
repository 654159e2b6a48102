package report

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// htmlIndex is what the script searches in. There may be 50,000 of each, so that what repeats is a number.
type htmlIndex struct {
	// Texts are those that the script shows.
	Texts map[string]string `json:"texts"`
	// Static is how many exposures are in the page; the rest is in chunks of Size.
	Static int `json:"static"`
	Size   int `json:"size"`
	// Sections lists the classes of the sections, and Units the section and the number of members of each
	// unit, one after the other.
	Sections []string `json:"sections"`
	Units    []int    `json:"units"`
	// Names, UIDs and Places say of each exposure what it can be found by. Spaces and Sets are its namespace
	// or cluster and its traits, as places in the lists below.
	Names  []string `json:"names"`
	UIDs   []string `json:"uids"`
	Places []string `json:"places"`
	Spaces []int    `json:"spaces"`
	Sets   []int    `json:"sets"`

	Namespaces []string `json:"namespaces"`
	TraitSets  [][]int  `json:"traitSets"`
	// Traits gives the ID and the title of each trait.
	Traits [][2]string `json:"traits"`
}

// htmlFilters are the choices that the page offers.
type htmlFilters struct {
	Severities, Namespaces, Traits []htmlCount
	Total                          int
	// Clusters is set where the namespaces have clusters of AWS among them.
	Clusters bool
}

// numbering gives things numbers in the order in which they come.
type numbering struct {
	at  map[string]int
	all []string
}

func (n *numbering) of(key string) int {
	i, known := n.at[key]
	if !known {
		if n.at == nil {
			n.at = map[string]int{}
		}
		i = len(n.all)
		n.at[key] = i
		n.all = append(n.all, key)
	}
	return i
}

// index gives what the script needs to find exposures, shown or not.
func (b *htmlBuilder) index(sections []*htmlSection, units []*laidOut, static int) *htmlIndex {
	ix := &htmlIndex{
		Texts: map[string]string{}, Static: static, Size: chunkSize, Sections: []string{}, Units: []int{}, Names: []string{},
		UIDs: []string{}, Places: []string{}, Spaces: []int{}, Sets: []int{}, TraitSets: [][]int{}, Traits: [][2]string{},
	}
	for key, text := range htmlScriptWords() {
		ix.Texts[key] = text.In(b.o.Lang)
	}
	for _, s := range sections {
		ix.Sections = append(ix.Sections, s.Class)
	}
	var spaces, sets, traits numbering
	for _, u := range units {
		ix.Units = append(ix.Units, u.section, len(u.members))
		for _, it := range u.members {
			ix.Names = append(ix.Names, b.foundBy(it))
			ix.UIDs = append(ix.UIDs, b.idOf(it))
			ix.Places = append(ix.Places, place(it.where()))
			ix.Spaces = append(ix.Spaces, spaces.of(b.space(&it.Resource)))
			ids := []int{}
			for i := range it.Traits {
				if t := traits.of(it.Traits[i].ID); !slices.Contains(ids, t) {
					ids = append(ids, t)
				}
			}
			set := sets.of(fmt.Sprint(ids))
			ix.Sets = append(ix.Sets, set)
			if set == len(ix.TraitSets) {
				ix.TraitSets = append(ix.TraitSets, ids)
			}
		}
	}
	ix.Namespaces = list(spaces.all)
	for _, id := range traits.all {
		ix.Traits = append(ix.Traits, [2]string{clean(id), b.titleOf(id)})
	}
	return ix
}

// foundBy is the name of an exposure's resource, with its ARN where it has one: that holds the account and the Region.
func (b *htmlBuilder) foundBy(it *item) string {
	if _, isARN := it.Resource.UID.ARN(); isARN {
		return b.called(it) + " " + clean(string(it.Resource.UID))
	}
	return b.called(it)
}

// filters counts what the page can be narrowed to.
func (b *htmlBuilder) filters(sections []*htmlSection, ix *htmlIndex) htmlFilters {
	f := htmlFilters{Total: len(ix.Names), Clusters: b.knowsAWS()}
	for _, s := range sections {
		f.Severities = append(f.Severities, htmlCount{ID: s.Class, Name: s.Name, Note: s.Count, Class: s.Class})
	}
	spaces, traits := map[string]int{}, map[int]int{}
	for i := range ix.Names {
		if ns := ix.Namespaces[ix.Spaces[i]]; ns != "" {
			spaces[ns]++
		}
		for _, t := range ix.TraitSets[ix.Sets[i]] {
			traits[t]++
		}
	}
	for _, ns := range slices.Sorted(maps.Keys(spaces)) {
		f.Namespaces = append(f.Namespaces, htmlCount{ID: ns, Name: ns, Note: number(b.o.Lang, spaces[ns])})
	}
	for t, n := range traits {
		f.Traits = append(f.Traits, htmlCount{ID: ix.Traits[t][0], Name: ix.Traits[t][1], Note: number(b.o.Lang, n)})
	}
	slices.SortFunc(f.Traits, func(x, y htmlCount) int {
		return cmp.Or(cmp.Compare(strings.ToLower(x.Name), strings.ToLower(y.Name)), cmp.Compare(x.ID, y.ID))
	})
	return f
}

// htmlChunk is some exposures as compressed HTML, for later.
type htmlChunk = template.HTML

// chunkSize is how many exposures are unpacked at once.
const chunkSize = 100

// late is one exposure of a chunk, and the group that begins with it.
type late struct {
	Head string `json:"head,omitempty"`
	Item string `json:"item"`
}

// chunks packs the exposures that are not in the page as HTML: a browser reads base64 without looking into
// it, and what is alike takes next to no room.
func (b *htmlBuilder) chunks(units []*laidOut, static int) ([]htmlChunk, error) {
	type one struct {
		unit   *laidOut
		member int
	}
	var rest []one
	for _, u := range units {
		for i := range u.members {
			if u.first+i >= static {
				rest = append(rest, one{u, i})
			}
		}
	}
	packed := make([]htmlChunk, (len(rest)+chunkSize-1)/chunkSize)
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for n := range packed {
		work.Go(func() error {
			var all []late
			for _, o := range rest[n*chunkSize : min(len(rest), (n+1)*chunkSize)] {
				l, err := b.late(o.unit, o.member)
				if err != nil {
					return err
				}
				all = append(all, l)
			}
			data, err := pack(all)
			packed[n] = dataBlock("text/plain", "chunk-"+strconv.Itoa(n), data)
			return err
		})
	}
	return packed, work.Wait()
}

// late renders one exposure as the page would show it.
func (b *htmlBuilder) late(u *laidOut, i int) (l late, err error) {
	class := ""
	if u.members[i].Exposure.Platform {
		class = platformClass
	}
	var head, body bytes.Buffer
	if u.isGroup() && i == 0 {
		if err := b.tmpl.ExecuteTemplate(&head, "group", htmlUnit{Number: u.number, Head: b.head(u)}); err != nil {
			return l, fmt.Errorf("write group: %w", err)
		}
	}
	if err := b.tmpl.ExecuteTemplate(&body, "exposure", b.member(class, u, i)); err != nil {
		return l, fmt.Errorf("write exposure: %w", err)
	}
	return late{head.String(), body.String()}, nil
}

// pack gives values as JSON, compressed, in base64.
func pack(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode chunk: %w", err)
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err = z.Write(data); err == nil {
		err = z.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("compress chunk: %w", err)
	}
	return base64.StdEncoding.AppendEncode(nil, b.Bytes()), nil
}

// dataBlock is an element that holds data for the script. The data may not contain "<".
func dataBlock(kind, id string, data []byte) template.HTML {
	return template.HTML(`<script type="` + kind + `" id="` + id + `">` + string(data) + "</script>")
}
