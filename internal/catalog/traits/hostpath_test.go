package traits

import (
	"testing"

	"github.com/merlonsec/merlon/internal/rule"
)

func TestSensitivePlacesOfWindows(t *testing.T) {
	for place, want := range map[string]bool{
		`C:\`: true, `C:\Windows\System32`: true, `c:\k`: true, `C:\kubernetes-data`: false, `D:\`: false, `C:\var`: true, `C:\var\data`: false,
	} {
		if got := isSensitive(rule.CleanNodePath(place)); got != want {
			t.Errorf("%s is sensitive: %v, want %v", place, got, want)
		}
	}
}
