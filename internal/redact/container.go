package redact

// Holds reports whether the name of a list or map says that what is below it are
// credentials: passwords, credentials, secretData, auths. [Name] speaks of a scalar and
// knows no plurals, since secrets: true and tokens: 3 are none. A name that Name takes
// for a credential's is one here too. What is below is judged by [Under]; not
// everything is a credential there (secret: {secretName: db}).
func Holds(key string) (Kind, bool) {
	if k, ok := Name(key); ok {
		return k, true
	}
	var w words
	w.name, w.rest = key, len(key)
	for tail := true; tail && w.n <= 2; {
		w.n = 0
		if !w.next() {
			return "", false
		}
		tail = isTail(string(w.at(0)))
	}
	k := containerKind(string(w.at(0)))
	if k == "" {
		return "", false
	}
	w.fill()
	if k == APIKey && string(w.at(0)) == "keys" && !isKeyOf(string(w.at(1))) || w.negated() {
		return "", false
	}
	return k, true
}

// containerKind is the kind of what a plural or a structure holds.
func containerKind(head string) Kind {
	switch head {
	case "passwords", "passwds", "passphrases":
		return Password
	case "secrets", "secret":
		return Secret
	case "tokens":
		return Token
	case "keys", "apikeys", "accesskeys":
		return APIKey
	case "auth", "auths", "authentication", "creds":
		return Credentials
	}
	return ""
}

func isKeyOf(w string) bool {
	switch w {
	case "api", "access", "secret", "private", "encryption", "signing", "auth", "account":
		return true
	}
	return false
}

// isAttribute says whether a key below a container describes or refers to a
// credential: secretName, username, type, mountPath.
func isAttribute(name string) bool {
	if name == "" {
		return false
	}
	var w words
	w.name, w.rest = name, len(name)
	if !w.next() {
		return false
	}
	w.fill()
	if w.n > 1 && w.negated() {
		return true
	}
	switch string(w.at(0)) {
	case "name", "namespace", "user", "username", "login", "email", "type", "kind", "id", "uid", "ref", "reference", "path", "file",
		"url", "uri", "host", "server", "port", "mode", "method", "key", "keys", "items", "provider", "enabled", "optional", "version",
		"region", "arn", "role", "issuer", "audience", "realm", "scope", "scopes", "ttl", "expiry", "algorithm", "image", "store",
		"annotations", "labels", "description", "selector", "template", "mechanism", "database", "domain", "policy":
		return true
	}
	return false
}
