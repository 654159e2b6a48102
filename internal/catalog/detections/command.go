package detections

import (
	"slices"
	"strings"

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
			if _, ok := a.Command(); !ok {
				return rule.Is(false)
			}
			args := a.Arguments()
			switch {
			case is(args):
				return rule.Is(true)
			case slices.Contains(args, redact.Plain):
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
