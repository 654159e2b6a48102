package main

import (
	"testing"

	"github.com/spf13/cobra"
)

// TestAgain checks what is repeated of the arguments, and that no credential among them is.
func TestAgain(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"paths alone", []string{"a", "b c"}, "a 'b c'"},
		{"a file by its flag", []string{"-f", "a.snap"}, "a.snap"},
		{"standard input", []string{"-"}, "FILE"},
		{"a path like a flag", []string{"--", "-x"}, "./-x"},
		{"lists", []string{"x", "--set", "a=1,b=2", "--set=c=$HOME", "--values", "v.yaml"}, "x --set a=1,b=2 --set 'c=$HOME' --values v.yaml"},
		{"a credential", []string{"x", "--set", "db.password=kestrel-9xQ2,replicas=2"}, "x --set db.password=VALUE,replicas=2"},
		{"a live account", []string{"--aws", "--profile", "audit", "--region", "eu-west-1,us-east-1", "--role-arn", "arn:aws:iam::111122223333:role/audit"}, "--aws --profile audit --region eu-west-1 --region us-east-1 --role-arn arn:aws:iam::111122223333:role/audit"},
		{"the latest release", []string{"x", "--kubernetes-version", "latest"}, "x --kubernetes-version latest"},
		{"what decides nothing", []string{"x", "--allow-partial", "--no-render=false"}, "x --no-render=false"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var f assessFlags
			c := &cobra.Command{}
			f.register(c)
			if err := c.ParseFlags(test.args); err != nil {
				t.Fatal(err)
			}
			if got := f.again(c, c.Flags().Args()); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// TestCalledAs checks the name of the program in commands that are proposed.
func TestCalledAs(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for arg, want := range map[string]string{"merlon": "merlon", "bin/merlon": "bin/merlon", "/my tools/merlon": "'/my tools/merlon'", "": ""} {
		if got := calledAs(arg); got != want {
			t.Errorf("calledAs(%q) = %q, want %q", arg, got, want)
		}
	}
}
