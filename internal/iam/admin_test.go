package iam

import (
	"slices"
	"testing"
)

const (
	administratorAccess = "arn:aws:iam::aws:policy/AdministratorAccess"
	boundaryARN         = "arn:aws:iam::111122223333:policy/boundary"
)

func TestAdministrator(t *testing.T) {
	everything := doc("Allow; *; *")
	for _, c := range []struct {
		name     string
		source   Source
		boundary []byte
		want     Verdict
		basis    Basis
		because  string
		except   string
	}{
		{"the managed policy, which was not read", Source{Attached: []string{administratorAccess}}, nil, Allowed, EveryAction, "AdministratorAccess [0]", ""},
		{"in another partition", Source{ARN: "arn:aws-us-gov:iam::111122223333:role/a", Attached: []string{"arn:aws-us-gov:iam::aws:policy/AdministratorAccess"}}, nil, Allowed, EveryAction, "AdministratorAccess [0]", ""},
		{"a policy of the account with that name, which was not read", Source{Attached: []string{"arn:aws:iam::111122223333:policy/AdministratorAccess"}}, nil, Unknown, EveryAction, "AdministratorAccess", "AdministratorAccess"},
		{"IAMFullAccess", Source{Attached: []string{"arn:aws:iam::aws:policy/IAMFullAccess"}}, nil, Allowed, FullIAM, "IAMFullAccess [0]", ""},
		{"PowerUserAccess is not", Source{Attached: []string{"arn:aws:iam::aws:policy/PowerUserAccess"}}, nil, Denied, "", "", ""},
		{"another policy of AWS that was not read is not", Source{Attached: []string{"arn:aws:iam::aws:policy/AmazonEC2FullAccess"}}, nil, Denied, "", "", ""},
		{
			"and denies nothing",
			Source{Attached: []string{"arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy", administratorAccess}},
			nil, Allowed, EveryAction, "AdministratorAccess [0]", "",
		},
		{
			"unless it is known to",
			Source{Attached: []string{"arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3", administratorAccess}},
			nil, Unknown, EveryAction, "AWSCompromisedKeyQuarantineV3", "AWSCompromisedKeyQuarantineV3",
		},
		{"AWSDenyAll", Source{Attached: []string{"arn:aws:iam::aws:policy/AWSDenyAll", administratorAccess}}, nil, Denied, "", "AWSDenyAll [0]", ""},
		{"a policy of the account that was not read may deny", Source{Attached: []string{"arn:aws:iam::111122223333:policy/x", administratorAccess}}, nil, Unknown, EveryAction, "x", "x"},
		{"an inline statement", Source{Inline: inline(everything)}, nil, Allowed, EveryAction, "p0 [0]", ""},
		{"written with the service", Source{Inline: inline(doc("Allow; *:*; arn:aws:*"))}, nil, Allowed, EveryAction, "p0 [0]", ""},
		{"on every part of an ARN", Source{Inline: inline(doc("Allow; *; arn:*:*:*:*:*"))}, nil, Allowed, EveryAction, "p0 [0]", ""},
		{"of another partition", Source{Inline: inline(doc("Allow; *; arn:aws-cn:*"))}, nil, Denied, "", "", ""},
		{"every action on some resources", Source{Inline: inline(doc("Allow; *; arn:aws:s3:::*"))}, nil, Denied, "", "", ""},
		{"two halves", Source{Inline: inline(doc("Allow; !s3:*; *"), doc("Allow; s3:*; *"))}, nil, Allowed, EveryAction, "p0 [0], p1 [0]", ""},
		{"two halves of the resources", Source{Inline: inline(doc("Allow; *; !arn:aws:s3:::a*", "Allow; *; arn:aws:s3:::*"))}, nil, Allowed, EveryAction, "p0 [0], p0 [1]", ""},
		{"all services but one, which IAM is not", Source{Inline: inline(doc("Allow; !s3:*; *"))}, nil, Allowed, FullIAM, "p0 [0]", ""},
		{"all services but IAM", Source{Inline: inline(doc("Allow; !iam:*; *"))}, nil, Denied, "", "", ""},
		{"all of IAM in the account", Source{Inline: inline(doc("Allow; iam:*; arn:aws:iam::111122223333:*"))}, nil, Allowed, FullIAM, "p0 [0]", ""},
		{"all of IAM in another account", Source{Inline: inline(doc("Allow; iam:*; arn:aws:iam::999999999999:*"))}, nil, Denied, "", "", ""},
		{"all of IAM on roles", Source{Inline: inline(doc("Allow; iam:*; arn:aws:iam::*:role/*"))}, nil, Denied, "", "", ""},
		{"each letter of IAM's actions", Source{Inline: inline(doc("Allow; iam:?*|iam:; *"))}, nil, Allowed, FullIAM, "p0 [0]", ""},
		{"a condition", Source{Inline: inline(doc(`Allow; *; *; "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}`))}, nil, Unknown, EveryAction, "p0 [0]", ""},
		{"a condition that is met in every case", Source{Inline: inline(doc(`Allow; *; *; "Condition":{"StringLikeIfExists":{"aws:RequestedRegion":"*"}}`))}, nil, Allowed, EveryAction, "p0 [0]", ""},
		{"a condition on who it is", Source{Inline: inline(doc(`Allow; *; *; "Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}}`))}, nil, Allowed, EveryAction, "p0 [0]", ""},
		{"inline policies that could not be listed", Source{NotListed: []string{"inline policies"}}, nil, Unknown, EveryAction, "inline policies", "inline policies"},

		{"under a boundary that allows all", Source{Inline: inline(everything), Boundary: boundaryARN}, everything, Allowed, EveryAction, "p0 [0], boundary [0]", ""},
		{"under one that allows less", Source{Inline: inline(everything), Boundary: boundaryARN}, doc("Allow; s3:*; *"), Denied, "", "", ""},
		{"under one that allows all of IAM, and so its removal", Source{Inline: inline(everything), Boundary: boundaryARN}, doc("Allow; s3:*|iam:*; *"), Allowed, FullIAM, "p0 [0], boundary [0]", ""},
		{
			"but not its removal, nor any way around",
			Source{Inline: inline(everything), Boundary: boundaryARN},
			doc("Allow; s3:*|iam:*; *", "Deny; iam:*Boundary|iam:CreateUser|iam:CreateRole; *"), Denied, "", "boundary [1]", "",
		},
		{
			"nor its removal, but somebody without one",
			Source{Inline: inline(everything), Boundary: boundaryARN},
			doc("Allow; iam:*|sts:*; *", "Deny; iam:*Boundary; *"), Allowed, FullIAM, "p0 [0], boundary [0]", "boundary [1]",
		},
		{"under one that was not read", Source{Inline: inline(everything), Boundary: boundaryARN}, nil, Unknown, EveryAction, "boundary", "boundary"},
		{"under PowerUserAccess", Source{Inline: inline(everything), Boundary: "arn:aws:iam::aws:policy/PowerUserAccess"}, nil, Denied, "", "", ""},

		{"some actions are denied", Source{Inline: inline(doc("Allow; *; *", "Deny; organizations:*|ec2:Delete*; *"))}, nil, Allowed, EveryAction, "p0 [0]", "p0 [1]"},
		{"some actions of IAM are denied", Source{Inline: inline(doc("Allow; *; *", "Deny; iam:CreateUser|iam:*Group*; *"))}, nil, Allowed, EveryAction, "p0 [0]", "p0 [1]"},
		{"IAM is denied", Source{Inline: inline(doc("Allow; *; *", "Deny; iam:*; *"))}, nil, Denied, "", "p0 [1]", ""},
		{"IAM is denied on the role itself", Source{Inline: inline(doc("Allow; *; *", "Deny; iam:*; arn:aws:iam::*:role/app"))}, nil, Allowed, EveryAction, "p0 [0]", "p0 [1]"},
		{"every way is denied", Source{Inline: inline(doc("Allow; *; *", "Deny; iam:*RolePolicy|iam:Create*; *"))}, nil, Denied, "", "p0 [1]", ""},
		{
			"what is denied outside of a region",
			Source{Inline: inline(doc("Allow; *; *", `Deny; !iam:*|sts:*; *; "Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-west-1"}}`))},
			nil, Allowed, EveryAction, "p0 [0]", "p0 [1]",
		},
		{
			"all is denied on a condition",
			Source{Inline: inline(doc("Allow; *; *", `Deny; *; *; "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}`))},
			nil, Unknown, EveryAction, "p0 [1]", "p0 [1]",
		},
		{
			"attaching AdministratorAccess alone is denied",
			Source{Inline: inline(doc("Allow; *; *",
				`Deny; iam:Attach*; *; "Condition":{"ArnEquals":{"iam:PolicyARN":"`+administratorAccess+`"}}`, "Deny; iam:PutRolePolicy; *"))},
			nil, Unknown, EveryAction, "p0 [1]", "p0 [1], p0 [2]",
		},
		{
			"a user whose group is open",
			Source{ARN: userARN, Inline: inline(doc("Allow; *; *", "Deny; iam:*UserPolicy|iam:Create*; *")), Groups: []string{"arn:aws:iam::111122223333:group/g"}},
			nil, Allowed, EveryAction, "p0 [0]", "p0 [1]",
		},
		{
			"a policy of its own that it may rewrite",
			Source{Inline: inline(doc("Allow; *; *", "Deny; iam:*RolePolicy|iam:CreateUser|iam:CreateRole; *")), Attached: []string{boundaryARN}},
			doc("Allow; s3:GetObject; *"), Allowed, EveryAction, "p0 [0]", "p0 [1]",
		},
		{
			"a boundary that may allow all, and is not to be removed",
			Source{Inline: inline(everything), Boundary: boundaryARN},
			doc(`Allow; *; *; "Condition":{"Bool":{"k":"true"}}`, "Allow; iam:*; *", "Deny; iam:*Boundary|iam:CreateUser|iam:CreateRole; *"), Unknown, EveryAction, "boundary [0]", "boundary [2]",
		},
		{"a name without ARN, all of IAM in one account", Source{ARN: "aws_iam_role.app", Inline: inline(doc("Allow; iam:*; arn:aws-cn:iam::111122223333:*"))}, nil, Unknown, FullIAM, "p0 [0]", ""},
		{"a name without ARN, all of IAM in China", Source{ARN: "aws_iam_role.app", Inline: inline(doc("Allow; iam:*; arn:aws-cn:iam::*:*"))}, nil, Allowed, FullIAM, "p0 [0]", ""},
		{"a name without ARN, some of IAM denied on some roles", Source{ARN: "aws_iam_role.app", Inline: inline(doc("Allow; *; *", "Deny; iam:*; arn:aws:iam::*:role/*", "Deny; iam:CreateUser; *"))}, nil, Unknown, EveryAction, "p0 [1]", "p0 [1], p0 [2]"},
		{"a name without ARN, IAM denied on all that it has", Source{ARN: "aws_iam_role.app", Inline: inline(doc("Allow; *; *", "Deny; iam:*; arn:*:iam::*"))}, nil, Denied, "", "p0 [1]", ""},
		{"a name without ARN, something else denied", Source{ARN: "aws_iam_role.app", Inline: inline(doc("Allow; *; *", "Deny; organizations:*; *"))}, nil, Allowed, EveryAction, "p0 [0]", "p0 [1]"},
		{"a name without ARN", Source{ARN: "aws_iam_role.app", Attached: []string{administratorAccess}}, nil, Allowed, EveryAction, "AdministratorAccess [0]", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.source.ARN == "" {
				c.source.ARN = roleARN
			}
			m := Compile(Input{
				Principals: []Source{c.source}, Policies: []Policy{{Name: boundaryARN, Document: c.boundary}},
				Groups: []Group{{ARN: "arn:aws:iam::111122223333:group/g"}},
			})
			p, _ := m.Principal(c.source.ARN)
			a := p.Administrator(nil)
			if a.Verdict != c.want || a.Basis != c.basis || paths(a.Because) != c.because || paths(a.Except) != c.except {
				t.Errorf("%v (%s) because of %q except %q, %+v\nwant %v (%s) because of %q except %q",
					a.Verdict, a.Basis, paths(a.Because), paths(a.Except), a.Why, c.want, c.basis, c.because, c.except)
			}
			if open := a.Verdict == Unknown; open != (a.Why.Kind >= OpenCondition) {
				t.Errorf("%v because of %+v", a.Verdict, a.Why)
			}
		})
	}
}

