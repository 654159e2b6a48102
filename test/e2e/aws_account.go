//go:build e2e

package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// awsSecret stands where values of secrets stand in the account.
const awsSecret = "canary-3Vq8kZtW"

// awsUserData is the secret as user data has it.
func awsUserData() string { return base64.StdEncoding.EncodeToString([]byte(awsSecret)) }

const (
	awsTrust    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ecs-tasks.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	awsRights   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","sqs:*"],"Resource":"*"}]}`
	awsManifest = `{"schemaVersion":2,"mediaType":"application/vnd.docker.distribution.manifest.v2+json","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":7023,"digest":"sha256:b5b2b2c507a0944348e0303114d8d93aaaa081732b86451d9bce1f432a537bc7"},"layers":[]}`
)

// fill creates one of everything that moto knows and Merlon reads.
func (a *AWS) fill() {
	a.t.Helper()
	a.Send("/moto-api/state-manager/set-transition", "application/json", `{"model_name":"ecs::task","transition":{"progression":"manual","times":1000000}}`)
	n := a.fillNetwork()
	a.fillIdentities()
	a.fillCompute(n)
	a.fillImages()
	a.fillECS(n)
	a.CLI("guardduty create-detector --enable")
	a.CLI("inspector2 enable --resource-types ECR --account-ids 123456789012")
	a.plantFinding()
}

// plantFinding makes moto give a finding of Amazon Inspector to whoever asks for findings next.
func (a *AWS) plantFinding() {
	a.t.Helper()
	a.Send("/moto-api/static/inspector2/findings-results", "application/json", `{"account_id":"123456789012","region":"`+awsRegion+`","results":[[{
		"findingArn":"arn:aws:inspector2:eu-west-1:123456789012:finding/1","awsAccountId":"123456789012","type":"PACKAGE_VULNERABILITY","severity":"HIGH","status":"ACTIVE",
		"title":"CVE-2026-0001 - openssl","description":"made up","epss":{"score":0.25},"exploitAvailable":"NO","fixAvailable":"YES","firstObservedAt":1790000000,
		"packageVulnerabilityDetails":{"vulnerabilityId":"CVE-2026-0001","source":"NVD","vulnerablePackages":[{"name":"openssl","version":"3.0.0"}]},
		"resources":[{"id":"arn:aws:ecr:eu-west-1:123456789012:repository/shop/web/sha256:ab","type":"AWS_ECR_CONTAINER_IMAGE",
			"details":{"awsEcrContainerImage":{"registry":"123456789012","repositoryName":"shop/web","imageHash":"sha256:ab","imageTags":["1.0"]}}}]}]]}`)
}

// awsNetwork names what others need.
type awsNetwork struct{ vpc, subnet, subnet2, group string }

func (a *AWS) fillNetwork() awsNetwork {
	a.t.Helper()
	var n awsNetwork
	n.vpc = field(a.CLI("ec2 create-vpc --cidr-block 10.1.0.0/16"), "Vpc", "VpcId")
	a.CLI("ec2 modify-vpc-attribute --enable-dns-hostnames --vpc-id", n.vpc)
	n.subnet = field(a.CLI("ec2 create-subnet --cidr-block 10.1.1.0/24 --availability-zone eu-west-1a --vpc-id", n.vpc), "Subnet", "SubnetId")
	n.subnet2 = field(a.CLI("ec2 create-subnet --cidr-block 10.1.2.0/24 --availability-zone eu-west-1b --vpc-id", n.vpc), "Subnet", "SubnetId")
	gateway := field(a.CLI("ec2 create-internet-gateway"), "InternetGateway", "InternetGatewayId")
	a.CLI("ec2 attach-internet-gateway --vpc-id " + n.vpc + " --internet-gateway-id " + gateway)
	table := field(a.CLI("ec2 create-route-table --vpc-id", n.vpc), "RouteTable", "RouteTableId")
	a.CLI("ec2 create-route --destination-cidr-block 0.0.0.0/0 --route-table-id " + table + " --gateway-id " + gateway)
	a.CLI("ec2 associate-route-table --subnet-id " + n.subnet + " --route-table-id " + table)
	a.CLI("ec2 create-nat-gateway --connectivity-type private --subnet-id", n.subnet)
	list := field(a.CLI("ec2 create-managed-prefix-list --prefix-list-name offices --max-entries 5 --address-family IPv4 --entries Cidr=198.51.100.0/24 Cidr=203.0.113.7/32"),
		"PrefixList", "PrefixListId")
	n.group = field(a.CLI("ec2 create-security-group --group-name web --description web --vpc-id", n.vpc), "GroupId")
	a.CLI("ec2 authorize-security-group-ingress --group-id "+n.group+" --ip-permissions",
		"IpProtocol=tcp,FromPort=443,ToPort=443,IpRanges=[{CidrIp=0.0.0.0/0,Description=everybody}],PrefixListIds=[{PrefixListId="+list+"}]",
		"IpProtocol=tcp,FromPort=8080,ToPort=8080,UserIdGroupPairs=[{GroupId="+n.group+"}]")
	a.CLI("ec2 create-network-interface --groups " + n.group + " --subnet-id " + n.subnet)
	return n
}

