package redact

import (
	"encoding/base64"
	"strings"
)

// Pair reports whether a named value is a credential: the value's shape says so
// whatever the name, or the name says so and the value is a literal: not empty, a
// placeholder, a boolean, a short number, a path, a URL, a template (${X}, {{ }}),
// an expression of a program, or a reference into a secret store. A default password
// ("changeme") is a credential; a mask ("***") is not, nor are the dummies of
// vendors' documentation (AKIAIOSFODNN7EXAMPLE), nor a label ("Contraseña"). The three
// names of AWS Security Hub control ECS.8 are judged by name alone, as the control
// does, where the value is not empty, a template or a mark.
func Pair(name, value string) (Kind, bool) {
	switch name {
	case "AWS_ACCESS_KEY_ID":
		return byName(AWSAccessKeyID, value)
	case "AWS_SECRET_ACCESS_KEY":
		return byName(AWSSecretAccessKey, value)
	case "ECS_ENGINE_AUTH_DATA":
		return byName(RegistryAuth, value)
	}
	k, ok := literal(name, value)
	return pair(k, ok, value)
}

// Under is [Pair] for a value somewhere below a list or map whose key [Holds]
// credentials: name is the key that the value itself stands under, empty for an element
// of a list. {"passwords": {"alice": "hunter2"}} holds one, {"secret": {"secretName":
// "db"}} does not.
func Under(container, name, value string) (Kind, bool) {
	if k, ok := Pair(name, value); ok {
		return k, true
	}
	k, ok := Holds(container)
	if !ok || isAttribute(name) {
		return "", false
	}
	c := likely
	if k == Password {
		c = sure
	}
	k, ok = literalAs(k, c, "", value)
	return pair(k, ok, value)
}

// byName judges a value whose name is enough.
func byName(k Kind, value string) (Kind, bool) {
	v := strings.Trim(strings.TrimSpace(value), "\"'`")
	if v == "" || strings.Contains(v, markStem) || strings.Contains(v, "${") || strings.Contains(v, "$(") ||
		strings.Contains(v, "{{") || strings.Contains(v, "<%") || isVariable(v) || v[0] == '<' && v[len(v)-1] == '>' {
		return "", false
	}
	return k, true
}

// isVariable says whether v is $NAME, $secret:key and $dex.ldap.bindPW of Argo CD, or
// $__env{NAME} of Grafana.
func isVariable(v string) bool {
	if len(v) < 2 || v[0] != '$' {
		return false
	}
	return len(v) == 2 || strings.HasPrefix(v, "$__") ||
		!isDigit(v[1]) && strings.Count(v, ":") < 2 && all(v[1:], func(c byte) bool { return isIdent(c) || c == '.' || c == ':' })
}

// pair adds to the verdict of a name what the value's own shape says.
func pair(k Kind, ok bool, value string) (Kind, bool) {
	f := find(value)
	s, found := f.next()
	if ok && (!found || s.key.end > 0 || s.start > 0 || s.end < len(value)) {
		return k, true
	}
	return s.kind, found
}

// literal judges a value by its name alone.
func literal(name, value string) (Kind, bool) {
	k, c := named(name)
	if c == unnamed {
		return "", false
	}
	return literalAs(k, c, name, value)
}

func literalAs(k Kind, c certainty, name, value string) (Kind, bool) {
	v := strings.Trim(strings.TrimSpace(value), "\"'`")
	if isHash(v) {
		return PasswordHash, true
	}
	if c == checked {
		return k, formed(k, v) && !isStandIn(v)
	}
	if len(v) < 3 || isWord(v) || isNumber(v, c) || isStandIn(v) || isReference(v) || isExpression(v) || isProse(v, c) || isLabel(name, v) {
		return "", false
	}
	if c == likely && (isDNSSubdomainOfWords(v) || !isStrong(v)) && !isDefault(v) {
		return "", false
	}
	if c == likely && equalWords(name, v) {
		return "", false
	}
	return k, true
}

