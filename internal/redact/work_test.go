package redact

import (
	"strings"
	"testing"
	"time"
)

// hostilePieces are what begins each shape and each rule, alone and with the start of
// a body that looks random, before each byte that may end a word.
func hostilePieces() []string {
	pieces := []string{
		"T3B", "T3BlbkFJ", "sk-aaaaaaaaaaaaaaaaaaaaT3BlbkFJ", "eyJhbGciOiJub25lIn0..", "eyJhbGciOiJub25lIn0.", "eyJhbGciOiJub25lIn0-", "eyJ-",
		"eyJhbGciOiJub25lIn0.ab.", "AIzaSyABCDEFGHIJKLMNOPQRSTUVWXYZabcdef-", "mysql ", "mysql -p ", "curl -u ", "htpasswd -b ", "mc alias set ",
		"vault login ", "password=${", "password=(", "password='", `password=\"`, "password: |\n", "password:\n", "-----BEGIN PRIVATE KEY-----\n",
		"-----BEGIN PRIVATE KEY-----", "LS0tLS1CRUdJTi", "a://b:", "a://", "u:@tcp(", "@unix(", "$1$", "$2a$", "$argon2id$", "bearer ", "Basic ", " --token ",
		"--token=", "x --password", "requirepass ", "password '", "identified by '", "aaa8Q~", "-aaa8Q~", "12345678:AA", "hooks.slack.com/services/T1/B1/",
		"token=", "token:", `"token":"`, "<token>", "value:", "key=value;", "echo a | chpasswd ", "|chpasswd", `\\":`, "password=a&", "password=a,",
		"[redacted: ", "[redacted: token]", "\\", "\t", "password=x1234 ", "ghp_Zx8Lq2VbN4mT7wKc1RyD5sHg9JfP3aUe6QiX ",
	}
	const body = "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYaB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY"
	for _, s := range shapes() {
		part := body[:min(len(body), s.min-1)]
		whole := body[:min(len(body), s.min)]
		for _, end := range []string{"", "-", ".", "/", " "} {
			pieces = append(pieces, s.prefix+end, s.prefix+part+end, s.prefix+whole+end)
		}
	}
	for _, m := range matchers() {
		for _, gram := range m.grams {
			pieces = append(pieces, gram, gram+" ", " "+gram, gram+"=")
		}
	}
	return pieces
}

// TestWorkPerByteIsBounded repeats what could make one candidate of a walk look at what
// the last one looked at. A quadratic walk takes minutes.
func TestWorkPerByteIsBounded(t *testing.T) {
	const size = 1 << 15
	for _, piece := range hostilePieces() {
		for _, head := range []string{"", strings.Repeat("\t", size/4)} {
			text := head + strings.Repeat(piece, size/len(piece))
			f := find(text)
			start := time.Now()
			for ok := true; ok; {
				_, ok = f.next()
			}
			if f.work > f.limit+(1<<18) { // one candidate may pass the limit
				t.Errorf("%q: %d bytes looked at in %d", piece, f.work, len(text))
			}
			Lines(text)
			masked, _ := Mask(text)
			MarkedIn(text)
			Unmark(text)
			if d := time.Since(start); d > 5*time.Second {
				t.Errorf("%q takes %v", piece, d)
			}
			if again, more := Mask(masked); again != masked || len(more) > 0 {
				t.Errorf("%q masked again: %q", piece, more)
			}
		}
	}
}

// TestLinearText takes what the reviewer measured at 10 to 40 s and more.
func TestLinearText(t *testing.T) {
	for piece, size := range map[string]int{
		"T3B": 1 << 20, "AIzaSyABCDEFGHIJKLMNOPQRSTUVWXYZabcdef-": 1 << 20, "eyJhbGciOiJub25lIn0..": 1 << 20,
		"mysql ": 7 << 20, "password=${": 7 << 20, "-----BEGIN PRIVATE KEY-----\n": 7 << 20, "[redacted: ": 1 << 20,
	} {
		text := strings.Repeat(piece, size/len(piece)) + "]"
		start := time.Now()
		Mask(text)
		MarkedIn(text)
		if d := time.Since(start); d > 8*time.Second {
			t.Errorf("%q: %v", piece, d)
		} else {
			t.Logf("%q: %v", piece, d)
		}
	}
}

func TestSlowTextCountsAsACredential(t *testing.T) {
	text := "user: bob\n" + strings.Repeat("mysql ", 1<<15) + "\ntoken=" + fakeGitHub
	masked, kinds := Mask(text)
	if masked != Mark(Unread) || len(kinds) != 1 || kinds[0] != Unread {
		t.Errorf("masked to %d bytes, %q", len(masked), kinds)
	}
	if k, ok := Value(text); !ok || k != Unread {
		t.Errorf("Value is %q, %v", k, ok)
	}
	if found := Lines(text); len(found) != 1 || found[0].Kind != Unread {
		t.Errorf("Lines are %v", found)
	}
	if again, more := Mask(masked); again != masked || len(more) > 0 {
		t.Errorf("again %q", again)
	}
}

// TestManifestsAreFarFromTheLimit keeps the limit from making a file unread that
// nobody made slow.
func TestManifestsAreFarFromTheLimit(t *testing.T) {
	names, texts, _ := corpusTexts(t, "kube-prometheus")
	for i, text := range texts {
		f := find(text)
		f.next()
		if text != "" && f.work > 4*len(text) {
			t.Errorf("%s: %d bytes looked at in %d", names[i], f.work, len(text))
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	for _, piece := range []string{
		"T3B", "AIzaSyABCDEFGHIJKLMNOPQRSTUVWXYZabcdef-", "eyJhbGciOiJub25lIn0..", "mysql ", "password=${", "-----BEGIN PRIVATE KEY-----\n", "eyJ-",
	} {
		text := strings.Repeat(piece, 1<<20/len(piece))
		b.Run(piece[:min(len(piece), 12)], func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Mask(text)
			}
		})
	}
}
