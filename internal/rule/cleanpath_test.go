package rule_test

import (
	"testing"

	"github.com/merlonsec/merlon/internal/rule"
)

func TestCleanNodePath(t *testing.T) {
	for written, want := range map[string]string{
		"/":                       "/",
		"//var/run/../run/":       "/run",
		"/var/run/docker.sock":    "/run/docker.sock",
		`C:\`:                     "c:",
		`c:\Windows\..\Users\`:    "c:/users",
		"C:/ProgramData":          "c:/programdata",
		`\\.\pipe\docker_engine`:  "//./pipe/docker_engine",
		"//./pipe/Docker_Engine/": "//./pipe/docker_engine",
		"/data/c:/x":              "/data/c:/x",
		`\etc\kubernetes`:         "/\\etc\\kubernetes",
		"relative":                "/relative",
		"D:":                      "d:",
		"/srv/../../etc/passwd":   "/etc/passwd",
		`\\.\pipe\..\..\C:\Users`: "//./pipe/c:/users",
	} {
		if got := rule.CleanNodePath(written); got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
}
