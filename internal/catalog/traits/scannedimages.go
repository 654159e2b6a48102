package traits

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// runningImage is an image that a container of an ECS service or of an EKS cluster runs, with what others found in it.
type runningImage struct {
	// field names the image in the container.
	field finding.Evidence
	// scan is nil where nobody scanned the image, or where that was not read.
	scan *rule.ScannedImage
}

// taskImages gives the images of a task definition.
func taskImages(w *rule.World, r *inventory.Resource) iter.Seq[runningImage] {
	return func(yield func(runningImage) bool) {
		for c := range rule.TaskContainers(w, r) {
			for _, scan := range w.TaskImageScans(c) {
				if !yield(runningImage{c.Evidence("image", c.Image), scan}) {
					return
				}
			}
		}
	}
}

// clusterImages gives the images of the workloads of an EKS cluster, as far as the Kubernetes cluster was read too,
// and those that Amazon Inspector sees running there. Of each image the first workload stands for all.
func clusterImages(w *rule.World, r *inventory.Resource) iter.Seq[runningImage] {
	return func(yield func(runningImage) bool) {
		seen, seenDigests := map[string]bool{}, map[string]bool{}
		for hosted := range w.Inventory.Out(r.UID, inventory.Hosts) {
			cluster, _ := hosted.UID.Cluster()
			for workload := range w.Inventory.OfType(k8s.Workloads()...) {
				if workload.Cluster != cluster {
					continue
				}
				for c := range rule.Containers(w, workload) {
					if c.Image == "" || seen[c.Image] {
						continue
					}
					seen[c.Image] = true
					for _, digest := range w.ImageDigests(c.Image) {
						seenDigests[digest] = true
					}
					for _, scan := range w.ImageScans(c.Image) {
						if !yield(runningImage{c.Evidence("image", c.Image), scan}) {
							return
						}
					}
				}
			}
		}
		for _, used := range w.ImagesInUse(r.UID) {
			if !seenDigests[used.Digest] && !yield(runningImage{finding.Evidence{Resource: used.By.UID, Path: "$.resourceId", Value: used.By.Name}, used.Scan}) {
				return
			}
		}
		if len(seen) == 0 {
			yield(runningImage{field: finding.Evidence{Resource: r.UID, Path: "$.name"}})
		}
	}
}

// hasFound is the condition that somebody found something of a kind in the image.
func hasFound(name string, counts func(rule.FoundInImage) bool) rule.Condition[runningImage] {
	return rule.Condition[runningImage]{Name: name, Holds: func(_ *rule.World, i runningImage) rule.Truth {
		switch {
		case i.scan != nil && slices.ContainsFunc(i.scan.Found, counts):
			return rule.Is(true)
		case i.scan == nil:
			return notScanned()
		case !i.scan.Scanned:
			return notWholly()
		}
		return rule.Is(false)
	}}
}

// hasFoundEnhanced is [hasFound] for what Amazon Inspector alone can find.
func hasFoundEnhanced(name string, counts func(rule.FoundInImage) bool) rule.Condition[runningImage] {
	c := hasFound(name, counts)
	found := c.Holds
	c.Holds = func(w *rule.World, i runningImage) rule.Truth {
		truth := found(w, i)
		if truth.State == finding.Absent && !i.scan.Enhanced {
			return rule.Unknown(lang.Text{
				EN: "the basic scan of Amazon ECR tells neither of exploits nor of malicious packages",
				ES: "el análisis básico de Amazon ECR no informa de exploits ni de paquetes maliciosos",
				PT: "a verificação básica do Amazon ECR não informa sobre exploits nem sobre pacotes maliciosos",
			})
		}
		return truth
	}
	return c
}

// notWholly is what is known of an image of which some findings were read, and whether there are others is not known.
func notWholly() rule.Truth {
	return rule.Unknown(lang.Text{
		EN: "whether all findings of Amazon ECR or Amazon Inspector about the image were read is not known",
		ES: "no se sabe si se leyeron todos los hallazgos de Amazon ECR o de Amazon Inspector sobre la imagen",
		PT: "não se sabe se foram lidas todas as descobertas do Amazon ECR ou do Amazon Inspector sobre a imagem",
	})
}

func notScanned() rule.Truth {
	return rule.Unknown(lang.Text{
		EN: "no finding of Amazon ECR or Amazon Inspector about the image was read",
		ES: "no se leyó ningún hallazgo de Amazon ECR ni de Amazon Inspector sobre la imagen",
		PT: "não foi lida nenhuma descoberta do Amazon ECR nem do Amazon Inspector sobre a imagem",
	})
}

// foundEvidence names the findings of a kind: the gravest few, since an image may have hundreds.
func foundEvidence(counts func(rule.FoundInImage) bool) func(runningImage) []finding.Evidence {
	return func(i runningImage) []finding.Evidence {
		if i.scan == nil {
			return nil
		}
		var found []rule.FoundInImage
		for _, f := range i.scan.Found {
			if counts(f) {
				found = append(found, f)
			}
		}
		slices.SortFunc(found, func(a, b rule.FoundInImage) int {
			return cmp.Or(cmp.Compare(gravity(b.Severity), gravity(a.Severity)), cmp.Compare(b.EPSS, a.EPSS), cmp.Compare(a.ID, b.ID))
		})
		const shown = 10
		var all []finding.Evidence
		for _, f := range found[:min(len(found), shown)] {
			all = append(all, finding.Evidence{Resource: f.By.UID, Path: f.Path + idField(f), Value: f.ID})
		}
		return all
	}
}

// idField is where a finding names what it found.
func idField(f rule.FoundInImage) string {
	switch {
	case f.By.Type == aws.ECRScanFindings && strings.Contains(f.Path, ".findings["):
		return ".name"
	case f.Titled:
		return ".title"
	}
	return ".packageVulnerabilityDetails.vulnerabilityId"
}

// gravity orders the severities of Amazon Inspector and Amazon ECR.
func gravity(severity string) int {
	return slices.Index([]string{"UNDEFINED", "UNTRIAGED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL"}, severity)
}

// likelyEPSS is from which probability on an exploit counts as likely. AWS does not publish where its own levels
// begin; this is Merlon's choice: about one in twenty of all CVEs lies above.
const likelyEPSS = 0.10

// isLikelyExploited reports whether a finding is a vulnerability that can be used over the network, is grave, and is
// likely to be used: an exploit is known, or its EPSS is high. AWS names the same three for its trait of that name, and
// not how it weighs them.
func isLikelyExploited(f rule.FoundInImage) bool {
	overNetwork := strings.Contains(f.Vector, "AV:N")
	return isVulnerability(f) && overNetwork && gravity(f.Severity) >= gravity("HIGH") && (f.Exploit || f.EPSS >= likelyEPSS)
}

// isOtherVulnerability reports whether a finding is any other vulnerability of a package.
func isOtherVulnerability(f rule.FoundInImage) bool {
	return isVulnerability(f) && !isLikelyExploited(f)
}

func isVulnerability(f rule.FoundInImage) bool {
	return f.Kind == "PACKAGE_VULNERABILITY" && !isMaliciousPackage(f)
}

// isMaliciousPackage reports whether a finding says that a package was made to do harm: an advisory of OpenSSF's
// malicious packages (https://github.com/ossf/malicious-packages).
func isMaliciousPackage(f rule.FoundInImage) bool { return strings.HasPrefix(f.ID, "MAL-") }
