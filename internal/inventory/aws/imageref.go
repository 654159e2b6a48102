package aws

import "strings"

// ImageRef is an image, or a repository, in Amazon ECR.
type ImageRef struct {
	// Registry is the account. Region is "" where what names the image does not say it.
	Registry, Region, Repository string
	// Tag is "latest" for a reference that has neither tag nor digest. Beside a digest it says nothing, and is "".
	Tag string
	// Digest has the form "sha256:…"; "" where none is given.
	Digest string
}

// ParseImageRef takes a reference to an image in Amazon ECR apart; ok is false for any other. It knows the hosts of both
// versions of IP, those that follow FIPS, and those of all partitions
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-requests.html).
func ParseImageRef(reference string) (ref ImageRef, ok bool) {
	host, path, _ := strings.Cut(reference, "/")
	host, _, _ = strings.Cut(strings.ToLower(host), ":")
	labels := strings.Split(host, ".")
	if len(labels[0]) != len("111122223333") || strings.Trim(labels[0], "0123456789") != "" {
		return ImageRef{}, false
	}
	switch below := labels[1:]; {
	case len(below) > 3 && below[0] == "dkr" && (below[1] == "ecr" || below[1] == "ecr-fips"):
		ref.Region = below[2]
	case len(below) > 2 && (below[0] == "dkr-ecr" || below[0] == "dkr-ecr-fips") && below[2] == "on":
		ref.Region = below[1]
	default:
		return ImageRef{}, false
	}
	ref.Registry = labels[0]
	path, ref.Digest, _ = strings.Cut(path, "@")
	ref.Repository, ref.Tag, ok = strings.Cut(path, ":")
	switch {
	case ref.Digest != "":
		ref.Tag = ""
	case !ok:
		ref.Tag = "latest"
	}
	return ref, ref.Repository != ""
}

// SharesRepository reports whether two images are of one repository. A Region that is not said may be any.
func (i ImageRef) SharesRepository(other ImageRef) bool {
	return i.Registry == other.Registry && i.Repository == other.Repository &&
		(i.Region == other.Region || i.Region == "" || other.Region == "")
}