// formed says whether the value has the one form that a checked kind has.
func formed(k Kind, v string) bool {
	switch k {
	case AWSAccessKeyID:
		return len(v) >= 16 && all(v, func(c byte) bool { return isUpper(c) || isDigit(c) })
	case RegistryAuth:
		return isBasic(v)
	case Password: // NEO4J_AUTH=user/password, BASIC_AUTH=user:password
		i := strings.IndexAny(v, "/:")
		return i > 0 && len(v)-i > 3 && !strings.ContainsAny(v, " \t") && !isReference(v)
	case HeaderAuth:
		_, rest, ok := strings.Cut(v, " ")
		return ok && len(rest) >= 8 && !strings.Contains(rest, " ") && isStrong(rest)
	case Cookie:
		_, rest, ok := strings.Cut(v, "=")
		end := strings.IndexByte(rest, ';')
		if end >= 0 {
			rest = rest[:end]
		}
		return ok && isStrong(rest)
	}
	return false
}

// isBasic says whether v is base64 of "user:password" (RFC 7617).
func isBasic(v string) bool {
	if len(v) < 8 || len(v) > 4096 {
		return false
	}
	b, err := base64.StdEncoding.DecodeString(v)
	if err != nil {
		if b, err = base64.RawStdEncoding.DecodeString(v); err != nil {
			return false
		}
	}
	colon := false
	for i, c := range b {
		if c < 0x20 || c >= 0x7f {
			return false
		}
		colon = colon || c == ':' && i < len(b)-1
	}
	return colon
}

// isWord says whether v is one of the words that configurations write where a value
// is a switch, a type or nothing.
func isWord(v string) bool {
	if len(v) > 12 {
		return false
	}
	var b [12]byte
	for i := range len(v) {
		b[i] = lower(v[i])
	}
	switch string(b[:len(v)]) {
	case "true", "false", "yes", "no", "on", "off", "none", "null", "nil", "undefined", "enabled", "disabled",
		"enable", "disable", "optional", "required", "auto", "automatic", "unset", "empty", "n/a", "random",
		"generated", "generate", "default", "string", "str", "bytes", "text", "object", "varchar", "number", "int",
		"integer", "boolean", "bool", "array", "file", "env", "vault", "redacted", "masked", "hidden", "removed",
		"todo", "fixme", "tbd", "placeholder", "for", "from", "and", "the", "with", "must", "should", "will",
		"can", "when", "flag", "option", "value", "not", "are", "was", "has", "may", "self", "this", "prompt",
		"basic", "bearer", "digest", "plain", "include", "omit", "same-origin", "never", "always", "if",
		"unknown", "invalid", "missing", "expired", "username", "sensitive", "files", "compat":
		return true
	}
	return false
}

// isNumber says whether v is a number too short to be a credential: under five
// digits for a password, under sixteen otherwise; durations count as numbers.
func isNumber(v string, c certainty) bool {
	if len(v) < 16 && strings.IndexByte("^~>=v", v[0]) >= 0 && isDigit(v[len(v)-1]) && strings.Count(v, ".") == 2 &&
		all(v, func(c byte) bool { return isDigit(c) || strings.IndexByte("^~>=v.", c) >= 0 }) {
		return true // a version range
	}
	if !isDigit(v[0]) && v[0] != '-' && v[0] != '+' {
		return false
	}
	end := len(v)
	for end > 0 && isAlpha(v[end-1]) {
		end--
	}
	if len(v)-end > 2 || !all(v[:end], func(c byte) bool { return isDigit(c) || c == '.' || c == '-' || c == '+' || c == '_' }) {
		return false
	}
	if c == sure && end == len(v) {
		return len(v) < 5
	}
	return len(v) < 16
}

// isStandIn says whether v stands where a value will be: a template, a mask, or a
// placeholder of documentation.
func isStandIn(v string) bool {
	if v == "" {
		return true
	}
	last := v[len(v)-1]
	switch v[0] {
	case '<':
		return strings.IndexByte(v, '>') > 0
	case '{', '[': // a structure, judged by what is inside it
		return true
	case '|', '>': // the header of a YAML block scalar
		return all(v[1:], func(c byte) bool { return isDigit(c) || c == '-' || c == '+' })
	case '*', '&': // YAML alias and anchor
		if all(v[1:], isIdent) {
			return true
		}
	case '!': // YAML tags of Ansible, CloudFormation, GitLab and Home Assistant
		if strings.HasPrefix(v, "!vault") || strings.HasPrefix(v, "!Ref") || strings.HasPrefix(v, "!Sub") ||
			strings.HasPrefix(v, "!secret") || strings.HasPrefix(v, "!!secret") || strings.HasPrefix(v, "!reference") {
			return true
		}
	case '$':
		if isVariable(v) || strings.HasPrefix(v, "$env:") {
			return true
		}
	case '(': // Concourse: ((name))
		if strings.HasPrefix(v, "((") && strings.HasSuffix(v, "))") {
			return true
		}
	case '%', '@': // %NAME%, @NAME@
		if len(v) > 2 && last == v[0] {
			return true
		}
	case '_':
		if len(v) > 4 && strings.HasPrefix(v, "__") && strings.HasSuffix(v, "__") {
			return true
		}
	}
	if strings.Contains(v, "[^") || strings.Contains(v, "(?") || strings.Contains(v, ".*") || strings.Contains(v, `\S+`) {
		return true // a regular expression
	}
	return strings.Contains(v, "${") || strings.Contains(v, "$(") || strings.Contains(v, "{{") ||
		strings.Contains(v, "<%") || strings.Contains(v, "#{") || strings.HasPrefix(v, "%(") || v == "%s" || v == "%v" ||
		strings.Contains(v, markStem) || isFiller(v)
}

