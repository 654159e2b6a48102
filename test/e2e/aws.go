//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An AWS is a running moto with an account. The test that started it ends it.
type AWS struct {
	Dir string // The temporary folder that holds everything below.
	URL string // http://127.0.0.1:PORT.

	t   testing.TB
	env []string // Of the AWS CLI and of Merlon: nothing of the caller's but the search path.

	commands io.Writer // To the AWS CLI.
	answers  *json.Decoder
}

// awsRegion is where everything is.
const awsRegion = "eu-west-1"

// StartAWS starts moto on a free loopback port and returns when it answers.
func StartAWS(t testing.TB) *AWS {
	t.Helper()
	dir := t.TempDir()
	addr := freeAddrs(t, 1)[0]
	_, port, _ := strings.Cut(addr, ":")
	a := &AWS{Dir: dir, URL: "http://" + addr, t: t}
	config := filepath.Join(dir, "config")
	// By itself the CLI prints times as each service writes them.
	if err := os.WriteFile(config, []byte("[default]\ncli_timestamp_format = iso8601\n"), 0o600); err != nil {
		t.Fatalf("write configuration: %v", err)
	}
	a.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "AWS_CONFIG_FILE=" + config, "AWS_REGION=" + awsRegion, "AWS_DEFAULT_REGION=" + awsRegion, "AWS_ENDPOINT_URL=" + a.URL, "AWS_PAGER="}
	t.Setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
	server := startProcess(t, dir, "aws/bin/moto_server", "-H", "127.0.0.1", "-p", port)
	server.await(t, func(ctx context.Context) error { return getOK(ctx, http.DefaultClient, a.URL+"/moto-api/data.json") })
	a.startCLI()
	return a
}

// As gives the same account to somebody else.
func (a *AWS) As(accessKey, secretKey string) *AWS {
	other := *a
	other.env = append(append([]string{}, a.env...), "AWS_ACCESS_KEY_ID="+accessKey, "AWS_SECRET_ACCESS_KEY="+secretKey)
	return &other
}

// CLI runs the AWS CLI, and gives what it prints decoded; the test fails when it fails. A word with spaces is one argument
// where it is given by itself.
func (a *AWS) CLI(command string, more ...string) map[string]any {
	a.t.Helper()
	var out map[string]any
	if text := a.cli(command, more...); len(bytes.TrimSpace(text)) > 0 {
		if err := json.Unmarshal(text, &out); err != nil {
			a.t.Fatalf("aws %s: decode: %v\n%s", command, err, text)
		}
	}
	return out
}

func (a *AWS) cli(command string, more ...string) []byte {
	a.t.Helper()
	request := struct {
		Args []string          `json:"args"`
		Env  map[string]string `json:"env"`
	}{append(append(strings.Fields(command), more...), "--output", "json"), map[string]string{}}
	for _, entry := range a.env {
		name, value, _ := strings.Cut(entry, "=")
		request.Env[name] = value
	}
	if err := json.NewEncoder(a.commands).Encode(request); err != nil {
		a.t.Fatalf("aws %s: %v", command, err)
	}
	var answer struct {
		Code     int
		Out, Err string
	}
	if err := a.answers.Decode(&answer); err != nil {
		a.t.Fatalf("aws %s: %v", command, err)
	}
	if answer.Code != 0 {
		a.t.Fatalf("aws %s: exit status %d: %s", command, answer.Code, strings.TrimSpace(answer.Err))
	}
	return []byte(answer.Out)
}

// startCLI starts a process that runs commands of the AWS CLI, and ends it with the test.
func (a *AWS) startCLI() {
	a.t.Helper()
	script, err := filepath.Abs(filepath.Join("..", "aws", "cli.py"))
	if err != nil {
		a.t.Fatal(err)
	}
	cmd := exec.CommandContext(context.Background(), Tool(a.t, "aws/bin/python"), script)
	cmd.Env, cmd.Stderr, cmd.SysProcAttr = a.env, os.Stderr, dieWithParent()
	commands, err := cmd.StdinPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		a.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		a.t.Fatalf("start the AWS CLI: %v", err)
	}
	a.commands, a.answers = commands, json.NewDecoder(answers)
	a.t.Cleanup(func() {
		_ = commands.Close() // It ends with its input.
		_ = cmd.Wait()
	})
}

// Merlon runs the built merlon, and gives what it prints, what it tells, and its exit code.
func (a *AWS) Merlon(args ...string) (stdout, stderr string, code int) {
	a.t.Helper()
	cmd := exec.CommandContext(a.t.Context(), Tool(a.t, "merlon"), args...)
	cmd.Env, cmd.Dir = a.env, a.Dir
	var out, told bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &told
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		a.t.Fatalf("merlon %s: %v", strings.Join(args, " "), err)
	}
	return out.String(), told.String(), cmd.ProcessState.ExitCode()
}

// Send posts to moto's own API, by which answers are planted that nothing else makes.
func (a *AWS) Send(path, contentType, body string) {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.URL+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	_ = res.Body.Close() // Only the status matters.
	if res.StatusCode >= http.StatusMultipleChoices {
		a.t.Fatalf("post %s: %s", path, res.Status)
	}
}

// field follows names and positions into a decoded answer; "" where it ends early.
func field(answer any, path ...any) string {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, _ := answer.(map[string]any)
			answer = m[key]
		case int:
			list, _ := answer.([]any)
			if key >= len(list) {
				return ""
			}
			answer = list[key]
		}
	}
	text, _ := answer.(string)
	return text
}
