package detect

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/redact"
)

// What a record says of itself is its caller's to choose: a header of a hundred thousand addresses, a user agent with a
// token in it. So a detection holds no secret value, and no more than mostBytes of it all.
const (
	mostBytes     = 32 << 10
	mostElements  = 64
	mostAddresses = 16
	shownName     = 256
	shownText     = 1 << 10
)

// shorten takes secret values out of the texts of a detection, and cuts what is long. A detection says what was left out.
func shorten(d *finding.Detection) {
	clean := finding.Texts{
		Name: func(text *string) { *text = cut(redact.Shapes(strings.ToValidUTF8(*text, "\uFFFD")), shownName) },
		Text: func(text *string) { *text = cut(masked(strings.ToValidUTF8(*text, "\uFFFD")), shownText) },
	}
	cutLists(d, mostElements)
	for i, address := range d.Call.SourceIPs {
		d.Call.SourceIPs[i] = strings.Clone(address) // They came as parts of the record.
	}
	clean.Each(d)
	d.Actor.AccessKeyID = cut(d.Actor.AccessKeyID, shownName) // An ID, whose secret is elsewhere.
	for most := mostElements / 2; most > 0 && d.Size() > mostBytes; most /= 2 {
		cutLists(d, most)
	}
}

func masked(text string) string {
	text, _ = redact.Mask(text)
	return text
}

// cut shortens a text. The hash of the whole keeps two of them apart.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	end := limit - 64 // There is room for what is said of the rest.
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	hash := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%s… (%d bytes, sha256 %s)", text[:end], len(text), hex.EncodeToString(hash[:6]))
}

// cutLists keeps the first of the elements of each list. Of addresses it keeps the last one too, the only one that no
// caller can forge.
func cutLists(d *finding.Detection, most int) {
	o := omissions{d}
	if ips := d.Call.SourceIPs; len(ips) > min(most, mostAddresses) {
		kept := min(most, mostAddresses)
		d.Call.SourceIPs = slices.Concat(ips[:kept-1], ips[len(ips)-1:])
		o.add("call.sourceIPs", len(ips)-kept)
	}
	d.Actor.Groups = first(&o, "actor.groups", d.Actor.Groups, most)
	if other := d.Actor.Impersonated; other != nil {
		other.Groups = first(&o, "actor.impersonated.groups", other.Groups, most)
	}
	if w := d.Workload; w != nil {
		w.Containers = first(&o, "workload.containers", w.Containers, most)
		for i := range w.Containers {
			w.Containers[i].Mounts = first(&o, "workload.containers.volumeMounts", w.Containers[i].Mounts, most)
		}
		w.Volumes = first(&o, "workload.volumes", w.Volumes, most)
	}
	if d.Binding != nil {
		d.Binding.Subjects = first(&o, "roleBinding.subjects", d.Binding.Subjects, most)
	}
	for i := range d.Why {
		d.Why[i].Evidence = first(&o, "why.evidence", d.Why[i].Evidence, most)
	}
	d.Lists = first(&o, "lists", d.Lists, most)
}

// first keeps the first elements of a list, in memory of their own, and notes how many are left out.
func first[E any](o *omissions, field string, all []E, most int) []E {
	if len(all) <= most {
		return all
	}
	o.add(field, len(all)-most)
	return append([]E(nil), all[:most]...)
}

// omissions notes in a detection what was left out of it.
type omissions struct{ d *finding.Detection }

func (o *omissions) add(field string, n int) {
	for i := range o.d.Omitted {
		if o.d.Omitted[i].Field == field {
			o.d.Omitted[i].Count += n
			return
		}
	}
	o.d.Omitted = append(o.d.Omitted, finding.Omission{Field: field, Count: n})
}
