package aws

import (
	"context"
	"errors"
	"fmt"
	"strings"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/logging"
	"github.com/aws/smithy-go/middleware"
)

// config reads the environment and the shared configuration files, as every AWS tool does.
func (r *run) config(ctx context.Context) (sdk.Config, error) {
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(awshttp.NewBuildableClient().WithTimeout(answerTimeout)),
		config.WithRetryer(func() sdk.Retryer { return newRetryer(&r.o) }),
		config.WithAPIOptions([]func(*middleware.Stack) error{checkAnswers}),
		config.WithLogger(logging.Nop{}),
		config.WithAppID("merlon"),
	}
	if r.o.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(r.o.Profile))
	}
	if r.o.Endpoint != "" {
		options = append(options, config.WithBaseEndpoint(r.o.Endpoint))
	}
	return config.LoadDefaultConfig(ctx, options...)
}

func reasonOfConfig(err error) string {
	var profile config.SharedConfigProfileNotExistError
	if errors.As(err, &profile) {
		return fmt.Sprintf("there is no profile %q in ~/.aws/config or ~/.aws/credentials; aws configure list-profiles lists them", profile.Profile)
	}
	return "the AWS configuration cannot be read: " + innermost(err)
}

// assume gives the configuration of a role, of which the credentials are had when they are first needed.
func assume(base sdk.Config, role, region string) sdk.Config {
	from := base.Copy()
	from.Region = region
	assumed := base.Copy()
	assumed.Credentials = sdk.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(from), role, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = "merlon"
	}))
	return assumed
}

// usualRegion is the Region that every account of a partition has, given any Region of that: what is not of a Region is
// asked there where no Region is known (https://docs.aws.amazon.com/general/latest/gr/sts.html).
func usualRegion(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "cn-north-1"
	case strings.HasPrefix(region, "us-gov-"):
		return "us-gov-west-1"
	}
	return "us-east-1"
}
