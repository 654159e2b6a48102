package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSWritableRootFilesystem finds ECS services with a container whose root file system can be written.
//
// Field, of the task definition that runs:
//
//	containerDefinitions[*].readonlyRootFilesystem
//
// Allowed value: true. Windows does not know it.
var ECSWritableRootFilesystem = rule.Rule{
	ID:         "ecs-writable-root-filesystem",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		ecsControl("ECS.5", "ecs-5"), attack("T1505"), attack("T1036"),
	},
	Title: lang.Text{
		EN: "ECS container with a writable root file system",
		ES: "Contenedor de ECS con el sistema de archivos raíz escribible",
		PT: "Contêiner do ECS com o sistema de arquivos raiz gravável",
	},
	Why: lang.Text{
		EN: "Whoever gets into the container changes its programs and leaves tools behind that outlive a restart of the process. On a file system that cannot be written they do neither.",
		ES: "Quien entra en el contenedor modifica sus programas y deja herramientas que sobreviven al reinicio del proceso. En un sistema de archivos que no se puede escribir no puede hacer ni lo uno ni lo otro.",
		PT: "Quem entra no contêiner altera os programas dele e deixa ferramentas que sobrevivem ao reinício do processo. Em um sistema de arquivos que não pode ser gravado, não consegue fazer nem uma coisa nem outra.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Make the container's root file system read-only\n\nSet readonlyRootFilesystem to true in the container definition, and give the program a volume or a tmpfs (linuxParameters.tmpfs) for each folder that it writes to, such as /tmp.",
		ES: "Monte el sistema de archivos raíz del contenedor en solo lectura\n\nPonga readonlyRootFilesystem en true en la definición del contenedor y dé al programa un volumen o un tmpfs (linuxParameters.tmpfs) para cada carpeta en la que escriba, como /tmp.",
		PT: "Torne o sistema de arquivos raiz do contêiner somente leitura\n\nDefina readonlyRootFilesystem como true na definição do contêiner e dê ao programa um volume ou um tmpfs (linuxParameters.tmpfs) para cada pasta em que ele grava, como /tmp.",
	}, newRevision()),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.containerDefinitions.readonlyRootFilesystem"},
	Check: rule.Each[rule.TaskContainer]{
		In: rule.TaskContainers,
		Where: []rule.Condition[rule.TaskContainer]{
			rule.If("writable", func(c rule.TaskContainer) bool { return !c.ReadOnlyRoot }),
			rule.If("linux", func(c rule.TaskContainer) bool { return !c.Windows }),
		},
		Show: func(c rule.TaskContainer) finding.Evidence { return c.Evidence("readonlyRootFilesystem", false) },
	},
	Patch: rule.Patch{
		Changes: rule.SetFields(true),
		Ask: lang.Text{
			EN: "Where does the program write (temporary files, caches, PID files)? Give it a volume or a tmpfs (linuxParameters.tmpfs) for each of these folders, such as /tmp, or it fails at run time. ECS Exec does not work with a read-only root.",
			ES: "¿Dónde escribe el programa (archivos temporales, cachés, archivos PID)? Dele un volumen o un tmpfs (linuxParameters.tmpfs) para cada una de esas carpetas, como /tmp, o fallará al ejecutarse. ECS Exec no funciona con una raíz de solo lectura.",
			PT: "Onde o programa grava (arquivos temporários, caches, arquivos PID)? Dê a ele um volume ou um tmpfs (linuxParameters.tmpfs) para cada uma dessas pastas, como /tmp, ou ele falhará em execução. O ECS Exec não funciona com uma raiz somente leitura.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a container that does not set it",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
`)),
			Want: finding.Present,
			Path: "$.containerDefinitions[0].readonlyRootFilesystem",
		},
		{
			Name: "a read-only root",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  readonlyRootFilesystem: true
`)),
			Want:   finding.Absent,
			Misses: "writable",
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
