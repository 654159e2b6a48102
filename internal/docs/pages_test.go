package docs

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// awkward is a rule with all that a page has to cope with.
func awkward() *rule.Rule {
	return &rule.Rule{
		ID: "share-pid", Category: finding.Misconfiguration,
		Likelihood: finding.LikelihoodHigh, Impact: finding.ImpactNone,
		Title: lang.Text{EN: "Shares *PID* <host>", ES: "Comparte *PID* <host>", PT: "Compartilha *PID* <host>"},
		Why:   lang.Text{EN: "Sees `ps`.", ES: "Ve `ps`.", PT: "Vê `ps`."},
		Fix: lang.Text{
			EN: "Drop it\n\n```yaml\nhostPID: false\n```",
			ES: "Quítelo\n\n```yaml\nhostPID: false\n```",
			PT: "Remova\n\n```yaml\nhostPID: false\n```",
		},
		On: k8s.Workloads(),
		Check: rule.Each[rule.PodField]{
			In: rule.Pods,
			Where: []rule.Condition[rule.PodField]{{
				Name:  "host-pid",
				Holds: func(_ *rule.World, p rule.PodField) rule.Truth { return rule.Is(p.Pod.HostPID) },
			}},
			Show: func(p rule.PodField) finding.Evidence { return p.Evidence("hostPID", true) },
		},
		Opens:      []finding.EdgeKind{finding.EdgeShareHostPID, finding.EdgeEscapePrivileged},
		References: []rule.Reference{{Source: "PSS", ID: "Host_Namespaces", URL: "https://example.com/a_(b)"}, {Source: "Book", ID: "p. 7"}},
		Examples: []rule.Example{
			{Name: "a *pod*", Input: "kind: Pod\nspec:\n  hostPID: true   \n", Want: finding.Present, Path: "$.spec.hostPID"},
			{
				Name: "a near miss", Input: "kind: Pod\n", Want: finding.Absent, Misses: "host-pid",
				Settings: rule.Settings{TrustedRegistries: []string{"a.example"}},
			},
			{Name: "not known", Input: "kind: Pod\n", Want: finding.Unknown},
		},
	}
}

// contextual is a rule that adds nothing but its own title.
func contextual() *rule.Rule {
	return &rule.Rule{
		ID: "a-note", Category: finding.Assumability, Role: finding.Contextual, Likelihood: finding.LikelihoodLow, Impact: finding.ImpactLow,
		Title: lang.Text{EN: "A note", ES: "Una nota", PT: "Uma nota"}, Why: lang.Text{EN: "It is there."}, Fix: lang.Text{EN: "Leave it"},
		Needs: []rule.Fact{rule.TrustedRegistries},
	}
}

func testPages() map[string]string {
	return Pages(Input{Rules: []*rule.Rule{awkward(), contextual()}, Components: correlate.Components()})
}

