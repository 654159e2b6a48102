package redact

// The vocabulary of names. A word decides, never a substring: "monkey" and
// "keystone" hold no key, "compass" and "bypass" no pass.

// isHead says whether a name that ends in the word can hold a credential.
func isHead(w string) bool {
	switch w {
	case "pass", "pwd", "pw", "key", "id", "auth", "cookie", "credential", "credentials", "authorization",
		"apikey", "secretkey", "accesskey", "secretaccesskey", "privatekey", "encryptionkey", "signingkey",
		"accountkey", "sharedaccesskey", "masterkey", "authkey",
		"dbpass", "sshpass", "userpass", "adminpass", "rootpass", "storepass", "keypass", "smtppass", "mailpass",
		"ftppass", "dbpwd", "userpwd", "requirepass", "masterauth":
		return true
	}
	if n := len(w); n >= 5 {
		switch w[n-1] {
		case 'd':
			return suffix(w, "password") || suffix(w, "passwd")
		case 'e':
			return suffix(w, "passphrase")
		case 'n':
			return suffix(w, "token")
		case 't':
			return suffix(w, "secret")
		case 'y':
			return suffix(w, "apikey")
		}
	}
	return false
}

func suffix(s, end string) bool { return len(s) >= len(end) && s[len(s)-len(end):] == end }

// isTail says whether a last word leaves the meaning to the word before it.
func isTail(w string) bool {
	switch w {
	case "value", "val", "data", "string", "text", "plain", "plaintext", "base", "b", "hex", "raw", "default",
		"prod", "production", "dev", "test", "staging", "primary", "secondary", "old", "new", "current", "previous":
		return true
	}
	return false
}

// isNegative says whether the word, anywhere before the head, makes the name one of
// a switch, a limit, a public key or a reference to an object.
func isNegative(w string) bool {
	switch w {
	case "enable", "enabled", "disable", "disabled", "use", "uses", "using", "has", "is", "allow", "allowed",
		"show", "hide", "forgot", "reset", "change", "validate", "check", "skip", "ignore", "generate",
		"automount", "max", "min", "num", "number", "count", "public", "publishable", "pub", "existing", "empty",
		"without", "no", "external", "known", "trusted", "supports", "mount", "create", "pull", "rotate", "parse", "get", "read", "compare":
		return true
	}
	return false
}

// isCaption says whether the first word of a name makes it one of a text that a person
// reads.
func isCaption(w string) bool {
	switch w {
	case "label", "labels", "error", "errors", "placeholder", "placeholders", "title", "titles", "message", "messages",
		"text", "help", "hint", "tooltip", "description", "caption", "validation", "i18n":
		return true
	}
	return false
}

// isAccount says whether the word before "pass", "pw" or "pwd" is the owner of a
// password, so that proxy_pass, FIRST_PASS and multi-pass are not.
func isAccount(w string) bool {
	switch w {
	case "db", "database", "user", "admin", "root", "smtp", "mail", "email", "mysql", "mariadb", "postgres",
		"postgresql", "pg", "pgsql", "mongo", "mongodb", "redis", "rabbitmq", "rabbit", "amqp", "mq", "ldap", "bind",
		"ftp", "sftp", "ssh", "http", "https", "basic", "auth", "login", "account", "key", "keystore", "truststore",
		"store", "sudo", "sql", "mssql", "oracle", "service", "master", "replication", "repl", "app", "client",
		"api", "web", "wp", "wordpress", "imap", "pop", "sa", "sys", "system", "registry", "docker", "git", "initial",
		"es", "elastic", "elasticsearch", "kafka", "nats", "mqtt", "sasl", "cert", "pfx", "jks", "vpn", "wifi",
		"grafana", "keycloak", "jdbc", "datasource", "backup", "rpc", "vnc", "rcon", "server":
		return true
	}
	return false
}

// isOtherToken says whether the word before "token" makes it one of paging, of a
// language model or of idempotency.
func isOtherToken(w string) bool {
	switch w {
	case "next", "page", "continue", "continuation", "pagination", "cancellation", "cancel", "request", "eos",
		"bos", "pad", "unk", "stop", "start", "end", "mask", "special", "per", "idempotency", "resume", "sync",
		"nextpage", "csrf", "xsrf", "separator", "delimiter":
		return true
	}
	return false
}

func isLower(c byte) bool { return c-'a' < 26 }
func isUpper(c byte) bool { return c-'A' < 26 }
func isDigit(c byte) bool { return c-'0' < 10 }
func isAlpha(c byte) bool { return c|0x20-'a' < 26 }
func isAlnum(c byte) bool { return isAlpha(c) || isDigit(c) }
func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
func isBlank(c byte) bool { return c == ' ' || c == '\t' }

func lower(c byte) byte {
	if isUpper(c) {
		return c | 0x20
	}
	return c
}
