package remedy

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// Command is a command that changes a resource in AWS.
type Command struct {
	// Note is what there is to say before it; empty for nothing.
	Note lang.Text
	// Line is for a POSIX shell with the AWS CLI and jq, over several lines where it is long; "" where there is no
	// command, and the note says what to do.
	Line string
}

// Commands gives the commands, in order, that make of the resources that AWS has what the fixes so far make of them. They
// work on what AWS answers when they run, never on what was read: values that were taken out stay as they are there.
func (s *Session) Commands() []Command { return s.commands(sortedKeys(s.patched)) }

// commands gives the commands for some of the resources that were patched.
func (s *Session) commands(uids []inventory.UID) []Command {
	var all, clusters []Command
	settings := map[inventory.UID][]string{} // of services, as flags
	for _, uid := range uids {
		r := s.job.View.Get(uid)
		if !isReport(r) {
			continue
		}
		before, after, ok := s.states(r)
		if !ok {
			continue
		}
		patch := jsonPatch(before, after)
		switch r.Type {
		case aws.ECSTaskDefinition:
			all = append(all, newRevision(r, patch))
			running := servicesOf(s.job.View, uid)
			for _, service := range running {
				if ownDefinition(service) == uid {
					settings[service.UID] = append(settings[service.UID], "--task-definition "+shellWord(familyOf(r)))
				}
			}
			if len(running) == 0 {
				all = append(all, Command{Note: noServiceText})
			}
		case aws.ECSService:
			settings[uid] = append(settings[uid], serviceFlags(patch, after)...)
		case aws.EKSCluster:
			clusters = append(clusters, clusterCommands(r, patch, after)...)
		}
	}
	for _, uid := range sortedKeys(settings) {
		all = append(all, s.updateService(s.job.View.Get(uid), settings[uid]))
	}
	return append(all, clusters...)
}

// states gives what an object was, and what the fixes so far make of it.
func (s *Session) states(r *inventory.Resource) (before, after any, ok bool) {
	was, err := s.job.View.Raw(r.UID)
	is, err2 := s.now.view.Raw(r.UID)
	if err != nil || err2 != nil {
		return nil, nil, false
	}
	return plain(was.Root()), plain(is.Root()), true
}

// setByAWS lists what describe-task-definition tells of a task definition and register-task-definition does not take
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html).
const setByAWS = ".taskDefinitionArn, .revision, .status, .requiresAttributes, .compatibilities, .registeredAt, .registeredBy, .deregisteredAt, .deleteRequestedAt"

// ownTags takes the tags along, but for those that AWS keeps to itself.
const ownTags = `{tags: [.tags[]? | select(.key | startswith("aws:") | not)]}`

// newRevision reads a revision of a task definition, changes it on the way, and registers what comes out. Nothing of it
// is left in a file, as a task definition may hold credentials.
func newRevision(r *inventory.Resource, patch []Operation) Command {
	program := append([]string{".taskDefinition + " + ownTags, "del(" + setByAWS + ")"}, jqSteps(patch)...)
	return Command{Line: "aws ecs describe-task-definition --task-definition " + shellWord(r.Name) + " --include TAGS" + inRegion(r) + " --output json \\\n" +
		"  | jq " + shellQuote(strings.Join(program, "\n      | ")) + " \\\n" +
		"  | aws ecs register-task-definition --cli-input-json file:///dev/stdin" + inRegion(r) + " --query taskDefinition.taskDefinitionArn --output text"}
}

func inRegion(r *inventory.Resource) string {
	if r.Region == "" {
		return ""
	}
	return " --region " + shellWord(r.Region)
}

// familyOf gives what the revisions of a task definition have in common.
func familyOf(r *inventory.Resource) string {
	family, _, _ := strings.Cut(r.Name, ":")
	return family
}

// serviceFlags gives the flags of update-service that make the changes of a patch.
func serviceFlags(patch []Operation, after any) (flags []string) {
	const network = "/networkConfiguration/awsvpcConfiguration/"
	for _, op := range patch {
		switch {
		case op.Path == "/enableExecuteCommand" && string(op.Value) == "false": // which deploys nothing by itself
			flags = append(flags, "--disable-execute-command --force-new-deployment")
		case strings.HasPrefix(op.Path, network):
			config := at(after, []step{{"networkConfiguration", -1}, {"awsvpcConfiguration", -1}})
			value := rule.Fields{{Key: "awsvpcConfiguration", Value: written(config)}}
			flags = append(flags, "--network-configuration "+shellQuote(writeFlow(value, true)))
		}
	}
	return slices.Compact(flags)
}

// updateService changes a service, or says who does where AWS does not let update-service do it
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html).
func (s *Session) updateService(r *inventory.Resource, flags []string) Command {
	if object, err := s.job.View.Raw(r.UID); err == nil {
		if by := object.Root().Get("deploymentController", "type").Text(); by != "" && by != "ECS" {
			return Command{Note: controllerOfServiceText.Format(r.UID.Short(), by)}
		}
	}
	command := "aws ecs update-service"
	if spec, ok := r.Spec.(*aws.ServiceSpec); ok && spec.Cluster != "" {
		command += " --cluster " + shellWord(spec.Cluster.Short()[strings.LastIndexByte(spec.Cluster.Short(), '/')+1:])
	}
	return Command{Line: command + " --service " + shellWord(r.Name) + inRegion(r) + " " + strings.Join(flags, " ")}
}

// clusterCommands change an EKS cluster, which takes one kind of change at a time
// (https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateClusterConfig.html).
func clusterCommands(r *inventory.Resource, patch []Operation, after any) (all []Command) {
	var endpoint, flags []string
	for _, op := range patch {
		field, isOfEndpoint := strings.CutPrefix(op.Path, "/resourcesVpcConfig/")
		switch {
		case isOfEndpoint:
			endpoint = append(endpoint, field+"="+string(op.Value))
		case strings.HasPrefix(op.Path, "/logging"):
			flags = append(flags, "--logging "+shellQuote(writeFlow(written(at(after, []step{{"logging", -1}})), true)))
		case op.Path == "/accessConfig/authenticationMode":
			flags = append(flags, "--access-config authenticationMode="+strings.Trim(string(op.Value), `"`))
		}
	}
	if endpoint != nil {
		flags = append(flags, "--resources-vpc-config "+strings.Join(endpoint, ","))
	}
	name := " --name " + shellWord(r.Name) + inRegion(r)
	for _, flag := range slices.Compact(flags) {
		all = append(all, Command{Line: "aws eks update-cluster-config" + name + " " + flag}, Command{Line: "aws eks wait cluster-active" + name})
	}
	return all
}
