package redact

import (
	"slices"
	"strings"
	"testing"
)

const canary = "CANARYq7pass"

func TestCommandLineHoldsAPassword(t *testing.T) {
	for _, line := range []string{
		"mysql -u root -p'%' -e x", `mysqldump -p"%" db`, `sh -c "mysql -p'%' db"`, `{"cmd":"mysql -p\"%\" db"}`, "mysql -uroot -p% db",
		"mysql -u root \\\n  -p% db", "mysql -p'my %' db", "mysqladmin -u root password %", "mysqladmin -u root password '%'",
		"curl -uadmin:% https://x", "curl -u 'admin:%' https://x", "curl -u admin:'%' https://x", "curl -su admin:% https://x", "curl --user=admin:% x",
		"docker login -u x -p % reg", "podman login -u x -p '%' reg", "helm registry login -u x -p % reg", "docker login -u mysql -p % reg",
		"htpasswd -bc f u %", "htpasswd -nbB u '%'", `htpasswd -bnBC 10 "" %`, "htpasswd -b f u \"%\"",
		"openssl enc -aes-256-cbc -k % -in a", "openssl rsa -passin pass:% -in k", "openssl x -passout 'pass:%'", "openssl pkcs12 -password pass:%",
		"mc alias set s3 https://minio:9000 bob %", "mc config host add s3 http://m bob '%'",
		"echo root:% | chpasswd", `echo "root:%" | sudo chpasswd`, "echo 'root:%'|chpasswd", "chpasswd <<< root:%", "chpasswd <<<'root:%'",
		"vault login %", "az login --service-principal -u a -p % --tenant t", "az acr login -n r -u a -p %",
		"aws configure set aws_secret_access_key %", "aws configure set profile.x.aws_secret_access_key %",
		"sqlcmd -S db -U sa -P % -Q x", "sqlcmd -S db -U sa -P '%'", "rabbitmqctl add_user bob %", "redis-cli -h x -a '%'", "mongo -u a -p%",
	} {
		text := strings.ReplaceAll(line, "%", canary)
		masked, kinds := Mask(text)
		if strings.Contains(masked, canary) || len(kinds) == 0 {
			t.Errorf("Mask(%q) = %q", text, masked)
		}
		if again, more := Mask(masked); again != masked || len(more) > 0 {
			t.Errorf("masked again, %q is %q", masked, again)
		}
	}
}

func TestVectorHoldsAPassword(t *testing.T) {
	for _, line := range []string{
		"mysql -u root -p%", "/usr/bin/mysqldump -p% db", "curl -uadmin:% https://x", "curl -su admin:% https://x", "docker login -u x -p %",
		"docker login -u x -p%", "sshpass -p% ssh x", "htpasswd -bc f u %", "openssl enc -k %", "openssl rsa -passin pass:%",
		"mc alias set s3 https://m bob %", "mysqladmin password %", "vault login %", "az login -u a -p %", "aws configure set aws_secret_access_key %",
		"sqlcmd -U sa -P %", "mongo -p%", "rabbitmqctl change_password bob %",
	} {
		args := strings.Fields(strings.ReplaceAll(line, "%", canary))
		masked, kinds := Args(args)
		if strings.Contains(strings.Join(masked, " "), canary) || !slices.ContainsFunc(kinds, func(k Kind) bool { return k != "" }) {
			t.Errorf("Args(%q) = %q, %q", args, masked, kinds)
		}
		if again, more := Args(masked); !slices.Equal(again, masked) || slices.ContainsFunc(more, func(k Kind) bool { return k != "" }) {
			t.Errorf("masked again, %q is %q", masked, again)
		}
	}
}

func TestCommandLineHoldsNone(t *testing.T) {
	for _, line := range []string{
		"mysql -h db -port 3306", "mysql -port=3306", "mysql -port3306", "mysql -uroot -p", `sh -c "mysql -uroot -p" x "y"`, `["mysql -uroot -p","x"]`,
		`["mysql -uroot -p", "x"]`, "mysql -p$PASS", `mysql -p"$PASS" -e x`, `mysql -p"${PASS}"`, "mysql -p'$(cat x)'", "mysql -uroot -p <<EOF", "mysql -protocol=tcp",
		"docker run -p 8080:80 nginx", "docker run -p 8080:80 login", "docker login -u x --password-stdin", "docker login -u x -p $PASS",
		"docker login reg", "podman run -p 80 x", "curl -u admin https://x:80", "curl -u $USER:$PASS https://x", "curl -u user:password https://x",
		"curl -uadmin https://x", "htpasswd -c f u", "htpasswd -Bb f u $PASS", "htpasswd -bc f u", "openssl req -passin env:X", "openssl x -passin file:/x",
		"openssl enc -k $KEY", "mc cp a b", "mc ls s3 URL USER", "mc alias set s3 https://m $USER $PASS", "mc alias list", "echo root | chpasswd",
		"echo root:$PASS | chpasswd", "echo a:b | grep chpasswd", "run chpasswd now", "vault login", "vault login -method=userpass username=x",
		"use vault login to get a token", "vault login $TOKEN", "az webapp -p plan", "az login -p $X", "az login", "aws configure set region eu-west-1",
		"aws configure set aws_secret_access_key $KEY", "aws s3 cp a b", "mysqladmin ping", "mysqladmin -u root -p password", "mkdir -p /tmp/x", "mongo -p $X",
		"helm install -p x", "sqlcmd -S db -P $P", "rabbitmqctl add_user bob $P", "the docker daemon -p x", "ssh -p 2222 x",
	} {
		if masked, kinds := Mask(line); len(kinds) > 0 {
			t.Errorf("Mask(%q) = %q", line, masked)
		}
		args := strings.Fields(line)
		if strings.ContainsAny(line, "\"'[$|") {
			continue
		}
		if masked, kinds := Args(args); slices.ContainsFunc(kinds, func(k Kind) bool { return k != "" }) {
			t.Errorf("Args(%q) = %q", args, masked)
		}
	}
}
