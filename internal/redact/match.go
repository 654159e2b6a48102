package redact

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// rule finds what a prefix and an alphabet cannot say. It is tried where one of its
// grams (three bytes, upper or lower case) begins.
type rule uint8

const (
	byShape rule = iota
	byJWT
	byPEM
	byPEMInBase64
	byUserinfo
	byDSN
	byCrypt
	byScheme
	byFlag
	byCommand // and with the gram one to five bytes into the name
	byCommand1
	byCommand2
	byCommand3
	byCommand4
	byCommand5
	byPipe
	byDirective
	byAzure
	byTelegram
	byOpenAI
	bySlackWebhook
)

type matcher struct {
	grams []string
	rule  rule
}

func matchers() []matcher {
	return []matcher{
		{[]string{"eyJ"}, byJWT},
		{[]string{"-BE"}, byPEM},
		{[]string{"LS0"}, byPEMInBase64},
		{[]string{"://"}, byUserinfo},
		{[]string{"@tc", "@un"}, byDSN},
		{[]string{"$2a", "$2b", "$2y", "$6$", "$5$", "$1$", "$y$", "$ap", "$ar"}, byCrypt},
		{[]string{"bea", "bas"}, byScheme},
		{[]string{" --", "\t--", "\n--", "\"--", "'--"}, byFlag},
		// Three letters of the program's name that other words seldom have.
		{[]string{"mys", "cur", "ssh", "lda", "htp", "mc ", "az ", "aws", "vau", "mos", "bui"}, byCommand},
		{[]string{"kop"}, byCommand1},                                    // skopeo
		{[]string{"ngo", "dma", "rdc", "cke", "lcm", "lm "}, byCommand2}, // mongo, podman, nerdctl, docker, sqlcmd, helm
		{[]string{"iad"}, byCommand3},                                    // mariadb
		{[]string{"s-c", "ssl"}, byCommand4},                             // redis-cli, openssl
		{[]string{"tmq"}, byCommand5},                                    // rabbitmqctl
		{[]string{"chp"}, byPipe},
		{[]string{"req", "mas", "pas", "ide"}, byDirective},
		{[]string{"7Q~", "8Q~"}, byAzure},
		{[]string{":AA"}, byTelegram},
		{[]string{"T3B"}, byOpenAI},
		{[]string{"k.c"}, bySlackWebhook},
	}
}

// match calls a rule by a switch and not through a table of functions, which would
// move every finder to the heap.
func (f *finder) match(r rule, at int) (span, bool) {
	switch r {
	case byJWT:
		return f.jwt(at)
	case byPEM:
		return f.pem(at)
	case byPEMInBase64:
		return f.pemInBase64(at)
	case byUserinfo:
		return f.userinfo(at)
	case byDSN:
		return f.dsn(at)
	case byCrypt:
		return f.crypt(at)
	case byScheme:
		return f.scheme(at)
	case byFlag:
		return f.flag(at)
	case byCommand, byCommand1, byCommand2, byCommand3, byCommand4, byCommand5:
		return f.command(at - int(r-byCommand))
	case byPipe:
		return f.pipe(at)
	case byDirective:
		return f.directive(at)
	case byAzure:
		return f.azureClientSecret(at)
	case byTelegram:
		return f.telegramToken(at)
	case byOpenAI:
		return f.openAIKey(at)
	case bySlackWebhook:
		return f.slackWebhook(at)
	}
	return span{}, false
}

// run is the end of the run of an alphabet that begins at a place, at most limit bytes on.
func (f *finder) run(at, limit int, in alphabet) int {
	start, limit := at, min(len(f.text), at+limit)
	for at < limit && in.has(f.text[at]) {
		at++
	}
	f.work += at - start
	return at
}

const (
	maxHeader        = 4096                                          // bytes of a token's header
	maxPEM           = 1 << 16                                       // bytes of a private key
	anyLength        = 1 << 30                                       // of a run that is taken whole
	exampleSignature = "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c" // https://jwt.io
)

