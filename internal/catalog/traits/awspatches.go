package traits

import (
	"cmp"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// What follows are the patches of resources of AWS, as changes of the object that the API describes.

const (
	// ordinaryUser is a user and group that own nothing.
	ordinaryUser = "10001:10001"
	// withAccessEntries is the mode of a cluster that takes access entries beside the ConfigMap aws-auth.
	withAccessEntries = "API_AND_CONFIG_MAP"
)

// taskOf gives the task definition that a patch is about.
func taskOf(p rule.Patched) (rule.Task, bool) {
	s, ok := p.Resource.Spec.(*aws.TaskDefinitionSpec)
	return rule.Task{Resource: p.Resource, TaskDefinitionSpec: s}, ok
}

// bridgeNetwork takes tasks out of the network of their instance: the ports that it served under their own number are
// mapped to the same number.
func bridgeNetwork(p rule.Patched) []rule.Change {
	task, ok := taskOf(p)
	if !ok {
		return nil
	}
	all := []rule.Change{{Path: "$.networkMode", Value: "bridge"}}
	for i := range task.Containers {
		for _, port := range task.Containers[i].Ports {
			if port.Host == 0 && port.Last == port.Container {
				all = append(all, rule.Change{Path: port.Path + ".hostPort", Value: int(port.Container)})
			}
		}
	}
	return all
}

// taskVolumesOf gives the host volumes that the evidence is about.
func taskVolumesOf(p rule.Patched) []rule.TaskVolume {
	task, ok := taskOf(p)
	if !ok {
		return nil
	}
	var all []rule.TaskVolume
	for i := range task.Volumes {
		v := rule.TaskVolume{Task: task, HostVolume: &task.Volumes[i]}
		if slices.ContainsFunc(p.Evidence, func(e finding.Evidence) bool { return strings.HasPrefix(e.Path, v.HostVolume.Path+".") }) {
			all = append(all, v)
		}
	}
	return all
}

// closeHostVolumes mounts read-only the volumes that are less bad so, and removes the others.
func closeHostVolumes(p rule.Patched) []rule.Change {
	var all []rule.Change
	for _, v := range taskVolumesOf(p) {
		var writable []rule.Change
		helps := true
		for m := range v.Mounts() {
			if !m.ReadOnly {
				writable = append(writable, rule.Change{Path: m.Path + ".readOnly", Value: true})
			}
			helps = helps && !givesCredentials(v, m)
		}
		if helps && len(writable) > 0 {
			all = append(all, writable...)
			continue
		}
		all = append(all, withoutVolume(v)...)
	}
	return all
}

// removeTaskVolumes takes the volumes of the evidence away, and the places where containers mount them.
func removeTaskVolumes(p rule.Patched) []rule.Change {
	var all []rule.Change
	for _, v := range taskVolumesOf(p) {
		all = append(all, withoutVolume(v)...)
	}
	return all
}

func withoutVolume(v rule.TaskVolume) []rule.Change {
	all := []rule.Change{{Path: v.HostVolume.Path, Remove: true}}
	for m := range v.Mounts() {
		all = append(all, rule.Change{Path: m.Path, Remove: true})
	}
	return all
}

// fromSecretsManager reads the environment variables of the evidence from AWS Secrets Manager. A credential that
// stands anywhere else, as among arguments, needs a change of the program's settings.
func fromSecretsManager(p rule.Patched) []rule.Change {
	var all []rule.Change
	for _, e := range p.Evidence {
		variable, container, ok := taskVariable(e)
		name := p.Object.Lookup(variable).Get("name").Text()
		if !ok || name == "" {
			return nil
		}
		secret := rule.Fields{{Key: "name", Value: name}, {Key: "valueFrom", Value: secretARN(p, name)}}
		all = append(all, rule.Change{Path: variable, Remove: true}, rule.Change{Path: container + ".secrets", Value: []any{secret}, Append: true})
	}
	return all
}

// taskVariable gives the paths of the environment variable whose value is evidence, and of its container.
func taskVariable(e finding.Evidence) (variable, container string, ok bool) {
	variable, ok = strings.CutSuffix(e.Path, ".value")
	container, _, found := strings.Cut(variable, ".environment[")
	return variable, container, ok && found
}

// secretName is what the secret of a variable is called.
func secretName(p rule.Patched, variable string) string {
	family := p.Resource.Spec.(*aws.TaskDefinitionSpec).Family
	return cmp.Or(family, "FAMILY") + "/" + variable
}

// secretARN is the ARN of the secret of a variable, without the six characters that AWS Secrets Manager puts behind
// the name of a new one: it takes an ARN without them too
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen).
func secretARN(p rule.Patched, variable string) string {
	a, _ := p.Resource.UID.ARN()
	return "arn:" + cmp.Or(a.Partition, "aws") + ":secretsmanager:" + cmp.Or(a.Region, "REGION") + ":" + cmp.Or(a.Account, "ACCOUNT") +
		":secret:" + secretName(p, variable)
}

