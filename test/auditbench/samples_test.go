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
