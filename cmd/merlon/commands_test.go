package main

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
)

var writeCommands = flag.Bool("update-commands", false, "write docs/commands.md")

// TestCommandsPageIsCurrent holds docs/commands.md against the tree of commands.
func TestCommandsPageIsCurrent(t *testing.T) {
	root := newRoot(testProcess(nil, "en"))
	page, want := docsPage(t, "commands.md"), commandsPage(root)
	if *writeCommands {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, string(have)); diff != "" {
		t.Errorf("docs/commands.md is not what the commands are; run go test ./cmd/merlon -run Commands -update-commands\n%s", diff)
	}
	for _, c := range commandList(root) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Usage == "" {
				t.Errorf("%s --%s says nothing about itself", c.CommandPath(), f.Name)
			}
		})
	}
}

func docsPage(t *testing.T, name string) string {
	t.Helper()
	page, err := filepath.Abs(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func testProcess(args []string, language string) *process {
	return &process{
		args: args, stdin: strings.NewReader(""), stdout: new(bytes.Buffer), stderr: new(bytes.Buffer), environ: func() []string { return nil },
		getenv: func(name string) string { return map[string]string{"LANG": language}[name] },
		now:    func() time.Time { return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC) },
	}
}

// commandList lists the commands below one, in the order of their names, each before its own.
func commandList(c *cobra.Command) (all []*cobra.Command) {
	subs := slices.SortedFunc(slices.Values(c.Commands()), func(a, b *cobra.Command) int { return cmp.Compare(a.Name(), b.Name()) })
	for _, sub := range subs {
		if sub.IsAvailableCommand() {
			all = append(append(all, sub), commandList(sub)...)
		}
	}
	return all
}

// commandsPage writes every command, the exit codes and the settings.
func commandsPage(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("<!-- Written by go test ./cmd/merlon -run Commands -update-commands; do not edit. -->\n\n# Commands\n\n" +
		"What `merlon COMMAND --help` says, on one page, with the [exit codes](#exit-codes) and what may be " +
		"[set once for all commands](#settings).\n\n| command | |\n|---|---|\n")
	all := commandList(root)
	for _, c := range all {
		fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", c.CommandPath(), strings.ReplaceAll(c.CommandPath(), " ", "-"), pageCell(c.Short))
	}
	for _, c := range all {
		commandSection(&b, c)
	}
	fmt.Fprintf(&b, `
## Exit codes

| code | |
|--:|---|
| %[1]d | done |
| %[2]d | findings: an exposure meets a condition of %[6]s--fail-on%[6]s |
| %[3]d | the command was wrong, or nothing could be assessed |
| %[4]d | a source could not be read, or only in part; %[6]s--allow-partial%[6]s makes it %[1]d, and %[2]d wins over it |
| %[5]d | interrupted with Ctrl-C |
`, exitDone, exitFindings, exitWrong, exitPartial, exitInterrupted, "`")
	settingsSection(&b, all)
	return b.String()
}

func commandSection(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n```\n%s\n```\n\n%s\n", c.CommandPath(), c.UseLine(), pageProse(cmp.Or(c.Long, c.Short+".")))
	if c.HasExample() {
		var lines []string
		for line := range strings.Lines(c.Example) {
			lines = append(lines, strings.TrimPrefix(line, "  "))
		}
		fmt.Fprintf(b, "\n```\n%s\n```\n", strings.TrimSpace(strings.Join(lines, "")))
	}
	if c.HasAvailableSubCommands() {
		return
	}
	var rows []string
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		what, usage := pflag.UnquoteUsage(f)
		flag, value := "`--"+f.Name+"`", ""
		if f.Shorthand != "" {
			flag = "`-" + f.Shorthand + "`, " + flag
		}
		if d := f.DefValue; d != "" && !slices.Contains([]string{"false", "[]", "0s", "0"}, d) {
			value = "`" + d + "`"
		}
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s |\n", flag, cmp.Or(what, valueName(f)), value, pageCell(usage)))
	})
	if len(rows) > 0 {
		fmt.Fprintf(b, "\n| flag | takes | default | |\n|---|---|---|---|\n%s", strings.Join(rows, ""))
	}
}

// valueName is what a flag takes, where its help does not say.
func valueName(f *pflag.Flag) string {
	switch kind := f.Value.Type(); {
	case kind == "bool":
		return ""
	case strings.HasPrefix(kind, "string"):
		return "text"
	default:
		return kind
	}
}

