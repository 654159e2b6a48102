package app_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/rule"
)

func TestRulesThatLookAtATypeOrNeedItAreUnassessedWithoutIt(t *testing.T) {
	const service, group, pod = "AWS::ECS::Service", "AWS::EC2::SecurityGroup", "k8s/core/Pod"
	rules := []*rule.Rule{
		{ID: "open-group", On: []inventory.Type{service}, Needs: []rule.Fact{group}},
		{ID: "any-service", On: []inventory.Type{pod, service}},
		{ID: "any-pod", On: []inventory.Type{pod}},
	}
	for name, c := range map[string]struct {
		types []inventory.Type
		want  []string
	}{
		"a type that two look at":  {[]inventory.Type{service}, []string{"any-service", "open-group"}},
		"a type that one needs":    {[]inventory.Type{group}, []string{"open-group"}},
		"several types":            {[]inventory.Type{group, pod}, []string{"any-pod", "any-service", "open-group"}},
		"a type that nobody needs": {[]inventory.Type{"AWS::KMS::Key"}, []string{}},
		"none":                     {nil, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, app.Unassessed(c.types, rules)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
