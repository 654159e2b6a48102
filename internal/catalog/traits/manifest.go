package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
)

// pod gives the manifest of a Pod with this spec.
func pod(spec string) string {
	return object("v1", "Pod", indent(spec, 2))
}

// deployment gives the manifest of a Deployment whose pods have this spec.
func deployment(spec string) string {
	return object("apps/v1", "Deployment", selected+template+indent(spec, 6))
}

// daemonSet gives the manifest of a DaemonSet whose pods have this spec.
func daemonSet(spec string) string {
	return object("apps/v1", "DaemonSet", selected+template+indent(spec, 6))
}

// cronJob gives the manifest of a CronJob whose pods have this spec.
func cronJob(spec string) string {
	return object("batch/v1", "CronJob", `  schedule: "0 3 * * *"
  jobTemplate:
    spec:
      template:
        spec:
`+indent(spec, 10))
}

const (
	selected = `  selector:
    matchLabels: {app: example}
`
	template = `  template:
    metadata:
      labels: {app: example}
    spec:
`
)

// object gives a manifest with a spec.
func object(apiVersion, kind, spec string) string {
	return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata:\n  name: example\n  namespace: shop\nspec:\n" + spec
}

// claiming gives the manifest of a Deployment that mounts the volume of a claim.
func claiming(claim string) string {
	return deployment("containers:\n- name: app\n  image: registry.example/app:1.4\n  volumeMounts:\n  - {name: data, mountPath: /data}\n" +
		"volumes:\n- name: data\n  persistentVolumeClaim: {claimName: " + claim + "}\n")
}

// claimFor gives the manifest of a claim of the class manual.
func claimFor(name, fields string) string {
	return "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: " + name + "\n  namespace: shop\nspec:\n  storageClassName: manual\n" +
		"  accessModes: [ReadWriteOnce]\n  resources: {requests: {storage: 1Gi}}\n" + indent(fields, 2)
}

// nodeVolume gives the manifest of a persistent volume of the class manual.
func nodeVolume(name, fields string) string {
	return "apiVersion: v1\nkind: PersistentVolume\nmetadata:\n  name: " + name + "\nspec:\n  storageClassName: manual\n" +
		"  accessModes: [ReadWriteOnce]\n  capacity: {storage: 1Gi}\n" + indent(fields, 2)
}

// onNodeOne is what a local volume has to say of its node.
const onNodeOne = `nodeAffinity:
  required:
    nodeSelectorTerms:
    - matchExpressions:
      - {key: kubernetes.io/hostname, operator: In, values: [one]}
`

// documents joins manifests to one input.
func documents(manifests ...string) string { return strings.Join(manifests, "---\n") }

// steps is the text of a fix with the same code, which no language changes, set apart below it.
func steps(text lang.Text, code string) lang.Text {
	block := "\n\n" + strings.TrimRight(indent(code, 4), "\n")
	return lang.Text{EN: text.EN + block, ES: text.ES + block, PT: text.PT + block}
}

// indent moves every line to the right, and takes away the empty line with which a raw string begins.
func indent(text string, by int) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimPrefix(text, "\n")) {
		if strings.TrimSpace(line) != "" {
			b.WriteString(strings.Repeat(" ", by))
		}
		b.WriteString(line)
	}
	return b.String()
}
