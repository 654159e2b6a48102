package detections

import (
	"regexp"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/rule"
)

// runsCommand holds for an exec of some command. Where the arguments were taken out of the record, nobody can tell. The
// evidence is the URI without them.
func runsCommand(name string, is func(args []string) bool) rule.EventCondition {
	return rule.EventCondition{
		Name: name,
		Holds: func(a *rule.Action) rule.Truth {
			c, _ := a.Command()
			switch {
			case is(c.Args):
				return rule.Is(true)
			case slices.Contains(c.Args, redact.Plain):
				return rule.Unknown(lang.Text{
					EN: "the arguments of the command were taken out of the record",
					ES: "los argumentos del comando se quitaron del registro",
					PT: "os argumentos do comando foram retirados do registro",
				})
			}
			return rule.Is(false)
		},
		Show: showURI,
	}
}

// packs reports whether a command has tar write an archive to its standard output, as kubectl cp does to copy from a
// pod: "tar cf - PATH", after a broken transfer "sh -c 'tar cf - PATH | tail -c+N'"
// (https://github.com/kubernetes/kubectl/blob/master/pkg/cmd/cp/cp.go).
func packs(args []string) bool { return tarMode(args) == 'c' }

// unpacks reports whether a command has tar read an archive from its standard input, as kubectl cp does to copy into a
// pod: "tar -xmf - -C PATH".
func unpacks(args []string) bool { return tarMode(args) == 'x' }

// tarMode gives the mode, c or x, in which a command has tar work on a stream; 0 for any other command.
func tarMode(args []string) byte {
	words := strings.Fields(strings.Join(args, " "))
	at := slices.IndexFunc(words, func(w string) bool {
		w = strings.TrimLeft(w, `"'`)
		return w == "tar" || strings.HasSuffix(w, "/tar")
	})
	if at < 0 || at+2 >= len(words) {
		return 0
	}
	mode, stream := strings.TrimPrefix(words[at+1], "-"), words[at+2]
	if stream != "-" || !strings.HasSuffix(mode, "f") {
		return 0
	}
	switch {
	case strings.Contains(mode, "c"):
		return 'c'
	case strings.Contains(mode, "x"):
		return 'x'
	}
	return 0
}

// suspicion is one kind of command that people seldom run in a container and attackers often do.
type suspicion struct {
	what     string
	severity finding.Severity
	pattern  *regexp.Regexp
}

// suspicions lists them, the gravest first. They are common to published rules about commands in containers (those of
// Elastic and Panther for Kubernetes, https://github.com/elastic/detection-rules,
// https://github.com/panther-labs/panther-analysis) and to lists of living-off-the-land commands
// (https://gtfobins.github.io).
func suspicions() []suspicion {
	return []suspicion{
		{"reverse shell", finding.SeverityHigh, reverseShell},
		{"miner", finding.SeverityHigh, miner},
		{"escape to the node", finding.SeverityHigh, escapes},
		{"cloud credentials", finding.SeverityHigh, metadataService},
		{"token of the service account", finding.SeverityMedium, tokenFile},
		{"download and run", finding.SeverityMedium, downloadAndRun},
	}
}

var (
	// Command lines that give a shell, or what is typed into it, to another machine: the forms of bash, netcat, socat, Python,
	// Perl, Ruby and PHP that published lists have in common (https://gtfobins.github.io/#+reverse%20shell).
	reverseShell = regexp.MustCompile(`/dev/(tcp|udp)/` +
		`|\b(nc|ncat|netcat)\b.*\s(-\w*[ec]\b|--(sh-)?exec)` +
		`|\b(nc|ncat|netcat)\b.*\bmkfifo\b|\bmkfifo\b.*\b(nc|ncat|netcat|telnet|openssl)\b` +
		`|\bsocat\b.*\b(exec|system):` +
		`|\b(ba)?sh -i\b.*>&` +
		`|socket\.socket\(.*(subprocess|pty\.spawn|os\.dup2)|fsockopen\(.*exec|TCPSocket` +
		`|\b(python|perl|ruby|php)[\d.]*\b.*(socket|fsockopen).*(dup2|pty|exec|/bin/(ba)?sh)`)
	miner   = regexp.MustCompile(`(?i)\bxmrig\b|\bminerd\b|\bcpuminer\b|\bethminer\b|\bnbminer\b|\bt-rex\b|stratum\+(tcp|ssl)://|--donate-level|\bcryptonight\b`)
	escapes = regexp.MustCompile(`\bnsenter\b.*(-t\s*1\b|--target[= ]1\b)|\bchroot\s+/(host|rootfs|node|mnt)\b|/sys/fs/cgroup/.*release_agent|/proc/1/root\b|/proc/sys/kernel/core_pattern`)
	// The metadata services of EC2, ECS, EKS Pod Identity, Azure, Google Cloud and Alibaba Cloud
	// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html,
	// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html).
	metadataService = regexp.MustCompile(`\b169\.254\.169\.254\b|\b169\.254\.170\.2\b|\b169\.254\.170\.23\b|(?i:fd00:ec2::(254|23))|\bmetadata\.google\.internal\b|\b100\.100\.100\.200\b`)
	tokenFile       = regexp.MustCompile(`/run/secrets/(kubernetes\.io/serviceaccount|eks\.amazonaws\.com/serviceaccount|pods\.eks\.amazonaws\.com)|/(root|home/[^/ ]+)/\.(aws/credentials|kube/config)|/proc/[^/ ]+/environ\b`)
	downloadAndRun  = regexp.MustCompile(`\b(curl|wget)\b.*\|\s*(sudo\s+)?(ba|da|a|z)?sh\b|\b(curl|wget)\b.*\|\s*(sudo\s+)?(python3?|perl|ruby|node)\b|\b(ba)?sh\b.*(<\(|\$\()\s*(curl|wget)\b|\b(curl|wget)\b.*(&&|;)\s*chmod\s+(\+x|[0-7]*7[0-7]*)\b|\bbase64\s+(-d|--decode|-D)\b.*\|\s*(ba)?sh\b`)
)

// suspicionOf gives the gravest suspicion that a command raises; nil for none.
func suspicionOf(args []string) *suspicion {
	line := strings.Join(args, " ")
	for _, s := range suspicions() {
		if s.pattern.MatchString(line) {
			return &s
		}
	}
	return nil
}