// isFiller says whether v is a mask ("xxxx") or asks for another value ("your-token").
func isFiller(v string) bool {
	if distinct(v, 2) == 1 && !isDigit(v[0]) {
		return true
	}
	for _, p := range [...]string{"your", "replace", "insert", "put_your", "put-your", "enter", "redacted", "fill", "todo", "(hidden"} {
		if len(v) > len(p) && strings.EqualFold(v[:len(p)], p) && !isAlnum(v[len(p)]) {
			return true
		}
	}
	if n := len(v) - 5; n > 0 && strings.EqualFold(v[n+1:], "here") && !isAlnum(v[n]) {
		return true
	}
	return isDummy(v)
}

// isDummy says whether a token is one that vendors' documentation shows, such as
// AKIAIOSFODNN7EXAMPLE, or is filled with one letter.
func isDummy(v string) bool {
	return strings.HasSuffix(v, "EXAMPLE") || strings.Contains(v, "EXAMPLEKEY") || strings.Contains(v, "xxxxxx") ||
		strings.Contains(v, "XXXXXX") || strings.Contains(v, "*****") || strings.Contains(v, "......")
}

// isReference says whether v says where the credential is, or is public material.
func isReference(v string) bool {
	if strings.Contains(v, "://") || isPath(v) {
		return true
	}
	for _, p := range [...]string{
		"arn:", "vault:", "ref+", "secretref+", "gcpsm:", "ssm:", "secretsmanager:", "awssm:", "sm:", "env:", "file:",
		"secret:", "projects/", "ENC[", "{cipher}", "-----BEGIN CERT", "-----BEGIN PUBLIC", "ssh-", "ecdsa-", "sha256:",
		"sha512:", "sha1:", "AgBy", "keychain:", "kms:", "prompt:", "@Microsoft.KeyVault", "process.env", "os.environ",
		"os.getenv", "System.getenv", "-----BEGIN PGP PUBLIC",
	} {
		if strings.HasPrefix(v, p) {
			return true
		}
	}
	for _, s := range [...]string{".pem", ".key", ".crt", ".txt", ".json", ".yaml", ".yml", ".env", ".jks", ".p12", ".pfx"} {
		if len(v) > len(s)+1 && strings.HasSuffix(v, s) && strings.IndexByte(v, ' ') < 0 {
			return true
		}
	}
	return false
}

// isPath says whether v is a path: it begins as one and has no segment that looks
// random, as base64 with slashes does.
func isPath(v string) bool {
	if !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "./") && !strings.HasPrefix(v, "../") && !strings.HasPrefix(v, "~/") &&
		(len(v) < 3 || v[1] != ':' || v[2] != '\\') {
		return false
	}
	run := 0
	for i := range len(v) {
		switch c := v[i]; {
		case c == '+' || c == '=' || c == ' ':
			return false
		case c == '/' || c == '.' || c == '-' || c == '_':
			run = 0
		default:
			if run++; run > 24 {
				return false
			}
		}
	}
	return true
}

