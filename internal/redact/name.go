package redact

import "strings"

// certainty is how much a name says on its own.
type certainty uint8

const (
	unnamed certainty = iota // the name says nothing
	checked                  // the value must have the one form that the kind has
	likely                   // the value must also look random, or be a known default
	sure                     // any value that is not a placeholder or a reference
)

// Name reports what the name of a variable, key, flag or header says its value
// holds. It reads the words of the name (split at camelCase, '_', '-', '.'), and the
// last word decides, as it does in English: DB_PASSWORD, apiKey, --db-password and
// X-Api-Key hold credentials; PASSWORD_FILE, TOKEN_TTL, passwordSecretRef, MAX_TOKENS
// and MONKEY do not.
func Name(name string) (Kind, bool) {
	k, c := named(name)
	return k, c != unnamed
}

func named(name string) (Kind, certainty) {
	switch name {
	case "PWD", "OLDPWD": // POSIX working directories
		return "", unnamed
	case "PASS": // the verdict of a test
		return "", unnamed
	case "GOOGLE_APPLICATION_CREDENTIALS", "AWS_SHARED_CREDENTIALS": // paths
		return "", unnamed
	case "ECS_ENGINE_AUTH_DATA":
		return RegistryAuth, sure
	}
	var w words
	if !w.head(name) {
		return "", unnamed
	}
	k, c := w.judge()
	if c == unnamed || w.negated() {
		return "", unnamed
	}
	return k, c
}

// words are the last words of a name in lower case, the head (the last that says
// something) first.
type words struct {
	name string
	rest int // name[:rest] is not split yet
	n    int
	w    [8]word
	env  bool // SCREAMING_SNAKE, as environment variables are
}

type word struct {
	n uint8
	b [31]byte
}

func (w *word) is(s string) bool { return string(w.b[:w.n]) == s }

func (w *word) endsIn(s string) bool {
	n := int(w.n) - len(s)
	return n >= 0 && string(w.b[n:w.n]) == s
}

// head splits off the head word, past words that only qualify it (PASSWORD_1,
// SECRET_KEY_BASE, TOKEN_VALUE), and says whether the name can matter at all.
func (w *words) head(name string) bool {
	w.name, w.rest = name, len(name)
	for range 3 {
		w.n = 0
		if !w.next() {
			return false
		}
		if h := &w.w[0]; h.n > 0 && !isTail(string(h.b[:h.n])) {
			return isHead(string(h.b[:h.n]))
		}
	}
	return false
}

// fill splits the remaining words, up to the array's size.
func (w *words) fill() {
	for more := true; more && w.n < len(w.w); {
		more = w.next()
	}
	w.env = true
	for i := range len(w.name) {
		if isLower(w.name[i]) {
			w.env = false
			return
		}
	}
}

// next splits one more word off the end of the name. A word keeps its last 31
// letters; digits at its end are dropped, so that PASSWORD2 is a password.
func (w *words) next() bool {
	s, end := w.name, w.rest
	for end > 0 && !isAlnum(s[end-1]) {
		end--
	}
	if end == 0 {
		return false
	}
	start := end - 1
	for start > 0 && isAlnum(s[start-1]) && !breaks(s, start, end) {
		start--
	}
	w.rest = start
	for end > start && isDigit(s[end-1]) {
		end--
	}
	d := &w.w[w.n]
	start = max(start, end-len(d.b))
	for i := start; i < end; i++ {
		d.b[i-start] = lower(s[i])
	}
	d.n = uint8(end - start)
	w.n++
	return true
}

// breaks says whether a word of camelCase begins at i: an upper-case letter after a
// lower-case one, or before one, as the last letter of an acronym is (API|Key, S3|Key).
func breaks(s string, i, end int) bool {
	if !isUpper(s[i]) {
		return false
	}
	return isLower(s[i-1]) || i+1 < end && isLower(s[i+1])
}

// at is the word i places before the head. It is bytes, which a switch on
// string(w.at(i)) compares without allocating.
func (w *words) at(i int) []byte {
	if i >= w.n {
		return nil
	}
	return w.w[i].b[:w.w[i].n]
}

// negated says whether some other word turns the name away from a credential:
// ENABLE_PASSWORD, PUBLIC_KEY, existingSecret, MIN_PASSWORD.
func (w *words) negated() bool {
	for i := 1; i < w.n; i++ {
		if isNegative(string(w.at(i))) {
			return true
		}
	}
	return w.isText()
}

// isText says whether the name is one of a text about a credential: label.password,
// errorPassword. MESSAGE_BROKER_PASSWORD is not.
func (w *words) isText() bool {
	if w.n < 2 {
		return false
	}
	name := strings.TrimLeft(w.name, "-_.")
	if dot := strings.IndexByte(name, '.'); dot > 0 {
		return isCaption(name[:dot])
	}
	return w.n == 2 && w.rest == len(w.name)-len(name) && isCaption(string(w.at(1)))
}

