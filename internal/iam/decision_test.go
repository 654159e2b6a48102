package iam

import "testing"

func TestCan(t *testing.T) {
	const bucket = "arn:aws:s3:::logs/a/b:c"
	for _, c := range []struct {
		name             string
		documents        [][]byte
		action, resource string
		want             Verdict
		because          string
		why              ReasonKind
	}{
		{"nothing allows it", nil, "s3:GetObject", bucket, Denied, "", NotAllowed},
		{"a statement allows it", [][]byte{doc("Allow; s3:GetObject; arn:aws:s3:::logs/*")}, "s3:GetObject", bucket, Allowed, "p0 [0]", NoReason},
		{"the case of the action does not count", [][]byte{doc("Allow; S3:getobject; *")}, "s3:GetObject", bucket, Allowed, "p0 [0]", NoReason},
		{"the case of the resource counts", [][]byte{doc("Allow; s3:GetObject; arn:aws:s3:::Logs/*")}, "s3:GetObject", bucket, Denied, "", NotAllowed},
		{
			"an explicit deny wins over every allow, wherever it stands",
			[][]byte{doc("Allow; *; *"), doc("Deny; s3:Get*; *", "Allow; s3:*; *")},
			"s3:GetObject", bucket, Denied, "p1 [0]", DeniedByStatement,
		},
		{"a deny of something else does not matter", [][]byte{doc("Allow; s3:*; *", "Deny; s3:Put*; *")}, "s3:GetObject", bucket, Allowed, "p0 [0]", NoReason},
		{"NotAction leaves out what it lists", [][]byte{doc("Allow; !s3:Get*|iam:*; *")}, "s3:GetObject", bucket, Denied, "", NotAllowed},
		{"NotAction allows the rest", [][]byte{doc("Allow; !s3:Put*|iam:*; *")}, "s3:GetObject", bucket, Allowed, "p0 [0]", NoReason},
		{"NotResource leaves out what it lists", [][]byte{doc("Allow; s3:*; !arn:aws:s3:::logs*")}, "s3:GetObject", bucket, Denied, "", NotAllowed},
		{"a denied NotResource denies the rest", [][]byte{doc("Allow; *; *", "Deny; s3:*; !arn:aws:s3:::data/*")}, "s3:GetObject", bucket, Denied, "p0 [1]", DeniedByStatement},
		{"an action without resource is allowed on *", [][]byte{doc("Allow; ec2:Describe*; *")}, "ec2:DescribeInstances", "", Allowed, "p0 [0]", NoReason},
		{"and not by naming resources", [][]byte{doc("Allow; ec2:Describe*; arn:aws:ec2:*:*:instance/*")}, "ec2:DescribeInstances", "", Denied, "", NotAllowed},
		{
			"a condition on what is not known leaves an allow open",
			[][]byte{doc(`Allow; s3:*; *; "Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}`)},
			"s3:GetObject", bucket, Unknown, "p0 [0]", OpenCondition,
		},
		{
			"and so does one on a deny",
			[][]byte{doc("Allow; s3:*; *", `Deny; s3:*; *; "Condition":{"Bool":{"aws:SecureTransport":"false"}}`)},
			"s3:GetObject", bucket, Unknown, "p0 [1]", OpenCondition,
		},
		{
			"an open allow beside a certain one does not matter",
			[][]byte{doc(`Allow; s3:*; *; "Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}`, "Allow; s3:*; *")},
			"s3:GetObject", bucket, Allowed, "p0 [1]", NoReason,
		},
		{
			"an open deny of what nothing allows does not matter",
			[][]byte{doc(`Deny; s3:*; *; "Condition":{"Bool":{"aws:SecureTransport":"false"}}`)},
			"s3:GetObject", bucket, Denied, "", NotAllowed,
		},
		{
			"an operator that is not modelled leaves it open",
			[][]byte{doc(`Allow; s3:*; *; "Condition":{"BinaryEquals":{"k":"QQ=="}}`)},
			"s3:GetObject", bucket, Unknown, "p0 [0]", OpenOperator,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := role(t, c.documents...).Can(Request{Action: c.action, Resource: c.resource})
			if d.Verdict != c.want || paths(d.Because) != c.because || d.Why.Kind != c.why {
				t.Errorf("%v because of %q, %+v; want %v because of %q, %v", d.Verdict, paths(d.Because), d.Why, c.want, c.because, c.why)
			}
		})
	}
}

func TestBoundaries(t *testing.T) {
	const boundary = "arn:aws:iam::111122223333:policy/boundary"
	read := Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::a"}
	for _, c := range []struct {
		name     string
		identity []byte
		boundary []byte
		want     Verdict
		because  string
		why      ReasonKind
	}{
		{"both must allow", doc("Allow; s3:*; *"), doc("Allow; s3:Get*; *"), Allowed, "p0 [0], boundary [0]", NoReason},
		{"the boundary does not", doc("Allow; s3:*; *"), doc("Allow; ec2:*; *"), Denied, "", OutsideBoundary},
		{"the boundary alone gives nothing", doc("Allow; ec2:*; *"), doc("Allow; *; *"), Denied, "", NotAllowed},
		{"a boundary denies", doc("Allow; s3:*; *"), doc("Allow; *; *", "Deny; s3:*; *"), Denied, "boundary [1]", DeniedByStatement},
		{"a boundary that was not read", doc("Allow; s3:*; *"), nil, Unknown, "boundary", PolicyNotRead},
		{"what nothing allows is denied, whatever a boundary that was not read says", doc("Allow; ec2:*; *"), nil, Denied, "", NotAllowed},
		{
			"a condition of the boundary", doc("Allow; s3:*; *"), doc(`Allow; s3:*; *; "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}`),
			Unknown, "boundary [0]", OpenCondition,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := principal(t, Source{ARN: roleARN, Inline: inline(c.identity), Boundary: boundary}, Policy{Name: boundary, Document: c.boundary})
			d := p.Can(read)
			if d.Verdict != c.want || paths(d.Because) != c.because || d.Why.Kind != c.why {
				t.Errorf("%v because of %q, %+v; want %v because of %q, %v", d.Verdict, paths(d.Because), d.Why, c.want, c.because, c.why)
			}
		})
	}
	t.Run("not known whether there is one", func(t *testing.T) {
		p := principal(t, Source{ARN: roleARN, Inline: inline(doc("Allow; s3:*; *")), BoundaryNotRead: true})
		if d := p.Can(read); d.Verdict != Unknown || d.Why.Kind != NotListed {
			t.Errorf("%v, %+v", d.Verdict, d.Why)
		}
	})
}

