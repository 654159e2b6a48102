package redact

import "testing"

// Tokens are put together here, so that no scanner of this repository's text takes
// them for real ones.
var (
	fakeGitHub = "ghp_" + "Zx8Lq2VbN4mT7wKc1RyD5sHg9JfP3aUe6QiX"
	fakeAWSID  = "AKIA" + "Z7Q3M5X2KD8RWB4T"
	fakeAWSKey = "q9Xw3/Vb7mT2+LkR8sHdY5cN1zPfG4aJe6UoQiBt"
	fakeJWT    = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJzdWIiOiI0MiJ9." + "k3Vw9XzQ1mB7tR5yLd8NfH2sJc6PgA4u"
	fakeBcrypt = "$2y$10$" + "abcdefghijklmnopqrstuuWz0Yk8vQ9sT1mR3nB5xC7dE2fG4hJ6l"
	fakePEM    = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1c7nq8Zp4Xf2Vw9LtRk3YdHs6JmB5gQe\n8uTzKfWxNqPbCvAy0oSiDlEh\n-----END RSA PRIVATE KEY-----"
)

func TestPairIsACredential(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        Kind
	}{
		{"DB_PASSWORD", "hunter2", Password},
		{"DB_PASSWORD", "changeme", Password},
		{"POSTGRES_PASSWORD", "postgres", Password},
		{"password", "correct horse battery staple", Password},
		{"PASSWORD", "p@ss$word", Password},
		{"PASSWORD", "12345", Password},
		{"MYSQL_ROOT_PASSWORD", " secret\n", Password},
		{"password", fakeBcrypt, PasswordHash},
		{"REDIS_AUTH", "s3cret-redis", Password},
		{"NEO4J_AUTH", "neo4j/graphs", Password},
		{"API_KEY", "9f8a7b6c5d4e3f2a", APIKey},
		{"apiKey", "550e8400-e29b-41d4-a716-446655440000", APIKey},
		{"CLIENT_SECRET", "my-weak-client-secret", Secret},
		{"JWT_SECRET", "supersecret", Secret},
		{"SECRET_KEY", "django-insecure-secret", Secret},
		{"clientSecret", "aB3dE5fG7hJ9kL1m", Secret},
		{"AWS_SECRET_ACCESS_KEY", "x", AWSSecretAccessKey},
		{"AWS_ACCESS_KEY_ID", "anything", AWSAccessKeyID},
		{"ECS_ENGINE_AUTH_DATA", "{}", RegistryAuth},
		{"secretAccessKey", fakeAWSKey, AWSSecretAccessKey},
		{"auth", "cm9ib3Q6aHVudGVyMg==", RegistryAuth},
		{"Authorization", "Token 9f8a7b6c5d4e3f2a", HeaderAuth},
		{"ANYTHING", fakeGitHub, "github-token"},
		{"DATABASE_URL", "postgres://app:s3cr3t@db:5432/x", Password},
		{"ConnectionString", "Server=db;User Id=sa;Password=Str0ng!;Encrypt=true", Password},
		{"BOOTSTRAP_TOKEN", "9a08jv.c0izixklcxtmnze7", Token},
		{"CMD", "psql --password=hunter2", Password},
		{"tls.key", fakePEM, PrivateKey},
		{"NOTE", fakeJWT, JWT},
		{"GITHUB_TOKEN", fakeGitHub, "github-token"},
	} {
		if got, ok := Pair(c.name, c.value); !ok || got != c.want {
			t.Errorf("Pair(%q, %q) = %q, %v; want %q", c.name, c.value, got, ok, c.want)
		}
	}
}

