package redact

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestMask(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"postgres://app:hunter2@db/x", "postgres://app:[redacted: password]@db/x"},
		{"redis://:p4ss@cache:6379", "redis://:[redacted: password]@cache:6379"},
		{"mongodb://u:p/@x", "mongodb://u:p/@x"},
		{"app:hunter2@tcp(db:3306)/x?parseTime=true", "app:[redacted: password]@tcp(db:3306)/x?parseTime=true"},
		{"--password=hunter2", "--password=[redacted: password]"},
		{"run --password hunter2 --host db", "run --password [redacted: password] --host db"},
		{"--db-password 'a b' x", "--db-password '[redacted: password]' x"},
		{"PGPASSWORD=hunter2 psql -h db", "PGPASSWORD=[redacted: password] psql -h db"},
		{"a\n" + fakePEM + "\nb", "a\n[redacted: private-key]\nb"},
		{`{"key":"` + strings.ReplaceAll(fakePEM, "\n", `\n`) + `"}`, `{"key":"[redacted: private-key]"}`},
		{`curl -H "Authorization: Bearer ` + fakeJWT + `" https://x`, `curl -H "Authorization: Bearer [redacted: jwt]" https://x`},
		{`curl -H "X-Api-Key: 9f8a7b6c5d4e3f2a" https://x`, `curl -H "X-Api-Key: [redacted: api-key]" https://x`},
		{"Authorization: Basic cm9ib3Q6aHVudGVyMg==", "Authorization: Basic [redacted: password]"},
		{"key " + fakeAWSID + ".", "key [redacted: aws-access-key-id]."},
		{`{"password":"a\"b","user":"x"}`, `{"password":"[redacted: password]","user":"x"}`},
		{`"{\"password\":\"hunter2\",\"user\":\"x\"}"`, `"{\"password\":\"[redacted: password]\",\"user\":\"x\"}"`},
		{"user: x\npassword: hun ter2 # old\nhost: y", "user: x\npassword: [redacted: password] # old\nhost: y"},
		{"password = hunter2\n", "password = [redacted: password]\n"},
		{"password: |\n  hunter2\n", "password: |\n  [redacted: password]\n"},
		{"Server=db;Password=a;b;User=x", "Server=db;Password=[redacted: password];User=x"},
		{"https://x/?user=a&api_key=9f8a7b6c5d4e3f2a&b=c", "https://x/?user=a&api_key=[redacted: api-key]&b=c"},
		{"<password>hunter2</password>", "<password>[redacted: password]</password>"},
		{`'password' => 'hunter2',`, `'password' => '[redacted: password]',`},
		{"export TOKEN=" + fakeGitHub, "export TOKEN=[redacted: github-token]"},
		{`line\n` + fakeGitHub, `line\n[redacted: github-token]`},
		{"admin:" + fakeBcrypt, "admin:[redacted: password-hash]"},
		{`x\npassword: hunter2\nuser: a`, `x\npassword: [redacted: password]\nuser: a`},
		{`sh -c "mysql -uroot -phunter2 -h db"`, `sh -c "mysql -uroot -p[redacted: password] -h db"`},
		{"mysql -uroot -p$MYSQL_PWD; mkdir -p /tmp", "mysql -uroot -p$MYSQL_PWD; mkdir -p /tmp"},
		{"curl -s -u me:hunter2 https://x", "curl -s -u me:[redacted: password] https://x"},
		{"sshpass -p hunter2 ssh x", "sshpass -p [redacted: password] ssh x"},
		{"requirepass hunter2\n", "requirepass [redacted: password]\n"},
		{"ALTER USER x WITH PASSWORD 'hunter2';", "ALTER USER x WITH PASSWORD '[redacted: password]';"},
		{"- name: DB_PASSWORD\n  value: hunter2\n", "- name: DB_PASSWORD\n  value: [redacted: password]\n"},
		{`{"name":"DB_PASSWORD","value":"hunter2"}`, `{"name":"DB_PASSWORD","value":"[redacted: password]"}`},
		{`<add key="Password" value="hunter2"/>`, `<add key="Password" value="[redacted: password]"/>`},
		{"- name: LOG_LEVEL\n  value: hunter2\n", "- name: LOG_LEVEL\n  value: hunter2\n"},
		{`"password" : "hunter2"`, `"password" : "[redacted: password]"`},
		{`password := "hunter2"`, `password := "[redacted: password]"`},
		{"password: 'it''s me'", "password: '[redacted: password]'"},
		{"password=p#a&b;c", "password=[redacted: password]"},
		{"", ""},
		{"nothing here: at all = fine", "nothing here: at all = fine"},
	} {
		got, kinds := Mask(c.text)
		if got != c.want {
			t.Errorf("Mask(%q)\n got %q\nwant %q", c.text, got, c.want)
		}
		if k, ok := Value(c.text); ok != (len(kinds) > 0) || ok && k != kinds[0] {
			t.Errorf("Value(%q) = %q, %v; Mask found %q", c.text, k, ok, kinds)
		}
		if again, more := Mask(got); again != got || len(more) > 0 {
			t.Errorf("Mask(Mask(%q)) = %q, %q", c.text, again, more)
		}
	}
}

