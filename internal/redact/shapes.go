package redact

import "slices"

// shape is one published token format: a prefix, then a run of an alphabet.
type shape struct {
	kind   Kind
	prefix string
	in     alphabet
	min    int  // bytes after the prefix, at least
	exact  bool // and no more than min
	loose  bool // the prefix is so rare that it may stand inside a word
}

// alphabet is a set of bytes.
type alphabet uint8

const (
	upperDigit alphabet = iota // A-Z 0-9
	lowerHex                   // 0-9 a-f
	alnum                      // A-Z a-z 0-9
	alnumUnder                 // and _
	alnumDash                  // and _ -, base64url
	base64ish                  // A-Z a-z 0-9 + / =
	dotted                     // base64url and .
	slashed                    // base64url, / and .
)

func (a alphabet) has(c byte) bool {
	switch a {
	case upperDigit:
		return isUpper(c) || isDigit(c)
	case lowerHex:
		return isDigit(c) || c-'a' < 6
	case alnum:
		return isAlnum(c)
	case alnumUnder:
		return isAlnum(c) || c == '_'
	case alnumDash:
		return isAlnum(c) || c == '_' || c == '-'
	case base64ish:
		return isAlnum(c) || c == '+' || c == '/' || c == '='
	case dotted:
		return isAlnum(c) || c == '_' || c == '-' || c == '.' || c == '='
	}
	return isAlnum(c) || c == '_' || c == '-' || c == '.' || c == '/'
}

// shapes lists the formats, each under the page that documents it. Lengths are the
// shortest that the vendor has issued; a vendor that says its tokens may grow has no
// upper bound here.
func shapes() []shape { return slices.Concat(cloudShapes(), codeShapes(), serviceShapes()) }

// cloudShapes are the formats of clouds and what runs on them.
func cloudShapes() []shape {
	return []shape{
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
		{kind: AWSAccessKeyID, prefix: "AKIA", in: upperDigit, min: 16, exact: true},
		{kind: AWSAccessKeyID, prefix: "ASIA", in: upperDigit, min: 16, exact: true},
		{kind: "aws-service-token", prefix: "ABIA", in: upperDigit, min: 16, exact: true},
		// https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
		{kind: "aws-bedrock-key", prefix: "bedrock-api-key-", in: base64ish, min: 40, loose: true},
		{kind: "aws-bedrock-key", prefix: "ABSK", in: base64ish, min: 100},
		// https://docs.digitalocean.com/reference/api/create-personal-access-token/
		{kind: "digitalocean-token", prefix: "dop_v1_", in: lowerHex, min: 64, loose: true},
		{kind: "digitalocean-token", prefix: "doo_v1_", in: lowerHex, min: 64, loose: true},
		{kind: "digitalocean-token", prefix: "dor_v1_", in: lowerHex, min: 64, loose: true},
		// https://docs.cloud.google.com/docs/authentication/api-keys and .../docs/authentication/token-types
		{kind: "google-api-key", prefix: "AIza", in: alnumDash, min: 35, exact: true},
		{kind: "google-token", prefix: "ya29.", in: alnumDash, min: 30},
		{kind: "google-client-secret", prefix: "GOCSPX-", in: alnumDash, min: 28, loose: true},
		// https://developer.hashicorp.com/vault/docs/concepts/tokens#token-prefixes
		{kind: "vault-token", prefix: "hvs.", in: alnumDash, min: 24},
		{kind: "vault-token", prefix: "hvb.", in: alnumDash, min: 24},
		{kind: "vault-token", prefix: "hvr.", in: alnumDash, min: 24},
		// https://docs.databricks.com/aws/en/dev-tools/auth/pat
		{kind: "databricks-token", prefix: "dapi", in: lowerHex, min: 32, exact: true},
		// https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens
		{kind: "terraform-token", prefix: ".atlasv1.", in: alnumDash, min: 60, loose: true},
	}
}

