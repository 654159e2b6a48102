package traits

import (
	"testing"

	"github.com/merlonsec/merlon/internal/rule"
)

func TestSensitivePlacesOfWindows(t *testing.T) {
	for place, want := range map[string]bool{
		`C:\`: true, `C:\Windows\System32`: true, `c:\k`: true, `C:\kubernetes-data`: false, `D:\`: false, `C:\var`: true, `C:\var\data`: false,
		`C:\ProgramData\docker`: true, `C:\Program Files\containerd`: true, `C:\Program Files (x86)`: true, `C:\etc\kubernetes`: true,
		`C:\opt\cni\bin`: true, `C:\var\lib\kubelet`: true, `C:\var\log\pods`: true, `C:\Users`: true, `C:\opt\app`: false,
	} {
		if got := isSensitive(rule.CleanNodePath(place)); got != want {
			t.Errorf("%s is sensitive: %v, want %v", place, got, want)
		}
	}
}
