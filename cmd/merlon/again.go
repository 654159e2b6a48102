package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/merlonsec/merlon/internal/redact"
)

// again gives the arguments with which another command reads and judges the same: the paths, and the flags that were
// typed. Settings of the environment and of the configuration file hold for that command too.
func (f *inputFlags) again(c *cobra.Command, args []string) string {
	var words []string
	for _, path := range slices.Concat(f.files, args) {
		switch {
		case path == "-":
			path = "FILE" // What was piped is gone.
		case strings.HasPrefix(path, "-"):
			path = "./" + path
		}
		words = append(words, shellWord(path))
	}
	c.Flags().VisitAll(func(flag *pflag.Flag) {
		if flag.Changed && decides(flag.Name) && len(flag.Annotations[fromSettings]) == 0 {
			words = append(words, typed(flag)...)
		}
	})
	return strings.Join(words, " ")
}

// decides reports whether a flag changes what is read, or how it is judged, and so is one of [assessFlags].
func decides(name string) bool {
	if name == "file" || name == "allow-partial" { // The first is a path, the second about the exit code.
		return false
	}
	var all assessFlags
	c := &cobra.Command{}
	all.register(c)
	return c.Flags().Lookup(name) != nil
}

// typed writes a flag as words of a command: once for each of its values.
func typed(flag *pflag.Flag) (words []string) {
	values := []string{flag.Value.String()}
	if list, ok := flag.Value.(pflag.SliceValue); ok {
		values = list.GetSlice()
	}
	for _, value := range values {
		value = withoutSecrets(flag.Name, value)
		switch {
		case flag.Value.Type() == "bool" && value == "true":
			words = append(words, "--"+flag.Name)
		case flag.Value.Type() == "bool" || value == "" || strings.HasPrefix(value, "-"):
			words = append(words, shellWord("--"+flag.Name+"="+value))
		default:
			words = append(words, "--"+flag.Name, shellWord(value))
		}
	}
	return words
}

// withoutSecrets puts a word in the place of a credential among the values of a chart: the command stands in reports
// that others read.
func withoutSecrets(flag, value string) string {
	if flag != "set" && flag != "set-string" {
		masked, _ := redact.Mask(value)
		return masked
	}
	assignments := strings.Split(value, ",")
	for i, one := range assignments {
		key, text, _ := strings.Cut(one, "=")
		if _, secret := redact.Pair(key[strings.LastIndexByte(key, '.')+1:], text); secret {
			assignments[i] = key + "=VALUE"
		}
	}
	return strings.Join(assignments, ",")
}

// plainWord is what every shell takes as it is.
var plainWord = regexp.MustCompile(`^[a-zA-Z0-9._/+,:@%=-]+$`)

// shellWord quotes what a POSIX shell would not take as it is.
func shellWord(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// calledAs gives the name by which this program can be started again: its own, where a shell finds that, and else
// the path that was typed.
func calledAs(arg string) string {
	name := filepath.Base(arg)
	if arg == "" || name == arg {
		return arg
	}
	if _, err := exec.LookPath(name); err == nil {
		return name
	}
	return shellWord(arg)
}
