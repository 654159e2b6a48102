package detections

import (
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/merlonsec/merlon/internal/finding"
)

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
		{"unpack and run", finding.SeverityMedium, unpackAndRun},
	}
}

// aShell is a program that runs the commands it is given, by whatever path and of whichever box it is called.
const aShell = `(\S*/)?((sudo|env|exec|busybox|toybox)\s([^|;&]*\s)?)?(\S*/)?(ba|da|a|k|z|fi|c|tc)?sh\b`

// anInterpreter is one that runs what it reads from its standard input.
const anInterpreter = `(\S*/)?((sudo|env)\s([^|;&]*\s)?)?(\S*/)?(python[\d.]*|perl|ruby|node|php|lua)\b`

var (
	// Command lines that give a shell, or what is typed into it, to another machine: the forms of bash, netcat, socat, awk,
	// Python, Perl, Ruby and PHP that published lists have in common (https://gtfobins.github.io/#+reverse%20shell).
	reverseShell = regexp.MustCompile(`(?s)/dev/(tcp|udp)/|/inet/(tcp|udp)/` +
		`|\b(nc|ncat|netcat)\b.*\s(-\w*[ec]\b|--(sh-)?exec)` +
		`|\b(nc|ncat|netcat)\b.*\bmkfifo\b|\bmkfifo\b.*\b(nc|ncat|netcat|telnet|openssl)\b` +
		`|\b(nc|ncat|netcat|telnet|s_client)\b[^|;&]*\|\s*` + aShell +
		`|\bsocat\b.*\b(exec|system):` +
		`|\b(ba)?sh -i\b.*>&` +
		`|socket\.socket\(.*(subprocess|pty\.spawn|os\.dup2)|fsockopen\(.*exec|TCPSocket` +
		`|\b(python|perl|ruby|php|lua)[\d.]*\b.*(socket|fsockopen).*(dup2|pty|exec|popen|/bin/(ba)?sh)` +
		`|child_process.*\bnet\b.*connect|\bnet\b.*connect.*child_process`)
	miner   = regexp.MustCompile(`(?i)\bxmrig\b|\bminerd\b|\bcpuminer\b|\bethminer\b|\bnbminer\b|\bt-rex\b|stratum\+(tcp|ssl)://|--donate-level|\bcryptonight\b`)
	escapes = regexp.MustCompile(`(?s)\bnsenter\b.*(-t\s*1\b|--target[= ]1\b)|\bchroot\s+/(host|rootfs|node|mnt)\b|/sys/fs/cgroup/.*release_agent|/proc/1/root\b|/proc/sys/kernel/core_pattern`)
	// The metadata services of EC2, ECS, EKS Pod Identity, Azure, Google Cloud and Alibaba Cloud
	// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html,
	// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html).
	metadataService = regexp.MustCompile(`\b169\.254\.169\.254\b|\b169\.254\.170\.2\b|\b169\.254\.170\.23\b|(?i:fd00:ec2::(254|23))|\bmetadata\.google\.internal\b|\b100\.100\.100\.200\b`)
	tokenFile       = regexp.MustCompile(`/run/secrets/(kubernetes\.io/serviceaccount|eks\.amazonaws\.com/serviceaccount|pods\.eks\.amazonaws\.com)|/(root|home/[^/ ]+)/\.(aws/credentials|kube/config)|/proc/[^/ ]+/environ\b`)
	downloadAndRun  = regexp.MustCompile(`(?s)\b(curl|wget)\b.*\|\s*(` + aShell + `|` + anInterpreter + `)` +
		"|\\b\\w*sh\\b.*(<\\(|\\$\\(|`)\\s*(curl|wget)\\b" + `|\b(curl|wget)\b.*(&&|;)\s*chmod\s+(\+x|[0-7]*7[0-7]*)\b`)
	// A command that is carried as base64 or hexadecimal digits, so that nobody reads it on its way.
	unpackAndRun = regexp.MustCompile(`(?s)\b(base64\s+(-\w*d\w*|--decode|-D)|openssl\s+(enc\s+)?-?base64\s+-d|xxd\s+-\w*r)\b.*\|\s*(` + aShell + `|` + anInterpreter + `)` +
		"|\\b(\\w*sh\\s+-\\w*c|eval)\\b.*(<\\(|\\$\\(|`).*\\bbase64\\s+(-\\w*d\\w*|--decode|-D)\\b" +
		`|\b(python[\d.]*|perl|ruby|node|php)\b.*\b(exec|eval|system)\b.*(b64decode|base64_decode|decode_base64|decode64|atob|fromhex|unhexlify|base64)`)
)

// suspicionOf gives the gravest suspicion that a command raises; nil for none. It looks at the command as it was written,
// as a shell reads it, and at what is packed in it.
//
// That is no shell: what a command puts together from variables, or fetches first, stays unseen.
func suspicionOf(args []string) *suspicion {
	lines := readings(strings.Join(args, " "))
	for _, s := range suspicions() {
		for _, line := range lines {
			if s.pattern.MatchString(line) {
				return &s
			}
		}
	}
	return nil
}

// startsReverseShell reports whether a command line is a reverse shell.
func startsReverseShell(line string) bool {
	for _, reading := range readings(line) {
		if reverseShell.MatchString(reading) {
			return true
		}
	}
	return false
}

// readings gives a command line as it was written, and as a shell reads it, with what is packed in it, where that differs.
func readings(line string) []string {
	all := []string{line}
	plain := asRead(line)
	for range 2 { // Packed twice is seen; who packs more often is told of by the unpacking.
		packed := packedIn(plain)
		if packed == "" || strings.Contains(plain, packed) {
			break
		}
		plain += "\n" + asRead(packed)
	}
	if plain != line {
		all = append(all, plain)
	}
	return all
}

var (
	fieldSeparator = regexp.MustCompile(`\$IFS(\$\d)?|\$\{IFS[^}]*\}`)
	braces         = regexp.MustCompile(`\{[^{}\s]*,[^{}\s]*\}`)
	unquoting      = strings.NewReplacer("\\\n", "", `\`, "", `"`, "", `'`, "", "$@", "", "$*", "", "\n", ";")
)

// asRead writes a command line without the means by which a shell lets it be written otherwise: {echo,x} for echo x,
// cat${IFS}x for cat x, b”ash and b\ash for bash, a new line for a semicolon.
func asRead(line string) string {
	if !strings.ContainsAny(line, "$\\\"'\n{") {
		return line
	}
	line = fieldSeparator.ReplaceAllString(unquoting.Replace(line), " ")
	return braces.ReplaceAllStringFunc(line, func(list string) string {
		return strings.ReplaceAll(list[1:len(list)-1], ",", " ")
	})
}

// encoded is a text in base64 that is long enough for a command; unpacks is what a line says that has one unpacked.
var (
	encoded  = regexp.MustCompile(`[A-Za-z0-9+/]{12,}`)
	unpacker = regexp.MustCompile(`(?i)base64|b64|openssl|\batob\b|frombase|unpack`)
)

// packedIn gives the texts that a line holds in base64, where it has something unpacked.
func packedIn(line string) string {
	if !unpacker.MatchString(line) {
		return ""
	}
	var texts []string
	for _, digits := range encoded.FindAllString(line, -1) {
		text, err := base64.RawStdEncoding.DecodeString(digits)
		if err == nil && isPlainText(text) {
			texts = append(texts, string(text))
		}
	}
	return strings.Join(texts, "\n")
}

func isPlainText(text []byte) bool {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError || !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return false
		}
		text = text[size:]
	}
	return true
}
