package main

import (
	"cmp"
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// release is set by the linker in a release build.
var release string

// version names this build: the release, or the module version and commit that Go recorded.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if release != "" || !ok {
		return cmp.Or(release, "devel")
	}
	name := info.Main.Version
	if name == "" || name == "(devel)" {
		name = "devel"
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				name += "-" + s.Value[:min(12, len(s.Value))]
			}
		}
	}
	return name
}

func newVersion(p *process) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  exactly(0, ""),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(p.stdout, "merlon %s\n", version())
			return err
		},
	}
}

func newCompletion(p *process) *cobra.Command {
	return &cobra.Command{
		Use:       "completion bash|zsh|fish|powershell",
		Short:     "Print a completion script for a shell",
		Long:      "Prints a completion script for a shell. That of bash needs the package bash-completion.",
		Example:   "  source <(merlon completion bash)",
		ValidArgs: []string{"bash", "zsh", "fish", "powershell"},
		Args:      cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			shell := oneOf{allowed: []string{"bash", "zsh", "fish", "powershell"}}
			if err := shell.Set(strings.Join(args, "")); err != nil {
				return fmt.Errorf("name the shell: %w", err)
			}
			switch shell.value {
			case "bash":
				return c.Root().GenBashCompletionV2(p.stdout, true)
			case "zsh":
				return c.Root().GenZshCompletion(p.stdout)
			case "fish":
				return c.Root().GenFishCompletion(p.stdout, true)
			}
			return c.Root().GenPowerShellCompletionWithDesc(p.stdout)
		},
	}
}
