package traits

import "testing"

func TestCleanHostPath(t *testing.T) {
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
		if got := cleanHostPath(written); got != want {
			t.Errorf("%q is %q, want %q", written, got, want)
		}
	}
}

func TestSensitivePlacesOfWindows(t *testing.T) {
	for place, want := range map[string]bool{
		`C:\`: true, `C:\Windows\System32`: true, `c:\k`: true, `C:\kubernetes-data`: false, `D:\`: false, `C:\var`: true, `C:\var\data`: false,
	} {
		if got := isSensitive(cleanHostPath(place)); got != want {
			t.Errorf("%s is sensitive: %v, want %v", place, got, want)
		}
	}
}
