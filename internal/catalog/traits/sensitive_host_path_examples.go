package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// sensitiveHostPathExamples are those of [SensitiveHostPath].
var sensitiveHostPathExamples = []rule.Example{
	{
		Name: "the whole file system of the node, writable",
		Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  volumeMounts:
  - name: root
    mountPath: /host
volumes:
- name: root
  hostPath:
    path: /
`),
		Want: finding.Present,
		Path: "$.spec.template.spec.volumes[0].hostPath.path",
	},
	{
		Name: "the node's programs, writable: read-only, the trait weighs less",
		Input: daemonSet(`
containers:
- name: agent
  image: registry.example/agent:2
  volumeMounts:
  - name: programs
    mountPath: /host/usr
volumes:
- name: programs
  hostPath:
    path: /usr/lib
`),
		Want: finding.Present,
		Path: "$.spec.template.spec.containers[0].volumeMounts[0].readOnly",
	},
	{
		Name: "a CronJob whose init container mounts the kubelet's folder read-only",
		Input: cronJob(`
restartPolicy: Never
initContainers:
- name: collect
  image: registry.example/tools:2
  volumeMounts:
  - name: kubelet
    mountPath: /kubelet
    readOnly: true
containers:
- name: report
  image: registry.example/report:7
volumes:
- name: kubelet
  hostPath:
    path: /var/lib/kubelet/
`),
		Want: finding.Present,
		Path: "$.spec.jobTemplate.spec.template.spec.initContainers[0].volumeMounts[0].readOnly",
	},
	{
		Name: "a sensitive folder that a subPath leads to, written with spare slashes",
		Input: pod(`
containers:
- name: app
  image: registry.example/app:1.4
  volumeMounts:
  - name: data
    mountPath: /data
  - name: host
    mountPath: /manifests
    subPath: kubernetes/manifests
volumes:
- name: data
  emptyDir: {}
- name: host
  hostPath:
    path: //etc/
`),
		Want: finding.Present,
		Path: "$.spec.volumes[1].hostPath.path",
	},
	{
		Name:  "a claim for a persistent volume that is the node's file system",
		Input: documents(claiming("host"), claimFor("host", "volumeName: node\n"), nodeVolume("node", "hostPath: {path: /}\n")),
		Want:  finding.Present,
		Path:  "$.spec.hostPath.path",
	},
	{
		Name:  "a claim of the class of such a volume: it may get it",
		Input: documents(claiming("host"), claimFor("host", ""), nodeVolume("node", "local: {path: /etc}\n"+onNodeOne)),
		Want:  finding.Unknown,
	},
	{
		Name: "a folder that a provisioner made for the claim alone",
		Input: documents(claiming("data"), `apiVersion: v1
kind: PersistentVolume
metadata:
  name: pvc-4fd1
  annotations: {pv.kubernetes.io/provisioned-by: rancher.io/local-path}
spec:
  accessModes: [ReadWriteOnce]
  capacity: {storage: 1Gi}
  claimRef: {namespace: shop, name: data}
  hostPath: {path: /var/lib/rancher/k3s/storage/pvc-4fd1_shop_data}
`),
		Want: finding.Absent,
	},
	{
		Name: "the folders of the users of a Windows node",
		Input: daemonSet(`
os: {name: windows}
containers:
- name: agent
  image: registry.example/agent:2
  volumeMounts:
  - name: users
    mountPath: C:\host
volumes:
- name: users
  hostPath:
    path: C:\Users
`),
		Want: finding.Present,
		Path: "$.spec.template.spec.volumes[0].hostPath.path",
	},
	{
		Name: "a folder for data, away from the system's",
		Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  volumeMounts:
  - name: data
    mountPath: /data
volumes:
- name: data
  hostPath:
    path: /mnt/disks/ssd1
`),
		Want:   finding.Absent,
		Misses: "sensitive",
	},
	{
		Name: "one folder below /var, which is no folder of the system",
		Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  volumeMounts:
  - name: var
    mountPath: /data
    subPath: www/app
volumes:
- name: var
  hostPath:
    path: /var
`),
		Want:   finding.Absent,
		Misses: "sensitive",
	},
	{
		Name: "the time zone of the node",
		Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
  volumeMounts:
  - name: localtime
    mountPath: /etc/localtime
volumes:
- name: localtime
  hostPath:
    path: /etc/localtime
`),
		Want:   finding.Absent,
		Misses: "not-harmless",
	},
	{
		Name: "the kernel's modules, read-only",
		Input: daemonSet(`
containers:
- name: network
  image: registry.example/network:3.30
  volumeMounts:
  - name: modules
    mountPath: /lib/modules
    readOnly: true
volumes:
- name: modules
  hostPath:
    path: /lib/modules
`),
		Want:   finding.Absent,
		Misses: "not-harmless",
	},
	{
		Name: "a volume that no container mounts",
		Input: deployment(`
containers:
- name: app
  image: registry.example/app:1.4
volumes:
- name: root
  hostPath:
    path: /
`),
		Want:   finding.Absent,
		Misses: "mounted",
	},
}
