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
	rest, opened := strings.CutPrefix(text, markOpen)
	name, closed := strings.CutSuffix(rest, markClose)
	if !opened || !closed || name == "" {
		return "", false
	}
	for i := range len(name) {
		if c := name[i]; !isLower(c) && !isDigit(c) && c != '-' {
			return "", false
		}
	}
	return Kind(name), true
}

// MarkedIn gives the kind of the first credential whose mark stands anywhere in a text, as in
// "--password=[redacted: password]". A [Plain] mark is none.
func MarkedIn(text string) (Kind, bool) {
	for rest := text; ; {
		_, after, found := strings.Cut(rest, markOpen)
		if !found {
			return "", false
		}
		name, _, closed := strings.Cut(after, markClose)
		if k, ok := Marked(Mark(Kind(name))); closed && ok && k != "" {
			return k, true
		}
		rest = after
	}
}