func TestVariables(t *testing.T) {
	home := func(version string) []byte {
		return []byte(`{` + version + `"Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}/*"}}`)
	}
	const v2012, v2008 = `"Version":"2012-10-17",`, `"Version":"2008-10-17",`
	withTag := doc("Allow; s3:*; arn:aws:s3:::home/${aws:PrincipalTag/team}/*")
	for _, c := range []struct {
		name     string
		arn      string
		document []byte
		resource string
		context  Context
		want     Verdict
	}{
		{"a user has a name", userARN, home(v2012), "arn:aws:s3:::home/alice/x", nil, Allowed},
		{"another user has another", userARN, home(v2012), "arn:aws:s3:::home/bob/x", nil, Denied},
		{"a role has none, so nothing matches", roleARN, home(v2012), "arn:aws:s3:::home/app/x", nil, Denied},
		{"before 2012 it is a text", userARN, home(v2008), "arn:aws:s3:::home/alice/x", nil, Denied},
		{"which resources may have", userARN, home(v2008), "arn:aws:s3:::home/${aws:username}/x", nil, Allowed},
		{"without a version too", userARN, home(""), "arn:aws:s3:::home/alice/x", nil, Denied},
		{"a value that is not known", roleARN, withTag, "arn:aws:s3:::home/red/x", nil, Unknown},
		{"does not matter where no value would match", roleARN, withTag, "arn:aws:s3:::other/red/x", nil, Denied},
		{"a value that is given", roleARN, withTag, "arn:aws:s3:::home/red/x", Context{Is("aws:principaltag/TEAM", "red")}, Allowed},
		{"a value is letters, not a pattern", roleARN, withTag, "arn:aws:s3:::home/red/x", Context{Is("aws:PrincipalTag/team", "*")}, Denied},
		{"a value of which a pattern is known", roleARN, withTag, "arn:aws:s3:::home/red/x", Context{IsLike("aws:PrincipalTag/team", "r*")}, Unknown},
		{"several values are no text", roleARN, withTag, "arn:aws:s3:::home/red/x", Context{Is("aws:PrincipalTag/team", "red", "blue")}, Unknown},
		{
			"a stand-in for no value", roleARN, doc("Allow; s3:*; arn:aws:s3:::home/${aws:PrincipalTag/team, 'none'}/*"), "arn:aws:s3:::home/none/x",
			Context{Is("aws:PrincipalTag/team")},
			Allowed,
		},
		{"signs as letters", roleARN, doc("Allow; s3:*; arn:aws:s3:::a${*}b${?}${$}"), "arn:aws:s3:::a*b?$", nil, Allowed},
		{"signs as letters only", roleARN, doc("Allow; s3:*; arn:aws:s3:::a${*}b${?}${$}"), "arn:aws:s3:::axxb!$", nil, Denied},
		{"a brace that is not closed is a letter", roleARN, doc("Allow; s3:*; arn:aws:s3:::a${b*"), "arn:aws:s3:::a${bc", nil, Allowed},
		{
			"what NotResource means without a value is not documented", roleARN, doc("Allow; s3:*; !arn:aws:s3:::home/${aws:username}/*"),
			"arn:aws:s3:::home/app/x", nil, Unknown,
		},
		{"for any resource", roleARN, doc("Allow; s3:*; !arn:aws:s3:::home/${aws:username}/*"), "arn:aws:s3:::other", nil, Unknown},
		{
			"unless the list names it anyway", roleARN, doc("Allow; s3:*; !arn:aws:s3:::home/${aws:username}/*|arn:aws:s3:::o*"), "arn:aws:s3:::other", nil,
			Denied,
		},
		{"a NotResource with a value", userARN, doc("Allow; s3:*; !arn:aws:s3:::home/${aws:username}/*"), "arn:aws:s3:::home/alice/x", nil, Denied},
		{"a NotResource with another value", userARN, doc("Allow; s3:*; !arn:aws:s3:::home/${aws:username}/*"), "arn:aws:s3:::home/bob/x", nil, Allowed},
		{"a NotResource with a value that is not known", roleARN, doc("Allow; s3:*; !arn:aws:s3:::home/${aws:PrincipalTag/t}/*"), "arn:aws:s3:::home/x/y", nil, Unknown},
		{"which may have none", roleARN, doc("Allow; s3:*; !arn:aws:s3:::home/${aws:PrincipalTag/t}/*"), "arn:aws:s3:::other", nil, Unknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := principal(t, Source{ARN: c.arn, Inline: inline(c.document)})
			if d := p.Can(Request{Action: "s3:GetObject", Resource: c.resource, Context: c.context}); d.Verdict != c.want {
				t.Errorf("%v, %+v; want %v", d.Verdict, d.Why, c.want)
			}
		})
	}
}
