package traits

import (
	"testing"
	"time"
)

func TestEndsOfOperatingSystems(t *testing.T) {
	for platform, want := range map[string]string{
		"DEBIAN_12": "2028-06-30", "AMAZON_LINUX": "2023-12-31", "AMAZON_LINUX_2": "2026-06-30", "UBUNTU_22_04": "2027-04-30",
		"FEDORA_37": "2024-05-21", "DEBIAN_7": "2020-06-30", "UBUNTU_12_04": "2019-04-30", "ALPINE_LINUX_3_7": "2020-05-01", // older than the list
		"FEDORA_99": "", "UBUNTU_21_04": "", "SLES_15": "", "DEBIAN": "", "PHOTON_OS_5": "", // not in it
	} {
		end, known := systemEndOf(platform)
		if known != (want != "") || known && end.Format(time.DateOnly) != want {
			t.Errorf("%s: %v %v, want %q", platform, end, known, want)
		}
	}
	for _, s := range systemEnds() {
		if _, err := time.Parse(time.DateOnly, s.end); err != nil {
			t.Error(err)
		}
	}
}
