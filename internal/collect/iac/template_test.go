package iac_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/inventory"
)

const templateHead = `AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Env: {Type: String, Default: prod}
  Open: {Type: String}
  Number: {Type: Number, Default: 443}
  Secret: {Type: String, NoEcho: true, Default: Xq7canaryT0p9secretZz}
  Looked: {Type: "AWS::SSM::Parameter::Value<String>", Default: /a/b}
  List: {Type: CommaDelimitedList, Default: "a, b,c"}
  Echo: {Type: String, NoEcho: "false", Default: e}
Mappings:
  Sizes: {prod: {count: "3", list: [x, y]}, dev: {count: "1"}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: {"Fn::Equals": [{Ref: Env}, dev]}
  IsOpen: !Equals [!Ref Open, x]
  NotProd: !Not [!Condition IsProd]
  Both: !And [!Condition IsProd, !Condition IsOpen]
  Neither: !And [!Condition IsDev, !Condition IsOpen]
  Any: !Or [Condition: IsProd, Condition: IsOpen]
  Loop: !Not [!Condition Loop]
Resources:
  Role: {Type: "AWS::IAM::Role", Properties: {Path: /x/}}
  Gone: {Type: "AWS::IAM::Role", Condition: IsDev}
`

func TestFunctionsAreEvaluatedWithoutCalls(t *testing.T) {
	for _, c := range []struct{ name, expression, want string }{
		{"a text", `plain`, "plain"},
		{"a parameter", `!Ref Env`, "prod"},
		{"a parameter in the long form", `{Ref: Env}`, "prod"},
		{"a number", `!Ref Number`, "443"},
		{"a parameter without a default", `!Ref Open`, ""},
		{"a parameter that is hidden", `!Ref Secret`, ""},
		{"a parameter that is not", `!Ref Echo`, "e"},
		{"a parameter that AWS looks up", `!Ref Looked`, ""},
		{"a pseudo parameter", `!Ref AWS::Region`, ""},
		{"a reference in place of a text", `!Ref Role`, ""},
		{"what is not there", `!Ref Nothing`, ""},
		{"Sub", `!Sub "${Env}-${ Number }-${!Literal}"`, ""}, // a literal ${…} is for somebody else to fill in
		{"Sub without a literal", `!Sub "${Env}-${ Number }"`, "prod-443"},
		{"Sub with names", `!Sub ["${Env}/${X}", {X: !Join ["", [a, b]], Env: own}]`, "own/ab"},
		{"Sub of something open", `!Sub "${Env}-${AWS::AccountId}"`, ""},
		{"Sub with a property", `!Sub "${Role.Path}y"`, "/x/y"},
		{"Sub that does not end", `!Sub "a${Env"`, "a"},
		{"a reference to a secret in Sub", `!Sub "{{resolve:ssm:${Env}}}"`, ""},
		{"a reference to a secret", `"{{resolve:secretsmanager:a:SecretString:b}}"`, ""},
		{"Join", `!Join [":", [a, !Ref Env, !Ref Number]]`, "a:prod:443"},
		{"Join in the long form", `{"Fn::Join": ["-", [{Ref: Env}, x]]}`, "prod-x"},
		{"Join of a list parameter", `!Join ["+", !Ref List]`, "a+b+c"},
		{"Join of something open", `!Join [":", [a, !Ref Open]]`, ""},
		{"Select", `!Select [1, !Ref List]`, "b"},
		{"Select beyond the end", `!Select [9, !Ref List]`, ""},
		{"Select of zones", `!Select [0, !GetAZs ""]`, ""},
		{"Split", `!Select ["2", !Split [":", "a:b:c"]]`, "c"},
		{"If, on a condition that holds", `!If [IsProd, yes it is, no]`, "yes it is"},
		{"If, on one that does not", `!If [NotProd, a, !Ref Env]`, "prod"},
		{"If, on one that is open", `!If [IsOpen, a, b]`, ""},
		{"If, where both are the same", `!If [IsOpen, a, a]`, "a"},
		{"If, on one that rests on itself", `!If [Loop, a, b]`, ""},
		{"If, on one that is not there", `!If [Nothing, a, b]`, ""},
		{"And, with an open part", `!If [Both, a, b]`, ""},
		{"And, with one that fails", `!If [Neither, a, b]`, "b"},
		{"Or, with one that holds", `!If [Any, a, b]`, "a"},
		{"FindInMap", `!FindInMap [Sizes, !Ref Env, count]`, "3"},
		{"FindInMap of what is not there", `!FindInMap [Sizes, test, count]`, ""},
		{"FindInMap with a default", `!FindInMap [Sizes, test, count, {DefaultValue: "7"}]`, "7"},
		{"GetAtt of a property", `!GetAtt Role.Path`, "/x/"},
		{"GetAtt of what is known later", `!GetAtt Role.RoleId`, ""},
		{"GetAtt as a list", `{"Fn::GetAtt": [Role, Path]}`, "/x/"},
		{"a property of what is not made", `!GetAtt Gone.Path`, ""},
		{"another stack", `!ImportValue x`, ""},
		{"a macro", `{"Fn::Transform": {Name: X}}`, ""},
		{"nothing", `!Ref AWS::NoValue`, "-"},
		{"a function without arguments", `!Join`, ""},
		{"a function of a wrong kind", `!Select {a: b}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := template(t, templateHead+"  G:\n    Type: AWS::EC2::SecurityGroup\n    Properties:\n      GroupName: "+c.expression+"\n")
			object := parse(t, m.objects["cfn://t/G"]).(map[string]any)
			got, _ := object["GroupName"].(string)
			isOpen := len(m.open(t, "cfn://t/G")) == 1 && m.open(t, "cfn://t/G")[0] == "$.GroupName"
			switch {
			case c.want == "-":
				if got != "" || isOpen {
					t.Errorf("it is %q, open %v", got, isOpen)
				}
			case got != c.want || isOpen != (c.want == ""):
				t.Errorf("it is %q, open %v; want %q", got, isOpen, c.want)
			}
			if strings.Contains(m.objects["cfn://t/G"], "canary") {
				t.Error("the hidden parameter is shown")
			}
		})
	}
}

func TestResourcesOfATemplate(t *testing.T) {
	for _, c := range []struct {
		name, resources string
		uid             inventory.UID
		want            string
	}{
		{
			"a subnet in a VPC", `
  V: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16, Tags: [{Key: Name, Value: !Ref Env}]}}
  S: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !GetAtt V.VpcId, CidrBlock: 10.0.0.0/24, MapPublicIpOnLaunch: "true", AvailabilityZone: !Select [0, !GetAZs ""]}}`,
			"cfn://t/S", `{"SubnetId":"cfn://t/S","VpcId":"cfn://t/V","CidrBlock":"10.0.0.0/24","MapPublicIpOnLaunch":true,"x-merlon-unknown":["$.AvailabilityZone"]}`,
		},
		{
			"routes", `
  V: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: 10.0.0.0/16}}
  More: {Type: "AWS::EC2::VPCCidrBlock", Properties: {VpcId: !Ref V, CidrBlock: 10.1.0.0/16}}
  I: {Type: "AWS::EC2::InternetGateway"}
  A: {Type: "AWS::EC2::VPCGatewayAttachment", Properties: {VpcId: !Ref V, InternetGatewayId: !Ref I}}
  T: {Type: "AWS::EC2::RouteTable", Properties: {VpcId: !Ref V}}
  R: {Type: "AWS::EC2::Route", Properties: {RouteTableId: !Ref T, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref I}}
  X: {Type: "AWS::EC2::SubnetRouteTableAssociation", Properties: {RouteTableId: !Ref T, SubnetId: subnet-1}}`,
			"cfn://t/T", `{"RouteTableId":"cfn://t/T","VpcId":"cfn://t/V","Routes":[{"DestinationCidrBlock":"0.0.0.0/0","GatewayId":"cfn://t/I"},{"DestinationCidrBlock":"10.0.0.0/16","GatewayId":"local"},{"DestinationCidrBlock":"10.1.0.0/16","GatewayId":"local"}],"Associations":[{"SubnetId":"subnet-1","Main":false}]}`,
		},
		{
			"a security group with rules of others", `
  G:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: d
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: !Ref Number, ToPort: "443", CidrIp: 0.0.0.0/0}, !If [IsDev, {IpProtocol: "-1", CidrIp: 0.0.0.0/0}, !Ref "AWS::NoValue"]]
      SecurityGroupEgress: {IpProtocol: -1, CidrIp: 10.0.0.0/8}
  I: {Type: "AWS::EC2::SecurityGroupIngress", Properties: {GroupId: !GetAtt G.GroupId, IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: !Ref H}}
  H: {Type: "AWS::EC2::SecurityGroup", Properties: {GroupDescription: h}}`,
			"cfn://t/G", `{"GroupId":"cfn://t/G","Description":"d","IpPermissions":[{"IpProtocol":"tcp","FromPort":443,"ToPort":443,"IpRanges":[{"CidrIp":"0.0.0.0/0"}],"UserIdGroupPairs":[{"GroupId":"cfn://t/H"}]}],"IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"10.0.0.0/8"}]}]}`,
		},
		{
			"a security group with rules that are open", `
  G:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: !Ref Open}, {IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0}]`,
			"cfn://t/G", `{"GroupId":"cfn://t/G","IpPermissions":[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"IpRanges":[{"CidrIp":"0.0.0.0/0"}]}],"IpPermissionsEgress":[{"IpProtocol":"-1","IpRanges":[{"CidrIp":"0.0.0.0/0"}]}],"x-merlon-unknown":["$.IpPermissions"]}`,
		},
		{
			"a network ACL", `
  L: {Type: "AWS::EC2::NetworkAcl", Properties: {VpcId: vpc-1}}
  E: {Type: "AWS::EC2::NetworkAclEntry", Properties: {NetworkAclId: !Ref L, RuleNumber: 100, Protocol: 6, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0, PortRange: {From: 80, To: 80}}}
  A: {Type: "AWS::EC2::SubnetNetworkAclAssociation", Properties: {NetworkAclId: !Ref L, SubnetId: subnet-1}}`,
			"cfn://t/L", `{"NetworkAclId":"cfn://t/L","VpcId":"vpc-1","Entries":[{"Egress":true,"RuleNumber":100,"RuleAction":"allow","Protocol":"6","CidrBlock":"0.0.0.0/0","PortRange":{"From":80,"To":80}}],"Associations":[{"SubnetId":"subnet-1"}]}`,
		},
		{
			"a task definition", `
  T:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Sub "${Env}-web"
      NetworkMode: host
      PidMode: host
      TaskRoleArn: !GetAtt Role.Arn
      RequiresCompatibilities: [EC2]
      Volumes: [{Name: v, Host: {SourcePath: /}}]
      ContainerDefinitions:
        - {Name: web, Image: !Sub "${AWS::AccountId}.dkr/x", Privileged: !If [IsProd, true, false], User: "0", Environment: [{Name: P, Value: !Ref Secret}, {Name: Q, Value: plain}], LinuxParameters: {Capabilities: {Add: [SYS_ADMIN]}}, MountPoints: [{SourceVolume: v, ContainerPath: /h, ReadOnly: false}], Secrets: [{Name: S, ValueFrom: !Ref Role}]}`,
			"cfn://t/T", `{"taskDefinitionArn":"cfn://t/T","family":"prod-web","taskRoleArn":"cfn://t/Role","networkMode":"host","pidMode":"host","requiresCompatibilities":["EC2"],"volumes":[{"name":"v","host":{"sourcePath":"/"}}],"containerDefinitions":[{"name":"web","user":"0","privileged":true,"linuxParameters":{"capabilities":{"add":["SYS_ADMIN"]}},"mountPoints":[{"sourceVolume":"v","containerPath":"/h","readOnly":false}],"environment":[{"name":"P"},{"name":"Q","value":"plain"}],"secrets":[{"name":"S","valueFrom":"cfn://t/Role"}]}],"x-merlon-unknown":["$.containerDefinitions[0].image","$.containerDefinitions[0].environment[0].value"]}`,
		},
		{
			"a service", `
  C: {Type: "AWS::ECS::Cluster", Properties: {ClusterName: shop}}
  T: {Type: "AWS::ECS::TaskDefinition", Properties: {Family: web}}
  S:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !GetAtt C.Arn
      TaskDefinition: !Ref T
      LaunchType: FARGATE
      EnableExecuteCommand: true
      NetworkConfiguration: {AwsvpcConfiguration: {AssignPublicIp: ENABLED, Subnets: [subnet-1, !Ref Open], SecurityGroups: [!Ref G]}}
      LoadBalancers: [{TargetGroupArn: !Ref L, ContainerName: web, ContainerPort: 80}]
  G: {Type: "AWS::EC2::SecurityGroup", Properties: {GroupDescription: h}}
  L: {Type: "AWS::ElasticLoadBalancingV2::TargetGroup", Properties: {TargetType: ip}}
  More: {Type: "AWS::ECS::TaskSet", Properties: {Cluster: !Ref C, Service: !Ref S, TaskDefinition: !Ref T, LaunchType: FARGATE}}`,
			"cfn://t/S", `{"serviceArn":"cfn://t/S","clusterArn":"cfn://t/C","enableExecuteCommand":true,"launchType":"FARGATE","taskDefinition":"cfn://t/T","loadBalancers":[{"targetGroupArn":"cfn://t/L","containerName":"web","containerPort":80}],"networkConfiguration":{"awsvpcConfiguration":{"subnets":["subnet-1"],"securityGroups":["cfn://t/G"],"assignPublicIp":"ENABLED"}},"taskSets":[{"launchType":"FARGATE","taskDefinition":"cfn://t/T"}],"x-merlon-unknown":["$.networkConfiguration.awsvpcConfiguration.subnets"]}`,
		},
		{
			"an EKS cluster", `
  E:
    Type: AWS::EKS::Cluster
    Properties:
      Name: shop
      Version: "1.33"
      RoleArn: !GetAtt Role.Arn
      ResourcesVpcConfig: {SubnetIds: [subnet-1]}
      EncryptionConfig: [{Resources: [secrets], Provider: {KeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1"}}]
      Logging: {ClusterLogging: {EnabledTypes: [{Type: audit}]}}
  A: {Type: "AWS::EKS::AccessEntry", Properties: {ClusterName: !Ref E, PrincipalArn: !GetAtt Role.Arn, AccessPolicies: [{PolicyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", AccessScope: {Type: cluster}}]}}`,
			"cfn://t/E", `{"arn":"cfn://t/E","name":"shop","version":"1.33","roleArn":"cfn://t/Role","resourcesVpcConfig":{"endpointPublicAccess":true,"endpointPrivateAccess":false,"subnetIds":["subnet-1"],"publicAccessCidrs":["0.0.0.0/0"]},"encryptionConfig":[{"resources":["secrets"],"provider":{"keyArn":"arn:aws:kms:eu-west-1:111122223333:key/1"}}],"logging":{"clusterLogging":[{"types":["audit"],"enabled":true}]}}`,
		},
		{
			"the access policies of an access entry", `
  A: {Type: "AWS::EKS::AccessEntry", Properties: {ClusterName: shop, PrincipalArn: !GetAtt Role.Arn, AccessPolicies: [{PolicyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy", AccessScope: {Type: namespace, Namespaces: [web]}}]}}`,
			"cfn://t/A#access-policies", `{"clusterName":"shop","principalArn":"cfn://t/Role","associatedAccessPolicies":[{"policyArn":"arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy","accessScope":{"type":"namespace","namespaces":["web"]}}]}`,
		},
		{
			"a role", `
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: "sts:AssumeRole"}]}
      ManagedPolicyArns: [!Sub "arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess", {"Fn::Join": ["", ["arn:", {Ref: "AWS::Partition"}, ":iam::aws:policy/X"]]}, !Sub "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/own", !Ref M]
      Policies:
        - PolicyName: p
          PolicyDocument: {Statement: [{Effect: Allow, Action: "*", Resource: "*"}, {Effect: Allow, Action: "s3:*", Resource: !Sub "arn:aws:s3:::${AWS::AccountId}"}, {Effect: Allow, Action: "iam:PassRole", Resource: !GetAtt Role.Arn}]}
  P: {Type: "AWS::IAM::Policy", Properties: {PolicyName: q, PolicyDocument: {Statement: []}, Roles: [!Ref R]}}
  M: {Type: "AWS::IAM::ManagedPolicy", Properties: {PolicyDocument: {Statement: []}}}
  K: {Type: "AWS::IAM::ManagedPolicy", Properties: {PolicyDocument: {Statement: []}, Roles: [!Ref R]}}
  O: {Type: "AWS::IAM::RolePolicy", Properties: {PolicyName: r, PolicyDocument: {Statement: []}, RoleName: !Ref R}}`,
			"cfn://t/R", `{"Arn":"cfn://t/R","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]},
				"RolePolicyList":[{"PolicyName":"p","PolicyDocument":{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"cfn://t/Role"}]}},{"PolicyName":"q","PolicyDocument":{"Statement":[]}},{"PolicyName":"r","PolicyDocument":{"Statement":[]}}],
				"AttachedManagedPolicies":[{"PolicyName":"AdministratorAccess","PolicyArn":"arn:aws:iam::aws:policy/AdministratorAccess"},{"PolicyName":"X","PolicyArn":"arn:aws:iam::aws:policy/X"},{"PolicyArn":"cfn://t/M"},{"PolicyArn":"cfn://t/K"}],
				"x-merlon-unknown":["$.RolePolicyList[0].PolicyDocument","$.AttachedManagedPolicies"]}`,
		},
		{
			"a load balancer and what it sends traffic to", `
  B: {Type: "AWS::ElasticLoadBalancingV2::LoadBalancer", Properties: {Name: web, Subnets: [!Ref S], SecurityGroups: [sg-1]}}
  S: {Type: "AWS::EC2::Subnet", Properties: {VpcId: vpc-1}}
  L: {Type: "AWS::ElasticLoadBalancingV2::Listener", Properties: {LoadBalancerArn: !Ref B, Port: 80, Protocol: HTTP, DefaultActions: [{Type: fixed-response}]}}
  R: {Type: "AWS::ElasticLoadBalancingV2::ListenerRule", Properties: {ListenerArn: !Ref L, Actions: [{Type: forward, ForwardConfig: {TargetGroups: [{TargetGroupArn: !Ref G}]}}]}}
  G: {Type: "AWS::ElasticLoadBalancingV2::TargetGroup", Properties: {Port: 80, Targets: [{Id: i-1, Port: 80}]}}`,
			"cfn://t/G", `{"TargetGroupArn":"cfn://t/G","Port":80,"TargetType":"instance","LoadBalancerArns":["cfn://t/B"]}`,
		},
		{
			"an instance", `
  I: {Type: "AWS::EC2::Instance", Properties: {UserData: !Base64 "secret", IamInstanceProfile: !Ref P, MetadataOptions: {HttpTokens: required}, NetworkInterfaces: [{SubnetId: subnet-1, GroupSet: [sg-1], AssociatePublicIpAddress: false}]}}
  P: {Type: "AWS::IAM::InstanceProfile", Properties: {Roles: [!Ref Role]}}`,
			"cfn://t/I", `{"InstanceId":"cfn://t/I","SubnetId":"subnet-1","SecurityGroups":[{"GroupId":"sg-1"}],"IamInstanceProfile":{"Arn":"cfn://t/P"},"MetadataOptions":{"HttpTokens":"required"}}`,
		},
		{
			"a version of a launch template", `
  T: {Type: "AWS::EC2::LaunchTemplate", Properties: {LaunchTemplateData: {UserData: x, MetadataOptions: {HttpTokens: optional}, SecurityGroupIds: [sg-1]}}}`,
			"cfn://t/T#1", `{"LaunchTemplateId":"cfn://t/T","VersionNumber":1,"DefaultVersion":true,"LaunchTemplateData":{"MetadataOptions":{"HttpTokens":"optional"},"SecurityGroupIds":["sg-1"]}}`,
		},
		{
			"the policy of a repository", `
  R: {Type: "AWS::ECR::Repository", Properties: {RepositoryName: app, RepositoryPolicyText: {Statement: [{Principal: "*"}]}}}`,
			"cfn://t/R#policy", `{"repositoryName":"app","policyText":{"Statement":[{"Principal":"*"}]}}`,
		},
		{
			"properties that a function makes", `
  G: {Type: "AWS::EC2::SecurityGroup", Properties: {"Fn::Transform": {Name: X}}}`,
			"cfn://t/G", `{"GroupId":"cfn://t/G","IpPermissions":[],"IpPermissionsEgress":[],"x-merlon-unknown":["$.GroupName","$.Description","$.VpcId","$.Tags","$.IpPermissions","$.IpPermissionsEgress"]}`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := template(t, templateHead+strings.TrimPrefix(c.resources, "\n")+"\n")
			if len(m.problems) > 0 {
				t.Errorf("problems %v", m.problems)
			}
			m.same(t, c.uid, c.want)
		})
	}
}

