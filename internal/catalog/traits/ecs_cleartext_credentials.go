package traits

import (
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECSCleartextCredentials finds ECS services whose task definition holds credentials in clear text.
//
// Restricted fields, of the task definition that runs:
//
//	containerDefinitions[*].environment[*].value
//	containerDefinitions[*].command, entryPoint
//
// A value is judged by its variable's name and by its shape (see package redact), and taken out where the definition is
// read: the evidence says what kind of credential it was. The three names of Security Hub's control count whatever their
// values.
var ECSCleartextCredentials = rule.Rule{
	ID:         "ecs-cleartext-credentials",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactMedium,
	References: []rule.Reference{
		ecsControl("ECS.8", "ecs-8"), ecsExposure("cleartext-credentials-present"), attack("T1552.001"),
	},
	Title: lang.Text{
		EN: "Credentials in cleartext in the task definition",
		ES: "Credenciales en texto no cifrado en la definición de tarea",
		PT: "Credenciais não criptografadas na definição de tarefa",
	},
	Why: lang.Text{
		EN: "Everybody who may describe the task definition reads the credential, and so does whoever gets into the container or sees its logs. Old revisions keep it for good. With it an attacker goes on to the database, account or service that it opens.",
		ES: "Cualquiera que pueda describir la definición de tarea lee la credencial, igual que quien entra en el contenedor o ve sus registros. Las revisiones antiguas la conservan para siempre. Con ella, un atacante pasa a la base de datos, la cuenta o el servicio que abre.",
		PT: "Qualquer um que possa descrever a definição de tarefa lê a credencial, assim como quem entra no contêiner ou vê os logs dele. As revisões antigas a guardam para sempre. Com ela, um invasor segue para o banco de dados, a conta ou o serviço que ela abre.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Rotate the credential and read it from Secrets Manager or a task role\n\nIssue a new credential and revoke the old one first: whoever read the definition has it. In place of AWS access keys, give the task a task role. Store every other secret in AWS Secrets Manager or Parameter Store, name it under secrets in the container definition, and let the execution role read it. Then deregister and delete the old revisions.",
		ES: "Rote la credencial y léala de Secrets Manager o de un rol de tarea\n\nPrimero, emita una credencial nueva y revoque la anterior: quien leyó la definición la tiene. En lugar de claves de acceso de AWS, dé a la tarea un rol de tarea. Guarde cualquier otro secreto en AWS Secrets Manager o en Parameter Store, indíquelo en la lista secrets de la definición del contenedor y permita que el rol de ejecución lo lea. Después, anule el registro de las revisiones antiguas y elimínelas.",
		PT: "Troque a credencial; leia-a do Secrets Manager ou de um perfil\n\nPrimeiro, emita uma nova credencial e revogue a antiga: quem leu a definição a tem. Em vez de chaves de acesso da AWS, dê à tarefa um perfil de tarefa. Guarde qualquer outro segredo no AWS Secrets Manager ou no Parameter Store, indique-o em secrets na definição do contêiner e permita que o perfil de execução o leia. Depois, cancele o registro das revisões antigas e exclua-as.",
	}, append([]string{
		"aws secretsmanager create-secret --name $FAMILY/NAME --secret-string file://value.txt --region $REGION",
		"# in the container definition: \"secrets\": [{\"name\": \"NAME\", \"valueFrom\": \"ARN\"}]",
	}, newRevision()...)),
	On:    []inventory.Type{aws.ECSTaskDefinition},
	Reads: []string{"$.containerDefinitions.environment", "$.containerDefinitions.command", "$.containerDefinitions.entryPoint"},
	Check: rule.Each[taskCredentials]{
		In: credentialsOfTasks,
		Where: []rule.Condition[taskCredentials]{
			rule.If("credential", func(c taskCredentials) bool { return len(c.Credentials) > 0 }),
		},
		Show: taskCredentials.first,
		Also: taskCredentials.others,
	},
	Patch: rule.Patch{
		Changes: fromSecretsManager,
		Prepare: createSecretsManagerSecrets,
		Ask: lang.Text{
			EN: "Change the credential where it is issued, as whoever read the definition has it, and store the new value under the name that the patch refers to. The execution role needs secretsmanager:GetSecretValue for it; put the whole ARN that create-secret prints in the patch if the role may read that one alone. A credential among arguments needs a change of the program's settings: find out how it reads one from a variable.",
			ES: "Cambie la credencial donde se emite, pues quien leyó la definición la tiene, y guarde el valor nuevo con el nombre al que se refiere el parche. El rol de ejecución necesita secretsmanager:GetSecretValue para él; ponga en el parche el ARN completo que muestra create-secret si el rol solo puede leer ese. Una credencial entre los argumentos exige cambiar los ajustes del programa: averigüe cómo la lee de una variable.",
			PT: "Troque a credencial onde ela é emitida, pois quem leu a definição a tem, e guarde o novo valor com o nome ao qual o patch se refere. O perfil de execução precisa de secretsmanager:GetSecretValue para ele; ponha no patch o ARN completo que create-secret mostra se o perfil só pode ler esse. Uma credencial entre os argumentos exige mudar as configurações do programa: descubra como ele a lê de uma variável.",
		},
	},
	Examples: []rule.Example{
		{
			Name: "a database password in an environment variable",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  environment:
  - name: LOG_LEVEL
    value: debug
  - name: DB_PASSWORD
    value: x7Gq-2vLw-99rT
`)),
			Want: finding.Present,
			Path: "$.containerDefinitions[0].environment[1].value",
		},
		{
			Name: "an access key of AWS, by its name",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  environment:
  - name: AWS_ACCESS_KEY_ID
    value: none-of-your-business
`)),
			Want: finding.Present,
			Path: "$.containerDefinitions[0].environment[0].value",
		},
		{
			Name: "a token among the arguments",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: sync
  image: registry.example/sync:1
  command: ["--user", "report", "--password=x7Gq-2vLw-99rT"]
`)),
			Want: finding.Present,
			Path: "$.containerDefinitions[0].command[2]",
		},
		{
			Name: "a password that Secrets Manager holds",
			Input: documents(ecsService("launchType: EC2\n"), taskDefinition(`
containerDefinitions:
- name: web
  image: registry.example/web:1
  environment:
  - name: LOG_LEVEL
    value: debug
  secrets:
  - name: DB_PASSWORD
    valueFrom: arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf
`)),
			Want:   finding.Absent,
			Misses: "credential",
		},
	},
}

// taskCredentials is a container of a task definition with the credentials that stood in it.
type taskCredentials struct{ rule.TaskContainer }

func credentialsOfTasks(w *rule.World, r *inventory.Resource) iter.Seq[taskCredentials] {
	return func(yield func(taskCredentials) bool) {
		for c := range rule.TaskContainers(w, r) {
			if !yield(taskCredentials{c}) {
				return
			}
		}
	}
}

// first gives the evidence of the first credential, or names the container where it has none.
func (c taskCredentials) first() finding.Evidence {
	if len(c.Credentials) == 0 {
		return finding.Evidence{Resource: c.Resource.UID, Path: c.Path}
	}
	return c.evidence(c.Credentials[0])
}

func (c taskCredentials) others() []finding.Evidence {
	var all []finding.Evidence
	for _, found := range c.Credentials[min(1, len(c.Credentials)):] {
		all = append(all, c.evidence(found))
	}
	return all
}

func (c taskCredentials) evidence(found aws.Credential) finding.Evidence {
	return finding.Evidence{Resource: c.Resource.UID, Path: found.Path, Value: string(found.Kind)}
}