func (a *AWS) fillIdentities() {
	a.t.Helper()
	a.CLI("iam create-role --role-name task --assume-role-policy-document", awsTrust)
	a.CLI("iam put-role-policy --role-name task --policy-name own --policy-document", awsRights)
	a.CLI("iam attach-role-policy --role-name task --policy-arn arn:aws:iam::aws:policy/AdministratorAccess")
	a.CLI("iam create-instance-profile --instance-profile-name nodes")
	a.CLI("iam add-role-to-instance-profile --instance-profile-name nodes --role-name task")
	a.CLI("iam create-group --group-name admins")
	a.CLI("iam create-user --user-name alice")
	a.CLI("iam add-user-to-group --user-name alice --group-name admins")
	a.CLI("iam create-policy --policy-name shop --policy-document", awsRights)
	a.CLI("iam create-open-id-connect-provider --url https://oidc.eks.eu-west-1.amazonaws.com/id/ABC --client-id-list sts.amazonaws.com --thumbprint-list 9e99a48a9960b14926bb7f3b02e22da2b0ab7280")
}

const awsRole = "arn:aws:iam::123456789012:role/task"

func (a *AWS) fillCompute(n awsNetwork) {
	a.t.Helper()
	template := field(a.CLI("ec2 create-launch-template --launch-template-name nodes --launch-template-data",
		`{"ImageId":"ami-12c6146b","MetadataOptions":{"HttpTokens":"required"},"UserData":"`+awsUserData()+`"}`), "LaunchTemplate", "LaunchTemplateId")
	for _, options := range []string{`"MetadataOptions":{"HttpTokens":"optional","HttpPutResponseHopLimit":2}`, `"InstanceType":"t3.micro"`} {
		a.CLI("ec2 create-launch-template-version --launch-template-id "+template+" --launch-template-data", `{"ImageId":"ami-12c6146b",`+options+`}`)
	}
	a.CLI("ec2 run-instances --image-id ami-12c6146b --instance-type t3.micro --iam-instance-profile Name=nodes --metadata-options HttpTokens=optional,HttpPutResponseHopLimit=2" +
		" --subnet-id " + n.subnet + " --security-group-ids " + n.group)
	key := field(a.CLI("kms create-key"), "KeyMetadata", "Arn")
	a.CLI("eks create-cluster --name shop --kubernetes-version 1.34 --role-arn "+awsRole+" --resources-vpc-config subnetIds="+n.subnet+","+n.subnet2+",endpointPublicAccess=true,endpointPrivateAccess=false",
		"--encryption-config", "resources=secrets,provider={keyArn="+key+"}")
	a.CLI("eks create-nodegroup --cluster-name shop --nodegroup-name workers --node-role " + awsRole + " --subnets " + n.subnet + " --launch-template id=" + template + ",version=2")
	a.CLI("eks create-fargate-profile --cluster-name shop --fargate-profile-name batch --pod-execution-role-arn " + awsRole + " --selectors namespace=batch")
}