func TestWhatATemplateDoesNotSay(t *testing.T) {
	m := template(t, templateHead+`  Maybe: {Type: "AWS::IAM::Role", Condition: IsOpen}
  Nested: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: x}}
  "Fn::ForEach::Roles": [X, [a, b], {"R${X}": {Type: "AWS::IAM::Role"}}]
  Elsewhere: {Type: "AWS::EC2::SecurityGroupIngress", Properties: {GroupId: sg-7, IpProtocol: "-1", CidrIp: 0.0.0.0/0}}
  Bucket: {Type: "AWS::S3::Bucket"}
  CDKMetadata: {Type: "AWS::CDK::Metadata", Condition: IsOpen}
`)
	want := []string{
		"Maybe is made only on a condition that the template leaves open; it was read as if it held",
		"Nested is a stack of its own, which this template does not hold; scan its template too",
		"resources are made by Fn::ForEach, which is not assessed; give the template as it was processed: aws cloudformation get-template --template-stage Processed",
		"Elsewhere was not assessed: the security group that it belongs to is not in this file",
	}
	if diff := cmp.Diff(want, m.problems); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]inventory.UID{"cfn://t/Role", "cfn://t/Maybe"}, m.order); diff != "" {
		t.Errorf("made (-want +got):\n%s", diff)
	}
}

