package finding

import "fmt"

// valueText gives the text of an evidence's value, as a glob or a table shows it.
func valueText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	return fmt.Sprint(v)
}

// Text is the value as a table shows it.
func (e Evidence) Text() string { return valueText(e.Value) }
