package finding

import (
	"net/url"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
)

// Name is what a person calls a resource of AWS: what it is, and what it is called, which may be empty.
type Name struct {
	// Type is the resource's, where CloudFormation has one.
	Type inventory.Type
	Noun lang.Text
	Own  string
}

// Text joins both: "ECS service shop/billing".
func (n Name) Text() lang.Text {
	if n.Own == "" {
		return n.Noun
	}
	return lang.Text{EN: "%s %s", ES: "%s %s", PT: "%s %s"}.Format(n.Noun, n.Own)
}

// NameOf names a resource of AWS: by its ARN, else by its type and the name that it was read with. Where both are
// empty, the type follows from the address in a Terraform plan, if the UID is one. ok is false for what is not of AWS,
// and for types that are on no attack path.
func NameOf(uid inventory.UID, t inventory.Type, own string) (n Name, ok bool) {
	if a, isARN := uid.ARN(); isARN {
		t, own = identify(a)
	} else if cluster, isAny := aws.IsAnyInstance(uid); isAny {
		t, own = AnyInstance, planned(cluster)
	} else if t == "" && strings.HasPrefix(string(uid), "tf://") {
		t = typeOfAddress(planned(uid))
	}
	noun, ok := nounOf(t)
	if own == "" && t != Account {
		own = planned(uid)
	}
	return Name{t, noun, own}, ok
}

// The types of what has none in CloudFormation.
const (
	// AnyInstance is whichever container instance of a cluster a task is placed on.
	AnyInstance inventory.Type = "any container instance"
	// Account is an account of AWS.
	Account inventory.Type = "account"
)

// identify gives the type of what an ARN names, and its name.
func identify(a inventory.ARN) (t inventory.Type, own string) {
	kind, rest := a.Kind(), strings.TrimPrefix(strings.TrimPrefix(a.Resource, a.Kind()), "/")
	switch a.Service + " " + kind {
	case "ecs service":
		return aws.ECSService, rest
	case "ecs task-definition":
		return aws.ECSTaskDefinition, rest
	case "ecs cluster":
		return aws.ECSCluster, rest
	case "ecs container-instance":
		if cluster, provider, isAny := strings.Cut(rest, "/*"); isAny {
			return AnyInstance, cluster + strings.Replace(provider, "@", "/", 1)
		}
		return aws.ECSContainerInstance, rest
	case "eks cluster":
		return aws.EKSCluster, rest
	case "iam role":
		return aws.IAMRole, a.Name()
	case "ec2 instance":
		return aws.Instance, rest
	case "elasticloadbalancing loadbalancer":
		if parts := strings.Split(rest, "/"); len(parts) == 3 {
			rest = parts[0] + "/" + parts[1] // What follows is an ID that nobody calls it by.
		}
		return aws.LoadBalancer, rest
	}
	if a.Service == "iam" && a.Resource == "root" {
		return Account, a.Account
	}
	return "", ""
}

// typeOfAddress gives the type of a resource of a Terraform plan: its address ends in TYPE.NAME or TYPE.NAME[KEY].
func typeOfAddress(address string) inventory.Type {
	if at := strings.LastIndexByte(address, '['); at > 0 && strings.HasSuffix(address, "]") {
		address = address[:at]
	}
	address = address[:max(0, strings.LastIndexByte(address, '.'))]
	switch address[strings.LastIndexByte(address, '.')+1:] {
	case "aws_ecs_service":
		return aws.ECSService
	case "aws_ecs_task_definition":
		return aws.ECSTaskDefinition
	case "aws_ecs_cluster":
		return aws.ECSCluster
	case "aws_eks_cluster":
		return aws.EKSCluster
	case "aws_iam_role":
		return aws.IAMRole
	case "aws_instance":
		return aws.Instance
	case "aws_lb", "aws_alb", "aws_elb":
		return aws.LoadBalancer
	}
	return ""
}

// planned is the name of a resource that has none yet: its address in the plan, or its ID in the template. It is empty
// for every other.
func planned(uid inventory.UID) string {
	rest, isPlanned := strings.CutPrefix(string(uid), "tf://")
	if template, ok := strings.CutPrefix(string(uid), "cfn://"); ok {
		isPlanned, rest = true, template[strings.LastIndexByte(template, '/')+1:]
	}
	if name, err := url.PathUnescape(rest); isPlanned && err == nil {
		return name
	}
	if a, ok := uid.ARN(); ok {
		return a.Name()
	}
	return ""
}

// nounOf says what a resource of a type is.
func nounOf(t inventory.Type) (noun lang.Text, ok bool) {
	switch t {
	case aws.ECSService:
		return lang.Text{EN: "ECS service", ES: "servicio de ECS", PT: "serviço do ECS"}, true
	case aws.ECSTaskDefinition:
		return lang.Text{EN: "ECS task definition", ES: "definición de tarea de ECS", PT: "definição de tarefa do ECS"}, true
	case aws.ECSCluster:
		return lang.Text{EN: "ECS cluster", ES: "clúster de ECS", PT: "cluster do ECS"}, true
	case aws.ECSContainerInstance:
		return lang.Text{EN: "container instance", ES: "instancia de contenedor", PT: "instância de contêiner"}, true
	case AnyInstance:
		return lang.Text{
			EN: "a container instance of the cluster",
			ES: "una instancia de contenedor del clúster",
			PT: "uma instância de contêiner do cluster",
		}, true
	case aws.EKSCluster:
		return lang.Text{EN: "EKS cluster", ES: "clúster de EKS", PT: "cluster do EKS"}, true
	case aws.IAMRole:
		return lang.Text{EN: "IAM role", ES: "rol de IAM", PT: "perfil do IAM"}, true
	case aws.Instance:
		return lang.Text{EN: "EC2 instance", ES: "instancia de EC2", PT: "instância do EC2"}, true
	case aws.LoadBalancer, aws.ClassicLoadBalancer:
		return lang.Text{EN: "load balancer", ES: "balanceador de carga", PT: "balanceador de carga"}, true
	case Account:
		return lang.Text{EN: "the AWS account", ES: "la cuenta de AWS", PT: "a conta da AWS"}, true
	}
	return lang.Text{}, false
}
