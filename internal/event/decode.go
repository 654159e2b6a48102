package event

// Decoder turns text into events. The zero value is ready; it is for one goroutine at a time.
type Decoder struct{}

// Append decodes one record, a line or a whole JSON document, and appends the events that it holds to dst: one for an
// audit record, any number for an EventList or a wrapper. The texts of the events are parts of record. Where one of the
// records in a wrapper is broken, the others are appended and the error joins what is wrong with each.
func (d *Decoder) Append(dst []Event, record string) ([]Event, error) { panic("TODO") }

// Clone gives an event that shares no memory with the text it was decoded from.
func (e *Event) Clone() *Event { panic("TODO") }
