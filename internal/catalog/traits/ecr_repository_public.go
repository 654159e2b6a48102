package traits

import (
	"encoding/json"
	"iter"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/iam"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// ECRRepositoryPublic finds ECS services that run an image from a repository which anybody may pull from or push to.
//
// Field:
//
//	the policy of the repository in Amazon ECR
//
// It is public where its policy allows a principal of any other account to get the layers of an image, or to put one, with no
// condition. With a condition that depends on the request it is unknown. A policy that names accounts or an organization is not
// public. The repository's policy alone is judged: that of the registry may grant more.
var ECRRepositoryPublic = rule.Rule{
	ID:         "ecr-repository-public",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual,
	Likelihood: finding.LikelihoodLow,
	References: []rule.Reference{
		attack("T1525"), attack("T1195.002"), {Source: "AWS", ID: "Private repository policies", URL: "https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html"},
	},
	Title: lang.Text{
		EN: "Image from a repository open to everybody",
		ES: "Imagen de un repositorio abierto a todo el mundo",
		PT: "Imagem de um repositório aberto a todo mundo",
	},
	Why: lang.Text{
		EN: "Everybody with an AWS account pulls the image and reads what is in it: code, names of systems, credentials that somebody left there. Where they may push too, they replace it, and the service runs their program with its next deployment.",
		ES: "Cualquiera que tenga una cuenta de AWS descarga la imagen y lee lo que contiene: código, nombres de sistemas, credenciales que alguien dejó allí. Si además puede subir imágenes, la sustituye, y el servicio ejecuta su programa en el siguiente despliegue.",
		PT: "Qualquer um que tenha uma conta da AWS baixa a imagem e lê o que ela contém: código, nomes de sistemas, credenciais que alguém deixou ali. Se também puder enviar imagens, ele a substitui, e o serviço executa o programa dele na próxima implantação.",
	},
	Fix: ecsFix(lang.Text{
		EN: "Name in the repository's policy who may use it\n\nPut the accounts that pull in place of the star in Principal, or your organization's ID in a condition on aws:PrincipalOrgID; let nobody else push. Switch on tag immutability, so that a tag cannot come to mean another image.",
		ES: "Indique en la política del repositorio quién puede usarlo\n\nPonga las cuentas que descargan en lugar del asterisco de Principal, o el ID de su organización en una condición sobre aws:PrincipalOrgID; no permita que nadie más suba imágenes. Active la inmutabilidad de etiquetas, para que una etiqueta no pueda pasar a significar otra imagen.",
		PT: "Indique na política do repositório quem pode usá-lo\n\nColoque as contas que baixam no lugar do asterisco em Principal, ou o ID da sua organização em uma condição sobre aws:PrincipalOrgID; não deixe mais ninguém enviar imagens. Ative a imutabilidade de tags, para que uma tag não possa passar a significar outra imagem.",
	}, []string{
		"aws ecr get-repository-policy --repository-name $REPOSITORY --region $REGION",
		"aws ecr set-repository-policy --repository-name $REPOSITORY --policy-text file://policy.json --region $REGION",
		"aws ecr put-image-tag-mutability --repository-name $REPOSITORY --image-tag-mutability IMMUTABLE --region $REGION",
	}),
	On:    []inventory.Type{aws.ECRRepositoryPolicy, aws.ECRRepository},
	Reads: []string{},
	Check: rule.Each[repositoryPolicy]{
		In: repositoryPolicies,
		Where: []rule.Condition[repositoryPolicy]{
			{Name: "anybody", Holds: func(_ *rule.World, p repositoryPolicy) rule.Truth { return p.open }},
		},
		Show: repositoryPolicy.evidence,
	},
	Patch: rule.Patch{
		Ask: lang.Text{
			EN: "Which accounts pull the image and which push it (CloudTrail tells)? Name them in the policy, or the organization's ID in its condition. If the image is meant for everybody, it belongs in Amazon ECR Public.",
			ES: "¿Qué cuentas descargan la imagen y cuáles la suben (lo dice CloudTrail)? Indíquelas en la política, o el ID de la organización en su condición. Si la imagen está destinada a todo el mundo, va en Amazon ECR Public.",
			PT: "Quais contas baixam a imagem e quais a enviam (o CloudTrail o diz)? Informe-as na política, ou o ID da organização na condição dela. Se a imagem é destinada a todo mundo, ela fica no Amazon ECR Public.",
		},
	},
	Examples: []rule.Example{
		{
			Name:  "a policy that lets everybody pull",
			Input: fromRepository(`{"Statement":[{"Effect":"Allow","Principal":"*","Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"]}]}`),
			Want:  finding.Present,
			Path:  "$.policyText",
		},
		{
			Name:  "a policy that lets everybody push",
			Input: fromRepository(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"ecr:Put*"}]}`),
			Want:  finding.Present,
		},
		{
			Name:   "a policy that names an account",
			Input:  fromRepository(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"ecr:*"}]}`),
			Want:   finding.Absent,
			Misses: "anybody",
		},
		{
			Name:  "a policy for everybody of an organization",
			Input: fromRepository(`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"ecr:*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-example"}}}]}`),
			Want:  finding.Unknown,
		},
		{
			Name: "a repository whose policy was not read",
			Input: documents(scannedTask(), `repositories:
- repositoryArn: arn:aws:ecr:eu-west-1:111122223333:repository/shop/web
  repositoryName: shop/web
  repositoryUri: 111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/web
`),
			Want: finding.Unknown,
		},
	},
}

