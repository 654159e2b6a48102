package aws_test

import (
	"testing"

	"github.com/merlonsec/merlon/internal/inventory/aws"
)

func TestReferencesToImagesInECR(t *testing.T) {
	want := aws.ImageRef{Registry: "111122223333", Region: "eu-west-1", Repository: "shop/web", Tag: "1.4"}
	pinned, latest, china := want, want, want
	pinned.Tag, pinned.Digest = "", "sha256:ab"
	latest.Tag = "latest"
	china.Region = "cn-north-1"
	for reference, want := range map[string]aws.ImageRef{
		"111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4":                want,
		"111122223333.DKR.ECR.eu-west-1.amazonaws.com:443/shop/web:1.4":            want,
		"111122223333.dkr.ecr-fips.eu-west-1.amazonaws.com/shop/web:1.4":           want,
		"111122223333.dkr-ecr.eu-west-1.on.aws/shop/web:1.4":                       want,
		"111122223333.dkr-ecr-fips.eu-west-1.on.aws/shop/web:1.4":                  want,
		"111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/shop/web:1.4":            china,
		"111122223333.dkr-ecr.cn-north-1.on.amazonwebservices.com.cn/shop/web:1.4": china,
		"111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4@sha256:ab":      pinned,
		"111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web":                    latest,
		"111122223333.dkr.ecr.eu-west-1.amazonaws.com":                             {},
		"public.ecr.aws/shop/web:1.4":                                              {},
		"shop.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4":                        {},
		"nginx": {},
	} {
		if got, ok := aws.ParseImageRef(reference); ok != (want.Repository != "") || ok && got != want {
			t.Errorf("%s: %+v %v, want %+v", reference, got, ok, want)
		}
	}
}
