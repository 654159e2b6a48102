package traits

import (
	"iter"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// profile is a seccomp or AppArmor profile that somebody chose, in a field or in an annotation.
type profile struct {
	rule.PodField
	evidence finding.Evidence
	// confines is false for Unconfined, and for a word that no version knows.
	confines bool
}

// chosen gives the profiles in the fields of a pod and its containers; of picks the field.
func chosen(w *rule.World, r *inventory.Resource, field string, of func(*k8s.Security) k8s.Profile) iter.Seq[profile] {
	return func(yield func(profile) bool) {
		for s := range securityContexts(w, r) {
			p := of(s.Security)
			if p.Type != "" && !yield(profile{s.PodField, s.evidence(field+".type", p.Type), confines(p)}) {
				return
			}
		}
	}
}

// annotated gives the profiles in the annotations of a pod whose keys are picked. Beside those of the node
// (localhost/*), the named ones confine.
func annotated(w *rule.World, r *inventory.Resource, picked func(p rule.PodField, key string) bool, confining ...string) iter.Seq[profile] {
	return func(yield func(profile) bool) {
		for p := range rule.Pods(w, r) {
			for _, a := range p.PodAnnotations {
				if !picked(p, a.Key) {
					continue
				}
				confines := slices.Contains(confining, a.Value) || strings.HasPrefix(a.Value, "localhost/")
				if !yield(profile{p, annotation(p, a), confines}) {
					return
				}
			}
		}
	}
}

func confines(p k8s.Profile) bool { return p.Type == "RuntimeDefault" || p.Type == "Localhost" }

// annotation is the evidence for an annotation of a workload's pods.
func annotation(p rule.PodField, a inventory.Label) finding.Evidence {
	metadata := strings.TrimSuffix(p.Pod.Path, ".spec") + ".metadata"
	return finding.Evidence{Resource: p.Resource.UID, Path: tree.Path(metadata+".annotations", a.Key), Value: a.Value}
}
