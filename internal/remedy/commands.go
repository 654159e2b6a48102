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
	// Account is where it belongs; empty where that is not known.
	Account string
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
	var definitions []definitionPatch
	settings := map[inventory.UID]string{} // of services, as flags
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
		for _, command := range s.prepare[uid] {
			all = append(all, Command{Line: command, Account: r.Account})
		}
		switch r.Type {
		case aws.ECSTaskDefinition:
			definitions = append(definitions, definitionPatch{r, patch})
		case aws.ECSService:
			settings[uid] = serviceFlags(patch, after)
		case aws.EKSCluster:
			clusters = append(clusters, clusterCommands(r, patch, after)...)
		}
	}
	for _, d := range definitions {
		all = append(all, s.newRevision(d, settings)...)
	}
	for _, uid := range sortedKeys(settings) {
		all = append(all, s.updateService(s.job.View.Get(uid), settings[uid]))
	}
	return append(all, clusters...)
}

type definitionPatch struct {
	definition *inventory.Resource
	patch      []Operation
}

// newRevision registers a patched revision of a task definition, and lets every service that has it take the new one,
// each together with its own settings, which are then done with. That is one command, as its lines share variables.
func (s *Session) newRevision(d definitionPatch, settings map[inventory.UID]string) []Command {
	register, all := Command{Line: registration(d), Account: d.definition.Account}, []Command(nil)
	running := servicesOf(s.job.View, d.definition.UID)
	for _, service := range running {
		if ownDefinition(service) != d.definition.UID {
			continue
		}
		update := s.updateService(service, ` --task-definition "${revision:?}"`+settings[service.UID])
		delete(settings, service.UID)
		if update.Line == "" {
			all = append(all, update)
			continue
		}
		register.Line += "\n" + update.Line
	}
	if len(running) == 0 {
		all = append(all, Command{Note: noServiceText, Account: d.definition.Account})
	}
	return append([]Command{register}, all...)
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

// registration reads a revision of a task definition, changes it, and registers what comes out. In between it is in a
// file that nobody else may read, as a task definition may hold credentials; the CLI does not take it from a pipe. Where
// that fails, no revision is left over from another one.
func registration(d definitionPatch) string {
	r := d.definition
	program := append([]string{".taskDefinition + " + ownTags, "del(" + setByAWS + ")"}, jqSteps(d.patch)...)
	return "revision= task=$(mktemp) &&\naws ecs describe-task-definition --task-definition " + shellWord(r.Name) + " --include TAGS" + inRegion(r) + " --output json \\\n" +
		"  | jq " + shellQuote(strings.Join(program, "\n      | ")) + ` > "$task" &&` + "\n" +
		`revision=$(aws ecs register-task-definition --cli-input-json "file://$task"` + inRegion(r) +
		" --query taskDefinition.taskDefinitionArn --output text) &&\n" + `rm "$task"`
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

// serviceFlags gives the flags of update-service that make the changes of a patch, each after a blank.
func serviceFlags(patch []Operation, after any) (flags string) {
	const network = "/networkConfiguration/awsvpcConfiguration/"
	for _, op := range patch {
		switch {
		case op.Path == "/enableExecuteCommand" && string(op.Value) == "false": // which deploys nothing by itself
			flags += " --disable-execute-command --force-new-deployment"
		case strings.HasPrefix(op.Path, network) && !strings.Contains(flags, "--network-configuration"):
			config := at(after, []step{{"networkConfiguration", -1}, {"awsvpcConfiguration", -1}})
			value := rule.Fields{{Key: "awsvpcConfiguration", Value: written(config)}}
			flags += " --network-configuration " + shellQuote(writeFlow(value, true))
		}
	}
	return flags
}

// updateService changes a service, or says who does where AWS does not let update-service do it
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html).
func (s *Session) updateService(r *inventory.Resource, flags string) Command {
	if object, err := s.job.View.Raw(r.UID); err == nil {
		if by := object.Root().Get("deploymentController", "type").Text(); by != "" && by != "ECS" {
			return Command{Note: controllerOfServiceText.Format(r.UID.Short(), by), Account: r.Account}
		}
	}
	command := "aws ecs update-service"
	if spec, ok := r.Spec.(*aws.ServiceSpec); ok && spec.Cluster != "" {
		command += " --cluster " + shellWord(spec.Cluster.Short()[strings.LastIndexByte(spec.Cluster.Short(), '/')+1:])
	}
	return Command{Line: command + " --service " + shellWord(r.Name) + inRegion(r) + flags, Account: r.Account}
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
		for _, line := range []string{"aws eks update-cluster-config" + name + " " + flag, "aws eks wait cluster-active" + name} {
			all = append(all, Command{Line: line, Account: r.Account})
		}
	}
	return all
}