// pageProse writes a help text as Markdown; its indented parts are code.
func pageProse(text string) string {
	var parts []string
	for part := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		if strings.HasPrefix(part, "  ") {
			part = "```\n" + strings.TrimSpace(strings.ReplaceAll("\n"+part, "\n  ", "\n")) + "\n```"
		} else {
			part = pageCell(part)
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "\n\n")
}

// pageCell writes a text as Markdown on one line.
func pageCell(text string) string {
	return strings.NewReplacer("\n", " ", "|", `\|`, "<", `\<`, "*", `\*`).Replace(text)
}

// settingsSection lists what may be set once for all commands.
func settingsSection(b *strings.Builder, all []*cobra.Command) {
	users := map[string][]string{}
	for _, c := range all {
		if !takesSettings(c) {
			continue // As configure has it.
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if configurable(f) && !f.Hidden && !mustBeTyped(c, f) {
				users[f.Name] = append(users[f.Name], "`"+strings.TrimPrefix(c.CommandPath(), "merlon ")+"`")
			}
		})
	}
	fmt.Fprintf(b, "\n## Settings\n\nA flag that is given wins over its variable, and the variable over the key in `%s`, a file in the current folder. "+
		"A key may be written `failOn` or `fail-on`; a flag that is repeatable takes a list. A variable or a key that no command knows is an error.\n\n"+
		"| variable | key | for |\n|---|---|---|\n", configFile)
	for _, name := range slices.Sorted(maps.Keys(users)) {
		fmt.Fprintf(b, "| `%s` | `%s` | %s |\n", variable(name), camelCase(name), strings.Join(users[name], ", "))
	}
	b.WriteString("\n```yaml\n# " + configFile + "\nfailOn: [high, critical-path]\ntrustedRegistry: [registry.example.com]\nkubernetesVersion: \"1.35\"\n```\n")
}

// mustBeTyped reports whether a flag counts only where it was typed: those of fix that change files.
func mustBeTyped(c *cobra.Command, f *pflag.Flag) bool {
	return c.Name() == "fix" && slices.Contains([]string{"all", "force"}, f.Name)
}

