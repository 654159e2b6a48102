package redact

import "strings"

const maxCommand = 1024 // bytes of a command line that are read for its flags

// command finds the password that a short flag of a known program gives, in a command
// line that is one string: sh -c "mysql -uroot -phunter2".
func command(f finder, at int) (span, bool) {
	if !bounded(f.text, at) {
		return span{}, false
	}
	end := at
	for end < len(f.text) && (isAlnum(f.text[end]) || f.text[end] == '-') && end-at < 16 {
		end++
	}
	program, before := f.text[at:end], ""
	if end == len(f.text) || !isBlank(f.text[end]) || !takesPassword(program) {
		return span{}, false
	}
	for limit := min(len(f.text), at+maxCommand); end < limit; {
		start := end
		for start < limit && (isBlank(f.text[start]) || f.text[start] == '"' || f.text[start] == '\'') {
			start++
		}
		end = start
		for end < limit && !isSpace(f.text[end]) && strings.IndexByte("\"'`;|&)\\", f.text[end]) < 0 {
			end++
		}
		if end == start {
			return span{}, false
		}
		word := f.text[start:end]
		if n := shortFlag(program, before, word); n >= 0 && n < len(word) && !isStandIn(word[n:]) {
			return span{start: start + n, end: end, kind: Password}, true
		}
		before = word
	}
	return span{}, false
}

// directive finds the value of a statement that has no separator: requirepass of
// redis.conf, and PASSWORD '...' and IDENTIFIED BY '...' of SQL.
func directive(f finder, at int) (span, bool) {
	if !bounded(f.text, at) {
		return span{}, false
	}
	for _, d := range [...]string{"requirepass ", "masterauth ", "password '", "identified by '"} {
		start := at + len(d)
		if start >= len(f.text) || !strings.EqualFold(f.text[at:start], d) {
			continue
		}
		value := f.word(start)
		if d[len(d)-1] == '\'' {
			value, _ = f.quoted(start - 1)
		}
		v := f.text[value.start:value.end]
		if len(v) < 3 || isWord(v) || isStandIn(v) || isReference(v) || strings.IndexByte(v, ' ') >= 0 && d[0] == 'p' {
			return span{}, false
		}
		return span{start: value.start, end: value.end, kind: Password}, true
	}
	return span{}, false
}

// sibling finds the name that stands before a "value" in a list of names and values:
// {"name":"DB_PASSWORD","value":"hunter2"}, <add key="Password" value="hunter2"/>.
func (f *finder) sibling(value extent) extent {
	end := value.start
	for end > f.pos && value.start-end < 64 && (isSpace(f.text[end-1]) || strings.IndexByte(",\"'\\", f.text[end-1]) >= 0) {
		end--
	}
	start := end
	for start > f.pos && end-start < maxName && isNameByte(f.text[start-1]) {
		start--
	}
	key := start
	for key > f.pos && start-key < 8 && (isBlank(f.text[key-1]) || strings.IndexByte(":=\"'\\", f.text[key-1]) >= 0) {
		key--
	}
	if start == end || key == start || key < 4 ||
		!strings.EqualFold(f.text[key-4:key], "name") && !strings.EqualFold(f.text[key-3:key], "key") {
		return value
	}
	return extent{start, end}
}

func takesPassword(program string) bool {
	switch program {
	case "mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump", "mariadb-admin", "curl", "redis-cli",
		"sshpass", "mongosh", "mongo", "mongodump", "ldapsearch", "ldapadd", "ldapmodify":
		return true
	}
	return false
}

// shortFlag says where in a the password begins that a short flag of the program
// gives, -1 for nowhere. curl(1) -u user:password, mysql(1) -ppassword, redis-cli -a,
// sshpass(1) -p, mongosh -p, ldapsearch(1) -w.
func shortFlag(program, before, a string) int {
	var flag string
	switch program {
	case "curl":
		if before == "-u" || before == "--user" || before == "-U" || before == "--proxy-user" {
			if colon := strings.IndexByte(a, ':'); colon >= 0 {
				return colon + 1
			}
		}
		return -1
	case "mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump", "mariadb-admin":
		if len(a) > 2 && strings.HasPrefix(a, "-p") {
			return 2
		}
		return -1
	case "redis-cli":
		flag = "-a"
	case "sshpass", "mongosh", "mongo", "mongodump":
		flag = "-p"
	case "ldapsearch", "ldapadd", "ldapmodify":
		flag = "-w"
	}
	if before == flag {
		return 0
	}
	if program == "sshpass" && len(a) > 2 && strings.HasPrefix(a, "-p") {
		return 2
	}
	return -1
}
