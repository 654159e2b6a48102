package evaluate

import (
	"slices"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// partial weighs a verdict on an object that does not show all of itself, or of its pods. What is not shown may
// hold the weakness, so that absent becomes unknown; and where the controller or another object fills in
// fields, a weakness that consists in a field that is not there may be gone, so that it is unknown too.
// Containers that a controller adds change nothing about the pod itself and about those that are shown.
func partial(w *rule.World, r *rule.Rule, on *inventory.Resource, v finding.Verdict) finding.Verdict {
	if isOpen(w, r, on, v) {
		return finding.Verdict{State: finding.Unknown, Why: whyPlanned()}
	}
	missing := missingOf(on)
	if missing == "" {
		return v
	}
	_, ofPod := r.Check.(rule.Each[rule.PodField])
	switch {
	case v.State == finding.Absent && missing == k8s.PartialContainers && ofPod:
		return v
	case v.State == finding.Absent:
	case v.State == finding.Present && missing != k8s.PartialContainers && restsOnNothing(w.Inventory, on.UID, v.Evidence):
	default:
		return v
	}
	return finding.Verdict{State: finding.Unknown, Why: whyPartial(missing)}
}

// isOpen reports whether a plan or template leaves a field of an AWS resource open on which the verdict rests: one that
// was not seen to hold the weakness, or one whose absence is the weakness.
func isOpen(w *rule.World, r *rule.Rule, on *inventory.Resource, v finding.Verdict) bool {
	open := aws.OpenFields(on.Spec)
	if len(open) == 0 || !slices.ContainsFunc(r.Reads, open.Touches) {
		return false
	}
	return v.State == finding.Absent || v.State == finding.Present && restsOnNothing(w.Inventory, on.UID, v.Evidence)
}

func whyPlanned() lang.Text {
	return lang.Text{
		EN: "a field that decides it is known only after the plan is applied",
		ES: "un campo que lo decide solo se conoce después de aplicar el plan",
		PT: "um campo que o decide só é conhecido depois de aplicar o plano",
	}
}

// missingOf says what an object does not show: of a workload's pods, or of any other object of a plan.
func missingOf(on *inventory.Resource) k8s.Partial {
	if workload, ok := on.Spec.(*k8s.Workload); ok {
		return workload.Pod.Partial
	}
	if on.Unsettled {
		return k8s.PartialPlan
	}
	return ""
}

// restsOnNothing reports whether all that the evidence names of an object are fields that it does not have.
func restsOnNothing(v *inventory.View, uid inventory.UID, evidence []finding.Evidence) bool {
	var raw *tree.Tree
	named := false
	for _, e := range evidence {
		if e.Resource != uid {
			continue
		}
		if raw == nil {
			var err error
			if raw, err = v.Raw(uid); err != nil {
				return false
			}
		}
		if raw.Root().Lookup(e.Path).Exists() {
			return false
		}
		named = true
	}
	return named
}

// whyPartial says what is not shown.
func whyPartial(missing k8s.Partial) lang.Text {
	switch missing {
	case k8s.PartialContainers:
		return lang.Text{
			EN: "its controller adds containers to the pod that the object does not show",
			ES: "su controlador añade al pod contenedores que el objeto no muestra",
			PT: "seu controlador adiciona ao pod contêineres que o objeto não mostra",
		}
	case k8s.PartialPlan:
		return lang.Text{
			EN: "parts of the object are known only after terraform apply",
			ES: "partes del objeto solo se conocen después de terraform apply",
			PT: "partes do objeto só são conhecidas depois de terraform apply",
		}
	case k8s.PartialElsewhere:
		return lang.Text{
			EN: "another object decides parts of the pod that this one does not show",
			ES: "otro objeto decide partes del pod que este no muestra",
			PT: "outro objeto decide partes do pod que este não mostra",
		}
	}
	return lang.Text{
		EN: "its controller fills in parts of the pod that the object does not show",
		ES: "su controlador completa partes del pod que el objeto no muestra",
		PT: "seu controlador preenche partes do pod que o objeto não mostra",
	}
}