func (a *AWS) fillImages() {
	a.t.Helper()
	a.CLI("ecr create-repository --repository-name shop/web")
	a.CLI("ecr create-repository --repository-name shop/other")
	a.CLI("ecr set-repository-policy --repository-name shop/web --policy-text",
		`{"Version":"2012-10-17","Statement":[{"Sid":"all","Effect":"Allow","Principal":"*","Action":"ecr:BatchGetImage"}]}`)
	a.CLI("ecr put-image --repository-name shop/web --image-tag 1.0 --image-manifest", awsManifest)
	a.CLI("ecr put-image --repository-name shop/other --image-tag 1.0 --image-manifest", awsManifest)
	a.CLI("ecr start-image-scan --repository-name shop/web --image-id imageTag=1.0")
}

func (a *AWS) fillECS(n awsNetwork) {
	a.t.Helper()
	network := "awsvpcConfiguration={subnets=[" + n.subnet + "],securityGroups=[" + n.group + "],assignPublicIp=ENABLED}"
	a.CLI("ecs create-cluster --cluster-name prod")
	for _, revision := range []string{"1.0", "1.0", "2.0"} { // of the last one no image was pushed
		a.CLI("ecs register-task-definition --family web --network-mode awsvpc --requires-compatibilities FARGATE --cpu 256 --memory 512 --task-role-arn "+awsRole+" --container-definitions",
			`[{"name":"web","memory":512,"image":"123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:`+revision+`","environment":[{"name":"DB_PASSWORD","value":"`+awsSecret+`"},{"name":"A","value":"`+awsSecret+`"}],`+
				`"portMappings":[{"containerPort":8080}],"logConfiguration":{"logDriver":"splunk","options":{"splunk-url":"https://splunk.example","splunk-token":"`+awsSecret+`"}}}]`)
	}
	balancer := field(a.CLI("elbv2 create-load-balancer --name shop --subnets "+n.subnet+" "+n.subnet2+" --security-groups", n.group), "LoadBalancers", 0, "LoadBalancerArn")
	group := field(a.CLI("elbv2 create-target-group --name shop --protocol HTTP --port 8080 --target-type ip --vpc-id", n.vpc), "TargetGroups", 0, "TargetGroupArn")
	a.CLI("elbv2 create-listener --protocol HTTP --port 80 --load-balancer-arn " + balancer + " --default-actions Type=forward,TargetGroupArn=" + group)
	a.CLI("elbv2 register-targets --targets Id=10.1.1.9,Port=8080 --target-group-arn", group)
	a.CLI("elb create-load-balancer --load-balancer-name old --listeners Protocol=HTTP,LoadBalancerPort=80,InstanceProtocol=HTTP,InstancePort=8080 --subnets " + n.subnet + " --security-groups " + n.group)
	for i := range 12 { // more than one request describes
		command := fmt.Sprintf("ecs create-service --cluster prod --service-name web-%d --task-definition web:%d --desired-count 1 --launch-type FARGATE", i, i%3+1)
		a.CLI(command, "--network-configuration", network, "--load-balancers", "targetGroupArn="+group+",containerName=web,containerPort=8080")
	}
	a.CLI("ecs run-task --cluster prod --task-definition web:1 --launch-type FARGATE --network-configuration", network)
}

