package report

import "github.com/merlonsec/merlon/internal/lang"

// The texts of the doctor.
var (
	doctorAllowed = plural{lang.Text{
		EN: "%s of %s actions is allowed.",
		ES: "%s de %s acciones está permitida.",
		PT: "%s de %s ações é permitida.",
	}, lang.Text{
		EN: "%s of %s actions are allowed.",
		ES: "%s de %s acciones están permitidas.",
		PT: "%s de %s ações são permitidas.",
	}}
	doctorWorks  = lang.Text{EN: "Allowed", ES: "Permitidas", PT: "Permitidas"}
	doctorDenied = lang.Text{EN: "denied", ES: "denegada", PT: "negada"}
	doctorFailed = lang.Text{EN: "failed", ES: "falló", PT: "falhou"}
	doctorLost   = lang.Text{
		EN: "Not complete without it: %s",
		ES: "Incompleto sin ella: %s",
		PT: "Incompleto sem ela: %s",
	}
	doctorRules = lang.Text{
		EN: "Rules that look at that: %s",
		ES: "Reglas que lo examinan: %s",
		PT: "Regras que examinam isso: %s",
	}
	doctorUnassessed = plural{lang.Text{
		EN: "%s rule cannot be assessed, or not everywhere.",
		ES: "%s regla no se puede evaluar, o no en todas partes.",
		PT: "%s regra não pode ser avaliada, ou não em toda parte.",
	}, lang.Text{
		EN: "%s rules cannot be assessed, or not everywhere.",
		ES: "%s reglas no se pueden evaluar, o no en todas partes.",
		PT: "%s regras não podem ser avaliadas, ou não em toda parte.",
	}}
	doctorPolicy = lang.Text{
		EN: "merlon doctor --print-iam prints the IAM policy that allows everything.",
		ES: "merlon doctor --print-iam imprime la política de IAM que lo permite todo.",
		PT: "merlon doctor --print-iam imprime a política do IAM que permite tudo.",
	}
)
