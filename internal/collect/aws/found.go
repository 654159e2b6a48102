package aws

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/merlonsec/merlon/internal/inventory"
)

// found is what the steps of one place tell those after them.
type found struct {
	eksClusters bag[string] // names
	principals  bag[principal]
	keys        bag[string] // ARNs and IDs of KMS keys that clusters name
	templates   bag[templateVersion]

	ecsClusters     bag[string] // ARNs
	taskDefinitions bag[string] // ARNs of those that run
	repositories    bag[string] // names of those in Amazon ECR
	images          bag[image]  // in Amazon ECR, of what runs
	inUse           bag[image]  // of those, what Amazon Inspector saw running
	digests         bag[image]  // of those that are there, by digest alone
	noInspector     bool        // Amazon Inspector does not look at images

	balancers    bag[string] // ARNs
	targetGroups bag[string] // ARNs
	prefixLists  bag[string] // IDs that security groups and routes name
}

// bag is a set that many goroutines fill. Its zero value is empty.
type bag[T comparable] struct {
	mu  sync.Mutex
	all map[T]bool
}

func (b *bag[T]) add(items ...T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil {
		b.all = map[T]bool{}
	}
	for _, item := range items {
		b.all[item] = true
	}
}

// addText adds a text that a field may not have.
func addText(b *bag[string], text *string) {
	if text != nil && *text != "" {
		b.add(*text)
	}
}

func (b *bag[T]) has(item T) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all[item]
}

// list gives what is in the bag, sorted, so that requests are the same each time.
func (b *bag[T]) list(compare func(a, b T) int) []T {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.SortedFunc(maps.Keys(b.all), compare)
}

func texts(b *bag[string]) []string { return b.list(strings.Compare) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// templateVersion is one version of a launch template.
type templateVersion struct{ id, version string }

func (t templateVersion) compare(o templateVersion) int {
	return cmp.Or(cmp.Compare(t.id, o.id), cmp.Compare(t.version, o.version))
}

// repository is one in Amazon ECR.
type repository struct{ registry, region, name string }

// image is one in Amazon ECR: by its digest, or where nobody says that by a tag.
type image struct {
	repository
	digest, tag string
}

func (i image) compare(o image) int {
	return cmp.Or(
		cmp.Compare(i.registry, o.registry), cmp.Compare(i.region, o.region), cmp.Compare(i.name, o.name),
		cmp.Compare(i.digest, o.digest), cmp.Compare(i.tag, o.tag),
	)
}

// parseImage reads the name of an image in Amazon ECR, as containers have it; ok is false for one of another registry.
// A name without a tag is the tag latest (https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html).
func parseImage(text string) (i image, ok bool) {
	host, rest, ok := strings.Cut(text, "/")
	if !ok || rest == "" {
		return image{}, false
	}
	labels := strings.Split(host, ".")
	if len(labels) < 5 || len(labels[0]) != 12 || strings.Trim(labels[0], "0123456789") != "" {
		return image{}, false
	}
	i.registry = labels[0]
	switch {
	case labels[1] == "dkr" && (labels[2] == "ecr" || labels[2] == "ecr-fips") && labels[4] == "amazonaws":
		i.region = labels[3]
	case (labels[1] == "dkr-ecr" || labels[1] == "dkr-ecr-fips") && labels[3] == "on" && labels[4] == "aws": // dual-stack
		i.region = labels[2]
	default:
		return image{}, false
	}
	rest, i.digest, _ = strings.Cut(rest, "@")
	i.name, i.tag, _ = strings.Cut(rest, ":")
	switch {
	case i.digest != "":
		i.tag = ""
	case i.tag == "":
		i.tag = "latest"
	}
	return i, i.name != ""
}

// imageOf reads the ARN that Amazon Inspector names an image by: arn:…:repository/NAME/sha256:….
func imageOf(arn string) (i image, ok bool) {
	a, ok := inventory.ParseARN(arn)
	path, isRepository := strings.CutPrefix(a.Resource, "repository/")
	at := strings.LastIndexByte(path, '/')
	if !ok || !isRepository || at <= 0 || !strings.HasPrefix(path[at+1:], "sha256:") {
		return image{}, false
	}
	return image{repository: repository{a.Account, a.Region, path[:at]}, digest: path[at+1:]}, true
}