// judge reads the head and the words before it.
func (w *words) judge() (Kind, certainty) {
	w.fill()
	h := &w.w[0]
	switch {
	case h.endsIn("password"), h.endsIn("passwd"), h.endsIn("passphrase"),
		h.endsIn("requirepass"), h.is("masterauth"):
		return Password, sure
	case h.is("pass"), h.is("pwd"), h.is("pw"):
		if w.n == 1 && !h.is("pw") || isAccount(string(w.at(1))) {
			return Password, sure
		}
		return "", unnamed
	case h.endsIn("pass"), h.endsIn("pwd"):
		return Password, sure // isHead lists the whole words: dbpass, sshpass
	case h.is("token"):
		if isOtherToken(string(w.at(1))) {
			return "", unnamed
		}
		return Token, likely
	case h.endsIn("token"):
		return Token, likely
	case h.is("secret"):
		return w.judgeSecret()
	case h.endsIn("secret"):
		return Secret, sure // clientsecret
	case h.is("key"):
		return w.judgeKey()
	case h.endsIn("apikey"), h.endsIn("accesskey"):
		return w.judgeAccessKey(h.endsIn("secretaccesskey")), likely
	case h.endsIn("privatekey"):
		return PrivateKey, likely
	case h.endsIn("key"):
		return Secret, likely // secretkey, encryptionkey
	}
	return w.judgeRare(h)
}

func (w *words) judgeAccessKey(secret bool) Kind {
	if secret {
		return AWSSecretAccessKey
	}
	return APIKey
}

// judgeSecret tells a secret from the name of a Kubernetes Secret.
func (w *words) judgeSecret() (Kind, certainty) {
	switch string(w.at(1)) {
	case "client", "app", "application", "consumer", "shared", "jwt", "session", "cookie", "signing",
		"webhook", "hmac", "encryption", "master", "api", "oauth", "oidc", "nextauth", "hash", "rpc":
		if w.env {
			return Secret, sure
		}
		return Secret, likely
	case "tls", "ssl", "cert", "certificate", "ca", "config", "url", "image", "registry", "pull", "name",
		"kubernetes", "k", "generic", "target", "per", "store", "env", "ssh":
		return "", unnamed
	case "token", "auth", "key", "password", "credentials", "credential", "user", "admin":
		if !w.env { // bearerTokenSecret, authSecret: names of Secrets
			return "", unnamed
		}
	}
	return Secret, likely
}

// judgeKey: a key is a credential only with a word before it that says so.
func (w *words) judgeKey() (Kind, certainty) {
	switch string(w.at(1)) {
	case "api", "admin", "auth", "account", "accountshared", "storage", "subscription", "function", "functions",
		"license", "routing", "integration", "ingest", "ingestion", "write", "deploy", "authorization":
		return APIKey, likely
	case "access":
		if string(w.at(2)) == "secret" {
			return AWSSecretAccessKey, likely
		}
		return APIKey, likely
	case "secret":
		if w.env {
			return Secret, sure
		}
		return Secret, likely
	case "private":
		return PrivateKey, likely
	case "encryption", "encrypt", "signing", "sign", "signature", "master", "hmac", "cipher", "aes", "crypto",
		"fernet", "app", "jwt", "session", "cookie", "shared", "preshared", "unseal", "gossip":
		return Encryption, likely
	}
	return "", unnamed
}

// judgeRare reads the heads that are a credential only in one company.
func (w *words) judgeRare(h *word) (Kind, certainty) {
	switch {
	case h.is("id"):
		if string(w.at(1)) == "key" && string(w.at(2)) == "access" {
			return AWSAccessKeyID, checked
		}
	case h.is("credential"), h.is("credentials"):
		return Credentials, likely
	case h.is("authorization"):
		if w.n == 1 || string(w.at(1)) == "proxy" || string(w.at(1)) == "x" {
			return HeaderAuth, checked
		}
	case h.is("auth"):
		switch string(w.at(1)) {
		case "redis": // password of Redis' AUTH command
			return Password, sure
		case "neo4j": // user/password
			return Password, checked
		case "basic": // user:password; basicAuth is a structure
			if w.env {
				return Password, checked
			}
		case "", "registry", "docker", "dockerhub", "ghcr", "quay", "npm":
			return RegistryAuth, checked
		}
	case h.is("cookie"):
		if string(w.at(1)) == "erlang" { // the shared secret of an Erlang cluster
			return Secret, likely
		}
		if w.n == 1 || string(w.at(1)) == "set" {
			return Cookie, checked
		}
	}
	return "", unnamed
}