func TestPagesArePlacedByLanguage(t *testing.T) {
	got := slices.Sorted(maps.Keys(testPages()))
	want := []string{
		"attack-graph.es.md", "attack-graph.md", "attack-graph.pt.md",
		"detections/en/README.md", "detections/es/README.md", "detections/pt/README.md",
		"rules/en/README.md", "rules/en/a-note.md", "rules/en/share-pid.md",
		"rules/es/README.md", "rules/es/a-note.md", "rules/es/share-pid.md",
		"rules/pt/README.md", "rules/pt/a-note.md", "rules/pt/share-pid.md",
		"severity.es.md", "severity.md", "severity.pt.md",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestRulePage(t *testing.T) {
	for name, parts := range map[string][]string{
		"rules/en/share-pid.md": {
			"# Shares \\*PID\\* \\<host\\>\n\nEnglish · [Español](../es/share-pid.md) · [Português](../pt/share-pid.md)\n",
			"| `share-pid` | Misconfiguration | contributing: makes an exposure | high | none of its own |\n",
			"Looks at: every workload (`Pod`, `Deployment`, `StatefulSet`, ",
			"## Why it matters\n\nSees `ps`.\n",
			"## How to fix it\n\n**Drop it**\n\n```yaml\nhostPID: false\n```\n",
			"- [`share-host-pid`](../../attack-graph.md#edge-share-host-pid): it sees every process of the node, with their arguments and environment. Impact: medium.\n" +
				"- [`escape-privileged`](../../attack-graph.md#edge-escape-privileged): ",
			"- `host-pid`. Not met by: a near miss.\n",
			"### A \\*pod\\*\n\nVerdict: **present**. Evidence: `$.spec.hostPID`.\n\n```yaml\nkind: Pod\nspec:\n  hostPID: true\n```\n",
			"Verdict: **absent**. A near miss: it does not meet `host-pid`. Run with `--trusted-registry a.example`.\n",
			"### Not known\n\nVerdict: **unknown**.\n",
			"- [PSS: Host\\_Namespaces](https://example.com/a_%28b%29)\n- Book: p. 7\n",
			"[All rules](README.md) · [Severity](../../severity.md) · [Attack graph](../../attack-graph.md)\n",
		},
		"rules/es/share-pid.md": {
			"[English](../en/share-pid.md) · Español · [Português](../pt/share-pid.md)\n",
			"| `share-pid` | Configuración incorrecta | determinante: crea una exposición | alta | ninguno propio |\n",
			"(../../attack-graph.es.md#edge-share-host-pid): ve todos los procesos", "Veredicto: **desconocido**.",
		},
		"rules/pt/share-pid.md": {
			"| `share-pid` | Configuração incorreta | determinante: cria uma exposição | alta | nenhum próprio |\n",
			"Veredito: **ausente**. Por pouco: não cumpre `host-pid`. Executado com `--trusted-registry a.example`.\n",
		},
		"rules/en/a-note.md": {"| contextual: adds to an exposure | low | low |", "Nothing by itself", "as long as this is the case: no trusted registries are configured; name them with --trusted-registry.\n"},
		"rules/es/a-note.md": {"# Una nota\n", "## Por qué importa\n\nIt is there.\n"},
	} {
		expect(t, name, parts)
	}
}

// A page that stands by itself says the same, and leads to no page that is not there.
func TestRulePageAlone(t *testing.T) {
	r := awkward()
	alone, beside := RulePage(lang.ES, r), testPages()["rules/es/share-pid.md"]
	if strings.Contains(alone, "../") || strings.Contains(alone, "README") || strings.Contains(alone, Banner) {
		t.Errorf("it leads elsewhere:\n%s", alone)
	}
	for line := range strings.Lines(alone) {
		if strings.HasPrefix(line, "- `share-host-pid`: ve todos los procesos") || strings.HasPrefix(line, "- `escape-privileged`: ") {
			continue
		}
		if !strings.Contains(beside, line) {
			t.Errorf("the page beside the others has no %q", line)
		}
	}
}

func TestIndexGroupsByCategory(t *testing.T) {
	expect(t, "rules/en/README.md", []string{
		"## Misconfiguration\n\n| Rule | What it finds | Role | Likelihood | Impact |\n|---|---|---|---|---|\n" +
			"| [`share-pid`](share-pid.md) | Shares \\*PID\\* \\<host\\> | contributing | high | none of its own |\n\n" +
			"## Assumability\n",
		"| [`a-note`](a-note.md) | A note | contextual | low | low |\n",
	})
	if page := testPages()["rules/en/README.md"]; strings.Contains(page, "## Vulnerability") {
		t.Error("a category without rules has a heading")
	}
}

func TestSeverityPage(t *testing.T) {
	expect(t, "severity.md", []string{
		"| low | low | low | medium |\n| moderate | low | medium | high |\n| high | medium | high | critical |\n| very high | high | critical | critical |\n",
		"| low | moderate | low | low |\n| moderate | high | moderate | low |\n| high | very high | high | moderate |\n| very high | very high | very high | high |\n",
		"| [`cluster-admin`](attack-graph.md#edge-cluster-admin) | A ClusterRoleBinding makes it cluster-admin. | high |\n",
		"| The node's processes (`hostPID`) | [`share-pid`](rules/en/share-pid.md) | high | high | **critical** | critical |\n",
		"`reduces`: the severity goes down.",
		"| Potential Node Takeover | `Node Takeover` |",
	})
	expect(t, "severity.pt.md", []string{"| moderada | baixa | média | alta |\n", "(attack-graph.pt.md#edge-cluster-admin)", "(rules/pt/share-pid.md)"})
	if page := testPages()["severity.md"]; strings.Contains(page, "`hostIPC`") {
		t.Error("a fixed point in which no rule finds anything has a row")
	}
}

func TestGraphPage(t *testing.T) {
	expect(t, "attack-graph.md", []string{
		"| <a id=\"edge-share-host-pid\"></a>`share-host-pid` | workload → node, ECS service → container instances | It sees every process of the node, with their arguments and environment. | no | medium | [`share-pid`](rules/en/share-pid.md) |\n",
		"| <a id=\"edge-routes-to\"></a>`routes-to` | Ingress → Service | The Ingress routes requests to it. | yes | – | a relation |\n",
		"| [`routes-to`](#edge-routes-to) | never: the object states it |\n",
		"| [`escape-privileged`](#edge-escape-privileged), [`escape-host-path`](#edge-escape-host-path), ",
	})
	expect(t, "attack-graph.es.md", []string{"carga de trabajo → nodo", "(rules/es/share-pid.md)"})
}

func expect(t *testing.T, name string, parts []string) {
	t.Helper()
	page := testPages()[name]
	for _, part := range parts {
		if !strings.Contains(page, part) {
			t.Errorf("%s has no\n%s\nit is\n%s", name, part, page)
		}
	}
}

func TestPagesAreTidy(t *testing.T) {
	for name, page := range testPages() {
		if !strings.HasPrefix(page, Banner+"\n\n# ") {
			t.Errorf("%s does not start with the banner and a title", name)
		}
		if !strings.HasSuffix(page, "\n") || strings.HasSuffix(page, "\n\n") {
			t.Errorf("%s does not end in one newline", name)
		}
		if strings.Contains(page, " \n") || strings.Contains(page, "\t\n") || strings.Contains(page, "%!") {
			t.Errorf("%s has a trailing space or a broken format", name)
		}
	}
}

func TestPagesDoNotDependOnTheOrderOfRules(t *testing.T) {
	other := Pages(Input{Rules: []*rule.Rule{contextual(), awkward()}, Components: correlate.Components()})
	if !maps.Equal(testPages(), other) {
		t.Error("the order of the rules shows in the pages")
	}
}

func TestEveryEdgeAndScenarioIsDescribed(t *testing.T) {
	for _, m := range finding.EdgeMeanings() {
		if n := edgeNote(m.Kind); len(n.ends.Missing())+len(n.possible.Missing()) > 0 {
			t.Errorf("edge %s has no note: say in edgeNote what it joins and when it is only possible", m.Kind)
		}
	}
	for _, s := range correlate.Scenarios() {
		if len(scenarioNote(s.Type).Missing()) > 0 {
			t.Errorf("scenario %q has no note: say in scenarioNote when it is picked", s.Type)
		}
	}
}
