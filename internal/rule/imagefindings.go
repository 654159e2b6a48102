package rule

import (
	"slices"
	"strings"
	"sync"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
)

// ScannedImage is what others found in one image.
type ScannedImage struct {
	// Scanned is set where a scan of the image ended, so that what it did not find is not there.
	Scanned bool
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

// imageScans holds what was found, by image.
type imageScans struct {
	once sync.Once
	any  bool
	// byName has an entry for each digest and each tag of an image: "REGISTRY/REPOSITORY@sha256:…".
	byName map[string]*ScannedImage
	// running lists the digests that each task definition's containers really run.
	running map[inventory.UID]map[string][]string
}

// ImageScan gives what was found in the image of a reference ("…/web:1.4", "…/web@sha256:…"); nil where nobody
// scanned it, or where what was read does not tell.
func (w *World) ImageScan(ref string) *ScannedImage {
	return w.imageScans().byName[scanKey(ref)]
}

// TaskImageScans gives what was found in the images that a container of a task definition runs: by the digests of
// its running tasks where those were read, since a tag may have moved, else by its reference.
func (w *World) TaskImageScans(c TaskContainer) []*ScannedImage {
	s := w.imageScans()
	repository, _, _ := strings.Cut(scanKey(c.Image), "@")
	if i := strings.LastIndexByte(repository, ':'); i > strings.LastIndexByte(repository, '/') {
		repository = repository[:i]
	}
	var found []*ScannedImage
	for _, digest := range s.running[c.Resource.UID][c.Name] {
		found = append(found, s.byName[repository+"@"+digest])
	}
	if found == nil {
		found = []*ScannedImage{s.byName[scanKey(c.Image)]}
	}
	return found
}

func (w *World) imageScans() *imageScans {
	s := &w.aws.scans
	s.once.Do(func() { s.read(w.Inventory) })
	return s
}

func (s *imageScans) read(v *inventory.View) {
	s.byName, s.running = map[string]*ScannedImage{}, map[inventory.UID]map[string][]string{}
	for r := range v.OfType(aws.ECRScanFindings, aws.InspectorFinding) {
		if f := r.Spec.(*aws.ImageFindings); f.Digest != "" {
			s.any = true
			s.add(r, f)
		}
	}
	for r := range v.OfType(aws.ECSTask) {
		t := r.Spec.(*aws.TaskSpec)
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
}

// add joins what one resource tells of an image to what others told.
func (s *imageScans) add(r *inventory.Resource, f *aws.ImageFindings) {
	image := f.Registry + "/" + f.Repository
	digest := image + "@" + f.Digest
	scan := s.byName[digest]
	if scan == nil {
		scan = &ScannedImage{}
		s.byName[digest] = scan
	}
	for _, tag := range f.Tags {
		s.byName[image+":"+tag] = scan
	}
	scan.Scanned = scan.Scanned || f.Complete
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

// scanKey writes the reference of an image in Amazon ECR as findings name it: the account for the registry. Any other
// reference stays as it is.
func scanKey(ref string) string {
	host, rest, ok := strings.Cut(ref, "/")
	account, below, isECR := strings.Cut(host, ".dkr.ecr")
	if !ok || !isECR || !strings.HasPrefix(below, ".") && !strings.HasPrefix(below, "-fips.") {
		return ref
	}
	if name, digest, pinned := strings.Cut(rest, "@"); pinned {
		if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
			name = name[:i] // a tag beside a digest says nothing
		}
		return account + "/" + name + "@" + digest
	}
	if i := strings.LastIndexByte(rest, ':'); i <= strings.LastIndexByte(rest, '/') {
		rest += ":latest"
	}
	return account + "/" + rest
}
