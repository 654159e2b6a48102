package traits

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// systemEnd is an operating system of images and the last day of its support by whoever makes it.
type systemEnd struct {
	// platform is the name by which Amazon Inspector calls it.
	platform string
	end      string
}

// systemEnds lists operating systems of container images with the last day of their free, general support, as of
// 2026-11-21. Sources: https://wiki.debian.org/LTS, https://ubuntu.com/about/release-cycle,
// https://alpinelinux.org/releases/, https://aws.amazon.com/linux/faqs/,
// https://access.redhat.com/support/policy/updates/errata, https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf,
// https://docs.fedoraproject.org/en-US/releases/eol/.
func systemEnds() []systemEnd {
	return []systemEnd{
		{"ALPINE_LINUX_3_8", "2020-05-01"},
		{"ALPINE_LINUX_3_9", "2020-11-01"},
		{"ALPINE_LINUX_3_10", "2021-05-01"},
		{"ALPINE_LINUX_3_11", "2021-11-01"},
		{"ALPINE_LINUX_3_12", "2022-05-01"},
		{"ALPINE_LINUX_3_13", "2022-11-01"},
		{"ALPINE_LINUX_3_14", "2023-05-01"},
		{"ALPINE_LINUX_3_15", "2023-11-01"},
		{"ALPINE_LINUX_3_16", "2024-05-23"},
		{"ALPINE_LINUX_3_17", "2024-11-22"},
		{"ALPINE_LINUX_3_18", "2025-05-09"},
		{"ALPINE_LINUX_3_19", "2025-11-01"},
		{"ALPINE_LINUX_3_20", "2026-04-01"},
		{"ALPINE_LINUX_3_21", "2026-11-01"},
		{"ALPINE_LINUX_3_22", "2027-05-01"},
		{"ALPINE_LINUX_3_23", "2027-11-01"},
		{"AMAZON_LINUX", "2023-12-31"},
		{"AMAZON_LINUX_2", "2026-06-30"},
		{"AMAZON_LINUX_2023", "2029-06-30"},
		{"CENTOS_6", "2020-11-30"},
		{"CENTOS_7", "2024-06-30"},
		{"CENTOS_8", "2021-12-31"},
		{"DEBIAN_8", "2020-06-30"},
		{"DEBIAN_9", "2022-06-30"},
		{"DEBIAN_10", "2024-06-30"},
		{"DEBIAN_11", "2026-08-31"},
		{"DEBIAN_12", "2028-06-30"},
		{"DEBIAN_13", "2030-06-30"},
		{"FEDORA_38", "2024-05-21"},
		{"FEDORA_39", "2024-11-26"},
		{"FEDORA_40", "2025-05-13"},
		{"ORACLE_LINUX_6", "2021-03-31"},
		{"ORACLE_LINUX_7", "2024-12-31"},
		{"ORACLE_LINUX_8", "2029-07-31"},
		{"ORACLE_LINUX_9", "2032-06-30"},
		{"REDHAT_6", "2020-11-30"},
		{"REDHAT_7", "2024-06-30"},
		{"REDHAT_8", "2029-05-31"},
		{"REDHAT_9", "2032-05-31"},
		{"REDHAT_10", "2035-05-31"},
		{"UBUNTU_14_04", "2019-04-30"},
		{"UBUNTU_16_04", "2021-04-30"},
		{"UBUNTU_18_04", "2023-05-31"},
		{"UBUNTU_20_04", "2025-05-31"},
		{"UBUNTU_22_04", "2027-04-30"},
		{"UBUNTU_23_04", "2024-01-25"},
		{"UBUNTU_23_10", "2024-07-11"},
		{"UBUNTU_24_04", "2029-04-30"},
		{"UBUNTU_24_10", "2025-07-10"},
	}
}

// runsEndedSystem is the condition that the support of the image's operating system has ended.
func runsEndedSystem() rule.Condition[runningImage] {
	return rule.Condition[runningImage]{Name: "ended", Holds: func(w *rule.World, i runningImage) rule.Truth {
		if i.scan == nil || i.scan.Platform == "" {
			return notScanned()
		}
		end, known := systemEndOf(i.scan.Platform)
		if !known {
			return rule.Unknown(lang.Text{
				EN: "until when the image's operating system is supported is not known to Merlon",
				ES: "Merlon no sabe hasta cuándo tiene soporte el sistema operativo de la imagen",
				PT: "o Merlon não sabe até quando o sistema operacional da imagem tem suporte",
			})
		}
		return rule.Is(!w.Now.Before(end.AddDate(0, 0, 1)))
	}}
}

// systemEndOf gives the last day of a platform's support. A release before the oldest of its system that the list
// has ended no later than that one.
func systemEndOf(platform string) (end time.Time, known bool) {
	name, release := splitPlatform(platform)
	var oldest []int
	for _, s := range systemEnds() {
		last, _ := time.Parse(time.DateOnly, s.end)
		if s.platform == platform {
			return last, true
		}
		if listed, from := splitPlatform(s.platform); listed == name && len(from) > 0 && (oldest == nil || slices.Compare(from, oldest) < 0) {
			oldest, end = from, last
		}
	}
	return end, len(release) > 0 && slices.Compare(release, oldest) < 0
}

// splitPlatform takes the release off a platform: "UBUNTU", 20 and 4. One without a release has none.
func splitPlatform(platform string) (name string, release []int) {
	parts := strings.Split(platform, "_")
	for len(parts) > 1 {
		n, err := strconv.Atoi(parts[len(parts)-1])
		if err != nil {
			break
		}
		release, parts = append([]int{n}, release...), parts[:len(parts)-1]
	}
	return strings.Join(parts, "_"), release
}