// printed asks the same of moto as Merlon does, with the AWS CLI, and gives what it prints: by a name for each answer. What
// an answer does not say of itself is added, as the collector does.
func (a *AWS) printed() map[string]any {
	a.t.Helper()
	answers := map[string]any{}
	ask := func(name, command string, more ...string) map[string]any {
		text := a.cli(command, more...)
		var out map[string]any
		if err := json.Unmarshal(text, &out); err != nil {
			a.t.Fatalf("aws %s: decode: %v", command, err)
		}
		answers[name] = json.RawMessage(text) // As it was printed: in a policy document the order of words is kept.
		return out
	}
	with := func(name string, out map[string]any, member, value string) {
		out[member] = value
		answers[name] = out
	}
	for _, what := range []string{
		"vpcs", "subnets", "route-tables", "internet-gateways", "nat-gateways", "network-acls", "security-groups", "network-interfaces", "instances", "launch-templates",
	} {
		ask(what, "ec2 describe-"+what)
	}
	a.printTemplates(ask)
	a.printPrefixLists(answers)
	ask("classic", "elb describe-load-balancers")
	balancer := field(ask("balancers", "elbv2 describe-load-balancers"), "LoadBalancers", 0, "LoadBalancerArn")
	ask("listeners", "elbv2 describe-listeners --load-balancer-arn", balancer)
	group := field(ask("target-groups", "elbv2 describe-target-groups"), "TargetGroups", 0, "TargetGroupArn")
	with("health", ask("health", "elbv2 describe-target-health --target-group-arn", group), "TargetGroupArn", group)
	ask("iam", "iam get-account-authorization-details")
	ask("profiles", "iam list-instance-profiles")
	provider := field(a.CLI("iam list-open-id-connect-providers"), "OpenIDConnectProviderList", 0, "Arn")
	with("provider", ask("provider", "iam get-open-id-connect-provider --open-id-connect-provider-arn", provider), "OpenIDConnectProviderArn", provider)
	cluster := ask("eks", "eks describe-cluster --name shop")
	ask("key", "kms describe-key --key-id", field(cluster, "cluster", "encryptionConfig", 0, "provider", "keyArn"))
	ask("nodegroup", "eks describe-nodegroup --cluster-name shop --nodegroup-name workers")
	ask("fargate", "eks describe-fargate-profile --cluster-name shop --fargate-profile-name batch")
	a.printECS(ask)
	ask("repositories", "ecr describe-repositories")
	ask("policy", "ecr get-repository-policy --repository-name shop/web")
	ask("images", "ecr describe-images --repository-name shop/web --image-ids imageTag=1.0")
	a.plantFinding()
	ask("findings", "inspector2 list-findings --max-results 7")
	ask("scan", "ecr describe-image-scan-findings --repository-name shop/web --image-id imageTag=1.0")
	return answers
}

func (a *AWS) printTemplates(ask func(name, command string, more ...string) map[string]any) {
	a.t.Helper()
	template := field(a.CLI("ec2 describe-launch-templates"), "LaunchTemplates", 0, "LaunchTemplateId")
	ask("template-versions", "ec2 describe-launch-template-versions --launch-template-id", template)
}

// printPrefixLists puts the entries of each prefix list that a security group names beside it.
func (a *AWS) printPrefixLists(answers map[string]any) {
	a.t.Helper()
	out := a.CLI("ec2 describe-managed-prefix-lists")
	lists, _ := out["PrefixLists"].([]any)
	for _, p := range lists {
		list, _ := p.(map[string]any)
		if list["PrefixListName"] == "offices" {
			list["Entries"] = a.CLI("ec2 get-managed-prefix-list-entries --prefix-list-id", field(list, "PrefixListId"))["Entries"]
		}
	}
	answers["prefix-lists"] = out
}

func (a *AWS) printECS(ask func(name, command string, more ...string) map[string]any) {
	a.t.Helper()
	ask("ecs", "ecs describe-clusters --clusters prod --include CONFIGURATIONS SETTINGS")
	for _, part := range []string{"web-0 web-1 web-2 web-3 web-4 web-5", "web-6 web-7 web-8 web-9 web-10 web-11"} {
		ask("services "+part, "ecs describe-services --cluster prod --services "+part)
	}
	for i := 1; i <= 3; i++ {
		ask(fmt.Sprintf("definition %d", i), fmt.Sprintf("ecs describe-task-definition --task-definition web:%d", i))
	}
	var tasks []string
	arns, _ := a.CLI("ecs list-tasks --cluster prod")["taskArns"].([]any)
	for _, arn := range arns {
		tasks = append(tasks, field(arn))
	}
	ask("tasks", "ecs describe-tasks --cluster prod --tasks "+strings.Join(tasks, " "))
}