// jwt finds a JWS or JWE in compact form: the header is JSON with an "alg" (RFC 7515
// section 4.1.1).
func (f *finder) jwt(at int) (span, bool) {
	if f.text[at:at+3] != "eyJ" || !bounded(f.text, at) {
		return span{}, false
	}
	dot := f.run(at, maxHeader, alnumDash)
	if !f.dot(dot) || !isHeader(f.text[at:dot]) {
		return span{}, false
	}
	f.work += 4 * (dot - at)
	// Segment by segment, so that an empty one ends the reading.
	second := f.run(dot+1, anyLength, alnumDash)
	if second-dot < 3 || !f.dot(second) || f.run(second+1, 4, dotted)-second < 4 {
		return span{}, false
	}
	end := f.run(second+1, anyLength, dotted)
	for end > second && (f.text[end-1] == '.' || f.text[end-1] == '=') {
		end--
	}
	if signature := f.text[min(second+1, end):end]; len(signature) < 16 || signature == exampleSignature {
		return span{}, false
	}
	return span{start: at, end: end, kind: JWT}, true
}

func (f *finder) dot(at int) bool { return at < len(f.text) && f.text[at] == '.' }

func isHeader(v string) bool {
	b, err := base64.RawURLEncoding.DecodeString(v)
	return err == nil && bytes.Contains(b, []byte(`"alg"`))
}

const pemBegin = "-----BEGIN "

// pem finds a private key in PEM (RFC 7468) or OpenPGP armour (RFC 9580 section 6.2),
// its line ends escaped or not. A block without an end takes the rest of the text.
func (f *finder) pem(at int) (span, bool) {
	at -= 4
	if at < f.pos || !strings.HasPrefix(f.text[at:], pemBegin) {
		return span{}, false
	}
	rest := f.text[at+len(pemBegin):]
	label := strings.Index(rest[:min(len(rest), 64)], "-----")
	if label < 0 || !strings.Contains(rest[:label], "PRIVATE KEY") {
		return span{}, false
	}
	body := at + len(pemBegin) + label + 5
	window := f.text[body:min(len(f.text), body+maxPEM)]
	end := len(f.text)
	// The body ends at any dashes: those of another key that begins are not read twice.
	if i := strings.Index(window, "-----"); i >= 0 {
		window = window[:i]
		end = body + i
		if strings.HasPrefix(f.text[end:], "-----END ") {
			if j := strings.Index(f.text[end+9:min(len(f.text), end+73)], "-----"); j >= 0 {
				end += 9 + j + 5
			}
		}
	}
	head := window[:min(len(window), 1024)]
	f.work += len(pemBegin) + label + len(head)
	if longestRun(head) < 32 || strings.Contains(window, markStem) {
		return span{}, false
	}
	return span{start: at, end: end, kind: PrivateKey}, true
}

// longestRun is the length of the longest run of base64 in s.
func longestRun(s string) int {
	best, n := 0, 0
	for i := range len(s) {
		if !base64ish.has(s[i]) {
			n = 0
			continue
		}
		if n++; n > best {
			best = n
		}
	}
	return best
}

// pemInBase64 finds the client-key-data of a kubeconfig: base64 of a PEM private key.
func (f *finder) pemInBase64(at int) (span, bool) {
	const dashesBegin = "LS0tLS1CRUdJTi" // base64 of "-----BEGIN "
	if !strings.HasPrefix(f.text[at:], dashesBegin) {
		return span{}, false
	}
	if len(f.text)-at < 128 {
		return span{}, false
	}
	f.work += 64
	b, err := base64.StdEncoding.DecodeString(f.text[at : at+64])
	if err != nil || !strings.Contains(string(b), "PRIVATE KEY") {
		return span{}, false
	}
	return span{start: at, end: f.run(at, anyLength, base64ish), kind: PrivateKey}, true
}