// camelCase turns fail-on into failOn.
func camelCase(flag string) string {
	words := strings.Split(flag, "-")
	for i, w := range words[1:] {
		words[i+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

var consoles = regexp.MustCompile("(?s)\n```console\n(.*?)\n```\n")

// TestQuickStartShowsRealOutput runs what the quick start runs, in each language, and looks for the lines
// that it shows in what comes out.
func TestQuickStartShowsRealOutput(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	release = "0.1.0"
	for name, language := range map[string]string{"quick-start.md": "en", "quick-start.es.md": "es", "quick-start.pt.md": "pt_BR"} {
		t.Run(name, func(t *testing.T) {
			page, err := os.ReadFile(docsPage(t, name))
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			steps := 0
			for _, session := range consoles.FindAllStringSubmatch(string(page), -1) {
				for step := range strings.SplitSeq("\n"+session[1], "\n$ ") {
					if command, shown, _ := strings.Cut(step, "\n"); command != "" {
						steps++
						followStep(t, command, shown, language)
					}
				}
			}
			if steps < 6 {
				t.Errorf("only %d commands were found", steps)
			}
		})
	}
}

// followStep runs one command of a page and looks for the lines below it, in their order.
func followStep(t *testing.T, command, shown, language string) {
	t.Helper()
	line, apply := strings.CutSuffix(command, " | git apply")
	line, file, save := strings.Cut(line, " > ")
	p := testProcess(strings.Fields(line)[1:], language)
	code := run(context.Background(), p)
	out := p.stdout.(*bytes.Buffer).String()
	if code != exitDone && code != exitFindings {
		t.Fatalf("%s: exit code %d: %s", command, code, p.stderr)
	}
	switch {
	case apply:
		patch := exec.Command("git", "apply")
		patch.Stdin = strings.NewReader(out)
		if message, err := patch.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v: %s", command, err, message)
		}
		return
	case save:
		if err := os.WriteFile(file, []byte(out), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	rest := out + p.stderr.(*bytes.Buffer).String()
	for want := range strings.Lines(shown) {
		if want = strings.TrimSpace(want); want == "" || want == "…" {
			continue
		}
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Errorf("%s prints no further line %q; it prints\n%s", command, want, out)
			return
		}
		rest = after
	}
}

// TestJSONPageNamesEveryField holds the tables of docs/json.md against the structs that are written.
func TestJSONPageNamesEveryField(t *testing.T) {
	checkJSONPage(t, "json.md", map[string]any{
		"The scan": finding.Scan{}, "Sources": inventory.Source{}, "What was not read": inventory.NotRead{}, "Counts": finding.ResourceCount{}, "Versions": finding.ClusterVersion{},
		"Traits": finding.TraitRecord{}, "Evidence": finding.Evidence{}, "Origin": inventory.Origin{}, "Exposures": finding.Exposure{},
		"The resource of an exposure": finding.ExposedResource{}, "The traits of an exposure": finding.ExposureTrait{},
		"Attack paths": finding.AttackPath{}, "Edges": finding.Edge{}, "Remediations": finding.Remediation{},
		"What was not assessed": finding.NotAssessed{}, "Steps": finding.FixStep{}, "Suppressed traits": finding.SuppressedTrait{}, "Exceptions": finding.ExceptionUse{},
	})
}

// TestDetectionJSONPageNamesEveryField does the same for what detect writes.
func TestDetectionJSONPageNamesEveryField(t *testing.T) {
	checkJSONPage(t, "detect-json.md", map[string]any{
		"The detection": finding.Detection{}, "Actors": finding.Actor{}, "The object": finding.DetectedObject{}, "The request": finding.APICall{},
		"Workloads": finding.WorkloadDetails{}, "Containers": finding.ContainerDetails{}, "Mounts": finding.MountDetails{}, "Volumes": finding.HostVolumeDetails{},
		"Bindings": finding.BindingDetails{}, "Roles": finding.RoleDetails{}, "Permissions": finding.PermissionDetails{}, "Reasons": finding.Reason{},
		"Fields of the record": finding.RecordField{}, "Windows": finding.Window{}, "Lists": finding.ListMatch{}, "Anomalies": finding.Anomaly{},
		"Profiles": finding.ProfileFit{}, "Sequences": finding.Sequence{}, "Signals": finding.Signal{}, "The place": inventory.Origin{},
		"The replay": finding.Replay{}, "The types of a replay": finding.ReplayType{},
	})
}

// checkJSONPage holds the tables of a page, one below each heading, against the structs that are written.
func checkJSONPage(t *testing.T, name string, structs map[string]any) {
	t.Helper()
	page, err := os.ReadFile(docsPage(t, name))
	if err != nil {
		t.Fatal(err)
	}
	for heading, value := range structs {
		_, section, found := strings.Cut(string(page), "## "+heading+"\n")
		if !found {
			t.Errorf("docs/%s has no section %q", name, heading)
			continue
		}
		section, _, _ = strings.Cut(section, "\n## ")
		var want, have []string
		for i := range reflect.TypeOf(value).NumField() {
			field, option, _ := strings.Cut(reflect.TypeOf(value).Field(i).Tag.Get("json"), ",")
			if field == "-" {
				continue
			}
			if option != "" {
				field += " optional"
			}
			want = append(want, field)
		}
		for _, row := range jsonRow.FindAllStringSubmatch(section, -1) {
			have = append(have, row[1]+map[bool]string{true: " optional"}[strings.Contains(row[2], "optional")])
		}
		slices.Sort(want)
		slices.Sort(have)
		if diff := gocmp.Diff(want, have); diff != "" {
			t.Errorf("docs/%s, %s (-code +page):\n%s", name, heading, diff)
		}
	}
}

// TestSourcesPageNamesEveryKindAndFlag holds docs/sources.md against the custom kinds whose pods are read, and the flags
// that say how charts are rendered.
func TestSourcesPageNamesEveryKindAndFlag(t *testing.T) {
	page, err := os.ReadFile(docsPage(t, "sources.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range k8s.Workloads() {
		if k8s.IsCustomWorkload(kind) && !strings.Contains(string(page), "`"+kind.Kind()+"`") {
			t.Errorf("docs/sources.md does not name %s", kind)
		}
	}
	flags := &cobra.Command{}
	new(chartFlags).register(flags)
	flags.Flags().VisitAll(func(f *pflag.Flag) {
		if !strings.Contains(string(page), "`--"+f.Name) {
			t.Errorf("docs/sources.md does not name --%s", f.Name)
		}
	})
}

var jsonRow = regexp.MustCompile("(?m)^\\| `([A-Za-z0-9]+)` \\|([^|]*)\\|")
