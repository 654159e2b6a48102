//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The validators of others, at the versions that these tests were written with. npm and pip fetch them
// into bin/formats, once.
const multitool = "@microsoft/sarif-multitool-linux@5.7.0"

func validators() []string {
	return []string{"py-ocsf-models==0.10.0", "ocsf-json-schema==1.2.0", "jsonschema==4.26.0", "junitparser==5.0.3", "cmarkgfm==2025.10.22", "pre-commit==4.7.0"}
}

// fetched gives the folder of the validators.
func fetched(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", "..", "bin", "formats"))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join(append(validators(), multitool), "\n")
	stamp := filepath.Join(folder, "stamp")
	if have, err := os.ReadFile(stamp); err == nil && string(have) == want {
		return folder
	}
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module validators\n"), 0o644); err != nil { // Some bring Go files, which are none of this module.
		t.Fatal(err)
	}
	venv := filepath.Join(folder, "venv")
	for _, command := range [][]string{
		{"npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", multitool},
		{"python3", "-m", "venv", venv},
		append([]string{filepath.Join(venv, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check"}, validators()...),
	} {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
		}
	}
	if err := errors.Join(os.Chmod(sarifTool(folder), 0o755), os.WriteFile(stamp, []byte(want), 0o644)); err != nil {
		t.Fatal(err)
	}
	return folder
}

func sarifTool(folder string) string {
	return filepath.Join(folder, "node_modules", "@microsoft", "sarif-multitool-linux", "Sarif.Multitool")
}

// sarifProblems asks the official multitool: what it and GitHub's rules call an error, and its warnings but
// for one about the number of a version that is still in development.
func sarifProblems(t *testing.T, folder string, content []byte) (problems []string) {
	t.Helper()
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("npm has the SARIF multitool for Linux on amd64")
	}
	file := filepath.Join(t.TempDir(), "merlon.sarif")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(sarifTool(folder), "validate", file, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "--output", file+".log")
	cmd.Env = append(os.Environ(), "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1")
	out, _ := cmd.CombinedOutput() // Its exit code says whether it ran to the end, which the text says too.
	if !bytes.Contains(out, []byte("Analysis completed successfully")) {
		problems = append(problems, string(out))
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, ": error ") || strings.Contains(line, ": warning ") && !strings.Contains(line, "SARIF2005") {
			problems = append(problems, strings.TrimSpace(line))
		}
	}
	return problems
}

// problems asks the validator of a format.
func problems(t *testing.T, format string, content []byte) []string {
	t.Helper()
	folder := fetched(t)
	if format == "sarif" {
		return sarifProblems(t, folder, content)
	}
	file := filepath.Join(t.TempDir(), "output")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(filepath.Join(folder, "venv", "bin", "python"), "formats_check.py", format, file).CombinedOutput()
	if err != nil {
		return []string{err.Error(), string(out)}
	}
	return nil
}

// hostileManifest has names that are Markdown, HTML, XML and workflow commands.
const hostileManifest = `apiVersion: v1
kind: Pod
metadata:
  name: "<script>alert(1)</script>\n::error::x ]]> <!-- | a\\|b @org/team #1 http://evil.example www.evil.example"
  namespace: "](javascript:alert(1)) ` + "`x``" + ` <img src=x onerror=alert(1)>"
spec:
  hostPID: true
  volumes: [{name: v, hostPath: {path: "/etc/</code></summary><b>|x|"}}]
  containers:
  - name: "**a**"
    image: "b"
    securityContext: {privileged: true}
    volumeMounts: [{name: v, mountPath: /x}]
`

// saved writes scans of different kinds into a folder: the shop of the demo, the same with an exception,
// one of hostile names, and one of nothing.
func saved(t *testing.T) (folder string, scans []string) {
	t.Helper()
	folder = t.TempDir()
	merlon := Tool(t, "merlon")
	write := func(name, content string) {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("hostile.yaml", hostileManifest)
	write("clean.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\nspec: {selector: {app: c}, ports: [{port: 80}]}\n")
	write("exceptions.yaml", "- {id: known, match: {trait: runs-as-root}, reason: test, owner: test, expires: 2999-01-01}\n")
	run := func(into string, args ...string) {
		cmd := exec.Command(merlon, args...)
		cmd.Dir = folder
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("merlon %s: %v", strings.Join(args, " "), err)
		}
		if into != "" {
			write(into, string(out))
			scans = append(scans, into)
		}
	}
	run("", "demo", "--write", "quetzal")
	write("quetzal/shop/broken.yaml", "a: [\n")
	run("shop.json", "scan", "quetzal/shop", "-o", "json", "--allow-partial")
	run("fixed.json", "scan", "quetzal/fixed", "-o", "json")
	run("excepted.json", "scan", "quetzal/fixed", "-o", "json", "--suppressions", "exceptions.yaml")
	run("hostile.json", "scan", "hostile.yaml", "-o", "json")
	run("clean.json", "scan", "clean.yaml", "-o", "json")
	return folder, scans
}

// Each format is what programs of others take it for.
func TestFormatsAreValidToOthers(t *testing.T) {
	folder, scans := saved(t)
	for _, scan := range scans {
		for _, format := range []string{"sarif", "ocsf", "junit", "markdown"} {
			for _, args := range [][]string{nil, {"--lang", "pt", "--all"}, {"--baseline", "fixed.json"}} {
				t.Run(strings.Join(append([]string{scan, format}, args...), " "), func(t *testing.T) {
					cmd := exec.Command(Tool(t, "merlon"), append([]string{"report", scan, "-o", format}, args...)...)
					cmd.Dir = folder
					out, err := cmd.Output()
					if err != nil {
						t.Fatal(err)
					}
					for _, p := range problems(t, format, out) {
						t.Error(p)
					}
				})
			}
		}
	}
}

// A validator that takes everything proves nothing.
func TestValidatorsRefuseWhatIsWrong(t *testing.T) {
	folder, _ := saved(t)
	for format, harm := range map[string][2]string{
		"sarif":    {`"ruleId":`, `"ruleld":`},
		"ocsf":     {`"attack_graph":{`, `"attack_graphs":{`},
		"junit":    {`failures="`, `failures="1`},
		"markdown": {"## Merlon", "<img src=x>\n\n## Merlon"},
	} {
		cmd := exec.Command(Tool(t, "merlon"), "report", "shop.json", "-o", format)
		cmd.Dir = folder
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		harmed := bytes.Replace(out, []byte(harm[0]), []byte(harm[1]), 1)
		if bytes.Equal(harmed, out) || len(problems(t, format, harmed)) == 0 {
			t.Errorf("%s: the validator says nothing", format)
		}
	}
}
