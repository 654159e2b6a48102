package redact

import "strings"

// invocation is the command line of a program, as far as it has been read.
type invocation struct {
	program  string
	before   string    // the word before
	operands [8]string // the words that are no flags; the value of a flag counts as one
	n        int
	batch    bool // htpasswd -b
	stdout   bool // htpasswd -n
}

// takesPassword says whether a program's flags or operands hold a password in one of
// the ways that secret knows.
func takesPassword(program string) bool {
	switch program {
	case "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mysqlshow",
		"mariadb", "mariadb-dump", "mariadb-admin", "mariadb-check",
		"curl", "redis-cli", "sshpass", "mongosh", "mongo", "mongodump", "mongorestore", "mongoexport", "mongoimport",
		"ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami", "sqlcmd", "mosquitto_pub", "mosquitto_sub",
		"docker", "podman", "nerdctl", "skopeo", "buildah", "oras", "helm", "crane",
		"htpasswd", "openssl", "mc", "az", "aws", "vault", "rabbitmqctl":
		return true
	}
	return false
}

func isUserFlag(a string) bool {
	return a == "-u" || a == "-U" || a == "--user" || a == "--username"
}

// take reads the next word and says where in it a credential begins, -1 for nowhere.
func (c *invocation) take(w string) (int, Kind) {
	if c.program == "" {
		return -1, ""
	}
	n, k := c.secret(w)
	switch {
	case len(w) > 1 && w[0] == '-':
		if c.program == "htpasswd" && w[1] != '-' {
			c.batch = c.batch || strings.IndexByte(w, 'b') > 0
			c.stdout = c.stdout || strings.IndexByte(w, 'n') > 0
		}
	case c.program == "htpasswd" && len(c.before) > 1 && c.before[0] == '-' && strings.IndexByte("Cr", c.before[len(c.before)-1]) >= 0:
		// The cost of bcrypt or the rounds of SHA-crypt.
	case c.n < len(c.operands) && !strings.HasPrefix(w, "<") && !strings.HasPrefix(w, ">"):
		c.operands[c.n] = w
		c.n++
	}
	c.before = w
	if n < 0 || n >= len(w) || isStandIn(w[n:]) || strings.HasPrefix(w[n:], markStem) {
		return -1, ""
	}
	return n, k
}

// secret applies the manual of the program.
func (c *invocation) secret(w string) (int, Kind) {
	isOperand := w == "" || w[0] != '-'
	switch c.program {
	case "curl": // curl(1): -u user:password
		return c.curl(w), Password
	case "mysqladmin", "mariadb-admin": // mysqladmin password NEW
		if isOperand && (c.before == "password" || c.before == "old-password") {
			return 0, Password
		}
		return mysqlFlag(w), Password
	case "mysql", "mysqldump", "mysqlimport", "mysqlcheck", "mysqlshow", "mariadb", "mariadb-dump", "mariadb-check":
		return mysqlFlag(w), Password
	case "redis-cli": // the value never stands in the same word
		if c.before == "-a" {
			return 0, Password
		}
	case "sshpass", "mongosh", "mongo", "mongodump", "mongorestore", "mongoexport", "mongoimport":
		return c.flag("-p", w), Password
	case "ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami":
		return c.flag("-w", w), Password
	case "sqlcmd", "mosquitto_pub", "mosquitto_sub":
		return c.flag("-P", w), Password
	case "docker", "podman", "nerdctl", "skopeo", "buildah", "oras", "helm", "crane", "az":
		// docker login, crane auth login, helm registry login, az acr login
		if c.operands[0] == "login" || c.operands[1] == "login" && c.program != "docker" && c.program != "podman" && c.program != "nerdctl" {
			return c.flag("-p", w), Password
		}
	case "htpasswd": // htpasswd -b file user password, htpasswd -nb user password
		if isOperand && c.batch && (c.n == 2 && !c.stdout || c.n == 1 && c.stdout) &&
			!strings.HasSuffix(c.before, "C") && !strings.HasSuffix(c.before, "r") {
			return 0, Password
		}
	default:
		return c.operand(w, isOperand)
	}
	return -1, ""
}

