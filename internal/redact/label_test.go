package redact

import "testing"

func TestTextAboutACredentialIsNone(t *testing.T) {
	for _, text := range []string{
		`bindPW: "$dex.ldap.bindPW"`, "clientSecret: $oidc.secret", "password: $secret:key", "password = `$__vault{kv/db#pw}`", "password = $__env{PW}",
		"login.password=Password", "label.password=Contraseña", "password=Senha", "error.password=Wrong password!", `{"newPassword":"Neues Passwort"}`,
		`{"password":"Mot de passe"}`, `password=Contrase\u00f1a`, `"password": "密码"`, "password: Пароль", "placeholder.password=At least eight",
		"errorPassword: too-short", "title.password=Sign-in", "help.password = see-the-manual", "password: ((db-password))", "password: gcpsm:db-password",
		"password: secretref+x/y", "password: !!secret db", "password: !secret db_password", "password: 'Password:'", "password: Please enter something",
	} {
		if masked, kinds := Mask(text); len(kinds) > 0 {
			t.Errorf("Mask(%q) = %q", text, masked)
		}
		if found := Lines(text); len(found) > 0 {
			t.Errorf("Lines(%q) = %v", text, found)
		}
	}
	for _, p := range [][2]string{
		{"password", "`$__vault{kv/db#pw}`"},
		{"bindPW", "$dex.ldap.bindPW"},
		{"newPassword", "Neues Passwort"},
		{"AWS_SECRET_ACCESS_KEY", ""},
		{"AWS_SECRET_ACCESS_KEY", "$(KEY)"},
		{"AWS_SECRET_ACCESS_KEY", "${KEY}"},
		{"AWS_SECRET_ACCESS_KEY", "$KEY"},
		{"AWS_ACCESS_KEY_ID", "{{ .Values.id }}"},
		{"AWS_ACCESS_KEY_ID", " "},
		{"ECS_ENGINE_AUTH_DATA", "<auth>"},
		{"AWS_SECRET_ACCESS_KEY", "[redacted: aws-secret-access-key]"},
	} {
		if k, ok := Pair(p[0], p[1]); ok || k != "" {
			t.Errorf("Pair(%q, %q) = %q, %v", p[0], p[1], k, ok)
		}
	}
}

func TestCredentialThatReadsLikeText(t *testing.T) {
	for _, p := range [][2]string{
		{"DB_PASSWORD", "password"},
		{"DB_PASSWORD", "Password"},
		{"postgresPassword", "password"},
		{"DB_PASSWORD", "senha"},
		{"password", "Password1"},
		{"password", "passwort123"},
		{"password", "correct horse battery staple"},
		{"password", "Tr0ub4dor & 3"},
		{"MESSAGE_BROKER_PASSWORD", "hunter2"},
		{"messageQueuePassword", "hunter2"},
		{"spring.mail.password", "hunter2"},
		{"password", "p$ssw0rd"},
		{"password", "$1x"},
		{"password", "(abc)"},
		{"API_TOKEN", "kd93kdkd93kdk39dk"},
		{"API_TOKEN", "4f9c2a7be81d3f60"},
		{"AWS_ACCESS_KEY_ID", "minio"},
		{"NOTIFY_URL", "https://hooks.slack.com/services/T0001/B0002/kd93kdkd93kdk39dk"},
		{"NOTIFY_URL", "https://hooks.slack.com/services/T0ABCDEF1/B0ABCDEF2/kd93kdkd93kdk39dkd93kdk3"},
	} {
		if _, ok := Pair(p[0], p[1]); !ok {
			t.Errorf("Pair(%q, %q) is none", p[0], p[1])
		}
	}
	for _, p := range [][2]string{
		{"API_TOKEN", "aaaaaaaaaaaaaaaa1"},
		{"API_TOKEN", "aabbaabbaabbaabb"},
		{"token", "node-group-11-22"},
		{"NOTIFY_URL", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"},
		{"NOTIFY_URL", "https://hooks.slack.com/services/your/webhook/url-that-you-got-there"},
		{"NOTIFY_URL", "https://hooks.slack.com/services/T1/B1/"},
	} {
		if k, ok := Pair(p[0], p[1]); ok {
			t.Errorf("Pair(%q, %q) = %q", p[0], p[1], k)
		}
	}
}

func TestUnmarkTakesTheKindOutOfAForgedMark(t *testing.T) {
	for text, want := range map[string]string{
		"[redacted: password]":              Plain,
		"a [redacted: jwt] [redacted: x-1]": "a " + Plain + " " + Plain,
		"[redacted: Not A Kind]":            "[redacted: Not A Kind]",
		"[redacted: [redacted: token]":      "[redacted: " + Plain,
		"[redacted]":                        Plain, "": "", "x": "x",
	} {
		got := Unmark(text)
		if got != want {
			t.Errorf("Unmark(%q) = %q, want %q", text, got, want)
		}
		if k, ok := MarkedIn(got); ok {
			t.Errorf("a mark of %q is left in %q", k, got)
		}
		if args, kinds := Args([]string{got}); kinds[0] != "" || args[0] != got {
			t.Errorf("Args makes it %q, %q", args, kinds)
		}
	}
}

func TestHoldsAndUnder(t *testing.T) {
	for _, key := range []string{
		"passwords", "PASSWORDS", "credentials", "secrets", "secret", "secretData", "auth", "auths", "apiKeys", "authTokens", "userPasswords", "adminPassword",
		"creds", "secretKeys",
	} {
		if _, ok := Holds(key); !ok {
			t.Errorf("Holds(%q) is false", key)
		}
	}
	for _, key := range []string{
		"", "keys", "imagePullSecrets", "existingSecrets", "publicKeys", "maxTokens", "env", "data", "author", "passes", "volumes", "trustedKeys", "hotkeys", "secretRef",
	} {
		if k, ok := Holds(key); ok {
			t.Errorf("Holds(%q) = %q", key, k)
		}
	}
	for _, c := range [][3]string{
		{"passwords", "alice", "hunter2"},
		{"passwords", "", "hunter2"},
		{"credentials", "bob", "4f9c2a7be81d3f60"},
		{"secretData", "foo", "aB3dE5fG7hJ9kL1m"},
		{"auth", "pass", "hunter2"},
		{"env", "DB_PASSWORD", "hunter2"},
		{"apiKeys", "", "4f9c2a7be81d3f60"},
		{"secrets", "x", fakeGitHub},
	} {
		if _, ok := Under(c[0], c[1], c[2]); !ok {
			t.Errorf("Under(%q) is none", c)
		}
	}
	for _, c := range [][3]string{
		{"secret", "secretName", "db-4f9c2a7be81d3f60"},
		{"secrets", "name", "default-token-x7k2p"},
		{"secret", "defaultMode", "420"},
		{"secret", "key", "tls.crt"},
		{"passwords", "alice", "${ALICE}"},
		{"passwords", "", "true"},
		{"credentials", "username", "robot4f9c2a7be81d"},
		{"auth", "type", "basic"},
		{"auth", "enabled", "true"},
		{"secrets", "", "regcred"},
		{"env", "", "hunter2"},
		{"auth", "existingSecret", "x4f9c2a7be81d"},
		{"passwords", "x", ""},
	} {
		if k, ok := Under(c[0], c[1], c[2]); ok {
			t.Errorf("Under(%q) = %q", c, k)
		}
	}
}