func TestMacrosAreNamed(t *testing.T) {
	for transform, want := range map[string]int{
		"AWS::Serverless-2016-10-31": 0, "[AWS::LanguageExtensions, AWS::SecretsManager-2020-07-23]": 0, "Own": 1, "[AWS::Serverless-2016-10-31, {Name: Own}]": 1,
		"{Name: AWS::Include, Parameters: {Location: x}}": 1,
	} {
		m := template(t, "Transform: "+transform+"\nResources:\n  R: {Type: 'AWS::IAM::Role'}\n")
		if len(m.problems) != want || len(m.order) != 1 {
			t.Errorf("%s: %v, problems %v", transform, m.order, m.problems)
		}
	}
}

func TestANameIsNotTakenForAnythingElseOfThatName(t *testing.T) {
	m := template(t, `Resources:
  C: {Type: "AWS::ECS::Cluster", Properties: {ClusterName: shop}}
  G: {Type: "AWS::EKS::Nodegroup", Properties: {ClusterName: x, RemoteAccess: {Ec2SshKey: shop}, Tags: {Team: a}}}
  R: {Type: "AWS::IAM::Role", Properties: {Policies: [{PolicyName: shop, PolicyDocument: {Statement: [{Action: "s3:*", Resource: !GetAtt B.Arn}]}}]}}
  B: {Type: "AWS::S3::Bucket"}
`)
	m.same(t, "cfn://t/G", `{"nodegroupArn":"cfn://t/G","clusterName":"x","remoteAccess":{"ec2SshKey":"shop"},"tags":{"Team":"a"}}`)
	m.same(t, "cfn://t/R", `{"Arn":"cfn://t/R","RolePolicyList":[{"PolicyName":"shop","PolicyDocument":{"Statement":[{"Action":"s3:*","Resource":"cfn://t/B"}]}}],"x-merlon-unknown":["$.RolePolicyList[0].PolicyDocument"]}`)
}