// repositoryPolicy is the policy of a repository with whether it lets anybody in; or a repository whose policy was not
// read.
type repositoryPolicy struct {
	of   *inventory.Resource
	open rule.Truth
}

func repositoryPolicies(w *rule.World, r *inventory.Resource) iter.Seq[repositoryPolicy] {
	return func(yield func(repositoryPolicy) bool) {
		if p, ok := r.Spec.(*aws.RepositoryPolicySpec); ok {
			yield(repositoryPolicy{r, isOpenToAnybody(r, p)})
			return
		}
		if !w.Inventory.Closed(r.Account+"/"+r.Region, aws.ECRRepositoryPolicy) && !hasPolicy(w, r) {
			yield(repositoryPolicy{r, policyUnread()})
		}
	}
}

func policyUnread() rule.Truth {
	return rule.Unknown(lang.Text{
		EN: "the policy of the repository was not read",
		ES: "no se leyó la política del repositorio",
		PT: "a política do repositório não foi lida",
	})
}

// evidence names the policy, or the repository where it was not read.
func (p repositoryPolicy) evidence() finding.Evidence {
	if spec, ok := p.of.Spec.(*aws.RepositoryPolicySpec); ok {
		return finding.Evidence{Resource: p.of.UID, Path: "$.policyText", Value: string(spec.Document.JSON)}
	}
	return finding.Evidence{Resource: p.of.UID, Path: "$.repositoryName", Value: p.of.Name}
}

func hasPolicy(w *rule.World, repository *inventory.Resource) bool {
	for r := range w.Inventory.OfType(aws.ECRRepositoryPolicy) {
		if r.Name == repository.Name && r.Account == repository.Account && (r.Region == "" || r.Region == repository.Region) {
			return true
		}
	}
	return false
}

// isOpenToAnybody asks the policy as an account that it cannot name: no account has this number.
func isOpenToAnybody(r *inventory.Resource, p *aws.RepositoryPolicySpec) rule.Truth {
	if !json.Valid(p.Document.JSON) {
		return policyUnread()
	}
	const nobody = "arn:aws:iam::000000000000:root"
	model := iam.Compile(iam.Input{Principals: []iam.Source{{ARN: string(r.UID), Trust: p.Document.JSON}}})
	policy, _ := model.Principal(string(r.UID))
	open := rule.Is(false)
	for _, action := range []string{"ecr:BatchGetImage", "ecr:PutImage"} {
		d := policy.Trusts(iam.Caller{Principal: nobody, Actions: []string{action}})
		switch {
		case d.Verdict == iam.Allowed:
			return rule.Is(true)
		case d.Verdict == iam.Unknown && open.State == finding.Absent:
			open = rule.Unknown(d.Why.Text())
		}
	}
	return open
}

// fromRepository gives the answers for a service that runs an image, and the policy of its repository.
func fromRepository(policy string) string {
	return documents(scannedTask(), `registryId: "111122223333"
repositoryName: shop/web
policyText: '`+policy+`'
`)
}
