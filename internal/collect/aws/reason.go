package aws

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/smithy-go"

	"github.com/merlonsec/merlon/internal/redact"
)

// kind is why a call failed, as far as it changes what is done about it.
type kind uint8

const (
	failed      kind = iota
	denied           // nobody allows the caller this action
	credentials      // nobody, or nobody any more, believes who the caller is
	regionOff        // the Region is not enabled for the account
	throttled        // it was asked too often, to the end
	overdue          // the time was over
	gone             // what it is about does not exist, or not any more
	stopped          // the user ended the command
)

// reason is why a call failed, in words.
type reason struct {
	kind kind
	// text says it in English, without what was asked and without a value; todo says what to do about it, if anything.
	text, todo string
}

// String gives both.
func (r reason) String() string {
	if r.todo == "" {
		return r.text
	}
	return r.text + "; " + r.todo
}

// because is a reason that nobody can do anything about.
func because(k kind, text string) reason { return reason{kind: k, text: text} }

// codes lists the errors by which AWS's services say the same
// (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html, and of each service the common errors).
func codes() map[kind][]string {
	return map[kind][]string{
		denied: {
			"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "AuthorizationErrorException",
			"NotAuthorized", "UnauthorizedException", "UnauthorizedAccess",
		},
		credentials: {
			"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException",
			"InvalidAccessKeyId", "AuthFailure", "SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature",
			"MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidToken", "NotSignedUp",
		},
		regionOff: {"OptInRequired", "RegionDisabledException"},
		throttled: {
			"Throttling", "ThrottlingException", "ThrottledException", "RequestLimitExceeded", "TooManyRequestsException",
			"RequestThrottled", "RequestThrottledException", "BandwidthLimitExceeded", "PriorRequestNotComplete", "SlowDown",
		},
	}
}

// reasonOf says why a call failed.
func reasonOf(err error) reason {
	var api smithy.APIError
	var dns *net.DNSError
	var response *awshttp.ResponseError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return because(overdue, "the time was over")
	case errors.Is(err, context.Canceled):
		return because(stopped, "it was interrupted")
	case errors.Is(err, errAnswer):
		return reason{failed, errAnswerText(err), checkEndpoint}
	case isCredentials(err):
		return because(credentials, credentialsText(err))
	case errors.As(err, &api):
		return apiReason(api)
	case errors.As(err, &response) && response.HTTPStatusCode() >= http.StatusInternalServerError:
		return because(failed, fmt.Sprintf("AWS answered %d (%s)", response.HTTPStatusCode(), http.StatusText(response.HTTPStatusCode())))
	case errors.As(err, &response) && response.HTTPStatusCode() == http.StatusForbidden:
		return because(denied, "access denied")
	case errors.As(err, &response) && response.HTTPStatusCode() != 0: // The error of the decoder repeats what it could not read.
		return because(failed, "the answer of AWS cannot be read")
	case errors.As(err, &dns):
		return reason{failed, "there is no host " + dns.Name, "check the Region and the network"}
	}
	return because(failed, "the request failed: "+innermost(err))
}

// checkEndpoint is what to do where something else than AWS answers.
const checkEndpoint = "check --endpoint-url, AWS_ENDPOINT_URL and the proxy"

func apiReason(err smithy.APIError) reason {
	code := strings.TrimPrefix(err.ErrorCode(), "Client.")
	for k, all := range codes() {
		if slices.Contains(all, code) {
			r := because(k, codeText(k, code, err.ErrorMessage()))
			if k == throttled {
				r.todo = "read the account when less else is going on"
			}
			return r
		}
	}
	if isGone(code, err.ErrorMessage()) {
		return because(gone, "it does not exist")
	}
	text := code
	if message := clean(err.ErrorMessage()); message != "" {
		text += ": " + message
	}
	return because(failed, "AWS answered "+text)
}

// isGone reports whether an error says that what was asked about does not exist. Amazon ECS says so of a task
// definition with a ClientException alone.
func isGone(code, message string) bool {
	return strings.Contains(code, "NotFound") || code == "NoSuchEntity" || code == "NoSuchEntityException" ||
		code == "ClientException" && strings.HasPrefix(message, "Unable to describe task definition")
}

func codeText(k kind, code, message string) string {
	switch k {
	case denied:
		if why := whyDenied.FindString(message); why != "" {
			return "access denied, " + why
		}
		return "access denied"
	case regionOff:
		return "the Region is not enabled for this account"
	case throttled:
		return "AWS throttled it again and again"
	}
	if strings.Contains(code, "Expired") {
		return "the credentials have expired; get new ones (aws sso login, or your own way) and run it again"
	}
	return refused
}

// refused is said where AWS does not know the caller.
const refused = "AWS does not accept the credentials; check them, the clock of this machine, and that the Region is enabled for the account"

// whyDenied finds what AWS says of the policy that denies a request
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html). The rest of its message names the
// caller, and may hold an encoded one.
var whyDenied = regexp.MustCompile(`(because no [a-z -]+ policy allows the [a-zA-Z0-9:-]+ action|with an explicit deny in an? [a-z -]+ policy|because no [a-z -]+ policy allows|with an explicit deny)`)

// isCredentials reports whether there are no credentials to send a request with.
func isCredentials(err error) bool {
	var operation *smithy.OperationError
	if errors.As(err, &operation) && operation.ServiceID == "ec2imds" {
		return true
	}
	text := err.Error()
	return strings.Contains(text, "get identity: ") || strings.Contains(text, "failed to refresh cached credentials") || strings.Contains(text, "get credentials: ")
}

func credentialsText(err error) string {
	var session *ssocreds.InvalidTokenError
	var mfa *config.AssumeRoleTokenProviderNotSetError
	var api smithy.APIError
	text := err.Error()
	switch {
	case errors.As(err, &session):
		return "the SSO session has expired; run aws sso login and try again"
	case errors.As(err, &mfa) || strings.Contains(text, "AssumeRoleTokenProvider"):
		return "the profile asks for an MFA code; get session credentials first (aws sts get-session-token) and give those"
	case errors.As(err, &api):
		r := apiReason(api)
		if strings.Contains(text, "STS: AssumeRole") {
			return "the role cannot be assumed: " + r.text
		}
		return "the credentials could not be had: " + r.text
	case strings.Contains(text, "no EC2 IMDS role found"), strings.Contains(text, "ec2imds"), strings.Contains(text, "static credentials are empty"):
		return "there are no AWS credentials; give --profile, or set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
	}
	return "the credentials could not be had: " + innermost(err)
}

func errAnswerText(err error) string {
	_, what, _ := strings.Cut(err.Error(), errAnswer.Error())
	return errAnswer.Error() + what
}

// innermost gives the text of the error that the others are wrapped around: they repeat the names of service and
// operation, which a message says anyway.
func innermost(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return clean(err.Error())
		}
		err = next
	}
}

// clean makes a message of others fit to be shown: one line, not long, without what looks like a credential.
func clean(message string) string {
	const long = 200
	message = strings.Join(strings.Fields(message), " ")
	if len(message) > long {
		message = strings.ToValidUTF8(message[:long], "") + "…"
	}
	masked, _ := redact.Mask(message)
	return masked
}