func TestATemplateThatRepeatsItselfEnds(t *testing.T) {
	var b strings.Builder
	b.WriteString("Resources:\n  R00: {Type: \"AWS::IAM::Role\", Properties: {Path: \"" + strings.Repeat("x", 1000) + "\"}}\n")
	for i := 1; i < 60; i++ { // each twice as long as the one before
		b.WriteString("  R" + itoa(i) + ": {Type: \"AWS::IAM::Role\", Properties: {Path: !Join [\"\", [!GetAtt R" + itoa(i-1) + ".Path, !GetAtt R" + itoa(i-1) + ".Path]]}}\n")
	}
	m := template(t, b.String())
	if len(m.order) != 60 || !strings.Contains(strings.Join(m.problems, "\n"), "repeats itself too much") {
		t.Errorf("%d resources, problems %v", len(m.order), m.problems)
	}
}

func itoa(i int) string { return string([]byte{byte('0' + i/10), byte('0' + i%10)}) }

func TestWhatIsATemplate(t *testing.T) {
	for text, want := range map[string]bool{
		`{"AWSTemplateFormatVersion":"2010-09-09","Resources":{}}`:                                          true,
		`{"Resources":{"A":{"Type":"Custom::X"},"B":{"Type":"AWS::SNS::Topic"}}}`:                           true,
		`{"Transform":"AWS::Serverless-2016-10-31","Resources":{"A":{"Type":"AWS::Serverless::Function"}}}`: true,
		`{"Resources":[{"Type":"AWS::SNS::Topic"}]}`:                                                        false,
		`{"Resources":{"limits":{"cpu":1}}}`:                                                                false,
		`{"apiVersion":"v1","kind":"X","Resources":{"A":{"Type":"AWS::SNS::Topic"}}}`:                       false,
	} {
		if got := isTemplate(t, text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
