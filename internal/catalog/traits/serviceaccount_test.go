package traits

import (
	"testing"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
)

func TestTokensInAClosedWorld(t *testing.T) {
	bindings := []inventory.Type{k8s.RoleBinding, k8s.ClusterRoleBinding}
	everything := append([]inventory.Type{k8s.ServiceAccount}, bindings...)
	discovery := `apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: system:service-account-issuer-discovery
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:service-account-issuer-discovery}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: system:serviceaccounts}]
`
	tests := []struct {
		name     string
		input    string
		complete []inventory.Type
		want     finding.State
	}{
		{"no binding at all", documents(asApp(""), serviceAccount("", "")), bindings, finding.Absent},
		{"only some bindings were listed", documents(asApp(""), serviceAccount("", "")), bindings[:1], finding.Unknown},
		{"only the others were listed", documents(asApp(""), serviceAccount("", "")), bindings[1:], finding.Unknown},
		{"a token that is not mounted, and bindings that were not listed", documents(asApp("automountServiceAccountToken: false\n"), serviceAccount("", "")), nil, finding.Absent},
		{"an account that mounts its token in every pod", documents(asApp(""), serviceAccount("", "automountServiceAccountToken: true\n"), roleBinding(appSubject)), nil, finding.Present},
		{"a binding for discovery only", documents(asApp(""), serviceAccount("", ""), discovery), bindings, finding.Absent},
		{
			"a binding that names the account as a user",
			documents(asApp(""), serviceAccount("", ""), roleBinding("kind: User\napiGroup: rbac.authorization.k8s.io\nname: system:serviceaccount:shop:app\n")),
			bindings,
			finding.Present,
		},
		{
			"a binding to the accounts of another namespace",
			documents(asApp(""), serviceAccount("", ""), roleBinding("kind: Group\napiGroup: rbac.authorization.k8s.io\nname: system:serviceaccounts:staging\n")),
			bindings,
			finding.Absent,
		},
		{"a bound account that was not read", documents(asApp(""), roleBinding(appSubject)), bindings, finding.Unknown},
		{"a bound account that is not there", documents(asApp(""), roleBinding(appSubject)), everything, finding.Present},
		{
			"a pod that asks for the token its account refuses",
			documents(asApp("automountServiceAccountToken: true\n"), serviceAccount("", "automountServiceAccountToken: false\n"), roleBinding(appSubject)),
			bindings,
			finding.Present,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := match(t, &TokenAutomounted, test.input, test.complete...).State; got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestRolesOfAnAccountThatIsNotThere(t *testing.T) {
	if got := match(t, &AssumesIAMRole, asApp("")).State; got != finding.Unknown {
		t.Errorf("it was not read, and the verdict is %s", got)
	}
	if got := match(t, &AssumesIAMRole, asApp(""), k8s.ServiceAccount).State; got != finding.Absent {
		t.Errorf("there is none, and the verdict is %s", got)
	}
}

func TestRetiredProjectsAreInOrder(t *testing.T) {
	seen := map[string]bool{}
	last := "9999-12-31"
	for _, p := range retiredProjects() {
		if _, err := time.Parse(time.DateOnly, p.ended); err != nil || p.ended > last {
			t.Errorf("%s: ended on %q, after %s: %v", p.name, p.ended, last, err)
		}
		last = p.ended
		for _, image := range p.images {
			if seen[image] {
				t.Errorf("%s: %s is there twice", p.name, image)
			}
			seen[image] = true
			if found, ok := retired(rule.ParseImage("registry.example/mirror/" + image + ":1")); !ok || found.name != p.name {
				t.Errorf("%s is not found as %s", image, p.name)
			}
			if _, ok := retired(rule.ParseImage("registry.example/my" + image + ":1")); ok {
				t.Errorf("my%s is found", image)
			}
		}
	}
}
