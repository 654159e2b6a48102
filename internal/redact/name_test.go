package redact

import (
	"strings"
	"testing"
)

func TestNameOfACredential(t *testing.T) {
	for name, want := range map[string]Kind{
		"DB_PASSWORD": Password, "dbPassword": Password, "--db-password": Password, "PGPASSWORD": Password,
		"spring.datasource.password": Password, "MYSQL_ROOT_PASSWORD": Password, "MYSQL_PWD": Password,
		"SMTP_PASS": Password, "DB_PASS": Password, "dbpass": Password, "Passphrase": Password, "requirepass": Password,
		"PASSWORD2": Password, "PASSWORD_OLD": Password, "REDIS_AUTH": Password, "ConnectionStrings__Password": Password,
		"mysql-root-passwd": Password, "adminPassword": Password, "SA_PASSWORD": Password, "ROOT_PW": Password,
		"AWS_SECRET_ACCESS_KEY": AWSSecretAccessKey, "aws_secret_access_key": AWSSecretAccessKey,
		"secretAccessKey": AWSSecretAccessKey, "AWS_ACCESS_KEY_ID": AWSAccessKeyID, "accessKeyId": AWSAccessKeyID,
		"ECS_ENGINE_AUTH_DATA": RegistryAuth, "auth": RegistryAuth,
		"apiKey": APIKey, "X-Api-Key": APIKey, "API_KEY": APIKey, "APIKEY": APIKey, "openaiApiKey": APIKey,
		"DD_API_KEY": APIKey, "NEW_RELIC_LICENSE_KEY": APIKey, "MINIO_ACCESS_KEY": APIKey, "AccountKey": APIKey,
		"AWS_SESSION_TOKEN": Token, "githubToken": Token, "GH_TOKEN": Token, "authtoken": Token, "botToken": Token,
		"X-Auth-Token": Token, "VAULT_TOKEN": Token, "TOKEN_VALUE": Token, "bearerToken": Token,
		"CLIENT_SECRET": Secret, "clientSecret": Secret, "JWT_SECRET": Secret, "SECRET_KEY": Secret,
		"SECRET_KEY_BASE": Secret, "DJANGO_SECRET_KEY": Secret, "RABBITMQ_ERLANG_COOKIE": Secret,
		"PRIVATE_KEY": PrivateKey, "privateKey": PrivateKey, "ENCRYPTION_KEY": Encryption,
		"AIRFLOW__CORE__FERNET_KEY": Encryption, "SIGNING_KEY": Encryption,
		"Authorization": HeaderAuth, "Proxy-Authorization": HeaderAuth, "credentials": Credentials,
	} {
		if got, ok := Name(name); !ok || got != want {
			t.Errorf("Name(%q) = %q, %v; want %q", name, got, ok, want)
		}
	}
}

const innocentNames = `PASSWORD_FILE SECRET_NAME TOKEN_TTL TOKEN_URL KEY_PATH PASSWORD_MIN_LENGTH passwordSecretRef MAX_TOKENS
PUBLIC_KEY SSH_KNOWN_HOSTS AUTH_METHOD AUTH_ENABLED SECRET_KEY_REF POSTGRES_PASSWORD_FILE KEYCLOAK_ADMIN TOKEN_EXPIRY
API_KEY_HEADER JWT_ISSUER PASS_THROUGH COMPASS_URL KEYSTONE_URL MONKEY COMPASS BYPASS PASSENGER passengerName KEY key
KEYCLOAK_URL PRIMARY_KEY partitionKey PARTITION_KEY CACHE_KEY sortKey foreignKey MONKEY_KEY hotkey KEYBOARD keyFile
bearerTokenFile credentialsFile credentials_file tokenUrl token_url secretName secretKeyRef secretRef tokenAudience
bearerTokenSecret existingSecret imagePullSecret imagePullSecrets tlsSecret TLS_SECRET configSecret keySecret authSecret
automountServiceAccountToken ENABLE_PASSWORD ALLOW_EMPTY_PASSWORD usePassword forgotPassword passwordPolicy NEXT_TOKEN
nextToken pageToken continuationToken max_tokens tokens PASSWORDS secrets TOKENIZER tokenizer_name tokenization SECRETARY
AUTH_URL AUTH_TYPE OAUTH_PROVIDER AUTHOR author authority AUTHORIZATION_MODE authorization.mode PWD OLDPWD proxy_pass
fastcgi_pass FIRST_PASS multiPass passthrough passes passRate PASSIVE_MODE passwordKey PASSWORD_HASH_ALGORITHM tls.crt
ca.crt caBundle CA_CERT certificate AWS_REGION AWS_ROLE_ARN AWS_WEB_IDENTITY_TOKEN_FILE GOOGLE_APPLICATION_CREDENTIALS
USERNAME DB_USER DB_HOST ACCOUNT_ID KEY_ID KMS_KEY_ID kmsKeyArn SSH_PORT sshPublicKey SIGNING_ALGORITHM credentialBundlePath
gmsaCredentialSpec basicAuth chapAuthSession clientAuthType SESSION_COOKIE_NAME COOKIE_DOMAIN sessionAffinity SECRET_PATH
VAULT_SECRET_PATH secretsManagerArn SECRET_ARN DB_SECRET_ARN token-ttl bypass SECRETS_PROVIDER tokenRef apiKeySecretRef
hide_password show-password trustedKey PUBLISHABLE_KEY STRIPE_PUBLISHABLE_KEY RECAPTCHA_SITE_KEY site_key _ - . 123 MAX_PASSWORD`

func TestNameOfSomethingElse(t *testing.T) {
	for _, name := range strings.Fields(innocentNames) {
		if got, ok := Name(name); ok {
			t.Errorf("Name(%q) = %q, want none", name, got)
		}
	}
	if _, ok := Name(""); ok {
		t.Error("an empty name holds a credential")
	}
}

func TestMarkedIsTheInverseOfMark(t *testing.T) {
	for _, k := range []Kind{"", Password, AWSSecretAccessKey, "github-token"} {
		if got, ok := Marked(Mark(k)); !ok || got != k {
			t.Errorf("Marked(%q) = %q, %v", Mark(k), got, ok)
		}
	}
	if Mark("") != Plain || Mark(Password) != "[redacted: password]" {
		t.Errorf("marks are %q and %q", Mark(""), Mark(Password))
	}
	for _, text := range []string{"", "redacted", "[redacted: ]", "[redacted: password] ", "[redacted: a b]", "x[redacted]", "[redacted: a]]", "[redacted:password]"} {
		if k, ok := Marked(text); ok {
			t.Errorf("Marked(%q) = %q, want none", text, k)
		}
	}
}

func TestMarkedInFindsAMarkInsideAText(t *testing.T) {
	for text, want := range map[string]Kind{
		"--password=[redacted: password]":        Password,
		"[redacted: jwt] and [redacted: token]":  JWT,
		"[redacted: Not A Kind] [redacted: jwt]": JWT,
		"[redacted]":                             "",
		"[redacted: ":                            "",
		"nothing":                                "",
	} {
		if got, ok := MarkedIn(text); got != want || ok != (want != "") {
			t.Errorf("MarkedIn(%q) = %q, %v, want %q", text, got, ok, want)
		}
	}
}
