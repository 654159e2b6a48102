package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// CoreDNSChanged finds changes to the configuration of the cluster's name servers.
var CoreDNSChanged = rule.Detection{
	Type:       "CredentialAccess:Kubernetes/CoreDNSChanged",
	Origin:     rule.Ours,
	Severity:   finding.SeverityMedium,
	References: []rule.Reference{attack("T1557"), threatMatrix("MS-TA9035", "CoreDNS%20poisoning")},
	Title: lang.Text{
		EN: "Name server of the cluster reconfigured",
		ES: "Servidor de nombres del clúster reconfigurado",
		PT: "Servidor de nomes do cluster reconfigurado",
	},
	Why: lang.Text{
		EN: "Every pod asks CoreDNS where a service is. Whoever changes its configuration leads the pods to a server of their own, and reads their passwords and tokens there.",
		ES: "Todos los pods preguntan a CoreDNS dónde está un servicio. Quien cambia su configuración dirige los pods a un servidor propio y lee allí sus contraseñas y tokens.",
		PT: "Todos os pods perguntam ao CoreDNS onde está um serviço. Quem altera sua configuração direciona os pods a um servidor próprio e lê ali suas senhas e tokens.",
	},
	Fix: fix(lang.Text{
		EN: "Compare the configuration with its source, and restore it\n\nLook for new rewrite, hosts, template and forward lines, then restart CoreDNS.",
		ES: "Compare la configuración con su origen y restáurela\n\nBusque líneas rewrite, hosts, template y forward nuevas; después reinicie CoreDNS.",
		PT: "Compare a configuração com a origem e restaure-a\n\nProcure linhas rewrite, hosts, template e forward novas; depois reinicie o CoreDNS.",
	}, `
kubectl -n kube-system get configmap coredns -o yaml > coredns.yaml
kubectl -n kube-system rollout restart deployment coredns
`, shutOut()),
	On: []rule.Selector{{Verbs: []string{"create", "update", "patch", "delete", "deletecollection"}, Resources: []string{"configmaps"}}},
	Where: []rule.EventCondition{
		inNamespace("in-kube-system", "kube-system"),
		tookEffect(),
		named("name-server", isOneOf("coredns", "coredns-custom", "kube-dns", "node-local-dns")),
		notBy("not-by-eks", eksAddOns),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "the Corefile changed, as EKS records it",
			Input: record{User: admin, Verb: "patch", Resource: "configmaps", Namespace: "kube-system", Name: "coredns"}.String(),
			Want:  finding.Present,
			Path:  "$.objectRef.name",
		},
		{
			Name:  "the configuration deleted as a collection",
			Input: record{User: admin, Verb: "deletecollection", Resource: "configmaps", Namespace: "kube-system", URI: "/api/v1/namespaces/kube-system/configmaps?fieldSelector=metadata.name%3D%3Dcoredns"}.String(),
			Want:  finding.Present,
		},
		{
			Name:  "a new ConfigMap whose name is not recorded",
			Input: record{User: admin, Verb: "create", Resource: "configmaps", Namespace: "kube-system", Code: 201}.String(),
			Want:  finding.Unknown,
		},
		{
			Name:   "a name server of another namespace",
			Input:  record{User: admin, Verb: "patch", Resource: "configmaps", Namespace: "shop", Name: "coredns"}.String(),
			Want:   finding.Absent,
			Misses: "in-kube-system",
		},
		{
			Name:   "another ConfigMap",
			Input:  record{User: admin, Verb: "patch", Resource: "configmaps", Namespace: "kube-system", Name: "settings"}.String(),
			Want:   finding.Absent,
			Misses: "name-server",
		},
		{
			Name:   "EKS brings its add-on up to date",
			Input:  record{User: "eks:addon-manager", UserAgent: "Go-http-client/2.0", Verb: "patch", Resource: "configmaps", Namespace: "kube-system", Name: "coredns"}.String(),
			Want:   finding.Absent,
			Misses: "not-by-eks",
		},
		{
			Name:   "a request that was not allowed",
			Input:  record{Verb: "patch", Resource: "configmaps", Namespace: "kube-system", Name: "coredns", Code: 403}.String(),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
	},
}
