package event

import "strings"

// Clone gives an event that shares no memory with the text it was decoded from.
func (e *Event) Clone() *Event {
	c := *e
	texts := []*string{
		&c.AuditID, &c.Verb, &c.User.Name, &c.User.UID, &c.Impersonated.Name, &c.Impersonated.UID, &c.UserAgent,
		&c.Object.Resource, &c.Object.Subresource, &c.Object.Namespace, &c.Object.Name, &c.Object.UID, &c.Object.Group,
		&c.Object.Version, &c.Cluster, &c.Account, &c.File, &c.uri,
	}
	raws := []*Raw{
		&c.User.Groups, &c.User.Extra, &c.Impersonated.Groups, &c.Impersonated.Extra, &c.SourceIPs, &c.Status,
		&c.Annotations, &c.Request, &c.Response,
	}
	size := 0
	for _, text := range texts {
		size += len(*text)
	}
	for _, raw := range raws {
		size += len(*raw)
	}
	// One piece of memory for all.
	var b strings.Builder
	b.Grow(size)
	keep := func(text string) string {
		start := b.Len()
		b.WriteString(text)
		return b.String()[start:]
	}
	for _, text := range texts {
		*text = keep(*text)
	}
	for _, raw := range raws {
		*raw = Raw(keep(string(*raw)))
	}
	return &c
}
