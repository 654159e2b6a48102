package rule

import (
	"slices"
	"sync"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// ScannedImage is what others found in one image.
type ScannedImage struct {
	// Scanned is set where a scan of the image ended and all that it found was read, so that what it did not find is
	// not there.
	Scanned bool
	// Enhanced is set where that scan was one of Amazon Inspector, which knows of exploits and of malicious packages.
	Enhanced bool
	// Platform is the image's operating system as Amazon Inspector writes it: "DEBIAN_12"; "" where no finding
	// tells.
	Platform string
	Found    []FoundInImage
}

// FoundInImage is one weakness of an image, with the resource that tells of it.
type FoundInImage struct {
	By *inventory.Resource
	*aws.PackageFinding
}

// ImageInUse is an image that Amazon Inspector sees running in a cluster.
type ImageInUse struct {
	By     *inventory.Resource
	Digest string
	// Scan is nil where nobody scanned the image, or where that was not read.
	Scan *ScannedImage
}

// imageScans holds what was found, by image.
type imageScans struct {
	once sync.Once
	// byDigest knows an image by its digest alone: that stands for what is in it, wherever it is stored.
	byDigest map[string]*ScannedImage
	// tagged lists the images of a registry that have a tag: as Amazon ECR says, and as findings say, whose tags may
	// have moved since.
	tagged, foundAs map[string][]aws.ImageRef
	// running lists the digests that each task definition's containers really run, and inUse those that Amazon Inspector
	// sees in a task definition, or in a cluster of EKS.
	running map[inventory.UID]map[string][]string
	inUse   map[inventory.UID][]usedImage
}

// usedImage is an image in use, with the resource that tells of it.
type usedImage struct {
	by *inventory.Resource
	aws.ImageRef
}

// ImageScans gives what was found in the image of a reference ("…/web:1.4", "…/web@sha256:…"); nil for one
// that nobody scanned, or where what was read does not tell which one it is. There is at least one, and there are
// several where several images may have the tag.
func (w *World) ImageScans(reference string) []*ScannedImage {
	s := w.imageScans()
	return s.ofDigests(s.digests(ParseImage(reference).Digest, reference))
}

// TaskImageScans gives what was found in the images that a container of a task definition runs: by the digests of
// its running tasks, or those that Amazon Inspector sees running, where they were read, since a tag may have moved;
// else by its reference.
func (w *World) TaskImageScans(c TaskContainer) []*ScannedImage {
	s := w.imageScans()
	digests := slices.Clone(s.running[c.Resource.UID][c.Name])
	if ref, ok := aws.ParseImageRef(c.Image); ok {
		for _, used := range s.inUse[c.Resource.UID] {
			if used.SharesRepository(ref) && !slices.Contains(digests, used.Digest) {
				digests = append(digests, used.Digest)
			}
		}
	}
	if len(digests) == 0 {
		return w.ImageScans(c.Image)
	}
	return s.ofDigests(digests)
}

// ImagesInUse gives the images that Amazon Inspector sees running in an EKS cluster.
func (w *World) ImagesInUse(cluster inventory.UID) []ImageInUse {
	s := w.imageScans()
	var all []ImageInUse
	for _, used := range s.inUse[cluster] {
		all = append(all, ImageInUse{used.by, used.Digest, s.byDigest[used.Digest]})
	}
	return all
}

// ImageDigests gives the digests that a reference may stand for; none where what was read does not tell.
func (w *World) ImageDigests(reference string) []string {
	return w.imageScans().digests(ParseImage(reference).Digest, reference)
}

func (s *imageScans) ofDigests(digests []string) []*ScannedImage {
	found := make([]*ScannedImage, 0, len(digests))
	for _, digest := range digests {
		found = append(found, s.byDigest[digest])
	}
	if len(found) == 0 {
		return []*ScannedImage{nil}
	}
	return found
}

// digests gives the digests of a reference: its own, else those of the images that have its tag. What a finding says of
// tags counts where Amazon ECR says nothing.
func (s *imageScans) digests(pinned, reference string) []string {
	if pinned != "" {
		return []string{pinned}
	}
	ref, ok := aws.ParseImageRef(reference)
	if !ok {
		return nil
	}
	for _, tags := range []map[string][]aws.ImageRef{s.tagged, s.foundAs} {
		var digests []string
		for _, image := range tags[ref.Tag] {
			if image.SharesRepository(ref) && !slices.Contains(digests, image.Digest) {
				digests = append(digests, image.Digest)
			}
		}
		if digests != nil {
			slices.Sort(digests)
			return digests
		}
	}
	return nil
}

func (w *World) imageScans() *imageScans {
	s := &w.aws.scans
	s.once.Do(func() { s.read(w.Inventory) })
	return s
}

func (s *imageScans) read(v *inventory.View) {
	s.byDigest, s.tagged, s.foundAs = map[string]*ScannedImage{}, map[string][]aws.ImageRef{}, map[string][]aws.ImageRef{}
	s.running, s.inUse = map[inventory.UID]map[string][]string{}, map[inventory.UID][]usedImage{}
	for r := range v.OfType(aws.ECRScanFindings, aws.InspectorFinding) {
		if f := r.Spec.(*aws.ImageFindings); f.Digest != "" {
			s.add(r, f, v.Closed(r.Account+"/"+r.Region, aws.InspectorFinding))
		}
	}
	for r := range v.OfType(aws.ECRImage) {
		i := r.Spec.(*aws.ImageSpec)
		tag(s.tagged, aws.ImageRef{Registry: i.Registry, Region: r.Region, Repository: i.Repository, Digest: i.Digest}, i.Tags)
	}
	for r := range v.OfType(aws.ImageInUse) {
		s.use(r, r.Spec.(*aws.ImageInUseSpec))
	}
	for r := range v.OfType(aws.ECSTask) {
		s.run(r.Spec.(*aws.TaskSpec))
	}
}

// tag notes the tags of an image.
func tag(by map[string][]aws.ImageRef, image aws.ImageRef, tags []string) {
	for _, t := range tags {
		by[t] = append(by[t], image)
	}
}

// use notes where an image runs.
func (s *imageScans) use(r *inventory.Resource, i *aws.ImageInUseSpec) {
	used := usedImage{r, aws.ImageRef{Registry: i.Registry, Region: r.Region, Repository: i.Repository, Digest: i.Digest}}
	for _, u := range i.Uses {
		if u.Running <= 0 {
			continue
		}
		by := u.Cluster
		if u.TaskDefinition != "" {
			by = u.TaskDefinition
		}
		if !slices.Contains(s.inUse[by], used) {
			s.inUse[by] = append(s.inUse[by], used)
		}
	}
}

// run notes the digests of a task.
func (s *imageScans) run(t *aws.TaskSpec) {
	for container, digest := range t.Digests {
		byName := s.running[t.TaskDefinition]
		if byName == nil {
			byName = map[string][]string{}
			s.running[t.TaskDefinition] = byName
		}
		if !slices.Contains(byName[container], digest) {
			byName[container] = append(byName[container], digest)
			slices.Sort(byName[container])
		}
	}
}

// add joins what one resource tells of an image to what others told. A finding of Amazon Inspector is one of many: that
// there is no other is known where the whole list was read.
func (s *imageScans) add(r *inventory.Resource, f *aws.ImageFindings, wholeList bool) {
	scan := s.byDigest[f.Digest]
	if scan == nil {
		scan = &ScannedImage{}
		s.byDigest[f.Digest] = scan
	}
	tag(s.foundAs, aws.ImageRef{Registry: f.Registry, Region: r.Region, Repository: f.Repository, Digest: f.Digest}, f.Tags)
	isWhole := f.Complete && (r.Type == aws.ECRScanFindings || wholeList)
	scan.Scanned = scan.Scanned || isWhole
	scan.Enhanced = scan.Enhanced || isWhole && f.Enhanced
	if f.Platform != "" {
		scan.Platform = f.Platform
	}
	if r.Type == aws.InspectorFinding && !f.Complete {
		return // it was closed or suppressed
	}
	for i := range f.Packages {
		scan.Found = append(scan.Found, FoundInImage{r, &f.Packages[i]})
	}
}
