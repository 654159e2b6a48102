package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSRootUser finds ECS services with a Linux container that runs as root.
//
// Field, of the task definition that runs:
//
//	containerDefinitions[*].user
//
// Allowed values: a user other than root and 0, with or without a group. Where it is not set the image decides; most
// images run as root, so that counts, as in the control of Security Hub. Windows has no root.
var ECSRootUser = rule.Rule{
	ID:         "ecs-root-user",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		ecsControl("ECS.20", "ecs-20"), attack("T1611"),
	},
	Title: lang.Text{
		EN: "ECS container runs as root",
		ES: "Contenedor de ECS que se ejecuta como root",
		PT: "Contêiner do ECS executado como root",
	},
	Why: lang.Text{
		EN: "A program that runs as root in its container changes every file there, binds any port, and is root on the host too if it ever breaks out: most ways to do so need it.",
		ES: "Un programa que se ejecuta como root en su contenedor modifica cualquier archivo de él, usa cualquier puerto y, si llega a escapar, también es root en el host: la mayoría de las formas de escapar lo requieren.",
		PT: "Um programa executado como root no contêiner altera qualquer arquivo dele, usa qualquer porta e, se conseguir escapar, também é root no host: a maioria das formas de escapar exige isso.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Run the container as a user other than root\n\nSet user in the container definition to an ID that the image's files belong to or that needs none of them, such as 10001:10001. Better still, say it in the image with USER.",
		ES: "Ejecute el contenedor con un usuario que no sea root\n\nIndique en user, dentro de la definición del contenedor, un ID al que pertenezcan los archivos de la imagen o que no los necesite, como 10001:10001. Mejor aún, indíquelo en la imagen con USER.",
		PT: "Execute o contêiner com um usuário que não seja root\n\nIndique em user, na definição do contêiner, um ID ao qual pertençam os arquivos da imagem ou que não precise deles, como 10001:10001. Melhor ainda, indique-o na imagem com USER.",
	}, newRevision()),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.containerDefinitions.user"},
	Check: rule.Each[rule.TaskContainer]{
		In: rule.TaskContainers,
		Where: []rule.Condition[rule.TaskContainer]{
			rule.If("root", func(c rule.TaskContainer) bool { return isRootUser(c.User) }),
			rule.If("linux", func(c rule.TaskContainer) bool { return !c.Windows }),
		},
		Show: func(c rule.TaskContainer) finding.Evidence { return c.Evidence("user", shown(c.User)) },
	},
	Patch: rule.Patch{
		Changes: rule.SetFields(ordinaryUser),
		Ask: lang.Text{
			EN: "Which numeric user can the program run as, and which files must that user own? Look for USER in the image (docker inspect --format '{{.Config.User}}' IMAGE), and put that user in place of 10001:10001.",
			ES: "¿Con qué usuario numérico puede ejecutarse el programa y de qué archivos debe ser dueño? Busque USER en la imagen (docker inspect --format '{{.Config.User}}' IMAGE) y ponga ese usuario en lugar de 10001:10001.",
			PT: "Com qual usuário numérico o programa pode ser executado e de quais arquivos ele deve ser dono? Procure USER na imagem (docker inspect --format '{{.Config.User}}' IMAGE) e ponha esse usuário no lugar de 10001:10001.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a container that says nothing of its user",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
`)),
			Want: finding.Present,
			Path: "$.containerDefinitions[0].user",
		},
		{
			Name: "root with a group of its own",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  user: root:1000
`)),
			Want: finding.Present,
			Path: "$.containerDefinitions[0].user",
		},
		{
			Name: "a user of its own",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  user: "10001:0"
`)),
			Want:   finding.Absent,
			Misses: "root",
		},
		{
			Name: "a container on Windows",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
runtimePlatform:
  operatingSystemFamily: WINDOWS_SERVER_2022_CORE
containerDefinitions:
- name: web
  image: registry.example/web:1
`)),
			Want:   finding.Absent,
			Misses: "linux",
		},
	},
}

// isRootUser reports whether a user, as a container definition writes it (user, uid, user:group …), is root.
func isRootUser(user string) bool {
	name, _, _ := strings.Cut(user, ":")
	return name == "" || name == "root" || strings.Trim(name, "0") == ""
}

// shown gives a text as evidence: nothing where it is not set.
func shown(text string) any {
	if text == "" {
		return nil
	}
	return text
}
