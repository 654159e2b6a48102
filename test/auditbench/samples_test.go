package auditbench

import "testing"

func TestSamplesHaveTheSizesThatTheirNamesSay(t *testing.T) {
	if n := len(metadata(1)); n < 1000 || n > 1150 {
		t.Errorf("the Metadata record has %d bytes", n)
	}
	if n := len(requestResponse(1)); n < 9_500 || n > 10_500 {
		t.Errorf("the RequestResponse record has %d bytes", n)
	}
}

// What fastjson and jsonparser take for JSON and is none: a decoder of foreign input has to refuse it, or say so.
func TestWhatLibrariesLetThrough(t *testing.T) {
	for name, record := range map[string]string{
		"an unknown escape":   `{"auditID":"\q"}`,
		"a control character": "{\"auditID\":\"\x01\"}",
	} {
		for _, d := range decoders() {
			let := d.decode(record, []byte(record)) == nil
			if lax := d.name == "fastjson" || d.name == "jsonparser"; let != lax {
				t.Errorf("%s: %s lets it through: %t", name, d.name, let)
			}
		}
	}
}