func TestGrantsAreWellFormed(t *testing.T) {
	var ids []string
	for _, g := range Grants() {
		ids = append(ids, g.ID)
		if len(g.Steps) == 0 {
			t.Errorf("%s has no steps", g.ID)
		}
		if g.By != "" && g.By != "user" && g.By != "role" {
			t.Errorf("%s is for a %q", g.ID, g.By)
		}
		for _, s := range g.Steps {
			if s.On != g.Steps[0].On {
				t.Errorf("%s: %s is on another target than the first step, which ways does not know", g.ID, s.Action)
			}
		}
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(Grants()) {
		t.Errorf("an ID is there twice: %v", ids)
	}
}

// TestEachGrantIsAWay closes every way but one.
func TestEachGrantIsAWay(t *testing.T) {
	const group = "arn:aws:iam::111122223333:group/g"
	for _, g := range Grants() {
		var denied string
		for _, other := range Grants() {
			for _, s := range other.Steps {
				if !slices.ContainsFunc(g.Steps, func(own Step) bool { return own.Action == s.Action }) {
					denied += "|" + s.Action
				}
			}
		}
		arn := roleARN
		if g.By == "user" || g.ID == "create-role" { // A role has a shorter way with the same actions.
			arn = userARN
		}
		ask := func(denied string) Administration {
			m := Compile(Input{
				Principals: []Source{{ARN: arn, Inline: inline(doc("Allow; *; *", "Deny; "+denied[1:]+"; *")), Attached: []string{boundaryARN}, Groups: groupsOf(arn, group)}},
				Policies:   []Policy{{Name: boundaryARN, Document: doc("Allow; s3:GetObject; *")}}, Groups: []Group{{ARN: group}},
			})
			p, _ := m.Principal(arn)
			return p.Administrator(nil)
		}
		if a := ask(denied); a.Verdict != Allowed {
			t.Errorf("%s alone: %v, %+v", g.ID, a.Verdict, a.Why)
		}
		for _, s := range g.Steps {
			if a := ask(denied + "|" + s.Action); a.Verdict != Denied || a.Why.Kind != NoWayToAdminister {
				t.Errorf("%s without %s: %v, %+v", g.ID, s.Action, a.Verdict, a.Why)
			}
		}
	}
}

func groupsOf(arn, group string) []string {
	if arn == userARN {
		return []string{group}
	}
	return nil
}
