package iac

import (
	"net/url"
	"slices"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/tree"
)

// AWS gives the AWS resources of a plan or state that Merlon reads.
func (t *Terraform) AWS() Result {
	kinds, parts := terraformKinds(), terraformParts()
	values := map[*Resource]value{}
	for _, r := range t.resources {
		k, known := kinds[r.Type]
		if !known {
			continue
		}
		v := t.attributes(r, k.attributes())
		values[r] = v
		a := t.shell(r)
		a.kind = k
		a.identify(v)
		t.s.add(a, a.names(v)...)
	}
	for _, r := range t.resources {
		if v, ok := values[r]; ok {
			a := t.answers[r]
			t.s.fill(a.root(), v, a.kind.fields)
		}
	}
	for _, r := range t.resources {
		if a := t.answers[r]; a != nil && a.kind.finish != nil {
			a.kind.finish(t.s, a, values[r])
		}
	}
	for _, p := range parts {
		for _, r := range t.resources {
			if r.Type == p.source {
				p.join(t.s, piece{r.Address, r.Line, t.attributes(r, p.attributes)})
			}
		}
	}
	t.s.finish()
	t.s.locate()
	return t.s.result()
}

// shell gives the answer that a resource becomes; one of a type that is not read is only referred to.
func (t *Terraform) shell(r *Resource) *answer {
	a := t.answers[r]
	if a == nil {
		a = newAnswer(kind{source: r.Type}, r.Address, r.Line)
		a.uid = TerraformUID(r.Address)
		t.answers[r] = a
	}
	return a
}

// TerraformUID is the UID of a resource that has no ARN yet.
func TerraformUID(address string) inventory.UID {
	return inventory.UID("tf://" + url.PathEscape(address))
}

// identify finds the ARN and ID of a resource that exists.
func (a *answer) identify(v value) {
	for _, name := range []string{a.kind.arn, "arn", "id"} {
		if text := v.get(name).text; a.arn == "" && name != "" {
			if parsed, ok := inventory.ParseARN(text); ok {
				a.arn = text
				a.scope = aws.Scope{Partition: parsed.Partition, Account: parsed.Account, Region: parsed.Region}
			}
		}
	}
	if id := v.get("id"); id.kind == tree.String {
		a.id = id.text
	}
}

// names lists what others may call a resource.
func (a *answer) names(v value) []string {
	var all []string
	for _, name := range append([]string{"name", "family"}, a.kind.called...) {
		if n := v.get(name); n.kind == tree.String {
			all = append(all, n.text)
		}
	}
	if revision := v.get("revision"); revision.kind == tree.Number && len(all) > 0 {
		all = append(all, all[len(all)-1]+":"+revision.text)
	}
	return all
}

// locate gives the resources that do not say where they are the account and Region that all others agree on.
func (s *assembly) locate() {
	var one aws.Scope
	for _, a := range s.answers {
		if a.scope.Region == "" || a.scope.Account == "" {
			continue
		}
		if one != (aws.Scope{}) && one != a.scope {
			return
		}
		one = a.scope
	}
	for _, a := range s.answers {
		if a.scope == (aws.Scope{}) && a.id != "" {
			a.scope = one
		}
	}
}

// terraformKinds lists the resource types of the AWS provider that are read
// (https://registry.terraform.io/providers/hashicorp/aws/latest/docs).
func terraformKinds() map[string]kind {
	all := map[string]kind{}
	for _, group := range [][]kind{terraformEKS(), terraformECS(), terraformNetwork(), terraformBalancing(), terraformCompute(), terraformIAM(), terraformECR()} {
		for _, k := range group {
			all[k.source] = k
		}
	}
	for name, same := range map[string]string{"aws_alb": "aws_lb", "aws_default_vpc": "aws_vpc", "aws_default_subnet": "aws_subnet", "aws_alb_listener": "aws_lb_listener", "aws_alb_target_group": "aws_lb_target_group"} {
		k := all[same]
		k.source = name
		all[name] = k
	}
	return all
}

// terraformParts lists the resource types that add to others, in the order in which they are joined.
func terraformParts() []part {
	return slices.Concat(terraformNetworkParts(), terraformRuleParts(), terraformIAMParts(), terraformServiceParts(), terraformBalancingParts())
}
