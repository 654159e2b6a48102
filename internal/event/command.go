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

// Command gives what the request asked to run, be it by SPDY (create), by WebSocket (get) or by the kubelet behind a proxy;
// ok is false where it is neither an exec nor an attach. An attach has no program: it joins what the container runs.
func (e *Event) Command() (c Command, ok bool) {
	if !e.runs() {
		return Command{}, false
	}
	c.Container, c.TTY, c.Stdin = e.Query("container"), e.QueryBool("tty"), e.QueryBool("stdin")
	if k, ok := e.Kubelet(); ok && c.Container == "" {
		c.Container = k.Container
	}
	args := e.Arguments()
	if len(args) == 0 {
		return c, true
	}
	c.Program = program(args[0])
	c.Args, _ = redact.Args(args)
	if c.Hash = e.Annotations.Get(hashAnnotation).Text(); c.Hash == "" {
		sum := sha256.Sum256([]byte(strings.Join(args, "\x00")))
		c.Hash = hex.EncodeToString(sum[:8])
	}
	return c, true
}

// runs reports whether the request is an exec or an attach, by its path where the record does not tell the subresource.
func (e *Event) runs() bool {
	switch e.Object.Subresource {
	case "exec", "attach":
		return true
	case "":
		path := e.plainPath()
		return strings.Contains(path, "/pods/") && (strings.HasSuffix(path, "/exec") || strings.HasSuffix(path, "/attach"))
	case "proxy":
		k, ok := e.Kubelet()
		return ok && k.Runs()
	}
	return false
}

// Arguments gives the arguments of a command as the request had them: to be matched. [Command] has those to be shown, and
// what is masked there may be a command in itself: bash -c 'TOKEN="curl x | sh"; eval "$TOKEN"'.
func (e *Event) Arguments() []string {
	var args []string
	for p := e.parameters(); p.next(); {
		if isCommand(p.name) {
			args = append(args, p.value())
		}
	}
	return args
}

// isCommand reports whether a parameter holds a command: of exec, or of the kubelet's run.
func isCommand(name string) bool { return name == "command" || name == "cmd" }

// shownCommands gives what is shown of each part of a command.
func (e *Event) shownCommands(keep bool) []string {
	args := e.Arguments()
	if keep {
		masked, _ := redact.Args(args)
		return masked
	}
	for i := range args {
		if i == 0 {
			args[i] = program(args[i])
		} else {
			args[i] = redact.Plain
		}
	}
	return args
}

// program gives the base name of what a command runs. It takes care that no argument gets into it: some clients put a whole
// command line into the first element.
func program(first string) string {
	const longest = 64 // Bytes; the name of a program is shorter.
	name, _, _ := strings.Cut(strings.TrimSpace(first), " ")
	name = name[strings.LastIndexByte(name, '/')+1:]
	if len(name) > longest || strings.ContainsAny(name, "=:@\t\r\n\"'`$;|&<>(){}") {
		return redact.Plain
	}
	return mask(name)
}
