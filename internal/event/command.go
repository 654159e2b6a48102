package event

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/merlonsec/merlon/internal/redact"
)

// Command is what an exec or attach request asked a container to run.
type Command struct {
	// Program is the base name of what was run: "sh".
	Program string
	// Hash is the first 16 hexadecimal digits of the SHA-256 of the arguments, joined by NUL: equal commands have equal hashes.
	Hash string
	// Args is the command with its arguments, credentials marked; it is to be shown only where the user asked for that.
	Args []string
	// Container is where it ran; "" for the default one. TTY and Stdin say how it was attached.
	Container  string
	TTY, Stdin bool
}

// hashAnnotation holds the hash of a command whose arguments were taken out of the record.
const hashAnnotation = "merlon.dev/command-hash"

// Command gives what the request asked to run, be it by SPDY (create) or WebSocket (get); ok is false where it is neither
// an exec nor an attach. An attach has no program: it joins what the container runs.
func (e *Event) Command() (c Command, ok bool) {
	if e.Object.Subresource != "exec" && e.Object.Subresource != "attach" {
		path := e.Path()
		if e.Object.Subresource != "" || !strings.Contains(path, "/pods/") || !strings.HasSuffix(path, "/exec") && !strings.HasSuffix(path, "/attach") {
			return Command{}, false
		}
	}
	var args []string
	for p := range e.parameters() {
		switch p.name {
		case "command":
			args = append(args, p.value)
		case "container":
			c.Container = p.value
		case "tty":
			c.TTY = isTrue(p.value)
		case "stdin":
			c.Stdin = isTrue(p.value)
		}
	}
	if len(args) == 0 {
		return c, true
	}
	c.Program = program(args[0])
	c.Args, _ = redact.Args(args)
	c.Hash = e.Annotations.Get(hashAnnotation).Text()
	if c.Hash == "" {
		c.Hash = hashOf(args)
	}
	return c, true
}

func isTrue(value string) bool { return value == "true" || value == "1" }

func hashOf(args []string) string {
	sum := sha256.Sum256([]byte(strings.Join(args, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// program gives the base name of what a command runs. It takes care that no argument gets into it: some clients put a whole
// command line into the first element.
func program(first string) string {
	const longest = 64 // Bytes; the name of a program is shorter.
	name, _, _ := strings.Cut(strings.TrimSpace(first), " ")
	name = name[strings.LastIndexByte(name, '/')+1:]
	if len(name) > longest || strings.ContainsAny(name, "=:@\t\n\"'`$;|&<>(){}") {
		return redact.Plain
	}
	masked, _ := redact.Mask(name)
	return masked
}
