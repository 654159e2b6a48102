package rule

import (
	"iter"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// ImageRef is a reference to an image, taken apart as the container runtimes do: a reference without a
// registry is one to docker.io, and one without a path to docker.io/library
// (https://kubernetes.io/docs/concepts/containers/images/#image-names).
type ImageRef struct {
	// Registry is in lower case, with its port; every name of Docker Hub is "docker.io".
	Registry, Repository string
	// Tag is "" where none is given, which stands for "latest" if there is no digest either.
	Tag string
	// Digest has the form "sha256:…"; "" where none is given.
	Digest string
}

// Image is the image of one container of a workload as a candidate.
type Image struct {
	Container
	Ref ImageRef
}

// Images gives the images that a workload runs, container by container; none for a container whose image is
// filled in later.
func Images(w *World, r *inventory.Resource) iter.Seq[Image] {
	return func(yield func(Image) bool) {
		for c := range Containers(w, r) {
			if c.Image != "" && !yield(Image{c, ParseImage(c.Image)}) {
				return
			}
		}
	}
}

// Evidence names the container's image.
func (i Image) Evidence() finding.Evidence { return i.Container.Evidence("image", i.Image) }

// ParseImage takes a reference apart. It does not judge: of a text that is no reference it gives what stands
// where the parts would be.
func ParseImage(reference string) ImageRef {
	name, digest, _ := strings.Cut(reference, "@")
	ref := ImageRef{Registry: "docker.io", Repository: name, Digest: digest}
	first, rest, ok := strings.Cut(name, "/")
	if ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		ref.Registry, ref.Repository = CanonicalRegistry(first), rest
	}
	if colon := strings.LastIndexByte(ref.Repository, ':'); colon > strings.LastIndexByte(ref.Repository, '/') {
		ref.Repository, ref.Tag = ref.Repository[:colon], ref.Repository[colon+1:]
	}
	if ref.Registry == "docker.io" && !strings.Contains(ref.Repository, "/") {
		ref.Repository = "library/" + ref.Repository
	}
	return ref
}

// CanonicalRegistry gives the one name of a registry; Docker Hub has several.
func CanonicalRegistry(host string) string {
	host = strings.ToLower(host)
	switch host {
	case "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com":
		return "docker.io"
	}
	return host
}
