package remedy

import "github.com/merlonsec/merlon/internal/lang"

// What is said of resources of AWS.
var (
	reportText = lang.Text{
		EN: "what AWS answers about a resource is a report, which stays as it is; \"merlon fix UID\" prints the commands that change the resource",
		ES: "lo que AWS responde sobre un recurso es un informe, que se queda como está; «merlon fix UID» muestra los comandos que cambian el recurso",
		PT: "o que a AWS responde sobre um recurso é um relatório, que fica como está; \"merlon fix UID\" mostra os comandos que alteram o recurso",
	}
	reportsText = lang.Text{
		EN: "left alone: %d in resources that were read from AWS: %s",
		ES: "sin tocar: %d en recursos que se leyeron de AWS: %s",
		PT: "sem alteração: %d em recursos que foram lidos da AWS: %s",
	}
	replacedText = lang.Text{
		EN: "only a task set, or a deployment that ends, runs the task definition; the service itself has another one by now",
		ES: "solo un conjunto de tareas, o un despliegue que termina, ejecuta la definición de tarea; el servicio ya tiene otra",
		PT: "só um conjunto de tarefas, ou uma implantação que está terminando, executa a definição de tarefa; o próprio serviço já tem outra",
	}
	noServiceText = lang.Text{
		EN: "no service that was read runs it: whatever starts its tasks must name the new revision, or the family alone",
		ES: "ningún servicio leído la ejecuta: lo que inicie sus tareas debe indicar la revisión nueva, o solo la familia",
		PT: "nenhum serviço lido a executa: o que iniciar as suas tarefas deve indicar a nova revisão, ou apenas a família",
	}
	controllerOfServiceText = lang.Text{
		EN: "the deployments of %s are made by %s: let it deploy the new revision and settings, as update-service cannot",
		ES: "los despliegues de %s los hace %s: haga que despliegue la revisión y los ajustes nuevos, pues update-service no puede",
		PT: "as implantações de %s são feitas por %s: faça-o implantar a nova revisão e as novas configurações, pois update-service não pode",
	}
	jsonPatchText = lang.Text{
		EN: "JSON patch of %s:",
		ES: "parche JSON de %s:",
		PT: "patch JSON de %s:",
	}
	terraformText = lang.Text{
		EN: "in Terraform:",
		ES: "en Terraform:",
		PT: "no Terraform:",
	}
	runText = lang.Text{
		EN: "to change it in AWS, run (needs the AWS CLI and jq):",
		ES: "para cambiarlo en AWS, ejecute (requiere la AWS CLI y jq):",
		PT: "para alterá-lo na AWS, execute (requer a AWS CLI e o jq):",
	}
	runAllText = lang.Text{
		EN: "once you have found out what is asked above, run this in its place, which makes every change:",
		ES: "cuando haya averiguado lo que se pregunta arriba, ejecute en su lugar esto, que hace todos los cambios:",
		PT: "quando tiver descoberto o que se pergunta acima, execute isto no lugar, que faz todas as alterações:",
	}
	accountText = lang.Text{
		EN: "in the account %s:",
		ES: "en la cuenta %s:",
		PT: "na conta %s:",
	}
	stepsText = lang.Text{
		EN: "its commands:",
		ES: "sus comandos:",
		PT: "os seus comandos:",
	}
)
