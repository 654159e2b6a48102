package report

import (
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ruleTexts are the rules that the scans of the tests speak of.
func ruleTexts() map[string]RuleTexts {
	return map[string]RuleTexts{
		"privileged-container": {
			Title: lang.Text{EN: "Privileged container", ES: "Contenedor privilegiado", PT: "Contêiner privilegiado"},
			Why: lang.Text{
				EN: "A privileged container has every capability, every device of its node and none of the usual filters. Whoever runs code in it mounts the node's disk and is root on the node.",
				ES: "Un contenedor privilegiado tiene todas las capacidades, todos los dispositivos de su nodo y ninguno de los filtros habituales. Quien ejecuta código en él monta el disco del nodo y es root en el nodo.",
				PT: "Um contêiner privilegiado tem todas as capacidades, todos os dispositivos do seu nó e nenhum dos filtros habituais. Quem executa código nele monta o disco do nó e é root no nó.",
			},
			Fix: code(lang.Text{
				EN: "Run the container without privileged mode\n\nRemove the field privileged. If the program needs one device or one function of the kernel, grant that alone.",
				ES: "Ejecute el contenedor sin el modo privilegiado\n\nQuite el campo privileged. Si el programa necesita un dispositivo o una función del kernel, conceda solo eso.",
				PT: "Execute o contêiner sem o modo privilegiado\n\nRemova o campo privileged. Se o programa precisa de um dispositivo ou de uma função do kernel, conceda apenas isso.",
			}, "securityContext:\n  privileged: false\n  capabilities:\n    drop: [\"ALL\"]"),
			References: []rule.Reference{
				{Source: "PSS", ID: "privileged", URL: "https://kubernetes.io/docs/concepts/security/pod-security-standards/"},
				{Source: "ATT&CK", ID: "T1611", Name: "Escape to Host", URL: "https://attack.mitre.org/techniques/T1611/"},
				{Source: "mine", ID: "a[b](c)", URL: "javascript:alert(1)"},
			},
		},
		"sensitive-host-path": {
			Title: lang.Text{EN: "Sensitive host path mounted", ES: "Ruta sensible del host montada", PT: "Caminho sensível do host montado"},
			Why: lang.Text{
				EN: "Files that the security of the node rests on are mounted in a container.",
				ES: "Hay archivos de los que depende la seguridad del nodo montados en un contenedor.",
				PT: "Arquivos de que depende a segurança do nó estão montados em um contêiner.",
			},
			Fix: code(lang.Text{
				EN: "Remove the hostPath volume, or narrow it and mount it read-only\n\nTry it first:",
				ES: "Quite el volumen hostPath, o redúzcalo y móntelo en solo lectura\n\nPruébelo primero:",
				PT: "Remova o volume hostPath, ou reduza-o e monte-o somente leitura\n\nTeste antes:",
			}, "kubectl label --dry-run=server --overwrite namespace NAME pod-security.kubernetes.io/enforce=baseline pod-security.kubernetes.io/warn=restricted"),
		},
		"host-pid":     {Title: lang.Text{EN: "Shared host PID namespace", ES: "Espacio de nombres PID del host compartido", PT: "Namespace de PID do host compartilhado"}, Fix: lang.Text{EN: "Give the pod a PID namespace of its own", ES: "Dé al pod un espacio de nombres PID propio", PT: "Dê ao pod um namespace de PID próprio"}},
		"runs-as-root": {Title: lang.Text{EN: "Container set to run as root", ES: "Contenedor configurado para ejecutarse como root", PT: "Contêiner configurado para rodar como root"}, Fix: lang.Text{EN: "Run the container as a user other than root", ES: "Ejecute el contenedor con un usuario que no sea root", PT: "Execute o contêiner com um usuário que não seja root"}},
		"cleartext-credentials": {
			Title:      lang.Text{EN: "Credentials in cleartext", ES: "Credenciales en texto no cifrado", PT: "Credenciais em texto não criptografado"},
			References: []rule.Reference{{Source: "ATT&CK", ID: "T1552.001", Name: "Unsecured Credentials: Credentials In Files", URL: "https://attack.mitre.org/techniques/T1552/001/"}},
			Fix:        lang.Text{EN: "Rotate the credential and read it from a Secret or a role", ES: "Rote la credencial y léala de un Secret o de un rol", PT: "Troque a credencial e leia-a de um Secret ou de um perfil"},
		},
		"ingress-without-tls": {Title: lang.Text{EN: "Ingress without TLS", ES: "Ingress sin TLS", PT: "Ingress sem TLS"}, Fix: lang.Text{EN: "Serve every host of the Ingress over TLS", ES: "Sirva por TLS todos los hosts del Ingress", PT: "Sirva por TLS todos os hosts do Ingress"}},
	}
}

func code(t lang.Text, lines string) lang.Text {
	block := "\n\n    " + strings.ReplaceAll(lines, "\n", "\n    ")
	return lang.Text{EN: t.EN + block, ES: t.ES + block, PT: t.PT + block}
}

func rules(id string) (RuleTexts, bool) {
	t, ok := ruleTexts()[id]
	return t, ok
}

// made builds exposures step by step, as a story.
type made struct{ finding.Exposure }

func workload(kind, namespace, name string, s finding.Severity) *made {
	group := map[string]string{"Pod": "", "CronJob": "batch"}
	g, ok := group[kind]
	if !ok {
		g = "apps"
	}
	uid := inventory.KubernetesUID("files", g, kind, namespace, name)
	return &made{finding.Exposure{
		UID: finding.ExposureUID(uid), Severity: s, Ceiling: s, Likelihood: finding.LikelihoodModerate, Impact: finding.ImpactHigh,
		Types: []string{"Exposure/Potential Impact/Node Takeover"},
		Title: lang.Text{
			EN: "Potential node takeover: " + kind + " " + namespace + "/" + name,
			ES: "Posible toma de control del nodo: " + kind + " " + namespace + "/" + name,
			PT: "Possível tomada do nó: " + kind + " " + namespace + "/" + name,
		},
		Resource: finding.ExposedResource{
			UID: uid, Type: inventory.KubernetesType(g, kind), Name: name, Namespace: namespace, Cluster: "files",
			Origin: inventory.Origin{File: "k8s/" + name + ".yaml", Line: 1},
		},
	}}
}

// trait adds a contributing trait, and what the severity is without it.
func (m *made) trait(id string, line int, path string, value any, after finding.Severity) *made {
	without := finding.Unchanged
	switch {
	case after == finding.SeverityInformational:
		without = finding.Resolves
	case after < m.Severity:
		without = finding.Reduces
	}
	m.Traits = append(m.Traits, finding.ExposureTrait{
		ID: id, Category: finding.Misconfiguration, Role: finding.Contributing, Resource: m.Resource.UID, Without: without,
		Title: ruleTexts()[id].Title, Origin: inventory.Origin{File: m.Resource.Origin.File, Line: line},
		Evidence: []finding.Evidence{{Resource: m.Resource.UID, Path: path, Value: value}},
	})
	m.Remediations = append(m.Remediations, finding.Remediation{ID: id, Title: ruleTexts()[id].Fix.FirstLine(), ProjectedSeverity: after})
	return m
}

func (m *made) context(id string, line int) *made {
	m.Traits = append(m.Traits, finding.ExposureTrait{
		ID: id, Category: finding.Misconfiguration, Role: finding.Contextual, Resource: m.Resource.UID, Without: finding.Unchanged,
		Title: ruleTexts()[id].Title, Origin: inventory.Origin{File: m.Resource.Origin.File, Line: line},
	})
	return m
}

// path adds an attack path: from the internet where service is not empty, on by one edge of a kind.
func (m *made) path(service string, maybe bool, to inventory.UID, kind finding.EdgeKind, cause string) *made {
	p := finding.AttackPath{Entry: m.Resource.UID, Target: m.Resource.UID}
	if service != "" {
		s := inventory.KubernetesUID("files", "", "Service", m.Resource.Namespace, service)
		p.Entry = inventory.Internet
		p.Edges = append(p.Edges, step(inventory.Internet, s, finding.EdgeExposes, "", maybe),
			step(s, m.Resource.UID, finding.EdgeSelects, "", false))
		p.Edges[0].Origin, p.Edges[1].Origin = inventory.Origin{File: "k8s/services.yaml", Line: 12}, inventory.Origin{File: "k8s/services.yaml", Line: 12}
	}
	if to != "" {
		from := m.Resource.UID
		if kind == finding.EdgeClusterAdmin {
			account := inventory.KubernetesUID("files", "", "ServiceAccount", m.Resource.Namespace, m.Resource.Name)
			p.Edges = append(p.Edges, step(from, account, finding.EdgeServiceAccount, "", false))
			from = account
		}
		p.Target = to
		last := step(from, to, kind, cause, false)
		for _, tr := range m.Traits {
			if tr.ID == cause {
				last.Origin = tr.Origin
			}
		}
		p.Edges = append(p.Edges, last)
	}
	m.AttackPaths = append(m.AttackPaths, p)
	return m
}

func (m *made) ceiling(s finding.Severity) *made { m.Ceiling = s; return m }

func (m *made) platform() finding.Exposure { m.Platform = true; return m.Exposure }

func step(from, to inventory.UID, kind finding.EdgeKind, cause string, maybe bool) finding.Edge {
	m, _ := kind.Meaning()
	return finding.Edge{From: from, To: to, Kind: kind, Why: m.Why, Cause: cause, Possible: maybe}
}

// shop is the scan of a small web shop: some of everything.
func shop() *finding.Scan {
	anyNode, whole := inventory.AnyNodeUID("files"), inventory.ClusterUID("files")
	const spec = "$.spec.template.spec."
	payments := workload("Deployment", "shop", "payments", finding.SeverityCritical).
		trait("privileged-container", 31, spec+"containers[0].securityContext.privileged", true, finding.SeverityCritical).
		trait("sensitive-host-path", 52, spec+"volumes[2].hostPath.path", "/var/lib/kubelet", finding.SeverityCritical).
		trait("runs-as-root", 33, spec+"containers[0].securityContext.runAsUser", 0, finding.SeverityCritical).
		context("ingress-without-tls", 4).
		path("payments", false, anyNode, finding.EdgeEscapePrivileged, "privileged-container").
		path("payments", false, anyNode, finding.EdgeEscapeHostPath, "sensitive-host-path")
	payments.Explanation = []lang.Text{
		{EN: "Likelihood starts at moderate, the highest among its traits (privileged-container).", ES: "La probabilidad parte de moderada, la más alta entre sus rasgos (privileged-container).", PT: "A probabilidade parte de moderada, a mais alta entre suas características (privileged-container)."},
		{EN: "It goes one step up: the internet reaches the resource, with no gap in the path.", ES: "Sube un nivel: internet llega al recurso, sin huecos en la ruta.", PT: "Sobe um nível: a internet chega ao recurso, sem lacunas no caminho."},
		{EN: "Impact is high because of privileged-container.", ES: "El impacto es alto por privileged-container.", PT: "O impacto é alto por causa de privileged-container."},
	}
	payments.Likelihood = finding.LikelihoodHigh
	exposures := []finding.Exposure{
		payments.Exposure,
		workload("Deployment", "shop", "storefront", finding.SeverityCritical).
			trait("privileged-container", 28, spec+"containers[0].securityContext.privileged", true, finding.SeverityMedium).
			path("storefront", false, anyNode, finding.EdgeEscapePrivileged, "privileged-container").Exposure,
		workload("StatefulSet", "shop", "ledger", finding.SeverityHigh).
			trait("sensitive-host-path", 61, spec+"volumes[0].hostPath.path", "/etc", finding.SeverityInformational).
			path("", false, anyNode, finding.EdgeEscapeHostPath, "sensitive-host-path").ceiling(finding.SeverityCritical).Exposure,
		workload("Deployment", "ops", "deployer", finding.SeverityHigh).
			trait("runs-as-root", 19, spec+"containers[0].securityContext.runAsUser", 0, finding.SeverityInformational).
			path("", false, whole, finding.EdgeClusterAdmin, "").ceiling(finding.SeverityCritical).Exposure,
		workload("Deployment", "shop", "search", finding.SeverityHigh).
			trait("host-pid", 22, spec+"hostPID", true, finding.SeverityLow).
			trait("privileged-container", 30, spec+"containers[0].securityContext.privileged", true, finding.SeverityMedium).
			path("search", true, anyNode, finding.EdgeShareHostPID, "host-pid").
			path("search", true, anyNode, finding.EdgeEscapePrivileged, "privileged-container").Exposure,
	}
	for _, name := range []string{"cart", "catalog", "checkout", "emails", "recommendations", "reviews", "shipping"} {
		exposures = append(exposures, workload("Deployment", "shop", name, finding.SeverityMedium).
			trait("cleartext-credentials", 40, spec+"containers[0].env[3]", "DB_PASSWORD: a credential", finding.SeverityInformational).
			context("runs-as-root", 12).Exposure)
	}
	exposures = append(exposures,
		workload("CronJob", "ops", "backup", finding.SeverityLow).
			trait("runs-as-root", 14, "$.spec.jobTemplate.spec.template.spec.securityContext.runAsUser", 0, finding.SeverityInformational).ceiling(finding.SeverityHigh).Exposure,
		workload("DaemonSet", "kube-system", "aws-node", finding.SeverityHigh).trait("privileged-container", 90, spec+"containers[0].securityContext.privileged", true, finding.SeverityMedium).platform(),
		workload("DaemonSet", "kube-system", "kube-proxy", finding.SeverityHigh).trait("privileged-container", 60, spec+"containers[0].securityContext.privileged", true, finding.SeverityMedium).platform(),
	)
	return &finding.Scan{
		Schema: finding.ScanSchema, Tool: inventory.Tool{Version: "0.1.0"},
		ScannedAt: time.Date(2026, 11, 21, 22, 4, 5, 0, time.UTC),
		Sources: []inventory.Source{{
			Kind: "files", Name: "./shop", Status: inventory.StatusPartial,
			NotAssessed: []inventory.NotRead{{What: "k8s/legacy.yaml", Why: "line 14: mapping values are not allowed here"}},
		}},
		Resources: finding.ResourceCount{Total: 47, ByType: map[inventory.Type]int{"k8s/apps/Deployment": 12, "k8s/core/Service": 12, "k8s/apps/DaemonSet": 2}},
		Traits:    []finding.TraitRecord{{ID: "privileged-container", Category: finding.Misconfiguration, Resource: payments.Resource.UID, Evidence: payments.Traits[0].Evidence}},
		Exposures: exposures,
		NotAssessed: []finding.NotAssessed{
			{Rule: "image-untrusted-registry", Missing: "trustedRegistries", Count: 14, Resources: []inventory.UID{payments.Resource.UID}, Why: lang.Text{
				EN: "no trusted registries are configured; name them with --trusted-registry",
				ES: "no se configuró ningún registro de confianza; indíquelo con --trusted-registry",
				PT: "nenhum registro confiável foi configurado; informe-o com --trusted-registry",
			}},
			{Rule: "no-network-policy", Count: 25, Resources: []inventory.UID{}, Why: lang.Text{
				EN: "files are only a part: the policy may be in another repository",
				ES: "los archivos son solo una parte: la política puede estar en otro repositorio",
				PT: "os arquivos são só uma parte: a política pode estar em outro repositório",
			}},
		},
		Suppressed: []finding.SuppressedTrait{{Trait: "host-network", Resource: payments.Resource.UID, Exception: "edge-proxy"}},
		Exceptions: []finding.ExceptionUse{
			{ID: "edge-proxy", Status: finding.ExceptionUsed, Matched: 1},
			{ID: "old-backup-job", Status: finding.ExceptionExpired, Matched: 2, Expires: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)},
			{ID: "gone", Status: finding.ExceptionUnused},
		},
		FewestFixes: []finding.FixStep{
			plan("privileged-container", 1, 2, map[finding.Severity]int{finding.SeverityCritical: 1, finding.SeverityHigh: 2, finding.SeverityMedium: 9, finding.SeverityLow: 1}, "payments", "storefront", "search"),
			plan("sensitive-host-path", 1, 1, map[finding.Severity]int{finding.SeverityHigh: 1, finding.SeverityMedium: 9, finding.SeverityLow: 2}, "payments", "ledger"),
			plan("cleartext-credentials", 7, 0, map[finding.Severity]int{finding.SeverityHigh: 1, finding.SeverityLow: 3}, "cart", "catalog", "checkout", "emails", "recommendations", "reviews", "shipping"),
			plan("runs-as-root", 3, 0, nil, "payments", "deployer", "backup"),
		},
	}
}

func plan(id string, resolved, reduced int, left map[finding.Severity]int, names ...string) finding.FixStep {
	s := finding.FixStep{ID: id, Title: ruleTexts()[id].Fix.FirstLine(), Resolved: resolved, Reduced: reduced, Left: left}
	for _, n := range names {
		s.Resources = append(s.Resources, inventory.KubernetesUID("files", "apps", "Deployment", "shop", n))
	}
	return s
}

// sinceLast is the shop beside an earlier scan of it: one exposure is new, one was less grave, one has a new
// trait, and one is no longer there.
func sinceLast() *finding.Scan {
	before := shop()
	gone := before.Exposures[0]
	gone.UID, gone.Resource.UID = "exp-gone", "k8s://files/apps/Deployment/shop/gone"
	before.Traits = nil
	for i, e := range before.Exposures[1:] {
		for k, tr := range e.Traits {
			if i != 1 || k > 0 {
				before.Traits = append(before.Traits, finding.TraitRecord{ID: tr.ID, Resource: tr.Resource, Evidence: tr.Evidence})
			}
		}
	}
	before.Exposures = append(before.Exposures[1:], gone)
	before.Exposures[0].Severity = finding.SeverityMedium
	return finding.NewBaseline(before).Since(shop())
}