// operand applies the manuals of the programs that take a credential by its place.
func (c *invocation) operand(w string, isOperand bool) (int, Kind) {
	switch {
	case c.program == "openssl": // openssl-enc(1), openssl-passphrase-options(1)
		if strings.HasPrefix(c.before, "-pass") && strings.HasPrefix(w, "pass:") {
			return len("pass:"), Password
		}
		if isOperand && c.before == "-k" && !isPath(w) {
			return 0, Password
		}
	case !isOperand:
	case c.program == "mc": // mc alias set ALIAS URL ACCESSKEY SECRETKEY
		i := c.past("alias", "set")
		if i < 0 {
			i = c.past("host", "add")
		}
		if i > 0 && c.n == i+3 && strings.Contains(c.operands[i+1], "://") {
			return 0, Secret
		}
	case c.program == "aws": // aws configure set KEY VALUE
		if i := c.past("configure", "set"); i > 0 && c.n == i+1 {
			if k, ok := literal(c.operands[i], w); ok {
				return 0, k
			}
		}
	case c.program == "vault": // vault login TOKEN; prose says "vault login to"
		if c.n == 1 && c.operands[0] == "login" && (isStrong(w) && strings.IndexByte(w, '=') < 0 || w == "root") {
			return 0, Token
		}
	case c.program == "rabbitmqctl":
		if i := max(c.past("add_user"), c.past("change_password")); i > 0 && c.n == i+1 {
			return 0, Password
		}
	}
	return -1, ""
}

// past is the place after a sequence of operands, -1 where it does not occur.
func (c *invocation) past(verbs ...string) int {
scan:
	for i := 0; i+len(verbs) <= c.n; i++ {
		for j, v := range verbs {
			if c.operands[i+j] != v {
				continue scan
			}
		}
		return i + len(verbs)
	}
	return -1
}

// flag is where the value of a short flag begins, in the next word or in the same one.
func (c *invocation) flag(short, w string) int {
	switch {
	case c.before == short && !strings.HasPrefix(w, "-"):
		return 0
	case len(w) > len(short) && strings.HasPrefix(w, short) && !isLongOption(w[1:]):
		return len(short)
	}
	return -1
}

// mysqlFlag: -p takes its value only from the same word.
func mysqlFlag(w string) int {
	if len(w) > 2 && strings.HasPrefix(w, "-p") && !isLongOption(w[1:]) {
		return 2
	}
	return -1
}

// isLongOption says whether a word after one dash is a long option that somebody wrote
// with a dash too few: -port 3306.
func isLongOption(w string) bool {
	end := 0
	for end < len(w) && (isLower(w[end]) || w[end] == '-') {
		end++
	}
	if end < len(w) && w[end] != '=' && !isDigit(w[end]) {
		return false
	}
	switch w[:end] {
	case "port", "protocol", "plugin-dir", "pager", "pipe", "prompt", "print-defaults", "password", "progress", "password-stdin",
		"profile", "path", "page", "project":
		return true
	}
	return false
}

// curl finds the password of user:password after -u, -U, their long forms, or flags
// that are written together and end in u (-su).
func (c *invocation) curl(w string) int {
	from := -1
	switch {
	case len(w) > 2 && (strings.HasPrefix(w, "-u") || strings.HasPrefix(w, "-U")):
		from = 2
	case strings.HasPrefix(w, "--user="), strings.HasPrefix(w, "--proxy-user="):
		from = strings.IndexByte(w, '=') + 1
	case isUserFlag(c.before) && c.before != "--username" || c.before == "--proxy-user" || isCluster(c.before):
		from = 0
	}
	if from < 0 {
		return -1
	}
	colon := strings.IndexByte(w[from:], ':')
	if colon < 0 {
		return -1
	}
	user, password := w[from:from+colon], w[from+colon+1:]
	if strings.HasPrefix(strings.ToLower(user), "user") && strings.EqualFold(password, "password") {
		return -1 // documentation
	}
	return from + colon + 1
}

// isCluster says whether a word is flags of curl without values, and u.
func isCluster(w string) bool {
	return len(w) > 2 && w[0] == '-' && w[len(w)-1] == 'u' &&
		all(w[1:len(w)-1], func(c byte) bool { return strings.IndexByte("sSkfLvigIGanNOqR#0123456", c) >= 0 })
}
