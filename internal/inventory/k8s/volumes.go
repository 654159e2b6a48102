package k8s

import (
	"path"
	"strings"

	"github.com/merlonsec/merlon/internal/tree"
)

// PersistentVolumeSpec is the projection of a PersistentVolume.
type PersistentVolumeSpec struct {
	// NodePath is the path on a node that the volume is, of a hostPath or local volume; "" for every other kind.
	NodePath string
	// Field is the JSONPath of the path in the object.
	Field string
	// Local is set for a local volume, which a scheduler knows the node of.
	Local bool
	// ClaimNamespace and ClaimName are those of the claim that it is bound to, or kept for.
	ClaimNamespace, ClaimName string
	Class                     string
	// Provisioned is set for a folder that a provisioner made for the claim, and that is named after the volume
	// (https://kubernetes.io/docs/reference/labels-annotations-taints/#pv-kubernetes-io-provisioned-by).
	Provisioned bool
}

// PersistentClaimSpec is the projection of a PersistentVolumeClaim.
type PersistentClaimSpec struct {
	// VolumeName is the volume that it is bound to, or asks for; "" for any.
	VolumeName string
	// Class is the storage class, nil where the cluster's default counts.
	Class *string
}

func projectPersistentVolume(object, spec tree.Node) *PersistentVolumeSpec {
	s := &PersistentVolumeSpec{
		ClaimNamespace: spec.Get("claimRef", "namespace").Text(),
		ClaimName:      spec.Get("claimRef", "name").Text(),
	}
	if class := storageClass(object, spec); class != nil {
		s.Class = *class
	}
	for _, kind := range []string{"hostPath", "local"} {
		if text := spec.Get(kind, "path").Text(); text != "" {
			s.NodePath, s.Field, s.Local = text, "$.spec."+kind+".path", kind == "local"
		}
	}
	name := object.Get("metadata", "name").Text()
	s.Provisioned = object.Get("metadata", "annotations", "pv.kubernetes.io/provisioned-by").Text() != "" &&
		name != "" && strings.HasPrefix(path.Base(s.NodePath), name)
	return s
}

// storageClass reads the class of a volume or a claim: the field, or the annotation of old; nil for none.
func storageClass(object, spec tree.Node) *string {
	for _, n := range []tree.Node{spec.Get("storageClassName"), object.Get("metadata", "annotations", "volume.beta.kubernetes.io/storage-class")} {
		if n.Kind() == tree.String {
			class := n.Text()
			return &class
		}
	}
	return nil
}

// claimTemplates reads those of a StatefulSet, whose pods' claims are called TEMPLATE-NAME-NUMBER
// (https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#stable-storage).
func claimTemplates(name string, list tree.Node) []Volume {
	var all []Volume
	i := 0
	for template := range list.All() {
		volume := template.Get("metadata", "name").Text()
		all = append(all, Volume{
			Path: tree.PathIndex("$.spec.volumeClaimTemplates", i), Name: volume,
			Kind: "persistentVolumeClaim", Claim: volume + "-" + name + "-",
		})
		i++
	}
	return all
}
