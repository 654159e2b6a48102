package catalog

import (
	"regexp"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// The commands of a remedy are pasted as they stand, by people in a hurry: none may open, lock up or destroy what it is
// not said to, and what is deleted is kept first.
func TestRemediesDoNoHarm(t *testing.T) {
	const longest = 61 // columns, of 80 without what stands before a command
	keeps := regexp.MustCompile(` > \S+\.(yaml|log)`)
	deletes := regexp.MustCompile(`^kubectl (?:-n NAMESPACE )?delete (\S+) `)
	for _, d := range Detections() {
		t.Run(d.Type, func(t *testing.T) {
			kept, described := false, false
			for line := range strings.SplitSeq(d.Fix.EN, "\n") {
				command, ok := strings.CutPrefix(line, "    ")
				if !ok {
					continue
				}
				for _, word := range shellWords(command) {
					if len(word) > longest {
						t.Errorf("a narrow terminal breaks %s", word)
					}
				}
				kept = kept || keeps.MatchString(command)
				described = described || strings.Contains(command, "describe-access-entry")
				switch {
				case strings.Contains(command, "endpointPublicAccess=true"):
					t.Errorf("it opens a private API server: %s", command)
				case strings.Contains(command, "<<"):
					t.Errorf("the end of a here-document is not found behind its indentation: %s", command)
				case strings.Contains(command, "--as USER") && !strings.Contains(command, "--as-group"):
					t.Errorf("it answers for a user without groups: %s", command)
				case strings.Contains(command, "delete-access-entry") && !described && !strings.Contains(d.Fix.EN, "unless it is that of nodes"):
					t.Errorf("nothing says that the entry may be that of nodes: %s", command)
				case strings.Contains(command, "pod-security.kubernetes.io/enforce=baseline") && !strings.Contains(d.Fix.EN, "--dry-run=server"):
					t.Errorf("nothing shows which pods are refused: %s", command)
				}
				if what := deletes.FindStringSubmatch(command); len(what) == 2 && what[1] != "secret" && !kept { // A file with a Secret is one more place to leak from.
					t.Errorf("nothing keeps the %s before it is deleted: %s", what[1], command)
				}
			}
		})
	}
}

// What people do every day is told of often: its remedy stays short.
func TestRemediesOfLowSeverityAreShort(t *testing.T) {
	const long = 5000 // bytes; that of a grave finding has twice as many
	for _, d := range Detections() {
		if d.Origin == rule.Ours && d.Severity <= finding.SeverityLow && len(d.Fix.EN) > long {
			t.Errorf("%s: %d bytes", d.Type, len(d.Fix.EN))
		}
	}
}

// shellWords cuts a command at its spaces outside quotes.
func shellWords(command string) []string {
	var quote rune
	return strings.FieldsFunc(command, func(r rune) bool {
		switch {
		case r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		}
		return r == ' ' && quote == 0
	})
}
