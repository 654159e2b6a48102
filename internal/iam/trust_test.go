package iam

import (
	"encoding/json"
	"testing"

	"github.com/merlonsec/merlon/internal/inventory"
)

// trusting compiles a role with a trust policy of one statement; condition is JSON, or empty.
func trusting(t *testing.T, effect, principal, action, condition string) *Principal {
	t.Helper()
	text := `{"Effect":"` + effect + `",` + principal + `,"Action":` + action
	if condition != "" {
		text += `,"Condition":` + condition
	}
	return principal1(t, statements(text+"}"))
}

func principal1(t *testing.T, trust string) *Principal {
	t.Helper()
	return principal(t, Source{ARN: roleARN, Trust: []byte(trust)})
}

const (
	oidcHost = "oidc.eks.eu-west-1.amazonaws.com/id/ABC"
	oidcARN  = "arn:aws:iam::111122223333:oidc-provider/" + oidcHost
)

func parseARN(t *testing.T, s string) inventory.ARN {
	t.Helper()
	a, ok := inventory.ParseARN(s)
	if !ok {
		t.Fatalf("%q is no ARN", s)
	}
	return a
}

func TestTrusts(t *testing.T) {
	task, app := ECSTask("aws", "us-west-2", "111122223333"), ServiceAccount{"shop", "app"}
	pod := Pod(parseARN(t, "arn:aws:eks:eu-west-1:111122223333:cluster/prod"), app)
	web := WebIdentity(parseARN(t, oidcARN), app)
	const (
		tasks     = `"Principal":{"Service":"ecs-tasks.amazonaws.com"}`
		pods      = `"Principal":{"Service":["pods.eks.amazonaws.com"]}`
		federated = `"Principal":{"Federated":"` + oidcARN + `"}`
		assume    = `"sts:AssumeRole"`
		both      = `["sts:AssumeRole","sts:TagSession"]`
		token     = `"sts:AssumeRoleWithWebIdentity"`
	)
	for _, c := range []struct {
		name, principal, action, condition string
		who                                Caller
		want                               Verdict
		why                                ReasonKind
	}{
		{"ECS tasks", tasks, assume, "", task, Allowed, NoReason},
		{"ECS tasks on EC2's role", `"Principal":{"Service":"ec2.amazonaws.com"}`, assume, "", task, Denied, NotTrusted},
		{"EC2 instances", `"Principal":{"Service":["ec2.amazonaws.com","ecs-tasks.amazonaws.com"]}`, assume, "", EC2Instance(), Allowed, NoReason},
		{"EC2 instances in China", `"Principal":{"Service":"ec2.amazonaws.com.cn"}`, assume, "", EC2Instance(), Allowed, NoReason},
		{"the action's case", tasks, `"STS:assumerole"`, "", task, Allowed, NoReason},
		{"all actions of STS", tasks, `"sts:*"`, "", task, Allowed, NoReason},
		{"another action", tasks, `"sts:TagSession"`, "", task, Denied, NotTrusted},
		{
			"ECS tasks of the account and region, as AWS advises", tasks, assume,
			`{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:*"},"StringEquals":{"aws:SourceAccount":"111122223333"}}`, task, Allowed, NoReason,
		},
		{"ECS tasks of another account", tasks, assume, `{"StringEquals":{"aws:SourceAccount":"999999999999"}}`, task, Denied, NotTrusted},
		{"ECS tasks of another region", tasks, assume, `{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:eu-west-1:111122223333:*"}}`, task, Denied, NotTrusted},
		{"ECS tasks of one cluster", tasks, assume, `{"ArnLike":{"aws:SourceArn":"arn:aws:ecs:us-west-2:111122223333:cluster/a"}}`, task, Unknown, OpenCondition},

		{"Pod Identity", pods, both, "", pod, Allowed, NoReason},
		{"Pod Identity without the tags that it sets", pods, assume, "", pod, Denied, NotTrusted},
		{"Pod Identity with its tags switched off", pods, assume, "", Caller{Service: podsService}, Allowed, NoReason},
		{"Pod Identity for the namespace", pods, both, `{"StringEquals":{"aws:RequestTag/kubernetes-namespace":["shop"],"aws:RequestTag/kubernetes-service-account":["app"]}}`, pod, Allowed, NoReason},
		{"Pod Identity for another namespace", pods, both, `{"StringEquals":{"aws:RequestTag/kubernetes-namespace":"other"}}`, pod, Denied, NotTrusted},
		{"Pod Identity for the cluster", pods, both, `{"ArnEquals":{"aws:RequestTag/eks-cluster-arn":"arn:aws:eks:*:111122223333:cluster/prod"}}`, pod, Allowed, NoReason},
		{"Pod Identity for a pod's name", pods, both, `{"StringLike":{"aws:RequestTag/kubernetes-pod-name":"app-*"}}`, pod, Unknown, OpenCondition},
		{"Pod Identity is no ECS task", tasks, both, "", pod, Denied, NotTrusted},

		{
			"a service account", federated, token,
			`{"StringEquals":{"` + oidcHost + `:sub":"system:serviceaccount:shop:app","` + oidcHost + `:aud":"sts.amazonaws.com"}}`, web, Allowed, NoReason,
		},
		{"another service account", federated, token, `{"StringEquals":{"` + oidcHost + `:sub":"system:serviceaccount:shop:db"}}`, web, Denied, NotTrusted},
		{"every service account of the namespace", federated, token, `{"StringLike":{"` + oidcHost + `:sub":"system:serviceaccount:shop:*"}}`, web, Allowed, NoReason},
		{"a star in Equals is a letter", federated, token, `{"StringEquals":{"` + oidcHost + `:sub":"system:serviceaccount:shop:*"}}`, web, Denied, NotTrusted},
		{"every service account of the cluster", federated, token, `{"StringLike":{"` + oidcHost + `:sub":"system:serviceaccount:*"}}`, web, Allowed, NoReason},
		{"no condition at all", federated, token, "", web, Allowed, NoReason},
		{"another audience", federated, token, `{"StringEquals":{"` + oidcHost + `:aud":"vault"}}`, web, Denied, NotTrusted},
		{"the keys of another cluster", federated, token, `{"StringEquals":{"oidc.eks.eu-west-1.amazonaws.com/id/OTHER:sub":"system:serviceaccount:shop:app"}}`, web, Denied, NotTrusted},
		{"a URL for a key", federated, token, `{"StringEquals":{"https://` + oidcHost + `:sub":"system:serviceaccount:shop:app"}}`, web, Denied, NotTrusted},
		{"another claim", federated, token, `{"StringEquals":{"` + oidcHost + `:amr":"authenticated"}}`, web, Unknown, OpenCondition},
		{"the provider of another cluster", `"Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/x"}`, token, "", web, Denied, NotTrusted},
		{"the wrong action", federated, assume, "", web, Denied, NotTrusted},
		{"a service is no provider", federated, `"sts:*"`, "", task, Denied, NotTrusted},

		{"everyone, a service too", `"Principal":"*"`, assume, "", task, Allowed, NoReason},
		{"everyone under AWS may mean a service", `"Principal":{"AWS":"*"}`, assume, "", task, Unknown, OpenPrincipal},
		{"everyone may mean a token", `"Principal":"*"`, token, "", web, Unknown, OpenPrincipal},
		{"every provider may be meant", `"Principal":{"Federated":"*"}`, token, "", web, Unknown, OpenPrincipal},
		{"all but this service", `"NotPrincipal":{"Service":"ecs-tasks.amazonaws.com"}`, assume, "", task, Denied, NotTrusted},
		{"all but another service", `"NotPrincipal":{"Service":"ec2.amazonaws.com"}`, assume, "", task, Allowed, NoReason},
		{"a canonical user is nobody here", `"Principal":{"CanonicalUser":"79a5"}`, assume, "", task, Denied, NotTrusted},

		{"a role by its ARN", `"Principal":{"AWS":"arn:aws:iam::111122223333:role/node"}`, assume, "", Caller{Principal: "arn:aws:iam::111122223333:role/node"}, Allowed, NoReason},
		{"a session of it", `"Principal":{"AWS":"arn:aws:iam::111122223333:role/node"}`, assume, "", Caller{Principal: "arn:aws:sts::111122223333:assumed-role/node/i-1"}, Allowed, NoReason},
		{"a session of a role with a path", `"Principal":{"AWS":"arn:aws:iam::111122223333:role/eks/node"}`, assume, "", Caller{Principal: "arn:aws:sts::111122223333:assumed-role/node/i-1"}, Unknown, OpenPrincipal},
		{"a session of another role", `"Principal":{"AWS":"arn:aws:iam::111122223333:role/a"}`, assume, "", Caller{Principal: "arn:aws:sts::111122223333:assumed-role/node/i-1"}, Denied, NotTrusted},
		{"its account by number", `"Principal":{"AWS":"111122223333"}`, assume, "", Caller{Principal: userARN}, Allowed, NoReason},
		{"its account by root", `"Principal":{"AWS":"arn:aws:iam::111122223333:root"}`, assume, "", Caller{Principal: userARN}, Allowed, NoReason},
		{"another account", `"Principal":{"AWS":"arn:aws:iam::999999999999:root"}`, assume, "", Caller{Principal: userARN}, Denied, NotTrusted},
		{"a principal that is gone", `"Principal":{"AWS":"AROAJQABLZS4A3QDU576Q"}`, assume, "", Caller{Principal: userARN}, Unknown, OpenPrincipal},
		{"everyone with a condition on the caller", `"Principal":{"AWS":"*"}`, assume, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:user/*"}}`, Caller{Principal: userARN}, Allowed, NoReason},
		{"a secret that it may know", `"Principal":{"AWS":"111122223333"}`, assume, `{"StringEquals":{"sts:ExternalId":"x"}}`, Caller{Principal: userARN}, Unknown, OpenCondition},
		{"all but the user, not its account", `"NotPrincipal":{"AWS":"` + userARN + `"}`, assume, "", Caller{Principal: userARN}, Unknown, OpenPrincipal},
		{"all but the user and its account", `"NotPrincipal":{"AWS":["` + userARN + `","111122223333"]}`, assume, "", Caller{Principal: userARN}, Denied, NotTrusted},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := trusting(t, "Allow", c.principal, c.action, c.condition).Trusts(c.who)
			if d.Verdict != c.want || d.Why.Kind != c.why {
				t.Errorf("%v, %+v; want %v, %v", d.Verdict, d.Why, c.want, c.why)
			}
			if d.Verdict == Allowed && (len(d.Because) != 1 || d.Because[0] != (Ref{Policy: TrustPolicy, Holder: roleARN, Path: "$.Statement[0]"})) {
				t.Errorf("because of %+v", d.Because)
			}
		})
	}
}

func TestTrustDenies(t *testing.T) {
	allow := `{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}`
	for _, c := range []struct {
		name, deny string
		want       Verdict
	}{
		{"everyone from elsewhere", `{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"StringNotEquals":{"aws:SourceAccount":"111122223333"}}}`, Allowed},
		{"everyone", `{"Effect":"Deny","Principal":"*","Action":"sts:*"}`, Denied},
		{"all but the service", `{"Effect":"Deny","NotPrincipal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:*"}`, Allowed},
		{"on a condition that is open", `{"Effect":"Deny","Principal":"*","Action":"sts:*","Condition":{"Null":{"aws:PrincipalOrgID":"true"}}}`, Unknown},
	} {
		p := principal1(t, statements(allow, c.deny))
		if d := p.Trusts(ECSTask("aws", "eu-west-1", "111122223333")); d.Verdict != c.want {
			t.Errorf("%s: %v, %+v; want %v", c.name, d.Verdict, d.Why, c.want)
		}
	}
}

func TestWhoCannotBeAssumed(t *testing.T) {
	user := principal(t, Source{ARN: userARN})
	if d := user.Trusts(EC2Instance()); d.Verdict != Denied || d.Why.Kind != NotARole {
		t.Errorf("a user: %+v", d)
	}
	unread := principal(t, Source{ARN: roleARN})
	if d := unread.Trusts(EC2Instance()); d.Verdict != Unknown || d.Why.Kind != PolicyNotRead || len(d.Because) != 1 {
		t.Errorf("a role whose trust policy was not read: %+v", d)
	}
}

func TestARN(t *testing.T) {
	for _, text := range []string{
		"arn:aws:iam::111122223333:role/path/name", "arn:aws-cn:s3:::bucket/a:b", "arn:aws-us-gov:ecs:us-gov-west-1:111122223333:service/c/s",
		"arn:aws-iso:ec2:us-iso-east-1:111122223333:instance/i-1", "arn:aws-iso-b:iam::aws:policy/AdministratorAccess",
	} {
		if a, ok := inventory.ParseARN(text); !ok || a.String() != text {
			t.Errorf("%s: %+v, %v", text, a, ok)
		}
	}
	a := parseARN(t, "arn:aws:iam::111122223333:role/path/name")
	if a.Kind() != "role" || a.Name() != "name" || a.Account != "111122223333" || a.Region != "" {
		t.Errorf("%+v is a %s of name %s", a, a.Kind(), a.Name())
	}
	if a := parseARN(t, "arn:aws:sns:eu-west-1:1:topic"); a.Kind() != "" || a.Name() != "topic" {
		t.Errorf("%+v is a %q of name %s", a, a.Kind(), a.Name())
	}
	for _, text := range []string{"", "role/x", "arn:aws:iam::1", "arn::iam::1:role/x", "arn:aws:::1:x", "arn:aws:iam::1:", "ARN:aws:iam::1:role/x"} {
		if a, ok := inventory.ParseARN(text); ok {
			t.Errorf("%q is %+v", text, a)
		}
	}
}

func TestVerdictsAreWritten(t *testing.T) {
	got, err := json.Marshal([]Verdict{Denied, Unknown, Allowed})
	if err != nil || string(got) != `["denied","unknown","allowed"]` {
		t.Errorf("%s, %v", got, err)
	}
}
