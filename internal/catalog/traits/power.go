package traits

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
)

// power is a capability of Linux that a container is given, with what around it decides how much it is worth to
// an attacker.
type power struct {
	name string
	// beside lists all capabilities that the container is given.
	beside []string
	// hostPID and hostNetwork are set where the container is in those namespaces of its host, ownUsers where it
	// has a user namespace of its own.
	hostPID, hostNetwork, ownUsers bool
}

func (p power) isDangerous() bool {
	return p.name == "SETUID" && slices.Contains(p.beside, "SETGID") ||
		p.name == "SETGID" && slices.Contains(p.beside, "SETUID") ||
		p.breaksOut() || p.disturbs() || p.isMinor()
}

// weight weighs one capability. In a user namespace of the pod's own, a capability is worth
// nothing outside the pod (see the rule's reference).
func (p power) weight() finding.Weight {
	w := finding.Weight{Role: finding.Contributing, Likelihood: finding.LikelihoodLow}
	switch {
	case p.ownUsers:
	case p.breaksOut():
		w.Likelihood, w.Impact = finding.LikelihoodModerate, finding.ImpactHigh
		w.Opens = []finding.EdgeKind{finding.EdgeEscapeCapability}
	case p.disturbs():
		w.Likelihood, w.Impact = finding.LikelihoodModerate, finding.ImpactMedium
	}
	return w
}

// breaksOut reports whether the capability is enough to control the node: mount(2) with SYS_ADMIN,
// init_module(2), any I/O port with iopl(2), any file of the node with open_by_handle_at(2), and ptrace(2)
// where the node's processes are in sight.
func (p power) breaksOut() bool {
	switch p.name {
	case "ALL", "SYS_ADMIN", "SYS_MODULE", "SYS_RAWIO", "DAC_READ_SEARCH":
		return true
	case "SYS_PTRACE":
		return p.hostPID
	}
	return false
}

// disturbs reports whether the capability touches the node or other pods without controlling them. BPF and
// PERFMON read the memory of the kernel, together, but write none: bpf_probe_write_user asks for SYS_ADMIN
// (include/uapi/linux/capability.h). SYS_BOOT restarts the node, or only the pod, as its PID namespace has
// it (reboot(2)). MAC_ADMIN loads AppArmor profiles. NET_ADMIN rules the network namespace that the pod is
// in, which matters beyond the pod where it is the node's.
func (p power) disturbs() bool {
	switch p.name {
	case "SYS_PTRACE", "SYS_BOOT", "BPF", "PERFMON", "MAC_ADMIN":
		return true
	case "NET_ADMIN":
		return p.hostNetwork
	}
	return false
}

// isMinor lists what helps an attacker inside the container, or tells the kernel's addresses. DAC_OVERRIDE,
// MKNOD, SETUID and SETGID are in the runtimes' default set, so adding them gives them back at most.
func (p power) isMinor() bool {
	switch p.name {
	case "NET_ADMIN", "SYSLOG", "DAC_OVERRIDE", "MKNOD":
		return true
	}
	return false
}
