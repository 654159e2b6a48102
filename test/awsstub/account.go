package awsstub

import (
	"fmt"
	"strings"
)

// AccountID is the account that the server answers for.
const AccountID = "123456789012"

// Account says what there is, in every Region alike. The zero value has one of everything that Merlon reads.
type Account struct {
	// Partition is aws where empty.
	Partition string
	// Services run in ECS clusters, each with one task, and share the task definitions.
	ECSClusters, Services, TaskDefinitions int
	SecurityGroups, Roles, Interfaces      int
	EKSClusters                            int
	// PageSize is the most that a page has, whatever is asked for; 0 for as much as AWS gives.
	PageSize int
	// Secret stands where values of secrets stand: in an environment, in user data, in the options of a log driver.
	Secret string
	// ConfigMapOnly makes the EKS clusters ones that know no access entries.
	ConfigMapOnly bool
	// NoInspector and NoGuardDuty switch those off.
	NoInspector, NoGuardDuty bool
}

func (a Account) withDefaults() Account {
	for _, n := range []*int{&a.ECSClusters, &a.Services, &a.TaskDefinitions, &a.SecurityGroups, &a.Roles, &a.Interfaces, &a.EKSClusters} {
		if *n == 0 {
			*n = 1
		}
	}
	if a.Partition == "" {
		a.Partition = "aws"
	}
	if a.Secret == "" {
		a.Secret = "not-a-secret"
	}
	return a
}

// arn makes an ARN of the account in the Region of a request.
func (a *Account) arn(q *Request, service, rest string) string {
	region := q.Region
	if service == "iam" {
		region = ""
	}
	return fmt.Sprintf("arn:%s:%s:%s:%s:%s", a.Partition, service, region, AccountID, rest)
}

// host ends the names of the partition.
func (a *Account) host() string {
	if a.Partition == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// answer gives the answer to a request.
func (a *Account) answer(q *Request) (Fields, *Fault) {
	service, _, _ := strings.Cut(q.Action, ":")
	var parts []answers
	switch service {
	case "ec2":
		parts = []answers{a.networks(), a.machines()}
	case "elasticloadbalancing":
		parts = []answers{a.balancing(q.legacy)}
	case "iam", "sts":
		parts = []answers{a.callers(), a.identities()}
	case "eks":
		parts = []answers{a.eksClusters(), a.eksMembers()}
	case "ecs":
		parts = []answers{a.ecsLists(), a.ecsDescriptions()}
	default:
		parts = []answers{a.registry(), a.inspector(), a.others()}
	}
	for _, part := range parts {
		if f := part[q.Action]; f != nil {
			return f(q)
		}
	}
	return nil, &Fault{Status: 404, Raw: "<!doctype html><title>404 Not Found</title>", ContentType: "text/html"}
}

// answers has what is answered to each action.
type answers map[string]func(*Request) (Fields, *Fault)

// fixed is the answer that is the same whatever is asked.
func fixed(answer Fields) func(*Request) (Fields, *Fault) {
	return func(*Request) (Fields, *Fault) { return answer, nil }
}

// times makes a list of n items.
func times(n int, item func(i int) any) []any {
	all := make([]any, n)
	for i := range all {
		all[i] = item(i)
	}
	return all
}

func notFound(code, what string) *Fault {
	return &Fault{Status: 404, Code: code, Message: "No " + what + " found"}
}
