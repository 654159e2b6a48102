package traits

import (
	"time"

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
// https://access.redhat.com/support/policy/updates/errata, https://docs.fedoraproject.org/en-US/releases/eol/.
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
		{"AMAZON_LINUX", "2023-12-31"},
		{"AMAZON_LINUX_2", "2026-06-30"},
		{"CENTOS_6", "2020-11-30"},
		{"CENTOS_7", "2024-06-30"},
		{"CENTOS_8", "2021-12-31"},
		{"DEBIAN_8", "2020-06-30"},
		{"DEBIAN_9", "2022-06-30"},
		{"DEBIAN_10", "2024-06-30"},
		{"DEBIAN_11", "2026-08-31"},
		{"FEDORA_38", "2024-05-21"},
		{"FEDORA_39", "2024-11-26"},
		{"FEDORA_40", "2025-05-13"},
		{"ORACLE_LINUX_6", "2021-03-31"},
		{"ORACLE_LINUX_7", "2024-12-31"},
		{"REDHAT_6", "2020-11-30"},
		{"REDHAT_7", "2024-06-30"},
		{"UBUNTU_14_04", "2019-04-30"},
		{"UBUNTU_16_04", "2021-04-30"},
		{"UBUNTU_18_04", "2023-05-31"},
		{"UBUNTU_20_04", "2025-05-31"},
		{"UBUNTU_23_04", "2024-01-25"},
		{"UBUNTU_23_10", "2024-07-11"},
		{"UBUNTU_24_10", "2025-07-10"},
	}
}

// runsEndedSystem is the condition that the support of the image's operating system has ended.
func runsEndedSystem() rule.Condition[runningImage] {
	return rule.Condition[runningImage]{Name: "ended", Holds: func(w *rule.World, i runningImage) rule.Truth {
		if i.scan == nil || i.scan.Platform == "" {
			return notScanned()
		}
		for _, s := range systemEnds() {
			if s.platform == i.scan.Platform {
				end, _ := time.Parse(time.DateOnly, s.end)
				return rule.Is(!w.Now.Before(end.AddDate(0, 0, 1)))
			}
		}
		return rule.Is(false)
	}}
}