// createSecretsManagerSecrets gives the commands that create the secrets of [fromSecretsManager]. The shell's variables
// stand for the values; it stops where one is not set.
func createSecretsManagerSecrets(p rule.Patched) []string {
	var all []string
	for _, e := range p.Evidence {
		variable, _, ok := taskVariable(e)
		name := p.Object.Lookup(variable).Get("name").Text()
		if !ok || !plainName(name) || !plainName(strings.ReplaceAll(secretName(p, name), "/", "")) {
			continue
		}
		command := `aws secretsmanager create-secret --name ` + secretName(p, name) + ` --secret-string "${` + shellName(name) + `:?}"`
		if p.Resource.Region != "" {
			command += " --region " + p.Resource.Region
		}
		if !slices.Contains(all, command) {
			all = append(all, command)
		}
	}
	return all
}

// withoutPublicIP runs the tasks of a service without public addresses. Those of a task set have their own setting,
// which cannot be changed once it is there.
func withoutPublicIP(p rule.Patched) []rule.Change {
	const field = "$.networkConfiguration.awsvpcConfiguration.assignPublicIp"
	if p.Object.Lookup(field).Text() != "ENABLED" {
		return nil
	}
	return []rule.Change{{Path: field, Value: "DISABLED"}}
}

// privateEndpoint closes the public endpoint of a cluster, and opens the private one that nodes and people then need.
func privateEndpoint(rule.Patched) []rule.Change {
	return []rule.Change{
		{Path: "$.resourcesVpcConfig.endpointPrivateAccess", Value: true},
		{Path: "$.resourcesVpcConfig.endpointPublicAccess", Value: false},
	}
}

// sendAuditLog adds the audit log to those that a cluster sends, and takes it from those that it does not.
func sendAuditLog(p rule.Patched) []rule.Change {
	const list, audit = "$.logging.clusterLogging", "audit"
	add := rule.Change{Path: list, Value: []any{rule.Fields{{Key: "types", Value: []any{audit}}, {Key: "enabled", Value: true}}}, Append: true}
	var all []rule.Change
	i := 0
	for setup := range p.Object.Lookup(list).All() {
		at, types := tree.PathIndex(list, i), setup.Get("types")
		if enabled, _ := setup.Get("enabled").Bool(); enabled {
			add = rule.Change{Path: at + ".types", Value: []any{audit}, Append: true}
		}
		j := 0
		for kind := range types.All() {
			switch {
			case kind.Text() == audit && types.Len() == 1:
				all = append(all, rule.Change{Path: at, Remove: true})
			case kind.Text() == audit:
				all = append(all, rule.Change{Path: tree.PathIndex(at+".types", j), Remove: true})
			}
			j++
		}
		i++
	}
	return append(all, add)
}

// newImageAsk says what to find out about an image with vulnerable packages.
func newImageAsk() lang.Text {
	return lang.Text{
		EN: "Which release of the package mends it (the finding names it), does it come with the base image or with the program's own dependencies, and is the code that is vulnerable used at all?",
		ES: "¿Qué versión del paquete lo corrige (el hallazgo la indica), viene con la imagen base o con las dependencias propias del programa, y se usa siquiera el código vulnerable?",
		PT: "Qual versão do pacote o corrige (a descoberta a indica), ele vem com a imagem base ou com as dependências do próprio programa, e o código vulnerável chega a ser usado?",
	}
}

// newBaseAsk says what to find out about an image whose operating system has no support.
func newBaseAsk() lang.Text {
	return lang.Text{
		EN: "Which supported release of the operating system, or which smaller base image, does the program run on? Test it with the libraries of that release before it is deployed.",
		ES: "¿Sobre qué versión con soporte del sistema operativo, o sobre qué imagen base más pequeña, funciona el programa? Pruébelo con las bibliotecas de esa versión antes de desplegarlo.",
		PT: "Em qual versão com suporte do sistema operacional, ou em qual imagem base menor, o programa funciona? Teste-o com as bibliotecas dessa versão antes de implantá-lo.",
	}
}

// cleanImageAsk says what to find out about an image with a malicious package.
func cleanImageAsk() lang.Text {
	return lang.Text{
		EN: "How did the package come in, since when does the image have it, and which credentials were in its reach? They have to be rotated whatever the new image holds.",
		ES: "¿Cómo entró el paquete, desde cuándo lo tiene la imagen y qué credenciales estaban a su alcance? Hay que rotarlas, contenga lo que contenga la imagen nueva.",
		PT: "Como o pacote entrou, desde quando a imagem o tem e quais credenciais estavam ao alcance dele? Elas precisam ser trocadas, seja qual for o conteúdo da nova imagem.",
	}
}
