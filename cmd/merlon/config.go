package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/tree"
)

// configFile is read from the current folder where it exists.
const configFile = "merlon.yaml"

// configure fills in the flags that were not given: from the environment (MERLON_FAIL_ON for --fail-on),
// then from the configuration file (failOn or fail-on). A key that no command knows is an error.
func configure(c *cobra.Command, p *process) error {
	if !takesSettings(c) {
		return nil // It must work where they are broken.
	}
	file, err := readConfig(c)
	if err != nil {
		return err
	}
	problems := unknownVariables(c, p)
	c.Flags().VisitAll(func(f *pflag.Flag) {
		name := variable(f.Name)
		if f.Changed || !configurable(f) {
			return
		}
		if value := p.getenv(name); value != "" {
			markSetting(f)
			if err := c.Flags().Set(f.Name, value); err != nil {
				problems = append(problems, fmt.Errorf("environment variable %s=%s: %w", name, value, err))
			}
			return
		}
		for _, value := range file[f.Name] {
			markSetting(f)
			if err := c.Flags().Set(f.Name, value); err != nil {
				problems = append(problems, fmt.Errorf("%s: %s: %w", configFile, f.Name, err))
			}
		}
	})
	return errors.Join(problems...)
}

// fromSettings marks a flag that nobody typed.
const fromSettings = "settings"

func markSetting(f *pflag.Flag) {
	if f.Annotations == nil {
		f.Annotations = map[string][]string{}
	}
	f.Annotations[fromSettings] = []string{"true"}
	if v, ok := f.Value.(sharedValue); ok {
		v.share()
	}
}

// sharedValue is a flag that two commands have, each with words of its own. A setting is for both; it tells the flag that
// words of the other command are no mistake.
type sharedValue interface{ share() }

// takesSettings reports whether a command has flags that may be set once for all commands.
func takesSettings(c *cobra.Command) bool {
	return slices.ContainsFunc([]string{"lang", "file", rulesFlag}, func(name string) bool { return c.Flags().Lookup(name) != nil })
}

// configurable reports whether a flag may be set once for all commands: not one that names what to read
// or write, which is another thing to each of them.
func configurable(f *pflag.Flag) bool {
	switch f.Name {
	case "help", "version", "file", "write", "print-iam":
		return false
	case "output":
		return f.Value.Type() == "format"
	}
	return true
}

// variable gives the environment variable of a flag.
func variable(flag string) string {
	return variablePrefix + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

const variablePrefix = "MERLON_"

// unknownVariables finds the variables that would set a flag if there was one.
func unknownVariables(c *cobra.Command, p *process) (problems []error) {
	var known []string
	for flag := range flagNames(c.Root()) {
		known = append(known, variable(flag))
	}
	for _, entry := range p.environ() {
		name, _, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, variablePrefix) || slices.Contains(known, name) {
			continue
		}
		hint := ""
		if near := lang.Nearest(name, known); near != "" {
			hint = fmt.Sprintf("; did you mean %s?", near)
		}
		problems = append(problems, fmt.Errorf("environment variable %s is not a setting%s", name, hint))
	}
	return problems
}

// readConfig reads the configuration file: a map of flag names to a value or a list of values.
func readConfig(c *cobra.Command) (map[string][]string, error) {
	data, err := app.ReadSmall(configFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	var t tree.Tree
	if err := tree.DecodeYAML(&t, data, 1, tree.Limits{}); err != nil {
		return nil, fmt.Errorf("read configuration: %s: %w", configFile, err)
	}
	if kind := t.Root().Kind(); kind != tree.Map && kind != tree.Null {
		return nil, fmt.Errorf("read configuration: %s: it must be a map of flag names to values", configFile)
	}
	names := flagNames(c.Root())
	values := map[string][]string{}
	var problems []error
	for entry := range t.Root().All() {
		name := kebab(entry.Key())
		if !names[name] {
			problems = append(problems, fmt.Errorf("%s:%d: unknown key %q%s", configFile, entry.Line(), entry.Key(), didYouMean(name, names)))
			continue
		}
		if entry.Kind() == tree.Map {
			problems = append(problems, fmt.Errorf("%s:%d: %s must be a value or a list of values, as the flag takes them", configFile, entry.Line(), entry.Key()))
			continue
		}
		if entry.Kind() != tree.List {
			values[name] = []string{entry.Text()}
			continue
		}
		for item := range entry.All() {
			values[name] = append(values[name], item.Text())
		}
	}
	return values, errors.Join(problems...)
}

// flagNames lists the flags of every command, so that one file serves them all.
func flagNames(root *cobra.Command) map[string]bool {
	names := map[string]bool{}
	var visit func(*cobra.Command)
	visit = func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if configurable(f) {
				names[f.Name] = true
			}
		})
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
	return names
}

func didYouMean(name string, names map[string]bool) string {
	all := slices.Sorted(maps.Keys(names))
	if near := lang.Nearest(name, all); near != "" {
		return fmt.Sprintf("; did you mean %q?", camel(near))
	}
	return ""
}

// camel turns fail-on into failOn, as help and documentation write keys.
func camel(s string) string {
	words := strings.Split(s, "-")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}

// kebab turns failOn into fail-on.
func kebab(s string) string {
	var b strings.Builder
	for _, r := range s {
		if 'A' <= r && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
