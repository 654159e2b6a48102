package detections

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

// suspiciousImages lists images, by the last part of their repository, that hold tools for breaking in, and none that
// people run for anything else.
func suspiciousImages() []string {
	return []string{
		// Distributions for penetration tests (https://www.kali.org/docs/containers/,
		// https://parrotsec.org/docs/cloud/parrot-on-docker).
		"kali", "kali-rolling", "kali-last-release", "kali-bleeding-edge", "kali-experimental", "parrot", "parrot.run", "blackarch",
		// Tools against the cluster from within (https://github.com/aquasecurity/kube-hunter,
		// https://github.com/inguardians/peirates, https://github.com/cdk-team/CDK, https://github.com/quarkslab/kdigger).
		"kube-hunter", "peirates", "cdk", "kdigger", "botb", "kubiscan", "kubesploit", "deepce", "amicontained",
		// Frameworks for attack and control.
		"metasploit", "metasploit-framework", "sliver", "empire", "mythic", "covenant", "havoc", "cobaltstrike", "merlin",
		// Scanners and crackers.
		"nmap", "masscan", "hydra", "sqlmap", "nikto", "hashcat", "john", "responder", "bettercap", "chisel", "ngrok",
		// Miners.
		"xmrig", "xmr-stak", "cpuminer", "cpuminer-multi", "ethminer", "minerd", "nbminer", "t-rex",
	}
}

// isSuspiciousImage reports whether an image is one of suspiciousImages.
func isSuspiciousImage(image string) bool {
	repository := rule.ParseImage(image).Repository
	return slices.Contains(suspiciousImages(), strings.ToLower(repository[strings.LastIndexByte(repository, '/')+1:]))
}

// looksHostile reports whether a workload runs an image of suspiciousImages, or starts as a reverse shell does.
func looksHostile(a *rule.Action) bool {
	r, _ := a.MadeResource()
	if r == nil {
		return false
	}
	w, ok := r.Spec.(*k8s.Workload)
	if !ok {
		return false
	}
	object, _ := a.Made()
	return slices.ContainsFunc(w.Pod.Containers, func(c k8s.Container) bool {
		var line []string
		for _, list := range []string{".command", ".args"} {
			for argument := range object.Lookup(c.Path + list).All() {
				line = append(line, argument.Text())
			}
		}
		return isSuspiciousImage(c.Image) || startsReverseShell(strings.Join(line, " "))
	})
}