func TestMaskOfCleanTextAllocatesNothing(t *testing.T) {
	text := strings.Repeat("replicas: 3\nimage: nginx:1.29\nkey: value # password\n", 20)
	tables()
	if n := testing.AllocsPerRun(100, func() { Mask(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { Name("POSTGRES_PASSWORD") }); n != 0 {
		t.Errorf("Name: %v allocations", n)
	}
}

func TestArgs(t *testing.T) {
	for _, c := range []struct {
		args, want []string
		kinds      []Kind
	}{
		{[]string{"--password", "hunter2"}, []string{"--password", "[redacted: password]"}, []Kind{"", Password}},
		{[]string{"app", "--password=hunter2"}, []string{"app", "--password=[redacted: password]"}, []Kind{"", Password}},
		{[]string{"/usr/bin/mysql", "-u", "root", "-phunter2"}, []string{"/usr/bin/mysql", "-u", "root", "-p[redacted: password]"}, []Kind{"", "", "", Password}},
		{[]string{"ls", "-phunter2"}, []string{"ls", "-phunter2"}, []Kind{"", ""}},
		{[]string{"curl", "-u", "me:hunter2", "https://x"}, []string{"curl", "-u", "me:[redacted: password]", "https://x"}, []Kind{"", "", Password, ""}},
		{[]string{"redis-cli", "-a", "hunter2"}, []string{"redis-cli", "-a", "[redacted: password]"}, []Kind{"", "", Password}},
		{[]string{"redis-cli", "-a", "$PASS"}, []string{"redis-cli", "-a", "$PASS"}, []Kind{"", "", ""}},
		{[]string{"sh", "-c", "PGPASSWORD=hunter2 psql"}, []string{"sh", "-c", "PGPASSWORD=[redacted: password] psql"}, []Kind{"", "", Password}},
		{[]string{"--token-file", "/x", "--password-stdin", "hello"}, []string{"--token-file", "/x", "--password-stdin", "hello"}, []Kind{"", "", "", ""}},
		{[]string{"--password", "--verbose"}, []string{"--password", "--verbose"}, []Kind{"", ""}},
		{[]string{"redis-server", "--requirepass", "hunter2"}, []string{"redis-server", "--requirepass", "[redacted: password]"}, []Kind{"", "", Password}},
		{nil, []string{}, []Kind{}},
	} {
		got, kinds := Args(c.args)
		if !reflect.DeepEqual(got, c.want) || !reflect.DeepEqual(kinds, c.kinds) {
			t.Errorf("Args(%q)\n got %q %q\nwant %q %q", c.args, got, kinds, c.want, c.kinds)
		}
	}
}

func TestLines(t *testing.T) {
	text := `# password: commented-out
spring.datasource.url=jdbc:postgresql://db/x
spring.datasource.password=hunter2
token: ${TOKEN}
credentials_file: /var/run/secrets/token
"apiKey": "9f8a7b6c5d4e3f2a",
url: postgres://app:s3cr3t@db/x
requirepass = foobared
admin:` + fakeBcrypt + `
tls.key: |
  ` + strings.ReplaceAll(fakePEM, "\n", "\n  ") + `
other: [a, b]
` + fakeGitHub + "\n"
	want := []Finding{
		{3, "spring.datasource.password", Password},
		{6, "apiKey", APIKey},
		{7, "url", Password},
		{8, "requirepass", Password},
		{9, "admin", PasswordHash},
		{11, "", PrivateKey},
		{16, "", "github-token"},
	}
	if got := Lines(text); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if got := Lines(""); got != nil {
		t.Errorf("an empty text has %v", got)
	}
}

// TestCanaryNeverSurvives puts one value in every place that a credential is known
// to stand, and looks for it in all that comes out.
func TestCanaryNeverSurvives(t *testing.T) {
	const canary = "c4n4ryV4lu3x9Qz7Lm2Tt"
	for _, form := range []string{
		"password=%", "password: %", `"password": "%"`, `{"a":1,"dbPassword":"%"}`, "--token %", "--token=%", "api_key=%&x=1",
		"https://u:%@h/", "amqp://u:%@h", "u:%@tcp(h)/d", "Authorization: Bearer %", "X-Auth-Token: %", "<clientSecret>%</clientSecret>",
		"CLIENT_SECRET=%", "password = \"%\"", "PASSWORD='%'", "AccountKey=%;x=y", `\"secretKey\":\"%\"`, "- --password=%", "\tsecret-key: %\n",
	} {
		text := strings.ReplaceAll(form, "%", canary)
		masked, kinds := Mask(text)
		if strings.Contains(masked, canary) || len(kinds) == 0 {
			t.Errorf("Mask(%q) = %q", text, masked)
		}
		args, _ := Args([]string{text})
		if strings.Contains(args[0], canary) {
			t.Errorf("Args(%q) = %q", text, args)
		}
		for _, f := range Lines(text) {
			if strings.Contains(f.Key, canary) || strings.Contains(string(f.Kind), canary) {
				t.Errorf("Lines(%q) = %v", text, f)
			}
		}
		if len(Lines(text)) == 0 {
			t.Errorf("Lines(%q) is empty", text)
		}
	}
}

// TestHostileTextTakesBoundedTime repeats what could make one scan start many others.
// Each takes milliseconds; a quadratic walk of a megabyte would take minutes.
func TestHostileTextTakesBoundedTime(t *testing.T) {
	for _, piece := range []string{
		"token=", "token='", `"token":"`, "token: ", "--token ", "password=${", "eyJ.", "eyJhbGciOiJIUzI1NiJ9.", "xoxb-", "sk-ant-xxxxxx",
		"-----BEGIN PRIVATE KEY-----", "LS0tLS1CRUdJTi", "a://b:", "a://b:${@", "$1$", "8Q~", "1:AA", "@tcp(", "bearer ", "<token>", "curl ", "mysql -p$ ", "value:", "password '", "\\\\\"",
	} {
		text := strings.Repeat(piece, 1<<18/len(piece))
		start := time.Now()
		Mask(text)
		Lines(text)
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("%q repeated to 256 KB takes %v", piece, d)
		} else {
			t.Logf("%q: %v", piece, d)
		}
	}
}

func FuzzMask(f *testing.F) {
	for _, p := range innocentPairs {
		f.Add(p[0]+": "+p[1], p[1])
	}
	f.Add("x --password ", "; token="+fakeJWT)
	f.Add(`{"password":"a\"b\\"`, fakePEM)
	f.Add("-----BEGIN PRIVATE KEY-----", "://a:b@")
	f.Fuzz(func(t *testing.T, before, after string) {
		text := before + "\n" + fakeGitHub + "\n" + after
		masked, kinds := Mask(text)
		if strings.Contains(masked, fakeGitHub) || len(kinds) == 0 {
			t.Fatalf("the token survives in %q", masked)
		}
		if again, more := Mask(masked); again != masked || len(more) > 0 {
			t.Fatalf("masked again\n%q\nis\n%q", masked, again)
		}
		if _, ok := Value(masked); ok {
			t.Fatalf("a credential is left in %q", masked)
		}
		Lines(text)
		Args(strings.Fields(text))
		Pair(before, after)
		Name(before)
	})
}