// userinfo finds the password of a URL (RFC 3986 section 3.2.1).
func (f *finder) userinfo(at int) (span, bool) {
	if at == f.pos || !isAlnum(f.text[at-1]) {
		return span{}, false
	}
	web := at >= 4 && (f.text[at-4:at] == "http" || f.text[at-4:at] == "ttps")
	start, last, colon := at+3, -1, -1
scan:
	for i := start; i < len(f.text) && i-start < 1024; i++ {
		f.work++
		switch c := f.text[i]; {
		case c == '@':
			last = i
		case c == ':' && colon < 0:
			colon = i
		case c <= ' ', c == '/', c == '"', c == '\'', c == '`', c == '<', c == '>', c == '\\', c == ',' && last >= 0:
			break scan
		case web && (c == '?' || c == '#'):
			break scan
		}
	}
	if colon < 0 || last <= colon+1 {
		return span{}, false
	}
	return f.password(colon+1, last)
}

// dsn finds the password of a Go MySQL data source name: user:password@tcp(host)/db.
// https://github.com/go-sql-driver/mysql#dsn-data-source-name
func (f *finder) dsn(at int) (span, bool) {
	if rest := f.text[at:]; !strings.HasPrefix(rest, "@tcp(") && !strings.HasPrefix(rest, "@unix(") {
		return span{}, false
	}
	start := at
	for start > f.pos && f.text[start-1] > ' ' && f.text[start-1] != '"' && f.text[start-1] != '\'' && at-start < 256 {
		start--
	}
	f.work += at - start
	colon := strings.IndexByte(f.text[start:at], ':')
	if colon < 1 {
		return span{}, false
	}
	return f.password(start+colon+1, at)
}

// password judges what stands where only a password stands.
func (f *finder) password(start, end int) (span, bool) {
	v := f.text[start:end]
	if v == "" || isStandIn(v) || isWord(v) && len(v) < 6 || strings.EqualFold(v, "password") && f.documents(start) {
		return span{}, false
	}
	return span{start: start, end: end, kind: Password}, true
}

// documents says whether the user before a URL's password is a word of documentation:
// user:password@host.
func (f *finder) documents(at int) bool {
	before := f.text[:at-1]
	return strings.HasSuffix(before, "//user") || strings.HasSuffix(before, "//username")
}

// crypt finds a password hash in modular crypt format.
// https://manpages.debian.org/crypt(5), https://httpd.apache.org/docs/current/misc/password_encryptions.html
func (f *finder) crypt(at int) (span, bool) {
	end := at
	for end < len(f.text) && end-at < 512 && (isAlnum(f.text[end]) || strings.IndexByte("./$=,-+", f.text[end]) >= 0) {
		end++
	}
	f.work += end - at
	if !isHash(f.text[at:end]) {
		return span{}, false
	}
	return span{start: at, end: end, kind: PasswordHash}, true
}

// isHash says whether v is a password hash: a known identifier, a salt, and a digest
// of that algorithm's length.
func isHash(v string) bool {
	if len(v) < 20 || v[0] != '$' {
		return strings.HasPrefix(v, "{SSHA}") || strings.HasPrefix(v, "{SHA}") || strings.HasPrefix(v, "SCRAM-SHA-256$")
	}
	id, _, ok := strings.Cut(v[1:], "$")
	if !ok {
		return false
	}
	digest := len(v) - 1 - strings.LastIndexByte(v, '$')
	switch id {
	case "2a", "2b", "2y":
		return digest == 53
	case "6":
		return digest == 86
	case "5", "y":
		return digest == 43
	case "1", "apr1":
		return digest == 22
	case "argon2i", "argon2d", "argon2id":
		return digest >= 20
	}
	return false
}