// isExpression says whether v is code that fetches a value: config.password,
// getSecret("x"), ENV["TOKEN"], args.token.
func isExpression(v string) bool {
	i := 0
	for i < len(v) && (isAlnum(v[i]) || v[i] == '_' || v[i] == '.') {
		i++
	}
	if i == 0 || !isAlpha(v[0]) && v[0] != '_' {
		return false
	}
	if i < len(v) {
		return v[i] == '(' && strings.IndexByte(v[i:], ')') > 0 || v[i] == '[' && i+1 < len(v) &&
			(v[i+1] == '"' || v[i+1] == '\'' || isAlnum(v[i+1])) && strings.IndexByte(v[i:], ']') > 0
	}
	dot := strings.LastIndexByte(v, '.')
	if dot <= 0 || dot == len(v)-1 {
		return false
	}
	_, ok := Name(v[dot+1:])
	return ok
}

// isProse says whether v is a sentence about a credential. Only a password may hold
// spaces.
func isProse(v string, c certainty) bool {
	n := strings.Count(v, " ")
	if n == 0 {
		return false
	}
	if c != sure {
		return true
	}
	for _, w := range [...]string{" the ", " a ", " for ", " to ", " of ", " is ", " your ", " in ", " must ", " and ", " or ", " not "} {
		if strings.Contains(v, w) {
			return true
		}
	}
	// Words alone that begin as a sentence does are one: a passphrase of words is in
	// lower case, and other passwords have more in them than letters.
	if !isLower(v[0]) && all(v, func(c byte) bool { return isAlpha(c) || c >= 0x80 || strings.IndexByte(" .,:;!?'-()", c) >= 0 }) {
		return true
	}
	return n > 1 && isUpper(v[0]) && strings.HasSuffix(v, ".") || strings.HasPrefix(v, "The ") ||
		strings.HasPrefix(v, "files ") || strings.HasPrefix(v, "compat ") // passwd: files systemd, nsswitch.conf(5)
}

// isStrong says whether v looks random: eight or more characters with both letters
// and digits, or letters whose case changes as it does in base64. Of less than five
// different characters, letters and digits must take turns.
func isStrong(v string) bool {
	if len(v) < 8 || strings.IndexByte(v, ' ') >= 0 {
		return false
	}
	letters, digits, turns, changes := 0, 0, 0, 0
	for i := range len(v) {
		switch c := v[i]; {
		case isDigit(c):
			digits++
			if i > 0 && isAlpha(v[i-1]) {
				changes++
			}
		case isAlpha(c):
			letters++
			if i > 0 && isAlpha(v[i-1]) && isUpper(c) != isUpper(v[i-1]) {
				turns++
			}
		}
	}
	if d := distinct(v, 5); d < 5 {
		return d == 4 && len(v) >= 16 && changes >= 3
	}
	return digits > 0 && letters > 0 || digits >= 16 || len(v) >= 16 && turns*3 >= letters
}

// isDNSSubdomainOfWords says whether v reads as the name of an object: lower-case
// words with at most three digits after each, joined by '-', '.', '_' or '/'.
func isDNSSubdomainOfWords(v string) bool {
	letters, digits := 0, 0
	for i := range len(v) {
		switch c := v[i]; {
		case isLower(c) && digits == 0:
			letters++
		case isDigit(c):
			digits++
		case c == '-' || c == '.' || c == '_' || c == '/':
			letters, digits = 0, 0
		default:
			// v1alpha1, k8s: a short word may hold one digit in the middle.
			if !isLower(c) || letters > 2 || digits > 1 {
				return false
			}
			letters, digits = letters+1, 0
		}
		if digits > 3 || letters > 16 {
			return false
		}
	}
	return true
}

// isDefault says whether v is a default that people leave in place.
func isDefault(v string) bool {
	for _, d := range [...]string{
		"changeme", "change-me", "change_me", "changeit", "letmein", "supersecret", "super-secret",
		"topsecret", "hunter2", "insecure",
	} {
		if len(v) >= len(d) && strings.EqualFold(v[:len(d)], d) {
			return true
		}
	}
	return false
}

// equalWords says whether the value only repeats the name: token: authToken.
func equalWords(name, v string) bool {
	return strings.EqualFold(name, v) || len(v) < len(name) && strings.EqualFold(name[len(name)-len(v):], v)
}

// distinct counts different bytes, up to limit.
func distinct(v string, limit int) int {
	var seen [4]uint64
	n := 0
	for i := 0; i < len(v) && n < limit; i++ {
		if c := v[i]; seen[c>>6]&(1<<(c&63)) == 0 {
			seen[c>>6] |= 1 << (c & 63)
			n++
		}
	}
	return n
}

func isIdent(c byte) bool { return isAlnum(c) || c == '_' || c == '-' }

func all(s string, ok func(byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}
