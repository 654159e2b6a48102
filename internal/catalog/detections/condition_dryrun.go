package detections

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// tookEffect holds for a request that succeeded, and was no dry run: what it asked for is stored.
func tookEffect() rule.EventCondition {
	return rule.EventCondition{
		Name: "took-effect",
		Holds: func(a *rule.Action) rule.Truth {
			done := hasSucceeded(a)
			if done.State == finding.Absent { // The body of a refused request need not be read.
				return done
			}
			switch dry := isDryRun(a); {
			case dry.State == finding.Present:
				return rule.Is(false)
			case dry.State == finding.Unknown && done.State == finding.Present:
				return dry
			}
			return done
		},
		Show: showOutcome,
	}
}

// isDryRun tells whether a request was only to be tried
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run). Where it may say so depends on the verb: create,
// update and patch say it in the query. A deletion says it in its body, and in the query only if it has no body: beside one
// the API server does not read the query
// (https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go).
//
// A record without a body does not tell that there was none: the audit policy may leave it out, a limit on its length may,
// and so does the API server for the groups that another server answers. A deletion whose query asks for a dry run is
// unknown then. One whose query does not ask for it counts as done, though its body may have asked: kubectl delete
// --dry-run=server at level Metadata. To call all of those unknown would leave no deletion to see at that level.
func isDryRun(a *rule.Action) rule.Truth {
	asked := a.Query("dryRun") != ""
	switch {
	case ignoresDryRun(a):
		return rule.Is(false)
	case a.Verb != "delete" && a.Verb != "deletecollection":
		return rule.Is(asked)
	}
	if options := a.Sent(); options.Kind() == tree.Map {
		return rule.Is(options.Get("dryRun").Len() > 0)
	}
	if !asked {
		return rule.Is(false)
	}
	return rule.Unknown(lang.Text{
		EN: "the query asks for a dry run, which a body would overrule, and the record holds no body",
		ES: "la consulta pide una simulación, que un cuerpo anularía, y el registro no contiene ningún cuerpo",
		PT: "a consulta pede uma simulação, que um corpo anularia, e o registro não contém nenhum corpo",
	})
}

// ignoresDryRun reports whether a request does what it does though it asks for a dry run: what only reads, what connects,
// and the request for a token, which is issued all the same
// (https://github.com/kubernetes/kubernetes/blob/master/pkg/registry/core/serviceaccount/storage/token.go). Everything that
// is stored honours it, and with it pods/eviction, pods/binding, and the subresources status, scale, approval and finalize.
func ignoresDryRun(a *rule.Action) bool {
	switch a.Verb {
	case "create", "update", "patch", "delete", "deletecollection":
	default:
		return true
	}
	switch a.Object.Subresource {
	case "exec", "attach", "portforward", "proxy":
		return true
	case "token":
		return a.Object.Resource == "serviceaccounts"
	}
	return false
}