// scheme finds the credentials after "Bearer" (RFC 6750) and "Basic" (RFC 7617).
func (f *finder) scheme(at int) (span, bool) {
	if !bounded(f.text, at) {
		return span{}, false
	}
	start, kind := at+7, Token
	if strings.EqualFold(f.text[at:min(len(f.text), at+6)], "basic ") {
		start, kind = at+6, Password
	} else if !strings.EqualFold(f.text[at:min(len(f.text), at+7)], "bearer ") {
		return span{}, false
	}
	end := start
	for end < len(f.text) && (base64ish.has(f.text[end]) || strings.IndexByte("-._~", f.text[end]) >= 0) {
		end++
	}
	f.work += 4 * (end - start)
	v := f.text[start:end]
	if kind == Password && !isBasic(v) || kind == Token && (len(v) < 16 || !isStrong(v) || isDNSSubdomainOfWords(v) || isStandIn(v)) {
		return span{}, false
	}
	inner := find(v)
	if s, ok := inner.next(); ok && s.start == 0 && s.end == len(v) && s.kind != Unread {
		kind = s.kind
	}
	f.work += inner.work
	return span{start: start, end: end, kind: kind}, true
}

// azureClientSecret finds a client secret of Microsoft Entra ID: three characters, a
// digit, "Q~" and 31 or more.
// https://learn.microsoft.com/en-us/purview/sit-defn-client-secret-api-key
func (f *finder) azureClientSecret(at int) (span, bool) {
	start, end := at-3, at+3
	if start < f.pos || f.text[at+1] != 'Q' || !all(f.text[start:at], alnumDash.has) || !bounded(f.text, start) {
		return span{}, false
	}
	for end < len(f.text) && (alnumDash.has(f.text[end]) || f.text[end] == '~' || f.text[end] == '.') {
		end++
	}
	f.work += end - at
	if end-at-3 < 31 {
		return span{}, false
	}
	return span{start: start, end: end, kind: "azure-client-secret"}, true
}

// telegramToken finds a bot token: the bot's number, ':' and 35 characters.
// https://core.telegram.org/bots/api#authorizing-your-bot
func (f *finder) telegramToken(at int) (span, bool) {
	start, end := at, f.run(at+1, 64, alnumDash)
	for start > f.pos && at-start < 16 && isDigit(f.text[start-1]) {
		start--
	}
	if n := at - start; n < 8 || n > 10 || end-at-1 != 35 || f.text[at+1:at+3] != "AA" {
		return span{}, false
	}
	return span{start: start, end: end, kind: "telegram-token"}, true
}

// openAIKey finds a key of the first form: "sk-", 20 characters, "T3BlbkFJ", 20 more.
// https://platform.openai.com/docs/api-reference/authentication
func (f *finder) openAIKey(at int) (span, bool) {
	start := at - 23
	if start < f.pos || !strings.HasPrefix(f.text[at:], "T3BlbkFJ") || !strings.HasPrefix(f.text[start:], "sk-") || !bounded(f.text, start) {
		return span{}, false
	}
	end := f.run(at, 200, alnum)
	if end-at < 28 {
		return span{}, false
	}
	return span{start: start, end: end, kind: "openai-key"}, true
}

// slackWebhook finds the path of an incoming webhook: T and the workspace, B and the
// app, then the secret. The whole address is the credential.
// https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
func (f *finder) slackWebhook(at int) (span, bool) {
	const host, path = "hooks.slack.com", "/services/"
	start := at - strings.Index(host, "k.c")
	body := start + len(host) + len(path)
	if start < f.pos || !strings.HasPrefix(f.text[start:], host) || !strings.HasPrefix(f.text[start+len(host):], path) {
		return span{}, false
	}
	end := body
	for _, first := range [...]byte{'T', 'B', 0} {
		if end > body {
			if end == len(f.text) || f.text[end] != '/' {
				return span{}, false
			}
			end++
		}
		begin := end
		end = f.run(begin, 64, alnum)
		if end == begin || first != 0 && f.text[begin] != first {
			return span{}, false
		}
	}
	secret := f.text[strings.LastIndexByte(f.text[:end], '/')+1 : end]
	if len(secret) < 8 || distinct(secret, 3) < 3 || isDummy(secret) {
		return span{}, false
	}
	return span{start: start, end: end, kind: "webhook-url"}, true
}