var innocentPairs = [][2]string{
	{"DB_PASSWORD", ""},
	{"DB_PASSWORD", "  "},
	{"DB_PASSWORD", "${DB_PASSWORD}"},
	{"DB_PASSWORD", "$(DB_PASSWORD)"},
	{"DB_PASSWORD", "$DB_PASSWORD"},
	{"DB_PASSWORD", "{{ .Values.password }}"},
	{"DB_PASSWORD", "<your-password>"},
	{"DB_PASSWORD", "xxx"},
	{"DB_PASSWORD", "***"},
	{"DB_PASSWORD", "********"},
	{"DB_PASSWORD", "REDACTED"},
	{"DB_PASSWORD", "your-password"},
	{"DB_PASSWORD", "YOUR_PASSWORD_HERE"},
	{"DB_PASSWORD", "put-password-here"},
	{"DB_PASSWORD", "/run/secrets/db"},
	{"DB_PASSWORD", "./password.txt"},
	{"DB_PASSWORD", "password.txt"},
	{"DB_PASSWORD", "true"},
	{"DB_PASSWORD", "no"},
	{"DB_PASSWORD", "None"},
	{"DB_PASSWORD", "null"},
	{"DB_PASSWORD", "vault:secret/data/db#password"},
	{"DB_PASSWORD", "arn:aws:secretsmanager:eu-west-1:1:secret:x"},
	{"DB_PASSWORD", "op://vault/db/password"},
	{"DB_PASSWORD", "ENC[AES256_GCM,data:abc]"},
	{"DB_PASSWORD", "%DB_PASSWORD%"},
	{"DB_PASSWORD", "[redacted: password]"},
	{"DB_PASSWORD", "[redacted]"},
	{"DB_PASSWORD", "__PASSWORD__"},
	{"DB_PASSWORD", "https://vault.example.com/v1/x"},
	{"password", "The password of the database user."},
	{"password", "config.password"},
	{"password", "os.environ['DB_PASSWORD']"},
	{"password", "getPassword()"},
	{"password", "string"},
	{"password", "process.env.PASSWORD"},
	{"REDIS_AUTH", "no"},
	{"TOKEN", "3600"},
	{"TOKEN", "24h"},
	{"token", "${TOKEN}"},
	{"token", "authToken"},
	{"secret", "grafana-config"},
	{"secret", "my-app-v2"},
	{"clientSecret", "oauth-client"},
	{"secretKey", "db-password"},
	{"apiKey", "header"},
	{"API_KEY", "api_key"},
	{"token", "kubernetes.io/service-account-token"},
	{"credentials", "include"},
	{"credentials", "same-origin"},
	{"Authorization", "Bearer"},
	{"authorization", "enabled"},
	{"authorization", "Bearer ${TOKEN}"},
	{"auth", "basic"},
	{"auth", "enabled"},
	{"auth", "scram-sha-256"},
	{"accessKeyId", "minio"},
	{"SECRET_NAME", "db-credentials"},
	{"TOKEN_URL", "https://idp/token"},
	{"PWD", "/app"},
	{"POSTGRES_PASSWORD_FILE", "/run/secrets/pg"},
	{"AUTH_ENABLED", "true"},
	{"TOKEN_EXPIRY", "3600"},
	{"API_KEY_HEADER", "x-api-key"},
	{"KEYCLOAK_ADMIN", "admin"},
	{"JWT_ISSUER", "https://idp.example.com"},
	{"IMAGE", "nginx@sha256:1f2d3c4b5a69788796a5b4c3d2e1f00112233445566778899aabbccddeeff001"},
	{"COMMIT", "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
	{"UUID", "550e8400-e29b-41d4-a716-446655440000"},
	{"tls.crt", "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBa\n-----END CERTIFICATE-----"},
	{"caBundle", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURkekNDQWwrZ0F3SUJBZ0lFQWdBQXVUQU5CZ2txaGtpRzl3MEJBUVVGQURCYU1Rc3dDUVlEVlFRR0V3SkpSVEVTTUJBR0ExVUVDaE1KUW1Gc2RHbHRiM0psTVE="},
	{"SSH_KEYS", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ2x8Qm5tV7wKc1RyD5sHg9JfP3aUe6QiXZx8Lq2VbN4 me@host"},
	{"PUBLIC_KEY", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----"},
	{"KEY_ID", "AKIAIOSFODNN7EXAMPLE"},
	{"secretAccessKey", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
	{"DATABASE_URL", "postgres://app@db:5432/x"},
	{"DATABASE_URL", "postgres://app:${PASSWORD}@db/x"},
	{"DATABASE_URL", "postgres://user:password@host/db"},
	{"URL", "http://host:8080/a@b"},
	{"URL", "http://host:80?x=a@b"},
	{"GITHUB", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
	{"NOTE", "uses a bearer token to authenticate requests"},
	{"parse-passwd", "^1.0.0"},
	{"passwd", "files systemd"},
	{"PASS", "TestX"},
	{"initial-cluster-token", "etcd-cluster-1"},
	{"password", `([^\s]+)`},
	{"password", "~1.2.3"},
	{"EXPR", `sum(rate(x{token="a"}[5m])) by (secret)`},
	{"CLIENT_CA", "sha256:abcdef"},
	{"TOKEN", "sha256:" + "1f2d3c4b5a69788796a5b4c3d2e1f001"},
}

func TestPairIsNotACredential(t *testing.T) {
	for _, p := range innocentPairs {
		if got, ok := Pair(p[0], p[1]); ok {
			t.Errorf("Pair(%q, %q) = %q, want none", p[0], p[1], got)
		}
	}
}