// codeShapes are the formats of code hosts and package registries.
func codeShapes() []shape {
	return []shape{
		// https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
		{kind: "github-token", prefix: "ghp_", in: alnum, min: 36},
		{kind: "github-token", prefix: "gho_", in: alnum, min: 36},
		{kind: "github-token", prefix: "ghu_", in: alnum, min: 36},
		{kind: "github-token", prefix: "ghs_", in: dotted, min: 36},
		{kind: "github-token", prefix: "ghr_", in: alnum, min: 36},
		{kind: "github-token", prefix: "github_pat_", in: alnumUnder, min: 36, loose: true},
		// https://docs.gitlab.com/security/tokens/#token-prefixes
		{kind: "gitlab-token", prefix: "glpat-", in: dotted, min: 20},
		{kind: "gitlab-token", prefix: "gldt-", in: alnumDash, min: 20},
		{kind: "gitlab-token", prefix: "glrt-", in: dotted, min: 20},
		{kind: "gitlab-token", prefix: "glptt-", in: alnumDash, min: 20},
		{kind: "gitlab-token", prefix: "glcbt-", in: alnumDash, min: 20},
		{kind: "gitlab-token", prefix: "glsoat-", in: alnumDash, min: 20},
		{kind: "gitlab-token", prefix: "glagent-", in: alnumDash, min: 40},
		// https://docs.npmjs.com/about-access-tokens
		{kind: "npm-token", prefix: "npm_", in: alnum, min: 36},
		// https://warehouse.pypa.io/development/token-scanning.html: macaroon, version 2
		{kind: "pypi-token", prefix: "pypi-AgE", in: alnumDash, min: 50, loose: true},
		// https://docs.rubygems.org/rubygems-org-api
		{kind: "rubygems-key", prefix: "rubygems_", in: lowerHex, min: 48},
		// https://huggingface.co/docs/hub/security-tokens
		{kind: "huggingface-token", prefix: "hf_", in: alnum, min: 34},
		// https://docs.docker.com/security/access-tokens/
		{kind: "docker-token", prefix: "dckr_pat_", in: alnumDash, min: 27, loose: true},
		{kind: "docker-token", prefix: "dckr_oat_", in: alnumDash, min: 27, loose: true},
		// https://github.com/FiloSottile/age: identity file
		{kind: PrivateKey, prefix: "AGE-SECRET-KEY-1", in: upperDigit, min: 58, loose: true},
	}
}

// serviceShapes are the formats of other services.
func serviceShapes() []shape {
	return []shape{
		// https://docs.slack.dev/authentication/tokens; slackWebhook finds the addresses of incoming webhooks
		{kind: "slack-token", prefix: "xoxb-", in: alnumDash, min: 20},
		{kind: "slack-token", prefix: "xoxp-", in: alnumDash, min: 20},
		{kind: "slack-token", prefix: "xoxa-", in: alnumDash, min: 20},
		{kind: "slack-token", prefix: "xoxr-", in: alnumDash, min: 20},
		{kind: "slack-token", prefix: "xoxe-", in: alnumDash, min: 20},
		{kind: "slack-token", prefix: "xapp-", in: alnumDash, min: 20},
		{kind: "webhook-url", prefix: "hooks.slack.com/workflows/", in: slashed, min: 30, loose: true},
		{kind: "webhook-url", prefix: "hooks.slack.com/triggers/", in: slashed, min: 30, loose: true},
		// https://discord.com/developers/docs/resources/webhook
		{kind: "webhook-url", prefix: "discord.com/api/webhooks/", in: slashed, min: 60, loose: true},
		// https://docs.stripe.com/keys
		{kind: "stripe-key", prefix: "sk_live_", in: alnum, min: 24},
		{kind: "stripe-key", prefix: "sk_test_", in: alnum, min: 24},
		{kind: "stripe-key", prefix: "rk_live_", in: alnum, min: 24},
		{kind: "stripe-key", prefix: "rk_test_", in: alnum, min: 24},
		{kind: "stripe-key", prefix: "whsec_", in: base64ish, min: 32},
		// https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
		{kind: "sendgrid-key", prefix: "SG.", in: dotted, min: 60},
		// https://platform.openai.com/docs/api-reference/authentication, https://docs.claude.com/en/api/overview
		{kind: "openai-key", prefix: "sk-proj-", in: alnumDash, min: 40},
		{kind: "openai-key", prefix: "sk-svcacct-", in: alnumDash, min: 40},
		{kind: "openai-key", prefix: "sk-admin-", in: alnumDash, min: 40},
		{kind: "anthropic-key", prefix: "sk-ant-", in: alnumDash, min: 40},
		// https://shopify.dev/docs/apps/build/authentication-authorization
		{kind: "shopify-token", prefix: "shpat_", in: alnum, min: 32},
		{kind: "shopify-token", prefix: "shpss_", in: alnum, min: 32},
		// https://grafana.com/docs/grafana/latest/administration/service-accounts/
		{kind: "grafana-token", prefix: "glsa_", in: alnumUnder, min: 40},
		{kind: "grafana-token", prefix: "glc_eyJ", in: base64ish, min: 40},
		// https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/
		{kind: "newrelic-key", prefix: "NRAK-", in: upperDigit, min: 27},
		// https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
		{kind: "atlassian-token", prefix: "ATATT3x", in: dotted, min: 100, loose: true},
		// https://tailscale.com/kb/1085/auth-keys
		{kind: "tailscale-key", prefix: "tskey-auth-", in: alnumDash, min: 20},
		{kind: "tailscale-key", prefix: "tskey-api-", in: alnumDash, min: 20},
		{kind: "tailscale-key", prefix: "tskey-client-", in: alnumDash, min: 20},
		// https://learning.postman.com/docs/reference/postman-api/authentication/
		{kind: "postman-key", prefix: "PMAK-", in: alnumDash, min: 50},
		// https://linear.app/developers/graphql
		{kind: "linear-key", prefix: "lin_api_", in: alnum, min: 32},
	}
}
