package redact

import "strings"

// Kind names what a credential is, in kebab-case. The zero Kind means none.
type Kind string

// The kinds that a name or the text around a value can say. Vendors' token formats
// add more of them; shapes.go lists those.
const (
	Password     Kind = "password"
	PasswordHash Kind = "password-hash" // crypt(5): bcrypt, yescrypt, SHA-crypt, MD5-crypt; argon2
	Token        Kind = "token"
	Secret       Kind = "secret"
	APIKey       Kind = "api-key"
	Encryption   Kind = "encryption-key"
	PrivateKey   Kind = "private-key"
	Credentials  Kind = "credentials"
	RegistryAuth Kind = "registry-auth" // base64 of user:password, as in .dockerconfigjson
	HeaderAuth   Kind = "authorization" // RFC 9110 section 11.6.2
	Cookie       Kind = "cookie"
	JWT          Kind = "jwt" // RFC 7519, RFC 7516

	// Unread is a text that was not read to its end, since it was made to be slow to
	// read. All of it counts as a credential.
	Unread Kind = "unread"

	// AWSAccessKeyID, AWSSecretAccessKey and RegistryAuth are what AWS Security Hub
	// control ECS.8 looks for, by the names AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
	// and ECS_ENGINE_AUTH_DATA.
	// https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8
	AWSAccessKeyID     Kind = "aws-access-key-id"
	AWSSecretAccessKey Kind = "aws-secret-access-key"
)

// Plain stands for a value that was dropped without being a credential.
const Plain = "[redacted]"

const (
	markOpen  = "[redacted: "
	markClose = "]"
	markStem  = "[redacted"
)

// Mark is the text that stands for a credential's value in everything that is kept:
// "[redacted: password]". The mark of no kind is [Plain].
func Mark(k Kind) string {
	if k == "" {
		return Plain
	}
	return markOpen + string(k) + markClose
}

// Marked is the inverse of [Mark]: ok says that text is exactly one mark, and the
// kind is empty for [Plain]. Any other text, one with a mark inside it included, is
// not ok.
func Marked(text string) (k Kind, ok bool) {
	if text == Plain {
		return "", true
	}
	k, n := leadingMark(text)
	if n == 0 || n != len(text) {
		return "", false
	}
	return k, true
}

// MarkedIn gives the kind of the first credential whose mark stands anywhere in a text, as in
// "--password=[redacted: password]". A [Plain] mark is none. A mark that somebody wrote
// into the original text looks the same: see [Unmark].
func MarkedIn(text string) (Kind, bool) {
	for {
		i := strings.Index(text, markOpen)
		if i < 0 {
			return "", false
		}
		if k, n := leadingMark(text[i:]); n > 0 {
			return k, true
		}
		text = text[i+len(markOpen):]
	}
}

// Unmark replaces every mark of a kind in a text by [Plain], which is no credential to
// [MarkedIn]. It is for text that comes from outside, before the first [Mask], [Args] or
// [Pair]: those leave the marks they find alone, since masking what is masked changes
// nothing, and so cannot tell a forged mark from one of their own.
func Unmark(text string) string {
	if !strings.Contains(text, markOpen) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for {
		i := strings.Index(text, markOpen)
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:i])
		text = text[i:]
		if _, n := leadingMark(text); n > 0 {
			b.WriteString(Plain)
			text = text[n:]
			continue
		}
		b.WriteString(markOpen)
		text = text[len(markOpen):]
	}
}

const maxKind = 64 // bytes of a kind's name in a mark

// leadingMark is the mark of a kind that a text begins with, and its length, 0 for none.
func leadingMark(text string) (Kind, int) {
	rest, ok := strings.CutPrefix(text, markOpen)
	if !ok {
		return "", 0
	}
	for i := range min(len(rest), maxKind) {
		switch c := rest[i]; {
		case isLower(c) || isDigit(c) || c == '-':
		case c == markClose[0] && i > 0:
			return Kind(rest[:i]), len(markOpen) + i + 1
		default:
			return "", 0
		}
	}
	return "", 0
}
