package catalog_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/catalog/detections"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/prove"
	"github.com/merlonsec/merlon/internal/rule"
)

func TestEveryRuleHoldsItsExamples(t *testing.T) {
	for _, r := range catalog.All() {
		t.Run(r.ID, func(t *testing.T) {
			for _, p := range prove.Rule(r) {
				t.Error(p)
			}
		})
	}
}

func TestEveryRuleKeepsToTheGlossary(t *testing.T) {
	for _, r := range catalog.All() {
		for name, text := range map[string]lang.Text{"title": r.Title, "why": r.Why, "fix": r.Fix} {
			for _, problem := range lang.Check(text) {
				t.Errorf("%s: %s: %s", r.ID, name, problem)
			}
		}
	}
}

func TestIDsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range catalog.All() {
		if seen[r.ID] {
			t.Errorf("%s is there twice", r.ID)
		}
		seen[r.ID] = true
		if catalog.Find(r.ID) != r {
			t.Errorf("%s is not found", r.ID)
		}
	}
	if catalog.Find("no-such-rule") != nil {
		t.Error("a rule that does not exist is found")
	}
}

// A rule that was written and not listed would never run. Each is a package-level variable whose value
// is a rule.Rule literal, so the source tells how many there are.
func TestEveryRuleIsListed(t *testing.T) {
	declared := declaredIn(t, "traits", "Rule")
	if listed := len(catalog.All()); len(declared) != listed {
		t.Errorf("%d rules are declared in traits, and %d are listed in All: %v", len(declared), listed, declared)
	}
}

// The rules about who calls the API are made by a function; every other one is a variable of its own.
func TestEveryDetectionIsListed(t *testing.T) {
	declared, matrix := declaredIn(t, "detections", "Detection"), len(detections.Matrix())
	if listed := len(catalog.Detections()); len(declared)+matrix != listed {
		t.Errorf("%d rules are declared in detections and %d made there, and %d are listed in Detections: %v", len(declared), matrix, listed, declared)
	}
}

// declaredIn lists the variables of a folder whose value is a literal of a type of package rule.
func declaredIn(t *testing.T, folder, typeName string) map[string]bool {
	t.Helper()
	declared := map[string]bool{}
	files, err := fs.Glob(os.DirFS(folder), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		source, err := fs.ReadFile(os.DirFS(folder), name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range rulesIn(file, typeName) {
			declared[name] = true
		}
	}
	return declared
}

func rulesIn(file *ast.File, typeName string) []string {
	var names []string
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if len(v.Values) != 1 {
				continue
			}
			literal, ok := v.Values[0].(*ast.CompositeLit)
			if !ok {
				continue
			}
			if t, ok := literal.Type.(*ast.SelectorExpr); ok && t.Sel.Name == typeName {
				names = append(names, v.Names[0].Name)
			}
		}
	}
	return names
}

func TestEveryDetectionHoldsItsExamples(t *testing.T) {
	for _, r := range catalog.Detections() {
		t.Run(r.Type, func(t *testing.T) {
			for _, p := range prove.Detection(r) {
				t.Error(p)
			}
			for name, text := range map[string]lang.Text{"title": r.Title, "why": r.Why, "fix": r.Fix} {
				for _, problem := range lang.Check(text) {
					t.Errorf("%s: %s", name, problem)
				}
			}
		})
	}
}

// Bodies are long, and whoever may do nothing may send them all the same. So a rule asks for the outcome before it looks at a
// body.
func TestNoDetectionParsesABodyOfARefusedRequest(t *testing.T) {
	for _, r := range catalog.Detections() {
		for _, e := range r.Examples {
			events, err := new(event.Decoder).Append(nil, strings.ReplaceAll(e.Input, "\n", " "))
			if err != nil {
				t.Fatalf("%s: %s: %v", r.Type, e.Name, err)
			}
			for i := range events {
				refused := &events[i]
				refused.Code, refused.Annotations = http.StatusForbidden, `{"authorization.k8s.io/decision":"forbid"}`
				refused.Request, refused.Response = `{"dryRun":["All"]}`, `{"kind":"Status"}`
				for _, name := range []string{refused.Object.Name, ""} { // Old records leave it to the body.
					refused.Object.Name = name
					var a rule.Action
					a.Reset(refused, &rule.Surroundings{})
					if r.Match(&a); a.HasParsed() {
						t.Fatalf("%s: %q: a body is parsed although the request was refused", r.Type, e.Name)
					}
				}
			}
		}
	}
}

// GuardDuty's finding types for EKS audit logs with their severities, as its documentation lists them.
func TestGuardDutysFindingTypesAreAllThere(t *testing.T) {
	want := map[string]finding.Severity{
		"AttackSequence:EKS/CompromisedCluster":                                                 finding.SeverityCritical,
		"CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed":                         finding.SeverityMedium,
		"Discovery:Kubernetes/AnomalousBehavior.PermissionChecked":                              finding.SeverityLow,
		"Execution:Kubernetes/AnomalousBehavior.ExecInPod":                                      finding.SeverityMedium,
		"Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed":                               finding.SeverityLow,
		"Execution:Kubernetes/ExecInKubeSystemPod":                                              finding.SeverityMedium,
		"Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount": finding.SeverityHigh,
		"Policy:Kubernetes/AdminAccessToDefaultServiceAccount":                                  finding.SeverityHigh,
		"Policy:Kubernetes/AnonymousAccessGranted":                                              finding.SeverityHigh,
		"Policy:Kubernetes/ExposedDashboard":                                                    finding.SeverityMedium,
		"Policy:Kubernetes/KubeflowDashboardExposed":                                            finding.SeverityMedium,
		"PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated":                   finding.SeverityMedium,
		"PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated":                          finding.SeverityLow,
		"PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer": finding.SeverityHigh,
	}
	for tactic, severity := range map[string]finding.Severity{
		"CredentialAccess": finding.SeverityHigh, "DefenseEvasion": finding.SeverityHigh, "Discovery": finding.SeverityMedium,
		"Impact": finding.SeverityHigh, "Persistence": finding.SeverityMedium,
	} {
		for _, caller := range []string{"MaliciousIPCaller", "MaliciousIPCaller.Custom", "SuccessfulAnonymousAccess", "TorIPCaller"} {
			want[tactic+":Kubernetes/"+caller] = severity
		}
	}
	want["Persistence:Kubernetes/SuccessfulAnonymousAccess"] = finding.SeverityHigh
	retired := map[string]finding.Severity{
		"PrivilegeEscalation:Kubernetes/PrivilegedContainer": finding.SeverityMedium,
		"Persistence:Kubernetes/ContainerWithSensitiveMount": finding.SeverityMedium,
	}
	for _, r := range catalog.Detections() {
		of := map[rule.Origin]map[string]finding.Severity{rule.GuardDuty: want, rule.Retired: retired}[r.Origin]
		if of == nil {
			continue
		}
		severity, ok := of[r.Type]
		if !ok || severity != r.Severity {
			t.Errorf("%s has severity %s; GuardDuty has it: %v, with %s", r.Type, r.Severity, ok, severity)
		}
		delete(of, r.Type)
	}
	for missing := range want {
		t.Errorf("%s is missing", missing)
	}
	for missing := range retired {
		t.Errorf("%s is missing", missing)
	}
}

func TestFindingTypesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range catalog.Detections() {
		if seen[r.Type] {
			t.Errorf("%s is there twice", r.Type)
		}
		seen[r.Type] = true
		if catalog.FindDetection(r.Type) != r {
			t.Errorf("%s is not found", r.Type)
		}
	}
}
